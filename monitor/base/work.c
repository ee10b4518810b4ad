/* Worker threads for blocking functions; see work.h. One mutex guards all pools: jobs are rare and long, never hot. */
#include "monitor/base/work.h"

#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

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
  pthread_t *threads;
  unsigned thread_count;
  struct job_list waiting; /* guarded by mutex */
  pthread_cond_t filled;
  struct work_pool *next;
};

static struct work_pool *pools;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct job_list over; /* guarded by mutex: run, waiting for the loop to fetch them */
static bool ending;          /* guarded by mutex */
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
      pthread_cond_wait(&pool->filled, &mutex);
      continue;
    }
    pthread_mutex_unlock(&mutex);
    job->function(job->argument);
    pthread_mutex_lock(&mutex);
    list_append(&over, job);
    ev_async_send(loop_get(), &ring);
  }
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

/* Starts the threads that a pool lacks. A system that is short of threads gives none; the next caller tries again. */
static void pool_fill(struct work_pool *pool, unsigned threads) {
  if (pool->thread_count >= threads) return;
  /* Signals are the loop's: a worker must not take them. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (unsigned lacking = threads - pool->thread_count; lacking > 0; lacking--) {
    if (pthread_create(&pool->threads[pool->thread_count], NULL, worker, pool) == 0) pool->thread_count++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct work_pool *work_pool_get(const char *name, unsigned threads) {
  for (struct work_pool *pool = pools; pool; pool = pool->next) {
    if (!text_equal(pool->name, name)) continue;
    pool_fill(pool, threads);
    return pool;
  }
  if (!ring_started) {
    ev_async_init(&ring, ring_cb);
    ev_async_start(loop_get(), &ring);
    ev_unref(loop_get()); /* waiting tasks keep the loop running, the ring alone does not */
    ring_started = true;
  }
  struct work_pool *pool = xcalloc(1, sizeof *pool);
  pool->name = xstrdup(name);
  pool->threads = xcalloc(threads, sizeof *pool->threads);
  pthread_cond_init(&pool->filled, NULL);
  pool->next = pools;
  pools = pool;
  pool_fill(pool, threads);
  return pool;
}

int work_run(struct work_pool *pool, void (*function)(void *argument), void *argument, void (*release)(void *argument)) {
  struct job *job = xcalloc(1, sizeof *job);
  *job = (struct job){.function = function, .argument = argument, .release = release, .task = task_current()};
  pthread_mutex_lock(&mutex);
  bool full = pool->waiting.length >= WORK_QUEUE_LIMIT || pool->thread_count == 0;
  if (!full) {
    list_append(&pool->waiting, job);
    pthread_cond_signal(&pool->filled);
  }
  pthread_mutex_unlock(&mutex);
  if (full) {
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

void work_end(void) {
  pthread_mutex_lock(&mutex);
  ending = true;
  for (struct work_pool *pool = pools; pool; pool = pool->next) pthread_cond_broadcast(&pool->filled);
  pthread_mutex_unlock(&mutex);
  for (struct work_pool *pool; (pool = pools);) {
    for (unsigned i = 0; i < pool->thread_count; i++) pthread_join(pool->threads[i], NULL);
    pools = pool->next;
    pthread_cond_destroy(&pool->filled);
    free(pool->threads);
    free(pool->name);
    free(pool);
  }
  collect_over();
  if (ring_started) {
    ev_ref(loop_get());
    ev_async_stop(loop_get(), &ring);
  }
  ring_started = false;
  ending = false;
}
