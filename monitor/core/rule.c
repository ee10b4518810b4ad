/* From ill codes to causes; pure; see rule.h. */
#include "monitor/core/rule.h"

#include <stdlib.h>
#include <string.h>

struct ill {
  const struct code *code;
  bool explained;
};

struct evaluation {
  struct ill *ill;
  size_t count;
};

static struct ill *ill_find(const struct evaluation *evaluation, const char *name) {
  for (size_t i = 0; i < evaluation->count; i++) {
    if (text_equal(evaluation->ill[i].code->name, name)) return &evaluation->ill[i];
  }
  return NULL;
}

/* Does the pattern of an explains list ("db/unreachable", "theme/") name this code? */
static bool pattern_matches(const char *pattern, const char *name) {
  return text_ends(pattern, "/") ? text_starts(name, pattern) : text_equal(pattern, name);
}

static bool list_matches(const char *const *list, const char *name) {
  for (; list && *list; list++) {
    if (pattern_matches(*list, name)) return true;
  }
  return false;
}

static bool rule_fires(const struct rule *rule, const struct evaluation *evaluation) {
  bool unexplained = false, some = !rule->any;
  for (const char *const *name = rule->all; name && *name; name++) {
    const struct ill *ill = ill_find(evaluation, *name);
    if (!ill) return false;
    unexplained |= !ill->explained;
  }
  for (const char *const *name = rule->any; name && *name; name++) {
    const struct ill *ill = ill_find(evaluation, *name);
    if (!ill) continue;
    some = true;
    unexplained |= !ill->explained;
  }
  for (const char *const *name = rule->none; name && *name; name++) {
    if (ill_find(evaluation, *name)) return false;
  }
  return some && unexplained;
}

static struct cause *cause_add(struct causes *causes, const char *code) {
  struct cause *cause = array_push(&causes->items, &causes->count, sizeof *cause);
  cause->code = code;
  return cause;
}

static void cause_explain(struct cause *cause, struct ill *ill) {
  ill->explained = true;
  const char **name = array_push(&cause->explains, &cause->explains_count, sizeof *name);
  *name = ill->code->name;
}

/* Is this cause itself folded into one that fired before? */
static bool cause_is_explained(const struct causes *causes, const char *code) {
  for (size_t i = 0; i < causes->count; i++) {
    if (causes->items[i].rule && list_matches(causes->items[i].rule->explains, code)) return true;
  }
  return false;
}

/* What a folded cause would have explained belongs to the cause that folded it. */
static void cause_fold(struct causes *causes, const struct rule *rule, struct evaluation *evaluation) {
  struct cause *into = NULL;
  for (size_t i = 0; i < causes->count && !into; i++) {
    if (causes->items[i].rule && list_matches(causes->items[i].rule->explains, rule->code)) into = &causes->items[i];
  }
  for (size_t i = 0; into && i < evaluation->count; i++) {
    struct ill *ill = &evaluation->ill[i];
    bool own = list_matches(rule->all, ill->code->name) || list_matches(rule->any, ill->code->name) ||
               list_matches(rule->explains, ill->code->name) || list_matches(rule->proof, ill->code->name);
    if (own && !ill->explained) cause_explain(into, ill);
  }
}

static int rule_order(const void *a, const void *b) {
  const struct rule *left = *(const struct rule *const *)a, *right = *(const struct rule *const *)b;
  if (left->rank != right->rank) return left->rank < right->rank ? 1 : -1;
  return strcmp(left->code, right->code);
}

void rules_evaluate(const struct rule *const *tables, const struct code *const *codes, size_t code_count, struct causes *ret_causes) {
  causes_free(ret_causes);
  struct evaluation evaluation = {.ill = xcalloc(code_count, sizeof *evaluation.ill), .count = code_count};
  for (size_t i = 0; i < code_count; i++) evaluation.ill[i].code = codes[i];

  const struct rule **rules = NULL;
  size_t rule_count = 0;
  for (; *tables; tables++) {
    for (const struct rule *rule = *tables; rule->code; rule++) {
      const struct rule **place = array_push(&rules, &rule_count, sizeof *place);
      *place = rule;
    }
  }
  if (rule_count) qsort(rules, rule_count, sizeof *rules, rule_order);

  for (size_t i = 0; i < rule_count; i++) {
    const struct rule *rule = rules[i];
    if (!rule_fires(rule, &evaluation)) continue;
    if (cause_is_explained(ret_causes, rule->code)) {
      cause_fold(ret_causes, rule, &evaluation);
      continue;
    }
    struct cause *cause = cause_add(ret_causes, rule->code);
    cause->rule = rule;
    for (size_t k = 0; k < code_count; k++) {
      const char *name = codes[k]->name;
      bool matched = list_matches(rule->all, name) || list_matches(rule->any, name);
      bool proof = list_matches(rule->proof, name);
      cause->proven = cause->proven || proof;
      if (matched || ((proof || list_matches(rule->explains, name)) && !evaluation.ill[k].explained))
        cause_explain(cause, &evaluation.ill[k]);
    }
  }
  for (size_t i = 0; i < code_count; i++) {
    if (evaluation.ill[i].explained) continue;
    struct cause *cause = cause_add(ret_causes, codes[i]->name);
    cause->finding = codes[i];
    cause_explain(cause, &evaluation.ill[i]);
  }
  free(rules);
  free(evaluation.ill);
}

void causes_free(struct causes *causes) {
  for (size_t i = 0; i < causes->count; i++) free(causes->items[i].explains);
  free(causes->items);
  *causes = (struct causes){0};
}

const struct rule *rule_find(const char *code) {
  for (const struct rule *const *table = rule_tables; *table; table++) {
    for (const struct rule *rule = *table; rule->code; rule++) {
      if (text_equal(rule->code, code)) return rule;
    }
  }
  return NULL;
}
