/* Attempts that a killed ejmon (a daemon, or `ejmon heal`) left half-way: undone, and told of when that fails. The stack may be starting as
 * well, so it is tried for some minutes before a person is called. */
#ifndef EJMON_LEFTOVERS_H
#define EJMON_LEFTOVERS_H

#include "monitor/heal/heal.h"

struct leftovers;

/* Works in a task of its own; sets `look` when it has ended. `former_life`: the first look of this life, which waits for commands that a
 * former one left running. Inside a task. */
struct leftovers *leftovers_start(struct mind *mind, struct conf *conf, struct store *store, bool former_life,
                                  struct task_event *look) must_check;
bool leftovers_ended(const struct leftovers *leftovers);
void leftovers_stop(struct leftovers *leftovers); /* cancels what has not ended, and frees; harmless on NULL */

#endif
