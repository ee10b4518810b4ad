/* A record lock on a file of its own; see lockfile.h. */
#include "monitor/base/lockfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int lockfile_take(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  const struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int r = fcntl(fd, F_SETLK, &whole) < 0 ? -errno : 0;
  if (r == 0) return fd;
  close(fd);
  return r == -EACCES || r == -EAGAIN ? -EWOULDBLOCK : r;
}

bool lockfile_is_taken(const char *path) {
  auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  return fd >= 0 && fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

void lockfile_drop(int lock) {
  if (lock >= 0) close(lock);
}
