/* Worker pools on a system that is short of threads: it cannot start all of them, or none for a while. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

static bool refused[4]; /* of the next threads that are asked for */
static size_t asked, started, joined;

static int thread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  if (asked < countof(refused) && refused[asked++]) return EAGAIN;
  started++;
  return pthread_create(thread, attributes, run, argument);
}

static int thread_join(pthread_t thread, void **ret_result) {
  joined++;
  return pthread_join(thread, ret_result);
}

/* The same code, short of threads, under other names. */
#define work_pool_get short_pool_get
#define work_run short_run
#define work_end short_end
#define pthread_create thread_create
#define pthread_join thread_join
#include "monitor/base/work.c"

static void add_one(void *argument) {
  ++*(int *)argument;
}

static int works(void *unused) {
  (void)unused;
  int *number = xcalloc(1, sizeof *number);
  int r = work_run(work_pool_get("test", 2), add_one, number, free);
  if (r < 0) return r;
  assert_int_equal(*number, 1);
  free(number);
  return 0;
}

static int prepare(void **state) {
  (void)state;
  asked = started = joined = 0;
  memset(refused, 0, sizeof refused);
  return 0;
}

static void a_thread_that_never_started_is_not_joined(void **state) {
  (void)state;
  refused[0] = true;
  assert_int_equal(task_run_to_end("work", 5, works, NULL), 0);
  work_end();
  assert_int_equal(joined, started);
}

static void a_pool_without_a_thread_gets_one_later(void **state) {
  (void)state;
  refused[0] = refused[1] = true;
  assert_int_equal(task_run_to_end("work", 5, works, NULL), -EAGAIN);
  assert_int_equal(task_run_to_end("work", 5, works, NULL), 0);
  work_end();
  assert_int_equal(joined, started);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup(a_thread_that_never_started_is_not_joined, prepare),
                                     cmocka_unit_test_setup(a_pool_without_a_thread_gets_one_later, prepare)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
