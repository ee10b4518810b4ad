/* Preloaded into ejmon by kill_schedules.py and test_bad_disk.py: a disk under the journal that is slow (EJMON_DISK_SYNC: milliseconds of
 * each sync), and that hangs or is full while $EJMON_DISK_FLAG.hangs or $EJMON_DISK_FLAG.full is there. While $EJMON_DISK_FLAG.gone is
 * there, every folder whose name begins with "state" is one of a network whose server is gone: whatever asks for a name in it hangs. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
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

/* --- a network folder ------------------------------------------------------------------------------------------------------ */

#define NFS_MAGIC 0x6969

static bool is_remote(const char *path) {
  return getenv("EJMON_DISK_FLAG") && strstr(path, "/state");
}

static void wait_for_server(const char *path) {
  while (is_remote(path) && flagged("gone")) pause_for(10);
}

typedef int statfs_function(const char *path, struct statfs *status);
typedef int stat_function(const char *path, struct stat *status);
typedef int stat64_function(const char *path, struct stat64 *status);
typedef int versioned_stat_function(int version, const char *path, struct stat *status);
typedef int mode_function(const char *path, mode_t mode);
typedef int path_function(const char *path);
typedef int open_function(const char *path, int flags, ...);

int statfs(const char *path, struct statfs *status) {
  REAL(statfs_function, statfs);
  int r = real(path, status);
  if (r == 0 && is_remote(path)) status->f_type = NFS_MAGIC;
  return r;
}

#define WAITING(type, name, parameters, ...) \
  int name parameters {                      \
    REAL(type, name);                        \
    wait_for_server(path);                   \
    return real(__VA_ARGS__);                \
  }

WAITING(stat_function, stat, (const char *path, struct stat *status), path, status)
WAITING(stat_function, lstat, (const char *path, struct stat *status), path, status)
WAITING(stat64_function, stat64, (const char *path, struct stat64 *status), path, status)
WAITING(stat64_function, lstat64, (const char *path, struct stat64 *status), path, status)
WAITING(versioned_stat_function, __xstat, (int version, const char *path, struct stat *status), version, path, status)
WAITING(versioned_stat_function, __lxstat, (int version, const char *path, struct stat *status), version, path, status)
WAITING(mode_function, mkdir, (const char *path, mode_t mode), path, mode)
WAITING(path_function, unlink, (const char *path), path)

#define OPENING(name)                                        \
  int name(const char *path, int flags, ...) {               \
    REAL(open_function, name);                               \
    va_list arguments;                                       \
    va_start(arguments, flags);                              \
    int mode = flags & O_CREAT ? va_arg(arguments, int) : 0; \
    va_end(arguments);                                       \
    wait_for_server(path);                                   \
    return real(path, flags, mode);                          \
  }

OPENING(open)
OPENING(open64)
