/* Walks through what is owed; see owed.h. */
#include "monitor/core/owed.h"

#include <stdlib.h>

size_t owed_late(const struct spool *spool, size_t sink, double now) {
  size_t count = 0;
  for (size_t i = 0; i < spool->count; i++) {
    const struct delivery *delivery = spool->items[i];
    if (delivery_is_over(delivery) || delivery->missing || delivery->sink != sink) continue;
    count += delivery->row.tries > 0 || now - delivery->owed_since > OWED_PATIENCE;
  }
  return count;
}

static bool is_among(char *const *names, const char *name) {
  for (; names && *names; names++) {
    if (text_equal(*names, name)) return true;
  }
  return false;
}

size_t owed_to_gone(const struct spool *spool, char ***ret_names) {
  size_t count = 0;
  *ret_names = xcalloc(1, sizeof(char *));
  for (size_t i = 0; i < spool->count; i++) {
    const struct delivery *delivery = spool->items[i];
    if (delivery_is_over(delivery) || !delivery->missing) continue;
    count++;
    if (!is_among(*ret_names, delivery->row.sink)) strings_push(ret_names, delivery->row.sink);
  }
  return count;
}
