/* Inside of pg_session.c: libpq as a table of functions, and a DSN turned into libpq's keywords with every host resolved. */
#ifndef EJMON_PG_LIBRARY_H
#define EJMON_PG_LIBRARY_H

#include <libpq-fe.h>

#include "monitor/base/text.h"

/* clang-format off */
#define PG_FUNCTIONS(X) \
  X(PQconnectStartParams) X(PQconnectPoll) X(PQstatus) X(PQsocket) X(PQerrorMessage) X(PQfinish) X(PQsetnonblocking) \
  X(PQflush) X(PQconsumeInput) X(PQisBusy) X(PQgetResult) X(PQclear) X(PQsendQuery) \
  X(PQsetSingleRowMode) X(PQresultStatus) X(PQresultErrorField) X(PQntuples) X(PQnfields) X(PQgetvalue) X(PQgetisnull) \
  X(PQsslStruct) X(PQuser) X(PQdb) X(PQsetNoticeProcessor) X(PQsetErrorVerbosity) X(PQconninfoParse) \
  X(PQconninfoFree) X(PQfreemem)
/* clang-format on */

#define PG_MEMBER(name) __typeof__(&name) name;
struct pg_library {
  PG_FUNCTIONS(PG_MEMBER)
  int (*SSL_peek)(void *tls, void *buffer, int size); /* of the OpenSSL that libpq uses; NULL when it uses another library */
};
#undef PG_MEMBER
extern struct pg_library pq; /* filled by pg_library_open() */

/* Opens libpq.so.5 once. NULL, or a sentence that names the package to install; free() it. Loop's thread only. */
char *pg_library_open(void) must_check;

struct pg_keywords {
  char **names, **values; /* NULL-terminated, for PQconnectStartParams() */
  char *address;          /* "host:port" or a socket's path, for messages; may be set after a failure too */
};

/* Inside a task: parses the DSN, resolves its hosts on a worker, adds what pg.h promises. 0, -EINVAL, -ENOENT (a name has no address),
 * -EAGAIN, -ETIMEDOUT, -ECANCELED; ret_complaint gets a sentence for the first three. Release with pg_keywords_free() in any case. */
int pg_keywords_make(const char *dsn, int unacked_milliseconds, struct pg_keywords *ret_keywords, char **ret_complaint) must_check;
void pg_keywords_free(struct pg_keywords *keywords);

#endif
