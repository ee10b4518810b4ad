/* libcurl's multi interface on the loop, one wait per request; see http.h.
 *
 * Traps that shape it: curl_multi_socket_action() is never called from libcurl's timer callback (it only arms our timer), and
 * libcurl's milliseconds become seconds as floating point (integer division would make a busy loop). */
#include "monitor/base/http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <ev.h>
#include <math.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor/base/http_transfer.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/reserve.h"
#include "monitor/base/task.h"

#define IDLE_HANDLES 32      /* easy handles kept for reuse; 9 KB each */
#define IDLE_CONNECTIONS 256 /* kept-alive connections; each costs 3 KB, with TLS 50 KB */

static CURLM *multi;
static ev_timer multi_timer;
static CURL *idle[IDLE_HANDLES];
static size_t idle_count;

/* The requests of one purpose: none of another's can take their places. */
static struct lane {
  size_t limit, in_flight;
  struct task *waiting[HTTP_IN_FLIGHT_LIMIT * 16]; /* for their turn, a ring */
  size_t first, count;
} lanes[HTTP_LANES];

/* --- libcurl on libev ------------------------------------------------------------------------------------------------------ */

static void finish_done(void) {
  CURLMsg *message;
  for (int left; (message = curl_multi_info_read(multi, &left));) {
    struct transfer *transfer;
    if (message->msg != CURLMSG_DONE) continue;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    transfer->ended = true;
    transfer->code = message->data.result;
    task_wake(transfer->task);
  }
}

static void multi_act(curl_socket_t fd, int what) {
  int running;
  curl_multi_socket_action(multi, fd, what, &running);
  finish_done();
}

static void socket_cb(struct ev_loop *loop, ev_io *io, int events) {
  (void)loop;
  multi_act(io->fd, (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)timer, (void)events;
  multi_act(CURL_SOCKET_TIMEOUT, 0);
}

static int curl_socket_changed(CURL *easy, curl_socket_t fd, int what, void *unused, void *io_pointer) {
  (void)easy, (void)unused;
  struct ev_loop *loop = loop_get();
  ev_io *io = io_pointer;
  if (what == CURL_POLL_REMOVE) {
    if (io) ev_io_stop(loop, io);
    free(io);
    return 0;
  }
  int events = (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0);
  if (!io) {
    io = xcalloc(1, sizeof *io);
    curl_multi_assign(multi, fd, io);
    ev_io_init(io, socket_cb, fd, events);
  } else {
    ev_io_stop(loop, io);
    ev_io_set(io, fd, events);
  }
  ev_io_start(loop, io);
  return 0;
}

static int curl_timer_changed(CURLM *unused, long milliseconds, void *pointer) {
  (void)unused, (void)pointer;
  struct ev_loop *loop = loop_get();
  ev_timer_stop(loop, &multi_timer);
  if (milliseconds < 0) return 0;
  ev_timer_set(&multi_timer, (double)milliseconds / 1000.0, 0.);
  ev_now_update(loop);
  ev_timer_start(loop, &multi_timer);
  return 0;
}

static void multi_start(void) {
  if (multi) return;
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); /* its tidying of a process that ends anyway is 4 % of a one-shot probe */
  curl_global_init(CURL_GLOBAL_NOTHING);             /* libcurl 7.88 sets OpenSSL up all the same */
  multi = curl_multi_init();
  ev_init(&multi_timer, timer_cb);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, curl_socket_changed);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, curl_timer_changed);
  /* Kept connections hold descriptors that a new one may need: no more of them than requests may be in flight. */
  lanes[HTTP_FOR_PROBES].limit = reserve_probes() < HTTP_IN_FLIGHT_LIMIT ? reserve_probes() : HTTP_IN_FLIGHT_LIMIT;
  lanes[HTTP_FOR_TELLING].limit = HTTP_TELLING_LIMIT;
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)fmin(IDLE_CONNECTIONS, (double)lanes[HTTP_FOR_PROBES].limit));
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
}

/* --- collecting a response ------------------------------------------------------------------------------------------------- */

static bool is_blank(char c) {
  return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

static size_t header_cb(char *line, size_t size, size_t count, void *transfer_pointer) {
  struct transfer *transfer = transfer_pointer;
  struct http_response *response = transfer->response;
  size_t length = size * count;
  transfer->header_bytes += length;
  if (transfer->header_bytes > HTTP_HEADER_LIMIT) return 0;
  size_t end = length;
  while (end > 0 && is_blank(line[end - 1])) end--;
  if (length >= 5 && strncmp(line, "HTTP/", 5) == 0) { /* a new header block, after a 1xx */
    http_headers_clear(response);
    return length;
  }
  const char *colon = memchr(line, ':', end);
  if (!colon) return length;
  size_t start = (size_t)(colon - line) + 1;
  while (start < end && (line[start] == ' ' || line[start] == '\t')) start++;
  http_header_add(response, line, (size_t)(colon - line), line + start, end - start);
  return length;
}

static size_t body_cb(char *bytes, size_t size, size_t count, void *transfer_pointer) {
  struct transfer *transfer = transfer_pointer;
  size_t length = size * count;
  size_t room = transfer->body_limit - transfer->body.length;
  text_add_bytes(&transfer->body, bytes, length < room ? length : room);
  if (length <= room) return length;
  transfer->response->body_cut = true;
  return 0; /* ends the transfer: nothing unbounded is read */
}

/* libcurl itself loses why there was no socket. */
static curl_socket_t open_socket_cb(void *transfer_pointer, curlsocktype purpose, struct curl_sockaddr *address) {
  struct transfer *transfer = transfer_pointer;
  (void)purpose;
  int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  transfer->opened = true;
  if (address->addrlen <= sizeof transfer->tried) memcpy(&transfer->tried, &address->addr, address->addrlen);
  if (fd >= 0) return fd;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) transfer->shortage = errno;
  return CURL_SOCKET_BAD;
}

/* Called once there is a connection, a kept one too. */
static int connected_cb(void *transfer_pointer, char *peer, char *own, int peer_port, int own_port) {
  (void)peer, (void)own, (void)peer_port, (void)own_port;
  ((struct transfer *)transfer_pointer)->connected = true;
  return CURL_PREREQFUNC_OK;
}

/* --- one request ----------------------------------------------------------------------------------------------------------- */

static bool is_get(const struct http_request *request) {
  return !request->method || text_equal(request->method, "GET");
}

/* What every request has in common: set once, because libcurl copies the strings at each curl_easy_setopt(). */
static void handle_set_up(CURL *easy) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*"); /* what a proxy says is not what the target says */
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  /* Else libcurl waits, and the loop with it, for a resolving thread whose name server does not answer, when the request is given up. */
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "ejmon/" EJMON_VERSION);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, connected_cb);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 0L);
  /* Debian's libcurl has a default CApath, which switches its cache of authorities off: 21 ms of CPU for every new connection. */
  curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}

static CURL *handle_take(void) {
  if (idle_count) return idle[--idle_count];
  CURL *easy = curl_easy_init();
  handle_set_up(easy);
  return easy;
}

/* Whether transfer_set_up() sets options that another request would not overwrite. */
static bool is_special(const struct http_request *request) {
  return request->cacert || request->unix_socket || request->fresh || request->body || !is_get(request);
}

static void handle_give(CURL *easy, const struct http_request *request) {
  if (idle_count == IDLE_HANDLES) {
    curl_easy_cleanup(easy);
    return;
  }
  if (is_special(request)) {
    curl_easy_reset(easy);
    handle_set_up(easy);
  }
  idle[idle_count++] = easy;
}

static struct curl_slist *header_list(const struct http_request *request) {
  struct curl_slist *list = NULL;
  if (request->host) {
    auto_free char *line = text_format("Host: %s", request->host);
    list = curl_slist_append(list, line);
  }
  for (const char *const *header = request->headers; header && *header; header++) {
    /* libcurl drops a header that ends in a colon; its own notation for an empty value is a semicolon. */
    auto_free char *empty = text_ends(*header, ":") ? text_format("%.*s;", (int)strlen(*header) - 1, *header) : NULL;
    list = curl_slist_append(list, empty ? empty : *header);
  }
  return list;
}

static void transfer_set_up(struct transfer *transfer, const struct http_request *request, struct curl_slist *headers,
                            struct curl_slist *addresses, double resolve_seconds) {
  CURL *easy = transfer->easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt(easy, CURLOPT_URL, request->url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_RESOLVE, addresses);
  double timeout = request->timeout > 0 ? fmax(request->timeout - resolve_seconds, 0.001) : 0;
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ceil(timeout * 1000));
  if (!is_special(request)) return;
  if (request->cacert) curl_easy_setopt(easy, CURLOPT_CAINFO, request->cacert);
  if (request->unix_socket) curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
  if (request->fresh) {
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
  if (request->body) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_length);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
  }
  if (text_equal(request->method, "HEAD")) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request->method) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
  }
}

static double info_seconds(CURL *easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return (double)microseconds / 1e6;
}

/* The peer of this very request, or NULL: libcurl's own answer is that of the handle's former one until a connection is there. */
static char *peer_address(const struct transfer *transfer, double connected) {
  char *address = NULL, tried[INET6_ADDRSTRLEN];
  if (transfer->connected || (transfer->opened && connected > 0)) {
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
  } else if (transfer->tried.ss_family == AF_INET || transfer->tried.ss_family == AF_INET6) {
    const void *bytes = transfer->tried.ss_family == AF_INET ? (const void *)&((const struct sockaddr_in *)&transfer->tried)->sin_addr
                                                             : (const void *)&((const struct sockaddr_in6 *)&transfer->tried)->sin6_addr;
    address = (char *)(uintptr_t)inet_ntop(transfer->tried.ss_family, bytes, tried, sizeof tried);
  }
  return address && *address ? xstrdup(address) : NULL;
}

static void transfer_read_info(struct transfer *transfer, double started, double resolve_seconds) {
  struct http_response *response = transfer->response;
  CURL *easy = transfer->easy;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  response->status = (int)status;
  const double shares[] = {info_seconds(easy, CURLINFO_NAMELOOKUP_TIME_T), info_seconds(easy, CURLINFO_CONNECT_TIME_T),
                           info_seconds(easy, CURLINFO_APPCONNECT_TIME_T), info_seconds(easy, CURLINFO_STARTTRANSFER_TIME_T)};
  double times[countof(shares)];
  for (size_t i = 0; i < countof(shares); i++) times[i] = shares[i] > 0 ? shares[i] + resolve_seconds : 0;
  response->address = peer_address(transfer, shares[1]);
  response->kept = transfer->connected && !transfer->opened && response->address;
  response->times = (struct http_times){.resolved = times[0],
                                        .connected = times[1],
                                        .secured = times[2],
                                        .first_byte = times[3],
                                        .total = loop_monotonic() - started + resolve_seconds};
}

/* 0, or -errno of ours. */
static int turn_wait(struct lane *lane) {
  while (lane->in_flight >= lane->limit) {
    if (lane->count == countof(lane->waiting)) return -EAGAIN;
    size_t place = (lane->first + lane->count++) % countof(lane->waiting);
    lane->waiting[place] = task_current();
    int r = task_park();
    if (r == 0) continue;
    for (size_t i = 0; i < countof(lane->waiting); i++) { /* rare: leave no trace of a task that gave up */
      if (lane->waiting[i] == task_current()) lane->waiting[i] = NULL;
    }
    return r == -ETIMEDOUT ? -EAGAIN : r;
  }
  lane->in_flight++;
  return 0;
}

static void turn_pass(struct lane *lane) {
  lane->in_flight--;
  while (lane->count) {
    struct task *next = lane->waiting[lane->first];
    lane->waiting[lane->first] = NULL;
    lane->first = (lane->first + 1) % countof(lane->waiting);
    lane->count--;
    if (!next) continue;
    task_wake(next);
    return;
  }
}

static int transfer_wait(struct transfer *transfer, const struct http_request *request, double resolve_seconds) {
  double started = loop_monotonic();
  CURLMcode added = curl_multi_add_handle(multi, transfer->easy);
  /* No wake would come. */
  if (added != CURLM_OK) return response_fail(transfer->response, request, -EAGAIN, "ejmon", curl_multi_strerror(added));
  int r = task_park();
  transfer_read_info(transfer, started, resolve_seconds);
  r = r == 0 ? transfer_judge(transfer, request)
             : response_fail(transfer->response, request, r, NULL, r == -ETIMEDOUT ? translated("timed out") : translated("cancelled"));
  curl_multi_remove_handle(multi, transfer->easy);
  return r;
}

static int transfer_run(const struct http_request *request, struct http_response *response, struct curl_slist *addresses,
                        double resolve_seconds) {
  struct transfer transfer = {
      .task = task_current(), .response = response, .body_limit = request->body_limit ? request->body_limit : HTTP_BODY_LIMIT};
  struct curl_slist *headers = header_list(request);
  transfer.easy = handle_take();
  transfer_set_up(&transfer, request, headers, addresses, resolve_seconds);
  int r = transfer_wait(&transfer, request, resolve_seconds);
  handle_give(transfer.easy, request);
  curl_slist_free_all(headers);
  response->body_length = transfer.body.length;
  response->body = text_steal(&transfer.body);
  return r;
}

static int fetch(const struct http_request *request, struct http_response *response) {
  struct curl_slist *addresses = NULL;
  double resolve_seconds = 0;
  int r = http_addresses(request, response, &addresses, &resolve_seconds);
  if (r == 0) r = transfer_run(request, response, addresses, resolve_seconds);
  curl_slist_free_all(addresses);
  return r;
}

int http_fetch(const struct http_request *request, struct http_response *ret_response) {
  *ret_response = (struct http_response){0};
  multi_start();
  struct lane *lane = &lanes[request->lane];
  int r = turn_wait(lane);
  if (r < 0) {
    const char *sentence = r == -EAGAIN ? translated("no free place for a request in time") : translated("cancelled");
    return response_fail(ret_response, request, r, "ejmon", sentence);
  }
  r = fetch(request, ret_response); /* with its name: what has no place may not crowd the resolver either */
  turn_pass(lane);
  return r;
}

const char *http_library(void) {
  return curl_version_info(CURLVERSION_NOW)->version;
}

void http_end(void) {
  while (idle_count) curl_easy_cleanup(idle[--idle_count]);
  if (!multi) return;
  curl_multi_cleanup(multi);
  ev_timer_stop(loop_get(), &multi_timer);
  multi = NULL;
  curl_global_cleanup();
}
