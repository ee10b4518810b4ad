/* Who stands behind the stack, and what of it is folded; see behind.h. */
#include "monitor/core/behind.h"

#include "monitor/base/text.h"

bool behind_is_blocked_by(const struct code *code) {
  static const bool on_the_way[LAYER_COUNT] = {
      [LAYER_HOST] = true, [LAYER_NETWORK] = true, [LAYER_DATABASE] = true, [LAYER_WEB] = true, [LAYER_NGINX] = true, [LAYER_PROXY] = true};
  return code->evidence == EVIDENCE_ABSENCE && on_the_way[code->layer];
}

bool behind_is_absence(const struct cause *cause, const struct code *const *seen, size_t count) {
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < cause->explains_count; k++) {
      if (text_equal(cause->explains[k], seen[i]->name) && seen[i]->evidence != EVIDENCE_ABSENCE) return false;
    }
  }
  return true;
}
