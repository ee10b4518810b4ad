/* Who stands behind the stack, and what of it is folded; see behind.h. */
#include "monitor/core/behind.h"

#include "monitor/base/text.h"

bool behind_is_absence(const struct cause *cause, const struct code *const *seen, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < cause->explains_count; k++) {
      if (text_equal(cause->explains[k], seen[i]->name) && seen[i]->evidence != EVIDENCE_ABSENCE) return false;
    }
  }
  return true;
}
