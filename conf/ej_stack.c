/* What EJ's environment says about the stack: which variable fills which key, and as EJ reads it (EJ contract section 2). Opens no file but
 * looks whether Docker's socket is there. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/stack.h"
#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

#define INDIRECTION_LIMIT 8 /* "$A" that names "$B"...: EJ would recurse until it dies */
#define UNREAD translatable("EJ's env file could not be read")
#define DOCKER_SOCKET "/var/run/docker.sock"

bool ej_environment_get(const struct ej_environment *ej, const char *name, bool literal, struct ej_value *ret_value) {
  const char *wanted = name;
  struct ej_value first = {0};
  for (int step = 0; step < INDIRECTION_LIMIT; step++) {
    const struct env_entry *entry = env_file_find(&ej->file, wanted);
    struct ej_value value = {0};
    if (entry) {
      value.text = literal ? entry->value : entry->plain;
      value.source = (struct conf_source){.kind = SOURCE_ENV_FILE, .line = entry->line, .name = name};
    } else {
      value.text = value_environment(ej->process, wanted);
      value.source = (struct conf_source){.kind = SOURCE_ENVIRONMENT, .name = name};
    }
    if (step == 0) first = value;
    const char *next = env_read_indirection(value.text);
    if (!next) {
      if (!value.text) break;
      value.source.line = first.source.line;
      value.source.kind = first.source.kind;
      *ret_value = value;
      return true;
    }
    wanted = next;
  }
  /* EJ reads "$NOTHING" as unset; a literal reading shows it. */
  if (!literal || !first.text) return false;
  *ret_value = first;
  return true;
}

char *ej_postgres_url(const char *url, char **ret_reason) {
  static const char *const schemes[] = {"postgresql", "postgres", "psql", "pgsql", "postgis"};
  /* What Django takes out of the query for itself; libpq would refuse it. */
  static const char *const django_only[] = {"conn_max_age", "atomic_requests", "autocommit"};
  const char *mark = strstr(url, "://");
  if (text_starts(url, "sqlite:")) {
    *ret_reason = xstrdup(translated("the database is SQLite, a file inside of the web container"));
    return NULL;
  }
  bool known = false;
  for (size_t i = 0; mark && i < countof(schemes); i++) {
    known = known || ((size_t)(mark - url) == strlen(schemes[i]) && strncmp(url, schemes[i], strlen(schemes[i])) == 0);
  }
  if (!known) {
    *ret_reason = xstrdup(translated("the scheme is none of postgresql://, postgres://, psql://, pgsql://"));
    return NULL;
  }
  size_t before_query = strcspn(mark, "?");
  struct text out = {0};
  text_add(&out, "postgresql");
  text_add_bytes(&out, mark, before_query);
  char separator = '?';
  for (const char *p = mark + before_query; *p;) {
    p++; /* the '?' or '&' */
    size_t length = strcspn(p, "&");
    bool drop = length == 0;
    for (size_t i = 0; i < countof(django_only); i++) {
      size_t name = strlen(django_only[i]);
      drop = drop || (length >= name && strncasecmp(p, django_only[i], name) == 0 && (p[name] == '=' || name == length));
    }
    if (!drop) {
      text_add_char(&out, separator);
      text_add_bytes(&out, p, length);
      separator = '&';
    }
    p += length;
  }
  return text_steal(&out);
}

char *ej_rocket_origin(const char *url) {
  const char *mark = strstr(url, "://");
  const char *rest = mark ? mark + 3 : url;
  size_t length = (size_t)(rest - url) + strcspn(rest, "/?#");
  /* EJ's own API calls put http:// before an address without a scheme. */
  return text_format("%s%.*s", mark ? "" : "http://", (int)length, url);
}

/* --- filling ---------------------------------------------------------------------------------------------------------------- */

struct deriving {
  struct conf_reader *reader;
  const struct ej_environment *ej;
  struct conf *conf;
};

static size_t index_of(const char *key) {
  size_t i = 0;
  while (strcmp(stack_options[i].key, key) != 0) i++;
  return i;
}

/* Was it left to EJ's environment? */
static bool is_open(const struct deriving *d, const char *key) {
  return d->conf->stack_sources[index_of(key)].kind == SOURCE_NONE;
}

static char *source_show(const struct deriving *d, const struct ej_value *value) {
  if (value->source.kind == SOURCE_ENV_FILE) return text_format("%s:%d", d->ej->file_name, value->source.line);
  return text_format(translated("ejmon's environment"));
}

static void because(const struct deriving *d, const char *key, char *reason) {
  char **slot = &d->conf->stack_reasons[index_of(key)];
  free(*slot);
  *slot = reason;
}

static void warn_at(const struct deriving *d, const struct ej_value *value, const char *sentence) {
  if (value->source.kind == SOURCE_ENV_FILE) {
    reader_warn_in(d->reader, d->ej->file_name, value->source.line, "%s: %s", value->source.name, sentence);
  } else {
    reader_warn_in(d->reader, NULL, 0, "environment %s: %s", value->source.name, sentence);
  }
}

/* Gives a key a value. What does not fit its type is EJ's trouble, not the configuration's: a warning, and the key stays unset. */
static void fill(const struct deriving *d, const char *key, const char *text, const struct ej_value *from) {
  size_t i = index_of(key);
  const struct conf_reader plain = {0};
  auto_free char *error = NULL;
  int r = strcmp(key, "host") == 0 ? value_host(text, &error) : 0;
  if (r == 0) r = option_set_text(&plain, &stack_options[i], &d->conf->stack, text, &error);
  if (r == 0) {
    d->conf->stack_sources[i] = from->source;
    return;
  }
  warn_at(d, from, error);
  auto_free char *where = source_show(d, from), *said = redact(error); /* it may quote the value */
  because(d, key, text_format(translated("%s (%s) is no use: %s"), from->source.name, where, said));
}

static void derive_postgres(const struct deriving *d) {
  struct ej_value db_host = {0}, db_url = {0};
  if (!is_open(d, "postgres")) return;
  bool has_host = ej_environment_get(d->ej, "DB_HOST", false, &db_host) && *db_host.text;
  bool has_url = ej_environment_get(d->ej, "DJANGO_DB_URL", false, &db_url) && *db_url.text;
  /* Generation C takes DB_HOST before the URL, unless it is "db"; user, password and database are then fixed in its settings. */
  if (has_host && (strcmp(db_host.text, "db") != 0 || !has_url)) {
    auto_free char *url = text_format("postgresql://ej:ej@%s:5432/ej", db_host.text);
    fill(d, "postgres", url, &db_host);
  } else if (has_url) {
    auto_free char *reason = NULL;
    auto_free char *url = ej_postgres_url(db_url.text, &reason);
    if (url) {
      fill(d, "postgres", url, &db_url);
    } else {
      auto_free char *where = source_show(d, &db_url);
      because(d, "postgres", text_format(translated("DJANGO_DB_URL (%s): %s"), where, reason));
      if (!text_starts(db_url.text, "sqlite:")) warn_at(d, &db_url, reason);
    }
  } else {
    because(d, "postgres",
            xstrdup(d->ej->unread ? translated(UNREAD)
                                  : translated("EJ's environment has no DJANGO_DB_URL; name the database in stack.postgres")));
  }
}

static void derive_rocket(const struct deriving *d) {
  struct ej_value on = {0}, url = {0};
  bool open_rocket = is_open(d, "rocketchat"), open_mongo = is_open(d, "mongo");
  bool given = ej_environment_get(d->ej, "EJ_ROCKETCHAT_INTEGRATION", false, &on);
  if (!given || !env_read_bool(on.text)) {
    auto_free char *where = given ? source_show(d, &on) : NULL;
    auto_text struct text shown = {0};
    if (given) text_add_printable(&shown, on.text, strlen(on.text), 40);
    auto_free char *word = redact(text_get(&shown));
    for (int i = 0; i < 2; i++) {
      const char *key = i == 0 ? "rocketchat" : "mongo";
      if (!(i == 0 ? open_rocket : open_mongo)) continue;
      because(d, key,
              given ? text_format(translated("the Rocket.Chat integration is off: EJ reads EJ_ROCKETCHAT_INTEGRATION=%s (%s) as false"),
                                  word, where)
                    : xstrdup(d->ej->unread ? translated(UNREAD)
                                            : translated("the Rocket.Chat integration is off: EJ_ROCKETCHAT_INTEGRATION is not set")));
    }
    if (given && *on.text && !text_equal_nocase(on.text, "false") && !text_equal_nocase(on.text, "off") &&
        !text_equal_nocase(on.text, "no") && strcmp(on.text, "0") != 0) {
      warn_at(d, &on, translated("EJ reads this value as false, silently; write true or false"));
    }
    return;
  }
  if (open_mongo) fill(d, "mongo", "mongodb://mongo:27017/rocketchat", &on);
  if (!open_rocket) return;
  if (!ej_environment_get(d->ej, "EJ_ROCKETCHAT_URL", false, &url) || !*url.text) {
    because(d, "rocketchat",
            xstrdup(translated(
                "the integration is on, but EJ_ROCKETCHAT_URL is empty or not set, and EJ falls back to http://localhost:3000")));
    warn_at(
        d, &on,
        translated(
            "the integration is on without EJ_ROCKETCHAT_URL: EJ lets only localhost:3000 embed it; set it, and stack.rocketchat until then"));
    return;
  }
  auto_free char *origin = ej_rocket_origin(url.text);
  if (!strstr(url.text, "://")) {
    warn_at(d, &url, translated("there is no scheme: EJ then names no host in frame-ancestors; write https:// or http:// before it"));
  } else if (strcmp(origin, url.text) != 0) {
    warn_at(d, &url, translated("something follows the host: EJ sends it as an origin, which no browser accepts; end it before the '/'"));
  }
  fill(d, "rocketchat", origin, &url);
}

/* Is it a name that a Host header can be (and not an address or a compose service)? */
static bool is_public_name(const char *host) {
  size_t length = strcspn(host, ":");
  bool letter = false, dot = false;
  for (size_t i = 0; i < length; i++) {
    letter = letter || isalpha((unsigned char)host[i]);
    dot = dot || host[i] == '.';
  }
  return letter && dot && *host != '[';
}

/* A name of EJ's environment as a browser that came by the site's address would send it: with that address's port. */
static void fill_host(const struct deriving *d, const char *name, const char *authority, const struct ej_value *from) {
  const char *bracket = authority ? strrchr(authority, ']') : NULL;
  const char *port = authority ? strchr(bracket ? bracket : authority, ':') : NULL;
  auto_free char *host = text_format("%s%s", name, port && !strchr(name, ':') ? port : "");
  fill(d, "host", host, from);
}

static void derive_host(const struct deriving *d) {
  struct stack *stack = &d->conf->stack;
  struct ej_value value = {0};
  if (!is_open(d, "host")) return;
  const char *mark = stack->site ? strstr(stack->site, "://") : NULL;
  auto_free char *authority = NULL;
  if (mark) {
    size_t length = strcspn(mark + 3, "/?");
    const char *at = memrchr(mark + 3, '@', length);
    const char *start = at ? at + 1 : mark + 3;
    authority = xstrndup(start, length - (size_t)(start - mark - 3));
  }
  const struct ej_value site = {.source = {.kind = SOURCE_STACK, .name = "{site}"}};
  /* The site's own name outranks the environment: people type it, so it is accepted. */
  if (authority && is_public_name(authority)) {
    fill(d, "host", authority, &site);
    return;
  }
  if (ej_environment_get(d->ej, "DJANGO_HOSTNAME", false, &value) && *value.text) {
    fill_host(d, value.text, authority, &value);
    return;
  }
  if (ej_environment_get(d->ej, "DJANGO_ALLOWED_HOSTS", false, &value)) {
    auto_strings char **hosts = env_read_list(value.text);
    for (char **host = hosts; *host; host++) {
      const char *name = **host == '.' ? *host + 1 : *host;
      if (!*name || strpbrk(name, "* \t")) continue;
      fill_host(d, name, authority, &value);
      return;
    }
  }
  /* EJ itself takes "localhost" where DJANGO_HOSTNAME is not set. When nothing of EJ's environment is known, an address that the
   * administrator gave must do as it is. */
  const struct ej_value fallback = {.source = {.kind = SOURCE_DEFAULT, .name = "localhost"}};
  if (authority && !d->ej->file_name) {
    fill(d, "host", authority, &site);
  } else {
    fill_host(d, "localhost", authority, &fallback);
  }
}

static void derive_docker(const struct deriving *d) {
  struct stat status;
  if (!is_open(d, "docker")) return;
  const char *docker_host = value_environment(d->ej->process, "DOCKER_HOST");
  if (docker_host && text_starts(docker_host, "unix:///")) {
    fill(d, "docker", docker_host, &(struct ej_value){.source = {.kind = SOURCE_ENVIRONMENT, .name = "DOCKER_HOST"}});
  } else if (stat(DOCKER_SOCKET, &status) == 0 && S_ISSOCK(status.st_mode)) {
    fill(d, "docker", "unix://" DOCKER_SOCKET,
         &(struct ej_value){.source = {.kind = SOURCE_DEFAULT, .name = translatable("the socket is there")}});
  }
}

void ej_stack_derive(struct conf_reader *reader, const struct ej_environment *ej, struct conf *conf) {
  const struct deriving d = {.reader = reader, .ej = ej, .conf = conf};
  struct ej_value value = {0};
  /* Odd names (empty, quoted, with a '/') stay as they are: the theme check judges them. */
  if (is_open(&d, "theme") && ej_environment_get(ej, "EJ_THEME", true, &value)) fill(&d, "theme", value.text, &value);
  derive_postgres(&d);
  derive_rocket(&d);
  derive_host(&d);
  const char *project = value_environment(ej->process, "COMPOSE_PROJECT_NAME");
  if (is_open(&d, "project") && project && *project) {
    fill(&d, "project", project, &(struct ej_value){.source = {.kind = SOURCE_ENVIRONMENT, .name = "COMPOSE_PROJECT_NAME"}});
  }
  derive_docker(&d);
}
