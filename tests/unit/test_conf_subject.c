/* What each check is about, which extra checks stand behind the stack, names that no check may have, and holders of a configuration. */
#include "tests/unit/conf_kinds.h"

struct port_config {
  char *address;
};
static const struct option port_options[] = {
    {.key = "address", .type = OPTION_STRING, .offset = offsetof(struct port_config, address), .required = true}};
static const struct check_kind check_port = {
    .name = "port", .options = port_options, .option_count = 1, .config_size = sizeof(struct port_config), .target = "address"};
static const struct check_kind check_parts = {.name = "parts", .summary = "parts", .needs = "site", .scope = CHECK_SCOPE_STACK};
static const struct check_kind *const subject_kinds[] = {&check_any, &check_mongo, &check_page, &check_parts, &check_port, NULL};
static const struct conf_tables subject_tables = {.checks = subject_kinds, .remedies = remedies, .sinks = sinks};

static struct conf *load_subjects(const char *yaml) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  int r = conf_load_text(&subject_tables, yaml, strlen(yaml), "ejmon.yaml", NULL, no_environment, &conf, &errors);
  for (char **line = errors.lines; line && *line; line++) print_message("%s\n", *line);
  assert_int_equal(r, 0);
  return conf;
}

static void assert_refused(const char *yaml, const char *want) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  assert_int_equal(conf_load_text(&subject_tables, yaml, strlen(yaml), "ejmon.yaml", NULL, no_environment, &conf, &errors), -EINVAL);
  assert_string_equal(errors.lines[0], want);
  assert_null(errors.lines[1]);
  conf_errors_free(&errors);
}

static void a_standard_check_is_about_the_stack_and_an_extra_one_about_itself(void **state) {
  (void)state;
  struct conf *conf = load_subjects(
      "checks:\n  page: { interval: 1m }\n  second: { kind: page, url: 'http://b' }\n  db: { kind: mongo, url: 'mongodb://h/d' }\n"
      "  more-parts: { kind: parts }\n");
  assert_string_equal(check_named(conf, "page")->subject, "stack");
  assert_string_equal(check_named(conf, "mongo")->subject, "stack");
  assert_string_equal(check_named(conf, "second")->subject, "second");
  assert_string_equal(check_named(conf, "db")->subject, "db");
  assert_string_equal(check_named(conf, "more-parts")->subject, "stack");
  assert_false(check_named(conf, "page")->stands_behind);
  assert_false(check_named(conf, "more-parts")->stands_behind);
  conf_free(conf);
  conf = load_subjects("checks: { page: off }");
  assert_string_equal(check_named(conf, "page")->subject, "stack");
  conf_free(conf);
}

static void what_has_the_address_of_the_site_stands_behind_it(void **state) {
  (void)state;
  static const struct {
    const char *site, *check;
    bool behind;
  } rows[] = {
      {"https://ej.example.org", "kind: any, url: 'https://ej.example.org/x?y'", true},
      {"https://ej.example.org/", "kind: any, url: 'HTTPS://EJ.example.org:443'", true},
      {"https://ej.example.org", "kind: any, url: 'http://ej.example.org/x'", false},
      {"https://ej.example.org", "kind: any, url: 'https://ej.example.org:444/'", false},
      {"https://ej.example.org", "kind: any, url: 'https://ej.example.org.evil.test/'", false},
      {"https://ej.example.org", "kind: any, url: 'https://ej.example.org@other.test/'", false},
      {"http://ej.example.org:8080", "kind: any, url: 'http://ej.example.org:8080/a'", true},
      {"https://ej.example.org", "kind: page, url: 'https://ej.example.org/b'", true},
      {"https://ej.example.org", "kind: page", true},
      {"https://ej.example.org", "kind: port, address: 'ej.example.org:443'", true},
      {"https://ej.example.org", "kind: port, address: 'ej.example.org:80'", false},
      {"http://ej.example.org", "kind: port, address: 'EJ.example.org:80'", true},
      {"http://[::1]:8000", "kind: port, address: '[::1]:8000'", true},
      {"https://ej.example.org", "kind: mongo, url: 'mongodb://ej.example.org:443/d'", false},
      {"off", "kind: any, url: 'https://ej.example.org/'", false},
      {"https://ej.example.org", "kind: any, url: 'https://ej.example.org/x', stands_behind: none", false},
      {"https://ej.example.org", "kind: any, url: 'https://cdn.example.org/x', stands_behind: stack", true},
      {"https://ej.example.org", "kind: any, url: 'https://cdn.example.org/x', stands_behind: '${NOT:-stack}'", true},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    char *yaml = text_format("stack: { site: '%s' }\nchecks: { extra: { %s } }\n", rows[i].site, rows[i].check);
    struct conf *conf = load_subjects(yaml);
    if (check_named(conf, "extra")->stands_behind != rows[i].behind) fail_msg("%s: not %d", yaml, rows[i].behind);
    conf_free(conf);
    free(yaml);
  }
}

static void a_wrong_place_or_word_is_an_error(void **state) {
  (void)state;
  assert_refused(
      "checks: { page: { stands_behind: none } }",
      "ejmon.yaml:1:34: checks.page.stands_behind: a standard check is a part of the stack; leave this key out, or add a check of "
      "another name, which is told for itself");
  assert_refused("checks: { x: { kind: parts, stands_behind: stack } }",
                 "ejmon.yaml:1:44: checks.x.stands_behind: a check of this kind looks at the stack itself; leave this key out");
  assert_refused("checks: { x: { kind: any, url: 'http://h', stands_behind: yes } }",
                 "ejmon.yaml:1:59: checks.x.stands_behind: 'yes' is not known: write stack or none");
  assert_refused("checks: { x: { kind: any, url: 'http://h', stand_behind: none } }",
                 "ejmon.yaml:1:44: checks.x: unknown key stand_behind, did you mean stands_behind?");
  assert_refused("defaults: { stands_behind: none }",
                 "ejmon.yaml:1:13: defaults: unknown key stands_behind; known here: interval, suspect, down, timeout, rise, fall");
}

static void no_check_may_be_called_like_the_stack_or_ejmon(void **state) {
  (void)state;
  assert_refused(
      "checks:\n  stack: { kind: any, url: 'http://h' }\n",
      "ejmon.yaml:2:3: checks.stack: no check may be called stack: reports and pages call all standard checks together so; give it "
      "a name of its own, for example my-stack");
  assert_refused(
      "checks:\n  Ejmon: { kind: any, url: 'http://h' }\n",
      "ejmon.yaml:2:3: checks.Ejmon: no check may be called Ejmon: reports and pages call ejmon itself so; give it a name of its "
      "own, for example my-Ejmon");
  struct conf *conf = load_subjects("checks: { stack-2: { kind: any, url: 'http://h' } }");
  conf_free(conf);
}

static void what_it_stands_behind_is_shown_with_its_source_and_read_again(void **state) {
  (void)state;
  struct conf *conf = load_subjects(
      "stack: { site: 'https://a.test' }\nchecks:\n  in: { kind: any, url: 'https://a.test/x' }\n  out: { kind: any, url: 'https://b.test' }\n"
      "  told: { kind: any, url: 'https://b.test', stands_behind: stack }\n");
  char *shown = show(conf);
  assert_non_null(strstr(shown, "    stands_behind: stack  # default {site}\n"));
  assert_non_null(strstr(shown, "    stands_behind: none  # default\n"));
  assert_non_null(strstr(shown, "    stands_behind: stack  # ejmon.yaml:5\n"));
  struct conf *again = load_subjects(shown);
  for (size_t i = 0; i < conf->check_count; i++) assert_int_equal(conf->checks[i].stands_behind, again->checks[i].stands_behind);
  conf_free(conf);
  conf_free(again);
  free(shown);
}

static void a_probe_of_words_has_a_subject_too(void **state) {
  (void)state;
  struct conf_check check;
  struct conf_errors errors;
  char *const words[] = {(char[]){"url=http://h/"}, NULL};
  assert_int_equal(conf_probe_tables(&tables, "any", words, no_environment, &check, &errors), 0);
  assert_string_equal(check.subject, "any");
  conf_check_free(&check);
  assert_int_equal(conf_probe_tables(&tables, "page", words, no_environment, &check, &errors), 0);
  assert_string_equal(check.subject, "stack");
  assert_false(check.stands_behind);
  conf_check_free(&check);
}

static void the_key_is_explained_where_it_may_stand(void **state) {
  (void)state;
  struct text text = {0};
  assert_int_equal(conf_kind_help_tables(&subject_tables, "any", &text), 0);
  assert_non_null(strstr(text_get(&text), "  stands_behind\n      one of stack, none\n"));
  text_clear(&text);
  assert_int_equal(conf_kind_help_tables(&subject_tables, "parts", &text), 0);
  assert_null(strstr(text_get(&text), "stands_behind"));
  text_free(&text);
}

/* Under ASan: what a holder still works with is there, and goes with the last one. */
static void a_configuration_lives_until_its_last_holder_lets_go(void **state) {
  (void)state;
  struct conf *conf = load_subjects("checks: { extra: { kind: any, url: 'http://h' } }");
  struct conf *held = conf_hold(conf);
  assert_ptr_equal(held, conf);
  conf_free(conf);
  assert_string_equal(check_named(held, "extra")->subject, "extra");
  conf_free(held);
  conf_free(NULL);
}

/* A reload looks anew at what was changed alone. */
static void a_check_is_the_same_until_any_of_its_keys_has_another_value(void **state) {
  (void)state;
  static const char *const changes[] = {
      "url: 'http://c'", "method: HEAD", "password: other", "command: [a, c]",           "command: [a]",        "limit: 65k",
      "tries: 3",        "follow: yes",  "slow: 501ms",     "expect: { status: [200] }", "expect: { body: x }", "timeout: 7s"};
  static const char begin[] = "checks:\n  extra: { kind: page, command: [a, b], url: 'http://b' }\n";
  struct conf *one = load_subjects(begin), *other = load_subjects(begin);
  assert_true(conf_check_same(check_named(one, "extra"), check_named(other, "extra")));
  conf_free(other);
  for (size_t i = 0; i < countof(changes); i++) {
    const char *url = text_starts(changes[i], "url") ? "" : "url: 'http://b', ";
    const char *command = text_starts(changes[i], "command") ? "" : "command: [a, b], ";
    auto_free char *text = text_format("checks:\n  extra: { kind: page, %s%s%s }\n", url, command, changes[i]);
    other = load_subjects(text);
    if (conf_check_same(check_named(one, "extra"), check_named(other, "extra"))) fail_msg("%s changes nothing", changes[i]);
    conf_free(other);
  }
  conf_free(one);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_standard_check_is_about_the_stack_and_an_extra_one_about_itself),
      TEST(what_has_the_address_of_the_site_stands_behind_it),
      TEST(a_wrong_place_or_word_is_an_error),
      TEST(no_check_may_be_called_like_the_stack_or_ejmon),
      TEST(what_it_stands_behind_is_shown_with_its_source_and_read_again),
      TEST(a_probe_of_words_has_a_subject_too),
      TEST(the_key_is_explained_where_it_may_stand),
      TEST(a_check_is_the_same_until_any_of_its_keys_has_another_value),
      TEST(a_configuration_lives_until_its_last_holder_lets_go),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
