/* What a message of libpq or of the server means: functions of pg.h that need no library and no connection. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/database/pg.h"

const char *const pg_fault_layers[PG_FAULT_COUNT] = {
    [PG_FAULT_NONE] = "none",
    [PG_FAULT_EJMON] = "ejmon",
    [PG_FAULT_RESOLVE] = "resolve",
    [PG_FAULT_CONNECT] = "connect",
    [PG_FAULT_TLS] = "tls",
    [PG_FAULT_PROTOCOL] = "protocol",
    [PG_FAULT_HUNG] = "wait",
    [PG_FAULT_STARTING] = "start",
    [PG_FAULT_TOO_MANY] = "connections",
    [PG_FAULT_AUTH] = "auth",
    [PG_FAULT_COSTLY] = "auth",
    [PG_FAULT_NO_DATABASE] = "database",
    [PG_FAULT_NO_PRIVILEGE] = "privilege",
    [PG_FAULT_NO_OBJECT] = "schema",
    [PG_FAULT_STATEMENT_TIMEOUT] = "query",
    [PG_FAULT_LOCKED] = "lock",
    [PG_FAULT_LOST] = "connection",
    [PG_FAULT_OTHER] = "query",
};

static const char *const schemes[] = {"postgresql://", "postgres://", "psql://", "pgsql://"};

void pg_find_sqlstate(const char *message, char ret_sqlstate[6]) {
  ret_sqlstate[0] = '\0';
  /* "SEVERITY:  28P01: text": the severity may be in any language, the two blanks and the five characters of the state may not change. */
  for (const char *at = message; (at = strstr(at, ":  "));) {
    at += 3;
    if (strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 && at[5] == ':' && (at[6] == ' ' || at[6] == '\n' || !at[6])) {
      memcpy(ret_sqlstate, at, 5);
      ret_sqlstate[5] = '\0';
      return;
    }
  }
}

struct state_row {
  const char *prefix; /* of the SQLSTATE */
  enum pg_fault fault;
};
static const struct state_row states[] = {
    {"28", PG_FAULT_AUTH},         {"3D000", PG_FAULT_NO_DATABASE},  {"53300", PG_FAULT_TOO_MANY},
    {"57P0", PG_FAULT_STARTING},   {"42501", PG_FAULT_NO_PRIVILEGE}, {"42P01", PG_FAULT_NO_OBJECT},
    {"42703", PG_FAULT_NO_OBJECT}, {"3F000", PG_FAULT_NO_OBJECT},    {"57014", PG_FAULT_STATEMENT_TIMEOUT},
    {"55P03", PG_FAULT_LOCKED},    {"08P01", PG_FAULT_NONE}, /* poolers: the text decides */
};

struct word_row {
  const char *words;
  enum pg_fault connecting, later; /* PG_FAULT_NONE: does not mean anything there */
};
/* libpq's own sentences and those of poolers, in English: what carries no SQLSTATE. Tried in order. */
static const struct word_row sentences[] = {
    {"password authentication failed", PG_FAULT_AUTH, PG_FAULT_NONE},
    {"no password supplied", PG_FAULT_AUTH, PG_FAULT_NONE},
    {"authentication failed", PG_FAULT_AUTH, PG_FAULT_NONE},
    {"no pg_hba.conf entry", PG_FAULT_AUTH, PG_FAULT_NONE},
    {"no such user", PG_FAULT_AUTH, PG_FAULT_NONE},
    {"no such database", PG_FAULT_NO_DATABASE, PG_FAULT_NONE},
    {"too many clients", PG_FAULT_TOO_MANY, PG_FAULT_NONE},
    {"connection slots are reserved", PG_FAULT_TOO_MANY, PG_FAULT_NONE},
    {"is starting up", PG_FAULT_STARTING, PG_FAULT_NONE},
    {"is shutting down", PG_FAULT_STARTING, PG_FAULT_STARTING},
    {"could not translate host name", PG_FAULT_RESOLVE, PG_FAULT_NONE},
    {"SSL", PG_FAULT_TLS, PG_FAULT_LOST},
    {"certificate", PG_FAULT_TLS, PG_FAULT_LOST},
    {"expected authentication request", PG_FAULT_PROTOCOL, PG_FAULT_NONE},
    {"received invalid response", PG_FAULT_PROTOCOL, PG_FAULT_NONE},
    {"invalid connection option", PG_FAULT_EJMON, PG_FAULT_NONE},
    {"invalid integer value", PG_FAULT_EJMON, PG_FAULT_NONE},
    {"value: \"", PG_FAULT_EJMON, PG_FAULT_NONE}, /* invalid sslmode value: "..." */
    {"unexpected message from server", PG_FAULT_PROTOCOL, PG_FAULT_LOST},
};

enum pg_fault pg_classify(const char *sqlstate, const char *message, bool connecting) {
  for (size_t i = 0; *sqlstate && i < countof(states); i++) {
    if (text_starts(sqlstate, states[i].prefix) && states[i].fault) return states[i].fault;
  }
  for (size_t i = 0; i < countof(sentences); i++) {
    enum pg_fault fault = connecting ? sentences[i].connecting : sentences[i].later;
    if (fault && strstr(message, sentences[i].words)) return fault;
  }
  if (*sqlstate && !text_starts(sqlstate, "08")) return PG_FAULT_OTHER;
  return connecting ? PG_FAULT_CONNECT : PG_FAULT_LOST;
}

char *pg_dsn_complaint(const char *dsn) {
  const char *authority = NULL;
  for (size_t i = 0; dsn && i < countof(schemes); i++) {
    if (text_starts(dsn, schemes[i])) authority = dsn + strlen(schemes[i]);
  }
  if (!authority) return xstrdup(translated("PostgreSQL's address must begin with postgresql://"));
  const char *at = *authority == '/' ? NULL : strchr(authority, '@');
  /* EJ's own URL parser splits such passwords in odd places (EJ contract F46); whatever we guessed, a piece of it could reach a message. */
  if (at && strchr(at + 1, '@') && strchr(at + 1, '@') < at + 1 + strcspn(at + 1, "?")) {
    return xstrdup(translated("PostgreSQL's address holds more than one @: write %40 for one in the password"));
  }
  size_t before = strcspn(authority, "/?#@");
  if (at && authority + before < at) {
    return xstrdup(translated("PostgreSQL's address holds / ? or # before the @: write %2F, %3F, %23 for those in the password"));
  }
  const char *host = at ? at + 1 : authority;
  size_t length = strcspn(host, "/?");
  for (const char *port = host; (port = memchr(port, ':', (size_t)(host + length - port)));) {
    port++;
    if (memchr(port, ']', (size_t)(host + length - port))) continue; /* inside of an IPv6 address */
    size_t digits = strspn(port, "0123456789");
    if (digits < strcspn(port, "/?,") || digits > 5) return xstrdup(translated("the port in PostgreSQL's address is not a number"));
  }
  return NULL;
}

void pg_error_free(struct pg_error *error) {
  free(error->message);
  free(error->user);
  free(error->database);
  free(error->address);
  *error = (struct pg_error){0};
}
