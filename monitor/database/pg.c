/* Connections and statements as questions to a helper process; see pg.h. What libpq does there is pg_session.c's. */
#include "monitor/database/pg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/helper.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"

#define ANSWER_LIMIT (8u * PG_RESULT_LIMIT) /* JSON writes a byte in six characters at most */
#define MARGIN_SHARE 0.1                    /* of the time left: until then the helper has its own end to tell, later it is killed */
#define MARGIN_SECONDS 0.5
/* A helper that was killed did not wait for an answer if it computed for so much of its time, or so long: several times what PG_SCRAM_LIMIT
 * costs. The second holds on a busy machine too. */
#define COMPUTING_SHARE 0.5
#define COMPUTING_SECONDS 3.0

struct pg {
  struct helper *helper;
  char *user;
};

/* --- results ----------------------------------------------------------------------------------------------------------------------- */

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

/* --- questions --------------------------------------------------------------------------------------------------------------------- */

/* When the helper's own time for a question ends, on the monotonic clock; 0: never. */
static double until(void) {
  double left = task_time_left();
  return isinf(left) ? 0 : loop_monotonic() + left - fmin(left * MARGIN_SHARE, MARGIN_SECONDS);
}

static char *copy_of(const json_t *answer, const char *key) {
  return xstrdup(json_string_value(json_object_get(answer, key)));
}

static int take_error(const json_t *answer, struct pg_error *error) {
  json_int_t fault = json_integer_value(json_object_get(answer, "fault")), result = json_integer_value(json_object_get(answer, "result"));
  auto_free char *message = copy_of(answer, "message"), *state = copy_of(answer, "sqlstate");
  error->fault = fault > PG_FAULT_NONE && fault < PG_FAULT_COUNT ? (enum pg_fault)fault : PG_FAULT_EJMON;
  if (state) memcpy(error->sqlstate, state, strnlen(state, sizeof error->sqlstate - 1));
  error->message = redact(message ? message : translated("an error without a message"));
  error->user = copy_of(answer, "user");
  error->database = copy_of(answer, "database");
  error->address = copy_of(answer, "address");
  return result == -ETIMEDOUT ? -ETIMEDOUT : -EIO;
}

static void take_rows(const json_t *answer, struct pg_rows *ret_rows) {
  const json_t *cells = json_object_get(answer, "cells");
  size_t columns = (size_t)json_integer_value(json_object_get(answer, "columns")), count = json_array_size(cells);
  struct pg_rows rows = {.columns = columns, .count = columns ? count / columns : 0};
  rows.cells = xcalloc(count, sizeof *rows.cells);
  for (size_t i = 0; i < rows.count * rows.columns; i++) rows.cells[i] = xstrdup(json_string_value(json_array_get(cells, i)));
  pg_rows_free(ret_rows);
  *ret_rows = rows;
}

/* The helper gave no answer: says what became of it. Returns what pg_connect() and pg_query() return then. */
static int ask_failed(const struct pg *pg, int r, double seconds, bool connecting, char *why, struct pg_error *error) {
  double computed = r == -ETIMEDOUT ? helper_computed(pg->helper) : 0;
  error->fault = r == -ECONNABORTED && !connecting ? PG_FAULT_LOST : PG_FAULT_EJMON;
  if (computed > fmin(seconds * COMPUTING_SHARE, COMPUTING_SECONDS)) {
    error->fault = connecting ? PG_FAULT_COSTLY : PG_FAULT_HUNG;
    error->message = text_format(connecting ? translated("its login took %.1f s of computing and was not done")
                                            : translated("its answer took %.1f s of computing and was not done"),
                                 computed);
  } else if (why) {
    error->message = text_format(translated("ejmon's client process for it %s"), why);
  } else {
    error->message = xstrdup(translated("ejmon's client process for it did not answer in time"));
  }
  return r == -ETIMEDOUT || r == -ECANCELED ? r : -EIO;
}

/* Asks, and gives the question back. 0: the caller owns the answer. */
static int ask(struct pg *pg, json_t *question, bool connecting, json_t **ret_answer, struct pg_error *error) {
  auto_free char *why = NULL;
  double start = loop_monotonic();
  json_t *answer = NULL;
  int r = helper_ask(pg->helper, question, &answer, &why);
  if (r < 0) {
    r = ask_failed(pg, r, loop_monotonic() - start, connecting, why, error);
  } else if (json_object_get(answer, "fault")) {
    r = take_error(answer, error);
  }
  json_decref(question);
  if (r == 0) {
    *ret_answer = answer;
  } else {
    json_decref(answer);
  }
  return r;
}

/* What libpq reads of the environment; over the socket, since PGPASSWORD may be among it. */
static json_t *environment_of_libpq(void) {
  json_t *object = json_object();
  for (char **entry = environ; entry && *entry; entry++) {
    size_t length = strcspn(*entry, "=");
    auto_free char *name = xstrndup(*entry, length);
    if (text_starts(name, "PG") && (*entry)[length]) json_object_set_new(object, name, json_string(*entry + length + 1));
  }
  return object;
}

int pg_connect(const char *dsn, struct pg **ret_pg, struct pg_error *ret_error) {
  char *complaint = pg_dsn_complaint(dsn);
  json_t *question = complaint ? NULL : json_pack("{s:f, s:s, s:o}", "until", until(), "dsn", dsn, "environment", environment_of_libpq());
  if (!question) {
    ret_error->fault = PG_FAULT_EJMON;
    ret_error->message = complaint ? complaint : xstrdup(translated("PostgreSQL's address is no UTF-8"));
    return -EIO;
  }
  struct pg *pg = xcalloc(1, sizeof *pg);
  json_t *answer;
  pg->helper = helper_new(pg_helper.name, ANSWER_LIMIT);
  int r = ask(pg, question, true, &answer, ret_error);
  if (r < 0) {
    pg_close(pg);
    return r;
  }
  pg->user = copy_of(answer, "user");
  json_decref(answer);
  *ret_pg = pg;
  return 0;
}

int pg_query(struct pg *pg, const char *sql, struct pg_rows *ret_rows, struct pg_error *ret_error) {
  json_t *answer;
  int r = ask(pg, json_pack("{s:f, s:s}", "until", until(), "sql", sql), false, &answer, ret_error);
  if (r < 0) return r;
  take_rows(answer, ret_rows);
  json_decref(answer);
  return 0;
}

const char *pg_user(const struct pg *pg) {
  return pg->user ? pg->user : "";
}

void pg_close(struct pg *pg) {
  if (!pg) return;
  helper_free(pg->helper);
  free(pg->user);
  free(pg);
}
