/* The way out for notices: sends what the mind's spool says is due, several at a time for each sink, and hands the answers back to it. What
 * is owed and when it is tried again is the spool's; the formats are the sinks'.
 *
 * A delivery holds the configuration that it began with: a reload cuts none. */
#ifndef EJMON_TELL_H
#define EJMON_TELL_H

#include "conf/conf.h"
#include "monitor/base/task.h"
#include "monitor/core/mind.h"

#define TELL_SEND_SECONDS 30.0 /* one delivery */

struct tell;

/* The mind has the sinks of that configuration already, here and at a reload. `look` is set when a delivery has ended and tell_take()
 * should be called, or when another is due. Inside a task, as all that follow. */
struct tell *tell_start(struct mind *mind, struct conf *conf, struct task_event *look) must_check;
void tell_reload(struct tell *tell, struct conf *conf); /* what is under way goes on as it began */
/* Takes in what has ended and sends what is due. */
void tell_take(struct tell *tell);
bool tell_is_busy(const struct tell *tell); /* a delivery is under way */
/* Cuts what is under way: it counts as no try, and is sent again by the next life. Frees; harmless on NULL. */
void tell_stop(struct tell *tell);

#endif
