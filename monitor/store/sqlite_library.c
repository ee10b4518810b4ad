/* SQLite's library opened at first use; see sqlite_library.h. It opens no database. */
#include "monitor/store/sqlite_library.h"

#include "monitor/base/lang.h"
#include "monitor/base/library.h"

struct sqlite_library sqlite;

static const struct library_function functions[] = {
#define ROW(name) {"sqlite3_" #name, offsetof(struct sqlite_library, name)},
    SQLITE_FUNCTIONS(ROW)
#undef ROW
};

static struct library libsqlite = {.file = "libsqlite3.so.0",
                                   .package = "libsqlite3-0",
                                   .missing = translatable("the journal needs SQLite"),
                                   .table = &sqlite,
                                   .functions = functions,
                                   .count = countof(functions)};

char *sqlite_library_open(void) {
  return library_open(&libsqlite);
}
