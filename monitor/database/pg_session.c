/* The helper process of PostgreSQL: libpq, one connection, one statement at a time, as straight-line waits on a loop of its own. Nothing
 * here runs in ejmon itself.
 *
 * A question is {until, dsn, environment} or {until, sql}; `until` is the end of its time on the monotonic clock. An answer is {user,
 * database} or {columns, cells}, or {result, fault, sqlstate, message, user, database, address}: -errno, and enum pg_fault as a number. */
#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "monitor/base/helper.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/database/pg.h"
#include "monitor/database/pg_library.h"
#include "monitor/database/pg_scram.h"
#include "monitor/base/task.h"

#define STATEMENT_SHARE 0.7 /* of the time left: the server's "statement timeout" must come before our own deadline */
#define LOCK_SHARE 0.3
#define UNACKED_SHARE 0.4       /* after that the kernel gives up a connection whose peer's host is gone; a kept one is then opened anew */
#define NO_DEADLINE_SECONDS 10. /* the basis of the shares in a task without a deadline */
#define MESSAGE_LIMIT 1000      /* bytes of a server's text that are repeated */
#define LEAST_SECONDS 0.01
#define CELL_COST 32    /* what a cell takes beside its bytes, and a row beside its cells: NULLs are not free */
#define PEEK_SIZE 16384 /* as much as libpq reads at once, and a TLS record holds */

/* The one connection of this process. */
static struct session {
  PGconn *connection;
  char *address;
} mine;

static double time_basis(void) {
  double left = task_time_left();
  return isinf(left) ? NO_DEADLINE_SECONDS : left < 0.1 ? 0.1 : left;
}

/* --- errors ---------------------------------------------------------------------------------------------------------------------- */

/* Fills *error from a text of libpq: the first line, without SQLSTATE. */
static void error_set(struct pg_error *error, enum pg_fault fault, const char *sqlstate, const char *text) {
  pg_error_free(error);
  error->fault = fault;
  memcpy(error->sqlstate, sqlstate, strnlen(sqlstate, sizeof error->sqlstate - 1)); /* zeroed, and a server's may be longer */
  auto_text struct text line = {0};
  /* 'connection to server at "...", port ... failed: FATAL:  28P01: text': the address and the state are told apart from the text. */
  const char *state = *sqlstate ? strstr(text, sqlstate) : NULL, *failed = strstr(text, " failed: ");
  if (state && strncmp(state + 5, ": ", 2) == 0) {
    text = state + 7;
  } else if (text_starts(text, "connection to server") && failed && failed < text + strcspn(text, "\n")) {
    text = failed + strlen(" failed: ");
  }
  text_add_bytes(&line, text, strcspn(text, "\n"));
  while (line.length && line.data[line.length - 1] == '.') line.data[--line.length] = '\0'; /* the caller writes the sentence */
  const char *hint = strstr(text, "\nDETAIL:  ");
  if (hint) {
    text_add(&line, " (");
    text_add_bytes(&line, hint + 10, strcspn(hint + 10, "\n"));
    text_add(&line, ")");
  }
  text_limit(&line, MESSAGE_LIMIT);
  error->message = text_steal(&line);
}

static void error_name(struct pg_error *error) {
  const char *user = pq.PQuser(mine.connection), *database = pq.PQdb(mine.connection);
  error->user = xstrdup(user && *user ? user : NULL);
  error->database = xstrdup(database && *database ? database : NULL);
  error->address = xstrdup(mine.address);
}

/* libpq's last error, classified. Returns -EIO. */
static int error_from(struct pg_error *error, bool connecting) {
  const char *text = pq.PQerrorMessage(mine.connection);
  char sqlstate[6];
  pg_find_sqlstate(text, sqlstate);
  error_set(error, pg_classify(sqlstate, text, connecting), sqlstate, text);
  error_name(error);
  return -EIO;
}

/* A wait ended early: says in which phase. Returns r. */
static int error_waited(struct pg_error *error, int r) {
  bool reached = pq.PQstatus(mine.connection) != CONNECTION_STARTED && pq.PQstatus(mine.connection) != CONNECTION_NEEDED;
  const char *text = reached ? translated("it is connected and does not answer") : translated("no connection within the time-out");
  error_set(error, r == -ECANCELED ? PG_FAULT_EJMON : reached ? PG_FAULT_HUNG : PG_FAULT_CONNECT, "", text);
  error_name(error);
  return r;
}

/* --- statements ------------------------------------------------------------------------------------------------------------------- */

struct result {
  size_t rows, columns, cost;
  json_t *cells; /* row by row */
};

/* What need not be UTF-8: then its odd bytes are shown. */
static json_t *json_of(const char *string) {
  if (!string) return json_null();
  json_t *json = json_string(string);
  if (json) return json;
  auto_text struct text shown = {0};
  text_add_printable(&shown, string, strlen(string), SIZE_MAX / 2);
  return json_string(text_get(&shown));
}

/* Sends what is buffered; reads meanwhile, because a server that waits for us to read would never take it. */
static int flush(void) {
  int left;
  while ((left = pq.PQflush(mine.connection)) > 0) {
    int r = task_wait_fd(pq.PQsocket(mine.connection), EV_READ | EV_WRITE);
    if (r < 0) return r;
    if (!pq.PQconsumeInput(mine.connection)) return -EIO;
  }
  return left < 0 ? -EIO : 0;
}

static int await_result(void) {
  while (pq.PQisBusy(mine.connection)) {
    int r = task_wait_fd(pq.PQsocket(mine.connection), EV_READ);
    if (r < 0) return r;
    if (!pq.PQconsumeInput(mine.connection)) return -EIO;
  }
  return 0;
}

/* Appends the rows of one (single-row or final) result. NULL, or what is wrong with them. */
static const char *rows_add(struct result *all, const PGresult *result) {
  size_t columns = (size_t)pq.PQnfields(result), rows = (size_t)pq.PQntuples(result);
  if (all->rows && rows && columns != all->columns) return translated("it answers one question with two tables");
  if (rows) all->columns = columns;
  for (size_t row = 0; row < rows; row++) {
    for (size_t column = 0; column < columns; column++) {
      const char *value = pq.PQgetisnull(result, (int)row, (int)column) ? NULL : pq.PQgetvalue(result, (int)row, (int)column);
      json_array_append_new(all->cells, json_of(value));
      all->cost += CELL_COST + (value ? strlen(value) : 0);
    }
    all->rows++;
    all->cost += CELL_COST;
    if (all->cost > PG_RESULT_LIMIT) return translated("the result is larger than ejmon reads");
  }
  return NULL;
}

static void error_of_result(struct pg_error *error, const PGresult *result) {
  const char *state = pq.PQresultErrorField(result, PG_DIAG_SQLSTATE), *message = pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (!state) { /* libpq's own: the connection broke */
    error_from(error, false);
    return;
  }
  error_set(error, pg_classify(state, message ? message : "", false), state, message ? message : translated("an error without a message"));
  error_name(error);
}

/* Takes one result in. NULL, or why the connection is given up. */
static const char *take(PGresult *result, struct result *all, struct pg_error *error) {
  switch (pq.PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
      return rows_add(all, result);
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return NULL;
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
      if (!error->fault) error_of_result(error, result);
      return NULL;
    default: /* COPY: PQgetResult() would say so again and again, until somebody copies */
      return translated("it answers a question with COPY");
  }
}

static int collect(struct result *all, struct pg_error *error) {
  for (;;) {
    int r = await_result();
    if (r == -EIO) return error_from(error, false);
    if (r < 0) return error_waited(error, r);
    PGresult *result = pq.PQgetResult(mine.connection);
    if (!result) return error->fault ? -EIO : 0;
    const char *wrong = take(result, all, error);
    pq.PQclear(result);
    if (wrong) {
      auto_free char *text = text_format(translated("%s: the connection is given up"), wrong);
      error_set(error, PG_FAULT_LOST, "", text);
      error_name(error);
      return -EIO;
    }
  }
}

/* The simple protocol: it takes several statements in one round trip. */
static int session_query(const char *sql, struct result *ret_result, struct pg_error *error) {
  if (!pq.PQsendQuery(mine.connection, sql)) return error_from(error, false);
  pq.PQsetSingleRowMode(mine.connection);
  int r = flush();
  if (r == -EIO) return error_from(error, false);
  if (r < 0) return error_waited(error, r);
  return collect(ret_result, error);
}

/* --- connecting -------------------------------------------------------------------------------------------------------------------- */

/* What lies ready to be read next, left where it is. */
static size_t peek(char *buffer, size_t size) {
  void *tls = pq.PQsslStruct(mine.connection, "OpenSSL");
  if (tls && !pq.SSL_peek) return 0;
  ssize_t length = tls ? pq.SSL_peek(tls, buffer, (int)size) : recv(pq.PQsocket(mine.connection), buffer, size, MSG_PEEK | MSG_DONTWAIT);
  return length > 0 ? (size_t)length : 0;
}

/* libpq would compute whatever a server asks for, inside of PQconnectPoll(). Honest servers' requests come whole, and are seen here; from
 * one that cuts its request up in time the deadline saves. */
static bool login_is_costly(struct pg_error *error) {
  static char buffer[PEEK_SIZE];
  if (pq.PQstatus(mine.connection) != CONNECTION_AWAITING_RESPONSE) return false;
  unsigned long iterations = pg_scram_iterations(buffer, peek(buffer, sizeof buffer));
  if (iterations <= PG_SCRAM_LIMIT) return false;
  auto_free char *text = text_format(translated("it asks for %lu iterations of SCRAM at each login, and ejmon computes at most %d"),
                                     iterations, PG_SCRAM_LIMIT);
  error_set(error, PG_FAULT_COSTLY, "", text);
  error_name(error);
  return true;
}

static int connect_poll(struct pg_error *error) {
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  if (pq.PQstatus(mine.connection) == CONNECTION_BAD) return error_from(error, true);
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED) return error_from(error, true);
    /* The socket changes when libpq goes on to the next address, or repeats without TLS: ask at each arm. */
    int r = task_wait_fd(pq.PQsocket(mine.connection), wanted == PGRES_POLLING_READING ? EV_READ : EV_WRITE);
    if (r < 0) return error_waited(error, r);
    if (login_is_costly(error)) return -EIO;
    wanted = pq.PQconnectPoll(mine.connection);
  }
  return 0;
}

static void drop_notice(void *argument, const char *message) {
  (void)argument, (void)message; /* libpq would print it on stderr */
}

/* The session's own limits. A pooler may refuse some: then the task's deadline alone has to do. */
static int session_limit(struct pg_error *error) {
  auto_free char *sql = text_format("SET default_transaction_read_only = on; SET statement_timeout = %d; SET lock_timeout = %d",
                                    (int)(time_basis() * STATEMENT_SHARE * 1000), (int)(time_basis() * LOCK_SHARE * 1000));
  struct result result = {.cells = json_array()};
  int r = session_query(sql, &result, error);
  json_decref(result.cells);
  if (r == -EIO && error->fault != PG_FAULT_LOST && error->fault != PG_FAULT_STARTING) {
    pg_error_free(error);
    return 0;
  }
  return r;
}

static int session_open(const char *dsn, struct pg_error *error) {
  auto_free char *complaint = pg_library_open();
  if (complaint) {
    error_set(error, PG_FAULT_EJMON, "", complaint);
    return -EIO;
  }
  struct pg_keywords keywords = {0};
  int r = pg_keywords_make(dsn, (int)(time_basis() * UNACKED_SHARE * 1000), &keywords, &complaint);
  if (r < 0) {
    error_set(error, r == -ENOENT ? PG_FAULT_RESOLVE : PG_FAULT_EJMON, "",
              complaint ? complaint : translated("the name could not be looked up in time"));
    error->address = xstrdup(keywords.address);
    pg_keywords_free(&keywords);
    return r == -ETIMEDOUT || r == -ECANCELED ? r : -EIO;
  }
  mine.address = xstrdup(keywords.address);
  mine.connection = pq.PQconnectStartParams((const char *const *)keywords.names, (const char *const *)keywords.values, 0);
  pg_keywords_free(&keywords);
  if (!mine.connection) abort(); /* out of memory */
  pq.PQsetNoticeProcessor(mine.connection, drop_notice, NULL);
  pq.PQsetErrorVerbosity(mine.connection, PQERRORS_VERBOSE); /* the only way to a connection error's SQLSTATE */
  r = connect_poll(error);
  if (r == 0) {
    pq.PQsetnonblocking(mine.connection, 1);
    r = session_limit(error);
  }
  return r;
}

/* --- questions -------------------------------------------------------------------------------------------------------------------------
 */

struct question {
  const char *dsn, *sql;
  struct pg_error error;
  struct result result;
};

static int answer_task(void *argument) {
  struct question *question = argument;
  if (question->dsn) return session_open(question->dsn, &question->error);
  if (mine.connection) return session_query(question->sql, &question->result, &question->error);
  error_set(&question->error, PG_FAULT_LOST, "", translated("the connection is gone")); /* with the process before this one */
  return -EIO;
}

static json_t *answer_of(int r, const struct question *question) {
  const struct pg_error *error = &question->error;
  if (r < 0) {
    return json_pack("{s:i, s:i, s:s, s:o, s:o, s:o, s:o}", "result", r, "fault", (int)error->fault, "sqlstate", error->sqlstate, "message",
                     json_of(error->message), "user", json_of(error->user), "database", json_of(error->database), "address",
                     json_of(error->address));
  }
  if (question->dsn)
    return json_pack("{s:o, s:o}", "user", json_of(pq.PQuser(mine.connection)), "database", json_of(pq.PQdb(mine.connection)));
  return json_pack("{s:i, s:O}", "columns", (int)question->result.columns, "cells", question->result.cells);
}

static json_t *answer(const json_t *asked) {
  struct question question = {.dsn = json_string_value(json_object_get(asked, "dsn")),
                              .sql = json_string_value(json_object_get(asked, "sql")),
                              .result = {.cells = json_array()}};
  const char *name;
  json_t *value;
  json_t *environment = json_object_get(asked, "environment");
  json_object_foreach(environment, name, value) setenv(name, json_string_value(value), 1);
  double until = json_real_value(json_object_get(asked, "until")), left = until - loop_monotonic();
  int r = task_run_to_end("postgres", until == 0 ? 0 : left > LEAST_SECONDS ? left : LEAST_SECONDS, answer_task, &question);
  json_t *answer = answer_of(r, &question);
  json_decref(question.result.cells);
  pg_error_free(&question.error);
  return answer;
}

const struct helper_role pg_helper = {.name = "postgres", .answer = answer};
