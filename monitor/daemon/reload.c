/* One reader at a time, on a worker thread; see reload.h. */
#include "monitor/daemon/reload.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/work.h"
#include "monitor/daemon/daemon.h"

#define READ_SECONDS 60.0 /* a disk that hangs longer makes this reload fail, not the daemon */

struct reading {
  char *config_file, *env_file; /* or NULL */
  struct conf *conf;
  struct conf_errors errors;
  int result;
};

struct reload {
  char *config_file, *env_file;
  struct task_event *look;
  bool asked;
  double after; /* monotonic: none before */
  struct task *task;
  struct reading *read; /* what was read, when the task has ended */
  bool ended;
  char *trouble;
};

struct reload *reload_start(const char *config_file, const char *env_file, struct task_event *look) {
  struct reload *reload = xcalloc(1, sizeof *reload);
  *reload = (struct reload){.config_file = xstrdup(config_file), .env_file = xstrdup(env_file), .look = look};
  return reload;
}

void reload_ask(struct reload *reload) {
  reload->asked = true;
  task_event_set(reload->look);
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static void reading_function(void *argument) {
  struct reading *reading = argument;
  reading->result = conf_load(reading->config_file, reading->env_file, &reading->conf, &reading->errors);
}

static void reading_free(void *argument) {
  struct reading *reading = argument;
  conf_free(reading->conf);
  conf_errors_free(&reading->errors);
  free(reading->config_file);
  free(reading->env_file);
  free(reading);
}

static int reading_task(void *argument) {
  struct reload *reload = argument;
  struct reading *reading = xcalloc(1, sizeof *reading);
  *reading = (struct reading){.config_file = xstrdup(reload->config_file), .env_file = xstrdup(reload->env_file)};
  int r = work_run(work_pool_get("conf", 1), reading_function, reading, reading_free);
  if (r == 0) reload->read = reading;
  reload->ended = true;
  task_event_set(reload->look);
  return r;
}

/* The file that said something when the running configuration was read, and says nothing now, or NULL. It was cut off, or is being written:
 * that drops no check and no sink. */
static const char *file_emptied(const struct conf *running, const struct conf *fresh) {
  if (running->file_says && !fresh->file_says) return running->file;
  bool same = running->env_file_says && text_equal(running->stack.env_file, fresh->stack.env_file);
  return same && !fresh->env_file_says ? fresh->stack.env_file : NULL;
}

/* What was read, when it can replace the running one. */
static struct conf *judge(const struct conf *running, struct reading *reading) {
  if (!reading) {
    log_error("reload: the configuration could not be read in time");
  } else {
    for (char **line = reading->errors.lines; reading->result < 0 && line && *line; line++) log_error("reload: %s", *line);
    const char *emptied = reading->result < 0 ? NULL : file_emptied(running, reading->conf);
    if (reading->result == 0 && !emptied) {
      struct conf *conf = reading->conf;
      reading->conf = NULL;
      return conf;
    }
    if (emptied) log_error("reload: %s says nothing any more: it is gone, empty, or holds comments alone", emptied);
  }
  log_error("reload: the configuration has errors; the running one stays in force");
  return NULL;
}

struct conf *reload_take(struct reload *reload, const struct conf *running) {
  double now = loop_monotonic();
  struct conf *conf = NULL;
  if (reload->ended) {
    task_join_shielded(reload->task);
    reload->task = NULL;
    reload->ended = false;
    reload->after = now + DAEMON_RELOAD_PAUSE;
    conf = judge(running, reload->read);
    free(reload->trouble);
    reload->trouble = conf ? NULL : xstrdup(translated("it has errors: see the log, or ejmon conf check"));
    if (reload->read) reading_free(reload->read);
    reload->read = NULL;
  }
  if (reload->asked && !reload->task && now >= reload->after) {
    reload->asked = false;
    reload->task = task_start("reload", READ_SECONDS, reading_task, reload);
  }
  return conf;
}

double reload_at(const struct reload *reload) {
  return reload->asked && !reload->task ? reload->after : INFINITY;
}

const char *reload_trouble(const struct reload *reload) {
  return reload->trouble;
}

void reload_stop(struct reload *reload) {
  if (reload->task) {
    task_cancel(reload->task);
    task_join_shielded(reload->task);
  }
  if (reload->read) reading_free(reload->read);
  free(reload->trouble);
  free(reload->config_file);
  free(reload->env_file);
  free(reload);
}
