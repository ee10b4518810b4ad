/* A look every few seconds, and a new socket where the file is gone; see socket_file.h. */
#include "monitor/serve/socket_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/log.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"
#include "monitor/serve/hold.h"

#define BACKLOG 16 /* clients that wait until they are taken */

struct socket_file {
  struct control *control;
  char *path;
  struct task *task;
};

struct file_look {
  struct sockaddr_un address;
  int fd; /* of a socket that listens at the file made anew, or negative */
};

/* Only what is not there is made: a file that is there may be another daemon's by now, should this look come late. */
static void file_look_function(void *argument) {
  struct file_look *look = argument;
  struct stat file;
  if (lstat(look->address.sun_path, &file) == 0 || errno != ENOENT) return;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  /* Linux gives the file the socket's own mode: it is its owner's alone from birth, and umask(2) would be that of all threads. */
  if (fchmod(fd, 0600) == 0 && bind(fd, (const struct sockaddr *)&look->address, sizeof look->address) == 0 && listen(fd, BACKLOG) == 0) {
    look->fd = fd;
  } else {
    close(fd);
  }
}

static void file_look_free(void *argument) {
  struct file_look *look = argument;
  if (look->fd >= 0) close(look->fd);
  free(look);
}

static int look_at(struct socket_file *file) {
  struct file_look *look = xcalloc(1, sizeof *look);
  *look = (struct file_look){.address = {.sun_family = AF_UNIX}, .fd = -1};
  memcpy(look->address.sun_path, file->path, strlen(file->path)); /* it fits: the control has opened it */
  int r = work_run(work_pool_for_looks("control socket", 1), file_look_function, look, file_look_free);
  if (r < 0) return r;
  if (look->fd >= 0) {
    log_warning("the control socket %s was removed, and is made again", file->path);
    control_listen(file->control, look->fd);
    look->fd = -1;
  }
  file_look_free(look);
  return 0;
}

static int watch_task(void *argument) {
  struct socket_file *file = argument;
  int r = 0;
  while (r != -ECANCELED) {
    r = task_sleep(SOCKET_FILE_LOOK);
    if (r == 0 && control_is_open(file->control)) r = look_at(file);
  }
  return r;
}

struct socket_file *socket_file_watch(struct control *control, const char *state) {
  struct socket_file *file = xcalloc(1, sizeof *file);
  *file = (struct socket_file){.control = control, .path = text_format("%s/" HOLD_SOCKET, state)};
  file->task = task_start("control socket", 0, watch_task, file);
  return file;
}

void socket_file_leave(struct socket_file *file) {
  if (!file) return;
  task_cancel(file->task);
  task_join_shielded(file->task);
  free(file->path);
  free(file);
}
