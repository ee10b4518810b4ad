/* Findings of one probe: what is found is not passed, foreign text is cut, printable and without secrets, and the worst decides the status.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/finding.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

static const struct code bad = {.name = "t/bad", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code odd = {.name = "t/odd", .severity = SEVERITY_WARNING, .layer = LAYER_WEB};
static const struct code note = {.name = "t/note", .severity = SEVERITY_INFO, .layer = LAYER_WEB};
static const struct code blind = {.name = "t/blind", .severity = SEVERITY_WARNING, .layer = LAYER_EJMON, .blind = true};

static void what_is_found_is_not_passed_whatever_came_first(void **state) {
  (void)state;
  struct findings findings = {0};
  finding_pass(&findings, &bad);
  finding_pass(&findings, &bad);
  finding_pass(&findings, &odd);
  assert_int_equal(findings.passed_count, 2);
  finding_add(&findings, &bad, "found");
  assert_false(findings_passed(&findings, "t/bad"));
  assert_true(findings_passed(&findings, "t/odd"));
  finding_pass(&findings, &bad);
  assert_false(findings_passed(&findings, "t/bad"));
  assert_non_null(findings_find(&findings, "t/bad"));
  assert_null(findings_find(&findings, "t/odd"));
  findings_free(&findings);
  findings_free(&findings);
}

static void information_on_a_code_is_a_pass_of_its_fault(void **state) {
  (void)state;
  struct findings findings = {0};
  finding_add(&findings, &bad, "an old line in a log")->severity = SEVERITY_INFO;
  assert_null(findings_fault(&findings, "t/bad"));
  assert_true(findings_well(&findings, "t/bad"));
  finding_add(&findings, &blind, "could not look")->severity = SEVERITY_INFO;
  assert_false(findings_well(&findings, "t/blind"));
  findings_free(&findings);
}

static void of_several_findings_of_a_code_the_gravest_counts(void **state) {
  (void)state;
  for (int order = 0; order < 2; order++) {
    struct findings findings = {0};
    finding_add(&findings, &bad, "one log")->severity = order ? SEVERITY_CRITICAL : SEVERITY_INFO;
    finding_add(&findings, &bad, "another")->severity = order ? SEVERITY_INFO : SEVERITY_CRITICAL;
    assert_int_equal(findings_find(&findings, "t/bad")->severity, SEVERITY_CRITICAL);
    assert_ptr_equal(findings_fault(&findings, "t/bad"), findings_find(&findings, "t/bad"));
    assert_false(findings_well(&findings, "t/bad"));
    findings_free(&findings);
  }
}

static enum check_status status_of(const struct code *const *codes) {
  struct findings findings = {0};
  for (; *codes; codes++) finding_add(&findings, *codes, "x");
  enum check_status status = findings_status(&findings);
  findings_free(&findings);
  return status;
}
#define STATUS_OF(...) status_of((const struct code *const[]){__VA_ARGS__, NULL})

static void the_worst_finding_decides_in_any_order(void **state) {
  (void)state;
  struct findings none = {0};
  assert_int_equal(findings_status(&none), STATUS_PASS);
  assert_int_equal(STATUS_OF(&note), STATUS_PASS);
  assert_int_equal(STATUS_OF(&note, &odd), STATUS_WARN);
  assert_int_equal(STATUS_OF(&odd, &bad), STATUS_FAIL);
  assert_int_equal(STATUS_OF(&bad, &odd), STATUS_FAIL);
  assert_int_equal(STATUS_OF(&odd, &blind), STATUS_UNKNOWN);
  assert_int_equal(STATUS_OF(&blind, &odd), STATUS_UNKNOWN);
  assert_int_equal(STATUS_OF(&blind, &bad), STATUS_FAIL);
  assert_int_equal(STATUS_OF(&bad, &blind), STATUS_FAIL);
}

static void a_check_may_know_the_severity_better(void **state) {
  (void)state;
  struct findings findings = {0};
  finding_add(&findings, &bad, "harmless here")->severity = SEVERITY_WARNING;
  assert_int_equal(findings_status(&findings), STATUS_WARN);
  findings_free(&findings);
}

static void foreign_text_is_cut_and_cannot_drive_a_terminal(void **state) {
  (void)state;
  char *longer = malloc(100001);
  memset(longer, 'x', 100000);
  longer[100000] = '\0';
  struct findings findings = {0};
  struct finding *finding = finding_add(&findings, &bad, "title \033[2J\n%s", longer);
  finding_evidence(finding, "body", "short", "\033]0;evil\a%s", longer);
  assert_null(strpbrk(finding->summary, "\033\n"));
  assert_true(strlen(finding->summary) <= FINDING_SUMMARY_LIMIT + 8);
  assert_null(strpbrk(finding->evidence[0].saw, "\033\a"));
  assert_true(strlen(finding->evidence[0].saw) <= FINDING_SAW_LIMIT + 8);
  assert_true(text_ends(finding->evidence[0].saw, "..."));
  assert_string_equal(finding->evidence[0].want, "short");
  findings_free(&findings);
  free(longer);
}

static void a_secret_is_hidden_also_where_the_cut_falls_into_it(void **state) {
  (void)state;
  redact_register("correct-horse-battery");
  struct findings findings = {0};
  struct finding *finding = finding_add(&findings, &bad, "it said correct-horse-battery");
  assert_null(strstr(finding->summary, "correct"));
  for (int before = FINDING_SAW_LIMIT - 22; before <= FINDING_SAW_LIMIT; before++) {
    finding_evidence(finding, "body", NULL, "%*scorrect-horse-battery and more", before, "");
    assert_null(strstr(finding->evidence[finding->evidence_count - 1].saw, "corr"));
  }
  findings_free(&findings);
  redact_forget_all();
}

static void a_label_stays_whole_though_a_secret_is_a_word_of_it(void **state) {
  (void)state;
  redact_register("status");
  struct findings findings = {0};
  struct finding *finding = finding_add(&findings, &bad, "a page");
  finding_evidence(finding, "status", "200", "the word status");
  finding_evidence(finding, "the status of the row", NULL, "x");
  finding_evidence(finding, "http://user:status@ej.example.org/", NULL, "x");
  assert_string_equal(finding->evidence[0].what, "status");
  assert_string_equal(finding->evidence[0].saw, "the word [hidden]");
  assert_string_equal(finding->evidence[1].what, "the status of the row");
  assert_string_equal(finding->evidence[2].what, "http://[hidden]@ej.example.org/");
  findings_free(&findings);
  redact_forget_all();
}

static void the_last_fact_of_a_name_counts(void **state) {
  (void)state;
  struct findings findings = {0};
  findings_fact(&findings, "theme", "default");
  findings_fact(&findings, "generation", "A");
  findings_fact(&findings, "theme", "cpa");
  assert_int_equal(findings.fact_count, 2);
  assert_string_equal(findings_get_fact(&findings, "theme"), "cpa");
  assert_null(findings_get_fact(&findings, "none"));
  findings_measure(&findings, "latency", 0.25, "s");
  assert_int_equal(findings.measure_count, 1);
  findings_free(&findings);
}

static void sentences_are_told_in_the_language_and_a_word_alone_is_a_name(void **state) {
  (void)state;
  static const struct code code = {.name = "test/one", .severity = SEVERITY_WARNING};
  struct findings findings = {0};
  assert_int_equal(lang_choose("pt_BR"), 0);
  struct finding *finding = finding_add(&findings, &code, "The CSS is of theme %s, wanted is %s.", "cpa", "default");
  finding_evidence(finding, "the static folder of web", "default", "%zu bytes without its end", (size_t)7);
  assert_int_equal(lang_choose("en"), 0);
  assert_string_equal(finding->summary, "O CSS é do tema cpa, o desejado é default.");
  assert_string_equal(finding->evidence[0].what, "a pasta estática do web");
  assert_string_equal(finding->evidence[0].want, "default"); /* a theme's name, though the word has a translation */
  assert_string_equal(finding->evidence[0].saw, "7 bytes sem o seu fim");
  findings_free(&findings);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_is_found_is_not_passed_whatever_came_first),
      cmocka_unit_test(information_on_a_code_is_a_pass_of_its_fault),
      cmocka_unit_test(of_several_findings_of_a_code_the_gravest_counts),
      cmocka_unit_test(the_worst_finding_decides_in_any_order),
      cmocka_unit_test(a_check_may_know_the_severity_better),
      cmocka_unit_test(foreign_text_is_cut_and_cannot_drive_a_terminal),
      cmocka_unit_test(a_secret_is_hidden_also_where_the_cut_falls_into_it),
      cmocka_unit_test(a_label_stays_whole_though_a_secret_is_a_word_of_it),
      cmocka_unit_test(the_last_fact_of_a_name_counts),
      cmocka_unit_test(sentences_are_told_in_the_language_and_a_word_alone_is_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
