/* What an incident lives through: kills at any moment, a boot, a store that is read late or takes nothing at all. */
#include "mind_story.h"

/* --- kills ------------------------------------------------------------------------------------------------------------------------ */

static void a_kill_between_any_two_steps_loses_no_page_and_no_end(void **state) { /* S3 */
  (void)state;
  static const enum step steps[] = {A_FP, FLUSH, P_TAKES, Q_TAKES, FLUSH, A_PP, FLUSH, P_TAKES, Q_TAKES, FLUSH};
  for (size_t killed = 0; killed <= countof(steps); killed++) {
    begin(false, false, 1, 1);
    for (size_t i = 0; i < countof(steps); i++) {
      if (i == killed) DO(KILL);
      if (i == killed && i > 0 && i < 5) DO(A_FP); /* it lasts */
      DO(steps[i]);
    }
    DO(WAIT_5, A_PP, SEND);
    for (int s = 0; s < SINKS; s++) {
      bool told = world.receivers[s].key_count == 1;
      if (!told && killed > 1) fail_msg("killed before step %zu: sink %d was told of %zu", killed, s, world.receivers[s].key_count);
      if (told && world.receivers[s].keys[0].open) fail_msg("killed before step %zu: sink %d was not told of the end", killed, s);
    }
    world_ends(&world);
  }
  begin(false, false, 1, 1);
}

static void a_crash_loop_shorter_than_the_hold_pages_in_its_time(void **state) { /* S20 */
  (void)state;
  begin(false, true, 1, 1);
  for (int i = 0; i < 3; i++) DO(A_FP, FLUSH, WAIT_30, WAIT_5, WAIT_5, SEND, KILL);
  assert_heard(0, "triggered web/down; ");
}

static void a_suspicion_and_the_plan_survive_a_kill(void **state) {
  (void)state;
  begin(false, true, 1, 2);
  DO(A_FP, FLUSH, KILL, A_FP);
  assert_non_null(open_incident(MIND_STACK, "web/down"));
  DO(HEAL_BEGINS, HEAL_UNDONE, FLUSH, KILL);
  assert_int_equal(open_incident(MIND_STACK, "web/down")->plan_step, 1);
}

static void nothing_is_told_of_a_former_life_before_a_probe_had_time_to_look(void **state) {
  (void)state;
  begin(false, true, 1, 1);
  DO(A_FP, FLUSH, WAIT_60, KILL, SEND);
  assert_heard(0, "");
  DO(A_PP, WAIT_60, SEND);
  assert_heard(0, "");
  assert_null(open_incident(MIND_STACK, "web/down"));
}

static void a_boot_of_the_host_makes_due_what_was_owed(void **state) {
  (void)state;
  begin(false, true, 1, 1);
  DO(A_FP, FLUSH, BOOT, WAIT_5, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void a_store_that_is_read_late_gives_the_incident_its_old_key(void **state) {
  (void)state;
  begin(false, true, 1, 1);
  DO(A_FP, FLUSH);
  auto_free char *id = xstrdup(open_incident(MIND_STACK, "web/down")->id);
  DO(WAIT_30, KILL_AND_LOCKED, A_FP);
  assert_string_not_equal(open_incident(MIND_STACK, "web/down")->id, id);
  DO(UNLOCK);
  assert_int_equal(world.mind.stack->incident_count, 1);
  assert_string_equal(open_incident(MIND_STACK, "web/down")->id, id);
  DO(WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void two_keys_of_one_cause_from_two_lives_both_end(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, SEND, KILL_AND_LOCKED, A_FP, P_TAKES, UNLOCK, SEND);
  assert_heard(0, "triggered web/down; triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/down; resolved web/down; ");
  assert_int_equal(world.mind.stack->incident_count, 0);
}

static void what_a_late_read_store_believed_ends_by_what_was_passed_meanwhile(void **state) {
  (void)state;
  begin(false, false, 2, 1);
  DO(A_FP, SEND, KILL_AND_LOCKED, A_PP, UNLOCK, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
}

/* --- a store that takes nothing ---------------------------------------------------------------------------------------------------------
 */

static void what_a_dead_store_does_not_take_is_told_from_memory_and_bounded(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  for (int i = 0; i < MIND_KEPT_LIMIT / SINKS + 600; i++) {
    if (i % 16 == 0) DO(FLUSH_FAILS); /* each try copies all that waits; what it does not take stays untaken */
    DO(A_FP, P_TAKES, Q_TAKES, A_PP, P_TAKES, Q_TAKES);
    text_clear(&world.receivers[0].heard);
    words_forget(&world);
    world.receivers[0].id_count = world.receivers[1].id_count = 0; /* keeps this test from being quadratic */
    for (int s = 0; s < SINKS; s++) {
      struct receiver *receiver = &world.receivers[s];
      assert_int_equal(receiver->key_count, 1);
      assert_false(receiver->keys[0].open);
      free(receiver->keys[0].id);
      free(receiver->keys[0].subject);
      strings_free(receiver->ids);
      free(receiver->keys);
      receiver->ids = NULL;
      receiver->keys = NULL;
      receiver->key_count = receiver->id_count = 0;
    }
  }
  assert_true(world.mind.spool.count <= MIND_KEPT_LIMIT + 2 * SINKS);
  assert_true(world.mind.stack->incident_count <= MIND_KEPT_LIMIT + 1);
  assert_true(world.mind.forgotten > 0);
  DO(A_FP, FLUSH);
  assert_int_equal(world.mind.stack->incident_count, 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, clean)
  const struct CMUnitTest tests[] = {
      TEST(a_kill_between_any_two_steps_loses_no_page_and_no_end),
      TEST(a_crash_loop_shorter_than_the_hold_pages_in_its_time),
      TEST(a_suspicion_and_the_plan_survive_a_kill),
      TEST(nothing_is_told_of_a_former_life_before_a_probe_had_time_to_look),
      TEST(a_boot_of_the_host_makes_due_what_was_owed),
      TEST(a_store_that_is_read_late_gives_the_incident_its_old_key),
      TEST(two_keys_of_one_cause_from_two_lives_both_end),
      TEST(what_a_late_read_store_believed_ends_by_what_was_passed_meanwhile),
      TEST(what_a_dead_store_does_not_take_is_told_from_memory_and_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
