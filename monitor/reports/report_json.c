/* The report as JSON, ejmon.report/1: what other programs read. Findings are redacted where they are added, targets where they are read;
 * what was learnt of the stack enters here. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/json_text.h"
#include "monitor/base/lang.h"
#include "monitor/base/stamp.h"
#include "monitor/reports/report.h"

static json_t *finding_json(const struct finding *finding) {
  json_t *evidence = json_array();
  for (size_t i = 0; i < finding->evidence_count; i++) {
    const struct evidence *item = &finding->evidence[i];
    json_t *row = json_pack("{s:o, s:o}", "what", json_plain(item->what), "saw", json_plain(item->saw));
    if (item->want) json_object_set_new(row, "want", json_plain(item->want));
    json_array_append_new(evidence, row);
  }
  return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "code", finding->code->name, "severity", severity_names[finding->severity], "layer",
                   layer_names[finding->code->layer], "confidence", confidence_names[finding->confidence], "summary",
                   json_plain(finding->summary), "evidence", evidence);
}

static json_t *outcome_json(const struct outcome *outcome) {
  json_t *findings = json_array(), *passed = json_array(), *measures = json_object();
  for (size_t i = 0; i < outcome->findings.count; i++) json_array_append_new(findings, finding_json(&outcome->findings.items[i]));
  for (size_t i = 0; i < outcome->findings.passed_count; i++) json_array_append_new(passed, json_string(outcome->findings.passed[i]->name));
  for (size_t i = 0; i < outcome->findings.measure_count; i++) {
    const struct measure *measure = &outcome->findings.measures[i];
    json_object_set_new(measures, measure->name, json_real(measure->value));
  }
  json_t *check = json_pack("{s:s, s:s, s:o, s:s, s:f, s:o, s:o, s:o}", "name", outcome->check->name, "kind", outcome->check->kind->name,
                            "target", json_text(outcome->check->target), "status", check_status_names[outcome->status], "seconds",
                            outcome->seconds, "findings", findings, "passed", passed, "measures", measures);
  json_object_set_new(check, "subject", json_string(outcome->check->subject ? outcome->check->subject : CONF_SUBJECT_STACK));
  if (outcome->check->skip) json_object_set_new(check, "why", json_plain(outcome->check->skip));
  return check;
}

static const char *subject_of(const struct report_cause *item) {
  return item->subject ? item->subject : CONF_SUBJECT_STACK;
}

/* What an extra check sees of an outage of the stack. */
static json_t *folded_json(const struct report *report) {
  json_t *rows = json_array();
  for (size_t i = 0; i < report->folded_count; i++) {
    const struct report_cause *item = &report->folded[i];
    json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:o}", "code", item->cause->code, "subject", subject_of(item), "behind",
                                          item->behind, "summary", json_text(item->summary)));
  }
  return rows;
}

static json_t *cause_json(const struct report_cause *item) {
  json_t *explains = json_array(), *by_hand = json_array();
  for (size_t i = 0; i < item->cause->explains_count; i++) json_array_append_new(explains, json_string(item->cause->explains[i]));
  auto_strings char **lines = report_by_hand(item);
  for (char *const *line = lines; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    json_array_append_new(by_hand, json_plain(text_get(&command)));
  }
  json_t *cause =
      json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "code", item->cause->code, "subject", subject_of(item), "summary",
                json_plain(item->summary), "confidence", confidence_names[item->confidence], "explains", explains, "by_hand", by_hand);
  if (item->remedy) {
    json_object_set_new(cause, "remedy",
                        json_pack("{s:s, s:s}", "name", item->remedy->kind->name, "mode", acting_mode_names[item->remedy->mode]));
  }
  if (item->refused && item->refused->remedy) {
    json_t *refused = json_array();
    for (const struct refusal *refusal = item->refused; refusal->remedy; refusal++) {
      json_array_append_new(refused, json_pack("{s:s, s:s}", "remedy", translated(refusal->remedy), "why", translated(refusal->why)));
    }
    json_object_set_new(cause, "refused", refused);
  }
  return cause;
}

static void add_generation(json_t *stack, const struct ej_generation *generation) {
  if (!generation->letter) return;
  json_object_set_new(stack, "generation", json_stringn(&generation->letter, 1));
  json_object_set_new(stack, "generation_confidence", json_string(confidence_names[generation->sure]));
  if (generation->line) json_object_set_new(stack, "generation_line", json_string(generation->line));
  if (generation->because) json_object_set_new(stack, "generation_because", json_text(generation->because));
  if (generation->against) json_object_set_new(stack, "generation_against", json_text(generation->against));
}

static void write_json(const struct report *report, const struct report_style *style, struct text *ret_text) {
  (void)style;
  json_t *stack = json_object(), *checks = json_array(), *causes = json_array();
  for (size_t i = 0; i < report->outcome_count; i++) {
    const struct findings *findings = &report->outcomes[i].findings;
    bool of_stack = report_is_of_stack(report->outcomes[i].check->subject);
    for (size_t k = 0; of_stack && k < findings->fact_count; k++) {
      if (text_starts(findings->facts[k].name, "generation")) continue; /* weighed together below */
      json_object_set_new(stack, findings->facts[k].name, json_text(findings->facts[k].value));
    }
    json_array_append_new(checks, outcome_json(&report->outcomes[i]));
  }
  add_generation(stack, &report->generation);
  for (size_t i = 0; i < report->item_count; i++) json_array_append_new(causes, cause_json(&report->items[i]));
  auto_free char *started = stamp_rfc3339(report->started, false);
  json_t *root = json_pack("{s:s, s:s, s:s, s:f, s:s, s:o, s:o, s:o, s:o}", "schema", "ejmon.report/1", "version", EJMON_VERSION, "started",
                           started, "seconds", report->seconds, "status", check_status_names[report->status], "stack", stack, "checks",
                           checks, "causes", causes, "folded", folded_json(report));
  char *dump = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
  text_printf(ret_text, "%s\n", dump);
  free(dump);
  json_decref(root);
}

const struct report_format report_json = {
    .name = "json", .summary = translatable("ejmon.report/1, for other programs"), .write = write_json};
