/* What the tests of the configuration share: tables of kinds of their own, so that the keys in the tests do not change with the checks, and
 * short ways to load a text, to look at its errors and to write files into a folder that goes again. */
#ifndef EJMON_TESTS_CONF_KINDS_H
#define EJMON_TESTS_CONF_KINDS_H

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

#include "conf/conf.h"
#include "conf/load.h"
#include "conf/stack.h"
#include "conf/value.h"
#include "monitor/base/redact.h"

struct page_config {
  char *url, *login, *host, *method, *password, *body, *database, *cacert, *embedder;
  char **status, **headers, **command;
  size_t limit;
  long tries;
  bool follow;
  double slow;
};
static const char *const methods[] = {"GET", "HEAD", NULL};
#define PAGE(key_name, kind, ...) \
  { .key = #key_name, .type = kind, .offset = offsetof(struct page_config, key_name), __VA_ARGS__ }
static const struct option page_options[] = {
    PAGE(url, OPTION_URL, .fallback = "{site}", .required = true, .help = "the page"),
    PAGE(login, OPTION_URL, .fallback = "{site}/login/"),
    PAGE(host, OPTION_STRING, .fallback = "{host}"),
    PAGE(method, OPTION_CHOICE, .choices = methods, .fallback = "GET"),
    PAGE(password, OPTION_SECRET, .help = NULL),
    PAGE(database, OPTION_DSN, .help = NULL),
    PAGE(cacert, OPTION_PATH, .help = NULL),
    PAGE(embedder, OPTION_ORIGIN, .help = NULL),
    PAGE(command, OPTION_LIST, .fallback = "{web_command}"),
    PAGE(limit, OPTION_SIZE, .fallback = "64k"),
    PAGE(tries, OPTION_INTEGER, .low = 1, .high = 5, .fallback = "2"),
    PAGE(follow, OPTION_BOOLEAN, .fallback = "no"),
    PAGE(slow, OPTION_DURATION, .fallback = "500ms"),
    PAGE(status, OPTION_LIST, .group = "expect", .fallback = "[200, 204]"),
    PAGE(body, OPTION_STRING, .group = "expect"),
    {.key = "header", .type = OPTION_LIST, .offset = offsetof(struct page_config, headers), .group = "expect"},
};
static const struct check_kind check_page = {.name = "page",
                                             .summary = "a page",
                                             .needs = "site",
                                             .options = page_options,
                                             .option_count = countof(page_options),
                                             .config_size = sizeof(struct page_config),
                                             .target = "url"};

struct target_config {
  char *url, *embedder;
};
#define TARGET(key_name, kind, ...) \
  { .key = #key_name, .type = kind, .offset = offsetof(struct target_config, key_name), __VA_ARGS__ }
static const struct option any_options[] = {TARGET(url, OPTION_URL, .required = true)};
static const struct option frame_options[] = {TARGET(url, OPTION_URL, .required = true, .fallback = "{site}/login/"),
                                              TARGET(embedder, OPTION_ORIGIN, .required = true, .fallback = "{rocketchat}")};
static const struct option mongo_options[] = {TARGET(url, OPTION_DSN, .required = true, .fallback = "{mongo}")};
static const struct option postgres_options[] = {TARGET(url, OPTION_DSN, .required = true, .fallback = "{postgres}")};
#define KIND(label, stack_keys)                                                                \
  static const struct check_kind check_##label = {.name = #label,                              \
                                                  .summary = #label,                           \
                                                  .needs = stack_keys,                         \
                                                  .options = label##_options,                  \
                                                  .option_count = countof(label##_options),    \
                                                  .config_size = sizeof(struct target_config), \
                                                  .target = "url"}
KIND(any, NULL);
KIND(frame, "site rocketchat");
KIND(mongo, "mongo");
KIND(postgres, "postgres");
static const struct check_kind *const kinds[] = {&check_any, &check_frame, &check_mongo, &check_page, &check_postgres, NULL};

struct collect_config {
  char *docker;
  char **command;
};
static const struct option collect_test_options[] = {
    {.key = "docker", .type = OPTION_DSN, .offset = offsetof(struct collect_config, docker), .fallback = "{docker}"},
    {.key = "command", .type = OPTION_LIST, .offset = offsetof(struct collect_config, command), .fallback = "{web_command}"}};
static const struct remedy_kind remedy_collect_test = {.name = "collect",
                                                       .summary = "collects",
                                                       .default_mode = MODE_AUTO,
                                                       .options = collect_test_options,
                                                       .option_count = 2,
                                                       .config_size = sizeof(struct collect_config)};
static const struct remedy_kind remedy_restart_test = {
    .name = "restart-web", .summary = "restarts", .default_mode = MODE_APPROVE, .options = NULL, .config_size = 0};
static const struct remedy_kind *const remedies[] = {&remedy_collect_test, &remedy_restart_test, NULL};

struct pager_config {
  char *routing_key, *url;
};
static const struct option pager_options[] = {
    {.key = "routing_key", .type = OPTION_SECRET, .offset = offsetof(struct pager_config, routing_key), .required = true},
    {.key = "url", .type = OPTION_URL, .offset = offsetof(struct pager_config, url), .fallback = "https://events.example.org/"}};
static const struct sink_kind sink_log_test = {.name = "log", .summary = "lines"};
static const struct sink_kind sink_pager_test = {
    .name = "pager", .summary = "pages", .options = pager_options, .option_count = 2, .config_size = sizeof(struct pager_config)};
static const struct sink_kind *const sinks[] = {&sink_log_test, &sink_pager_test, NULL};

static const struct conf_tables tables = {.checks = kinds, .remedies = remedies, .sinks = sinks};

static char folder[] = "/tmp/ejmon-test-conf-XXXXXX";
static char *const no_environment[] = {NULL};

static inline char *file_write(const char *name, const char *content, mode_t mode) {
  char *path = text_format("%s/%s", folder, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(content, file);
  fclose(file);
  assert_int_equal(chmod(path, mode), 0);
  return path;
}

static inline struct conf *load_in(const char *yaml, const char *env_file, char *const *environment) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  int r = conf_load_text(&tables, yaml, yaml ? strlen(yaml) : 0, yaml ? "ejmon.yaml" : NULL, env_file, environment, &conf, &errors);
  for (char **line = errors.lines; line && *line; line++) print_message("%s\n", *line);
  assert_int_equal(r, 0);
  assert_null(errors.lines);
  conf_errors_free(&errors);
  return conf;
}

static inline struct conf *load(const char *yaml) {
  return load_in(yaml, NULL, no_environment);
}

/* The errors of a configuration, one string; the load must fail. */
static inline char *errors_of(const char *yaml, char *const *environment) {
  struct conf *conf = NULL;
  struct conf_errors errors;
  int r = conf_load_text(&tables, yaml, strlen(yaml), "ejmon.yaml", NULL, environment, &conf, &errors);
  if (r == 0) fail_msg("this loads, and should not:\n%s", yaml);
  assert_int_equal(r, -EINVAL);
  assert_null(conf);
  struct text all = {0};
  for (char **line = errors.lines; *line; line++) text_printf(&all, "%s\n", *line);
  conf_errors_free(&errors);
  return text_steal(&all);
}

/* The configuration has this one error, and this alone. */
static inline void assert_error(const char *yaml, const char *line) {
  char *errors = errors_of(yaml, no_environment);
  char *want = text_format("%s\n", line);
  assert_string_equal(errors, want);
  free(want);
  free(errors);
}

static inline const struct conf_check *check_named(const struct conf *conf, const char *name) {
  for (size_t i = 0; i < conf->check_count; i++) {
    if (strcmp(conf->checks[i].name, name) == 0) return &conf->checks[i];
  }
  fail_msg("no check %s", name);
  return NULL;
}

static inline const struct page_config *page_of(const struct conf *conf, const char *name) {
  return check_named(conf, name)->config;
}

static inline char *show(const struct conf *conf) {
  struct text text = {0};
  conf_show(conf, &text);
  return text_steal(&text);
}

static inline void assert_warned(const struct conf *conf, const char *part) {
  for (char **line = conf->warnings; line && *line; line++) {
    if (strstr(*line, part)) return;
  }
  for (char **line = conf->warnings; line && *line; line++) print_message("%s\n", *line);
  fail_msg("no warning says: %s", part);
}

static inline int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_folder(void **state) {
  (void)state;
  static const char *const names[] = {"config.env", "theme.env", "rocket.env", "secret", "dsn", "bad"};
  for (size_t i = 0; i < countof(names); i++) {
    char *path = text_format("%s/%s", folder, names[i]);
    unlink(path);
    free(path);
  }
  redact_forget_all();
  return rmdir(folder);
}

static inline int forget(void **state) {
  (void)state;
  redact_forget_all();
  return 0;
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

#endif
