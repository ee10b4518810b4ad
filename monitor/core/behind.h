/* What stands behind the stack: an extra check whose requests pass through it. When the stack says why nothing comes through, its absence
 * is no news; content that is wrong is its own all the same. What keeps everything back says its code (`outage`, checks/code.h): not a
 * stack that is slow, nor one page of it that fails. Pure. */
#ifndef EJMON_BEHIND_H
#define EJMON_BEHIND_H

#include "monitor/core/rule.h"

/* Is nothing but absence seen of this cause? `seen`: the codes that it was found from. */
bool behind_is_absence(const struct cause *cause, const struct code *const *seen, size_t count) must_check;

#endif
