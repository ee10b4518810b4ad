/* What waits for a store that does not take it is bounded: beyond MIND_KEPT_LIMIT the oldest of what has ended is forgotten, never what is
 * open or owed. */
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind_parts.h"

#define KEPT_STEP (MIND_KEPT_LIMIT / 10) /* changes from one walk to the next: each leaves room for so many */
#define KEPT_REST (MIND_KEPT_LIMIT - KEPT_STEP)

void subject_forget_saved(struct subject *subject, unsigned long stored) {
  size_t kept = 0;
  for (size_t i = 0; i < subject->incident_count; i++) {
    struct incident *incident = subject->incidents[i];
    bool unknown = incident->state == INCIDENT_DROPPED && !incident->known;
    if (incident_is_over(incident) && (incident->changed <= stored || unknown)) {
      incident_free(incident);
    } else {
      subject->incidents[kept++] = incident;
    }
  }
  subject->incident_count = kept;
}

static int change_order(const void *a, const void *b) {
  unsigned long left = *(const unsigned long *)a, right = *(const unsigned long *)b;
  return left < right ? -1 : left > right;
}

static void forget_ended(struct mind *mind) {
  unsigned long *ended = NULL;
  size_t count = 0;
  for (size_t i = 0; i < mind->subject_count; i++) {
    for (size_t k = 0; k < mind->subjects[i]->incident_count; k++) {
      const struct incident *incident = mind->subjects[i]->incidents[k];
      if (incident_is_over(incident)) *(unsigned long *)array_push(&ended, &count, sizeof *ended) = incident->changed;
    }
  }
  if (count > KEPT_REST) {
    qsort(ended, count, sizeof *ended, change_order);
    unsigned long newest = ended[count - KEPT_REST - 1];
    for (size_t i = 0; i < mind->subject_count; i++) subject_forget_saved(mind->subjects[i], newest);
    mind->forgotten += count - KEPT_REST;
  }
  free(ended);
}

void mind_keep_limit(struct mind *mind) {
  if (mind->changes - mind->stored <= MIND_KEPT_LIMIT || mind->changes - mind->limited < KEPT_STEP) return; /* each of them is a change */
  mind->limited = mind->changes;
  forget_ended(mind);
  mind->forgotten += spool_forget_over(&mind->spool, KEPT_REST);
}
