/* One incident: one cause of one subject, from first sight until its own signature passes. What happens to it when is decided in mind.c;
 * here is what it is and what can be asked of it. Pure. */
#ifndef EJMON_INCIDENT_H
#define EJMON_INCIDENT_H

#include "monitor/core/rule.h"

#define INCIDENT_WAIT 30.0      /* seconds that a cause waits at most for suspects to be judged: what is broken below may explain it */
#define INCIDENT_AFTERMATH 30.0 /* seconds that signs may outlive the paged cause that explained them, before they stand for another */
#define PAGE_HOLD 60.0          /* seconds that an automatic remedy has before people are paged all the same */
#define DOUBT_HOLD 60.0         /* seconds that ejmon's doubt of its own eyes delays a page at most */
#define TRIED_LIMIT 4096        /* bytes of what was tried that a page tells */

enum incident_state {
  INCIDENT_PENDING, /* seen, and not confirmed as a cause of its own */
  INCIDENT_OPEN,
  INCIDENT_FOLDED,    /* open, and not seen as such now: another cause explains it, or hides it */
  INCIDENT_CLOSED,    /* its own signature has passed */
  INCIDENT_WITHDRAWN, /* nobody looks for it any more, it is told anew, or what it failed by fails in another way: neither ill nor well */
  INCIDENT_DROPPED,   /* was never confirmed, and nobody was told */
  INCIDENT_STATES
};
extern const char *const incident_state_names[];

struct subject;

struct incident {
  char *id;                /* the dedup key: the cause, its subject, the time of first sight, a number */
  char *code;              /* the cause */
  const struct rule *rule; /* the one that names it, or NULL: a finding that stands for itself */
  struct subject *subject;
  enum incident_state state;
  char **codes;         /* finding codes that it explains or once explained */
  char **told;          /* the sinks that were told that it began, as told_line() writes them */
  double opened, ended; /* wall clock of the first sight and of the end */
  double first_bad;     /* monotonic, as all that follow */
  double confirmed;     /* since when one of its signs is believed */
  double pending;       /* since when it waits */
  double page_at;       /* when people are told unless it is healed before */
  size_t plan_step;     /* remedies of the rule's plan already tried in vain */
  bool paged;           /* people know, or are being told */
  bool healed;          /* a remedy was kept */
  bool healing;         /* an attempt is in flight: its verdict comes first */
  bool needs_person;    /* what was done could not be undone: no further attempt */
  double next_try;      /* no attempt before */
  int blind_tries;      /* attempts in a row that could not look */
  bool held, told_hold; /* the guard said so, by the configuration of now; people will read it */
  bool replaced;        /* it ended, and what is seen of its cause is told as another */
  bool told_grave;      /* a sign of its own was grave when people were told */
  bool told_unseen;     /* that a right repair stays unseen was said */
  double lapsed;        /* since when what could be seen of it has passed and the rest is out of sight: a sign that falls later is
                           another outage's; 0: not so */
  bool restored;        /* of a former life, and no probe of this one has seen it yet */
  char *severity, *summary, *seen; /* as last told or saved, for when the findings are gone */
  struct text tried;               /* what was tried, the newest last */
  unsigned long changed;           /* in the mind's count of changes; on disk when not above what the store has */
  bool known;                      /* to the store: it has a row, or may have one */
};

bool incident_is_over(const struct incident *incident);
bool incident_explains(const struct incident *incident, const char *code);
/* Is this code part of its own signature, which must pass before it closes? */
bool incident_needs(const struct incident *incident, const char *code);
enum severity incident_severity(const struct incident *incident); /* as people were told, or will be */
/* People are told then at the latest: never later than they would have been. */
void incident_page_by(struct incident *incident, double when);
/* A remedy was kept, and verified. People who were not told wait PAGE_HOLD anew, should it be seen again; once in an incident: what is
 * healed again and again is not healed. */
void incident_kept(struct incident *incident, double now);
/* Adds what was tried, and drops the oldest of it when that grows too long for a page. */
void incident_note_tried(struct incident *incident, const char *text);
void incident_free(struct incident *incident);

#endif
