/* At the daemon's start: undoes the attempts that a former life left half-way, and tells how that ended; see daemon.h. The stack may be
 * starting as well, so it is tried for some minutes before a person is called. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/daemon/daemon.h"

static struct incident *incident_of(const struct daemon *daemon, const char *id) {
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    if (daemon->incidents.items[i]->care && text_equal(daemon->incidents.items[i]->id, id)) return daemon->incidents.items[i];
  }
  return NULL;
}

/* Pages under the incident's own key where it is still open, so that its end resolves it; else under the attempt's, for a person to close.
 */
static void call_person(struct daemon *daemon, const struct attempt_leftover *leftover) {
  struct incident *incident = incident_of(daemon, leftover->incident);
  enum notice_event event = incident && incident->care->paged ? NOTICE_UPDATED : NOTICE_TRIGGERED;
  auto_free char *key = xstrdup(incident ? incident->id : leftover->id);
  auto_free char *summary =
      text_format(translated("The remedy %s was left half-way and cannot be undone: a person has to look now."), leftover->remedy);
  auto_free char *body = text_format(translated("Tried:\n%s\nMore: ejmon explain %s\n"), leftover->report, leftover->cause);
  if (incident) {
    incident->care->paged = true;
    incident->care->next_try = INFINITY;
  }
  alerts_add(daemon->alerts, event, key, leftover->cause, SEVERITY_CRITICAL, summary, body);
}

static void leftover_ended(void *context, const struct attempt_leftover *leftover) {
  struct daemon *daemon = context;
  const char *verdict = attempt_verdict_names[leftover->verdict];
  enum log_level level = leftover->verdict == ATTEMPT_UNDO_FAILED ? LOG_ERROR : LOG_WARNING;
  log_line(level, "attempt %s was left half-way by a former life: %s", leftover->id, verdict);
  auto_free char *sentence =
      text_format(translated("Attempt %s was left half-way by a former life: %s"), leftover->id, translated(verdict));
  if (leftover->verdict == ATTEMPT_UNDO_FAILED) call_person(daemon, leftover);
  int r = journal_event(daemon->journal, "recovered", leftover->incident, sentence);
  if (r < 0) log_error("the journal does not take events: %s", strerror(-r));
}

static int recover_task(void *argument) {
  struct daemon *daemon = argument;
  int r;
  for (int tries = 1;; tries++) {
    daemon->undoing = true;
    r = attempt_recover(daemon->conf, daemon->store, tries >= RECOVER_TRIES, leftover_ended, daemon);
    daemon->undoing = false;
    if (r == 0) break;
    if (r == -EBUSY && tries == 1)
      log_warning("another ejmon acts, or a command of a former life still runs: no remedy is attempted before its end");
    if (r == -EAGAIN && tries == 1) log_warning("an attempt was left half-way by a former life and cannot be undone yet");
    if (r == -EBUSY && tries > 1) tries--; /* who holds the lock is bounded by the time-outs of its own steps */
    task_event_set(&daemon->look);
    if (task_sleep(r == -EBUSY ? fmin(RECOVER_PAUSE, 2) : RECOVER_PAUSE) < 0) break;
  }
  daemon->recovered = true;
  task_event_set(&daemon->look);
  return 0;
}

void recover_start(struct daemon *daemon) {
  daemon->recovered = false;
  daemon->recovering = task_start("recover", 0, recover_task, daemon);
}

void recover_stop(struct daemon *daemon) {
  if (!daemon->recovering) return;
  if (!daemon->recovered) task_cancel(daemon->recovering);
  task_join_shielded(daemon->recovering);
  daemon->recovering = NULL;
}
