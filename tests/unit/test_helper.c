/* Helper processes: whatever becomes of one, its parent gets a result in time and can ask again. This program is its own helper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/base/helper.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_SANITIZER 1
#endif

#define LIMIT 65536

/* --- the helper's side -----------------------------------------------------------------------------------------------------------------
 */

static void raw(const char *bytes, size_t length) {
  if (write(3, bytes, length) < 0) _exit(9);
}

static json_t *look_around(void) {
  size_t descriptors = 0;
  for (int fd = 0; fd < 1024; fd++) descriptors += fcntl(fd, F_GETFD) >= 0;
  struct rlimit core;
  sigset_t blocked;
  getrlimit(RLIMIT_CORE, &core);
  sigprocmask(SIG_SETMASK, NULL, &blocked);
  void *much = mmap(NULL, 2 * (size_t)HELPER_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return json_pack("{s:b, s:i, s:i, s:i, s:b, s:b}", "much", much != MAP_FAILED, "descriptors", (int)descriptors, "core",
                   (int)core.rlim_max, "dumpable", prctl(PR_GET_DUMPABLE), "blocked", sigismember(&blocked, SIGTERM), "secret",
                   getenv("EJMON_TEST_PASSWORD") != NULL);
}

static json_t *answer(const json_t *question) {
  static int asked;
  const char *act = json_string_value(json_object_get(question, "act"));
  asked++;
  if (text_equal(act, "crash")) signal(SIGSEGV, SIG_DFL), raise(SIGSEGV);
  if (text_equal(act, "abort")) signal(SIGABRT, SIG_DFL), abort();
  if (text_equal(act, "exit")) _exit(0);
  if (text_equal(act, "killed")) raise(SIGKILL);
  if (text_equal(act, "hang")) sleep(600);
  for (volatile bool computes = text_equal(act, "compute"); computes;) continue;
  if (text_equal(act, "half")) raw("\0\0\0\x40{\"a\":", 9), _exit(7);
  if (text_equal(act, "huge")) raw("\x7f\xff\xff\xff{", 5), sleep(600);
  if (text_equal(act, "garbage")) raw("\0\0\0\x02[]", 6), sleep(600);
  if (text_equal(act, "nothing")) return NULL;
  if (text_equal(act, "look")) return look_around();
  if (text_equal(act, "long")) {
    auto_text struct text text = {0};
    while (text.length < LIMIT - 100) text_add(&text, "0123456789");
    return json_pack("{s:s}", "long", text_get(&text));
  }
  return json_pack("{s:i, s:i}", "asked", asked, "pid", (int)getpid());
}

static void die(void) {
  _exit(4);
}

static const struct helper_role good = {.name = "good", .answer = answer};
static const struct helper_role stillborn = {.name = "stillborn", .prepare = die, .answer = answer};
static const struct helper_role *const roles[] = {&good, &stillborn, NULL};

/* --- the parent's side ------------------------------------------------------------------------------------------------------------------
 */

static struct helper *helper;
static json_t *said;
static char *why;

static int ask(const char *act) {
  json_decref(said);
  free(why);
  said = NULL;
  why = NULL;
  json_t *question = json_pack("{s:s}", "act", act);
  int r = helper_ask(helper, question, &said, &why);
  json_decref(question);
  assert_int_equal(r == 0, said != NULL);
  assert_int_equal(r == -EIO || r == -ECONNABORTED, why != NULL);
  return r;
}

static int number(const char *key) {
  return (int)json_integer_value(json_object_get(said, key));
}

static int setup(void **state) {
  (void)state;
  helper = helper_new("good", LIMIT);
  return 0;
}

static int teardown(void **state) {
  (void)state;
  helper_free(helper);
  json_decref(said);
  free(why);
  said = NULL;
  why = NULL;
  return 0;
}

static int run(int (*function)(void *argument), double timeout) {
  return task_run_to_end("test", timeout, function, NULL);
}

static int asks_three_times(void *unused) {
  (void)unused;
  assert_int_equal(ask("count"), 0);
  int pid = number("pid");
  assert_int_not_equal(pid, getpid());
  assert_int_equal(ask("long"), 0);
  assert_int_equal(ask("count"), 0);
  assert_int_equal(number("pid"), pid);
  assert_int_equal(number("asked"), 3);
  return 0;
}

static void it_is_kept_between_questions(void **state) {
  (void)state;
  run(asks_three_times, 60);
}

static int looks(void *unused) {
  (void)unused;
  setenv("EJMON_TEST_PASSWORD", "Psecret", 1);
  int leak = dup(2); /* without CLOEXEC, as from a careless starter of ours */
  assert_int_equal(ask("look"), 0);
  close(leak);
  assert_int_equal(number("descriptors"), 4);
#ifndef WITH_SANITIZER
  assert_false(json_is_true(json_object_get(said, "much")));
#endif
  assert_int_equal(number("core"), 0);
  assert_int_equal(number("dumpable"), 0);
  assert_false(json_is_true(json_object_get(said, "blocked")));
  assert_false(json_is_true(json_object_get(said, "secret")));
  return 0;
}

static void it_has_its_socket_and_nothing_else_of_its_parent(void **state) {
  (void)state;
  sigset_t term, before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, &before);
  run(looks, 60);
  sigprocmask(SIG_SETMASK, &before, NULL);
}

static int dies_in_every_way(void *unused) {
  (void)unused;
  static const struct {
    const char *act, *why;
    int result;
  } rows[] = {
      {"crash", "was ended by SIGSEGV", -ECONNABORTED},
      {"abort", "was ended by SIGABRT", -ECONNABORTED},
      {"exit", "ended with status 0", -ECONNABORTED},
      {"half", "ended with status 7", -ECONNABORTED},
      {"nothing", "ended with status 1", -ECONNABORTED},
      {"killed", "was ended by SIGKILL from outside", -EIO},
      {"huge", "gave an answer that is no JSON object of at most 65536 bytes", -ECONNABORTED},
      {"garbage", "gave an answer that is no JSON object of at most 65536 bytes", -ECONNABORTED},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    helper_free(helper);
    helper = helper_new("good", LIMIT); /* without the back-off of the last one */
    assert_int_equal(ask("count"), 0);
    int pid = number("pid");
    assert_int_equal(ask(rows[i].act), rows[i].result);
    assert_string_equal(why, rows[i].why);
    assert_int_equal(ask("count"), 0); /* the first death costs no pause */
    assert_int_not_equal(number("pid"), pid);
  }
  return 0;
}

static void its_death_is_a_result_and_the_next_question_starts_another(void **state) {
  (void)state;
  run(dies_in_every_way, 60);
}

static int waits_too_long(void *unused) {
  (void)unused;
  assert_int_equal(ask("hang"), -ETIMEDOUT);
  return 0;
}

static void one_that_hangs_is_killed_at_the_deadline_and_costs_no_pause(void **state) {
  (void)state;
  for (int i = 0; i < 3; i++) {
    run(asks_three_times, 60); /* it has started: what passes now is not our own time */
    double before = loop_monotonic();
    run(waits_too_long, 0.3);
    assert_true(loop_monotonic() - before < 30);
  }
}

static int computes_too_long(void *unused) {
  (void)unused;
  assert_int_equal(ask("compute"), -ETIMEDOUT);
  return 0;
}

static void one_that_computed_is_told_from_one_that_waited(void **state) {
  (void)state;
  run(asks_three_times, 60);
  run(computes_too_long, 1);
  assert_true(helper_computed(helper) > 0.05);
  run(asks_three_times, 60);
  run(waits_too_long, 1);
  assert_true(helper_computed(helper) < 0.05);
}

static int is_cancelled(void *unused) {
  (void)unused;
  assert_int_equal(ask("hang"), -ECANCELED);
  return 0;
}

static int cancels(void *unused) {
  (void)unused;
  struct task *task = task_start("asking", 0, is_cancelled, NULL);
  assert_int_equal(task_sleep(0.2), 0);
  task_cancel(task);
  return task_join(task);
}

static void one_whose_question_is_cancelled_is_killed(void **state) {
  (void)state;
  assert_int_equal(run(cancels, 60), 0);
  run(asks_three_times, 60);
}

static int crashes_again_and_again(void *unused) {
  (void)unused;
  int deaths = 0, refusals = 0;
  double before = loop_monotonic();
  while (deaths < 5) {
    int r = ask("crash");
    deaths += r == -ECONNABORTED;
    refusals += r == -EIO;
    if (r == -EIO) assert_non_null(strstr(why, "is not started again for"));
    if (r == -EIO) assert_int_equal(task_sleep(0.01), 0);
  }
  assert_true(loop_monotonic() - before > 0.1 + 0.2 + 0.4);
  assert_true(refusals > 0);
  return 0;
}

static void one_that_dies_in_a_row_is_started_ever_less_often(void **state) {
  (void)state;
  run(crashes_again_and_again, 60);
}

static int is_killed_in_between(void *unused) {
  (void)unused;
  assert_int_equal(ask("count"), 0);
  pid_t pid = number("pid");
  kill(pid, SIGKILL);
  while (kill(pid, 0) == 0) assert_int_equal(task_sleep(0.01), 0); /* gone, zombie included: it was reaped */
  assert_int_equal(ask("count"), 0);
  assert_int_equal(number("asked"), 1);
  pid = number("pid");
  helper_free(helper);
  helper = NULL;
  while (kill(pid, 0) == 0) assert_int_equal(task_sleep(0.01), 0);
  return 0;
}

static void one_that_dies_while_nobody_asks_is_replaced_and_none_is_left_as_a_zombie(void **state) {
  (void)state;
  run(is_killed_in_between, 60);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
  assert_int_equal(errno, ECHILD);
}

static int does_not_start(void *unused) {
  (void)unused;
  helper_free(helper);
  helper = helper_new("stillborn", LIMIT);
  assert_int_equal(ask("count"), -EIO);
  assert_string_equal(why, "ended with status 4 at its start");
  helper_free(helper);
  helper = helper_new("unknown", LIMIT);
  assert_int_equal(ask("count"), -EIO);
  assert_string_equal(why, "ended with status 3 at its start");
  struct rlimit files, few;
  getrlimit(RLIMIT_NOFILE, &files);
  few = files;
  few.rlim_cur = 3;
  setrlimit(RLIMIT_NOFILE, &few);
  helper_free(helper);
  helper = helper_new("good", LIMIT);
  assert_int_equal(ask("count"), -EIO);
  assert_string_equal(why, "cannot be started: Too many open files");
  setrlimit(RLIMIT_NOFILE, &files);
  assert_int_equal(ask("count"), 0);
  return 0;
}

static void one_that_cannot_be_started_is_no_crash(void **state) {
  (void)state;
  run(does_not_start, 60);
}

int main(int count, char **arguments) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(it_is_kept_between_questions, setup, teardown),
      cmocka_unit_test_setup_teardown(it_has_its_socket_and_nothing_else_of_its_parent, setup, teardown),
      cmocka_unit_test_setup_teardown(its_death_is_a_result_and_the_next_question_starts_another, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_hangs_is_killed_at_the_deadline_and_costs_no_pause, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_computed_is_told_from_one_that_waited, setup, teardown),
      cmocka_unit_test_setup_teardown(one_whose_question_is_cancelled_is_killed, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_dies_in_a_row_is_started_ever_less_often, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_dies_while_nobody_asks_is_replaced_and_none_is_left_as_a_zombie, setup, teardown),
      cmocka_unit_test_setup_teardown(one_that_cannot_be_started_is_no_crash, setup, teardown),
  };
  helper_main(count, arguments, roles);
  if (RUNNING_ON_VALGRIND) return 0; /* there /proc/self/exe is valgrind: no helper can be started */
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  loop_free();
  return failed;
}
