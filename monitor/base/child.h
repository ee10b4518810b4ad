/* Child processes for tasks: posix_spawn without a shell, in a process group of their own, with capped output.
 *
 * At the deadline, or when the task is cancelled, the group gets SIGTERM and CHILD_GRACE seconds later SIGKILL; child_run() returns
 * only when the child has been reaped. stdin is /dev/null; no file descriptor but 0-2, and `hold` where there is one, is inherited. */
#ifndef EJMON_CHILD_H
#define EJMON_CHILD_H

#include "monitor/base/text.h"

#define CHILD_OUTPUT_LIMIT (256u << 10) /* bytes kept of stdout and stderr together: the first half and the last half */
#define CHILD_GRACE 5.0                 /* seconds between SIGTERM and SIGKILL */

struct child_request {
  const char *const *arguments;   /* argv, NULL-terminated; argv[0] is searched in PATH */
  const char *const *environment; /* whole environment, NULL-terminated KEY=VALUE; NULL: PATH, HOME, LANG and TZ of ejmon only */
  const char *directory;          /* working directory or NULL */
  const char *input;              /* bytes for stdin instead of /dev/null, NUL-terminated, or NULL; at most 64 KiB */
  double timeout;                 /* seconds; 0: the task's deadline, which must then exist */
  int hold; /* one more descriptor for the child to inherit, when above 2: a lock that is its own as long as it lives */
};

struct child_result {
  int exit_status; /* 0-255, or 128 + signal */
  bool signalled;
  struct text output; /* stdout and stderr as they came */
  bool output_cut;
};

/* 0 when the child ran to its end (whatever its status), -ENOENT, -EACCES (cannot be started), -ETIMEDOUT, -ECANCELED. ret_result is always
 * initialised; release with child_result_free(). */
int child_run(const struct child_request *request, struct child_result *ret_result) must_check;
void child_result_free(struct child_result *result);

#endif
