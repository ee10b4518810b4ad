/* The control socket: one line in, one JSON object out, in the state folder, for ejmon's own commands. Answers "health" and "status". */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/lockfile.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/stamp.h"
#include "monitor/daemon/daemon.h"
#include "monitor/daemon/story.h"

#define REQUEST_LIMIT 4096 /* bytes of a request line */
#define CLIENT_SECONDS 5.0 /* for one whole exchange */
#define CLIENT_LIMIT 16    /* clients at once; more are turned away */
#define ACCEPT_PAUSE 1.0   /* seconds, when there is no descriptor left for a client: it stays in the backlog, and we must not spin */

struct control {
  struct daemon *daemon;
  int fd, lock;
  char *path;
  ev_io readable;
  ev_timer again; /* accepts again */
  size_t clients;
};

struct client {
  struct control *control;
  int fd;
};

/* --- answers --------------------------------------------------------------------------------------------------------------- */

static json_t *watch_json(const struct watch *watch) {
  json_t *ill = json_array();
  for (size_t i = 0; i < watch->code_count; i++) {
    if (watch->symptoms[i].state == SYMPTOM_WELL) continue;
    json_array_append_new(
        ill, json_pack("{s:s, s:s}", "code", watch->check->kind->codes[i]->name, "state", symptom_state_names[watch->symptoms[i].state]));
  }
  const char *status = watch->probes ? check_status_names[watch->status] : "unknown";
  return json_pack("{s:s, s:s, s:s, s:s, s:I, s:f, s:o}", "name", watch->check->name, "kind", watch->check->kind->name, "target",
                   watch->check->target ? watch->check->target : "", "status", status, "probes", (json_int_t)watch->probes, "next_in",
                   watch->task ? 0.0 : watch->due - loop_monotonic(), "symptoms", ill);
}

static json_t *incident_json(const struct daemon *daemon, const struct incident *incident) {
  auto_free char *summary = story_summary(daemon, incident), *opened = stamp_rfc3339(incident->opened, false);
  json_t *codes = json_array();
  for (char **code = incident->codes; code && *code; code++) json_array_append_new(codes, json_string(*code));
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "id", incident->id, "code", incident->code, "state",
                   incident_state_names[incident->state], "severity", severity_names[story_severity(daemon, incident)], "summary", summary,
                   "opened", opened, "paged", incident->care && incident->care->paged, "explains", codes);
}

static json_t *answer_status(const struct daemon *daemon) {
  json_t *checks = json_array(), *incidents = json_array();
  for (size_t i = 0; i < daemon->watch_count; i++) json_array_append_new(checks, watch_json(&daemon->watches[i]));
  for (size_t i = 0; i < daemon->incidents.count; i++) json_array_append_new(incidents, incident_json(daemon, daemon->incidents.items[i]));
  auto_free char *started = stamp_rfc3339(daemon->started, false);
  return json_pack("{s:s, s:s, s:s, s:f, s:s, s:o, s:o, s:s}", "schema", "ejmon.status/1", "version", EJMON_VERSION, "started", started,
                   "lag", loop_lag(), "mode", acting_mode_names[daemon->conf->mode], "checks", checks, "incidents", incidents, "healing",
                   daemon->healing ? daemon->remedy->kind->name : "");
}

static json_t *answer(const struct daemon *daemon, const char *request) {
  if (text_equal(request, "health")) return json_pack("{s:b, s:f, s:s}", "ok", 1, "lag", loop_lag(), "version", EJMON_VERSION);
  if (text_equal(request, "status")) return answer_status(daemon);
  return json_pack("{s:s}", "error", "ejmon understands health and status");
}

/* --- clients --------------------------------------------------------------------------------------------------------------- */

static int request_read(int fd, struct text *line) {
  for (;;) {
    char buffer[512];
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return -ECONNRESET;
    if (got < 0 && errno != EAGAIN && errno != EINTR) return -errno;
    if (got > 0) text_add_bytes(line, buffer, (size_t)got);
    char *end = line->data ? memchr(line->data, '\n', line->length) : NULL;
    if (end) {
      *end = '\0';
      return 0;
    }
    if (line->length > REQUEST_LIMIT) return -EMSGSIZE;
    int r = got < 0 ? task_wait_fd(fd, EV_READ) : 0;
    if (r < 0) return r;
  }
}

static int answer_write(int fd, const char *bytes, size_t left) {
  while (left > 0) {
    ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return -errno;
    if (sent > 0) bytes += sent, left -= (size_t)sent;
    int r = sent < 0 ? task_wait_fd(fd, EV_WRITE) : 0;
    if (r < 0) return r;
  }
  return 0;
}

static int client_task(void *argument) {
  struct client *client = argument;
  auto_text struct text line = {0};
  int r = request_read(client->fd, &line);
  if (r == 0) {
    json_t *reply = answer(client->control->daemon, text_get(&line));
    char *dump = json_dumps(reply, JSON_COMPACT);
    json_decref(reply);
    auto_free char *clean = redact(dump);
    free(dump);
    auto_free char *text = text_format("%s\n", clean);
    r = answer_write(client->fd, text, strlen(text));
  }
  close(client->fd);
  client->control->clients--;
  free(client);
  return r;
}

static void again_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)events;
  struct control *control = timer->data;
  ev_io_start(loop, &control->readable);
}

static void accept_cb(struct ev_loop *loop, ev_io *io, int events) {
  (void)events;
  struct control *control = io->data;
  int fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    ev_io_stop(loop, io);
    ev_timer_set(&control->again, ACCEPT_PAUSE, 0.);
    ev_timer_start(loop, &control->again);
  }
  if (fd < 0) return;
  if (control->clients >= CLIENT_LIMIT) {
    close(fd);
    return;
  }
  struct client *client = xcalloc(1, sizeof *client);
  *client = (struct client){.control = control, .fd = fd};
  control->clients++;
  task_detach(task_start("control", CLIENT_SECONDS, client_task, client));
}

/* --- the socket ------------------------------------------------------------------------------------------------------------ */

/* One daemon at a time on a state folder, from its first step to its last: held as long as the process lives, however it ends. Returns the
 * lock's descriptor or -errno. */
static int daemon_lock(const char *folder, char **ret_error) {
  auto_free char *path = text_format("%s/daemon.lock", folder);
  int lock = lockfile_take(path);
  if (lock >= 0) return lock;
  if (lock == -EWOULDBLOCK) {
    *ret_error = text_format(translated("another ejmon runs on %s already"), folder);
  } else {
    *ret_error = text_format(translated("the lock %s cannot be taken: %s"), path, lang_error(-lock));
  }
  return lock;
}

static int socket_open(const struct sockaddr_un *address) {
  unlink(address->sun_path); /* a dead daemon's: ours is the lock */
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  mode_t mask = umask(0177); /* the socket is its owner's alone from birth */
  int r = bind(fd, (const struct sockaddr *)address, sizeof *address) < 0 || listen(fd, CLIENT_LIMIT) < 0 ? -errno : 0;
  umask(mask);
  if (r == 0) return fd;
  close(fd);
  return r;
}

int control_start(struct daemon *daemon, struct control **ret_control, char **ret_error) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  auto_free char *path = text_format("%s/ejmon.sock", daemon->conf->state);
  if (strlen(path) >= sizeof address.sun_path) {
    *ret_error = text_format(translated("the control socket's path %s is too long (%zu bytes at most): choose a shorter `state:`"), path,
                             sizeof address.sun_path - 1);
    return -ENAMETOOLONG;
  }
  memcpy(address.sun_path, path, strlen(path));
  int lock = daemon_lock(daemon->conf->state, ret_error);
  if (lock < 0) return lock;
  int fd = socket_open(&address);
  if (fd < 0) {
    *ret_error = text_format(translated("the control socket %s cannot be opened: %s"), path, lang_error(-fd));
    lockfile_drop(lock);
    return fd;
  }
  struct control *control = xcalloc(1, sizeof *control);
  *control = (struct control){.daemon = daemon, .fd = fd, .lock = lock, .path = xstrdup(path)};
  ev_init(&control->again, again_cb);
  control->again.data = control;
  ev_io_init(&control->readable, accept_cb, fd, EV_READ);
  control->readable.data = control;
  ev_io_start(loop_get(), &control->readable);
  *ret_control = control;
  return 0;
}

void control_stop(struct control *control) {
  ev_io_stop(loop_get(), &control->readable);
  ev_timer_stop(loop_get(), &control->again);
  close(control->fd);
  unlink(control->path);
  while (control->clients > 0 && task_sleep(0.02) == 0) continue; /* bounded by CLIENT_SECONDS */
  lockfile_drop(control->lock);
  free(control->path);
  free(control);
}
