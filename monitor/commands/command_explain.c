/* `ejmon explain`: what a code means and what to do about it; the list of all codes; the keys of a kind; the way of a setting. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

static int refuse_unknown(const struct known_code *known, size_t count, const char *word) {
  const char **names = xcalloc(count + 1, sizeof *names);
  for (size_t i = 0; i < count; i++) names[i] = known[i].name;
  const char *near = text_nearest(word, names);
  free(names);
  return command_refuse("no code is called '%s'%s%s%s (`ejmon explain` lists them all)", word, near ? ", did you mean '" : "",
                        near ? near : "", near ? "'?" : "");
}

static int explain_kind(const char *kind) {
  auto_text struct text text = {0};
  int r = conf_kind_help(kind, &text);
  if (r < 0) return command_refuse("no kind of check, remedy or sink is called '%s'", kind);
  command_print(&text);
  return 0;
}

static void print_json(json_t *rows) {
  auto_text struct text text = {0};
  auto_free char *dump = json_dumps(rows, JSON_INDENT(2));
  text_printf(&text, "%s\n", dump);
  json_decref(rows);
  command_print(&text);
}

static int explain_unseen(bool as_json) {
  auto_text struct text text = {0};
  if (as_json) {
    print_json(explain_unseen_json());
    return 0;
  }
  explain_unseen_text(&text);
  command_print(&text);
  return 0;
}

/* The codes that the words name, each time they are named; all of them when there are no words. */
static int explain_codes(char *const *words, bool as_json) {
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  auto_text struct text text = {0};
  json_t *rows = json_array();
  int status = 0;
  for (size_t i = 0; i < count && (!words || !*words); i++) {
    const char *what = known[i].rule ? translated("cause") : translated("finding");
    text_printf(&text, "%-34s %-8s %s\n", known[i].name, what, explanation_text(known[i].explain, PART_TITLE));
    json_array_append_new(rows, explain_json(&known[i], known, count));
  }
  for (char *const *word = words; word && *word; word++) {
    bool found = false;
    for (size_t i = 0; i < count; i++) {
      if (!text_equal(known[i].name, *word)) continue;
      found = true;
      if (text.length) text_add_char(&text, '\n');
      explain_text(&known[i], known, count, &text);
      json_array_append_new(rows, explain_json(&known[i], known, count));
    }
    if (!found) status = refuse_unknown(known, count, *word);
  }
  if (as_json) {
    print_json(rows);
    return status;
  }
  json_decref(rows);
  command_print(&text);
  return status;
}

static int explain_run(const struct invocation *invocation) {
  const char *format = invocation->format ? invocation->format : "text";
  bool as_json = text_equal(format, "json");
  bool codes = invocation->words && *invocation->words;
  if (codes + !!invocation->kind + !!invocation->setting + invocation->unseen > 1)
    return command_refuse("explain takes codes, or one of --kind, --setting and --unseen: ask one after the other");
  if (!as_json && !text_equal(format, "text")) return command_refuse("explain knows the formats text and json");
  if (invocation->kind && as_json) return command_refuse("explain --kind knows the format text only");
  if (invocation->kind) return explain_kind(invocation->kind);
  if (invocation->setting) return explain_setting(invocation, as_json);
  if (invocation->unseen) return explain_unseen(as_json);
  return explain_codes(invocation->words, as_json);
}

const struct command command_explain = {
    .name = "explain",
    .arguments = "[CODE...]",
    .summary = "what a code means, why it happens, what heals it and what does not",
    .help =
        "Without a CODE: the list of all. --kind KIND: the keys that a check, remedy or sink of that kind takes. --setting NAME: the way of "
        "one setting of EJ, from config.env over the container and the database to the page, and where it is cut. --unseen: the faults that "
        "ejmon does not report, and why.",
    .options = "cefLksu",
    .order = 6,
    .run = explain_run,
};
