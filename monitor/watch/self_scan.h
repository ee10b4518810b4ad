/* The part of the judge that looks at all subjects: of what nothing is seen, what falls, and whether that is ejmon's own side. */
#ifndef EJMON_SELF_SCAN_H
#define EJMON_SELF_SCAN_H

#include "monitor/watch/self_judge.h"

/* Takes a new look at ejmon's own side in. */
void self_side_take(struct self_judge *judge, const struct self_seen *seen);
void self_scan(struct self_judge *judge, const struct mind *mind, double now, struct self_verdict *verdict);

#endif
