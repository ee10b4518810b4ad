/* Worker threads for blocking functions; see work.h. One mutex guards all pools: jobs are rare and long, never hot. */
#include "monitor/base/work.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

struct job {
  void (*function)(void *argument);
  void *argument;
  void (*release)(void *argument);
  struct task *task; /* the waiter, or NULL when it gave up; touched on the loop's thread only */
  bool over;
  struct job *next;
};

struct job_list {
  struct job *first, **last;
  size_t length;
};

struct work_pool {
  char *name;
  bool for_looks;
  pthread_t *threads;
  unsigned thread_count, limit;
  struct job_list waiting; /* guarded by mutex, and so are the next two */
  unsigned idle;           /* threads that wait for a job */
  unsigned alive;          /* threads that have not ended */
  pthread_cond_t filled;
  struct work_pool *next;
};

static struct work_pool *pools;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct job_list over; /* guarded by mutex: run, waiting for the loop to fetch them */
static bool ending;          /* guarded by mutex */
static pthread_cond_t gone;  /* signalled when a thread ends; its clock is the monotonic one */
static ev_async ring;
static bool ring_started;

static void list_append(struct job_list *list, struct job *job) {
  if (!list->first) list->last = &list->first;
  job->next = NULL;
  *list->last = job;
  list->last = &job->next;
  list->length++;
}

static struct job *list_take(struct job_list *list) {
  struct job *job = list->first;
  if (job) {
    list->first = job->next;
    list->length--;
  }
  return job;
}

static void *worker(void *argument) {
  struct work_pool *pool = argument;
  pthread_mutex_lock(&mutex);
  for (;;) {
    struct job *job = list_take(&pool->waiting);
    if (!job) {
      if (ending) break;
      pool->idle++;
      pthread_cond_wait(&pool->filled, &mutex);
      pool->idle--;
      continue;
    }
    pthread_mutex_unlock(&mutex);
    job->function(job->argument);
    pthread_mutex_lock(&mutex);
    list_append(&over, job);
    ev_async_send(loop_get(), &ring);
  }
  pool->alive--;
  pthread_cond_signal(&gone);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void job_free(struct job *job) {
  if (job->release) job->release(job->argument);
  free(job);
}

static void collect_over(void) {
  pthread_mutex_lock(&mutex);
  struct job_list mine = over;
  over = (struct job_list){0};
  pthread_mutex_unlock(&mutex);
  for (struct job *job; (job = list_take(&mine));) {
    job->over = true;
    if (job->task) {
      task_wake(job->task);
    } else {
      job_free(job);
    }
  }
}

static void ring_cb(struct ev_loop *loop, ev_async *watcher, int events) {
  (void)loop, (void)watcher, (void)events;
  collect_over();
}

/* One thread more for a pool whose threads all have a job. A system that is short of threads gives none; the next job tries again. */
static void pool_grow(struct work_pool *pool) {
  if (pool->waiting.length <= pool->idle) return;
  /* Signals are the loop's: a worker must not take them. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (unsigned tries = pool->limit - pool->thread_count; tries > 0; tries--) {
    if (pthread_create(&pool->threads[pool->thread_count], NULL, worker, pool) != 0) continue;
    pool->thread_count++;
    pool->alive++;
    break;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void ring_start(void) {
  if (ring_started) return;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&gone, &attributes);
  pthread_condattr_destroy(&attributes);
  ev_async_init(&ring, ring_cb);
  ev_async_start(loop_get(), &ring);
  ev_unref(loop_get()); /* waiting tasks keep the loop running, the ring alone does not */
  ring_started = true;
}

static struct work_pool *pool_get(const char *name, unsigned threads, bool for_looks) {
  for (struct work_pool *pool = pools; pool; pool = pool->next) {
    if (text_equal(pool->name, name)) return pool;
  }
  ring_start();
  struct work_pool *pool = xcalloc(1, sizeof *pool);
  pool->name = xstrdup(name);
  pool->for_looks = for_looks;
  pool->limit = threads;
  pool->threads = xcalloc(threads, sizeof *pool->threads);
  pthread_cond_init(&pool->filled, NULL);
  pool->next = pools;
  pools = pool;
  return pool;
}

struct work_pool *work_pool_get(const char *name, unsigned threads) {
  return pool_get(name, threads, false);
}

struct work_pool *work_pool_for_looks(const char *name, unsigned threads) {
  return pool_get(name, threads, true);
}

/* Takes a job in; false when the pool is full or has no thread at all. */
static bool job_add(struct work_pool *pool, struct job *job) {
  pthread_mutex_lock(&mutex);
  bool full = pool->waiting.length >= WORK_QUEUE_LIMIT;
  if (!full) {
    list_append(&pool->waiting, job);
    pool_grow(pool);
    full = pool->thread_count == 0;
    if (full) list_take(&pool->waiting); /* no thread ever ran, and so no other job waits */
    pthread_cond_signal(&pool->filled);
  }
  pthread_mutex_unlock(&mutex);
  return !full;
}

int work_post(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*done)(void *argument)) {
  struct job *job = xcalloc(1, sizeof *job);
  *job = (struct job){.function = function, .argument = argument, .release = done};
  if (job_add(pool, job)) return 0;
  free(job);
  return -EAGAIN;
}

int work_run(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*release)(void *argument)) {
  struct job *job = xcalloc(1, sizeof *job);
  *job = (struct job){.function = function, .argument = argument, .release = release, .task = task_current()};
  if (!job_add(pool, job)) {
    job_free(job);
    return -EAGAIN;
  }
  int r = task_park();
  job->task = NULL;
  /* On success the argument stays the caller's to read; release() runs once the caller has no wait on it any more. */
  if (r < 0 && !job->over) return r;
  if (r < 0) {
    job_free(job);
    return r;
  }
  free(job);
  return 0;
}

/* Waits until the threads of such pools have ended, or the time is over. The mutex is held. */
static bool ended_in_time(bool for_looks, double seconds) {
  struct timespec limit;
  clock_gettime(CLOCK_MONOTONIC, &limit);
  long nanoseconds = limit.tv_nsec + (long)(fmod(seconds, 1) * 1e9);
  limit.tv_sec += (time_t)seconds + nanoseconds / 1000000000;
  limit.tv_nsec = nanoseconds % 1000000000;
  for (struct work_pool *pool = pools; pool; pool = pool->next) {
    while (pool->for_looks == for_looks && pool->alive > 0) {
      if (pthread_cond_timedwait(&gone, &mutex, &limit) == ETIMEDOUT) return pool->alive == 0;
    }
  }
  return true;
}

static void pools_free(void) {
  for (struct work_pool *pool; (pool = pools);) {
    for (unsigned i = 0; i < pool->thread_count; i++) pthread_join(pool->threads[i], NULL);
    pools = pool->next;
    pthread_cond_destroy(&pool->filled);
    free(pool->threads);
    free(pool->name);
    free(pool);
  }
}

bool work_end(void) {
  if (!ring_started) return true;
  pthread_mutex_lock(&mutex);
  ending = true;
  for (struct work_pool *pool = pools; pool; pool = pool->next) {
    for (struct job *job; pool->for_looks && (job = list_take(&pool->waiting));) list_append(&over, job);
    pthread_cond_broadcast(&pool->filled);
  }
  bool all = ended_in_time(false, WORK_END_SECONDS);
  all = ended_in_time(true, WORK_LOOKS_SECONDS) && all;
  pthread_mutex_unlock(&mutex);
  if (!all) return false;
  pools_free();
  collect_over();
  ev_ref(loop_get());
  ev_async_stop(loop_get(), &ring);
  pthread_cond_destroy(&gone);
  ring_started = false;
  ending = false;
  return true;
}

const char *work_left(void) {
  const char *left = NULL;
  pthread_mutex_lock(&mutex);
  for (struct work_pool *pool = pools; pool && !left; pool = pool->next) {
    if (!pool->for_looks && pool->alive > 0) left = pool->name;
  }
  pthread_mutex_unlock(&mutex);
  return left;
}
