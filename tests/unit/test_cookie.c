/* Cookies and sites: the oracles against verdicts that Chromium gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/browser/cookie.h"
#include "checks/browser/site.h"
#include "monitor/base/text.h"

#define NOW ((time_t)1700000000) /* November 2023 */

/* --- sites ------------------------------------------------------------------------------------------------------------------------------
 */

static void a_site_is_the_registrable_domain(void **state) {
  (void)state;
  static const struct {
    const char *url, *site;
  } rows[] = {
      {"https://chat.example.org:3000/x", "https://example.org"},
      {"http://CHAT.Example.ORG", "http://example.org"},
      {"https://a.b.example.co.uk", "https://example.co.uk"},
      {"https://co.uk", "https://co.uk"},
      {"https://ej.github.io", "https://ej.github.io"},           /* a private suffix */
      {"https://x.city.kawasaki.jp", "https://city.kawasaki.jp"}, /* an exception of the list */
      {"https://a.x.kawasaki.jp", "https://a.x.kawasaki.jp"},
      {"https://a.ej.test", "https://ej.test"}, /* an unknown suffix counts as one */
      {"https://ej.test.", "https://ej.test."},
      {"http://localhost:8000", "http://localhost"},
      {"http://ej.localhost", "http://ej.localhost"},
      {"http://rocketchat:3000", "http://rocketchat"},
      {"http://192.168.1.5:3000", "http://192.168.1.5"},
      {"http://[::1]:3000", "http://[::1]"},
      {"https://chat.b\xc3\xbc"
       "cher.example",
       "https://xn--bcher-kva.example"},
      {"chat.example.org", NULL},
      {"ftp://example.org", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *site = site_of_url(rows[i].url);
    if (!text_equal(site, rows[i].site)) print_error("%s: %s\n", rows[i].url, site ? site : "none");
    assert_true(text_equal(site, rows[i].site));
  }
}

static void the_same_site_has_the_same_scheme(void **state) {
  (void)state;
  assert_true(site_same("https://chat.example.org:3000", "https://ej.example.org/login/"));
  assert_false(site_same("http://chat.example.org", "https://ej.example.org"));
  assert_true(site_same_domain("http://chat.example.org", "https://ej.example.org"));
  assert_false(site_same("https://chat.github.io", "https://ej.github.io"));
  assert_false(site_same("http://10.0.0.1", "http://10.0.0.2"));
  assert_false(site_same(NULL, NULL));
  assert_false(site_same("x", "x"));
}

static void addresses_and_suffixes_are_told(void **state) {
  (void)state;
  assert_true(site_is_address(csp_span("127.0.0.1")));
  assert_true(site_is_address(csp_span("[::1]")));
  assert_false(site_is_address(csp_span("127.0.0")));
  assert_false(site_is_address(csp_span("1.2.3.x")));
  assert_false(site_is_address(csp_span("1..2.3")));
  assert_true(site_is_public_suffix(csp_span("org")));
  assert_true(site_is_public_suffix(csp_span("CO.UK.")));
  assert_true(site_is_public_suffix(csp_span("unknown")));
  assert_false(site_is_public_suffix(csp_span("example.org")));
  assert_false(site_is_public_suffix(csp_span("10.0.0.1")));
}

/* --- reading ----------------------------------------------------------------------------------------------------------------------------
 */

static const struct {
  const char *line;
  enum cookie_reason reason;
  const char *name, *value;
  enum cookie_same_site same_site;
  bool secure;
} lines[] = {
    {"sessionid=abc; expires=Thu, 01 Jan 2099 00:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax", COOKIE_FINE, "sessionid",
     "abc", COOKIE_SAME_SITE_LAX, false},
    {" a = b ; SECURE ; samesite = NONE", COOKIE_FINE, "a", "b", COOKIE_SAME_SITE_NONE, true},
    {"a=b=c", COOKIE_FINE, "a", "b=c", COOKIE_SAME_SITE_ABSENT, false},
    {"a=\"b\"; Secure=false", COOKIE_FINE, "a", "\"b\"", COOKIE_SAME_SITE_ABSENT, true},
    {"abc", COOKIE_FINE, "", "abc", COOKIE_SAME_SITE_ABSENT, false},
    {"=abc", COOKIE_FINE, "", "abc", COOKIE_SAME_SITE_ABSENT, false},
    {"a=", COOKIE_FINE, "a", "", COOKIE_SAME_SITE_ABSENT, false},
    {"a=b; SameSite=Strict; SameSite=foo", COOKIE_FINE, "a", "b", COOKIE_SAME_SITE_ABSENT, false}, /* the last one counts */
    {"a=b; SameSite='None'; Secure", COOKIE_FINE, "a", "b", COOKIE_SAME_SITE_ABSENT, true},
    {"a=b\t;\tPath=/", COOKIE_FINE, "a", "b", COOKIE_SAME_SITE_ABSENT, false},
    {"", COOKIE_EMPTY, "", "", COOKIE_SAME_SITE_ABSENT, false},
    {"=", COOKIE_EMPTY, "", "", COOKIE_SAME_SITE_ABSENT, false},
    {"; Path=/", COOKIE_EMPTY, "", "", COOKIE_SAME_SITE_ABSENT, false},
    {";a=b", COOKIE_EMPTY, "", "", COOKIE_SAME_SITE_ABSENT, false},
    {"a=b\tc", COOKIE_CONTROL, "a", "b\tc", COOKIE_SAME_SITE_ABSENT, false},
    {"=__host-x", COOKIE_HIDDEN, "", "__host-x", COOKIE_SAME_SITE_ABSENT, false},
    {"__Http-x", COOKIE_HIDDEN, "", "__Http-x", COOKIE_SAME_SITE_ABSENT, false},
};

static bool is_text(struct csp_span span, const char *text) {
  return span.length == strlen(text) && memcmp(span.data, text, span.length) == 0;
}

static void a_line_is_read_as_browsers_read_it(void **state) {
  (void)state;
  struct cookie cookie;
  for (size_t i = 0; i < countof(lines); i++) {
    enum cookie_reason reason = cookie_parse(csp_span(lines[i].line), NOW, &cookie);
    if (reason != lines[i].reason) print_error("%s: %s\n", lines[i].line, cookie_reason_names[reason]);
    assert_int_equal(reason, lines[i].reason);
    assert_true(is_text(cookie.name, lines[i].name));
    assert_true(is_text(cookie.value, lines[i].value));
    assert_int_equal(cookie.same_site, lines[i].same_site);
    assert_int_equal(cookie.secure, lines[i].secure);
  }
  assert_int_equal(cookie_parse(csp_span("a=\x01"), NOW, &cookie), COOKIE_CONTROL);
  assert_int_equal(cookie_parse(csp_span("a=b; x=\x7f"), NOW, &cookie), COOKIE_CONTROL);
}

static void too_long_a_cookie_is_dropped_and_too_long_an_attribute_overlooked(void **state) {
  (void)state;
  auto_text struct text line = {0};
  struct cookie cookie;
  text_add(&line, "n=");
  while (line.length < COOKIE_PAIR_LIMIT + 1) text_add_char(&line, 'x');
  assert_int_equal(cookie_parse(csp_span(text_get(&line)), NOW, &cookie), COOKIE_FINE);
  text_add_char(&line, 'x');
  assert_int_equal(cookie_parse(csp_span(text_get(&line)), NOW, &cookie), COOKIE_LONG);
  text_clear(&line);
  text_add(&line, "a=b; Path=/ok; Path=/");
  while (line.length < COOKIE_ATTRIBUTE_LIMIT + 21) text_add_char(&line, 'x');
  assert_int_equal(cookie_parse(csp_span(text_get(&line)), NOW, &cookie), COOKIE_FINE);
  assert_true(is_text(cookie.path, "/ok"));
}

static void ages_and_dates_are_read_as_chromium_reads_them(void **state) {
  (void)state;
  static const struct {
    const char *attributes;
    int expired; /* -1: it has no end */
  } rows[] = {
      {"Max-Age=0", 1},
      {"Max-Age=-1", 1},
      {"Max-Age=60", 0},
      {"Max-Age=+60", 0},
      {"Max-Age=99999999999999999999999", 0},
      {"Max-Age=-99999999999999999999999", 1},
      {"Max-Age=x", -1},
      {"Max-Age=", -1},
      {"Max-Age=1.5", -1},
      {"Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=0", 1},
      {"Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 1},
      {"Expires=Thu, 01-Jan-70 00:00:00 GMT", 1},
      {"Expires=01 Jan 69 00:00:00", 0},
      {"Expires=Sunday, 06-Nov-94 08:49:37 GMT", 1},
      {"Expires=Sun Nov  6 08:49:37 1994", 1},
      {"Expires=1999 Jan 1 0:0:0", 1},
      {"Expires=1 Jan 1600 00:00:00", 1},
      {"Expires=31 Feb 1999 00:00:00", -1},
      {"Expires=29 Feb 1996 00:00:00", 1},
      {"Expires=1 Jan 1999 24:00:00", -1},
      {"Expires=1st Jan 1999 00:00:00", -1},
      {"Expires=1970-01-01T00:00:00Z", -1},
      {"Expires=0", -1},
      {"Expires=", -1},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct cookie cookie;
    auto_free char *line = text_format("a=b; %s", rows[i].attributes);
    assert_int_equal(cookie_parse(csp_span(line), NOW, &cookie), COOKIE_FINE);
    int expired = cookie.lasting ? cookie.expires <= NOW : -1;
    if (expired != rows[i].expired) print_error("%s: %d\n", rows[i].attributes, expired);
    assert_int_equal(expired, rows[i].expired);
  }
}

/* --- storing and sending ----------------------------------------------------------------------------------------------------------------
 */

#define E "https://ej.example.org/talks/x"
#define R "https://chat.example.org"
#define CROSS "https://chat.example.net"

static const struct {
  const char *line, *url, *top; /* top NULL: in the page at the top */
  enum cookie_reason reason;
} storings[] = {
    {"a=b", E, R, COOKIE_FINE},
    {"a=b", E, NULL, COOKIE_FINE},
    {"a=b", E, CROSS, COOKIE_DEFAULT_LAX},
    {"a=b; SameSite=Lax", E, CROSS, COOKIE_CROSS_SITE},
    {"a=b; SameSite=Strict", E, R, COOKIE_FINE},
    {"a=b; SameSite=Lax", E, "http://chat.example.org", COOKIE_CROSS_SITE}, /* the scheme is part of the site */
    {"a=b; SameSite=None; Secure", E, CROSS, COOKIE_FINE},
    {"a=b; SameSite=None", E, R, COOKIE_NONE_INSECURE},
    {"a=b; Secure", "http://ej.example.org/", NULL, COOKIE_INSECURE},
    {"a=b; Secure", "http://localhost:8000/", NULL, COOKIE_FINE},
    {"a=b; Partitioned", E, R, COOKIE_NONE_INSECURE},
    {"a=b; Domain=example.org", E, R, COOKIE_FINE},
    {"a=b; Domain=.ej.example.org", E, R, COOKIE_FINE},
    {"a=b; Domain=org", E, R, COOKIE_DOMAIN},
    {"a=b; Domain=chat.example.org", E, R, COOKIE_DOMAIN},
    {"a=b; Domain=example.org.", E, R, COOKIE_DOMAIN},
    {"a=b; Domain=.", E, R, COOKIE_DOMAIN},
    {"a=b; Domain=0.0.1", "http://127.0.0.1/", NULL, COOKIE_DOMAIN},
    {"a=b; Domain=127.0.0.1", "http://127.0.0.1/", NULL, COOKIE_FINE},
    {"__Host-a=b; Secure; Path=/", E, R, COOKIE_FINE},
    {"__HOST-a=b; Secure", E, R, COOKIE_PREFIX},
    {"__Host-a=b; Secure; Path=/; Domain=ej.example.org", E, R, COOKIE_PREFIX},
    {"__Secure-a=b", E, R, COOKIE_PREFIX},
    {"__Http-a=b; Secure", E, R, COOKIE_PREFIX},
    {"__Http-a=b; Secure; HttpOnly", E, R, COOKIE_FINE},
    {"a=b; Max-Age=0", E, R, COOKIE_EXPIRED},
};

static void a_cookie_is_stored_where_chromium_stores_it(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(storings); i++) {
    struct cookie cookie;
    assert_int_equal(cookie_parse(csp_span(storings[i].line), NOW, &cookie), COOKIE_FINE);
    struct cookie_verdict verdict =
        cookie_judge_store(&cookie, &(struct cookie_place){.url = storings[i].url, .top = storings[i].top}, NOW);
    if (verdict.reason != storings[i].reason) print_error("%s: %s\n", storings[i].line, cookie_reason_names[verdict.reason]);
    assert_int_equal(verdict.reason, storings[i].reason);
    assert_int_equal(verdict.yes, verdict.reason == COOKIE_FINE);
  }
}

static const struct {
  const char *line, *url, *top, *from;
  bool post;
  enum cookie_reason reason;
  unsigned warnings;
} sendings[] = {
    {"a=b; SameSite=Lax; Path=/", "https://ej.example.org/api", R, NULL, false, COOKIE_FINE, 0},
    {"a=b; SameSite=Lax; Path=/", "https://ej.example.org:8443/api", R, NULL, false, COOKIE_FINE, 0}, /* the port does not count */
    {"a=b; SameSite=Lax; Path=/", E, CROSS, NULL, false, COOKIE_CROSS_SITE, 0},
    {"a=b; SameSite=Lax; Path=/", E, NULL, CROSS, false, COOKIE_FINE, 0},
    {"a=b; SameSite=Lax; Path=/", E, NULL, CROSS, true, COOKIE_CROSS_SITE, 0},
    {"a=b; SameSite=Strict", E, NULL, CROSS, false, COOKIE_CROSS_SITE, 0},
    {"a=b; SameSite=Strict", E, NULL, R, false, COOKIE_FINE, 0},
    {"a=b", E, R, NULL, false, COOKIE_FINE, COOKIE_NO_SAME_SITE},
    {"a=b", E, NULL, CROSS, true, COOKIE_DEFAULT_LAX, COOKIE_LAX_POST},
    {"a=b; SameSite=None; Secure", E, CROSS, NULL, false, COOKIE_FINE, COOKIE_THIRD_PARTY},
    {"a=b; SameSite=None; Secure; Partitioned", E, R, NULL, false, COOKIE_FINE, 0},
    {"a=b; SameSite=None; Secure; Partitioned", E, CROSS, NULL, false, COOKIE_OTHER_PARTITION, 0},
    {"a=b; Secure", "http://ej.example.org/talks/x", NULL, NULL, false, COOKIE_INSECURE, 0},
    {"a=b", "https://example.org/talks/x", R, NULL, false, COOKIE_OTHER_HOST, 0},
    {"a=b; Domain=example.org", "https://a.example.org/talks/x", R, NULL, false, COOKIE_FINE, COOKIE_NO_SAME_SITE},
    {"a=b", "https://ej.example.org/other/", R, NULL, false, COOKIE_OTHER_PATH, 0}, /* the default is the setting page's folder */
    {"a=b", "https://ej.example.org/talks", R, NULL, false, COOKIE_FINE, COOKIE_NO_SAME_SITE},
    {"a=b; Path=/tal", E, R, NULL, false, COOKIE_OTHER_PATH, 0},
    {"a=b; Path=/talks/", "https://ej.example.org/talks?x", R, NULL, false, COOKIE_OTHER_PATH, 0},
};

static void a_cookie_is_sent_where_chromium_sends_it(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(sendings); i++) {
    struct cookie cookie;
    assert_int_equal(cookie_parse(csp_span(sendings[i].line), NOW, &cookie), COOKIE_FINE);
    struct cookie_place asked = {.url = sendings[i].url, .top = sendings[i].top, .from = sendings[i].from, .post = sendings[i].post};
    struct cookie_verdict verdict = cookie_judge_send(&cookie, &(struct cookie_place){.url = E, .top = R}, &asked, NOW);
    if (verdict.reason != sendings[i].reason) print_error("row %zu: %s\n", i, cookie_reason_names[verdict.reason]);
    assert_int_equal(verdict.reason, sendings[i].reason);
    assert_int_equal(verdict.warnings, sendings[i].warnings);
  }
}

static void every_reason_has_a_name(void **state) {
  (void)state;
  for (size_t i = 0; i < COOKIE_REASON_COUNT; i++) assert_non_null(cookie_reason_names[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_site_is_the_registrable_domain),
      cmocka_unit_test(the_same_site_has_the_same_scheme),
      cmocka_unit_test(addresses_and_suffixes_are_told),
      cmocka_unit_test(a_line_is_read_as_browsers_read_it),
      cmocka_unit_test(too_long_a_cookie_is_dropped_and_too_long_an_attribute_overlooked),
      cmocka_unit_test(ages_and_dates_are_read_as_chromium_reads_them),
      cmocka_unit_test(a_cookie_is_stored_where_chromium_stores_it),
      cmocka_unit_test(a_cookie_is_sent_where_chromium_sends_it),
      cmocka_unit_test(every_reason_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
