/* From the theme check's codes, and its neighbours', to one cause and its cure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checks/check.h"
#include "monitor/core/rule.h"

static void each_state_of_the_files_has_one_cause_and_the_right_cure(void **state) {
  (void)state;
  static const struct {
    const char *ill[4], *cause, *remedy;
  } rows[] = {
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
  extern const struct check_kind check_postgres, check_theme, check_nginx, check_django;
  const struct check_kind *const kinds[] = {&check_theme, &check_nginx, &check_django, &check_postgres};
  for (size_t i = 0; i < countof(rows); i++) {
    const struct code *ill[4] = {0};
    size_t count = 0;
    for (; count < 4 && rows[i].ill[count]; count++)
      for (size_t kind = 0; kind < countof(kinds); kind++)
        for (const struct code *const *code = kinds[kind]->codes; *code; code++)
          if (text_equal((*code)->name, rows[i].ill[count])) ill[count] = *code;
    for (size_t k = 0; k < count; k++) assert_non_null(ill[k]);
    struct causes causes = {0};
    rules_evaluate(rule_tables, ill, count, &causes);
    assert_int_equal(causes.count, 1);
    assert_string_equal(causes.items[0].code, rows[i].cause);
    const char *const *plan = causes.items[0].rule->plan;
    assert_true(text_equal(plan ? plan[0] : NULL, rows[i].remedy));
    causes_free(&causes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_state_of_the_files_has_one_cause_and_the_right_cure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
