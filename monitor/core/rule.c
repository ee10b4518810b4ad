/* From ill codes to causes; pure; see rule.h. */
#include "monitor/core/rule.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* --- lists of codes ------------------------------------------------------------------------------------------------------------------ */

static bool is_group_of(const struct code *group, const struct code *code) {
  return code->evidence == EVIDENCE_ABSENCE && text_ends(group->name, "/") && text_starts(code->name, group->name);
}

static bool lists(const struct code *const *list, const struct code *code) {
  for (; list && *list; list++) {
    if (*list == code || is_group_of(*list, code)) return true;
  }
  return false;
}

static bool names(const struct code *const *list, const char *name) {
  const struct code *code = code_find(name);
  for (; list && *list; list++) {
    if (text_equal((*list)->name, name) || (code && is_group_of(*list, code))) return true;
  }
  return false;
}

static bool needs(const struct rule *rule, const struct code *code) {
  return lists(rule->all, code) || lists(rule->any, code);
}

static bool takes_along(const struct rule *rule, bool weak, const struct code *code) {
  if (lists(rule->measured, code)) return true;
  bool content = code->evidence == EVIDENCE_CONTENT;
  return !(weak && content) && (lists(rule->explains, code) || lists(rule->proof, code));
}

bool rule_needs(const struct rule *rule, const char *code) {
  return names(rule->all, code) || names(rule->any, code);
}

bool rule_folds(const struct rule *rule, const char *code) {
  return names(rule->explains, code) || names(rule->measured, code) || names(rule->proof, code);
}

bool rule_is_proof(const struct rule *rule, const char *code) {
  return rule && names(rule->proof, code);
}

bool rule_must_pass(const struct rule *rule, const char *code) {
  return !rule || (rule_needs(rule, code) && !rule_is_proof(rule, code));
}

/* --- rules by their signs ------------------------------------------------------------------------------------------------------------ */

struct sign {
  const struct code *code;
  size_t rule; /* its place in the order */
};

struct rule_index {
  const struct rule *const *tables;
  const struct rule **rules; /* in the order in which they are tried */
  size_t rule_count;
  struct sign *signs; /* every code that a rule needs, sorted by code */
  size_t sign_count;
  struct rule_index *next;
};

static int rule_order(const void *a, const void *b) {
  const struct rule *left = *(const struct rule *const *)a, *right = *(const struct rule *const *)b;
  if (left->rank != right->rank) return left->rank < right->rank ? 1 : -1;
  return strcmp(left->code->name, right->code->name);
}

static int compare(const void *left, const void *right) {
  return (uintptr_t)left < (uintptr_t)right ? -1 : (uintptr_t)left > (uintptr_t)right;
}

static int sign_order(const void *a, const void *b) {
  return compare(((const struct sign *)a)->code, ((const struct sign *)b)->code);
}

static void index_signs(struct rule_index *index, const struct code *const *list, size_t rule) {
  for (; list && *list; list++) {
    struct sign *sign = array_push(&index->signs, &index->sign_count, sizeof *sign);
    *sign = (struct sign){.code = *list, .rule = rule};
  }
}

static const struct rule_index *index_of(const struct rule *const *tables) {
  static struct rule_index *first; /* kept to the end */
  for (struct rule_index *index = first; index; index = index->next) {
    if (index->tables == tables) return index;
  }
  struct rule_index *index = xcalloc(1, sizeof *index);
  *index = (struct rule_index){.tables = tables, .next = first};
  for (; *tables; tables++) {
    for (const struct rule *rule = *tables; rule->code; rule++) {
      const struct rule **place = array_push(&index->rules, &index->rule_count, sizeof *place);
      *place = rule;
    }
  }
  if (index->rule_count) qsort(index->rules, index->rule_count, sizeof *index->rules, rule_order);
  for (size_t i = 0; i < index->rule_count; i++) {
    index_signs(index, index->rules[i]->all, i);
    index_signs(index, index->rules[i]->any, i);
  }
  if (index->sign_count) qsort(index->signs, index->sign_count, sizeof *index->signs, sign_order);
  return first = index;
}

static int place_order(const void *a, const void *b) {
  const size_t *left = a, *right = b;
  return *left < *right ? -1 : *left > *right;
}

/* The places of the rules that one of these codes is a sign of, in order, some more than once. */
static size_t *find_rules(const struct rule_index *index, const struct code *const *codes, size_t code_count, size_t *ret_count) {
  size_t *places = NULL, count = 0;
  for (size_t i = 0; i < code_count && index->sign_count; i++) {
    const struct sign key = {.code = codes[i]}, *end = index->signs + index->sign_count;
    const struct sign *sign = bsearch(&key, index->signs, index->sign_count, sizeof *sign, sign_order);
    while (sign && sign > index->signs && sign[-1].code == codes[i]) sign--;
    for (; sign && sign < end && sign->code == codes[i]; sign++) {
      size_t *place = array_push(&places, &count, sizeof *place);
      *place = sign->rule;
    }
  }
  if (count) qsort(places, count, sizeof *places, place_order);
  *ret_count = count;
  return places;
}

/* --- evaluation ---------------------------------------------------------------------------------------------------------------------- */

struct ill {
  const struct code *code;
  bool explained;
};

struct evaluation {
  struct ill *ill;
  struct ill **by_code;
  size_t count;
  const struct rule_bounds *bounds;
  struct causes *causes;
};

static bool may_explain(const struct evaluation *evaluation, const struct rule *rule, const struct code *code) {
  return !evaluation->bounds || evaluation->bounds->may_explain(evaluation->bounds->context, rule, code);
}

static int ill_order(const void *a, const void *b) {
  return compare((*(const struct ill *const *)a)->code, (*(const struct ill *const *)b)->code);
}

static struct ill *ill_find(const struct evaluation *evaluation, const struct code *code) {
  const struct ill key = {.code = code}, *wanted = &key;
  struct ill **found = bsearch(&wanted, evaluation->by_code, evaluation->count, sizeof *found, ill_order);
  return found ? *found : NULL;
}

/* What was seen of a rule's codes. */
struct sighting {
  bool seen, unexplained, strong;
};

static void sight(struct sighting *sighting, const struct ill *ill) {
  enum evidence_kind kind = ill->code->evidence;
  sighting->seen = true;
  sighting->unexplained |= !ill->explained;
  sighting->strong |= kind != EVIDENCE_LATENT && kind != EVIDENCE_TRACE;
}

static bool rule_fires(const struct rule *rule, const struct evaluation *evaluation, bool *ret_weak) {
  struct sighting every = {0}, some = {.seen = !rule->any};
  for (const struct code *const *code = rule->all; code && *code; code++) {
    const struct ill *ill = ill_find(evaluation, *code);
    if (!ill) return false;
    sight(&every, ill);
  }
  for (const struct code *const *code = rule->any; code && *code; code++) {
    const struct ill *ill = ill_find(evaluation, *code);
    if (ill) sight(&some, ill);
  }
  for (const struct code *const *code = rule->none; code && *code; code++) {
    if (ill_find(evaluation, *code)) return false;
  }
  struct sighting proof = {0};
  for (const struct code *const *code = rule->proof; code && *code; code++) {
    const struct ill *ill = ill_find(evaluation, *code);
    if (ill) sight(&proof, ill);
  }
  *ret_weak = !every.strong && !some.strong && !proof.strong;
  return some.seen && (every.unexplained || some.unexplained);
}

static void cause_explain(struct cause *cause, struct ill *ill) {
  ill->explained = true;
  const char **name = array_push(&cause->explains, &cause->explains_count, sizeof *name);
  *name = ill->code->name;
}

/* May the cause account for this code, which belongs to one that it folds? */
static bool may_fold(const struct cause *cause, const struct code *code, const struct evaluation *evaluation) {
  if (cause->weak && code->evidence == EVIDENCE_CONTENT && !lists(cause->rule->measured, code)) return false;
  return may_explain(evaluation, cause->rule, code);
}

/* May the cause take the whole rule along? It must list it, and account for each sign of it that nobody explains. */
static bool cause_folds(const struct cause *cause, const struct rule *rule, const struct evaluation *evaluation) {
  if (!cause->rule || !lists(cause->rule->explains, rule->code)) return false;
  for (size_t i = 0; i < evaluation->count; i++) {
    const struct ill *ill = &evaluation->ill[i];
    if (!ill->explained && needs(rule, ill->code) && !may_fold(cause, ill->code, evaluation)) return false;
  }
  return true;
}

/* What a folded cause would have explained belongs to the cause that folds it. */
static bool is_folded(struct evaluation *evaluation, const struct rule *rule, bool weak) {
  struct cause *into = NULL;
  for (size_t i = 0; i < evaluation->causes->count && !into; i++) {
    if (cause_folds(&evaluation->causes->items[i], rule, evaluation)) into = &evaluation->causes->items[i];
  }
  for (size_t i = 0; into && i < evaluation->count; i++) {
    struct ill *ill = &evaluation->ill[i];
    bool own = needs(rule, ill->code) || takes_along(rule, weak, ill->code);
    if (own && !ill->explained && may_fold(into, ill->code, evaluation)) cause_explain(into, ill);
  }
  return into != NULL;
}

static struct cause *cause_add(struct causes *causes, const char *code) {
  struct cause *cause = array_push(&causes->items, &causes->count, sizeof *cause);
  cause->code = code;
  return cause;
}

static void try_rule(struct evaluation *evaluation, const struct rule *rule) {
  bool weak;
  if (!rule_fires(rule, evaluation, &weak) || is_folded(evaluation, rule, weak)) return;
  struct cause *cause = cause_add(evaluation->causes, rule->code->name);
  cause->rule = rule;
  cause->weak = weak;
  for (size_t i = 0; i < evaluation->count; i++) {
    struct ill *ill = &evaluation->ill[i];
    cause->proven = cause->proven || lists(rule->proof, ill->code);
    bool along = !ill->explained && takes_along(rule, weak, ill->code) && may_explain(evaluation, rule, ill->code);
    if (needs(rule, ill->code) || along) cause_explain(cause, ill);
  }
}

void rules_evaluate_within(const struct rule *const *tables, const struct code *const *codes, size_t code_count,
                           const struct rule_bounds *bounds, struct causes *ret_causes) {
  causes_free(ret_causes);
  if (code_count == 0) return;
  const struct rule_index *index = index_of(tables);
  struct evaluation evaluation = {.count = code_count, .bounds = bounds, .causes = ret_causes};
  evaluation.ill = xcalloc(code_count, sizeof *evaluation.ill);
  evaluation.by_code = xcalloc(code_count, sizeof *evaluation.by_code);
  for (size_t i = 0; i < code_count; i++) {
    evaluation.ill[i].code = codes[i];
    evaluation.by_code[i] = &evaluation.ill[i];
  }
  qsort(evaluation.by_code, code_count, sizeof *evaluation.by_code, ill_order);

  size_t place_count;
  auto_free size_t *places = find_rules(index, codes, code_count, &place_count);
  for (size_t i = 0; i < place_count; i++) {
    if (i == 0 || places[i] != places[i - 1]) try_rule(&evaluation, index->rules[places[i]]);
  }
  for (size_t i = 0; i < code_count; i++) {
    if (evaluation.ill[i].explained) continue;
    struct cause *cause = cause_add(ret_causes, codes[i]->name);
    cause->finding = codes[i];
    cause_explain(cause, &evaluation.ill[i]);
  }
  free(evaluation.ill);
  free(evaluation.by_code);
}

void rules_evaluate(const struct rule *const *tables, const struct code *const *codes, size_t code_count, struct causes *ret_causes) {
  rules_evaluate_within(tables, codes, code_count, NULL, ret_causes);
}

void causes_free(struct causes *causes) {
  for (size_t i = 0; i < causes->count; i++) free(causes->items[i].explains);
  free(causes->items);
  *causes = (struct causes){0};
}

/* --- rules and causes by themselves -------------------------------------------------------------------------------------------------- */

const struct rule *rule_among(const struct rule *const *tables, const char *code) {
  for (; *tables; tables++) {
    for (const struct rule *rule = *tables; rule->code; rule++) {
      if (text_equal(rule->code->name, code)) return rule;
    }
  }
  return NULL;
}

const struct rule *rule_find(const char *code) {
  return rule_among(rule_tables, code);
}

bool cause_explains(const struct cause *cause, const char *code) {
  for (size_t i = 0; i < cause->explains_count; i++) {
    if (text_equal(cause->explains[i], code)) return true;
  }
  return false;
}

enum layer cause_layer(const struct cause *cause) {
  return cause->rule ? cause->rule->code->layer : cause->finding->layer;
}

bool cause_is_downstream(const struct cause *cause, enum layer repaired) {
  return cause_layer(cause) > repaired;
}
