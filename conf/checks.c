/* Reads checks: and defaults: into the list of checks, standard ones included, and one check from KEY=VALUE words; see load.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/stack.h"
#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

#define INTERVAL_SHORTEST 0.1 /* seconds: a probe at such a pace is a load test already */

const struct option check_options[] = {
    {OPTION(struct conf_check, interval, DURATION, "30s", "Between two probes while all is well.")},
    {OPTION(struct conf_check, suspect, DURATION, "5s", "Between two probes while a fault is not confirmed yet.")},
    {OPTION(struct conf_check, down, DURATION, "10s", "Between two probes while a fault lasts.")},
    {OPTION(struct conf_check, timeout, DURATION, "10s", "For one whole probe.")},
    {OPTION(struct conf_check, rise, INTEGER, "2", "Passing probes in a row that end a fault."), .low = 1, .high = 100},
    {OPTION(struct conf_check, fall, INTEGER, "3", "Failing probes in a row that make a fault."), .low = 1, .high = 100},
};
const size_t check_option_count = countof(check_options);
enum { INTERVAL, SUSPECT, DOWN, TIMEOUT };

struct checks_reading {
  struct conf_reader *reader;
  const struct conf_tables *tables;
  struct conf *conf;
  struct conf_check base; /* of defaults: */
};

static struct option_set common_set(struct conf_check *check, struct conf_source *sources) {
  return (struct option_set){.options = check_options, .count = check_option_count, .config = check, .sources = sources};
}

/* Durations that make no sense, alone or together, in one mapping of them. What stands in defaults: is told there, not at each check that
 * inherits it. */
static void common_check(struct conf_reader *reader, const struct tree_node *node, const char *path, struct conf_check *check,
                         struct conf_source *sources) {
  const double *const durations[] = {&check->interval, &check->suspect, &check->down, &check->timeout};
  const bool own_interval = tree_get(node, "interval"), own_suspect = tree_get(node, "suspect"), own_timeout = tree_get(node, "timeout");
  for (size_t i = 0; i < countof(durations); i++) {
    if (*durations[i] >= INTERVAL_SHORTEST || !tree_get(node, check_options[i].key)) continue;
    reader_error(reader, tree_get(node, check_options[i].key), path, "%s is too short: at least 100ms", check_options[i].key);
  }
  if (check->suspect > check->interval) {
    if (sources[SUSPECT].kind == SOURCE_DEFAULT) {
      check->suspect = check->interval;
    } else if (own_interval || own_suspect) {
      auto_free char *suspect = value_show_duration(check->suspect);
      auto_free char *interval = value_show_duration(check->interval);
      reader_error(reader, tree_get(node, "suspect") ? tree_get(node, "suspect") : node, path,
                   "suspect (%s) is longer than interval (%s): a suspected fault would be looked at less often than none", suspect,
                   interval);
    }
  }
  if (check->timeout > check->interval && sources[TIMEOUT].kind != SOURCE_DEFAULT && (own_interval || own_timeout)) {
    auto_free char *timeout = value_show_duration(check->timeout);
    auto_free char *interval = value_show_duration(check->interval);
    reader_warn(reader, tree_get(node, "timeout") ? tree_get(node, "timeout") : node, path,
                "timeout (%s) is longer than interval (%s): while a probe hangs, the next ones wait for it", timeout, interval);
  }
}

/* Limits of the kind's own that the timeout of the whole probe comes before. */
static void own_durations_check(struct conf_reader *reader, const struct tree_node *node, const char *path,
                                const struct conf_check *check) {
  for (size_t i = 0; i < check->kind->option_count; i++) {
    const struct option *option = &check->kind->options[i];
    if (option->type != OPTION_DURATION || check->sources[i].kind != SOURCE_CONFIG) continue;
    if (!text_ends(option->key, "_timeout") && strcmp(option->key, "slow") != 0) continue;
    if (*(const double *)(const void *)((const char *)check->config + option->offset) <= check->timeout) continue;
    auto_free char *own = option_text(option, check->config), *timeout = value_show_duration(check->timeout);
    reader_warn(reader, tree_get(node, option->key), path, "%s (%s) is longer than timeout (%s), which ends the probe before", option->key,
                own, timeout);
  }
}

/* The value of the key that names the target, as reports may show it. */
static char *target_of(const struct check_kind *kind, const void *config) {
  for (size_t i = 0; kind->target && i < kind->option_count; i++) {
    const struct option *option = &kind->options[i];
    if (strcmp(option->key, kind->target) != 0) continue;
    auto_free char *value = option_is_list(option) ? NULL : option_text(option, config);
    char **list = option_list(option, config);
    return redact(value ? value : list && *list ? *list : "");
  }
  return xstrdup("");
}

static void check_init(struct conf_check *check, const char *name, const struct check_kind *kind) {
  check->name = xstrdup(name);
  check->kind = kind;
  check->config = xcalloc(1, kind->config_size);
  check->subject = CONF_SUBJECT_STACK;
  check->sources = xcalloc(kind->option_count + check_option_count + extra_option_count, sizeof *check->sources);
}

/* Does the standard check have this key of the stack, or an option of its own that makes up for it? */
static bool need_is_met(const struct checks_reading *reading, const struct conf_check *check, const char *key) {
  struct option_set stack = stack_set(reading->conf);
  const struct option *option = options_find(&stack, key);
  if (option && option_has_value(option, stack.config)) return true;
  bool made_up = false, wanted = false;
  for (size_t i = 0; i < check->kind->option_count; i++) {
    if (!fallback_mentions(check->kind->options[i].fallback, key)) continue;
    if (check->sources[i].kind == SOURCE_NONE) wanted = true;
    made_up = true;
  }
  return made_up && !wanted;
}

/* Why none of the alternatives "a|b" is there, or NULL when one is. */
static char *need_missing(const struct checks_reading *reading, const struct conf_check *check, const char *alternatives) {
  struct text names = {0};
  size_t count = 0;
  auto_free char *last = NULL;
  for (const char *word = alternatives; *word; count++) {
    size_t length = strcspn(word, "|");
    auto_free char *key = xstrndup(word, length);
    if (need_is_met(reading, check, key)) {
      text_free(&names);
      return NULL;
    }
    text_printf(&names, "%sstack.%s", count ? ", " : "", key);
    free(last);
    last = xstrdup(key);
    word += length + (word[length] == '|');
  }
  char *reason = count == 1 ? stack_missing(reading->conf, last) : text_format(translated("none of %s is set"), text_get(&names));
  text_free(&names);
  return reason;
}

/* The stack key that a standard check lacks, or NULL. */
static char *needs_missing(const struct checks_reading *reading, const struct conf_check *check) {
  for (const char *word = check->kind->needs; *word;) {
    size_t length = strcspn(word, " ");
    auto_free char *alternatives = xstrndup(word, length);
    char *reason = *alternatives ? need_missing(reading, check, alternatives) : NULL;
    if (reason) return reason;
    word += length + strspn(word + length, " ");
  }
  return NULL;
}

/* Reads one check's mapping (NULL: none) and adds it to the list. What is wrong with it as a whole is told at `place` (or NULL). */
static void check_add(struct checks_reading *reading, const char *name, const struct check_kind *kind, const struct tree_node *place,
                      const struct tree_node *node, bool standard) {
  static const char *const elsewhere_own[] = {"kind", NULL}, *const elsewhere[] = {"kind", "stands_behind", NULL};
  struct conf_reader *reader = reading->reader;
  struct conf_check *check = array_push(&reading->conf->checks, &reading->conf->check_count, sizeof *check);
  check_init(check, name, kind);
  auto_free char *path = text_format("checks.%s", name);
  struct conf_source *common = check->sources + kind->option_count;
  /* The common values start as those of defaults:, and keep their sources where the check says nothing. */
  memcpy((char *)check + offsetof(struct conf_check, interval), (const char *)&reading->base + offsetof(struct conf_check, interval),
         offsetof(struct conf_check, sources) - offsetof(struct conf_check, interval));
  const bool own = subject_is_own(kind, standard);
  const struct option_set sets[] = {
      common_set(check, common),
      {.options = kind->options, .count = kind->option_count, .config = check->config, .sources = check->sources},
      {.options = extra_options, .count = own ? extra_option_count : 0, .config = check, .sources = common + check_option_count}};
  options_read(reader, node, path, own ? elsewhere_own : elsewhere, sets, countof(sets));
  for (size_t i = 0; i < check_option_count; i++) {
    if (common[i].kind == SOURCE_NONE) common[i] = reading->base.sources[i];
  }
  common_check(reader, node ? node : place, path, check, common);
  own_durations_check(reader, node, path, check);
  if (standard) check->skip = needs_missing(reading, check);
  const struct option_set stack = stack_set(reading->conf);
  if (!check->skip) {
    options_default(reader, place, path, &sets[1], &stack);
    options_require(reader, place, path, &sets[1], &stack);
  }
  check->target = target_of(kind, check->config);
  subject_settle(reader, node, path, reading->conf, standard, check, common + check_option_count);
}

static const struct check_kind *kind_find(const struct conf_tables *tables, const char *name) {
  for (const struct check_kind *const *kind = tables->checks; *kind; kind++) {
    if (strcmp((*kind)->name, name) == 0) return *kind;
  }
  return NULL;
}

/* "did you mean theme?" or the whole list. */
static char *kinds_hint(const struct conf_tables *tables, const char *name, bool standard_only) {
  const char **names = NULL;
  size_t count = 0;
  auto_text struct text all = {0};
  for (const struct check_kind *const *kind = tables->checks; *kind; kind++) {
    if (standard_only && !(*kind)->needs) continue;
    const char **slot = array_push(&names, &count, sizeof *slot);
    *slot = (*kind)->name;
    text_printf(&all, "%s%s", all.length ? ", " : "", (*kind)->name);
  }
  const char **end = array_push(&names, &count, sizeof *end);
  *end = NULL;
  const char *nearest = name ? text_nearest(name, names) : NULL;
  char *hint = nearest ? text_format(translated("did you mean %s?"), nearest) : text_format(translated("there are %s"), text_get(&all));
  free(names);
  return hint;
}

/* The kind that a check of the file names, or that its name is; NULL after an error. */
static const struct check_kind *kind_of(struct checks_reading *reading, const struct tree_node *key, const struct tree_node *node,
                                        const char *path) {
  const struct tree_node *named = tree_get(node, "kind");
  if (named && (named->type != TREE_SCALAR || !*named->text)) {
    reader_error(reading->reader, named, path, "kind wants the name of a kind");
    return NULL;
  }
  const struct check_kind *kind = kind_find(reading->tables, named ? named->text : key->text);
  if (kind) return kind;
  auto_free char *hint = kinds_hint(reading->tables, named ? named->text : key->text, false);
  auto_text struct text shown = {0};
  if (named) text_add_printable(&shown, named->text, strlen(named->text), 64);
  if (named) {
    reader_error(reading->reader, named, path, "no kind of check is called %s; %s", text_get(&shown), hint);
  } else {
    reader_error(reading->reader, key, path, "kind is missing, since no standard check has this name; %s", hint);
  }
  return NULL;
}

/* A check that stands in the file and is no standard one. */
static void extra_read(struct checks_reading *reading, const struct tree_node *key, const struct tree_node *node) {
  auto_free char *path = reader_path("checks", key->text);
  if (!reader_name_check(reading->reader, key, path) || !subject_name_check(reading->reader, key, path)) return;
  if (tree_is_off(node)) {
    auto_free char *hint = kinds_hint(reading->tables, key->text, true);
    reader_error(reading->reader, key, path, "there is no standard check of this name to switch off; %s", hint);
    return;
  }
  if (node->type != TREE_MAPPING && !tree_is_null(node)) {
    reader_error(reading->reader, node, path, "a mapping of keys is wanted, or off");
    return;
  }
  const struct check_kind *kind = kind_of(reading, key, node, path);
  if (kind) check_add(reading, key->text, kind, key, node, false);
}

/* A standard check: as it is, tuned or switched off. */
static void standard_read(struct checks_reading *reading, const struct check_kind *kind, const struct tree_node *node) {
  auto_free char *path = reader_path("checks", kind->name);
  if (node && tree_is_off(node)) {
    struct conf_check *check = array_push(&reading->conf->checks, &reading->conf->check_count, sizeof *check);
    check_init(check, kind->name, kind);
    check->target = xstrdup("");
    check->skip = text_format(translated("switched off (%s:%d)"), reading->reader->file, node->line);
    check->off = true;
    return;
  }
  if (node && node->type != TREE_MAPPING && !tree_is_null(node)) {
    reader_error(reading->reader, node, path, "a mapping of keys is wanted, or off");
    return;
  }
  const struct tree_node *named = tree_get(node, "kind");
  if (named && !(named->type == TREE_SCALAR && strcmp(named->text, kind->name) == 0)) {
    reader_error(reading->reader, named, path, "the standard check of this name is of kind %s; give a check of another kind another name",
                 kind->name);
    return;
  }
  check_add(reading, kind->name, kind, node, node, true);
}

void checks_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf) {
  struct checks_reading reading = {.reader = reader, .tables = tables, .conf = conf};
  reading.base.sources = xcalloc(check_option_count, sizeof *reading.base.sources);
  const struct tree_node *defaults = reader_section(reader, root, "defaults"), *checks = reader_section(reader, root, "checks");
  const struct option_set base = common_set(&reading.base, reading.base.sources);
  options_read(reader, defaults, "defaults", NULL, &base, 1);
  options_default(reader, defaults, "defaults", &base, NULL);
  if (defaults) common_check(reader, defaults, "defaults", &reading.base, reading.base.sources);
  for (const struct check_kind *const *kind = tables->checks; *kind; kind++) {
    if ((*kind)->needs) standard_read(&reading, *kind, tree_get(checks, (*kind)->name));
  }
  for (size_t i = 0; checks && i + 1 < checks->count; i += 2) {
    const struct check_kind *kind = kind_find(tables, checks->items[i]->text);
    if (!kind || !kind->needs) extra_read(&reading, checks->items[i], checks->items[i + 1]);
  }
  sources_free(reading.base.sources, check_option_count);
}

void conf_check_free(struct conf_check *check) {
  if (!check) return;
  if (check->kind) {
    options_free(check->kind->options, check->kind->option_count, check->config);
    sources_free(check->sources, check->sources ? check->kind->option_count + check_option_count + extra_option_count : 0);
  }
  options_free(extra_options, extra_option_count, check);
  free(check->name);
  free(check->config);
  free(check->target);
  free(check->skip);
  *check = (struct conf_check){0};
}

/* The words without those that belong to a schedule, which one probe has not: these are told. */
static char **schedule_refuse(struct conf_reader *reader, char *const *words, const char *path, const struct option_set *own) {
  char **rest = NULL;
  for (; words && *words; words++) {
    auto_free char *key = xstrndup(*words, strcspn(*words, "="));
    bool scheduled = false;
    for (size_t i = 0; i < check_option_count; i++) scheduled = scheduled || (i != TIMEOUT && strcmp(check_options[i].key, key) == 0);
    if (scheduled && strchr(*words, '=') && !options_find(own, key)) {
      reader_error(reader, NULL, path, "%s is for the checks of ejmon.yaml: a probe looks once and takes no schedule; leave it out", key);
    } else {
      strings_push(&rest, *words);
    }
  }
  return rest;
}

int conf_probe_tables(const struct conf_tables *tables, const char *kind_name, char *const *words, char *const *environment,
                      struct conf_check *ret_check, struct conf_errors *ret_errors) {
  struct conf_reader reader = {.environment = environment};
  *ret_check = (struct conf_check){0};
  *ret_errors = (struct conf_errors){0};
  const struct check_kind *kind = kind_find(tables, kind_name);
  if (!kind) {
    auto_free char *hint = kinds_hint(tables, kind_name, false);
    auto_text struct text shown = {0};
    text_add_printable(&shown, kind_name, strlen(kind_name), 64);
    reader_error(&reader, NULL, NULL, "no kind of check is called %s; %s", text_get(&shown), hint);
  } else {
    check_init(ret_check, kind->name, kind);
    struct conf_source *common = ret_check->sources + kind->option_count;
    auto_free char *path = text_format("probe %s", kind->name);
    const struct option_set all = common_set(ret_check, common);
    const struct option_set sets[] = {
        {.options = &check_options[TIMEOUT], .count = 1, .config = ret_check, .sources = &common[TIMEOUT]},
        {.options = kind->options, .count = kind->option_count, .config = ret_check->config, .sources = ret_check->sources}};
    auto_strings char **rest = schedule_refuse(&reader, words, path, &sets[1]);
    options_read_words(&reader, rest, path, sets, countof(sets));
    options_default(&reader, NULL, path, &all, NULL);
    options_default(&reader, NULL, path, &sets[1], NULL);
    options_require(&reader, NULL, path, &sets[1], NULL);
    if (ret_check->timeout < INTERVAL_SHORTEST && reader.error_count == 0)
      reader_error(&reader, NULL, path, "timeout is too short: at least 100ms");
    ret_check->target = target_of(kind, ret_check->config);
    subject_settle(&reader, NULL, path, NULL, kind->needs != NULL, ret_check, common + check_option_count);
  }
  int r = reader.error_count ? -EINVAL : 0;
  ret_errors->lines = reader_take_errors(&reader);
  reader_free(&reader);
  if (r < 0) conf_check_free(ret_check);
  return r;
}

int conf_probe(const char *kind, char *const *words, struct conf_check *ret_check, struct conf_errors *ret_errors) {
  return conf_probe_tables(&conf_tables_generated, kind, words, environ, ret_check, ret_errors);
}
