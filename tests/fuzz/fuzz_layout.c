/* Fuzzes the comparing of a versioned file with what Rocket.Chat holds: two texts with a NUL between them. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/host/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t first = strnlen((const char *)data, size), rest = first < size ? size - first - 1 : 0;
  auto_free char *versioned = xstrndup((const char *)data, first);
  auto_free char *live = xstrndup((const char *)data + size - rest, rest);
  struct layout_difference difference, same;
  layout_compare(versioned, live, &difference);
  assert((difference.line > 0) == (difference.versioned || difference.live));
  assert(!difference.versioned || strlen(difference.versioned) <= LAYOUT_LINE_SHOWN + 3);
  layout_difference_free(&difference);
  layout_compare(live, live, &same);
  assert(same.line == 0);
  auto_free char *id = layout_id(live);
  assert(!id || text_starts(live, id));
  return 0;
}
