/* The laws of what may be explained away (monitor/core/rule.h), walked over every code and every rule. The third, of what a remedy could
 * heal, needs two causes at once: test_swallows.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/rule_faults.h"

static int wrong;

static void complain(const char *who, const char *what, const char *whom) {
  print_error("%s: %s %s\n", who, what, whom);
  wrong++;
}

static void assert_nothing_wrong(void) {
  int complaints = wrong;
  wrong = 0;
  if (complaints) fail_msg("%d complaints", complaints);
}

static int load(void **state) {
  (void)state;
  faults_load();
  return 0;
}

static int unload(void **state) {
  (void)state;
  faults_free();
  return 0;
}

/* --- codes --------------------------------------------------------------------------------------------------------------------------- */

static void every_finding_has_a_kind_and_every_cause_a_layer(void **state) {
  (void)state;
  size_t kinds[EVIDENCE_COUNT] = {0};
  for (const struct code *const *place = every_code; *place; place++) {
    const struct code *code = *place;
    bool blind = code->blind || code->layer == LAYER_EJMON; /* of ejmon's own eyes */
    kinds[code->evidence]++;
    if (code_find(code->name) != code) complain(code->name, "is not found by its name", "");
    if (code->blind && code->layer != LAYER_EJMON) complain(code->name, "is blind in another layer than ejmon", "");
    if ((code->evidence == EVIDENCE_NONE) != (blind || code->cause))
      complain(code->name, "has evidence", evidence_kind_names[code->evidence]);
    if (code->cause && blind) complain(code->name, "is a cause in no part of the stack", "");
    if (text_starts(code->name, "logs/") && code->evidence != EVIDENCE_TRACE && !blind)
      complain(code->name, "is a line of a log and no trace", "");
  }
  for (size_t i = 0; i < EVIDENCE_COUNT; i++) assert_true(kinds[i] > 0);
  assert_null(code_find("no/such-code"));
  assert_null(code_find("theme/"));
  assert_nothing_wrong();
}

/* All absence, and whether it is the whole site's: then it excuses whatever stands behind the stack (monitor/core/behind.h), and what is
 * missing there is told to nobody. So each code is decided on here too, also the next one. */
static const struct {
  const char *code;
  bool outage;
} absences[] = {
    {"db/hung", true},
    {"db/query-failed", false}, /* of one table, perhaps */
    {"db/slow", false},
    {"db/starting", true},
    {"db/unreachable", true},
    {"django/application-failed", true},
    {"django/database-pages-failed", true},
    {"django/header-layer-failed", true},
    {"django/hung", true},
    {"django/not-through-nginx", true},
    {"django/server-error", false}, /* one page */
    {"django/slow", false},
    {"django/unreachable", true},
    {"django/view-hung", false},
    {"django/worker-killed", false}, /* the other workers go on */
    {"frame/header-layer-failed", true},
    {"frame/page-failed", false},
    {"frame/page-missing", false},
    {"frame/redirect-loop", false},
    {"frame/unreachable", false}, /* one page, of which a redirect may lead elsewhere */
    {"http/name-unknown", false}, /* of no part of the stack, as all below */
    {"http/slow", false},
    {"http/status", false},
    {"http/timeout", false},
    {"http/tls", false},
    {"http/unreachable", false},
    {"login/api-error", false},
    {"login/api-failed", false},
    {"login/api-missing", false},
    {"login/api-status", false},
    {"login/form-failed", false},
    {"login/unreachable", false},
    {"mongo/client-crashed", false}, /* Rocket.Chat's store: the site does not need it */
    {"mongo/command-failed", false},
    {"mongo/hung", false},
    {"mongo/not-mongodb", false},
    {"mongo/slow", false},
    {"mongo/unreachable", false},
    {"nginx/bad-gateway", true},
    {"nginx/certificate", true},
    {"nginx/cut-off", true},
    {"nginx/gateway-timeout", true},
    {"nginx/name-unknown", true},
    {"nginx/not-found", false}, /* other pages may come */
    {"nginx/not-http", true},
    {"nginx/redirect-loop", false}, /* pages or files alone, too */
    {"nginx/redirect-nowhere", false},
    {"nginx/refused", false}, /* perhaps ejmon alone */
    {"nginx/server-error", true},
    {"nginx/slow", false},
    {"nginx/timeout", true},
    {"nginx/unavailable", true},
    {"nginx/unreachable", true},
    {"rocket/hung", false},
    {"rocket/not-rocketchat", false},
    {"rocket/server-error", false},
    {"rocket/unreachable", false},
    {"tcp/closed", false},
    {"tcp/name-unknown", false},
    {"tcp/timeout", false},
    {"tcp/unreachable", false},
};

static void what_is_absent_of_the_whole_site_is_decided_for_each_code(void **state) {
  (void)state;
  size_t decided = 0;
  for (const struct code *const *place = every_code; *place; place++) {
    const struct code *code = *place;
    if (code->outage && (code->evidence != EVIDENCE_ABSENCE || code->severity != SEVERITY_CRITICAL))
      complain(code->name, "is called an outage, and is no critical absence", "");
    if (code->evidence != EVIDENCE_ABSENCE) continue;
    size_t i = 0;
    while (i < countof(absences) && !text_equal(absences[i].code, code->name)) i++;
    decided += i < countof(absences);
    if (i == countof(absences)) complain(code->name, "is absence: of the whole site, or not?", "");
    if (i < countof(absences) && absences[i].outage != code->outage) complain(code->name, "is decided on otherwise", "here");
  }
  assert_int_equal(decided, countof(absences));
  assert_nothing_wrong();
}

static void the_layers_stand_in_their_order(void **state) {
  (void)state;
  static const char *const order[] = {"host", "network",    "volume", "database", "mongo",   "settings",
                                      "web",  "rocketchat", "nginx",  "proxy",    "browser", "ejmon"};
  assert_int_equal(countof(order), LAYER_COUNT);
  for (size_t i = 0; i < countof(order); i++) assert_string_equal(layer_names[i], order[i]);
}

/* --- rules as they are written ------------------------------------------------------------------------------------------------------- */

static bool is_strong(const struct code *code) {
  return code->evidence != EVIDENCE_LATENT && code->evidence != EVIDENCE_TRACE;
}

static size_t count_strong(const struct code *const *list) {
  size_t count = 0;
  for (; list && *list; list++) count += is_strong(*list);
  return count;
}

static bool lists(const struct code *const *list, const struct code *code) {
  for (; list && *list; list++) {
    if (*list == code) return true;
  }
  return false;
}

static bool is_group(const struct code *code) {
  return text_ends(code->name, "/");
}

static void check_group(const struct rule *rule, const struct code *group) {
  for (const struct code *const *code = every_code; *code; code++) {
    if ((*code)->evidence == EVIDENCE_ABSENCE && text_starts((*code)->name, group->name)) return;
  }
  complain(rule->code->name, "lists a group without absence,", group->name);
}

static void check_rule(const struct rule *rule) {
  const char *name = rule->code->name;
  bool ever_strong = count_strong(rule->all) + count_strong(rule->any) + count_strong(rule->proof) > 0;
  bool ever_weak = count_strong(rule->all) == 0 && (!rule->any || rule->any[count_strong(rule->any)]);
  for (const struct code *const *code = rule->explains; code && *code; code++) {
    if (is_group(*code)) check_group(rule, *code);
    if (!ever_strong && (*code)->evidence == EVIDENCE_CONTENT)
      complain(name, "is known by latent evidence and traces only, and explains", (*code)->name);
    if (lists(rule->measured, *code)) complain(name, "lists twice", (*code)->name);
  }
  for (const struct code *const *code = rule->measured; code && *code; code++) {
    if ((*code)->evidence != EVIDENCE_CONTENT) complain(name, "measures what is no content,", (*code)->name);
    if (!ever_weak) complain(name, "is never weak, and measures", (*code)->name);
  }
  for (const struct code *const *code = rule->proof; code && *code; code++) {
    if (is_group(*code)) complain(name, "takes for a proof", (*code)->name);
  }
  if (rule->overrides_plan && rule->plan) complain(name, "has a plan, and says why it overrides one", "");
  if (rule->overrides_plan && (!*rule->overrides_plan || strlen(rule->overrides_plan) > 100)) complain(name, "says no short reason", "");
}

static void every_rule_is_written_by_the_laws(void **state) {
  (void)state;
  for (const struct rule *const *table = rule_tables; *table; table++) {
    for (const struct rule *rule = *table; rule->code; rule++) check_rule(rule);
  }
  assert_nothing_wrong();
}

/* --- what comes of them -------------------------------------------------------------------------------------------------------------- */

/* Does the cause of this fault explain the code, when that is ill too? */
static bool explains(const struct fault *fault, const struct code *code) {
  const struct code *ill[SIGNS_LIMIT + 1];
  struct causes causes = {0};
  bool explained = false;
  memcpy(ill, fault->signs, fault->count * sizeof *ill);
  ill[fault->count] = code;
  rules_evaluate(rule_tables, ill, fault->count + 1, &causes);
  for (size_t i = 0; i < causes.count; i++) {
    if (!text_equal(causes.items[i].code, entries[fault->cause].name)) continue;
    for (size_t k = 0; k < causes.items[i].explains_count; k++) explained |= text_equal(causes.items[i].explains[k], code->name);
  }
  causes_free(&causes);
  return explained;
}

static bool is_weak(const struct fault *fault) {
  for (size_t i = 0; i < fault->count; i++) {
    if (is_strong(fault->signs[i])) return false;
  }
  return true;
}

static void latent_evidence_and_traces_alone_explain_no_content_but_what_is_measured(void **state) {
  (void)state;
  size_t weak = 0, measured = 0;
  for (size_t i = 0; i < fault_count; i++) {
    const struct rule *rule = entries[faults[i].cause].rule;
    if (!rule || !is_weak(&faults[i])) continue;
    weak++;
    for (const struct code *const *code = every_code; *code; code++) {
      if ((*code)->evidence != EVIDENCE_CONTENT || rule_needs(rule, (*code)->name) || !explains(&faults[i], *code)) continue;
      measured++;
      if (!lists(rule->measured, *code)) complain(rule->code->name, "is latent or a trace, and explains", (*code)->name);
    }
  }
  assert_true(weak > 30 && measured > 10);
  assert_nothing_wrong();
}

/* By its own name, or with a cause that is listed by its name. */
static bool is_named(const struct rule *rule, const struct code *code) {
  if (lists(rule->all, code) || lists(rule->any, code) || lists(rule->proof, code) || lists(rule->measured, code)) return true;
  for (const struct code *const *listed = rule->explains; listed && *listed; listed++) {
    const struct rule *folded = (*listed)->cause ? rule_find((*listed)->name) : NULL;
    if (*listed == code || (folded && (rule_needs(folded, code->name) || rule_folds(folded, code->name)))) return true;
  }
  return false;
}

static void a_group_explains_absence_only(void **state) {
  (void)state;
  size_t absent = 0;
  for (size_t i = 0; i < fault_count; i++) {
    const struct rule *rule = entries[faults[i].cause].rule;
    for (const struct code *const *code = every_code; rule && *code; code++) {
      if ((*code)->cause || fault_has(&faults[i], *code) || is_named(rule, *code) || !explains(&faults[i], *code)) continue;
      absent++;
      if ((*code)->evidence != EVIDENCE_ABSENCE) complain(rule->code->name, "explains by a group", (*code)->name);
    }
  }
  assert_true(absent > 50);
  assert_nothing_wrong();
}

/* --- what was repaired, and what lies above it --------------------------------------------------------------------------------------- */

static void what_lies_above_the_repaired_is_downstream(void **state) {
  (void)state;
  const struct rule *repaired = rule_find("theme/stale-volume");
  const struct cause cache = {.code = "theme/stale-cache", .rule = rule_find("theme/stale-cache")};
  const struct cause lone = {.code = "login/third-party-cookies", .finding = code_find("login/third-party-cookies")};
  const struct cause same = {.code = "theme/naked", .rule = rule_find("theme/naked")};
  const struct cause below = {.code = "disk/full", .rule = rule_find("disk/full")};
  assert_true(cause_is_downstream(&cache, repaired->code->layer));
  assert_true(cause_is_downstream(&lone, repaired->code->layer));
  assert_false(cause_is_downstream(&same, repaired->code->layer));
  assert_false(cause_is_downstream(&below, repaired->code->layer));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_finding_has_a_kind_and_every_cause_a_layer),
      cmocka_unit_test(what_is_absent_of_the_whole_site_is_decided_for_each_code),
      cmocka_unit_test(the_layers_stand_in_their_order),
      cmocka_unit_test(every_rule_is_written_by_the_laws),
      cmocka_unit_test(latent_evidence_and_traces_alone_explain_no_content_but_what_is_measured),
      cmocka_unit_test(a_group_explains_absence_only),
      cmocka_unit_test(what_lies_above_the_repaired_is_downstream),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
