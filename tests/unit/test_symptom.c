/* Rise and fall: held against a reference of a few lines that is obviously right, over long random sequences and by walking every
 * transition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/symptom.h"

#define HISTORY 64

/* The reference remembers every opinion and counts backwards. It knows nothing of states. */
struct reference {
  enum symptom_input history[HISTORY]; /* the latest first, SAW_NOTHING never in it */
  size_t length;
  bool ill;
};

static long reference_run(const struct reference *reference, enum symptom_input input) {
  long run = 0;
  while ((size_t)run < reference->length && reference->history[run] == input) run++;
  return run;
}

static enum symptom_state reference_feed(struct reference *reference, enum symptom_input input, long rise, long fall) {
  if (input != SAW_NOTHING) {
    memmove(reference->history + 1, reference->history, (HISTORY - 1) * sizeof reference->history[0]);
    reference->history[0] = input;
    if (reference->length < HISTORY) reference->length++;
  }
  long faults = reference_run(reference, SAW_FAULT), passes = reference_run(reference, SAW_PASS);
  if (!reference->ill && faults >= fall) {
    reference->ill = true;
  } else if (reference->ill && passes >= rise) {
    reference->ill = false;
  }
  if (reference->ill) return passes > 0 ? SYMPTOM_RECOVERING : SYMPTOM_ILL;
  return faults > 0 ? SYMPTOM_SUSPECT : SYMPTOM_WELL;
}

static void random_sequences_agree_with_the_reference(void **state) {
  (void)state;
  srand48(1);
  for (int round = 0; round < 2000; round++) {
    long rise = 1 + lrand48() % 5, fall = 1 + lrand48() % 5;
    /* Runs rather than coin throws: thresholds of 5 are otherwise hardly ever reached. */
    double stay = drand48();
    struct symptom symptom = {0};
    struct reference reference = {0};
    enum symptom_input input = SAW_PASS;
    for (int step = 0; step < 200; step++) {
      if (drand48() > stay) input = (enum symptom_input)(lrand48() % 3);
      enum symptom_state before = symptom.state;
      double first_bad = symptom.first_bad, ill_since = symptom.ill_since;
      bool changed = symptom_feed(&symptom, input, rise, fall, step + 1);
      enum symptom_state want = reference_feed(&reference, input, rise, fall);
      if (symptom.state != want) {
        fail_msg("rise %ld, fall %ld, step %d: %s, want %s", rise, fall, step, symptom_state_names[symptom.state],
                 symptom_state_names[want]);
      }
      assert_int_equal(changed, symptom.state != before);
      assert_true(symptom.first_bad == (before == SYMPTOM_WELL && changed ? step + 1 : first_bad));
      bool falls_ill = changed && symptom.state == SYMPTOM_ILL && before != SYMPTOM_RECOVERING;
      assert_true(symptom.ill_since == (falls_ill ? step + 1 : ill_since));
      assert_int_equal(symptom_is_ill(&symptom), reference.ill);
    }
  }
}

static enum symptom_state feed_many(struct symptom *symptom, enum symptom_input input, long times, long rise, long fall) {
  for (long i = 0; i < times; i++) (void)symptom_feed(symptom, input, rise, fall, 0);
  return symptom->state;
}

static void the_threshold_itself_is_enough_and_one_less_is_not(void **state) {
  (void)state;
  for (long n = 1; n <= 6; n++) {
    struct symptom symptom = {0};
    assert_int_equal(feed_many(&symptom, SAW_FAULT, n - 1, 1, n), n > 1 ? SYMPTOM_SUSPECT : SYMPTOM_WELL);
    assert_int_equal(feed_many(&symptom, SAW_FAULT, 1, 1, n), SYMPTOM_ILL);
    assert_int_equal(feed_many(&symptom, SAW_PASS, n - 1, n, 1), n > 1 ? SYMPTOM_RECOVERING : SYMPTOM_ILL);
    assert_int_equal(feed_many(&symptom, SAW_PASS, 1, n, 1), SYMPTOM_WELL);
  }
}

static void one_opinion_to_the_contrary_starts_the_count_anew(void **state) {
  (void)state;
  struct symptom symptom = {0};
  feed_many(&symptom, SAW_FAULT, 2, 3, 3);
  assert_int_equal(feed_many(&symptom, SAW_PASS, 1, 3, 3), SYMPTOM_WELL);
  assert_int_equal(feed_many(&symptom, SAW_FAULT, 2, 3, 3), SYMPTOM_SUSPECT);
  assert_int_equal(feed_many(&symptom, SAW_FAULT, 1, 3, 3), SYMPTOM_ILL);
  feed_many(&symptom, SAW_PASS, 2, 3, 3);
  assert_int_equal(feed_many(&symptom, SAW_FAULT, 1, 3, 3), SYMPTOM_ILL);
  assert_int_equal(feed_many(&symptom, SAW_PASS, 2, 3, 3), SYMPTOM_RECOVERING);
  assert_int_equal(feed_many(&symptom, SAW_PASS, 1, 3, 3), SYMPTOM_WELL);
}

static void who_could_not_look_changes_nothing_and_breaks_no_streak(void **state) {
  (void)state;
  for (enum symptom_state from = SYMPTOM_WELL; from < SYMPTOM_STATES; from++) {
    struct symptom symptom = {.state = from, .streak = 1, .first_bad = 5, .ill_since = 6};
    assert_false(symptom_feed(&symptom, SAW_NOTHING, 2, 2, 9));
    assert_int_equal(symptom.state, from);
    assert_int_equal(symptom.streak, 1);
    assert_true(symptom.first_bad == 5 && symptom.ill_since == 6);
  }
  struct symptom symptom = {0};
  feed_many(&symptom, SAW_FAULT, 1, 2, 2);
  feed_many(&symptom, SAW_NOTHING, 7, 2, 2);
  assert_int_equal(feed_many(&symptom, SAW_FAULT, 1, 2, 2), SYMPTOM_ILL);
}

static void every_state_can_be_reached_and_left(void **state) {
  (void)state;
  bool reached[SYMPTOM_STATES] = {[SYMPTOM_WELL] = true}, left[SYMPTOM_STATES] = {0};
  for (bool more = true; more;) {
    more = false;
    for (enum symptom_state from = SYMPTOM_WELL; from < SYMPTOM_STATES; from++) {
      for (int input = SAW_FAULT; reached[from] && input <= SAW_PASS; input++) {
        for (long streak = 0; streak < 3; streak++) {
          struct symptom symptom = {.state = from, .streak = streak};
          if (!symptom_feed(&symptom, (enum symptom_input)input, 3, 3, 1)) continue;
          more |= !reached[symptom.state];
          reached[symptom.state] = left[from] = true;
        }
      }
    }
  }
  for (enum symptom_state s = SYMPTOM_WELL; s < SYMPTOM_STATES; s++) {
    assert_true(reached[s]);
    assert_true(left[s]);
    assert_non_null(symptom_state_names[s]);
  }
}

static void a_suspicion_that_nobody_sees_any_more_keeps_nobody_waiting(void **state) {
  (void)state;
  struct symptom symptom = {0};
  feed_many(&symptom, SAW_FAULT, 1, 2, 3);
  assert_true(symptom_is_suspect(&symptom));
  assert_true(symptom_is_open(&symptom));
  feed_many(&symptom, SAW_NOTHING, 1, 2, 3);
  assert_false(symptom_is_suspect(&symptom));
  assert_false(symptom_is_open(&symptom));
  feed_many(&symptom, SAW_FAULT, 2, 2, 3);
  assert_true(symptom_is_ill(&symptom));
  assert_false(symptom_is_open(&symptom));
  feed_many(&symptom, SAW_PASS, 1, 2, 3);
  assert_true(symptom_is_open(&symptom));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(random_sequences_agree_with_the_reference),
      cmocka_unit_test(the_threshold_itself_is_enough_and_one_less_is_not),
      cmocka_unit_test(one_opinion_to_the_contrary_starts_the_count_anew),
      cmocka_unit_test(who_could_not_look_changes_nothing_and_breaks_no_streak),
      cmocka_unit_test(every_state_can_be_reached_and_left),
      cmocka_unit_test(a_suspicion_that_nobody_sees_any_more_keeps_nobody_waiting),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
