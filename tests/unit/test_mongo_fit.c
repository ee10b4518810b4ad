/* Which MongoDB fits which Rocket.Chat, what is loopback, and what a pinned setting means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/mongo/mongo_codes.h"
#include "checks/mongo/mongo_look.h"

static void versions_are_compared_number_by_number(void **state) {
  (void)state;
  assert_int_equal(mongo_version_compare("7.0.42", "7.0.42"), 0);
  assert_true(mongo_version_compare("7.10", "7.9.3") > 0);
  assert_true(mongo_version_compare("0.74.3", "1.0") < 0);
  assert_int_equal(mongo_version_compare("4.0-rc1", "4.0"), 0);
  assert_true(mongo_version_compare("", "1") < 0);
}

static void a_pair_fits_or_is_told(void **state) {
  (void)state;
  static const struct {
    const char *rocketchat, *mongo;
    bool alone, unsupported, standalone, critical;
  } rows[] = {
      {"0.74.3", "4.0.28", true, false, false, false}, {"0.74.3", "4.2.0", true, true, false, false},
      {"0.74.3", "3.0", true, true, false, false},     {"3.0.12", "4.0.28", false, false, false, false},
      {"1.0.0", "4.0", true, false, true, true},       {"6.1.0", "6.0.14", false, false, false, false},
      {"6.1.0", "7.0", false, true, false, false},     {"7.2", "7.0.14", true, false, true, true},
      {"7.11", "7.0.14", true, false, true, false},    {"8.0.1", "6.0", false, true, false, true},
      {"8.0.1", "8.0", false, false, false, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct findings findings = {0};
    mongo_judge_fit(rows[i].rocketchat, rows[i].mongo, rows[i].alone, &findings);
    const struct finding *range = findings_find(&findings, "mongo/unsupported"), *set = findings_find(&findings, "mongo/standalone");
    bool critical = (range && range->severity == SEVERITY_CRITICAL) || (set && set->severity == SEVERITY_CRITICAL);
    if ((range != NULL) != rows[i].unsupported || (set != NULL) != rows[i].standalone || critical != rows[i].critical)
      fail_msg("Rocket.Chat %s on MongoDB %s", rows[i].rocketchat, rows[i].mongo);
    assert_true(range || findings_passed(&findings, "mongo/unsupported"));
    assert_true(set || findings_passed(&findings, "mongo/standalone"));
    findings_free(&findings);
  }
}

static void an_unknown_version_leaves_the_point_open(void **state) {
  (void)state;
  struct findings findings = {0};
  mongo_judge_fit(NULL, "7.0", true, &findings);
  assert_true(findings.count == 0 && findings.passed_count == 0);
  mongo_judge_fit(NULL, "7.0", false, &findings);
  assert_true(findings_passed(&findings, "mongo/standalone") && !findings_passed(&findings, "mongo/unsupported"));
  findings_free(&findings);
}

static void loopback_is_told_by_its_form(void **state) {
  (void)state;
  static const char *const here[] = {"127.0.0.1:27017", "localhost:27017", "localhost", "[::1]:27017", "/tmp/mongodb.sock"};
  static const char *const elsewhere[] = {"mongo:27017", "10.0.0.1:27017", "localhost.example.org:1", "[fe80::1]:1", "2130706433:1", ""};
  for (size_t i = 0; i < countof(here); i++) assert_true(mongo_is_loopback(here[i]));
  for (size_t i = 0; i < countof(elsewhere); i++) assert_false(mongo_is_loopback(elsewhere[i]));
}

static void a_service_of_a_compose_network_is_told_by_its_form(void **state) {
  (void)state;
  static const char *const inside[] = {"mongo:27017", "mongo", "deploy_mongo_1:27017"};
  static const char *const elsewhere[] = {"10.0.0.1:27017", "chat.example.org:1", "[fe80::1]:1", "2130706433:1", "/tmp/a.sock", ""};
  for (size_t i = 0; i < countof(inside); i++) assert_true(mongo_is_service_name(inside[i]));
  for (size_t i = 0; i < countof(elsewhere); i++) assert_false(mongo_is_service_name(elsewhere[i]));
}

static void a_pinned_setting_is_worth_knowing_and_a_wrong_one_is_a_fault(void **state) {
  (void)state;
  static const struct {
    const char *document;
    bool pinned, wrong;
  } rows[] = {
      {"{\"_id\":\"Accounts_iframe_enabled\",\"value\":false,\"valueSource\":\"packageValue\"}", false, false},
      {"{\"_id\":\"Accounts_iframe_enabled\",\"value\":true,\"valueSource\":\"processEnvValue\"}", true, false},
      {"{\"_id\":\"Accounts_iframe_enabled\",\"value\":false,\"valueSource\":\"processEnvValue\"}", true, true},
      {"{\"_id\":\"Accounts_Iframe_api_method\",\"value\":\"GET\",\"blocked\":true}", true, true},
      {"{\"_id\":\"Accounts_Iframe_api_url\",\"value\":\"\",\"hidden\":true}", true, true},
      {"{\"_id\":\"Accounts_AllowEmailChange\",\"value\":false,\"valueSource\":\"processEnvValue\"}", true, false},
      {"{\"_id\":\"Accounts_AllowEmailChange\",\"value\":true,\"valueSource\":\"processEnvValue\"}", true, true},
      {"{\"value\":true,\"valueSource\":\"processEnvValue\"}", false, false},
      {"3", false, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *text = text_format("[%s]", rows[i].document);
    json_t *documents = json_loads(text, 0, NULL);
    struct findings findings = {0};
    mongo_judge_pins(documents, &findings);
    assert_int_equal(findings_find(&findings, "mongo/setting-pinned") != NULL, rows[i].pinned);
    assert_int_equal(findings_find(&findings, "mongo/setting-pinned-wrong") != NULL, rows[i].wrong);
    assert_int_equal(findings_passed(&findings, "mongo/setting-pinned-wrong"), !rows[i].wrong);
    findings_free(&findings);
    json_decref(documents);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(versions_are_compared_number_by_number),
      cmocka_unit_test(a_pair_fits_or_is_told),
      cmocka_unit_test(an_unknown_version_leaves_the_point_open),
      cmocka_unit_test(loopback_is_told_by_its_form),
      cmocka_unit_test(a_service_of_a_compose_network_is_told_by_its_form),
      cmocka_unit_test(a_pinned_setting_is_worth_knowing_and_a_wrong_one_is_a_fault),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
