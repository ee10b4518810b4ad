/* `ejmon status`: what the daemon believes now; without a daemon, what its journal says, and that it says so. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/task.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"
#include "monitor/engine/journal.h"

#define STATUS_SECONDS 5.0

struct journal_job {
  const char *folder;
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
  auto_free char *started = report_time(json_number_value(json_object_get(answer, "started")));
  text_printf(text, "ejmon %s, running since %s, mode %s, loop lag %.3f s\n\n", string_of(answer, "version"), started,
              string_of(answer, "mode"), json_number_value(json_object_get(answer, "lag")));
  json_array_foreach(json_object_get(answer, "checks"), index, row) {
    text_printf(text, "%-8s %-16s %s", string_of(row, "status"), string_of(row, "name"), string_of(row, "target"));
    size_t k;
    json_array_foreach(json_object_get(row, "symptoms"), k, symptom) {
      text_printf(text, "%s%s %s", k ? ", " : "  [", string_of(symptom, "code"), string_of(symptom, "state"));
    }
    text_add(text, json_array_size(json_object_get(row, "symptoms")) ? "]\n" : "\n");
  }
  json_t *incidents = json_object_get(answer, "incidents");
  text_printf(text, "\n%zu open incident%s\n", json_array_size(incidents), json_array_size(incidents) == 1 ? "" : "s");
  json_array_foreach(incidents, index, row) {
    auto_free char *opened = report_time(json_number_value(json_object_get(row, "opened")));
    text_printf(text, "  %s (%s, %s since %s)\n    %s\n", string_of(row, "code"), string_of(row, "severity"), string_of(row, "state"),
                opened, string_of(row, "summary"));
  }
  if (*string_of(answer, "healing")) text_printf(text, "\nhealing: %s\n", string_of(answer, "healing"));
}

static int read_journal(void *argument) {
  struct journal_job *job = argument;
  struct journal *journal = NULL;
  auto_free char *error = NULL;
  int r = journal_open(job->folder, true, &journal, &error);
  if (r < 0) {
    command_refuse("no daemon runs, and its journal cannot be read: %s", error);
    return r;
  }
  struct journal_rows incidents = {0}, attempts = {0};
  r = journal_read(journal, "SELECT id, code, severity, summary, opened FROM incidents WHERE state <> 'closed' ORDER BY opened", NULL,
                   &incidents);
  if (r == 0) {
    r = journal_read(journal, "SELECT id, cause, state, started FROM attempts ORDER BY started DESC LIMIT 5", NULL, &attempts);
  }
  text_printf(job->text, "No daemon runs; this is what its journal in %s says.\n%zu incidents were open when it ended\n", job->folder,
              incidents.count);
  for (size_t i = 0; i < incidents.count; i++) {
    char **row = incidents.rows[i];
    auto_free char *opened = report_time(strtod(row[4], NULL));
    text_printf(job->text, "  %s (%s, since %s)\n    %s\n", row[1], row[2], opened, row[3]);
    json_array_append_new(job->open, json_pack("{s:s, s:s, s:s, s:s, s:f}", "id", row[0], "code", row[1], "severity", row[2], "summary",
                                               row[3], "opened", strtod(row[4], NULL)));
  }
  if (attempts.count) text_add(job->text, "last attempts\n");
  for (size_t i = 0; i < attempts.count; i++) {
    char **row = attempts.rows[i];
    auto_free char *started = report_time(strtod(row[3], NULL));
    text_printf(job->text, "  %s %s for %s: %s\n", started, row[0], row[1], row[2]);
  }
  journal_rows_free(&incidents);
  journal_rows_free(&attempts);
  journal_close(journal);
  return r;
}

static int status_run(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("status knows the formats text and json");
  struct conf *conf = command_load(invocation);
  if (!conf) return EXIT_UNKNOWN;
  auto_text struct text text = {0};
  json_t *answer = NULL;
  int r = ask_daemon(conf->state, "status", STATUS_SECONDS, &answer);
  if (r == 0) {
    write_answer(answer, &text);
  } else if (r == -ENOENT || r == -ECONNREFUSED) {
    json_t *open = json_array();
    struct journal_job job = {conf->state, &text, open};
    r = task_run_to_end("status", STATUS_SECONDS, read_journal, &job);
    answer = json_pack("{s:s, s:b, s:o}", "schema", "ejmon.status/1", "running", 0, "incidents", open);
  } else {
    command_refuse("the daemon of %s does not answer: %s", conf->state, strerror(-r));
  }
  if (as_json && r == 0) {
    char *dump = json_dumps(answer, JSON_INDENT(2));
    text_clear(&text);
    text_printf(&text, "%s\n", dump);
    free(dump);
  }
  if (r == 0) command_print(&text);
  json_decref(answer);
  conf_free(conf);
  return r < 0 ? EXIT_UNKNOWN : 0;
}

const struct command command_status = {
    .name = "status",
    .arguments = "",
    .summary = "what the running daemon believes; without one, what its journal says",
    .help = "Exit status: 0 when there was something to read, 3 otherwise.",
    .options = "cef",
    .order = 8,
    .run = status_run,
};
