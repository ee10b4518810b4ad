/* What each mistake in a configuration is told as, with its place; secrets, which no error shows; input that means harm. */
#include "tests/unit/conf_kinds.h"

static void every_mistake_is_told_with_its_place(void **state) {
  (void)state;
  static const struct {
    const char *yaml, *line;
  } rows[] = {
      {"stak: {}", "ejmon.yaml:1:1: unknown key stak, did you mean stack?"},
      {"checks:\n  page: { intervall: 5s }", "ejmon.yaml:2:11: checks.page: unknown key intervall, did you mean interval?"},
      {"checks: { page: { status: 200 } }", "ejmon.yaml:1:19: checks.page: status belongs below expect: `expect: { status: ... }`"},
      {"checks: { page: { expect: { url: x } } }", "ejmon.yaml:1:29: checks.page.expect: url does not belong below expect"},
      {"checks: { page: { expect: 200 } }", "ejmon.yaml:1:27: checks.page.expect: a single value stands where a mapping of keys is wanted"},
      {"checks: { page: { interval: 5 } }", "ejmon.yaml:1:29: checks.page.interval: '5' has no unit: did you mean 5s?"},
      {"checks: { page: { interval: 5 m } }",
       "ejmon.yaml:1:29: checks.page.interval: '5 m' has no unit that is known: ms, s, m, h or d, and one only"},
      {"checks: { page: { interval: soon } }",
       "ejmon.yaml:1:29: checks.page.interval: 'soon' is no duration: write 500ms, 30s, 5m, 2h or 7d"},
      {"checks: { page: { interval: 400d } }", "ejmon.yaml:1:29: checks.page.interval: '400d' is too long: at most 366d"},
      {"checks: { page: { interval: 6s, timeout: 5ms } }", "ejmon.yaml:1:42: checks.page: timeout is too short: at least 100ms"},
      {"checks: { page: { interval: [5s] } }", "ejmon.yaml:1:29: checks.page.interval: a list stands where a single value is wanted"},
      {"checks: { page: { interval: } }", "ejmon.yaml:1:29: checks.page.interval: has no value; leave the key out for its default"},
      {"checks: { page: { interval: 10s, suspect: 20s } }",
       "ejmon.yaml:1:43: checks.page: suspect (20s) is longer than interval (10s): a suspected fault would be looked at less often than none"},
      {"checks: { page: { rise: 0 } }", "ejmon.yaml:1:25: checks.page.rise: '0' is out of range: from 1 to 100"},
      {"checks: { page: { tries: two } }", "ejmon.yaml:1:26: checks.page.tries: 'two' is no whole number"},
      {"checks: { page: { limit: 2MB } }", "ejmon.yaml:1:26: checks.page.limit: '2MB' is no size: write bytes as 4096, 64k, 16M or 1G"},
      {"checks: { page: { follow: maybe } }", "ejmon.yaml:1:27: checks.page.follow: 'maybe' is neither true nor false"},
      {"checks: { page: { method: HEAT } }", "ejmon.yaml:1:27: checks.page.method: 'HEAT' is not known; did you mean HEAD?"},
      {"checks: { page: { method: PROPFIND } }", "ejmon.yaml:1:27: checks.page.method: 'PROPFIND' is not known: write GET or HEAD"},
      {"checks: { page: { url: ej.example.org } }",
       "ejmon.yaml:1:24: checks.page.url: the scheme is missing: write https://ej.example.org/"},
      {"checks: { page: { url: 'ftp://h/' } }", "ejmon.yaml:1:24: checks.page.url: the scheme 'ftp://' is neither http:// nor https://"},
      {"checks: { page: { url: 'http://h:99999/' } }", "ejmon.yaml:1:24: checks.page.url: the port '99999' is no number from 1 to 65535"},
      {"checks: { page: { url: 'http:///x' } }", "ejmon.yaml:1:24: checks.page.url: the host is missing"},
      {"checks: { page: { url: 'http://a b/' } }", "ejmon.yaml:1:24: checks.page.url: a blank or a control character stands in it"},
      {"checks: { page: { url: 'http://h/#x' } }",
       "ejmon.yaml:1:24: checks.page.url: what follows '#' is never sent to a server; leave it out, or write %23"},
      {"checks: { page: { embedder: 'https://chat.org/x' } }",
       "ejmon.yaml:1:29: checks.page.embedder: an origin ends before the path: write https://chat.org"},
      {"stack: { rocketchat: 'https://chat.org/' }",
       "ejmon.yaml:1:22: stack.rocketchat: an origin ends before the path: write https://chat.org"},
      {"stack: { postgres: 'mysql://h/d' }",
       "ejmon.yaml:1:20: stack.postgres: the scheme is none of postgresql://, postgres://, psql://, pgsql://"},
      {"stack: { docker: 'tcp://h:2375' }", "ejmon.yaml:1:18: stack.docker: only a unix socket is used: unix:///var/run/docker.sock"},
      {"checks: { mine: { url: 'http://h' } }",
       "ejmon.yaml:1:11: checks.mine: kind is missing, since no standard check has this name; there are any, frame, mongo, page, postgres"},
      {"checks: { mine: { kind: pgae } }", "ejmon.yaml:1:25: checks.mine: no kind of check is called pgae; did you mean page?"},
      {"checks: { mine: { kind: any } }", "ejmon.yaml:1:11: checks.mine: url is missing"},
      {"checks: { mine: { kind: mongo } }",
       "ejmon.yaml:1:11: checks.mine: url is missing; its default comes from stack.mongo, which is not set either"},
      {"checks: { mine: off }",
       "ejmon.yaml:1:11: checks.mine: there is no standard check of this name to switch off; there are frame, mongo, page, postgres"},
      {"checks: { page: { kind: any } }",
       "ejmon.yaml:1:25: checks.page: the standard check of this name is of kind page; give a check of another kind another name"},
      {"checks: { page: 5 }", "ejmon.yaml:1:17: checks.page: a mapping of keys is wanted, or off"},
      {"checks: [page]", "ejmon.yaml:1:9: checks: a list stands where a mapping of keys is wanted"},
      {"checks: { 'a b': { kind: any } }",
       "ejmon.yaml:1:11: checks.a b: a name has up to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit"},
      {"stack: { host: \"a\\r\\nX: y\" }", "ejmon.yaml:1:16: stack.host: '\\x0D' cannot stand in a host"},
      {"stack: { mongo: h }\nchecks: { m: { kind: mongo } }",
       "ejmon.yaml:1:17: stack.mongo: the scheme is missing: write it with one, as in postgresql://user@host/database or mongodb://host/database"},
      {"mode: atuo", "ejmon.yaml:1:7: mode: 'atuo' is not known; did you mean auto?"},
      {"mode: suggest\nremedies: { collect: { mode: auto } }",
       "ejmon.yaml:2:30: remedies.collect: mode auto is above the mode of the whole, suggest: raise that one or lower this one"},
      {"remedies: { colect: {} }", "ejmon.yaml:1:13: remedies: no remedy is called colect; did you mean collect?"},
      {"sinks: { oncall: { kind: pagerr } }", "ejmon.yaml:1:26: sinks.oncall: no kind of sink is called pagerr; did you mean pager?"},
      {"sinks: { oncall: { kind: pager } }", "ejmon.yaml:1:18: sinks.oncall: routing_key is missing"},
      {"sinks: { oncall: { } }", "ejmon.yaml:1:10: sinks.oncall: kind is missing; there are log, pager"},
      {"sinks: { log: off }", "ejmon.yaml:1:8: sinks: nobody is told of anything: log is off and there is no other sink"},
      {"listen: 9469", "ejmon.yaml:1:9: listen: the port is missing: write 127.0.0.1:9469"},
      {"listen: 'localhost:http'", "ejmon.yaml:1:9: listen: the port 'http' is no number from 1 to 65535"},
      {"- a\n- b", "ejmon.yaml:1:1: a list stands where the keys stack, checks, ... are wanted"},
      {"stack: { site: '${EJMON_NO_SUCH}' }",
       "ejmon.yaml:1:16: stack.site: ${EJMON_NO_SUCH}: the variable EJMON_NO_SUCH is not set in ejmon's environment; set it, or write "
       "${EJMON_NO_SUCH:-default}"},
      {"stack: { theme: '${X' }", "ejmon.yaml:1:17: stack.theme: ${ has no closing }; $$ is a plain $"},
      {"checks: { page: { <<: {} } }", "ejmon.yaml:1:19: checks.page: merge keys (<<) are not read; write the keys out"},
      {"stack: {}\nstack: {}", "ejmon.yaml:2:1: stack is given twice; it stands in line 1 already"},
      {"stack: {}\n---\nstack: {}", "ejmon.yaml:2:1: a second document begins here; ejmon reads one"},
      {"stack: !include {}", "ejmon.yaml:1:8: the tag !include is not known here"},
      {"stack: *x", "ejmon.yaml:1:8: *x names nothing: there is no &x before it"},
      {"stack: &x { site: *x }", "ejmon.yaml:1:19: *x stands inside of what it names"},
      {"? [a]\n: b", "ejmon.yaml:1:3: a list cannot be a key"},
      {"stack: { theme: \"a\\0b\" }", "ejmon.yaml:1:17: the value holds a NUL byte"},
      {"stack:\n\tsite: x",
       "ejmon.yaml:2:1: while scanning for the next token, found character that cannot start any token; a tab stands here: YAML indents with spaces"},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    assert_error(rows[i].yaml, rows[i].line);
  }
}

static void all_errors_come_at_once_in_the_order_of_the_file(void **state) {
  (void)state;
  char *errors =
      errors_of("grace: x\nchecks:\n  page: { rise: x }\n  mine: { kind: any }\nstack: { site: y }\nsinks: { a: {} }\n", no_environment);
  static const char *const begins[] = {"ejmon.yaml:1:8:", "ejmon.yaml:3:17:", "ejmon.yaml:4:3:", "ejmon.yaml:5:16:", "ejmon.yaml:6:10:"};
  const char *line = errors;
  for (size_t i = 0; i < countof(begins); i++) {
    assert_true(text_starts(line, begins[i]));
    line = strchr(line, '\n') + 1;
  }
  assert_string_equal(line, "");
  free(errors);
}

static void errors_are_capped_and_counted(void **state) {
  (void)state;
  struct text text = {0};
  text_add(&text, "checks:\n");
  for (int i = 0; i < 150; i++) text_printf(&text, "  c%d: { kind: any }\n", i);
  char *errors = errors_of(text_get(&text), no_environment);
  assert_non_null(strstr(errors, "ejmon.yaml: 50 more errors are not shown\n"));
  free(errors);
  text_free(&text);
}

static void a_billion_laughs_and_endless_nesting_end_early(void **state) {
  (void)state;
  struct text text = {0};
  text_add(&text, "a0: &a0 [x, x]\n");
  for (int i = 1; i < 60; i++) text_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1);
  char *errors = errors_of(text_get(&text), no_environment);
  assert_non_null(strstr(errors, "unknown key a0"));
  free(errors);
  text_clear(&text);
  for (int i = 0; i < 5000; i++) text_add_char(&text, '[');
  errors = errors_of(text_get(&text), no_environment);
  assert_non_null(strstr(errors, "nested deeper than 32 levels"));
  free(errors);
  text_clear(&text);
  for (int i = 0; i < 200; i++) text_printf(&text, "k%d: &k%d 1\n", i, i);
  errors = errors_of(text_get(&text), no_environment);
  assert_non_null(strstr(errors, "more than 100 anchors"));
  free(errors);
  text_free(&text);
}

static void secrets_come_from_files(void **state) {
  (void)state;
  char *secret = file_write("secret", "k3y-of-the-pager\r\n", 0600);
  char *yaml = text_format(
      "sinks: { oncall: { kind: pager, routing_key_file: %s } }\nchecks: { mine: { kind: mongo, url_file: %s/dsn } }\n", secret, folder);
  char *dsn = file_write("dsn", "mongodb://u:m0ngopass@h/db\n", 0604);
  struct conf *conf = load(yaml);
  const struct pager_config *pager = conf->sinks[1].config;
  assert_string_equal(pager->routing_key, "k3y-of-the-pager");
  assert_string_equal(check_named(conf, "mine")->target, "mongodb://u:[hidden]@h/db");
  assert_warned(conf, "chmod o-r it");
  char *shown = show(conf);
  assert_null(strstr(shown, "k3y-of-the-pager"));
  assert_null(strstr(shown, "m0ngopass"));
  char *want = text_format("routing_key_file: %s", secret);
  assert_non_null(strstr(shown, want));
  free(want);
  free(shown);
  conf_free(conf);
  free(yaml);
  free(dsn);
  free(secret);
}

static void secret_files_that_do_not_do_are_errors(void **state) {
  (void)state;
  struct text large = {0};
  for (unsigned i = 0; i <= READER_SECRET_LIMIT; i++) text_add_char(&large, 'x');
  const struct {
    const char *content, *error;
  } rows[] = {{"", "is empty"},
              {"\n", "is empty"},
              {"a1b2c3\nd4e5f6\n", "must hold the secret alone, in one line"},
              {text_get(&large), "is larger than 64 KiB"}};
  for (size_t i = 0; i < countof(rows); i++) {
    char *path = file_write("bad", rows[i].content, 0600);
    char *yaml = text_format("sinks: { oncall: { kind: pager, routing_key_file: %s } }", path);
    char *errors = errors_of(yaml, no_environment);
    if (!strstr(errors, rows[i].error)) fail_msg("%s", errors);
    assert_non_null(strstr(errors, "ejmon.yaml:1:51: sinks.oncall.routing_key_file: "));
    free(errors);
    free(yaml);
    free(path);
  }
  assert_error(
      "sinks: { oncall: { kind: pager, routing_key_file: /nonexistent/x, routing_key: y } }",
      "ejmon.yaml:1:51: sinks.oncall.routing_key_file: /nonexistent/x cannot be read: No such file or directory; check the path; inside a "
      "container, mount the file there\n"
      "ejmon.yaml:1:67: sinks.oncall.routing_key: give either routing_key or routing_key_file, not both");
  text_free(&large);
}

static void no_error_shows_a_secret(void **state) {
  (void)state;
  static const char *const yamls[] = {
      "checks: { page: { database: 'mongodb://u:gehe1m@h:x/y' } }",
      "checks: { page: { database: 'mongodb://u:gehe1m#@h/y' } }",
      "checks: { page: { url: 'http://u:gehe1m@h:x/y' } }",
      "checks: { page: { password: [gehe1m, gehe1m] } }",
      "stack: { postgres: 'mysql://u:gehe1m@h/d' }",
      "checks: { page: { embedder: 'http://u:gehe1m@h' } }",
      "checks: { page: { password: gehe1m, passwort: gehe1m } }",
      "stack: { docker: 'tcp://u:gehe1m@h' }",
  };
  for (size_t i = 0; i < countof(yamls); i++) {
    redact_forget_all();
    char *errors = errors_of(yamls[i], no_environment);
    if (strstr(errors, "gehe1m")) fail_msg("%s", errors);
    free(errors);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_mistake_is_told_with_its_place),
      TEST(all_errors_come_at_once_in_the_order_of_the_file),
      TEST(errors_are_capped_and_counted),
      TEST(a_billion_laughs_and_endless_nesting_end_early),
      TEST(secrets_come_from_files),
      TEST(secret_files_that_do_not_do_are_errors),
      TEST(no_error_shows_a_secret),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
