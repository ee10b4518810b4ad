/* What plan and heal share: which causes are there now, and which remedy of their plan comes next. */
#ifndef EJMON_CURE_H
#define EJMON_CURE_H

#include "monitor/commands/command.h"

/* Runs all checks and keeps only the causes named by words (a cause's code, or a finding's that it explains); all without words. */
struct cure {
  const struct conf *conf;
  char *const *words;
  struct report report;
  const struct report_cause **causes; /* of the report */
  size_t count;
};
/* Inside a task. 0, or -ECANCELED; -EINVAL after complaining about a word that is no code at all. */
int cure_look(struct cure *cure) must_check;
void cure_free(struct cure *cure);
/* The first usable remedy of a cause's plan from its step-th on in this configuration, or NULL; always NULL for one of an extra check. */
const struct conf_remedy *cure_remedy(const struct conf *conf, const struct report_cause *cause, size_t step) must_check;
/* The first remedy of a cause's plan from *step on that cannot be used here (its skip says why), with *step behind it; NULL: no more. */
const struct conf_remedy *cure_unusable(const struct conf *conf, const struct report_cause *cause, size_t *step) must_check;
/* The lines about a cause that may not be healed: why, and what a person can run. */
void cure_by_hand(const struct conf *conf, const struct report_cause *cause, struct text *text);
/* Why a check could not look, "" when it does not say; NULL when it could. */
const char *cure_blindness(const struct outcome *outcome) must_check;
/* One line for each check that could not look, with its reason: whoever reads "nothing to do" must know what was not seen. */
void cure_unknown(const struct cure *cure, struct text *text);

#endif
