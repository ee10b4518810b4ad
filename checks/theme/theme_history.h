/* Does the theme on the volume flip? Remembers which theme the last probes saw. Pure; knows no clock but the `now` handed in.
 *
 * Two stacks that share one static volume (EJ contract F21) put their own theme back at each start. One change is an administrator's; a
 * theme that was right and became wrong again, and again, is somebody else's: remedies only ever make it right, and their undo leaves its
 * trace in `attempts`. */
#ifndef EJMON_THEME_HISTORY_H
#define EJMON_THEME_HISTORY_H

#include "monitor/base/text.h"

#define HISTORY_FLIP_LIMIT 2           /* relapses that are too many */
#define HISTORY_WINDOW_SECONDS 21600.0 /* within this time */

struct theme_history {
  char *theme, *attempts;              /* as last seen */
  double relapses[HISTORY_FLIP_LIMIT]; /* when, the newest first; 0: none */
  size_t seen;                         /* probes that saw a theme */
};

/* One more probe saw `theme` (not NULL). `wanted` may be NULL: then every change counts. `attempts`: what tells that an attempt of
 * ours was at work in between, "" when nothing is known. */
void theme_history_note(struct theme_history *history, double now, const char *theme, const char *wanted, const char *attempts);
size_t theme_history_relapses(const struct theme_history *history, double now);
void theme_history_free(struct theme_history *history);

#endif
