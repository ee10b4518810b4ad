/* EJ's settings: how EJ reads them, where their way is cut, and what is seen around the file. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "checks/ej/ej_names.h"
#include "checks/ej/env_database.h"
#include "checks/ej/env_secret.h"
#include "checks/env/env_chain.h"
#include "checks/env/env_judge.h"
#include "tests/unit/env_scene.h"

/* --- what EJ reads ----------------------------------------------------------------------------------------------------------------- */

static void the_container_outranks_the_file(void **state) {
  (void)state;
  struct scene scene;
  scene_make(&scene, "EJ_THEME=cpa\nCOUNTRY=chile\n", "EJ_THEME=default\n", 0);
  assert_string_equal(env_view_get(&scene.view, "EJ_THEME"), "default");
  assert_null(env_view_get(&scene.view, "COUNTRY"));
  scene.view.container_looked = false;
  assert_string_equal(env_view_get(&scene.view, "EJ_THEME"), "cpa");
  assert_string_equal(env_view_value(&scene.view, "DJANGO_HOSTNAME"), "localhost");
  scene_free(&scene);
}

static void a_dollar_is_followed_to_its_end(void **state) {
  (void)state;
  struct scene scene;
  struct env_reading reading;
  scene_make(&scene, NULL, "A=$B\nB=$C\nC=x\nNOWHERE=$NOTHING\nSELF=$SELF\nL=$M\nM=$L\nMANY=$$C\nEMPTY=$\n", 0);
  env_view_read(&scene.view, "A", &reading);
  assert_int_equal(reading.lead, ENV_FOLLOWED);
  assert_string_equal(reading.value, "x");
  assert_string_equal(reading.end, "C");
  env_view_read(&scene.view, "MANY", &reading);
  assert_string_equal(reading.value, "x");
  env_view_read(&scene.view, "NOWHERE", &reading);
  assert_int_equal(reading.lead, ENV_LEADS_NOWHERE);
  assert_null(reading.value);
  env_view_read(&scene.view, "EMPTY", &reading);
  assert_int_equal(reading.lead, ENV_LEADS_NOWHERE);
  env_view_read(&scene.view, "SELF", &reading);
  assert_int_equal(reading.lead, ENV_LEADS_IN_CIRCLE);
  env_view_read(&scene.view, "L", &reading);
  assert_int_equal(reading.lead, ENV_LEADS_IN_CIRCLE);
  env_view_read(&scene.view, "C", &reading);
  assert_int_equal(reading.lead, ENV_DIRECT);
  scene_free(&scene);
}

static void database_addresses_fall_apart_as_in_python(void **state) {
  (void)state;
  static const struct {
    const char *url, *host, *name, *password;
    long port;
    const char *fault; /* a part of the sentence; NULL: none */
  } rows[] = {
      {"psql://user:password@postgres/db", "postgres", "db", "password", 0, NULL},
      {"postgres://u:p@H:5433/table?sslmode=require", "h", "table", "p", 5433, NULL},
      {"pgsql://u:a%40b%23c@h/d", "h", "d", "a@b#c", 0, NULL},
      {"psql://u:p@ss@h/d", "h", "d", "p@ss", 0, NULL},
      {"psql://u:p@[::1]:5432/d", "::1", "d", "p", 5432, NULL},
      {"psql://u:p@ss#w@host/db", "ss", "", "p", 0, "'#'"},
      {"psql://u:pa/ss@host/db", "u", "ss@host/db", "", -1, "no number"},
      {"psql://u:12/ab@host/db", "u", "ab@host/db", "", 12, "'@' behind the host"},
      {"psql://u:p@x/y@host/db", "x", "y@host/db", "p", 0, "'@' behind the host"},
      {"psql://u:p@h", "h", "", "p", 0, "no database"},
      {"psql:///db", "", "db", "", 0, "no host"},
      {"mysql://u:p@h/d", "h", "d", "p", 0, "scheme"},
      {"", "", "", "", 0, "no scheme"},
      {"postgres", "", "postgres", "", 0, "no scheme"},
      {"sqlite:///local/db/db.sqlite3", "", "local/db/db.sqlite3", "", 0, NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct env_database database;
    env_database_parse(rows[i].url, &database);
    print_message("%s\n", rows[i].url);
    assert_string_equal(database.host, rows[i].host);
    assert_string_equal(database.name, rows[i].name);
    assert_string_equal(database.password, rows[i].password);
    assert_int_equal(database.port, rows[i].port);
    const char *fault = env_database_fault(&database);
    assert_true((fault == NULL) == (rows[i].fault == NULL));
    if (fault) assert_non_null(strstr(fault, rows[i].fault));
    env_database_free(&database);
  }
}

static void published_and_weak_keys_are_told_without_the_key(void **state) {
  (void)state;
  assert_false(env_key_is_published(KEY));
  assert_false(env_key_is_published(""));
  assert_null(env_key_weakness(KEY));
  assert_non_null(env_key_weakness("local"));
  assert_non_null(env_key_weakness("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void a_name_is_taken_for_another_only_when_that_is_certain(void **state) {
  (void)state;
  assert_string_equal(ej_name_instead("X_FRAME_OPTIONS"), "DJANGO_X_FRAME_OPTIONS");
  assert_string_equal(ej_name_instead("DJANGO_ALOWED_HOSTS"), "DJANGO_ALLOWED_HOSTS");
  assert_string_equal(ej_name_instead("EJ_TEHME"), "EJ_THEME");
  assert_null(ej_name_instead("EJ_THEME"));
  assert_null(ej_name_instead("EJ_SOMETHING_ELSE"));
  assert_null(ej_name_instead("LANG"));
  assert_null(ej_name_instead("EJ_ENABLE_BOARDS"));
  assert_string_equal(env_setting_nearest("EJ_ROKETCHAT_URL"), "EJ_ROCKETCHAT_URL");
}

static void the_settings_are_sorted_and_known_to_be_read(void **state) {
  (void)state;
  for (size_t i = 0; i < env_setting_count; i++) {
    const struct env_setting *setting = &env_settings[i];
    if (i > 0) assert_true(strcmp(env_settings[i - 1].name, setting->name) < 0);
    assert_true(ej_name_is_read(setting->name));
    assert_true(text_ends(setting->effect, "."));
    assert_ptr_equal(env_setting_find(setting->name), setting);
  }
  assert_null(env_setting_find("X_FRAME_OPTIONS"));
}

/* --- chains ------------------------------------------------------------------------------------------------------------------------- */

struct way {
  const char *name, *file, *container;
  char generation;
  struct env_outcome outcome;
  const char *cut; /* a part of the sentence; NULL: nothing is cut */
};

static const struct way ways[] = {
    {"EJ_THEME", "EJ_THEME=cpa\n", "EJ_THEME=cpa\n", 'A', {.theme = "cpa"}, NULL},
    {"EJ_THEME", "EJ_THEME=cpa\n", "EJ_THEME=default\n", 'A', {.theme = "default"}, "docker restart never re-reads it"},
    {"EJ_THEME", "EJ_THEME=cpa\n", "EJ_THEME=cpa\n", 'A', {.theme = "default"}, "started with another EJ_THEME"},
    {"EJ_THEME", "EJ_THEME=\"cpa\"\n", "EJ_THEME=cpa\n", 'A', {.theme = "cpa"}, NULL},
    {"EJ_THEME", "export EJ_THEME=cpa\n", NULL, 'A', {.theme = "cpa"}, "'export' is for shells"},
    {"EJ_THEME", "export EJ_THEME=cpa\n", "EJ_THEME=cpa\n", 'A', {.theme = "cpa"}, NULL},
    {"EJ_THEME", "export EJ_THEME=cpa\n", "A=1\n", 'A', {0}, "'export' is for shells"},
    {"EJ_THEME", "EJ_THEME =cpa\n", NULL, 'A', {0}, "A blank stands before '='"},
    {"EJ_THEME", "EJ_THEME=\"cpa\"\n", "EJ_THEME=\"cpa\"\n", 'A', {0}, "quotes"},
    {"EJ_ROCKETCHAT_INTEGRATION", ROCKET, "EJ_ROCKETCHAT_INTEGRATION=enabled\n", 'A', {0}, "another EJ_ROCKETCHAT_INTEGRATION"},
    {"EJ_ROCKETCHAT_INTEGRATION", NULL, "EJ_ROCKETCHAT_INTEGRATION=enabled\n", 'A', {0}, "every other word is false"},
    {"DJANGO_ALLOWED_HOSTS", NULL, "DJANGO_ALLOWED_HOSTS=a, b\n", 'A', {0}, "trims nothing"},
    {"DJANGO_ALLOWED_HOSTS", NULL, "DJANGO_ALLOWED_HOSTS=a\n", 'C', {0}, "does not read"},
    {"EJ_PAGE_TITLE", NULL, "EJ_PAGE_TITLE=$TITLE\n", 'A', {0}, "the variable TITLE instead, which is not set"},
    {"EJ_ROCKETCHAT_URL",
     ROCKET,
     ROCKET,
     'B',
     {.rows = 1, .row_url = R, .csp = "frame-ancestors localhost chat.example.org", .origin = R},
     NULL},
    {"EJ_ROCKETCHAT_URL",
     ROCKET,
     ROCKET,
     'B',
     {.rows = 1, .row_url = "https://old.example.org", .csp = "frame-ancestors chat.example.org", .origin = "https://old.example.org"},
     "The active row of the database wins"},
    {"EJ_ROCKETCHAT_URL",
     ROCKET,
     ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'self'\n",
     'B',
     {.csp = "frame-ancestors 'self'", .origin = R},
     "replaces the whole list"},
    {"EJ_ROCKETCHAT_URL",
     ROCKET,
     ROCKET "HTTP_CONTENT_SECURITY_POLICY=frame-ancestors 'self'\n",
     'A',
     {.csp = "frame-ancestors chat.example.org", .origin = R},
     NULL},
    {"EJ_ROCKETCHAT_URL",
     NULL,
     "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=chat.example.org\n",
     'A',
     {.csp = "frame-ancestors localhost", .origin = "chat.example.org"},
     "no scheme"},
    {"EJ_ROCKETCHAT_URL",
     NULL,
     "EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=" R "/x\n",
     'A',
     {.csp = "frame-ancestors chat.example.org/x", .origin = R "/x"},
     "There is a path"},
    {"EJ_ROCKETCHAT_URL", NULL, "EJ_ROCKETCHAT_URL=" R "\n", 'A', {0}, "integration is off"},
    {"EJ_ROCKETCHAT_URL",
     ROCKET,
     ROCKET,
     'A',
     {.row_unseen = "no way.", .csp = "frame-ancestors localhost", .origin = R},
     "missing in the list"},
    {"EJ_ROCKETCHAT_URL", ROCKET, ROCKET, 'A', {.row_unseen = "no way.", .page_unseen = "refused."}, NULL},
    {"DJANGO_X_FRAME_OPTIONS", NULL, ROCKET "DJANGO_X_FRAME_OPTIONS=DENY\n", 'A', {.xfo = "allow-from " R}, "sets the header first"},
    {"DJANGO_X_FRAME_OPTIONS", NULL, "DJANGO_X_FRAME_OPTIONS=DENY\n", 'A', {.xfo = "DENY"}, NULL},
    {"DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS",
     NULL,
     ROCKET "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS=a.org, b.org\n",
     'A',
     {.csp = "frame-ancestors localhost a.org  b.org"},
     NULL},
    {"HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS",
     NULL,
     ROCKET "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS=True\n",
     'B',
     {.credentials = "True"},
     "exactly \"true\""},
    {"DJANGO_DB_URL", NULL, "DJANGO_DB_URL=psql://u:" PASSWORD "#x@h/d\n", 'A', {0}, "Django cannot use it"},
    {"DJANGO_ENVIRONMENT", NULL, "DJANGO_ENVIRONMENT=staging\n", 'A', {0}, "ends EJ's start"},
    {"DJANGO_ENVIRONMENT", NULL, "DJANGO_ENVIRONMENT=local\n", 'A', {0}, NULL},
    {"COUNTRY", NULL, "COUNTRY=atlantis\n", 'B', {0}, "ends EJ's start"},
    {"COUNTRY", NULL, "COUNTRY=Brasil\n", 'B', {0}, NULL},
    {"COUNTRY", NULL, "COUNTRY=atlantis\nDJANGO_LANGUAGE_CODE=pt\nDJANGO_TIME_ZONE=UTC\n", 'B', {0}, NULL},
};

static void the_chain_says_where_it_is_cut(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(ways); i++) {
    struct scene scene;
    struct env_chain chain;
    scene_make(&scene, ways[i].file, ways[i].container, ways[i].generation);
    env_chain_make(env_setting_find(ways[i].name), &scene.view, NULL, &ways[i].outcome, &chain);
    print_message("%zu %s: %s\n", i, ways[i].name, chain.cut ? chain.cut : "(not cut)");
    assert_true((chain.cut == NULL) == (ways[i].cut == NULL));
    if (chain.cut) assert_non_null(strstr(chain.cut, ways[i].cut));
    env_chain_free(&chain);
    scene_free(&scene);
  }
}

static void no_step_of_any_chain_shows_a_secret(void **state) {
  (void)state;
  static const char all[] =
      "DJANGO_SECRET_KEY=$" PASSWORD "\nDJANGO_DB_URL=psql://u:x@" PASSWORD "/y@h/d\nPOSTGRES_PASSWORD=" PASSWORD
      "\nEJ_ROCKETCHAT_ADMIN_PASSWORD=" PASSWORD "\nEJ_ROCKETCHAT_AUTH_TOKEN=\"" PASSWORD "\"\nEMAIL_HOST_PASSWORD=" PASSWORD "\n";
  struct scene scene;
  scene_make(&scene, all, all, 'B');
  struct env_outcome outcome = {0};
  for (size_t i = 0; i < env_setting_count; i++) {
    struct env_chain chain;
    env_chain_make(&env_settings[i], &scene.view, NULL, &outcome, &chain);
    for (size_t k = 0; k < chain.count; k++) {
      assert_true(!chain.steps[k].saw || !strstr(chain.steps[k].saw, "canary"));
      assert_true(!chain.steps[k].says || !strstr(chain.steps[k].says, "canary"));
    }
    env_chain_free(&chain);
  }
  struct findings out = {0};
  struct env_sight sight = {.view = scene.view, .host = "ej.example.org", .rocketchat = R};
  env_judge(&sight, &out);
  assert_true(out.count > 0);
  for (size_t i = 0; i < out.count; i++) {
    assert_null(strstr(out.items[i].summary, "canary"));
    for (size_t k = 0; k < out.items[i].evidence_count; k++) assert_null(strstr(out.items[i].evidence[k].saw, "canary"));
  }
  findings_free(&out);
  scene_free(&scene);
}

/* --- looking ------------------------------------------------------------------------------------------------------------------------- */

static void write_file(const char *path, const void *bytes, size_t length) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, length, file), length);
  fclose(file);
}

static void mode_and_git_are_seen_around_the_file(void **state) {
  (void)state;
  char folder[] = "/tmp/ejmon-env-XXXXXX";
  assert_non_null(mkdtemp(folder));
  char *path = text_format("%s/config.env", folder), *git = text_format("%s/.git", folder), *index = text_format("%s/.git/index", folder);
  struct env_file_look look;
  assert_int_equal(env_look_file_now(path, &look), -ENOENT);
  assert_int_equal(env_look_file_now(folder, &look), -EISDIR);
  write_file(path, "EJ_THEME=cpa\n", 13);
  assert_int_equal(chmod(path, 0644), 0);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_string_equal(env_file_find(&look.file, "EJ_THEME")->value, "cpa");
  assert_false(look.world_readable); /* the folder is mkdtemp's, 0700 */
  env_file_look_free(&look);
  assert_int_equal(chmod(folder, 0755), 0);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_true(look.world_readable);
  env_file_look_free(&look);
  assert_int_equal(chmod(path, 0640), 0);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_false(look.world_readable);
  assert_true(look.mode_known);
  env_file_look_free(&look);

  /* One entry of an index of version 2: 62 bytes, of which the last two are the path's length. */
  unsigned char bytes[12 + 62 + 18] = "DIRC\0\0\0\2\0\0\0\1";
  assert_int_equal(mkdir(git, 0700), 0);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_int_equal(look.git, ENV_GIT_ABSENT);
  env_file_look_free(&look);
  memcpy(bytes + 74, "config.env.example", 18);
  bytes[73] = 18;
  write_file(index, bytes, sizeof bytes);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_int_equal(look.git, ENV_GIT_ABSENT);
  env_file_look_free(&look);
  memcpy(bytes + 74, "config.env\0\0\0\0\0\0\0\0", 18);
  bytes[73] = 10;
  write_file(index, bytes, sizeof bytes);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_int_equal(look.git, ENV_GIT_TRACKED);
  env_file_look_free(&look);
  bytes[7] = 4;
  write_file(index, bytes, sizeof bytes);
  assert_int_equal(env_look_file_now(path, &look), 0);
  assert_int_equal(look.git, ENV_GIT_UNKNOWN);
  env_file_look_free(&look);
  unlink(index);
  rmdir(git);
  unlink(path);
  rmdir(folder);
  free(index);
  free(git);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_container_outranks_the_file),
      cmocka_unit_test(a_dollar_is_followed_to_its_end),
      cmocka_unit_test(database_addresses_fall_apart_as_in_python),
      cmocka_unit_test(published_and_weak_keys_are_told_without_the_key),
      cmocka_unit_test(a_name_is_taken_for_another_only_when_that_is_certain),
      cmocka_unit_test(the_settings_are_sorted_and_known_to_be_read),
      cmocka_unit_test(the_chain_says_where_it_is_cut),
      cmocka_unit_test(no_step_of_any_chain_shows_a_secret),
      cmocka_unit_test(mode_and_git_are_seen_around_the_file),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
