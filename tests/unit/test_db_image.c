/* What the program in web says is read with care, and the image's migrations are held against the rows as Django itself does it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/postgres/db_codes.h"
#include "checks/postgres/db_image.h"

#define FILES                                                                                                                         \
  "[\"ej_users\",\"0001_ada\",[[\"ej_users\",\"0001_first\"],[\"ej_users\",\"0002_names\"]]],[\"ej_users\",\"0002_barbara_rc1\",[]]," \
  "[\"ej_rocketchat\",\"0001_initial\",[]]"
static const char healthy[] = "PATH /app/lib/themes/cpa/assets True\n\nEJMON {\"files\":[" FILES
                              "],\"root\":\"/app\",\"engine\":"
                              "\"postgresql\",\"why\":\"DJANGO_DB_URL begins with psql\",\"sqlite\":null,\"marks\":[\"tasks\"]}\n";

struct row {
  const char *app, *name;
};

static struct db_schema schema;
static struct db_image image;
static struct findings findings;

static int clean(void **state) {
  (void)state;
  db_schema_free(&schema);
  db_image_free(&image);
  findings_free(&findings);
  findings = (struct findings){0};
  return 0;
}

static void record(const char *app, const char *name) {
  struct db_migration *row = array_push(&schema.migrations, &schema.migration_count, sizeof *row);
  *row = (struct db_migration){xstrdup(app), xstrdup(name), (long)schema.migration_count};
}

static void record_health(void) {
  record("ej_users", "0001_first");
  record("ej_users", "0002_names");
  record("ej_users", "0001_ada");
  record("ej_users", "0002_barbara_rc1");
}

static void judge(void) {
  assert_int_equal(db_image_read(healthy, strlen(healthy), &image), 0);
  db_image_judge_migrations(&image, &schema, &findings);
}

static void the_answer_is_found_between_foreign_lines(void **state) {
  (void)state;
  assert_int_equal(db_image_read(healthy, strlen(healthy), &image), 0);
  assert_int_equal(image.file_count, 3);
  assert_int_equal(image.files[0].replace_count, 2);
  assert_string_equal(image.root, "/app");
  assert_string_equal(image.marks[0], "tasks");
  assert_null(image.sqlite);
}

static void what_is_no_answer_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"", "EJMON {", "EJMON {\"files\":", "Traceback", "EJMON {} trailing"};
  for (size_t i = 0; i < countof(bad); i++) {
    int r = db_image_read(bad[i], strlen(bad[i]), &image);
    if (r == 0) fail_msg("%s was taken for an answer", bad[i]);
    db_image_free(&image);
  }
  static const char odd[] = "EJMON {\"files\":[1,[],[2,3]],\"marks\":{}}";
  assert_int_equal(db_image_read(odd, strlen(odd), &image), 0);
  assert_int_equal(image.file_count, 0);
}

static void rows_that_a_squash_replaces_are_no_fault(void **state) {
  (void)state;
  record_health();
  judge();
  assert_int_equal(findings.count, 0);
  assert_true(findings_passed(&findings, "db/migrations-ahead") && findings_passed(&findings, "db/migrations-pending") &&
              findings_passed(&findings, "db/migrations-broken"));
}

static void an_app_without_any_row_may_not_be_installed(void **state) {
  (void)state;
  record_health();
  judge();
  assert_null(findings_find(&findings, "db/migrations-pending"));
  clean(NULL);
  record_health();
  record("ej_rocketchat", "0000_other");
  judge();
  assert_non_null(findings_find(&findings, "db/migrations-pending"));
}

static void half_a_squash_is_broken_and_not_pending(void **state) {
  (void)state;
  record("ej_users", "0001_first");
  record("ej_users", "0001_ada");
  record("ej_users", "0002_barbara_rc1");
  judge();
  assert_int_equal(findings.count, 1);
  assert_int_equal(findings_find(&findings, "db/migrations-broken")->evidence_count, 2);
}

static void a_squash_recorded_without_any_that_it_replaces_counts_as_not_applied(void **state) {
  (void)state;
  record("ej_users", "0001_ada");
  record("ej_users", "0002_barbara_rc1");
  judge();
  assert_int_equal(findings.count, 1);
  assert_non_null(findings_find(&findings, "db/migrations-pending"));
}

static void a_later_row_that_the_image_does_not_know_is_ahead_and_an_older_one_is_not(void **state) {
  (void)state;
  record("ej_users", "0000_of_old");
  record_health();
  judge();
  assert_int_equal(findings.count, 0);
  record("ej_users", "0002_auto_20200101_0000");
  db_image_judge_migrations(&image, &schema, &findings);
  const struct finding *ahead = findings_find(&findings, "db/migrations-ahead");
  assert_non_null(ahead);
  assert_int_equal(ahead->evidence_count, 1);
  assert_non_null(strstr(ahead->evidence[0].saw, "makemigrations"));
}

static void without_the_order_of_rows_a_higher_number_is_ahead(void **state) {
  (void)state;
  record_health();
  record("ej_users", "0099_from_the_future");
  record("ej_users", "0001_unknown");
  for (size_t i = 0; i < schema.migration_count; i++) schema.migrations[i].order = 0;
  judge();
  assert_int_equal(findings_find(&findings, "db/migrations-ahead")->evidence_count, 1);
}

static void an_app_whose_replaces_cannot_be_read_is_left_alone(void **state) {
  (void)state;
  static const char text[] = "EJMON {\"files\":[[\"ej_users\",\"0001_ada\",null],[\"ej_users\",\"0003_new\",[]]]}";
  record("ej_users", "0099_from_the_future");
  assert_int_equal(db_image_read(text, strlen(text), &image), 0);
  db_image_judge_migrations(&image, &schema, &findings);
  assert_int_equal(findings.count, 0);
}

static void sqlite_is_in_use_only_when_the_environment_and_the_file_agree(void **state) {
  (void)state;
  static const struct {
    const char *engine, *sqlite;
    bool found, passed;
  } rows[] = {
      {"postgresql", "null", false, true},
      {"postgresql", "{\"path\":\"/app/local/db/db.sqlite3\",\"size\":9000,\"age\":10,\"users\":2}", false, true},
      {"sqlite", "{\"path\":\"/app/local/db/db.sqlite3\",\"size\":9000,\"age\":10,\"users\":2}", true, false},
      {"sqlite", "null", false, false},
      {"", "{\"path\":\"/app/local/db/db.sqlite3\"}", false, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *text = text_format("EJMON {\"engine\":\"%s\",\"why\":\"because\",\"sqlite\":%s}", rows[i].engine, rows[i].sqlite);
    assert_int_equal(db_image_read(text, strlen(text), &image), 0);
    db_image_judge_engine(&image, &findings);
    assert_int_equal(findings_find(&findings, "db/sqlite-in-use") != NULL, rows[i].found);
    assert_int_equal(findings_passed(&findings, "db/sqlite-in-use"), rows[i].passed);
    clean(NULL);
  }
}

static void rocketchat_is_out_of_reach_only_when_that_was_seen(void **state) {
  (void)state;
  static const struct {
    const char *answer, *url, *code, *evidence;
  } rows[] = {
      {"\"\"", "http://rocketchat:3000", NULL, NULL},
      {"null", "https://chat.example.org", NULL, NULL}, /* TLS that Python alone does not trust */
      {"7", "http://rocketchat:3000", NULL, NULL},
      {"\"Connection refused\"", NULL, NULL, NULL}, /* nobody asked */
      {"\"Connection refused\"", "rocketchat:3000/x", "db/rocket-out-of-reach", "http://rocketchat:3000"},
      {"\"Name \\u001b[31m\"", "http://a b/", "db/rocket-out-of-reach", "the active row's api_url"},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *output = text_format("EJMON {\"files\":[],\"call\":%s}\n", rows[i].answer);
    assert_int_equal(db_image_read(output, strlen(output), &image), 0);
    db_image_judge_call(&image, rows[i].url, &findings);
    assert_int_equal(findings.count, rows[i].code != NULL);
    if (rows[i].code) {
      assert_string_equal(findings.items[0].code->name, rows[i].code);
      assert_string_equal(findings.items[0].evidence[0].what, rows[i].evidence);
      assert_null(strchr(findings.items[0].evidence[0].saw, '\033'));
    }
    clean(NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(the_answer_is_found_between_foreign_lines, clean),
      cmocka_unit_test_teardown(what_is_no_answer_is_refused, clean),
      cmocka_unit_test_teardown(rows_that_a_squash_replaces_are_no_fault, clean),
      cmocka_unit_test_teardown(an_app_without_any_row_may_not_be_installed, clean),
      cmocka_unit_test_teardown(half_a_squash_is_broken_and_not_pending, clean),
      cmocka_unit_test_teardown(a_squash_recorded_without_any_that_it_replaces_counts_as_not_applied, clean),
      cmocka_unit_test_teardown(a_later_row_that_the_image_does_not_know_is_ahead_and_an_older_one_is_not, clean),
      cmocka_unit_test_teardown(without_the_order_of_rows_a_higher_number_is_ahead, clean),
      cmocka_unit_test_teardown(an_app_whose_replaces_cannot_be_read_is_left_alone, clean),
      cmocka_unit_test_teardown(sqlite_is_in_use_only_when_the_environment_and_the_file_agree, clean),
      cmocka_unit_test_teardown(rocketchat_is_out_of_reach_only_when_that_was_seen, clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
