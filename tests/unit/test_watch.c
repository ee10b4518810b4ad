/* The schedule of probes: whatever becomes of one, the next one comes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/daemon/daemon.h"

static const struct code bad = {.name = "t/bad", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code *const codes[] = {&bad, NULL};
static int probes;

static int probe(const void *config, void **state, struct findings *findings) {
  (void)config, (void)state;
  if (probes++ % 2 == 0) return -ECANCELED; /* a task of its own was cancelled, not the probe */
  finding_pass(findings, &bad);
  return task_sleep(0);
}

static const struct check_kind kind = {.name = "thing", .codes = codes, .probe = probe};
static char name[] = "thing";
static struct conf_check checks[] = {
    {.name = name, .kind = &kind, .interval = 0.01, .suspect = 0.01, .down = 0.01, .timeout = 5, .rise = 1, .fall = 1}};
static struct conf conf = {.checks = checks, .check_count = 1};

static int watches(void *unused) {
  (void)unused;
  struct daemon daemon = {.conf = &conf};
  watches_start(&daemon);
  while (probes < 6) {
    int r = task_event_wait(&daemon.look);
    if (r < 0) return r;
    watches_take(&daemon);
  }
  assert_in_range(daemon.watches[0].probes, 2, 3); /* those that looked */
  watches_stop(&daemon);
  return 0;
}

static void a_probe_that_was_cancelled_from_within_does_not_end_the_watch(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 20, watches, NULL), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_probe_that_was_cancelled_from_within_does_not_end_the_watch)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
