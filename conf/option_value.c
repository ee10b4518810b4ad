/* One option's value in a config struct: set from text, shown, released; the keys inside of defaults. Finds no keys and reads no YAML: that
 * is options.c. See options.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/options.h"
#include "conf/value.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

static void *member(const struct option *option, void *config) {
  return (char *)config + option->offset;
}

static const void *const_member(const struct option *option, const void *config) {
  return (const char *)config + option->offset;
}

/* Keeps a string, after the checks of its type. */
static int string_set(const struct conf_reader *reader, const struct option *option, void *config, const char *text, char **ret_error) {
  char *kept = NULL;
  int r = 0;
  switch (option->type) {
    case OPTION_SECRET:
      redact_register(text);
      break;
    case OPTION_URL:
      redact_register_url(text);
      r = value_url(text, ret_error);
      break;
    case OPTION_ORIGIN:
      r = value_origin(text, &kept, ret_error);
      break;
    case OPTION_DSN:
      redact_register_url(text);
      r = value_dsn(text, option->choices, ret_error);
      break;
    case OPTION_CHOICE:
      r = value_choice(text, option->choices, ret_error);
      break;
    case OPTION_PATH:
    case OPTION_FILE:
      if (!*text) {
        *ret_error = xstrdup(translated("the path is empty"));
        r = -EINVAL;
      } else {
        kept = reader_resolve(reader, text);
      }
      break;
    case OPTION_SOCKET:
      if (*text == '/') {
        kept = text_format("unix://%s", text);
      } else if (!text_starts(text, "unix:///")) {
        *ret_error = xstrdup(translated("only a unix socket is used: unix:///var/run/docker.sock"));
        r = -EINVAL;
      }
      break;
    default:
      break;
  }
  if (r == 0 && option->check) r = option->check(text, ret_error);
  if (r < 0) {
    free(kept);
    return r;
  }
  char **slot = member(option, config);
  free(*slot);
  *slot = kept ? kept : xstrdup(text);
  return 0;
}

/* What conf show hides of a program's argument, no report shows either. */
static void tails_register(const char *argument) {
  auto_text struct text before = {0};
  const char *p = argument;
  for (size_t length; (length = value_address_tail(&p, &before)); p += length) {
    auto_free char *tail = xstrndup(p, length);
    redact_register_found(tail);
  }
}

int option_set_text(const struct conf_reader *reader, const struct option *option, void *config, const char *text, char **ret_error) {
  void *slot = member(option, config);
  switch (option->type) {
    case OPTION_DURATION:
      return value_duration(text, slot, ret_error);
    case OPTION_SIZE:
      return value_size(text, slot, ret_error);
    case OPTION_INTEGER:
      return value_integer(text, option->low, option->high, slot, ret_error);
    case OPTION_BOOLEAN:
      return value_boolean(text, slot, ret_error);
    case OPTION_LIST:
    case OPTION_COMMAND: {
      if (option->type == OPTION_COMMAND && !*text && !option_list(option, config)) {
        *ret_error = xstrdup(translated("the command is empty: write a program and its arguments"));
        return -EINVAL;
      }
      int r = option->check ? option->check(text, ret_error) : 0;
      if (r == 0) strings_push(slot, text);
      if (r == 0 && option->type == OPTION_COMMAND) tails_register(text);
      return r;
    }
    default:
      return string_set(reader, option, config, text, ret_error);
  }
}

const char *option_string(const struct option *option, const void *config) {
  switch (option->type) {
    case OPTION_DURATION:
    case OPTION_SIZE:
    case OPTION_INTEGER:
    case OPTION_BOOLEAN:
    case OPTION_LIST:
    case OPTION_COMMAND:
      return NULL;
    default:
      return *(char *const *)const_member(option, config);
  }
}

bool option_is_list(const struct option *option) {
  return option->type == OPTION_LIST || option->type == OPTION_COMMAND;
}

char **option_list(const struct option *option, const void *config) {
  return option_is_list(option) ? *(char **const *)const_member(option, config) : NULL;
}

bool option_has_value(const struct option *option, const void *config) {
  switch (option->type) {
    case OPTION_DURATION:
    case OPTION_SIZE:
    case OPTION_INTEGER:
    case OPTION_BOOLEAN:
      return true;
    case OPTION_LIST:
    case OPTION_COMMAND:
      return option_list(option, config) != NULL;
    default:
      return option_string(option, config) != NULL;
  }
}

char *option_text(const struct option *option, const void *config) {
  const void *slot = const_member(option, config);
  switch (option->type) {
    case OPTION_DURATION:
      return value_show_duration(*(const double *)slot);
    case OPTION_SIZE:
      return value_show_size(*(const size_t *)slot);
    case OPTION_INTEGER:
      return text_format("%ld", *(const long *)slot);
    case OPTION_BOOLEAN:
      return xstrdup(*(const bool *)slot ? "true" : "false");
    default:
      return xstrdup(option_string(option, config));
  }
}

static bool lists_same(char *const *a, char *const *b) {
  size_t count = strings_count(a);
  if (count != strings_count(b)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!text_equal(a[i], b[i])) return false;
  }
  return true;
}

bool option_same(const struct option *option, const void *a, const void *b) {
  const void *left = const_member(option, a), *right = const_member(option, b);
  switch (option->type) {
    case OPTION_DURATION:
      return memcmp(left, right, sizeof(double)) == 0;
    case OPTION_SIZE:
      return *(const size_t *)left == *(const size_t *)right;
    case OPTION_INTEGER:
      return *(const long *)left == *(const long *)right;
    case OPTION_BOOLEAN:
      return *(const bool *)left == *(const bool *)right;
    case OPTION_LIST:
    case OPTION_COMMAND:
      return lists_same(option_list(option, a), option_list(option, b));
    default:
      return text_equal(option_string(option, a), option_string(option, b));
  }
}

void options_free(const struct option *options, size_t count, void *config) {
  for (size_t i = 0; config && i < count; i++) {
    const struct option *option = &options[i];
    if (option_is_list(option)) {
      char ***slot = member(option, config);
      strings_free(*slot);
      *slot = NULL;
    } else if (option_string(option, config)) {
      char **slot = member(option, config);
      free(*slot);
      *slot = NULL;
    }
  }
}

void sources_free(struct conf_source *sources, size_t count) {
  for (size_t i = 0; sources && i < count; i++) free(sources[i].file);
  free(sources);
}

char *fallback_next_key(const char *fallback, size_t *position) {
  for (const char *p = fallback + *position; *p; p++) {
    if (*p != '{') continue;
    size_t length = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz_");
    if (length == 0 || p[length + 1] != '}') continue;
    *position = (size_t)(p - fallback) + length + 2;
    return xstrndup(p + 1, length);
  }
  return NULL;
}

bool fallback_mentions(const char *fallback, const char *key) {
  size_t position = 0;
  for (char *found; fallback && (found = fallback_next_key(fallback, &position));) {
    bool same = strcmp(found, key) == 0;
    free(found);
    if (same) return true;
  }
  return false;
}
