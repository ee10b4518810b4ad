/* The store: what happened and what is still owed, on disk, before and after every act. SQLite with a writer thread of its own; the only
 * SQL of ejmon stands in this folder. Values are taken as they are: whoever makes a row has redacted what is foreign in it.
 *
 * What belongs together is one transaction: there is no instant in which a kill leaves an incident that nobody will hear of. */
#ifndef EJMON_STORE_H
#define EJMON_STORE_H

#include "monitor/core/record.h"

#define STORE_KEEP_DAYS 400  /* ended incidents, deliveries, attempts and events older than this are removed at opening */
#define STORE_ROW_LIMIT 1000 /* rows of one answer for people; store_load() has no limit */

struct store;

/* Opens (and makes, mode 0700) the state folder and its journal.db. A journal of an earlier version is taken over (`read_only`: in a copy
 * in memory), one of a later version is refused. Inside a task, whose deadline bounds the wait for a disk that hangs. 0, or -errno with
 * *ret_error a sentence, to be freed: -EBUSY: somebody has had it locked for 2 s, try again; -ENOTSUP: of a later version; -ENOSPC,
 * -EACCES, -EIO (also: not a database); of mkdir(2); of the wait. */
int store_open(const char *folder, bool read_only, struct store **ret_store, char **ret_error) must_check;
void store_close(struct store *store); /* harmless on NULL; waits for nobody: the writer closes it behind what is in flight */
const char *store_folder(const struct store *store);

/* Writes all rows in one transaction, and waits (inside a task) until they are on disk. 0 (at once when there are none); -EBUSY (somebody
 * has had it locked for 2 s, or 256 jobs wait for the writer), -ENOSPC, -EIO with nothing written; or the wait's -errno (-ETIMEDOUT,
 * -ECANCELED: it may still be written, and writing the same rows again is harmless). Only the task's deadline ends the wait for a disk that
 * hangs. The first commit after a boot of the host sets all mono times that it does not write itself to 0: what is due is due now. */
int store_commit(struct store *store, const struct rows *rows) must_check;
/* What a former life left: incidents that have not ended (the oldest first), deliveries that are owed (likewise), symptoms, the newest
 * serial, no events. *ret_same_boot: their mono times are of this boot. Those of a journal of version 0 are 0, and of no boot. Inside a
 * task. */
int store_load(struct store *store, struct rows *ret_rows, bool *ret_same_boot) must_check;
/* An event for the history: what (a stable word or code), the incident's id or "", one sentence. */
int store_event(struct store *store, const char *what, const char *incident, const char *sentence) must_check;

/* --- attempts (store_attempts.c) --- */

/* The strings of a row that goes in are copied. */
int store_attempt_begin(struct store *store, const struct attempt_row *attempt) must_check;
/* The state goes to disk before the step that it names begins. `applied` (wall) is set once, when > 0. -ENOENT: there is no such attempt.
 */
int store_attempt_step(struct store *store, const char *id, const char *state, const char *report, double applied) must_check;
int store_attempt_end(struct store *store, const char *id, const char *verdict, const char *report, double ended) must_check;
int store_attempts_unfinished(struct store *store, struct attempt_rows *ret_rows) must_check;                 /* the oldest first */
int store_attempts_applied_since(struct store *store, double wall, struct attempt_rows *ret_rows) must_check; /* ended or not */
int store_attempts_newest(struct store *store, size_t limit, struct attempt_rows *ret_rows) must_check;
/* Did an attempt on this incident end so? 1, 0 or -errno. */
int store_attempt_ended_as(struct store *store, const char *incident, const char *verdict) must_check;

/* --- without a thread (store_database.c): for the writer, and for explorations that have no loop --- */

struct sqlite3;
/* ":memory:" or a path. Schema and migrations included. 0 or -errno with a sentence. Blocks. */
int store_database_open(const char *path, bool read_only, struct sqlite3 **ret_database, char **ret_error) must_check;
int store_database_commit(struct sqlite3 *database, const struct rows *rows) must_check;
int store_database_load(struct sqlite3 *database, struct rows *ret_rows, bool *ret_same_boot) must_check;
void store_database_close(struct sqlite3 *database);

#endif
