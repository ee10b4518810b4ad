/* Reads EJ's tables for the postgres check; see db_tables.h. */
#include "checks/postgres/db_tables.h"

#include <stdlib.h>
#include <string.h>

#include "checks/postgres/db_codes.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

/* Expired rows are EJ's normal state, since nothing purges them; these numbers are far beyond a busy month, and still cheap to purge. */
#define SESSIONS_EXPIRED_MANY 10000
#define SESSIONS_EXPIRED_PER_LIVE 10

#define SESSIONS_COUNT_LIMIT 100000 /* rows counted of each sort: an index scan of some 10 ms */

#define DOMAIN_OF_THE_MIGRATION "ejplatform.org.br"
#define PASSWORD_OF_THE_MIGRATION "password1234" /* published: EJ contract section 6 */

/* One "no privilege" finding collects all the grants that are missing. */
void db_look_forbidden(const struct db_look *look, const char *schema, const char *table, const char *columns) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < look->findings->count; i++) {
    if (look->findings->items[i].code == &DB_NO_PRIVILEGE) finding = &look->findings->items[i];
  }
  auto_free char *role = db_quote(pg_user(look->pg)), *in = db_quote(schema);
  if (!finding) {
    finding = finding_add(look->findings, &DB_NO_PRIVILEGE, "The role %s may not read what ejmon has to look at.", role);
    auto_free char *usage = text_format("GRANT USAGE ON SCHEMA %s TO %s;", in, role);
    finding_evidence(finding, "to run as the owner of the schema", usage, "needed with the others if it was never granted");
  }
  auto_free char *grant = text_format("GRANT SELECT (%s) ON %s.%s TO %s;", columns, in, table, role);
  finding_evidence(finding, table, grant, "no permission to read");
}

int db_look_at_users(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"email", "is_superuser", "is_active", NULL};
  const char *schema = NULL;
  enum db_access access = db_schema_access(look->schema, "ej_users_user", columns, &schema);
  if (access == DB_FORBIDDEN) db_look_forbidden(look, schema, "ej_users_user", "email, is_superuser, is_active");
  if (access != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format(
      "SELECT EXISTS (SELECT FROM %s.ej_users_user WHERE is_superuser AND is_active), email, is_superuser FROM (VALUES (1)) AS one"
      " LEFT JOIN (SELECT email, is_superuser FROM %s.ej_users_user WHERE email IN ('admin@admin.com', 'user@user.com') AND is_active) AS fake ON true LIMIT 10",
      in, in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r < 0) return r;
  if (pg_is_true(&rows, 0, 0)) {
    finding_pass(look->findings, &DB_NO_SUPERUSER);
  } else {
    struct finding *finding =
        finding_add(look->findings, &DB_NO_SUPERUSER, "There is no active superuser: nobody can administer the site.");
    finding_evidence(finding, "ej_users_user", "one row at least that is is_superuser and is_active", "none");
  }
  if (!*pg_cell(&rows, 0, 1)) {
    finding_pass(look->findings, &DB_FAKE_ACCOUNTS);
    return 0;
  }
  struct finding *finding =
      finding_add(look->findings, &DB_FAKE_ACCOUNTS, "Accounts of the demonstration data are active: their passwords are published.");
  for (size_t i = 0; i < rows.count; i++) {
    bool superuser = pg_is_true(&rows, i, 2);
    if (superuser) finding->severity = SEVERITY_CRITICAL;
    finding_evidence(finding, pg_cell(&rows, i, 1), "no such account, or its password changed", "active%s",
                     superuser ? translated(", superuser") : "");
  }
  return 0;
}

/* --- sessions, the site -------------------------------------------------------------------------------------------------------------- */

bool db_sessions_are_bloated(long expired, long live) {
  return expired >= SESSIONS_EXPIRED_MANY && expired >= SESSIONS_EXPIRED_PER_LIVE * live;
}

/* Counted through the index on expire_date, and never further than SESSIONS_COUNT_LIMIT. */
int db_look_at_sessions(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"expire_date", NULL};
  const char *schema = NULL;
  enum db_access access = db_schema_access(look->schema, "django_session", columns, &schema);
  /* Housekeeping: a role that may read all the rest is not called blind for it, one that lacks grants anyway is told of this one too. */
  if (access == DB_FORBIDDEN && findings_find(look->findings, DB_NO_PRIVILEGE.name))
    db_look_forbidden(look, schema, "django_session", "expire_date");
  if (access != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format(
      "SELECT (SELECT count(*) FROM (SELECT FROM %s.django_session WHERE expire_date < now() LIMIT %d) AS expired),"
      " (SELECT count(*) FROM (SELECT FROM %s.django_session WHERE expire_date >= now() LIMIT %d) AS live)",
      in, SESSIONS_COUNT_LIMIT, in, SESSIONS_COUNT_LIMIT);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r < 0) return r;
  long expired = 0, live = 0;
  if (text_to_long(pg_cell(&rows, 0, 0), 0, SESSIONS_COUNT_LIMIT, &expired) < 0 ||
      text_to_long(pg_cell(&rows, 0, 1), 0, SESSIONS_COUNT_LIMIT, &live) < 0) {
    return 0;
  }
  findings_measure(look->findings, "sessions-expired", (double)expired, "c");
  findings_measure(look->findings, "sessions-live", (double)live, "c");
  if (!db_sessions_are_bloated(expired, live)) {
    finding_pass(look->findings, &DB_SESSIONS_BLOATED);
    return 0;
  }
  const char *more = expired == SESSIONS_COUNT_LIMIT ? translated("at least ") : "";
  struct finding *finding = finding_add(look->findings, &DB_SESSIONS_BLOATED,
                                        "%s%ld expired sessions stand beside %ld live ones; nothing purges them.", more, expired, live);
  auto_free char *want =
      text_format(translated("fewer than %d, or %d for each live one"), SESSIONS_EXPIRED_MANY, SESSIONS_EXPIRED_PER_LIVE);
  finding_evidence(finding, "django_session, expired", want, "%s%ld", more, expired);
  return 0;
}

int db_look_at_site(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"domain", NULL};
  const char *schema = NULL;
  if (db_schema_access(look->schema, "django_site", columns, &schema) != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql =
      text_format("SELECT EXISTS (SELECT FROM %s.django_site WHERE id = 1 AND domain = '" DOMAIN_OF_THE_MIGRATION "')", in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r < 0) return r;
  bool own = (look->site && strstr(look->site, DOMAIN_OF_THE_MIGRATION)) || (look->host && strstr(look->host, DOMAIN_OF_THE_MIGRATION));
  if (!pg_is_true(&rows, 0, 0) || own) {
    finding_pass(look->findings, &DB_SITE_DOMAIN);
    return 0;
  }
  struct finding *finding = finding_add(look->findings, &DB_SITE_DOMAIN, "EJ takes its own domain for %s: links in its e-mails lead there.",
                                        DOMAIN_OF_THE_MIGRATION);
  finding_evidence(finding, "django_site id 1, domain", "the name that people type", DOMAIN_OF_THE_MIGRATION);
  return 0;
}

/* --- EJ's Rocket.Chat rows --------------------------------------------------------------------------------------------------------- */

static void judge_row_url(const struct db_look *look, const struct pg_rows *rows) {
  auto_free char *origin = look->rocketchat ? http_origin(look->rocketchat) : NULL;
  if (!origin) return;
  const char *url = pg_cell(rows, 0, 1);
  if (strcmp(url, origin) == 0) {
    finding_pass(look->findings, &DB_ROCKET_ROW_DIFFERS);
    return;
  }
  auto_free char *other = http_origin(url);
  bool only_form = other && strcmp(other, origin) == 0;
  struct finding *finding =
      finding_add(look->findings, &DB_ROCKET_ROW_DIFFERS,
                  only_form ? translatable("EJ's active Rocket.Chat row is written as %s, which no browser sends as an origin.")
                            : translatable("EJ's active Rocket.Chat row names %s, which is not Rocket.Chat's address."),
                  url);
  finding_evidence(finding, "ej_rocketchat_rcconfig.url", origin, "%s", url);
  finding_evidence(finding, "ej_rocketchat_rcconfig.id", NULL, "%s", pg_cell(rows, 0, 0));
}

static void judge_rows(const struct db_look *look, const struct pg_rows *rows) {
  if (rows->count >= 2) {
    struct finding *finding =
        finding_add(look->findings, &DB_ROCKET_ROWS_MANY,
                    "%zu Rocket.Chat configurations are active; EJ answers 500 everywhere when there are two.", rows->count);
    if (!look->rocketchat) finding->severity = SEVERITY_WARNING; /* they fail once the integration is on */
    for (size_t i = 0; i < rows->count; i++) {
      auto_free char *what = text_format("ej_rocketchat_rcconfig id %s", pg_cell(rows, i, 0));
      finding_evidence(finding, what, i == 0 ? translatable("one active row") : NULL, "%s", pg_cell(rows, i, 1));
    }
    return;
  }
  finding_pass(look->findings, &DB_ROCKET_ROWS_MANY);
  if (rows->count == 1) {
    finding_pass(look->findings, &DB_ROCKET_NO_ROW);
    judge_row_url(look, rows);
  } else if (look->rocketchat) {
    struct finding *finding = finding_add(look->findings, &DB_ROCKET_NO_ROW, "EJ has no active Rocket.Chat configuration.");
    /* Generation B and later builds may take everything from the environment, which the database does not show. */
    if (look->generation != 'A') finding->severity = SEVERITY_INFO;
    finding_evidence(finding, "ej_rocketchat_rcconfig", "one active row, or the five EJ_ROCKETCHAT_* variables of generation B",
                     "no active row");
  }
}

/* Compared in the server; ejmon asks nobody to let it read this column, and looks only where it may anyway. */
static int look_at_password(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"admin_password", "is_active", NULL};
  const char *schema = NULL;
  if (db_schema_access(look->schema, "ej_rocketchat_rcconfig", columns, &schema) != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format("SELECT coalesce(bool_or(admin_password = '" PASSWORD_OF_THE_MIGRATION
                                    "'), false),"
                                    " coalesce(bool_or(admin_password <> ''), false) FROM %s.ej_rocketchat_rcconfig WHERE is_active",
                                    in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r < 0) return r;
  if (pg_is_true(&rows, 0, 0)) {
    struct finding *finding = finding_add(look->findings, &DB_ROCKET_PASSWORD_DEFAULT,
                                          "EJ would log in to Rocket.Chat with the password that its migration wrote.");
    finding_evidence(finding, "ej_rocketchat_rcconfig.admin_password", "the real one, or empty", "the published default");
    return 0;
  }
  finding_pass(look->findings, &DB_ROCKET_PASSWORD_DEFAULT);
  if (pg_is_true(&rows, 0, 1)) {
    struct finding *finding =
        finding_add(look->findings, &DB_ROCKET_PASSWORD_CLEAR, "Rocket.Chat's administrator's password stands in clear in EJ's database.");
    finding_evidence(finding, "ej_rocketchat_rcconfig.admin_password", NULL, "not empty");
  } else {
    finding_pass(look->findings, &DB_ROCKET_PASSWORD_CLEAR);
  }
  return 0;
}

/* Does anybody hold can_create_account? Where the tables of permissions may not be read: not known, which counts as yes. */
static int look_at_permission(const struct db_look *look, bool *ret_held, struct pg_error *error) {
  static const char *const codename[] = {"codename", "id", NULL}, *const link[] = {"permission_id", NULL};
  const char *schema = NULL;
  *ret_held = true;
  if (db_schema_access(look->schema, "auth_permission", codename, &schema) != DB_READABLE ||
      db_schema_access(look->schema, "ej_users_user_user_permissions", link, NULL) != DB_READABLE ||
      db_schema_access(look->schema, "auth_group_permissions", link, NULL) != DB_READABLE) {
    return 0;
  }
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format(
      "SELECT EXISTS (SELECT FROM %s.auth_permission p WHERE codename = 'can_create_account' AND"
      " (EXISTS (SELECT FROM %s.ej_users_user_user_permissions u WHERE u.permission_id = p.id) OR"
      " EXISTS (SELECT FROM %s.auth_group_permissions g WHERE g.permission_id = p.id)))",
      in, in, in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r == 0) *ret_held = pg_is_true(&rows, 0, 0);
  return r;
}

static int look_at_accounts(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"is_active", NULL};
  const char *schema = NULL;
  if (db_schema_access(look->schema, "ej_rocketchat_rcaccount", columns, &schema) != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format("SELECT EXISTS (SELECT FROM %s.ej_rocketchat_rcaccount WHERE is_active)", in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r < 0) return r;
  bool held = pg_is_true(&rows, 0, 0);
  if (!held) r = look_at_permission(look, &held, error);
  if (r < 0) return r;
  if (held) {
    finding_pass(look->findings, &DB_ROCKET_NO_ACCOUNTS);
    return 0;
  }
  struct finding *finding = finding_add(look->findings, &DB_ROCKET_NO_ACCOUNTS,
                                        "Nobody but superusers may log in to Rocket.Chat: the permission was never granted.");
  finding_evidence(finding, "ej_rocketchat_rcaccount", "active rows", "none");
  finding_evidence(finding, "can_create_account", "held by a user or a group", "held by nobody");
  return 0;
}

int db_look_at_rocketchat(const struct db_look *look, struct pg_error *error) {
  static const char *const columns[] = {"id", "url", "is_active", NULL};
  const char *schema = NULL;
  if (look->generation == 'C') return 0; /* removed; old tables stay behind and mean nothing */
  enum db_access access = db_schema_access(look->schema, "ej_rocketchat_rcconfig", columns, &schema);
  if (access == DB_FORBIDDEN) {
    finding_pass(look->findings, &DB_ROCKET_TABLES_MISSING);
    db_look_forbidden(look, schema, "ej_rocketchat_rcconfig", "id, url, is_active");
    return 0;
  }
  if (access == DB_ABSENT) {
    if (!look->rocketchat) return 0; /* not part of this stack: the tables are rightly absent */
    struct finding *finding =
        finding_add(look->findings, &DB_ROCKET_TABLES_MISSING, "The tables of the Rocket.Chat integration were never made.");
    finding_evidence(finding, "ej_rocketchat_rcconfig", "a table", "no such table");
    return 0;
  }
  finding_pass(look->findings, &DB_ROCKET_TABLES_MISSING);
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format("SELECT id, left(url, 500) FROM %s.ej_rocketchat_rcconfig WHERE is_active ORDER BY id LIMIT 10", in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r == 0) judge_rows(look, &rows);
  if (r == 0) r = look_at_password(look, error);
  if (r == 0 && rows.count == 1) r = look_at_accounts(look, error);
  return r;
}

int db_look_at_rocket_call(const struct db_look *look, char **ret_url, struct pg_error *error) {
  static const char *const columns[] = {"url", "api_url", "is_active", NULL};
  const char *schema = NULL;
  *ret_url = NULL;
  if (look->generation == 'C' || !look->rocketchat) return 0;
  if (db_schema_access(look->schema, "ej_rocketchat_rcconfig", columns, &schema) != DB_READABLE) return 0;
  auto_free char *in = db_quote(schema);
  auto_free char *sql = text_format(
      "SELECT left(coalesce(nullif(api_url, ''), url), 500), coalesce(api_url, '') = '' FROM %s.ej_rocketchat_rcconfig"
      " WHERE is_active LIMIT 2",
      in);
  auto_pg_rows struct pg_rows rows = {0};
  int r = pg_query(look->pg, sql, &rows, error);
  if (r == 0 && rows.count == 0) finding_pass(look->findings, &DB_ROCKET_OUT_OF_REACH);
  if (r < 0 || rows.count != 1) return r;
  const char *url = pg_cell(&rows, 0, 0);
  if (pg_is_true(&rows, 0, 1) && findings_find(look->findings, DB_ROCKET_ROW_DIFFERS.name)) return 0; /* that is said already */
  if (*url && !strchr(url, '@')) *ret_url = xstrdup(url); /* one with a password is not handed on: it would stand in an argument */
  return 0;
}
