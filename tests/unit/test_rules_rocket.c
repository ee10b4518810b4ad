/* Rocket.Chat's login: the cause that is named is the one whose cure helps, and it takes in no fault that stays when it is cured. */
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
  const char *causes; /* in their order, separated by blanks */
} rows[] = {
    /* config.env was changed, and web not re-created */
    {{"frame/url-unset", "env/frame-differs", "env/login-differs", "env/rocketchat-url-unset"}, "settings/framing-not-applied"},
    {{"frame/integration-off", "env/login-differs"}, "settings/login-not-applied"},
    {{"frame/url-unset", "env/differs", "env/rocketchat-url-unset"}, "frame/environment-lacks-url env/differs"},
    /* an override of the CORS headers, and a row that is right */
    {{"frame/credentials-header", "env/cors-override", "login/cors-origin"}, "frame/cors-override"},
    /* Rocket.Chat's settings: only a wrong API URL leads the login elsewhere */
    {{"rocket/iframe-api-url", "rocket/iframe-url", "login/unreachable"}, "rocket/iframe-api-address"},
    {{"rocket/iframe-api-url", "login/redirected", "login/cross-site"}, "rocket/iframe-api-address login/cookies-kept-away"},
    {{"rocket/iframe-url"}, "rocket/iframe-misconfigured"},
    {{"rocket/iframe-off", "rocket/iframe-api-url"}, "rocket/iframe-api-address rocket/iframe-misconfigured"},
    {{"rocket/iframe-method", "login/cross-site"}, "rocket/iframe-misconfigured login/cookies-kept-away"},
    {{"rocket/iframe-method", "login/preflight-refused"}, "rocket/iframe-misconfigured rocket/incompatible-version"},
    {{"rocket/iframe-off", "login/cors-missing"}, "rocket/iframe-misconfigured login/cors-lost"},
    {{"rocket/iframe-incomplete", "login/api-failed"}, "rocket/iframe-misconfigured login/api-failed"},
    {{"login/forced-ssl", "rocket/force-ssl", "db/rocket-out-of-reach"}, "login/server-address-not-https"},
};

static const struct code *code_of(const struct known_code *known, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (text_equal(known[i].name, name)) return known[i].code;
  return NULL;
}

static void every_fault_of_the_login_has_its_causes_and_no_other(void **state) {
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
    auto_text struct text got = {0};
    rules_evaluate(rule_tables, ill, count, &causes);
    for (size_t k = 0; k < causes.count; k++) text_printf(&got, "%s%s", k ? " " : "", causes.items[k].code);
    if (!text_equal(text_get(&got), rows[i].causes)) {
      wrong++;
      print_error("row %zu wants %s, has %s\n", i, rows[i].causes, text_get(&got));
    }
    causes_free(&causes);
  }
  free(known);
  assert_int_equal(wrong, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_fault_of_the_login_has_its_causes_and_no_other)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
