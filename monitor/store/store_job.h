/* Inside monitor/store: what the writer's thread is given. A job holds its store open until it is over, whoever gave up on it meanwhile. */
#ifndef EJMON_STORE_JOB_H
#define EJMON_STORE_JOB_H

#include "monitor/store/sqlite_library.h"
#include "monitor/store/store.h"

struct store_job {
  struct store *store;
  int (*run)(struct store_job *job, sqlite3 *database); /* on the writer's thread; touches the job alone */
  int result;
  bool over; /* it has run */

  /* What it works with; all of it is the job's own. */
  struct rows rows;
  bool same_boot;
  struct attempt_row attempt;
  struct attempt_rows attempts;
  double since;
  long number;
};

/* A job with nothing but what it runs. */
struct store_job *store_job_new(struct store *store, int (*run)(struct store_job *job, sqlite3 *database)) must_check;
/* Hands it to the writer and waits (inside a task). 0: it has run well, and is the caller's, to read and to free. -errno: of the job or of
 * the wait; the job is gone, or will be. */
int store_job_run(struct store_job *job) must_check;
void store_job_free(struct store_job *job);
/* Both, for a job without an answer. */
int store_job_finish(struct store_job *job) must_check;

#endif
