/* One attempt of a remedy as a transaction: describe, preflight, snapshot, apply, verify by the checks that saw the fault, keep or undo.
 *
 * Every step's intent is in the journal, on disk, before the step begins (DESIGN.md section 5). Only one attempt acts at a time on a state
 * folder, also across processes: a lock file in it is held meanwhile. */
#ifndef EJMON_ATTEMPT_H
#define EJMON_ATTEMPT_H

#include "conf/conf.h"
#include "monitor/core/guard.h"
#include "monitor/store/store.h"

#define VERIFY_SECONDS 20.0 /* how long the fault may take to vanish after the remedy */
#define VERIFY_VIEW_SECONDS \
  90.0                   /* how long a right repair may stay unseen: nginx's open_file_cache looks again after 60 s unless told otherwise */
#define VERIFY_PAUSE 0.5 /* between two verifying rounds */
#define VERIFY_PASSES 2  /* rounds in a row that must pass */
#define UNDO_EXTRA 10.0  /* seconds granted to an undo beyond the remedy's own time-out */

enum attempt_verdict {
  ATTEMPT_KEPT,        /* the fault is gone: verified */
  ATTEMPT_KEPT_UNSEEN, /* what was to be repaired is right, and a view of it (a cache) still shows the former state, or nobody sees it: a
                          person is needed */
  ATTEMPT_UNDONE,      /* it did not help, or made something worse: the former state is back */
  ATTEMPT_UNDO_FAILED, /* it did not help and could not be undone: a person is needed now */
  ATTEMPT_REFUSED,     /* preflight says no */
  ATTEMPT_NEEDLESS,    /* preflight finds nothing to do */
  ATTEMPT_NO_LOOK,     /* preflight, snapshot or the journal could not be done: nothing was changed */
  ATTEMPT_VERDICTS,
};
extern const char *const attempt_verdict_names[];

/* An attempt that has come to its end now: of a former life, or one whose undo failed. */
struct attempt_leftover {
  const char *id, *incident, *cause, *remedy;
  enum attempt_verdict verdict;
  const char *report; /* all that was said of it */
};
typedef void attempt_listener(void *context, const struct attempt_leftover *leftover);

struct attempt_request {
  const struct conf *conf;
  const struct conf_remedy *remedy;
  const char *incident; /* its id, or "" for a person's heal */
  const char *subject;  /* what the incident is about; NULL: the stack */
  const char *cause;
  const char *const *codes; /* NULL-terminated: the finding codes that must be gone */
  struct store *store;
  void (*say)(void *context, const char *line); /* progress for people, one line a call; may be NULL */
  bool say_plan;                                /* begin with the remedy's description */
  attempt_listener *undo_failed; /* hears of an undo that failed, its own or a former life's, before the journal does; may be NULL */
  void *context;
};

/* Runs the whole transaction inside the current task, to its end, whatever becomes of the caller's deadline. ret_report (may be NULL) gets
 * every line said. */
enum attempt_verdict attempt_run(const struct attempt_request *request, struct text *ret_report);

/* What `plan` shows: the remedy's own description, whole: with the texts of programs. Changes nothing. 0 or -errno. */
int attempt_describe(const struct conf_remedy *remedy, bool whole, struct text *ret_text) must_check;

/* --- attempt_recover.c: what an ejmon that was killed left half-way --- */

/* How many attempts were left half-way: unfinished in the journal, and nobody acts. Cheap: whoever looks after them (attempt_recover) may
 * ask every minute, since an `ejmon heal` may be killed at any time. Inside a task. 0 also while somebody acts; or -errno. */
int attempt_leftovers(struct store *store) must_check;
/* Undoes every attempt that the journal knows to have begun and not to have ended, from its directory and the configuration alone. `last`:
 * one that cannot be undone is given up: its end is recorded as undo-failed, and a person has to look. Inside a task. 0: nothing is
 * half-done any more. -EBUSY: somebody acts right now. -EAGAIN: something could not be undone yet. Other -errno: the journal cannot be
 * read. */
int attempt_recover(const struct conf *conf, struct store *store, bool last, attempt_listener *ended, void *context) must_check;
/* The same for who holds the right to act (acting.h) already. */
int attempt_recover_locked(const struct conf *conf, struct store *store, bool last, attempt_listener *ended, void *context) must_check;

/* Brings back what the remedy's snapshot in that directory saved; the report gets what it says, redacted. Inside a task. 0 or -errno. */
int attempt_undo(const struct conf_remedy *remedy, const char *directory, struct text *report) must_check;
/* The name that an attempt's directory has once it ended so and the journal could not take it. */
char *attempt_mark(const char *directory, enum attempt_verdict verdict) must_check;

/* Fills the guard's question with this remedy's past from the journal; attempt_history_free() it. 0 or -errno. */
int attempt_history(struct store *store, const struct conf_remedy *remedy, struct guard_question *ret_question) must_check;
void attempt_history_free(struct guard_question *question);

#endif
