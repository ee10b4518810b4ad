/* The shared half of collect and clear-collect: runs the program in web, judges what it saw, keeps the state that undo needs. It decides
 * nothing about when to act. */
#include "remedies/collect/collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/small_file.h"

#define ANSWER_MARK "\nEJMON "

const struct option collect_options[COLLECT_OPTION_COUNT] = {
    ACTING_PLACE_OPTIONS(struct collect_config, "web", "The Docker Engine's socket, to run commands in web."),
    {OPTION(struct collect_config, app_root, PATH, "{app_root}", "EJ's folder as web sees it (default /app).")},
    {OPTION(struct collect_config, static_root, PATH, NULL,
            "The static volume as web sees it (default: DJANGO_STATIC_ROOT of web, else app_root/local/static).")},
    {OPTION(struct collect_config, theme, STRING, "{theme}", "The desired theme; the remedy refuses when web was created with another.")},
    {OPTION(struct collect_config, timeout, DURATION, "4m", "The most that one command may take.")},
};

/* --- running things in web --------------------------------------------------------------------------------------------------- */

static const char *app_root(const struct collect_config *config) {
  return config->app_root != NULL ? config->app_root : "/app";
}

static struct place web_of(const struct collect_config *config) {
  struct place web = place_of(&config->place, "web");
  web.directory = app_root(config);
  return web;
}

/* Runs one command. Errors that a preflight gives a meaning to must not come from below by chance. */
static int run(const struct remedy_step *step, const char *const *arguments, const char *const *environment, struct place_result *result) {
  const struct collect_config *config = step->config;
  struct place place = web_of(config);
  auto_free char *error = NULL;
  int r = place_run(&place, arguments, environment, config->timeout, result, &error);
  if (error != NULL) text_printf(step->report, "%s\n", error);
  return r == -EPERM || r == -EALREADY ? -EIO : r;
}

/* The last marked line of an output in which settings and warnings may have left theirs. */
static json_t *answer_find(const struct text *output) {
  const char *last = NULL, *next = text_get(output);
  while ((next = text_find(next, output->length - (size_t)(next - text_get(output)), ANSWER_MARK, false)) != NULL) {
    next += strlen(ANSWER_MARK);
    last = next;
  }
  return last == NULL ? NULL : json_loadb(last, strcspn(last, "\r\n"), 0, NULL);
}

int collect_ask(const struct remedy_step *step, const char *verb, const char *root, const char *attempt, json_t **ret_answer) {
  const struct collect_config *config = step->config;
  const char *arguments[] = {"python", "-c", collect_program, verb, app_root(config), root, attempt, NULL};
  struct place_result result;
  int r = run(step, arguments, NULL, &result);
  if (r < 0) return r;
  json_t *answer = answer_find(&result.output);
  const char *error = json_string_value(json_object_get(answer, "error"));
  if (error != NULL) {
    auto_free char *clean = redact(error);
    text_printf(step->report, translated("In web, %s failed: %s\n"), verb, clean);
    r = strstr(error, "Errno 28") != NULL ? -ENOSPC : -EIO;
  } else if (answer == NULL || result.exit_status != 0) {
    text_printf(step->report, translated("In web, %s ended with status %d: "), verb, result.exit_status);
    place_result_tell(&result, step->report);
    r = -EIO;
  }
  place_result_free(&result);
  if (r < 0) {
    json_decref(answer);
  } else {
    *ret_answer = answer;
  }
  return r;
}

/* The words of `inv collect`. A local command brings its own folder and umask, and what it starts inside would outlive it when it is
 * killed: all three are said here. */
static void inv_arguments(const struct collect_config *config, const char *seconds, const char *ret_arguments[9]) {
  bool local = config->place.command != NULL && config->place.command[0] != NULL;
  const char *const words[] = {"sh",    "-c", "cd \"$1\" && umask 022 && exec timeout -k 5 \"$2\" inv collect", "sh", app_root(config),
                               seconds, NULL};
  const char *const exec[] = {"inv", "collect", NULL};
  memcpy(ret_arguments, local ? words : exec, local ? sizeof words : sizeof exec);
}

int collect_inv(const struct remedy_step *step, const char *const *environment) {
  const struct collect_config *config = step->config;
  auto_free char *seconds = text_format("%.0f", config->timeout < 2 ? 1 : config->timeout - 1);
  const char *arguments[9];
  inv_arguments(config, seconds, arguments);
  struct place_result result;
  int r = run(step, arguments, environment, &result);
  if (r < 0) return r;
  if (result.exit_status != 0) {
    text_printf(step->report, translated("inv collect ended with status %d: "), result.exit_status);
    place_result_tell(&result, step->report);
    r = text_find(text_get(&result.output), result.output.length, "Errno 28", false) != NULL ? -ENOSPC : -EIO;
  } else {
    text_add(step->report, translated("inv collect ended well.\n"));
  }
  place_result_free(&result);
  return r;
}

/* --- state.json ---------------------------------------------------------------------------------------------------------------- */

/* *ret_state: NULL where there is none, or it says nothing. 0, or -errno: that is not known. */
static int state_read(const struct remedy_step *step, json_t **ret_state) {
  auto_free char *path = text_format("%s/state.json", step->directory);
  auto_text struct text text = {0};
  int r = file_read(path, &text);
  *ret_state = r < 0 ? NULL : json_loadb(text_get(&text), text.length, 0, NULL);
  return r == -ENOENT ? 0 : r;
}

static const char *state_get(const json_t *state, const char *key) {
  const char *value = json_string_value(json_object_get(state, key));
  return value == NULL ? "" : value;
}

/* Whole or not at all, and on the disk before the next step: undo after a crash has nothing else. */
static int state_write(const struct remedy_step *step, const char *attempt, const char *root, const char *phase) {
  auto_free char *path = text_format("%s/state.json", step->directory);
  json_auto_t *state = json_pack("{s:s,s:s,s:s}", "attempt", attempt, "root", root, "phase", phase);
  auto_free char *json = state == NULL ? NULL : json_dumps(state, JSON_INDENT(1));
  if (json == NULL) return -EINVAL;
  auto_text struct text text = {0};
  text_printf(&text, "%s\n", json);
  return file_write(path, &text, 0600);
}

int collect_state(const struct remedy_step *step, char **ret_root, char **ret_attempt) {
  json_auto_t *state = NULL;
  int r = state_read(step, &state);
  if (r < 0) return r;
  if (!text_equal(state_get(state, "phase"), "saved")) return -ENOENT;
  *ret_root = xstrdup(state_get(state, "root"));
  *ret_attempt = xstrdup(state_get(state, "attempt"));
  return 0;
}

static const char *configured_root(const struct remedy_step *step) {
  const struct collect_config *config = step->config;
  return config->static_root == NULL ? "" : config->static_root;
}

int collect_preflight(const struct remedy_step *step, bool clear) {
  const struct collect_config *config = step->config;
  json_auto_t *look = NULL;
  const char *root = config->static_root == NULL ? "" : config->static_root;
  int r = collect_ask(step, "look", root, "", &look);
  return r < 0 ? r : collect_judge(look, config->theme, clear, step->report);
}

int collect_snapshot(const struct remedy_step *step) {
  auto_free char *seed = text_format("%s %f", step->directory, loop_wall());
  char attempt[65];
  text_sha256(seed, strlen(seed), attempt);
  attempt[12] = '\0'; /* 48 bits tell apart all attempts that a volume will ever see */
  int r = state_write(step, attempt, configured_root(step), "saving");
  if (r < 0) return r;
  json_auto_t *answer = NULL;
  r = collect_ask(step, "save", configured_root(step), attempt, &answer);
  if (r < 0) return r;
  text_printf(step->report, translated("Saved %lld served files as hard links in %s/.ejmon/%s.\n"),
              (long long)json_integer_value(json_object_get(answer, "files")), state_get(answer, "root"), attempt);
  return state_write(step, attempt, state_get(answer, "root"), "saved");
}

int collect_undo(const struct remedy_step *step) {
  json_auto_t *state = NULL;
  int r = state_read(step, &state);
  if (r < 0) {
    auto_free char *path = text_format("%s/state.json", step->directory);
    text_printf(step->report, translated("%s cannot be read: %s.\n"), path, lang_error(-r));
    return r;
  }
  const char *phase = state_get(state, "phase"), *root = state_get(state, "root"), *attempt = state_get(state, "attempt");
  if (state == NULL || text_equal(phase, "undone")) {
    text_add(step->report, translated("Nothing to bring back.\n"));
    return 0;
  }
  bool saved = !text_equal(phase, "saving"); /* else nothing was applied, and what was saved is not whole */
  r = saved ? state_write(step, attempt, root, "undoing") : 0;
  if (r < 0) return r;
  json_auto_t *answer = NULL;
  r = collect_ask(step, saved ? "undo" : "forget", root, attempt, &answer);
  if (r < 0) return r;
  const char *gone = json_string_value(json_object_get(answer, "gone"));
  if (gone != NULL && !text_equal(phase, "undoing")) {
    text_printf(step->report,
                translated("The saved files are gone from %s: somebody else emptied the volume, nothing can be brought back.\n"), gone);
    return -ENOENT;
  }
  if (gone != NULL) {
    text_add(step->report, translated("An earlier undo had already come to its end.\n"));
  } else if (saved) {
    text_printf(step->report, translated("Brought back the %lld files that were served before.\n"),
                (long long)json_integer_value(json_object_get(answer, "files")));
  }
  return state_write(step, attempt, root, "undone");
}

/* --- describe ------------------------------------------------------------------------------------------------------------------ */

void collect_describe_program(const struct remedy_step *step, const char *verb, const char *what) {
  const struct collect_config *config = step->config;
  struct place place = web_of(config);
  const char *arguments[] = {"python", "-c", "PROGRAM", verb, app_root(config), configured_root(step), "ATTEMPT", NULL};
  text_printf(step->report, "%s:\n  ", what);
  place_describe(&place, arguments, NULL, step->report);
}

void collect_describe_before(const struct remedy_step *step) {
  collect_describe_program(
      step, "look",
      translated("First look (a trial collectstatic into a temporary folder of web, compared with the volume; changes nothing)"));
  collect_describe_program(step, "save", translated("Then save the served files as hard links, and lib/build's as copies"));
}

void collect_describe_inv(const struct remedy_step *step, const char *const *environment, const char *what) {
  const struct collect_config *config = step->config;
  struct place place = web_of(config);
  auto_free char *seconds = text_format("%.0f", config->timeout);
  const char *arguments[9];
  inv_arguments(config, seconds, arguments);
  text_printf(step->report, "%s:\n  ", what);
  place_describe(&place, arguments, environment, step->report);
}

void collect_describe_end(const struct remedy_step *step) {
  if (!step->whole) {
    text_add(
        step->report,
        translated(
            "where PROGRAM is a small Python program that `ejmon plan -v` prints, ATTEMPT the name of the attempt, STATIC_ROOT web's static folder.\n"));
    return;
  }
  text_add(step->report, translated("where PROGRAM is:\n"));
  for (const char *line = collect_program; *line != '\0'; line += strcspn(line, "\n") + 1)
    text_printf(step->report, "  | %.*s\n", (int)strcspn(line, "\n"), line);
}
