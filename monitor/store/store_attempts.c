/* The attempts' rows: begun, stepped and ended on disk before it happens; see store.h. */
#include <errno.h>
#include <stdlib.h>

#include "monitor/store/store_job.h"
#include "monitor/store/store_sql.h"

/* --- writing --------------------------------------------------------------------------------------------------------------- */

static int begin_run(struct store_job *job, sqlite3 *database) {
  sqlite3_stmt *statement;
  int r = sql_prepare_put(database, &attempt_type, false, &statement);
  return r < 0 ? r : sql_put(statement, &attempt_type, &job->attempt);
}

int store_attempt_begin(struct store *store, const struct attempt_row *attempt) {
  struct store_job *job = store_job_new(store, begin_run);
  row_copy(&attempt_type, attempt, &job->attempt);
  return store_job_finish(job);
}

/* A step of what is not in the journal is none: its intent must stand there first. */
static int update_run(struct store_job *job, sqlite3 *database) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database,
                      "UPDATE attempts SET state = ?2, report = ?3, applied = ifnull(applied, nullif(?4, 0)), ended = nullif(?5, 0)"
                      " WHERE id = ?1",
                      &statement);
  if (r < 0) return r;
  sql_bind_text(statement, 1, job->attempt.id);
  sql_bind_text(statement, 2, job->attempt.state);
  sql_bind_text(statement, 3, job->attempt.report);
  sqlite.bind_double(statement, 4, job->attempt.applied);
  sqlite.bind_double(statement, 5, job->attempt.ended);
  r = sql_finish(statement);
  return r < 0 ? r : sqlite.changes(database) == 1 ? 0 : -ENOENT;
}

static int update(struct store *store, const struct attempt_row *attempt) {
  struct store_job *job = store_job_new(store, update_run);
  row_copy(&attempt_type, attempt, &job->attempt);
  return store_job_finish(job);
}

/* The copies are the job's: these rows only lend their strings. */
#define LENT(string) ((char *)(uintptr_t)(string))

int store_attempt_step(struct store *store, const char *id, const char *state, const char *report, double applied) {
  return update(store, &(struct attempt_row){.id = LENT(id), .state = LENT(state), .report = LENT(report), .applied = applied});
}

int store_attempt_end(struct store *store, const char *id, const char *verdict, const char *report, double ended) {
  return update(store, &(struct attempt_row){.id = LENT(id), .state = LENT(verdict), .report = LENT(report), .ended = ended});
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static int get(struct store_job *job, sqlite3 *database, const char *rest, const double *bound) {
  return sql_get(database, &attempt_type, rest, bound, &job->attempts.items, &job->attempts.count);
}

static int read_rows(struct store_job *job, struct attempt_rows *ret_rows) {
  int r = store_job_run(job);
  if (r < 0) return r;
  *ret_rows = job->attempts;
  job->attempts = (struct attempt_rows){0};
  store_job_free(job);
  return 0;
}

static int unfinished_run(struct store_job *job, sqlite3 *database) {
  return get(job, database, "WHERE ended IS NULL ORDER BY started, rowid", NULL);
}

int store_attempts_unfinished(struct store *store, struct attempt_rows *ret_rows) {
  return read_rows(store_job_new(store, unfinished_run), ret_rows);
}

static int applied_run(struct store_job *job, sqlite3 *database) {
  return get(job, database, "WHERE applied > ?1 ORDER BY applied", &job->since);
}

int store_attempts_applied_since(struct store *store, double wall, struct attempt_rows *ret_rows) {
  struct store_job *job = store_job_new(store, applied_run);
  job->since = wall;
  return read_rows(job, ret_rows);
}

static int newest_run(struct store_job *job, sqlite3 *database) {
  double limit = (double)job->number;
  return get(job, database, "ORDER BY started DESC, rowid DESC LIMIT CAST(?1 AS INTEGER)", &limit);
}

int store_attempts_newest(struct store *store, size_t limit, struct attempt_rows *ret_rows) {
  struct store_job *job = store_job_new(store, newest_run);
  job->number = limit < STORE_ROW_LIMIT ? (long)limit : STORE_ROW_LIMIT;
  return read_rows(job, ret_rows);
}

static int ended_as_run(struct store_job *job, sqlite3 *database) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database, "SELECT 1 FROM attempts WHERE incident = ?1 AND state = ?2 AND ended IS NOT NULL LIMIT 1", &statement);
  if (r < 0) return r;
  sql_bind_text(statement, 1, job->attempt.incident);
  sql_bind_text(statement, 2, job->attempt.state);
  int code = sqlite.step(statement);
  job->number = code == SQLITE_ROW;
  sqlite.reset(statement);
  return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : sql_errno(code);
}

int store_attempt_ended_as(struct store *store, const char *incident, const char *verdict) {
  struct store_job *job = store_job_new(store, ended_as_run);
  job->attempt.incident = xstrdup(incident);
  job->attempt.state = xstrdup(verdict);
  int r = store_job_run(job);
  if (r < 0) return r;
  r = (int)job->number;
  store_job_free(job);
  return r;
}
