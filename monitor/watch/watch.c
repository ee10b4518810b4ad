/* Timers, probes in flight and those that wait their turn; see watch.h. */
#include "monitor/watch/watch.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/reserve.h"
#include "monitor/watch/engine_codes.h"
#include "monitor/watch/probe.h"

struct watch {
  struct watches *all;
  const struct conf_check *check; /* as configured now */
  const struct check_kind *kind;  /* outlives every configuration, as what a former probe left has to */
  struct opinion *opinion;
  void *state; /* the kind's own, kept between probes */
  ev_timer timer;
  double due, poked; /* monotonic: the next probe; the last one out of turn */
  double deadline;   /* of one that waits its turn: by then it should have begun */
  /* in flight: */
  struct task *task;
  struct probe_job job;
  struct conf *conf; /* held by it */
  struct outcome flying;
  double begun;       /* monotonic */
  bool wanted;        /* a relation of it fell ill meanwhile: what it sees may be older than that */
  bool stale;         /* its check was changed meanwhile: what it sees is of another target */
  bool leaving;       /* its check is gone: freed once it has ended */
  struct watch *next; /* in the queue of those that wait their turn, or among those that have ended */
  bool queued, slow;  /* slow: it took more than half of its time-out the last time */
  /* of the last one taken in: */
  struct outcome last;
  unsigned long probes;
};

struct list {
  struct watch *first, *last;
};

struct watches {
  struct mind *mind;
  struct conf *conf;
  struct task_event *look;
  struct watch **items; /* in the order of the configuration */
  size_t count;
  struct list queue, slow, ended; /* those that wait their turn; of these the ones that hung the last time */
  size_t flying, flying_slow, leaving;
  bool slow_turn;
};

static void list_push(struct list *list, struct watch *watch) {
  watch->next = NULL;
  *(list->first ? &list->last->next : &list->first) = watch;
  list->last = watch;
}

/* Before all that may wait longer. Those of one interval come in their order, at the end. */
static void list_insert(struct list *list, struct watch *watch) {
  struct watch **place = &list->first;
  if (!list->first || list->last->deadline <= watch->deadline) {
    list_push(list, watch);
    return;
  }
  while ((*place)->deadline <= watch->deadline) place = &(*place)->next;
  watch->next = *place;
  *place = watch;
}

static struct watch *list_shift(struct list *list) {
  struct watch *watch = list->first;
  if (watch) list->first = watch->next;
  return watch;
}

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
  const struct conf_check *check = watch->check;
  double interval = watch->opinion->open_count ? check->suspect : watch->opinion->ill_count ? check->down : check->interval;
  return interval * (1 - WATCH_JITTER / 2 + WATCH_JITTER * drand48());
}

static void probe_ended(void *context, const struct outcome *outcome) {
  (void)outcome;
  struct watch *watch = context;
  list_push(&watch->all->ended, watch);
  task_event_set(watch->all->look);
}

static void probe_begin(struct watch *watch) {
  struct watches *all = watch->all;
  watch->stale = false;
  watch->begun = loop_monotonic();
  watch->conf = conf_hold(all->conf);
  watch->job =
      (struct probe_job){.check = watch->check, .state = &watch->state, .outcome = &watch->flying, .ended = probe_ended, .context = watch};
  all->flying++;
  all->flying_slow += watch->slow;
  watch->task = probe_start(&watch->job);
}

/* Who may begin now, or NULL. What hangs never takes the last place: the healthy, and those that fail fast, go on being seen. */
static struct watch *next_in_turn(struct watches *watches) {
  size_t places = reserve_probes();
  if (watches->flying >= places) return NULL;
  bool slow = watches->slow.first && (watches->flying_slow == 0 || watches->flying_slow + 1 < places);
  if (slow && watches->queue.first) slow = watches->slow_turn = !watches->slow_turn;
  return list_shift(slow ? &watches->slow : &watches->queue);
}

static void queue_start(struct watches *watches) {
  struct watch *watch;
  while ((watch = next_in_turn(watches))) {
    watch->queued = false;
    probe_begin(watch);
  }
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  struct watch *watch = timer->data;
  if (watch->task || watch->queued) return; /* never two probes of one check; the next is armed when this one is taken in */
  watch->queued = true;
  watch->deadline = watch->opinion->open_count ? 0 : watch->due + watch_interval(watch); /* for the word of a suspect somebody waits */
  list_insert(watch->slow ? &watch->all->slow : &watch->all->queue, watch);
  queue_start(watch->all);
}

void watches_poke(struct watches *watches) {
  double now = loop_monotonic();
  struct opinion *opinion;
  while ((opinion = mind_next_poke(watches->mind))) {
    struct watch *watch = opinion->watch;
    if (watch && watch->task) watch->wanted = true;
    if (!watch || watch->task || watch->queued || now - watch->poked < watch->check->suspect) continue;
    bool open = opinion->open_count || opinion->ill_count;
    double earliest = open ? fmax(now, watch->begun + watch->check->suspect) : now;
    if (watch->due - earliest <= fmin(watch->check->suspect, 1)) continue; /* it comes by itself */
    watch->poked = now;
    watch_arm(watch, earliest - now);
  }
}

/* --- watches --------------------------------------------------------------------------------------------------------------- */

static struct watch *watch_make(struct watches *watches, const struct conf_check *check) {
  struct watch *watch = xcalloc(1, sizeof *watch);
  *watch = (struct watch){.all = watches, .check = check, .kind = check->kind};
  ev_init(&watch->timer, timer_cb);
  watch->timer.data = watch;
  return watch;
}

static void state_forget(struct watch *watch) {
  if (watch->state && watch->kind->forget) watch->kind->forget(watch->state);
  watch->state = NULL;
}

static void watch_free(struct watch *watch) {
  ev_timer_stop(loop_get(), &watch->timer);
  state_forget(watch);
  outcome_free(&watch->flying);
  outcome_free(&watch->last);
  free(watch);
}

static void list_drop(struct list *list, const struct watch *dropped) {
  struct list kept = {0};
  struct watch *watch;
  while ((watch = list_shift(list))) {
    if (watch != dropped) list_push(&kept, watch);
  }
  *list = kept;
}

/* Its check is gone. One in flight is cancelled and freed when it has ended; nobody waits for it. */
static void watch_leave(struct watches *watches, struct watch *watch) {
  ev_timer_stop(loop_get(), &watch->timer);
  if (watch->queued) list_drop(watch->slow ? &watches->slow : &watches->queue, watch);
  if (watch->opinion) watch->opinion->watch = NULL;
  watch->opinion = NULL;
  if (!watch->task) {
    watch_free(watch);
    return;
  }
  watch->leaving = true;
  watches->leaving++;
  task_cancel(watch->task);
}

/* The watch goes on with its check as configured now. Returns whether it has to look at it anew. */
static bool watch_adopt(struct watch *watch, const struct conf_check *check) {
  bool same = conf_check_same(watch->check, check);
  watch->check = check;
  if (same) return false;
  watch->stale = watch->task != NULL;
  if (watch->task) return false;
  state_forget(watch);
  return !watch->queued;
}

/* Evenly, and neighbours in the configuration (often of one host) far apart: steps of the golden ratio do both. */
static void watches_spread(struct watch **fresh, size_t count, double least) {
  double spread = fmax(least, (double)count / WATCH_START_RATE), share = drand48();
  for (size_t i = 0; i < count; i++) {
    share = fmod(share + 0.6180339887498949, 1);
    watch_arm(fresh[i], fmin(spread, fresh[i]->check->interval) * share);
  }
}

static void watches_set(struct watches *watches, struct conf *conf) {
  struct watch **former = watches->items;
  size_t former_count = watches->count;
  for (size_t i = 0; i < former_count; i++) former[i]->opinion = NULL;
  auto_free struct watch **fresh = xcalloc(conf->check_count + 1, sizeof(struct watch *));
  size_t fresh_count = 0;
  watches->items = xcalloc(conf->check_count + 1, sizeof(struct watch *));
  watches->count = 0;
  for (size_t i = 0; i < conf->check_count; i++) {
    const struct conf_check *check = &conf->checks[i];
    if (check->skip) continue;
    struct opinion *opinion = mind_opinion(watches->mind, check->name);
    struct watch *watch = opinion->watch; /* of whom the mind keeps the opinion, we keep the watch */
    if (watch && watch->kind != check->kind) watch = NULL;
    bool anew = watch ? watch_adopt(watch, check) : true;
    if (!watch) watch = opinion->watch = watch_make(watches, check);
    if (anew) fresh[fresh_count++] = watch;
    watch->opinion = opinion;
    watches->items[watches->count++] = watch;
  }
  for (size_t i = 0; i < former_count; i++) {
    if (!former[i]->opinion) watch_leave(watches, former[i]);
  }
  watches_spread(fresh, fresh_count, former_count ? 0 : WATCH_SPREAD);
  free(former);
}

struct watches *watches_start(struct mind *mind, struct conf *conf, struct task_event *look) {
  struct watches *watches = xcalloc(1, sizeof *watches);
  *watches = (struct watches){.mind = mind, .conf = conf_hold(conf), .look = look};
  watches_set(watches, conf);
  return watches;
}

void watches_reload(struct watches *watches, struct conf *conf) {
  struct conf *former = watches->conf;
  watches->conf = conf_hold(conf);
  watches_set(watches, conf);
  conf_free(former);
}

/* --- what was seen --------------------------------------------------------------------------------------------------------- */

static void log_transitions(const struct watch *watch, const enum symptom_state *before) {
  const struct opinion *opinion = watch->opinion;
  for (size_t i = 0; i < opinion->code_count; i++) {
    enum symptom_state now = opinion->symptoms[i].state;
    if (now == before[i]) continue;
    const struct finding *finding = findings_find(&watch->last.findings, opinion->codes[i]->name);
    enum log_level level = now == SYMPTOM_ILL && before[i] != SYMPTOM_RECOVERING ? LOG_WARNING : LOG_INFO;
    log_line(level, "check %s: %s %s -> %s%s%s", watch->check->name, opinion->codes[i]->name, symptom_state_names[before[i]],
             symptom_state_names[now], finding ? ": " : "", finding ? finding->summary : "");
  }
}

/* Why the probe could see nothing, or NULL: without the check's name where that can be, since many may have the same reason. */
static const char *blindness(const struct outcome *outcome) {
  if (outcome->status != STATUS_UNKNOWN) return NULL;
  for (size_t i = 0; i < outcome->findings.count; i++) {
    const struct finding *finding = &outcome->findings.items[i];
    if (!finding->code->blind) continue;
    return finding->code == &CODE_COULD_NOT_LOOK && finding->evidence_count ? finding->evidence[0].saw : finding->summary;
  }
  return "";
}

static void watch_feed(struct watches *watches, struct watch *watch) {
  outcome_free(&watch->last);
  watch->last = watch->flying;
  watch->last.check = NULL; /* it may be gone before this is */
  watch->flying = (struct outcome){0};
  watch->probes++;
  struct opinion *opinion = watch->opinion;
  auto_free enum symptom_state *before = xcalloc(opinion->code_count + 1, sizeof *before);
  for (size_t i = 0; i < opinion->code_count; i++) before[i] = opinion->symptoms[i].state;
  mind_take(watches->mind, opinion, &watch->last.findings, blindness(&watch->last), loop_monotonic());
  log_transitions(watch, before);
}

/* Until the next probe. One that passes, and was wanted while it was under way, looks again at once: what fell meanwhile it may have
 * missed. */
static double pause_after(struct watch *watch) {
  bool open = watch->opinion->open_count || watch->opinion->ill_count, wanted = watch->wanted;
  double now = loop_monotonic();
  watch->wanted = false;
  if (!wanted || open || now - watch->poked < watch->check->suspect) return watch_interval(watch);
  watch->poked = now;
  return 0;
}

static void watch_take(struct watches *watches, struct watch *watch) {
  int r = task_join_shielded(watch->task);
  watch->task = NULL;
  watches->flying--;
  watches->flying_slow -= watch->slow;
  watch->slow = watch->flying.seconds > watch->job.check->timeout / 2;
  if (watch->leaving) watches->leaving--;
  if (watch->stale) state_forget(watch);
  /* One that was cancelled from within has nothing to say. */
  if (r == 0 && !watch->leaving && !watch->stale) watch_feed(watches, watch);
  conf_free(watch->conf);
  watch->conf = NULL;
  watch->job.check = NULL; /* it goes with its configuration */
  if (watch->leaving) {
    watch_free(watch);
  } else {
    double pause = pause_after(watch);
    watch_arm(watch, watch->stale ? 0 : pause);
  }
}

void watches_take(struct watches *watches) {
  struct watch *watch;
  while ((watch = list_shift(&watches->ended))) watch_take(watches, watch);
  queue_start(watches);
}

void watches_stop(struct watches *watches) {
  if (!watches) return;
  for (size_t i = 0; i < watches->count; i++) watch_leave(watches, watches->items[i]);
  while (watches->leaving) {
    watches_take(watches);
    if (watches->leaving && task_sleep(0.005) < 0) break; /* cancelled probes unwind at once */
  }
  conf_free(watches->conf);
  free(watches->items);
  free(watches);
}

size_t watches_count(const struct watches *watches) {
  return watches ? watches->count : 0;
}

struct watch_view watches_view(const struct watches *watches, size_t index) {
  const struct watch *watch = watches->items[index];
  return (struct watch_view){.check = watch->check,
                             .opinion = watch->opinion,
                             .status = watch->probes ? watch->last.status : STATUS_UNKNOWN,
                             .probes = watch->probes,
                             .next_in = watch->task || watch->queued ? 0 : watch->due - loop_monotonic()};
}

const struct conf_check *watch_check(const struct opinion *opinion) {
  const struct watch *watch = opinion->watch;
  return watch ? watch->check : NULL;
}

const struct findings **watches_findings(const struct watches *watches, size_t *ret_count) {
  const struct findings **findings = xcalloc(watches_count(watches) + 1, sizeof *findings);
  *ret_count = 0;
  for (size_t i = 0; i < watches_count(watches); i++) {
    if (watches->items[i]->last.findings.fact_count) findings[(*ret_count)++] = &watches->items[i]->last.findings;
  }
  return findings;
}
