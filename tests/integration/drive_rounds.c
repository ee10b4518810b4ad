/* Ten intervals of 10,000 checks through the mind, under callgrind, which counts the instructions: all well, with an incident open, with
 * one check that flaps. test_cost.py compares them. What is made here is not freed: the program ends with it. */
#include <string.h>

#include <valgrind/callgrind.h>

#include "checks/plain/http_codes.h"
#include "monitor/core/mind_parts.h"

#define CHECKS 10000
#define INTERVALS 10
#define ENDED_A_ROUND 10 /* probes that have ended when the main task looks: 1,000 a second */

enum mood { WELL, ILL, FLAPS };

static struct mind mind;
static double now = 1000, wall = 1795403529;

static bool host_heals(void *context, const struct incident *incident) {
  (void)context, (void)incident;
  return false;
}

static void host_describe(void *context, struct incident *incident) {
  (void)context, (void)incident;
}

static char *host_body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("");
}

static void host_changed(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}

static void take(const char *name, bool ill) {
  struct finding finding = {.code = &HTTP_STATUS, .severity = SEVERITY_CRITICAL, .summary = "500"};
  const struct code *passed = &HTTP_STATUS;
  const struct findings fault = {.items = &finding, .count = 1}, pass = {.passed = &passed, .passed_count = 1};
  mind_take(&mind, mind_opinion(&mind, name), ill ? &fault : &pass, NULL, now);
}

static void deliver(void) {
  bool lost;
  for (struct delivery *delivery; (delivery = spool_next(&mind.spool, "pager", now, true)) != NULL;) {
    spool_started(&mind.spool, delivery);
    mind_answered(&mind, delivery, DELIVERY_DONE, 0, NULL, now, wall, &lost);
  }
}

/* One interval; the first check is in that mood. */
static void interval(char *const *names, enum mood mood, int number) {
  for (int i = 0; i < CHECKS; i++) {
    take(names[i], i == 0 && (mood == ILL || (mood == FLAPS && number % 2)));
    if (i % ENDED_A_ROUND) continue;
    now += 0.001 * ENDED_A_ROUND;
    wall += 0.001 * ENDED_A_ROUND;
    (void)mind_round(&mind, now, wall);
    while (mind_next_poke(&mind)) continue;
    deliver();
  }
}

static void count(char *const *names, enum mood mood, const char *name) {
  for (int i = 0; i < 4; i++) interval(names, mood, i); /* what begins is over before it is counted */
  CALLGRIND_ZERO_STATS;
  for (int i = 0; i < INTERVALS; i++) interval(names, mood, i);
  CALLGRIND_DUMP_STATS_AT(name);
}

int main(void) {
  const struct mind_host host = {.heals = host_heals, .describe = host_describe, .body = host_body, .changed = host_changed};
  static struct mind_check checks[CHECKS];
  static char *names[CHECKS];
  const char *const sinks[] = {"pager"};
  for (int i = 0; i < CHECKS; i++) {
    names[i] = text_format("check-%d", i);
    checks[i] = (struct mind_check){.name = names[i], .subject = names[i], .codes = http_codes, .rise = 2, .fall = 1};
  }
  mind_init(&mind, &host, rule_tables, now);
  mind_configure(&mind, checks, CHECKS, sinks, 1, now, wall);
  count(names, WELL, "rounds well");
  count(names, ILL, "rounds ill");
  if (!mind_subject(&mind, names[0])->incidents[0]->paged) return 1;
  count(names, FLAPS, "rounds flaps");
  return 0;
}
