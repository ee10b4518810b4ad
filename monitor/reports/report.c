/* Makes the report's model from outcomes and rules; the formats only write it. See report.h. */
#include "monitor/reports/report.h"

#include <stdlib.h>
#include <string.h>

static const enum check_status status_order[] = {STATUS_PASS, STATUS_WARN, STATUS_UNKNOWN, STATUS_FAIL};

static int status_weight(enum check_status status) {
  for (size_t i = 0; i < countof(status_order); i++) {
    if (status_order[i] == status) return (int)i;
  }
  return -1; /* skip does not count */
}

int report_exit_status(enum check_status status) {
  static const int exits[] = {[STATUS_PASS] = 0, [STATUS_WARN] = 1, [STATUS_FAIL] = 2, [STATUS_UNKNOWN] = 3, [STATUS_SKIP] = 0};
  return exits[status];
}

static const struct finding *find_finding(const char *code, const struct outcome *outcomes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct finding *finding = findings_find(&outcomes[i].findings, code);
    if (finding) return finding;
  }
  return NULL;
}

/* The first remedy of the plan that can be used here, else why the first one cannot. */
static void choose_remedy(struct report_cause *item, const struct conf *conf, const char *const *plan) {
  item->remedy = conf_plan_next(conf, plan, 0);
  for (; plan && *plan && !item->remedy && !item->skip; plan++) {
    const struct conf_remedy *remedy = conf_remedy_find(conf, *plan);
    if (remedy) item->skip = remedy->skip;
  }
}

void report_cause_fill(struct report_cause *item, const struct cause *cause, const struct conf *conf, const struct outcome *outcomes,
                       size_t count) {
  *item = (struct report_cause){.cause = cause, .confidence = CONFIDENCE_CERTAIN};
  const struct explanation *explanation = explanation_of(cause->code);
  if (cause->rule) {
    item->summary = explanation_text(explanation, PART_SUMMARY);
    item->confidence = cause->proven ? CONFIDENCE_CERTAIN : cause->rule->confidence;
    choose_remedy(item, conf, cause->rule->plan);
    item->refused = explanation->refused;
    return;
  }
  const struct finding *finding = find_finding(cause->code, outcomes, count);
  item->summary = finding ? finding->summary : explanation_text(explanation, PART_TITLE);
}

struct ej_forms report_forms(const struct conf *conf, const struct ej_generation *generation) {
  struct ej_forms forms = {.generation = generation->letter, .later = generation->later};
  if (!conf) return forms;
  forms.web_service = conf->stack.web_service;
  forms.nginx_service = conf->stack.nginx_service;
  forms.app_root = conf->stack.app_root;
  return forms;
}

static void decide_generation(struct report *report) {
  auto_free const struct findings **all = xcalloc(report->outcome_count + 1, sizeof *all);
  for (size_t i = 0; i < report->outcome_count; i++) all[i] = &report->outcomes[i].findings;
  ej_generation_decide(all, report->outcome_count, report->conf ? report->conf->stack.generation : NULL, &report->generation);
}

char **report_by_hand(const struct report_cause *item) {
  char **lines = NULL;
  for (const char *const *line = explanation_of(item->cause->code)->by_hand; line && *line; line++) {
    auto_free char *typed = ej_by_hand(&item->forms, *line);
    strings_push(&lines, typed);
  }
  return lines;
}

void report_make(struct report *report, const struct conf *conf, struct outcome *outcomes, size_t count, double started, double seconds) {
  *report = (struct report){
      .started = started, .seconds = seconds, .conf = conf, .outcomes = outcomes, .outcome_count = count, .status = STATUS_PASS};
  for (size_t i = 0; i < count; i++) {
    if (status_weight(outcomes[i].status) > status_weight(report->status)) report->status = outcomes[i].status;
  }
  decide_generation(report);
  size_t ill_count;
  auto_free const struct code **ill = outcomes_ill(outcomes, count, &ill_count);
  rules_evaluate(rule_tables, ill, ill_count, &report->causes);
  for (size_t i = 0; i < report->causes.count; i++) {
    struct report_cause *item = array_push(&report->items, &report->item_count, sizeof *item);
    report_cause_fill(item, &report->causes.items[i], conf, outcomes, count);
    item->forms = report_forms(conf, &report->generation);
  }
}

void report_free(struct report *report) {
  for (size_t i = 0; i < report->outcome_count; i++) outcome_free(&report->outcomes[i]);
  free(report->outcomes);
  free(report->items);
  causes_free(&report->causes);
  ej_generation_free(&report->generation);
  *report = (struct report){0};
}
