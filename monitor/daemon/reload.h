/* Reads the configuration again when asked, on a thread of its own: a big one must not hold the loop. A bad file changes nothing. */
#ifndef EJMON_RELOAD_H
#define EJMON_RELOAD_H

#include "conf/conf.h"
#include "monitor/base/task.h"

struct reload;

struct reload *reload_start(const char *config_file, const char *env_file, struct task_event *look) must_check;
void reload_ask(struct reload *reload); /* soon, DAEMON_RELOAD_PAUSE after the last one at the earliest; from any callback of the loop */
/* Begins to read when it is time, and gives what was read when it may replace the running one, else NULL (why, is in the log). */
struct conf *reload_take(struct reload *reload, const struct conf *running) must_check;
double reload_at(const struct reload *reload);           /* monotonic: when reload_take() wants to be called; INFINITY when nobody asks */
const char *reload_trouble(const struct reload *reload); /* the last one was no good: why, or NULL */
void reload_stop(struct reload *reload);

#endif
