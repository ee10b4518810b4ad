/* What ejmon does about open incidents of the stack: asks the guard, runs one attempt at a time, takes in its end; and undoes what a life
 * that was killed left half-way. The attempt itself is attempt.h's, its verdict is the checks'. */
#ifndef EJMON_HEAL_H
#define EJMON_HEAL_H

#include "conf/conf.h"
#include "monitor/base/task.h"
#include "monitor/core/mind.h"
#include "monitor/store/store.h"

#define HEAL_LEFTOVER_PAUSE 15.0          /* seconds between two tries to undo what was left half-way, */
#define HEAL_LEFTOVER_TRIES 8             /* of which there are so many before a person is called */
#define HEAL_LEFTOVER_LOOK 60.0           /* seconds between two looks for what another ejmon may have left */
#define HEAL_HALF_WAY_MOST (30 * 86400.0) /* seconds from when an attempt began to act until its undo is known to have failed, at most */

struct heal;

/* `look` is set when an attempt has ended. Nothing is attempted before heal_store(). Inside a task, as all that follow. */
struct heal *heal_start(struct mind *mind, struct conf *conf, struct task_event *look) must_check;
void heal_store(struct heal *heal, struct store *store); /* from now on what happens can be recorded */
/* Attempts that were held are considered anew; one in flight keeps its configuration to its end. */
void heal_reload(struct heal *heal, struct conf *conf);
/* Takes in an attempt that has ended, and begins the next that may. Returns the monotonic time at which it wants to be asked again. */
double heal_take(struct heal *heal);
bool heal_works_on(const struct heal *heal, const struct incident *incident); /* is a remedy that acts by itself still to come for it? */
/* The next remedy of its plan that can be used here, or NULL. */
const struct conf_remedy *heal_remedy(const struct heal *heal, const struct incident *incident) must_check;
const char *heal_in_flight(const struct heal *heal); /* the remedy's name, or NULL */
/* Waits for the attempt in flight, at most `seconds`: its undo is worth more than a fast exit. Frees, and returns false when one was left
 * in flight: the journal knows where it stood. Harmless on NULL. */
bool heal_stop(struct heal *heal, double seconds) must_check;

#endif
