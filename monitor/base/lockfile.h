/* A lock file that one living process holds: it goes with its owner, however that one ends.
 *
 * A record lock (fcntl(2), F_SETLK) rather than flock(2): children share the latter until they exec, so that a start right after kill -9
 * found it taken. It is lost when the process closes any descriptor of the file: open it nowhere else. */
#ifndef EJMON_LOCKFILE_H
#define EJMON_LOCKFILE_H

#include "monitor/base/text.h"

/* Makes the file where it is not there, and takes its lock. The descriptor that holds it, for lockfile_drop(); -EWOULDBLOCK while another
 * process has it; or another -errno. */
int lockfile_take(const char *path) must_check;
/* For who may not write the file, and so cannot take it (-EROFS, -EACCES): does another process have it? Only while this one has not. */
bool lockfile_is_taken(const char *path) must_check;
void lockfile_drop(int lock); /* harmless on a negative one */

#endif
