/* libcurl's multi interface on the loop, one wait per request; see http.h.
 *
 * Traps that shape it: curl_multi_socket_action() is never called from libcurl's timer callback (it only arms our timer), and
 * libcurl's milliseconds become seconds as floating point (integer division would make a busy loop). */
#include "monitor/base/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <ev.h>
#include <math.h>
#include <openssl/crypto.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

#define IDLE_HANDLES 32      /* easy handles kept for reuse; 9 KB each */
#define IDLE_CONNECTIONS 256 /* kept-alive connections; each costs 3 KB, with TLS 50 KB */

struct transfer {
  struct task *task;
  CURL *easy;
  struct http_response *response;
  size_t body_limit, header_bytes;
  struct text body;
  bool ended;
  CURLcode code;
  int shortage; /* errno of a socket that was not to be had for want of something of ejmon's own, or 0 */
};

static CURLM *multi;
static ev_timer multi_timer;
static CURL *idle[IDLE_HANDLES];
static size_t idle_count, in_flight;
static struct task *waiting[HTTP_IN_FLIGHT_LIMIT * 16]; /* tasks that wait for a turn, a ring */
static size_t waiting_first, waiting_count;

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
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
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
  if (fd >= 0) return fd;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) transfer->shortage = errno;
  return CURL_SOCKET_BAD;
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

static void transfer_set_up(struct transfer *transfer, const struct http_request *request, struct curl_slist *headers) {
  CURL *easy = transfer->easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
  curl_easy_setopt(easy, CURLOPT_URL, request->url);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)ceil(fmax(request->timeout, 0) * 1000));
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

static void transfer_read_info(struct transfer *transfer, double started) {
  struct http_response *response = transfer->response;
  CURL *easy = transfer->easy;
  long status = 0;
  char *address = NULL;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  response->status = (int)status;
  response->address = address && *address ? xstrdup(address) : NULL;
  long new_connections = 0;
  curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &new_connections);
  response->kept = response->address && new_connections == 0;
  response->times = (struct http_times){
      .resolved = info_seconds(easy, CURLINFO_NAMELOOKUP_TIME_T),
      .connected = info_seconds(easy, CURLINFO_CONNECT_TIME_T),
      .secured = info_seconds(easy, CURLINFO_APPCONNECT_TIME_T),
      .first_byte = info_seconds(easy, CURLINFO_STARTTRANSFER_TIME_T),
      .total = loop_monotonic() - started,
  };
}

/* Which phase a failure happened in, from what libcurl has timed so far. */
static const char *failed_layer(const struct http_response *response, bool https) {
  const struct http_times *times = &response->times;
  if (response->kept) return response->status == 0 ? "wait" : "body";
  if (times->resolved <= 0) return "resolve";
  if (times->connected <= 0) return "connect";
  if (https && times->secured <= 0) return "tls";
  if (response->status == 0) return "wait";
  return "body";
}

static const struct {
  CURLcode code;
  int error;
  const char *layer; /* NULL: by the phase reached */
  const char *sentence;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, -ENOENT, "resolve", translatable("the name does not resolve")},
    {CURLE_COULDNT_CONNECT, -ECONNREFUSED, "connect", translatable("cannot connect")},
    {CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, NULL, translatable("timed out")},
    {CURLE_OUT_OF_MEMORY, -EPROTO, "protocol",
     translatable("one of its headers is larger than 100 KiB")}, /* what libcurl calls it; real shortage ends ejmon */
    {CURLE_PEER_FAILED_VERIFICATION, -EKEYREJECTED, "tls", translatable("its certificate is not trusted")},
    {CURLE_SSL_CACERT_BADFILE, -ENOKEY, "ejmon",
     translatable("the file of trusted authorities (cacert) is not there or holds no certificate")},
    {CURLE_SSL_CONNECT_ERROR, -EPROTO, "tls", translatable("the TLS handshake failed")},
    {CURLE_GOT_NOTHING, -ECONNRESET, "wait", translatable("the connection was closed without an answer")},
    {CURLE_RECV_ERROR, -ECONNRESET, NULL, translatable("the connection broke while reading")},
    {CURLE_SEND_ERROR, -ECONNRESET, "send", translatable("the connection broke while sending")},
    {CURLE_PARTIAL_FILE, -ECONNRESET, "body", translatable("the answer ended before its announced length")},
    {CURLE_WEIRD_SERVER_REPLY, -EPROTO, "protocol", translatable("the answer is not HTTP")},
    {CURLE_UNSUPPORTED_PROTOCOL, -EPROTO, "protocol", translatable("the answer is not HTTP/1.x")},
    {CURLE_HTTP2, -EPROTO, "protocol", translatable("the answer is not HTTP")},
    {CURLE_URL_MALFORMAT, -EINVAL, "ejmon", translatable("this is no http or https URL")},
};

/* Why a certificate was refused. libcurl compares the name by itself, before it has asked OpenSSL for its result, which then still is what
 * libcurl began with. */
static char *certificate_fault(CURL *easy) {
  long result = 0;
  (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
  switch (result) {
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED:
      return xstrdup(translated("its certificate is for another name"));
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return xstrdup(translated("its certificate has expired"));
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return xstrdup(translated("its certificate is not yet valid"));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return xstrdup(translated("its certificate is of an authority that is not trusted here"));
    default:
      return text_format(translated("its certificate is not trusted: %s"), X509_verify_cert_error_string(result));
  }
}

static int response_fail(struct transfer *transfer, const struct http_request *request, int error, const char *layer,
                         const char *sentence) {
  struct http_response *response = transfer->response;
  struct http_url url;
  bool known = http_url_parse(request->url, false, &url) == 0;
  response->layer = layer ? layer : failed_layer(response, known && text_equal(url.scheme, "https"));
  auto_free char *where = request->unix_socket ? xstrdup(request->unix_socket)
                          : known              ? text_format("%s:%ld", url.host, url.port)
                                               : xstrdup("URL");
  auto_free char *connected =
      response->address && error == -ETIMEDOUT && text_equal(response->layer, "wait")
          ? text_format(translated(" (%s took the connection, no answer after %.1f s)"), response->address, response->times.total)
          : NULL;
  response->error = text_format("%s: %s%s", where, sentence, connected ? connected : "");
  if (known) http_url_free(&url);
  return error;
}

static int transfer_judge(struct transfer *transfer, const struct http_request *request) {
  struct http_response *response = transfer->response;
  if (transfer->code == CURLE_OK || (transfer->code == CURLE_WRITE_ERROR && response->body_cut)) return 0;
  if (transfer->header_bytes > HTTP_HEADER_LIMIT) {
    return response_fail(transfer, request, -EPROTO, "protocol", translated("its headers are larger than 64 KiB"));
  }
  if (transfer->code == CURLE_COULDNT_CONNECT && transfer->shortage) {
    auto_free char *sentence = text_format(translated("ejmon has no socket left: %s"), lang_error(transfer->shortage));
    return response_fail(transfer, request, -transfer->shortage, "ejmon", sentence);
  }
  for (size_t i = 0; i < countof(failures); i++) {
    if (failures[i].code != transfer->code) continue;
    long system_error = 0;
    int error = failures[i].error;
    auto_free char *sentence =
        transfer->code == CURLE_PEER_FAILED_VERIFICATION ? certificate_fault(transfer->easy) : xstrdup(translated(failures[i].sentence));
    if (transfer->code == CURLE_COULDNT_CONNECT && curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system_error) == CURLE_OK &&
        system_error) {
      error = -(int)system_error;
      free(sentence);
      sentence = text_format(translated("cannot connect: %s"), lang_error((int)system_error));
    }
    return response_fail(transfer, request, error, failures[i].layer, sentence);
  }
  return response_fail(transfer, request, -EIO, NULL, curl_easy_strerror(transfer->code));
}

static int turn_wait(void) {
  while (in_flight >= HTTP_IN_FLIGHT_LIMIT) {
    if (waiting_count == countof(waiting)) return -EAGAIN;
    size_t place = (waiting_first + waiting_count++) % countof(waiting);
    waiting[place] = task_current();
    int r = task_park();
    if (r == 0) continue;
    for (size_t i = 0; i < countof(waiting); i++) { /* rare: leave no trace of a task that gave up */
      if (waiting[i] == task_current()) waiting[i] = NULL;
    }
    return r;
  }
  in_flight++;
  return 0;
}

static void turn_pass(void) {
  in_flight--;
  while (waiting_count) {
    struct task *next = waiting[waiting_first];
    waiting[waiting_first] = NULL;
    waiting_first = (waiting_first + 1) % countof(waiting);
    waiting_count--;
    if (!next) continue;
    task_wake(next);
    return;
  }
}

static int transfer_run(struct transfer *transfer, const struct http_request *request, double started) {
  CURLMcode added = curl_multi_add_handle(multi, transfer->easy);
  if (added != CURLM_OK) return response_fail(transfer, request, -EAGAIN, "ejmon", curl_multi_strerror(added)); /* no wake would come */
  int r = task_park();
  transfer_read_info(transfer, started);
  r = r == 0 ? transfer_judge(transfer, request)
             : response_fail(transfer, request, r, NULL, r == -ETIMEDOUT ? translated("timed out") : translated("cancelled"));
  curl_multi_remove_handle(multi, transfer->easy);
  return r;
}

int http_fetch(const struct http_request *request, struct http_response *ret_response) {
  *ret_response = (struct http_response){0};
  multi_start();
  struct transfer transfer = {
      .task = task_current(), .response = ret_response, .body_limit = request->body_limit ? request->body_limit : HTTP_BODY_LIMIT};
  double started = loop_monotonic();
  int r = turn_wait();
  if (r < 0) {
    return response_fail(&transfer, request, r, "ejmon",
                         r == -EAGAIN ? translated("ejmon is overloaded") : translated("no free place for a request in time"));
  }
  struct curl_slist *headers = header_list(request);
  transfer.easy = handle_take();
  transfer_set_up(&transfer, request, headers);
  r = transfer_run(&transfer, request, started);
  handle_give(transfer.easy, request);
  curl_slist_free_all(headers);
  turn_pass();
  ret_response->body_length = transfer.body.length;
  ret_response->body = text_steal(&transfer.body);
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
