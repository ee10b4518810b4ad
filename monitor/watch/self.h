/* What ejmon finds of itself: whether it may trust its own eyes, and whether it can still tell. These are states like any other: shown,
 * told when they last, and over when they are over. Doubt holds remedies; doubt of its own eyes delays a page, by DOUBT_HOLD at
 * most. What is judged how: self_judge.h. */
#ifndef EJMON_SELF_H
#define EJMON_SELF_H

#include "conf/conf.h"
#include "monitor/base/task.h"
#include "monitor/core/mind.h"

struct self;

/* Inside a task, as all that follow; the mind watches MIND_SELF already. `look` is set when self_take() has something new to judge. */
struct self *self_start(struct mind *mind, const struct conf *conf, struct task_event *look, double now) must_check;
void self_reload(struct self *self, const struct conf *conf);
/* Looks at itself, at most once a second, and tells the mind; sets the mind's doubt. store_trouble: why nothing is written, or NULL.
 * Returns the monotonic time of the next look. */
double self_take(struct self *self, const char *store_trouble, double now, double wall);
/* Why ejmon doubts itself just now, or NULL. */
const char *self_doubt(const struct self *self);
void self_stop(struct self *self); /* harmless on NULL */

#endif
