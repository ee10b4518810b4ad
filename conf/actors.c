/* Reads remedies: and sinks:, which act and tell; see load.h. */
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/stack.h"
#include "monitor/base/lang.h"

const char *const mode_choices[] = {"observe", "suggest", "approve", "auto", NULL};

const struct option remedy_options[] = {
    {OPTION(struct remedy_keys, mode, CHOICE, NULL,
            "The most that this remedy may do: observe, suggest, approve or auto; never above the mode of the whole."),
     .choices = mode_choices},
    {OPTION(struct remedy_keys, attempts_per_hour, INTEGER, "2", "How often it may be tried in an hour."), .low = 0, .high = 1000},
    {OPTION(struct remedy_keys, cool_down, DURATION, "10m", "At least this between two attempts.")},
};
const size_t remedy_option_count = countof(remedy_options);

static enum acting_mode mode_of(const char *name) {
  enum acting_mode mode = MODE_OBSERVE;
  while (mode < MODE_AUTO && strcmp(mode_choices[mode], name) != 0) mode++;
  return mode;
}

/* The mode of one remedy: its own where it is given, else its kind's, never above the global one. */
static enum acting_mode mode_settle(struct conf_reader *reader, const struct tree_node *node, const char *path,
                                    const struct remedy_keys *keys, const struct remedy_kind *kind, const struct conf *conf) {
  enum acting_mode mode = keys->mode ? mode_of(keys->mode) : kind->default_mode;
  if (mode <= conf->mode) return mode;
  if (keys->mode) {
    reader_error(reader, node, path, "mode %s is above the mode of the whole, %s: raise that one or lower this one", mode_choices[mode],
                 mode_choices[conf->mode]);
  }
  return conf->mode;
}

/* Why a remedy that lacks something required cannot be used, or NULL. A key without any default that the file's own mapping leaves out is
 * an error. */
static char *remedy_skip(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct option_set *set,
                         struct conf *conf) {
  struct option_set stack = stack_set(conf);
  for (size_t i = 0; i < set->count; i++) {
    const struct option *option = &set->options[i];
    if (!option->required || set->sources[i].kind != SOURCE_NONE) continue;
    size_t position = 0;
    auto_free char *key = option->fallback ? fallback_next_key(option->fallback, &position) : NULL;
    if (key) return stack_missing(conf, key);
    if (node) {
      options_require(reader, node, path, set, &stack);
      return NULL;
    }
    return text_format(translated("%s.%s is not set"), path, option->key);
  }
  return NULL;
}

static void remedy_read(struct conf_reader *reader, const struct remedy_kind *kind, const struct tree_node *node, struct conf *conf) {
  struct conf_remedy *remedy = array_push(&conf->remedies, &conf->remedy_count, sizeof *remedy);
  remedy->kind = kind;
  remedy->config = xcalloc(1, kind->config_size);
  remedy->sources = xcalloc(kind->option_count + remedy_option_count, sizeof *remedy->sources);
  auto_free char *path = reader_path("remedies", kind->name);
  struct remedy_keys keys = {0};
  const struct option_set sets[] = {
      {.options = remedy_options, .count = remedy_option_count, .config = &keys, .sources = remedy->sources + kind->option_count},
      {.options = kind->options, .count = kind->option_count, .config = remedy->config, .sources = remedy->sources}};
  const struct tree_node *mode_node = tree_get(node, "mode");
  if (node && node->type == TREE_SCALAR && !tree_is_null(node)) {
    /* `collect: off` and `collect: approve` for short. */
    auto_free char *error = NULL;
    sets[0].sources[0] = (struct conf_source){.kind = SOURCE_CONFIG, .line = node->line};
    if (option_set_text(reader, &remedy_options[0], &keys, tree_is_off(node) ? "observe" : node->text, &error) < 0) {
      reader_error(reader, node, path, "%s; or a mapping of keys, or off", error);
    }
    mode_node = node;
    node = NULL;
  } else if (node && node->type == TREE_LIST) {
    reader_error(reader, node, path, "a mapping of keys is wanted, or a mode, or off");
    node = NULL;
  } else if (node && tree_is_null(node)) {
    node = NULL;
  }
  options_read(reader, node, path, NULL, sets, countof(sets));
  const struct option_set stack = stack_set(conf);
  options_default(reader, node, path, &sets[0], NULL);
  options_default(reader, node, path, &sets[1], &stack);
  remedy->skip = remedy_skip(reader, node, path, &sets[1], conf);
  remedy->mode = mode_settle(reader, mode_node, path, &keys, kind, conf);
  remedy->attempts_per_hour = keys.attempts_per_hour;
  remedy->cool_down = keys.cool_down;
  options_free(remedy_options, remedy_option_count, &keys);
}

void remedies_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf) {
  const struct tree_node *section = reader_section(reader, root, "remedies");
  const char **names = NULL;
  size_t count = 0;
  for (const struct remedy_kind *const *kind = tables->remedies; *kind; kind++) {
    const char **slot = array_push(&names, &count, sizeof *slot);
    *slot = (*kind)->name;
    remedy_read(reader, *kind, tree_get(section, (*kind)->name), conf);
  }
  const char **end = array_push(&names, &count, sizeof *end);
  *end = NULL;
  for (size_t i = 0; section && i + 1 < section->count; i += 2) {
    const struct tree_node *key = section->items[i];
    bool known = false;
    for (const char **name = names; *name; name++) known = known || strcmp(*name, key->text) == 0;
    if (known) continue;
    auto_text struct text shown = {0}, all = {0};
    text_add_printable(&shown, key->text, strlen(key->text), CONF_NAME_LIMIT);
    const char *nearest = text_nearest(key->text, names);
    for (const char **name = names; *name; name++) text_printf(&all, "%s%s", name == names ? "" : ", ", *name);
    reader_error(reader, key, "remedies", "no remedy is called %s; %s%s%s", text_get(&shown),
                 nearest ? translated("did you mean ") : translated("there are "), nearest ? nearest : text_get(&all), nearest ? "?" : "");
  }
  free(names);
}

void conf_remedy_free(struct conf_remedy *remedy) {
  options_free(remedy->kind->options, remedy->kind->option_count, remedy->config);
  sources_free(remedy->sources, remedy->sources ? remedy->kind->option_count + remedy_option_count : 0);
  free(remedy->config);
  free(remedy->skip);
}

/* --- sinks ------------------------------------------------------------------------------------------------------------------- */

static const struct sink_kind *sink_kind_find(const struct conf_tables *tables, const char *name) {
  for (const struct sink_kind *const *kind = tables->sinks; *kind; kind++) {
    if (strcmp((*kind)->name, name) == 0) return *kind;
  }
  return NULL;
}

static void sink_add(struct conf_reader *reader, const char *name, const struct sink_kind *kind, const struct tree_node *place,
                     const struct tree_node *node, struct conf *conf) {
  static const char *const elsewhere[] = {"kind", NULL};
  struct conf_sink *sink = array_push(&conf->sinks, &conf->sink_count, sizeof *sink);
  sink->name = xstrdup(name);
  sink->kind = kind;
  sink->config = xcalloc(1, kind->config_size);
  sink->sources = xcalloc(kind->option_count, sizeof *sink->sources);
  auto_free char *path = reader_path("sinks", name);
  const struct option_set set = {.options = kind->options, .count = kind->option_count, .config = sink->config, .sources = sink->sources};
  const struct option_set stack = stack_set(conf);
  options_read(reader, node, path, elsewhere, &set, 1);
  options_default(reader, place, path, &set, &stack);
  options_require(reader, place, path, &set, &stack);
}

static void sink_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *key,
                      const struct tree_node *node, struct conf *conf) {
  auto_free char *path = reader_path("sinks", key->text);
  if (!reader_name_check(reader, key, path) || tree_is_off(node)) return;
  if (node->type != TREE_MAPPING && !tree_is_null(node)) {
    reader_error(reader, node, path, "a mapping of keys is wanted, or off");
    return;
  }
  const struct tree_node *named = tree_get(node, "kind");
  const char *wanted = named && named->type == TREE_SCALAR ? named->text : key->text;
  const struct sink_kind *kind = sink_kind_find(tables, wanted);
  if (kind) {
    sink_add(reader, key->text, kind, node->type == TREE_MAPPING ? node : key, node->type == TREE_MAPPING ? node : NULL, conf);
    return;
  }
  const char **names = NULL;
  size_t count = 0;
  auto_text struct text all = {0}, shown = {0};
  for (const struct sink_kind *const *k = tables->sinks; *k; k++) {
    const char **slot = array_push(&names, &count, sizeof *slot);
    *slot = (*k)->name;
    text_printf(&all, "%s%s", all.length ? ", " : "", (*k)->name);
  }
  const char **end = array_push(&names, &count, sizeof *end);
  *end = NULL;
  text_add_printable(&shown, wanted, strlen(wanted), CONF_NAME_LIMIT);
  const char *nearest = text_nearest(wanted, names);
  reader_error(reader, named ? named : key, path, "%s%s; %s%s%s",
               named ? translated("no kind of sink is called ") : translated("kind is missing"), named ? text_get(&shown) : "",
               nearest ? translated("did you mean ") : translated("there are "), nearest ? nearest : text_get(&all), nearest ? "?" : "");
  free(names);
}

void sinks_read(struct conf_reader *reader, const struct conf_tables *tables, const struct tree_node *root, struct conf *conf) {
  const struct tree_node *section = reader_section(reader, root, "sinks");
  const struct sink_kind *log = sink_kind_find(tables, "log");
  size_t errors = reader->error_count;
  if (log && !tree_get(section, "log")) sink_add(reader, "log", log, NULL, NULL, conf);
  for (size_t i = 0; section && i + 1 < section->count; i += 2) sink_read(reader, tables, section->items[i], section->items[i + 1], conf);
  if (conf->sink_count == 0 && section && errors == reader->error_count) {
    reader_error(reader, section, "sinks", "nobody is told of anything: log is off and there is no other sink");
  }
}

void conf_sink_free(struct conf_sink *sink) {
  options_free(sink->kind->options, sink->kind->option_count, sink->config);
  sources_free(sink->sources, sink->sources ? sink->kind->option_count : 0);
  free(sink->name);
  free(sink->config);
}
