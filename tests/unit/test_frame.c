/* Framing: the oracle against verdicts that Chromium gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/browser/frame_ancestors.h"

#define CSP(value) \
  { (char *)(uintptr_t) "Content-Security-Policy", (char *)(uintptr_t)(value) }
#define XFO(value) \
  { (char *)(uintptr_t) "X-Frame-Options", (char *)(uintptr_t)(value) }
#define HEADER(name, value) \
  { (char *)(uintptr_t)(name), (char *)(uintptr_t)(value) }

#define HTTP "http://ej.test/"
#define HTTPS "https://ej.test/"
#define CHAT "http://chat.test"
#define CHATS "https://chat.test"

/* --- the oracle --------------------------------------------------------------------------------------------------------------------- */

struct truth {
  const char *page, *ancestors[3];
  struct http_header headers[4];
  enum frame_reason reason;
};

/* Each row was seen in Chromium 156; whether it is allowed follows from the reason. */
static const struct truth truths[] = {
    {HTTP, {CHAT}, {{0}}, FRAME_UNRESTRICTED},
    /* ports */
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test")}, FRAME_LISTED},
    {HTTP, {CHAT ":3000"}, {CSP("frame-ancestors chat.test")}, FRAME_OTHER_PORT},
    {HTTP, {CHAT ":3000"}, {CSP("frame-ancestors chat.test:3000")}, FRAME_LISTED},
    {HTTP, {CHAT ":3000"}, {CSP("frame-ancestors localhost localhost:3000")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT ":3000"}, {CSP("frame-ancestors chat.test:*")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test:080")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test:65616")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test:")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT ":3000"}, {CSP("frame-ancestors *:3000")}, FRAME_LISTED},
    /* schemes */
    {HTTPS, {CHATS}, {CSP("frame-ancestors chat.test")}, FRAME_LISTED},
    {HTTPS, {CHAT}, {CSP("frame-ancestors chat.test")}, FRAME_OTHER_SCHEME},
    {HTTPS, {CHAT}, {CSP("frame-ancestors http://chat.test")}, FRAME_LISTED},
    {HTTPS, {CHATS}, {CSP("frame-ancestors http://chat.test")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors https://chat.test")}, FRAME_OTHER_SCHEME},
    {HTTPS, {CHATS}, {CSP("frame-ancestors http://chat.test:80")}, FRAME_LISTED},
    {HTTPS, {CHATS}, {CSP("frame-ancestors https://chat.test:80")}, FRAME_OTHER_PORT},
    {HTTPS, {CHATS ":3000"}, {CSP("frame-ancestors http://chat.test:3000")}, FRAME_OTHER_SCHEME}, /* CSP3 would allow it */
    {HTTPS, {CHATS}, {CSP("frame-ancestors http:")}, FRAME_LISTED},
    {HTTPS, {CHAT}, {CSP("frame-ancestors https:")}, FRAME_NOT_LISTED},
    {HTTPS, {CHATS}, {CSP("frame-ancestors ws:")}, FRAME_NOT_LISTED},
    /* hosts */
    {HTTP, {"http://sub.chat.test"}, {CSP("frame-ancestors *.chat.test")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors *.chat.test")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP("FRAME-ancestors CHAT.Test")}, FRAME_LISTED},
    {HTTP, {"http://a_b.test"}, {CSP("frame-ancestors a_b.test")}, FRAME_NOT_LISTED},
    {HTTP, {"http://chat.test."}, {CSP("frame-ancestors chat.test.")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test.")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat..test")}, FRAME_NOT_LISTED},
    {HTTP, {"http://[::1]"}, {CSP("frame-ancestors [::1]")}, FRAME_NOT_LISTED},
    {HTTP, {"http://192.168.1.5:3000"}, {CSP("frame-ancestors 192.168.1.5:3000")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors *")}, FRAME_LISTED},
    /* paths */
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test/")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test/?x")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test/home")}, FRAME_PATH},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test//")}, FRAME_PATH},
    /* keywords and lists */
    {HTTP, {CHAT}, {CSP("frame-ancestors")}, FRAME_NONE},
    {HTTP, {CHAT}, {CSP("frame-ancestors 'NONE'")}, FRAME_NONE},
    {HTTP, {CHAT}, {CSP("frame-ancestors 'none' chat.test")}, FRAME_LISTED},
    {HTTP, {"http://ej.test"}, {CSP("frame-ancestors 'self'")}, FRAME_LISTED},
    {HTTP, {"http://ej.test"}, {CSP("frame-ancestors self")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors 'chat.test'")}, FRAME_NOT_LISTED},
    /* policies and headers */
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test; frame-ancestors 'none'")}, FRAME_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test, frame-ancestors 'none'")}, FRAME_NONE},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test"), CSP("frame-ancestors top.test")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP(""), CSP(", ,frame-ancestors chat.test")}, FRAME_LISTED},
    {HTTP, {CHAT}, {HEADER("Content-Security-Policy-Report-Only", "frame-ancestors 'none'")}, FRAME_UNRESTRICTED},
    {HTTP, {CHAT}, {CSP("frame-ancestorschat.test")}, FRAME_UNRESTRICTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors \"a, frame-ancestors 'none'\"")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT}, {CSP("frame-ancestors caf\xe9.test; frame-ancestors 'none'"), XFO("DENY")}, FRAME_XFO_DENY},
    {HTTP, {CHAT}, {CSP("frame-ancestors chat.test\vx")}, FRAME_UNRESTRICTED},
    /* X-Frame-Options */
    {HTTP, {CHAT}, {XFO("DENY")}, FRAME_XFO_DENY},
    {HTTP, {CHAT}, {XFO("DENY"), CSP("frame-ancestors chat.test")}, FRAME_LISTED},
    {HTTP, {CHAT}, {XFO("DENY"), CSP("default-src *")}, FRAME_XFO_DENY},
    {HTTP, {CHAT}, {XFO("SAMEORIGIN")}, FRAME_XFO_SAMEORIGIN},
    {HTTP, {"http://ej.test"}, {XFO("sameorigin")}, FRAME_XFO_SAME},
    {HTTPS, {"http://ej.test"}, {XFO("SAMEORIGIN")}, FRAME_XFO_SAMEORIGIN},
    {HTTP, {CHAT}, {XFO("ALLOW-FROM http://other.test")}, FRAME_XFO_IGNORED},
    {HTTP, {CHAT}, {XFO("ALLOWALL")}, FRAME_XFO_ALLOWALL},
    {HTTP, {CHAT}, {XFO("DENY, DENY")}, FRAME_XFO_DENY},
    {HTTP, {CHAT}, {XFO("SAMEORIGIN"), XFO("DENY")}, FRAME_XFO_CONFLICT},
    {HTTP, {"http://ej.test"}, {XFO("allow-from " CHAT ", SAMEORIGIN")}, FRAME_XFO_CONFLICT},
    {HTTP, {CHAT}, {XFO("foo, bar")}, FRAME_XFO_IGNORED},
    {HTTP, {CHAT}, {XFO("\"DENY, SAMEORIGIN")}, FRAME_XFO_IGNORED},
    {HTTP, {CHAT}, {XFO("DENY; x")}, FRAME_XFO_IGNORED},
    /* mixed content */
    {HTTP, {CHATS}, {CSP("frame-ancestors *")}, FRAME_MIXED_CONTENT},
    {"http://127.0.0.1:8000/", {CHATS}, {CSP("frame-ancestors chat.test")}, FRAME_LISTED},
    {"http://ej.localhost/", {CHATS}, {{0}}, FRAME_UNRESTRICTED},
    {"http://localhost./", {CHATS}, {{0}}, FRAME_UNRESTRICTED},
    {"http://128.0.0.1/", {CHATS}, {{0}}, FRAME_MIXED_CONTENT},
    /* nested */
    {HTTP, {CHAT, "http://top.test"}, {CSP("frame-ancestors chat.test")}, FRAME_NOT_LISTED},
    {HTTP, {CHAT, "http://top.test"}, {CSP("frame-ancestors chat.test top.test")}, FRAME_LISTED},
    {HTTP, {"http://ej.test", CHAT}, {XFO("SAMEORIGIN")}, FRAME_XFO_SAMEORIGIN},
    {HTTPS, {CHAT, CHATS}, {{0}}, FRAME_MIXED_ANCESTOR},
};

static size_t count_headers(const struct http_header *headers, size_t limit) {
  size_t count = 0;
  while (count < limit && headers[count].name) count++;
  return count;
}

static size_t count_ancestors(const char *const *ancestors, size_t limit) {
  size_t count = 0;
  while (count < limit && ancestors[count]) count++;
  return count;
}

static bool reason_allows(enum frame_reason reason) {
  return reason <= FRAME_XFO_SAME;
}

static void the_oracle_says_what_chromium_does(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(truths); i++) {
    const struct truth *truth = &truths[i];
    struct frame_hop hop = {truth->page, truth->headers, count_headers(truth->headers, countof(truth->headers))};
    struct frame_verdict verdict = frame_judge(&(struct frame_case){
        .hops = &hop, .hop_count = 1, .ancestors = truth->ancestors, .ancestor_count = count_ancestors(truth->ancestors, 3)});
    if (verdict.reason != truth->reason || verdict.allowed != reason_allows(truth->reason)) {
      fail_msg("row %zu (%s): %s, not %s", i, truth->headers[0].value ? truth->headers[0].value : "", frame_reason_names[verdict.reason],
               frame_reason_names[truth->reason]);
    }
  }
}

static void every_reason_has_a_name_and_a_row(void **state) {
  (void)state;
  for (int reason = 0; reason < FRAME_REASON_COUNT; reason++) {
    bool seen = reason == FRAME_NO_ORIGIN; /* no browser is at an address that is none */
    for (size_t i = 0; i < countof(truths); i++) seen = seen || (int)truths[i].reason == reason;
    assert_non_null(frame_reason_names[reason]);
    assert_true(seen);
  }
}

static struct frame_verdict judge_hops(const struct frame_hop *hops, size_t count, const char *ancestor) {
  return frame_judge(&(struct frame_case){.hops = hops, .hop_count = count, .ancestors = &ancestor, .ancestor_count = 1});
}

static void only_the_last_page_counts_but_every_hop_may_be_mixed(void **state) {
  (void)state;
  struct http_header deny[] = {XFO("DENY")}, path[] = {CSP("frame-ancestors chat.test/home")};
  struct frame_hop hops[] = {{HTTPS, deny, 1}, {HTTP, NULL, 0}, {HTTPS, path, 1}};
  assert_int_equal(judge_hops(hops, 3, CHATS).reason, FRAME_MIXED_CONTENT);
  assert_int_equal(judge_hops(hops, 3, CHATS).hop, 1);
  assert_int_equal(judge_hops(hops, 2, CHAT).reason, FRAME_UNRESTRICTED);
  hops[1].url = HTTPS;
  assert_int_equal(judge_hops(hops, 3, CHATS).reason, FRAME_LISTED); /* after a redirect a source's path does not count */
}

static void the_verdict_names_the_deciding_policy_and_the_nearest_source(void **state) {
  (void)state;
  struct http_header headers[] = {CSP("frame-ancestors chat.test:3000"), HEADER("Server", "x"),
                                  CSP("img-src *, default-src x; frame-ancestors top.test chat.test:99")};
  struct frame_hop hop = {HTTP, headers, 3};
  struct frame_verdict verdict = judge_hops(&hop, 1, CHAT ":3000");
  assert_false(verdict.allowed);
  assert_int_equal(verdict.header, 2);
  assert_int_equal(verdict.policy_count, 2);
  assert_int_equal(verdict.refusing_count, 1);
  assert_true(csp_equal(verdict.source, "chat.test:99"));
  assert_true(csp_equal(verdict.list, "top.test chat.test:99"));
}

static void an_embedder_that_is_no_origin_is_refused_by_every_list(void **state) {
  (void)state;
  struct http_header headers[] = {CSP("frame-ancestors *")};
  struct frame_hop hop = {HTTP, headers, 1};
  assert_int_equal(judge_hops(&hop, 1, "null").reason, FRAME_NO_ORIGIN);
  hop.url = "file:///etc";
  assert_int_equal(judge_hops(&hop, 1, CHAT).reason, FRAME_NO_ORIGIN);
}

static void origins_are_read_strictly(void **state) {
  (void)state;
  static const char *const bad[] = {"",           "http",           "http:",      "http:/x", "http://", "https://:80",
                                    "http://h:x", "http://h:65536", "http://a b", "ws://h",  "null",    "http://h:1:2"};
  struct csp_origin origin;
  for (size_t i = 0; i < countof(bad); i++) assert_false(csp_origin_parse(csp_span(bad[i]), &origin));
  assert_true(csp_origin_parse(csp_span("HTTPS://user:pw@[::1]:8443/path?x"), &origin));
  assert_true(origin.secure && origin.port == 8443 && csp_equal(origin.host, "[::1]"));
  assert_true(csp_origin_parse(csp_span("http://h:?x"), &origin));
  assert_int_equal(origin.port, 80);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_oracle_says_what_chromium_does),
      cmocka_unit_test(every_reason_has_a_name_and_a_row),
      cmocka_unit_test(only_the_last_page_counts_but_every_hop_may_be_mixed),
      cmocka_unit_test(the_verdict_names_the_deciding_policy_and_the_nearest_source),
      cmocka_unit_test(an_embedder_that_is_no_origin_is_refused_by_every_list),
      cmocka_unit_test(origins_are_read_strictly),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
