/* Preloaded into ejmon by kill_schedules.py: a disk under the journal that is slow (EJMON_DISK_SYNC: milliseconds of each sync), and that
 * hangs or is full while $EJMON_DISK_FLAG.hangs or $EJMON_DISK_FLAG.full is there. */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool is_journal(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  path[length > 0 ? length : 0] = 0;
  return strstr(path, "journal.db") != NULL;
}

static bool flagged(const char *what) {
  const char *flag = getenv("EJMON_DISK_FLAG");
  char path[4096];
  snprintf(path, sizeof path, "%s.%s", flag ? flag : "", what);
  return flag && access(path, F_OK) == 0;
}

static void pause_for(long milliseconds) {
  nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void wait_for_disk(int fd) {
  const char *sync = getenv("EJMON_DISK_SYNC");
  if (!is_journal(fd)) return;
  if (sync) pause_for(atol(sync));
  while (flagged("hangs")) pause_for(10);
}

static bool is_full(int fd) {
  if (!flagged("full") || !is_journal(fd)) return false;
  errno = ENOSPC;
  return true;
}

/* The function of libc that stands behind this one. */
#define REAL(type, name)                 \
  type *real;                            \
  void *found = dlsym(RTLD_NEXT, #name); \
  memcpy(&real, &found, sizeof found)

typedef int sync_function(int fd);
typedef ssize_t write_function(int fd, const void *bytes, size_t count);
typedef ssize_t pwrite_function(int fd, const void *bytes, size_t count, off_t offset);

int fsync(int fd) {
  REAL(sync_function, fsync);
  wait_for_disk(fd);
  return real(fd);
}

int fdatasync(int fd) {
  REAL(sync_function, fdatasync);
  wait_for_disk(fd);
  return real(fd);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(write_function, write);
  return is_full(fd) ? -1 : real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite_function, pwrite);
  return is_full(fd) ? -1 : real(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) {
  REAL(pwrite_function, pwrite64);
  return is_full(fd) ? -1 : real(fd, bytes, count, offset);
}
