/* Connections and statements over libpq, as straight-line waits; see pg.h. It judges nothing and knows no table. */
#include "monitor/base/pg.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/pg_library.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"

#define STATEMENT_SHARE 0.7 /* of the time left: the server's "statement timeout" must come before our own deadline */
#define LOCK_SHARE 0.3
#define UNACKED_SHARE 0.4       /* after that the kernel gives up a connection whose peer's host is gone; a kept one is then opened anew */
#define NO_DEADLINE_SECONDS 10. /* the basis of the shares in a task without a deadline */

struct pg {
  PGconn *connection;
  char *address;
};

static double time_basis(void) {
  double left = task_time_left();
  return isinf(left) ? NO_DEADLINE_SECONDS : left < 0.1 ? 0.1 : left;
}

/* --- errors ---------------------------------------------------------------------------------------------------------------------- */

void pg_error_free(struct pg_error *error) {
  free(error->message);
  free(error->user);
  free(error->database);
  free(error->address);
  *error = (struct pg_error){0};
}

/* Fills *error from a text of libpq: the first line, without SQLSTATE and password. */
static void error_set(struct pg_error *error, enum pg_fault fault, const char *sqlstate, const char *text) {
  pg_error_free(error);
  error->fault = fault;
  memcpy(error->sqlstate, sqlstate, strnlen(sqlstate, 5) + 1);
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
  error->message = redact(text_get(&line));
}

static void error_name(struct pg_error *error, const PGconn *connection, const char *address) {
  const char *user = pq.PQuser(connection), *database = pq.PQdb(connection);
  error->user = xstrdup(user && *user ? user : NULL);
  error->database = xstrdup(database && *database ? database : NULL);
  error->address = xstrdup(address);
}

/* libpq's last error, classified. Returns -EIO. */
static int error_from(struct pg_error *error, const PGconn *connection, const char *address, bool connecting) {
  const char *text = pq.PQerrorMessage(connection);
  char sqlstate[6];
  pg_find_sqlstate(text, sqlstate);
  error_set(error, pg_classify(sqlstate, text, connecting), sqlstate, text);
  error_name(error, connection, address);
  return -EIO;
}

/* A wait ended early: says in which phase. Returns r. */
static int error_waited(struct pg_error *error, int r, const PGconn *connection, const char *address) {
  bool reached = pq.PQstatus(connection) != CONNECTION_STARTED && pq.PQstatus(connection) != CONNECTION_NEEDED;
  const char *text = reached ? "it is connected and does not answer" : "no connection within the time-out";
  error_set(error, r == -ECANCELED ? PG_FAULT_EJMON : reached ? PG_FAULT_HUNG : PG_FAULT_CONNECT, "", text);
  error_name(error, connection, address);
  return r;
}

/* --- connecting -------------------------------------------------------------------------------------------------------------------- */

static int connect_poll(struct pg *pg, struct pg_error *error) {
  PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
  if (pq.PQstatus(pg->connection) == CONNECTION_BAD) return error_from(error, pg->connection, pg->address, true);
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED) return error_from(error, pg->connection, pg->address, true);
    /* The socket changes when libpq goes on to the next address, or repeats without TLS: ask at each arm. */
    int r = task_wait_fd(pq.PQsocket(pg->connection), wanted == PGRES_POLLING_READING ? EV_READ : EV_WRITE);
    if (r < 0) return error_waited(error, r, pg->connection, pg->address);
    wanted = pq.PQconnectPoll(pg->connection);
  }
  return 0;
}

static void drop_notice(void *argument, const char *message) {
  (void)argument, (void)message; /* libpq would print it on stderr */
}

/* The session's own limits. A pooler may refuse some: then the task's deadline alone has to do. */
static int session_limit(struct pg *pg, struct pg_error *error) {
  auto_free char *sql = text_format("SET default_transaction_read_only = on; SET statement_timeout = %d; SET lock_timeout = %d",
                                    (int)(time_basis() * STATEMENT_SHARE * 1000), (int)(time_basis() * LOCK_SHARE * 1000));
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(pg, sql, NULL, &rows, error);
  if (r == -EIO && error->fault != PG_FAULT_LOST && error->fault != PG_FAULT_STARTING) {
    pg_error_free(error);
    return 0;
  }
  return r;
}

int pg_connect(const char *dsn, struct pg **ret_pg, struct pg_error *ret_error) {
  auto_free char *complaint = pg_library_open();
  if (!complaint) complaint = pg_dsn_complaint(dsn);
  if (complaint) {
    error_set(ret_error, PG_FAULT_EJMON, "", complaint);
    return -EIO;
  }
  struct pg_keywords keywords = {0};
  int r = pg_keywords_make(dsn, (int)(time_basis() * UNACKED_SHARE * 1000), &keywords, &complaint);
  if (r < 0) {
    error_set(ret_error, r == -ENOENT ? PG_FAULT_RESOLVE : PG_FAULT_EJMON, "",
              complaint ? complaint : "the name could not be looked up in time");
    ret_error->address = xstrdup(keywords.address);
    pg_keywords_free(&keywords);
    return r == -ETIMEDOUT || r == -ECANCELED ? r : -EIO;
  }
  struct pg *pg = xcalloc(1, sizeof *pg);
  pg->address = xstrdup(keywords.address);
  pg->connection = pq.PQconnectStartParams((const char *const *)keywords.names, (const char *const *)keywords.values, 0);
  pg_keywords_free(&keywords);
  if (!pg->connection) abort(); /* out of memory */
  pq.PQsetNoticeProcessor(pg->connection, drop_notice, NULL);
  pq.PQsetErrorVerbosity(pg->connection, PQERRORS_VERBOSE); /* the only way to a connection error's SQLSTATE */
  r = connect_poll(pg, ret_error);
  if (r == 0) {
    pq.PQsetnonblocking(pg->connection, 1);
    r = session_limit(pg, ret_error);
  }
  if (r < 0) {
    pg_close(pg);
    return r;
  }
  *ret_pg = pg;
  return 0;
}

/* --- statements ------------------------------------------------------------------------------------------------------------------- */

void pg_rows_free(struct pg_rows *rows) {
  for (size_t i = 0; i < rows->count * rows->columns; i++) free(rows->cells[i]);
  free(rows->cells);
  *rows = (struct pg_rows){0};
}

const char *pg_cell(const struct pg_rows *rows, size_t row, size_t column) {
  const char *cell = row < rows->count && column < rows->columns ? rows->cells[row * rows->columns + column] : NULL;
  return cell ? cell : "";
}

bool pg_is_true(const struct pg_rows *rows, size_t row, size_t column) {
  return strcmp(pg_cell(rows, row, column), "t") == 0;
}

/* Sends what is buffered; reads meanwhile, because a server that waits for us to read would never take it. */
static int flush(PGconn *connection) {
  int left;
  while ((left = pq.PQflush(connection)) > 0) {
    int r = task_wait_fd(pq.PQsocket(connection), EV_READ | EV_WRITE);
    if (r < 0) return r;
    if (!pq.PQconsumeInput(connection)) return -EIO;
  }
  return left < 0 ? -EIO : 0;
}

static int await_result(PGconn *connection) {
  while (pq.PQisBusy(connection)) {
    int r = task_wait_fd(pq.PQsocket(connection), EV_READ);
    if (r < 0) return r;
    if (!pq.PQconsumeInput(connection)) return -EIO;
  }
  return 0;
}

/* Appends the rows of one (single-row or final) result. Returns the bytes taken. */
static size_t rows_add(struct pg_rows *rows, const PGresult *result) {
  size_t bytes = 0, columns = (size_t)pq.PQnfields(result), more = (size_t)pq.PQntuples(result);
  if (more == 0) return 0;
  rows->columns = columns;
  rows->cells = xrealloc(rows->cells, (rows->count + more) * columns * sizeof *rows->cells);
  for (size_t row = 0; row < more; row++) {
    for (size_t column = 0; column < columns; column++) {
      bool null = pq.PQgetisnull(result, (int)row, (int)column);
      char *value = null ? NULL : xstrdup(pq.PQgetvalue(result, (int)row, (int)column));
      if (value) bytes += strlen(value);
      rows->cells[(rows->count + row) * columns + column] = value;
    }
  }
  rows->count += more;
  return bytes;
}

static void error_of_result(struct pg_error *error, const struct pg *pg, const PGresult *result) {
  const char *state = pq.PQresultErrorField(result, PG_DIAG_SQLSTATE), *message = pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (!state) { /* libpq's own: the connection broke */
    error_from(error, pg->connection, pg->address, false);
    return;
  }
  error_set(error, pg_classify(state, message ? message : "", false), state, message ? message : "an error without a message");
  error_name(error, pg->connection, pg->address);
}

static int collect(struct pg *pg, struct pg_rows *rows, struct pg_error *error) {
  size_t bytes = 0;
  for (;;) {
    int r = await_result(pg->connection);
    if (r == -EIO) return error_from(error, pg->connection, pg->address, false);
    if (r < 0) return error_waited(error, r, pg->connection, pg->address);
    PGresult *result = pq.PQgetResult(pg->connection);
    if (!result) return error->fault ? -EIO : 0;
    ExecStatusType status = pq.PQresultStatus(result);
    if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
      bytes += rows_add(rows, result);
    } else if (status != PGRES_COMMAND_OK && !error->fault) {
      error_of_result(error, pg, result);
    }
    pq.PQclear(result);
    if (bytes > PG_RESULT_LIMIT) {
      error_set(error, PG_FAULT_LOST, "", "the result is larger than ejmon reads: the connection is given up");
      return -EIO;
    }
  }
}

int pg_query(struct pg *pg, const char *sql, const char *const *parameters, struct pg_rows *ret_rows, struct pg_error *ret_error) {
  int count = 0;
  while (parameters && parameters[count]) count++;
  struct pg_rows rows = {0};
  /* The simple protocol takes several statements in one round trip; the extended one takes parameters. */
  int sent =
      count ? pq.PQsendQueryParams(pg->connection, sql, count, NULL, parameters, NULL, NULL, 0) : pq.PQsendQuery(pg->connection, sql);
  if (!sent) return error_from(ret_error, pg->connection, pg->address, false);
  pq.PQsetSingleRowMode(pg->connection);
  int r = flush(pg->connection);
  if (r == -EIO) {
    r = error_from(ret_error, pg->connection, pg->address, false);
  } else if (r < 0) {
    r = error_waited(ret_error, r, pg->connection, pg->address);
  } else {
    r = collect(pg, &rows, ret_error);
  }
  if (r < 0) {
    pg_rows_free(&rows);
    return r;
  }
  pg_rows_free(ret_rows);
  *ret_rows = rows;
  return 0;
}

int pg_server_version(const struct pg *pg) {
  return pq.PQserverVersion(pg->connection);
}

const char *pg_user(const struct pg *pg) {
  return pq.PQuser(pg->connection);
}

const char *pg_database(const struct pg *pg) {
  return pq.PQdb(pg->connection);
}

const char *pg_address(const struct pg *pg) {
  return pg->address;
}

void pg_close(struct pg *pg) {
  if (!pg) return;
  pq.PQfinish(pg->connection);
  free(pg->address);
  free(pg);
}
