/* The daemon's main task: lets each part take in what has ended, reloads, stops. See daemon.h. */
#include "monitor/daemon/daemon.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/child.h"
#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/daemon/files.h"
#include "monitor/daemon/keep.h"
#include "monitor/daemon/reload.h"
#include "monitor/heal/heal.h"
#include "monitor/serve/beacon.h"
#include "monitor/serve/control.h"
#include "monitor/serve/rendezvous.h"
#include "monitor/serve/socket_file.h"
#include "monitor/serve/status.h"
#include "monitor/tell/story.h"
#include "monitor/tell/tell.h"
#include "monitor/watch/engine_codes.h"
#include "monitor/watch/self.h"
#include "monitor/watch/watch.h"

#define LAG_PERIOD 0.5 /* seconds between the heartbeats that measure the loop's lag */

struct daemon {
  struct conf *conf; /* held */
  struct mind mind;
  struct keep *keep;
  struct watches *watches;
  struct heal *heal;
  struct tell *tell;
  struct self *self;
  struct control *control;
  struct beacon *beacon;
  struct socket_file *socket_file;
  struct files *files;
  struct reload *reload;
  struct task_event look; /* the main task shall look */
  ev_timer wake;          /* it shall look then, though nothing ends */
  ev_signal signals[3];
  double started; /* wall clock */
  bool stop, heal_has_store;
  int status;
};

static void wake_cb(struct ev_loop *loop, ev_timer *timer, int events) {
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
  reload_ask(((struct daemon *)watcher->data)->reload);
}

/* From the first moment: as PID 1 nothing else ends us, and elsewhere an early SIGHUP would. */
static void signals_start(struct daemon *daemon) {
  ev_signal_init(&daemon->signals[0], stop_cb, SIGTERM);
  ev_signal_init(&daemon->signals[1], stop_cb, SIGINT);
  ev_signal_init(&daemon->signals[2], reload_cb, SIGHUP);
  for (size_t i = 0; i < countof(daemon->signals); i++) {
    daemon->signals[i].data = daemon;
    ev_signal_start(loop_get(), &daemon->signals[i]);
  }
}

static void signals_stop(struct daemon *daemon) {
  for (size_t i = 0; i < countof(daemon->signals); i++) ev_signal_stop(loop_get(), &daemon->signals[i]);
}

/* --- what the mind asks ---------------------------------------------------------------------------------------------------- */

static bool host_heals(void *context, const struct incident *incident) {
  const struct daemon *daemon = context;
  return daemon->heal && heal_works_on(daemon->heal, incident);
}

static void host_describe(void *context, struct incident *incident) {
  const struct daemon *daemon = context;
  story_describe(&(struct story){.conf = daemon->conf, .watches = daemon->watches}, incident);
}

static char *host_body(void *context, const struct incident *incident, enum notice_event event) {
  const struct daemon *daemon = context;
  (void)event;
  return story_body(&(struct story){.conf = daemon->conf, .watches = daemon->watches}, incident);
}

static void log_opened(const struct daemon *daemon, const struct incident *incident) {
  auto_text struct text codes = {0};
  for (char **code = incident->codes; code && *code; code++) text_printf(&codes, "%s%s", codes.length ? " " : "", *code);
  const struct conf_remedy *remedy = incident->subject == daemon->mind.stack ? heal_remedy(daemon->heal, incident) : NULL;
  log_warning("incident %s opened: %s (explains %s; %s%s)", incident->id, incident->summary, text_get(&codes),
              remedy ? "remedy " : "no remedy: a person has to act", remedy ? remedy->kind->name : "");
}

static void host_changed(void *context, const struct incident *incident, enum incident_change change) {
  const struct daemon *daemon = context;
  switch (change) {
    case CHANGE_OPENED:
      log_opened(daemon, incident);
      break;
    case CHANGE_PAGED:
      break; /* each delivery has a line of its own */
    case CHANGE_FOLDED:
      log_info("incident %s: not seen as such now: another cause explains it, or hides it", incident->id);
      break;
    case CHANGE_UNFOLDED:
      log_info("incident %s: stands for itself again", incident->id);
      break;
    case CHANGE_ENDED:
      log_info("incident %s %s", incident->id, incident_state_names[incident->state]);
      break;
  }
}

/* --- configuration --------------------------------------------------------------------------------------------------------- */

/* Tells the mind of the checks and sinks of a configuration; ejmon itself is one more that is watched. */
static void mind_take_conf(struct daemon *daemon, const struct conf *conf) {
  auto_free struct mind_check *checks = xcalloc(conf->check_count + 1, sizeof *checks);
  auto_free const char **sinks = xcalloc(conf->sink_count + 1, sizeof *sinks);
  size_t count = 0;
  checks[count++] = (struct mind_check){.name = MIND_SELF, .subject = MIND_SELF, .codes = engine_codes, .rise = 1, .fall = 1};
  for (size_t i = 0; i < conf->check_count; i++) {
    const struct conf_check *check = &conf->checks[i];
    if (check->skip) continue;
    checks[count++] = (struct mind_check){.name = check->name,
                                          .subject = check->subject,
                                          .target = check->target,
                                          .stands_behind = check->stands_behind,
                                          .codes = check->kind->codes,
                                          .rise = check->rise,
                                          .fall = check->fall,
                                          .interval = fmax(check->interval, check->down)};
  }
  for (size_t i = 0; i < conf->sink_count; i++) sinks[i] = conf->sinks[i].name;
  mind_configure(&daemon->mind, checks, count, sinks, conf->sink_count, loop_monotonic(), loop_wall());
}

/* Whoever asks goes by the configuration as it is now: so we are found by each one. */
static void beacon_take_conf(struct daemon *daemon, const char *kind, const struct conf *conf) {
  beacon_add(daemon->beacon, kind, conf->state);
  beacon_add(daemon->beacon, RENDEZVOUS_CONFIGURATION, conf->file ? conf->file : "");
}

static void say_warnings(const struct conf *conf) {
  for (char **line = conf->warnings; line && *line; line++) log_warning("%s", *line);
  for (char **line = conf->missing; line && *line; line++) log_warning("%s", *line);
}

/* Between two steps of what takes as long as many probes. Cancelled or not: the rest is done all the same. */
static void let_others_run(void) {
  int r = task_sleep(0);
  (void)r;
}

/* A new configuration in place of the old one, which lives on with whoever still works with it. */
static void take_reload(struct daemon *daemon) {
  struct conf *conf = reload_take(daemon->reload, daemon->conf);
  if (!conf) return;
  if (!text_equal(conf->state, daemon->conf->state)) log_warning("reload: a new state folder takes effect at the next start");
  mind_round(&daemon->mind, loop_monotonic(), loop_wall()); /* what was seen is judged by what it was seen with */
  struct conf *former = daemon->conf;
  daemon->conf = conf;
  conf_choose_lang(conf);
  mind_take_conf(daemon, conf);
  beacon_take_conf(daemon, RENDEZVOUS_NEXT_STATE, conf);
  watches_reload(daemon->watches, conf);
  tell_reload(daemon->tell, conf);
  heal_reload(daemon->heal, conf);
  files_watch_env(daemon->files, conf->stack.env_file);
  let_others_run();
  self_reload(daemon->self, conf);
  let_others_run();
  conf_free(former);
  task_event_set(&daemon->look);
  say_warnings(conf);
  log_info("reload: done, %zu checks", watches_count(daemon->watches));
}

/* --- the main task --------------------------------------------------------------------------------------------------------- */

static void wake_at(struct daemon *daemon, double at) {
  ev_timer_stop(loop_get(), &daemon->wake);
  if (at == INFINITY) return;
  ev_timer_set(&daemon->wake, fmax(at - loop_monotonic(), 0.001), 0.);
  ev_now_update(loop_get());
  ev_timer_start(loop_get(), &daemon->wake);
}

/* Everything that has ended since is taken in, and what follows from it begins. */
static double step(struct daemon *daemon) {
  watches_take(daemon->watches);
  tell_take(daemon->tell);
  if (!daemon->heal_has_store && keep_store(daemon->keep)) {
    daemon->heal_has_store = true;
    heal_store(daemon->heal, keep_store(daemon->keep));
  }
  double next = heal_take(daemon->heal);
  next = fmin(next, self_take(daemon->self, keep_trouble(daemon->keep), loop_monotonic(), loop_wall()));
  next = fmin(next, mind_round(&daemon->mind, loop_monotonic(), loop_wall()));
  next = fmin(next, heal_take(daemon->heal)); /* what has opened just now */
  watches_poke(daemon->watches);
  keep_write(daemon->keep);
  tell_take(daemon->tell);
  return next;
}

static void work(struct daemon *daemon) {
  task_event_set(&daemon->look);
  while (!daemon->stop && task_event_wait(&daemon->look) == 0) {
    double next = step(daemon);
    take_reload(daemon);
    wake_at(daemon, fmin(next, reload_at(daemon->reload)));
  }
}

/* It is asked from the first step to the last, when some parts are not there yet, or no more. */
static json_t *answer(void *context, const char *request) {
  struct daemon *daemon = context;
  task_event_set(&daemon->look); /* a request may have changed the mind */
  return status_answer(&(struct status_view){.conf = daemon->conf,
                                             .mind = &daemon->mind,
                                             .watches = daemon->watches,
                                             .healing = heal_in_flight(daemon->heal),
                                             .doubt = daemon->self ? self_doubt(daemon->self) : NULL,
                                             .store_trouble = daemon->keep ? keep_trouble(daemon->keep) : translated("it is not open"),
                                             .conf_trouble = daemon->reload ? reload_trouble(daemon->reload) : NULL,
                                             .started = daemon->started},
                       request);
}

static int parts_start(struct daemon *daemon) {
  auto_free char *error = NULL;
  mind_take_conf(daemon, daemon->conf);
  int r = control_start(daemon->conf->state, answer, daemon, &daemon->look, &daemon->control, &error);
  if (r == 0) {
    daemon->beacon = beacon_start(daemon->control);
    beacon_take_conf(daemon, RENDEZVOUS_STATE, daemon->conf);
    daemon->socket_file = socket_file_watch(daemon->control, daemon->conf->state);
  }
  if (r == 0) r = keep_start(&daemon->mind, daemon->conf->state, daemon->control, &daemon->look, &daemon->keep, &error);
  if (r < 0) {
    log_error("%s", error);
    socket_file_leave(daemon->socket_file);
    beacon_stop(daemon->beacon);
    control_stop(daemon->control);
    return r;
  }
  daemon->files = files_start(daemon->conf->state, daemon->conf->stack.env_file, daemon->reload, daemon->keep);
  daemon->self = self_start(&daemon->mind, daemon->conf, &daemon->look, loop_monotonic());
  daemon->heal = heal_start(&daemon->mind, daemon->conf, &daemon->look);
  daemon->tell = tell_start(&daemon->mind, daemon->conf, &daemon->look);
  daemon->watches = watches_start(&daemon->mind, daemon->conf, &daemon->look);
  return 0;
}

/* What is owed and may go out now is sent within the grace time. */
static void drain(struct daemon *daemon, double limit) {
  for (;;) {
    keep_write(daemon->keep);
    tell_take(daemon->tell);
    bool unsent = daemon->mind.changes != daemon->mind.stored && !daemon->mind.store_trouble;
    if ((!tell_is_busy(daemon->tell) && !unsent) || loop_monotonic() >= limit || task_sleep(0.02) < 0) return;
  }
}

/* An attempt in flight is waited for: its undo is worth more than a fast exit; after the grace time the journal knows where it stood. */
static void wind_down(struct daemon *daemon) {
  double limit = loop_monotonic() + daemon->conf->grace;
  log_info("stopping%s", heal_in_flight(daemon->heal) ? ", after the attempt in flight" : "");
  ev_timer_stop(loop_get(), &daemon->wake);
  files_stop(daemon->files);
  reload_stop(daemon->reload);
  daemon->reload = NULL;
  struct watches *watches = daemon->watches;
  daemon->watches = NULL; /* it comes apart while its probes unwind */
  watches_stop(watches);
  bool healed = heal_stop(daemon->heal, limit - loop_monotonic());
  daemon->heal = NULL;
  self_stop(daemon->self);
  daemon->self = NULL;
  mind_event(&daemon->mind, "stopped", "", translated("ejmon stopped"), loop_wall());
  /* A pager command that is cut may take its own grace time to end. */
  drain(daemon, fmax(limit - CHILD_GRACE, loop_monotonic() + 0.5));
  tell_stop(daemon->tell);
  if (!healed) { /* its task still works with the store; the journal and the snapshot on disk know the rest */
    log_info("stopped");
    _exit(0);
  }
  keep_stop(daemon->keep, fmax(limit - loop_monotonic(), 0.5));
  daemon->keep = NULL;
  socket_file_leave(daemon->socket_file);
  beacon_stop(daemon->beacon);
  control_stop(daemon->control); /* until now it holds the state folder, and answers */
  log_info("stopped");
}

static int daemon_task(void *argument) {
  struct daemon *daemon = argument;
  daemon->started = loop_wall();
  daemon->status = 3;
  signals_start(daemon);
  ev_init(&daemon->wake, wake_cb);
  daemon->wake.data = daemon;
  int r = parts_start(daemon);
  if (r == 0) {
    loop_watch_lag(LAG_PERIOD);
    auto_free char *started = text_format(translated("ejmon %s started"), EJMON_VERSION);
    mind_event(&daemon->mind, "started", "", started, loop_wall());
    auto_free char *site = redact(daemon->conf->stack.site ? daemon->conf->stack.site : "its configuration");
    log_info("ejmon " EJMON_VERSION " watches %zu checks of %s, mode %s", watches_count(daemon->watches), site,
             acting_mode_names[daemon->conf->mode]);
    for (char **line = daemon->conf->warnings; line && *line; line++) log_warning("%s", *line);
    work(daemon);
    wind_down(daemon);
    daemon->status = 0;
  } else {
    reload_stop(daemon->reload);
  }
  signals_stop(daemon);
  return r;
}

int daemon_run(struct conf *conf, const char *config_file, const char *env_file) {
  struct daemon daemon = {.conf = conf};
  const struct mind_host host = {
      .context = &daemon, .heals = host_heals, .describe = host_describe, .body = host_body, .changed = host_changed};
  mind_init(&daemon.mind, &host, rule_tables, loop_monotonic());
  daemon.reload = reload_start(config_file, env_file, &daemon.look);
  log_set_times(true);
  srand48((long)(loop_wall() * 1000) ^ getpid());
  int r = task_run_to_end("daemon", 0, daemon_task, &daemon);
  mind_free(&daemon.mind);
  conf_free(daemon.conf);
  return r < 0 ? 3 : daemon.status;
}
