/* Looks at ejmon's own side of the network again and again, on a thread of its own: the loop waits neither for the kernel nor for a
 * resolver that hangs. Judges nothing. */
#ifndef EJMON_SIDE_WATCH_H
#define EJMON_SIDE_WATCH_H

#include "monitor/base/task.h"
#include "monitor/watch/own_side.h"

struct side_watch;

/* Inside a task, as all that follow. `look` is set after each look. */
struct side_watch *side_watch_start(struct task_event *look) must_check;
/* Seconds between two looks from now on, INFINITY for none; the name to ask the resolver for, or NULL. Says it anew as often as it likes.
 */
void side_watch_want(struct side_watch *watch, double period, const char *name);
/* The newest look and its monotonic time; NULL before the first. */
const struct own_side *side_watch_newest(const struct side_watch *watch, double *ret_at);
void side_watch_stop(struct side_watch *watch); /* harmless on NULL; waits for no thread */

#endif
