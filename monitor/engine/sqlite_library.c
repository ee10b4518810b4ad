/* SQLite's library opened at first use; see sqlite_library.h. It opens no database. */
#include "monitor/engine/sqlite_library.h"

#include <dlfcn.h>
#include <string.h>

#include "monitor/base/lang.h"

struct sqlite_library sqlite;

static const struct {
  const char *name;
  size_t offset;
} functions[] = {
#define LIBRARY_ROW(name) {"sqlite3_" #name, offsetof(struct sqlite_library, name)},
    SQLITE_FUNCTIONS(LIBRARY_ROW)
#undef LIBRARY_ROW
};

char *sqlite_library_open(void) {
  static void *handle;
  if (handle) return NULL;
  void *library = dlopen("libsqlite3.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return text_format(translated("the journal needs SQLite: install the package libsqlite3-0 (%s)"), dlerror());
  for (size_t i = 0; i < countof(functions); i++) {
    void *found = dlsym(library, functions[i].name);
    if (!found) {
      dlclose(library);
      return text_format(translated("the installed libsqlite3.so.0 has no %s: install Debian 12's libsqlite3-0 or a later one"),
                         functions[i].name);
    }
    memcpy((char *)&sqlite + functions[i].offset, &found, sizeof found); /* ISO C has no cast from an object to a function pointer */
  }
  handle = library;
  return NULL;
}
