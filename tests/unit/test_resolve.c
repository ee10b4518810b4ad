/* Names that hang hold up neither literal addresses nor pages nor the end of the program, and the wait in our queue is nobody's fault. */
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "monitor/base/http.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/reserve.h"
#include "monitor/base/resolve.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER; /* a name with "hang" in it waits here */
static pthread_t loop_thread;
static size_t asked;           /* lookups on threads; guarded by `counting` */
static bool literal_on_thread; /* the same */
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

typedef int getaddrinfo_function(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **found);

/* In libc's place. */
int getaddrinfo(const char *restrict name, const char *restrict service, const struct addrinfo *restrict hints,
                struct addrinfo **restrict ret_found) {
  getaddrinfo_function *real;
  void *found = dlsym(RTLD_NEXT, "getaddrinfo");
  memcpy(&real, &found, sizeof found);
  if (pthread_equal(pthread_self(), loop_thread)) return real(name, service, hints, ret_found);
  pthread_mutex_lock(&counting);
  asked++;
  literal_on_thread = literal_on_thread || resolve_is_literal(name);
  pthread_mutex_unlock(&counting);
  if (strstr(name, "hang")) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return EAI_AGAIN;
  }
  if (strstr(name, "nowhere")) return EAI_NONAME;
  if (strstr(name, "slow")) usleep(5000);
  return real("127.0.0.1", service, hints, ret_found);
}

static size_t asked_until_now(void) {
  pthread_mutex_lock(&counting);
  size_t count = asked;
  pthread_mutex_unlock(&counting);
  return count;
}

static int listen_on_loopback(in_port_t *ret_port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(fd, 64), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
  *ret_port = ntohs(address.sin_port);
  return fd;
}

static int ask(void *host) {
  struct resolve_answer answer;
  int r = resolve(RESOLVE_FOR_PROBES, host, false, 0, &answer);
  strings_free(answer.addresses);
  return r;
}

#define THREADS RESOLVE_PROBE_THREADS
#define MANY (THREADS + 8)

/* As many names that hang as there are threads, and then all of those and more within a third of a second. */
static int crowd(void) {
  struct task *first[THREADS], *tasks[MANY];
  static char names[MANY][32];
  for (size_t i = 0; i < MANY; i++) snprintf(names[i], sizeof names[i], "hang-%zu.test", i);
  const size_t before = asked_until_now();
  for (size_t i = 0; i < THREADS; i++) first[i] = task_start("asks", 0, ask, names[i]);
  for (double limit = loop_monotonic() + 60; asked_until_now() < before + THREADS && loop_monotonic() < limit;) {
    int r = task_sleep(0.01);
    if (r < 0) return r;
  }
  for (size_t i = 0; i < MANY; i++) tasks[i] = task_start("asks", 0.3, ask, names[i]);
  for (size_t i = 0; i < MANY; i++) assert_int_equal(task_join(tasks[i]), i < THREADS ? -ETIMEDOUT : -EAGAIN);
  for (size_t i = 0; i < THREADS; i++) task_cancel(first[i]);
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(task_join(first[i]), -ECANCELED);
  return 0;
}

/* While all threads of probes hang: what people are told, and what needs no name, goes its way. */
static int the_others(void *argument) {
  in_port_t port = *(in_port_t *)argument;
  struct resolve_answer answer;
  assert_int_equal(resolve(RESOLVE_FOR_TELLING, "pager.test", false, 0, &answer), 0);
  assert_string_equal(answer.addresses[0], "127.0.0.1");
  strings_free(answer.addresses);
  char *const words[] = {text_format("address=127.0.0.1:%d", port), NULL};
  struct conf_check check;
  struct conf_errors errors;
  struct findings findings = {0};
  assert_int_equal(conf_probe("tcp", words, &check, &errors), 0);
  assert_int_equal(check.kind->probe(check.config, NULL, &findings), 0);
  for (size_t i = 0; i < findings.count; i++) fail_msg("%s", findings.items[i].summary);
  findings_free(&findings);
  conf_check_free(&check);
  free(words[0]);
  auto_response struct http_response response;
  auto_free char *url = text_format("http://[::ffff:127.0.0.1]:%d/", port);
  int r = http_fetch(&(struct http_request){.url = url, .timeout = 1}, &response);
  assert_int_equal(r, -ETIMEDOUT);
  assert_string_equal(response.layer, "wait"); /* it came past the name */
  auto_response struct http_response queued;
  r = http_fetch(&(struct http_request){.url = "http://other.test/", .timeout = 0.05}, &queued);
  assert_int_equal(r, -EAGAIN);
  assert_string_equal(queued.layer, "ejmon");
  return 0;
}

static int hangs_and_others(void *argument) {
  int r = crowd();
  return r < 0 ? r : the_others(argument);
}

static void names_that_hang_hold_up_neither_pages_nor_literals_and_the_queue_is_ours(void **state) {
  (void)state;
  in_port_t port;
  int fd = listen_on_loopback(&port);
  pthread_mutex_lock(&gate);
  assert_int_equal(task_run_to_end("main", 0, hangs_and_others, &port), 0);
  double before = loop_monotonic();
  assert_false(work_end()); /* nothing of it waits for a name server */
  assert_true(loop_monotonic() - before < 1);
  assert_null(work_left());
  pthread_mutex_unlock(&gate);
  while (!work_end()) usleep(1000);
  assert_false(literal_on_thread);
  resolve_end();
  http_end();
  close(fd);
}

static int asks_twice(void *unused) {
  (void)unused;
  size_t before = asked_until_now();
  struct task *tasks[8];
  for (size_t i = 0; i < countof(tasks); i++) tasks[i] = task_start("asks", 0, ask, (void *)(uintptr_t) "one.test");
  for (size_t i = 0; i < countof(tasks); i++) assert_int_equal(task_join(tasks[i]), 0);
  assert_int_equal(ask((void *)(uintptr_t) "ONE.test"), 0);
  assert_int_equal(asked_until_now() - before, 1);
  assert_int_equal(ask((void *)(uintptr_t) "nowhere.test"), -ENOENT);
  assert_int_equal(ask((void *)(uintptr_t) "nowhere.test"), -ENOENT); /* what fails is asked again */
  assert_int_equal(asked_until_now() - before, 3);
  return 0;
}

/* As many as may be in flight: none is turned away. */
static int asks_for_many(void *unused) {
  (void)unused;
  static char names[RESERVE_PROBES_LIMIT][32];
  struct task *tasks[RESERVE_PROBES_LIMIT];
  size_t refused = 0;
  for (size_t i = 0; i < countof(names); i++) {
    snprintf(names[i], sizeof names[i], "slow-%zu.test", i);
    tasks[i] = task_start("asks", 0, ask, names[i]);
  }
  for (size_t i = 0; i < countof(names); i++) refused += task_join(tasks[i]) != 0;
  assert_int_equal(refused, 0);
  return 0;
}

static void all_probes_in_flight_may_ask_for_a_name_each(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 60, asks_for_many, NULL), 0);
  assert_true(work_end());
  resolve_end();
}

static void a_name_is_looked_up_once_for_all_who_ask_and_kept(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 5, asks_twice, NULL), 0);
  assert_true(work_end());
  resolve_end();
}

static void literals_are_told_from_names(void **state) {
  (void)state;
  static const char *const literals[] = {"127.0.0.1", "::1", "[::1]", "fe80::1%eth0", "2001:db8::10.0.0.1"};
  static const char *const names[] = {"localhost", "127.0.0.1.test", "", "[", "::g", "1.2.3", "example.org"};
  for (size_t i = 0; i < countof(literals); i++) assert_true(resolve_is_literal(literals[i]));
  for (size_t i = 0; i < countof(names); i++) assert_false(resolve_is_literal(names[i]));
}

/* A probe that got its turn has not waited for it, as far as its times go. */
struct queue_case {
  in_port_t port;
  double total;
};

static int holds_a_place(void *argument) {
  auto_response struct http_response response;
  auto_free char *url = text_format("http://127.0.0.1:%d/", *(in_port_t *)argument);
  return http_fetch(&(struct http_request){.url = url, .timeout = 2}, &response);
}

static int waits_for_a_turn(void *argument) {
  struct queue_case *fact = argument;
  auto_response struct http_response response;
  auto_free char *url = text_format("http://127.0.0.1:%d/", fact->port);
  int r = http_fetch(&(struct http_request){.url = url, .timeout = 1}, &response);
  fact->total = response.times.total;
  assert_string_equal(response.layer, r == -EAGAIN ? "ejmon" : "wait");
  return r;
}

static int pages(void *argument) {
  auto_response struct http_response response;
  auto_free char *url = text_format("http://127.0.0.1:%d/", *(in_port_t *)argument);
  int r = http_fetch(&(struct http_request){.url = url, .timeout = 0.7, .lane = HTTP_FOR_TELLING}, &response);
  assert_string_equal(response.layer, "wait"); /* it was sent, whatever probes hold */
  return r;
}

static int crowds(void *argument) {
  struct queue_case *fact = argument;
  size_t places = reserve_probes() < HTTP_IN_FLIGHT_LIMIT ? reserve_probes() : HTTP_IN_FLIGHT_LIMIT;
  struct task **tasks = xcalloc(places, sizeof *tasks);
  for (size_t i = 0; i < places; i++) tasks[i] = task_start("holds", 0, holds_a_place, &fact->port);
  assert_int_equal(task_sleep(0.05), 0);
  assert_int_equal(task_join(task_start("page", 0, pages, &fact->port)), -ETIMEDOUT);
  assert_int_equal(task_join(task_start("late", 0.05, waits_for_a_turn, fact)), -EAGAIN);
  assert_int_equal(task_join(task_start("patient", 0, waits_for_a_turn, fact)), -ETIMEDOUT);
  assert_true(fact->total < 1.8); /* its own second, not the one that it waited for a place */
  for (size_t i = 0; i < places; i++) assert_int_equal(task_join(tasks[i]), -ETIMEDOUT);
  free(tasks);
  return 0;
}

static void a_full_house_of_probes_holds_no_page_and_its_queue_is_not_the_targets(void **state) {
  (void)state;
  struct queue_case fact = {0};
  int fd = listen_on_loopback(&fact.port);
  struct rlimit before, low;
  assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
  low = before;
  low.rlim_cur = RESERVE_DESCRIPTORS + 3 * RESERVE_PER_PROBE;
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
  assert_int_equal(task_run_to_end("main", 0, crowds, &fact), 0);
  assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
  http_end();
  close(fd);
}

static int finish(void **state) {
  (void)state;
  redact_forget_all();
  loop_free();
  return 0;
}

int main(void) {
  loop_thread = pthread_self();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(literals_are_told_from_names),
      cmocka_unit_test(a_full_house_of_probes_holds_no_page_and_its_queue_is_not_the_targets),
      cmocka_unit_test(all_probes_in_flight_may_ask_for_a_name_each),
      cmocka_unit_test(a_name_is_looked_up_once_for_all_who_ask_and_kept),
      cmocka_unit_test(names_that_hang_hold_up_neither_pages_nor_literals_and_the_queue_is_ours),
  };
  return cmocka_run_group_tests(tests, NULL, finish);
}
