/* The address that a response names is that of its own request, never the one that libcurl's reused handle was connected to before. */
#include <errno.h>
#include <locale.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "monitor/base/http.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

static int listen_at(in_addr_t where, in_port_t *ret_port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(where)};
  socklen_t size = sizeof address;
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  assert_int_equal(listen(fd, 8), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
  *ret_port = ntohs(address.sin_port);
  return fd;
}

/* Answers two requests of one connection, then closes it. */
static void *serve(void *listener) {
  static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
  int fd = accept(*(int *)listener, NULL, NULL);
  char buffer[4096];
  for (int i = 0; i < 2 && recv(fd, buffer, sizeof buffer, 0) > 0; i++) {
    if (send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) break;
  }
  close(fd);
  return NULL;
}

struct peers {
  in_port_t answers, silent, closed;
};

/* One after the other: all of them take the same handle. */
static int visit(const char *host, in_port_t port, struct http_response *ret_response) {
  auto_free char *url = text_format("http://%s:%d/", host, port);
  return http_fetch(&(struct http_request){.url = url, .timeout = 1}, ret_response);
}

static int visits(void *argument) {
  const struct peers *peers = argument;
  auto_response struct http_response first, again, refused, silent, unknown;
  assert_int_equal(visit("127.0.0.1", peers->answers, &first), 0);
  assert_string_equal(first.address, "127.0.0.1");
  assert_false(first.kept);
  assert_int_equal(visit("127.0.0.2", peers->closed, &refused), -ECONNREFUSED);
  assert_string_equal(refused.address, "127.0.0.2");
  assert_string_equal(refused.layer, "connect");
  assert_int_equal(visit("127.0.0.1", peers->answers, &again), 0);
  assert_string_equal(again.address, "127.0.0.1");
  assert_true(again.kept);
  assert_int_equal(visit("127.0.0.3", peers->silent, &silent), -ETIMEDOUT);
  assert_string_equal(silent.layer, "wait");
  assert_non_null(strstr(silent.error, "127.0.0.3 took the connection"));
  assert_int_equal(visit("no.localhost", peers->closed, &unknown), -ECONNREFUSED); /* libcurl's own name */
  assert_true(text_equal(unknown.address, "127.0.0.1") || text_equal(unknown.address, "::1"));
  auto_response struct http_response nowhere;
  assert_int_equal(visit("no-such-name.invalid", peers->closed, &nowhere), -ENOENT);
  assert_null(nowhere.address);
  assert_false(nowhere.kept);
  assert_string_equal(nowhere.layer, "resolve");
  auto_response struct http_response international;
  assert_int_equal(visit("nicht-d\xc3\xa4.invalid", peers->closed, &international), -ENOENT);
  assert_null(international.address);
  assert_string_equal(international.layer, "resolve");
  return 0;
}

static void a_response_names_its_own_peer(void **state) {
  (void)state;
  setlocale(LC_CTYPE, "C.UTF-8");
  struct peers peers;
  pthread_t server;
  int answers = listen_at(INADDR_LOOPBACK, &peers.answers), silent = listen_at(INADDR_LOOPBACK + 2, &peers.silent);
  close(listen_at(INADDR_LOOPBACK + 1, &peers.closed));
  assert_int_equal(pthread_create(&server, NULL, serve, &answers), 0);
  assert_int_equal(task_run_to_end("main", 20, visits, &peers), 0);
  pthread_join(server, NULL);
  close(answers);
  close(silent);
  work_end();
  http_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_response_names_its_own_peer)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
