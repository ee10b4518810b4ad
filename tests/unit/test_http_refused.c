/* A request that libcurl does not take: it fails at once, and the next one is none the worse for it. */
#include <curl/curl.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

static bool refuses;

static CURLMcode add_handle(CURLM *multi_handle, CURL *easy) {
  return refuses ? CURLM_OUT_OF_MEMORY : curl_multi_add_handle(multi_handle, easy);
}

/* The same code, under other names. */
#define http_fetch refused_fetch
#define http_library refused_library
#define http_end refused_end
#define curl_multi_add_handle add_handle
#include "monitor/base/http.c"

static int fetches(void *unused) {
  (void)unused;
  const struct http_request request = {.url = "http://127.0.0.1:1/"};
  refuses = true;
  for (int i = 0; i < 2 * HTTP_IN_FLIGHT_LIMIT; i++) { /* each gives its place back */
    auto_response struct http_response response;
    assert_int_equal(http_fetch(&request, &response), -EAGAIN);
    assert_string_equal(response.layer, "ejmon");
    assert_non_null(strstr(response.error, "127.0.0.1:1: Out of memory"));
  }
  refuses = false;
  auto_response struct http_response response;
  assert_int_equal(http_fetch(&request, &response), -ECONNREFUSED);
  assert_string_equal(response.layer, "connect");
  return 0;
}

static void a_request_that_libcurl_does_not_take_fails_at_once(void **state) {
  (void)state;
  assert_int_equal(task_run_to_end("main", 20, fetches, NULL), 0);
  http_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_request_that_libcurl_does_not_take_fails_at_once)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
