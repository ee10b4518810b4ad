/* Every finding code and every cause that exists, sorted: what explain lists and tests walk. */
#include <stdlib.h>
#include <string.h>

#include "monitor/commands/command.h"
#include "monitor/watch/engine_codes.h"

static int by_name(const void *a, const void *b) {
  const struct known_code *left = a, *right = b;
  return strcmp(left->name, right->name);
}

static void add_codes(struct known_code **known, size_t *count, const struct code *const *codes) {
  for (; codes && *codes; codes++) {
    bool seen = false; /* two kinds may raise the same code */
    for (size_t i = 0; i < *count && !seen; i++) seen = (*known)[i].code == *codes;
    if (seen) continue;
    struct known_code *item = array_push(known, count, sizeof *item);
    *item = (struct known_code){.name = (*codes)->name, .what = "finding", .explain = explanation_of((*codes)->name), .code = *codes};
  }
}

struct known_code *command_codes(size_t *ret_count) {
  struct known_code *known = NULL;
  *ret_count = 0;
  add_codes(&known, ret_count, engine_codes);
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) add_codes(&known, ret_count, (*kind)->codes);
  for (const struct rule *const *table = rule_tables; *table; table++) {
    for (const struct rule *rule = *table; rule->code; rule++) {
      struct known_code *item = array_push(&known, ret_count, sizeof *item);
      *item = (struct known_code){.name = rule->code->name, .what = "cause", .explain = explanation_of(rule->code->name), .rule = rule};
    }
  }
  qsort(known, *ret_count, sizeof *known, by_name);
  return known;
}
