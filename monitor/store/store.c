/* The store's writer: one thread, so that entries keep their order; tasks wait for it, the loop never does. See store.h. */
#include "monitor/store/store.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/work.h"
#include "monitor/store/store_job.h"

struct store {
  sqlite3 *database; /* used on the writer's thread only */
  char *folder;
  atomic_size_t users; /* the opener, and every job that is not over: one whose task gave up may still be waiting for the writer */
};

static struct work_pool *writer(void) {
  return work_pool_get("store", 1);
}

/* --- closing --------------------------------------------------------------------------------------------------------------- */

/* On the writer's thread: closing writes what the WAL holds into the file, and waits for the disk. */
static void store_end(void *argument) {
  struct store *store = argument;
  store_database_close(store->database);
  free(store->folder);
  free(store);
}

static bool store_leave(struct store *store) {
  return atomic_fetch_sub(&store->users, 1) == 1;
}

/* Behind a writer that does not get through what it has, it stays open until the end. */
static void close_later(void (*function)(void *argument), void *argument) {
  int r = work_post(writer(), function, argument, NULL);
  (void)r;
}

void store_close(struct store *store) {
  if (store && store_leave(store)) close_later(store_end, store);
}

const char *store_folder(const struct store *store) {
  return store->folder;
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

struct open_job {
  char *folder;
  bool read_only;
  sqlite3 *database;
  int result;
  char *error;
};

static int make_folder(struct open_job *job) {
  if (mkdir(job->folder, 0700) == 0 || errno == EEXIST) return 0;
  int r = -errno;
  job->error =
      text_format(translated("the state folder %s cannot be made: %s; set `state:` in ejmon.yaml to a folder that ejmon may write"),
                  job->folder, lang_error(errno));
  return r;
}

static void open_function(void *argument) {
  struct open_job *job = argument;
  job->result = job->read_only ? 0 : make_folder(job);
  if (job->result < 0) return;
  auto_free char *path = text_format("%s/journal.db", job->folder);
  job->result = store_database_open(path, job->read_only, &job->database, &job->error);
}

static void database_end(void *database) {
  store_database_close(database);
}

/* On the loop's thread: what nobody waits for any more is closed where it was opened. */
static void open_release(void *argument) {
  struct open_job *job = argument;
  if (job->database) close_later(database_end, job->database);
  free(job->folder);
  free(job->error);
  free(job);
}

int store_open(const char *folder, bool read_only, struct store **ret_store, char **ret_error) {
  struct open_job *job = xcalloc(1, sizeof *job);
  *job = (struct open_job){.folder = xstrdup(folder), .read_only = read_only};
  int r = work_run(writer(), open_function, job, open_release);
  if (r < 0) {
    *ret_error = text_format(translated("the journal in %s was not opened in time"), folder);
    return r;
  }
  r = job->result;
  if (r < 0) {
    *ret_error = job->error;
    job->error = NULL;
  } else {
    struct store *store = xcalloc(1, sizeof *store);
    store->database = job->database;
    store->folder = xstrdup(folder);
    atomic_init(&store->users, 1);
    job->database = NULL;
    *ret_store = store;
  }
  open_release(job);
  return r;
}

/* --- jobs ------------------------------------------------------------------------------------------------------------------ */

struct store_job *store_job_new(struct store *store, int (*run)(struct store_job *job, sqlite3 *database)) {
  struct store_job *job = xcalloc(1, sizeof *job);
  *job = (struct store_job){.store = store, .run = run};
  atomic_fetch_add(&store->users, 1);
  return job;
}

static void job_function(void *argument) {
  struct store_job *job = argument;
  job->result = job->run(job, job->store->database);
  job->over = true;
  if (store_leave(job->store)) store_end(job->store);
}

void store_job_free(struct store_job *job) {
  if (!job->over) store_close(job->store); /* it was never run */
  rows_free(&job->rows);
  attempt_rows_free(&job->attempts);
  row_clear(&attempt_type, &job->attempt);
  free(job);
}

static void job_release(void *argument) {
  store_job_free(argument);
}

int store_job_run(struct store_job *job) {
  int r = work_run(writer(), job_function, job, job_release);
  if (r == -EAGAIN) return -EBUSY; /* the writer has more before it than it will get through soon */
  if (r < 0) return r;
  r = job->result;
  if (r < 0) store_job_free(job);
  return r;
}

int store_job_finish(struct store_job *job) {
  int r = store_job_run(job);
  if (r == 0) store_job_free(job);
  return r;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

static int commit_run(struct store_job *job, sqlite3 *database) {
  return store_database_commit(database, &job->rows);
}

int store_commit(struct store *store, const struct rows *rows) {
  if (rows_empty(rows)) return 0;
  struct store_job *job = store_job_new(store, commit_run);
  rows_copy(rows, &job->rows);
  return store_job_finish(job);
}

static int load_run(struct store_job *job, sqlite3 *database) {
  return store_database_load(database, &job->rows, &job->same_boot);
}

int store_load(struct store *store, struct rows *ret_rows, bool *ret_same_boot) {
  struct store_job *job = store_job_new(store, load_run);
  int r = store_job_run(job);
  if (r < 0) return r;
  *ret_rows = job->rows;
  *ret_same_boot = job->same_boot;
  job->rows = (struct rows){0};
  store_job_free(job);
  return 0;
}

int store_event(struct store *store, const char *what, const char *incident, const char *sentence) {
  struct store_job *job = store_job_new(store, commit_run);
  struct event_row *event = array_push(&job->rows.events, &job->rows.event_count, sizeof *event);
  *event = (struct event_row){.at = loop_wall(), .what = xstrdup(what), .incident = xstrdup(incident), .sentence = xstrdup(sentence)};
  return store_job_finish(job);
}
