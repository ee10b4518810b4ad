/* Name resolution on threads, its names kept for a while; see resolve.h.
 *
 * A name is kept by purpose: a lookup that hangs for a probe is not the one that a page waits for. */
#include "monitor/base/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "monitor/base/loop.h"
#include "monitor/base/reserve.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define BUCKETS 4096

struct waiter {
  struct task *task;
  struct resolve_answer *answer;
  double since; /* monotonic */
  int result;
  bool done;
  struct waiter *next;
};

struct lookup { /* what a thread works on; the rest of it is the loop's again when it is over */
  char *host;
  bool configured;
  atomic_llong began; /* microseconds of the monotonic clock; 0: it still waits in our queue */
  int error, shortage;
  char **addresses;
  struct name *name; /* the loop's alone */
};

struct name {
  char *host;
  bool configured;
  enum resolve_purpose purpose;
  char **addresses;
  double learned; /* monotonic, when addresses is not NULL */
  struct lookup *running;
  struct waiter *waiters;
  struct name *next;
};

static struct name *buckets[BUCKETS];
static size_t name_count;

bool resolve_is_literal(const char *host) {
  unsigned char address[sizeof(struct in6_addr)];
  char plain[INET6_ADDRSTRLEN + 1];
  if (inet_pton(AF_INET, host, address) == 1) return true;
  size_t skip = *host == '[', length = strcspn(host + skip, "]%");
  if (length >= sizeof plain) return false;
  memcpy(plain, host + skip, length);
  plain[length] = '\0';
  return inet_pton(AF_INET6, plain, address) == 1;
}

/* --- on a thread ------------------------------------------------------------------------------------------------------------- */

static void lookup_run(void *argument) {
  struct lookup *lookup = argument;
  atomic_store(&lookup->began, (long long)(loop_monotonic() * 1e6));
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = lookup->configured ? AI_ADDRCONFIG : 0};
  struct addrinfo *list = NULL;
  lookup->error = getaddrinfo(lookup->host, NULL, &hints, &list);
  if (lookup->error == EAI_MEMORY) lookup->shortage = -ENOMEM;
  if (lookup->error == EAI_SYSTEM && (errno == EMFILE || errno == ENFILE)) lookup->shortage = -errno;
  if (lookup->error) return;
  for (struct addrinfo *item = list; item && strings_count(lookup->addresses) < RESOLVE_ADDRESS_LIMIT; item = item->ai_next) {
    char address[NI_MAXHOST];
    if (getnameinfo(item->ai_addr, item->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) == 0)
      strings_push(&lookup->addresses, address);
  }
  if (!lookup->addresses) lookup->error = EAI_NONAME;
  freeaddrinfo(list);
}

/* --- names that are known ---------------------------------------------------------------------------------------------------- */

static bool is_fresh(const struct name *name) {
  return name->addresses && loop_monotonic() - name->learned < RESOLVE_FRESH;
}

static void name_free(struct name *name) {
  free(name->host);
  strings_free(name->addresses);
  free(name);
  name_count--;
}

/* Whoever adds a name to a bucket drops the old ones there. */
static void bucket_tidy(struct name **bucket) {
  for (struct name **place = bucket; *place;) {
    struct name *name = *place;
    if (is_fresh(name) || name->running || name->waiters) {
      place = &name->next;
      continue;
    }
    *place = name->next;
    name_free(name);
  }
}

static struct name *name_get(enum resolve_purpose purpose, const char *host, bool configured) {
  size_t hash = 5381;
  for (const char *c = host; *c; c++) hash = hash * 33 + (unsigned char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
  struct name **bucket = &buckets[hash % BUCKETS];
  for (struct name *name = *bucket; name; name = name->next) {
    if (name->purpose == purpose && name->configured == configured && text_equal_nocase(name->host, host)) return name;
  }
  bucket_tidy(bucket);
  if (name_count >= RESOLVE_NAME_LIMIT) return NULL;
  struct name *name = xcalloc(1, sizeof *name);
  *name = (struct name){.host = xstrdup(host), .configured = configured, .purpose = purpose, .next = *bucket};
  *bucket = name;
  name_count++;
  return name;
}

void resolve_end(void) {
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct name *name; (name = buckets[i]);) {
      buckets[i] = name->next;
      name_free(name);
    }
  }
}

/* --- one lookup, and who waits for it ---------------------------------------------------------------------------------------- */

static double took(const struct lookup *lookup, double since) {
  double began = (double)atomic_load(&lookup->began) / 1e6, from = began > since ? began : since;
  return began > 0 ? loop_monotonic() - from : 0;
}

static void waiter_serve(struct waiter *waiter, const struct lookup *lookup) {
  const bool ran = atomic_load(&lookup->began) > 0;
  waiter->done = true;
  waiter->result = !ran ? -EAGAIN : lookup->shortage ? lookup->shortage : lookup->error ? -ENOENT : 0;
  waiter->answer->error = lookup->error;
  waiter->answer->seconds = took(lookup, waiter->since);
  if (waiter->result == 0) waiter->answer->addresses = strings_copy(lookup->addresses);
  task_wake(waiter->task);
}

static void lookup_done(void *argument) {
  struct lookup *lookup = argument;
  struct name *name = lookup->name;
  for (struct waiter *waiter = name->waiters, *next; waiter; waiter = next) {
    next = waiter->next;
    waiter_serve(waiter, lookup);
  }
  name->waiters = NULL;
  name->running = NULL;
  strings_free(name->addresses);
  name->addresses = lookup->addresses;
  name->learned = loop_monotonic();
  free(lookup->host);
  free(lookup);
}

static struct work_pool *pool_of(enum resolve_purpose purpose) {
  static unsigned threads; /* a pool keeps the number that it was made with */
  if (purpose == RESOLVE_FOR_TELLING) return work_pool_for_looks("resolve-telling", RESOLVE_TELLING_THREADS);
  if (!threads) threads = reserve_probes() < RESOLVE_PROBE_THREADS ? (unsigned)reserve_probes() : RESOLVE_PROBE_THREADS;
  return work_pool_for_looks("resolve", threads);
}

static int lookup_start(struct name *name) {
  struct lookup *lookup = xcalloc(1, sizeof *lookup);
  lookup->host = xstrdup(name->host);
  lookup->configured = name->configured;
  lookup->name = name;
  int r = work_post(pool_of(name->purpose), lookup_run, lookup, lookup_done);
  if (r == 0) {
    name->running = lookup;
  } else {
    free(lookup->host);
    free(lookup);
  }
  return r;
}

static void waiter_drop(struct name *name, const struct waiter *waiter) {
  for (struct waiter **place = &name->waiters; *place; place = &(*place)->next) {
    if (*place != waiter) continue;
    *place = waiter->next;
    return;
  }
}

static void limit_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  struct waiter *waiter = timer->data;
  task_wake(waiter->task);
}

/* Until the running lookup is over, or the limit is. */
static int lookup_wait(struct name *name, double limit, struct resolve_answer *answer) {
  struct waiter waiter = {.task = task_current(), .answer = answer, .since = loop_monotonic(), .next = name->waiters};
  name->waiters = &waiter;
  ev_timer timer;
  ev_timer_init(&timer, limit_cb, limit, 0.);
  timer.data = &waiter;
  ev_now_update(loop_get());
  if (limit > 0) ev_timer_start(loop_get(), &timer);
  int r = task_park();
  ev_timer_stop(loop_get(), &timer);
  if (waiter.done && r == 0) return waiter.result;
  if (waiter.done) { /* it came in the very round in which the task was given up */
    strings_free(answer->addresses);
    answer->addresses = NULL;
    return r;
  }
  waiter_drop(name, &waiter);
  answer->seconds = took(name->running, waiter.since);
  if (r == 0) r = -ETIMEDOUT;
  return r == -ETIMEDOUT && answer->seconds <= 0 ? -EAGAIN : r;
}

int resolve(enum resolve_purpose purpose, const char *host, bool configured, double limit, struct resolve_answer *ret_answer) {
  *ret_answer = (struct resolve_answer){0};
  if (resolve_is_literal(host)) {
    strings_push(&ret_answer->addresses, host);
    return 0;
  }
  struct name *name = name_get(purpose, host, configured);
  if (!name) return -EAGAIN;
  if (is_fresh(name)) {
    ret_answer->addresses = strings_copy(name->addresses);
    return 0;
  }
  int r = name->running ? 0 : lookup_start(name);
  return r < 0 ? r : lookup_wait(name, limit, ret_answer);
}
