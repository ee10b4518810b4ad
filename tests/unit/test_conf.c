/* What loads, with which values, and where they come from: the file, standard checks, what is shown, the words of a probe, the real tables
 * of kinds. */
#include "tests/unit/conf_kinds.h"

static void every_type_is_read(void **state) {
  (void)state;
  struct conf *conf = load(
      "stack:\n  site: https://ej.example.org/\n  web_command: [docker-compose, exec, -T, web]\n"
      "defaults: { interval: 1m, fall: 5 }\n"
      "checks:\n"
      "  page:\n    interval: 90s\n    method: HEAD\n    password: \"s3cr$$et\"\n    database: mongodb://a:1,b:2/x\n    cacert: /etc/ca.pem\n"
      "    embedder: HTTPS://Chat.Example.ORG:443\n    limit: 2M\n    tries: 5\n    follow: on\n    slow: 1.5s\n"
      "    expect: { status: 200, header: [\"X-A: 1\", X-B: 2], body: 'a: b' }\n"
      "  mine: { kind: any, url: 'http://[::1]:8000/x?y=z' }\n"
      "  any: { url: http://h }\n"
      "mode: approve\nremedies:\n  collect: { cool_down: 1h, attempts_per_hour: 0 }\n  restart-web: off\n"
      "sinks:\n  oncall: { kind: pager, routing_key: abcdef123 }\n"
      "state: /tmp/state\nlisten: '[::1]:9469'\ngrace: 5s\n");
  const struct page_config *page = page_of(conf, "page");
  const struct conf_check *check = check_named(conf, "page");
  assert_string_equal(page->url, "https://ej.example.org");
  assert_string_equal(page->login, "https://ej.example.org/login/");
  assert_string_equal(page->method, "HEAD");
  assert_string_equal(page->password, "s3cr$et");
  assert_string_equal(page->embedder, "https://chat.example.org");
  assert_int_equal(page->limit, 2 << 20);
  assert_int_equal(page->tries, 5);
  assert_true(page->follow && page->slow == 1.5);
  assert_string_equal(page->status[0], "200");
  assert_null(page->status[1]);
  assert_string_equal(page->headers[0], "X-A: 1");
  assert_string_equal(page->headers[1], "X-B: 2");
  assert_string_equal(page->body, "a: b");
  assert_string_equal(page->command[3], "web");
  assert_true(check->interval == 90 && check->fall == 5 && check->rise == 2);
  assert_string_equal(check_named(conf, "mine")->target, "http://[::1]:8000/x?y=z");
  assert_true(check_named(conf, "mine")->interval == 60);
  assert_ptr_equal(check_named(conf, "any")->kind, &check_any);
  assert_string_equal(conf->checks[conf->check_count - 2].name, "mine");
  assert_int_equal(conf->mode, MODE_APPROVE);
  assert_int_equal(conf->remedies[0].mode, MODE_APPROVE);
  assert_int_equal(conf->remedies[1].mode, MODE_OBSERVE);
  assert_int_equal(conf->remedies[0].attempts_per_hour, 0);
  assert_true(conf->remedies[0].cool_down == 3600);
  assert_int_equal(conf->sink_count, 2);
  assert_string_equal(conf->listen, "[::1]:9469");
  conf_free(conf);
}

static void lists_may_be_defaults_too(void **state) {
  (void)state;
  struct conf *conf = load(NULL);
  const struct page_config *page = page_of(conf, "page");
  assert_int_equal(strings_count(page->status), 2);
  assert_string_equal(page->status[1], "204");
  assert_null(page->command);
  assert_null(page->headers);
  conf_free(conf);
}

static void aliases_may_be_used_for_values(void **state) {
  (void)state;
  struct conf *conf = load(
      "defaults: { interval: &slow 5m }\nchecks: { a: { kind: any, url: &u 'http://h', timeout: 1s }, b: { kind: any, url: *u, down: *slow } }");
  assert_string_equal(check_named(conf, "b")->target, "http://h");
  assert_true(check_named(conf, "b")->down == 300);
  conf_free(conf);
}

static void many_checks_load_quickly(void **state) {
  (void)state;
  struct text text = {0};
  text_add(&text, "checks:\n");
  for (int i = 0; i < 10000; i++) text_printf(&text, "  c%d: { kind: any, url: 'http://127.0.0.1:%d/' }\n", i, 1 + i);
  struct conf *conf = load(text_get(&text));
  assert_int_equal(conf->check_count, 10004);
  conf_free(conf);
  text_free(&text);
}

static void standard_checks_are_tuned_switched_off_and_given_targets(void **state) {
  (void)state;
  struct conf *conf = load("checks:\n  page: off\n  postgres: { url: 'postgresql://h/d' }\n  mongo: { interval: 5s }\n  frame: \n");
  assert_string_equal(check_named(conf, "page")->skip, "switched off (ejmon.yaml:2)");
  assert_null(check_named(conf, "postgres")->skip);
  assert_string_equal(check_named(conf, "postgres")->target, "postgresql://h/d");
  assert_non_null(check_named(conf, "mongo")->skip);
  assert_true(check_named(conf, "mongo")->suspect == 5);
  assert_string_equal(conf->checks[0].name, "frame");
  conf_free(conf);
}

static void a_default_interval_gives_way_to_a_short_one(void **state) {
  (void)state;
  struct conf *conf = load("checks: { page: { interval: 2s } }");
  assert_true(check_named(conf, "page")->suspect == 2);
  conf_free(conf);
  conf = load("checks: { page: { interval: 5s, timeout: 7s } }");
  assert_warned(conf, "ejmon.yaml:1:42: checks.page: timeout (7s) is longer than interval (5s)");
  conf_free(conf);
}

static void keys_of_the_stack_can_be_switched_off(void **state) {
  (void)state;
  struct conf *conf = load("stack: { web: off, site: ~ }");
  assert_null(conf->stack.web);
  assert_null(conf->stack.nginx_upstream);
  assert_string_equal(check_named(conf, "page")->skip, "stack.site is switched off (ejmon.yaml:1)");
  conf_free(conf);
}

static void variables_are_expanded(void **state) {
  (void)state;
  char *const environment[] = {(char[]){"SITE=https://a.org"}, (char[]){"EMPTY="}, (char[]){"MY_TOKEN=t0psecret"}, NULL};
  struct conf *conf = load_in(
      "stack: { site: '${SITE}', theme: '${EMPTY:-cpa}' }\nchecks: { page: { expect: { body: 'a$b $${SITE} ${NOT:-x:y}', header: 'A: ${MY_TOKEN}' } } }",
      NULL, environment);
  assert_string_equal(conf->stack.site, "https://a.org");
  assert_string_equal(conf->stack.theme, "cpa");
  assert_string_equal(page_of(conf, "page")->body, "a$b ${SITE} x:y");
  char *hidden = redact("saw t0psecret here");
  assert_string_equal(hidden, "saw [hidden] here");
  free(hidden);
  conf_free(conf);
}

static void what_is_shown_can_be_read_again(void **state) {
  (void)state;
  char *env =
      file_write("config.env", "EJ_THEME=\"cpa\"\nEJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=https://chat.example.org\n", 0600);
  char *yaml = text_format(
      "stack: { env_file: %s, site: 'https://ej.example.org', nginx_command: [env, 'a b'], mongo: off }\n"
      "checks:\n  page: { interval: 1500ms, expect: { body: '$x \"é\\: #', status: [200, 404], header: 'A: $${b}' }, limit: 1000, slow: 250ms }\n"
      "  postgres: off\n  mine: { kind: any, url: 'http://h/?a=b' }\n"
      "mode: approve\nremedies: { restart-web: off }\nlisten: ':9469'\nsinks: { log: off, second: { kind: log } }\n",
      env);
  struct conf *first = load(yaml);
  char *shown = show(first);
  char *without_comments = xstrdup(shown);
  redact_forget_all();
  struct conf *second = load(shown);
  assert_string_equal(page_of(second, "page")->body, "$x \"é\\: #");
  assert_string_equal(page_of(second, "page")->headers[0], "A: ${b}");
  assert_true(check_named(second, "page")->interval == 1.5);
  assert_string_equal(second->stack.nginx_command[1], "a b");
  assert_int_equal(second->check_count, first->check_count);
  assert_int_equal(second->sink_count, 1);
  for (size_t i = 0; i < first->check_count; i++) {
    const struct conf_check *a = &first->checks[i], *b = check_named(second, a->name);
    assert_int_equal(a->skip != NULL, b->skip != NULL);
    assert_string_equal(a->target, b->target);
  }
  for (size_t i = 0; i < first->remedy_count; i++) assert_int_equal(first->remedies[i].mode, second->remedies[i].mode);
  assert_non_null(strstr(shown, "site: https://ej.example.org  # ejmon.yaml:1"));
  assert_non_null(strstr(shown, "web: http://web:8000  # default"));
  assert_non_null(strstr(shown, "login: https://ej.example.org/login/  # default {site}/login/"));
  assert_non_null(strstr(shown, "# frame") ? "" : "ok");
  free(without_comments);
  free(shown);
  conf_free(first);
  conf_free(second);
  free(yaml);
  free(env);
}

static void bytes_that_are_no_text_do_not_break_what_is_shown(void **state) {
  (void)state;
  char *const environment[] = {(char[]){"EJ_THEME=c\xFF\x1B\x07pa\\\"${X}"}, NULL};
  struct conf *first = load_in(NULL, NULL, environment);
  char *shown = show(first);
  struct conf *second = load(shown);
  assert_string_equal(second->stack.theme, "c\xC3\xBF\x1B\x07pa\\\"${X}");
  free(shown);
  conf_free(first);
  conf_free(second);
}

static void what_is_shown_without_a_file_can_be_read_again(void **state) {
  (void)state;
  struct conf *first = load(NULL);
  char *shown = show(first);
  struct conf *second = load(shown);
  assert_int_equal(second->check_count, first->check_count);
  assert_non_null(strstr(shown, "# mongo: stack.mongo is not set: the Rocket.Chat integration is off"));
  free(shown);
  conf_free(first);
  conf_free(second);
}

static void a_probe_is_made_of_words(void **state) {
  (void)state;
  struct conf_check check;
  struct conf_errors errors;
  char *const words[] = {(char[]){"url=http://h/a=b"}, (char[]){"status=200"},      (char[]){"status=404"},
                         (char[]){"timeout=2s"},       (char[]){"body=costs ${5}"}, NULL};
  assert_int_equal(conf_probe_tables(&tables, "page", words, no_environment, &check, &errors), 0);
  const struct page_config *page = check.config;
  assert_string_equal(page->url, "http://h/a=b");
  assert_int_equal(strings_count(page->status), 2);
  assert_string_equal(page->body, "costs ${5}");
  assert_null(page->login);
  assert_true(check.timeout == 2);
  assert_string_equal(check.target, "http://h/a=b");
  assert_int_equal(page->tries, 2);
  conf_errors_free(&errors);
  conf_check_free(&check);
}

static void a_word_may_name_its_group(void **state) {
  (void)state;
  struct conf_check check;
  struct conf_errors errors;
  char *const words[] = {(char[]){"url=http://h"}, (char[]){"expect.status=200"}, (char[]){"status=404"}, (char[]){"expect.body=x"}, NULL};
  assert_int_equal(conf_probe_tables(&tables, "page", words, no_environment, &check, &errors), 0);
  const struct page_config *page = check.config;
  assert_int_equal(strings_count(page->status), 2);
  assert_string_equal(page->body, "x");
  conf_errors_free(&errors);
  conf_check_free(&check);
}

static void assert_probe_error(const char *kind, const char *word, const char *want) {
  struct conf_check check;
  struct conf_errors errors;
  char *copy = xstrdup(word);
  char *const words[] = {(char[]){"url=http://h"}, copy, NULL};
  assert_int_equal(conf_probe_tables(&tables, kind, words, no_environment, &check, &errors), -EINVAL);
  assert_non_null(errors.lines);
  assert_string_equal(errors.lines[0], want);
  assert_null(errors.lines[1]);
  conf_errors_free(&errors);
  free(copy);
}

static void words_of_a_probe_that_do_not_do_are_errors(void **state) {
  (void)state;
  assert_probe_error("pagee", "x=y", "no kind of check is called pagee; did you mean page?");
  assert_probe_error("page", "satus=200", "probe page: unknown key satus, did you mean status?");
  assert_probe_error("page", "interval=5s",
                     "probe page: interval is for the checks of ejmon.yaml: a probe looks once and takes no schedule; leave it out");
  assert_probe_error("page", "something-else=5s",
                     "probe page: unknown key something-else; known here: timeout, url, login, host, method, password, database, cacert, "
                     "embedder, command, limit, tries, follow, slow, expect.status, expect.body, expect.header");
  assert_probe_error("page", "expect.satus=200", "probe page: unknown key expect.satus, did you mean expect.status?");
  assert_probe_error("page", "hello", "probe page: 'hello' is not KEY=VALUE");
  assert_probe_error("page", "url=http://other", "probe page: url: is given twice");
  assert_probe_error("page", "timeout=soon", "probe page: timeout: 'soon' is no duration: write 500ms, 30s, 5m, 2h or 7d");
  assert_probe_error(
      "page", "password=gehe1m9",
      "probe page: password: a secret on the command line is seen by everybody who can list processes: give password_file=PATH");
  assert_probe_error(
      "page", "database=postgresql://u:gehe1m9@h/d",
      "probe page: database: a password on the command line is seen by everybody who can list processes: write the whole value to a file and "
      "give database_file=PATH, or leave the password out and use PGPASSFILE");
  assert_probe_error(
      "page", "password_file=/nonexistent",
      "probe page: password_file: /nonexistent cannot be read: No such file or directory; check the path; inside a container, mount the file "
      "there");
}

static void a_probe_without_its_target_says_what_is_missing(void **state) {
  (void)state;
  struct conf_check check;
  struct conf_errors errors;
  char *const words[] = {NULL};
  assert_int_equal(conf_probe_tables(&tables, "page", words, no_environment, &check, &errors), -EINVAL);
  assert_string_equal(errors.lines[0], "probe page: url is missing: the page");
  conf_errors_free(&errors);
}

static void the_keys_of_a_kind_can_be_read(void **state) {
  (void)state;
  struct text text = {0};
  assert_int_equal(conf_kind_help_tables(&tables, "page", &text), 0);
  assert_non_null(strstr(text_get(&text), "expect.status"));
  assert_non_null(strstr(text_get(&text), "URL; required; default {site}"));
  assert_non_null(strstr(text_get(&text), "interval"));
  text_clear(&text);
  assert_int_equal(conf_kind_help_tables(&tables, "nothing", &text), -ENOENT);
  assert_int_equal(text.length, 0);
  text_free(&text);
}

/* A default must be readable by its own type, refer to keys of the stack that exist, and no key may hide another. */
static void options_walk(const char *kind, const struct option *options, size_t count, size_t config_size, const struct option *common,
                         size_t common_count) {
  const struct conf_reader reader = {0};
  const struct option_set stack = {.options = stack_options, .count = stack_option_count};
  void *config = xcalloc(1, config_size);
  for (size_t i = 0; i < count; i++) {
    const struct option *option = &options[i];
    if (!option->help || !*option->help) fail_msg("%s.%s has no help", kind, option->key);
    if (option->type == OPTION_CHOICE && !option->choices) fail_msg("%s.%s has no choices", kind, option->key);
    for (size_t k = 0; k < common_count; k++) {
      if (!option->group && strcmp(common[k].key, option->key) == 0) fail_msg("%s.%s hides a key of every kind", kind, option->key);
    }
    for (size_t k = 0; k < i; k++) {
      if (strcmp(options[k].key, option->key) == 0 && text_equal(options[k].group, option->group))
        fail_msg("%s.%s is there twice", kind, option->key);
    }
    if (!option->fallback) continue;
    size_t position = 0;
    bool literal = true;
    for (char *key; (key = fallback_next_key(option->fallback, &position)); literal = false) {
      if (!options_find(&stack, key)) fail_msg("%s.%s: the stack has no key %s", kind, option->key, key);
      free(key);
    }
    char *error = NULL;
    if (literal && !option_is_list(option) && option_set_text(&reader, option, config, option->fallback, &error) < 0) {
      fail_msg("%s.%s: its default does not fit: %s", kind, option->key, error);
    }
  }
  options_free(options, count, config);
  free(config);
}

static void the_tables_of_all_kinds_are_sound(void **state) {
  (void)state;
  const struct option_set stack = {.options = stack_options, .count = stack_option_count};
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    options_walk((*kind)->name, (*kind)->options, (*kind)->option_count, (*kind)->config_size, check_options, check_option_count);
    for (const char *word = (*kind)->needs; word && *word;) {
      size_t length = strcspn(word, " |");
      char *key = xstrndup(word, length);
      if (!options_find(&stack, key)) fail_msg("%s needs %s, which the stack does not have", (*kind)->name, key);
      free(key);
      word += length + strspn(word + length, " |");
    }
    const struct option_set set = {.options = (*kind)->options, .count = (*kind)->option_count};
    if ((*kind)->target && !options_find(&set, (*kind)->target))
      fail_msg("%s has no key %s to name its target", (*kind)->name, (*kind)->target);
  }
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) {
    options_walk((*kind)->name, (*kind)->options, (*kind)->option_count, (*kind)->config_size, remedy_options, remedy_option_count);
  }
  for (const struct sink_kind *const *kind = sink_kinds; *kind; kind++) {
    static const struct option kind_key = {.key = "kind"};
    options_walk((*kind)->name, (*kind)->options, (*kind)->option_count, (*kind)->config_size, &kind_key, 1);
  }
}

/* Whoever asks whether the daemon lives must find it past any mistake in the file. */
static void the_state_folder_is_found_whatever_else_is_wrong(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *want; /* of want, what follows the test's folder; or a whole path */
  } rows[] = {
      {"state: /a/b\n", "/a/b"},
      {"{ state: '/a/b', nonsense: [ }\n", "/var/lib/ejmon"}, /* not whole, and no line of its own */
      {"stack: {}\nstack: {}\nstate: \"/a/b\"  # twice\n", "/a/b"},
      {"stack:\n\tsite: x\nstate: '/a/b'\n", "/a/b"},
      {"checks: {\nstate: /a/b", "/a/b"},
      {"state: /a/b\n: : [\n", "/a/b"},
      {"state: s\nmode: nonsense\n", "s"},
      {"state: ${EJMON_NO_SUCH:-/a/b}\n", "/a/b"},
      {"state: ${EJMON_NO_SUCH}\n", "/var/lib/ejmon"},
      {"state: [a]\n", "/var/lib/ejmon"},
      {"- state: /a/b\n", "/var/lib/ejmon"},
      {"", "/var/lib/ejmon"},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    char *file = file_write("bad", rows[i].yaml, 0600), *why = NULL;
    char *found = conf_state(file, &why);
    char *want = *rows[i].want == '/' ? xstrdup(rows[i].want) : text_format("%s/%s", folder, rows[i].want);
    if (strcmp(found, want) != 0) fail_msg("%s: %s instead of %s", rows[i].yaml, found, want);
    assert_int_equal(why != NULL, strstr(rows[i].yaml, "NO_SUCH}") != NULL);
    free(found);
    free(want);
    free(file);
    free(why);
  }
}

static struct conf *load_real(const char *yaml) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  int r = conf_load_text(&conf_tables_generated, yaml, strlen(yaml), "conf/ejmon.yaml", NULL, no_environment, &conf, &errors);
  for (char **line = errors.lines; line && *line; line++) print_message("%s\n", *line);
  assert_int_equal(r, 0);
  return conf;
}

static void the_annotated_example_loads(void **state) {
  (void)state;
  struct text text = {0}, uncommented = {0};
  char *error = NULL;
  if (access("conf/ejmon.yaml", R_OK) < 0) skip(); /* not run from the root of the tree */
  assert_int_equal(reader_slurp("conf/ejmon.yaml", 1 << 20, &text, NULL, &error), 0);
  struct conf *conf = load_real(text_get(&text));
  assert_null(conf->warnings);
  conf_free(conf);
  /* Each "#key:" and "#  key:" is a setting; with all of them taken in it must hold too. Files that stand elsewhere are made here. */
  char *env = file_write("config.env", "EJ_THEME=cpa\n", 0600), *secret = file_write("secret", "https://hooks.example.org/t0ken\n", 0600);
  for (char *line = strtok_r(text.data, "\n", &error); line; line = strtok_r(NULL, "\n", &error)) {
    char *comment = strstr(line, "  # ");
    if (comment) *comment = '\0';
    if (strstr(line, "env_file:")) {
      text_printf(&uncommented, "  env_file: %s\n", env);
    } else if (strstr(line, "password_file:")) {
      text_printf(&uncommented, "  login: { user: ejmon@example.org, password_file: %s }\n", secret);
    } else if (strstr(line, "url_file:")) {
      text_printf(&uncommented, "  oncall: { kind: webhook, url_file: %s }\n", secret);
    } else if (strstr(line, "password_file:")) {
      text_printf(&uncommented, "  login: { user: ejmon@example.org, password_file: %s }\n", secret);
    } else if (line[0] == '#' && (line[1] != ' ' || line[2] == ' ')) {
      text_printf(&uncommented, "%s\n", line + 1);
    }
  }
  conf = load_real(text_get(&uncommented));
  assert_null(conf->warnings);
  assert_string_equal(check_named(conf, "consultation")->target, "https://ej.example.org/my-consultation/");
  assert_string_equal(conf->stack.rocketchat, "https://chat.example.org");
  char *shown = show(conf);
  struct conf *again = load_real(shown);
  assert_int_equal(again->check_count, conf->check_count);
  assert_int_equal(again->sink_count, conf->sink_count);
  conf_free(again);
  conf_free(conf);
  free(shown);
  free(env);
  free(secret);
  text_free(&text);
  text_free(&uncommented);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_type_is_read),
      TEST(lists_may_be_defaults_too),
      TEST(aliases_may_be_used_for_values),
      TEST(many_checks_load_quickly),
      TEST(standard_checks_are_tuned_switched_off_and_given_targets),
      TEST(a_default_interval_gives_way_to_a_short_one),
      TEST(keys_of_the_stack_can_be_switched_off),
      TEST(variables_are_expanded),
      TEST(what_is_shown_can_be_read_again),
      TEST(bytes_that_are_no_text_do_not_break_what_is_shown),
      TEST(what_is_shown_without_a_file_can_be_read_again),
      TEST(a_probe_is_made_of_words),
      TEST(a_word_may_name_its_group),
      TEST(words_of_a_probe_that_do_not_do_are_errors),
      TEST(a_probe_without_its_target_says_what_is_missing),
      TEST(the_keys_of_a_kind_can_be_read),
      TEST(the_state_folder_is_found_whatever_else_is_wrong),
      TEST(the_tables_of_all_kinds_are_sound),
      TEST(the_annotated_example_loads),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
