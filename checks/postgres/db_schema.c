/* Judges EJ's tables and migrations from catalog rows; see db_schema.h. No SQL is run here. */
#include "checks/postgres/db_schema.h"

#include <stdlib.h>
#include <string.h>

#include "checks/postgres/db_codes.h"
#include "monitor/base/lang.h"

/* The table that shows that an app's first migration really ran. */
struct anchor {
  const char *app, *table;
};
static const struct anchor anchors[] = {
    {"ej_users", "ej_users_user"},
    {"ej_profiles", "ej_profiles_profile"},
    {"ej_conversations", "ej_conversations_conversation"},
    {"ej_conversations", "ej_conversations_comment"},
    {"ej_conversations", "ej_conversations_vote"},
    {"ej_boards", "ej_boards_board"},
    {"ej_clusters", "ej_clusters_clusterization"},
    {"ej_gamification", "ej_gamification_userprogress"},
    {"ej_rocketchat", "ej_rocketchat_rcconfig"},
    {"ej_rocketchat", "ej_rocketchat_rcaccount"},
    {"sites", "django_site"},
};

/* Migrations by the generation that brought them. B's database also has A's; C's list stands for itself, since its squashes are not known.
 */
struct known {
  char generation;
  const char *app, *name;
};
static const struct known known[] = {
    {'A', "ej_users", "0002_barbara_rc1"},
    {'A', "ej_profiles", "0002_barbara_rc1"},
    {'A', "ej_conversations", "0002_barbara_rc1"},
    {'A', "ej_boards", "0002_barbara_rc1"},
    {'A', "ej_clusters", "0002_barbara_rc1"},
    {'A', "ej_gamification", "0001_barbara_rc1"},
    {'A', "ej_rocketchat", "0003_barbara_api_url_validator"},
    {'A', "sites", "0003_set_site_domain_and_name"},
    {'B', "ej_profiles", "0003_barbara_change_state_max_length"},
    {'B', "ej_conversations", "0003_barbara_relax_moderator_field"},
    {'B', "ej_clusters", "0003_barbara_remove_clusterization_counters"},
    {'B', "ej_gamification", "0002_barbara_update_field_configurations"},
    {'B', "ej_rocketchat", "0005_auto_barbara_relax_uniqueness_constraint"},
    {'C', "ej_users", "0006_alter_user_signature"},
    {'C', "ej_profiles", "0005_profile_completed_tour"},
    {'C', "ej_conversations", "0019_alter_vote_channel"},
    {'C', "ej_boards", "0006_board_users_favorite"},
    {'C', "sites", "0006_alter_site_options"},
};

void db_schema_free(struct db_schema *schema) {
  for (size_t i = 0; i < schema->column_count; i++) {
    free(schema->columns[i].schema);
    free(schema->columns[i].table);
    free(schema->columns[i].column);
  }
  for (size_t i = 0; i < schema->migration_count; i++) {
    free(schema->migrations[i].app);
    free(schema->migrations[i].name);
  }
  free(schema->columns);
  free(schema->migrations);
  *schema = (struct db_schema){0};
}

const char *db_schema_sql(void) {
  /* By the catalog and not by to_regclass(): without USAGE on the schema that says NULL, as if the table did not exist. */
  return "SELECT n.nspname, c.relname, a.attname,"
         " pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')"
         " FROM (VALUES ('django_migrations', 'app'), ('django_migrations', 'name'), ('django_migrations', 'id'), ('django_session', 'expire_date'),"
         " ('django_site', 'domain'), ('ej_rocketchat_rcconfig', 'admin_password'), ('ej_rocketchat_rcconfig', 'admin_token'),"
         " ('ej_rocketchat_rcaccount', 'is_active'), ('auth_permission', 'codename'), ('auth_permission', 'id'),"
         " ('ej_users_user_user_permissions', 'permission_id'), ('auth_group_permissions', 'permission_id'), ('ej_users_user', 'id'), ('ej_users_user', 'email'),"
         " ('ej_users_user', 'is_superuser'), ('ej_users_user', 'is_active'), ('ej_rocketchat_rcconfig', 'id'), ('ej_rocketchat_rcconfig', 'url'),"
         " ('ej_rocketchat_rcconfig', 'api_url'), ('ej_rocketchat_rcconfig', 'is_active'), ('ej_rocketchat_rcaccount', 'id'),"
         " ('ej_profiles_profile', 'id'), ('ej_conversations_conversation', 'id'), ('ej_conversations_comment', 'id'),"
         " ('ej_conversations_vote', 'id'), ('ej_boards_board', 'id'), ('ej_clusters_clusterization', 'id'),"
         " ('ej_gamification_userprogress', 'id'), ('django_site', 'id')) AS wanted (t, c)"
         " JOIN pg_catalog.pg_class c ON c.relname = wanted.t AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
         " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
         " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = wanted.c"
         " ORDER BY n.nspname <> 'public', n.nspname LIMIT 200";
}

static const struct db_column *column_find(const struct db_schema *schema, const char *in, const char *table, const char *column) {
  for (size_t i = 0; i < schema->column_count; i++) {
    const struct db_column *row = &schema->columns[i];
    if (text_equal(row->table, table) && (!column || text_equal(row->column, column)) && (!in || text_equal(row->schema, in))) return row;
  }
  return NULL;
}

enum db_access db_schema_access(const struct db_schema *schema, const char *table, const char *const *columns, const char **ret_schema) {
  const struct db_column *first = column_find(schema, NULL, table, NULL);
  if (!first) return DB_ABSENT;
  if (ret_schema) *ret_schema = first->schema;
  for (; columns && *columns; columns++) {
    const struct db_column *row = column_find(schema, first->schema, table, *columns);
    if (row && !row->readable) return DB_FORBIDDEN;
    if (!row) return DB_ABSENT; /* some other program's table of that name */
  }
  return DB_READABLE;
}

bool db_schema_recorded(const struct db_schema *schema, const char *app, const char *name) {
  for (size_t i = 0; i < schema->migration_count; i++) {
    if (text_equal(schema->migrations[i].app, app) && (!name || text_equal(schema->migrations[i].name, name))) return true;
  }
  return false;
}

char db_schema_generation(const struct db_schema *schema) {
  char generation = 0;
  for (size_t i = 0; i < countof(known); i++) {
    if (known[i].generation > generation && db_schema_recorded(schema, known[i].app, known[i].name)) generation = known[i].generation;
  }
  return generation;
}

/* Is this row to be expected of that generation? Apps that were never migrated here (the integration off) are not. */
static bool is_expected(const struct db_schema *schema, const struct known *row, char generation) {
  if (generation == 'C' ? row->generation != 'C' : row->generation > generation) return false;
  if (strcmp(row->app, "ej_rocketchat") == 0) return db_schema_recorded(schema, row->app, NULL);
  return true;
}

static void judge_tables(const struct db_schema *schema, struct findings *findings) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < countof(anchors); i++) {
    if (!db_schema_recorded(schema, anchors[i].app, NULL) || column_find(schema, NULL, anchors[i].table, NULL)) continue;
    if (!finding)
      finding = finding_add(findings, &DB_TABLES_MISSING, "The table %s is missing, though its migration is recorded.", anchors[i].table);
    finding_evidence(finding, anchors[i].table, "a table", "no table; django_migrations has rows of %s", anchors[i].app);
  }
  if (!finding) finding_pass(findings, &DB_TABLES_MISSING);
}

void db_schema_judge_rows(const struct db_schema *schema, char generation, struct findings *findings) {
  char recorded = db_schema_generation(schema);
  if (generation && recorded > generation) {
    struct finding *ahead =
        finding_add(findings, &DB_MIGRATIONS_AHEAD,
                    "The database records migrations of generation %c, and EJ is configured as generation %c.", recorded, generation);
    finding_evidence(ahead, "the newest rows of django_migrations", (char[]){generation, '\0'}, "%c", recorded);
    finding_pass(findings, &DB_MIGRATIONS_PENDING);
    return;
  }
  char wanted = generation ? generation : recorded ? recorded : 'A';
  struct finding *finding = NULL;
  for (size_t i = 0; i < countof(known); i++) {
    if (!is_expected(schema, &known[i], wanted) || db_schema_recorded(schema, known[i].app, known[i].name)) continue;
    if (!finding) {
      finding = finding_add(findings, &DB_MIGRATIONS_PENDING, "Generation %c needs %s.%s, and the database does not record it.", wanted,
                            known[i].app, known[i].name);
    }
    auto_free char *what = text_format("%s.%s", known[i].app, known[i].name);
    finding_evidence(finding, what, "a row in django_migrations", "none");
  }
  if (!finding) finding_pass(findings, &DB_MIGRATIONS_PENDING);
}

void db_schema_judge_unrecorded(const struct db_schema *schema, char generation, struct findings *findings) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < findings->count; i++) {
    if (findings->items[i].code == &DB_MIGRATIONS_PENDING) finding = &findings->items[i];
  }
  for (size_t i = 0; i < countof(anchors); i++) {
    if (db_schema_recorded(schema, anchors[i].app, NULL) || !column_find(schema, NULL, anchors[i].table, NULL)) continue;
    if (generation == 'C' && strcmp(anchors[i].app, "ej_rocketchat") == 0) continue; /* left behind by B: C removed the app */
    if (!finding) {
      finding = finding_add(findings, &DB_MIGRATIONS_PENDING, "The table %s exists, but no migration of %s is recorded.", anchors[i].table,
                            anchors[i].app);
    }
    finding_evidence(finding, anchors[i].table, "rows of its app in django_migrations",
                     "none: the next start of web will fail with \"already exists\"");
  }
}

bool db_schema_judge(const struct db_schema *schema, struct findings *findings) {
  static const char *const apps[] = {"ej_users", "ej_conversations", "ej_profiles", "ej_boards"};
  bool used = false;
  for (size_t i = 0; i < countof(apps); i++) used = used || db_schema_recorded(schema, apps[i], NULL);
  if (!used && !column_find(schema, NULL, "ej_users_user", NULL)) {
    bool table = column_find(schema, NULL, "django_migrations", NULL);
    struct finding *finding = finding_add(findings, &DB_FRESH, "EJ's tables were never made in this database.");
    finding_evidence(finding, "django_migrations", "rows of ej_users, ej_conversations, ...", "%s",
                     table ? translated("none of them") : translated("no such table"));
    return false;
  }
  finding_pass(findings, &DB_FRESH);
  judge_tables(schema, findings);
  return true;
}

char *db_quote(const char *identifier) {
  struct text text = {0};
  text_add_char(&text, '"');
  for (; *identifier; identifier++) {
    if (*identifier == '"') text_add_char(&text, '"');
    text_add_char(&text, *identifier);
  }
  text_add_char(&text, '"');
  return text_steal(&text);
}
