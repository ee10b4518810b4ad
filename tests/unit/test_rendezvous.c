/* The names at which a daemon is found without any file: one for each path however it is written, and none for anybody else. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/serve/rendezvous.h"

static bool alike(const char *kind, const char *path, const char *other_kind, const char *other_path) {
  struct sockaddr_un one, other;
  socklen_t length = rendezvous_address(kind, path, &one), other_length = rendezvous_address(other_kind, other_path, &other);
  return length == other_length && memcmp(&one, &other, length) == 0;
}

static bool same_path(const char *path, const char *other) {
  return alike(RENDEZVOUS_STATE, path, RENDEZVOUS_STATE, other);
}

static void a_path_has_one_name_however_it_is_written(void **state) {
  (void)state;
  assert_true(same_path("/var/lib/ejmon", "/var/lib/ejmon/"));
  assert_true(same_path("/var/lib/ejmon", "//var/./lib//../lib/ejmon/."));
  assert_true(same_path("/", "/.."));
  assert_int_equal(chdir("/usr/bin"), 0);
  assert_true(same_path("ejmon.yaml", "/usr/bin/ejmon.yaml"));
  assert_true(same_path("./ejmon.yaml", "/usr/bin/ejmon.yaml"));
  assert_true(same_path("../lib/no such thing", "/usr/lib/no such thing"));
  assert_true(same_path("..", "/usr"));
}

static void other_paths_and_other_kinds_have_other_names(void **state) {
  (void)state;
  assert_false(same_path("/var/lib/ejmon", "/var/lib/ejmon2"));
  assert_false(same_path("/", ""));
  assert_false(same_path("/a", "/A"));
  assert_false(alike(RENDEZVOUS_STATE, "/a", RENDEZVOUS_CONFIGURATION, "/a"));
  assert_false(alike(RENDEZVOUS_STATE, "/a", RENDEZVOUS_NEXT_STATE, "/a"));
}

static void no_file_stands_for_it_and_any_path_fits(void **state) {
  (void)state;
  char path[5000];
  memset(path, 'x', sizeof path - 1);
  path[0] = '/', path[sizeof path - 1] = '\0';
  struct sockaddr_un address;
  assert_true(rendezvous_address(RENDEZVOUS_STATE, path, &address) <= sizeof address);
  assert_int_equal(address.sun_path[0], '\0');
  assert_non_null(strstr(address.sun_path + 1, "ejmon/"));
}

static int listen_at(const char *path) {
  struct sockaddr_un address;
  socklen_t length = rendezvous_address(RENDEZVOUS_STATE, path, &address);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, (const struct sockaddr *)&address, length) == 0 && listen(fd, 1) == 0) return fd;
  close(fd);
  return -1;
}

static int connect_to(const char *path) {
  struct sockaddr_un address;
  socklen_t length = rendezvous_address(RENDEZVOUS_STATE, path, &address);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, (const struct sockaddr *)&address, length) == 0) return fd;
  close(fd);
  return -1;
}

static void a_name_is_one_process_and_goes_with_it(void **state) {
  (void)state;
  auto_free char *path = text_format("/no/such/folder/%ld", (long)getpid());
  int ready[2];
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    int fd = listen_at(path);
    ssize_t sent = write(ready[1], "!", 1);
    while (fd >= 0 && sent == 1) pause();
    _exit(1);
  }
  char byte;
  assert_int_equal(read(ready[0], &byte, 1), 1);
  int fd = connect_to(path);
  assert_true(fd >= 0);
  assert_true(rendezvous_trusts(fd)); /* the same user */
  assert_int_equal(listen_at(path), -1);
  kill(child, SIGKILL);
  assert_int_equal(waitpid(child, NULL, 0), child);
  assert_int_equal(connect_to(path), -1);
  int mine = listen_at(path);
  assert_true(mine >= 0);
  close(mine), close(fd), close(ready[0]), close(ready[1]);
}

/* Anybody can sit at any name, and ask there. */
static void another_user_is_not_trusted_at_either_end(void **state) {
  (void)state;
  if (geteuid() != 0) skip(); /* only root can be somebody else */
  auto_free char *path = text_format("/no/such/folder/%ld", (long)getpid());
  struct sockaddr_un address;
  socklen_t length = rendezvous_address(RENDEZVOUS_STATE, path, &address);
  int ready[2];
  assert_int_equal(pipe(ready), 0);
  pid_t child = fork();
  if (child == 0) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool sits = setuid(65534) == 0 && bind(fd, (const struct sockaddr *)&address, length) == 0 && listen(fd, 1) == 0 &&
                write(ready[1], "!", 1) == 1;
    int taken = sits ? accept(fd, NULL, NULL) : -1;
    _exit(taken >= 0 && rendezvous_trusts(taken) ? 0 : 1); /* it trusts root, who trusts it not */
  }
  char byte;
  assert_int_equal(read(ready[0], &byte, 1), 1);
  int fd = connect_to(path), status;
  assert_true(fd >= 0);
  assert_false(rendezvous_trusts(fd));
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  close(fd);
  int mine = listen_at(path);
  assert_true(mine >= 0);
  child = fork();
  if (child == 0) {
    int asking = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    _exit(setuid(65534) == 0 && connect(asking, (const struct sockaddr *)&address, length) == 0 ? 0 : 1);
  }
  fd = accept(mine, NULL, NULL);
  assert_true(fd >= 0);
  assert_false(rendezvous_trusts(fd));
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
  close(fd), close(mine), close(ready[0]), close(ready[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_path_has_one_name_however_it_is_written), cmocka_unit_test(other_paths_and_other_kinds_have_other_names),
      cmocka_unit_test(no_file_stands_for_it_and_any_path_fits),   cmocka_unit_test(a_name_is_one_process_and_goes_with_it),
      cmocka_unit_test(another_user_is_not_trusted_at_either_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
