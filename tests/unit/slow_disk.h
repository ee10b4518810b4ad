/* A disk that hangs, for one test at a time: SQLite's own files, but for a sync of the journal's WAL that waits for a word. Only for stores
 * that are opened while it is there. */
#ifndef EJMON_TESTS_SLOW_DISK_H
#define EJMON_TESTS_SLOW_DISK_H

#include "tests/unit/state_folder.h"

static struct {
  sqlite3_vfs vfs, *real;
  sqlite3_io_methods methods;
  int (*sync)(sqlite3_file *file, int flags);
  int word[2]; /* a pipe */
  bool hangs;
} slow_disk;

static int slow_sync(sqlite3_file *file, int flags) {
  char byte;
  if (__atomic_load_n(&slow_disk.hangs, __ATOMIC_SEQ_CST)) (void)!read(slow_disk.word[0], &byte, 1);
  return slow_disk.sync(file, flags);
}

static int slow_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags) {
  (void)vfs;
  int code = slow_disk.real->xOpen(slow_disk.real, name, file, flags, ret_flags);
  if (code != SQLITE_OK || !(flags & SQLITE_OPEN_WAL)) return code;
  slow_disk.methods = *file->pMethods;
  slow_disk.sync = slow_disk.methods.xSync;
  slow_disk.methods.xSync = slow_sync;
  file->pMethods = &slow_disk.methods;
  return code;
}

static inline void slow_disk_start(void) {
  slow_disk.real = sqlite3_vfs_find(NULL);
  slow_disk.vfs = *slow_disk.real;
  slow_disk.vfs.zName = "slow";
  slow_disk.vfs.xOpen = slow_open;
  slow_disk.hangs = false;
  assert_int_equal(pipe(slow_disk.word), 0);
  assert_int_equal(sqlite3_vfs_register(&slow_disk.vfs, 1), SQLITE_OK);
}

static inline void slow_disk_hangs(void) {
  __atomic_store_n(&slow_disk.hangs, true, __ATOMIC_SEQ_CST);
}

/* It goes on; all that waited for it is written. */
static inline void slow_disk_end(void) {
  __atomic_store_n(&slow_disk.hangs, false, __ATOMIC_SEQ_CST);
  close(slow_disk.word[1]);
  assert_true(work_end());
  assert_int_equal(sqlite3_vfs_unregister(&slow_disk.vfs), SQLITE_OK);
  close(slow_disk.word[0]);
}

#endif
