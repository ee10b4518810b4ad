/* One lock file, flock(2); see acting.h. */
#include "monitor/heal/acting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/reach/place.h"

int acting_begin(const char *folder, char **ret_error) {
  auto_free char *path = text_format("%s/acting.lock", folder);
  int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    int r = -errno;
    *ret_error = text_format(translated("the lock %s cannot be opened: %s"), path, lang_error(-r));
    return r;
  }
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
    place_hold(lock);
    return lock;
  }
  close(lock);
  *ret_error = text_format(
      translated("another ejmon is acting on this stack right now, or a command of one that was killed still runs (%s is locked)"), path);
  return -EBUSY;
}

bool acting_is_free(const char *folder) {
  auto_free char *path = text_format("%s/acting.lock", folder);
  auto_fd int lock = open(path, O_RDWR | O_CLOEXEC);
  return lock < 0 ? errno == ENOENT : flock(lock, LOCK_SH | LOCK_NB) == 0; /* closing gives it back */
}

void acting_end(int lock) {
  if (lock < 0) return;
  place_hold(-1);
  /* Not only closed: whatever a command left running on purpose must not keep the lock for ever. */
  flock(lock, LOCK_UN);
  close(lock);
}
