/* How far ejmon may go by itself: over all, per remedy, per target. */
#ifndef EJMON_MODE_H
#define EJMON_MODE_H

/* From the least to the most: the lowest of several that apply is in force. */
enum acting_mode { MODE_OBSERVE, MODE_SUGGEST, MODE_APPROVE, MODE_AUTO };
extern const char *const acting_mode_names[]; /* "observe", "suggest", "approve", "auto" */

#endif
