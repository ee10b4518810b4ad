/* What EJ's tables and migrations tell: generation, a fresh database, missing tables, pending migrations, grants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/postgres/db_codes.h"
#include "checks/postgres/db_schema.h"
#include "checks/postgres/db_tables.h"

static const char *const tables[] = {
    "django_migrations",     "ej_users_user",   "ej_profiles_profile",        "ej_conversations_conversation", "ej_conversations_comment",
    "ej_conversations_vote", "ej_boards_board", "ej_clusters_clusterization", "ej_gamification_userprogress",  "django_site"};
struct row {
  const char *app, *name;
};
/* A fresh install of generation A; the fourth is a row without a file, which is no fault (correction 8). */
static const struct row rows_a[] = {{"ej_users", "0002_barbara_rc1"},         {"ej_profiles", "0002_barbara_rc1"},
                                    {"ej_conversations", "0002_barbara_rc1"}, {"ej_users", "0001_first_migration"},
                                    {"ej_boards", "0002_barbara_rc1"},        {"ej_clusters", "0002_barbara_rc1"},
                                    {"ej_gamification", "0001_barbara_rc1"},  {"sites", "0003_set_site_domain_and_name"}};

static void column_put(struct db_schema *schema, const char *table, const char *column, bool readable) {
  struct db_column *row = array_push(&schema->columns, &schema->column_count, sizeof *row);
  *row = (struct db_column){xstrdup("public"), xstrdup(table), xstrdup(column), readable};
}

static void row_put(struct db_schema *schema, const char *app, const char *name) {
  struct db_migration *row = array_push(&schema->migrations, &schema->migration_count, sizeof *row);
  *row = (struct db_migration){xstrdup(app), xstrdup(name), 0};
}

static void fill_a(struct db_schema *schema, const char *table_left_out, const char *row_left_out) {
  for (size_t i = 0; i < countof(tables); i++) {
    if (!text_equal(tables[i], table_left_out)) column_put(schema, tables[i], "id", true);
  }
  for (size_t i = 0; i < countof(rows_a); i++) {
    if (!text_equal(rows_a[i].app, row_left_out)) row_put(schema, rows_a[i].app, rows_a[i].name);
  }
}

/* As the check does without a way into web. */
static bool judge(const struct db_schema *schema, char generation, struct findings *findings) {
  bool go_on = db_schema_judge(schema, findings);
  if (go_on) db_schema_judge_rows(schema, generation, findings);
  if (go_on) db_schema_judge_unrecorded(schema, generation, findings);
  return go_on;
}

static void a_healthy_generation_a_passes(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  fill_a(&schema, NULL, NULL);
  assert_int_equal(db_schema_generation(&schema), 'A');
  assert_true(judge(&schema, 0, &findings));
  assert_int_equal(findings.count, 0);
  assert_true(findings_passed(&findings, "db/migrations-pending") && findings_passed(&findings, "db/tables-missing") &&
              findings_passed(&findings, "db/fresh"));
  findings_free(&findings);
  db_schema_free(&schema);
}

static void an_empty_database_is_fresh_and_nothing_else(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  assert_false(judge(&schema, 0, &findings));
  assert_int_equal(findings.count, 1);
  assert_ptr_equal(findings.items[0].code, &DB_FRESH);
  findings_free(&findings);
}

static void a_recorded_table_that_is_gone_is_named(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  fill_a(&schema, "ej_boards_board", NULL);
  assert_true(judge(&schema, 0, &findings));
  assert_non_null(findings_find(&findings, "db/tables-missing"));
  findings_free(&findings);
  db_schema_free(&schema);
}

static void a_half_migrated_b_is_pending_and_an_a_is_when_b_was_asked_for(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  fill_a(&schema, NULL, NULL);
  assert_true(judge(&schema, 'B', &findings));
  assert_int_equal(findings_find(&findings, "db/migrations-pending")->evidence_count, 4);
  findings_free(&findings);
  findings = (struct findings){0};
  row_put(&schema, "ej_profiles", "0003_barbara_change_state_max_length");
  assert_int_equal(db_schema_generation(&schema), 'B');
  assert_true(judge(&schema, 0, &findings));
  assert_int_equal(findings_find(&findings, "db/migrations-pending")->evidence_count, 3);
  findings_free(&findings);
  db_schema_free(&schema);
}

static void rows_of_a_later_generation_than_the_configured_one_are_ahead(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  fill_a(&schema, NULL, NULL);
  row_put(&schema, "ej_rocketchat", "0005_auto_barbara_relax_uniqueness_constraint");
  assert_true(judge(&schema, 'A', &findings));
  assert_non_null(findings_find(&findings, "db/migrations-ahead"));
  assert_true(findings_passed(&findings, "db/migrations-pending"));
  findings_free(&findings);
  db_schema_free(&schema);
}

static void a_table_without_any_row_of_its_app_is_pending_because_the_next_start_fails(void **state) {
  (void)state;
  struct db_schema schema = {0};
  struct findings findings = {0};
  fill_a(&schema, NULL, "ej_gamification");
  assert_true(judge(&schema, 0, &findings));
  const struct finding *finding = findings_find(&findings, "db/migrations-pending");
  assert_non_null(finding);
  assert_int_equal(finding->evidence_count, 2);
  findings_free(&findings);
  db_schema_free(&schema);
}

static void what_may_not_be_read_differs_from_what_is_not_there(void **state) {
  (void)state;
  static const char *const columns[] = {"url", "is_active", NULL};
  struct db_schema schema = {0};
  const char *in = NULL;
  assert_int_equal(db_schema_access(&schema, "t", columns, &in), DB_ABSENT);
  column_put(&schema, "t", "url", false);
  column_put(&schema, "t", "is_active", true);
  assert_int_equal(db_schema_access(&schema, "t", columns, &in), DB_FORBIDDEN);
  assert_string_equal(in, "public");
  schema.columns[0].readable = true;
  assert_int_equal(db_schema_access(&schema, "t", columns, &in), DB_READABLE);
  db_schema_free(&schema);
}

static void sessions_are_bloated_by_their_number_and_beside_the_live_ones(void **state) {
  (void)state;
  assert_false(db_sessions_are_bloated(0, 0));
  assert_false(db_sessions_are_bloated(9999, 0));
  assert_true(db_sessions_are_bloated(10000, 0));
  assert_true(db_sessions_are_bloated(50000, 5000));
  assert_false(db_sessions_are_bloated(50000, 5001)); /* a busy site */
}

static void names_are_quoted_for_sql(void **state) {
  (void)state;
  char *quoted = db_quote("a\"b; DROP");
  assert_string_equal(quoted, "\"a\"\"b; DROP\"");
  free(quoted);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_healthy_generation_a_passes),
      cmocka_unit_test(an_empty_database_is_fresh_and_nothing_else),
      cmocka_unit_test(a_recorded_table_that_is_gone_is_named),
      cmocka_unit_test(a_half_migrated_b_is_pending_and_an_a_is_when_b_was_asked_for),
      cmocka_unit_test(rows_of_a_later_generation_than_the_configured_one_are_ahead),
      cmocka_unit_test(a_table_without_any_row_of_its_app_is_pending_because_the_next_start_fails),
      cmocka_unit_test(what_may_not_be_read_differs_from_what_is_not_there),
      cmocka_unit_test(sessions_are_bloated_by_their_number_and_beside_the_live_ones),
      cmocka_unit_test(names_are_quoted_for_sql),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
