/* Runs single steps of one remedy, for tests that must see each step alone: drive_remedy KIND DIRECTORY STEP[,STEP...] [KEY=VALUE...].
 * Prints one JSON array with a step's name, result (0 or -errno) and report per item, and stops at the first step that is not 0. */
#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/task.h"
#include "remedies/remedy.h"

struct drive {
  const struct remedy_kind *kind;
  void *config;
  const char *directory;
  char *steps;
  json_t *said;
};

static const struct remedy_kind *kind_find(const char *name) {
  for (const struct remedy_kind *const *kind = remedy_kinds; *kind != NULL; kind++) {
    if (text_equal((*kind)->name, name)) return *kind;
  }
  return NULL;
}

/* Fallbacks with {stack keys} stay unset: here every value comes from the command line. */
static void option_set(void *config, const struct option *option, const char *value) {
  char *member = (char *)config + option->offset;
  switch (option->type) {
    case OPTION_DURATION: {
      char *unit = NULL;
      double seconds = strtod(value, &unit);
      *(double *)(void *)member = *unit == 'm' ? 60 * seconds : seconds;
      break;
    }
    case OPTION_LIST:
    case OPTION_COMMAND:
      strings_push((char ***)(void *)member, value);
      break;
    default:
      *(char **)(void *)member = xstrdup(value);
  }
}

static void config_fill(struct drive *drive, char **words) {
  const struct remedy_kind *kind = drive->kind;
  for (size_t i = 0; i < kind->option_count; i++) {
    const struct option *option = &kind->options[i];
    bool given = false;
    size_t length = strlen(option->key);
    for (char **word = words; *word != NULL; word++) {
      if (strncmp(*word, option->key, length) != 0 || (*word)[length] != '=') continue;
      option_set(drive->config, option, *word + length + 1);
      given = true;
    }
    if (given || option->fallback == NULL || strchr(option->fallback, '{') != NULL) continue;
    option_set(drive->config, option, option->fallback);
  }
}

static void config_free(const struct drive *drive) {
  for (size_t i = 0; i < drive->kind->option_count; i++) {
    char *member = (char *)drive->config + drive->kind->options[i].offset;
    enum option_type type = drive->kind->options[i].type;
    if (type == OPTION_LIST || type == OPTION_COMMAND) {
      strings_free(*(char ***)(void *)member);
    } else if (type != OPTION_DURATION) {
      free(*(char **)(void *)member);
    }
  }
  free(drive->config);
}

static int run(void *argument) {
  struct drive *drive = argument;
  int r = 0;
  char *next = NULL;
  for (char *name = strtok_r(drive->steps, ",", &next); name != NULL && r == 0; name = strtok_r(NULL, ",", &next)) {
    const struct remedy_kind *kind = drive->kind;
    const struct {
      const char *name;
      int (*run)(const struct remedy_step *step);
    } steps[] = {{"describe", kind->describe},
                 {"preflight", kind->preflight},
                 {"snapshot", kind->snapshot},
                 {"apply", kind->apply},
                 {"undo", kind->undo}};
    for (size_t i = 0; i < countof(steps); i++) {
      if (!text_equal(steps[i].name, name)) continue;
      auto_text struct text report = {0};
      struct remedy_step step = {.config = drive->config, .directory = i == 0 ? NULL : drive->directory, .report = &report, .whole = true};
      r = steps[i].run(&step);
      json_array_append_new(drive->said, json_pack("{s:s,s:i,s:s}", "step", name, "result", r, "report", text_get(&report)));
    }
  }
  return 0;
}

int main(int count, char **words) {
  if (count < 4) {
    fprintf(stderr, "usage: drive_remedy KIND DIRECTORY STEP[,STEP...] [KEY=VALUE...]\n");
    return 3;
  }
  struct drive drive = {.kind = kind_find(words[1]), .directory = words[2], .steps = xstrdup(words[3]), .said = json_array()};
  if (drive.kind == NULL) return 3;
  drive.config = xcalloc(1, drive.kind->config_size);
  config_fill(&drive, words + 4);
  int r = task_run_to_end("drive", drive.kind->timeout, run, &drive);
  json_dumpf(drive.said, stdout, JSON_INDENT(1));
  puts("");
  json_decref(drive.said);
  config_free(&drive);
  free(drive.steps);
  return r == 0 ? 0 : 1;
}
