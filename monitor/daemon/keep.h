/* Keeps the mind on disk: opens the store, takes a former life over, and writes what changes. The loop never waits for it: while the disk
 * hangs, is full or locked, ejmon goes on from memory and says so; what the disk did not take is written when it takes something again. */
#ifndef EJMON_KEEP_H
#define EJMON_KEEP_H

#include "monitor/base/task.h"
#include "monitor/core/mind.h"
#include "monitor/serve/control.h"
#include "monitor/store/store.h"

#define KEEP_PATIENCE 2.0 /* seconds that a commit may take before notices go out from memory */
#define KEEP_OPEN 5.0     /* seconds that opening may take at the start before ejmon begins without a store */
#define KEEP_AGAIN 2.0    /* seconds between two tries to open or to write */

struct keep;

/* Opens the store in that folder, once `control` holds it, and takes a former life into the mind. 0 also when it is locked, hangs, is full,
 * read-only or no database: then that goes on by itself, and is told. Another -errno with *ret_error a sentence: no disk will ever mend it
 * (a journal of a later version). `look` is set when something is on disk, or is not and should be. */
int keep_start(struct mind *mind, const char *folder, const struct control *control, struct task_event *look, struct keep **ret_keep,
               char **ret_error) must_check;
void keep_write(struct keep *keep);                /* what changed since; returns at once */
struct store *keep_store(const struct keep *keep); /* NULL until it is open */
const char *keep_trouble(const struct keep *keep); /* why nothing is written just now, or NULL */
/* Somebody took the journal's file away, or (NULL) brought it back: what is written meanwhile is as if it were not. */
void keep_lose(struct keep *keep, const char *why);
/* Writes what is left, within so many seconds; frees. Harmless on NULL. */
void keep_stop(struct keep *keep, double seconds);

#endif
