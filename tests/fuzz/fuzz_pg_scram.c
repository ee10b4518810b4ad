/* The iterations in a server's messages: never out of bounds, and what is whole is read the same whatever follows. */
#include <stdlib.h>
#include <string.h>

#include "monitor/database/pg_scram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *exact = malloc(size + 1); /* so that a byte too far is seen */
  char *more = malloc(size + 4);
  if (!exact || !more) abort();
  memcpy(exact, data, size);
  memcpy(more, data, size);
  memcpy(more + size, "R\0\0\0", 4);
  char *tight = realloc(exact, size ? size : 1);
  unsigned long iterations = pg_scram_iterations(tight, size);
  if (iterations && pg_scram_iterations(more, size + 4) != iterations) abort();
  free(tight);
  free(more);
  return 0;
}
