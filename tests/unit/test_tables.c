/* Walks everything that is generated or listed: kinds, codes, rules, names. What `ejmon explain` promises must be there for every one of
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/check.h"
#include "monitor/commands/command.h"
#include "monitor/core/guard.h"
#include "monitor/core/incident.h"
#include "monitor/core/rule.h"
#include "monitor/core/symptom.h"
#include "monitor/heal/attempt.h"
#include "monitor/reports/report.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/sinks/sink.h"

static struct known_code *known;
static size_t known_count;
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

static int load(void **state) {
  (void)state;
  known = command_codes(&known_count);
  return 0;
}

static int unload(void **state) {
  (void)state;
  free(known);
  return 0;
}

static const struct known_code *find(const char *name) {
  for (size_t i = 0; i < known_count; i++) {
    if (text_equal(known[i].name, name)) return &known[i];
  }
  return NULL;
}

static bool is_word(const char *string) {
  return *string && strspn(string, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(string) && *string != '-' && !text_ends(string, "-");
}

static bool is_code_name(const char *name) {
  const char *slash = strchr(name, '/');
  if (!slash) return false;
  char *group = xstrndup(name, (size_t)(slash - name));
  bool good = is_word(group) && is_word(slash + 1);
  free(group);
  return good;
}

static bool is_empty(const char *string) {
  return !string || !*string;
}

static void every_code_and_cause_is_explained_in_full(void **state) {
  (void)state;
  assert_true(known_count > 50);
  for (size_t i = 0; i < known_count; i++) {
    const struct known_code *item = &known[i];
    const struct explanation *explain = item->explain;
    if (!is_code_name(item->name)) complain(item->name, "is no group/name in lower case");
    if (i > 0 && text_equal(known[i - 1].name, item->name)) complain(item->name, "exists twice");
    static const enum explanation_part needed[] = {PART_TITLE, PART_MEANING, PART_WHY, PART_HEALS};
    for (size_t k = 0; k < countof(needed); k++) {
      if (!explain->parts[needed[k]]) complain(item->name, explanation_part_names[needed[k]]);
    }
    if (!item->rule != !explain->parts[PART_SUMMARY]) complain(item->name, "has a summary and is no cause, or the reverse");
    const char *title = explain->parts[PART_TITLE] ? explain->parts[PART_TITLE] : "";
    if (text_ends(title, ".")) complain(item->name, "has a title with a full stop");
    if (strlen(title) > 100) complain(item->name, "has a title longer than a line");
    if (!explain->refs || is_empty(explain->refs[0])) complain(item->name, "has no refs");
    for (size_t k = 0; k < PART_COUNT; k++) {
      if (explain->parts[k] && !*explain->parts[k]) complain(item->name, "has an empty part");
      if (explain->parts[k] && strstr(explain->parts[k], "/root/")) complain(item->name, "names a path that nobody else has");
    }
    for (const struct refusal *refusal = explain->refused; refusal && refusal->remedy; refusal++) {
      if (is_empty(refusal->remedy) || is_empty(refusal->why)) complain(item->name, "refuses without a reason");
    }
  }
  for (size_t i = 0; i < explanation_count; i++) {
    if (!find(explanations[i].code)) complain(explanations[i].code, "is explained, but no table of codes has it");
  }
  assert_nothing_wrong();
}

static void every_cause_of_the_table_has_its_rule(void **state) {
  (void)state;
  for (const struct code *const *code = causes_codes; *code; code++) {
    if (!rule_find((*code)->name)) complain((*code)->name, "has no rule");
  }
  assert_nothing_wrong();
}

static bool group_exists(const char *group) {
  for (size_t i = 0; i < known_count; i++) {
    if (text_starts(known[i].name, group)) return true;
  }
  return false;
}

static void check_list(const struct rule *rule, const struct code *const *list, const char *what, bool patterns) {
  for (; list && *list; list++) {
    const char *name = (*list)->name;
    auto_free char *who = text_format("%s: %s %s", rule->code->name, what, name);
    if (patterns && text_ends(name, "/")) {
      if (!group_exists(name)) complain(who, "matches no code");
      continue;
    }
    const struct known_code *item = find(name);
    if (!item) complain(who, "does not exist");
    if (item && !patterns && !item->code) complain(who, "is a cause, but only findings are matched");
    if (item && !patterns && item->code && item->code->blind) complain(who, "is blind and never ill");
    if (item && !patterns && item->code && item->code->severity == SEVERITY_INFO) complain(who, "is only informative and never ill");
    if (item && item->rule && item->rule->rank >= rule->rank) complain(who, "is a cause of no lower rank, so it is never folded");
  }
}

static void check_rule(const struct rule *rule) {
  const char *code = rule->code->name;
  if (!rule->code->cause) complain(code, "stands in no table as a cause");
  if (!rule->all && !rule->any) complain(code, "needs nothing, so it never fires");
  if ((rule->all && !rule->all[0]) || (rule->any && !rule->any[0])) complain(code, "has an empty all or any");
  check_list(rule, rule->all, "all", false);
  check_list(rule, rule->any, "any", false);
  check_list(rule, rule->none, "none", false);
  check_list(rule, rule->proof, "proof", false);
  check_list(rule, rule->explains, "explains", true);
  for (const char *const *name = rule->plan; name && *name; name++) {
    bool exists = false;
    for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) exists |= text_equal((*kind)->name, *name);
    auto_free char *who = text_format("%s: plan %s", code, *name);
    if (!exists) complain(who, "is no remedy");
  }
  if (rule->proof && !rule->proof[0]) complain(code, "has an empty proof; NULL is for those");
  if (rule->plan && !rule->plan[0]) complain(code, "has an empty plan; NULL is for those");
  if (!rule->plan && !explanation_of(code)->by_hand) complain(code, "has neither a plan nor a word for a person");
  if (rule->rank < RANK_ROCKET) complain(code, "has no rank");
  if (rule_find(code) != rule) complain(code, "is not found by its name");
}

static void every_rule_names_only_what_exists(void **state) {
  (void)state;
  size_t count = 0;
  for (const struct rule *const *table = rule_tables; *table; table++) {
    for (const struct rule *rule = *table; rule->code; rule++, count++) check_rule(rule);
  }
  assert_true(count > 10);
  assert_null(rule_find("no/such-rule"));
  assert_nothing_wrong();
}

static void check_options(const char *who, const struct option *options, size_t count, size_t size) {
  for (size_t i = 0; i < count; i++) {
    auto_free char *name = text_format("%s: key %s", who, options[i].key ? options[i].key : "?");
    if (is_empty(options[i].key)) complain(name, "has no name");
    if (is_empty(options[i].help)) complain(name, "has no help");
    if (options[i].offset >= size) complain(name, "lies outside of its struct");
    if (options[i].type != OPTION_DSN && (options[i].type == OPTION_CHOICE) != (options[i].choices != NULL))
      complain(name, "has choices without being a choice, or the reverse");
    for (size_t k = 0; k < i; k++) {
      if (text_equal(options[k].key, options[i].key) && text_equal(options[k].group, options[i].group)) complain(name, "exists twice");
      if (options[k].offset == options[i].offset) complain(name, "shares its place with another key");
    }
  }
}

static void every_check_kind_is_whole(void **state) {
  (void)state;
  size_t count = 0;
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++, count++) {
    const char *name = (*kind)->name;
    if (is_empty(name) || !is_word(name)) complain(name ? name : "?", "is no word");
    if (is_empty((*kind)->summary)) complain(name, "has no summary");
    if (!(*kind)->probe) complain(name, "cannot probe");
    if (!(*kind)->codes || !(*kind)->codes[0]) complain(name, "has no codes");
    for (const struct code *const *code = (*kind)->codes; code && *code; code++) {
      for (const struct code *const *other = (*kind)->codes; other != code; other++) {
        if (*other == *code) complain((*code)->name, "is listed twice by one kind");
      }
    }
    bool target = false;
    for (size_t i = 0; i < (*kind)->option_count; i++) target |= text_equal((*kind)->options[i].key, (*kind)->target);
    if (!target) complain(name, "has a target that is none of its keys");
    for (const struct check_kind *const *other = check_kinds; other != kind; other++) {
      if (text_equal((*other)->name, name)) complain(name, "exists twice");
    }
    check_options(name, (*kind)->options, (*kind)->option_count, (*kind)->config_size);
  }
  assert_true(count >= 5);
  assert_nothing_wrong();
}

static void every_remedy_kind_is_whole(void **state) {
  (void)state;
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) {
    const char *name = (*kind)->name;
    if (is_empty(name) || !is_word(name)) complain(name ? name : "?", "is no word");
    if (is_empty((*kind)->summary) || is_empty((*kind)->heals)) complain(name, "does not say what it does");
    if (!(*kind)->refs || is_empty((*kind)->refs[0])) complain(name, "has no refs");
    if (!(*kind)->describe || !(*kind)->preflight || !(*kind)->snapshot || !(*kind)->apply || !(*kind)->undo)
      complain(name, "lacks a step");
    if ((*kind)->timeout <= 0) complain(name, "has no time-out");
    check_options(name, (*kind)->options, (*kind)->option_count, (*kind)->config_size);
    bool wanted = false;
    for (const struct rule *const *table = rule_tables; *table; table++) {
      for (const struct rule *rule = *table; rule->code; rule++) {
        for (const char *const *step = rule->plan; step && *step; step++) wanted |= text_equal(*step, name);
      }
    }
    if (!wanted) complain(name, "is in no plan");
  }
  assert_nothing_wrong();
}

static void every_sink_format_and_command_is_whole(void **state) {
  (void)state;
  for (const struct sink_kind *const *kind = sink_kinds; *kind; kind++) {
    if (is_empty((*kind)->name) || is_empty((*kind)->summary) || !(*kind)->send) complain("a sink", "is not whole");
    check_options((*kind)->name, (*kind)->options, (*kind)->option_count, (*kind)->config_size);
  }
  for (const struct report_format *const *format = report_formats; *format; format++) {
    if (is_empty((*format)->name) || is_empty((*format)->summary) || !(*format)->write) complain("a format", "is not whole");
  }
  for (const struct command *const *command = commands; *command; command++) {
    if (is_empty((*command)->name) || is_empty((*command)->summary) || !(*command)->run) complain("a command", "is not whole");
  }
  assert_nothing_wrong();
}

/* A name that is missing or stands twice; reading beyond a short table is what the sanitizers see. */
static void check_names(const char *who, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (is_empty(names[i])) complain(who, "lacks a name");
    for (size_t k = 0; k < i; k++) {
      if (text_equal(names[k], names[i])) complain(who, "has a name twice");
    }
  }
}

static void every_printed_enum_has_its_names(void **state) {
  (void)state;
  check_names("severity", severity_names, SEVERITY_CRITICAL + 1);
  check_names("check status", check_status_names, STATUS_SKIP + 1);
  check_names("confidence", confidence_names, CONFIDENCE_CERTAIN + 1);
  check_names("symptom state", symptom_state_names, SYMPTOM_STATES);
  check_names("incident state", incident_state_names, INCIDENT_FOLDED + 1);
  check_names("remedy mode", acting_mode_names, MODE_AUTO + 1);
  check_names("guard verdict", guard_sentences, GUARD_VERDICTS);
  check_names("attempt verdict", attempt_verdict_names, ATTEMPT_VERDICTS);
  check_names("notice event", notice_event_names, NOTICE_RESOLVED + 1);
  assert_nothing_wrong();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_code_and_cause_is_explained_in_full),
      cmocka_unit_test(every_cause_of_the_table_has_its_rule),
      cmocka_unit_test(every_rule_names_only_what_exists),
      cmocka_unit_test(every_check_kind_is_whole),
      cmocka_unit_test(every_remedy_kind_is_whole),
      cmocka_unit_test(every_sink_format_and_command_is_whole),
      cmocka_unit_test(every_printed_enum_has_its_names),
  };
  return cmocka_run_group_tests(tests, load, unload);
}
