/* A map from names to numbers, for texts that somebody else wrote: n names cost n log n whatever they are. A hash could be attacked, and a
 * loop within a loop too. */
#ifndef EJMON_NAMES_H
#define EJMON_NAMES_H

#include "monitor/base/text.h"

struct names {
  void *tree; /* NULL: empty */
};

/* The number of a name of `length` bytes; 0 when it is new. The name is borrowed as long as the map lives; the place, too. */
long *names_at(struct names *names, const char *name, size_t length);
/* The same without making one: 0 when there is none. */
long names_get(const struct names *names, const char *name, size_t length);
void names_free(struct names *names); /* harmless on an empty one; leaves it empty */
#define auto_names __attribute__((cleanup(names_free)))

#endif
