/* The check of EJ's database: connects, measures, and reads what EJ's tables tell; it writes nothing and never reads a password or a token.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/ej/ej_generation.h"
#include "checks/option_sets.h"
#include "checks/postgres/db_codes.h"
#include "checks/postgres/db_schema.h"
#include "checks/postgres/db_tables.h"
#include "checks/postgres/db_web.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/database/pg.h"

#define SLOTS_OF_SUPERUSERS "superuser_reserved_connections"

struct config {
  char *url, *rocketchat, *generation, *site, *host, *app_root;
  struct place_options place;
  double slow;
  long connections_warn, connections_critical;
};

struct state {
  struct pg *pg; /* kept between probes */
  struct db_web web;
  bool known; /* the server was reached under its name once: a name that is gone since is that of a container that is gone */
};

struct probe {
  const struct config *config;
  struct state *state;
  struct findings *findings;
  struct db_schema schema;
  struct db_look look;
  char generation; /* of the configuration: 'A', 'B', 'C' or 0 */
  bool rows;       /* the recorded migrations could be read */
  bool fresh;      /* EJ's tables were never made */
  char *call;      /* where EJ calls Rocket.Chat, or NULL */
};

/* --- faults of the connection ------------------------------------------------------------------------------------------------------ */

/* The rungs of the ladder to a usable session: who falls at one has passed those below. */
static const struct code *const rungs[] = {
    &DB_NAME_UNKNOWN,         &DB_UNREACHABLE,     &DB_HUNG, &DB_STARTING, &DB_SCRAM_ITERATIONS, &DB_AUTH_FAILED,
    &DB_TOO_MANY_CONNECTIONS, &DB_MISSING_DATABASE};

static const struct code *const fault_codes[PG_FAULT_COUNT] = {
    [PG_FAULT_EJMON] = &DB_NO_CLIENT,
    [PG_FAULT_RESOLVE] = &DB_NAME_UNKNOWN,
    [PG_FAULT_CONNECT] = &DB_UNREACHABLE,
    [PG_FAULT_TLS] = &DB_UNREACHABLE,
    [PG_FAULT_PROTOCOL] = &DB_UNREACHABLE,
    [PG_FAULT_HUNG] = &DB_HUNG,
    [PG_FAULT_STARTING] = &DB_STARTING,
    [PG_FAULT_TOO_MANY] = &DB_TOO_MANY_CONNECTIONS,
    [PG_FAULT_AUTH] = &DB_AUTH_FAILED,
    [PG_FAULT_COSTLY] = &DB_SCRAM_ITERATIONS,
    [PG_FAULT_NO_DATABASE] = &DB_MISSING_DATABASE,
    [PG_FAULT_NO_PRIVILEGE] = &DB_NO_PRIVILEGE,
    [PG_FAULT_STATEMENT_TIMEOUT] = &DB_SLOW,
    [PG_FAULT_LOCKED] = &DB_LOCKED,
    [PG_FAULT_LOST] = &DB_UNREACHABLE,
};

static void pass_rungs_below(struct findings *findings, const struct code *code) {
  bool on_ladder = code == NULL;
  for (size_t i = 0; i < countof(rungs); i++) on_ladder = on_ladder || rungs[i] == code;
  for (size_t i = 0; on_ladder && i < countof(rungs) && rungs[i] != code; i++) {
    /* "Too many clients" may be said before the password is looked at. */
    if (code == &DB_TOO_MANY_CONNECTIONS && (rungs[i] == &DB_SCRAM_ITERATIONS || rungs[i] == &DB_AUTH_FAILED)) continue;
    finding_pass(findings, rungs[i]);
  }
}

/* Turns a fault into its finding. Returns what the probe returns: 0, or -errno when it was ejmon's own end. */
static int report_fault(struct probe *probe, int r, const struct pg_error *error, const char *doing) {
  if (r == -ECANCELED) return r;
  const struct code *code = fault_codes[error->fault];
  if (!code) code = &DB_QUERY_FAILED;
  if (code == &DB_NAME_UNKNOWN && probe->state->known) code = &DB_UNREACHABLE;
  pass_rungs_below(probe->findings, code == &DB_NO_PRIVILEGE ? NULL : code); /* CONNECT is refused on the last rung */
  const char *at = error->address ? error->address : translated("the address of the configuration");
  struct finding *finding =
      finding_add(probe->findings, code, "PostgreSQL at %s: %s.", at, error->message ? translated(error->message) : lang_error(-r));
  finding_evidence(finding, doing, NULL, "%s%s%s", pg_fault_layers[error->fault], *error->sqlstate ? ", SQLSTATE " : "", error->sqlstate);
  if (code == &DB_NO_PRIVILEGE && error->user && error->database) {
    auto_free char *role = db_quote(error->user), *database = db_quote(error->database);
    auto_free char *grant = text_format("GRANT CONNECT ON DATABASE %s TO %s;", database, role);
    finding_evidence(finding, "to run as the database's owner", grant, "no permission");
  }
  return 0;
}

/* --- the session ------------------------------------------------------------------------------------------------------------------- */

/* SELECT 1 over the kept connection, or over a new one: a kept one that broke says nothing about the server as it is now. */
static int open_session(struct probe *probe, double *ret_latency, struct pg_error *error) {
  for (int attempt = 0;; attempt++) {
    bool kept = probe->state->pg != NULL;
    if (!kept) {
      double start = loop_monotonic();
      int r = pg_connect(probe->config->url, &probe->state->pg, error);
      if (r < 0) return r;
      findings_measure(probe->findings, "connect", loop_monotonic() - start, "s");
    }
    auto_pg_rows struct pg_rows rows = {0};
    double start = loop_monotonic();
    int r = pg_query(probe->state->pg, "SELECT 1", &rows, error);
    *ret_latency = loop_monotonic() - start;
    if (r == 0) {
      probe->state->known = true;
      return 0;
    }
    pg_close(probe->state->pg);
    probe->state->pg = NULL;
    bool broken = r == -EIO && (error->fault == PG_FAULT_LOST || error->fault == PG_FAULT_STARTING);
    if (!kept || !broken || attempt > 0) return r;
    pg_error_free(error);
  }
}

static void judge_latency(struct probe *probe, double latency) {
  findings_measure(probe->findings, "latency", latency, "s");
  if (latency < probe->config->slow) {
    finding_pass(probe->findings, &DB_SLOW);
    return;
  }
  struct finding *finding = finding_add(probe->findings, &DB_SLOW, "PostgreSQL took %.1f s for SELECT 1.", latency);
  auto_free char *want = text_format(translated("below %g s"), probe->config->slow);
  finding_evidence(finding, "SELECT 1", want, "%.3f s", latency);
}

static void judge_connections(struct probe *probe, const struct pg_rows *rows) {
  long used = 0, most = 0, reserved = 0;
  if (text_to_long(pg_cell(rows, 0, 1), 0, 1000000, &used) < 0 || text_to_long(pg_cell(rows, 0, 2), 1, 1000000, &most) < 0 ||
      text_to_long(pg_cell(rows, 0, 3), 0, 1000000, &reserved) < 0 || most <= reserved) {
    return;
  }
  findings_measure(probe->findings, "connections", (double)used, "c");
  findings_measure(probe->findings, "connections-usable", (double)(most - reserved), "c");
  double percent = 100. * (double)used / (double)(most - reserved);
  if (percent < (double)probe->config->connections_warn) {
    finding_pass(probe->findings, &DB_CONNECTIONS_HIGH);
    return;
  }
  struct finding *finding = finding_add(probe->findings, &DB_CONNECTIONS_HIGH, "%ld of %ld usable connections are in use (%.0f %%).", used,
                                        most - reserved, percent);
  if (percent >= (double)probe->config->connections_critical) finding->severity = SEVERITY_CRITICAL;
  auto_free char *want = text_format(translated("below %ld %%"), probe->config->connections_warn);
  finding_evidence(finding, "client connections", want, "%ld, max_connections %ld, of these %ld kept for superusers", used, most, reserved);
}

/* Needs no privilege: counts and settings are open to every role. backend_type of others is hidden, so NULL counts. */
static int look_at_server(struct probe *probe, struct pg_error *error) {
  static const char sql[] =
      "SELECT pg_catalog.pg_is_in_recovery(),"
      " (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datid IS NOT NULL AND (backend_type IS NULL OR backend_type = 'client backend')),"
      " pg_catalog.current_setting('max_connections'), pg_catalog.current_setting('" SLOTS_OF_SUPERUSERS
      "'),"
      " pg_catalog.current_setting('server_version')";
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(probe->state->pg, sql, &rows, error);
  if (r < 0) return r;
  if (pg_is_true(&rows, 0, 0)) {
    struct finding *finding = finding_add(probe->findings, &DB_READ_ONLY, "The server is a standby: nothing can be written.");
    finding_evidence(finding, "pg_is_in_recovery()", "false", "true");
  } else {
    finding_pass(probe->findings, &DB_READ_ONLY);
  }
  judge_connections(probe, &rows);
  auto_free char *version = xstrndup(pg_cell(&rows, 0, 4), strcspn(pg_cell(&rows, 0, 4), " "));
  findings_fact(probe->findings, "postgres", version);
  return 0;
}

/* --- EJ's tables -----------------------------------------------------------------------------------------------------------------------
 */

static int read_columns(struct probe *probe, struct pg_error *error) {
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(probe->state->pg, db_schema_sql(), &rows, error);
  for (size_t i = 0; r == 0 && i < rows.count; i++) {
    struct db_column *column = array_push(&probe->schema.columns, &probe->schema.column_count, sizeof *column);
    *column = (struct db_column){xstrdup(pg_cell(&rows, i, 0)), xstrdup(pg_cell(&rows, i, 1)), xstrdup(pg_cell(&rows, i, 2)),
                                 pg_is_true(&rows, i, 3)};
  }
  return r;
}

/* The configured generation, or what the rows say. */
static char generation_of(const struct probe *probe) {
  return probe->generation ? probe->generation : db_schema_generation(&probe->schema);
}

static int read_migrations(struct probe *probe, bool *ret_readable, struct pg_error *error) {
  static const char *const columns[] = {"app", "name", NULL}, *const order[] = {"id", NULL};
  const char *schema = NULL;
  enum db_access access = db_schema_access(&probe->schema, "django_migrations", columns, &schema);
  *ret_readable = access != DB_FORBIDDEN;
  if (access == DB_FORBIDDEN) db_look_forbidden(&probe->look, schema, "django_migrations", "app, name, id");
  if (access != DB_READABLE) return 0;
  bool ordered = db_schema_access(&probe->schema, "django_migrations", order, NULL) == DB_READABLE;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format(
      "SELECT left(app, 100), left(name, 200), %s FROM %s.django_migrations"
      " WHERE app LIKE 'ej\\_%%' OR app = 'sites' LIMIT 1000",
      ordered ? "id" : "0", in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(probe->state->pg, sql, &rows, error);
  for (size_t i = 0; r == 0 && i < rows.count; i++) {
    struct db_migration *row = array_push(&probe->schema.migrations, &probe->schema.migration_count, sizeof *row);
    *row = (struct db_migration){xstrdup(pg_cell(&rows, i, 0)), xstrdup(pg_cell(&rows, i, 1)), 0};
    if (text_to_long(pg_cell(&rows, i, 2), 0, 1000000000, &row->order) < 0) row->order = 0;
  }
  return r;
}

/* --- migrations and generation -------------------------------------------------------------------------------------------------------- */

/* What tells which EJ this is; the configuration's word is weighed elsewhere. */
static void tell_generation(struct probe *probe) {
  static const char *const what[] = {translatable("the last ones of A, and none of B"), translatable("B's"), translatable("C's")};
  char recorded = db_schema_generation(&probe->schema);
  if (recorded) {
    auto_free char *clue = text_format("%c: %s", recorded, translated(what[recorded - 'A']));
    findings_fact(probe->findings, EJ_CLUE_DATABASE, clue);
  }
  const struct db_image *image = &probe->state->web.image;
  auto_free char *container = ej_clue_of_marks(image->marks);
  auto_free char *names = ej_clue_of_names(image->names);
  const char *line = ej_line_of_marks(image->marks);
  if (!line && recorded == 'B' && db_schema_recorded(&probe->schema, "ej_tools", NULL)) line = EJ_LINE_LATER_B;
  if (container) findings_fact(probe->findings, EJ_CLUE_CONTAINER, container);
  if (names) findings_fact(probe->findings, EJ_CLUE_ENVIRONMENT, names);
  if (line) findings_fact(probe->findings, EJ_CLUE_LINE, line);
}

static int look_at_migrations(struct probe *probe, struct pg_error *error) {
  int r = read_migrations(probe, &probe->rows, error);
  if (r < 0) return r;
  probe->look.generation = generation_of(probe);
  probe->fresh = probe->rows && !db_schema_judge(&probe->schema, probe->findings);
  return 0;
}

/* The last of all, with the time that is left: a look into web may be slow where web is, and must not cost what the database tells. */
static int look_at_web(struct probe *probe) {
  const struct config *config = probe->config;
  struct db_web *web = &probe->state->web;
  bool judged = probe->rows && !probe->fresh;
  const struct db_web_question question = {.place = place_of(&config->place, "web"),
                                           .app_root = config->app_root,
                                           .call = probe->call,
                                           .schema = judged ? &probe->schema : NULL};
  int r = db_web_look(web, &question, probe->findings);
  if (r < 0) return r;
  tell_generation(probe);
  if (!judged) return 0;
  if (!web->answered || (web->looked > 0 && web->image.file_count == 0))
    db_schema_judge_rows(&probe->schema, probe->generation, probe->findings);
  db_schema_judge_unrecorded(&probe->schema, generation_of(probe), probe->findings);
  return 0;
}

/* --- the probe --------------------------------------------------------------------------------------------------------------------- */

/* A statement failed in the middle. Refused, locked or slow ones leave the session usable; the rest is a fault of the connection. */
static int statement_failed(struct probe *probe, int r, const struct pg_error *error) {
  bool usable = r == -EIO && error->fault != PG_FAULT_LOST && error->fault != PG_FAULT_STARTING;
  if (!usable) {
    pg_close(probe->state->pg);
    probe->state->pg = NULL;
  }
  return report_fault(probe, r, error, translated("query"));
}

static int look(struct probe *probe) {
  auto_pg_error struct pg_error error = {0};
  double latency = 0;
  int r = open_session(probe, &latency, &error);
  if (r < 0) return report_fault(probe, r, &error, translated("session"));
  pass_rungs_below(probe->findings, NULL);
  finding_pass(probe->findings, &DB_NO_CLIENT);
  judge_latency(probe, latency);
  probe->look = (struct db_look){.pg = probe->state->pg,
                                 .schema = &probe->schema,
                                 .findings = probe->findings,
                                 .rocketchat = probe->config->rocketchat,
                                 .site = probe->config->site,
                                 .host = probe->config->host};
  r = look_at_server(probe, &error);
  if (r == 0) r = read_columns(probe, &error);
  if (r == 0) r = look_at_migrations(probe, &error);
  if (r == 0 && !probe->fresh) r = db_look_at_users(&probe->look, &error);
  if (r == 0 && !probe->fresh) r = db_look_at_sessions(&probe->look, &error);
  if (r == 0 && !probe->fresh) r = db_look_at_site(&probe->look, &error);
  if (r == 0 && !probe->fresh) r = db_look_at_rocketchat(&probe->look, &error);
  if (r == 0 && !probe->fresh) r = db_look_at_rocket_call(&probe->look, &probe->call, &error);
  if (r < 0) return statement_failed(probe, r, &error);
  finding_pass(probe->findings, &DB_QUERY_FAILED);
  finding_pass(probe->findings, &DB_LOCKED);
  finding_pass(probe->findings, &DB_NO_PRIVILEGE);
  return look_at_web(probe);
}

static int probe_postgres(const void *config, void **state, struct findings *findings) {
  if (!*state) *state = xcalloc(1, sizeof(struct state));
  struct probe probe = {.config = config, .state = *state, .findings = findings};
  const char *generation = probe.config->generation;
  if (generation && strlen(generation) == 1) probe.generation = generation[0];
  int r = look(&probe);
  db_schema_free(&probe.schema);
  free(probe.call);
  return r;
}

static void forget_postgres(void *state) {
  struct state *mine = state;
  if (!mine) return;
  pg_close(mine->pg);
  db_web_free(&mine->web);
  free(mine);
}

static const char *const schemes[] = {"postgresql", "postgres", NULL};
static const struct option options[] = {
    {OPTION(struct config, url, DSN, "{postgres}",
            "the database, postgresql://user@host:5432/name; a role of ejmon's own needs only the grants that db/no-privilege names"),
     .choices = schemes, .required = true},
    {OPTION(struct config, rocketchat, ORIGIN, "{rocketchat}",
            "Rocket.Chat's public origin, which EJ's active row must name; unset: the stack has no Rocket.Chat")},
    {OPTION(struct config, slow, DURATION, "1s", "how long SELECT 1 may take")},
    {OPTION(struct config, connections_warn, INTEGER, "80",
            "percent of the usable connections in use from which db/connections-high warns"),
     .low = 1, .high = 100},
    {OPTION(struct config, connections_critical, INTEGER, "95", "the same, from which it fails"), .low = 1, .high = 100},
    {OPTION(struct config, generation, CHOICE, "{generation}",
            "EJ's generation, whose migrations the database must record; auto: as its newest rows say"),
     .choices = generation_choices},
    {OPTION(struct config, site, URL, "{site}", "the site as people type it, which the domain in the database should name")},
    {OPTION(struct config, host, STRING, "{host}", "EJ's public name, when the site's address is an inner one.")},
    PLACE_OPTIONS(struct config, "web", "command",
                  "the Docker Engine's socket, to look at web's migration files and for an SQLite file in it"),
    {OPTION(struct config, app_root, PATH, "{app_root}", "EJ's folder as web sees it; /app, /ej-application and /ej-server are tried too")},
};

const struct check_kind check_postgres = {
    .name = "postgres",
    .summary = translatable(
        "EJ's database: session, latency, connections, migrations, accounts, sessions, Rocket.Chat rows; is it the one that EJ uses?"),
    .needs = "postgres",
    .options = options,
    .option_count = countof(options),
    .config_size = sizeof(struct config),
    .target = "url",
    .codes = db_codes,
    .probe = probe_postgres,
    .forget = forget_postgres,
};
