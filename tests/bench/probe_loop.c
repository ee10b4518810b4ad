/* ejmon's own machinery under the load that bare_loop.c puts on libcurl alone: CONCURRENCY probes of one http check in flight until COUNT
 * have ended. Each is what the daemon does for one: probe_start(), the check with its findings, their opinions (symptom_feed), the join. No
 * journal and no schedule: probes follow one another at once. */
#include <stdio.h>
#include <stdlib.h>

#include "conf/conf.h"
#include "monitor/base/http.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/core/symptom.h"
#include "monitor/watch/probe.h"
#include "tests/bench/cost.h"

#define CODE_LIMIT 16 /* of the http kind */

struct place {
  struct run *run;
  struct probe_job job;
  struct outcome outcome;
  struct symptom symptoms[CODE_LIMIT];
  struct task *task;
  void *state;
  bool ended;
};

struct run {
  const struct conf_check *check;
  struct place *places;
  size_t concurrency;
  long to_start, ended, wrong;
  struct cost cost;
  struct task_event look;
};

static void probe_ended(void *context, const struct outcome *outcome) {
  (void)outcome;
  struct place *place = context;
  place->ended = true;
  task_event_set(&place->run->look);
}

static void place_start(struct place *place) {
  if (place->run->to_start-- <= 0) return;
  place->job = (struct probe_job){
      .check = place->run->check, .state = &place->state, .outcome = &place->outcome, .ended = probe_ended, .context = place};
  place->task = probe_start(&place->job);
}

/* As monitor/watch/watch.c takes a probe in. */
static void place_take(struct place *place) {
  place->ended = false;
  if (task_join(place->task) < 0 || place->outcome.status != STATUS_PASS) place->run->wrong++;
  if (++place->run->ended == (long)place->run->concurrency) cost_start(&place->run->cost);
  const struct conf_check *check = place->run->check;
  double now = loop_monotonic();
  for (size_t i = 0; check->kind->codes[i] && i < CODE_LIMIT; i++) {
    const char *code = check->kind->codes[i]->name;
    enum symptom_input input = findings_find(&place->outcome.findings, code)     ? SAW_FAULT
                               : findings_passed(&place->outcome.findings, code) ? SAW_PASS
                                                                                 : SAW_NOTHING;
    symptom_feed(&place->symptoms[i], input, check->rise, check->fall, now);
  }
  outcome_free(&place->outcome);
  place_start(place);
}

static int run_probes(void *run_pointer) {
  struct run *run = run_pointer;
  for (size_t i = 0; i < run->concurrency; i++) place_start(&run->places[i]);
  long total = run->to_start + (long)run->concurrency;
  while (run->ended < total) {
    int r = task_event_wait(&run->look);
    if (r < 0) return r;
    for (size_t i = 0; i < run->concurrency; i++) {
      if (run->places[i].ended) place_take(&run->places[i]);
    }
  }
  return 0;
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: probe_loop URL CONCURRENCY COUNT\n");
    return 2;
  }
  long concurrency, total;
  if (text_to_long(arguments[2], 1, HTTP_IN_FLIGHT_LIMIT, &concurrency) < 0 ||
      text_to_long(arguments[3], concurrency, 100000000, &total) < 0)
    return 2;
  auto_free char *url = text_format("url=%s", arguments[1]);
  char *words[] = {url, NULL};
  struct conf_check check;
  struct conf_errors errors = {0};
  if (conf_probe("http", words, &check, &errors) < 0) return 2;
  struct run run = {.check = &check, .concurrency = (size_t)concurrency, .to_start = total};
  run.places = xcalloc(run.concurrency, sizeof *run.places);
  for (size_t i = 0; i < run.concurrency; i++) run.places[i].run = &run;
  int r = task_run_to_end("bench", 0, run_probes, &run);
  cost_print(&run.cost, run.ended - concurrency, run.wrong);
  free(run.places);
  conf_check_free(&check);
  http_end();
  loop_free();
  return r < 0;
}
