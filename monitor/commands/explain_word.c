/* What a word stands for that is no code's name: a pattern of codes, a group of them, a kind of check, remedy or sink. See explain.h. */
#include <fnmatch.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

/* A word, with what it names beside a group. */
struct meaning {
  const char *word;
  bool pattern;
  const struct check_kind *check;
  bool remedy;
};

static bool lists_code(const struct code *const *codes, const struct code *code) {
  for (; codes && *codes; codes++) {
    if (*codes == code) return true;
  }
  return false;
}

static bool lists_name(const char *const *names, const char *name) {
  for (; names && *names; names++) {
    if (text_equal(*names, name)) return true;
  }
  return false;
}

static bool is_meant(const struct meaning *meaning, const struct known_code *known) {
  size_t length = strlen(meaning->word);
  if (meaning->pattern) return fnmatch(meaning->word, known->name, 0) == 0;
  if (text_starts(known->name, meaning->word) && known->name[length] == '/') return true;
  if (meaning->check && known->code && lists_code(meaning->check->codes, known->code)) return true;
  return meaning->remedy && known->rule && lists_name(known->rule->plan, meaning->word);
}

void explain_row(const struct known_code *known, struct text *text) {
  const char *what = known->rule ? translated("cause") : translated("finding");
  text_printf(text, "%-34s %-8s %s\n", known->name, what, explanation_text(known->explain, PART_TITLE));
}

bool explain_word(const char *word, const struct known_code *all, size_t count, struct text *text, json_t *rows) {
  struct meaning meaning = {.word = word, .pattern = strpbrk(word, "*?[")};
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    if (text_equal((*kind)->name, word)) meaning.check = *kind;
  }
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) meaning.remedy |= text_equal((*kind)->name, word);
  bool kind_known = conf_kind_help(word, text) == 0;
  conf_kind_json(word, rows);
  size_t meant = 0;
  for (size_t i = 0; i < count; i++) {
    if (!is_meant(&meaning, &all[i])) continue;
    if (kind_known && meant == 0) text_printf(text, "\n%s\n", meaning.remedy ? translated("Causes that it may heal") : translated("Codes"));
    explain_row(&all[i], text);
    json_array_append_new(rows, explain_json(&all[i], all, count));
    meant++;
  }
  return kind_known || meant > 0;
}
