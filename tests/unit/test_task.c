/* Tasks, workers and children: waits end in order, deadlines and cancellation unwind, nothing outlives its parent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/base/child.h"
#include "monitor/base/http.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

static struct text trace;

static int say_after(void *argument) {
  double *delay = argument;
  int r = task_sleep(*delay);
  text_printf(&trace, "%g:%d ", *delay, r);
  return r;
}

static int sleeps_in_order(void *unused) {
  (void)unused;
  double delays[] = {0.03, 0.01, 0.02};
  struct task *tasks[3];
  for (size_t i = 0; i < 3; i++) tasks[i] = task_start("sleeper", 0, say_after, &delays[i]);
  for (size_t i = 0; i < 3; i++) assert_int_equal(task_join(tasks[i]), 0);
  return 7;
}

static void tasks_end_in_the_order_of_their_sleeps(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 0, sleeps_in_order, NULL), 7);
  assert_string_equal(text_get(&trace), "0.01:0 0.02:0 0.03:0 ");
  assert_int_equal(task_count(), 0);
}

static int waits_often(void *unused) {
  (void)unused;
  for (int i = 0; i < 100000; i++) assert_int_equal(task_sleep(0), 0);
  return 0;
}

/* Nothing is left behind at a switch; TSan holds 65,536 open calls. */
static void a_task_waits_as_often_as_it_likes(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 0, waits_often, NULL), 0);
}

static int waits_twice(void *unused) {
  (void)unused;
  assert_int_equal(task_sleep(10), -ETIMEDOUT);
  double before = loop_monotonic();
  assert_int_equal(task_sleep(10), -ETIMEDOUT); /* from then on every wait returns at once */
  assert_true(loop_monotonic() - before < 1);
  assert_true(task_time_left() == 0);
  return -ETIMEDOUT;
}

static void a_deadline_ends_the_wait_and_every_later_one(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("late", 0.02, waits_twice, NULL), -ETIMEDOUT);
}

static int cancels_its_child(void *unused) {
  (void)unused;
  double delay = 30;
  struct task *child = task_start("child", 0, say_after, &delay);
  assert_int_equal(task_sleep(0.01), 0);
  task_cancel(child);
  assert_int_equal(task_join(child), -ECANCELED);
  return 0;
}

static void a_cancelled_task_unwinds_at_once(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("canceller", 5, cancels_its_child, NULL), 0);
}

static int waits_for_a_slow_child(void *unused) {
  (void)unused;
  double delay = 30;
  return task_join(task_start("child", 0, say_after, &delay));
}

static void a_parent_that_times_out_takes_its_child_along(void **state) {
  (void)state;
  double before = loop_monotonic();
  assert_int_equal(task_run_to_end("parent", 0.02, waits_for_a_slow_child, NULL), -ECANCELED);
  assert_true(loop_monotonic() - before < 5);
  assert_int_equal(task_count(), 0);
}

static int joins_an_ended_task(void *unused) {
  (void)unused;
  double delay = 0;
  struct task *child = task_start("quick", 0, say_after, &delay);
  while (!task_ended(child)) assert_int_equal(task_sleep(0), 0);
  return task_join(child);
}

static void an_ended_task_can_still_be_joined(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 5, joins_an_ended_task, NULL), 0);
}

/* --- workers --- */

struct job {
  double seconds;
  int answer;
};
static int released;

static void job_function(void *argument) {
  struct job *job = argument;
  usleep((useconds_t)(job->seconds * 1e6));
  job->answer = 42;
}

static void job_release(void *argument) {
  released++;
  free(argument);
}

static int work_answers(void *unused) {
  (void)unused;
  struct job *job = xcalloc(1, sizeof *job);
  assert_int_equal(work_run(work_pool_get("test", 1), job_function, job, job_release), 0);
  assert_int_equal(job->answer, 42);
  assert_int_equal(released, 0);
  free(job);
  return 0;
}

static int work_is_given_up(void *unused) {
  (void)unused;
  struct job *job = xcalloc(1, sizeof *job);
  job->seconds = 0.2;
  return work_run(work_pool_get("test", 1), job_function, job, job_release);
}

static void a_worker_answers_and_a_late_answer_is_dropped(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("work", 5, work_answers, NULL), 0);
  assert_int_equal(task_run_to_end("work", 0.02, work_is_given_up, NULL), -ETIMEDOUT);
  assert_int_equal(released, 0);
  work_end();
  assert_int_equal(released, 1);
}

/* --- children --- */

static int runs_children(void *unused) {
  (void)unused;
  struct child_result result;
  assert_int_equal(
      child_run(
          &(struct child_request){
              .arguments = (const char *const[]){"sh", "-c", "cat; echo out; echo err >&2; exit 3", NULL}, .input = "in\n", .timeout = 5},
          &result),
      0);
  assert_int_equal(result.exit_status, 3);
  assert_string_equal(text_get(&result.output), "in\nout\nerr\n");
  child_result_free(&result);

  /* valgrind turns posix_spawn()'s vfork into a fork, so the failure of its exec does not come back. */
  int r = child_run(&(struct child_request){.arguments = (const char *const[]){"/does/not/exist", NULL}, .timeout = 5}, &result);
  if (!RUNNING_ON_VALGRIND) assert_int_equal(r, -ENOENT);
  child_result_free(&result);

  double before = loop_monotonic();
  assert_int_equal(
      child_run(&(struct child_request){.arguments = (const char *const[]){"sh", "-c", "sleep 30 & sleep 30", NULL}, .timeout = 0.05},
                &result),
      -ETIMEDOUT);
  assert_true(loop_monotonic() - before < CHILD_GRACE);
  child_result_free(&result);

  assert_int_equal(
      child_run(&(struct child_request){.arguments = (const char *const[]){"sh", "-c", "yes 0123456789 | head -c 3000000; echo end", NULL},
                                        .timeout = 20},
                &result),
      0);
  assert_true(result.output_cut);
  assert_true(result.output.length < CHILD_OUTPUT_LIMIT + 100);
  assert_true(text_ends(text_get(&result.output), "end\n"));
  child_result_free(&result);
  return 0;
}

static void children_are_fed_read_stopped_and_reaped(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("children", 30, runs_children, NULL), 0);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

/* --- http without a server --- */

static int fetches_nothing(void *unused) {
  (void)unused;
  auto_response struct http_response response;
  assert_int_equal(http_fetch(&(struct http_request){.url = "http://127.0.0.1:1/"}, &response), -ECONNREFUSED);
  assert_string_equal(response.layer, "connect");
  assert_non_null(strstr(response.error, "127.0.0.1:1"));
  http_response_free(&response);
  assert_int_equal(http_fetch(&(struct http_request){.url = "ftp://127.0.0.1/"}, &response), -EPROTO);
  return 0;
}

static void a_refused_connection_names_its_layer(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("http", 5, fetches_nothing, NULL), 0);
}

static void urls_and_origins_are_taken_apart(void **state) {
  (void)state;
  struct http_url url;
  assert_int_equal(http_url_parse("HTTPS://u:p%40@Chat.Example.org/a?b", false, &url), 0);
  assert_string_equal(url.scheme, "https");
  assert_string_equal(url.host, "chat.example.org");
  assert_string_equal(url.password, "p@");
  assert_string_equal(url.path, "/a?b");
  assert_int_equal(url.port, 443);
  http_url_free(&url);
  assert_int_equal(http_url_parse("chat.example.org", false, &url), -EINVAL);
  auto_free char *resolved = http_resolve("http://a/b/c", "../d?e");
  assert_string_equal(resolved, "http://a/d?e");
}

static void an_origin_is_as_a_browser_writes_it(void **state) {
  (void)state;
  static const char *const rows[][2] = {
      {"http://A.example:80/x", "http://a.example"},
      {"https://a.test\\@b.test/?c\\d", "https://a.test"}, /* a backslash is a slash; libcurl's reading: of a user's name */
      {"https://B\xc3\xbc\x63her.example:443", "https://xn--bcher-kva.example"},
      {"https://%61.example/%2f", "https://a.example"},
      {"https://777%308/", "https://0.1.47.140"},                         /* a number once it is decoded */
      {"https://\xef\xbc\x97\xef\xbc\x97:8443", "https://0.0.0.77:8443"}, /* wide sevens */
      {"http://0x7F.1./", "http://127.0.0.1"},
      {"http://a.127.0.0.1/", NULL}, /* a number at the end makes an address, or nothing */
      {"http://127.0.0.256/", NULL},
      {"http://a.0x1f/", NULL},
      {"http://a.1b./", "http://a.1b."},
      {"https://\xef\xbb\xbf/", NULL}, /* a byte-order mark is left out, and nothing is left */
      {"https://%2530.example/", NULL},
      {"https://a%2fb.example/", NULL},
      {"https://a\xef\xbc\x8f\x62.example/", NULL}, /* a wide slash ends no name */
      {"https://a\xef\xbc\x9a\x38\x30/", NULL},     /* nor a wide colon */
      {"ftp://a.example/", NULL},
      {NULL, NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *origin = http_origin(rows[i][0]);
    if (rows[i][1]) assert_non_null(origin);
    if (rows[i][1]) assert_string_equal(origin, rows[i][1]);
    if (!rows[i][1]) assert_null(origin);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tasks_end_in_the_order_of_their_sleeps),   cmocka_unit_test(a_deadline_ends_the_wait_and_every_later_one),
      cmocka_unit_test(a_cancelled_task_unwinds_at_once),         cmocka_unit_test(a_parent_that_times_out_takes_its_child_along),
      cmocka_unit_test(an_ended_task_can_still_be_joined),        cmocka_unit_test(a_worker_answers_and_a_late_answer_is_dropped),
      cmocka_unit_test(children_are_fed_read_stopped_and_reaped), cmocka_unit_test(a_refused_connection_names_its_layer),
      cmocka_unit_test(an_origin_is_as_a_browser_writes_it),      cmocka_unit_test(urls_and_origins_are_taken_apart),
      cmocka_unit_test(a_task_waits_as_often_as_it_likes),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  text_free(&trace);
  http_end();
  work_end();
  loop_free();
  return failed;
}
