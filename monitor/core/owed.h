/* What people should have been told by now and were not: for whoever asks whether ejmon is ready. Pure. */
#ifndef EJMON_OWED_H
#define EJMON_OWED_H

#include "monitor/core/spool.h"

#define OWED_PATIENCE 10.0 /* seconds that a notice may be under way at first */

/* How many notices to that sink, by its place among the sinks, were tried in vain or wait for longer than OWED_PATIENCE: behind a receiver
 * that hangs, too, which refuses nothing. */
size_t owed_late(const struct spool *spool, size_t sink, double now) must_check;
/* How many are owed to sinks that are not configured any more, and so go to nobody; *ret_names: these sinks, each once, to be freed. */
size_t owed_to_gone(const struct spool *spool, char ***ret_names) must_check;

#endif
