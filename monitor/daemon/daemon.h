/* The daemon's parts, for each other: the watches that schedule probes, the care for incidents, the control socket. One main task
 * (daemon.c) owns all of it; probes and attempts run in tasks of their own and hand their results back to it. */
#ifndef EJMON_DAEMON_H
#define EJMON_DAEMON_H

#include <ev.h>

#include "conf/conf.h"
#include "monitor/core/incident.h"
#include "monitor/core/symptom.h"
#include "monitor/engine/alert.h"
#include "monitor/heal/attempt.h"
#include "monitor/engine/journal.h"
#include "monitor/watch/probe.h"

#define START_SPREAD 1.0      /* seconds over which the first probes are spread */
#define JITTER 0.1            /* an interval varies by this share, so that checks do not march in step */
#define PAGE_HOLD 60.0        /* seconds that an automatic remedy has before people are paged all the same */
#define PAGE_AFTER_HEAL 120.0 /* seconds that a kept remedy has until its incident must be closed, before people are paged */
#define LOOK_AGAIN 30.0       /* seconds until an attempt that could not look is tried again */
#define LOOK_AGAIN_MOST 300.0 /* doubled each time, up to this */
#define LOOK_TRIES 3          /* such tries before people are paged */
#define RELOAD_PAUSE 2.0      /* seconds between two reloads at least: a storm of SIGHUPs must leave the probes time to end */
#define RELOAD_DELIVER 5.0    /* seconds that a reload leaves to deliveries in flight, before they are cut and sent again */
#define RECOVER_PAUSE 15.0    /* seconds between two tries to undo what a former life left half-way */
#define RECOVER_TRIES 8
#define TICK 0.5 /* seconds between two looks at open incidents */

/* One check, watched. */
struct watch {
  struct daemon *daemon;
  const struct conf_check *check;
  void *state;              /* the kind's own, kept between probes */
  struct symptom *symptoms; /* one per code of the kind, in its order */
  size_t code_count;
  ev_timer timer;
  struct task *task; /* the probe in flight, or NULL */
  struct probe_job job;
  struct outcome outcome;   /* of the last probe, or of the one in flight */
  enum check_status status; /* of the last one taken in */
  bool ended;               /* the probe in flight has ended and waits to be taken in */
  unsigned long probes;
  double due; /* monotonic, of the next probe */
};

struct daemon {
  struct conf *conf;
  struct journal *journal;
  struct store *store; /* the same file, by the way that attempts take */
  struct alerts *alerts;
  struct watch *watches;
  size_t watch_count;
  struct incidents incidents;
  struct task_event look; /* the main task shall look */
  ev_timer tick;
  ev_stat journal_file; /* gone: nothing of what happens now survives a restart */
  ev_stat env_file;     /* EJ's own settings say what is wanted: an edit is taken in at once */
  double poked;         /* monotonic time of the last round outside of the schedule */
  double started;       /* wall clock */
  bool stop, reload;
  double reload_after; /* monotonic: no reload before */

  /* the one attempt in flight */
  struct task *healing;
  struct incident *patient;
  const struct conf_remedy *remedy;
  char **codes;
  struct text report;
  enum attempt_verdict verdict;
  bool healed; /* it has ended and waits to be taken in */

  struct task *recovering; /* undoes what a former life left half-way; no attempt begins meanwhile */
  bool undoing;            /* it uses the configuration right now */
  bool recovered;          /* it has ended */
};

/* --- watch.c --- */
void watches_start(struct daemon *daemon);
void watches_stop(struct daemon *daemon); /* cancels, joins, frees; inside the main task */
/* Takes in the probes that have ended: symptoms, log lines. True when an opinion changed. */
bool watches_take(struct daemon *daemon);
/* All checks at once, outside of their schedule, at most once per the shortest suspect interval: who is suspect may be the child of
 * another. */
void watches_poke(struct daemon *daemon);
/* The codes that are ill now, each once. Rules are fed with those that the last probe still saw (or that begin to pass): one that no probe
 * looks at any more, because another fault has come before it, opens no incident; but it keeps its own open until a probe passes it. */
struct ill_codes {
  const struct code **believed, **seen;
  size_t believed_count, seen_count;
  bool suspects; /* some symptom is not judged yet */
};
void watches_ill(const struct daemon *daemon, struct ill_codes *ret_ill);
void ill_codes_free(struct ill_codes *ill);
/* After a restart: the codes of an open incident are believed ill until probes pass them. */
void watches_believe(struct daemon *daemon, char *const *codes);
bool watches_know(const struct daemon *daemon, const char *code); /* some check looks for it */
bool watches_see_ill(const struct daemon *daemon, const char *code);
/* Adds a code to those believed ill that no check looks for any more, so that nothing can pass it. */
void ill_codes_add_unwatched(struct ill_codes *ill, const char *code);
/* Takes over the opinions (symptoms) of checks that keep their name and kind across a reload. */
void watches_inherit(struct daemon *daemon, struct watch *former, size_t former_count);
struct symptom *watch_symptom(const struct watch *watch, const char *code);
/* The newest finding of that code, or NULL. */
const struct finding *watches_finding(const struct daemon *daemon, const char *code);

/* --- care.c --- */
struct care {
  double page_at;  /* monotonic: when people are paged unless it is healed */
  double next_try; /* monotonic: no attempt before */
  bool held;       /* because the guard said so, by the configuration of now */
  bool paged, healed, told_hold;
  int blind_tries;
  struct text tried;  /* what was tried, for the page; the newest last */
  size_t saved_codes; /* how many of the incident's codes the journal has */
  double next_save;   /* monotonic: what it did not take is not offered before */
};
void care_evaluate(struct daemon *daemon); /* rules and incidents, after opinions changed */
void care_tick(struct daemon *daemon);     /* pages that are due, attempts that may start */
void care_take_attempt(struct daemon *daemon);
void care_free(struct daemon *daemon);

/* --- keep.c --- */
void care_restore(struct daemon *daemon); /* open incidents of a former life */
/* Around a reload. Before: incidents forget the codes that have passed. After: the codes of open incidents are believed ill until probes
 * pass them, also by checks that came with the new configuration under another name, and the guard is asked anew about attempts that it
 * held back. */
void care_before_reload(struct daemon *daemon);
void care_after_reload(struct daemon *daemon);

/* --- recover.c --- */
void recover_start(struct daemon *daemon);
void recover_stop(struct daemon *daemon);

/* --- control.c --- */
struct control;
int control_start(struct daemon *daemon, struct control **ret_control, char **ret_error) must_check;
void control_stop(struct control *control);

/* --- daemon.c --- */
/* Runs until SIGTERM or SIGINT. Returns the exit status. */
int daemon_run(struct conf *conf, const char *config_file, const char *env_file);

#endif
