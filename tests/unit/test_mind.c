/* The life of incidents, told as stories: beginnings and ends, sinks and checks that come and go, what stands behind the stack. Kills are
 * in test_mind_kills.c; test_explore.c walks through what nobody thought of. */
#include "mind_story.h"

static bool is_poked(const char *check) {
  return mind_opinion(&world.mind, check)->poked;
}

static void forget_pokes(void) {
  while (mind_next_poke(&world.mind)) continue;
}

/* --- beginnings and ends -------------------------------------------------------------------------------------------------------- */

static void a_fault_that_passes_is_resolved_and_its_next_time_is_told_again(void **state) { /* S1 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, SEND, A_PP, SEND);
  assert_heard(0, "triggered web/down; resolved web/down; ");
  DO(A_FP, SEND, A_PP, SEND);
  assert_heard(0, "triggered web/down; resolved web/down; ");
  assert_int_equal(world.receivers[0].key_count, 2);
}

static void two_incidents_of_one_second_have_ids_of_their_own(void **state) { /* S23 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, A_PP, A_FP, SEND);
  assert_heard(0, "triggered web/down; resolved web/down; triggered web/down; ");
  assert_string_not_equal(world.receivers[0].keys[0].id, world.receivers[0].keys[1].id);
}

static void each_subject_has_its_own_incident_of_the_same_code(void **state) { /* S2 */
  (void)state;
  begin(false, false, 1, 1);
  static const struct mind_check checks[] = {{.name = "a", .subject = "a", .codes = world_codes[2], .rise = 1, .fall = 1},
                                             {.name = "b", .subject = "b", .codes = world_codes[2], .rise = 1, .fall = 1}};
  struct mind *mind = &world.mind;
  world.newest = LONG_MAX; /* the laws know nothing of these checks */
  mind_configure(mind, checks, 2, sink_names, SINKS, world.now, world.wall);
  struct finding down = {.code = &extra_down, .severity = SEVERITY_CRITICAL};
  const struct code *well = &extra_down;
  const struct findings fault = {.items = &down, .count = 1}, pass = {.passed = &well, .passed_count = 1};
  mind_take(mind, mind_opinion(mind, "a"), &fault, NULL, world.now);
  mind_round(mind, world.now, world.wall);
  mind_take(mind, mind_opinion(mind, "b"), &fault, NULL, world.now);
  mind_round(mind, world.now, world.wall);
  mind_take(mind, mind_opinion(mind, "a"), &pass, NULL, world.now);
  mind_round(mind, world.now, world.wall);
  DO(SEND);
  assert_heard(0, "triggered http/down@a; triggered http/down@b; resolved http/down@a; ");
  assert_non_null(open_incident("b", "http/down"));
}

static void what_only_a_check_that_is_gone_saw_is_not_resolved_by_another(void **state) { /* S15 */
  (void)state;
  begin(false, false, 1, 1);
  static const struct mind_check checks[] = {{.name = "a", .subject = MIND_STACK, .codes = world_codes[0], .rise = 1, .fall = 1},
                                             {.name = "b", .subject = MIND_STACK, .codes = world_codes[0], .rise = 1, .fall = 1}};
  struct mind *mind = &world.mind;
  world.newest = LONG_MAX; /* the laws know nothing of these checks */
  mind_configure(mind, checks, 2, sink_names, SINKS, world.now, world.wall);
  struct finding down = {.code = &web_down, .severity = SEVERITY_CRITICAL};
  const struct code *well = &web_down;
  const struct findings fault = {.items = &down, .count = 1}, pass = {.passed = &well, .passed_count = 1};
  mind_take(mind, mind_opinion(mind, "a"), &pass, NULL, world.now);
  mind_take(mind, mind_opinion(mind, "b"), &fault, NULL, world.now);
  mind_round(mind, world.now, world.wall);
  mind_configure(mind, checks, 1, sink_names, SINKS, world.now, world.wall);
  mind_round(mind, world.now, world.wall);
  mind_take(mind, mind_opinion(mind, "a"), &pass, NULL, world.now);
  mind_round(mind, world.now, world.wall);
  DO(SEND);
  assert_heard(0, "triggered web/down; withdrawn web/down; ");
}

static void a_suspect_keeps_others_waiting_but_not_for_ever(void **state) {
  (void)state;
  begin(false, false, 2, 2);
  DO(A_FP, A_FF, SEND);
  assert_heard(0, "");
  DO(WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void what_explains_a_suspicion_is_told_instead(void **state) {
  (void)state;
  begin(false, false, 1, 2);
  DO(B_FP, A_FP, A_FP, B_FP, SEND);
  assert_heard(0, "triggered cause/database; ");
}

static void what_a_cause_explained_is_told_when_the_cause_has_passed(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(B_FP, A_FP, SEND);
  assert_heard(0, "triggered cause/database; ");
  DO(B_PP, SEND);
  assert_heard(0, "resolved cause/database; ");
  assert_true(is_poked("a"));
  DO(A_FP, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
}

static void what_outlives_its_cause_is_told_after_its_aftermath(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_PF, B_PF, SEND);
  assert_heard(0, "triggered web/page; triggered cause/schema; ");
  DO(A_PP, WAIT_5, WAIT_5, WAIT_5, SEND);
  assert_heard(0, "resolved web/page; ");
  DO(WAIT_30, SEND);
  assert_heard(0, "triggered db/table; resolved cause/schema; ");
}

static void what_recovers_opens_and_pages_nothing(void **state) {
  (void)state;
  begin(false, true, 2, 1);
  DO(A_FP, WAIT_30, A_PP, WAIT_60, SEND);
  assert_heard(0, "");
  DO(A_FP, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void what_recovers_holds_back_no_word_of_what_it_explains(void **state) {
  (void)state;
  begin(false, true, 2, 1);
  DO(B_FP, A_FP, WAIT_30, B_PP, WAIT_60, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void a_cause_takes_over_how_long_people_waited(void **state) {
  (void)state;
  begin(false, true, 1, 1);
  DO(A_FP, WAIT_30, WAIT_5, WAIT_5, WAIT_5, WAIT_5, WAIT_5, B_FP, WAIT_30, WAIT_5, SEND);
  assert_heard(0, "triggered cause/database; ");
}

static void doubt_delays_a_page_by_a_minute_and_drops_none(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(DOUBT, A_FP, WAIT_30, SEND);
  assert_heard(0, "");
  DO(WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void doubt_ends_where_no_disk_holds_what_is_owed(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(DOUBT, A_FP, WAIT_5, FLUSH_FAILS, WAIT_5, P_TAKES);
  assert_heard(0, "triggered web/down; ");
}

static void a_clock_that_jumps_back_makes_no_negative_duration(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, WAIT_5, DAY_BACK, A_PP);
  const struct spool *spool = &world.mind.spool;
  const char *summary = spool->items[spool->count - 1]->row.summary;
  assert_non_null(strstr(summary, "after 5 s"));
  DO(B_FP, FLUSH, DAY_ON, DAY_ON, BOOT, DAY_BACK);
  DO(B_PP);
  assert_null(strstr(spool->items[spool->count - 1]->row.summary, "after -"));
}

/* --- sinks ------------------------------------------------------------------------------------------------------------------------ */

static void a_refused_notice_holds_back_no_other_incident(void **state) { /* S4 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, FLUSH, P_REFUSES, X_FP, FLUSH, P_TAKES);
  assert_heard(0, "triggered http/down@x; ");
  DO(WAIT_5, P_TAKES);
  assert_heard(0, "triggered web/down; ");
}

static void retry_after_outlives_reload_and_kill(void **state) { /* S22 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, FLUSH);
  struct delivery *delivery = spool_next(&world.mind.spool, "p", world.now, false);
  bool lost;
  spool_started(&world.mind.spool, delivery);
  spool_ended(&world.mind.spool, delivery, DELIVERY_TRY_AGAIN, 300, "429", world.now, world.wall, &lost);
  mind_touch_delivery(&world.mind, delivery);
  DO(FLUSH, Q_COMES_GOES, KILL, Q_COMES_GOES, WAIT_60, P_TAKES);
  assert_heard(0, "");
  DO(WAIT_60, WAIT_60, WAIT_60, WAIT_60, P_TAKES);
  assert_heard(0, "triggered web/down; ");
}

static void a_sink_that_comes_hears_of_what_is_open_and_one_that_was_away_of_its_end(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(Q_COMES_GOES, A_FP, SEND);
  assert_heard(1, "");
  DO(Q_COMES_GOES, SEND);
  assert_heard(1, "triggered web/down; ");
  DO(Q_COMES_GOES, A_PP, SEND, Q_COMES_GOES, SEND);
  assert_heard(1, "resolved web/down; ");
  assert_heard(0, "triggered web/down; resolved web/down; ");
}

static void the_journal_keeps_no_body_of_what_is_delivered(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(Q_COMES_GOES, A_FP, FLUSH);
  assert_int_equal(world.disk.delivery_count, 1);
  assert_string_not_equal(world.disk.deliveries[0].body, "");
  DO(P_TAKES, FLUSH);
  assert_string_equal(world.disk.deliveries[0].verdict, "delivered");
  assert_string_equal(world.disk.deliveries[0].body, "");
}

/* --- what is lost ------------------------------------------------------------------------------------------------------------------ */

static void what_a_sink_lost_and_is_still_open_is_told_when_it_takes_a_notice(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, FLUSH, Q_TAKES);
  DO(P_GIVES_UP);
  assert_int_equal(spool_sink(&world.mind.spool, "p")->owed, 1);
  DO(SEND);
  assert_heard(0, "triggered http/down@x; ");
  DO(SEND);
  assert_heard(0, "triggered web/down; ");
  DO(X_PP, SEND, A_PP, SEND);
  assert_heard(0, "resolved http/down@x; resolved web/down; ");
  assert_heard(1, "triggered web/down; triggered http/down@x; resolved http/down@x; resolved web/down; ");
}

static void a_sink_that_is_owed_nothing_else_is_asked_with_what_it_lost(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, FLUSH, Q_TAKES);
  DO(P_GIVES_UP, P_GIVES_UP, FLUSH);
  assert_int_equal(spool_sink(&world.mind.spool, "p")->owed, 1); /* one will do */
  DO(SEND, SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; ");
}

static void what_is_over_before_a_sink_heard_of_it_is_never_resolved_there(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, FLUSH, Q_TAKES, A_PP, FLUSH);
  DO(P_GIVES_UP, X_FP, SEND, SEND);
  assert_heard(0, "triggered http/down@x; ");
  DO(X_PP, A_FP, FLUSH, P_TAKES, Q_TAKES, A_PP, SEND, A_FP, X_FP, FLUSH, Q_TAKES);
  assert_heard(0, "triggered web/down; resolved http/down@x; resolved web/down; ");
  DO(P_GIVES_UP, A_PP, SEND); /* ended after its loss */
  assert_heard(0, "triggered http/down@x; ");
}

static void a_loss_outlives_a_kill(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, FLUSH, Q_TAKES);
  DO(P_GIVES_UP, FLUSH, KILL, SEND);
  assert_heard(0, "triggered http/down@x; triggered web/down; ");
}

static void what_was_dropped_for_a_sink_that_was_away_is_told_when_it_is_back(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, FLUSH, P_TAKES, Q_COMES_GOES, X_PP, FLUSH);
  for (size_t i = 0; i < world.mind.spool.count; i++) {
    struct delivery *delivery = world.mind.spool.items[i];
    if (!delivery->missing || delivery->event != NOTICE_TRIGGERED) continue;
    delivery->row.made = world.wall - DAY - 1;
    delivery->owed_since = world.now - DAY - 1;
  }
  DO(P_COMES_GOES, P_COMES_GOES, FLUSH, Q_COMES_GOES, SEND);
  assert_heard(1, "triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(1, "resolved web/down; ");
}

static void place_sinks(const char *p, const char *q) {
  mind_place_sinks(&world.mind, (const char *const[]){p, q}, world.now, world.wall);
}

/* It is another receiver, so it may hear again of what the former one knows. */
static void forget_keys(void) {
  for (size_t i = 0; i < world.receivers[0].key_count; i++) world.receivers[0].keys[i].excused = true;
}

static void move_first_sink(const char *place) {
  forget_keys();
  place_sinks(place, "there");
}

static void a_sink_that_stands_elsewhere_hears_of_what_is_open(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, SEND);
  place_sinks("here", "there"); /* those of a former version did not say */
  DO(X_FP, FLUSH);
  move_first_sink("elsewhere"); /* what is owed still goes there */
  DO(SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; triggered web/down; ");
  move_first_sink("elsewhere");
  DO(KILL);
  move_first_sink("elsewhere");
  DO(SEND);
  assert_heard(0, "");
  DO(KILL);
  move_first_sink("here again");
  DO(SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; ");
  DO(B_FP, FLUSH, P_BEGINS);
  move_first_sink("elsewhere"); /* what is under way arrives where it stood */
  DO(P_TOOK);
  assert_heard(0, "triggered cause/database; ");
  forget_keys();
  DO(SEND);
  assert_heard(0, "triggered web/down; triggered cause/database; triggered http/down@x; ");
  DO(B_PP, A_PP, X_PP, SEND);
  assert_heard(0, "resolved cause/database; resolved web/down; resolved http/down@x; ");
  assert_heard(1,
               "triggered web/down; triggered http/down@x; triggered cause/database; "
               "resolved cause/database; resolved web/down; resolved http/down@x; ");
}

/* --- checks that come and go -------------------------------------------------------------------------------------------------------- */

static void what_nobody_watches_any_more_is_withdrawn(void **state) { /* S15 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, SEND, A_COMES_GOES, X_COMES_GOES, SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; withdrawn web/down; withdrawn http/down@x; ");
  assert_null(open_incident(MIND_STACK, "web/down"));
}

static void a_code_that_the_program_lost_is_withdrawn_and_not_passed(void **state) { /* S15 */
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, SEND);
  static const struct code *const fewer[] = {&web_page, NULL};
  static const struct mind_check check = {.name = "a", .subject = MIND_STACK, .codes = fewer, .rise = 1, .fall = 1};
  mind_configure(&world.mind, &check, 1, sink_names, SINKS, world.now, world.wall);
  mind_round(&world.mind, world.now, world.wall);
  const struct spool *spool = &world.mind.spool;
  assert_string_equal(spool->items[spool->count - 1]->row.event, "withdrawn");
  assert_non_null(strstr(spool->items[spool->count - 1]->row.summary, "not seen well"));
}

static void a_check_with_a_new_name_ends_nothing_until_it_has_looked(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, SEND, A_RENAMED, WAIT_60, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
}

static void who_is_suspect_has_others_looked_at_and_never_itself(void **state) { /* S13 */
  (void)state;
  begin(true, false, 1, 3);
  forget_pokes();
  DO(A_FP);
  assert_false(is_poked("a"));
  assert_true(is_poked("b"));
  assert_false(is_poked("x"));
  forget_pokes();
  DO(X_FP);
  assert_true(is_poked("a"));
  assert_false(is_poked("x"));
  forget_pokes();
  DO(A_FP);
  assert_false(is_poked("a"));
}

/* --- behind the stack ------------------------------------------------------------------------------------------------------------------
 */

static void absence_behind_a_stack_that_is_out_is_not_told(void **state) {
  (void)state;
  begin(true, false, 1, 1);
  DO(A_FP, X_FP, WAIT_60, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
  assert_true(is_poked("x"));
  DO(X_FP, SEND);
  assert_heard(0, "triggered http/down@x; ");
}

static void wrong_content_behind_the_stack_is_told(void **state) {
  (void)state;
  begin(true, false, 1, 1);
  DO(A_FP, X_PF, SEND);
  assert_heard(0, "triggered web/down; triggered http/page@x; ");
}

static void absence_is_told_where_the_stack_is_not_out_or_not_in_front(void **state) {
  (void)state;
  begin(true, false, 1, 1);
  DO(A_PF, X_FP, SEND); /* the stack answers, wrongly */
  assert_heard(0, "triggered web/page; triggered http/down@x; ");
  world_ends(&world);
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; ");
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, clean)
  const struct CMUnitTest tests[] = {
      TEST(a_fault_that_passes_is_resolved_and_its_next_time_is_told_again),
      TEST(two_incidents_of_one_second_have_ids_of_their_own),
      TEST(each_subject_has_its_own_incident_of_the_same_code),
      TEST(what_only_a_check_that_is_gone_saw_is_not_resolved_by_another),
      TEST(a_suspect_keeps_others_waiting_but_not_for_ever),
      TEST(what_explains_a_suspicion_is_told_instead),
      TEST(what_a_cause_explained_is_told_when_the_cause_has_passed),
      TEST(what_outlives_its_cause_is_told_after_its_aftermath),
      TEST(what_recovers_opens_and_pages_nothing),
      TEST(what_recovers_holds_back_no_word_of_what_it_explains),
      TEST(a_cause_takes_over_how_long_people_waited),
      TEST(doubt_delays_a_page_by_a_minute_and_drops_none),
      TEST(doubt_ends_where_no_disk_holds_what_is_owed),
      TEST(a_clock_that_jumps_back_makes_no_negative_duration),
      TEST(a_refused_notice_holds_back_no_other_incident),
      TEST(retry_after_outlives_reload_and_kill),
      TEST(a_sink_that_comes_hears_of_what_is_open_and_one_that_was_away_of_its_end),
      TEST(the_journal_keeps_no_body_of_what_is_delivered),
      TEST(what_a_sink_lost_and_is_still_open_is_told_when_it_takes_a_notice),
      TEST(a_sink_that_is_owed_nothing_else_is_asked_with_what_it_lost),
      TEST(what_is_over_before_a_sink_heard_of_it_is_never_resolved_there),
      TEST(a_loss_outlives_a_kill),
      TEST(what_was_dropped_for_a_sink_that_was_away_is_told_when_it_is_back),
      TEST(a_sink_that_stands_elsewhere_hears_of_what_is_open),
      TEST(what_nobody_watches_any_more_is_withdrawn),
      TEST(a_code_that_the_program_lost_is_withdrawn_and_not_passed),
      TEST(a_check_with_a_new_name_ends_nothing_until_it_has_looked),
      TEST(who_is_suspect_has_others_looked_at_and_never_itself),
      TEST(absence_behind_a_stack_that_is_out_is_not_told),
      TEST(wrong_content_behind_the_stack_is_told),
      TEST(absence_is_told_where_the_stack_is_not_out_or_not_in_front),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
