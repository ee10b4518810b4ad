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

static struct ill *ill_find(const struct evaluation *evaluation, const struct code *code) {
  for (size_t i = 0; i < evaluation->count; i++) {
    if (evaluation->ill[i].code == code) return &evaluation->ill[i];
  }
  return NULL;
}

static bool in_list(const struct code *const *list, const char *name) {
  for (; list && *list; list++) {
    if (text_equal((*list)->name, name)) return true;
    if (text_ends((*list)->name, "/") && text_starts(name, (*list)->name)) return true; /* a GROUP */
  }
  return false;
}

bool rule_needs(const struct rule *rule, const char *code) {
  return in_list(rule->all, code) || in_list(rule->any, code);
}

bool rule_folds(const struct rule *rule, const char *code) {
  return in_list(rule->explains, code) || in_list(rule->proof, code);
}

bool rule_is_proof(const struct rule *rule, const char *code) {
  return rule && in_list(rule->proof, code);
}

bool rule_must_pass(const struct rule *rule, const char *code) {
  return !rule || (rule_needs(rule, code) && !rule_is_proof(rule, code));
}

static bool rule_fires(const struct rule *rule, const struct evaluation *evaluation) {
  bool unexplained = false, some = !rule->any;
  for (const struct code *const *code = rule->all; code && *code; code++) {
    const struct ill *ill = ill_find(evaluation, *code);
    if (!ill) return false;
    unexplained |= !ill->explained;
  }
  for (const struct code *const *code = rule->any; code && *code; code++) {
    const struct ill *ill = ill_find(evaluation, *code);
    if (!ill) continue;
    some = true;
    unexplained |= !ill->explained;
  }
  for (const struct code *const *code = rule->none; code && *code; code++) {
    if (ill_find(evaluation, *code)) return false;
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
    if (causes->items[i].rule && in_list(causes->items[i].rule->explains, code)) return true;
  }
  return false;
}

/* What a folded cause would have explained belongs to the cause that folded it. */
static void cause_fold(struct causes *causes, const struct rule *rule, struct evaluation *evaluation) {
  struct cause *into = NULL;
  for (size_t i = 0; i < causes->count && !into; i++) {
    if (causes->items[i].rule && in_list(causes->items[i].rule->explains, rule->code->name)) into = &causes->items[i];
  }
  for (size_t i = 0; into && i < evaluation->count; i++) {
    struct ill *ill = &evaluation->ill[i];
    bool own = rule_needs(rule, ill->code->name) || rule_folds(rule, ill->code->name);
    if (own && !ill->explained) cause_explain(into, ill);
  }
}

static int rule_order(const void *a, const void *b) {
  const struct rule *left = *(const struct rule *const *)a, *right = *(const struct rule *const *)b;
  if (left->rank != right->rank) return left->rank < right->rank ? 1 : -1;
  return strcmp(left->code->name, right->code->name);
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
    if (cause_is_explained(ret_causes, rule->code->name)) {
      cause_fold(ret_causes, rule, &evaluation);
      continue;
    }
    struct cause *cause = cause_add(ret_causes, rule->code->name);
    cause->rule = rule;
    for (size_t k = 0; k < code_count; k++) {
      const char *name = codes[k]->name;
      cause->proven = cause->proven || rule_is_proof(rule, name);
      if (rule_needs(rule, name) || (rule_folds(rule, name) && !evaluation.ill[k].explained)) cause_explain(cause, &evaluation.ill[k]);
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
      if (text_equal(rule->code->name, code)) return rule;
    }
  }
  return NULL;
}
