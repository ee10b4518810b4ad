/* Writes the keys of a kind for people: `ejmon explain --kind KIND`; see conf_kind_help() in conf.h. */
#include <errno.h>
#include <string.h>

#include "conf/load.h"

static const char *const type_names[] = {
    [OPTION_STRING] = "text",
    [OPTION_SECRET] = "secret (or KEY_file)",
    [OPTION_URL] = "URL",
    [OPTION_ORIGIN] = "origin (scheme://host[:port])",
    [OPTION_DSN] = "address (URL of any scheme, or KEY_file)",
    [OPTION_PATH] = "path",
    [OPTION_DURATION] = "duration (500ms, 30s, 5m, 2h, 7d)",
    [OPTION_SIZE] = "size (64k, 16M)",
    [OPTION_INTEGER] = "whole number",
    [OPTION_BOOLEAN] = "true or false",
    [OPTION_CHOICE] = "one of",
    [OPTION_LIST] = "list",
};

static void add_option(struct text *out, const struct option *option) {
  text_printf(out, "  %s%s%s\n      %s", option->group ? option->group : "", option->group ? "." : "", option->key,
              type_names[option->type]);
  for (const char *const *choice = option->type == OPTION_CHOICE ? option->choices : NULL; choice && *choice; choice++) {
    text_printf(out, "%s%s", choice == option->choices ? " " : ", ", *choice);
  }
  if (option->type == OPTION_INTEGER && (option->low || option->high)) text_printf(out, " from %ld to %ld", option->low, option->high);
  if (option->required) text_add(out, "; required");
  if (option->fallback) text_printf(out, "; default %s", *option->fallback ? option->fallback : "\"\"");
  text_add_char(out, '\n');
  if (option->help) text_printf(out, "      %s\n", option->help);
}

static void add_options(struct text *out, const char *title, const struct option *options, size_t count) {
  if (count == 0) return;
  text_printf(out, "\n%s\n", title);
  for (size_t i = 0; i < count; i++) add_option(out, &options[i]);
}

int conf_kind_help_tables(const struct conf_tables *tables, const char *kind_name, struct text *ret_text) {
  struct text *out = ret_text;
  bool found = false;
  for (const struct check_kind *const *kind = tables->checks; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, "check %s: %s\n", kind_name, (*kind)->summary ? (*kind)->summary : "");
    if ((*kind)->needs) {
      text_add(out, "A standard check: it is there without being configured when the stack has: ");
      for (const char *c = *(*kind)->needs ? (*kind)->needs : "nothing in particular"; *c; c++) {
        if (*c == '|') {
          text_add(out, " or ");
        } else {
          text_add_char(out, *c);
        }
      }
      text_add(out, ".\n");
    }
    add_options(out, "Keys", (*kind)->options, (*kind)->option_count);
    add_options(out, "Keys of every check", check_options, check_option_count);
    found = true;
  }
  for (const struct remedy_kind *const *kind = tables->remedies; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, "%sremedy %s: %s\n", found ? "\n" : "", kind_name, (*kind)->summary ? (*kind)->summary : "");
    if ((*kind)->heals) text_printf(out, "%s\n", (*kind)->heals);
    text_printf(out, "Mode by default: %s\n", mode_choices[(*kind)->default_mode]);
    add_options(out, "Keys", (*kind)->options, (*kind)->option_count);
    add_options(out, "Keys of every remedy", remedy_options, remedy_option_count);
    found = true;
  }
  for (const struct sink_kind *const *kind = tables->sinks; *kind; kind++) {
    if (strcmp((*kind)->name, kind_name) != 0) continue;
    text_printf(out, "%ssink %s: %s\n", found ? "\n" : "", kind_name, (*kind)->summary ? (*kind)->summary : "");
    add_options(out, "Keys", (*kind)->options, (*kind)->option_count);
    found = true;
  }
  return found ? 0 : -ENOENT;
}

int conf_kind_help(const char *kind, struct text *ret_text) {
  return conf_kind_help_tables(&conf_tables_generated, kind, ret_text);
}
