/* Finds explanations and gives them in the reader's language; see explanation.h. */
#include "checks/explanation.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

const char *const explanation_part_names[PART_COUNT] = {
    [PART_SUMMARY] = "summary", [PART_TITLE] = "title", [PART_MEANING] = "meaning",     [PART_LOOKS] = "looks",
    [PART_WHY] = "why",         [PART_HEALS] = "heals", [PART_HEALS_NOT] = "heals-not",
};

static int by_code(const void *code, const void *explanation) {
  return strcmp(code, ((const struct explanation *)explanation)->code);
}

const struct explanation *explanation_of(const char *code) {
  static const struct explanation none = {0};
  const struct explanation *found = bsearch(code, explanations, explanation_count, sizeof *explanations, by_code);
  return found ? found : &none;
}

const char *explanation_text(const struct explanation *explanation, enum explanation_part part) {
  const char *english = explanation->parts[part];
  if (!english) return NULL;
  auto_free char *key = text_format("%s %s", explanation->code, explanation_part_names[part]);
  return translated_as(key, english);
}
