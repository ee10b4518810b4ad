/* Undoes what a former life left half-way; see leftovers.h. */
#include "monitor/heal/leftovers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/heal/record.h"
#include "monitor/heal/verdict.h"

struct leftovers {
  struct mind *mind;
  struct conf *conf; /* held */
  struct store *store;
  struct task_event *look;
  struct task *task;
  bool former_life; /* who still acts is a command of it: that is waited for; else it is another ejmon at its work */
  bool ended;
};

void leftovers_call_person(struct mind *mind, struct task_event *look, const struct attempt_leftover *failed) {
  verdict_undo_failed(mind, failed, loop_monotonic(), loop_wall());
  task_event_set(look);
  unsigned long mark = mind->changes;
  double limit = loop_monotonic() + HEAL_TOLD_SECONDS;
  while (mind->stored < mark && loop_monotonic() < limit && task_sleep(HEAL_TOLD_SECONDS / 100) == 0) continue;
}

static void leftover_ended(void *context, const struct attempt_leftover *leftover) {
  struct leftovers *leftovers = context;
  const char *verdict = attempt_verdict_names[leftover->verdict];
  enum log_level level = leftover->verdict == ATTEMPT_UNDO_FAILED ? LOG_ERROR : LOG_WARNING;
  log_line(level, "attempt %s was left half-way by a former life: %s", leftover->id, verdict);
  auto_free char *sentence =
      text_format(translated("Attempt %s was left half-way by a former life: %s"), leftover->id, translated(verdict));
  if (leftover->verdict == ATTEMPT_UNDO_FAILED) leftovers_call_person(leftovers->mind, leftovers->look, leftover);
  mind_event(leftovers->mind, "recovered", leftover->incident, sentence, loop_wall());
}

/* A person's `ejmon heal` may have made good what could not be undone, as a later attempt of ours. */
static void look_whether_whole(struct leftovers *leftovers) {
  double since = verdict_half_way_since(leftovers->mind);
  struct attempt_rows rows = {0};
  if (since <= 0 || record_applied_since(leftovers->store, since - HEAL_HALF_WAY_MOST, &rows) < 0) return;
  verdict_made_good(leftovers->mind, &rows, loop_monotonic());
  attempt_rows_free(&rows);
}

static int leftovers_task(void *argument) {
  struct leftovers *leftovers = argument;
  for (int tries = 1;; tries++) {
    int r = leftovers->former_life ? 1 : attempt_leftovers(leftovers->store);
    if (r > 0) r = attempt_recover(leftovers->conf, leftovers->store, tries >= HEAL_LEFTOVER_TRIES, leftover_ended, leftovers);
    if (r == 0 || r == -ECANCELED) break;
    if (r == -EBUSY && tries == 1)
      log_warning("another ejmon acts, or a command of a former life still runs: no remedy is attempted before its end");
    if (r == -EAGAIN && tries == 1) log_warning("an attempt was left half-way by a former life and cannot be undone yet");
    if (r != -EAGAIN && tries > 1)
      tries--; /* nothing was tried: who holds the lock is bounded by its own time-outs, and a disk comes back */
    if (task_sleep(r == -EBUSY ? fmin(HEAL_LEFTOVER_PAUSE, 2) : HEAL_LEFTOVER_PAUSE) < 0) break;
  }
  look_whether_whole(leftovers);
  leftovers->ended = true;
  task_event_set(leftovers->look);
  return 0;
}

struct leftovers *leftovers_start(struct mind *mind, struct conf *conf, struct store *store, bool former_life, struct task_event *look) {
  struct leftovers *leftovers = xcalloc(1, sizeof *leftovers);
  *leftovers = (struct leftovers){.mind = mind, .conf = conf_hold(conf), .store = store, .former_life = former_life, .look = look};
  leftovers->task = task_start("leftovers", 0, leftovers_task, leftovers);
  return leftovers;
}

bool leftovers_ended(const struct leftovers *leftovers) {
  return leftovers->ended;
}

void leftovers_stop(struct leftovers *leftovers) {
  if (!leftovers) return;
  if (!leftovers->ended) task_cancel(leftovers->task);
  task_join_shielded(leftovers->task);
  conf_free(leftovers->conf);
  free(leftovers);
}
