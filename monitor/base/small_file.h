/* Small files that remedies keep for undo or write for a target: whole or not at all, and never through a symbolic link. On a thread, while
 * the task waits: a disk that hangs ends the wait with the task's deadline, and what it would take later is not done. All inside a task. */
#ifndef EJMON_SMALL_FILE_H
#define EJMON_SMALL_FILE_H

#include "monitor/base/text.h"

#define FILE_READ_LIMIT (64u << 10) /* bytes of a file that is read */
#define FILE_POOL "small files"     /* of disk.h */
#define FILE_SECONDS 30.0           /* that each of these waits at most */

/* Adds the file's bytes. 0, -ENOENT, -ELOOP (a link), -EFBIG, -EINVAL (not a plain file), -ETIMEDOUT, -errno. */
int file_read(const char *path, struct text *ret_text) must_check;
/* Replaces the file by rename, on the disk before it returns; mode 0644 or 0600. The name it is written under begins with a dot, so that no
 * `include *.conf` sees it half-written. 0 or -errno. */
int file_write(const char *path, const struct text *text, unsigned mode) must_check;
/* 0 also when there was none. */
int file_remove(const char *path) must_check;
/* May we make files in that folder? 0 or -errno. */
int file_may_write_into(const char *folder) must_check;

#endif
