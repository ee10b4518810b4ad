/* A name server that does not answer: the request is given up at its deadline, and the loop is never stopped for it. */
#include <errno.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/http.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define SLOW_SECONDS 2

/* In libc's place, for libcurl's resolving thread. */
int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict ret_found) {
  (void)name, (void)service, (void)hints, (void)ret_found;
  sleep(SLOW_SECONDS);
  return EAI_AGAIN;
}

static int fetch(void *unused) {
  (void)unused;
  auto_response struct http_response response;
  return http_fetch(&(struct http_request){.url = "http://slow.example.org/"}, &response);
}

static int fetches(void *unused) {
  (void)unused;
  double before = loop_monotonic();
  assert_int_equal(task_join(task_start("fetch", 0.1, fetch, NULL)), -ETIMEDOUT);
  struct task *cancelled = task_start("fetch", 0, fetch, NULL);
  assert_int_equal(task_sleep(0.1), 0);
  task_cancel(cancelled);
  assert_int_equal(task_join(cancelled), -ECANCELED);
  assert_true(loop_monotonic() - before < SLOW_SECONDS);
  return task_sleep(2 * SLOW_SECONDS); /* until the resolving threads have ended, too */
}

static void a_name_server_that_does_not_answer_stops_nothing(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 0, fetches, NULL), 0);
  assert_true(work_end());
  http_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_name_server_that_does_not_answer_stops_nothing)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
