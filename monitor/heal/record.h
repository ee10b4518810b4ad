/* Entries of the journal about attempts, each within a bound: a disk that hangs must neither hold what has to be undone, nor let begin what
 * nobody could undo after a kill. What is not on disk in time counts as not written, and may be written later all the same. */
#ifndef EJMON_RECORD_ATTEMPT_H
#define EJMON_RECORD_ATTEMPT_H

#include "monitor/store/store.h"

#define RECORD_SECONDS 10.0
#define RECORD_POOL "attempts" /* of disk.h */

/* Inside a task. 0, -ETIMEDOUT, or as the store's functions of the same names. */
int record_begin(struct store *store, const struct attempt_row *attempt) must_check;
int record_step(struct store *store, const char *id, const char *state, const char *report, double applied) must_check;
int record_end(struct store *store, const char *id, const char *verdict, const char *report) must_check; /* now */
int record_unfinished(struct store *store, struct attempt_rows *ret_rows) must_check;
int record_applied_since(struct store *store, double wall, struct attempt_rows *ret_rows) must_check;

/* The folders of attempts: within the bound, too, on a thread. 0 or -errno. */

/* It gets another name: on a full disk that works where an entry does not. */
int record_rename(const char *from, const char *to) must_check;
int record_make_folder(const char *all, const char *directory) must_check; /* that of all attempts, and one in it */
int record_remove_folder(const char *directory) must_check;                /* an empty one */
int record_is_there(const char *path) must_check;                          /* 1 or 0; or -errno: that is not known */

#endif
