/* Abstract sockets, each listened at as soon as it can be had; see beacon.h. */
#include "monitor/serve/beacon.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/serve/rendezvous.h"
#include "monitor/base/task.h"

#define BACKLOG 16
#define NAME_LIMIT 16u /* of reloads that each bring another state folder, the last ones are not found by it */

struct name {
  struct beacon *beacon;
  const char *kind;
  char *path;
  struct sockaddr_un address;
  socklen_t length;
  int fd;       /* or negative: not had yet */
  int refusals; /* tries to have it */
  ev_io readable;
};

struct beacon {
  struct control *control;
  struct name *names[NAME_LIMIT];
  size_t count;
  struct task *task;
};

/* --- names ----------------------------------------------------------------------------------------------------------------- */

static void accept_cb(struct ev_loop *loop, ev_io *io, int events) {
  (void)loop, (void)events;
  struct name *name = io->data;
  int fd = accept4(name->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) { /* without a descriptor to spare: who asks stays in the backlog until the next look */
    if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) ev_io_stop(loop_get(), io);
    return;
  }
  if (rendezvous_trusts(fd)) {
    control_take(name->beacon->control, fd);
  } else {
    close(fd);
  }
}

static int name_open(const struct name *name) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  int r = bind(fd, (const struct sockaddr *)&name->address, name->length) < 0 || listen(fd, BACKLOG) < 0 ? -errno : 0;
  if (r == 0) return fd;
  close(fd);
  return r;
}

/* A daemon that just ends may have it for a moment. */
static void name_try(struct name *name) {
  if (name->fd < 0) {
    int fd = name_open(name);
    if (fd < 0 && ++name->refusals == 2)
      log_warning("%s %s: the commands do not find this daemon by it: %s", name->kind, name->path,
                  fd == -EADDRINUSE ? "another one runs with the same" : strerror(-fd));
    if (fd < 0) return;
    name->fd = fd;
    ev_io_init(&name->readable, accept_cb, fd, EV_READ);
    name->readable.data = name;
  }
  ev_io_start(loop_get(), &name->readable);
}

void beacon_add(struct beacon *beacon, const char *kind, const char *path) {
  for (size_t i = 0; i < beacon->count; i++) {
    if (text_equal(beacon->names[i]->kind, kind) && text_equal(beacon->names[i]->path, path)) return;
  }
  if (beacon->count == NAME_LIMIT) return;
  struct name *name = beacon->names[beacon->count++] = xcalloc(1, sizeof *name);
  *name = (struct name){.beacon = beacon, .kind = kind, .path = xstrdup(path), .fd = -1};
  name->length = rendezvous_address(kind, path, &name->address);
  name_try(name);
}

/* --- all ------------------------------------------------------------------------------------------------------------------- */

static int beacon_task(void *argument) {
  struct beacon *beacon = argument;
  int r = 0;
  while (r != -ECANCELED) {
    r = task_sleep(BEACON_AGAIN);
    for (size_t i = 0; r == 0 && i < beacon->count; i++) name_try(beacon->names[i]);
  }
  return r;
}

struct beacon *beacon_start(struct control *control) {
  struct beacon *beacon = xcalloc(1, sizeof *beacon);
  beacon->control = control;
  beacon->task = task_start("beacon", 0, beacon_task, beacon);
  return beacon;
}

void beacon_stop(struct beacon *beacon) {
  if (!beacon) return;
  task_cancel(beacon->task);
  task_join_shielded(beacon->task);
  for (size_t i = 0; i < beacon->count; i++) {
    struct name *name = beacon->names[i];
    if (name->fd >= 0) ev_io_stop(loop_get(), &name->readable);
    if (name->fd >= 0) close(name->fd);
    free(name->path);
    free(name);
  }
  free(beacon);
}
