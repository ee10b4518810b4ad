/* How many probes a limit of descriptors leaves, and that the limit is raised as far as it may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/http.h"
#include "monitor/base/reserve.h"
#include "monitor/base/text.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

static void what_telling_needs_is_never_given_to_probes(void **state) {
  (void)state;
  static const struct {
    unsigned long long descriptors;
    size_t probes;
  } rows[] = {{0, 1}, {24, 1}, {28, 1}, {32, 2}, {64, 10}, {1024, 250}, {4096, 512}, {RLIM_INFINITY, 512}};
  for (size_t i = 0; i < countof(rows); i++) {
    size_t probes = reserve_probes_of(rows[i].descriptors);
    assert_int_equal(probes, rows[i].probes);
    if (rows[i].descriptors > 28) assert_true(probes * RESERVE_PER_PROBE + RESERVE_DESCRIPTORS <= rows[i].descriptors);
  }
  assert_true(RESERVE_PROBES_LIMIT <= HTTP_IN_FLIGHT_LIMIT); /* a probe that may start finds a place for its request */
}

/* In a child: a hard limit that was lowered does not come up again. */
static int raised(rlim_t soft, rlim_t hard) {
  pid_t child = fork();
  if (child == 0) {
    struct rlimit limit = {.rlim_cur = soft, .rlim_max = hard}, after;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) _exit(255);
    reserve_raise();
    _exit(getrlimit(RLIMIT_NOFILE, &after) < 0 || after.rlim_max != hard ? 255 : (int)(after.rlim_cur / 32));
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  return WEXITSTATUS(status) * 32;
}

static void the_limit_is_raised_as_far_as_it_may_be_and_no_further_than_is_of_use(void **state) {
  (void)state;
  if (RUNNING_ON_VALGRIND) skip(); /* it keeps the limits to itself */
  struct rlimit now;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
  assert_int_equal(raised(64, 256), 256);
  assert_int_equal(raised(256, 256), 256);
  if (now.rlim_max > 5000) assert_int_equal(raised(5024, 5024), 5024);
  if (now.rlim_max > 5000) assert_int_equal(raised(64, 5024), RESERVE_RAISE_TO);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_telling_needs_is_never_given_to_probes),
                                     cmocka_unit_test(the_limit_is_raised_as_far_as_it_may_be_and_no_further_than_is_of_use)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
