/* Counts how often the theme on the volume went wrong by itself; see theme_history.h. */
#include "checks/theme/theme_history.h"

#include <stdlib.h>

void theme_history_free(struct theme_history *history) {
  free(history->theme);
  free(history->attempts);
  *history = (struct theme_history){0};
}

void theme_history_note(struct theme_history *history, double now, const char *theme, const char *wanted, const char *attempts) {
  bool changed = history->theme && !text_equal(history->theme, theme);
  bool ours = history->attempts && !text_equal(history->attempts, attempts);
  bool relapse = changed && !ours && (!wanted || text_equal(history->theme, wanted));
  if (relapse) {
    for (size_t i = HISTORY_FLIP_LIMIT - 1; i > 0; i--) history->relapses[i] = history->relapses[i - 1];
    history->relapses[0] = now;
  }
  if (changed || !history->theme) {
    free(history->theme);
    history->theme = xstrdup(theme);
  }
  if (ours || !history->attempts) {
    free(history->attempts);
    history->attempts = xstrdup(attempts);
  }
  history->seen++;
}

size_t theme_history_relapses(const struct theme_history *history, double now) {
  size_t count = 0;
  for (size_t i = 0; i < HISTORY_FLIP_LIMIT; i++) count += history->relapses[i] > 0 && now - history->relapses[i] < HISTORY_WINDOW_SECONDS;
  return count;
}
