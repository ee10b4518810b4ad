/* Requests across origins: the oracle against verdicts that Chromium gave, and what it plans to send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/browser/cors.h"

#define HEADER(name, value) \
  { (char *)(uintptr_t)(name), (char *)(uintptr_t)(value) }
#define ORIGIN(value) HEADER("Access-Control-Allow-Origin", value)
#define CREDENTIALS(value) HEADER("Access-Control-Allow-Credentials", value)
#define LIST(value) HEADER("Access-Control-Allow-Headers", value)
#define METHODS(value) HEADER("Access-Control-Allow-Methods", value)
#define CHAT "http://chat.test"
#define GOOD ORIGIN(CHAT), CREDENTIALS("true")
#define HEADER_MAX 5

static struct cors_answer answer_of(int status, const struct http_header *headers) {
  struct cors_answer answer = {.status = status, .headers = headers};
  while (answer.header_count < HEADER_MAX && headers[answer.header_count].name) answer.header_count++;
  return answer;
}

/* --- one answer -------------------------------------------------------------------------------------------------------------------------
 */

/* Each row was seen in Chromium 156. */
static const struct {
  struct http_header headers[HEADER_MAX];
  enum cors_reason reason;
} answers[] = {
    {{GOOD}, CORS_ALLOWED},
    {{HEADER("access-control-allow-origin", CHAT), HEADER("ACCESS-CONTROL-ALLOW-CREDENTIALS", "true")}, CORS_ALLOWED},
    {{{0}}, CORS_ORIGIN_MISSING},
    {{CREDENTIALS("true")}, CORS_ORIGIN_MISSING},
    {{ORIGIN(""), CREDENTIALS("true")}, CORS_ORIGIN_MISSING},
    {{ORIGIN("*"), CREDENTIALS("true")}, CORS_ORIGIN_STAR},
    {{ORIGIN(CHAT), GOOD}, CORS_ORIGIN_SEVERAL},
    {{ORIGIN(""), GOOD}, CORS_ORIGIN_SEVERAL},
    {{ORIGIN(CHAT ", " CHAT), CREDENTIALS("true")}, CORS_ORIGIN_SEVERAL},
    {{ORIGIN(CHAT " " CHAT), CREDENTIALS("true")}, CORS_ORIGIN_SEVERAL},
    {{ORIGIN("*, " CHAT), CREDENTIALS("true")}, CORS_ORIGIN_SEVERAL},
    {{ORIGIN(CHAT "/"), CREDENTIALS("true")}, CORS_ORIGIN_WRITTEN},
    {{ORIGIN(CHAT "/home"), CREDENTIALS("true")}, CORS_ORIGIN_WRITTEN},
    {{ORIGIN(CHAT ":80"), CREDENTIALS("true")}, CORS_ORIGIN_WRITTEN},
    {{ORIGIN("http://CHAT.test"), CREDENTIALS("true")}, CORS_ORIGIN_WRITTEN},
    {{ORIGIN("null"), CREDENTIALS("true")}, CORS_ORIGIN_OTHER},
    {{ORIGIN("chat.test"), CREDENTIALS("true")}, CORS_ORIGIN_OTHER},
    {{ORIGIN("https://chat.test"), CREDENTIALS("true")}, CORS_ORIGIN_OTHER},
    {{ORIGIN(CHAT ":3000"), CREDENTIALS("true")}, CORS_ORIGIN_OTHER},
    {{ORIGIN(CHAT)}, CORS_CREDENTIALS_MISSING},
    {{ORIGIN(CHAT), CREDENTIALS("True")}, CORS_CREDENTIALS_OTHER},
    {{ORIGIN(CHAT), CREDENTIALS("")}, CORS_CREDENTIALS_OTHER},
    {{ORIGIN(CHAT), CREDENTIALS("true, true")}, CORS_CREDENTIALS_OTHER},
    {{ORIGIN(CHAT), CREDENTIALS("true"), CREDENTIALS("true")}, CORS_CREDENTIALS_OTHER},
};

static void an_answer_needs_the_exact_origin_once_and_credentials_true(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(answers); i++) {
    for (int status = 200; status <= 401; status += 201) { /* on errors, too */
      struct cors_hop hop = {.url = "http://ej.test/api", .answer = answer_of(status, answers[i].headers)};
      struct cors_verdict verdict = cors_judge(&(struct cors_case){.origin = CHAT, .method = "POST", .hops = &hop, .hop_count = 1});
      if (verdict.reason != answers[i].reason) print_error("row %zu: %s\n", i, cors_reason_names[verdict.reason]);
      assert_int_equal(verdict.reason, answers[i].reason);
      assert_int_equal(verdict.seen, answers[i].reason == CORS_ALLOWED);
    }
  }
}

static void the_deciding_header_is_named(void **state) {
  (void)state;
  const struct http_header headers[] = {HEADER("X", "y"), ORIGIN(CHAT), CREDENTIALS("True")};
  struct cors_hop hop = {.url = "http://ej.test/api", .answer = {200, headers, 3}};
  struct cors_verdict verdict = cors_judge(&(struct cors_case){.origin = CHAT, .hops = &hop, .hop_count = 1});
  assert_int_equal(verdict.header, 2);
  assert_true(csp_equal(verdict.value, "True"));
  hop.answer.header_count = 1;
  verdict = cors_judge(&(struct cors_case){.origin = CHAT, .hops = &hop, .hop_count = 1});
  assert_int_equal(verdict.header, CORS_NOWHERE);
  assert_int_equal(verdict.value.length, 0);
}

static void within_one_origin_nothing_is_needed(void **state) {
  (void)state;
  struct cors_hop hop = {.url = "http://chat.test:80/api", .answer = {.status = 500}};
  struct cors_case request = {.origin = "HTTP://Chat.Test/home", .method = "PUT", .json = true, .hops = &hop, .hop_count = 1};
  assert_int_equal(cors_judge(&request).reason, CORS_SAME_ORIGIN);
  assert_false(cors_request_at(&request, 0).preflight);
  hop.url = "http://chat.test:3000/api"; /* the port makes another origin, though the same site */
  assert_int_equal(cors_judge(&request).reason, CORS_PREFLIGHT_UNKNOWN);
}

static void a_request_that_is_none_is_refused(void **state) {
  (void)state;
  static const struct http_header good[] = {ORIGIN("https://chat.test"), CREDENTIALS("true")};
  struct cors_hop hop = {.url = "http://ej.test/api", .answer = {200, good, 2}};
  struct cors_case request = {.origin = "https://chat.test", .hops = &hop, .hop_count = 1};
  assert_int_equal(cors_judge(&request).reason, CORS_MIXED_CONTENT);
  hop.url = "http://localhost:8000/api";
  assert_int_equal(cors_judge(&request).reason, CORS_ALLOWED);
  hop.url = "ftp://ej.test/";
  assert_int_equal(cors_judge(&request).reason, CORS_NO_ORIGIN);
  request.origin = "chat.test";
  assert_int_equal(cors_judge(&request).reason, CORS_NO_ORIGIN);
  static const char *const forbidden[] = {"", "P T", "trace", "CONNECT", "Track", "GET\n"};
  for (size_t i = 0; i < countof(forbidden); i++) {
    request.method = forbidden[i];
    assert_int_equal(cors_judge(&request).reason, CORS_METHOD_FORBIDDEN);
  }
}

/* --- preflights -------------------------------------------------------------------------------------------------------------------------
 */

static const struct {
  const char *method;
  int status;
  struct http_header headers[HEADER_MAX];
  enum cors_reason reason;
} preflights[] = {
    {"POST", 204, {GOOD, LIST("content-type")}, CORS_ALLOWED},
    {"POST", 299, {GOOD, LIST("x-a, Content-Type")}, CORS_ALLOWED},
    {"POST", 200, {GOOD, LIST("x-a"), LIST("content-type")}, CORS_ALLOWED},
    {"POST", 200, {GOOD, LIST("a,,content-type,"), METHODS("GET")}, CORS_ALLOWED}, /* POST need not be listed */
    {"POST", 401, {GOOD}, CORS_PREFLIGHT_STATUS},                                  /* EJ itself */
    {"POST", 401, {GOOD, LIST("content-type")}, CORS_PREFLIGHT_STATUS},
    {"POST", 401, {{0}}, CORS_ORIGIN_MISSING},
    {"POST", 302, {GOOD, LIST("content-type"), HEADER("Location", "/x/")}, CORS_PREFLIGHT_REDIRECT},
    {"POST", 302, {GOOD, LIST("content-type")}, CORS_PREFLIGHT_STATUS},
    {"POST", 200, {GOOD}, CORS_PREFLIGHT_HEADER},
    {"POST", 200, {GOOD, LIST("x-a")}, CORS_PREFLIGHT_HEADER},
    {"POST", 200, {GOOD, LIST("")}, CORS_PREFLIGHT_HEADER},
    {"POST", 200, {GOOD, LIST("*")}, CORS_PREFLIGHT_STAR},
    {"POST", 200, {GOOD, LIST("*, content-type")}, CORS_ALLOWED},
    {"POST", 200, {GOOD, LIST("content type")}, CORS_PREFLIGHT_UNREADABLE},
    {"POST", 200, {GOOD, LIST("content-type;")}, CORS_PREFLIGHT_UNREADABLE},
    {"POST", 200, {GOOD, LIST("content-type"), METHODS("P OST")}, CORS_PREFLIGHT_UNREADABLE},
    {"POST", 200, {ORIGIN("*"), LIST("content-type")}, CORS_ORIGIN_STAR},
    {"POST", 200, {ORIGIN(CHAT), LIST("content-type")}, CORS_CREDENTIALS_MISSING},
    {"put", 200, {GOOD, LIST("content-type"), METHODS("PUT")}, CORS_ALLOWED},
    {"PUT", 200, {GOOD, LIST("content-type"), METHODS("put")}, CORS_PREFLIGHT_METHOD},
    {"PUT", 200, {GOOD, LIST("content-type"), METHODS("*")}, CORS_PREFLIGHT_METHOD},
    {"PUT", 200, {GOOD, LIST("content-type")}, CORS_PREFLIGHT_METHOD},
    {"patch", 200, {GOOD, LIST("content-type"), METHODS("PATCH")}, CORS_PREFLIGHT_METHOD}, /* "patch" stays as it is */
    {"patch", 200, {GOOD, LIST("content-type"), METHODS("patch")}, CORS_ALLOWED},
};

static void a_preflight_must_be_2xx_and_list_content_type(void **state) {
  (void)state;
  static const struct http_header good[] = {GOOD};
  for (size_t i = 0; i < countof(preflights); i++) {
    struct cors_answer preflight = answer_of(preflights[i].status, preflights[i].headers);
    struct cors_hop hop = {.url = "http://ej.test/api", .answer = {200, good, 2}, .preflight = &preflight};
    struct cors_verdict verdict =
        cors_judge(&(struct cors_case){.origin = CHAT, .method = preflights[i].method, .json = true, .hops = &hop, .hop_count = 1});
    if (verdict.reason != preflights[i].reason) print_error("row %zu: %s\n", i, cors_reason_names[verdict.reason]);
    assert_int_equal(verdict.reason, preflights[i].reason);
    assert_int_equal(verdict.preflight, verdict.reason != CORS_ALLOWED);
  }
}

static void only_plain_requests_go_without_a_preflight(void **state) {
  (void)state;
  static const struct {
    const char *method;
    bool json, preflight;
  } rows[] = {{"POST", false, false}, {"post", false, false}, {"GET", false, false}, {"HEAD", false, false}, {NULL, false, false},
              {"POST", true, true},   {"GET", true, true},    {"PUT", false, true},  {"patch", false, true}, {"OPTIONS", false, true}};
  struct cors_hop hop = {.url = "http://ej.test/api"};
  for (size_t i = 0; i < countof(rows); i++) {
    struct cors_case request = {.origin = CHAT, .method = rows[i].method, .json = rows[i].json, .hops = &hop, .hop_count = 1};
    assert_int_equal(cors_request_at(&request, 0).preflight, rows[i].preflight);
  }
}

/* --- redirects --------------------------------------------------------------------------------------------------------------------------
 */

static const struct http_header named[] = {GOOD}, null[] = {ORIGIN("null"), CREDENTIALS("true")};

static enum cors_reason judge_chain(int status, const char *second, const struct http_header *headers) {
  struct cors_hop hops[] = {{.url = "http://ej.test/api", .answer = {status, named, 2}}, {.url = second, .answer = {200, headers, 2}}};
  return cors_judge(&(struct cors_case){.origin = CHAT, .method = "POST", .hops = hops, .hop_count = 2}).reason;
}

static void a_redirect_across_origins_makes_the_origin_null(void **state) {
  (void)state;
  struct http_header redirect[] = {GOOD, HEADER("Location", "x")};
  struct cors_hop hops[] = {{.url = "http://ej.test/api", .answer = {302, redirect, 3}},
                            {.url = "https://ej.test/api", .answer = {200, named, 2}}};
  struct cors_case request = {.origin = CHAT, .method = "POST", .hops = hops, .hop_count = 2};
  assert_int_equal(cors_judge(&request).reason, CORS_ORIGIN_TAINTED);
  auto_free char *wanted = cors_wanted_origin(&request, 1);
  assert_string_equal(wanted, "null");
  hops[1].answer.headers = null;
  assert_int_equal(cors_judge(&request).reason, CORS_ALLOWED);
  hops[1].url = "http://chat.test/home"; /* the way home counts, too */
  hops[1].answer.headers = named;
  assert_int_equal(cors_judge(&request).reason, CORS_ORIGIN_TAINTED);
  hops[1].url = "http://ej.test/api/"; /* the same origin as before: nothing is tainted */
  assert_int_equal(cors_judge(&request).reason, CORS_ALLOWED);
  hops[1].url = "http://ej.test:80/api/";
  assert_int_equal(cors_judge(&request).reason, CORS_ALLOWED);
  assert_int_equal(judge_chain(200, "http://other.test/", null), CORS_ALLOWED); /* no redirect: the first answer is the last */
}

static void post_turns_to_get_after_301_302_and_303(void **state) {
  (void)state;
  static const struct {
    const char *method;
    int status;
    const char *then;
    bool json;
  } rows[] = {{"POST", 301, "GET", false}, {"POST", 302, "GET", false}, {"POST", 303, "GET", false},
              {"POST", 307, "POST", true}, {"POST", 308, "POST", true}, {"PUT", 302, "PUT", true},
              {"PUT", 303, "GET", false},  {"HEAD", 303, "HEAD", true}, {"GET", 302, "GET", true}};
  for (size_t i = 0; i < countof(rows); i++) {
    struct cors_hop hops[] = {{.url = "http://ej.test/a", .answer = {.status = rows[i].status}}, {.url = "http://ej.test/b"}};
    struct cors_case request = {.origin = CHAT, .method = rows[i].method, .json = true, .hops = hops, .hop_count = 2};
    struct cors_request next = cors_request_at(&request, 1);
    assert_string_equal(next.method, rows[i].then);
    assert_int_equal(next.json, rows[i].json);
    assert_int_equal(next.preflight, rows[i].json);
  }
}

static void a_redirect_without_cors_headers_is_refused_there(void **state) {
  (void)state;
  struct http_header location[] = {HEADER("Location", "/api/")};
  struct cors_hop hops[] = {{.url = "http://ej.test/api", .answer = {301, location, 1}},
                            {.url = "http://ej.test/api/", .answer = {401, named, 2}}};
  struct cors_case request = {.origin = CHAT, .method = "POST", .hops = hops, .hop_count = 2};
  struct cors_verdict verdict = cors_judge(&request);
  assert_int_equal(verdict.reason, CORS_ORIGIN_MISSING);
  assert_int_equal(verdict.hop, 0);
}

static void a_redirect_that_leads_nowhere_is_told(void **state) {
  (void)state;
  static const struct {
    const char *location;
    enum cors_reason reason;
  } rows[] = {{"ftp://x.test/", CORS_REDIRECT_TARGET},       {"http://", CORS_REDIRECT_TARGET},
              {"http://u:p@ej.test/", CORS_REDIRECT_TARGET}, {"data:,x", CORS_REDIRECT_TARGET},
              {"http://ej.test/b", CORS_REDIRECT_ENDLESS},   {"", CORS_ALLOWED}};
  for (size_t i = 0; i < countof(rows); i++) {
    struct http_header headers[] = {GOOD, HEADER("Location", rows[i].location)};
    struct cors_hop hop = {.url = "http://ej.test/api", .answer = {302, headers, 3}};
    assert_int_equal(cors_judge(&(struct cors_case){.origin = CHAT, .hops = &hop, .hop_count = 1}).reason, rows[i].reason);
  }
}

static void every_reason_has_a_name(void **state) {
  (void)state;
  for (size_t i = 0; i < CORS_REASON_COUNT; i++) assert_non_null(cors_reason_names[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_answer_needs_the_exact_origin_once_and_credentials_true),
      cmocka_unit_test(the_deciding_header_is_named),
      cmocka_unit_test(within_one_origin_nothing_is_needed),
      cmocka_unit_test(a_request_that_is_none_is_refused),
      cmocka_unit_test(a_preflight_must_be_2xx_and_list_content_type),
      cmocka_unit_test(only_plain_requests_go_without_a_preflight),
      cmocka_unit_test(a_redirect_across_origins_makes_the_origin_null),
      cmocka_unit_test(post_turns_to_get_after_301_302_and_303),
      cmocka_unit_test(a_redirect_without_cors_headers_is_refused_there),
      cmocka_unit_test(a_redirect_that_leads_nowhere_is_told),
      cmocka_unit_test(every_reason_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
