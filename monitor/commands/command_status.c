/* `ejmon status`: what the daemon believes now; without a daemon, what its journal says, and that it says so. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/stamp.h"
#include "monitor/base/task.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"
#include "monitor/store/store.h"

#define STATUS_SECONDS 5.0
#define ATTEMPTS_SHOWN 5

struct journal_job {
  const char *folder, *why; /* of ask_where() */
  struct text *text;
  json_t *open;
};

static const char *string_of(json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

static void write_answer(json_t *answer, struct text *text) {
  size_t index;
  json_t *row, *symptom;
  text_printf(text, translated("ejmon %s, running since %s, mode %s, loop lag %.3f s\n\n"), string_of(answer, "version"),
              string_of(answer, "started"), string_of(answer, "mode"), json_number_value(json_object_get(answer, "lag")));
  json_array_foreach(json_object_get(answer, "checks"), index, row) {
    text_printf(text, "%-8s %-16s %s", translated(string_of(row, "status")), string_of(row, "name"), string_of(row, "target"));
    size_t k;
    json_array_foreach(json_object_get(row, "symptoms"), k, symptom) {
      text_printf(text, "%s%s %s", k ? ", " : "  [", string_of(symptom, "code"), translated(string_of(symptom, "state")));
    }
    text_add(text, json_array_size(json_object_get(row, "symptoms")) ? "]\n" : "\n");
  }
  json_t *incidents = json_object_get(answer, "incidents");
  text_printf(text, json_array_size(incidents) == 1 ? translated("\n%zu open incident\n") : translated("\n%zu open incidents\n"),
              json_array_size(incidents));
  json_array_foreach(incidents, index, row) {
    text_printf(text, translated("  %s (%s, %s since %s)\n    %s\n"), string_of(row, "code"), translated(string_of(row, "severity")),
                translated(string_of(row, "state")), string_of(row, "opened"), string_of(row, "summary"));
  }
  if (*string_of(answer, "healing")) text_printf(text, translated("\nhealing: %s\n"), string_of(answer, "healing"));
}

static void write_incidents(const struct rows *rows, const struct journal_job *job) {
  size_t open = 0;
  for (size_t i = 0; i < rows->incident_count; i++) open += !text_equal(rows->incidents[i].state, "pending");
  text_printf(job->text, translated("No daemon runs; this is what its journal in %s says.\n%zu incidents were open when it ended\n"),
              job->folder, open);
  for (size_t i = 0; i < rows->incident_count; i++) {
    const struct incident_row *row = &rows->incidents[i];
    if (text_equal(row->state, "pending")) continue; /* nobody knows yet whether it is one */
    auto_free char *opened = stamp_rfc3339(row->opened, false);
    text_printf(job->text, translated("  %s (%s, since %s)\n    %s\n"), row->code, translated(row->severity), opened, row->summary);
    json_array_append_new(job->open, json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", row->id, "code", row->code, "severity", row->severity,
                                               "summary", row->summary, "opened", opened));
  }
}

static void write_attempts(const struct attempt_rows *rows, struct text *text) {
  if (rows->count) text_add(text, translated("last attempts\n"));
  for (size_t i = 0; i < rows->count; i++) {
    const struct attempt_row *row = &rows->items[i];
    auto_free char *started = stamp_rfc3339(row->started, false);
    text_printf(text, translated("  %s %s for %s: %s\n"), started, row->id, row->cause, translated(row->state));
  }
}

static int read_journal(void *argument) {
  struct journal_job *job = argument;
  struct store *store = NULL;
  auto_free char *error = NULL;
  int r = store_open(job->folder, true, &store, &error);
  if (r < 0) {
    command_refuse("no daemon runs, and its journal cannot be read: %s%s%s%s", error,
                   job->why ? translated(" (looked for there since ") : "", job->why ? job->why : "",
                   job->why ? translated("; --state DIR names another folder)") : "");
    return r;
  }
  struct rows rows = {0};
  struct attempt_rows attempts = {0};
  bool same_boot;
  r = store_load(store, &rows, &same_boot);
  if (r == 0) r = store_attempts_newest(store, ATTEMPTS_SHOWN, &attempts);
  if (r == 0) {
    write_incidents(&rows, job);
    write_attempts(&attempts, job->text);
  }
  rows_free(&rows);
  attempt_rows_free(&attempts);
  store_close(store);
  return r;
}

static int status_run(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("status knows the formats text and json");
  auto_free char *why = NULL, *state = ask_where(invocation, &why);
  auto_text struct text text = {0};
  json_t *answer = NULL;
  int r = ask_daemon(state, "status", STATUS_SECONDS, &answer);
  if (r == 0) {
    write_answer(answer, &text);
  } else if (r == -ENOENT || r == -ECONNREFUSED) {
    json_t *open = json_array();
    struct journal_job job = {state, why, &text, open};
    r = task_run_to_end("status", STATUS_SECONDS, read_journal, &job);
    answer = json_pack("{s:s, s:b, s:o}", "schema", "ejmon.status/1", "running", 0, "incidents", open);
  } else {
    ask_refuse(state, why, r);
  }
  if (as_json && r == 0) {
    char *dump = json_dumps(answer, JSON_INDENT(2));
    text_clear(&text);
    text_printf(&text, "%s\n", dump);
    free(dump);
  }
  if (r == 0) command_print(&text);
  json_decref(answer);
  return r < 0 ? EXIT_UNKNOWN : 0;
}

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = translatable("what the running daemon believes; without one, what its journal says"),
    .help = translatable(
        "Of the configuration only state: is read, and --state DIR outranks it. Exit status: 0 when there was something to read, 3 otherwise."),
    .options = "cefS",
    .order = 8,
    .run = status_run,
};
