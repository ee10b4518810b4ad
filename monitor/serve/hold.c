/* Folder, lock and socket, one try after the other; see hold.h. */
#include "monitor/serve/hold.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/lockfile.h"
#include "monitor/base/loop.h"
#include "monitor/base/work.h"

#define HOLD_LOCK "daemon.lock"
#define BACKLOG 16 /* clients that wait until they are taken */

/* One try: goes to the thread and back. */
struct try {
  struct hold *hold; /* NULL: gone meanwhile; touched on the loop's thread only */
  char *folder, *path;
  int lock, fd; /* negative: still to be had */
  bool wants_socket;
  int refusal;
  char *error;
};

struct hold {
  char *folder, *path;
  int lock, fd;
  bool has_socket;
  int refusal;
  char *error;
  struct try *try; /* in flight */
  ev_timer again;
  void (*tried)(void *context);
  void *context;
};

static struct work_pool *thread(void) {
  return work_pool_get("state folder", 1);
}

/* --- on the thread --------------------------------------------------------------------------------------------------------- */

/* Did a daemon work in this folder before? What it left is its journal. Of a folder that is our own and hides what is in it, that is
 * believed. */
static bool former_life(const char *folder) {
  struct stat status;
  auto_free char *journal = text_format("%s/journal.db", folder);
  if (stat(journal, &status) == 0) return true;
  return errno == EACCES && stat(folder, &status) == 0 && status.st_uid == geteuid();
}

/* Where the line is. What a disk does (it is full, out of inodes, read-only, broken, or hangs) keeps nobody from starting: whoever does not
 * start tells nobody that it did not. What was never right is a mistake at set-up, which is told at once to the person who made it: a path
 * that cannot be a folder, a file system without locks, and a folder that ejmon may not write and never wrote. */
static bool is_mistake(const char *folder, int error) {
  switch (-error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case EINVAL:
    case ENOSYS:
    case EOPNOTSUPP:
      return true;
    case EACCES:
    case EPERM:
    case EROFS:
      return !former_life(folder);
    default:
      return false;
  }
}

static int make_folder(const char *folder) {
  struct stat status;
  if (mkdir(folder, 0700) == 0 || errno == EEXIST) return 0;
  int r = -errno;
  return stat(folder, &status) == 0 ? 0 : r; /* some file systems say first that they are read-only */
}

static char *lock_error(const char *folder, int error) {
  auto_free char *path = text_format("%s/" HOLD_LOCK, folder);
  return text_format(translated("the lock %s cannot be taken: %s"), path, lang_error(-error));
}

static int take_lock(struct try *try) {
  int r = make_folder(try->folder);
  if (r < 0) {
    try->error =
        text_format(translated("the state folder %s cannot be made: %s; set `state:` in ejmon.yaml to a folder that ejmon may write"),
                    try->folder, lang_error(-r));
    return r;
  }
  auto_free char *path = text_format("%s/" HOLD_LOCK, try->folder);
  r = lockfile_take(path);
  if (r >= 0) {
    try->lock = r;
    return 0;
  }
  if ((r == -EROFS || r == -EACCES || r == -EPERM) && lockfile_is_taken(path)) r = -EWOULDBLOCK;
  try->error = r == -EWOULDBLOCK ? text_format(translated("another ejmon runs on %s already"), try->folder) : lock_error(try->folder, r);
  return r;
}

/* Nobody can connect before it is its owner's alone: it does not listen yet. (umask(2) would be that of all threads.) */
static int open_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  memcpy(address.sun_path, path, strlen(path));
  unlink(path); /* a dead daemon's: ours is the lock */
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && chmod(path, 0600) == 0 && listen(fd, BACKLOG) == 0) return fd;
  int r = -errno;
  close(fd);
  return r;
}

static void try_function(void *argument) {
  struct try *try = argument;
  int r = try->lock < 0 ? take_lock(try) : 0;
  if (r < 0 && (r == -EWOULDBLOCK || is_mistake(try->folder, r))) try->refusal = r;
  if (r < 0 || !try->wants_socket) return;
  try->fd = open_socket(try->path);
  if (try->fd < 0) try->error = text_format(translated("the control socket %s cannot be opened: %s"), try->path, lang_error(-try->fd));
}

/* What stays of the hold is removed while the lock still keeps others away. */
static void end_function(void *argument) {
  const struct try *try = argument;
  if (try->wants_socket) unlink(try->path);
  lockfile_drop(try->lock);
}

/* --- on the loop ----------------------------------------------------------------------------------------------------------- */

static struct try *try_make(struct hold *hold) {
  struct try *try = xcalloc(1, sizeof *try);
  *try = (struct try){.hold = hold, .folder = xstrdup(hold->folder), .path = xstrdup(hold->path), .lock = hold->lock, .fd = -1};
  return try;
}

static void try_free(void *argument) {
  struct try *try = argument;
  free(try->folder);
  free(try->path);
  free(try->error);
  free(try);
}

static void arm(struct hold *hold) {
  ev_timer_set(&hold->again, HOLD_AGAIN, 0.);
  ev_now_update(loop_get());
  ev_timer_start(loop_get(), &hold->again);
}

static void take_result(struct hold *hold, struct try *try) {
  hold->try = NULL;
  hold->lock = try->lock;
  hold->refusal = try->refusal;
  free(hold->error);
  hold->error = try->error;
  try->error = NULL;
  if (try->fd >= 0) {
    hold->fd = try->fd;
    hold->has_socket = true;
  }
  if (hold->error) arm(hold);
  hold->tried(hold->context);
}

static void try_done(void *argument) {
  struct try *try = argument;
  if (try->hold) {
    take_result(try->hold, try);
  } else {
    if (try->fd >= 0) close(try->fd);
    lockfile_drop(try->lock);
  }
  try_free(try);
}

static void begin(struct hold *hold) {
  hold->try = try_make(hold);
  hold->try->wants_socket = !hold->has_socket;
  if (work_post(thread(), try_function, hold->try, try_done) == 0) return;
  try_free(hold->try);
  hold->try = NULL;
  free(hold->error);
  hold->error = lock_error(hold->folder, -EAGAIN); /* no thread can be had */
  arm(hold);
}

static void again_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  begin(timer->data);
}

struct hold *hold_start(const char *folder, void (*tried)(void *context), void *context) {
  struct hold *hold = xcalloc(1, sizeof *hold);
  *hold = (struct hold){
      .folder = xstrdup(folder), .path = text_format("%s/" HOLD_SOCKET, folder), .lock = -1, .fd = -1, .tried = tried, .context = context};
  ev_init(&hold->again, again_cb);
  hold->again.data = hold;
  begin(hold);
  return hold;
}

bool hold_has_folder(const struct hold *hold) {
  return hold->lock >= 0;
}

int hold_take_socket(struct hold *hold) {
  int fd = hold->fd;
  hold->fd = -1;
  return fd;
}

const char *hold_error(const struct hold *hold) {
  return hold->error;
}

int hold_refusal(const struct hold *hold) {
  return hold->refusal;
}

void hold_stop(struct hold *hold) {
  if (!hold) return;
  ev_timer_stop(loop_get(), &hold->again);
  if (hold->fd >= 0) close(hold->fd);
  if (hold->try) {
    hold->try->hold = NULL; /* it closes what it gets */
  } else if (hold->lock >= 0) {
    struct try *end = try_make(hold);
    end->wants_socket = hold->has_socket;
    if (work_post(thread(), end_function, end, try_free) < 0) try_free(end); /* the process ends, and its lock with it */
  }
  free(hold->folder);
  free(hold->path);
  free(hold->error);
  free(hold);
}
