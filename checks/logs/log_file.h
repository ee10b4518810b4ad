/* The end of a log file, read on a worker: disks block, and a hung NFS blocks for ever. Remembers how far it has read. */
#ifndef EJMON_LOG_FILE_H
#define EJMON_LOG_FILE_H

#include "monitor/base/text.h"

#define LOG_FILE_LIMIT (256u << 10) /* bytes read from the end: some 2000 lines */

/* What one look leaves for the next; zeroed before the first. */
struct log_file_mark {
  bool known;
  uint64_t device, inode, size;
};

/* Reads the end of the file, inside a task. *ret_new_from: the byte of ret_bytes from which on all is new since the look that left the
 * mark; a file that was replaced or emptied since is new as a whole; at the first look nothing is known to be new. *ret_from: where in the
 * file the bytes begin. 0, -ENOENT, -EACCES,
 * -EISDIR (no plain file), -EIO..., or -ETIMEDOUT, -ECANCELED, -EAGAIN as work_run(). */
int log_file_read(const char *path, struct log_file_mark *mark, struct text *ret_bytes, size_t *ret_new_from,
                  uint64_t *ret_from) must_check;
/* The file's size now; 0 when there is none that can be read. Errors are only those of work_run(). */
int log_file_size(const char *path, uint64_t *ret_size) must_check;

#endif
