/* Small files of remedies, read and written whole; see small_file.h. */
#include "monitor/base/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, struct text *ret_text) {
  auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return -errno;
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  if (!S_ISREG(status.st_mode)) return -EINVAL;
  char buffer[4096];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text_add_bytes(ret_text, buffer, (size_t)got);
    if (ret_text->length > FILE_READ_LIMIT) return -EFBIG;
  }
  return got < 0 ? -errno : 0;
}

int file_write(const char *path, const struct text *text, unsigned mode) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL) return -EINVAL;
  auto_free char *fresh = text_format("%.*s/.%s.ejmon-new", (int)(slash - path), path, slash + 1);
  int r = 0;
  {
    auto_fd int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0) return -errno;
    for (size_t at = 0; at < text->length && r == 0;) {
      ssize_t put = write(fd, text->data + at, text->length - at);
      if (put < 0 && errno != EINTR) r = -errno;
      if (put > 0) at += (size_t)put;
    }
    if (r == 0 && (fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0)) r = -errno; /* whatever our umask is: nginx's user is not ours */
  }
  if (r == 0 && rename(fresh, path) < 0) r = -errno;
  if (r < 0) (void)unlink(fresh);
  return r;
}

int file_remove(const char *path) {
  return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}
