/* One question to the daemon's control socket; see ask.h. */
#include "monitor/commands/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"

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

char *ask_where(const struct invocation *invocation, char **ret_why) {
  *ret_why = NULL;
  return invocation->state ? xstrdup(invocation->state) : conf_state(invocation->config, ret_why);
}

int ask_refuse(const char *state, const char *why, int error) {
  return command_refuse("the daemon of %s does not answer: %s%s%s%s", state, lang_error(-error),
                        why ? translated(" (asked there since ") : "", why ? why : "",
                        why ? translated("; --state DIR names another folder)") : "");
}

bool ask_found_nobody(int error) {
  return error == -ENOENT || error == -ECONNREFUSED;
}

int ask_error(const json_t *answer) {
  const char *error = json_string_value(json_object_get(answer, "error"));
  return error ? command_refuse("%s", error) : 0;
}

int ask_daemon(const char *state, const char *request, double seconds, json_t **ret_answer) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  auto_free char *path = text_format("%s/ejmon.sock", state);
  if (strlen(path) >= sizeof address.sun_path) return -ENOENT;
  memcpy(address.sun_path, path, strlen(path));
  auto_fd int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  struct timeval wait = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) return -errno;
  auto_text struct text answer = {0};
  int r = exchange(fd, request, loop_monotonic() + seconds, &answer);
  if (r < 0) return r;
  *ret_answer = json_loadb(text_get(&answer), answer.length, 0, NULL);
  return *ret_answer ? 0 : -EPROTO;
}
