/* `ejmon explain`: what a code means and what to do about it; the list of all codes; the keys of a kind. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/commands/command.h"

static void add_wrapped(struct text *text, const char *label, const char *paragraph) {
  enum { WIDTH = 78 };
  if (!paragraph) return;
  text_printf(text, "\n%s\n", label);
  const char *p = paragraph;
  while (*p) {
    size_t line = strcspn(p, "\n"), end = line;
    if (line > WIDTH) {
      for (end = WIDTH; end > 0 && p[end] != ' '; end--) continue;
      if (end == 0) end = line;
    }
    text_printf(text, "  %.*s\n", (int)end, p);
    p += end;
    while (*p == ' ') p++;
    if (*p == '\n') p++;
  }
}

static void explain_text(const struct known_code *known, struct text *text) {
  const struct explanation *explain = known->explain;
  text_printf(text, "%s: %s\n", known->name, explain->title);
  if (known->code) {
    text_printf(text, "A finding, %s, layer %s.%s\n", severity_names[known->code->severity], known->code->layer,
                known->code->blind ? " It says that ejmon could not look; it is never taken for a fault." : "");
  } else {
    text_printf(text, "A cause (%s). %s\n", confidence_names[known->rule->confidence], known->rule->summary);
  }
  add_wrapped(text, "What it means", explain->meaning);
  add_wrapped(text, "How it looks", explain->looks);
  add_wrapped(text, "Why it happens", explain->why);
  add_wrapped(text, "What heals it", explain->heals);
  add_wrapped(text, "What does not", explain->heals_not);
  add_wrapped(text, "By hand", explain->by_hand);
  if (known->rule && known->rule->plan) {
    text_add(text, "\nRemedies of ejmon\n ");
    for (const char *const *name = known->rule->plan; *name; name++) text_printf(text, " %s", *name);
    text_add_char(text, '\n');
  }
  for (const struct rule_refusal *refusal = known->rule ? known->rule->refused : NULL; refusal && refusal->remedy; refusal++) {
    text_printf(text, "%s  not %s: %s\n", refusal == known->rule->refused ? "\n" : "", refusal->remedy, refusal->why);
  }
  if (explain->refs && *explain->refs) {
    text_add(text, "\nSee\n ");
    for (const char *const *ref = explain->refs; *ref; ref++) text_printf(text, "%s %s", ref == explain->refs ? "" : ",", *ref);
    text_add_char(text, '\n');
  }
}

static json_t *strings_json(const char *const *strings) {
  json_t *array = json_array();
  for (; strings && *strings; strings++) json_array_append_new(array, json_string(*strings));
  return array;
}

static json_t *explain_json(const struct known_code *known) {
  const struct explanation *explain = known->explain;
  const struct {
    const char *key, *value;
  } parts[] = {{"meaning", explain->meaning}, {"looks", explain->looks},         {"why", explain->why},
               {"heals", explain->heals},     {"heals_not", explain->heals_not}, {"by_hand", explain->by_hand}};
  auto_text struct text body = {0};
  json_t *row = json_pack("{s:s, s:s, s:s}", "code", known->name, "what", known->what, "title", explain->title);
  for (size_t i = 0; i < countof(parts); i++) {
    if (!parts[i].value) continue;
    json_object_set_new(row, parts[i].key, json_string(parts[i].value));
    text_printf(&body, "%s%s", body.length ? "\n\n" : "", parts[i].value);
  }
  json_object_set_new(row, "text", json_string(text_get(&body)));
  json_object_set_new(row, "severity", json_string(known->code ? severity_names[known->code->severity] : "critical"));
  if (known->code) json_object_set_new(row, "layer", json_string(known->code->layer));
  json_object_set_new(row, "remedies", strings_json(known->rule ? known->rule->plan : NULL));
  json_object_set_new(row, "refs", strings_json(explain->refs));
  return row;
}

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

static int explain_run(const struct invocation *invocation) {
  bool as_json = text_equal(invocation->format, "json");
  if (invocation->format && !as_json && !text_equal(invocation->format, "text"))
    return command_refuse("explain knows the formats text and json");
  if (invocation->kind) return explain_kind(invocation->kind);
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  auto_text struct text text = {0};
  json_t *rows = json_array();
  int status = 0;
  if (!invocation->words || !*invocation->words) {
    for (size_t i = 0; i < count; i++) {
      text_printf(&text, "%-34s %-8s %s\n", known[i].name, known[i].what, known[i].explain->title);
      json_array_append_new(rows, explain_json(&known[i]));
    }
  }
  for (char **word = invocation->words; word && *word; word++) {
    bool found = false;
    for (size_t i = 0; i < count; i++) {
      if (!text_equal(known[i].name, *word)) continue;
      found = true;
      if (text.length) text_add_char(&text, '\n');
      explain_text(&known[i], &text);
      json_array_append_new(rows, explain_json(&known[i]));
    }
    if (!found) status = refuse_unknown(known, count, *word);
  }
  if (as_json) {
    char *dump = json_dumps(rows, JSON_INDENT(2));
    text_clear(&text);
    text_printf(&text, "%s\n", dump);
    free(dump);
  }
  json_decref(rows);
  command_print(&text);
  return status;
}

const struct command command_explain = {
    .name = "explain",
    .arguments = "[CODE...]",
    .summary = "what a code means, why it happens, what heals it and what does not",
    .help = "Without a CODE: the list of all. --kind KIND: the keys that a check, remedy or sink of that kind takes.",
    .options = "fLk",
    .order = 6,
    .run = explain_run,
};
