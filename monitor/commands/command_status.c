/* `ejmon status`: what the daemon believes now; without a daemon, what its journal says, and that it says so. */
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/stamp.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"
#include "monitor/commands/incident_rows.h"

#define STATUS_SECONDS 10.0
#define ATTEMPTS_SHOWN 5

static const char *string_of(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

static void write_check(const json_t *row, struct text *text) {
  const json_t *symptoms = json_object_get(row, "symptoms");
  text_printf(text, "%-8s %-16s %s", translated(string_of(row, "status")), string_of(row, "name"), string_of(row, "target"));
  for (size_t k = 0; k < json_array_size(symptoms); k++) {
    const json_t *symptom = json_array_get(symptoms, k);
    text_printf(text, "%s%s %s", k ? ", " : "  [", string_of(symptom, "code"), translated(string_of(symptom, "state")));
  }
  text_add(text, json_array_size(symptoms) ? "]\n" : "\n");
  if (json_object_get(row, "reason")) text_printf(text, translated("         could not look: %s\n"), string_of(row, "reason"));
}

static void write_sink(const json_t *row, struct text *text) {
  const char *success = string_of(row, "last_success"), *refusal = string_of(row, "last_refusal");
  text_printf(text, "  %-16s %s%s", string_of(row, "name"), *success ? translated("last success ") : translated("no success yet"), success);
  if (*refusal) text_printf(text, translated(", last refusal %s (%s)"), refusal, string_of(row, "refusal"));
  text_printf(text, translated(", %lld owed\n"), json_integer_value(json_object_get(row, "owed")));
}

/* What is not as it should be with ejmon itself. */
static void write_troubles(const json_t *answer, struct text *text) {
  const json_t *troubles = json_object_get(answer, "trouble");
  if (*string_of(answer, "doubt")) text_printf(text, translated("doubt: %s\n"), string_of(answer, "doubt"));
  for (size_t i = 0; i < json_array_size(troubles); i++)
    text_printf(text, translated("trouble: %s\n"), json_string_value(json_array_get(troubles, i)));
}

static void write_answer(const json_t *answer, struct text *text) {
  const json_t *checks = json_object_get(answer, "checks"), *sinks = json_object_get(answer, "sinks");
  const json_t *incidents = json_object_get(answer, "incidents");
  text_printf(text, translated("ejmon %s, running since %s, mode %s, loop lag %.3f s\n"), string_of(answer, "version"),
              string_of(answer, "started"), string_of(answer, "mode"), json_number_value(json_object_get(answer, "lag")));
  write_troubles(answer, text);
  text_add_char(text, '\n');
  for (size_t i = 0; i < json_array_size(checks); i++) write_check(json_array_get(checks, i), text);
  size_t open = incident_rows_open(incidents);
  text_printf(text, open == 1 ? translated("\n%zu open incident\n") : translated("\n%zu open incidents\n"), open);
  incident_rows_write(incidents, text);
  if (json_array_size(sinks)) text_add(text, translated("\nsinks\n"));
  for (size_t i = 0; i < json_array_size(sinks); i++) write_sink(json_array_get(sinks, i), text);
  if (*string_of(answer, "healing")) text_printf(text, translated("\nhealing: %s\n"), string_of(answer, "healing"));
}

static void write_attempts(const struct attempt_rows *rows, struct text *text) {
  if (rows->count) text_add(text, translated("last attempts\n"));
  for (size_t i = 0; i < rows->count; i++) {
    const struct attempt_row *row = &rows->items[i];
    auto_free char *started = stamp_rfc3339(row->started, false);
    text_printf(text, translated("  %s %s for %s: %s\n"), started, row->id, row->cause, translated(row->state));
  }
}

static int read_journal(const char *state, const char *why, json_t **ret_answer, struct text *text) {
  struct journal journal;
  int r = journal_read(state, why, STATUS_SECONDS, ATTEMPTS_SHOWN, &journal);
  if (r < 0) return EXIT_UNKNOWN;
  size_t open = incident_rows_open(journal.incidents);
  text_printf(text, translated("No daemon runs; this is what its journal in %s says.\n%zu incidents were open when it ended\n"), state,
              open);
  incident_rows_write(journal.incidents, text);
  write_attempts(&journal.attempts, text);
  *ret_answer = json_pack("{s:s, s:b, s:O}", "schema", "ejmon.status/1", "running", 0, "incidents", journal.incidents);
  journal_free(&journal);
  return 0;
}

static int status_run(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("status knows the formats text and json");
  auto_ask struct ask ask = ask_where(invocation);
  auto_text struct text text = {0};
  json_auto_t *answer = NULL;
  int r = ask_daemon(&ask, "status", STATUS_SECONDS, &answer);
  if (r < 0 && !ask_found_nobody(r)) return ask_refuse(&ask, r);
  int status = r < 0 ? read_journal(ask.state, ask.why, &answer, &text) : ask_error(answer);
  if (status != 0) return status;
  if (as_json) {
    char *dump = json_dumps(answer, JSON_INDENT(2));
    text_clear(&text);
    text_printf(&text, "%s\n", dump);
    free(dump);
  } else if (r == 0) {
    write_answer(answer, &text);
  }
  command_print(&text);
  return 0;
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
