/* ejmon's look at itself, once a second: gathers what the judge asks for, and tells the mind what it says; see self.h. */
#include "monitor/watch/self.h"

#include <math.h>
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/watch/engine_codes.h"
#include "monitor/watch/self_judge.h"
#include "monitor/watch/side_watch.h"

#define SELF_PERIOD 1.0 /* seconds between two looks */
#define SIDE_CALM 15.0  /* seconds between two looks at its own side of the network while all is well; */
#define SIDE_FALL 3.0   /* while something that is reached over a network is not */

struct self {
  struct mind *mind;
  struct where where;
  struct side_watch *side;
  struct self_judge judge;
  double looked; /* monotonic, 0 at first */
  char *doubt;
};

static void learn_targets(struct self *self, const struct conf *conf) {
  where_free(&self->where);
  for (size_t i = 0; i < conf->check_count; i++) {
    const struct conf_check *check = &conf->checks[i];
    if (!check->skip) where_add(&self->where, check->subject, check->target, check->interval);
  }
  where_finish(&self->where, MIND_STACK);
}

struct self *self_start(struct mind *mind, const struct conf *conf, struct task_event *look, double now) {
  struct self *self = xcalloc(1, sizeof *self);
  self->mind = mind;
  self->side = side_watch_start(look);
  learn_targets(self, conf);
  self_judge_init(&self->judge, &self->where, now);
  return self;
}

void self_reload(struct self *self, const struct conf *conf) {
  learn_targets(self, conf);
}

const char *self_doubt(const struct self *self) {
  return self->doubt;
}

void self_stop(struct self *self) {
  if (!self) return;
  side_watch_stop(self->side);
  self_judge_free(&self->judge);
  where_free(&self->where);
  free(self->doubt);
  free(self);
}

/* Who is on this machine alone needs no network. */
static void want_side(struct self *self) {
  bool needed = false;
  for (size_t i = 0; i < self->where.count && !needed; i++) needed = self->where.items[i].reach != REACH_LOCAL;
  side_watch_want(self->side, !needed ? INFINITY : self->judge.falling ? SIDE_FALL : SIDE_CALM, self->where.name);
}

static void set_doubt(struct self *self, const char *doubt, double wall) {
  if (doubt && !self->doubt) {
    log_warning("doubt: %s", doubt);
    mind_event(self->mind, "doubt", "", doubt, wall);
  }
  if (!doubt && self->doubt) log_info("no doubt any more");
  free(self->doubt);
  self->doubt = xstrdup(doubt);
}

/* What people were told of already has grown. */
static void tell_more(struct self *self, const struct code *code, double now, double wall) {
  struct mind *mind = self->mind;
  const struct opinion *opinion = mind_opinion(mind, MIND_SELF);
  struct incident *incident = mind_find(opinion->subject, code->name);
  if (!incident || !incident->paged) return;
  mind->host.describe(mind->host.context, incident);
  mind_update(mind, incident, code->severity, incident->summary, now, wall);
}

double self_take(struct self *self, const char *store_trouble, double now, double wall) {
  if (self->looked > 0 && now - self->looked < SELF_PERIOD) return self->looked + SELF_PERIOD;
  struct self_seen seen = {.lag = loop_lag_take(), .store_trouble = store_trouble};
  seen.side = side_watch_newest(self->side, &seen.side_at);
  struct self_verdict verdict;
  self_judge_look(&self->judge, self->mind, &seen, now, wall, &verdict);
  self->looked = now;
  want_side(self);
  set_doubt(self, verdict.doubt, wall);
  mind_set_doubt(self->mind, verdict.eyes);
  mind_take(self->mind, mind_opinion(self->mind, MIND_SELF), &verdict.findings, NULL, now);
  if (verdict.more_blind) tell_more(self, &EJMON_NO_EYES, now, wall);
  if (verdict.more_refusing) tell_more(self, &EJMON_SINK_REFUSES, now, wall);
  if (verdict.more_lost) tell_more(self, &EJMON_NOTICE_LOST, now, wall);
  self_verdict_free(&verdict);
  return now + SELF_PERIOD;
}
