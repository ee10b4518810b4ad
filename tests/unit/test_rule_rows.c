/* Each rule has a row in which it fires, and a neighbour near it in which it does not. A rule without a row fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/rule.h"

/* Findings, separated by blanks. */
static const struct {
  const char *cause, *fires, *neighbour;
} rows[] = {
    {"database/ahead", "db/migrations-ahead", "db/migrations-pending"},
    {"database/auth", "db/auth-failed", "db/scram-iterations"},
    {"database/broken-squash", "db/migrations-broken", "db/migrations-pending"},
    {"database/down", "db/unreachable", "db/hung"},
    {"database/failing", "db/query-failed", "db/slow"},
    {"database/fresh", "db/fresh django/server-error", "db/fresh"},
    {"database/full", "db/too-many-connections", "db/connections-high"},
    {"database/host-unknown", "logs/database-host-unknown", "logs/database-wait"},
    {"database/hung", "db/hung", "db/slow"},
    {"database/locked", "db/locked", "db/slow"},
    {"database/migration-stuck", "logs/migration-failed", "logs/relation-missing"},
    {"database/missing", "db/missing-database", "db/auth-failed"},
    {"database/not-reached-by-web", "logs/database-wait", "logs/database-wait db/unreachable"},
    {"database/pending-migrations", "db/migrations-pending", "db/migrations-pending db/migrations-broken"},
    {"database/read-only", "db/read-only", "db/locked"},
    {"database/relation-missing", "logs/relation-missing", "logs/relation-missing db/tables-missing"},
    {"database/rocket-tables-missing", "db/rocket-tables-missing", "db/rocket-tables-missing frame/integration-off"},
    {"database/scram-iterations", "db/scram-iterations", "db/auth-failed"},
    {"database/sessions", "db/sessions-bloated", "db/slow"},
    {"database/silent-sqlite", "db/sqlite-in-use", "env/database-unset db/fresh"},
    {"database/slow", "db/slow django/slow", "db/slow"},
    {"database/stale-row", "db/rocket-row-differs", "db/rocket-row-differs frame/row-differs"},
    {"database/start-fails", "logs/postgres-start-failed", "db/unreachable containers/postgres-down"},
    {"database/starting", "db/starting", "db/unreachable"},
    {"database/tables-missing", "db/tables-missing", "db/fresh"},
    {"database/two-active-rows", "db/rocket-rows-many django/header-layer-failed", "db/rocket-rows-many"},
    {"database/unused", "db/fresh", "db/fresh nginx/bad-gateway"},
    {"database/web-asks-another", "logs/database-missing", "logs/database-missing db/missing-database"},
    {"database/web-refused", "logs/password-refused", "logs/password-refused db/auth-failed"},
    {"disk/full", "disk/space-full", "disk/space-low"},
    {"disk/log-eats-disk", "disk/log-large", "disk/log-large disk/space-full"},
    {"disk/wrong-owner", "disk/static-not-writable", "disk/static-not-writable logs/permission-denied"},
    {"frame/cors-override", "frame/credentials-header", "env/cors-override"},
    {"frame/ej-not-https", "frame/mixed-content", "login/mixed-content"},
    {"frame/environment-lacks-url", "frame/url-unset", "frame/url-unset db/rocket-no-row"},
    {"frame/framing-forbidden", "frame/x-frame-options", "frame/x-frame-options layers/header-lost"},
    {"frame/integration-disabled", "frame/integration-off", "env/integration-false-word"},
    {"frame/login-page-fails", "frame/page-failed", "frame/page-failed frame/url-unset"},
    {"frame/other-rocketchat", "frame/origin-not-listed", "env/rocketchat-url-other"},
    {"frame/policy-replaced", "frame/csp-override", "env/csp-override"},
    {"frame/rocketchat-not-https", "frame/scheme-mismatch", "frame/mixed-content"},
    {"frame/rocketchat-unconfigured", "frame/url-unset frame/page-failed", "frame/url-unset"},
    {"frame/second-policy", "frame/proxy-policy", "layers/header-doubled"},
    {"frame/stale-row", "frame/row-differs", "db/rocket-row-differs"},
    {"frame/url-not-an-origin", "frame/origin-not-exact", "frame/path-in-source"},
    {"frame/url-with-path", "frame/path-in-source", "env/rocketchat-url-path"},
    {"frame/url-with-wrong-port", "frame/port-missing", "frame/origin-not-listed"},
    {"frame/url-without-scheme", "frame/no-scheme", "env/rocketchat-url-scheme"},
    {"layers/proxy-doubles", "layers/header-doubled frame/credentials-header", "layers/header-doubled"},
    {"layers/proxy-strips", "layers/header-lost", "layers/header-doubled"},
    {"login/api-redirects", "login/redirected", "login/redirected rocket/iframe-api-url"},
    {"login/cookies-kept-away", "login/cross-site", "login/third-party-cookies"},
    {"login/cors-lost", "login/cors-missing", "login/cors-missing layers/header-lost"},
    {"login/cors-twice", "login/cors-doubled", "layers/header-doubled"},
    {"login/dead-token", "login/token-refused", "login/token-refused rocket/unreachable"},
    {"login/ej-unconfigured", "db/rocket-no-row login/api-error", "db/rocket-no-row"},
    {"login/message-elsewhere", "login/message-target", "login/message-target db/rocket-row-differs"},
    {"login/rocketchat-out-of-reach", "db/rocket-out-of-reach", "db/rocket-out-of-reach rocket/unreachable"},
    {"login/rocketchat-refuses-ej", "login/api-error", "login/api-error mongo/not-primary"},
    {"login/server-address-not-https", "login/forced-ssl", "rocket/force-ssl"},
    {"login/shared-cache", "login/token-for-anybody", "login/token-type"},
    {"rocket/down", "rocket/unreachable", "rocket/not-rocketchat"},
    {"rocket/empty-database", "mongo/no-settings", "mongo/wrong-database"},
    {"rocket/iframe-api-address", "rocket/iframe-api-url", "rocket/iframe-url"},
    {"rocket/iframe-misconfigured", "rocket/iframe-off", "rocket/iframe-api-url"},
    {"rocket/incompatible-version", "rocket/window-broken", "login/preflight-refused layers/header-lost"},
    {"rocket/layout-drifted", "layout/drifted", "rocket/account-changes"},
    {"rocket/malformed-root-url", "containers/root-url", "rocket/root-url"},
    {"rocket/mongo-down", "mongo/unreachable", "mongo/slow"},
    {"rocket/mongo-start-fails", "logs/mongo-option", "containers/mongo-down"},
    {"rocket/mongo-too-old", "logs/mongo-too-old", "mongo/too-old"},
    {"rocket/mongo-unsound", "mongo/client-crashed", "mongo/command-failed"},
    {"rocket/needs-replica-set", "mongo/standalone", "mongo/wrong-set"},
    {"rocket/no-primary", "mongo/not-primary", "mongo/member-down"},
    {"rocket/setting-pinned", "mongo/setting-pinned-wrong", "rocket/setting-hidden"},
    {"rocket/wrong-replica-set", "mongo/wrong-set", "mongo/standalone"},
    {"settings/bad-country", "env/country-unknown", "env/environment-unknown"},
    {"settings/bad-environment", "logs/environment-refused", "logs/country-unknown"},
    {"settings/database-address", "env/database-url-broken", "env/database-port"},
    {"settings/database-port", "env/database-port", "env/database-password"},
    {"settings/framing-not-applied", "env/frame-differs frame/url-unset", "env/frame-differs"},
    {"settings/host-names", "env/hosts-blanks", "env/hosts-blanks django/disallowed-host"},
    {"settings/hosts-not-applied", "env/hosts-differ django/disallowed-host", "env/hosts-differ"},
    {"settings/login-not-applied", "env/login-differs frame/integration-off", "env/login-differs"},
    {"theme/bad-name", "theme/unknown", "theme/css-unknown"},
    {"theme/broken-image", "theme/build-empty", "theme/css-empty"},
    {"theme/css-not-collected", "theme/css-wrong-theme", "theme/css-wrong-theme theme/process-differs"},
    {"theme/empty-css-collect", "theme/css-empty", "theme/css-empty theme/build-empty"},
    {"theme/failed-collect", "theme/scratch-css-empty", "theme/scratch-css-empty theme/css-empty"},
    {"theme/files-lost", "theme/js-missing", "theme/js-missing theme/static-empty"},
    {"theme/healed-elsewhere", "theme/scratch-css-other", "theme/scratch-css-other theme/css-wrong-theme"},
    {"theme/mislabelled-image", "theme/build-mislabelled", "theme/css-unknown"},
    {"theme/misrouted", "theme/static-misrouted", "theme/static-empty"},
    {"theme/naked", "theme/static-empty", "theme/static-empty nginx/default-page"},
    {"theme/not-collected", "theme/css-wrong-theme theme/assets-wrong-theme",
     "theme/css-wrong-theme theme/assets-wrong-theme theme/process-differs"},
    {"theme/not-recreated", "theme/container-differs", "theme/process-differs"},
    {"theme/not-shared", "theme/static-not-shared", "theme/static-empty"},
    {"theme/other-container", "theme/collected-elsewhere", "theme/collected-elsewhere theme/volume-flips"},
    {"theme/partial-copy", "theme/truncated", "theme/truncated disk/space-full"},
    {"theme/process-environment", "theme/process-differs", "theme/process-differs theme/css-wrong-theme"},
    {"theme/refused", "theme/static-refused", "theme/static-refused nginx/refused"},
    {"theme/script-lost", "theme/build-js-missing", "theme/js-missing"},
    {"theme/shared-volume", "theme/volume-flips", "theme/volume-flips containers/static-two-projects"},
    {"theme/stale-cache", "theme/cache-stale", "theme/served-differs"},
    {"theme/stale-volume", "theme/mixed-assets", "theme/files-stale theme/css-wrong-theme"},
    {"theme/static-moved", "theme/static-url-other", "theme/static-misrouted"},
    {"theme/two-projects", "containers/static-two-projects", "containers/static-not-shared"},
    {"theme/unknown-css", "theme/css-unknown", "theme/css-unknown theme/css-wrong-theme"},
    {"theme/wrong-environment", "theme/css-wrong-theme theme/process-differs", "theme/css-wrong-theme"},
    {"web/database-pages", "django/database-pages-failed", "django/database-pages-failed django/header-layer-failed"},
    {"web/debug", "django/debug-on", "env/debug-on"},
    {"web/disk-full", "logs/disk-full", "disk/space-full"},
    {"web/down", "nginx/bad-gateway", "nginx/bad-gateway django/hung"},
    {"web/header-layer", "django/header-layer-failed", "django/header-layer-failed db/rocket-tables-missing"},
    {"web/host-not-allowed", "django/disallowed-host", "env/host-not-listed"},
    {"web/hung", "django/hung", "django/slow"},
    {"web/memory-limit", "containers/out-of-memory", "containers/web-down"},
    {"web/nginx-cut-off", "nginx/cut-off", "nginx/cut-off django/unreachable"},
    {"web/nginx-down", "nginx/unreachable", "nginx/timeout"},
    {"web/nginx-hung", "nginx/timeout", "nginx/slow"},
    {"web/nginx-start-fails", "logs/port-taken", "containers/nginx-down"},
    {"web/nginx-without-ej", "nginx/default-page", "nginx/redirected"},
    {"web/nginx-without-web", "logs/upstream-unknown", "logs/upstream-refused"},
    {"web/not-permitted", "logs/permission-denied", "disk/static-not-writable"},
    {"web/out-of-memory", "logs/worker-killed", "logs/worker-timeout"},
    {"web/redirect-trap", "nginx/redirect-loop", "nginx/redirected"},
    {"web/refused", "nginx/refused", "theme/static-refused"},
    {"web/site-name", "nginx/name-unknown", "nginx/unreachable"},
    {"web/stale-upstream", "nginx/bad-gateway django/not-through-nginx", "nginx/bad-gateway"},
    {"web/start-fails", "logs/web-start-failed", "logs/web-start-failed db/migrations-pending"},
    {"web/start-race", "logs/folder-race", "logs/web-start-failed"},
    {"web/tls", "nginx/certificate", "nginx/unreachable"},
    {"web/unavailable", "nginx/unavailable", "nginx/unavailable django/unreachable"},
    {"web/view-fails", "django/server-error", "django/server-error django/header-layer-failed"},
    {"web/wrong-command", "logs/task-unknown", "logs/web-start-failed"},
};

static int wrong;

static void complain(const char *who, const char *what) {
  print_error("%s: %s\n", who, what);
  wrong++;
}

static void assert_nothing_wrong(void) {
  int complaints = wrong;
  wrong = 0;
  if (complaints) fail_msg("%d complaints", complaints);
}

/* The findings of a row; free() the array. */
static const struct code **codes_of(const char *names, size_t *ret_count) {
  const struct code **codes = NULL;
  *ret_count = 0;
  while (*names) {
    size_t length = strcspn(names, " ");
    auto_free char *name = xstrndup(names, length);
    const struct code **place = array_push(&codes, ret_count, sizeof *place);
    *place = code_find(name);
    if (!*place || (*place)->cause) fail_msg("there is no finding %s", name);
    names += length + (names[length] == ' ');
  }
  return codes;
}

static bool gives(const char *names, const char *cause) {
  size_t count;
  const struct code **codes = codes_of(names, &count);
  struct causes causes = {0};
  bool given = false;
  rules_evaluate(rule_tables, codes, count, &causes);
  for (size_t i = 0; i < causes.count; i++) given |= text_equal(causes.items[i].code, cause);
  causes_free(&causes);
  free(codes);
  return given;
}

static void each_rule_fires_in_its_row_and_not_in_its_neighbour(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(rows); i++) {
    if (!gives(rows[i].fires, rows[i].cause)) complain(rows[i].cause, "does not fire in its row");
    if (gives(rows[i].neighbour, rows[i].cause)) complain(rows[i].cause, "fires in its neighbour");
  }
  assert_nothing_wrong();
}

static void each_rule_has_a_row(void **state) {
  (void)state;
  size_t count = 0;
  for (const struct rule *const *table = rule_tables; *table; table++) {
    for (const struct rule *rule = *table; rule->code; rule++, count++) {
      size_t found = 0;
      for (size_t i = 0; i < countof(rows); i++) found += text_equal(rows[i].cause, rule->code->name);
      if (found != 1) complain(rule->code->name, found ? "has several rows" : "has no row");
    }
  }
  assert_int_equal(count, countof(rows));
  assert_nothing_wrong();
}

/* A neighbour that has nothing to do with the rule says nothing: it shares a sign, a finding of the rule's lists, or a finding's group. */
static bool is_near(const struct rule *rule, const char *fires, const char *neighbour) {
  size_t count, other_count;
  const struct code **codes = codes_of(neighbour, &count), **others = codes_of(fires, &other_count);
  bool near = false;
  for (size_t i = 0; i < count; i++) {
    near |= rule_needs(rule, codes[i]->name) || rule_folds(rule, codes[i]->name) || codes[i]->layer == rule->code->layer;
    for (size_t k = 0; k < other_count; k++) {
      size_t length = strcspn(others[k]->name, "/") + 1;
      near |= strncmp(codes[i]->name, others[k]->name, length) == 0;
    }
  }
  free(codes);
  free(others);
  return near;
}

static void each_neighbour_is_near(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(rows); i++) {
    const struct rule *rule = rule_find(rows[i].cause);
    if (!rule) fail_msg("there is no rule %s", rows[i].cause);
    if (!*rows[i].neighbour || !is_near(rule, rows[i].fires, rows[i].neighbour)) complain(rows[i].cause, "has a neighbour far away");
  }
  assert_nothing_wrong();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_rule_fires_in_its_row_and_not_in_its_neighbour),
      cmocka_unit_test(each_rule_has_a_row),
      cmocka_unit_test(each_neighbour_is_near),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
