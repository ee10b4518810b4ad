/* A client library opened at first use, its functions taken by name into a table. Linking it would cost every start of ejmon its
 * relocations, and make ejmon useless where it is not installed. */
#ifndef EJMON_LIBRARY_H
#define EJMON_LIBRARY_H

#include <stddef.h>

#include "monitor/base/text.h"

struct library {
  const char *file;    /* "libpq.so.5" */
  const char *package; /* Debian's: "libpq5" */
  const char *missing; /* the sentence's begin when there is none: "PostgreSQL's client library is missing" */
  void *table;         /* the struct of function pointers that is filled */
  const struct library_function {
    const char *name;
    size_t offset; /* of its pointer in the table */
  } * functions;
  size_t count;
  void *handle; /* NULL until it is open */
};

/* Opens it once, for the rest of the process's life. NULL, or a sentence that names the package to install; free() it. One thread per
 * library. */
char *library_open(struct library *library) must_check;
/* One function more of an open library, or of what that is linked with, into the pointer at slot; NULL where there is none. */
void library_take(const struct library *library, const char *name, void *slot);

#endif
