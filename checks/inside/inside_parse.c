/* From what the program in the web container printed to a struct. Pure; trusts nothing that it reads. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checks/inside/inside.h"
#include "monitor/base/lang.h"

#define MARK "\nEJMON "

static void space_free(struct inside_space *space) {
  free(space->path);
  *space = (struct inside_space){0};
}

void inside_shadow_free(struct inside_shadow *shadow) {
  free(shadow->error);
  for (size_t group = 0; group < GROUP_COUNT; group++)
    for (size_t kind = 0; kind < DIFFER_COUNT; kind++)
      for (size_t i = 0; i < THEME_EXAMPLE_LIMIT; i++) free(shadow->differences[group][kind].examples[i]);
  *shadow = (struct inside_shadow){0};
}

void inside_free(struct inside *inside) {
  char *const words[] = {inside->app,  inside->generation, inside->theme, inside->serving_theme, inside->serving_argument,
                         inside->root, inside->unwritable, inside->log,   inside->stamp};
  for (size_t i = 0; i < countof(words); i++) free(words[i]);
  for (size_t i = 0; i < inside->file_count; i++) free(inside->files[i].path);
  free(inside->files);
  strings_free(inside->themes);
  strings_free(inside->attempts);
  space_free(&inside->statics);
  space_free(&inside->logs);
  inside_shadow_free(&inside->shadow);
  *inside = (struct inside){0};
}

const struct inside_file *inside_find(const struct inside *inside, const char *path) {
  for (size_t i = 0; i < inside->file_count; i++)
    if (text_equal(inside->files[i].path, path)) return &inside->files[i];
  return NULL;
}

const char *inside_process_theme(const struct inside *inside) {
  if (!inside->serving) return NULL;
  if (inside->serving_argument) return inside->serving_argument;
  if (!inside->environment_seen) return NULL;
  return inside->serving_theme ? inside->serving_theme : "default";
}

/* --- values ------------------------------------------------------------------------------------------------------------------ */

/* A string of a bearable length; anything else is NULL. */
static char *word(const json_t *value) {
  const char *string = json_string_value(value);
  return string && strlen(string) <= INSIDE_WORD_LIMIT ? xstrdup(string) : NULL;
}

static unsigned long long amount(const json_t *value) {
  json_int_t number = json_integer_value(value);
  return json_is_integer(value) && number > 0 ? (unsigned long long)number : 0;
}

static long number(const json_t *value, long otherwise) {
  return json_is_integer(value) ? (long)json_integer_value(value) : otherwise;
}

static char **words(const json_t *list) {
  char **found = NULL;
  for (size_t i = 0; i < json_array_size(list) && i < INSIDE_LIST_LIMIT; i++) {
    auto_free char *one = word(json_array_get(list, i));
    if (one) strings_push(&found, one);
  }
  return found;
}

static bool is_digest(const char *string) {
  return string && strlen(string) == 64 && strspn(string, "0123456789abcdef") == 64;
}

/* --- parts ------------------------------------------------------------------------------------------------------------------- */

static void read_files(const json_t *files, struct inside *inside) {
  const char *path;
  json_t *value;
  json_object_foreach((json_t *)(uintptr_t)files, path, value) {
    if (inside->file_count >= INSIDE_FILE_LIMIT || strlen(path) > INSIDE_WORD_LIMIT) continue;
    if (!json_is_null(value) && json_array_size(value) != 2) continue;
    struct inside_file *file = array_push(&inside->files, &inside->file_count, sizeof *file);
    file->path = xstrdup(path);
    file->present = !json_is_null(value);
    file->size = amount(json_array_get(value, 0));
    const char *digest = json_string_value(json_array_get(value, 1));
    if (is_digest(digest)) memcpy(file->digest, digest, sizeof file->digest);
  }
}

static void read_space(const json_t *spaces, const char *what, struct inside_space *space) {
  for (size_t i = 0; i < json_array_size(spaces) && i < INSIDE_LIST_LIMIT; i++) {
    const json_t *one = json_array_get(spaces, i);
    if (space->seen || !text_equal(json_string_value(json_object_get(one, "what")), what)) continue;
    space->path = word(json_object_get(one, "path"));
    space->free = amount(json_object_get(one, "free"));
    space->size = amount(json_object_get(one, "size"));
    space->inodes = number(json_object_get(one, "inodes"), -1);
    space->seen = space->path && space->size > 0;
    if (!space->seen) space_free(space);
  }
}

/* The program in web writes English; what it says begins with one of these, or is foreign. A new string, or NULL. */
static char *in_language(const char *why) {
  static const char *const beginnings[] = {translatable("no manage.py in "), translatable("no theme has such a name"),
                                           translatable("too little space below "), translatable("collectstatic took too long"),
                                           translatable("collectstatic failed: ")};
  for (size_t i = 0; why && i < countof(beginnings); i++) {
    if (text_starts(why, beginnings[i])) return text_format("%s%s", translated(beginnings[i]), why + strlen(beginnings[i]));
  }
  return xstrdup(why);
}

static void read_shadow(const json_t *shadow, struct inside_shadow *ret) {
  static const char *const groups[] = {[GROUP_CSS] = "css", [GROUP_SCRIPT] = "script", [GROUP_ASSET] = "asset"};
  static const char *const kinds[] = {[DIFFER_MISSING] = "missing",
                                      [DIFFER_EMPTY] = "empty",
                                      [DIFFER_TRUNCATED] = "truncated",
                                      [DIFFER_OTHER] = "other",
                                      [DIFFER_STALE] = "stale"};
  if (!json_is_object(shadow)) return;
  auto_free char *error = word(json_object_get(shadow, "error"));
  ret->error = in_language(error);
  ret->files = (size_t)amount(json_object_get(shadow, "files"));
  const json_t *differences = json_object_get(shadow, "differences");
  ret->done = !json_object_get(shadow, "error") && json_is_object(differences) && ret->files > 0;
  for (size_t group = 0; ret->done && group < GROUP_COUNT; group++) {
    for (size_t kind = DIFFER_MISSING; kind < DIFFER_COUNT; kind++) {
      const json_t *row = json_object_get(json_object_get(differences, groups[group]), kinds[kind]);
      struct theme_differences *into = &ret->differences[group][kind];
      into->count = (size_t)amount(json_array_get(row, 0));
      const json_t *examples = json_array_get(row, 1);
      for (size_t i = 0; i < json_array_size(examples) && i < THEME_EXAMPLE_LIMIT && i < into->count; i++) {
        auto_free char *path = word(json_array_get(json_array_get(examples, i), 0));
        auto_free char *owner = word(json_array_get(json_array_get(examples, i), 1));
        if (!path) path = xstrdup(translated("a file of a strange name"));
        into->examples[i] = owner ? text_format(translated("%s, which is of theme %s"), path, owner) : xstrdup(path);
      }
    }
  }
}

static void read_root(const json_t *root, struct inside *inside) {
  inside->root = word(json_object_get(root, "path"));
  inside->root_there = inside->root && json_is_true(json_object_get(root, "there"));
  inside->root_elsewhere = json_is_true(json_object_get(root, "elsewhere"));
  inside->root_owner = number(json_object_get(root, "owner"), -1);
  inside->root_mode = number(json_object_get(root, "mode"), -1);
  inside->unwritable = word(json_object_get(root, "unwritable"));
  inside->attempts = words(json_object_get(root, "attempts"));
}

static void read_serving(const json_t *serving, struct inside *inside) {
  inside->serving = json_is_object(serving);
  inside->environment_seen = json_is_true(json_object_get(serving, "seen"));
  inside->runserver = json_is_true(json_object_get(serving, "runserver"));
  inside->serving_theme = word(json_object_get(serving, "theme"));
  inside->serving_argument = word(json_object_get(serving, "argument"));
  inside->serving_user = number(json_object_get(serving, "user"), -1);
}

static void read_all(const json_t *answer, struct inside *inside) {
  auto_free char *generation = word(json_object_get(answer, "generation"));
  if (generation && strlen(generation) == 1 && strchr("ABC", generation[0])) inside->generation = xstrdup(generation);
  inside->app = word(json_object_get(answer, "app"));
  inside->theme = word(json_object_get(answer, "theme"));
  inside->user = number(json_object_get(answer, "user"), -1);
  inside->themes = words(json_object_get(answer, "themes"));
  inside->stamp = word(json_object_get(answer, "stamp"));
  read_serving(json_object_get(answer, "serving"), inside);
  read_files(json_object_get(answer, "files"), inside);
  read_root(json_object_get(answer, "root"), inside);
  read_space(json_object_get(answer, "space"), "static", &inside->statics);
  read_space(json_object_get(answer, "space"), "log", &inside->logs);
  const json_t *log = json_object_get(answer, "log");
  inside->log = word(json_object_get(log, "path"));
  inside->log_size = amount(json_object_get(log, "size"));
  read_shadow(json_object_get(answer, "shadow"), &inside->shadow);
}

/* The last one counts: what stands before is a wrapper's or the settings' own talk. */
static const char *find_answer(const char *output, size_t length, size_t *ret_length) {
  const char *found = NULL;
  for (const char *at = output, *end = output + length; (at = text_find(at, (size_t)(end - at), MARK, false)); at++)
    found = at + strlen(MARK);
  if (!found) return NULL;
  const char *line_end = memchr(found, '\n', (size_t)(output + length - found));
  *ret_length = (size_t)((line_end ? line_end : output + length) - found);
  return found;
}

/* The last words of an output without an answer: what the shell or Python complained about. */
static char *last_line(const char *output, size_t length) {
  while (length > 0 && strchr(" \r\n", output[length - 1])) length--;
  const char *start = output + length;
  while (start > output && start[-1] != '\n') start--;
  struct text line = {0};
  text_add_printable(&line, start, (size_t)(output + length - start), 200);
  text_add(&line, "");
  return text_steal(&line);
}

int inside_parse(const char *output, size_t length, struct inside *ret_inside, char **ret_error) {
  *ret_inside = (struct inside){0};
  *ret_error = NULL;
  size_t size = 0;
  const char *answer = find_answer(output, length, &size);
  if (!answer) {
    auto_free char *said = last_line(output, length);
    *ret_error = text_format(translated("The look inside of web brought no answer%s%s."), said && *said ? ": " : "", said ? said : "");
    return -EPROTO;
  }
  json_error_t error;
  json_t *parsed = size <= INSIDE_ANSWER_LIMIT ? json_loadb(answer, size, JSON_REJECT_DUPLICATES, &error) : NULL;
  if (!json_is_object(parsed)) {
    json_decref(parsed);
    *ret_error = xstrdup(translated("The look inside of web brought an answer that cannot be read."));
    return -EPROTO;
  }
  int r = 0;
  const json_t *failure = json_object_get(parsed, "error");
  if (failure) {
    auto_free char *said = word(failure);
    auto_free char *why = in_language(said);
    *ret_error = text_format(translated("web could not be looked at from inside: %s."), why ? why : translated("no reason was given"));
    r = -EIO;
  } else {
    read_all(parsed, ret_inside);
  }
  json_decref(parsed);
  return r;
}
