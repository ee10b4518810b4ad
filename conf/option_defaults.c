/* Defaults of options, also those made of the stack's keys ("{site}/login/"), and the check that nothing required is missing; see
 * options.h. */
#include <stdlib.h>
#include <string.h>

#include "conf/options.h"
#include "monitor/base/lang.h"

/* The key of the stack without a value that a default needs, or NULL. A new string. */
static char *missing_key(const char *fallback, const struct option_set *stack) {
  size_t position = 0;
  for (char *key; (key = fallback_next_key(fallback, &position));) {
    const struct option *option = stack ? options_find(stack, key) : NULL;
    if (!option || !option_has_value(option, stack->config)) return key;
    free(key);
  }
  return NULL;
}

/* Was that key of the stack given, and wrong? Then it has its error already. */
static bool is_told(const char *key, const struct option_set *stack) {
  for (size_t i = 0; i < stack->count; i++) {
    if (strcmp(stack->options[i].key, key) == 0) return stack->sources[i].kind == SOURCE_CONFIG && !stack->sources[i].off;
  }
  return false;
}

/* The default with the stack's values in it. */
static char *expand(const char *fallback, const struct option_set *stack) {
  struct text out = {0};
  size_t position = 0, done = 0;
  for (char *key; (key = fallback_next_key(fallback, &position));) {
    text_add_bytes(&out, fallback + done, position - strlen(key) - 2 - done);
    const struct option *option = options_find(stack, key);
    text_add(&out, option_string(option, stack->config) ? option_string(option, stack->config) : "");
    done = position;
    free(key);
  }
  text_add(&out, fallback + done);
  return text_steal(&out);
}

/* The items of a list default: "[a, b]", or one item. */
static char **split_list(const char *text) {
  char **items = NULL;
  size_t length = strlen(text);
  if (length < 2 || text[0] != '[' || text[length - 1] != ']') {
    strings_push(&items, text);
    return items;
  }
  for (const char *p = text + 1; p < text + length - 1;) {
    p += strspn(p, " ,");
    size_t item = strcspn(p, ",]");
    size_t end = item;
    while (end > 0 && p[end - 1] == ' ') end--;
    auto_free char *copy = xstrndup(p, end);
    if (*copy) strings_push(&items, copy);
    p += item;
  }
  return items;
}

static void list_default(const struct option *option, void *config, const struct option_set *stack) {
  char ***slot = (char ***)(void *)((char *)config + option->offset);
  size_t position = 0;
  auto_free char *key = fallback_next_key(option->fallback, &position);
  const struct option *from = key ? options_find(stack, key) : NULL;
  if (from && option_is_list(from)) {
    *slot = strings_copy(option_list(from, stack->config));
  } else {
    auto_free char *text = expand(option->fallback, stack);
    *slot = split_list(text);
  }
}

void options_default(struct conf_reader *reader, const struct tree_node *place, const char *path, const struct option_set *set,
                     const struct option_set *stack) {
  /* Paths in defaults are absolute or the stack's, which are resolved already. */
  const struct conf_reader plain = {0};
  for (size_t i = 0; i < set->count; i++) {
    const struct option *option = &set->options[i];
    if (set->sources[i].kind != SOURCE_NONE || !option->fallback) continue;
    size_t position = 0;
    auto_free char *first = fallback_next_key(option->fallback, &position);
    auto_free char *missing = missing_key(option->fallback, stack);
    if (missing) continue;
    set->sources[i] = (struct conf_source){.kind = first ? SOURCE_STACK : SOURCE_DEFAULT, .name = option->fallback};
    if (option_is_list(option)) {
      list_default(option, set->config, stack);
      continue;
    }
    auto_free char *text = expand(option->fallback, stack);
    auto_free char *error = NULL;
    if (option_set_text(&plain, option, set->config, text, &error) < 0) {
      auto_free char *key_path = reader_path(path, option->key);
      reader_error(reader, place, key_path, "its default %s does not fit: %s; give this key a value of its own", option->fallback, error);
    }
  }
}

void options_require(struct conf_reader *reader, const struct tree_node *place, const char *path, const struct option_set *set,
                     const struct option_set *stack) {
  for (size_t i = 0; i < set->count; i++) {
    const struct option *option = &set->options[i];
    if (!option->required || set->sources[i].kind != SOURCE_NONE) continue;
    auto_free char *missing = option->fallback && stack ? missing_key(option->fallback, stack) : NULL;
    if (missing && is_told(missing, stack)) continue;
    const char *group = option->group ? option->group : "", *dot = option->group ? "." : "";
    if (missing) {
      reader_error(reader, place, path, "%s%s%s is missing; its default comes from stack.%s, which is not set either", group, dot,
                   option->key, missing);
    } else {
      reader_error(reader, place, path, "%s%s%s is missing%s%s", group, dot, option->key, option->help ? ": " : "",
                   option->help ? translated(option->help) : "");
    }
  }
}
