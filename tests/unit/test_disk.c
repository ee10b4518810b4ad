/* Calls that wait for a disk: the task waits so long and no longer, the loop not at all, and they are made in their order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/disk.h"
#include "monitor/base/loop.h"
#include "monitor/base/small_file.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define LONGEST 30.0 /* seconds that a test may take */

static atomic_bool hangs;
static char *place;
static struct text made; /* the paths of the calls, in the order in which they were made; the thread's until it has ended */
static int forgotten;

int fsync(int fd) {
  while (atomic_load(&hangs)) usleep(2000);
  return (int)syscall(SYS_fsync, fd);
}

static int slow_function(const struct disk_call *call) {
  while (atomic_load(&hangs)) usleep(2000);
  text_add(&made, call->path);
  return 7;
}

static void forget(int result) {
  forgotten = result;
}

static int fresh(void **state) {
  (void)state;
  atomic_store(&hangs, false);
  forgotten = 0;
  place = xstrdup("/tmp/ejmon-test-disk-XXXXXX");
  return mkdtemp(place) ? 0 : -1;
}

static int end(void **state) {
  (void)state;
  work_end();
  auto_free char *file = text_format("%s/file", place);
  unlink(file);
  int r = rmdir(place);
  free(place);
  text_free(&made);
  return r;
}

static void run_in_task(int (*run)(void *unused)) {
  assert_int_equal(task_run_to_end("test", LONGEST, run, NULL), 0);
  assert_int_equal(task_count(), 0);
}

/* Counts how often the loop has turned. */
static unsigned turns;

static int turning_task(void *unused) {
  (void)unused;
  while (task_sleep(0.005) == 0) turns++;
  return 0;
}

#define SLOW(where, bound) \
  (&(struct disk_call){.pool = "test", .seconds = bound, .function = slow_function, .path = where, .forget = forget})

static int hanging_task(void *unused) {
  (void)unused;
  struct task *turning = task_start("turning", 0, turning_task, NULL);
  turns = 0;
  atomic_store(&hangs, true);
  assert_int_equal(disk_call(SLOW("a", 0.1)), -ETIMEDOUT);
  assert_true(turns >= 5);
  assert_int_equal(disk_call(SLOW("b", 0.05)), -ETIMEDOUT);
  assert_int_equal(forgotten, 0);
  atomic_store(&hangs, false);
  assert_int_equal(disk_call(SLOW("c", 10)), 7);
  assert_string_equal(text_get(&made), "abc");
  assert_int_equal(forgotten, 7);
  task_cancel(turning);
  return task_join(turning);
}

static void a_call_that_hangs_is_left_after_its_bound_and_keeps_its_turn(void **state) {
  (void)state;
  run_in_task(hanging_task);
}

static int caller_task(void *shielded) {
  return *(bool *)shielded ? disk_call_shielded(SLOW("s", 10)) : disk_call(SLOW("s", 10));
}

static int cancelled_task(void *unused) {
  (void)unused;
  static bool shielded[] = {false, true};
  for (size_t i = 0; i < countof(shielded); i++) {
    atomic_store(&hangs, true);
    struct task *caller = task_start("caller", 0, caller_task, &shielded[i]);
    assert_int_equal(task_sleep(0.02), 0);
    task_cancel(caller);
    assert_int_equal(task_sleep(0.02), 0);
    assert_int_equal(task_ended(caller), !shielded[i]);
    atomic_store(&hangs, false);
    assert_int_equal(task_join(caller), shielded[i] ? 7 : -ECANCELED);
  }
  return 0;
}

static void a_cancelled_caller_waits_for_a_shielded_call_alone(void **state) {
  (void)state;
  run_in_task(cancelled_task);
}

static int write_task(void *content) {
  auto_free char *path = text_format("%s/file", place);
  auto_text struct text text = {0};
  text_add(&text, content);
  return file_write(path, &text, 0644);
}

static int write_within(double seconds, const char *content) {
  return task_join(task_start("write", seconds, write_task, (void *)(uintptr_t)content));
}

static void assert_file(const char *content) {
  auto_free char *path = text_format("%s/file", place);
  auto_text struct text text = {0};
  struct stat status;
  assert_int_equal(file_read(path, &text), 0);
  assert_string_equal(text_get(&text), content);
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0644);
}

static int files_task(void *unused) {
  (void)unused;
  auto_free char *path = text_format("%s/file", place);
  auto_free char *folder = text_format("%s/none", place);
  auto_text struct text text = {0};
  assert_int_equal(file_read(path, &text), -ENOENT);
  assert_int_equal(write_within(10, "before"), 0);
  assert_file("before");
  struct task *turning = task_start("turning", 0, turning_task, NULL);
  turns = 0;
  atomic_store(&hangs, true);
  assert_int_equal(write_within(0.1, "changed"), -ETIMEDOUT);
  assert_true(turns >= 5);
  atomic_store(&hangs, false);
  assert_file("before"); /* what comes late takes no effect */
  task_cancel(turning);
  assert_int_equal(task_join(turning), 0);
  assert_int_equal(file_may_write_into(place), 0);
  assert_int_equal(file_may_write_into(folder), -ENOENT);
  assert_int_equal(file_remove(path), 0);
  assert_int_equal(file_remove(path), 0);
  assert_int_equal(file_read(path, &text), -ENOENT);
  return 0;
}

static void small_files_wait_for_a_disk_within_the_tasks_time_and_in_their_order(void **state) {
  (void)state;
  run_in_task(files_task);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, end)

int main(void) {
  const struct CMUnitTest tests[] = {TEST(a_call_that_hangs_is_left_after_its_bound_and_keeps_its_turn),
                                     TEST(a_cancelled_caller_waits_for_a_shielded_call_alone),
                                     TEST(small_files_wait_for_a_disk_within_the_tasks_time_and_in_their_order)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  work_end();
  loop_free();
  return failed;
}
