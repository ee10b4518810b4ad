/* What the end of an attempt means for its incident, and what people hear of it. Pure: the clock is handed in, and nothing is written.
 *
 * Whoever was told of an incident before its remedy ended is told how that went when it needs a person: the notice that they have says
 * that a remedy is at work. */
#ifndef EJMON_VERDICT_H
#define EJMON_VERDICT_H

#include "monitor/core/mind.h"
#include "monitor/heal/attempt.h"

#define HEAL_LOOK_AGAIN 30.0       /* seconds until an attempt that could not look is tried again */
#define HEAL_LOOK_AGAIN_MOST 300.0 /* doubled each time, up to this */
#define HEAL_LOOK_TRIES 3          /* such tries before people are paged */

/* The next remedy of the incident's plan that can be used here, or NULL. */
const struct conf_remedy *verdict_next_remedy(const struct conf *conf, const struct incident *incident) must_check;

/* Takes in how an attempt of this remedy has ended. An undo that failed was told by verdict_undo_failed() before. */
void verdict_take(struct mind *mind, const struct conf *conf, struct incident *incident, const struct conf_remedy *remedy,
                  enum attempt_verdict verdict, const char *report, double now, double wall);

/* An undo failed, in this life or a former one: the stack stands half-way, which no check may see. That is a state of ejmon's own
 * (ejmon/undo-failed), told at once whatever becomes of the incident, and told again for each attempt of which it is true; people who were
 * told of the incident itself hear of it there, too. The same attempt twice is one. */
void verdict_undo_failed(struct mind *mind, const struct attempt_leftover *failed, double now, double wall);
/* Since when the stack stands half-way, as far as people were told (wall clock); 0 while it does not. */
double verdict_half_way_since(const struct mind *mind) must_check;
/* That is over, by the journal's attempts, once the same remedy was kept for the same cause after each undo that failed: all its steps were
 * done then, and verified. What a person did by hand no journal knows: that ends by `incidents withdraw`. */
void verdict_made_good(struct mind *mind, const struct attempt_rows *rows, double now);

#endif
