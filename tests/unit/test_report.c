/* The formats of the report: whatever a check found, JSON stays JSON, a plugin's line stays a line, a terminal is not driven, and no secret
 * leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "checks/plain/http_codes.h"
#include "checks/theme/theme_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/base/redact.h"
#include "monitor/reports/report.h"
#include "monitor/rules/causes_codes.h"

static const struct code bad = {.name = "t/bad", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code odd = {.name = "t/odd", .severity = SEVERITY_WARNING, .layer = LAYER_PROXY};
static const struct code blind = {.name = "t/blind", .severity = SEVERITY_WARNING, .layer = LAYER_EJMON, .blind = true};
static const struct check_kind kind = {.name = "thing"};

static char names[4][32] = {"well", "a|b'c=d", "blind", "skipped"};
static char target[] = "http://u:hunter2hunter2@ej.example.org/", why[] = "rocketchat is not part of this stack";
static struct conf_check checks[] = {{.name = names[0], .kind = &kind, .target = target},
                                     {.name = names[1], .kind = &kind, .target = NULL},
                                     {.name = names[2], .kind = &kind, .target = target},
                                     {.name = names[3], .kind = &kind, .skip = why}};

#define EVIL "\xff\033[2J | a=b 'x' \"y\" \\\n* line two \xc3\xa9"

static struct outcome *outcomes_make(bool ill) {
  struct outcome *outcomes = xcalloc(4, sizeof *outcomes);
  for (size_t i = 0; i < 4; i++) outcomes[i] = (struct outcome){.check = &checks[i], .seconds = 0.0123456};
  finding_pass(&outcomes[0].findings, &odd);
  findings_measure(&outcomes[0].findings, "latency", 0.25, "s");
  findings_measure(&outcomes[0].findings, "it's=odd|x", 3, "");
  findings_fact(&outcomes[0].findings, "theme", "cpa");
  if (ill) {
    struct finding *finding = finding_add(&outcomes[1].findings, &bad, "It says %s and PASSWORD=hunter2hunter2 too", EVIL);
    finding_evidence(finding, "token", "no token", "%s", "Authorization: Bearer hunter2hunter2");
    finding_evidence(finding, "body", NULL, "%s", EVIL);
    finding_add(&outcomes[2].findings, &blind, "It could not look.");
  }
  outcomes[0].status = findings_status(&outcomes[0].findings);
  outcomes[1].status = findings_status(&outcomes[1].findings);
  outcomes[2].status = findings_status(&outcomes[2].findings);
  outcomes[3].status = STATUS_SKIP;
  return outcomes;
}

static char *written(const char *name, const struct report *report, struct report_style style) {
  for (const struct report_format *const *format = report_formats; *format; format++) {
    if (!text_equal((*format)->name, name)) continue;
    struct text text = {0};
    (*format)->write(report, &style, &text);
    assert_null(text_find(text.data, text.length, "hunter2", false));
    return text_steal(&text);
  }
  fail_msg("no format is called %s", name);
  return NULL;
}

static char *write_as(const char *name, bool ill, struct report_style style) {
  struct report report;
  report_make(&report, NULL, outcomes_make(ill), 4, 1795403529.5, 1.5);
  char *text = written(name, &report, style);
  report_free(&report);
  return text;
}

static const char *string_of(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  if (!value) fail_msg("no string %s", key);
  return value;
}

static void json_is_well_formed_and_says_everything(void **state) {
  (void)state;
  char *text = write_as("json", true, (struct report_style){0});
  json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
  assert_non_null(root);
  assert_string_equal(string_of(root, "schema"), "ejmon.report/1");
  assert_string_equal(string_of(root, "started"), "2026-11-23T03:12:09Z");
  assert_string_equal(string_of(root, "status"), "fail");
  assert_string_equal(string_of(json_object_get(root, "stack"), "theme"), "cpa");
  json_t *list = json_object_get(root, "checks");
  assert_int_equal(json_array_size(list), 4);
  static const char *const want[] = {"pass", "fail", "unknown", "skip"};
  for (size_t i = 0; i < 4; i++) assert_string_equal(string_of(json_array_get(list, i), "status"), want[i]);
  assert_string_equal(string_of(json_array_get(list, 3), "why"), why);
  json_t *finding = json_array_get(json_object_get(json_array_get(list, 1), "findings"), 0);
  assert_string_equal(string_of(finding, "code"), "t/bad");
  assert_string_equal(string_of(finding, "severity"), "critical");
  assert_string_equal(string_of(finding, "layer"), "web");
  assert_non_null(strstr(string_of(finding, "summary"), "\xc3\xa9")); /* what is text stays text */
  assert_string_equal(string_of(json_array_get(json_object_get(finding, "evidence"), 0), "want"), "no token");
  assert_null(json_object_get(json_array_get(json_object_get(finding, "evidence"), 1), "want"));
  json_t *cause = json_array_get(json_object_get(root, "causes"), 0);
  assert_string_equal(string_of(cause, "code"), "t/bad");
  assert_int_equal(json_array_size(json_object_get(cause, "explains")), 1);
  assert_null(json_object_get(cause, "remedy"));
  json_decref(root);
  free(text);
}

static size_t count_of(const char *text, size_t length, char c) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) count += text[i] == c;
  return count;
}

static void the_plugins_first_line_is_one_line_with_one_bar(void **state) {
  (void)state;
  char *text = write_as("nagios", true, (struct report_style){0});
  size_t line = strcspn(text, "\n");
  assert_true(text_starts(text, "EJ CRITICAL - t/bad: It says "));
  assert_int_equal(count_of(text, line, '|'), 1);
  assert_int_equal(count_of(text, strlen(text), '|'), 1); /* a later one would begin perfdata again */
  const char *perfdata = strchr(text, '|') + 1;
  assert_true(
      text_starts(perfdata, " 'well_time'=0.012346s;;;0 'well_latency'=0.250000s 'well_it_s_odd_x'=3.000000 'a_b_c_d_time'=0.012346s;;;0"));
  size_t length = strcspn(perfdata, "\n");
  assert_int_equal(count_of(perfdata, length, '\''), 2 * count_of(perfdata, length, '='));
  for (const char *p = text; *p; p++) assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
  assert_int_equal(count_of(text, strlen(text), '\n'), 3); /* the line, and two findings */
  free(text);
  text = write_as("nagios", false, (struct report_style){0});
  assert_true(text_starts(text, "EJ OK - 3 of 3 checks pass |"));
  free(text);
}

static void the_text_names_what_is_ill_and_cannot_drive_a_terminal(void **state) {
  (void)state;
  char *text = write_as("text", true, (struct report_style){0});
  for (const char *p = text; *p; p++) assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
  assert_non_null(strstr(text, "FAIL"));
  assert_non_null(strstr(text, "t/bad"));
  assert_non_null(strstr(text, why));
  assert_non_null(strstr(text, "ejmon explain t/bad"));
  assert_null(strstr(text, "latency"));
  free(text);
  text = write_as("text", true, (struct report_style){.colour = true, .verbose = true});
  assert_non_null(strstr(text, "\033[1;31m"));
  assert_non_null(strstr(text, "latency"));
  assert_non_null(strstr(text, "t/odd"));
  assert_null(strstr(text, "\033[2J"));
  free(text);
}

static void a_quiet_report_of_what_is_well_is_empty(void **state) {
  (void)state;
  char *text = write_as("text", false, (struct report_style){.quiet = true});
  assert_string_equal(text, "");
  free(text);
  text = write_as("text", true, (struct report_style){.quiet = true});
  assert_null(strstr(text, "skipped\n"));
  assert_non_null(strstr(text, "t/bad"));
  free(text);
}

/* --- causes ----------------------------------------------------------------------------------------------------------------- */

static const char *const plan[] = {"gentle", "strong", NULL};
static const struct rule rule = {.code = &CAUSE_WEB_DOWN, .confidence = CONFIDENCE_LIKELY, .rank = RANK_WEB, .plan = plan};
static const struct remedy_kind gentle = {.name = "gentle"}, strong = {.name = "strong"};

static void a_cause_brings_its_remedy_its_refusals_and_a_word_for_a_person(void **state) {
  (void)state;
  struct conf_remedy remedies[] = {{.kind = &strong, .mode = MODE_APPROVE}, {.kind = &gentle, .mode = MODE_AUTO}};
  struct conf conf = {.remedies = remedies, .remedy_count = 2};
  struct report report = {.conf = &conf, .status = STATUS_FAIL};
  struct cause *cause = array_push(&report.causes.items, &report.causes.count, sizeof *cause);
  *cause = (struct cause){.code = rule.code->name, .rule = &rule};
  struct report_cause *item = array_push(&report.items, &report.item_count, sizeof *item);
  report_cause_fill(item, cause, CONF_SUBJECT_STACK, &conf, NULL, 0);
  assert_ptr_equal(item->remedy, &remedies[1]); /* the order of the plan, not of the configuration */

  char *text = written("json", &report, (struct report_style){0});
  json_t *root = json_loads(text, 0, NULL);
  json_t *json = json_array_get(json_object_get(root, "causes"), 0);
  assert_string_equal(string_of(json, "confidence"), "likely");
  assert_string_equal(string_of(json_object_get(json, "remedy"), "name"), "gentle");
  assert_string_equal(string_of(json_object_get(json, "remedy"), "mode"), "auto");
  assert_string_equal(string_of(json_array_get(json_object_get(json, "refused"), 0), "why"), explanation_of("web/down")->refused[0].why);
  assert_string_equal(json_string_value(json_array_get(json_object_get(json, "by_hand"), 0)), "docker-compose ps web");
  json_decref(root);
  free(text);
  text = written("text", &report, (struct report_style){0});
  assert_non_null(strstr(text, "restart web: in a restart loop the same step fails each time"));
  assert_non_null(strstr(text, "docker-compose ps web"));
  free(text);

  static char unusable[] = "its key docker is not set";
  remedies[1].skip = unusable;
  report_cause_fill(item, cause, CONF_SUBJECT_STACK, &conf, NULL, 0);
  assert_ptr_equal(item->remedy, &remedies[0]);
  assert_null(item->skip);
  remedies[0].skip = unusable;
  report_cause_fill(item, cause, CONF_SUBJECT_STACK, &conf, NULL, 0);
  assert_null(item->remedy);
  text = written("text", &report, (struct report_style){0});
  assert_non_null(strstr(text, unusable));
  free(text);
  report_free(&report);
}

/* --- subjects --------------------------------------------------------------------------------------------------------------- */

static char subject_names[5][16] = {"nginx", "page", "content", "elsewhere", "other"};
static const struct conf_check subject_checks[] = {
    {.name = subject_names[0], .kind = &kind, .subject = CONF_SUBJECT_STACK},
    {.name = subject_names[1], .kind = &kind, .subject = subject_names[1], .stands_behind = true},
    {.name = subject_names[2], .kind = &kind, .subject = subject_names[2], .stands_behind = true},
    {.name = subject_names[3], .kind = &kind, .subject = subject_names[3]},
    {.name = subject_names[4], .kind = &kind, .subject = subject_names[4]},
};

/* The stack has this fault; a page behind it is gone, another is wrong, a page elsewhere is gone, and another nginx too. */
static void subjects_report(struct report *report, const struct conf *conf, const struct code *of_stack) {
  const struct code *const codes[] = {of_stack, &HTTP_UNREACHABLE, &HTTP_BODY, &HTTP_UNREACHABLE, &NGINX_UNREACHABLE};
  struct outcome *outcomes = xcalloc(countof(codes), sizeof *outcomes);
  for (size_t i = 0; i < countof(codes); i++) {
    outcomes[i] = (struct outcome){.check = &subject_checks[i], .status = STATUS_FAIL};
    finding_add(&outcomes[i].findings, codes[i], "%s has it.", subject_names[i]);
    findings_fact(&outcomes[i].findings, "theme", subject_names[i]);
  }
  report_make(report, conf, outcomes, countof(codes), 0, 0);
}

static void assert_items(const struct report_cause *items, size_t count, const char *const *want) {
  for (size_t i = 0; i < count; i++) {
    auto_free char *name = report_cause_name(&items[i]);
    if (!want[i]) fail_msg("%s is one too many", name);
    assert_string_equal(name, want[i]);
  }
  assert_null(want[count]);
}

static void each_subject_has_its_own_causes_and_absence_is_folded_behind_an_outage(void **state) {
  (void)state;
  struct report report;
  subjects_report(&report, NULL, &NGINX_UNREACHABLE);
  assert_items(
      report.items, report.item_count,
      (const char *const[]){"web/nginx-down", "http/body of content", "http/unreachable of elsewhere", "web/nginx-down of other", NULL});
  assert_items(report.folded, report.folded_count, (const char *const[]){"http/unreachable of page", NULL});
  assert_string_equal(report.items[1].summary, "content has it.");
  assert_string_equal(report.items[2].summary, "elsewhere has it.");
  char *text = written("json", &report, (struct report_style){0});
  json_t *root = json_loads(text, 0, NULL);
  assert_string_equal(string_of(json_array_get(json_object_get(root, "causes"), 0), "subject"), "stack");
  assert_string_equal(string_of(json_array_get(json_object_get(root, "causes"), 3), "subject"), "other");
  json_t *folded = json_array_get(json_object_get(root, "folded"), 0);
  assert_string_equal(string_of(folded, "subject"), "page");
  assert_string_equal(string_of(folded, "behind"), "web/nginx-down");
  assert_string_equal(string_of(json_object_get(root, "stack"), "theme"), "nginx"); /* what is seen of others is no fact of the stack */
  json_decref(root);
  free(text);
  text = written("text", &report, (struct report_style){0});
  assert_non_null(strstr(text, "Cause: web/nginx-down ("));
  assert_non_null(strstr(text, "Cause: web/nginx-down of other ("));
  assert_non_null(strstr(text, "Behind web/nginx-down: http/unreachable of page\n"));
  free(text);
  text = written("nagios", &report, (struct report_style){0});
  assert_non_null(strstr(text, "; http/body of content: content has it."));
  free(text);
  report_free(&report);
}

static void behind_a_stack_that_answers_wrongly_or_late_nothing_is_folded(void **state) {
  (void)state;
  const struct code *const answers[] = {&THEME_MIXED_ASSETS, &NGINX_SLOW, &NGINX_NOT_FOUND};
  for (size_t i = 0; i < countof(answers); i++) {
    struct report report;
    subjects_report(&report, NULL, answers[i]);
    assert_int_equal(report.folded_count, 0);
    assert_int_equal(report.item_count, 5);
    char *text = written("text", &report, (struct report_style){0});
    assert_null(strstr(text, "Behind"));
    free(text);
    report_free(&report);
  }
}

static void a_remedy_acts_on_the_stack_alone(void **state) {
  (void)state;
  struct conf_remedy remedies[] = {{.kind = &gentle, .mode = MODE_AUTO}};
  struct conf conf = {.remedies = remedies, .remedy_count = 1};
  const struct cause cause = {.code = rule.code->name, .rule = &rule};
  struct report_cause item;
  report_cause_fill(&item, &cause, CONF_SUBJECT_STACK, &conf, NULL, 0);
  assert_ptr_equal(item.remedy, &remedies[0]);
  report_cause_fill(&item, &cause, "other", &conf, NULL, 0);
  assert_null(item.remedy);
  static char unusable[] = "its key docker is not set";
  remedies[0].skip = unusable;
  report_cause_fill(&item, &cause, "other", &conf, NULL, 0);
  assert_null(item.skip);
}

static void the_worst_status_counts_and_a_skip_does_not(void **state) {
  (void)state;
  static const struct {
    enum check_status statuses[3];
    enum check_status want;
    int exit_status;
  } cases[] = {
      {{STATUS_SKIP, STATUS_SKIP, STATUS_SKIP}, STATUS_PASS, 0},       {{STATUS_PASS, STATUS_WARN, STATUS_SKIP}, STATUS_WARN, 1},
      {{STATUS_UNKNOWN, STATUS_WARN, STATUS_PASS}, STATUS_UNKNOWN, 3}, {{STATUS_UNKNOWN, STATUS_FAIL, STATUS_WARN}, STATUS_FAIL, 2},
      {{STATUS_PASS, STATUS_PASS, STATUS_PASS}, STATUS_PASS, 0},
  };
  for (size_t i = 0; i < countof(cases); i++) {
    struct outcome *outcomes = xcalloc(3, sizeof *outcomes);
    for (size_t k = 0; k < 3; k++) outcomes[k] = (struct outcome){.check = &checks[k], .status = cases[i].statuses[k]};
    struct report report;
    report_make(&report, NULL, outcomes, 3, 0, 0);
    assert_int_equal(report.status, cases[i].want);
    assert_int_equal(report_exit_status(report.status), cases[i].exit_status);
    report_free(&report);
    report_free(&report);
  }
}

static void numbers_that_are_none_do_not_break_json(void **state) {
  (void)state;
  struct outcome *outcomes = xcalloc(1, sizeof *outcomes);
  outcomes[0] = (struct outcome){.check = &checks[0], .status = STATUS_PASS};
  findings_measure(&outcomes[0].findings, "nan", strtod("nan", NULL), "s");
  findings_measure(&outcomes[0].findings, "inf", strtod("inf", NULL), "s");
  findings_measure(&outcomes[0].findings, "one", 1, "s");
  struct report report;
  report_make(&report, NULL, outcomes, 1, 0, 0);
  char *text = written("json", &report, (struct report_style){0});
  json_t *root = json_loads(text, 0, NULL);
  assert_non_null(root);
  json_decref(root);
  free(text);
  text = written("nagios", &report, (struct report_style){0});
  assert_null(strstr(text, "=nan"));
  assert_null(strstr(text, "=inf"));
  free(text);
  report_free(&report);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_is_well_formed_and_says_everything),
      cmocka_unit_test(the_plugins_first_line_is_one_line_with_one_bar),
      cmocka_unit_test(the_text_names_what_is_ill_and_cannot_drive_a_terminal),
      cmocka_unit_test(a_quiet_report_of_what_is_well_is_empty),
      cmocka_unit_test(a_cause_brings_its_remedy_its_refusals_and_a_word_for_a_person),
      cmocka_unit_test(each_subject_has_its_own_causes_and_absence_is_folded_behind_an_outage),
      cmocka_unit_test(behind_a_stack_that_answers_wrongly_or_late_nothing_is_folded),
      cmocka_unit_test(a_remedy_acts_on_the_stack_alone),
      cmocka_unit_test(the_worst_status_counts_and_a_skip_does_not),
      cmocka_unit_test(numbers_that_are_none_do_not_break_json),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
