/* Any other TCP port: does it take connections, and does it say what is expected. Plain TCP only. */
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "checks/check.h"
#include "checks/plain/expect.h"
#include "checks/plain/tcp_codes.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/resolve.h"

#define ANSWER_LIMIT (64u << 10)
#define SHARE_OF_DEADLINE 0.9

struct tcp_config {
  char *address, *send, *expect;
};

/* "host:port" or "[v6]:port". 0 or -EINVAL. */
static int split_address(const char *address, char **ret_host, char **ret_port) {
  const char *colon = strrchr(address, ':');
  long port;
  if (!colon || colon == address || text_to_long(colon + 1, 1, 65535, &port) < 0) return -EINVAL;
  size_t length = (size_t)(colon - address);
  if (address[0] == '[' && colon[-1] == ']') {
    *ret_host = xstrndup(address + 1, length - 2);
  } else if (memchr(address, ':', length)) {
    return -EINVAL; /* an IPv6 address without brackets */
  } else {
    *ret_host = xstrndup(address, length);
  }
  *ret_port = xstrdup(colon + 1);
  return 0;
}

static int address_check(const char *address, char **ret_error) {
  auto_free char *host = NULL, *port = NULL;
  if (split_address(address, &host, &port) == 0) return 0;
  auto_text struct text shown = {0};
  text_add_printable(&shown, address, strlen(address), 80);
  *ret_error = text_format(translated("'%s' is no address: write host:port or [IPv6]:port, the port from 1 to 65535"), text_get(&shown));
  return -EINVAL;
}

static const struct option tcp_options[] = {
    {OPTION(struct tcp_config, address, STRING, NULL, "host:port, or [IPv6]:port."), .required = true, .check = address_check},
    {OPTION(struct tcp_config, send, STRING, NULL, "What to send first; \\r \\n \\t \\xNN are understood.")},
    {OPTION(struct tcp_config, expect, STRING, NULL,
            "Text or extended regular expression that the answer holds; without it a connection is enough."),
     .check = expect_pattern_check},
};

/* --- one conversation --------------------------------------------------------------------------------------------------------- */

struct talk {
  const struct tcp_config *config;
  int lookup_error;  /* getaddrinfo's */
  const char *phase; /* where it is: for the finding after a time-out */
  int error;         /* of the target: -errno */
  double connected;  /* seconds */
  struct text answer;
  bool matched;
};

static int connect_at(const struct addrinfo *address) {
  auto_fd int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
    if (errno != EINPROGRESS) return -errno;
    int r = task_wait_fd(fd, EV_WRITE);
    if (r < 0) return r;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -errno;
    if (error) return -error;
  }
  int mine = fd;
  fd = -1;
  return mine;
}

/* An address and a port, both numbers: getaddrinfo() only reads them. A descriptor or -errno. */
static int connect_one(const char *address, const char *port) {
  const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
  struct addrinfo *at = NULL;
  if (getaddrinfo(address, port, &hints, &at) != 0) return -EINVAL;
  int r = connect_at(at);
  freeaddrinfo(at);
  return r;
}

static int send_all(int fd, const struct text *bytes) {
  for (size_t sent = 0; sent < bytes->length;) {
    ssize_t r = send(fd, bytes->data + sent, bytes->length - sent, MSG_NOSIGNAL);
    if (r >= 0) {
      sent += (size_t)r;
    } else if (errno == EAGAIN || errno == EINTR) {
      int w = task_wait_fd(fd, EV_WRITE);
      if (w < 0) return w;
    } else {
      return -errno;
    }
  }
  return 0;
}

/* Reads until the expectation is met, the limit is reached or the peer ends (-ECONNRESET). */
static int receive(struct talk *talk, int fd) {
  auto_free char *chunk = xcalloc(1, 4096);
  while (talk->answer.length < ANSWER_LIMIT) {
    ssize_t r = recv(fd, chunk, 4096, 0);
    if (r > 0) {
      text_add_bytes(&talk->answer, chunk, (size_t)r);
      talk->matched = expect_text(talk->answer.data, talk->answer.length, talk->config->expect);
      if (talk->matched) return 0;
    } else if (r == 0) {
      return -ECONNRESET;
    } else if (errno == EAGAIN || errno == EINTR) {
      int w = task_wait_fd(fd, EV_READ);
      if (w < 0) return w;
    } else {
      return -errno;
    }
  }
  return 0;
}

static int talk_run(void *argument) {
  struct talk *talk = argument;
  const struct tcp_config *config = talk->config;
  auto_free char *host = NULL, *port = NULL;
  if (split_address(config->address, &host, &port) < 0) return -EINVAL;
  talk->phase = "resolve";
  struct resolve_answer answer;
  int r = resolve(RESOLVE_FOR_PROBES, host, false, 0, &answer);
  talk->lookup_error = answer.error;
  if (r < 0) return r;
  auto_strings char **addresses = answer.addresses;
  talk->phase = "connect";
  double start = loop_monotonic();
  auto_fd int fd = -1;
  for (char **address = addresses; *address && fd < 0; address++) {
    fd = connect_one(*address, port);
    if (fd == -ETIMEDOUT || fd == -ECANCELED) break;
  }
  if (fd < 0) {
    r = fd;
    fd = -1;
    return r < 0 ? r : -EHOSTUNREACH;
  }
  talk->connected = loop_monotonic() - start;
  if (config->send) {
    talk->phase = "send";
    auto_text struct text bytes = {0};
    expect_unescape(config->send, &bytes);
    r = send_all(fd, &bytes);
    if (r < 0) return r;
  }
  if (!config->expect) return 0;
  talk->phase = "wait";
  return receive(talk, fd);
}

static void judge(const struct talk *talk, int r, struct findings *out) {
  const struct tcp_config *config = talk->config;
  const struct code *code = r == -EINVAL                       ? &TCP_BAD_ADDRESS
                            : r == -ENOENT                     ? &TCP_NAME_UNKNOWN
                            : r == -ETIMEDOUT                  ? &TCP_TIMEOUT
                            : r < 0 && talk->connected > 0     ? &TCP_CLOSED
                            : r < 0                            ? &TCP_UNREACHABLE
                            : config->expect && !talk->matched ? &TCP_UNEXPECTED
                                                               : NULL;
  if (code) {
    auto_text struct text saw = {0};
    if (talk->answer.length > 0) {
      text_add_printable(&saw, talk->answer.data, talk->answer.length, 120);
    } else {
      text_add(&saw, translated("nothing"));
    }
    struct finding *finding = finding_add(out, code, "%s: %s, in phase %s.", config->address,
                                          r == -ENOENT ? translated(gai_strerror(talk->lookup_error))
                                          : r < 0      ? lang_error(-r)
                                                       : translated("another answer than expected"),
                                          talk->phase);
    finding_evidence(finding, config->address, config->expect ? config->expect : translatable("a connection"), "%s", text_get(&saw));
  }
  const struct {
    const struct code *code;
    bool looked;
  } rows[] = {{&TCP_NAME_UNKNOWN, talk->connected > 0},
              {&TCP_UNREACHABLE, talk->connected > 0},
              {&TCP_TIMEOUT, r == 0},
              {&TCP_CLOSED, r == 0},
              {&TCP_UNEXPECTED, r == 0}};
  for (size_t i = 0; i < countof(rows); i++)
    if (rows[i].looked) finding_pass(out, rows[i].code);
  if (talk->connected > 0) findings_measure(out, "connect", talk->connected, "s");
}

static int tcp_probe(const void *config, void **state, struct findings *out) {
  (void)state;
  struct talk talk = {.config = config};
  double left = task_time_left();
  struct task *task = task_start("tcp", left > 1e6 ? 0 : left * SHARE_OF_DEADLINE + 0.001, talk_run, &talk);
  int r = task_join(task);
  bool ours = r == -ECANCELED || r == -EAGAIN || r == -EMFILE || r == -ENFILE || r == -ENOMEM;
  if (!ours) judge(&talk, r, out);
  text_free(&talk.answer);
  return ours ? r : 0;
}

const struct check_kind check_tcp = {
    .name = "tcp",
    .summary = translatable("Any TCP port: takes connections, and says what is expected"),
    .options = tcp_options,
    .option_count = countof(tcp_options),
    .config_size = sizeof(struct tcp_config),
    .target = "address",
    .codes = tcp_codes,
    .probe = tcp_probe,
};
