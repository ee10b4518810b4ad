/* The stack from EJ's environment: config.env and the process, as EJ reads them, when ejmon.yaml says nothing. */
#include "tests/unit/conf_kinds.h"

static void without_anything_the_compose_names_are_the_stack(void **state) {
  (void)state;
  struct conf *conf = load(NULL);
  assert_null(conf->file);
  assert_string_equal(conf->stack.site, "http://nginx");
  assert_string_equal(conf->stack.web, "http://web:8000");
  assert_string_equal(conf->stack.nginx_upstream, "http://web:8000");
  assert_string_equal(conf->stack.host, "localhost");
  assert_string_equal(conf->stack.web_service, "web");
  assert_null(conf->stack.postgres);
  assert_null(conf->stack.theme);
  assert_int_equal(conf->mode, MODE_AUTO);
  assert_string_equal(conf->state, "/var/lib/ejmon");
  assert_null(conf->listen);
  assert_true(conf->grace == 8);
  assert_int_equal(conf->check_count, 4);
  const struct conf_check *page = check_named(conf, "page");
  assert_null(page->skip);
  assert_true(page->interval == 30 && page->suspect == 5 && page->down == 10 && page->timeout == 10 && page->rise == 2 && page->fall == 3);
  assert_string_equal(page->target, "http://nginx");
  assert_string_equal(page_of(conf, "page")->login, "http://nginx/login/");
  assert_string_equal(check_named(conf, "mongo")->skip,
                      "stack.mongo is not set: the Rocket.Chat integration is off: EJ_ROCKETCHAT_INTEGRATION is not set");
  assert_int_equal(conf->sink_count, 1);
  assert_string_equal(conf->sinks[0].name, "log");
  assert_int_equal(conf->remedy_count, 2);
  assert_int_equal(conf->remedies[0].mode, MODE_AUTO);
  assert_int_equal(conf->remedies[1].mode, MODE_APPROVE);
  assert_int_equal(conf->remedies[0].attempts_per_hour, 2);
  assert_true(conf->remedies[0].cool_down == 600);
  conf_free(conf);
}

static void empty_files_and_comments_are_no_settings(void **state) {
  (void)state;
  static const char *const nothings[] = {"", "\n\n", "# only a comment\n", "---\n", "~\n", "stack:\nchecks:\n", "{}"};
  for (size_t i = 0; i < countof(nothings); i++) {
    struct conf *conf = load(nothings[i]);
    assert_string_equal(conf->file, "ejmon.yaml");
    assert_int_equal(conf->check_count, 4);
    conf_free(conf);
  }
}

static void the_stack_comes_from_ejs_environment(void **state) {
  (void)state;
  char *path = file_write(
      "config.env",
      "EJ_THEME=cpa\nDJANGO_HOSTNAME=ej.example.org\nDJANGO_DB_URL=psql://ej:geheim9@postgres/db?conn_max_age=60&sslmode=require\n"
      "EJ_ROCKETCHAT_INTEGRATION=True\nEJ_ROCKETCHAT_URL=https://chat.example.org\n",
      0600);
  struct conf *conf = load_in(NULL, path, no_environment);
  assert_string_equal(conf->stack.theme, "cpa");
  assert_string_equal(conf->stack.host, "ej.example.org");
  assert_string_equal(conf->stack.postgres, "postgresql://ej:geheim9@postgres/db?sslmode=require");
  assert_string_equal(conf->stack.rocketchat, "https://chat.example.org");
  assert_string_equal(conf->stack.mongo, "mongodb://mongo:27017/rocketchat");
  assert_null(conf->warnings);
  for (size_t i = 0; i < conf->check_count; i++) assert_null(conf->checks[i].skip);
  assert_string_equal(check_named(conf, "postgres")->target, "postgresql://ej:[hidden]@postgres/db?sslmode=require");
  char *shown = show(conf);
  assert_non_null(strstr(shown, "config.env:1 EJ_THEME"));
  assert_non_null(strstr(shown, "config.env:3 DJANGO_DB_URL"));
  assert_null(strstr(shown, "geheim9"));
  char *again = redact("psql says geheim9");
  assert_string_equal(again, "psql says [hidden]");
  free(again);
  free(shown);
  conf_free(conf);
  free(path);
}

static void the_file_outranks_the_process_and_both_the_defaults(void **state) {
  (void)state;
  char *path = file_write("config.env", "EJ_THEME=cpa\n", 0600);
  char *const environment[] = {(char[]){"EJ_THEME=default"}, (char[]){"DJANGO_DB_URL=postgres://h/d"}, NULL};
  struct conf *conf = load_in(NULL, path, environment);
  assert_string_equal(conf->stack.theme, "cpa");
  assert_string_equal(conf->stack.postgres, "postgresql://h/d");
  conf_free(conf);
  conf = load_in("stack: { theme: custom }", path, environment);
  assert_string_equal(conf->stack.theme, "custom");
  conf_free(conf);
  conf = load_in(NULL, NULL, environment);
  assert_string_equal(conf->stack.theme, "default");
  conf_free(conf);
  free(path);
}

static void odd_themes_stay_visible(void **state) {
  (void)state;
  static const struct {
    const char *line, *theme;
  } rows[] = {{"EJ_THEME=\"cpa\"", "\"cpa\""},
              {"EJ_THEME=", ""},
              {"EJ_THEME=lib/cpa", "lib/cpa"},
              {"EJ_THEME=$NOTHING", "$NOTHING"},
              {"EJ_THEME=$FOO\nFOO=cpa", "cpa"}};
  for (size_t i = 0; i < countof(rows); i++) {
    char *path = file_write("theme.env", rows[i].line, 0600);
    struct conf *conf = load_in(NULL, path, no_environment);
    assert_string_equal(conf->stack.theme, rows[i].theme);
    conf_free(conf);
    free(path);
  }
}

static void the_integration_is_read_as_ej_reads_it(void **state) {
  (void)state;
  char *path = file_write("config.env", "EJ_ROCKETCHAT_INTEGRATION=enabled\nEJ_ROCKETCHAT_URL=https://chat.example.org\n", 0600);
  struct conf *conf = load_in(NULL, path, no_environment);
  assert_null(conf->stack.rocketchat);
  assert_non_null(strstr(check_named(conf, "frame")->skip, "EJ reads EJ_ROCKETCHAT_INTEGRATION=enabled"));
  assert_warned(conf, "config.env:1: EJ_ROCKETCHAT_INTEGRATION: EJ reads this value as false, silently");
  conf_free(conf);
  /* Named in the file all the same: then it is part of the stack, and the checks may find out. */
  conf = load_in("stack: { rocketchat: 'https://chat.example.org' }", path, no_environment);
  assert_null(check_named(conf, "frame")->skip);
  assert_non_null(check_named(conf, "mongo")->skip);
  conf_free(conf);
  free(path);
  path = file_write("config.env", "EJ_ROCKETCHAT_INTEGRATION=true\n", 0600);
  conf = load_in(NULL, path, no_environment);
  assert_non_null(strstr(check_named(conf, "frame")->skip, "EJ_ROCKETCHAT_URL is empty or not set"));
  assert_null(check_named(conf, "mongo")->skip);
  conf_free(conf);
  free(path);
}

static void rocket_urls_that_ej_misreads_become_origins_with_a_warning(void **state) {
  (void)state;
  static const struct {
    const char *url, *origin, *warning;
  } rows[] = {{"https://chat.example.org/", "https://chat.example.org", "ends"},
              {"chat.example.org", "http://chat.example.org", "no scheme"},
              {"http://chat:3000/path", "http://chat:3000", "end it before the '/'"}};
  for (size_t i = 0; i < countof(rows); i++) {
    char *content = text_format("EJ_ROCKETCHAT_INTEGRATION=1\nEJ_ROCKETCHAT_URL=%s\n", rows[i].url);
    char *path = file_write("rocket.env", content, 0600);
    struct conf *conf = load_in(NULL, path, no_environment);
    assert_string_equal(conf->stack.rocketchat, rows[i].origin);
    assert_warned(conf, i == 0 ? "no browser accepts" : rows[i].warning);
    conf_free(conf);
    free(path);
    free(content);
  }
}

static void database_urls_are_turned_into_libpqs(void **state) {
  (void)state;
  static const struct {
    const char *url, *want;
  } rows[] = {{"psql://u:p@h/d", "postgresql://u:p@h/d"},
              {"postgres://u@h:5433/d", "postgresql://u@h:5433/d"},
              {"pgsql://h", "postgresql://h"},
              {"postgresql://h/d?sslmode=require", "postgresql://h/d?sslmode=require"},
              {"psql://h/d?CONN_MAX_AGE=1", "postgresql://h/d"},
              {"psql://h/d?CONN_MAX_AGE=1&a=2&ATOMIC_REQUESTS=x&b=3", "postgresql://h/d?a=2&b=3"},
              {"sqlite:///local/db/db.sqlite3", NULL},
              {"mysql://h/d", NULL},
              {"", NULL}};
  for (size_t i = 0; i < countof(rows); i++) {
    char *reason = NULL;
    char *url = ej_postgres_url(rows[i].url, &reason);
    if (rows[i].want) {
      assert_string_equal(url, rows[i].want);
    } else {
      assert_null(url);
      assert_non_null(reason);
    }
    free(url);
    free(reason);
  }
}

static void generation_c_names_its_database_host(void **state) {
  (void)state;
  char *const environment[] = {(char[]){"DB_HOST=docker_db_1"}, (char[]){"DJANGO_DB_URL=sqlite:///x"}, NULL};
  struct conf *conf = load_in(NULL, NULL, environment);
  assert_string_equal(conf->stack.postgres, "postgresql://ej:ej@docker_db_1:5432/ej");
  conf_free(conf);
  char *const service[] = {(char[]){"DB_HOST=db"}, (char[]){"DJANGO_DB_URL=psql://h/d"}, NULL};
  conf = load_in(NULL, NULL, service);
  assert_string_equal(conf->stack.postgres, "postgresql://h/d");
  conf_free(conf);
  char *const sqlite[] = {(char[]){"DJANGO_DB_URL=sqlite:///x"}, NULL};
  conf = load_in(NULL, NULL, sqlite);
  assert_non_null(strstr(check_named(conf, "postgres")->skip, "SQLite"));
  conf_free(conf);
}

static void an_impossible_address_of_ejs_is_a_warning_with_its_line(void **state) {
  (void)state;
  char *path = file_write("config.env", "# x\nDJANGO_DB_URL=psql://user:p@ss#w@host/db\n", 0600);
  struct conf *conf = load_in(NULL, path, no_environment);
  assert_null(conf->stack.postgres);
  assert_warned(conf, "config.env:2: DJANGO_DB_URL: '#', '/', '?' and '@' in a password must be written");
  assert_non_null(check_named(conf, "postgres")->skip);
  for (char **line = conf->warnings; *line; line++) assert_null(strstr(*line, "ss#w"));
  conf_free(conf);
  free(path);
}

static void the_host_header_is_a_name_that_the_site_accepts(void **state) {
  (void)state;
  char *const environment[] = {(char[]){"DJANGO_HOSTNAME=ej.example.org"}, NULL};
  static const struct {
    const char *yaml, *host;
  } rows[] = {{"stack: { site: 'https://www.example.org' }", "www.example.org"},
              {"stack: { site: 'https://www.example.org:8443/ej/' }", "www.example.org:8443"},
              {"stack: { site: 'http://127.0.0.1:8080' }", "ej.example.org:8080"},
              {"stack: { site: 'http://u:p@[::1]:8080/@x' }", "ej.example.org:8080"},
              {"stack: { site: 'http://nginx' }", "ej.example.org"},
              {"stack: { site: 'http://nginx', host: other.example.org }", "other.example.org"},
              {"stack: { host: off }", NULL}};
  for (size_t i = 0; i < countof(rows); i++) {
    struct conf *conf = load_in(rows[i].yaml, NULL, environment);
    if (!text_equal(conf->stack.host, rows[i].host)) fail_msg("%s: %s", rows[i].yaml, conf->stack.host);
    conf_free(conf);
  }
  char *const hosts[] = {(char[]){"DJANGO_ALLOWED_HOSTS=*,.example.org"}, NULL};
  struct conf *conf = load_in(NULL, NULL, hosts);
  assert_string_equal(conf->stack.host, "example.org");
  conf_free(conf);
  conf = load("stack: { site: 'http://127.0.0.1:8080' }");
  assert_string_equal(conf->stack.host, "127.0.0.1:8080");
  conf_free(conf);
}

static void odd_lines_of_the_env_file_are_warnings(void **state) {
  (void)state;
  char *path = file_write("config.env", "HOSTNAME=ej\nEJ_THEM=cpa\nX_FRAME_OPTIONS=DENY\nFOO=\"1\"\n", 0600);
  struct conf *conf = load_in(NULL, path, no_environment);
  assert_warned(conf, "config.env:1: EJ does not read HOSTNAME; it reads DJANGO_HOSTNAME");
  assert_warned(conf, "config.env:2: EJ does not read EJ_THEM; did you mean EJ_THEME?");
  assert_warned(conf, "config.env:3: EJ does not read X_FRAME_OPTIONS");
  assert_warned(conf, "config.env:4: FOO: the quotes are part of the value");
  conf_free(conf);
  free(path);
}

static void an_unreadable_env_file_is_an_error_with_its_place(void **state) {
  (void)state;
  char *path = file_write("config.env", "A=1\n", 0600);
  char *wrong = text_format("stack:\n  env_file: %s/config.enf\n", folder);
  char *errors = errors_of(wrong, no_environment);
  char *want =
      text_format("ejmon.yaml:2:13: stack.env_file: %s/config.enf cannot be read: No such file or directory; did you mean %s/config.env?\n",
                  folder, folder);
  assert_string_equal(errors, want);
  free(want);
  free(errors);
  free(wrong);
  wrong = text_format("stack: { env_file: %s }", folder);
  errors = errors_of(wrong, no_environment);
  assert_non_null(strstr(errors, "Is a directory; name a file in it"));
  free(errors);
  free(wrong);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(without_anything_the_compose_names_are_the_stack),
      TEST(empty_files_and_comments_are_no_settings),
      TEST(the_stack_comes_from_ejs_environment),
      TEST(the_file_outranks_the_process_and_both_the_defaults),
      TEST(odd_themes_stay_visible),
      TEST(the_integration_is_read_as_ej_reads_it),
      TEST(rocket_urls_that_ej_misreads_become_origins_with_a_warning),
      TEST(database_urls_are_turned_into_libpqs),
      TEST(generation_c_names_its_database_host),
      TEST(an_impossible_address_of_ejs_is_a_warning_with_its_line),
      TEST(the_host_header_is_a_name_that_the_site_accepts),
      TEST(odd_lines_of_the_env_file_are_warnings),
      TEST(an_unreadable_env_file_is_an_error_with_its_place),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
