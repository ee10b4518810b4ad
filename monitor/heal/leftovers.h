/* Attempts that a killed ejmon (a daemon, or `ejmon heal`) left half-way: undone, and told of when that fails. The stack may be starting as
 * well, so it is tried for some minutes before a person is called. */
#ifndef EJMON_LEFTOVERS_H
#define EJMON_LEFTOVERS_H

#include "monitor/heal/attempt.h"
#include "monitor/heal/heal.h"

#define HEAL_TOLD_SECONDS 2.0 /* that the journal has to take what people are told, before the attempt counts as ended */

struct leftovers;

/* Works in a task of its own; sets `look` when it has ended. `former_life`: the first look of this life, which waits for commands that a
 * former one left running. Inside a task. */
struct leftovers *leftovers_start(struct mind *mind, struct conf *conf, struct store *store, bool former_life,
                                  struct task_event *look) must_check;
bool leftovers_ended(const struct leftovers *leftovers);
void leftovers_stop(struct leftovers *leftovers); /* cancels what has not ended, and frees; harmless on NULL */

/* An undo failed, of a leftover or of an attempt of this life: a person is called, and `look` is set. Returns once that is on disk, so that
 * whoever records the end of the attempt then leaves no instant in which a kill makes it be forgotten: killed in between, it is told twice.
 * Inside a task. */
void leftovers_call_person(struct mind *mind, struct task_event *look, const struct attempt_leftover *failed);

#endif
