/* Looks a variable up where the process has it, and reads its value as EJ does; see env_chain.h. Pure. */
#include <stdlib.h>
#include <string.h>

#include "checks/env/env_chain.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

struct names env_view_index(char *const *container) {
  struct names index = {0};
  for (char *const *entry = container; entry && *entry; entry++) {
    size_t length = strcspn(*entry, "=");
    long *place = (*entry)[length] ? names_at(&index, *entry, length) : NULL;
    if (place && !*place) *place = (entry - container) + 1;
  }
  return index;
}

static const char *container_get(const struct env_view *view, const char *name) {
  size_t length = strlen(name);
  if (view->index) {
    long place = names_get(view->index, name, length);
    return place ? view->container[place - 1] + length + 1 : NULL;
  }
  for (char *const *entry = view->container; entry && *entry; entry++) {
    if (strncmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  }
  return NULL;
}

const char *env_view_get(const struct env_view *view, const char *name) {
  if (view->container_looked) return container_get(view, name);
  const struct env_entry *entry = view->file ? env_file_find(view->file, name) : NULL;
  return entry ? entry->plain : NULL;
}

char env_view_generation(const struct env_view *view) {
  const char *path = env_view_get(view, "PYTHONPATH");
  if (path && strstr(path, "/ej-application")) return 'C';
  return env_view_get(view, "DB_HOST") && !env_view_get(view, "DJANGO_DB_URL") ? 'C' : 0;
}

void env_view_read(const struct env_view *view, const char *name, struct env_reading *ret_reading) {
  *ret_reading = (struct env_reading){.raw = env_view_get(view, name), .end = name};
  ret_reading->value = ret_reading->raw;
  for (int step = 0; env_read_indirection(ret_reading->value); step++) {
    if (step == ENV_INDIRECTION_LIMIT) {
      ret_reading->lead = ENV_LEADS_IN_CIRCLE;
      ret_reading->value = NULL;
      return;
    }
    ret_reading->end = env_read_indirection(ret_reading->value);
    ret_reading->value = env_view_get(view, ret_reading->end);
    ret_reading->lead = ret_reading->value ? ENV_FOLLOWED : ENV_LEADS_NOWHERE;
  }
}

const char *env_view_value(const struct env_view *view, const char *name) {
  struct env_reading reading;
  env_view_read(view, name, &reading);
  if (reading.value) return reading.value;
  const struct env_setting *setting = env_setting_find(name);
  return setting && setting->fallback ? setting->fallback : "";
}

bool env_view_is_true(const struct env_view *view, const char *name) {
  return env_read_bool(env_view_value(view, name));
}

bool env_view_is_integrated(const struct env_view *view) {
  return view->generation != 'C' && env_view_is_true(view, "EJ_ROCKETCHAT_INTEGRATION");
}

static bool is_environment(const char *value) {
  static const char *const known[] = {"local", "test", "production"};
  for (size_t i = 0; i < countof(known); i++) {
    if (strcmp(value, known[i]) == 0) return true;
  }
  return false;
}

/* boogie's list; names are compared in upper case, as Python's upper() makes them. */
static bool is_country(const char *country) {
  static const char *const known[] = {"",      "argentina", "bol\xC3\xADvia", "bol\xC3\x8Dvia", "brasil",  "brazil",
                                      "chile", "ecuador",   "paraguay",       "peru",           "uruguay", "venezuela"};
  for (size_t i = 0; i < countof(known); i++) {
    if (text_equal_nocase(country, known[i])) return true;
  }
  return false;
}

bool env_view_ends_start(const struct env_view *view, const char *name) {
  if (strcmp(name, "DJANGO_ENVIRONMENT") == 0) return !is_environment(env_view_value(view, name));
  /* With both of these nothing is asked of the country. */
  bool given = env_view_get(view, "DJANGO_LANGUAGE_CODE") && env_view_get(view, "DJANGO_TIME_ZONE");
  return strcmp(name, "COUNTRY") == 0 && !given && !is_country(env_view_value(view, name));
}

bool env_is_false_word(const char *value) {
  static const char *const words[] = {"", "false", "off", "no", "n", "none"};
  for (size_t i = 0; i < countof(words); i++) {
    if (text_equal_nocase(value, words[i])) return true;
  }
  return strspn(value, "0") == strlen(value);
}

bool env_has_blank_item(const char *value) {
  auto_strings char **items = env_read_list(value);
  for (char **item = items; *item; item++) {
    if (strchr(" \t", **item) || strchr(" \t", (*item)[strlen(*item) - 1])) return true;
  }
  return false;
}

bool env_is_quoted(const char *value) {
  size_t length = value ? strlen(value) : 0;
  return length > 1 && (*value == '"' || *value == '\'') && value[length - 1] == *value;
}

bool env_entry_reached(const struct env_entry *entry, const struct env_view *view) {
  if (strchr(entry->value, '$')) return true;
  const char *there = container_get(view, entry->name);
  return there && (strcmp(there, entry->value) == 0 || strcmp(there, entry->plain) == 0);
}

char *env_show(const char *name, const char *value) {
  const struct env_setting *setting = env_setting_find(name);
  if (!value) return xstrdup(translated("(not set)"));
  if (!*value) return xstrdup(translated("(empty)"));
  if ((setting && setting->secret) || redact_name_is_secret(name)) {
    size_t length = strlen(value);
    return length == 1 ? xstrdup(translated("[hidden], 1 character")) : text_format(translated("[hidden], %zu characters"), length);
  }
  struct text shown = {0};
  text_add_printable(&shown, value, strlen(value), ENV_SHOWN_LIMIT);
  redact_text(&shown);
  return text_steal(&shown);
}
