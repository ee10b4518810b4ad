/* One lock file, flock(2); see acting.h. */
#include "monitor/heal/acting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "monitor/base/disk.h"
#include "monitor/base/lang.h"
#include "monitor/heal/record.h"
#include "monitor/reach/place.h"

/* --- on the thread --------------------------------------------------------------------------------------------------------- */

static int take(const struct disk_call *call) {
  int lock = open(call->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return -errno;
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) return lock;
  close(lock);
  return -EBUSY;
}

static int look(const struct disk_call *call) {
  auto_fd int lock = open(call->path, O_RDWR | O_CLOEXEC);
  if (lock < 0) return errno == ENOENT;
  return flock(lock, LOCK_SH | LOCK_NB) == 0; /* closing gives it back */
}

static int give_back(const struct disk_call *call) {
  /* Not only closed: whatever a command left running on purpose must not keep the lock for ever. */
  flock(call->descriptor, LOCK_UN);
  close(call->descriptor);
  return 0;
}

/* Taken after the time was over. */
static void take_late(int lock) {
  if (lock >= 0) close(lock);
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

int acting_begin(const char *folder, char **ret_error) {
  auto_free char *path = text_format("%s/acting.lock", folder);
  int lock =
      disk_call(&(struct disk_call){.pool = RECORD_POOL, .seconds = RECORD_SECONDS, .function = take, .path = path, .forget = take_late});
  if (lock >= 0) {
    place_hold(lock);
  } else if (lock == -EBUSY) {
    *ret_error = text_format(
        translated("another ejmon is acting on this stack right now, or a command of one that was killed still runs (%s is locked)"), path);
  } else {
    *ret_error = text_format(translated("the lock %s cannot be opened: %s"), path, lang_error(-lock));
  }
  return lock;
}

bool acting_is_free(const char *folder) {
  auto_free char *path = text_format("%s/acting.lock", folder);
  return disk_call(&(struct disk_call){.pool = RECORD_POOL, .seconds = RECORD_SECONDS, .function = look, .path = path}) > 0;
}

void acting_end(int lock) {
  if (lock < 0) return;
  place_hold(-1);
  int r =
      disk_call_shielded(&(struct disk_call){.pool = RECORD_POOL, .seconds = RECORD_SECONDS, .function = give_back, .descriptor = lock});
  if (r == -EAGAIN) close(lock); /* else what hangs is given back when the disk answers */
}
