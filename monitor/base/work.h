/* Functions on worker threads, for libraries that block (name resolution, SQLite). The task waits, the loop runs on. */
#ifndef EJMON_WORK_H
#define EJMON_WORK_H

#include "monitor/base/text.h"

/* Jobs waiting per pool: each probe in flight may have one, and the remedies and pages beside them. More are refused with -EAGAIN: overload
 * is "could not look". */
#define WORK_QUEUE_LIMIT 1024
#define WORK_END_SECONDS 2.0   /* that the end of the program waits for jobs that change something: a disk that hangs holds up no end */
#define WORK_LOOKS_SECONDS 0.1 /* and for those that only look */

struct work_pool;

/* The pool of that name, made at the first call; it grows to `threads` threads as jobs need them (the same number at each call: one that
 * could not be started is tried again). Jobs of a pool with one thread run in order. */
struct work_pool *work_pool_get(const char *name, unsigned threads);
/* The same for jobs that change nothing outside: at the end of the program those that wait are dropped, and those that hang are left. */
struct work_pool *work_pool_for_looks(const char *name, unsigned threads);

/* Runs function(argument) on a thread of the pool and waits (inside a task). 0: it has run, and the argument is the caller's again.
 * -ETIMEDOUT, -ECANCELED (it may still be running) or -EAGAIN (overload): the argument is not the caller's any more; `release` (may be
 * NULL) is called with it on the loop's thread once the job is over. So the argument must be heap memory that holds everything the
 * function touches, and the caller frees it only after 0. The function may not touch tasks, the loop or the log. */
int work_run(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*release)(void *argument)) must_check;

/* The same without waiting, from anywhere on the loop's thread: 0, and `done` is called there once the function has run (or was dropped at
 * the end of the program). -EAGAIN: the argument is still the caller's. It alone keeps no loop running. */
int work_post(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*done)(void *argument)) must_check;

/* At the end of the program: joins the threads once their jobs are over. True: all have ended. False: one hangs in its job, and may touch
 * whatever it knows at any time: nothing more may be released, and the process has to end by _exit(). */
bool work_end(void);
/* After work_end() gave false: the pool whose jobs change something and that has one left, or NULL. */
const char *work_left(void);

#endif
