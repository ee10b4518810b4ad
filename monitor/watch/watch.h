/* The schedule: when each check is probed, and that what was seen reaches the mind. Judges nothing.
 *
 * A check in waiting costs a timer; only as many probes are in flight as there are descriptors for (monitor/base/reserve.h), the others
 * wait their turn before their time-out begins to count. A probe in flight holds its configuration: a reload waits for none, and one whose
 * check has not changed goes on. */
#ifndef EJMON_WATCH_H
#define EJMON_WATCH_H

#include "conf/conf.h"
#include "monitor/base/task.h"
#include "monitor/core/mind.h"

#define WATCH_SPREAD 1.0 /* seconds over which the first probes after the start are spread at least */
/* First probes a second, also of what a reload brings or changes, unless an interval is shorter than that takes. */
#define WATCH_START_RATE 1000.0
#define WATCH_JITTER 0.1 /* an interval varies by this share, so that checks do not march in step */

struct watches;

/* `look` is set whenever something has ended and watches_take() should be called. Inside a task, as all that follow. */
struct watches *watches_start(struct mind *mind, struct conf *conf, struct task_event *look) must_check;
/* Another configuration, which the mind has already. */
void watches_reload(struct watches *watches, struct conf *conf);
/* Feeds the mind with the probes that have ended, and starts what waits. */
void watches_take(struct watches *watches);
/* Probes soon what the mind wants to be looked at; none earlier than its own suspect interval after its last probe while it is ill or
 * suspect: faults in a row must be as far apart as configured. */
void watches_poke(struct watches *watches);
void watches_stop(struct watches *watches); /* cancels, waits for the clean-up, frees; harmless on NULL */

/* One check as status shows it. */
struct watch_view {
  const struct conf_check *check;
  const struct opinion *opinion;
  enum check_status status; /* unknown until the first probe has ended */
  unsigned long probes;
  double next_in; /* seconds; 0 while one is in flight or waits its turn */
};
size_t watches_count(const struct watches *watches);
struct watch_view watches_view(const struct watches *watches, size_t index) must_check;
/* The check that this is the opinion of, as configured, or NULL while nobody watches it. */
const struct conf_check *watch_check(const struct opinion *opinion);
/* What the last probe of each check found that found facts: `count` pointers, to be freed as an array. */
const struct findings **watches_findings(const struct watches *watches, size_t *ret_count) must_check;

#endif
