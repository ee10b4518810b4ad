/* Makes the report's model from outcomes and rules; the formats only write it. See report.h. */
#include "monitor/reports/report.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/core/behind.h"

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

bool report_is_of_stack(const char *subject) {
  return !subject || text_equal(subject, CONF_SUBJECT_STACK);
}

char *report_cause_name(const struct report_cause *item) {
  return report_is_of_stack(item->subject) ? xstrdup(item->cause->code)
                                           : text_format(translated("%s of %s"), item->cause->code, item->subject);
}

void report_cause_fill(struct report_cause *item, const struct cause *cause, const char *subject, const struct conf *conf,
                       const struct outcome *outcomes, size_t count) {
  *item = (struct report_cause){.cause = cause, .subject = subject, .confidence = CONFIDENCE_CERTAIN};
  const struct explanation *explanation = explanation_of(cause->code);
  if (cause->rule) {
    item->summary = explanation_text(explanation, PART_SUMMARY);
    item->confidence = cause->proven ? CONFIDENCE_CERTAIN : cause->rule->confidence;
    if (report_is_of_stack(subject)) choose_remedy(item, conf, cause->rule->plan);
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
  size_t count = 0;
  for (size_t i = 0; i < report->outcome_count; i++) {
    if (report_is_of_stack(report->outcomes[i].check->subject)) all[count++] = &report->outcomes[i].findings;
  }
  ej_generation_decide(all, count, report->conf ? report->conf->stack.generation : NULL, &report->generation);
}

char **report_by_hand(const struct report_cause *item) {
  char **lines = NULL;
  for (const char *const *line = explanation_of(item->cause->code)->by_hand; line && *line; line++) {
    auto_free char *typed = ej_by_hand(&item->forms, *line);
    strings_push(&lines, typed);
  }
  return lines;
}

/* --- causes, subject by subject -------------------------------------------------------------------------------------------- */

static void add_item(struct report *report, const struct cause *cause, const char *subject, const char *behind,
                     const struct outcome *outcomes, size_t count) {
  struct report_cause *item = behind ? array_push(&report->folded, &report->folded_count, sizeof *item)
                                     : array_push(&report->items, &report->item_count, sizeof *item);
  report_cause_fill(item, cause, subject, report->conf, outcomes, count);
  item->behind = behind;
  item->forms = report_forms(report->conf, &report->generation);
}

/* The stack's cause that says why nothing comes through, or NULL. */
static const char *outage_of(const struct causes *causes, const struct code *const *ill, size_t ill_count) {
  for (size_t i = 0; i < causes->count; i++) {
    for (size_t k = 0; k < ill_count; k++) {
      bool explained = false;
      for (size_t n = 0; n < causes->items[i].explains_count; n++) explained |= text_equal(causes->items[i].explains[n], ill[k]->name);
      if (explained && ill[k]->outage) return causes->items[i].code;
    }
  }
  return NULL;
}

/* Returns the cause behind which others may be folded, or NULL. */
static const char *add_stack(struct report *report) {
  auto_free struct outcome *own = xcalloc(report->outcome_count + 1, sizeof *own); /* their contents stay the report's */
  size_t count = 0, ill_count;
  for (size_t i = 0; i < report->outcome_count; i++) {
    if (report_is_of_stack(report->outcomes[i].check->subject)) own[count++] = report->outcomes[i];
  }
  auto_free const struct code **ill = outcomes_ill(own, count, &ill_count);
  rules_evaluate(rule_tables, ill, ill_count, &report->causes);
  for (size_t i = 0; i < report->causes.count; i++) add_item(report, &report->causes.items[i], CONF_SUBJECT_STACK, NULL, own, count);
  return outage_of(&report->causes, ill, ill_count);
}

static void add_extra(struct report *report, const struct outcome *outcome, const char *outage) {
  size_t ill_count;
  auto_free const struct code **ill = outcomes_ill(outcome, 1, &ill_count);
  if (ill_count == 0) return;
  struct causes *causes = array_push(&report->extra, &report->extra_count, sizeof *causes);
  *causes = (struct causes){0};
  rules_evaluate(rule_tables, ill, ill_count, causes);
  for (size_t i = 0; i < causes->count; i++) {
    const struct cause *cause = &causes->items[i]; /* stays in its place, whatever happens to the array of arrays */
    bool folded = outage && outcome->check->stands_behind && behind_is_absence(cause, ill, ill_count);
    add_item(report, cause, outcome->check->subject, folded ? outage : NULL, outcome, 1);
  }
}

void report_make(struct report *report, const struct conf *conf, struct outcome *outcomes, size_t count, double started, double seconds) {
  *report = (struct report){
      .started = started, .seconds = seconds, .conf = conf, .outcomes = outcomes, .outcome_count = count, .status = STATUS_PASS};
  for (size_t i = 0; i < count; i++) {
    if (status_weight(outcomes[i].status) > status_weight(report->status)) report->status = outcomes[i].status;
  }
  decide_generation(report);
  const char *outage = add_stack(report);
  for (size_t i = 0; i < count; i++) {
    if (!report_is_of_stack(outcomes[i].check->subject)) add_extra(report, &outcomes[i], outage);
  }
}

void report_free(struct report *report) {
  for (size_t i = 0; i < report->outcome_count; i++) outcome_free(&report->outcomes[i]);
  free(report->outcomes);
  free(report->items);
  free(report->folded);
  causes_free(&report->causes);
  for (size_t i = 0; i < report->extra_count; i++) causes_free(&report->extra[i]);
  free(report->extra);
  ej_generation_free(&report->generation);
  *report = (struct report){0};
}
