/* Which layer changes a header: the comparison, and reading what was asked inside of the container. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/web/layers_codes.h"
#include "checks/web/layers_judge.h"

static void add(struct http_response *response, const char *name, const char *value) {
  http_header_add(response, name, strlen(name), value, strlen(value));
}

struct way {
  struct http_response inner, outer;
  struct findings out;
};

static int set_up(void **state) {
  struct way *way = calloc(1, sizeof *way);
  way->inner.status = way->outer.status = 200;
  *state = way;
  return 0;
}

static int tear_down(void **state) {
  struct way *way = *state;
  http_response_free(&way->inner);
  http_response_free(&way->outer);
  findings_free(&way->out);
  free(way);
  return 0;
}

static bool compare(struct way *way) {
  const struct layers_point points[] = {{"web", NULL, &way->inner}, {"site", "nginx", &way->outer}};
  return layers_compare("/login/", points, 2, &way->out);
}

static void equal_answers_raise_nothing(void **state) {
  struct way *way = *state;
  add(&way->inner, "Content-Security-Policy", "frame-ancestors a");
  add(&way->outer, "content-security-policy", "frame-ancestors a");
  add(&way->outer, "Strict-Transport-Security", "max-age=1");
  assert_true(compare(way));
  assert_int_equal(way->out.count, 0);
}

static void a_lost_policy_names_the_layer(void **state) {
  struct way *way = *state;
  add(&way->inner, "Content-Security-Policy", "frame-ancestors a");
  assert_true(compare(way));
  const struct finding *finding = findings_find(&way->out, "layers/header-lost");
  assert_non_null(finding);
  assert_int_equal(finding->severity, SEVERITY_WARNING);
  assert_non_null(strstr(finding->summary, "nginx loses the header Content-Security-Policy on /login/"));
  assert_int_equal(finding->evidence_count, 2);
}

static void a_second_equal_cors_header_is_a_fault(void **state) {
  struct way *way = *state;
  add(&way->inner, "Access-Control-Allow-Origin", "https://chat");
  add(&way->outer, "Access-Control-Allow-Origin", "https://chat");
  add(&way->outer, "Access-Control-Allow-Origin", "https://chat");
  assert_true(compare(way));
  assert_int_equal(findings_find(&way->out, "layers/header-doubled")->severity, SEVERITY_WARNING);
}

static void a_second_x_frame_options_is_only_worth_knowing(void **state) {
  struct way *way = *state;
  add(&way->inner, "X-Frame-Options", "SAMEORIGIN");
  add(&way->outer, "X-Frame-Options", "SAMEORIGIN");
  add(&way->outer, "X-Frame-Options", "DENY");
  assert_true(compare(way));
  assert_int_equal(findings_find(&way->out, "layers/header-doubled")->severity, SEVERITY_INFO);
}

static void the_worse_header_decides_on_the_severity(void **state) {
  struct way *way = *state;
  add(&way->inner, "X-Frame-Options", "SAMEORIGIN");
  add(&way->inner, "Set-Cookie", "csrftoken=1; Path=/");
  assert_true(compare(way));
  assert_int_equal(findings_find(&way->out, "layers/header-lost")->severity, SEVERITY_WARNING);
}

static void added_and_replaced_headers_are_told_apart(void **state) {
  struct way *way = *state;
  add(&way->inner, "Content-Security-Policy", "frame-ancestors a");
  add(&way->outer, "Content-Security-Policy", "frame-ancestors b");
  add(&way->outer, "Access-Control-Allow-Origin", "*");
  assert_true(compare(way));
  assert_int_equal(findings_find(&way->out, "layers/header-changed")->severity, SEVERITY_INFO);
  assert_non_null(findings_find(&way->out, "layers/header-added"));
}

static void a_cookie_of_the_proxy_itself_is_only_worth_knowing(void **state) {
  struct way *way = *state;
  add(&way->inner, "Set-Cookie", "csrftoken=1; Path=/");
  add(&way->outer, "Set-Cookie", "balancer=a; Path=/");
  add(&way->outer, "Set-Cookie", "csrftoken=2; Path=/; Secure");
  assert_true(compare(way));
  assert_null(findings_find(&way->out, "layers/header-doubled"));
  assert_int_equal(findings_find(&way->out, "layers/header-added")->severity, SEVERITY_INFO);
}

static void a_cookie_of_ej_that_comes_twice_is_a_fault(void **state) {
  struct way *way = *state;
  add(&way->inner, "Set-Cookie", "csrftoken=1; Path=/");
  add(&way->outer, "Set-Cookie", "csrftoken=1; Path=/");
  add(&way->outer, "Set-Cookie", "csrftoken=1; Path=/talks/");
  assert_true(compare(way));
  assert_int_equal(findings_find(&way->out, "layers/header-doubled")->severity, SEVERITY_WARNING);
}

static void other_statuses_are_not_compared(void **state) {
  struct way *way = *state;
  way->outer.status = 301;
  add(&way->inner, "Content-Security-Policy", "frame-ancestors a");
  assert_false(compare(way));
  assert_null(findings_find(&way->out, "layers/header-lost"));
  assert_non_null(findings_find(&way->out, "layers/answer-differs"));
}

static void a_cookie_is_known_by_its_name_and_attributes(void **state) {
  (void)state;
  static const struct {
    const char *line, *form;
  } rows[] = {
      {"csrftoken=abc; expires=Tue, 23 Nov 2027 22:48:24 GMT; Max-Age=31449600; Path=/; SameSite=Lax", "csrftoken; path=/; samesite=lax"},
      {"sessionid=; HttpOnly;Secure", "sessionid; httponly; secure"},
      {"odd", "odd"},
      {"", ""},
      {";;", ""},
      {"A=1 ; ; Path=/X", "A; path=/x"},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *form = layers_cookie_form(rows[i].line);
    assert_string_equal(form, rows[i].form);
  }
}

static void a_new_cookie_value_is_no_change(void **state) {
  struct way *way = *state;
  add(&way->inner, "Set-Cookie", "csrftoken=1; expires=Mon; Path=/");
  add(&way->outer, "Set-Cookie", "csrftoken=2; expires=Tue; Path=/");
  assert_true(compare(way));
  assert_int_equal(way->out.count, 0);
}

static void the_answer_from_inside_is_read_or_refused(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int status;
    size_t headers;
  } rows[] = {{"200\nServer: gunicorn\nX-Frame-Options:  DENY\n", 200, 2},
              {"401\n", 401, 0},
              {"200\nno colon\n: no name\nlast: cut off", 200, 0},
              {"", 0, 0},
              {"20\nA: b\n", 0, 0},
              {"099\n", 0, 0},
              {"Traceback (most recent call last):\n", 0, 0}};
  for (size_t i = 0; i < countof(rows); i++) {
    struct http_response response;
    assert_int_equal(layers_read(rows[i].text, strlen(rows[i].text), &response), rows[i].status != 0);
    if (rows[i].status) assert_int_equal(response.status, rows[i].status);
    assert_int_equal(response.header_count, rows[i].headers);
    if (i == 0) assert_string_equal(http_header(&response, "x-frame-options", 0), "DENY");
    http_response_free(&response);
  }
}

static void what_was_seen_decides_whether_silence_is_blindness(void **state) {
  (void)state;
  char refused[] = "permission denied";
  const struct {
    struct layers_sight sight;
    const char *raised;
    enum check_status status;
    bool passed;
  } rows[] = {
      {{.points = 2, .site = true, .compared = true}, NULL, STATUS_PASS, true},
      {{.points = 2, .site = true, .compared = true, .inside_error = refused}, NULL, STATUS_PASS, true},
      {{.points = 2, .site = true}, NULL, STATUS_PASS, false},
      {{.points = 1, .site = true}, "layers/one-view", STATUS_PASS, false}, /* web's port is closed, and no way in is set */
      {{.points = 1, .site = true, .inside_error = refused}, "layers/unseen", STATUS_UNKNOWN, false},
      {{.points = 1}, "layers/unseen", STATUS_UNKNOWN, false}, /* web alone: nothing of what visitors get */
      {{.points = 0}, "layers/unseen", STATUS_UNKNOWN, false},
      {{.points = 0, .inside_error = refused}, "layers/unseen", STATUS_UNKNOWN, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct findings out = {0};
    layers_judge_sight(&rows[i].sight, &out);
    assert_int_equal(out.count, rows[i].raised != NULL);
    if (rows[i].raised) {
      const struct finding *finding = findings_find(&out, rows[i].raised);
      assert_non_null(finding);
      assert_int_equal(finding->evidence_count, rows[i].sight.inside_error != NULL);
    }
    assert_int_equal(findings_status(&out), rows[i].status);
    assert_int_equal(findings_passed(&out, "layers/header-lost"), rows[i].passed);
    findings_free(&out);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(equal_answers_raise_nothing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_lost_policy_names_the_layer, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_second_equal_cors_header_is_a_fault, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_second_x_frame_options_is_only_worth_knowing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(the_worse_header_decides_on_the_severity, set_up, tear_down),
      cmocka_unit_test_setup_teardown(added_and_replaced_headers_are_told_apart, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_cookie_of_the_proxy_itself_is_only_worth_knowing, set_up, tear_down),
      cmocka_unit_test_setup_teardown(a_cookie_of_ej_that_comes_twice_is_a_fault, set_up, tear_down),
      cmocka_unit_test_setup_teardown(other_statuses_are_not_compared, set_up, tear_down),
      cmocka_unit_test(a_cookie_is_known_by_its_name_and_attributes),
      cmocka_unit_test_setup_teardown(a_new_cookie_value_is_no_change, set_up, tear_down),
      cmocka_unit_test(the_answer_from_inside_is_read_or_refused),
      cmocka_unit_test(what_was_seen_decides_whether_silence_is_blindness),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
