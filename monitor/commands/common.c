/* What the commands share: loading, selecting, running, printing; see command.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/commands/command.h"

int command_refuse(const char *format, ...) {
  auto_text struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, translated(format), arguments);
  va_end(arguments);
  fprintf(stderr, "ejmon: %s\n", text_get(&text));
  return EXIT_UNKNOWN;
}

char *command_typed(const char *word) {
  return redact(word);
}

static struct conf *load(const struct invocation *invocation, bool to_look) {
  struct conf *conf = NULL;
  struct conf_errors errors = {0};
  int r = (to_look ? conf_load_to_look : conf_load)(invocation->config, invocation->env_file, &conf, &errors);
  for (char **line = errors.lines; line && *line; line++) fprintf(stderr, "%s\n", *line);
  if (r < 0 && !errors.lines) command_refuse("the configuration cannot be read: %s", lang_error(-r));
  conf_errors_free(&errors);
  if (conf) conf_choose_lang(conf);
  for (char **line = conf && invocation->verbose ? conf->warnings : NULL; line && *line; line++)
    fprintf(stderr, translated("ejmon: warning: %s\n"), *line);
  /* Not only with -v: what is missed here is missed in what follows. */
  for (char **line = conf ? conf->missing : NULL; line && *line; line++) fprintf(stderr, translated("ejmon: warning: %s\n"), *line);
  if (conf && !conf->file && !conf->stack.env_file && !invocation->quiet) {
    fprintf(
        stderr,
        translated(
            "ejmon: no ejmon.yaml and no config.env found: looking for the compose services by name (--env-file gives EJ's own settings, "
            "`ejmon conf show` what is watched)\n"));
  }
  return r < 0 ? NULL : conf;
}

struct conf *command_load(const struct invocation *invocation) {
  return load(invocation, false);
}

struct conf *command_load_to_look(const struct invocation *invocation) {
  return load(invocation, true);
}

const struct report_format *command_format(const struct invocation *invocation) {
  const char *wanted = invocation->format ? invocation->format : "text";
  const char **names = NULL;
  size_t count = 0;
  for (const struct report_format *const *format = report_formats; *format; format++) {
    if (text_equal((*format)->name, wanted)) {
      free(names);
      return *format;
    }
    const char **name = array_push(&names, &count, sizeof *name);
    *name = (*format)->name;
  }
  auto_text struct text list = {0};
  for (size_t i = 0; i < count; i++) text_printf(&list, "%s%s", i ? ", " : "", names[i]);
  free(names);
  auto_free char *typed = command_typed(wanted);
  command_refuse("--format %s: there are %s", typed, text_get(&list));
  return NULL;
}

struct report_style command_style(const struct invocation *invocation) {
  bool terminal = isatty(STDOUT_FILENO);
  const char *no_color = getenv("NO_COLOR");
  struct report_style style = {.verbose = invocation->verbose, .quiet = invocation->quiet};
  style.colour = terminal && !(no_color && *no_color);
  if (text_equal(invocation->color, "always")) style.colour = true;
  if (text_equal(invocation->color, "never")) style.colour = false;
  return style;
}

static bool lost;

bool command_output_lost(void) {
  return lost;
}

void command_print(const struct text *text) {
  const char *data = text_get(text);
  size_t left = text->length;
  while (left > 0 && !lost) {
    ssize_t written = write(STDOUT_FILENO, data, left);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN && poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1) >= 0) continue;
    if (written < 0 && errno == EPIPE) return; /* the reader has seen enough */
    if (written < 0) {
      lost = true;
      command_refuse("the output could not be written: %s", lang_error(errno));
      return;
    }
    data += written;
    left -= (size_t)written;
  }
}

/* --- which checks ---------------------------------------------------------------------------------------------------------- */

static bool check_matches(const struct conf_check *check, const char *word) {
  if (text_equal(check->name, word) || text_equal(check->kind->name, word)) return true;
  for (const struct code *const *code = check->kind->codes; code && *code; code++) {
    if (text_equal((*code)->name, word)) return true;
  }
  return false;
}

static void complain_no_check(const struct conf *conf, const char *word) {
  const char **names = NULL;
  size_t count = 0;
  for (size_t i = 0; i < conf->check_count; i++) {
    const char **name = array_push(&names, &count, sizeof *name);
    *name = conf->checks[i].name;
  }
  auto_text struct text list = {0};
  for (size_t i = 0; i < count; i++) text_printf(&list, "%s%s", i ? ", " : "", names[i]);
  const char **end = array_push(&names, &count, sizeof *end);
  *end = NULL;
  const char *near = text_nearest(word, names);
  auto_free char *typed = command_typed(word);
  if (near) {
    command_refuse("no check, kind or finding code is called '%s', did you mean '%s'? (there are: %s)", typed, near, text_get(&list));
  } else {
    command_refuse("no check, kind or finding code is called '%s' (there are: %s)", typed, text_get(&list));
  }
  free(names);
}

const struct conf_check **command_select(const struct conf *conf, char *const *words, size_t *ret_count) {
  const struct conf_check **selected = xcalloc(conf->check_count + 1, sizeof *selected);
  bool all = !words || !*words;
  *ret_count = 0;
  for (char *const *word = words; word && *word; word++) {
    bool known = false;
    for (size_t i = 0; i < conf->check_count && !known; i++) known = check_matches(&conf->checks[i], *word);
    if (known) continue;
    complain_no_check(conf, *word);
    free(selected);
    return NULL;
  }
  for (size_t i = 0; i < conf->check_count; i++) {
    bool wanted = all;
    for (char *const *word = words; word && *word && !wanted; word++) wanted = check_matches(&conf->checks[i], *word);
    if (wanted) selected[(*ret_count)++] = &conf->checks[i];
  }
  return selected;
}

/* --- running them ---------------------------------------------------------------------------------------------------------- */

#define PROGRESS_AFTER 0.5  /* seconds: a fast round shows no progress line */
#define PROGRESS_COLUMNS 79 /* of any terminal: one that reaches its edge wraps, and \r then finds the wrong line */

struct progress {
  const struct outcome *outcomes;
  const struct conf_check *const *checks;
  size_t count;
  bool *ended;
  double started;
  bool shown;
};

static void progress_ended(void *context, const struct outcome *outcome) {
  struct progress *progress = context;
  progress->ended[outcome - progress->outcomes] = true;
}

static int progress_task(void *argument) {
  struct progress *progress = argument;
  double pause = PROGRESS_AFTER;
  while (task_sleep(pause) == 0) {
    auto_text struct text waiting = {0}, line = {0};
    size_t left = 0;
    for (size_t i = 0; i < progress->count; i++) {
      if (progress->ended[i]) continue;
      text_printf(&waiting, "%s%s", left++ ? ", " : "", progress->checks[i]->name);
    }
    text_printf(&line, translated("%zu of %zu checks done, %.0f s, waiting for %s"), progress->count - left, progress->count,
                loop_monotonic() - progress->started, text_get(&waiting));
    text_limit(&line, PROGRESS_COLUMNS);
    fprintf(stderr, "\r\033[K%s", text_get(&line));
    progress->shown = true;
    pause = 0.2;
  }
  if (progress->shown) fprintf(stderr, "\r\033[K");
  return 0;
}

int command_run_checks(const struct conf *conf, const struct conf_check *const *checks, size_t count, struct report *ret_report) {
  struct outcome *outcomes = xcalloc(count, sizeof *outcomes);
  double wall = loop_wall(), started = loop_monotonic();
  auto_free bool *ended = xcalloc(count, sizeof *ended);
  struct progress progress = {.outcomes = outcomes, .checks = checks, .count = count, .ended = ended, .started = started};
  struct task *line = isatty(STDERR_FILENO) ? task_start("progress", 0, progress_task, &progress) : NULL;
  int r = probe_run_all(checks, count, outcomes, progress_ended, &progress);
  if (line) {
    task_cancel(line);
    task_join(line);
  }
  report_make(ret_report, conf, outcomes, count, wall, loop_monotonic() - started);
  return r;
}
