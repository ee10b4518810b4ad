/* Every cause by the fewest signs that bring it about: what the tests of the rules make ill. */
#ifndef EJMON_UNIT_RULE_FAULTS_H
#define EJMON_UNIT_RULE_FAULTS_H

#include <stdlib.h>
#include <string.h>

#include "monitor/core/rule.h"

#define SIGNS_LIMIT 8

/* A cause: a rule's, or a finding that stands for itself (rule NULL). */
struct entry {
  const char *name;
  const struct rule *rule;
};

/* One way to a cause; a rule with several `any` has several of them. */
struct fault {
  size_t cause; /* its entry */
  const struct code *signs[SIGNS_LIMIT];
  size_t count;
};

static struct entry *entries; /* by name */
static size_t entry_count;
static struct fault *faults;
static size_t fault_count;

static struct entry *entry_find(const char *name) {
  for (size_t i = 0; i < entry_count; i++) {
    if (text_equal(entries[i].name, name)) return &entries[i];
  }
  return NULL;
}

static bool fault_has(const struct fault *fault, const struct code *code) {
  for (size_t i = 0; i < fault->count; i++) {
    if (fault->signs[i] == code) return true;
  }
  return false;
}

static void add_fault(const char *name, const struct rule *rule, const struct code *const *signs, size_t count) {
  struct causes causes = {0};
  bool there = false;
  rules_evaluate(rule_tables, signs, count, &causes);
  for (size_t i = 0; i < causes.count; i++) there |= text_equal(causes.items[i].code, name);
  causes_free(&causes);
  if (!there) return; /* a more specific rule has these signs */
  if (!entry_find(name)) {
    struct entry *entry = array_push(&entries, &entry_count, sizeof *entry);
    *entry = (struct entry){.name = name, .rule = rule};
  }
  struct fault *fault = array_push(&faults, &fault_count, sizeof *fault);
  fault->cause = (size_t)(entry_find(name) - entries);
  fault->count = count;
  memcpy(fault->signs, signs, count * sizeof *signs);
}

static void add_faults_of(const struct code *code) {
  const struct rule *rule = code->cause ? rule_find(code->name) : NULL;
  if (!rule) {
    if (!code->cause && !code->blind && code->severity != SEVERITY_INFO) add_fault(code->name, NULL, &code, 1);
    return;
  }
  const struct code *signs[SIGNS_LIMIT];
  size_t count = 0;
  for (const struct code *const *sign = rule->all; sign && *sign; sign++) signs[count++] = *sign;
  if (!rule->any) add_fault(code->name, rule, signs, count);
  for (const struct code *const *sign = rule->any; sign && *sign; sign++) {
    signs[count] = *sign;
    add_fault(code->name, rule, signs, count + 1);
  }
}

static void faults_load(void) {
  for (const struct code *const *code = every_code; *code; code++) add_faults_of(*code);
}

static void faults_free(void) {
  free(entries);
  free(faults);
}

#endif
