/* Writes what a code means for programs; keys are only ever added. See explain.h. */
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

static json_t *strings_json(const char *const *strings) {
  json_t *array = json_array();
  for (; strings && *strings; strings++) json_array_append_new(array, json_string(*strings));
  return array;
}

static void append_new_strings(json_t *array, const char *const *strings) {
  for (; strings && *strings; strings++) {
    bool there = false;
    for (size_t i = 0; i < json_array_size(array) && !there; i++) there = text_equal(json_string_value(json_array_get(array, i)), *strings);
    if (!there) json_array_append_new(array, json_string(*strings));
  }
}

static void add_parts(json_t *row, const struct explanation *explain) {
  const struct {
    const char *key, *value;
  } parts[] = {{"meaning", explain->meaning}, {"looks", explain->looks},         {"why", explain->why},
               {"heals", explain->heals},     {"heals_not", explain->heals_not}, {"by_hand", explain->by_hand}};
  auto_text struct text body = {0};
  for (size_t i = 0; i < countof(parts); i++) {
    if (!parts[i].value) continue;
    json_object_set_new(row, parts[i].key, json_string(translated(parts[i].value)));
    text_printf(&body, "%s%s", body.length ? "\n\n" : "", translated(parts[i].value));
  }
  json_object_set_new(row, "text", json_string(text_get(&body)));
}

static void add_cause(json_t *row, const struct rule *rule) {
  json_t *signs = strings_json(rule->all), *refused = json_array(), *by_hand = json_array();
  append_new_strings(signs, rule->any);
  for (const struct rule_refusal *refusal = rule->refused; refusal && refusal->remedy; refusal++) {
    json_array_append_new(refused, json_pack("{s:s, s:s}", "remedy", translated(refusal->remedy), "why", translated(refusal->why)));
  }
  for (const char *const *line = rule->by_hand; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    json_array_append_new(by_hand, json_string(text_get(&command)));
  }
  json_object_set_new(row, "summary", json_string(translated(rule->summary)));
  json_object_set_new(row, "confidence", json_string(confidence_names[rule->confidence]));
  json_object_set_new(row, "findings", signs);
  json_object_set_new(row, "explains", strings_json(rule->explains));
  json_object_set_new(row, "refused", refused);
  json_object_set_new(row, "commands", by_hand);
  json_object_set_new(row, "remedies", strings_json(rule->plan));
}

static void add_finding(json_t *row, const struct code *code, const struct known_code *all, size_t count) {
  json_t *causes = json_array(), *remedies = json_array();
  for (size_t i = 0; i < count; i++) {
    if (!all[i].rule || !explain_matches(all[i].rule, code)) continue;
    json_array_append_new(causes, json_string(all[i].name));
    append_new_strings(remedies, all[i].rule->plan);
  }
  json_object_set_new(row, "layer", json_string(code->layer));
  json_object_set_new(row, "blind", json_boolean(code->blind));
  json_object_set_new(row, "confidence", json_string(confidence_names[code->inferred ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN]));
  json_object_set_new(row, "causes", causes);
  json_object_set_new(row, "remedies", remedies);
}

json_t *explain_json(const struct known_code *known, const struct known_code *all, size_t count) {
  json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "code", known->name, "what", known->what, "lang", lang_name(), "title",
                          translated(known->explain->title));
  add_parts(row, known->explain);
  json_object_set_new(row, "severity", json_string(known->code ? severity_names[known->code->severity] : "critical"));
  if (known->rule) add_cause(row, known->rule);
  if (known->code) add_finding(row, known->code, all, count);
  json_object_set_new(row, "refs", strings_json(known->explain->refs));
  return row;
}

json_t *explain_unseen_json(void) {
  json_t *rows = json_array();
  for (const struct unseen *item = unseen; item->ref; item++) {
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "what", "unseen", "lang", lang_name(), "title",
                                          translated(item->title), "text", translated(item->reason), "refs", item->ref));
  }
  return rows;
}
