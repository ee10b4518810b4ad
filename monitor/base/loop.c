/* The libev loop, its clocks and its lag; see loop.h. */
#include "monitor/base/loop.h"

#include <ev.h>
#include <signal.h>
#include <time.h>

#define LAG_SLOTS 6
#define LAG_SLOT_SECONDS 10.0 /* the lag reported is the worst of the last LAG_SLOTS such spans: a minute */

static struct ev_loop *loop;
static ev_timer heartbeat;
static double heartbeat_due;
static struct { double since, worst; } lag_slots[LAG_SLOTS];
static size_t lag_slot;
static double lag_untaken;

struct ev_loop *loop_get(void) {
  if (!loop) {
    loop = ev_default_loop(EVFLAG_AUTO | EVFLAG_NOENV | EVFLAG_NOSIGMASK);
    signal(SIGPIPE, SIG_IGN);
  }
  return loop;
}

static double clock_seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* libev lets a signal through that it is asked to watch, if (and only if) its loop was made with EVFLAG_NOSIGMASK. */
void loop_hold_signals(void) {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGHUP);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGTERM);
  sigprocmask(SIG_BLOCK, &held, NULL);
}

double loop_monotonic(void) {
  return clock_seconds(CLOCK_MONOTONIC);
}

double loop_wall(void) {
  return clock_seconds(CLOCK_REALTIME);
}

void loop_run(void) {
  ev_run(loop_get(), 0);
}

void loop_stop(void) {
  ev_break(loop_get(), EVBREAK_ONE);
}

static void heartbeat_beat(struct ev_loop *unused, ev_timer *timer, int events) {
  (void)unused, (void)events;
  double now = loop_monotonic();
  double late = now - heartbeat_due > 0 ? now - heartbeat_due : 0;
  if (now - lag_slots[lag_slot].since > LAG_SLOT_SECONDS) {
    lag_slot = (lag_slot + 1) % LAG_SLOTS;
    lag_slots[lag_slot].since = now;
    lag_slots[lag_slot].worst = 0;
  }
  if (late > lag_slots[lag_slot].worst) lag_slots[lag_slot].worst = late;
  if (late > lag_untaken) lag_untaken = late;
  heartbeat_due = now + timer->repeat;
  ev_timer_again(loop, timer);
}

void loop_watch_lag(double period) {
  loop_get();
  if (ev_is_active(&heartbeat)) {
    ev_ref(loop);
    ev_timer_stop(loop, &heartbeat);
  }
  ev_timer_init(&heartbeat, heartbeat_beat, period, period);
  lag_slots[lag_slot].since = loop_monotonic();
  heartbeat_due = loop_monotonic() + period;
  ev_timer_start(loop, &heartbeat);
  ev_unref(loop); /* it alone keeps no loop running */
}

double loop_lag(void) {
  double worst = 0;
  for (size_t i = 0; i < LAG_SLOTS; i++) {
    if (lag_slots[i].worst > worst) worst = lag_slots[i].worst;
  }
  return worst;
}

double loop_lag_take(void) {
  double lag = lag_untaken;
  lag_untaken = 0;
  return lag;
}

void loop_free(void) {
  if (loop) ev_loop_destroy(loop);
  loop = NULL;
}
