/* The order in which one sink gets what is owed to it: a part of the spool (spool.h), for nobody else. Pure.
 *
 * What is owed of one incident is a chain, and its first alone a candidate. Candidates whose time is yet to come stand in a heap by that
 * time, those that are due in one by their rank: so with n notices an addition, a look and an end cost O(log n), whoever waits for whom.
 * The deliveries are the spool's; each is in one queue at most. */
#ifndef EJMON_QUEUE_H
#define EJMON_QUEUE_H

#include "monitor/base/text.h"

struct delivery;
struct queue;

struct queue *queue_make(void) must_check;
void queue_free(struct queue *queue); /* what is in it stays as it is, and must be added to another or be freed; harmless on NULL */
void queue_add(struct queue *queue, struct delivery *delivery);
void queue_remove(struct queue *queue, struct delivery *delivery);
/* Its time, whether it is under way or whether it is on disk has changed. */
void queue_changed(struct queue *queue, struct delivery *delivery);
/* The next that may go out; `now` never goes back. `unsaved_too`: also what is on no disk. */
struct delivery *queue_next(struct queue *queue, double now, bool unsaved_too) must_check;
/* When the next candidate comes due; INFINITY: none is waiting for its time. */
double queue_next_at(struct queue *queue, double now) must_check;
/* The first of that incident, or NULL; the others follow by their `after`. */
struct delivery *queue_first(struct queue *queue, const char *incident) must_check;
/* How often two of it were compared so far: what it costs, whatever the machine. */
unsigned long queue_compared(const struct queue *queue);

#endif
