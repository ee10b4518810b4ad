/* What a code means to a tired administrator at three in the morning. The English stands in the rooms' files *.texts, from which the build
 * makes one table (conf/texts.py describes the form); translations in conf/lang/. Pure data. */
#ifndef EJMON_EXPLANATION_H
#define EJMON_EXPLANATION_H

#include <stddef.h>

enum explanation_part {
  PART_SUMMARY,   /* of a cause only: one sentence for reports and pages */
  PART_TITLE,     /* one line without a full stop: "The images and the CSS are of different themes" */
  PART_MEANING,   /* what it means for the visitors */
  PART_LOOKS,     /* how it looks: the signature */
  PART_WHY,       /* why it happens */
  PART_HEALS,     /* what heals it */
  PART_HEALS_NOT, /* what does not, or harms, and why */
  PART_COUNT
};
extern const char *const explanation_part_names[PART_COUNT]; /* as in the files: "summary", ... "heals-not" */

struct refusal {
  const char *remedy, *why; /* a remedy or action that would do nothing or harm, and why; English */
};

struct explanation {
  const char *code;
  const char *parts[PART_COUNT]; /* English; NULL where there is nothing to say */
  const struct refusal *refused; /* ends with a row without a remedy; NULL: none */
  const char *const *by_hand;    /* commands that a person can run, NULL-terminated; NULL: none */
  const char *const *refs; /* NULL-terminated: "ej F01", "ej D2", "ej W3", "rocket 5.1/4", "guide \"Troubleshooting\"", "CSP3 6.4.2" */
};

/* Generated: every explanation, sorted by its code. */
extern const struct explanation explanations[];
extern const size_t explanation_count;

/* Never NULL: a code without a text has an explanation of which every part is NULL. */
const struct explanation *explanation_of(const char *code);
/* One part in the chosen language (monitor/base/lang.h), or NULL. Lives as long as the program. */
const char *explanation_text(const struct explanation *explanation, enum explanation_part part);

#endif
