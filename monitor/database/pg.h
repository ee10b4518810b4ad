/* PostgreSQL for tasks: one statement at a time, small results.
 *
 * Each connection is a helper process (helper.h) that holds libpq, kept as long as the connection is. In the loop it cannot live: libpq
 * computes as many iterations of SCRAM as a server asks for, buffers messages of a gigabyte, and neither can be stopped. Looking at the
 * server's messages before libpq does would not do: under TLS, or with a message cut up in time, libpq reads what nobody has looked at. So
 * a process that is killed at the deadline bounds the cost of everything that a server may say, seen or not; a look at the messages before
 * libpq's (pg_scram.h) only gives the number for the finding. One process more for a connection costs some 10 ms at its start and 2 MB.
 *
 * libpq.so.5 is opened there at first use; a missing library is PG_FAULT_EJMON and names the package. Names are resolved there, on a
 * worker, since libpq would block and no deadline of its own could tell what it waited for. Connections say application_name=ejmon,
 * gssencmode=disable unless the DSN asks for more, and after connecting default_transaction_read_only=on, statement_timeout and
 * lock_timeout below the task's deadline. Passwords come from the DSN or from PGPASSFILE; no message ever holds one. */
#ifndef EJMON_PG_H
#define EJMON_PG_H

#include "monitor/base/text.h"

extern const struct helper_role pg_helper; /* for main() */

#define PG_RESULT_LIMIT (1u << 20) /* bytes of one result, values and what each cell and row takes beside; a longer one fails */
#define PG_SCRAM_LIMIT 1000000     /* iterations of SCRAM that a login may ask for: a second of computing; PostgreSQL asks for 4096 */
#define PG_HOST_LIMIT 8            /* hosts and addresses tried for one DSN */

struct pg; /* one connection; used by one task at a time */

enum pg_fault {
  PG_FAULT_NONE,
  PG_FAULT_EJMON,             /* could not look: no library, unusable DSN, no worker free */
  PG_FAULT_RESOLVE,           /* the name has no address */
  PG_FAULT_CONNECT,           /* refused, unreachable, closed before any answer */
  PG_FAULT_TLS,               /* TLS wanted and not had, or a certificate that does not fit */
  PG_FAULT_PROTOCOL,          /* what answers is not PostgreSQL */
  PG_FAULT_HUNG,              /* connected, and no answer within the deadline */
  PG_FAULT_STARTING,          /* 57P03, 57P01, 57P02: starting, stopping, in recovery */
  PG_FAULT_TOO_MANY,          /* 53300 */
  PG_FAULT_AUTH,              /* 28xxx: password, role, pg_hba.conf */
  PG_FAULT_COSTLY,            /* the login asks for more than PG_SCRAM_LIMIT, or computed all the time there was */
  PG_FAULT_NO_DATABASE,       /* 3D000 */
  PG_FAULT_NO_PRIVILEGE,      /* 42501 */
  PG_FAULT_NO_OBJECT,         /* 42P01, 42703, 3F000: table, column, schema */
  PG_FAULT_STATEMENT_TIMEOUT, /* 57014 */
  PG_FAULT_LOCKED,            /* 55P03 */
  PG_FAULT_LOST,              /* the connection broke during a statement */
  PG_FAULT_OTHER,             /* any other error of the server */
  PG_FAULT_COUNT
};
extern const char *const pg_fault_layers[PG_FAULT_COUNT]; /* "resolve", "connect", "tls", "auth", "database", ... */

struct pg_error {
  enum pg_fault fault;
  char sqlstate[6];                /* "" when the server sent none */
  char *message;                   /* one sentence, without passwords */
  char *user, *database, *address; /* as far as known, or NULL; address is "host:port" or a socket's path */
};
void pg_error_free(struct pg_error *error); /* harmless on a zeroed one; leaves it zeroed */
#define auto_pg_error __attribute__((cleanup(pg_error_free)))

/* Opens a connection inside a task. 0, -ETIMEDOUT (the error tells PG_FAULT_CONNECT from PG_FAULT_HUNG), -ECANCELED, or -EIO with the fault
 * in *ret_error, which must be zeroed before and is filled only on failure. Release with pg_close(). */
int pg_connect(const char *dsn, struct pg **ret_pg, struct pg_error *ret_error) must_check;

/* The rows of one result: cell [row * columns + column], NULL for SQL's NULL. */
struct pg_rows {
  char **cells;
  size_t count, columns;
};
void pg_rows_free(struct pg_rows *rows);
#define auto_pg_rows __attribute__((cleanup(pg_rows_free)))
const char *pg_cell(const struct pg_rows *rows, size_t row, size_t column); /* "" for NULL */
bool pg_is_true(const struct pg_rows *rows, size_t row, size_t column);     /* boolean "t" */

/* One question (several statements, of which one may answer with rows). Returns as pg_connect does. After -ETIMEDOUT, -ECANCELED and
 * PG_FAULT_LOST only pg_close() is left. */
int pg_query(struct pg *pg, const char *sql, struct pg_rows *ret_rows, struct pg_error *ret_error) must_check;

const char *pg_user(const struct pg *pg); /* valid until pg_close() */

/* Closes; the server ends what still runs. Harmless on NULL; may be called outside of tasks; never blocks. */
void pg_close(struct pg *pg);

/* Pure: the SQLSTATE in libpq's verbose message ("FATAL:  28P01: ..."), "" when there is none. */
void pg_find_sqlstate(const char *message, char ret_sqlstate[6]);
/* Pure: what kind of fault a message means; `connecting` tells an error of opening from one of a statement. */
enum pg_fault pg_classify(const char *sqlstate, const char *message, bool connecting);
/* Pure: NULL when the DSN can be used, else a sentence that says why not (without any part of it: a mistyped password may stand anywhere).
 */
char *pg_dsn_complaint(const char *dsn) must_check;

#endif
