/* Clients of the control socket; see control.h. */
#include "monitor/serve/control.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/serve/hold.h"

#define REQUEST_LIMIT 4096  /* bytes of a request line */
#define CLIENT_SECONDS 10.0 /* for one whole exchange */
#define CLIENT_LIMIT 16     /* clients at once; more are told to come again */
#define ROWS_AT_ONCE 2000   /* of an answer, until whoever else waits for the loop has had it */
#define STOP_PATIENCE 0.5   /* seconds that those who are being answered have at the end; then they are cut */
#define ACCEPT_PAUSE 1.0    /* seconds, when there is no descriptor left for a client: it stays in the backlog, and we must not spin */

struct control {
  control_answerer *answer;
  void *context;
  struct task_event *look;
  struct hold *hold;
  struct task_event news; /* a try has ended */
  bool tried, started;    /* at least one has; control_start() is over */
  char *said, *silent;    /* what was logged last; what is said of a disk that gives no answer */
  int fd;                 /* < 0: there is no socket */
  ev_io readable;
  ev_timer again; /* accepts again */
  struct client *clients[CLIENT_LIMIT];
  size_t client_count;
};

struct client {
  struct control *control;
  int fd;
};

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

static void add_value(struct text *text, const json_t *value) {
  char *dump = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
  text_add(text, dump ? dump : "null");
  free(dump);
}

/* Row by row, each freed as soon as it is written. */
static int add_rows(struct text *text, json_t *rows) {
  int r = 0;
  text_add_char(text, '[');
  for (size_t i = 0; i < json_array_size(rows) && r == 0; i++) {
    if (i) text_add_char(text, ',');
    add_value(text, json_array_get(rows, i));
    json_array_set_new(rows, i, json_null());
    if (i % ROWS_AT_ONCE == ROWS_AT_ONCE - 1) r = task_sleep(0);
  }
  text_add_char(text, ']');
  return r;
}

/* The answer, taken apart: of ten thousand checks it takes as long as many probes. */
static int answer_text(json_t *answer, struct text *ret_text) {
  const char *key;
  json_t *value;
  int r = 0;
  json_object_foreach(answer, key, value) {
    text_printf(ret_text, "%s\"%s\":", ret_text->length ? "," : "{", key); /* our own keys: nothing in them to escape */
    if (json_is_array(value))
      r = add_rows(ret_text, value);
    else
      add_value(ret_text, value);
    if (r < 0) return r;
  }
  text_add(ret_text, ret_text->length ? "}\n" : "{}\n");
  return 0;
}

static void client_leave(struct client *client) {
  struct control *control = client->control;
  size_t place = 0;
  while (control->clients[place] != client) place++;
  control->clients[place] = control->clients[--control->client_count];
  close(client->fd);
  free(client);
}

static int client_task(void *argument) {
  struct client *client = argument;
  auto_text struct text line = {0}, text = {0};
  int r = request_read(client->fd, &line);
  if (r == 0) {
    json_auto_t *answer = client->control->answer(client->control->context, text_get(&line));
    r = answer_text(answer, &text);
  }
  if (r == 0) r = answer_write(client->fd, text_get(&text), text.length);
  client_leave(client);
  return r;
}

static void again_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)events;
  struct control *control = timer->data;
  ev_io_start(loop, &control->readable);
}

/* Without a word of ours, whoever asks whether the loop turns would think that it does not. */
static void turn_away(int fd) {
  static const char busy[] = "{\"error\":\"too many ask at once: try again\",\"busy\":true}\n";
  ssize_t sent = send(fd, busy, strlen(busy), MSG_NOSIGNAL); /* an empty socket takes it whole */
  (void)sent;
  close(fd);
}

void control_take(struct control *control, int fd) {
  if (control->client_count >= CLIENT_LIMIT) {
    turn_away(fd);
    return;
  }
  struct client *client = xcalloc(1, sizeof *client);
  *client = (struct client){.control = control, .fd = fd};
  control->clients[control->client_count++] = client;
  task_detach(task_start("control", CLIENT_SECONDS, client_task, client));
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
  if (fd >= 0) control_take(control, fd);
}

/* --- the folder ------------------------------------------------------------------------------------------------------------ */

static void say(struct control *control, const char *error) {
  if (text_equal(error, control->said)) return;
  if (error) log_error("%s; until it can be, only commands of the same user and container find this daemon", error);
  if (!error) log_info("the control socket is open: all commands find this daemon");
  free(control->said);
  control->said = xstrdup(error);
}

/* At the start it is control_start() that says how it went. */
static void tried_cb(void *context) {
  struct control *control = context;
  int fd = hold_take_socket(control->hold);
  if (fd >= 0) {
    control->fd = fd;
    ev_io_set(&control->readable, fd, EV_READ);
    ev_io_start(loop_get(), &control->readable);
  }
  if (control->started) say(control, hold_error(control->hold));
  control->tried = true;
  task_event_set(&control->news);
  task_event_set(control->look);
}

static int wait_task(void *argument) {
  return task_event_wait(&((struct control *)argument)->news);
}

bool control_has_folder(const struct control *control) {
  return hold_has_folder(control->hold);
}

const char *control_trouble(const struct control *control) {
  const char *error = hold_error(control->hold);
  return error || control->tried ? error : control->silent;
}

static void control_free(struct control *control) {
  hold_stop(control->hold);
  free(control->said);
  free(control->silent);
  free(control);
}

int control_start(const char *state, control_answerer *answer, void *context, struct task_event *look, struct control **ret_control,
                  char **ret_error) {
  struct sockaddr_un address;
  auto_free char *path = text_format("%s/" HOLD_SOCKET, state);
  if (strlen(path) >= sizeof address.sun_path) {
    *ret_error = text_format(translated("the control socket's path %s is too long (%zu bytes at most): choose a shorter `state:`"), path,
                             sizeof address.sun_path - 1);
    return -ENAMETOOLONG;
  }
  struct control *control = xcalloc(1, sizeof *control);
  *control = (struct control){.answer = answer, .context = context, .look = look, .fd = -1};
  control->silent = text_format(translated("the state folder %s does not answer: the disk below it hangs"), state);
  ev_init(&control->again, again_cb);
  ev_init(&control->readable, accept_cb);
  control->again.data = control->readable.data = control;
  control->hold = hold_start(state, tried_cb, control);
  int waited = task_join(task_start("state folder", CONTROL_PATIENCE, wait_task, control));
  int r = waited == -ECANCELED ? waited : hold_refusal(control->hold);
  if (r < 0) {
    *ret_error = xstrdup(control_trouble(control));
    control_free(control);
    return r;
  }
  control->started = true;
  if (control_trouble(control)) say(control, control_trouble(control));
  *ret_control = control;
  return 0;
}

bool control_is_open(const struct control *control) {
  return control->fd >= 0;
}

void control_listen(struct control *control, int fd) {
  ev_timer_stop(loop_get(), &control->again);
  ev_io_stop(loop_get(), &control->readable);
  if (control->fd >= 0) close(control->fd);
  control->fd = fd;
  ev_io_set(&control->readable, fd, EV_READ);
  ev_io_start(loop_get(), &control->readable);
}

void control_stop(struct control *control) {
  if (!control) return;
  ev_io_stop(loop_get(), &control->readable);
  ev_timer_stop(loop_get(), &control->again);
  if (control->fd >= 0) close(control->fd);
  double limit = loop_monotonic() + STOP_PATIENCE;
  while (control->client_count > 0 && loop_monotonic() < limit && task_sleep(0.02) == 0) continue;
  for (size_t i = 0; i < control->client_count; i++) shutdown(control->clients[i]->fd, SHUT_RDWR); /* they end by themselves then */
  while (control->client_count > 0 && task_sleep(0.02) == 0) continue;
  control_free(control);
}
