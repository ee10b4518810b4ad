/* Inside monitor/store: statements that are prepared once and kept by their connection, and rows on their way in and out of them. All of it
 * blocks: for the writer's thread. 0 or -errno: -EBUSY (somebody has it locked), -ENOSPC, -EACCES, -EIO. */
#ifndef EJMON_STORE_SQL_H
#define EJMON_STORE_SQL_H

#include "monitor/core/record.h"
#include "monitor/store/sqlite_library.h"

int sql_errno(int code) must_check;                                /* of a result code that is none of success */
int sql_run(sqlite3 *database, const char *statements) must_check; /* without parameters and answer */
void sql_close(sqlite3 *database);                                 /* with all that is kept; harmless on NULL */

/* The statement, ready for its parameters (?1, ?2, ...). It is the connection's: do not finalize it. */
int sql_prepare(sqlite3 *database, const char *sql, sqlite3_stmt **ret_statement) must_check;
void sql_bind_text(sqlite3_stmt *statement, int place, const char *value); /* NULL is ""; the value must live until the statement has run */
/* Runs it to its end, without an answer, and makes it ready for the next time. */
int sql_finish(sqlite3_stmt *statement) must_check;

/* The statement that writes rows of a type: `or_update` in place of the one with the same key. */
int sql_prepare_put(sqlite3 *database, const struct row_type *type, bool or_update, sqlite3_stmt **ret_statement) must_check;
int sql_put(sqlite3_stmt *statement, const struct row_type *type, const void *row) must_check;
/* Adds the rows that `rest` ("WHERE ... ORDER BY ...") chooses to an array of the type. `bound` (may be NULL) is its one parameter. */
int sql_get(sqlite3 *database, const struct row_type *type, const char *rest, const double *bound, void *items, size_t *count) must_check;

#endif
