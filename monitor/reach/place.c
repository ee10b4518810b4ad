/* Runs commands where they belong: by Docker exec in a compose service's container, or behind a local command prefix. It knows
 * nothing of what the commands do. */
#include "monitor/reach/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/child.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/reach/docker.h"

void place_result_free(struct place_result *result) {
  if (result == NULL) return;
  text_free(&result->output);
  *result = (struct place_result){0};
}

void place_result_tell(const struct place_result *result, struct text *report) {
  const char *output = text_get(&result->output);
  size_t length = result->output.length;
  while (length > 0 && strchr(" \r\n", output[length - 1]) != NULL) length--;
  size_t skip = length > PLACE_TAIL_LIMIT ? length - PLACE_TAIL_LIMIT : 0;
  auto_text struct text said = {0};
  text_add_printable(&said, output + skip, length - skip, 4 * PLACE_TAIL_LIMIT);
  auto_free char *clean = redact(text_get(&said));
  text_printf(report, "%s\n", clean);
}

static bool is_local(const struct place *place) {
  return place->command != NULL && place->command[0] != NULL;
}

bool place_exists(const struct place *place) {
  return place->docker || is_local(place);
}

/* ssh joins its arguments and hands them to a shell, so what is one argument here must be quoted to be one there. */
static bool quotes_needed(const struct place *place) {
  const char *slash = strrchr(place->command[0], '/');
  return text_equal(slash == NULL ? place->command[0] : slash + 1, "ssh");
}

/* A word as a POSIX shell takes it. */
static void add_word(struct text *text, const char *word) {
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
    text_add(text, word);
    return;
  }
  text_add_char(text, '\'');
  for (const char *c = word; *c != '\0'; c++) {
    if (*c == '\'') {
      text_add(text, "'\\''");
    } else {
      text_add_char(text, *c);
    }
  }
  text_add_char(text, '\'');
}

/* The whole argv of a local command. Variables travel as arguments of env(1): no wrapper passes its own environment on. */
static char **local_arguments(const struct place *place, const char *const *arguments, const char *const *environment) {
  char **argv = strings_copy(place->command);
  bool quote = quotes_needed(place);
  const char *const *parts[] = {environment, arguments};
  if (environment != NULL && environment[0] != NULL) strings_push(&argv, "env");
  for (size_t i = 0; i < countof(parts); i++) {
    for (const char *const *word = parts[i]; word != NULL && *word != NULL; word++) {
      auto_text struct text quoted = {0};
      add_word(&quoted, *word);
      strings_push(&argv, quote ? text_get(&quoted) : *word);
    }
  }
  return argv;
}

static int held = -1;

void place_hold(int descriptor) {
  held = descriptor;
}

static int run_local(const struct place *place, const char *const *arguments, const char *const *environment, double timeout,
                     struct place_result *ret_result, char **ret_error) {
  auto_strings char **argv = local_arguments(place, arguments, environment);
  struct child_result child;
  int r = child_run(&(struct child_request){.arguments = (const char *const *)argv, .timeout = timeout, .hold = held}, &child);
  if (r == 0) {
    *ret_result = (struct place_result){.exit_status = child.exit_status, .output = child.output, .output_cut = child.output_cut};
    child.output = (struct text){0};
  } else if (r == -ETIMEDOUT) {
    *ret_error = text_format(translated("The command %s was stopped after %.0f s."), argv[0], timeout);
  } else if (r == -ENOENT || r == -EACCES) {
    *ret_error =
        text_format(translated("The command %s cannot be started: %s. Look at the *_command keys of stack:."), argv[0], lang_error(-r));
  } else if (r != -ECANCELED) {
    *ret_error = text_format(translated("The command %s failed: %s."), argv[0], lang_error(-r));
  }
  child_result_free(&child);
  return r;
}

/* Found anew for every command: a container that was re-created in between has another id. */
static int run_docker(const struct place *place, const char *const *arguments, const char *const *environment, double timeout,
                      struct place_result *ret_result, char **ret_error) {
  struct docker_container container = {0};
  int r = docker_find(place->docker, place->service, place->project, &container, ret_error);
  if (r < 0) return r;
  if (text_equal(container.state, "running")) {
    struct docker_exec_result result;
    r = docker_exec(place->docker, container.id, arguments, environment, place->directory, timeout, &result, ret_error);
    if (r == 0 && result.exit_status == 124) {
      r = -ETIMEDOUT;
      *ret_error = text_format(translated("%s was stopped after %.0f s in the container %s."), arguments[0], timeout, container.name);
    } else if (r == 0) {
      *ret_result = (struct place_result){.exit_status = result.exit_status, .output = result.output, .output_cut = result.output_cut};
      result.output = (struct text){0};
    }
    docker_exec_result_free(&result);
  } else {
    r = -EBUSY;
    *ret_error =
        text_format(translated("The container %s is %s, not running%s: nothing can be run in it."), container.name, container.state,
                    text_equal(container.state, "restarting") ? translated(" (its log says why it does not stay up)") : "");
  }
  docker_container_free(&container);
  return r;
}

int place_run(const struct place *place, const char *const *arguments, const char *const *environment, double timeout,
              struct place_result *ret_result, char **ret_error) {
  *ret_result = (struct place_result){0};
  *ret_error = NULL;
  if (is_local(place)) return run_local(place, arguments, environment, timeout, ret_result, ret_error);
  if (place->docker != NULL) return run_docker(place, arguments, environment, timeout, ret_result, ret_error);
  *ret_error = text_format(translated("There is no way into %s: set stack.docker, or stack.%s_command."), place->service, place->service);
  return -ENOTCONN;
}

/* --- the environment ---------------------------------------------------------------------------------------------------------- */

/* NUL-separated, as `env -0` prints it. A wrapper's own words may stand before the first entry; they make it no name. */
static char **split_environment(const struct text *output) {
  char **entries = NULL;
  size_t count = 0;
  const char *p = text_get(output), *end = p + output->length;
  while (p < end) {
    size_t length = strnlen(p, (size_t)(end - p));
    size_t name = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    if (name > 0 && name < length && p[name] == '=' && p + length < end) strings_append(&entries, &count, p);
    p += length + 1;
  }
  return entries;
}

int place_environment(const struct place *place, double timeout, char ***ret_environment, double *ret_created, char **ret_error) {
  char **entries = NULL;
  double created = 0;
  *ret_error = NULL;
  if (!is_local(place) && place->docker != NULL) {
    struct docker_container container = {0};
    int r = docker_find(place->docker, place->service, place->project, &container, ret_error);
    if (r < 0) return r;
    entries = strings_copy(container.environment);
    created = container.created;
    docker_container_free(&container);
  } else {
    struct place_result result;
    int r = place_run(place, (const char *const[]){"env", "-0", NULL}, NULL, timeout, &result, ret_error);
    if (r < 0) return r;
    if (result.exit_status == 0 && !result.output_cut) entries = split_environment(&result.output);
    if (result.output_cut) {
      *ret_error = text_format(translated("`env -0` in %s printed more than can be kept: what it left out is not known."), place->service);
      r = -EPROTO;
    } else if (strings_count(entries) == 0) {
      *ret_error = text_format(translated("`env -0` in %s printed no environment (exit status %d)."), place->service, result.exit_status);
      r = -EPROTO;
    }
    place_result_free(&result);
    if (r < 0) return r;
  }
  for (char **entry = entries; entry != NULL && *entry != NULL; entry++) {
    redact_register_variable(*entry);
  }
  *ret_environment = entries;
  if (ret_created != NULL) *ret_created = created;
  return 0;
}

void place_describe(const struct place *place, const char *const *arguments, const char *const *environment, struct text *report) {
  if (is_local(place)) {
    auto_strings char **argv = local_arguments(place, arguments, environment);
    bool quoted = quotes_needed(place);
    size_t prefix = strings_count(place->command);
    for (size_t i = 0; argv[i] != NULL; i++) {
      if (i > 0) text_add_char(report, ' ');
      if (quoted && i >= prefix) {
        text_add(report, argv[i]);
      } else {
        add_word(report, argv[i]);
      }
    }
    text_add_char(report, '\n');
    return;
  }
  text_add(report, "docker exec");
  if (place->directory != NULL) {
    text_add(report, " -w ");
    add_word(report, place->directory);
  }
  for (const char *const *variable = environment; variable != NULL && *variable != NULL; variable++) {
    text_add(report, " -e ");
    add_word(report, *variable);
  }
  /* A name would be a guess: compose 1 and 2 build it differently, and ejmon goes by the labels, too. */
  text_printf(report, " $(docker ps -qf label=com.docker.compose.service=%s", place->service);
  if (place->project != NULL) text_printf(report, " -f label=com.docker.compose.project=%s", place->project);
  text_add_char(report, ')');
  for (const char *const *argument = arguments; *argument != NULL; argument++) {
    text_add_char(report, ' ');
    add_word(report, *argument);
  }
  text_add_char(report, '\n');
}
