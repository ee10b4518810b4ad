/* What a reload leaves of the schedule: a kind's own state goes by the kind, whichever configuration has gone before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/work.h"
#include "monitor/core/mind_parts.h"
#include "monitor/watch/watch.h"

#define LONGEST 30.0 /* seconds that a test may take */

static struct {
  bool hangs;
  unsigned probes, forgotten;
} world;

static const struct code ill = {.name = "t/ill", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code *const codes[] = {&ill, NULL};

static int thing_probe(const void *config, void **state, struct findings *findings) {
  (void)config;
  if (!*state) *state = xcalloc(1, 1);
  world.probes++;
  while (world.hangs) {
    int r = task_sleep(0.01);
    if (r < 0) return r;
  }
  finding_pass(findings, &ill);
  return 0;
}

static void thing_forget(void *state) {
  free(state);
  world.forgotten++;
}

static const struct check_kind thing = {.name = "thing", .codes = codes, .probe = thing_probe, .forget = thing_forget};

/* --- the world ------------------------------------------------------------------------------------------------------------- */

static struct mind mind;
static struct conf *conf; /* the running one, held as the daemon holds it */
static struct watches *watches;
static struct task_event look;

/* With the check or without it; another time-out makes another check of it. */
static struct conf *make_conf(bool with, double timeout) {
  struct conf *fresh = xcalloc(1, sizeof *fresh);
  fresh->holders = 1;
  if (!with) return fresh;
  struct conf_check *check = array_push(&fresh->checks, &fresh->check_count, sizeof *check);
  *check = (struct conf_check){.name = xstrdup("thing"),
                               .kind = &thing,
                               .subject = CONF_SUBJECT_STACK,
                               .interval = 0.01,
                               .suspect = 0.01,
                               .down = 0.01,
                               .timeout = timeout,
                               .rise = 1,
                               .fall = 1};
  return fresh;
}

static void take(struct conf *fresh) {
  struct conf *former = conf;
  const struct mind_check check = {.name = "thing", .subject = MIND_STACK, .codes = codes, .rise = 1, .fall = 1};
  mind_configure(&mind, &check, fresh->check_count, NULL, 0, loop_monotonic(), loop_wall());
  conf = fresh;
  if (watches) watches_reload(watches, conf);
  if (!watches) watches = watches_start(&mind, conf, &look);
  conf_free(former);
}

static void wait_probes(unsigned probes) {
  while (world.probes < probes) {
    assert_int_equal(task_sleep(0.002), 0);
    watches_take(watches);
  }
}

/* The one in flight, taken in. No other begins: by then its check has an hour to wait. */
static void wait_rest(void) {
  conf->checks[0].interval = 3600;
  while (watches_view(watches, 0).next_in < 60) {
    assert_int_equal(task_sleep(0.002), 0);
    watches_take(watches);
  }
}

static int begin(void **state) {
  (void)state;
  static const struct rule *const none[] = {NULL};
  static const struct mind_host host = {0};
  world.hangs = false;
  world.probes = world.forgotten = 0;
  log_set_level(LOG_ERROR);
  mind_init(&mind, &host, none, loop_monotonic());
  return 0;
}

static int end(void **state) {
  (void)state;
  mind_free(&mind);
  conf_free(conf);
  conf = NULL;
  return 0;
}

static void stop(void) {
  watches_stop(watches);
  watches = NULL;
  assert_int_equal(world.forgotten, 1);
}

static void run_in_task(int (*run)(void *unused)) {
  assert_int_equal(task_run_to_end("test", LONGEST, run, NULL), 0);
  assert_int_equal(task_count(), 0);
}

/* --- the tests ------------------------------------------------------------------------------------------------------------- */

static int stop_task(void *unused) {
  (void)unused;
  take(make_conf(true, 5));
  wait_probes(1);
  wait_rest();
  take(make_conf(true, 5));
  stop();
  return 0;
}

static void a_state_of_a_former_configuration_goes_at_the_end(void **state) {
  (void)state;
  run_in_task(stop_task);
}

static int drop_task(void *unused) {
  (void)unused;
  take(make_conf(true, 5));
  wait_probes(1);
  wait_rest();
  take(make_conf(true, 5));
  take(make_conf(false, 0));
  stop();
  return 0;
}

static void a_state_of_a_former_configuration_goes_with_its_check(void **state) {
  (void)state;
  run_in_task(drop_task);
}

static int drop_in_flight_task(void *unused) {
  (void)unused;
  world.hangs = true;
  take(make_conf(true, 5));
  wait_probes(1);
  take(make_conf(false, 0));
  take(make_conf(false, 0));
  stop();
  return 0;
}

static void a_check_that_is_dropped_in_flight_takes_its_state_along(void **state) {
  (void)state;
  run_in_task(drop_in_flight_task);
}

static int change_in_flight_task(void *unused) {
  (void)unused;
  world.hangs = true;
  take(make_conf(true, 5));
  wait_probes(1);
  take(make_conf(true, 6));
  take(make_conf(true, 6));
  world.hangs = false;
  while (!world.forgotten) {
    assert_int_equal(task_sleep(0.002), 0);
    watches_take(watches);
  }
  assert_int_equal(watches_view(watches, 0).probes, 0); /* what it saw was of another target */
  take(make_conf(false, 0));
  stop();
  return 0;
}

static void a_check_that_is_changed_in_flight_begins_without_its_state(void **state) {
  (void)state;
  run_in_task(change_in_flight_task);
}

/* Its probe may have looked before another check saw the fault. */
static int wanted_in_flight_task(void *unused) {
  (void)unused;
  world.hangs = true;
  take(make_conf(true, 5));
  wait_probes(1);
  conf->checks[0].interval = 3600;
  opinion_poke(&mind, mind_opinion(&mind, "thing"));
  watches_poke(watches);
  world.hangs = false;
  wait_probes(2);
  wait_rest();
  assert_int_equal(world.probes, 2);
  stop();
  return 0;
}

static void a_check_that_is_wanted_while_it_looks_looks_again_at_once(void **state) {
  (void)state;
  run_in_task(wanted_in_flight_task);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_state_of_a_former_configuration_goes_at_the_end), TEST(a_state_of_a_former_configuration_goes_with_its_check),
      TEST(a_check_that_is_dropped_in_flight_takes_its_state_along), TEST(a_check_that_is_changed_in_flight_begins_without_its_state),
      TEST(a_check_that_is_wanted_while_it_looks_looks_again_at_once)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  work_end();
  loop_free();
  return failed;
}
