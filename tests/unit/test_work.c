/* Worker pools on a system that is short of threads (it cannot start all of them, or none for a while), or whose disk hangs. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

static bool touched;
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
#define work_pool_for_looks short_pool_for_looks
#define work_post short_post
#define work_left short_left
#define work_run short_run
#define work_end short_end
#define pthread_create thread_create
#define pthread_join thread_join
#include "monitor/base/work.c"

static void add_one(void *argument) {
  ++*(int *)argument;
}

static int works_in(void *pool) {
  int *number = xcalloc(1, sizeof *number);
  int r = work_run(pool, add_one, number, free);
  if (r < 0) return r;
  assert_int_equal(*number, 1);
  free(number);
  return 0;
}

static int works(void *unused) {
  (void)unused;
  return works_in(work_pool_get("test", 2));
}

static int prepare(void **state) {
  (void)state;
  asked = started = joined = 0;
  touched = false;
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

/* --- a disk that hangs ----------------------------------------------------------------------------------------------------- */

static pthread_mutex_t disk = PTHREAD_MUTEX_INITIALIZER, seen = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t disk_touched = PTHREAD_COND_INITIALIZER;

static void write_to_disk(void *unused) {
  (void)unused;
  pthread_mutex_lock(&seen);
  touched = true;
  pthread_cond_signal(&disk_touched);
  pthread_mutex_unlock(&seen);
  pthread_mutex_lock(&disk);
  pthread_mutex_unlock(&disk);
}

static size_t dropped;

static void count_dropped(void *argument) {
  (void)argument;
  dropped++;
}

static int writes_to_a_hanging_disk(void *pool) {
  return work_run(pool, write_to_disk, xcalloc(1, 1), free);
}

/* Seconds that the end takes while a write hangs that a task has given up. */
static double end_while_it_hangs(struct work_pool *pool) {
  pthread_mutex_lock(&disk);
  assert_int_equal(task_run_to_end("writer", 0.05, writes_to_a_hanging_disk, pool), -ETIMEDOUT);
  double before = loop_monotonic();
  assert_false(work_end());
  return loop_monotonic() - before;
}

static void let_it_go_on(void) {
  pthread_mutex_unlock(&disk);
  while (!work_end()) continue;
}

static void a_write_that_hangs_holds_up_the_end_for_a_moment_and_is_named(void **state) {
  (void)state;
  struct work_pool *pool = work_pool_get("journal", 1);
  double took = end_while_it_hangs(pool);
  assert_true(took >= WORK_END_SECONDS && took < WORK_END_SECONDS + 1);
  assert_string_equal(work_left(), "journal");
  let_it_go_on();
}

static void a_look_that_hangs_holds_up_nothing_and_those_behind_it_are_dropped(void **state) {
  (void)state;
  struct work_pool *pool = work_pool_for_looks("disk", 1);
  pthread_mutex_lock(&disk);
  assert_int_equal(work_post(pool, write_to_disk, NULL, NULL), 0);
  pthread_mutex_lock(&seen);
  while (!touched) pthread_cond_wait(&disk_touched, &seen);
  pthread_mutex_unlock(&seen);
  int number = 0;
  assert_int_equal(work_post(pool, add_one, &number, count_dropped), 0);
  double before = loop_monotonic();
  assert_false(work_end());
  assert_true(loop_monotonic() - before < WORK_LOOKS_SECONDS + 0.5);
  assert_null(work_left());
  let_it_go_on();
  assert_int_equal(number, 0);
  assert_int_equal(dropped, 1);
}

static void threads_come_as_jobs_need_them(void **state) {
  (void)state;
  struct work_pool *pool = work_pool_get("test", 8);
  assert_int_equal(started, 0);
  assert_int_equal(task_run_to_end("work", 5, works_in, pool), 0);
  assert_int_equal(started, 1);
  assert_true(work_end());
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup(a_thread_that_never_started_is_not_joined, prepare),
                                     cmocka_unit_test_setup(a_pool_without_a_thread_gets_one_later, prepare),
                                     cmocka_unit_test_setup(threads_come_as_jobs_need_them, prepare),
                                     cmocka_unit_test_setup(a_write_that_hangs_holds_up_the_end_for_a_moment_and_is_named, prepare),
                                     cmocka_unit_test_setup(a_look_that_hangs_holds_up_nothing_and_those_behind_it_are_dropped, prepare)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
