/* A lock is one process's, and free at once when that one is killed, whatever children it has started. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/lockfile.h"

static char folder[] = "/tmp/ejmon-test-lock-XXXXXX";

static int make_folder(void **state) {
  *state = mkdtemp(folder) ? text_format("%s/daemon.lock", folder) : NULL;
  return *state ? 0 : -1;
}

static int remove_folder(void **state) {
  unlink(*state);
  free(*state);
  return rmdir(folder);
}

/* Takes the lock, starts a child that stands between fork and exec for as long as the pipe is open, and says so. */
static void own(const char *path, int say, int stay) {
  int lock = lockfile_take(path);
  pid_t child = lock < 0 ? -1 : fork();
  char byte = lock < 0 || child < 0 ? 'n' : 'y';
  if (child == 0) {
    ssize_t end = read(stay, &byte, 1);
    _exit(end == 0 ? 0 : 1);
  }
  if (write(say, &byte, 1) != 1) _exit(1);
  pause();
}

static void it_dies_with_its_owner_though_a_child_still_has_the_descriptor(void **state) {
  const char *path = *state;
  int said[2], stay[2];
  char byte = 0;
  assert_int_equal(pipe(said), 0);
  assert_int_equal(pipe(stay), 0);
  pid_t owner = fork();
  if (owner == 0) {
    close(stay[1]);
    own(path, said[1], stay[0]);
    _exit(0);
  }
  assert_int_equal(read(said[0], &byte, 1), 1);
  assert_int_equal(byte, 'y');
  assert_int_equal(lockfile_take(path), -EWOULDBLOCK);
  kill(owner, SIGKILL);
  assert_int_equal(waitpid(owner, NULL, 0), owner);
  int lock = lockfile_take(path);
  assert_true(lock >= 0);
  lockfile_drop(lock);
  lock = lockfile_take(path); /* and it can be given back */
  assert_true(lock >= 0);
  lockfile_drop(lock);
  lockfile_drop(-1);
  for (int i = 0; i < 2; i++) close(said[i]), close(stay[i]);
}

static void where_there_is_no_folder_it_says_so(void **state) {
  (void)state;
  assert_int_equal(lockfile_take("/nonexistent/daemon.lock"), -ENOENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(it_dies_with_its_owner_though_a_child_still_has_the_descriptor),
                                     cmocka_unit_test(where_there_is_no_folder_it_says_so)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
