/* The daemon's main task: takes in what has ended, reloads, stops. See daemon.h. */
#include "monitor/daemon/daemon.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/child.h"
#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"

#define ENV_FILE_SECONDS 5.0 /* between two looks at EJ's config.env where inotify does not tell (bind mounts, network folders) */
#define JOURNAL_FILE_SECONDS 60.0
#define LAG_PERIOD 0.5 /* seconds between the heartbeats that measure the loop's lag */

struct start {
  struct daemon *daemon;
  ev_signal signals[3];
  const char *config_file, *env_file;
  int status;
};

static void tick_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_event_set(&((struct daemon *)timer->data)->look);
}

static void stop_cb(struct ev_loop *loop, ev_signal *watcher, int events) {
  (void)loop, (void)events;
  struct daemon *daemon = watcher->data;
  daemon->stop = true;
  task_event_set(&daemon->look);
}

static void reload_cb(struct ev_loop *loop, ev_signal *watcher, int events) {
  (void)loop, (void)events;
  struct daemon *daemon = watcher->data;
  daemon->reload = true;
  task_event_set(&daemon->look);
}

static void env_file_cb(struct ev_loop *loop, ev_stat *watcher, int events) {
  (void)loop, (void)events;
  struct daemon *daemon = watcher->data;
  if (watcher->attr.st_nlink == 0) return; /* gone for a moment: an editor replaces it */
  log_info("%s has changed", watcher->path);
  daemon->reload = true;
  task_event_set(&daemon->look);
}

static void journal_file_cb(struct ev_loop *loop, ev_stat *watcher, int events) {
  (void)loop, (void)events;
  if (watcher->attr.st_nlink > 0 && watcher->attr.st_ino == watcher->prev.st_ino) return; /* written to */
  log_error(
      "%s was removed or replaced: nothing that happens from now on is known after a restart, and the commands cannot reach this daemon; restart it",
      watcher->path);
}

static void journal_file_watch(struct daemon *daemon, const char *path) {
  ev_stat_init(&daemon->journal_file, journal_file_cb, path, JOURNAL_FILE_SECONDS);
  ev_stat_start(loop_get(), &daemon->journal_file);
}

static void env_file_watch(struct daemon *daemon) {
  ev_stat_stop(loop_get(), &daemon->env_file);
  if (!daemon->conf->stack.env_file) return;
  ev_stat_init(&daemon->env_file, env_file_cb, daemon->conf->stack.env_file, ENV_FILE_SECONDS);
  daemon->env_file.data = daemon;
  ev_stat_start(loop_get(), &daemon->env_file);
}

static bool any_suspect(const struct daemon *daemon) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    for (size_t k = 0; k < daemon->watches[i].code_count; k++) {
      if (symptom_is_suspect(&daemon->watches[i].symptoms[k])) return true;
    }
  }
  return false;
}

/* The tick runs only while there is something to wait for. */
static void tick_set(struct daemon *daemon) {
  bool wanted = daemon->incidents.count > 0 || daemon->reload;
  bool runs = ev_is_active(&daemon->tick); /* libev's answer is a place in its heap, not 0 or 1 */
  if (wanted == runs) return;
  if (wanted) {
    ev_timer_set(&daemon->tick, TICK, TICK);
    ev_now_update(loop_get());
    ev_timer_start(loop_get(), &daemon->tick);
  } else {
    ev_timer_stop(loop_get(), &daemon->tick);
  }
}

/* The file that said something when the running configuration was read, and says nothing now, or NULL. It was cut off, or is being written:
 * that drops no check and no sink. */
static const char *file_emptied(const struct conf *running, const struct conf *fresh) {
  if (running->file_says && !fresh->file_says) return running->file;
  bool same = running->env_file_says && text_equal(running->stack.env_file, fresh->stack.env_file);
  return same && !fresh->env_file_says ? fresh->stack.env_file : NULL;
}

/* The configuration as its files say it now; NULL, and why is told, when it cannot replace the running one. */
static struct conf *read_again(const struct start *start) {
  struct conf *conf = NULL;
  struct conf_errors errors = {0};
  int r = conf_load(start->config_file, start->env_file, &conf, &errors);
  for (char **line = errors.lines; r < 0 && line && *line; line++) log_error("reload: %s", *line);
  conf_errors_free(&errors);
  const char *emptied = r < 0 ? NULL : file_emptied(start->daemon->conf, conf);
  if (r == 0 && !emptied) return conf;
  if (emptied) log_error("reload: %s says nothing any more: it is gone, empty, or holds comments alone", emptied);
  log_error("reload: the configuration has errors; the running one stays in force");
  conf_free(conf);
  return NULL;
}

/* A new configuration in place of the old one; opinions of checks that stay are kept. A bad file changes nothing. */
static void reload(struct start *start) {
  struct daemon *daemon = start->daemon;
  daemon->reload = false;
  daemon->reload_after = loop_monotonic() + RELOAD_PAUSE;
  struct conf *conf = read_again(start);
  if (!conf) return;
  if (!text_equal(conf->state, daemon->conf->state)) log_warning("reload: a new state folder takes effect at the next start");
  struct watch *former = xcalloc(daemon->watch_count, sizeof *former);
  size_t former_count = daemon->watch_count;
  for (size_t i = 0; i < former_count; i++) {
    former[i] = daemon->watches[i];
    former[i].symptoms = xcalloc(former[i].code_count, sizeof *former[i].symptoms);
    memcpy(former[i].symptoms, daemon->watches[i].symptoms, former[i].code_count * sizeof *former[i].symptoms);
  }
  care_before_reload(daemon);
  watches_stop(daemon);
  alerts_stop(daemon->alerts, RELOAD_DELIVER, false);
  struct conf *old = daemon->conf;
  ev_stat_stop(loop_get(), &daemon->env_file); /* it holds the old one's path */
  daemon->conf = conf;
  conf_choose_lang(conf);
  env_file_watch(daemon);
  watches_start(daemon);
  watches_inherit(daemon, former, former_count);
  care_after_reload(daemon);
  daemon->alerts = alerts_start(conf, daemon->journal);
  for (size_t i = 0; i < former_count; i++) free(former[i].symptoms);
  free(former);
  conf_free(old);
  for (char **line = conf->warnings; line && *line; line++) log_warning("%s", *line);
  for (char **line = conf->missing; line && *line; line++) log_warning("%s", *line);
  log_info("reload: done, %zu checks", daemon->watch_count);
}

/* An attempt in flight keeps its configuration to its end. */
static bool may_reload(const struct daemon *daemon) {
  return daemon->reload && !daemon->healing && !daemon->undoing && loop_monotonic() >= daemon->reload_after;
}

static void work(struct start *start) {
  struct daemon *daemon = start->daemon;
  while (!daemon->stop && task_event_wait(&daemon->look) == 0) {
    bool changed = watches_take(daemon);
    if (changed && any_suspect(daemon)) watches_poke(daemon);
    care_take_attempt(daemon);
    if (changed || daemon->incidents.count) care_evaluate(daemon);
    care_tick(daemon);
    if (daemon->recovered) recover_stop(daemon);
    if (may_reload(daemon)) reload(start);
    tick_set(daemon);
  }
}

/* An attempt in flight is waited for: its undo is worth more than a fast exit; after the grace time the journal knows where it stood. */
static void wind_down(struct daemon *daemon) {
  double limit = loop_monotonic() + daemon->conf->grace;
  log_info("stopping%s", daemon->healing ? ", after the attempt in flight" : "");
  ev_timer_stop(loop_get(), &daemon->tick);
  ev_stat_stop(loop_get(), &daemon->env_file);
  ev_stat_stop(loop_get(), &daemon->journal_file);
  recover_stop(daemon);
  watches_stop(daemon);
  while (daemon->healing && !daemon->healed && loop_monotonic() < limit) {
    if (task_sleep(0.05) < 0) break;
  }
  if (daemon->healing && !daemon->healed) log_error("the attempt in flight did not end within %.0f s of grace", daemon->conf->grace);
  if (daemon->healed) care_take_attempt(daemon);
  /* A pager command that is cut may take its own grace time to end. */
  alerts_stop(daemon->alerts, fmax(limit - CHILD_GRACE - loop_monotonic(), 0.5), true);
  daemon->alerts = NULL;
}

/* From the first moment: as PID 1 nothing else ends us, and elsewhere an early SIGHUP would. */
static void signals_start(struct start *start) {
  ev_signal_init(&start->signals[0], stop_cb, SIGTERM);
  ev_signal_init(&start->signals[1], stop_cb, SIGINT);
  ev_signal_init(&start->signals[2], reload_cb, SIGHUP);
  for (size_t i = 0; i < countof(start->signals); i++) {
    start->signals[i].data = start->daemon;
    ev_signal_start(loop_get(), &start->signals[i]);
  }
}

static void signals_stop(struct start *start) {
  for (size_t i = 0; i < countof(start->signals); i++) ev_signal_stop(loop_get(), &start->signals[i]);
}

static int daemon_open(struct daemon *daemon, struct control **ret_control) {
  auto_free char *error = NULL;
  int r = store_open(daemon->conf->state, false, &daemon->store, &error); /* the first: it makes the tables */
  if (r == 0) r = journal_open(daemon->conf->state, false, &daemon->journal, &error);
  if (r == 0) r = control_start(daemon, ret_control, &error);
  if (r < 0) {
    log_error("%s", error);
    journal_close(daemon->journal);
    store_close(daemon->store);
  }
  return r;
}

static int daemon_task(void *argument) {
  struct start *start = argument;
  struct daemon *daemon = start->daemon;
  struct control *control = NULL;
  daemon->started = loop_wall();
  start->status = 3;
  signals_start(start);
  int r = daemon_open(daemon, &control);
  if (r < 0) {
    signals_stop(start);
    return r;
  }
  ev_init(&daemon->tick, tick_cb);
  daemon->tick.data = daemon;
  ev_init(&daemon->env_file, env_file_cb);
  env_file_watch(daemon);
  auto_free char *journal_file = text_format("%s/journal.db", journal_folder(daemon->journal));
  journal_file_watch(daemon, journal_file);
  loop_watch_lag(LAG_PERIOD);
  watches_start(daemon);
  daemon->alerts = alerts_start(daemon->conf, daemon->journal);
  care_restore(daemon);
  recover_start(daemon);
  auto_free char *started = text_format(translated("ejmon %s started"), EJMON_VERSION);
  r = journal_event(daemon->journal, "started", "", started);
  if (r < 0) log_error("the journal does not take events: %s", strerror(-r));
  log_info("ejmon " EJMON_VERSION " watches %zu checks of %s, mode %s", daemon->watch_count,
           daemon->conf->stack.site ? daemon->conf->stack.site : "its configuration", acting_mode_names[daemon->conf->mode]);
  for (char **line = daemon->conf->warnings; line && *line; line++) log_warning("%s", *line);
  tick_set(daemon);
  work(start);
  wind_down(daemon);
  r = journal_event(daemon->journal, "stopped", "", translated("ejmon stopped"));
  if (r < 0) log_error("the journal does not take events: %s", strerror(-r));
  control_stop(control); /* until now it holds the state folder, and answers */
  signals_stop(start);
  care_free(daemon);
  bool attempt_left = daemon->healing != NULL;
  if (!attempt_left) journal_close(daemon->journal);
  if (!attempt_left) store_close(daemon->store);
  start->status = 0;
  log_info("stopped");
  if (attempt_left) _exit(0); /* its task still runs; the journal and the snapshot on disk know the rest */
  return 0;
}

int daemon_run(struct conf *conf, const char *config_file, const char *env_file) {
  struct daemon daemon = {.conf = conf};
  struct start start = {.daemon = &daemon, .config_file = config_file, .env_file = env_file};
  log_set_times(true);
  srand48((long)(loop_wall() * 1000) ^ getpid());
  int r = task_run_to_end("daemon", 0, daemon_task, &start);
  strings_free(daemon.codes);
  text_free(&daemon.report);
  conf_free(daemon.conf);
  return r < 0 ? 3 : start.status;
}
