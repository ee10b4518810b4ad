/* Takes DJANGO_DB_URL apart as Python does; see env_database.h. Pure. */
#include "checks/ej/env_database.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* Python's unquote(): what is no %XX stays. A %00 ends the string here, which no real address has. */
static char *unquote(const char *bytes, size_t length) {
  struct text out = {0};
  for (size_t i = 0; i < length; i++) {
    if (bytes[i] == '%' && i + 2 < length && hex_digit(bytes[i + 1]) >= 0 && hex_digit(bytes[i + 2]) >= 0) {
      text_add_char(&out, (char)(hex_digit(bytes[i + 1]) * 16 + hex_digit(bytes[i + 2])));
      i += 2;
    } else {
      text_add_char(&out, bytes[i]);
    }
  }
  char *string = xstrdup(text_get(&out));
  text_free(&out);
  return string;
}

static enum env_engine engine_of(const char *scheme) {
  static const char *const postgres[] = {"psql", "postgres", "postgresql", "pgsql", "postgis"};
  for (size_t i = 0; i < countof(postgres); i++) {
    if (strcmp(scheme, postgres[i]) == 0) return ENV_ENGINE_POSTGRES;
  }
  if (text_starts(scheme, "sqlite") || strcmp(scheme, "spatialite") == 0) return ENV_ENGINE_SQLITE;
  return *scheme ? ENV_ENGINE_OTHER : ENV_ENGINE_NONE;
}

/* hostname and port behind the last '@': "[::1]:5432", "host:5432". */
static void host_read(struct env_database *database, const char *bytes, size_t length) {
  const char *close = *bytes == '[' ? memchr(bytes, ']', length) : NULL;
  const char *start = close ? bytes + 1 : bytes;
  size_t host = close ? (size_t)(close - start) : 0;
  while (!close && host < length && bytes[host] != ':') host++;
  database->host = unquote(start, host);
  for (char *c = database->host; *c; c++) *c = (char)tolower((unsigned char)*c);
  const char *rest = close ? close + 1 : bytes + host, *end = bytes + length;
  if (rest >= end || *rest != ':' || rest + 1 == end) return;
  auto_free char *port = xstrndup(rest + 1, (size_t)(end - rest - 1));
  if (text_to_long(port, 0, 65535, &database->port) < 0) database->port = -1;
}

void env_database_parse(const char *url, struct env_database *ret_database) {
  *ret_database = (struct env_database){0};
  struct env_database *database = ret_database;
  size_t scheme = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  bool has_scheme = scheme > 0 && url[scheme] == ':';
  database->scheme = xstrndup(url, has_scheme ? scheme : 0);
  for (char *c = database->scheme; *c; c++) *c = (char)tolower((unsigned char)*c);
  database->engine = engine_of(database->scheme);
  const char *rest = has_scheme ? url + scheme + 1 : url;
  if (text_starts(rest, "//")) {
    rest += 2;
    size_t length = strcspn(rest, "/?#");
    const char *at = memrchr(rest, '@', length);
    size_t info = at ? (size_t)(at - rest) : 0;
    const char *colon = memchr(rest, ':', info);
    size_t user = colon ? (size_t)(colon - rest) : info;
    database->user = unquote(rest, user);
    database->password = colon ? unquote(colon + 1, info - user - 1) : xstrdup("");
    host_read(database, at ? at + 1 : rest, length - (at ? info + 1 : 0));
    rest += length;
    database->cut = *rest == '#' || *rest == '?';
  } else {
    database->user = xstrdup("");
    database->password = xstrdup("");
    database->host = xstrdup("");
  }
  if (*rest == '/') rest++;
  database->name = unquote(rest, strcspn(rest, "?#"));
}

void env_database_free(struct env_database *database) {
  free(database->scheme);
  free(database->user);
  free(database->password);
  free(database->host);
  free(database->name);
  *database = (struct env_database){0};
}

const char *env_database_fault(const struct env_database *database) {
  switch (database->engine) {
    case ENV_ENGINE_NONE:
      return translatable("it has no scheme, so Django gets no engine and does not start");
    case ENV_ENGINE_OTHER:
      return translatable("its scheme is none that django-environ knows, and becomes the name of an engine that does not exist");
    case ENV_ENGINE_SQLITE:
      return NULL;
    case ENV_ENGINE_POSTGRES:
      break;
  }
  if (database->port < 0)
    return translatable(
        "what stands where the port should be is no number: a '/' or ':' in the password splits it; Python ends with a ValueError");
  if (database->cut)
    return translatable("a '#' or '?' in user or password ends the address there: host and name are pieces of the password, or nothing");
  if (strchr(database->name, '@')) return translatable("there is an '@' behind the host: a '/' in the password splits the address there");
  if (!*database->host) return translatable("it names no host");
  if (!*database->name) return translatable("it names no database");
  if (strpbrk(database->host, " \t\"'")) return translatable("its host holds a blank or a quote");
  return NULL;
}
