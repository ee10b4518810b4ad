/* The damped opinion on one finding code of one check: rise and fall, as HAProxy means them. Pure: the clock is handed in.
 *
 * Only what was seen counts: a probe that found the code is a fault, one that looked and passed it is a pass, one that could not look
 * says nothing and changes nothing. */
#ifndef EJMON_SYMPTOM_H
#define EJMON_SYMPTOM_H

#include "monitor/base/text.h"

enum symptom_state { SYMPTOM_WELL, SYMPTOM_SUSPECT, SYMPTOM_ILL, SYMPTOM_RECOVERING, SYMPTOM_STATES };
extern const char *const symptom_state_names[];

enum symptom_input { SAW_FAULT, SAW_PASS, SAW_NOTHING };

struct symptom {
  enum symptom_state state;
  long streak;      /* faults in a row while suspect, passes in a row while recovering or well; 0: nobody has looked */
  double first_bad; /* monotonic seconds of the first fault of those that made it suspect or ill */
  double ill_since; /* of the moment from which the fault is believed */
  long critical;    /* faults in a row that were critical; counted as far as `fall` */
  bool seen;        /* the last probe saw the fault */
  double left;      /* when its look began to fail in another way that is believed too; 0: not so */
  bool blind;       /* the last probe could say nothing of it */
  bool seen_last;   /* the last probe saw it, or the last one before its check went blind */
  bool assumed;     /* believed on an open incident's word: no probe has seen it since */
};

/* Feeds one probe's opinion. `fall` faults in a row make a well symptom ill, `rise` passes in a row make an ill one well (both at least 1).
 * Returns whether the state changed. */
bool symptom_feed(struct symptom *symptom, enum symptom_input input, long rise, long fall, double now);
/* Ill or recovering: the fault is still believed. */
bool symptom_is_ill(const struct symptom *symptom);
/* Suspect, and the last probe still saw it: a suspicion that no probe looks at any more keeps nobody waiting. */
bool symptom_is_suspect(const struct symptom *symptom);
/* Suspect or recovering: the next probe should come soon. */
bool symptom_is_open(const struct symptom *symptom);

#endif
