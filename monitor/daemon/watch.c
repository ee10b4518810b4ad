/* Schedules the probes of each check and damps what they say; see daemon.h. Decides nothing about causes. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/daemon/daemon.h"

/* --- schedule -------------------------------------------------------------------------------------------------------------- */

static void watch_arm(struct watch *watch, double delay) {
  struct ev_loop *loop = loop_get();
  watch->due = loop_monotonic() + delay;
  ev_timer_stop(loop, &watch->timer);
  ev_timer_set(&watch->timer, delay, 0.);
  ev_now_update(loop);
  ev_timer_start(loop, &watch->timer);
}

static double watch_interval(const struct watch *watch) {
  bool ill = false, open = false;
  for (size_t i = 0; i < watch->code_count; i++) {
    ill |= symptom_is_ill(&watch->symptoms[i]);
    open |= symptom_is_open(&watch->symptoms[i]);
  }
  double interval = open ? watch->check->suspect : ill ? watch->check->down : watch->check->interval;
  return interval * (1 - JITTER / 2 + JITTER * drand48());
}

static void probe_ended(void *context, const struct outcome *outcome) {
  (void)outcome;
  struct watch *watch = context;
  watch->ended = true;
  task_event_set(&watch->daemon->look);
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  struct watch *watch = timer->data;
  if (watch->task) return; /* never two probes of one check; the next is armed when this one is taken in */
  outcome_free(&watch->outcome);
  watch->job =
      (struct probe_job){.check = watch->check, .state = &watch->state, .outcome = &watch->outcome, .ended = probe_ended, .context = watch};
  watch->task = probe_start(&watch->job);
}

void watches_start(struct daemon *daemon) {
  daemon->watch_count = 0;
  daemon->watches = xcalloc(daemon->conf->check_count, sizeof *daemon->watches);
  for (size_t i = 0; i < daemon->conf->check_count; i++) {
    const struct conf_check *check = &daemon->conf->checks[i];
    if (check->skip) continue;
    struct watch *watch = &daemon->watches[daemon->watch_count++];
    *watch = (struct watch){.daemon = daemon, .check = check};
    while (check->kind->codes && check->kind->codes[watch->code_count]) watch->code_count++;
    watch->symptoms = xcalloc(watch->code_count, sizeof *watch->symptoms);
    ev_init(&watch->timer, timer_cb);
    watch->timer.data = watch;
    watch_arm(watch, fmin(START_SPREAD, check->interval) * drand48());
  }
}

void watches_stop(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    struct watch *watch = &daemon->watches[i];
    ev_timer_stop(loop_get(), &watch->timer);
    if (watch->task) task_cancel(watch->task);
  }
  for (size_t i = 0; i < daemon->watch_count; i++) {
    struct watch *watch = &daemon->watches[i];
    if (watch->task) task_join_shielded(watch->task);
    if (watch->state && watch->check->kind->forget) watch->check->kind->forget(watch->state);
    outcome_free(&watch->outcome);
    free(watch->symptoms);
  }
  free(daemon->watches);
  daemon->watches = NULL;
  daemon->watch_count = 0;
}

void watches_poke(struct daemon *daemon) {
  double now = loop_monotonic(), pause = INFINITY;
  for (size_t i = 0; i < daemon->watch_count; i++) pause = fmin(pause, daemon->watches[i].check->suspect);
  if (now - daemon->poked < pause) return;
  daemon->poked = now;
  for (size_t i = 0; i < daemon->watch_count; i++) {
    struct watch *watch = &daemon->watches[i];
    if (!watch->task && watch->due - now > fmin(watch->check->suspect, 1)) watch_arm(watch, 0);
  }
}

/* --- opinions -------------------------------------------------------------------------------------------------------------- */

static void log_transition(const struct watch *watch, const struct code *code, const struct symptom *symptom, enum symptom_state before) {
  const struct finding *finding = findings_find(&watch->outcome.findings, code->name);
  enum log_level level = symptom->state == SYMPTOM_ILL && before != SYMPTOM_RECOVERING ? LOG_WARNING : LOG_INFO;
  log_line(level, "check %s: %s %s -> %s%s%s", watch->check->name, code->name, symptom_state_names[before],
           symptom_state_names[symptom->state], finding ? ": " : "", finding ? finding->summary : "");
}

static bool watch_feed(struct watch *watch) {
  bool changed = false;
  double now = loop_monotonic();
  for (size_t i = 0; i < watch->code_count; i++) {
    const struct code *code = watch->check->kind->codes[i];
    const struct findings *findings = &watch->outcome.findings;
    enum symptom_input input = findings_fault(findings, code->name)  ? SAW_FAULT
                               : findings_well(findings, code->name) ? SAW_PASS
                                                                     : SAW_NOTHING;
    enum symptom_state before = watch->symptoms[i].state;
    if (!symptom_feed(&watch->symptoms[i], input, watch->check->rise, watch->check->fall, now)) continue;
    log_transition(watch, code, &watch->symptoms[i], before);
    changed = true;
  }
  return changed;
}

bool watches_take(struct daemon *daemon) {
  bool changed = false;
  for (size_t i = 0; i < daemon->watch_count; i++) {
    struct watch *watch = &daemon->watches[i];
    if (!watch->ended) continue;
    watch->ended = false;
    enum check_status before = watch->probes ? watch->status : STATUS_PASS;
    int r = task_join_shielded(watch->task);
    watch->task = NULL;
    if (r == 0) { /* else it was cancelled from within, and has nothing to say */
      watch->probes++;
      watch->status = watch->outcome.status;
      if (watch->status == STATUS_UNKNOWN && before != STATUS_UNKNOWN) log_debug("check %s could not look", watch->check->name);
      changed |= watch_feed(watch);
    }
    watch_arm(watch, watch_interval(watch));
  }
  return changed;
}

static void add_code(const struct code ***codes, size_t *count, const struct code *code) {
  for (size_t i = 0; i < *count; i++) {
    if ((*codes)[i] == code) return;
  }
  const struct code **place = array_push(codes, count, sizeof *place);
  *place = code;
}

/* An incident stays open while an attempt on it is in flight: the attempt's own verdict comes first. */
static bool is_being_healed(const struct daemon *daemon, const struct code *code) {
  for (char **name = daemon->healing ? daemon->codes : NULL; name && *name; name++) {
    if (text_equal(*name, code->name)) return true;
  }
  return false;
}

void watches_ill(const struct daemon *daemon, struct ill_codes *ret_ill) {
  *ret_ill = (struct ill_codes){0};
  for (size_t i = 0; i < daemon->watch_count; i++) {
    const struct watch *watch = &daemon->watches[i];
    for (size_t k = 0; k < watch->code_count; k++) {
      const struct symptom *symptom = &watch->symptoms[k];
      const struct code *code = watch->check->kind->codes[k];
      ret_ill->suspects |= symptom_is_suspect(symptom);
      if (symptom_is_ill(symptom) || is_being_healed(daemon, code)) add_code(&ret_ill->believed, &ret_ill->believed_count, code);
      if (!symptom_is_ill(symptom)) continue;
      if (symptom->seen || symptom->state == SYMPTOM_RECOVERING) add_code(&ret_ill->seen, &ret_ill->seen_count, code);
    }
  }
}

void ill_codes_free(struct ill_codes *ill) {
  free(ill->believed);
  free(ill->seen);
}

struct symptom *watch_symptom(const struct watch *watch, const char *code) {
  for (size_t i = 0; i < watch->code_count; i++) {
    if (text_equal(watch->check->kind->codes[i]->name, code)) return &watch->symptoms[i];
  }
  return NULL;
}

const struct finding *watches_finding(const struct daemon *daemon, const char *code) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    const struct finding *finding = findings_find(&daemon->watches[i].outcome.findings, code);
    if (finding && !daemon->watches[i].task) return finding;
  }
  return NULL;
}

void watches_believe(struct daemon *daemon, char *const *codes) {
  for (; codes && *codes; codes++) {
    for (size_t i = 0; i < daemon->watch_count; i++) {
      struct symptom *symptom = watch_symptom(&daemon->watches[i], *codes);
      if (symptom) *symptom = (struct symptom){.state = SYMPTOM_ILL, .since = loop_monotonic()};
    }
  }
}

bool watches_know(const struct daemon *daemon, const char *code) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    if (watch_symptom(&daemon->watches[i], code)) return true;
  }
  return false;
}

bool watches_see_ill(const struct daemon *daemon, const char *code) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    const struct symptom *symptom = watch_symptom(&daemon->watches[i], code);
    if (symptom && symptom_is_ill(symptom)) return true;
  }
  return false;
}

void ill_codes_add_unwatched(struct ill_codes *ill, const char *name) {
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    for (const struct code *const *code = (*kind)->codes; code && *code; code++) {
      if (text_equal((*code)->name, name)) add_code(&ill->believed, &ill->believed_count, *code);
    }
  }
}

void watches_inherit(struct daemon *daemon, struct watch *former, size_t former_count) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    struct watch *watch = &daemon->watches[i];
    for (size_t k = 0; k < former_count; k++) {
      if (former[k].check->kind != watch->check->kind || !text_equal(former[k].check->name, watch->check->name)) continue;
      for (size_t n = 0; n < watch->code_count; n++) watch->symptoms[n] = former[k].symptoms[n];
    }
  }
}
