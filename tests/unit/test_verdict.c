/* What an attempt's end means for its incident, and what people hear of it: in particular of one that cannot be undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checks/theme/theme_codes.h"
#include "monitor/heal/verdict.h"
#include "monitor/watch/engine_codes.h"

static const struct remedy_kind collect = {.name = "collect"}, clear_collect = {.name = "clear-collect"};
static struct conf_remedy remedies[] = {{.kind = &collect, .mode = MODE_AUTO}, {.kind = &clear_collect, .mode = MODE_AUTO}};
static struct conf conf = {.remedies = remedies, .remedy_count = countof(remedies)};

static struct {
  struct mind mind;
  double now, wall;
} world;

static bool heals(void *context, const struct incident *incident) {
  (void)context;
  return text_equal(incident->subject->name, MIND_STACK) && !incident->needs_person && verdict_next_remedy(&conf, incident);
}

static void describe(void *context, struct incident *incident) {
  (void)context;
  const struct finding *finding = subject_finding(incident->subject, incident->code);
  free(incident->summary);
  incident->summary = xstrdup(finding ? finding->summary : incident->code);
}

static char *body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)event;
  return xstrdup(text_get(&incident->tried));
}

static void changed(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}

static int fresh(void **state) {
  (void)state;
  const struct mind_host host = {.heals = heals, .describe = describe, .body = body, .changed = changed};
  const struct mind_check checks[] = {{.name = MIND_SELF, .subject = MIND_SELF, .codes = engine_codes, .rise = 1, .fall = 1},
                                      {.name = "theme", .subject = MIND_STACK, .codes = theme_codes, .rise = 2, .fall = 3}};
  world.now = 1000, world.wall = 1.8e9;
  mind_init(&world.mind, &host, rule_tables, world.now);
  mind_configure(&world.mind, checks, countof(checks), (const char *const[]){"p"}, 1, world.now, world.wall);
  return 0;
}

static int end(void **state) {
  (void)state;
  mind_free(&world.mind);
  return 0;
}

static void turn(void) {
  double next = mind_round(&world.mind, world.now, world.wall);
  (void)next;
  while (mind_next_poke(&world.mind)) continue;
}

static void wait(double seconds) {
  world.now += seconds, world.wall += seconds;
  turn();
}

static void probe(bool well) {
  struct findings findings = {0};
  if (well)
    finding_pass(&findings, &THEME_CSS_MISSING);
  else
    finding_add(&findings, &THEME_CSS_MISSING, "%s", "no style");
  mind_take(&world.mind, mind_opinion(&world.mind, "theme"), &findings, NULL, world.now);
  findings_free(&findings);
  turn();
}

/* Its sign, seen or not, for so long. */
static void live(double seconds, bool well) {
  for (double until = world.now + seconds; world.now < until;) {
    probe(well);
    wait(5);
  }
}

/* An incident that a remedy is at work for. */
static struct incident *fall_ill(void) {
  live(15, false);
  struct incident *incident = world.mind.stack->incidents[0];
  assert_int_equal(incident->state, INCIDENT_OPEN);
  assert_non_null(verdict_next_remedy(&conf, incident));
  incident->healing = true;
  return incident;
}

static size_t told(const char *event, const char *code) {
  size_t count = 0;
  for (size_t i = 0; i < world.mind.spool.count; i++) {
    const struct delivery_row *row = &world.mind.spool.items[i]->row;
    count += text_equal(row->event, event) && (!code || text_equal(row->code, code));
  }
  return count;
}

static const struct delivery_row *last_notice(void) {
  assert_true(world.mind.spool.count > 0);
  return &world.mind.spool.items[world.mind.spool.count - 1]->row;
}

static void verdict(struct incident *incident, enum attempt_verdict how) {
  incident->healing = false;
  verdict_take(&world.mind, &conf, incident, verdict_next_remedy(&conf, incident), how, "it was tried", world.now, world.wall);
  mind_look_again(&world.mind, incident);
  turn();
}

static void undo_fails(const char *attempt, const char *incident) {
  verdict_undo_failed(
      &world.mind,
      &(struct attempt_leftover){
          .id = attempt, .incident = incident, .cause = "", .remedy = "collect", .verdict = ATTEMPT_UNDO_FAILED, .report = "undo FAILED"},
      world.now, world.wall);
}

/* --- an undo that failed --------------------------------------------------------------------------------------------------- */

static void an_undo_that_failed_is_told_at_once_though_its_sign_passes(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(10, true); /* judged by its own probes, it is over but for the attempt */
  undo_fails("collect@1", incident->id);
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1); /* in this instant */
  assert_string_equal(last_notice()->severity, "critical");
  verdict(incident, ATTEMPT_UNDO_FAILED);
  live(600, true);
  assert_int_equal(incident->state, INCIDENT_CLOSED);
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1);
  assert_int_equal(told("triggered", NULL), 1);
  assert_int_equal(told("resolved", NULL), 0);
}

static void people_who_were_told_of_the_incident_hear_that_its_undo_failed(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(90, false);
  assert_true(incident->paged);
  undo_fails("collect@1", incident->id);
  verdict(incident, ATTEMPT_UNDO_FAILED);
  assert_int_equal(told("updated", incident->code), 1);
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1);
  for (size_t i = 0; i < world.mind.spool.count; i++) {
    const struct delivery_row *row = &world.mind.spool.items[i]->row;
    if (text_equal(row->event, "updated")) assert_non_null(strstr(row->body, "undo FAILED"));
  }
  live(600, false);
  assert_int_equal(told("updated", NULL), 1);
}

static void one_that_nobody_was_told_of_is_paged_at_once_when_its_undo_failed(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  undo_fails("collect@1", incident->id);
  assert_int_equal(told("triggered", incident->code), 1);
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1);
  verdict(incident, ATTEMPT_UNDO_FAILED);
  assert_int_equal(told("updated", NULL), 0); /* the page says it */
  assert_true(incident->needs_person);
  assert_null(strstr(strstr(text_get(&incident->tried), "undo FAILED") + 1, "undo FAILED"));
}

static void a_second_undo_that_failed_is_told_to_those_who_know_of_the_first(void **state) {
  (void)state;
  undo_fails("collect@1", "of a former life");
  live(60, true);
  undo_fails("collect@2", "of a former life");
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1);
  assert_int_equal(told("updated", EJMON_UNDO_FAILED.name), 1);
  const struct finding *finding = subject_finding(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name);
  assert_string_equal(finding->evidence[0].saw, "collect@2");
  assert_string_equal(finding->evidence[2].saw, "collect@1");
}

static void an_attempt_whose_end_the_journal_does_not_take_is_told_once(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(90, false);
  for (int i = 0; i < 20; i++) {
    undo_fails("collect@1", incident->id);
    live(15, false);
  }
  assert_int_equal(told("triggered", EJMON_UNDO_FAILED.name), 1);
  assert_int_equal(told("updated", NULL), 1);
}

static void many_undos_that_failed_stay_within_a_bound(void **state) {
  (void)state;
  for (int i = 0; i < 100; i++) {
    auto_free char *id = text_format("collect@%d", i);
    undo_fails(id, "");
    wait(1);
  }
  assert_int_equal(told("updated", EJMON_UNDO_FAILED.name), 99);
  const struct finding *finding = subject_finding(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name);
  assert_true(finding->evidence_count <= 16);
}

static void the_end_of_a_long_report_is_kept_for_it_says_why(void **state) {
  (void)state;
  struct text report = {0};
  for (int i = 0; i < 200; i++) text_printf(&report, "step %d\n", i);
  text_add(&report, "undo FAILED (no such container)\n");
  verdict_undo_failed(&world.mind,
                      &(struct attempt_leftover){.id = "collect@1", .incident = "", .remedy = "collect", .report = text_get(&report)},
                      world.now, world.wall);
  text_free(&report);
  const struct finding *finding = subject_finding(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name);
  assert_non_null(strstr(finding->evidence[1].saw, "no such container"));
}

/* --- and is made good ------------------------------------------------------------------------------------------------------- */

static struct attempt_row row(const char *remedy, const char *cause, const char *how, double started) {
  return (struct attempt_row){.remedy = (char *)(uintptr_t)remedy,
                              .cause = (char *)(uintptr_t)cause,
                              .state = (char *)(uintptr_t)how,
                              .started = started,
                              .applied = started + 1,
                              .ended = started + 20};
}

static void looks_into_the_journal(struct attempt_row *rows, size_t count) {
  verdict_made_good(&world.mind, &(struct attempt_rows){.items = rows, .count = count}, world.now);
  turn();
}

static bool stands_half_way(void) {
  return mind_find(mind_opinion(&world.mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name) != NULL;
}

static void it_is_over_once_the_same_remedy_was_kept_for_the_same_cause(void **state) {
  (void)state;
  double began = world.wall - 19;
  undo_fails("collect@1", "");
  wait(10);
  struct attempt_row rows[] = {row("collect", "theme/a", "undo-failed", began), row("collect", "theme/a", "undone", began + 60),
                               row("clear-collect", "theme/a", "kept", began + 90), row("collect", "theme/b", "kept", began + 120),
                               row("collect", "theme/a", "kept", began + 150)};
  for (size_t count = 0; count < countof(rows); count++) {
    looks_into_the_journal(rows, count);
    assert_true(stands_half_way());
  }
  assert_int_equal(told("resolved", NULL), 0);
  looks_into_the_journal(rows, countof(rows));
  assert_false(stands_half_way());
  assert_int_equal(told("resolved", EJMON_UNDO_FAILED.name), 1);
}

static void what_was_kept_before_makes_nothing_good(void **state) {
  (void)state;
  double began = world.wall - 19;
  struct attempt_row rows[] = {row("collect", "theme/a", "kept", began - 100), row("collect", "theme/a", "undo-failed", began)};
  undo_fails("collect@1", "");
  wait(10);
  looks_into_the_journal(rows, countof(rows));
  assert_true(stands_half_way());
}

static void each_that_stands_half_way_must_be_made_good_but_those_of_an_incident_that_has_ended(void **state) {
  (void)state;
  double began = world.wall - 19;
  undo_fails("collect@1", "");
  undo_fails("clear-collect@2", "");
  wait(10);
  struct attempt_row rows[] = {row("collect", "theme/c", "undo-failed", began - 5000), row("collect", "theme/a", "undo-failed", began),
                               row("clear-collect", "theme/a", "undo-failed", began + 5), row("collect", "theme/a", "kept", began + 60),
                               row("clear-collect", "theme/a", "kept-unseen", began + 90)};
  looks_into_the_journal(rows, countof(rows) - 1);
  assert_true(stands_half_way());
  looks_into_the_journal(rows, countof(rows));
  assert_false(stands_half_way());
}

static void nothing_is_over_that_was_not_there(void **state) {
  (void)state;
  struct attempt_row rows[] = {row("collect", "theme/a", "undo-failed", world.wall), row("collect", "theme/a", "kept", world.wall + 60)};
  looks_into_the_journal(rows, countof(rows));
  assert_int_equal(world.mind.spool.count, 0);
}

/* --- other ends ------------------------------------------------------------------------------------------------------------ */

static void a_right_repair_that_stays_unseen_is_told_once_to_those_who_were_paged(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(90, false);
  verdict(incident, ATTEMPT_KEPT_UNSEEN);
  assert_int_equal(told("updated", incident->code), 1);
  live(600, false);
  verdict(incident, ATTEMPT_KEPT_UNSEEN);
  assert_int_equal(told("updated", incident->code), 1);
}

static void a_repair_that_nobody_sees_is_told_once_though_no_page_tells_of_it(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  struct findings nothing = {0};
  for (int i = 0; i < 40; i++) {
    mind_take(&world.mind, mind_opinion(&world.mind, "theme"), &nothing, "no descriptor", world.now);
    if (i % 20 == 2) verdict(incident, ATTEMPT_KEPT_UNSEEN);
    wait(10);
  }
  assert_int_equal(told("triggered", NULL), 0);
  assert_int_equal(told("updated", incident->code), 1);
  assert_non_null(strstr(last_notice()->summary, "nobody sees"));
}

static void a_plan_that_runs_out_is_told_to_those_who_were_paged(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(90, false);
  verdict(incident, ATTEMPT_UNDONE);
  assert_int_equal(told("updated", incident->code), 0); /* there is another remedy */
  verdict(incident, ATTEMPT_REFUSED);
  assert_null(verdict_next_remedy(&conf, incident));
  assert_int_equal(told("updated", incident->code), 1);
  assert_string_equal(last_notice()->severity, incident->severity);
}

static void a_plan_that_runs_out_pages_at_once_who_was_not_told(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  verdict(incident, ATTEMPT_UNDONE);
  assert_int_equal(told("triggered", NULL), 0);
  verdict(incident, ATTEMPT_UNDONE);
  assert_int_equal(told("triggered", incident->code), 1);
  assert_int_equal(told("updated", NULL), 0);
}

static void an_attempt_that_was_needless_puts_off_no_page(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  double first = incident->page_at;
  for (int i = 0; i < 4; i++) {
    verdict(incident, ATTEMPT_NEEDLESS);
    assert_true(incident->page_at <= first);
    live(15, false);
  }
  live(30, false);
  assert_int_equal(told("triggered", incident->code), 1);
}

static void what_is_healed_again_and_again_is_told_a_minute_after_the_first_time(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  live(30, false);
  verdict(incident, ATTEMPT_KEPT);
  double page_at = world.now + PAGE_HOLD;
  assert_true(incident->page_at <= page_at);
  for (int i = 0; i < 3; i++) {
    probe(true);
    live(20, false);
    assert_int_equal(told("triggered", NULL), incident->paged);
    verdict(incident, i % 2 ? ATTEMPT_KEPT : ATTEMPT_NEEDLESS);
    assert_true(incident->page_at <= page_at);
  }
  live(10, false);
  assert_int_equal(told("triggered", incident->code), 1);
}

static void what_cannot_be_looked_at_is_tried_ever_less_often_and_paged(void **state) {
  (void)state;
  struct incident *incident = fall_ill();
  verdict(incident, ATTEMPT_NO_LOOK);
  assert_true(incident->next_try == world.now + HEAL_LOOK_AGAIN);
  verdict(incident, ATTEMPT_NO_LOOK);
  assert_int_equal(told("triggered", NULL), 0);
  verdict(incident, ATTEMPT_NO_LOOK);
  assert_int_equal(told("triggered", NULL), 1);
  for (int i = 0; i < 20; i++) verdict(incident, ATTEMPT_NO_LOOK);
  assert_true(incident->next_try == world.now + HEAL_LOOK_AGAIN_MOST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(an_undo_that_failed_is_told_at_once_though_its_sign_passes),
      TEST(people_who_were_told_of_the_incident_hear_that_its_undo_failed),
      TEST(one_that_nobody_was_told_of_is_paged_at_once_when_its_undo_failed),
      TEST(a_second_undo_that_failed_is_told_to_those_who_know_of_the_first),
      TEST(an_attempt_whose_end_the_journal_does_not_take_is_told_once),
      TEST(many_undos_that_failed_stay_within_a_bound),
      TEST(the_end_of_a_long_report_is_kept_for_it_says_why),
      TEST(it_is_over_once_the_same_remedy_was_kept_for_the_same_cause),
      TEST(what_was_kept_before_makes_nothing_good),
      TEST(each_that_stands_half_way_must_be_made_good_but_those_of_an_incident_that_has_ended),
      TEST(nothing_is_over_that_was_not_there),
      TEST(a_right_repair_that_stays_unseen_is_told_once_to_those_who_were_paged),
      TEST(a_repair_that_nobody_sees_is_told_once_though_no_page_tells_of_it),
      TEST(a_plan_that_runs_out_is_told_to_those_who_were_paged),
      TEST(a_plan_that_runs_out_pages_at_once_who_was_not_told),
      TEST(an_attempt_that_was_needless_puts_off_no_page),
      TEST(what_is_healed_again_and_again_is_told_a_minute_after_the_first_time),
      TEST(what_cannot_be_looked_at_is_tried_ever_less_often_and_paged),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
