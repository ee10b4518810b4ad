/* Calls that wait for a disk, made on a thread: on a network folder whose server is gone an open(2) or a stat(2) takes as long as it likes,
 * and no signal ends it. */
#ifndef EJMON_DISK_H
#define EJMON_DISK_H

#include "monitor/base/text.h"

struct disk_call {
  const char *pool; /* of work.h: its one thread makes such calls in their order, so that what came late is not done over what came later */
  double seconds;   /* after these nobody waits any more: it may still be made */
  int (*function)(const struct disk_call *call); /* runs on the thread; 0 or more, or -errno */
  const char *path, *other;                      /* what for; copied; may be NULL */
  int descriptor;
  void (*forget)(int result); /* what becomes of a result that nobody waited for, on the loop's thread; may be NULL */
};

/* Inside a task. What the function gave; or -ETIMEDOUT, -ECANCELED, -EAGAIN. */
int disk_call(const struct disk_call *call) must_check;
/* The same, and neither the task's deadline nor its end reaches the call: only its own bound. */
int disk_call_shielded(const struct disk_call *call) must_check;

/* What the join of a task gave that was cancelled since the time of the one that waits for it was over: that. Else the result. */
int disk_why(int result) must_check;

/* Functions for it. */
int disk_make_folder(const struct disk_call *call); /* mode 0700, and `other` in it; 0 also when they are there */
int disk_remove_folder(const struct disk_call *call);
int disk_rename(const struct disk_call *call);   /* path gets the name `other` */
int disk_is_there(const struct disk_call *call); /* 1 or 0 */
int disk_may_write_into(const struct disk_call *call);

#endif
