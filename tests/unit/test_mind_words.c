/* What people's word of an incident covers, told as stories: faults that are graver than it, outages that come after it, and what it was
 * seen of. At the end the same over all real rules. */
#include "mind_story.h"
#include "tests/unit/rule_faults.h"

/* --- graver, and later ------------------------------------------------------------------------------------------------------------- */

static void a_graver_fault_that_falls_when_people_know_of_a_lesser_one_is_told(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_PF, SEND, WAIT_60, A_FP, SEND);
  assert_heard(0, "triggered cause/box; triggered web/down; ");
  DO(A_PP, SEND, C_PP, SEND);
  assert_heard(0, "resolved web/down; resolved cause/box; ");
}

static void what_falls_together_is_told_together_and_its_next_time_by_itself(void **state) {
  (void)state;
  begin(false, false, 1, 2);
  DO(A_FP, C_PF, C_PF, A_FP, SEND);
  assert_heard(0, "triggered cause/box; ");
  assert_string_equal(open_incident(MIND_STACK, "cause/box")->severity, "critical");
  DO(WAIT_60, A_FP, WAIT_60, SEND);
  assert_heard(0, "");
  DO(A_PP, WAIT_60, SEND);
  assert_heard(0, "");
  DO(A_FP, A_FP, SEND, A_PP, SEND);
  assert_heard(0, "triggered web/down; resolved web/down; ");
}

static void what_is_no_graver_is_learnt_in_silence(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_FP, SEND, WAIT_60, A_FP, WAIT_60, SEND);
  assert_heard(0, "triggered cause/box; ");
  assert_null(open_incident(MIND_STACK, "web/down"));
}

static void what_is_told_by_itself_stays_so_over_a_kill(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_PF, SEND, A_FP, FLUSH, KILL, C_PF, A_FP, WAIT_60, SEND);
  assert_heard(0, "triggered cause/box; triggered web/down; ");
  DO(C_PP, A_PP, SEND);
  assert_heard(0, "resolved cause/box; resolved web/down; ");
}

static void a_sign_of_its_own_that_is_graver_has_it_told_anew(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_PF, SEND, WAIT_60, C_FF, SEND);
  assert_heard(0, "triggered cause/box; withdrawn cause/box; triggered cause/box; ");
  DO(C_PF, C_FF, WAIT_60, SEND);
  assert_heard(0, "");
  DO(C_PP, SEND);
  assert_heard(0, "resolved cause/box; ");
}

/* One probe, whose fault is as grave as that; its other code passes. */
static void fault_as(const char *check, int code, enum severity severity) {
  struct finding fault = {.code = world_codes[code / 2][code % 2], .severity = severity};
  const struct code *well = world_codes[code / 2][1 - code % 2];
  const struct findings findings = {.items = &fault, .count = 1, .passed = &well, .passed_count = 1};
  mind_take(&world.mind, mind_opinion(&world.mind, check), &findings, NULL, ++world.now);
  mind_round(&world.mind, world.now, world.wall);
}

static size_t told(const char *event) {
  size_t count = 0;
  for (size_t i = 0; i < world.mind.spool.count; i++) count += text_equal(world.mind.spool.items[i]->row.event, event);
  return count / SINKS;
}

static void severity_of_the_worst(void *context, struct incident *incident) {
  enum severity gravest = SEVERITY_INFO;
  (void)context;
  for (char **code = incident->codes; code && *code; code++) {
    const struct finding *finding = subject_finding(incident->subject, *code);
    if (finding && finding->severity > gravest) gravest = finding->severity;
  }
  free(incident->severity);
  incident->severity = xstrdup(severity_names[gravest]);
}

static void a_fault_that_becomes_graver_is_told_anew_when_that_lasts(void **state) {
  (void)state;
  begin(false, false, 1, 2);
  world.newest = LONG_MAX; /* the laws know one severity of a code */
  world.mind.host.describe = severity_of_the_worst;
  fault_as("x", 5, SEVERITY_WARNING);
  fault_as("x", 5, SEVERITY_WARNING);
  assert_int_equal(told("triggered"), 1);
  fault_as("x", 5, SEVERITY_CRITICAL);
  fault_as("x", 5, SEVERITY_WARNING);
  fault_as("x", 5, SEVERITY_CRITICAL);
  assert_int_equal(told("triggered"), 1);
  fault_as("x", 5, SEVERITY_CRITICAL);
  assert_int_equal(told("withdrawn"), 1);
  assert_int_equal(told("triggered"), 2);
  for (int i = 0; i < 4; i++) fault_as("x", 5, i % 2 ? SEVERITY_CRITICAL : SEVERITY_WARNING);
  assert_int_equal(world.mind.spool.count, 3 * SINKS);
}

static void what_was_learnt_in_silence_and_becomes_graver_is_told(void **state) {
  (void)state;
  begin(false, false, 1, 2);
  world.newest = LONG_MAX;
  world.mind.host.describe = severity_of_the_worst;
  for (int i = 0; i < 2; i++) fault_as("c", 7, SEVERITY_WARNING);
  for (int i = 0; i < 2; i++) fault_as("a", 0, SEVERITY_WARNING);
  assert_int_equal(told("triggered"), 1);
  assert_null(open_incident(MIND_STACK, "web/down"));
  for (int i = 0; i < 2; i++) fault_as("a", 0, SEVERITY_CRITICAL);
  assert_int_equal(told("triggered"), 2);
  assert_non_null(open_incident(MIND_STACK, "web/down"));
}

/* --- after what could be seen has passed --------------------------------------------------------------------------------------------- */

static void the_next_outage_is_told_though_a_sign_of_the_last_went_out_of_sight(void **state) {
  (void)state;
  begin(false, false, 2, 2);
  DO(C_FF, C_FF, SEND);
  assert_heard(0, "triggered cause/box; ");
  DO(C_FU, C_PU, C_PU, WAIT_60, WAIT_60, SEND);
  assert_heard(0, ""); /* not seen well */
  DO(C_FU, SEND);
  assert_heard(0, "");
  DO(C_FU, SEND);
  assert_heard(0, "withdrawn cause/box; triggered cause/box; ");
  DO(C_PU, C_PU, SEND);
  assert_heard(0, "resolved cause/box; ");
}

static void one_pass_is_no_end_of_an_outage(void **state) {
  (void)state;
  begin(false, false, 2, 1);
  DO(C_FF, SEND, C_PU, C_FU, C_PU, C_FU, WAIT_60, SEND);
  assert_heard(0, "triggered cause/box; ");
}

static void a_sign_that_was_out_of_sight_and_never_passed_is_no_new_outage(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_FF, SEND, C_FP, C_UU, C_FP, WAIT_60, SEND);
  assert_heard(0, "triggered cause/box; ");
  DO(C_PP, SEND);
  assert_heard(0, "resolved cause/box; ");
}

static void a_sign_that_went_out_of_sight_amid_its_passes_hides_nothing(void **state) {
  (void)state;
  begin(false, false, 2, 1);
  DO(C_FF, SEND, C_FP, C_PU, C_PU, WAIT_60, SEND);
  assert_heard(0, "triggered cause/box; ");
  DO(C_FU, SEND);
  assert_heard(0, "withdrawn cause/box; triggered cause/box; ");
}

static void a_kill_forgets_no_outage_that_has_passed(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_FF, SEND, C_PU, FLUSH, KILL, C_FU, SEND);
  assert_heard(0, "triggered cause/box; withdrawn cause/box; triggered cause/box; ");
  DO(C_PU, FLUSH, BOOT, C_FU, SEND);
  assert_heard(0, "resolved cause/box; triggered cause/box; ");
}

static void what_nobody_could_look_at_since_a_kill_hides_nothing(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_FF, SEND, C_FP, FLUSH, KILL, C_PU, C_PF, SEND);
  assert_heard(0, "triggered cause/box; withdrawn cause/box; triggered cause/box; ");
}

static void an_outage_that_has_passed_as_far_as_seen_takes_nothing_along(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(C_FF, SEND, C_FP, C_UU, C_FP, A_FP, SEND);
  assert_heard(0, "triggered cause/box; triggered web/down; ");
}

/* --- what it was seen of ----------------------------------------------------------------------------------------------------------------
 */

static void what_another_fault_hides_is_not_told_by_the_next_life(void **state) {
  (void)state;
  begin(false, true, 1, 1);
  DO(A_PF, A_FU, WAIT_60, WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(KILL, WAIT_60, SEND);
  assert_heard(0, "");
  DO(A_PF, WAIT_60, SEND);
  assert_heard(0, "triggered web/page; resolved web/down; ");
}

static void what_was_believed_is_told_though_its_check_went_blind(void **state) {
  (void)state;
  begin(false, true, 2, 1); /* it waits for a remedy, then the only eye closes */
  DO(A_FP, A_UU, WAIT_60, WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
  world_ends(&world);
  begin(false, false, 1, 2); /* it waits for a suspect */
  DO(A_FP, B_FP, A_FP, A_UU, WAIT_30, WAIT_5, SEND);
  assert_heard(0, "triggered web/down; ");
  world_ends(&world);
  begin(false, true, 1, 1); /* another life does not see it either */
  DO(A_FP, A_UU, FLUSH, KILL, A_UU, WAIT_60, WAIT_30, SEND);
  assert_heard(0, "triggered web/down; ");
}

static void what_was_hidden_before_a_check_went_blind_is_not_told(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_PF, SEND);
  assert_heard(0, "triggered web/page; ");
  DO(A_FU, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_UU, FLUSH, KILL, A_UU, WAIT_60, SEND);
  assert_heard(0, "");
  DO(A_PP, SEND);
  assert_heard(0, "resolved web/page; resolved web/down; ");
}

static void what_is_blind_or_passes_is_told_by_nobody_twice(void **state) {
  (void)state;
  begin(false, false, 2, 1);
  DO(A_FP, SEND, A_UU, WAIT_60, SEND);
  assert_heard(0, "triggered web/down; ");
  DO(A_PP, A_UU, WAIT_60, A_PP, A_PP, SEND);
  assert_heard(0, "resolved web/down; ");
}

static void a_target_that_is_changed_takes_the_incident_with_it(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, X_FP, SEND, A_MOVED, X_MOVED, SEND);
  assert_heard(0, "triggered web/down; triggered http/down@x; withdrawn web/down; withdrawn http/down@x; ");
  DO(A_PP, X_FP, SEND);
  assert_heard(0, "triggered http/down@x; ");
}

static void a_target_that_is_changed_between_two_lives_does_too(void **state) {
  (void)state;
  begin(false, false, 1, 1);
  DO(A_FP, B_FP, X_FP, SEND);
  assert_heard(0, "triggered web/down; triggered cause/database; triggered http/down@x; ");
  world.moved[0] = world.moved[CHECK_X] = true;
  for (size_t i = 0; i < world.word_count; i++) world.words[i].may_move = true;
  DO(KILL, SEND);
  assert_heard(0, "withdrawn web/down; withdrawn http/down@x; ");
  DO(A_PP, B_PP, X_PP, SEND);
  assert_heard(0, "resolved cause/database; ");
}

/* --- the real rules ---------------------------------------------------------------------------------------------------------------------
 */

static struct mind mind;

static bool heals(void *context, const struct incident *incident) {
  (void)context, (void)incident;
  return false;
}

static void describe(void *context, struct incident *incident) {
  enum severity gravest = SEVERITY_INFO;
  (void)context;
  for (char **name = incident->codes; name && *name; name++) {
    if (code_find(*name)->severity > gravest) gravest = code_find(*name)->severity;
  }
  free(incident->severity);
  incident->severity = xstrdup(severity_names[gravest]);
}

static char *body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("");
}

static void changed(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}

static void see(const char *check, bool fault, double now) {
  struct opinion *opinion = mind_opinion(&mind, check);
  struct finding items[SIGNS_LIMIT] = {0};
  const struct findings findings = {.items = items,
                                    .count = fault ? opinion->code_count : 0,
                                    .passed = (const struct code **)(uintptr_t)opinion->codes,
                                    .passed_count = fault ? 0 : opinion->code_count};
  for (size_t i = 0; i < opinion->code_count; i++)
    items[i] = (struct finding){.code = opinion->codes[i], .severity = opinion->codes[i]->severity};
  mind_take(&mind, opinion, &findings, NULL, now);
  mind_round(&mind, now, now);
}

/* Is the code told by a critical trigger when it falls an hour after the cause was told? */
static bool is_told_later(const struct fault *fault, const struct code *code) {
  static const struct mind_host host = {.heals = heals, .describe = describe, .body = body, .changed = changed};
  const struct code *signs[SIGNS_LIMIT + 1] = {0}, *later[] = {code, NULL};
  memcpy(signs, fault->signs, fault->count * sizeof *signs);
  const struct mind_check checks[] = {{.name = "cause", .subject = MIND_STACK, .codes = signs, .rise = 1, .fall = 1},
                                      {.name = "later", .subject = MIND_STACK, .codes = later, .rise = 1, .fall = 1}};
  mind_init(&mind, &host, rule_tables, 1000);
  mind_configure(&mind, checks, countof(checks), (const char *const[]){"pager"}, 1, 1000, 1000);
  see("later", false, 1000);
  see("cause", true, 1000);
  mind_round(&mind, 1000 + INCIDENT_WAIT, 1000);
  size_t before = mind.spool.count;
  assert_true(before > 0);
  see("later", true, 4600);
  mind_round(&mind, 4600 + INCIDENT_WAIT, 4600);
  bool is_told = false;
  for (size_t i = before; i < mind.spool.count; i++) {
    const struct delivery *delivery = mind.spool.items[i];
    const struct incident *incident = mind_incident(&mind, delivery->row.incident);
    is_told |= delivery->event == NOTICE_TRIGGERED && delivery->severity == SEVERITY_CRITICAL && incident_explains(incident, code->name);
  }
  mind_free(&mind);
  return is_told;
}

static bool is_explained(const struct fault *fault, const struct code *code) {
  const struct code *ill[SIGNS_LIMIT + 1];
  struct causes causes = {0};
  bool explained = false;
  memcpy(ill, fault->signs, fault->count * sizeof *ill);
  ill[fault->count] = code;
  rules_evaluate(rule_tables, ill, fault->count + 1, &causes);
  for (size_t i = 0; i < causes.count; i++) {
    if (text_equal(causes.items[i].code, entries[fault->cause].name)) explained |= cause_explains(&causes.items[i], code->name);
  }
  causes_free(&causes);
  return explained;
}

static enum severity gravest_sign(const struct fault *fault) {
  enum severity gravest = SEVERITY_INFO;
  for (size_t i = 0; i < fault->count; i++) {
    if (fault->signs[i]->severity > gravest) gravest = fault->signs[i]->severity;
  }
  return gravest;
}

static void no_real_cause_swallows_what_is_graver_and_falls_later(void **state) {
  (void)state;
  size_t walked = 0, silent = 0;
  faults_load();
  for (size_t i = 0; i < fault_count; i++) {
    const struct rule *rule = entries[faults[i].cause].rule;
    if (!rule || (gravest_sign(&faults[i]) == SEVERITY_CRITICAL && !rule->may_stand_alone)) continue;
    for (const struct code *const *code = every_code; *code; code++) {
      if ((*code)->cause || (*code)->blind || (*code)->severity != SEVERITY_CRITICAL || fault_has(&faults[i], *code)) continue;
      if (!is_explained(&faults[i], *code)) continue;
      walked++;
      if (is_told_later(&faults[i], *code)) continue;
      print_error("%s is told, and an hour later %s is not\n", rule->code->name, (*code)->name);
      silent++;
    }
  }
  faults_free();
  print_message("%zu pairs of a cause and what is graver\n", walked);
  assert_true(walked > 50);
  assert_int_equal(silent, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, clean)
  const struct CMUnitTest tests[] = {
      TEST(a_graver_fault_that_falls_when_people_know_of_a_lesser_one_is_told),
      TEST(what_falls_together_is_told_together_and_its_next_time_by_itself),
      TEST(what_is_no_graver_is_learnt_in_silence),
      TEST(what_is_told_by_itself_stays_so_over_a_kill),
      TEST(a_sign_of_its_own_that_is_graver_has_it_told_anew),
      TEST(a_fault_that_becomes_graver_is_told_anew_when_that_lasts),
      TEST(what_was_learnt_in_silence_and_becomes_graver_is_told),
      TEST(the_next_outage_is_told_though_a_sign_of_the_last_went_out_of_sight),
      TEST(one_pass_is_no_end_of_an_outage),
      TEST(a_sign_that_was_out_of_sight_and_never_passed_is_no_new_outage),
      TEST(a_sign_that_went_out_of_sight_amid_its_passes_hides_nothing),
      TEST(a_kill_forgets_no_outage_that_has_passed),
      TEST(what_nobody_could_look_at_since_a_kill_hides_nothing),
      TEST(an_outage_that_has_passed_as_far_as_seen_takes_nothing_along),
      TEST(what_another_fault_hides_is_not_told_by_the_next_life),
      TEST(what_was_believed_is_told_though_its_check_went_blind),
      TEST(what_was_hidden_before_a_check_went_blind_is_not_told),
      TEST(what_is_blind_or_passes_is_told_by_nobody_twice),
      TEST(a_target_that_is_changed_takes_the_incident_with_it),
      TEST(a_target_that_is_changed_between_two_lives_does_too),
      cmocka_unit_test(no_real_cause_swallows_what_is_graver_and_falls_later),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
