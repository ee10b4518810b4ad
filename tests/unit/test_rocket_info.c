/* Rocket.Chat's anonymous answers: version in both shapes, health by content, settings of the IFrame login. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/rocketchat/rocket_codes.h"
#include "checks/rocketchat/rocket_info.h"
#include "checks/rocketchat/rocket_settings.h"

#define PAGE "<!DOCTYPE html><html><head><title>Rocket.Chat</title></head></html>"

static void check_version(const char *body, const char *want) {
  char *version = rocket_info_version(body, strlen(body));
  if (want) {
    assert_string_equal(version, want);
  } else {
    assert_null(version);
  }
  free(version);
}

static void the_version_is_read_in_both_shapes_and_never_from_a_page(void **state) {
  (void)state;
  check_version("{\"info\":{\"version\":\"0.74.3\"},\"success\":true}", "0.74.3");
  check_version("{\"version\":\"7.9\",\"minimumClientVersions\":{},\"success\":true}", "7.9");
  check_version("{\"version\":\"7.9.1-rc.0\",\"info\":{\"version\":\"1.0.0\"}}", "7.9.1-rc.0");
  check_version(PAGE, NULL);
  check_version("{\"version\":7}", NULL);
  check_version("{\"version\":\"<script>\"}", NULL);
  check_version("{\"success\":true}", NULL);
  check_version("[]", NULL);
  check_version("", NULL);
  check_version("{\"version\":\"7.9\"", NULL);
}

static enum rocket_window window_of(const char *text) {
  struct rocket_version version;
  assert_int_equal(rocket_version_parse(text, &version), 0);
  return rocket_client_window(&version);
}

static void every_version_has_its_client_window(void **state) {
  (void)state;
  assert_int_equal(window_of("0.74.3"), ROCKET_WINDOW_A);
  assert_int_equal(window_of("6.0.9"), ROCKET_WINDOW_A);
  assert_int_equal(window_of("6.1"), ROCKET_WINDOW_B);
  assert_int_equal(window_of("7.7.9"), ROCKET_WINDOW_B);
  assert_int_equal(window_of("7.8.0"), ROCKET_WINDOW_C);
  assert_int_equal(window_of("7.9"), ROCKET_WINDOW_C);
  assert_int_equal(window_of("7.9.3"), ROCKET_WINDOW_C);
  assert_int_equal(window_of("7.9.4"), ROCKET_WINDOW_D);
  assert_int_equal(window_of("8.0.1"), ROCKET_WINDOW_D);
  struct rocket_version version;
  static const char *const bad[] = {"", "7", "7.", "a.b", "7.9.", "7.9x", ".9", "99999999.1"};
  for (size_t i = 0; i < countof(bad); i++) assert_int_not_equal(rocket_version_parse(bad[i], &version), 0);
}

static void check_windows(const char *text, const char *want) {
  struct rocket_version version;
  assert_int_equal(rocket_version_parse(text, &version), 0);
  char *name = rocket_windows_name(rocket_client_windows(&version));
  assert_string_equal(name, want);
  free(name);
}

static void a_version_without_its_patch_may_be_of_two_windows(void **state) {
  (void)state;
  check_windows("0.74.3", "A");
  check_windows("6.0.9", "A");
  check_windows("6.1", "A or B");
  check_windows("6.2.12", "A or B"); /* the move came with 6.1 or with 6.2: the patch does not tell */
  check_windows("6.3", "B");
  check_windows("7.7", "B");
  check_windows("7.8", "C or D"); /* whether the repair was carried back is not known */
  check_windows("7.8.0", "C");
  check_windows("7.9", "C or D");
  check_windows("7.9.3", "C");
  check_windows("7.9.4", "D");
  check_windows("7.10", "D");
  check_windows("8.2", "D");
  char *none = rocket_windows_name(0);
  assert_string_equal(none, "");
  free(none);
}

static void check_health(const char *body, enum rocket_health want, const char *part) {
  char *detail = NULL;
  assert_int_equal(rocket_health_read(body, strlen(body), &detail), want);
  if (part) assert_non_null(strstr(detail, part));
  free(detail);
}

static void health_is_judged_by_content_alone(void **state) {
  (void)state;
  check_health("ok", ROCKET_HEALTH_OK, NULL);
  check_health("ok\n", ROCKET_HEALTH_OK, NULL);
  check_health("not healthy", ROCKET_HEALTH_ILL, "not healthy");
  check_health("{\"status\":\"ok\",\"checks\":{}}", ROCKET_HEALTH_OK, NULL);
  check_health(
      "{\"status\":\"unavailable\",\"checks\":{\"mongo\":{\"status\":\"degraded\",\"error\":\"no ping\"},\"memory\":{\"status\":\"ok\"}}}",
      ROCKET_HEALTH_ILL, "mongo degraded: no ping");
  check_health(PAGE, ROCKET_HEALTH_NONE, NULL);
  check_health("", ROCKET_HEALTH_NONE, NULL);
  check_health("{\"status\":\"error\",\"message\":\"You must be logged in to do this.\"}", ROCKET_HEALTH_NONE, NULL);
}

static void both_answers_of_the_limiter_are_known(void **state) {
  (void)state;
  const char *old = "{\"success\":false,\"errorType\":\"error-too-many-requests\"}";
  assert_true(rocket_is_rate_limited(429, "", 0));
  assert_true(rocket_is_rate_limited(400, old, strlen(old)));
  assert_false(rocket_is_rate_limited(400, "{}", 2));
  assert_false(rocket_is_rate_limited(200, old, strlen(old)));
}

#define SET(id, value) "{\"_id\":\"" id "\",\"value\":" value "},"
#define GOOD_IFRAME                                                                  \
  SET("Accounts_iframe_enabled", "true")                                             \
  SET("Accounts_iframe_url", "\"https://ej.example.org/talks/login/?next=/talks/\"") \
  SET("Accounts_Iframe_api_url", "\"https://ej.example.org/talks/api-login/\"") SET("Accounts_Iframe_api_method", "\"POST\"")
#define REST                                       \
  SET("Site_Url", "\"https://chat.example.org/\"") \
  SET("Accounts_AllowUsernameChange", "false")     \
  SET("Accounts_AllowEmailChange", "false") "{\"_id\":\"Accounts_AllowPasswordChange\",\"value\":false}"
#define LIST_OF(settings) "{\"settings\":[" settings "],\"count\":9,\"offset\":0,\"total\":9,\"success\":true}"

static struct findings judge_at(const struct site_address *site, const char *body, bool complete) {
  struct rocket_settings settings = {0};
  struct findings findings = {0};
  assert_int_equal(rocket_settings_read(body, strlen(body), &settings), 0);
  rocket_settings_judge(&settings, site, "https://chat.example.org", complete, &findings);
  rocket_settings_free(&settings);
  return findings;
}

static struct findings judge(const char *body, bool complete) {
  return judge_at(&(struct site_address){"https://ej.example.org", NULL}, body, complete);
}

static void check_settings(const char *body, bool complete, const char *code, enum severity severity) {
  struct findings findings = judge(body, complete);
  assert_int_equal(findings.count, code ? 1 : 0);
  if (code) assert_string_equal(findings.items[0].code->name, code);
  if (code) assert_int_equal(findings.items[0].severity, severity);
  findings_free(&findings);
}

static void settings_as_the_guide_prescribes_them_pass(void **state) {
  (void)state;
  check_settings(LIST_OF(GOOD_IFRAME REST), false, NULL, 0);
}

static void every_wrong_setting_has_its_own_code(void **state) {
  (void)state;
#define URL SET("Accounts_iframe_url", "\"https://ej.example.org/talks/login/\"")
#define API SET("Accounts_Iframe_api_url", "\"https://ej.example.org/talks/api-login/\"")
#define POST SET("Accounts_Iframe_api_method", "\"POST\"")
#define ON SET("Accounts_iframe_enabled", "true")
  check_settings(LIST_OF(SET("Accounts_iframe_enabled", "false") URL API POST REST), false, "rocket/iframe-off", SEVERITY_CRITICAL);
  check_settings(LIST_OF(SET("Accounts_iframe_enabled", "\"true\"") URL API POST REST), false, "rocket/iframe-off", SEVERITY_CRITICAL);
  check_settings(LIST_OF(ON SET("Accounts_iframe_url", "\"\"") API POST REST), false, "rocket/iframe-incomplete", SEVERITY_CRITICAL);
  check_settings(LIST_OF(ON SET("Accounts_iframe_url", "\"http://ej.example.org/talks/login/\"") API POST REST), false, "rocket/iframe-url",
                 SEVERITY_CRITICAL);
  check_settings(LIST_OF(ON SET("Accounts_iframe_url", "\"https://ej.example.org/talks/login\"") API POST REST), false, "rocket/iframe-url",
                 SEVERITY_WARNING);
  check_settings(LIST_OF(ON SET("Accounts_iframe_url", "\"/talks/login/\"") API POST REST), false, "rocket/iframe-url", SEVERITY_CRITICAL);
  check_settings(LIST_OF(ON URL SET("Accounts_Iframe_api_url", "\"https://ej.example.org/talks/api-login\"") POST REST), false,
                 "rocket/iframe-api-url", SEVERITY_CRITICAL);
  check_settings(LIST_OF(ON URL API SET("Accounts_Iframe_api_method", "\"GET\"") REST), false, "rocket/iframe-method", SEVERITY_WARNING);
  check_settings(LIST_OF(ON URL API SET("Accounts_Iframe_api_method", "\"PUT\"") REST), false, "rocket/iframe-method", SEVERITY_CRITICAL);
  check_settings(LIST_OF(GOOD_IFRAME SET("Site_Url", "\"http://https://x:3000\"") SET("Accounts_AllowEmailChange", "false") "{}"), false,
                 "rocket/root-url", SEVERITY_WARNING);
  check_settings(LIST_OF(GOOD_IFRAME SET("Site_Url", "\"http://chat.example.org\"") "{}"), false, "rocket/site-url", SEVERITY_WARNING);
  check_settings(LIST_OF(GOOD_IFRAME "{\"_id\":\"Accounts_AllowPasswordChange\",\"value\":true}"), false, "rocket/account-changes",
                 SEVERITY_WARNING);
  check_settings(LIST_OF(ON URL POST REST), true, "rocket/setting-hidden", SEVERITY_CRITICAL);
}

static void settings_lead_to_the_name_that_browsers_know(void **state) {
  (void)state;
  static const struct {
    const char *site, *host;
    bool leads;
  } rows[] = {
      {"https://ej.example.org", NULL, true},
      {"http://ej.example.org", NULL, false}, /* the site as people type it, and https is another */
      {"https://ej.example.org", "ej.example.org", true},
      {"http://ej.example.org", "ej.example.org", false},
      {"http://nginx", "ej.example.org", true}, /* TLS ends before it */
      {"http://nginx:8080", "ej.example.org:8080", true},
      {"http://10.0.0.5", "ej.example.org", true},
      {"https://proxy.example.org", "ej.example.org", true},
      {"http://nginx", "other.example.org", false},
      {"https://ej.example.org", "other.example.org", true}, /* people may type either */
      {"http://nginx", "localhost", true},                   /* nobody knows its public name */
      {"http://nginx", NULL, true},
      {"http://127.0.0.1:8000", "localhost:8000", false},
      {"http://localhost", NULL, false},
      {NULL, NULL, true},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct findings findings = judge_at(&(struct site_address){rows[i].site, rows[i].host}, LIST_OF(GOOD_IFRAME REST), false);
    if (findings.count != (rows[i].leads ? 0 : 2)) fail_msg("row %zu: %zu findings", i, findings.count);
    if (!rows[i].leads) assert_string_equal(findings.items[0].code->name, "rocket/iframe-url");
    findings_free(&findings);
  }
}

static void a_setting_that_was_not_told_is_neither_found_nor_passed(void **state) {
  (void)state;
  struct findings findings = judge(LIST_OF(REST), false);
  assert_int_equal(findings.count, 0);
  assert_false(findings_passed(&findings, "rocket/iframe-off") || findings_passed(&findings, "rocket/iframe-incomplete") ||
               findings_passed(&findings, "rocket/setting-hidden") || findings_passed(&findings, "rocket/iframe-url"));
  findings_free(&findings);
}

static void other_answers_are_no_settings(void **state) {
  (void)state;
  static const char *const bad[] = {PAGE, "{\"success\":true}", "{\"settings\":{}}", "[]", "", "{\"settings\":["};
  for (size_t i = 0; i < countof(bad); i++) {
    struct rocket_settings settings = {0};
    assert_int_not_equal(rocket_settings_read(bad[i], strlen(bad[i]), &settings), 0);
    rocket_settings_free(&settings);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_version_is_read_in_both_shapes_and_never_from_a_page),
      cmocka_unit_test(every_version_has_its_client_window),
      cmocka_unit_test(a_version_without_its_patch_may_be_of_two_windows),
      cmocka_unit_test(health_is_judged_by_content_alone),
      cmocka_unit_test(both_answers_of_the_limiter_are_known),
      cmocka_unit_test(settings_as_the_guide_prescribes_them_pass),
      cmocka_unit_test(every_wrong_setting_has_its_own_code),
      cmocka_unit_test(settings_lead_to_the_name_that_browsers_know),
      cmocka_unit_test(a_setting_that_was_not_told_is_neither_found_nor_passed),
      cmocka_unit_test(other_answers_are_no_settings),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
