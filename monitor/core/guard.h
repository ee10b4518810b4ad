/* Says go or hold for one attempt of a remedy. Pure: attempts of the past and the clock are handed in. */
#ifndef EJMON_GUARD_H
#define EJMON_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "monitor/base/mode.h"

#define GUARD_LAG_LIMIT 1.0  /* seconds of loop lag above which ejmon doubts its own measurements and does not act */
#define GUARD_ALL_PER_HOUR 6 /* attempts of all remedies together */

enum guard_verdict {
  GUARD_GO,
  GUARD_OBSERVE,   /* the mode forbids even to plan */
  GUARD_SUGGEST,   /* the plan may be told, not done */
  GUARD_APPROVE,   /* a person must say yes */
  GUARD_COOL_DOWN, /* too soon after the last attempt */
  GUARD_BUDGET,    /* too many attempts within the hour */
  GUARD_DOUBT,     /* ejmon is too slow to trust its own eyes */
  GUARD_VERDICTS,
};
extern const char *const guard_sentences[]; /* indexed by the verdict, for people */

struct guard_question {
  enum acting_mode mode;
  bool approved;          /* a person said yes to exactly this: lifts suggest and approve, never observe */
  long attempts_per_hour; /* of this remedy */
  double cool_down;       /* seconds */
  double loop_lag;        /* seconds */
  const double *attempts; /* wall-clock starts of this remedy's attempts, any order */
  size_t attempt_count;
  const double *all; /* the same of every remedy */
  size_t all_count;
  double now; /* wall clock; attempts survive a restart, so their clock must too */
};

/* ret_until: when a hold by time ends, wall clock; untouched otherwise. */
enum guard_verdict guard_ask(const struct guard_question *question, double *ret_until);

#endif
