/* The mind: what ejmon believes of each subject, the incidents that follow from it, and what is owed to people. It wires symptoms, rules,
 * incidents and the spool together, and is pure: probes' findings, the clock and the answers of disk and receivers are handed in, what is
 * to be written and sent is asked for. So its every state can be walked by tests.
 *
 * Never silent: what is ill, and not explained by an open and paged incident of its own subject (or of the stack that it stands behind), is
 * told within INCIDENT_WAIT (while something is suspect) and PAGE_HOLD (while a remedy is at work) of the moment from which it is believed.
 * Who was told of an incident was told of no sign that is graver than it and falls later, nor of the next outage once what can be seen of
 * it has passed: these are incidents of their own. All times that count for this survive a restart. All `now` are CLOCK_MONOTONIC, all
 * `wall` seconds since the epoch. */
#ifndef EJMON_MIND_H
#define EJMON_MIND_H

#include "checks/finding.h"
#include "monitor/core/incident.h"
#include "monitor/core/record.h"
#include "monitor/core/spool.h"
#include "monitor/core/symptom.h"

#define MIND_STACK "stack" /* the subject of all standard checks; no check bears its name, nor the next */
#define MIND_SELF "ejmon"  /* ejmon's own states: doubt, store, sinks that refuse */
#define MIND_BLIND 600.0   /* seconds without a look of a check, until that is told */
#define MIND_LOOK 5.0      /* seconds after a restart that an incident of a former life waits for a probe, before it is told all the same */
#define MIND_CHANGED 300.0 /* seconds that a look must fail in another way than before, until that is for good */
#define MIND_KEPT_LIMIT 2000 /* ended incidents, and as many ended notices, that wait in memory for a store that does not take them */

/* A check as configured. The strings are copied. */
struct mind_check {
  const char *name, *subject;
  const char *target;              /* what it looks at: of another, its opinions are others; NULL: not known */
  bool stands_behind;              /* its subject stands behind the stack */
  const struct code *const *codes; /* NULL-terminated, static */
  long rise, fall;
  double interval; /* seconds, the longest between two of its probes */
};

/* What is believed of one check. Pointers stay valid while the check is configured under its name. */
struct opinion {
  char *name, *target; /* target: or NULL */
  struct subject *subject;
  const struct code *const *codes;
  size_t code_count;
  long rise, fall;
  double interval;
  struct symptom *symptoms;     /* one per code */
  struct finding **found;       /* the last fault seen of each code that is not well, else NULL: evidence for pages */
  unsigned long *changed;       /* per symptom, in the mind's count; on disk when not above the mind's `stored` */
  unsigned long touched;        /* the highest of these */
  size_t open_count, ill_count; /* symptoms that are suspect or recovering; ill or recovering */
  double looked;                /* monotonic: when a probe last saw anything; the start, at first */
  double sight;                 /* monotonic: when a probe last could look at all that it looks for; the start, at first */
  bool sighted;                 /* a probe of this life could */
  char *blind_reason;           /* why the last probe could not look, or NULL */
  const struct code *blind;     /* the code that says so, or NULL */
  bool configured, poked;       /* poked: on the list of those that should be probed soon */
  bool moved;                   /* not configured any more: its check has another target now */
  void *watch;                  /* of whoever schedules its probes; nothing to the mind */
};

struct subject {
  char *name;
  bool behind; /* stands behind the stack */
  struct opinion **opinions;
  size_t opinion_count;
  struct incident **incidents;
  size_t incident_count;
  bool dirty, listed; /* an opinion changed since the last round; it is on the agenda */
  double wake_at;     /* monotonic: the next round that must look at it although nothing changed */
};

/* A sign that a check believed of another target than it has now. */
struct moved {
  struct subject *subject;
  const struct code *code;
};

enum incident_change { CHANGE_OPENED, CHANGE_PAGED, CHANGE_FOLDED, CHANGE_UNFOLDED, CHANGE_ENDED };

/* What the mind asks of those who can read configuration, texts and the log. */
struct mind_host {
  void *context;
  /* Is a remedy at work for it that acts by itself? */
  bool (*heals)(void *context, const struct incident *incident);
  /* Fills summary, severity and the evidence (seen) of the incident from the mind's findings; sets only what it knows. */
  void (*describe)(void *context, struct incident *incident);
  /* The body of a notice about it; a new string. */
  char *(*body)(void *context, const struct incident *incident, enum notice_event event);
  void (*changed)(void *context, const struct incident *incident, enum incident_change change); /* for the log */
};

struct mind {
  struct mind_host host;
  const struct rule *const *rules;
  struct opinion **opinions; /* sorted by name; the configured ones */
  size_t opinion_count;
  struct subject **subjects; /* sorted by name */
  size_t subject_count;
  struct subject *stack;   /* always there */
  struct subject **agenda; /* those that the next round may have to look at */
  size_t agenda_count;
  struct opinion **pokes;
  size_t poke_count;
  struct spool spool;
  bool doubt;            /* ejmon doubts its own eyes: pages wait, at most DOUBT_HOLD */
  bool store_trouble;    /* notices go out from memory */
  unsigned long changes; /* counts every change of what is to be written */
  unsigned long stored;  /* all up to this is on disk */
  double restored;       /* monotonic: when a former life was taken over */
  /* Of the newest incident or notice. Begins at the milliseconds of the monotonic clock: a life that cannot read its store gives no number
   * of a former one of this boot again. */
  long serial;
  char **orphans;      /* codes that checks believed which are gone since: for the incidents that wait for them */
  struct moved *moved; /* for the end of the incidents that have them */
  size_t moved_count;
  struct rows unwritten;                   /* events, and symptoms of checks that are gone */
  size_t writing_events, writing_symptoms; /* of these, in the batch that is being written */
  unsigned long limited;                   /* of `changes`, when it was last seen to it that not too much waits */
  size_t forgotten;                        /* ended incidents and notices that no store would take */
};

void mind_init(struct mind *mind, const struct mind_host *host, const struct rule *const *rules, double now);
void mind_free(struct mind *mind);

/* The checks and sinks of a configuration: at the start and at each reload. Checks that keep their name, target and codes keep their
 * opinion; open incidents whose signs another check of their subject looks for from now on wait for it, those with signs of a target that
 * is another now are withdrawn; sinks that are new are told what is open. */
void mind_configure(struct mind *mind, const struct mind_check *checks, size_t check_count, const char *const *sinks, size_t sink_count,
                    double now, double wall);
/* Takes a former life's rows in: after mind_configure(), at the start or whenever the store could be read at last. */
void mind_restore(struct mind *mind, struct rows *rows, bool same_boot, double now, double wall);

struct opinion *mind_opinion(const struct mind *mind, const char *check);
/* Feeds what one probe saw; `blind_reason`: why it could not look, or NULL. */
void mind_take(struct mind *mind, struct opinion *opinion, const struct findings *findings, const char *blind_reason, double now);
/* Whether ejmon doubts its own eyes from now on. */
void mind_set_doubt(struct mind *mind, bool doubt);
/* Whether notices go out from memory from now on, since the store takes nothing. */
void mind_set_store_trouble(struct mind *mind, bool trouble);
/* The next check that should be probed soon, since a relation of it fell ill or an incident ended; NULL when there is no more. */
struct opinion *mind_next_poke(struct mind *mind) must_check;
/* Brings incidents and pages in line with the opinions. Returns the monotonic time at which it must be called again though nothing changed;
 * INFINITY when only news can change anything. */
double mind_round(struct mind *mind, double now, double wall);

struct incident *mind_incident(const struct mind *mind, const char *id);
/* Does a check see a sign of it still, be it that it passes already? Not so where all that believe it went blind. */
bool mind_sees(const struct incident *incident);
/* A repair is kept: what was seen before it is no word of what is there now, and nobody whose check is blind is told of it. */
void mind_repaired(struct mind *mind, const struct incident *incident);
/* The incident that is open now for that cause of that subject, or NULL. */
struct incident *mind_find(const struct subject *subject, const char *code);
/* Ends one that nobody can see any more, on a person's word: told as withdrawn, and its signs count as well until a probe sees them again.
 */
void mind_withdraw(struct mind *mind, struct incident *incident, double now, double wall);
/* The incident changed (a remedy's doing): it will be written. */
void mind_touch(struct mind *mind, struct incident *incident);
/* Its checks should be probed soon, and the next round looks at it. */
void mind_look_again(struct mind *mind, struct incident *incident);
void mind_touch_delivery(struct mind *mind, struct delivery *delivery);
/* How a try of a delivery ended, as spool_ended(), and what follows from it: it is written; a sink that lost word of something that is
 * still open hears of it anew when it takes a notice, and is asked with one of these while it is owed nothing else. */
void mind_answered(struct mind *mind, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                   double now, double wall, bool *ret_lost);
/* Where the sinks of the configuration stand, one for each, whatever identifies it: at the start and at each reload. One that stands
 * elsewhere than when it was told of something that is open hears of it anew. */
void mind_place_sinks(struct mind *mind, const char *const *places, double now, double wall);
/* Tells people of what happened with an open incident, in the notice's words. */
void mind_update(struct mind *mind, struct incident *incident, enum severity severity, const char *summary, double now, double wall);
void mind_event(struct mind *mind, const char *what, const char *incident, const char *sentence, double wall);

/* The last fault seen of that code by a check of the subject, or NULL. */
const struct finding *subject_finding(const struct subject *subject, const char *code);
bool subject_watches(const struct subject *subject, const char *code);
bool subject_believes(const struct subject *subject, const char *code);   /* ill or recovering by some check */
bool subject_has_passed(const struct subject *subject, const char *code); /* by a probe of this life, and none has seen it since */

/* --- to and from the disk --- */

/* What is to be written in one transaction; false when nothing is. *ret_mark: hand it back to mind_stored() once it is on disk. */
bool mind_batch(struct mind *mind, struct rows *ret_rows, unsigned long *ret_mark) must_check;
void mind_stored(struct mind *mind, unsigned long mark);

#endif
