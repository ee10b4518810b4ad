/* What `ejmon explain` knows and the ways it writes it; command_explain.c chooses among them. All texts in the chosen language. */
#ifndef EJMON_EXPLAIN_H
#define EJMON_EXPLAIN_H

#include <jansson.h>

#include "monitor/commands/command.h"

/* A fault of EJ's or Rocket.Chat's contract that no program beside the stack can see, or that every EJ has, so that a finding would tell
 * nothing; and why. `explain --unseen` prints them, so that
 * nobody takes silence for a clean bill; a test proves that every fault is either in the refs of a code or here. */
struct unseen {
  const char *ref;    /* "ej F12", as in struct explanation */
  const char *title;  /* the fault, one line without a full stop */
  const char *reason; /* why it cannot be seen, and what a person can do instead */
};
extern const struct unseen unseen[]; /* ends with a row without a ref */

/* One line of the list of codes. */
void explain_row(const struct known_code *known, struct text *text);
/* A word that is no code's name: a pattern ("db/" and a star), a group of codes ("db"), a kind of check, remedy or sink. Adds its keys and
 * the codes that it stands for to both; false when it stands for nothing. */
bool explain_word(const char *word, const struct known_code *all, size_t count, struct text *text, json_t *rows) must_check;
void explain_text(const struct known_code *known, const struct known_code *all, size_t count, struct text *text);
json_t *explain_json(const struct known_code *known, const struct known_code *all, size_t count) must_check;
void explain_unseen_text(struct text *text);
json_t *explain_unseen_json(void) must_check;

/* The way of the setting that the invocation names, in the configured stack (explain_setting.c). Returns the exit status. */
int explain_setting(const struct invocation *invocation, bool as_json);

/* A paragraph in lines of at most 80 characters, each after `indent` blanks, the first after `first` instead. Counts characters, not bytes.
 */
void explain_wrap(struct text *text, const char *first, size_t indent, const char *paragraph);

#endif
