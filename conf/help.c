/* Writes the keys of a kind for people: `ejmon explain --kind KIND`; see conf_kind_help() in conf.h. */
#include <errno.h>
#include <string.h>

#include "conf/load.h"
#include "monitor/base/lang.h"

static const struct {
  const char *name, *people; /* for programs and for people */
} types[] = {
    [OPTION_STRING] = {"text", translatable("text")},
    [OPTION_SECRET] = {"secret", translatable("secret (or KEY_file)")},
    [OPTION_URL] = {"url", translatable("URL")},
    [OPTION_ORIGIN] = {"origin", translatable("origin (scheme://host[:port])")},
    [OPTION_DSN] = {"address", translatable("address")},
    [OPTION_PATH] = {"path", translatable("path")},
    [OPTION_FILE] = {"file", translatable("path of what is there where ejmon runs")},
    [OPTION_SOCKET] = {"socket", translatable("unix:///path of a socket that is there where ejmon runs")},
    [OPTION_DURATION] = {"duration", translatable("duration (500ms, 30s, 5m, 2h, 7d)")},
    [OPTION_SIZE] = {"size", translatable("size (64k, 16M)")},
    [OPTION_INTEGER] = {"integer", translatable("whole number")},
    [OPTION_BOOLEAN] = {"boolean", translatable("true or false")},
    [OPTION_CHOICE] = {"choice", translatable("one of")},
    [OPTION_LIST] = {"list", translatable("list")},
    [OPTION_COMMAND] = {"command", translatable("list: a program that is there where ejmon runs, and its arguments")},
};

static void add_option(struct text *out, const struct option *option) {
  text_printf(out, "  %s%s%s\n      %s", option->group ? option->group : "", option->group ? "." : "", option->key,
              translated(types[option->type].people));
  for (const char *const *choice = option->choices; choice && *choice; choice++) {
    text_printf(out, "%s%s%s", choice == option->choices ? " " : ", ", *choice, option->type == OPTION_DSN ? "://" : "");
  }
  if (option->type == OPTION_DSN) text_add(out, translated(" (or KEY_file)"));
  if (option->type == OPTION_INTEGER && (option->low || option->high))
    text_printf(out, translated(" from %ld to %ld"), option->low, option->high);
  if (option->required) text_add(out, translated("; required"));
  if (option->fallback) text_printf(out, translated("; default %s"), *option->fallback ? option->fallback : "\"\"");
  text_add_char(out, '\n');
  if (option->help) text_printf(out, "      %s\n", translated(option->help));
}

static void add_options(struct text *out, const char *title, const struct option *options, size_t count) {
  if (count == 0) return;
  text_printf(out, "\n%s\n", translated(title));
  for (size_t i = 0; i < count; i++) add_option(out, &options[i]);
}

int conf_kind_help_tables(const struct conf_tables *tables, const char *kind_name, struct text *ret_text) {
  struct text *out = ret_text;
  bool found = false;
  for (const struct check_kind *const *kind = tables->checks; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, translated("check %s: %s\n"), kind_name, (*kind)->summary ? translated((*kind)->summary) : "");
    if ((*kind)->needs) {
      text_add(out, translated("A standard check: it is there without being configured when the stack has: "));
      for (const char *c = *(*kind)->needs ? (*kind)->needs : translated("nothing in particular"); *c; c++) {
        if (*c == '|') {
          text_add(out, translated(" or "));
        } else {
          text_add_char(out, *c);
        }
      }
      text_add(out, ".\n");
    }
    add_options(out, translatable("Keys"), (*kind)->options, (*kind)->option_count);
    add_options(out, translatable("Keys of every check"), check_options, check_option_count);
    if ((*kind)->scope == CHECK_SCOPE_TARGET)
      add_options(out, translatable("Keys of every check that is added to the standard ones"), extra_options, extra_option_count);
    found = true;
  }
  for (const struct remedy_kind *const *kind = tables->remedies; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, translated("%sremedy %s: %s\n"), found ? "\n" : "", kind_name, (*kind)->summary ? translated((*kind)->summary) : "");
    if ((*kind)->heals) text_printf(out, "%s\n", translated((*kind)->heals));
    text_printf(out, translated("Mode by default: %s\n"), mode_choices[(*kind)->default_mode]);
    add_options(out, translatable("Keys"), (*kind)->options, (*kind)->option_count);
    add_options(out, translatable("Keys of every remedy"), remedy_options, remedy_option_count);
    found = true;
  }
  for (const struct sink_kind *const *kind = tables->sinks; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, translated("%ssink %s: %s\n"), found ? "\n" : "", kind_name, (*kind)->summary ? translated((*kind)->summary) : "");
    add_options(out, translatable("Keys"), (*kind)->options, (*kind)->option_count);
    found = true;
  }
  return found ? 0 : -ENOENT;
}

/* --- for programs ------------------------------------------------------------------------------------------------------------ */

static void add_keys(json_t *keys, const struct option *options, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct option *option = &options[i];
    auto_free char *name = reader_path(option->group, option->key);
    json_t *row = json_pack("{s:s, s:s, s:b, s:s?, s:s?}", "key", name, "type", types[option->type].name, "required", option->required,
                            "default", option->fallback, "help", translated(option->help));
    json_t *choices = json_array();
    for (const char *const *choice = option->choices; choice && *choice; choice++) json_array_append_new(choices, json_string(*choice));
    if (json_array_size(choices)) json_object_set(row, "choices", choices);
    json_decref(choices);
    json_array_append_new(keys, row);
  }
}

static void add_kind(json_t *rows, const char *what, const char *name, const char *summary, json_t *keys) {
  json_array_append_new(rows, json_pack("{s:s, s:s, s:s?, s:o}", "what", what, "name", name, "summary", translated(summary), "keys", keys));
}

void conf_kind_json(const char *name, json_t *rows) {
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    if (strcmp((*kind)->name, name) != 0) continue;
    json_t *keys = json_array();
    add_keys(keys, (*kind)->options, (*kind)->option_count);
    add_keys(keys, check_options, check_option_count);
    if ((*kind)->scope == CHECK_SCOPE_TARGET) add_keys(keys, extra_options, extra_option_count);
    add_kind(rows, "check", name, (*kind)->summary, keys);
  }
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind; kind++) {
    if (strcmp((*kind)->name, name) != 0) continue;
    json_t *keys = json_array();
    add_keys(keys, (*kind)->options, (*kind)->option_count);
    add_keys(keys, remedy_options, remedy_option_count);
    add_kind(rows, "remedy", name, (*kind)->summary, keys);
  }
  for (const struct sink_kind *const *kind = sink_kinds; *kind; kind++) {
    if (strcmp((*kind)->name, name) != 0) continue;
    json_t *keys = json_array();
    add_keys(keys, (*kind)->options, (*kind)->option_count);
    add_kind(rows, "sink", name, (*kind)->summary, keys);
  }
}

int conf_kind_help(const char *kind, struct text *ret_text) {
  return conf_kind_help_tables(&conf_tables_generated, kind, ret_text);
}
