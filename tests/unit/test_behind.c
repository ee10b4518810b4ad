/* What stands behind the stack, with the codes and rules of the program: only what keeps everything back excuses its silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "checks/plain/http_codes.h"
#include "monitor/core/mind.h"

static struct mind mind;
static double now, wall;
static const char *severity; /* what people are told of the stack's incidents; NULL: what its code says */

static bool never_heals(void *context, const struct incident *incident) {
  (void)context, (void)incident;
  return false;
}

static void describe(void *context, struct incident *incident) {
  (void)context;
  const struct finding *finding = NULL;
  for (char **code = incident->codes; code && *code && !finding; code++) finding = subject_finding(incident->subject, *code);
  if (!finding) return;
  free(incident->severity);
  incident->severity = xstrdup(severity && incident->subject == mind.stack ? severity : severity_names[finding->severity]);
}

static char *no_body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("");
}

static void nobody_cares(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}

static void begin(const struct code *const *of_stack) {
  static const struct mind_host host = {.heals = never_heals, .describe = describe, .body = no_body, .changed = nobody_cares};
  const struct mind_check checks[] = {
      {.name = "s", .subject = MIND_STACK, .codes = of_stack, .rise = 2, .fall = 2},
      {.name = "consult", .subject = "consult", .stands_behind = true, .codes = http_codes, .rise = 2, .fall = 2},
  };
  now = 1000, wall = 1.8e9;
  mind_init(&mind, &host, rule_tables, now);
  mind_configure(&mind, checks, countof(checks), (const char *const[]){"pager"}, 1, now, wall);
}

static void probe(const char *check, const struct code *ill) {
  struct opinion *opinion = mind_opinion(&mind, check);
  struct findings findings = {0};
  if (ill) finding_add(&findings, ill, "it is ill");
  for (size_t i = 0; i < opinion->code_count; i++) finding_pass(&findings, opinion->codes[i]);
  mind_take(&mind, opinion, &findings, NULL, now);
  findings_free(&findings);
  now++, wall++;
  (void)mind_round(&mind, now, wall);
}

static void probe_both(const struct code *stack, const struct code *extra, double seconds) {
  for (double end = now + seconds; now < end; now += 10, wall += 10) {
    probe("s", stack);
    probe("consult", extra);
  }
}

static size_t told(const char *code, const char *subject) {
  size_t count = 0;
  for (size_t i = 0; i < mind.spool.count; i++) {
    const struct delivery_row *row = &mind.spool.items[i]->row;
    count += text_equal(row->event, "triggered") && text_equal(row->code, code) && text_equal(row->subject, subject);
  }
  return count;
}

/* The stack is ill of that code for two hours; in the second one the extra check answers 500. Is it told? */
static bool is_told_behind(const struct code *code) {
  begin((const struct code *const[]){code, NULL});
  probe_both(code, NULL, 3600);
  assert_true(mind.spool.count > 0);
  probe_both(code, &HTTP_STATUS, 3600);
  size_t count = told(HTTP_STATUS.name, "consult");
  mind_free(&mind);
  return count > 0;
}

static bool is_of_stack(const struct code *code) {
  return !text_starts(code->name, "http/") && !text_starts(code->name, "tcp/");
}

static void only_an_outage_of_the_whole_site_excuses_what_stands_behind_it(void **state) {
  (void)state;
  int wrong = 0;
  for (const struct code *const *code = every_code; *code; code++) {
    if ((*code)->evidence != EVIDENCE_ABSENCE || !is_of_stack(*code) || is_told_behind(*code) != (*code)->outage) continue;
    print_error("%s: an extra check behind it is%s told\n", (*code)->name, (*code)->outage ? "" : " not");
    wrong++;
  }
  assert_int_equal(wrong, 0);
}

static void what_is_told_as_a_warning_excuses_nobody(void **state) {
  (void)state;
  severity = "warning";
  assert_true(is_told_behind(code_find("nginx/bad-gateway")));
  severity = NULL;
  assert_false(is_told_behind(code_find("nginx/bad-gateway")));
}

static void a_slow_stack_that_goes_out_excuses_from_then_on(void **state) {
  (void)state;
  const struct code *slow = code_find("nginx/slow"), *out = code_find("nginx/bad-gateway");
  begin((const struct code *const[]){slow, out, NULL});
  probe_both(slow, NULL, 600);
  probe_both(out, &HTTP_STATUS, 3600);
  assert_int_equal(told("web/down", MIND_STACK), 1);
  assert_int_equal(told(HTTP_STATUS.name, "consult"), 0);
  probe_both(slow, &HTTP_STATUS, 600);
  assert_int_equal(told(HTTP_STATUS.name, "consult"), 1);
  mind_free(&mind);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_an_outage_of_the_whole_site_excuses_what_stands_behind_it),
      cmocka_unit_test(what_is_told_as_a_warning_excuses_nobody),
      cmocka_unit_test(a_slow_stack_that_goes_out_excuses_from_then_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
