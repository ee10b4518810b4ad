/* A mind with a judge of itself, under the hand of a test: some subjects, two sinks, both clocks and ejmon's own side of the network. */
#ifndef SELF_WORLD_H
#define SELF_WORLD_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/watch/engine_codes.h"
#include "monitor/watch/self_judge.h"

#define SUBJECTS_LIMIT 12
#define HOUR 3600.0

static const struct code target_down = {
    .name = "http/unreachable", .severity = SEVERITY_CRITICAL, .evidence = EVIDENCE_OUTAGE, .layer = LAYER_WEB};
static const struct code *const target_codes[] = {&target_down, NULL};

struct self_world {
  struct mind mind;
  struct where where;
  struct self_judge judge;
  struct self_seen seen;
  struct own_side side;
  double now, wall;
  char *names[SUBJECTS_LIMIT];
  size_t count;
  bool down[SUBJECTS_LIMIT];
  const char *blind[SUBJECTS_LIMIT]; /* why its probes cannot look, or NULL */
  const struct code *blind_code;     /* that says so, or NULL */
  bool part[SUBJECTS_LIMIT];         /* what is blind sees one thing all the same */
  double interval;                   /* seconds between two probes, as configured; 0: does not count */
  char *doubt;
  size_t more; /* looks that had more to tell of what was told */
};

static bool never_heals(void *context, const struct incident *incident) {
  (void)context, (void)incident;
  return false;
}

static void describe_by_finding(void *context, struct incident *incident) {
  (void)context;
  const struct finding *finding = subject_finding(incident->subject, incident->code);
  if (!finding) return;
  free(incident->summary);
  incident->summary = xstrdup(finding->summary);
}

static char *no_body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("");
}

static void nobody_cares(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}

/* Begins a life: the checks of these targets, NULL-terminated; the first `of_stack` of them are the stack's. */
static void world_start(struct self_world *world, const char *const *targets, size_t of_stack) {
  const struct mind_host host = {.heals = never_heals, .describe = describe_by_finding, .body = no_body, .changed = nobody_cares};
  struct mind_check checks[SUBJECTS_LIMIT + 1] = {{.name = MIND_SELF, .subject = MIND_SELF, .codes = engine_codes, .rise = 1, .fall = 1}};
  if (world->now <= 0) world->now = 1000;
  if (world->wall <= 0) world->wall = 1.8e9;
  mind_init(&world->mind, &host, rule_tables, world->now);
  for (world->count = 0; targets[world->count]; world->count++) {
    size_t i = world->count;
    world->names[i] = text_format("%c%zu", 'a' + (char)i, i);
    const char *subject = i < of_stack ? MIND_STACK : world->names[i];
    checks[i + 1] = (struct mind_check){.name = world->names[i], .subject = subject, .codes = target_codes, .rise = 1, .fall = 1};
    checks[i + 1].interval = world->interval;
    where_add(&world->where, subject, targets[i], 10);
  }
  where_finish(&world->where, MIND_STACK);
  mind_configure(&world->mind, checks, world->count + 1, (const char *const[]){"p", "q"}, 2, world->now, world->wall);
  self_judge_init(&world->judge, &world->where, world->now);
  world->side = (struct own_side){.link = true, .route = true, .resolver = true, .asked = true};
  world->seen.side = &world->side;
}

static void world_end(struct self_world *world) {
  self_judge_free(&world->judge);
  where_free(&world->where);
  mind_free(&world->mind);
  for (size_t i = 0; i < world->count; i++) free(world->names[i]);
  free(world->doubt);
  world->doubt = NULL;
}

static void world_probe(struct self_world *world, size_t i) {
  struct findings findings = {0};
  struct opinion *opinion = mind_opinion(&world->mind, world->names[i]);
  if (world->down[i]) finding_add(&findings, &target_down, "%s", "down");
  if (!world->down[i] && (!world->blind[i] || world->part[i])) finding_pass(&findings, &target_down);
  if (world->blind[i] && world->blind_code) finding_add(&findings, world->blind_code, "%s", world->blind[i]);
  mind_take(&world->mind, opinion, &findings, world->blind[i], world->now);
  findings_free(&findings);
}

static void world_look(struct self_world *world) {
  struct self_verdict verdict;
  self_judge_look(&world->judge, &world->mind, &world->seen, world->now, world->wall, &verdict);
  world->seen.lag = 0;
  free(world->doubt);
  world->doubt = xstrdup(verdict.doubt);
  world->more += verdict.more_blind || verdict.more_refusing || verdict.more_lost;
  mind_set_doubt(&world->mind, verdict.eyes);
  mind_take(&world->mind, mind_opinion(&world->mind, MIND_SELF), &verdict.findings, NULL, world->now);
  self_verdict_free(&verdict);
  mind_round(&world->mind, world->now, world->wall);
}

/* So many seconds: each second a look at itself, each third one at its own side, each tenth a probe of all. */
static void world_run(struct self_world *world, double seconds) {
  for (double end = world->now + seconds; world->now < end;) {
    world->now++;
    world->wall++;
    if (fmod(world->now, 3) == 0) world->seen.side_at = world->now;
    for (size_t i = 0; i < world->count && fmod(world->now, 10) == 0; i++) world_probe(world, i);
    world_look(world);
  }
}

/* How many notices of that event and code sink "p" was given. */
static size_t told(const struct self_world *world, const char *event, const char *code) {
  size_t count = 0;
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery_row *row = &world->mind.spool.items[i]->row;
    count += text_equal(row->sink, "p") && text_equal(row->event, event) && text_equal(row->code, code);
  }
  return count;
}

#endif
