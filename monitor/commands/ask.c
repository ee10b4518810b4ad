/* One question to the daemon's control socket; see ask.h. */
#include "monitor/commands/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/serve/rendezvous.h"

#define ANSWER_LIMIT (64u << 20) /* bytes: ten thousand checks, all ill */

static int exchange(int fd, const char *request, double limit, struct text *answer) {
  auto_free char *line = text_format("%s\n", request);
  ssize_t sent = send(fd, line, strlen(line), MSG_NOSIGNAL), got; /* one that turns us away may have closed already: it has said why */
  if (sent < 0 && errno != EPIPE) return errno == EAGAIN ? -ETIMEDOUT : -errno;
  char buffer[65536];
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text_add_bytes(answer, buffer, (size_t)got);
    if (buffer[got - 1] == '\n') return 0;
    if (answer->length > ANSWER_LIMIT) return -EMSGSIZE;
    if (loop_monotonic() > limit) return -ETIMEDOUT;
  }
  return got < 0 ? (errno == EAGAIN ? -ETIMEDOUT : -errno) : 0;
}

struct ask ask_where(const struct invocation *invocation) {
  struct ask ask = {0};
  ask.state = invocation->state ? xstrdup(invocation->state) : conf_state(invocation->config, &ask.why);
  ask.files = invocation->state ? NULL : conf_files(invocation->config);
  return ask;
}

void ask_free(struct ask *ask) {
  free(ask->state);
  free(ask->why);
  strings_free(ask->files);
  *ask = (struct ask){0};
}

int ask_refuse(const struct ask *ask, int error) {
  return command_refuse("the daemon of %s does not answer: %s%s%s%s", ask->state, lang_error(-error),
                        ask->why ? translated(" (asked there since ") : "", ask->why ? ask->why : "",
                        ask->why ? translated("; --state DIR names another folder)") : "");
}

bool ask_found_nobody(int error) {
  return error == -ENOENT || error == -ECONNREFUSED;
}

int ask_error(const json_t *answer) {
  const char *error = json_string_value(json_object_get(answer, "error"));
  return error ? command_refuse("%s", error) : 0;
}

/* --- finding it ------------------------------------------------------------------------------------------------------------ */

static int connect_to(const struct sockaddr_un *address, socklen_t length, double seconds) {
  auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  struct timeval wait = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (connect(fd, (const struct sockaddr *)address, length) < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
  int taken = fd;
  fd = -1;
  return taken;
}

static int connect_to_file(const char *state, double seconds) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  auto_free char *path = text_format("%s/ejmon.sock", state);
  if (strlen(path) >= sizeof address.sun_path) return -ENOENT;
  memcpy(address.sun_path, path, strlen(path));
  return connect_to(&address, sizeof address, seconds);
}

/* -ECONNREFUSED also when somebody else sits there. */
static int connect_to_name(const char *kind, const char *path, double seconds) {
  struct sockaddr_un address;
  socklen_t length = rendezvous_address(kind, path, &address);
  int fd = connect_to(&address, length, seconds);
  if (fd < 0 || rendezvous_trusts(fd)) return fd;
  close(fd);
  return -ECONNREFUSED;
}

/* Had this folder a daemon of its own? Then that one is meant, and no other with the same configuration file. */
static bool had_daemon(const char *state) {
  auto_free char *lock = text_format("%s/daemon.lock", state);
  return access(lock, F_OK) == 0;
}

static bool is_found(int fd) {
  return fd >= 0 || fd == -ETIMEDOUT; /* one that does not answer in time is there all the same */
}

/* First who works in that folder, by name: no disk that hangs is asked. A daemon of another user has a file alone. */
static int connect_to_daemon(const struct ask *ask, double seconds) {
  int fd = connect_to_name(RENDEZVOUS_STATE, ask->state, seconds / 2);
  if (fd >= 0) return fd;
  bool there = fd == -ETIMEDOUT; /* or somebody else who took the name and takes no call: the file tells */
  int first = fd = connect_to_file(ask->state, there ? seconds / 2 : seconds);
  if (fd < 0 && there) return -ETIMEDOUT;
  if (is_found(fd) || !ask->files) return fd;
  fd = connect_to_name(RENDEZVOUS_NEXT_STATE, ask->state, seconds);
  bool any = ask->why || !had_daemon(ask->state);
  for (char **file = ask->files; any && *file && !is_found(fd); file++) fd = connect_to_name(RENDEZVOUS_CONFIGURATION, *file, seconds);
  return is_found(fd) ? fd : first;
}

int ask_daemon(const struct ask *ask, const char *request, double seconds, json_t **ret_answer) {
  auto_fd int fd = connect_to_daemon(ask, seconds);
  if (fd < 0) return fd;
  auto_text struct text answer = {0};
  int r = exchange(fd, request, loop_monotonic() + seconds, &answer);
  if (r < 0) return r;
  *ret_answer = json_loadb(text_get(&answer), answer.length, 0, NULL);
  return *ret_answer ? 0 : -EPROTO;
}
