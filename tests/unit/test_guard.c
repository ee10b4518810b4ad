/* The guard: modes, cool-down, budgets and self-doubt, at and beside every border. The clock is handed in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/core/guard.h"

#define NOW 1.8e9

static double until;

static enum guard_verdict ask(struct guard_question question) {
  until = -1;
  question.now = NOW;
  return guard_ask(&question, &until);
}

static struct guard_question automatic(const double *attempts, size_t count) {
  return (struct guard_question){.mode = MODE_AUTO, .attempts_per_hour = 3, .cool_down = 600, .attempts = attempts, .attempt_count = count};
}

static void only_auto_goes_without_a_person(void **state) {
  (void)state;
  static const enum guard_verdict want[] = {
      [MODE_OBSERVE] = GUARD_OBSERVE, [MODE_SUGGEST] = GUARD_SUGGEST, [MODE_APPROVE] = GUARD_APPROVE, [MODE_AUTO] = GUARD_GO};
  for (enum acting_mode mode = MODE_OBSERVE; mode <= MODE_AUTO; mode++) {
    struct guard_question question = automatic(NULL, 0);
    question.mode = mode;
    assert_int_equal(ask(question), want[mode]);
    assert_true(until == -1);
    question.approved = true;
    assert_int_equal(ask(question), mode == MODE_OBSERVE ? GUARD_OBSERVE : GUARD_GO); /* observe binds everybody */
  }
}

static void the_cool_down_ends_at_its_last_second(void **state) {
  (void)state;
  const double early[] = {NOW - 5000, NOW - 599}, due[] = {NOW - 600, NOW - 5000};
  assert_int_equal(ask(automatic(early, 2)), GUARD_COOL_DOWN);
  assert_true(until == NOW + 1);
  assert_int_equal(ask(automatic(due, 2)), GUARD_GO);
}

static void the_order_of_the_attempts_does_not_matter(void **state) {
  (void)state;
  const double up[] = {NOW - 3500, NOW - 2000, NOW - 700}, down[] = {NOW - 700, NOW - 2000, NOW - 3500};
  assert_int_equal(ask(automatic(up, 3)), GUARD_BUDGET);
  assert_true(until == NOW + 100);
  assert_int_equal(ask(automatic(down, 3)), GUARD_BUDGET);
  assert_true(until == NOW + 100);
}

static void an_attempt_whose_clock_was_wrong_does_not_hold_for_years(void **state) {
  (void)state;
  const double later[] = {NOW + 1e8, NOW + 3601}, soon[] = {NOW + 60};
  struct guard_question question = automatic(later, 2);
  assert_int_equal(ask(question), GUARD_GO);
  assert_int_equal(ask(automatic(soon, 1)), GUARD_COOL_DOWN); /* a clock that was set back a little lifts no cool-down */
}

static void an_attempt_an_hour_old_is_not_counted(void **state) {
  (void)state;
  const double attempts[] = {NOW - 3600, NOW - 2000, NOW - 700};
  assert_int_equal(ask(automatic(attempts, 3)), GUARD_GO);
}

static void the_hold_really_ends_when_it_says_so(void **state) {
  (void)state;
  const double attempts[] = {NOW - 3500, NOW - 2000, NOW - 700};
  struct guard_question question = automatic(attempts, 3);
  double end = 0;
  question.now = NOW;
  assert_int_equal(guard_ask(&question, &end), GUARD_BUDGET);
  question.now = end;
  assert_int_equal(guard_ask(&question, &end), GUARD_GO);
}

static void all_remedies_together_have_a_budget_too(void **state) {
  (void)state;
  /* Those of others among them, and one that is an hour old. */
  const double all[] = {NOW - 3000, NOW - 3540, NOW - 2000, NOW - 1500, NOW - 900, NOW - 700, NOW - 3600};
  _Static_assert(GUARD_ALL_PER_HOUR == 6, "the table has six that count");
  struct guard_question question = automatic(NULL, 0);
  question.all = all;
  question.all_count = 5;
  assert_int_equal(ask(question), GUARD_GO);
  question.all_count = 7;
  assert_int_equal(ask(question), GUARD_BUDGET);
  assert_true(until == NOW + 60); /* when the oldest of all is an hour old, not an hour from now */
  /* The later of both ends counts, and there really is room then. */
  const double own[] = {NOW - 3000, NOW - 2000, NOW - 700};
  question.attempts = own;
  question.attempt_count = 3;
  assert_int_equal(ask(question), GUARD_BUDGET);
  assert_true(until == NOW + 600);
  double end = until;
  question.now = end;
  assert_int_equal(guard_ask(&question, &until), GUARD_GO);
}

static void more_than_the_budget_holds_until_enough_of_them_are_old(void **state) {
  (void)state;
  const double attempts[] = {NOW - 700, NOW - 3500, NOW - 3400, NOW - 3400, NOW - 2000}; /* a person's among them */
  assert_int_equal(ask(automatic(attempts, 5)), GUARD_BUDGET);
  assert_true(until == NOW + 200);
}

static void a_remedy_without_any_budget_is_never_run_by_itself(void **state) {
  (void)state;
  struct guard_question question = automatic(NULL, 0);
  question.attempts_per_hour = 0;
  assert_int_equal(ask(question), GUARD_BUDGET);
  assert_true(until > NOW);
}

static void a_person_is_not_rationed_but_a_lagging_loop_stops_even_a_person(void **state) {
  (void)state;
  const double attempts[] = {NOW - 1, NOW - 2, NOW - 3, NOW - 4};
  struct guard_question question = automatic(attempts, 4);
  question.approved = true;
  assert_int_equal(ask(question), GUARD_GO);
  question.loop_lag = GUARD_LAG_LIMIT;
  assert_int_equal(ask(question), GUARD_GO);
  question.loop_lag = GUARD_LAG_LIMIT * 1.01;
  assert_int_equal(ask(question), GUARD_DOUBT);
}

static void every_verdict_has_its_sentence_and_every_mode_its_name(void **state) {
  (void)state;
  for (int verdict = GUARD_GO; verdict < GUARD_VERDICTS; verdict++) {
    assert_non_null(guard_sentences[verdict]);
    assert_true(guard_sentences[verdict][0] != '\0');
  }
  for (int mode = MODE_OBSERVE; mode <= MODE_AUTO; mode++) assert_non_null(acting_mode_names[mode]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(only_auto_goes_without_a_person),
      cmocka_unit_test(the_cool_down_ends_at_its_last_second),
      cmocka_unit_test(the_order_of_the_attempts_does_not_matter),
      cmocka_unit_test(an_attempt_whose_clock_was_wrong_does_not_hold_for_years),
      cmocka_unit_test(an_attempt_an_hour_old_is_not_counted),
      cmocka_unit_test(the_hold_really_ends_when_it_says_so),
      cmocka_unit_test(all_remedies_together_have_a_budget_too),
      cmocka_unit_test(more_than_the_budget_holds_until_enough_of_them_are_old),
      cmocka_unit_test(a_remedy_without_any_budget_is_never_run_by_itself),
      cmocka_unit_test(a_person_is_not_rationed_but_a_lagging_loop_stops_even_a_person),
      cmocka_unit_test(every_verdict_has_its_sentence_and_every_mode_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
