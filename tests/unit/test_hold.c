/* The hold on the state folder: what ends a start and what does not, and that the loop waits for no disk. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/lockfile.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

/* The same code, with less patience and under other names. */
#define hold_start impatient_start
#define hold_has_folder impatient_has_folder
#define hold_take_socket impatient_take_socket
#define hold_error impatient_error
#define hold_refusal impatient_refusal
#define hold_stop impatient_stop
#include "monitor/serve/hold.h"
#undef HOLD_AGAIN
#define HOLD_AGAIN 0.05
#include "monitor/serve/hold.c"

/* --- a disk ---------------------------------------------------------------------------------------------------------------- */

static atomic_bool hangs;     /* at the folder */
static atomic_int makes_none; /* an errno: nothing can be written */

int mkdir(const char *path, mode_t mode) {
  while (atomic_load(&hangs)) usleep(2000);
  return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

/* Opens for writing fail with the disk. */
int open(const char *path, int flags, ...) {
  errno = atomic_load(&makes_none);
  if (errno && strstr(path, "daemon.lock") && (flags & O_ACCMODE) != O_RDONLY) return -1;
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* --- the world ------------------------------------------------------------------------------------------------------------- */

#define LONGEST 60.0 /* seconds that a test may take */

static char *state_folder;
static unsigned tries;
static int served;

static void tried(void *hold) {
  int fd = hold_take_socket(*(struct hold **)hold);
  if (fd >= 0) served = fd;
  tries++;
}

static int fresh(void **state) {
  (void)state;
  state_folder = xstrdup("/tmp/ejmon-test-hold-XXXXXX");
  atomic_store(&hangs, false);
  atomic_store(&makes_none, 0);
  tries = 0;
  served = -1;
  return mkdtemp(state_folder) ? 0 : -1;
}

static int end(void **state) {
  static const char *const names[] = {"journal.db", "daemon.lock", HOLD_SOCKET};
  (void)state;
  work_end();
  if (served >= 0) close(served);
  for (size_t i = 0; i < countof(names); i++) {
    auto_free char *path = text_format("%s/%s", state_folder, names[i]);
    unlink(path);
  }
  int r = rmdir(state_folder);
  free(state_folder);
  return r;
}

static void run_in_task(int (*run)(void *unused)) {
  assert_int_equal(task_run_to_end("test", LONGEST, run, NULL), 0);
  assert_int_equal(task_count(), 0);
}

#define wait_until(condition)               \
  while (!(condition)) {                    \
    assert_int_equal(task_sleep(0.005), 0); \
  }

static void make_journal(void) {
  auto_free char *path = text_format("%s/journal.db", state_folder);
  auto_fd int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  assert_true(fd >= 0);
}

/* Does a process that is not this one get the lock? */
static bool is_free_for_others(void) {
  auto_free char *path = text_format("%s/daemon.lock", state_folder);
  pid_t child = fork();
  if (child == 0) _exit(lockfile_take(path) >= 0 ? 0 : 1);
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  return WEXITSTATUS(status) == 0;
}

static bool is_served(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  auto_free char *path = text_format("%s/" HOLD_SOCKET, state_folder);
  memcpy(address.sun_path, path, strlen(path));
  auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* --- the tests ------------------------------------------------------------------------------------------------------------- */

static int have_task(void *unused) {
  (void)unused;
  struct hold *hold = NULL;
  hold = hold_start(state_folder, tried, &hold);
  wait_until(tries);
  assert_null(hold_error(hold));
  assert_int_equal(hold_refusal(hold), 0);
  assert_true(hold_has_folder(hold));
  assert_false(is_free_for_others());
  assert_true(is_served());
  struct stat status;
  auto_free char *path = text_format("%s/" HOLD_SOCKET, state_folder);
  assert_int_equal(stat(path, &status), 0);
  assert_int_equal(status.st_mode & 0777, 0600);
  hold_stop(hold);
  wait_until(access(path, F_OK) < 0);
  wait_until(is_free_for_others());
  return 0;
}

static void the_folder_is_held_until_the_end(void **state) {
  (void)state;
  run_in_task(have_task);
}

static int refusal_of(const char *path) {
  struct hold *hold = NULL;
  hold = hold_start(path, tried, &hold);
  wait_until(tries);
  int refusal = hold_refusal(hold);
  assert_true(refusal == 0 || hold_error(hold) != NULL);
  hold_stop(hold);
  return refusal;
}

static int no_folder_task(void *unused) {
  (void)unused;
  make_journal();
  auto_free char *in_a_file = text_format("%s/journal.db", state_folder);
  auto_free char *nowhere = text_format("%s/a/b", state_folder);
  assert_int_equal(refusal_of(in_a_file), -ENOTDIR);
  tries = 0;
  assert_int_equal(refusal_of(nowhere), -ENOENT);
  return 0;
}

static void a_path_that_can_be_no_folder_is_a_mistake(void **state) {
  (void)state;
  run_in_task(no_folder_task);
}

static int first_time_task(void *unused) {
  (void)unused;
  atomic_store(&makes_none, EACCES);
  assert_int_equal(refusal_of(state_folder), -EACCES);
  atomic_store(&makes_none, EROFS);
  tries = 0;
  assert_int_equal(refusal_of(state_folder), -EROFS);
  return 0;
}

static void a_folder_that_was_never_written_is_a_mistake_too(void **state) {
  (void)state;
  run_in_task(first_time_task);
}

static int comes_back_task(void *errors_) {
  static const int errors[] = {EACCES, EROFS, ENOSPC, EDQUOT, EIO, ENOLCK};
  (void)errors_;
  make_journal();
  for (size_t i = 0; i < countof(errors); i++) {
    struct hold *hold = NULL;
    tries = 0;
    atomic_store(&makes_none, errors[i]);
    hold = hold_start(state_folder, tried, &hold);
    wait_until(tries >= 2);
    assert_int_equal(hold_refusal(hold), 0);
    assert_non_null(strstr(hold_error(hold), lang_error(errors[i])));
    assert_false(hold_has_folder(hold));
    atomic_store(&makes_none, 0);
    wait_until(!hold_error(hold));
    assert_true(hold_has_folder(hold));
    assert_true(is_served());
    hold_stop(hold);
    close(served);
    served = -1;
    wait_until(is_free_for_others());
  }
  return 0;
}

static void a_disk_that_takes_nothing_is_waited_for_where_ejmon_was_before(void **state) {
  (void)state;
  run_in_task(comes_back_task);
}

/* No inode is left: the lock is there from a former life, the socket is made anew each time. */
static int no_socket_task(void *unused) {
  (void)unused;
  struct hold *hold = NULL;
  auto_free char *path = text_format("%s/" HOLD_SOCKET, state_folder);
  assert_int_equal(mkdir(path, 0700), 0); /* nothing can be bound here */
  hold = hold_start(state_folder, tried, &hold);
  wait_until(tries >= 2);
  assert_int_equal(hold_refusal(hold), 0);
  assert_non_null(hold_error(hold));
  assert_true(hold_has_folder(hold));
  assert_false(is_free_for_others());
  assert_int_equal(rmdir(path), 0);
  wait_until(!hold_error(hold));
  assert_false(is_free_for_others()); /* the same lock all the time */
  assert_true(is_served());
  hold_stop(hold);
  return 0;
}

static void without_a_socket_the_folder_is_held_all_the_same(void **state) {
  (void)state;
  run_in_task(no_socket_task);
}

static int hanging_task(void *unused) {
  (void)unused;
  struct hold *hold = NULL;
  atomic_store(&hangs, true);
  hold = hold_start(state_folder, tried, &hold);
  for (int i = 0; i < 40; i++) assert_int_equal(task_sleep(0.005), 0); /* the loop turns, and begins no second try */
  assert_int_equal(tries, 0);
  assert_false(hold_has_folder(hold));
  atomic_store(&hangs, false);
  wait_until(tries);
  assert_true(hold_has_folder(hold));
  for (int i = 0; i < 40; i++) assert_int_equal(task_sleep(0.005), 0);
  assert_int_equal(tries, 1);
  assert_false(is_free_for_others());
  hold_stop(hold);
  return 0;
}

static void a_disk_that_hangs_gives_the_folder_late(void **state) {
  (void)state;
  run_in_task(hanging_task);
}

static int gone_task(void *unused) {
  (void)unused;
  struct hold *hold = NULL;
  atomic_store(&hangs, true);
  hold = hold_start(state_folder, tried, &hold);
  assert_int_equal(task_sleep(0.02), 0);
  hold_stop(hold);
  atomic_store(&hangs, false);
  assert_int_equal(task_sleep(0.05), 0);
  wait_until(is_free_for_others());
  assert_int_equal(tries, 0);
  return 0;
}

static void what_a_hanging_disk_gives_behind_the_end_is_given_back(void **state) {
  (void)state;
  run_in_task(gone_task);
}

static int other_task(void *unused) {
  (void)unused;
  int ready[2];
  char byte;
  auto_free char *path = text_format("%s/daemon.lock", state_folder);
  make_journal();
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    if (lockfile_take(path) < 0 || write(ready[1], "", 1) != 1) _exit(1);
    for (;;) pause();
  }
  assert_int_equal(read(ready[0], &byte, 1), 1);
  assert_int_equal(refusal_of(state_folder), -EWOULDBLOCK);
  atomic_store(&makes_none, EROFS); /* the lock cannot be taken, and still is another's */
  tries = 0;
  assert_int_equal(refusal_of(state_folder), -EWOULDBLOCK);
  kill(child, SIGKILL);
  assert_int_equal(waitpid(child, NULL, 0), child);
  close(ready[0]);
  close(ready[1]);
  return 0;
}

static void another_daemon_is_seen_also_where_nothing_can_be_written(void **state) {
  (void)state;
  run_in_task(other_task);
}

#define HOLD_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, end)

int main(void) {
  const struct CMUnitTest tests[] = {HOLD_TEST(the_folder_is_held_until_the_end),
                                     HOLD_TEST(a_path_that_can_be_no_folder_is_a_mistake),
                                     HOLD_TEST(a_folder_that_was_never_written_is_a_mistake_too),
                                     HOLD_TEST(a_disk_that_takes_nothing_is_waited_for_where_ejmon_was_before),
                                     HOLD_TEST(without_a_socket_the_folder_is_held_all_the_same),
                                     HOLD_TEST(a_disk_that_hangs_gives_the_folder_late),
                                     HOLD_TEST(what_a_hanging_disk_gives_behind_the_end_is_given_back),
                                     HOLD_TEST(another_daemon_is_seen_also_where_nothing_can_be_written)};
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  work_end();
  loop_free();
  return failed;
}
