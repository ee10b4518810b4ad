/* From all that is ill at once to the causes that are named, and what cures the first: one fault is one cause, however many checks see it,
 * and no cause takes in a fault that stays when it is cured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/commands/command.h"
#include "monitor/core/rule.h"

#define ILL_LIMIT 12

struct row {
  const char *ill[ILL_LIMIT];
  const char *causes; /* in their order, separated by blanks */
  const char *remedy; /* of the first; NULL: a person acts */
};

/* --- the files of a theme ------------------------------------------------------------------------------------------------------------ */

static const struct row theme_rows[] = {
    {{"theme/mixed-assets"}, "theme/stale-volume", "clear-collect"},
    {{"theme/js-stale", "theme/files-stale"}, "theme/stale-volume", "clear-collect"},
    {{"theme/js-stale", "theme/css-unknown"}, "theme/stale-volume", "clear-collect"},
    {{"theme/css-unknown"}, "theme/unknown-css", NULL},
    {{"theme/css-empty"}, "theme/empty-css-collect", "collect"},
    {{"theme/css-empty", "theme/build-empty"}, "theme/broken-image", NULL},
    {{"theme/css-wrong-theme"}, "theme/css-not-collected", "collect"},
    {{"theme/css-wrong-theme", "theme/assets-wrong-theme", "theme/assets-missing"}, "theme/not-collected", "clear-collect"},
    {{"theme/css-wrong-theme", "theme/assets-wrong-theme", "theme/process-differs"}, "theme/wrong-environment", NULL},
    {{"theme/process-differs"}, "theme/process-environment", NULL},
    {{"theme/truncated"}, "theme/partial-copy", "clear-collect"},
    {{"theme/static-empty"}, "theme/naked", "collect"},
    {{"theme/static-misrouted"}, "theme/misrouted", NULL},
    {{"theme/static-refused"}, "theme/refused", NULL},
    {{"theme/static-not-shared"}, "theme/not-shared", NULL},
    {{"theme/js-missing"}, "theme/files-lost", "collect"},
    {{"theme/js-missing", "theme/build-js-missing"}, "theme/script-lost", NULL},
    {{"theme/not-set", "nginx/bad-gateway", "django/unreachable"}, "theme/bad-name", NULL},
    {{"nginx/bad-gateway", "django/unreachable"}, "web/down", NULL},
    {{"nginx/refused", "theme/static-refused"}, "web/refused", NULL},
    {{"nginx/bad-gateway", "django/not-through-nginx"}, "web/stale-upstream", NULL},
    {{"nginx/gateway-timeout", "django/hung"}, "web/hung", NULL},
    {{"nginx/timeout", "django/hung"}, "web/nginx-hung", NULL},
    {{"django/hung", "db/unreachable"}, "database/down", NULL},
};

/* --- services that do not run: what logs and containers find folds into the cause that names most ------------------------------------- */

static const struct row service_rows[] = {
    {{"nginx/bad-gateway", "django/unreachable", "containers/web-down", "logs/upstream-refused"}, "web/down", NULL},
    {{"containers/web-down"}, "web/down", NULL},
    {{"nginx/bad-gateway", "django/unreachable", "containers/web-down", "logs/environment-refused"}, "settings/bad-environment", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/environment-refused", "env/environment-unknown"}, "settings/bad-environment", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/country-unknown"}, "settings/bad-country", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/theme-name", "theme/unknown"}, "theme/bad-name", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/theme-name"}, "theme/bad-name", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/permission-denied", "disk/static-not-writable"}, "web/not-permitted", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/disk-full", "disk/space-full"}, "web/disk-full", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/task-unknown"}, "web/wrong-command", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/web-start-failed", "logs/worker-timeout"}, "web/start-fails", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/folder-race"}, "web/start-race", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/migration-exists", "db/migrations-pending"}, "database/pending-migrations", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "logs/migration-history"}, "database/migration-stuck", NULL},
    {{"nginx/bad-gateway", "containers/web-down", "containers/out-of-memory"}, "web/memory-limit", NULL},
    {{"db/unreachable", "containers/postgres-down", "django/header-layer-failed", "logs/database-wait"}, "database/down", NULL},
    {{"db/unreachable", "containers/postgres-down", "django/server-error", "logs/postgres-start-failed"}, "database/start-fails", NULL},
    {{"db/auth-failed", "logs/password-refused", "django/header-layer-failed"}, "database/auth", NULL},
    {{"db/scram-iterations", "django/hung", "nginx/gateway-timeout"}, "database/scram-iterations", NULL},
    {{"logs/password-refused", "django/header-layer-failed"}, "database/web-refused", NULL},
    {{"logs/database-missing", "django/server-error"}, "database/web-asks-another", NULL},
    {{"logs/database-wait", "django/hung", "nginx/gateway-timeout"}, "database/not-reached-by-web", NULL},
    {{"logs/database-wait", "django/hung", "env/database-port"}, "settings/database-port", NULL},
    {{"nginx/unreachable", "containers/nginx-down"}, "web/nginx-down", NULL},
    {{"nginx/unreachable", "containers/nginx-down", "logs/upstream-unknown"}, "web/nginx-without-web", NULL},
    {{"nginx/unreachable", "containers/nginx-down", "logs/port-taken"}, "web/nginx-start-fails", NULL},
    {{"nginx/timeout", "containers/nginx-down"}, "web/nginx-hung", NULL},
    {{"nginx/unavailable", "frame/unreachable", "login/unreachable"}, "web/unavailable", NULL},
    {{"nginx/cut-off", "django/not-through-nginx"}, "web/nginx-cut-off", NULL},
    {{"nginx/cut-off", "containers/nginx-down"}, "web/nginx-down", NULL},
    {{"nginx/cut-off", "containers/nginx-down", "logs/port-taken"}, "web/nginx-start-fails", NULL},
    {{"django/hung", "nginx/gateway-timeout", "containers/web-down", "logs/worker-timeout"}, "web/hung", NULL},
    {{"mongo/unreachable", "containers/mongo-down", "rocket/unreachable", "logs/rocketchat-no-mongo", "containers/rocketchat-down"},
     "rocket/mongo-down",
     NULL},
    {{"mongo/unreachable", "containers/mongo-down", "rocket/unreachable", "logs/mongo-option"}, "rocket/mongo-start-fails", NULL},
    {{"mongo/client-crashed", "rocket/unreachable", "logs/rocketchat-no-mongo", "containers/rocketchat-down"},
     "rocket/mongo-unsound",
     NULL},
    {{"rocket/unreachable", "containers/rocketchat-down"}, "rocket/down", NULL},
    {{"rocket/unreachable", "containers/rocketchat-down", "logs/replica-set-required", "mongo/standalone"},
     "rocket/needs-replica-set",
     NULL},
    {{"rocket/unreachable", "containers/rocketchat-down", "logs/mongo-too-old"}, "rocket/mongo-too-old", NULL},
    {{"containers/static-not-shared", "theme/static-not-shared", "theme/css-missing"}, "theme/not-shared", NULL},
    {{"containers/static-two-projects", "theme/mixed-assets", "theme/css-wrong-theme"}, "theme/two-projects", NULL},
    {{"django/disallowed-host", "logs/host-refused"}, "web/host-not-allowed", NULL},
    {{"containers/root-url", "rocket/root-url"}, "rocket/malformed-root-url", NULL},
    {{"django/server-error", "logs/relation-missing"}, "database/relation-missing", NULL},
};

/* --- Rocket.Chat's login -------------------------------------------------------------------------------------------------------------- */

static const struct row login_rows[] = {
    /* config.env was changed, and web not re-created */
    {{"frame/url-unset", "env/frame-differs", "env/login-differs", "env/rocketchat-url-unset"},
     "settings/framing-not-applied",
     "nginx-headers"},
    {{"frame/integration-off", "env/login-differs"}, "settings/login-not-applied", NULL},
    /* what is only written hides nothing that people meet: a theme's name that is not in effect yet, an old line in a log */
    {{"env/theme-value", "frame/origin-not-listed"}, "theme/bad-name frame/other-rocketchat", NULL},
    {{"logs/theme-name", "frame/url-unset", "nginx/bad-gateway"}, "theme/bad-name frame/environment-lacks-url", NULL},
    {{"logs/web-start-failed", "login/cross-site"}, "web/start-fails login/cookies-kept-away", NULL},
    {{"logs/environment-refused", "theme/css-empty"}, "settings/bad-environment theme/empty-css-collect", NULL},
    /* unless it was measured against that very value */
    {{"env/theme-value", "theme/css-wrong-theme"}, "theme/bad-name", NULL},
    {{"theme/unknown", "theme/css-unknown"}, "theme/bad-name", NULL},
    {{"env/theme-differs", "theme/css-wrong-theme", "theme/process-differs"}, "theme/not-recreated", NULL},
    {{"logs/permission-denied", "theme/css-missing", "nginx/bad-gateway"}, "web/not-permitted", NULL},
    /* a dead nginx explains pages that do not come, and no page that came and was wrong */
    {{"nginx/unreachable", "frame/unreachable", "login/api-failed"}, "web/nginx-down", NULL},
    {{"nginx/unreachable", "frame/x-frame-options"}, "web/nginx-down frame/framing-forbidden", NULL},
    /* what a collect of one file leaves is the business of the next step of the same plan */
    {{"theme/css-wrong-theme", "theme/js-stale"}, "theme/css-not-collected", "collect"},
    {{"frame/url-unset", "env/differs", "env/rocketchat-url-unset"}, "frame/environment-lacks-url env/differs", "nginx-headers"},
    /* an override of the CORS headers, and a row that is right */
    {{"frame/credentials-header", "env/cors-override", "login/cors-origin"}, "frame/cors-override", NULL},
    /* Rocket.Chat's settings: only a wrong API URL leads the login elsewhere */
    {{"rocket/iframe-api-url", "rocket/iframe-url", "login/unreachable"}, "rocket/iframe-api-address", NULL},
    {{"rocket/iframe-api-url", "login/redirected", "login/cross-site"}, "rocket/iframe-api-address login/cookies-kept-away", NULL},
    {{"rocket/iframe-url"}, "rocket/iframe-misconfigured", NULL},
    {{"rocket/iframe-off", "rocket/iframe-api-url"}, "rocket/iframe-api-address rocket/iframe-misconfigured", NULL},
    {{"rocket/iframe-method", "login/cross-site"}, "rocket/iframe-misconfigured login/cookies-kept-away", NULL},
    {{"rocket/iframe-method", "login/preflight-refused"}, "rocket/iframe-misconfigured rocket/incompatible-version", NULL},
    {{"rocket/iframe-off", "login/cors-missing"}, "rocket/iframe-misconfigured login/cors-lost", NULL},
    {{"rocket/iframe-incomplete", "login/api-failed"}, "rocket/iframe-misconfigured login/api-failed", NULL},
    {{"login/forced-ssl", "rocket/force-ssl", "db/rocket-out-of-reach"}, "login/server-address-not-https", NULL},
};

/* --- the rules --------------------------------------------------------------------------------------------------------------------------
 */

static const struct code *code_of(const struct known_code *known, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(known[i].name, name)) return known[i].code;
  return NULL;
}

static bool row_holds(const struct row *row, const struct known_code *known, size_t known_count) {
  const struct code *ill[ILL_LIMIT];
  size_t count = 0;
  for (; count < ILL_LIMIT && row->ill[count]; count++) {
    ill[count] = code_of(known, known_count, row->ill[count]);
    if (!ill[count]) fail_msg("there is no finding %s", row->ill[count]);
  }
  struct causes causes = {0};
  auto_text struct text named = {0};
  rules_evaluate(rule_tables, ill, count, &causes);
  for (size_t i = 0; i < causes.count; i++) text_printf(&named, "%s%s", i ? " " : "", causes.items[i].code);
  const struct rule *rule = causes.count ? causes.items[0].rule : NULL;
  const char *remedy = rule && rule->plan ? rule->plan[0] : NULL;
  bool holds = text_equal(text_get(&named), row->causes) && text_equal(remedy, row->remedy);
  if (!holds)
    print_error("%s...: wants %s (%s), has %s (%s)\n", row->ill[0], row->causes, row->remedy ? row->remedy : "-", text_get(&named),
                remedy ? remedy : "-");
  causes_free(&causes);
  return holds;
}

static void check_rows(const struct row *rows, size_t count) {
  size_t known_count;
  auto_free struct known_code *known = command_codes(&known_count);
  int wrong = 0;
  for (size_t i = 0; i < count; i++) wrong += !row_holds(&rows[i], known, known_count);
  assert_int_equal(wrong, 0);
}

static void each_state_of_the_files_has_one_cause_and_the_right_cure(void **state) {
  (void)state;
  check_rows(theme_rows, countof(theme_rows));
}

static void every_service_that_does_not_run_is_one_cause(void **state) {
  (void)state;
  check_rows(service_rows, countof(service_rows));
}

static void every_fault_of_the_login_has_its_causes_and_no_other(void **state) {
  (void)state;
  check_rows(login_rows, countof(login_rows));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_state_of_the_files_has_one_cause_and_the_right_cure),
      cmocka_unit_test(every_service_that_does_not_run_is_one_cause),
      cmocka_unit_test(every_fault_of_the_login_has_its_causes_and_no_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
