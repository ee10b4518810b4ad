/* `ejmon incidents`: the open ones; `ejmon incidents withdraw ID` ends one that nobody can see any more. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"
#include "monitor/commands/incident_rows.h"

#define INCIDENTS_SECONDS 10.0
#define ID_LIMIT 1024 /* bytes; longer than any */

static int list_from_journal(const char *state, const char *why, json_t **ret_answer, struct text *text) {
  struct journal journal;
  int r = journal_read(state, why, INCIDENTS_SECONDS, 0, &journal);
  if (r < 0) return EXIT_UNKNOWN;
  text_printf(text, translated("No daemon runs; this is what its journal in %s says.\n"), state);
  *ret_answer = json_pack("{s:s, s:b, s:O}", "schema", "ejmon.incidents/1", "running", 0, "incidents", journal.incidents);
  journal_free(&journal);
  return 0;
}

static int list(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("incidents knows the formats text and json");
  auto_ask struct ask ask = ask_where(invocation);
  auto_text struct text text = {0};
  json_auto_t *answer = NULL;
  int r = ask_daemon(&ask, "incidents", INCIDENTS_SECONDS, &answer);
  if (r < 0 && !ask_found_nobody(r)) return ask_refuse(&ask, r);
  int status = r < 0 ? list_from_journal(ask.state, ask.why, &answer, &text) : ask_error(answer);
  if (status != 0) return status;
  const json_t *incidents = json_object_get(answer, "incidents");
  if (as_json) {
    char *dump = json_dumps(answer, JSON_INDENT(2));
    text_clear(&text);
    text_printf(&text, "%s\n", dump);
    free(dump);
  } else {
    if (json_array_size(incidents) == 0 && !invocation->quiet) text_add(&text, translated("no open incident\n"));
    incident_rows_write(incidents, &text);
  }
  command_print(&text);
  return 0;
}

static bool looks_like_id(const char *word) {
  for (const char *p = word; *p; p++) {
    if (isspace((unsigned char)*p) || iscntrl((unsigned char)*p)) return false;
  }
  return *word && strlen(word) < ID_LIMIT;
}

static int withdraw(const struct invocation *invocation, const char *id) {
  if (invocation->format) return command_refuse("incidents withdraw prints no list: --format does not go with it");
  if (!looks_like_id(id)) return command_refuse("'%s' is no id of an incident (`ejmon incidents` lists them)", id);
  auto_ask struct ask ask = ask_where(invocation);
  auto_free char *request = text_format("withdraw %s", id);
  json_auto_t *answer = NULL;
  int r = ask_daemon(&ask, request, INCIDENTS_SECONDS, &answer);
  if (ask_found_nobody(r))
    return command_refuse("no daemon of %s runs: only a running one can end an incident and tell people so", ask.state);
  if (r < 0) return ask_refuse(&ask, r);
  int status = ask_error(answer);
  if (status != 0) return status;
  auto_text struct text text = {0};
  text_printf(&text, translated("%s is withdrawn%s. What is still seen of it becomes an incident of its own.\n"), id,
              json_is_true(json_object_get(answer, "told")) ? translated(", and whoever was told of it is told so") : "");
  if (!invocation->quiet) command_print(&text);
  return 0;
}

static int incidents_run(const struct invocation *invocation) {
  static const char *const words[] = {"withdraw", NULL};
  char *const *word = invocation->words;
  if (!*word) return list(invocation);
  if (!text_equal(*word, "withdraw")) {
    const char *near = text_nearest(*word, words);
    return near ? command_refuse("incidents does not know '%s', did you mean '%s ID'?", *word, near)
                : command_refuse("incidents does not know '%s': without a word it lists, `withdraw ID` ends one", *word);
  }
  if (!word[1]) return command_refuse("incidents withdraw wants the id of an incident (`ejmon incidents` lists them)");
  if (word[2]) return command_refuse("incidents withdraw takes one id: '%s' is one too many", word[2]);
  return withdraw(invocation, word[1]);
}

const struct command command_incidents = {
    .name = "incidents",
    .arguments = "[withdraw ID]",
    .summary = translatable("the open incidents; `withdraw ID` ends one that nobody can see any more"),
    .help = translatable(
        "Without a daemon it lists what the journal says. withdraw needs the daemon: it tells the pagers that this one is withdrawn, not that it\n"
        "has passed. Exit status: 0, or 3 when there was nothing to ask, or no such incident."),
    .options = "cefqS",
    .order = 9,
    .run = incidents_run,
};
