/* Inside monitor/store: SQLite as a table of functions, opened at first use. Linked, its 1,600 relocations would cost every one-shot probe,
 * which has no journal, half a millisecond. */
#ifndef EJMON_SQLITE_LIBRARY_H
#define EJMON_SQLITE_LIBRARY_H

#include <sqlite3.h>

#include "monitor/base/text.h"

/* clang-format off */
#define SQLITE_FUNCTIONS(X) \
  X(open_v2) X(close) X(busy_timeout) X(exec) X(errmsg) X(errstr) X(get_autocommit) X(changes) X(backup_init) X(backup_step) X(backup_finish) \
  X(prepare_v2) X(next_stmt) X(sql) X(bind_text) X(bind_double) X(bind_int64) X(bind_null) X(step) X(reset) X(finalize) \
  X(column_count) X(column_text) X(column_double) X(column_int64)
/* clang-format on */

#define SQLITE_MEMBER(name) __typeof__(&sqlite3_##name) name;
struct sqlite_library {
  SQLITE_FUNCTIONS(SQLITE_MEMBER)
};
#undef SQLITE_MEMBER
extern struct sqlite_library sqlite; /* filled by sqlite_library_open() */

/* Opens libsqlite3.so.0 once. NULL, or a sentence that names the package to install; free() it. On the store's writer only. */
char *sqlite_library_open(void) must_check;

#endif
