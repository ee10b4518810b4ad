/* Functions on worker threads, for libraries that block (name resolution, SQLite). The task waits, the loop runs on. */
#ifndef EJMON_WORK_H
#define EJMON_WORK_H

#include "monitor/base/text.h"

#define WORK_QUEUE_LIMIT 256 /* jobs waiting per pool; more are refused with -EAGAIN: overload is "could not look" */

struct work_pool;

/* The pool of that name, made at the first call with `threads` threads (the same number at each call: those that could not be started are
 * tried again). Jobs of a pool with one thread run in order. */
struct work_pool *work_pool_get(const char *name, unsigned threads);

/* Runs function(argument) on a thread of the pool and waits (inside a task). 0: it has run, and the argument is the caller's again.
 * -ETIMEDOUT, -ECANCELED (it may still be running) or -EAGAIN (overload): the argument is not the caller's any more; `release` (may be
 * NULL) is called with it on the loop's thread once the job is over. So the argument must be heap memory that holds everything the
 * function touches, and the caller frees it only after 0. The function may not touch tasks, the loop or the log. */
int work_run(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*release)(void *argument)) must_check;

/* Joins all threads, after their current jobs: at the end of the program. */
void work_end(void);

#endif
