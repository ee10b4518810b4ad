/* The peer that ejmon's probes are measured against: libcurl multi on libev and nothing else. Keeps CONCURRENCY transfers of one URL in
 * flight until COUNT have ended, then prints what they cost; looks at nothing that it receives.
 *
 * Written as well as one would write it for speed alone: one easy handle per place, set up once, and one ev_io per connection. */
#include <curl/curl.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/cost.h"

struct place {
  CURL *easy;
  size_t bytes;
};

static CURLM *multi;
static ev_timer timer;
static long concurrency, to_start, ended, wrong;
static struct cost cost;

static void finish_done(void) {
  CURLMsg *message;
  for (int left; (message = curl_multi_info_read(multi, &left));) {
    long status = 0;
    CURL *easy = message->easy_handle;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK || status != 200) wrong++;
    if (++ended == concurrency) cost_start(&cost);
    curl_multi_remove_handle(multi, easy);
    if (to_start-- > 0) curl_multi_add_handle(multi, easy);
  }
}

static void act(curl_socket_t fd, int what) {
  int running;
  curl_multi_socket_action(multi, fd, what, &running);
  finish_done();
}

static void socket_ready(struct ev_loop *loop, ev_io *io, int events) {
  (void)loop;
  act(io->fd, (events & EV_READ ? CURL_CSELECT_IN : 0) | (events & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void timer_due(struct ev_loop *loop, ev_timer *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  act(CURL_SOCKET_TIMEOUT, 0);
}

static int socket_changed(CURL *easy, curl_socket_t fd, int what, void *unused, void *io_pointer) {
  (void)easy, (void)unused;
  ev_io *io = io_pointer;
  if (io) ev_io_stop(EV_DEFAULT_UC, io);
  if (what == CURL_POLL_REMOVE) {
    free(io);
    return 0;
  }
  if (!io) {
    io = malloc(sizeof *io);
    if (!io) abort();
    curl_multi_assign(multi, fd, io);
  }
  ev_io_init(io, socket_ready, fd, (what & CURL_POLL_IN ? EV_READ : 0) | (what & CURL_POLL_OUT ? EV_WRITE : 0));
  ev_io_start(EV_DEFAULT_UC, io);
  return 0;
}

static int timer_changed(CURLM *unused, long milliseconds, void *pointer) {
  (void)unused, (void)pointer;
  ev_timer_stop(EV_DEFAULT_UC, &timer);
  if (milliseconds < 0) return 0;
  ev_timer_set(&timer, (double)milliseconds / 1000., 0.);
  ev_timer_start(EV_DEFAULT_UC, &timer);
  return 0;
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *place_pointer) {
  (void)bytes;
  struct place *place = place_pointer;
  place->bytes += size * count;
  return size * count;
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: bare_loop URL CONCURRENCY COUNT\n");
    return 2;
  }
  concurrency = strtol(arguments[2], NULL, 10);
  long total = strtol(arguments[3], NULL, 10);
  if (concurrency < 1 || total < concurrency || !ev_default_loop(0)) return 2;
  curl_global_init(CURL_GLOBAL_NOTHING);
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 256L);
  ev_init(&timer, timer_due);
  struct place *places = calloc((size_t)concurrency, sizeof *places);
  if (!places) abort();
  to_start = total - concurrency;
  for (long i = 0; i < concurrency; i++) {
    CURL *easy = places[i].easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, arguments[1]);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "ejmon/" EJMON_VERSION); /* the same bytes on the wire */
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_arrived);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &places[i]);
    curl_multi_add_handle(multi, easy);
  }
  ev_run(EV_DEFAULT_UC, 0);
  cost_print(&cost, ended - concurrency, wrong);
  for (long i = 0; i < concurrency; i++) curl_easy_cleanup(places[i].easy);
  curl_multi_cleanup(multi);
  free(places);
  return 0;
}
