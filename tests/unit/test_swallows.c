/* Who swallows whom: every pair of causes is made ill at once, and what one of them hides is held against the third law of rules and
 * against the golden file beside this one. Its diff shows what a new rule hides; `make golden` writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/rule_faults.h"

#define GOLDEN "tests/unit/who_swallows_whom.txt"
static unsigned char *swallowed; /* entry x entry: the first hides the second */
static size_t pairs, losing, healable, unwritten;

static const struct cause *cause_of(const struct causes *causes, const char *name) {
  for (size_t i = 0; i < causes->count; i++) {
    if (text_equal(causes->items[i].code, name)) return &causes->items[i];
  }
  return NULL;
}

/* --- the pairs --------------------------------------------------------------------------------------------------------------------- */

/* All signs of the one are signs of the other: then there is nothing beside it that could be hidden. */
static bool is_part(const struct fault *part, const struct fault *whole) {
  for (size_t i = 0; i < part->count; i++) {
    if (!fault_has(whole, part->signs[i])) return false;
  }
  return true;
}

static bool explains(const struct cause *cause, const struct fault *fault) {
  for (size_t i = 0; i < fault->count; i++) {
    for (size_t k = 0; k < cause->explains_count; k++) {
      if (text_equal(cause->explains[k], fault->signs[i]->name)) return true;
    }
  }
  return false;
}

/* Law 3. */
static bool may_hide(const struct cause *hider, const struct rule *hidden) {
  if (!hidden || !hidden->plan) return true;
  const struct rule *rule = hider->rule;
  return rule && (rule->plan || rule->overrides_plan || cause_layer(hider) < hidden->code->layer);
}

/* Was it complained of already? */
static bool is_known(size_t lost, const struct cause *hider) {
  const struct entry *by = entry_find(hider->code);
  return by && swallowed[(size_t)(by - entries) * entry_count + lost];
}

static void judge_lost(const struct causes *causes, const struct fault *lost, const struct fault *other) {
  const struct entry *entry = &entries[lost->cause];
  for (size_t i = 0; i < causes->count; i++) {
    const struct cause *hider = &causes->items[i];
    if (!explains(hider, lost)) continue;
    if (!may_hide(hider, entry->rule) && !is_known(lost->cause, hider)) {
      print_error("%s hides %s, which has a remedy, and says no reason (with %s)\n", hider->code, entry->name, entries[other->cause].name);
      unwritten++;
    }
    if (!hider->rule) continue; /* a rule's `none` leaves its sign to stand for itself */
    const struct entry *by = entry_find(hider->code);
    if (!by) fail_msg("%s comes of no set of its own signs alone", hider->code);
    swallowed[(size_t)(by - entries) * entry_count + lost->cause] = 1;
  }
}

static size_t judge_pair(const struct fault *a, const struct fault *b, bool *ret_healable) {
  const struct code *ill[2 * SIGNS_LIMIT];
  size_t count = 0, lost = 0;
  struct causes causes = {0};
  for (size_t i = 0; i < a->count; i++) ill[count++] = a->signs[i];
  for (size_t i = 0; i < b->count; i++) {
    if (!fault_has(a, b->signs[i])) ill[count++] = b->signs[i];
  }
  rules_evaluate(rule_tables, ill, count, &causes);
  const struct fault *both[] = {a, b};
  for (size_t i = 0; i < countof(both); i++) {
    const struct rule *rule = entries[both[i]->cause].rule;
    if (cause_of(&causes, entries[both[i]->cause].name)) continue;
    lost++;
    bool cured = false;
    for (size_t k = 0; k < causes.count; k++) {
      cured |= explains(&causes.items[k], both[i]) && causes.items[k].rule && causes.items[k].rule->plan;
    }
    *ret_healable |= rule && rule->plan && !cured;
    judge_lost(&causes, both[i], both[1 - i]);
  }
  causes_free(&causes);
  return lost;
}

static int walk(void **state) {
  (void)state;
  faults_load();
  assert_true(entry_count > 200);
  swallowed = xcalloc(entry_count * entry_count, 1);
  size_t *lost = xcalloc(entry_count * entry_count, sizeof *lost);
  for (size_t a = 0; a < fault_count; a++) {
    for (size_t b = a + 1; b < fault_count; b++) {
      if (faults[a].cause == faults[b].cause || is_part(&faults[a], &faults[b]) || is_part(&faults[b], &faults[a])) continue;
      size_t *cell = &lost[faults[a].cause * entry_count + faults[b].cause];
      bool heals = false;
      *cell |= 4 | (judge_pair(&faults[a], &faults[b], &heals) > 0 ? 1 : 0);
      *cell |= heals ? 2 : 0;
    }
  }
  for (size_t i = 0; i < entry_count * entry_count; i++) {
    pairs += lost[i] != 0;
    losing += (lost[i] & 1) != 0;
    healable += (lost[i] & 2) != 0;
  }
  free(lost);
  return 0;
}

static int forget(void **state) {
  (void)state;
  faults_free();
  free(swallowed);
  return 0;
}

/* --- the golden file ---------------------------------------------------------------------------------------------------------------- */

static void write_group(struct text *text, size_t hider) {
  const char *group = "";
  for (size_t i = 0; i < entry_count; i++) {
    if (!swallowed[hider * entry_count + i]) continue;
    const struct rule *rule = entries[i].rule;
    const char *name = strchr(entries[i].name, '/') + 1;
    size_t length = (size_t)(name - entries[i].name);
    if (strncmp(group, entries[i].name, length) != 0) text_printf(text, "\n  %.*s", (int)length, entries[i].name);
    group = entries[i].name;
    text_printf(text, " %s%s", name, rule && rule->plan ? "!" : "");
  }
}

static char *golden(void) {
  struct text text = {0};
  text_add(
      &text,
      "# Of all pairs of causes: who hides whom, when both are there at once. A finding that no rule knows is a cause of its own; what a\n"
      "# remedy could heal has a \"!\", what hides such a one without a remedy says why. `make golden` writes this.\n");
  for (size_t i = 0; i < entry_count; i++) {
    const struct rule *rule = entries[i].rule;
    if (!memchr(swallowed + i * entry_count, 1, entry_count)) continue;
    text_printf(&text, "\n%s%s (%s)", entries[i].name, rule && rule->plan ? "!" : "", layer_names[rule->code->layer]);
    if (rule->overrides_plan) text_printf(&text, ": %s", rule->overrides_plan);
    write_group(&text, i);
    text_add(&text, "\n");
  }
  return text_steal(&text);
}

static char *read_golden(void) {
  struct text text = {0};
  auto_file FILE *file = fopen(GOLDEN, "r");
  char line[4096];
  while (file && fgets(line, sizeof line, file)) text_add(&text, line);
  return text_steal(&text);
}

static void no_cause_without_a_remedy_hides_one_with_a_remedy_and_says_no_reason(void **state) {
  (void)state;
  print_message(
      "%zu pairs of causes, %zu lose one, %zu of them a healable one to one without a remedy; healable causes hidden by one "
      "without remedy and without a written reason: %zu\n",
      pairs, losing, healable, unwritten);
  assert_int_equal(unwritten, 0);
}

/* The lines that are in one and not in the other, each below the cause that it belongs to. */
static void show(const char *mark, const char *lines, const char *other) {
  auto_free char *cause = xstrdup("");
  for (const char *line = lines; *line;) {
    size_t length = strcspn(line, "\n");
    auto_free char *one = xstrndup(line, length);
    if (*one && *one != ' ') {
      free(cause);
      cause = xstrdup(one);
    }
    auto_free char *whole = text_format("%s\n", one);
    if (!strstr(other, whole)) print_error("%s %s%s%s\n", mark, *one == ' ' ? cause : "", *one == ' ' ? " |" : "", one);
    line += length + (line[length] == '\n');
  }
}

static void every_reason_is_needed(void **state) {
  (void)state;
  int idle = 0;
  for (size_t i = 0; i < entry_count; i++) {
    bool needed = !entries[i].rule || !entries[i].rule->overrides_plan;
    for (size_t k = 0; k < entry_count && !needed; k++) {
      const struct rule *hidden = swallowed[i * entry_count + k] ? entries[k].rule : NULL;
      needed = hidden && hidden->plan && entries[i].rule->code->layer >= hidden->code->layer;
    }
    if (needed) continue;
    print_error("%s says why it overrides a plan, and overrides none\n", entries[i].name);
    idle++;
  }
  assert_int_equal(idle, 0);
}

static void who_swallows_whom_is_as_it_was(void **state) {
  (void)state;
  if (access("tests/unit", R_OK) < 0) skip(); /* not run from the root of the tree */
  char *now = golden(), *was = read_golden();
  bool same = strcmp(now, was) == 0;
  if (!same) {
    show("-", was, now);
    show("+", now, was);
  }
  free(now);
  free(was);
  if (!same) fail_msg("%s is not what the rules say; where it is meant, `make golden` writes it anew", GOLDEN);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--write") == 0) {
    (void)walk(NULL);
    auto_free char *text = golden();
    auto_file FILE *file = fopen(GOLDEN, "w");
    int r = file && fputs(text, file) >= 0 ? 0 : 1;
    (void)forget(NULL);
    return r;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_cause_without_a_remedy_hides_one_with_a_remedy_and_says_no_reason),
      cmocka_unit_test(every_reason_is_needed),
      cmocka_unit_test(who_swallows_whom_is_as_it_was),
  };
  return cmocka_run_group_tests(tests, walk, forget);
}
