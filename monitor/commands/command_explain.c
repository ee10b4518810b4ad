/* `ejmon explain`: what a code means and what to do about it; the list of all codes; the keys of a kind; the way of a setting. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

static void push_kinds(char ***names) {
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) strings_push(names, (*kind)->name);
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) strings_push(names, (*kind)->name);
  for (const struct sink_kind *const *kind = sink_kinds; *kind; kind++) strings_push(names, (*kind)->name);
}

static int refuse_kind(const char *word) {
  auto_strings char **names = NULL;
  push_kinds(&names);
  const char *near = text_nearest(word, (const char *const *)names);
  auto_free char *typed = command_typed(word);
  if (near) return command_refuse("no kind of check, remedy or sink is called '%s', did you mean '%s'?", typed, near);
  return command_refuse("no kind of check, remedy or sink is called '%s'", typed);
}

static int refuse_unknown(const struct known_code *known, size_t count, const char *word) {
  auto_strings char **names = NULL;
  for (size_t i = 0; i < count; i++) {
    auto_free char *group = xstrndup(known[i].name, strcspn(known[i].name, "/"));
    strings_push(&names, known[i].name);
    if (i == 0 || !text_starts(known[i - 1].name, group)) strings_push(&names, group);
  }
  push_kinds(&names);
  const char *near = text_nearest(word, (const char *const *)names);
  auto_free char *typed = command_typed(word);
  if (near)
    return command_refuse("no code, group of codes or kind is called '%s', did you mean '%s'? (`ejmon explain` lists the codes)", typed,
                          near);
  return command_refuse("no code, group of codes or kind is called '%s' (`ejmon explain` lists the codes)", typed);
}

static void print_json(json_t *rows) {
  auto_text struct text text = {0};
  auto_free char *dump = json_dumps(rows, JSON_INDENT(2));
  text_printf(&text, "%s\n", dump);
  json_decref(rows);
  command_print(&text);
}

static int explain_kind(const char *kind, bool as_json) {
  auto_text struct text text = {0};
  int r = conf_kind_help(kind, &text);
  if (r < 0) return refuse_kind(kind);
  if (as_json) {
    json_t *rows = json_array();
    conf_kind_json(kind, rows);
    print_json(rows);
    return 0;
  }
  command_print(&text);
  return 0;
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

/* What the words name, each time they are named; all codes when there are no words. */
static int explain_codes(char *const *words, bool as_json) {
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  auto_text struct text text = {0};
  json_t *rows = json_array();
  int status = 0;
  for (size_t i = 0; i < count && (!words || !*words); i++) {
    explain_row(&known[i], &text);
    json_array_append_new(rows, explain_json(&known[i], known, count));
  }
  for (char *const *word = words; word && *word; word++) {
    bool found = false;
    if (text.length) text_add_char(&text, '\n');
    for (size_t i = 0; i < count; i++) {
      if (!text_equal(known[i].name, *word)) continue;
      found = true;
      explain_text(&known[i], known, count, &text);
      json_array_append_new(rows, explain_json(&known[i], known, count));
    }
    if (!found && !explain_word(*word, known, count, &text, rows)) status = refuse_unknown(known, count, *word);
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
  if (invocation->kind) return explain_kind(invocation->kind, as_json);
  if (invocation->setting) return explain_setting(invocation, as_json);
  if (invocation->unseen) return explain_unseen(as_json);
  return explain_codes(invocation->words, as_json);
}

const struct command command_explain = {
    .name = "explain",
    .arguments = "[CODE...]",
    .summary = translatable("what a code means, why it happens, what heals it and what does not"),
    .help = translatable(
        "CODE is also a pattern ('db/*'), a group of codes (db), or a kind of check, remedy or sink (http, clear-collect): its keys, and the\n"
        "codes that belong to it. Without a CODE: the list of all. --kind KIND: the keys of a kind alone. --setting NAME: the way of one setting\n"
        "of EJ, from config.env over the container and the database to the page, and where it is cut. --unseen: the faults that ejmon does not\n"
        "report, and why."),
    .options = "cefLksu",
    .order = 6,
    .run = explain_run,
};
