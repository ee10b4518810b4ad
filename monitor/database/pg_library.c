/* libpq opened at first use, and DSNs made ready for it: hosts resolved on a worker, defaults added. It opens no connection. */
#include "monitor/database/pg_library.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "monitor/base/lang.h"
#include "monitor/base/library.h"
#include "monitor/database/pg.h"
#include "monitor/base/resolve.h"

struct pg_library pq;

static const struct library_function functions[] = {
#define ROW(name) {#name, offsetof(struct pg_library, name)},
    PG_FUNCTIONS(ROW)
#undef ROW
};

static struct library libpq = {.file = "libpq.so.5",
                               .package = "libpq5",
                               .missing = translatable("PostgreSQL's client library is missing"),
                               .table = &pq,
                               .functions = functions,
                               .count = countof(functions)};

char *pg_library_open(void) {
  char *complaint = library_open(&libpq);
  if (!complaint) library_take(&libpq, "SSL_peek", &pq.SSL_peek);
  return complaint;
}

/* --- one name ------------------------------------------------------------------------------------------------------------------------ */

/* What a host name may look like; anything else may be a piece of a password that was not percent-encoded, and is not repeated. */
static const char *shown_host(const char *host) {
  bool plain = strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") == strlen(host);
  return plain ? host : translated("(not a host name: is a special character of the password not percent-encoded?)");
}

/* 0 and the addresses, or -ENOENT with a complaint, -EAGAIN and the like with one, -ETIMEDOUT, -ECANCELED. */
static int addresses_of(const char *host, char ***ret_addresses, char **ret_complaint) {
  struct resolve_answer answer;
  int r = resolve(RESOLVE_FOR_PROBES, host, true, 0, &answer);
  if (r == 0) {
    *ret_addresses = answer.addresses;
  } else if (r == -EAGAIN) {
    *ret_complaint = xstrdup(translated("too many name lookups are waiting already"));
  } else if (r == -ENOENT) {
    *ret_complaint = text_format(translated("the name %s has no address: %s"), shown_host(host), translated(gai_strerror(answer.error)));
  } else if (r != -ETIMEDOUT && r != -ECANCELED) {
    *ret_complaint = text_format(translated("ejmon has no socket left: %s"), lang_error(-r));
  }
  return r;
}

/* --- keywords ------------------------------------------------------------------------------------------------------------------------ */

static void keyword_add(struct pg_keywords *keywords, const char *name, const char *value) {
  strings_push(&keywords->names, name);
  strings_push(&keywords->values, value);
}

static char **split(const char *list) {
  char **parts = NULL;
  while (list && *list) {
    size_t length = strcspn(list, ",");
    auto_free char *part = xstrndup(list, length);
    strings_push(&parts, part);
    list += length + (list[length] == ',');
  }
  return parts;
}

/* Replaces the host list by one entry per address, so that libpq has nothing to look up. */
static int hosts_add(struct pg_keywords *keywords, const char *host_list, const char *port_list, char **ret_complaint) {
  auto_strings char **hosts = split(host_list);
  auto_strings char **ports = split(port_list);
  auto_text struct text names = {0}, addresses = {0}, numbers = {0};
  size_t entries = 0;
  for (size_t i = 0; hosts && hosts[i] && entries < PG_HOST_LIMIT; i++) {
    const char *port = strings_count(ports) > 1 ? (i < strings_count(ports) ? ports[i] : "5432") : ports ? ports[0] : "5432";
    bool socket = hosts[i][0] == '/' || hosts[i][0] == '@';
    auto_strings char **found = NULL;
    if (!socket && !resolve_is_literal(hosts[i])) {
      free(keywords->address);
      keywords->address = text_format("%s:%s", shown_host(hosts[i]), port);
      int r = addresses_of(hosts[i], &found, ret_complaint);
      if (r == -ENOENT && (entries || hosts[i + 1])) continue; /* another host of the list may do */
      if (r < 0) return r;
    } else {
      strings_push(&found, socket ? "" : hosts[i]);
    }
    for (size_t k = 0; found[k] && entries < PG_HOST_LIMIT; k++, entries++) {
      text_printf(&names, "%s%s", entries ? "," : "", hosts[i]);
      text_printf(&addresses, "%s%s", entries ? "," : "", found[k]);
      text_printf(&numbers, "%s%s", entries ? "," : "", port);
    }
    free(keywords->address);
    keywords->address = socket ? text_format("%s/.s.PGSQL.%s", hosts[i], port) : text_format("%s:%s", hosts[i], port);
  }
  if (entries == 0 && hosts) return -ENOENT;
  free(*ret_complaint);
  *ret_complaint = NULL;
  if (entries == 0) return 0;
  keyword_add(keywords, "host", text_get(&names));
  keyword_add(keywords, "hostaddr", text_get(&addresses));
  keyword_add(keywords, "port", text_get(&numbers));
  return 0;
}

static const char *option_value(const PQconninfoOption *options, const char *keyword) {
  for (; options->keyword; options++) {
    if (strcmp(options->keyword, keyword) == 0) return options->val && *options->val ? options->val : NULL;
  }
  return NULL;
}

static bool is_one_of(const char *word, const char *const *list) {
  for (; *list; list++) {
    if (strcmp(word, *list) == 0) return true;
  }
  return false;
}

static int keywords_fill(const PQconninfoOption *options, int unacked_milliseconds, struct pg_keywords *keywords, char **ret_complaint) {
  static const char *const place[] = {"host", "hostaddr", "port", NULL};
  const char *host = option_value(options, "host"), *port = option_value(options, "port");
  if (!host) host = getenv("PGHOST");
  if (!port) port = getenv("PGPORT");
  bool addressed = option_value(options, "hostaddr") || !host || !*host;
  for (const PQconninfoOption *option = options; option->keyword; option++) {
    if (!option->val || (!addressed && is_one_of(option->keyword, place))) continue;
    keyword_add(keywords, option->keyword, option->val);
  }
  if (!option_value(options, "application_name")) keyword_add(keywords, "application_name", "ejmon");
  if (!option_value(options, "gssencmode")) keyword_add(keywords, "gssencmode", "disable");
  if (!option_value(options, "tcp_user_timeout")) {
    auto_free char *value = text_format("%d", unacked_milliseconds);
    keyword_add(keywords, "tcp_user_timeout", value);
  }
  if (addressed) {
    keywords->address =
        text_format("%s:%s", option_value(options, "hostaddr") ? option_value(options, "hostaddr") : translated("the local socket"),
                    port ? port : "5432");
    return 0;
  }
  return hosts_add(keywords, host, port, ret_complaint);
}

int pg_keywords_make(const char *dsn, int unacked_milliseconds, struct pg_keywords *ret_keywords, char **ret_complaint) {
  /* django-environ writes psql:// and pgsql:// too (EJ's DJANGO_DB_URL); libpq knows only the other two. */
  const char *rest = text_starts(dsn, "psql://") ? dsn + 4 : text_starts(dsn, "pgsql://") ? dsn + 5 : NULL;
  auto_free char *url = rest ? text_format("postgresql%s", rest) : xstrdup(dsn);
  char *reason = NULL;
  PQconninfoOption *options = pq.PQconninfoParse(url, &reason);
  if (!options) {
    pq.PQfreemem(reason); /* it may quote a piece of the password */
    *ret_complaint = xstrdup(
        translated("PostgreSQL's address cannot be read: write postgresql://user@host:5432/database, special characters percent-encoded"));
    return -EINVAL;
  }
  int r = keywords_fill(options, unacked_milliseconds, ret_keywords, ret_complaint);
  pq.PQconninfoFree(options);
  return r;
}

void pg_keywords_free(struct pg_keywords *keywords) {
  strings_free(keywords->names);
  strings_free(keywords->values);
  free(keywords->address);
  *keywords = (struct pg_keywords){0};
}
