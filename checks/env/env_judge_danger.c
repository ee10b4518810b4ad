/* Judges settings that are unsafe or end EJ's start: keys, database, hosts, DEBUG, the file itself. Pure. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/env_database.h"
#include "checks/ej/env_secret.h"
#include "checks/env/env_codes.h"
#include "checks/env/env_judging.h"
#include "monitor/base/lang.h"

/* --- the secret key ---------------------------------------------------------------------------------------------------------------- */

static void judge_secret_key(const struct env_judge *judge) {
  struct env_reading reading;
  env_view_read(judge->view, "DJANGO_SECRET_KEY", &reading);
  if (!reading.value || !*reading.value) {
    const char *how = reading.lead == ENV_LEADS_NOWHERE ? translated("begins with $ and leads nowhere")
                      : reading.raw                     ? translated("is empty")
                                                        : translated("is not set");
    struct finding *finding =
        finding_open(judge->out, &ENV_SECRET_KEY_MISSING, "DJANGO_SECRET_KEY %s: every worker makes a key of its own.", how);
    /* What compose's own `environment:` adds is not seen in the file. */
    if (!judge->view->container_looked) finding->severity = SEVERITY_WARNING;
    env_evidence(judge, finding, "DJANGO_SECRET_KEY", "a random key");
    return;
  }
  env_passed(judge, &ENV_SECRET_KEY_MISSING);
  if (env_key_is_published(reading.value)) {
    struct finding *finding = finding_open(judge->out, &ENV_SECRET_KEY_PUBLISHED,
                                           "DJANGO_SECRET_KEY is one that EJ's repository publishes: anybody can forge what EJ signs.");
    env_evidence(judge, finding, "DJANGO_SECRET_KEY", "a random key of your own");
    return;
  }
  env_passed(judge, &ENV_SECRET_KEY_PUBLISHED);
  const char *weakness = env_key_weakness(reading.value);
  if (weakness) {
    struct finding *finding = finding_open(judge->out, &ENV_SECRET_KEY_WEAK, "DJANGO_SECRET_KEY can be guessed: %s.", translated(weakness));
    auto_free char *want = text_format(translated("at least %d random characters"), ENV_KEY_SHORTEST);
    env_evidence(judge, finding, "DJANGO_SECRET_KEY", want);
    return;
  }
  env_passed(judge, &ENV_SECRET_KEY_WEAK);
}

/* --- the database ------------------------------------------------------------------------------------------------------------------ */

static bool is_weak_password(const struct env_database *database) {
  static const char *const known[] = {"",       "password", "ej",       "postgres", "postgresql", "admin", "admin123", "root",
                                      "secret", "123456",   "12345678", "changeme", "test",       "user",  "db",       "senha"};
  for (size_t i = 0; i < countof(known); i++) {
    if (text_equal_nocase(database->password, known[i])) return true;
  }
  return text_equal_nocase(database->password, database->user);
}

static void judge_port(const struct env_judge *judge, const struct env_database *database) {
  long tested = 5432;
  const char *pgport = env_view_get(judge->view, "PGPORT");
  if (pgport && text_to_long(pgport, 1, 65535, &tested) < 0) return; /* libpq refuses it: not this fault */
  long port = database->port ? database->port : tested;              /* libpq takes PGPORT where the URL has none */
  if (port == tested) {
    env_passed(judge, &ENV_DATABASE_PORT);
    return;
  }
  struct finding *finding = finding_open(
      judge->out, &ENV_DATABASE_PORT, "DJANGO_DB_URL names port %ld, EJ's own connection test tries %ld: it waits for ever.", port, tested);
  if (!judge->view->container_looked) finding->severity = SEVERITY_WARNING;
  finding_evidence(finding, "port of DJANGO_DB_URL", NULL, "%ld", port);
  auto_free char *want = text_format("%ld", port);
  finding_evidence(finding, "port that EJ's connection test tries", want, "%ld%s", tested,
                   pgport ? translated(", from PGPORT") : translated(", since PGPORT is not set"));
}

/* POSTGRES_* beside what EJ uses; values are compared and not shown. */
static void judge_postgres(const struct env_judge *judge, const struct env_database *database) {
  const struct {
    const char *name, *ours, *what;
  } pairs[] = {{"POSTGRES_USER", database->user, translatable("the user")},
               {"POSTGRES_PASSWORD", database->password, translatable("the password")},
               {"POSTGRES_DB", database->name, translatable("the database")}};
  for (size_t i = 0; i < countof(pairs); i++) {
    const char *theirs = env_view_get(judge->view, pairs[i].name);
    if (!theirs || !*theirs || strcmp(theirs, pairs[i].ours) == 0) continue;
    struct finding *finding = finding_open(judge->out, &ENV_POSTGRES_DIFFERS,
                                           "%s is not %s of DJANGO_DB_URL; the postgres image reads it only for an empty volume.",
                                           pairs[i].name, translated(pairs[i].what));
    finding_evidence(finding, pairs[i].name, "the same, or no such line", "not %s of DJANGO_DB_URL", translated(pairs[i].what));
  }
  env_passed(judge, &ENV_POSTGRES_DIFFERS);
}

static void found_unset(const struct env_judge *judge, const char *how) {
  struct finding *finding = finding_open(judge->out, &ENV_DATABASE_UNSET, "%s.", translated(how));
  if (!judge->view->container_looked) finding->severity = SEVERITY_WARNING; /* compose's own environment: is not seen in the file */
  env_evidence(judge, finding, "DJANGO_DB_URL", "psql://user:password@host/database");
  if (env_view_get(judge->view, "DB_HOST")) env_evidence(judge, finding, "DB_HOST", NULL);
}

static void judge_database(const struct env_judge *judge) {
  struct env_reading reading;
  /* Generation C connects by DB_HOST, with name, user and password of its settings, unless it says "db". */
  if (judge->view->later) return; /* DB_HOST alone counts there, and has a host by default */
  const char *db_host = env_view_get(judge->view, "DB_HOST");
  bool later = judge->view->generation == 'C' || (!judge->view->generation && db_host && !env_view_get(judge->view, "DJANGO_DB_URL"));
  if (later && db_host && *db_host && strcmp(db_host, "db") != 0) {
    env_passed(judge, &ENV_DATABASE_UNSET);
    return;
  }
  env_view_read(judge->view, "DJANGO_DB_URL", &reading);
  if (reading.lead == ENV_LEADS_IN_CIRCLE) return; /* env/indirection says it */
  if (!reading.value) {
    found_unset(
        judge, reading.lead == ENV_LEADS_NOWHERE
                   ? translatable("DJANGO_DB_URL begins with $ and leads nowhere: EJ writes into a SQLite file in its container")
               : db_host && later
                   ? translatable(
                         "DB_HOST=db means no host to this EJ, and DJANGO_DB_URL is not set: it writes into a SQLite file in its container")
                   : translatable("DJANGO_DB_URL is not set: EJ writes into a SQLite file in its container"));
    return;
  }
  struct env_database database;
  env_database_parse(reading.value, &database);
  const char *fault = env_database_fault(&database);
  if (!*reading.value) {
    found_unset(judge, translatable("DJANGO_DB_URL is set to nothing: EJ does not start (KeyError 'ENGINE')"));
  } else if (database.engine == ENV_ENGINE_SQLITE) {
    found_unset(judge, translatable("DJANGO_DB_URL names SQLite: what people write is lost with the container"));
  } else if (fault) {
    env_passed(judge, &ENV_DATABASE_UNSET);
    struct finding *finding = finding_open(judge->out, &ENV_DATABASE_URL_BROKEN, "Django cannot use DJANGO_DB_URL: %s.", translated(fault));
    env_evidence(judge, finding, "DJANGO_DB_URL", "psql://user:password@host/database, special characters percent-encoded");
  } else {
    env_passed(judge, &ENV_DATABASE_UNSET);
    env_passed(judge, &ENV_DATABASE_URL_BROKEN);
    judge_port(judge, &database);
    judge_postgres(judge, &database);
    if (is_weak_password(&database)) {
      struct finding *finding =
          finding_open(judge->out, &ENV_DATABASE_PASSWORD, "The database's password in DJANGO_DB_URL is one that everybody knows.");
      finding_evidence(finding, "password in DJANGO_DB_URL", "a random one", "%s",
                       *database.password ? translated("an example's, or the user's name") : translated("none"));
    } else {
      env_passed(judge, &ENV_DATABASE_PASSWORD);
    }
  }
  env_database_free(&database);
}

/* --- words that end the start ------------------------------------------------------------------------------------------------------- */

static void judge_environment(const struct env_judge *judge) {
  const char *value = env_view_value(judge->view, "DJANGO_ENVIRONMENT");
  auto_free char *shown = env_show("DJANGO_ENVIRONMENT", value);
  if (env_view_ends_start(judge->view, "DJANGO_ENVIRONMENT")) {
    struct finding *finding = finding_open(judge->out, &ENV_ENVIRONMENT_UNKNOWN,
                                           "DJANGO_ENVIRONMENT=%s ends EJ's start: it knows local, test and production.", shown);
    env_evidence(judge, finding, "DJANGO_ENVIRONMENT", "production");
    return;
  }
  env_passed(judge, &ENV_ENVIRONMENT_UNKNOWN);
  if (strcmp(value, "production") != 0 && env_view_get(judge->view, "DJANGO_ENVIRONMENT")) {
    struct finding *finding = finding_open(judge->out, &ENV_ENVIRONMENT_LOCAL,
                                           "DJANGO_ENVIRONMENT=%s: the site does not mind, commands in the container do.", shown);
    env_evidence(judge, finding, "DJANGO_ENVIRONMENT", "production");
  } else {
    env_passed(judge, &ENV_ENVIRONMENT_LOCAL);
  }
}

static void judge_country(const struct env_judge *judge) {
  if (!env_view_ends_start(judge->view, "COUNTRY")) {
    env_passed(judge, &ENV_COUNTRY_UNKNOWN);
    return;
  }
  auto_free char *shown = env_show("COUNTRY", env_view_value(judge->view, "COUNTRY"));
  struct finding *finding = finding_open(judge->out, &ENV_COUNTRY_UNKNOWN, "COUNTRY=%s ends EJ's start: it knows no such country.", shown);
  env_evidence(judge, finding, "COUNTRY", "brazil, argentina, chile... or nothing");
}

static void judge_debug(const struct env_judge *judge) {
  if (!env_view_is_true(judge->view, "DJANGO_DEBUG")) {
    env_passed(judge, &ENV_DEBUG_ON);
    return;
  }
  struct finding *finding = finding_open(judge->out, &ENV_DEBUG_ON, "DJANGO_DEBUG is on: errors show code and settings to everybody.");
  env_evidence(judge, finding, "DJANGO_DEBUG", "False");
}

/* --- hosts and paths ----------------------------------------------------------------------------------------------------------------- */

static bool is_public(const char *host) {
  bool letter = false, dot = false;
  size_t length = strcspn(host, ":");
  for (size_t i = 0; i < length; i++) {
    letter = letter || isalpha((unsigned char)host[i]);
    dot = dot || host[i] == '.';
  }
  return letter && dot && *host != '[';
}

static void judge_hosts(const struct env_judge *judge) {
  const char *host = judge->sight->host;
  if (judge->view->generation == 'C' || judge->view->later) return; /* their settings allow every host, whatever the environment says */
  const char *name = env_view_value(judge->view, "DJANGO_HOSTNAME");
  auto_strings char **hosts = env_read_list(env_view_value(judge->view, "DJANGO_ALLOWED_HOSTS"));
  bool any = strcmp(name, "*") == 0, listed = host && env_host_matches(name, host);
  for (char **item = hosts; *item; item++) {
    any = any || strcmp(*item, "*") == 0;
    listed = listed || (host && env_host_matches(*item, host));
  }
  if (any) {
    struct finding *finding =
        finding_open(judge->out, &ENV_HOSTS_ANY, "EJ answers to every host name: anybody can choose the one in its links and mails.");
    env_evidence(judge, finding, "DJANGO_ALLOWED_HOSTS", "the names that people use");
  } else {
    env_passed(judge, &ENV_HOSTS_ANY);
  }
  if (!host) return;
  if (listed) {
    env_passed(judge, &ENV_HOST_NOT_LISTED);
    return;
  }
  const char *colon = *host == '[' ? strstr(host, "]:") : strrchr(host, ':');
  auto_free char *bare = xstrndup(host, colon ? (size_t)(colon - host) + (*host == '[') : strlen(host));
  auto_free char *shown = env_show("", bare);
  struct finding *finding = finding_open(judge->out, &ENV_HOST_NOT_LISTED, "The site is reached as %s, which EJ answers with 400.", shown);
  env_evidence(judge, finding, "DJANGO_HOSTNAME", shown);
  env_evidence(judge, finding, "DJANGO_ALLOWED_HOSTS", NULL);
}

static void judge_admin(const struct env_judge *judge) {
  if (!judge->sight->host || !is_public(judge->sight->host)) return;
  const char *value = env_view_value(judge->view, "DJANGO_ADMIN_URL");
  const char *start = value + strspn(value, "/");
  size_t length = strcspn(start, "/");
  if (length != 0 && !(length == 5 && strncmp(start, "admin", 5) == 0)) {
    env_passed(judge, &ENV_ADMIN_URL);
    return;
  }
  struct finding *finding = finding_open(judge->out, &ENV_ADMIN_URL, "Django's administration is at /admin/, where everybody looks first.");
  env_evidence(judge, finding, "DJANGO_ADMIN_URL", "a path of your own");
}

static void judge_static(const struct env_judge *judge) {
  const char *url = env_view_value(judge->view, "DJANGO_STATIC_URL"), *root = env_view_value(judge->view, "DJANGO_STATIC_ROOT");
  bool moved = strcmp(url, "/static/") != 0;
  size_t length = strlen(root);
  while (length > 1 && root[length - 1] == '/') length--;
  auto_free char *folder = xstrndup(root, length);
  bool elsewhere = *folder && !text_ends(folder, "/local/static") && strcmp(folder, "local/static") != 0;
  if (!moved && !elsewhere) {
    env_passed(judge, &ENV_STATIC_MOVED);
    return;
  }
  struct finding *finding = finding_open(judge->out, &ENV_STATIC_MOVED, "Static files are %s nginx does not serve them from.",
                                         elsewhere ? translated("written to a folder that") : translated("looked for at a path that"));
  if (moved) env_evidence(judge, finding, "DJANGO_STATIC_URL", "/static/");
  if (elsewhere) env_evidence(judge, finding, "DJANGO_STATIC_ROOT", "no such line");
}

/* --- the file ------------------------------------------------------------------------------------------------------------------------ */

void env_judge_file(const struct env_judge *judge) {
  const struct env_sight *sight = judge->sight;
  if (!sight->view.file) return;
  if (sight->mode_known && sight->world_readable) {
    struct finding *finding =
        finding_open(judge->out, &ENV_FILE_READABLE, "%s can be read by every user of the machine.", sight->view.file_name);
    finding_evidence(finding, sight->view.file_name, "mode 600", "others may read it, and enter every folder above it");
  } else if (sight->mode_known) {
    finding_pass(judge->out, &ENV_FILE_READABLE);
  }
  if (sight->git == ENV_GIT_TRACKED) {
    struct finding *finding =
        finding_open(judge->out, &ENV_FILE_IN_GIT, "%s is under version control: its secrets go with every clone.", sight->view.file_name);
    finding_evidence(finding, sight->view.file_name, "outside of every repository, or ignored", "listed in the repository's index");
  } else if (sight->git == ENV_GIT_ABSENT) {
    finding_pass(judge->out, &ENV_FILE_IN_GIT);
  }
}

void env_judge_danger(const struct env_judge *judge) {
  judge_secret_key(judge);
  judge_database(judge);
  judge_environment(judge);
  judge_country(judge);
  judge_debug(judge);
  judge_hosts(judge);
  judge_admin(judge);
  judge_static(judge);
}
