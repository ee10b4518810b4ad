/* Incidents: one cause each, from first sight until a passing probe closes it. Pure: causes, ill codes and the clock are handed in.
 *
 * A new cause waits (pending) while any symptom is still suspect, at most INCIDENT_WAIT seconds: what is broken below may be about to
 * explain it, and then nobody is paged twice for one fault. So does one whose codes all belong to an open incident already, for
 * INCIDENT_AFTERMATH: the codes of one fault do not all pass in the same second. An open incident whose codes another cause explains is
 * folded, not closed. It closes only when none of its codes is ill any more, and a code leaves the ill ones only by passing probes. */
#ifndef EJMON_INCIDENT_H
#define EJMON_INCIDENT_H

#include "monitor/core/rule.h"

#define INCIDENT_WAIT 30.0      /* seconds that a new cause waits at most for suspects to be judged */
#define INCIDENT_AFTERMATH 30.0 /* seconds that codes may outlive the cause that explained them, before they stand for another */

enum incident_state { INCIDENT_PENDING, INCIDENT_OPEN, INCIDENT_FOLDED };
extern const char *const incident_state_names[];

struct incident {
  char *id;   /* the dedup key: the cause and the time of first sight */
  char *code; /* the cause */
  enum incident_state state;
  char **codes;      /* finding codes that it explains or once explained */
  double first_seen; /* monotonic */
  double opened;     /* wall clock of the first sight */
  bool over;         /* closed or dropped in this round: removed at its end */
  size_t plan_step;  /* remedies of the rule's plan already tried in vain */
  struct care *care; /* what the engine does about it; made and freed by the engine, NULL at first */
};

struct incidents {
  struct incident **items; /* so that pointers stay valid while others come and go */
  size_t count;
};

enum incident_change { INCIDENT_OPENED, INCIDENT_DROPPED, INCIDENT_WAS_FOLDED, INCIDENT_UNFOLDED, INCIDENT_CLOSED };
typedef void incident_listener(void *context, struct incident *incident, enum incident_change change);

/* Brings the incidents in line with the causes of now. `suspects`: some symptom is not judged yet. The listener is called once per change;
 * a closed or dropped incident is freed after its call. */
void incidents_update(struct incidents *incidents, const struct causes *causes, const struct code *const *ill, size_t ill_count,
                      bool suspects, double now, double wall, incident_listener *changed, void *context);
/* Puts an open incident of a former life back. codes: NULL-terminated. */
struct incident *incidents_restore(struct incidents *incidents, const char *id, const char *code, char *const *codes, double now,
                                   double opened);
struct incident *incidents_find(const struct incidents *incidents, const char *code);
bool incident_explains(const struct incident *incident, const char *code);
void incidents_free(struct incidents *incidents);

#endif
