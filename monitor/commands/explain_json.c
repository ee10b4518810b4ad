/* Writes what a code means for programs; keys are only ever added. See explain.h. */
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

static json_t *strings_json(const char *const *strings) {
  json_t *array = json_array();
  for (; strings && *strings; strings++) json_array_append_new(array, json_string(*strings));
  return array;
}

static json_t *codes_json(const struct code *const *codes) {
  json_t *array = json_array();
  for (; codes && *codes; codes++) json_array_append_new(array, json_string((*codes)->name));
  return array;
}

static void append_new_strings(json_t *array, const char *const *strings) {
  for (; strings && *strings; strings++) {
    bool there = false;
    for (size_t i = 0; i < json_array_size(array) && !there; i++) there = text_equal(json_string_value(json_array_get(array, i)), *strings);
    if (!there) json_array_append_new(array, json_string(*strings));
  }
}

static void add_part(json_t *row, struct text *body, const char *key, const char *value) {
  if (!value || !*value) return;
  json_object_set_new(row, key, json_string(value));
  text_printf(body, "%s%s", body->length ? "\n\n" : "", value);
}

static void add_parts(json_t *row, const struct known_code *known) {
  static const struct {
    const char *key;
    enum explanation_part part;
  } parts[] = {{"meaning", PART_MEANING}, {"looks", PART_LOOKS}, {"why", PART_WHY}, {"heals", PART_HEALS}, {"heals_not", PART_HEALS_NOT}};
  auto_text struct text body = {0}, by_hand = {0};
  for (size_t i = 0; i < countof(parts); i++) add_part(row, &body, parts[i].key, explanation_text(known->explain, parts[i].part));
  for (const char *const *line = known->code ? known->explain->by_hand : NULL; line && *line; line++) {
    if (by_hand.length) text_add_char(&by_hand, '\n');
    lang_add_command(&by_hand, *line);
  }
  add_part(row, &body, "by_hand", text_get(&by_hand)); /* of a cause they are its "commands" */
  json_object_set_new(row, "text", json_string(text_get(&body)));
}

static void add_cause(json_t *row, const struct rule *rule, const struct explanation *explanation) {
  json_t *signs = codes_json(rule->all), *any = codes_json(rule->any), *refused = json_array(), *by_hand = json_array();
  json_t *explains = codes_json(rule->explains), *measured = codes_json(rule->measured);
  json_array_extend(signs, any);
  json_array_extend(explains, measured);
  json_decref(any);
  json_decref(measured);
  for (const struct refusal *refusal = explanation->refused; refusal && refusal->remedy; refusal++) {
    json_array_append_new(refused, json_pack("{s:s, s:s}", "remedy", translated(refusal->remedy), "why", translated(refusal->why)));
  }
  for (const char *const *line = explanation->by_hand; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    json_array_append_new(by_hand, json_string(text_get(&command)));
  }
  json_object_set_new(row, "summary", json_string(explanation_text(explanation, PART_SUMMARY)));
  json_object_set_new(row, "layer", json_string(layer_names[rule->code->layer]));
  json_object_set_new(row, "confidence", json_string(confidence_names[rule->confidence]));
  json_object_set_new(row, "findings", signs);
  json_object_set_new(row, "explains", explains);
  json_object_set_new(row, "refused", refused);
  json_object_set_new(row, "commands", by_hand);
  json_object_set_new(row, "remedies", strings_json(rule->plan));
}

static void add_finding(json_t *row, const struct code *code, const struct known_code *all, size_t count) {
  json_t *causes = json_array(), *remedies = json_array();
  for (size_t i = 0; i < count; i++) {
    if (!all[i].rule || !rule_needs(all[i].rule, code->name)) continue;
    json_array_append_new(causes, json_string(all[i].name));
    append_new_strings(remedies, all[i].rule->plan);
  }
  json_object_set_new(row, "layer", json_string(layer_names[code->layer]));
  json_object_set_new(row, "evidence", json_string(evidence_kind_names[code->evidence]));
  json_object_set_new(row, "blind", json_boolean(code->blind));
  json_object_set_new(row, "confidence", json_string(confidence_names[code->inferred ? CONFIDENCE_LIKELY : CONFIDENCE_CERTAIN]));
  json_object_set_new(row, "causes", causes);
  json_object_set_new(row, "remedies", remedies);
}

json_t *explain_json(const struct known_code *known, const struct known_code *all, size_t count) {
  json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "code", known->name, "what", known->what, "lang", lang_name(), "title",
                          explanation_text(known->explain, PART_TITLE));
  add_parts(row, known);
  json_object_set_new(row, "severity", json_string(known->code ? severity_names[known->code->severity] : "critical"));
  if (known->rule) add_cause(row, known->rule, known->explain);
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
