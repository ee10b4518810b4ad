/* Reads stack: of ejmon.yaml, EJ's env file, and the defaults of what neither says; see stack.h. What EJ's variables mean is ej_stack.c's.
 */
#include "conf/stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checks/ej/ej_names.h"
#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

struct option_set stack_set(struct conf *conf) {
  return (struct option_set){
      .options = stack_options, .count = stack_option_count, .config = &conf->stack, .sources = conf->stack_sources, .may_be_off = true};
}

static size_t key_index(const char *key) {
  for (size_t i = 0; i < stack_option_count; i++) {
    if (strcmp(stack_options[i].key, key) == 0) return i;
  }
  return stack_option_count;
}

char *stack_missing(const struct conf *conf, const char *key) {
  size_t i = key_index(key);
  const char *reason = i < stack_option_count && conf->stack_reasons ? conf->stack_reasons[i] : NULL;
  if (reason) return text_format(translated("stack.%s is not set: %s"), key, reason);
  if (i < stack_option_count && conf->stack_sources && conf->stack_sources[i].off) {
    return text_format(translated("stack.%s is switched off (%s:%d)"), key, conf->file ? conf->file : "", conf->stack_sources[i].line);
  }
  return text_format(translated("stack.%s is not set"), key);
}

/* Passwords of the env file that ejmon itself does not use may still turn up in pages and logs. */
static void secrets_register(const struct env_file *file) {
  for (size_t i = 0; i < file->entry_count; i++) {
    const struct env_entry *entry = &file->entries[i];
    if (redact_name_is_secret(entry->name)) redact_register_found(entry->plain);
  }
}

static void env_file_warn(struct conf_reader *reader, const struct ej_environment *ej) {
  for (size_t i = 0; i < ej->file.note_count; i++) {
    reader_warn_in(reader, ej->file_name, ej->file.notes[i].line, "%s", ej->file.notes[i].text);
  }
  for (size_t i = 0; i < ej->file.entry_count; i++) {
    const struct env_entry *entry = &ej->file.entries[i];
    auto_free char *hint = ej_name_hint(entry->name);
    if (hint) reader_warn_in(reader, ej->file_name, entry->line, "%s", hint);
  }
}

/* Finds and reads the env file: the command line's, stack.env_file, or ./config.env when it is there. */
static void env_file_load(struct conf_reader *reader, const struct tree_node *node, const char *flag, struct conf *conf,
                          struct ej_environment *ej) {
  const char *path = flag ? flag : conf->stack.env_file;
  bool asked = path != NULL;
  struct conf_source *source = &conf->stack_sources[key_index("env_file")];
  if (!asked) {
    if (source->off || access("config.env", F_OK) < 0) return;
    path = "config.env";
  }
  auto_text struct text content = {0};
  auto_free char *error = NULL;
  if (reader_slurp(path, ENV_FILE_LIMIT, &content, NULL, &error) < 0) {
    ej->unread = true;
    if (reader->lenient && asked) {
      if (flag) { /* kept, for the checks that read it themselves and say so */
        free(conf->stack.env_file);
        conf->stack.env_file = xstrdup(flag);
        *source = (struct conf_source){.kind = SOURCE_WORD, .name = "--env-file"};
      }
      reader_missing(reader, flag ? NULL : tree_get(node, "env_file"), flag ? "--env-file" : "stack.env_file", "%s", error);
    } else if (flag) {
      reader_error_in(reader, NULL, 0, "--env-file: %s", error);
    } else if (asked) {
      reader_error(reader, tree_get(node, "env_file"), "stack.env_file", "%s", error);
    } else {
      reader_warn_in(reader, NULL, 0, "EJ's environment: %s", error);
    }
    return;
  }
  env_file_parse(text_get(&content), content.length, &ej->file);
  ej->file_name = xstrdup(path);
  conf->env_file_says = ej->file.entry_count > 0;
  if (flag || !asked) {
    /* Absolute, so that it holds wherever what conf_show() prints is read again. */
    char *kept = realpath(path, NULL);
    if (!kept) kept = xstrdup(path);
    free(conf->stack.env_file);
    conf->stack.env_file = kept;
    *source = (struct conf_source){.kind = flag ? SOURCE_WORD : SOURCE_DEFAULT, .name = flag ? "--env-file" : "config.env"};
  }
  secrets_register(&ej->file);
  env_file_warn(reader, ej);
}

/* "https://ej.example.org/" and "{site}/login/" must not make two slashes. */
static void slashes_strip(char *url) {
  size_t length = url ? strlen(url) : 0;
  while (length > 0 && url[length - 1] == '/') url[--length] = '\0';
}

/* What is wrong is told once, not again by whatever takes it for its default. */
static void unset(char **value) {
  free(*value);
  *value = NULL;
}

/* What the types of the table cannot say. */
static void stack_check(struct conf_reader *reader, const struct tree_node *node, struct conf *conf) {
  struct stack *stack = &conf->stack;
  slashes_strip(stack->site);
  slashes_strip(stack->web);
  slashes_strip(stack->nginx_upstream);
  if (stack->theme && (!*stack->theme || strpbrk(stack->theme, "/\"' \t"))) {
    reader_warn(reader, tree_get(node, "theme"), "stack.theme", "this is no name that a theme can have; as in lib/themes: cpa");
  }
  auto_free char *error = NULL;
  if (stack->host && value_host(stack->host, &error) < 0) {
    reader_error(reader, tree_get(node, "host"), "stack.host", "%s", error);
    unset(&stack->host);
  }
  if (stack->postgres && !strstr(stack->postgres, "://")) return; /* has its error already */
  auto_free char *reason = NULL;
  char *postgres = stack->postgres ? ej_postgres_url(stack->postgres, &reason) : NULL;
  if (stack->postgres && !postgres) reader_error(reader, tree_get(node, "postgres"), "stack.postgres", "%s", reason);
  free(stack->postgres);
  stack->postgres = postgres;
  if (stack->mongo && !text_starts(stack->mongo, "mongodb://")) {
    reader_error(reader, tree_get(node, "mongo"), "stack.mongo",
                 text_starts(stack->mongo, "mongodb+srv://")
                     ? translatable("mongodb+srv:// is not read: name the server itself, mongodb://host:27017/rocketchat")
                     : translatable("the scheme is not mongodb://"));
    unset(&stack->mongo);
  }
}

void stack_read(struct conf_reader *reader, const struct tree_node *node, const char *env_file, struct conf *conf) {
  conf->stack_sources = xcalloc(stack_option_count, sizeof *conf->stack_sources);
  conf->stack_reasons = xcalloc(stack_option_count, sizeof *conf->stack_reasons);
  struct option_set set = stack_set(conf);
  options_read(reader, node, "stack", NULL, &set, 1);
  stack_check(reader, node, conf);
  struct ej_environment ej = {.process = reader->environment};
  env_file_load(reader, node, env_file, conf, &ej);
  ej_stack_derive(reader, &ej, conf);
  options_default(reader, node, "stack", &set, &set);
  env_file_free(&ej.file);
  free(ej.file_name);
}

void stack_free(struct conf *conf) {
  options_free(stack_options, stack_option_count, &conf->stack);
  sources_free(conf->stack_sources, conf->stack_sources ? stack_option_count : 0);
  for (size_t i = 0; conf->stack_reasons && i < stack_option_count; i++) free(conf->stack_reasons[i]);
  free(conf->stack_reasons);
}
