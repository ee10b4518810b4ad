/* The one libev loop, its clock and its measured lag. Everything runs on this one thread. */
#ifndef EJMON_LOOP_H
#define EJMON_LOOP_H

#include "monitor/base/text.h"

struct ev_loop;

/* The loop, made at the first call. Children are reaped by loop and child.c; SIGPIPE is ignored. */
struct ev_loop *loop_get(void);

/* From now on SIGHUP, SIGINT and SIGTERM wait until an ev_signal of the loop is started for them: one that comes early ends nobody and is
 * not lost. */
void loop_hold_signals(void);

double loop_monotonic(void); /* seconds of CLOCK_MONOTONIC, now, not cached: for intervals */
double loop_wall(void);      /* seconds since the epoch: only for people */

void loop_run(void);  /* until loop_stop(), or until no task and no watcher is left */
void loop_stop(void); /* makes the innermost loop_run() return after the current round */

/* The longest delay in seconds between when the loop's own heartbeat was due and when it ran, over the last minute. 0 unless
 * loop_watch_lag() was called. The heartbeat costs one wake-up per `period` seconds. */
void loop_watch_lag(double period);
double loop_lag(void);
/* The longest since this was asked last: for the one who judges it. */
double loop_lag_take(void);

/* Ends the loop and frees it: for leak checks at the end of a program. */
void loop_free(void);

#endif
