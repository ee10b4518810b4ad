/* A service that does not run is one cause, however many checks see it: what logs and containers find folds into the cause that names most.
 */
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

static const struct {
  const char *ill[ILL_LIMIT];
  const char *cause;
} rows[] = {
    {{"nginx/bad-gateway", "django/unreachable", "containers/web-down", "logs/upstream-refused"}, "web/down"},
    {{"containers/web-down"}, "web/down"},
    {{"nginx/bad-gateway", "django/unreachable", "containers/web-down", "logs/environment-refused"}, "settings/bad-environment"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/environment-refused", "env/environment-unknown"}, "settings/bad-environment"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/country-unknown"}, "settings/bad-country"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/theme-name", "theme/unknown"}, "theme/bad-name"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/theme-name"}, "theme/bad-name"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/permission-denied", "disk/static-not-writable"}, "web/not-permitted"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/disk-full", "disk/space-full"}, "web/disk-full"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/task-unknown"}, "web/wrong-command"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/web-start-failed", "logs/worker-timeout"}, "web/start-fails"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/folder-race"}, "web/start-race"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/migration-exists", "db/migrations-pending"}, "database/pending-migrations"},
    {{"nginx/bad-gateway", "containers/web-down", "logs/migration-history"}, "database/migration-stuck"},
    {{"nginx/bad-gateway", "containers/web-down", "containers/out-of-memory"}, "web/memory-limit"},
    {{"db/unreachable", "containers/postgres-down", "django/header-layer-failed", "logs/database-wait"}, "database/down"},
    {{"db/unreachable", "containers/postgres-down", "django/server-error", "logs/postgres-start-failed"}, "database/start-fails"},
    {{"db/auth-failed", "logs/password-refused", "django/header-layer-failed"}, "database/auth"},
    {{"logs/password-refused", "django/header-layer-failed"}, "database/web-refused"},
    {{"logs/database-missing", "django/server-error"}, "database/web-asks-another"},
    {{"logs/database-wait", "django/hung", "nginx/gateway-timeout"}, "database/not-reached-by-web"},
    {{"logs/database-wait", "django/hung", "env/database-port"}, "settings/database-port"},
    {{"nginx/unreachable", "containers/nginx-down"}, "web/nginx-down"},
    {{"nginx/unreachable", "containers/nginx-down", "logs/upstream-unknown"}, "web/nginx-without-web"},
    {{"nginx/unreachable", "containers/nginx-down", "logs/port-taken"}, "web/nginx-start-fails"},
    {{"nginx/timeout", "containers/nginx-down"}, "web/nginx-hung"},
    {{"nginx/unavailable", "frame/unreachable", "login/unreachable"}, "web/unavailable"},
    {{"nginx/cut-off", "django/not-through-nginx"}, "web/nginx-cut-off"},
    {{"nginx/cut-off", "containers/nginx-down"}, "web/nginx-down"},
    {{"nginx/cut-off", "containers/nginx-down", "logs/port-taken"}, "web/nginx-start-fails"},
    {{"django/hung", "nginx/gateway-timeout", "containers/web-down", "logs/worker-timeout"}, "web/hung"},
    {{"mongo/unreachable", "containers/mongo-down", "rocket/unreachable", "logs/rocketchat-no-mongo", "containers/rocketchat-down"},
     "rocket/mongo-down"},
    {{"mongo/unreachable", "containers/mongo-down", "rocket/unreachable", "logs/mongo-option"}, "rocket/mongo-start-fails"},
    {{"rocket/unreachable", "containers/rocketchat-down"}, "rocket/down"},
    {{"rocket/unreachable", "containers/rocketchat-down", "logs/replica-set-required", "mongo/standalone"}, "rocket/needs-replica-set"},
    {{"rocket/unreachable", "containers/rocketchat-down", "logs/mongo-too-old"}, "rocket/mongo-too-old"},
    {{"containers/static-not-shared", "theme/static-not-shared", "theme/css-missing"}, "theme/not-shared"},
    {{"containers/static-two-projects", "theme/mixed-assets", "theme/css-wrong-theme"}, "theme/two-projects"},
    {{"django/disallowed-host", "logs/host-refused"}, "web/host-not-allowed"},
    {{"containers/root-url", "rocket/root-url"}, "rocket/malformed-root-url"},
    {{"django/server-error", "logs/relation-missing"}, "database/relation-missing"},
};

static const struct code *code_of(const struct known_code *known, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(known[i].name, name)) return known[i].code;
  return NULL;
}

static void every_service_that_does_not_run_is_one_cause(void **state) {
  (void)state;
  size_t known_count;
  struct known_code *known = command_codes(&known_count);
  int wrong = 0;
  for (size_t i = 0; i < countof(rows); i++) {
    const struct code *ill[ILL_LIMIT];
    size_t count = 0;
    for (size_t k = 0; k < ILL_LIMIT && rows[i].ill[k]; k++) {
      ill[count] = code_of(known, known_count, rows[i].ill[k]);
      if (!ill[count++]) fail_msg("there is no finding %s", rows[i].ill[k]);
    }
    struct causes causes = {0};
    rules_evaluate(rule_tables, ill, count, &causes);
    if (causes.count != 1 || !text_equal(causes.items[0].code, rows[i].cause)) {
      wrong++;
      for (size_t k = 0; k < causes.count; k++) print_error("row %zu wants %s, has %s\n", i, rows[i].cause, causes.items[k].code);
    }
    causes_free(&causes);
  }
  free(known);
  assert_int_equal(wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_service_that_does_not_run_is_one_cause)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
