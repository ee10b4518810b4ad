/* The right to act: one attempt at a time on a state folder, across processes. A lock file in the folder is held meanwhile, and the
 * commands that remedies start hold it with us: when ejmon is killed, it stays taken until the last of them has ended. The disk is waited
 * for on a thread, and not for ever. All inside a task. */
#ifndef EJMON_ACTING_H
#define EJMON_ACTING_H

#include "monitor/base/text.h"

/* Returns the lock's descriptor, for acting_end(); or -EBUSY (another ejmon acts, or a command of one that was killed still runs), or
 * another -errno, with *ret_error a sentence to be freed. */
int acting_begin(const char *folder, char **ret_error) must_check;
bool acting_is_free(const char *folder); /* nobody acts right now, as far as can be told */
void acting_end(int lock);               /* harmless on a negative one */

#endif
