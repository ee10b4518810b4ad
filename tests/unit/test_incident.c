/* The life of incidents: they wait for suspects, but not for ever; they fold and unfold; they close only when none of their codes is ill.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/incident.h"

#define WALL 1795403529.5 /* 2026-11-23T03:12:09Z */

#define MADE(id, text) \
  static const struct code id = {.name = text, .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB, .evidence = EVIDENCE_ABSENCE}
MADE(css, "theme/css");
MADE(logo, "theme/logo");
MADE(table, "db/table");

static const struct code frame = {.name = "frame/list", .severity = SEVERITY_CRITICAL},
                         env = {.name = "env/url", .severity = SEVERITY_WARNING};
MADE(cause_database, "cause/database");
MADE(every_theme, "theme/");
MADE(cause_frame, "cause/frame");
MADE(cause_theme, "cause/theme");
#define LIST(...) ((const struct code *const[]){__VA_ARGS__, NULL})
static const struct rule rules[] = {
    {.code = &cause_database, .rank = RANK_DATABASE, .all = LIST(&table), .explains = LIST(&every_theme)},
    {.code = &cause_frame, .rank = RANK_FRAME, .all = LIST(&frame), .proof = LIST(&env)},
    {.code = &cause_theme, .rank = RANK_THEME, .all = LIST(&css, &logo)},
    {0},
};
static const struct rule *const tables[] = {rules, NULL};

static struct incidents incidents;
static struct text events; /* "opened cause/theme; " */

static void changed(void *context, struct incident *incident, enum incident_change change) {
  static const char *const names[] = {"opened", "dropped", "folded", "unfolded", "closed"};
  assert_ptr_equal(context, &events);
  text_printf(&events, "%s %s; ", names[change], incident->code);
}

static void update(double now, bool suspects, const struct code *const *ill, size_t count) {
  struct causes causes = {0};
  rules_evaluate(tables, ill, count, &causes);
  incidents_update(&incidents, &causes, ill, count, suspects, now, WALL + now, changed, &events);
  causes_free(&causes);
}
#define ILL(...) ((const struct code *const[]){__VA_ARGS__}), sizeof((const struct code *const[]){__VA_ARGS__}) / sizeof(struct code *)
#define WELL NULL, 0

static void assert_events(const char *want) {
  assert_string_equal(text_get(&events), want);
  text_clear(&events);
}

static enum incident_state state_of(const char *code) {
  const struct incident *incident = incidents_find(&incidents, code);
  assert_non_null(incident);
  return incident->state;
}

static int clean(void **state) {
  (void)state;
  incidents_free(&incidents);
  text_free(&events);
  return 0;
}

static void without_suspects_an_incident_opens_at_once(void **state) {
  (void)state;
  update(0, false, ILL(&css));
  assert_events("opened theme/css; ");
  update(1, false, ILL(&css));
  assert_events("");
  assert_int_equal(incidents.count, 1);
}

static void a_new_cause_waits_for_suspects_and_is_dropped_when_another_explains_it(void **state) {
  (void)state;
  update(0, true, ILL(&css));
  assert_events("");
  assert_int_equal(state_of("theme/css"), INCIDENT_PENDING);
  update(5, false, ILL(&css, &table));
  assert_events("dropped theme/css; opened cause/database; ");
  assert_int_equal(incidents.count, 1);
}

static void the_wait_for_suspects_is_bounded(void **state) {
  (void)state;
  update(0, true, ILL(&css));
  update(INCIDENT_WAIT - 0.1, true, ILL(&css));
  assert_events("");
  update(INCIDENT_WAIT, true, ILL(&css));
  assert_events("opened theme/css; ");
}

static void a_pending_cause_that_passes_is_dropped_without_a_word(void **state) {
  (void)state;
  update(0, true, ILL(&css));
  update(1, false, WELL);
  assert_events("dropped theme/css; ");
  assert_int_equal(incidents.count, 0);
}

static void an_open_incident_that_another_cause_explains_is_folded_and_not_closed(void **state) {
  (void)state;
  update(0, false, ILL(&css));
  update(1, false, ILL(&css, &table));
  assert_events("opened theme/css; folded theme/css; opened cause/database; ");
  assert_int_equal(state_of("theme/css"), INCIDENT_FOLDED);
  update(2, false, ILL(&css, &table));
  assert_events("");
  update(3, false, ILL(&css)); /* the database is back, its aftermath is not */
  assert_events("unfolded theme/css; folded cause/database; ");
  update(4, false, WELL);
  assert_events("closed theme/css; closed cause/database; ");
  assert_int_equal(incidents.count, 0);
}

static void it_closes_only_when_none_of_its_codes_is_ill(void **state) {
  (void)state;
  update(0, false, ILL(&css, &logo));
  assert_events("opened cause/theme; ");
  update(1, false, ILL(&logo));
  assert_int_equal(state_of("cause/theme"), INCIDENT_FOLDED);
  assert_int_equal(state_of("theme/logo"), INCIDENT_PENDING);
  assert_events("folded cause/theme; ");
  update(2, false, WELL);
  assert_events("closed cause/theme; dropped theme/logo; ");
}

static void what_outlives_its_cause_becomes_an_incident_of_its_own_after_a_while(void **state) {
  (void)state;
  update(0, false, ILL(&css, &logo));
  update(1, false, ILL(&logo));
  update(INCIDENT_AFTERMATH + 0.9, false, ILL(&logo));
  assert_events("opened cause/theme; folded cause/theme; ");
  update(INCIDENT_AFTERMATH + 1, false, ILL(&logo));
  assert_events("opened theme/logo; ");
}

static void a_proof_that_outlives_its_fault_keeps_no_incident_open(void **state) {
  (void)state;
  update(0, false, ILL(&frame, &env));
  assert_events("opened cause/frame; ");
  update(1, false, ILL(&env));
  assert_null(strstr(text_get(&events), "folded"));
  assert_non_null(strstr(text_get(&events), "closed cause/frame; "));
  text_clear(&events);
}

static void two_faults_are_two_incidents(void **state) {
  (void)state;
  static const struct code other = {.name = "x/other"};
  update(0, false, ILL(&css, &other));
  assert_events("opened theme/css; opened x/other; ");
  update(1, false, ILL(&other));
  assert_events("closed theme/css; ");
  assert_int_equal(incidents.count, 1);
  assert_non_null(incidents_find(&incidents, "x/other"));
}

static void the_id_is_the_cause_and_the_time_of_first_sight_and_stays(void **state) {
  (void)state;
  update(0, true, ILL(&css));
  char *id = xstrdup(incidents_find(&incidents, "theme/css")->id);
  assert_string_equal(id, "theme/css@20261123T031209Z");
  update(40, true, ILL(&css));
  assert_string_equal(incidents_find(&incidents, "theme/css")->id, id);
  assert_true(incidents_find(&incidents, "theme/css")->opened == WALL);
  update(50, false, WELL);
  update(60, false, ILL(&css));
  assert_string_not_equal(incidents_find(&incidents, "theme/css")->id, id);
  free(id);
}

static void a_restored_incident_is_open_and_keeps_its_id(void **state) {
  (void)state;
  char *codes[] = {xstrdup("theme/css"), xstrdup("theme/logo"), NULL};
  incidents_restore(&incidents, "cause/theme@then", "cause/theme", codes, 100, WALL);
  free(codes[0]);
  free(codes[1]);
  assert_true(incident_explains(incidents_find(&incidents, "cause/theme"), "theme/logo"));
  update(101, false, ILL(&css, &logo)); /* believed to be ill until a probe passes it */
  assert_events("");
  update(102, false, ILL(&logo));
  assert_events("folded cause/theme; ");
  update(103, false, ILL(&css, &logo));
  assert_string_equal(incidents_find(&incidents, "cause/theme")->id, "cause/theme@then");
  text_clear(&events);
  update(104, false, WELL);
  assert_non_null(strstr(text_get(&events), "closed cause/theme; "));
}

/* Whatever happens: who was opened is closed or still there, nobody is closed while one of its codes is ill, everything ends when all is
 * well. */
static int opened, closed;
static const struct code *const *ill_now;
static size_t ill_now_count;

static void counted(void *context, struct incident *incident, enum incident_change change) {
  (void)context;
  opened += change == INCIDENT_OPENED;
  closed += change == INCIDENT_CLOSED;
  for (size_t i = 0; change == INCIDENT_CLOSED && i < ill_now_count; i++) assert_false(incident_explains(incident, ill_now[i]->name));
}

static void random_lives_lose_no_incident(void **state) {
  (void)state;
  static const struct code *const every[] = {&css, &logo, &table};
  srand48(6);
  for (int round = 0; round < 500; round++) {
    opened = closed = 0;
    double now = 0;
    for (int step = 0; step < 60; step++) {
      const struct code *ill[countof(every)];
      size_t count = 0;
      long set = step == 59 ? 0 : lrand48() % 8;
      for (size_t i = 0; i < countof(every); i++) {
        if (set & (1L << i)) ill[count++] = every[i];
      }
      now += drand48() * 30;
      ill_now = ill;
      ill_now_count = count;
      struct causes causes = {0};
      rules_evaluate(tables, ill, count, &causes);
      incidents_update(&incidents, &causes, ill, count, lrand48() % 2, now, WALL + now, counted, NULL);
      causes_free(&causes);
      size_t pending = 0;
      for (size_t i = 0; i < incidents.count; i++) pending += incidents.items[i]->state == INCIDENT_PENDING;
      assert_int_equal(opened - closed, incidents.count - pending);
    }
    assert_int_equal(incidents.count, 0);
    incidents_free(&incidents);
  }
}

static void every_state_has_its_name(void **state) {
  (void)state;
  for (int i = INCIDENT_PENDING; i <= INCIDENT_FOLDED; i++) assert_non_null(incident_state_names[i]);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(without_suspects_an_incident_opens_at_once),
      TEST(a_new_cause_waits_for_suspects_and_is_dropped_when_another_explains_it),
      TEST(the_wait_for_suspects_is_bounded),
      TEST(a_pending_cause_that_passes_is_dropped_without_a_word),
      TEST(an_open_incident_that_another_cause_explains_is_folded_and_not_closed),
      TEST(it_closes_only_when_none_of_its_codes_is_ill),
      TEST(what_outlives_its_cause_becomes_an_incident_of_its_own_after_a_while),
      TEST(a_proof_that_outlives_its_fault_keeps_no_incident_open),
      TEST(two_faults_are_two_incidents),
      TEST(the_id_is_the_cause_and_the_time_of_first_sight_and_stays),
      TEST(a_restored_incident_is_open_and_keeps_its_id),
      TEST(random_lives_lose_no_incident),
      TEST(every_state_has_its_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
