/* What ejmon believes of itself: loop, clock, store, sinks, and of what it sees nothing; under a virtual clock. What its own side of the
 * network means is test_self_network.c's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "self_world.h"

static struct self_world world;
static const char *const two_local[] = {"http://127.0.0.1/", "127.0.0.1:80", NULL};

static int fresh(void **state) {
  (void)state;
  world = (struct self_world){0};
  world_start(&world, two_local, 0);
  world_run(&world, 30);
  return 0;
}

static int end(void **state) {
  (void)state;
  world_end(&world);
  return 0;
}

/* The newest notice's sentence. */
static const char *last_sentence(const struct self_world *in) {
  return in->mind.spool.count ? in->mind.spool.items[in->mind.spool.count - 1]->row.summary : "";
}

static const char *sentence(const struct self_world *in, const char *event, const char *code) {
  const char *found = "";
  for (size_t i = 0; i < in->mind.spool.count; i++) {
    const struct delivery_row *row = &in->mind.spool.items[i]->row;
    if (text_equal(row->event, event) && text_equal(row->code, code)) found = row->summary;
  }
  return found;
}

static const struct incident *incident_of(const struct self_world *in, const struct code *code) {
  return mind_find(mind_opinion(&in->mind, MIND_SELF)->subject, code->name);
}

#define assert_told(event, code, times) assert_int_equal(told(&world, event, (code).name), times)

/* --- loop and clock -------------------------------------------------------------------------------------------------------- */

static void a_lag_makes_doubt_at_once_and_no_incident(void **state) {
  (void)state;
  world.seen.lag = 1.5;
  world_run(&world, 1);
  assert_non_null(strstr(world.doubt, "1.5 s late"));
  assert_null(incident_of(&world, &EJMON_LOOP_LAGS));
  world_run(&world, SELF_LAG_DOUBT);
  assert_null(world.doubt);
}

static void a_busy_machine_that_lags_each_minute_makes_no_incident(void **state) {
  (void)state;
  for (int minute = 0; minute < 60; minute++) {
    world.seen.lag = 1.2;
    world_run(&world, 60);
    assert_null(incident_of(&world, &EJMON_LOOP_LAGS));
  }
  assert_told("triggered", EJMON_LOOP_LAGS, 0);
}

static void lags_that_go_on_are_told_after_a_minute_and_once(void **state) {
  (void)state;
  for (int i = 0; i < 6; i++) {
    world.seen.lag = 2;
    world_run(&world, 10);
  }
  assert_told("triggered", EJMON_LOOP_LAGS, 0);
  for (int i = 0; i < 6; i++) {
    world.seen.lag = 2;
    world_run(&world, 10);
  }
  assert_told("triggered", EJMON_LOOP_LAGS, 1);
  world_run(&world, SELF_LAG_AGAIN - 20);
  assert_told("resolved", EJMON_LOOP_LAGS, 0);
  world_run(&world, 30);
  assert_told("resolved", EJMON_LOOP_LAGS, 1);
}

static void two_lags_in_a_row_are_told_to_nobody(void **state) {
  (void)state;
  for (int i = 0; i < 2; i++) {
    world.seen.lag = 2;
    world_run(&world, 5);
  }
  assert_non_null(incident_of(&world, &EJMON_LOOP_LAGS));
  world_run(&world, 200);
  assert_null(incident_of(&world, &EJMON_LOOP_LAGS));
  assert_told("triggered", EJMON_LOOP_LAGS, 0);
}

static void a_jump_of_the_clock_is_doubt_in_both_directions_and_slewing_is_none(void **state) {
  (void)state;
  static const double jumps[] = {86400, -86400, 6, -6};
  for (size_t i = 0; i < countof(jumps); i++) {
    world.wall += jumps[i];
    world_run(&world, 1);
    assert_non_null(world.doubt);
    world_run(&world, SELF_JUMP_AGAIN);
    assert_null(world.doubt);
  }
  for (int i = 0; i < 100; i++) {
    world.wall += 0.4;
    world_run(&world, 1);
    assert_null(world.doubt);
  }
  assert_told("triggered", EJMON_CLOCK_JUMPED, 0);
}

static void a_clock_that_is_set_again_and_again_is_told(void **state) {
  (void)state;
  for (int i = 0; i < 4; i++) {
    world.wall += i % 2 ? -3600 : 3600;
    world_run(&world, 300);
  }
  assert_told("triggered", EJMON_CLOCK_JUMPED, 1);
  world_run(&world, SELF_JUMP_AGAIN);
  assert_told("resolved", EJMON_CLOCK_JUMPED, 1);
}

static void a_jump_ages_no_notice_and_lengthens_no_incident(void **state) {
  (void)state;
  world.down[0] = true;
  world_run(&world, 20);
  assert_told("triggered", target_down, 1);
  struct delivery *page = world.mind.spool.items[0];
  bool lost = false;
  for (int tries = 0; tries < 50; tries++) {
    world.wall += 86400;
    world_run(&world, 1);
    spool_started(&world.mind.spool, page);
    spool_ended(&world.mind.spool, page, DELIVERY_TRY_AGAIN, 0, "no", world.now, world.wall, &lost);
    assert_false(lost);
  }
  world.wall -= 100 * 86400.0;
  world.down[0] = false;
  world_run(&world, 20);
  assert_told("resolved", target_down, 1);
  assert_non_null(strstr(sentence(&world, "resolved", target_down.name), "Over after 70 s"));
}

/* --- doubt and pages ------------------------------------------------------------------------------------------------------- */

static void doubt_delays_a_page_by_a_minute_and_drops_none(void **state) {
  (void)state;
  world.down[0] = true;
  for (int second = 0; second < 200; second++) {
    world.seen.lag = 3;
    world_run(&world, 1);
    if (second == DOUBT_HOLD - 2) assert_told("triggered", target_down, 0);
    if (second == DOUBT_HOLD + 12) assert_told("triggered", target_down, 1);
  }
  assert_told("triggered", target_down, 1);
}

static void a_page_that_waited_goes_out_when_the_doubt_ends(void **state) {
  (void)state;
  world.seen.lag = 3;
  world_run(&world, 30);
  world.down[0] = true;
  world_run(&world, SELF_LAG_DOUBT - 31);
  assert_told("triggered", target_down, 0);
  world_run(&world, 2);
  assert_told("triggered", target_down, 1);
}

static void a_store_that_hangs_delays_no_page(void **state) {
  (void)state;
  world.seen.store_trouble = "it hangs";
  world.down[0] = true;
  world_run(&world, 10);
  assert_non_null(world.doubt);
  assert_told("triggered", target_down, 1);
}

static void a_page_waits_for_no_doubt_while_no_disk_would_remember_it(void **state) {
  (void)state;
  world.seen.store_trouble = "it is full";
  world.mind.store_trouble = true;
  world.down[0] = true;
  world_run(&world, 20);
  assert_non_null(world.doubt);
  assert_told("triggered", target_down, 1);
  world.mind.store_trouble = false;
}

/* --- store and sinks ------------------------------------------------------------------------------------------------------- */

static void a_store_that_hangs_is_told_after_a_minute(void **state) {
  (void)state;
  world.seen.store_trouble = "it hangs";
  world_run(&world, 59);
  assert_non_null(world.doubt);
  assert_told("triggered", EJMON_STORE_HUNG, 0);
  world_run(&world, 3);
  assert_told("triggered", EJMON_STORE_HUNG, 1);
  world.seen.store_trouble = NULL;
  world_run(&world, SELF_SETTLE + 2);
  assert_null(world.doubt);
  assert_told("resolved", EJMON_STORE_HUNG, 1);
}

static void a_store_that_hangs_now_and_then_is_one_incident(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    world.seen.store_trouble = i % 2 ? NULL : "it hangs";
    world_run(&world, 6);
  }
  assert_told("triggered", EJMON_STORE_HUNG, 1);
  assert_told("resolved", EJMON_STORE_HUNG, 0);
}

static struct delivery *owed_to(const char *sink) {
  for (size_t i = 0; i < world.mind.spool.count; i++) {
    struct delivery *delivery = world.mind.spool.items[i];
    if (text_equal(delivery->row.sink, sink) && !delivery_is_over(delivery)) return delivery;
  }
  fail_msg("nothing is owed to %s", sink);
  return NULL;
}

static bool sink_answers(const char *sink, enum delivery_result result) {
  struct delivery *delivery = owed_to(sink);
  bool lost;
  spool_started(&world.mind.spool, delivery);
  spool_ended(&world.mind.spool, delivery, result, 0, "503 from its receiver", world.now, world.wall, &lost);
  return lost;
}

static void a_sink_that_refuses_is_told_after_a_minute_and_over_when_it_takes_again(void **state) {
  (void)state;
  world.down[0] = true;
  world_run(&world, 20);
  (void)sink_answers("q", DELIVERY_TRY_AGAIN);
  world_run(&world, 70);
  assert_null(incident_of(&world, &EJMON_SINK_REFUSES)); /* one refusal may be a receiver's restart */
  (void)sink_answers("q", DELIVERY_TRY_AGAIN);
  world_run(&world, 59);
  assert_told("triggered", EJMON_SINK_REFUSES, 0);
  world.wall += 86400; /* it goes by the other clock */
  world_run(&world, 3);
  assert_told("triggered", EJMON_SINK_REFUSES, 1);
  assert_non_null(strstr(last_sentence(&world), "q takes no notices"));
  (void)sink_answers("p", DELIVERY_DONE);
  (void)sink_answers("q", DELIVERY_DONE);
  world_run(&world, 2);
  assert_told("resolved", EJMON_SINK_REFUSES, 1);
}

static void a_lost_notice_is_told_for_an_hour_and_until_its_sink_takes_one(void **state) {
  (void)state;
  world_run(&world, HOUR);
  world.down[0] = true;
  world_run(&world, 20);
  bool lost = false;
  for (int tries = 0; !lost; tries++) {
    assert_in_range(tries, 0, 30);
    lost = sink_answers("q", DELIVERY_TRY_AGAIN);
    if (!lost) world_run(&world, HOUR);
  }
  assert_told("triggered", EJMON_NOTICE_LOST, 0);
  world_run(&world, 62);
  assert_told("triggered", EJMON_NOTICE_LOST, 1);
  world_run(&world, 2 * SELF_LOST_STAYS);
  assert_told("resolved", EJMON_NOTICE_LOST, 0);
  (void)sink_answers("q", DELIVERY_DONE);
  world_run(&world, 2);
  assert_told("resolved", EJMON_NOTICE_LOST, 1);
}

static void further_losses_are_told_too(void **state) {
  (void)state;
  world_run(&world, HOUR);
  world.down[0] = world.down[1] = true;
  world_run(&world, 20);
  for (size_t i = 0; i < world.mind.spool.count; i++) { /* as if it had refused them for a day */
    struct delivery *delivery = world.mind.spool.items[i];
    delivery->row.tries = SPOOL_GIVE_UP_TRIES;
    delivery->row.made -= 2 * 86400.0;
    delivery->owed_since -= 2 * 86400.0;
  }
  assert_true(sink_answers("q", DELIVERY_TRY_AGAIN));
  world_run(&world, 62);
  assert_told("triggered", EJMON_NOTICE_LOST, 1);
  assert_non_null(strstr(last_sentence(&world), "A notice was given up: the sink q"));
  assert_int_equal(world.more, 0);
  assert_true(sink_answers("q", DELIVERY_TRY_AGAIN));
  world_run(&world, SELF_LOST_PAUSE);
  assert_int_equal(world.more, 1);
  const struct finding *finding = subject_finding(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_NOTICE_LOST.name);
  assert_non_null(strstr(finding->summary, "2 notices were given up: the sink q"));
  assert_int_equal(finding->evidence_count, 2);
  world_run(&world, HOUR);
  assert_int_equal(world.more, 1);
}

/* --- of what it sees nothing ----------------------------------------------------------------------------------------------- */

static void nothing_seen_is_told_after_ten_minutes_with_its_reason(void **state) {
  (void)state;
  world.blind[0] = "/etc/ca.pem is missing";
  double since = world.now;
  world_run(&world, MIND_BLIND - 20);
  assert_told("triggered", EJMON_NO_EYES, 0);
  while (told(&world, "triggered", EJMON_NO_EYES.name) == 0) world_run(&world, 1);
  assert_in_range((long)(world.now - since), (long)MIND_BLIND - 20, (long)MIND_BLIND + 15);
  assert_string_equal(last_sentence(&world), "ejmon has seen nothing of a0 for 10 minutes: /etc/ca.pem is missing");
  world.blind[0] = NULL;
  world_run(&world, 20);
  assert_told("resolved", EJMON_NO_EYES, 1);
}

static void all_that_is_blind_from_the_start_is_one_warning(void **state) {
  (void)state;
  static const char *const many[] = {"a:1", "b:1", "c:1", "d:1", "e:1", "f:1", "g:1", "h:1", NULL};
  world_end(&world);
  world = (struct self_world){0};
  for (size_t i = 0; i < SUBJECTS_LIMIT; i++) world.blind[i] = "/etc/ca.pem is missing";
  world_start(&world, many, 0);
  world_run(&world, MIND_BLIND + 10);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_string_equal(last_sentence(&world),
                      "ejmon has seen nothing of a0, b1, c2, d3, e4 and 3 more for 10 minutes: /etc/ca.pem is missing");
  world_run(&world, HOUR);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_int_equal(world.more, 0);
}

static void a_new_reason_is_one_update_of_what_is_open(void **state) {
  (void)state;
  world.blind[0] = "/etc/ca.pem is missing";
  world_run(&world, MIND_BLIND + 20);
  assert_int_equal(world.more, 0);
  world.blind[1] = "libpq is missing";
  world_run(&world, HOUR);
  assert_int_equal(world.more, 1);
  assert_told("triggered", EJMON_NO_EYES, 1);
}

static void a_probe_that_never_ends_is_nothing_seen(void **state) {
  (void)state;
  world.count = 0; /* nobody probes them any more */
  world_run(&world, MIND_BLIND + 10);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_non_null(strstr(last_sentence(&world), "no probe of it came to an end"));
  world.count = 2;
}

static void one_look_in_nine_minutes_is_enough(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++) {
    world.blind[0] = "timed out";
    world_run(&world, MIND_BLIND - PAGE_HOLD - 20);
    world.blind[0] = NULL;
    world_run(&world, 10);
  }
  assert_told("triggered", EJMON_NO_EYES, 0);
}

/* All checks of these targets are the stack's. */
static void begin_stack(const char *const *targets) {
  world_end(&world);
  world = (struct self_world){.interval = world.interval};
  size_t count = 0;
  while (targets[count]) count++;
  world_start(&world, targets, count);
}

static const char *const six_local[] = {"a:1", "b:1", "c:1", "d:1", "e:1", "f:1", NULL};

static void a_check_that_is_blind_is_told_though_others_of_the_stack_see(void **state) {
  (void)state;
  begin_stack(two_local);
  world.blind[1] = "no Docker socket";
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_string_equal(last_sentence(&world), "ejmon has seen nothing of b1 for 10 minutes: no Docker socket");
  world_run(&world, HOUR);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_int_equal(world.more, 0);
  world.blind[1] = NULL;
  world_run(&world, 20);
  assert_told("resolved", EJMON_NO_EYES, 1);
}

static void checks_that_are_blind_for_one_reason_are_one_warning(void **state) {
  (void)state;
  begin_stack(six_local);
  for (size_t i = 1; i < 5; i++) world.blind[i] = "/etc/ca.pem is missing";
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_string_equal(last_sentence(&world), "ejmon has seen nothing of b1, c2, d3, e4 for 10 minutes: /etc/ca.pem is missing");
  world.blind[0] = "no Docker socket";
  world_run(&world, HOUR);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_int_equal(world.more, 1);
}

static void a_check_that_passes_one_thing_and_is_blind_for_the_rest_is_told(void **state) {
  (void)state;
  begin_stack(two_local);
  world.blind[1] = "permission denied";
  world.part[1] = true;
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_string_equal(last_sentence(&world), "ejmon has not seen all of b1 for 10 minutes: permission denied");
}

static void what_gives_eyes_is_told_with_the_reason(void **state) {
  (void)state;
  static const struct code refused = {.name = "login/refused", .severity = SEVERITY_WARNING, .layer = LAYER_EJMON, .blind = true};
  world.blind[1] = "EJ refuses the name";
  world.blind_code = &refused;
  world_run(&world, MIND_BLIND + 20);
  const struct finding *finding = subject_finding(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_NO_EYES.name);
  assert_non_null(finding);
  assert_string_equal(finding->evidence[0].what, "b1");
  assert_non_null(strstr(finding->evidence[0].want, "password_file"));
}

static void while_the_stack_is_out_what_cannot_look_is_not_blind_by_its_own_fault(void **state) {
  (void)state;
  begin_stack(two_local);
  world.down[0] = true;
  world.blind[1] = "no answer of Django was seen";
  world_run(&world, 2 * HOUR);
  assert_told("triggered", EJMON_NO_EYES, 0);
  world.down[0] = false;
  world_run(&world, MIND_BLIND - PAGE_HOLD - 20);
  assert_told("triggered", EJMON_NO_EYES, 0);
  world_run(&world, PAGE_HOLD + 40);
  assert_told("triggered", EJMON_NO_EYES, 1);
}

static void an_outage_that_nobody_sees_any_more_excuses_nobody(void **state) {
  (void)state;
  begin_stack(two_local);
  world.down[0] = true;
  world_run(&world, 60);
  world.down[0] = false;
  world.blind[0] = world.blind[1] = "/etc/ca.pem is missing";
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
}

static void a_blindness_that_was_told_does_not_end_with_an_outage(void **state) {
  (void)state;
  begin_stack(two_local);
  world.blind[1] = "no Docker socket";
  world_run(&world, MIND_BLIND + 20);
  world.down[0] = true;
  world_run(&world, HOUR);
  assert_told("resolved", EJMON_NO_EYES, 0);
  world.down[0] = false;
  world_run(&world, HOUR);
  assert_told("triggered", EJMON_NO_EYES, 1);
  assert_told("resolved", EJMON_NO_EYES, 0);
}

static void a_subject_that_does_not_need_the_stack_is_blind_by_its_own_fault(void **state) {
  (void)state;
  world_end(&world);
  world = (struct self_world){0};
  world_start(&world, two_local, 1);
  world.down[0] = true;
  world.blind[1] = "/etc/ca.pem is missing";
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
}

static void a_check_that_looks_rarely_is_not_blind_between_two_looks(void **state) {
  (void)state;
  world.interval = HOUR;
  begin_stack(two_local);
  world_run(&world, 30);
  world.count = 0;
  world_run(&world, 1.9 * HOUR);
  assert_told("triggered", EJMON_NO_EYES, 0);
  world_run(&world, 0.2 * HOUR);
  assert_told("triggered", EJMON_NO_EYES, 1);
  world.count = 2;
}

/* --- a new life, and what others say --------------------------------------------------------------------------------------- */

static void what_a_new_life_cannot_judge_yet_stays_as_it_was_believed(void **state) {
  (void)state;
  world.blind[0] = "/etc/ca.pem is missing";
  world_run(&world, MIND_BLIND + 20);
  assert_told("triggered", EJMON_NO_EYES, 1);
  struct rows rows;
  unsigned long mark;
  assert_true(mind_batch(&world.mind, &rows, &mark));
  world_end(&world);
  struct self_world next = {.now = world.now, .wall = world.wall, .blind = {"/etc/ca.pem is missing"}};
  world = next;
  world_start(&world, two_local, 0);
  mind_restore(&world.mind, &rows, true, world.now, world.wall);
  rows_free(&rows);
  world_run(&world, MIND_BLIND + 30);
  assert_told("resolved", EJMON_NO_EYES, 0);
  assert_told("triggered", EJMON_NO_EYES, 1); /* the restored one */
  world.blind[0] = NULL;
  world_run(&world, 20);
  assert_told("resolved", EJMON_NO_EYES, 1);
}

static void what_cannot_be_undone_is_told_and_stays_until_a_person_withdraws_it(void **state) {
  (void)state;
  struct findings findings = {0};
  struct finding *finding = finding_add(&findings, &EJMON_UNDO_FAILED, "%s", "The remedy collect was left half-way.");
  finding_evidence(finding, "attempt", NULL, "%s", "collect@1");
  mind_take(&world.mind, mind_opinion(&world.mind, MIND_SELF), &findings, NULL, world.now);
  findings_free(&findings);
  world_run(&world, 62);
  assert_told("triggered", EJMON_UNDO_FAILED, 1);
  assert_string_equal(last_sentence(&world), "The remedy collect was left half-way.");
  world_run(&world, HOUR);
  assert_told("resolved", EJMON_UNDO_FAILED, 0);
  mind_withdraw(&world.mind, mind_find(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name), world.now, world.wall);
  world_run(&world, HOUR);
  assert_told("withdrawn", EJMON_UNDO_FAILED, 1);
  assert_told("triggered", EJMON_UNDO_FAILED, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_lag_makes_doubt_at_once_and_no_incident),
      TEST(a_busy_machine_that_lags_each_minute_makes_no_incident),
      TEST(lags_that_go_on_are_told_after_a_minute_and_once),
      TEST(two_lags_in_a_row_are_told_to_nobody),
      TEST(a_jump_of_the_clock_is_doubt_in_both_directions_and_slewing_is_none),
      TEST(a_clock_that_is_set_again_and_again_is_told),
      TEST(a_jump_ages_no_notice_and_lengthens_no_incident),
      TEST(doubt_delays_a_page_by_a_minute_and_drops_none),
      TEST(a_page_that_waited_goes_out_when_the_doubt_ends),
      TEST(a_store_that_hangs_delays_no_page),
      TEST(a_page_waits_for_no_doubt_while_no_disk_would_remember_it),
      TEST(a_store_that_hangs_is_told_after_a_minute),
      TEST(a_store_that_hangs_now_and_then_is_one_incident),
      TEST(a_sink_that_refuses_is_told_after_a_minute_and_over_when_it_takes_again),
      TEST(a_lost_notice_is_told_for_an_hour_and_until_its_sink_takes_one),
      TEST(further_losses_are_told_too),
      TEST(nothing_seen_is_told_after_ten_minutes_with_its_reason),
      TEST(all_that_is_blind_from_the_start_is_one_warning),
      TEST(a_new_reason_is_one_update_of_what_is_open),
      TEST(a_probe_that_never_ends_is_nothing_seen),
      TEST(one_look_in_nine_minutes_is_enough),
      TEST(a_check_that_is_blind_is_told_though_others_of_the_stack_see),
      TEST(checks_that_are_blind_for_one_reason_are_one_warning),
      TEST(a_check_that_passes_one_thing_and_is_blind_for_the_rest_is_told),
      TEST(what_gives_eyes_is_told_with_the_reason),
      TEST(while_the_stack_is_out_what_cannot_look_is_not_blind_by_its_own_fault),
      TEST(an_outage_that_nobody_sees_any_more_excuses_nobody),
      TEST(a_blindness_that_was_told_does_not_end_with_an_outage),
      TEST(a_subject_that_does_not_need_the_stack_is_blind_by_its_own_fault),
      TEST(a_check_that_looks_rarely_is_not_blind_between_two_looks),
      TEST(what_a_new_life_cannot_judge_yet_stays_as_it_was_believed),
      TEST(what_cannot_be_undone_is_told_and_stays_until_a_person_withdraws_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
