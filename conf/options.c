/* Walks mappings, KEY=VALUE words and defaults through option tables; see options.h. What one value may be is option_value.c's. */
#include "conf/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

/* An option found in some set. */
struct place {
  const struct option_set *set;
  const struct option *option;
  struct conf_source *source;
};

static bool option_find(const struct option_set *sets, size_t set_count, const char *group, const char *key, bool any_group,
                        struct place *ret) {
  for (size_t s = 0; s < set_count; s++) {
    for (size_t i = 0; i < sets[s].count; i++) {
      const struct option *option = &sets[s].options[i];
      if (strcmp(option->key, key) != 0 || (!any_group && !text_equal(option->group, group))) continue;
      *ret = (struct place){.set = &sets[s], .option = option, .source = &sets[s].sources[i]};
      return true;
    }
  }
  return false;
}

const struct option *options_find(const struct option_set *set, const char *key) {
  struct place place;
  return option_find(set, 1, NULL, key, true, &place) ? place.option : NULL;
}

/* A value that argv must not hold, and that KEY_file can bring. */
static bool takes_file(const struct option *option) {
  return option->type == OPTION_SECRET || option->type == OPTION_DSN || option->type == OPTION_URL;
}

/* Finds the option that KEY_file belongs to. */
static bool option_find_file(const struct option_set *sets, size_t set_count, const char *group, const char *key, bool any_group,
                             struct place *ret) {
  size_t length = strlen(key);
  if (length <= 5 || !text_ends(key, "_file")) return false;
  auto_free char *stem = xstrndup(key, length - 5);
  return option_find(sets, set_count, group, stem, any_group, ret) && takes_file(ret->option);
}

/* --- unknown keys ---------------------------------------------------------------------------------------------------------- */

static bool is_group(const struct option_set *sets, size_t set_count, const char *key) {
  for (size_t s = 0; s < set_count; s++) {
    for (size_t i = 0; i < sets[s].count; i++) {
      if (sets[s].options[i].group && strcmp(sets[s].options[i].group, key) == 0) return true;
    }
  }
  return false;
}

/* Every name that could stand in this group of a mapping, NULL-terminated. */
static char **candidates(const struct option_set *sets, size_t set_count, const char *group, const char *const *elsewhere) {
  char **names = NULL;
  for (const char *const *e = elsewhere; e && *e; e++) strings_push(&names, *e);
  for (size_t s = 0; s < set_count; s++) {
    for (size_t i = 0; i < sets[s].count; i++) {
      const struct option *option = &sets[s].options[i];
      if (text_equal(option->group, group)) strings_push(&names, option->key);
      bool again = false; /* a group is one key, however many it holds */
      for (char *const *n = names; n && *n && option->group; n++) again = again || strcmp(*n, option->group) == 0;
      if (!group && option->group && !again) strings_push(&names, option->group);
    }
  }
  return names;
}

/* Every name that a word may have: "expect.status" as --kind shows it, or (brief) "status". */
static char **word_candidates(const struct option_set *sets, size_t set_count, bool brief) {
  char **names = NULL;
  for (size_t s = 0; s < set_count; s++) {
    for (size_t i = 0; i < sets[s].count; i++) {
      const struct option *option = &sets[s].options[i];
      auto_free char *name = reader_path(brief ? NULL : option->group, option->key);
      strings_push(&names, name);
    }
  }
  return names;
}

#define NESTED_LIMIT 4 /* levels: the configuration has no more */

/* "expect.status" is how a word, --kind and errors name it; YAML wants it nested: `expect: { status: ... }`, or NULL. At the top the
 * sections are groups, too. */
static char *nested(const char *key, const char *path, const char *group, const char *const *sections, const struct option_set *sets,
                    size_t set_count) {
  const char *dot = strchr(key, '.');
  if (group || !dot || !dot[1]) return NULL;
  auto_free char *head = xstrndup(key, (size_t)(dot - key));
  bool known = is_group(sets, set_count, head);
  for (const char *const *s = sections; !path && s && *s; s++) known = known || strcmp(*s, head) == 0;
  if (!known) return NULL;
  auto_text struct text out = {0};
  size_t depth = 0;
  for (const char *p = key; *p && depth <= NESTED_LIMIT && out.length < 100; p++) {
    if (*p == '.') {
      text_add(&out, ": { ");
      depth++;
    } else {
      text_add_printable(&out, p, 1, 4);
    }
  }
  if (depth > NESTED_LIMIT || out.length >= 100) return NULL;
  text_add(&out, ": ...");
  while (depth-- > 0) text_add(&out, " }");
  return text_steal(&out);
}

/* "unknown key X, did you mean Y?", or what is known. */
static void complain_unknown(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *shown,
                             const char *nearest, char *const *names) {
  auto_text struct text all = {0};
  for (char *const *n = names; n && *n && !nearest; n++) text_printf(&all, "%s%s", n == names ? translated("; known here: ") : ", ", *n);
  reader_error(reader, node, path, "unknown key %s%s%s%s%s", shown, nearest ? translated(", did you mean ") : "", nearest ? nearest : "",
               nearest ? "?" : "", text_get(&all));
}

static void unknown_word(struct conf_reader *reader, const char *path, const char *key, const struct option_set *sets, size_t set_count) {
  auto_text struct text shown = {0};
  text_add_printable(&shown, key, strlen(key), 64);
  auto_strings char **names = word_candidates(sets, set_count, false), **brief = word_candidates(sets, set_count, true);
  const char *nearest = text_nearest(key, (const char *const *)names);
  if (!nearest) nearest = text_nearest(key, (const char *const *)brief);
  complain_unknown(reader, NULL, path, text_get(&shown), nearest, names);
}

static void unknown_key(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *group, const char *key,
                        const char *const *elsewhere, const struct option_set *sets, size_t set_count) {
  auto_text struct text shown = {0};
  text_add_printable(&shown, key, strlen(key), 64);
  struct place place;
  auto_free char *form = nested(key, path, group, elsewhere, sets, set_count);
  if (form) {
    reader_error(reader, node, path, "%s is written nested: `%s`", text_get(&shown), form);
  } else if (strcmp(key, "<<") == 0) {
    reader_error(reader, node, path, "merge keys (<<) are not read; write the keys out");
  } else if (option_find(sets, set_count, NULL, key, true, &place)) {
    if (place.option->group) {
      reader_error(reader, node, path, "%s belongs below %s: `%s: { %s: ... }`", text_get(&shown), place.option->group, place.option->group,
                   key);
    } else {
      reader_error(reader, node, path, "%s does not belong below %s", text_get(&shown), group);
    }
  } else {
    auto_strings char **names = candidates(sets, set_count, group, elsewhere);
    complain_unknown(reader, node, path, text_get(&shown), text_nearest(key, (const char *const *)names), names);
  }
}

/* --- values ---------------------------------------------------------------------------------------------------------------- */

/* ${VAR} and the option's own check; errors go to the reader. */
static void text_set(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct place *place,
                     const char *text) {
  auto_free char *value = NULL;
  auto_free char *error = NULL;
  int r = value_expand(text, reader->environment, &value, &error);
  if (r == 0) r = option_set_text(reader, place->option, place->set->config, value, &error);
  if (r < 0) reader_error(reader, node, path, "%s", error);
}

/* An item of a list; "X-Name: value" without quotes is a mapping to YAML, and is taken as it was meant. */
static void item_set(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct place *place) {
  if (node->type == TREE_SCALAR) {
    text_set(reader, node, path, place, node->text);
  } else if (node->type == TREE_MAPPING && node->count >= 2 && node->items[1]->type == TREE_SCALAR) {
    for (size_t i = 0; i + 1 < node->count; i += 2) {
      if (node->items[i + 1]->type != TREE_SCALAR) {
        reader_error(reader, node->items[i + 1], path, "%s stands where a single value is wanted",
                     tree_type_name(node->items[i + 1]->type));
        continue;
      }
      auto_free char *joined = text_format("%s: %s", node->items[i]->text, node->items[i + 1]->text);
      text_set(reader, node, path, place, joined);
    }
  } else {
    reader_error(reader, node, path, "%s stands where a single value is wanted", tree_type_name(node->type));
  }
}

static void node_set(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct place *place) {
  size_t errors = reader->error_count;
  *place->source = (struct conf_source){.kind = SOURCE_CONFIG, .line = node->line};
  if (tree_is_null(node) || (place->set->may_be_off && tree_is_off(node))) {
    if (!place->set->may_be_off) reader_error(reader, node, path, "has no value; leave the key out for its default");
    place->source->off = true;
  } else if (option_is_list(place->option)) {
    if (node->type == TREE_LIST && node->count == 0) {
      reader_error(reader, node, path, "the list is empty; leave the key out, or write what belongs into it");
    } else if (node->type == TREE_LIST) {
      for (size_t i = 0; i < node->count; i++) item_set(reader, node->items[i], path, place);
    } else {
      item_set(reader, node, path, place);
    }
  } else if (node->type == TREE_SCALAR) {
    text_set(reader, node, path, place, node->text);
  } else {
    reader_error(reader, node, path, "%s stands where a single value is wanted", tree_type_name(node->type));
  }
  auto_free char *missing = errors == reader->error_count ? option_missing(place->option, place->set->config) : NULL;
  if (missing) reader_missing(reader, node, path, "%s", missing);
}

/* KEY_file: `given` is the path as written. */
static void file_set(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct place *place,
                     const char *given) {
  auto_free char *error = NULL;
  auto_free char *expanded = NULL;
  if (value_expand(given, reader->environment, &expanded, &error) < 0) {
    reader_error(reader, node, path, "%s", error);
    return;
  }
  char *file = reader_resolve(reader, expanded);
  place->source->file = file;
  auto_text struct text content = {0};
  bool everybody = false;
  if (reader_slurp(file, READER_SECRET_LIMIT, &content, &everybody, &error) < 0) {
    reader_error(reader, node, path, "%s", error);
    return;
  }
  if (content.length && content.data[content.length - 1] == '\n') content.data[--content.length] = '\0';
  if (content.length && content.data[content.length - 1] == '\r') content.data[--content.length] = '\0';
  /* Of an address with a password only that is secret; one without (a webhook's) may be secret as a whole. */
  if (place->option->type == OPTION_SECRET || !value_has_password(text_get(&content))) redact_register(text_get(&content));
  if (content.length == 0) {
    reader_error(reader, node, path, "%s is empty", file);
  } else if (memchr(content.data, '\0', content.length) || memchr(content.data, '\n', content.length)) {
    reader_error(reader, node, path, "%s must hold the secret alone, in one line", file);
  } else if (option_set_text(reader, place->option, place->set->config, content.data, &error) < 0) {
    reader_error(reader, node, path, "what %s holds does not fit: %s", file, error);
  }
  if (everybody) reader_warn(reader, node, path, "everybody on this machine can read %s: chmod o-r it", file);
}

/* Takes a key once; a second time (KEY beside KEY_file) is an error. */
static bool take(struct conf_reader *reader, const struct tree_node *node, const char *path, const struct place *place) {
  if (place->source->kind == SOURCE_NONE) return true;
  reader_error(reader, node, path, "give either %s or %s_file, not both", place->option->key, place->option->key);
  return false;
}

/* --- mappings -------------------------------------------------------------------------------------------------------------- */

static void group_read(struct conf_reader *reader, const struct tree_node *mapping, const char *path, const char *group,
                       const char *const *elsewhere, const struct option_set *sets, size_t set_count) {
  if (!mapping || tree_is_null(mapping)) return;
  if (mapping->type != TREE_MAPPING) {
    reader_error(reader, mapping, path, "%s stands where a mapping of keys is wanted", tree_type_name(mapping->type));
    return;
  }
  for (size_t i = 0; i + 1 < mapping->count; i += 2) {
    const struct tree_node *key_node = mapping->items[i], *node = mapping->items[i + 1];
    const char *key = key_node->text;
    auto_free char *key_path = reader_path(path, key);
    struct place place;
    bool known = false;
    for (const char *const *e = elsewhere; e && *e; e++) known = known || strcmp(*e, key) == 0;
    if (known) continue;
    if (option_find(sets, set_count, group, key, false, &place)) {
      if (take(reader, key_node, key_path, &place)) node_set(reader, node, key_path, &place);
    } else if (!group && is_group(sets, set_count, key)) {
      group_read(reader, node, key_path, key, NULL, sets, set_count);
    } else if (option_find_file(sets, set_count, group, key, false, &place)) {
      if (!take(reader, key_node, key_path, &place)) continue;
      *place.source = (struct conf_source){.kind = SOURCE_CONFIG, .line = node->line};
      if (node->type == TREE_SCALAR && *node->text) {
        file_set(reader, node, key_path, &place, node->text);
      } else {
        reader_error(reader, node, key_path, "the path of a file is wanted");
      }
    } else {
      unknown_key(reader, key_node, path, group, key, elsewhere, sets, set_count);
    }
  }
}

void options_read(struct conf_reader *reader, const struct tree_node *mapping, const char *path, const char *const *elsewhere,
                  const struct option_set *sets, size_t set_count) {
  group_read(reader, mapping, path, NULL, elsewhere, sets, set_count);
}

/* The option that a word's key means: "expect.status", or "status" for short. `find` is one of the two above. */
static bool word_find(const struct option_set *sets, size_t set_count, const char *key,
                      bool (*find)(const struct option_set *sets, size_t set_count, const char *group, const char *key, bool any_group,
                                   struct place *ret),
                      struct place *ret) {
  const char *dot = strchr(key, '.');
  if (!dot) return find(sets, set_count, NULL, key, true, ret);
  auto_free char *group = xstrndup(key, (size_t)(dot - key));
  return find(sets, set_count, group, dot + 1, false, ret);
}

static void word_read(struct conf_reader *reader, const char *word, const char *path, const struct option_set *sets, size_t set_count) {
  const char *equals = strchr(word, '=');
  auto_text struct text shown = {0};
  text_add_printable(&shown, word, equals ? (size_t)(equals - word) : strlen(word), 64);
  if (!equals || equals == word) {
    /* What is no KEY=VALUE may be a misplaced secret: only a short beginning of it is shown. */
    text_limit(&shown, 24);
    reader_error(reader, NULL, path, "'%s' is not KEY=VALUE", text_get(&shown));
    return;
  }
  auto_free char *key = xstrndup(word, (size_t)(equals - word));
  auto_free char *key_path = text_format("%s: %s", path, text_get(&shown));
  const char *value = equals + 1;
  struct place place;
  if (word_find(sets, set_count, key, option_find, &place)) {
    bool again = place.source->kind != SOURCE_NONE;
    *place.source = (struct conf_source){.kind = SOURCE_WORD, .file = place.source->file};
    if (place.option->type == OPTION_SECRET) {
      reader_error(reader, NULL, key_path, "a secret on the command line is seen by everybody who can list processes: give %s_file=PATH",
                   key);
    } else if (takes_file(place.option) && value_has_password(value)) {
      redact_register_url(value);
      reader_error(reader, NULL, key_path,
                   "a password on the command line is seen by everybody who can list processes: write the whole value to a file and give "
                   "%s_file=PATH%s",
                   key, text_starts(value, "postgres") ? translated(", or leave the password out and use PGPASSFILE") : "");
    } else if (again && !option_is_list(place.option)) {
      reader_error(reader, NULL, key_path, "is given twice");
    } else {
      auto_free char *error = NULL;
      if (option_set_text(reader, place.option, place.set->config, value, &error) < 0) reader_error(reader, NULL, key_path, "%s", error);
    }
  } else if (word_find(sets, set_count, key, option_find_file, &place)) {
    if (!take(reader, NULL, key_path, &place)) return;
    place.source->kind = SOURCE_WORD;
    file_set(reader, NULL, key_path, &place, value);
  } else {
    unknown_word(reader, path, key, sets, set_count);
  }
}

void options_read_words(struct conf_reader *reader, char *const *words, const char *path, const struct option_set *sets, size_t set_count) {
  for (; words && *words; words++) word_read(reader, *words, path, sets, set_count);
}
