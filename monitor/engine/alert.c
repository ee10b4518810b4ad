/* The spool of notices and the tasks that deliver them; see alert.h. */
#include "monitor/engine/alert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/stamp.h"
#include "monitor/base/task.h"

struct queue {
  struct alerts *alerts;
  const struct conf_sink *sink;
  struct task *task;
  struct task_event filled; /* there may be something to send */
  bool resting;             /* between two tries: nothing is under way */
  char *last; /* id of the last notice done with: it is not sent again in this life, even when the journal did not take its end */
};

struct alerts {
  struct journal *journal;
  struct queue *queues;
  size_t count;
  char *source;
  bool stopping, halting; /* no wait any more; no next notice either */
};

static enum severity severity_of(const char *name) {
  for (enum severity s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
    if (text_equal(severity_names[s], name)) return s;
  }
  return SEVERITY_CRITICAL;
}

static enum notice_event event_of(const char *name) {
  for (enum notice_event e = NOTICE_TRIGGERED; e <= NOTICE_RESOLVED; e++) {
    if (text_equal(notice_event_names[e], name)) return e;
  }
  return NOTICE_TRIGGERED;
}

/* --- one delivery ---------------------------------------------------------------------------------------------------------- */

struct send_job {
  const struct conf_sink *sink;
  const struct notice *notice;
  double retry_after;
  char *error;
};

static int send_task(void *argument) {
  struct send_job *job = argument;
  return job->sink->kind->send(job->sink->config, job->notice, &job->retry_after, &job->error);
}

static struct task *send_start(struct send_job *job) {
  return task_start("send", ALERT_SEND_SECONDS, send_task, job);
}

/* --- a queue --------------------------------------------------------------------------------------------------------------- */

enum column { ID, INCIDENT, EVENT, CODE, SEVERITY, SUMMARY, BODY, MADE, TRIES };
#define NEXT_NOTICE \
  "SELECT id, incident, event, code, severity, summary, body, made, tries FROM notices WHERE sink = ? AND done IS NULL AND id > CAST(? AS INTEGER) ORDER BY id LIMIT 1"

static void notice_done(struct queue *queue, const char *id, const char *verdict) {
  free(queue->last);
  queue->last = xstrdup(id);
  auto_free char *now = text_format("%.3f", loop_wall());
  int r = journal_write(queue->alerts->journal, "UPDATE notices SET done = ?, verdict = ? WHERE id = ?",
                        (const char *const[]){now, verdict, id, NULL});
  if (r < 0)
    log_error("the journal did not take that notice %s to %s is %s: it may be sent again after a restart", id, queue->sink->name, verdict);
}

/* Sends the row's notice. Returns the seconds to wait before the next try, 0 when the row is done with. */
static double row_send(struct queue *queue, char **row) {
  double made = strtod(row[MADE], NULL);
  double tries = strtod(row[TRIES], NULL);
  auto_free char *time = stamp_rfc3339(made, false);
  auto_free char *id = text_format("%s-%s-%s", row[INCIDENT], row[EVENT], row[ID]);
  struct notice notice = {.event = event_of(row[EVENT]),
                          .id = id,
                          .incident = row[INCIDENT],
                          .code = row[CODE],
                          .severity = severity_of(row[SEVERITY]),
                          .summary = row[SUMMARY],
                          .text = row[BODY],
                          .source = queue->alerts->source,
                          .time = time};
  struct send_job job = {.sink = queue->sink, .notice = &notice};
  int r = task_join(send_start(&job));
  auto_free char *error = job.error;
  if (r == 0) {
    notice_done(queue, row[ID], "delivered"); /* on disk before it is logged as done */
    log_info("alert %s: %s delivered to %s", row[CODE], row[EVENT], queue->sink->name);
    return 0;
  }
  /* Not by the clock alone: one that jumps must not throw a page away that was tried once. */
  if (r == -EINVAL || (tries >= ALERT_GIVE_UP_TRIES && loop_wall() - made > ALERT_GIVE_UP_SECONDS)) {
    log_error("alert %s: %s is LOST for %s: %s", row[CODE], row[EVENT], queue->sink->name, error ? error : strerror(-r));
    notice_done(queue, row[ID], "lost");
    return 0;
  }
  double pause = fmin(ALERT_RETRY_FIRST * exp2(fmin(tries, 16)), ALERT_RETRY_MOST);
  pause = fmax(pause, fmin(job.retry_after, ALERT_RETRY_MOST * 12));
  log_warning("alert %s: %s not delivered to %s (%s), next try in %.0f s", row[CODE], row[EVENT], queue->sink->name,
              error ? error : lang_error(-r), pause);
  int written =
      journal_write(queue->alerts->journal, "UPDATE notices SET tries = tries + 1 WHERE id = ?", (const char *const[]){row[ID], NULL});
  (void)written; /* the pause alone keeps it from flooding */
  return pause;
}

/* Sends what is due. Returns the seconds to wait before the next look, 0: at once, < 0: when there is something new. */
static double queue_step(struct queue *queue, int *ret_result) {
  struct journal_rows rows = {0};
  double pause = -1;
  *ret_result = journal_read(queue->alerts->journal, NEXT_NOTICE, (const char *const[]){queue->sink->name, queue->last, NULL}, &rows);
  if (*ret_result < 0) return ALERT_RETRY_FIRST; /* a journal that is locked for a moment must make no page late */
  if (rows.count) pause = row_send(queue, rows.rows[0]);
  journal_rows_free(&rows);
  return pause;
}

/* Only its cancellation ends a queue before it is empty: a journal that cannot be read just now is read later. */
static int queue_task(void *argument) {
  struct queue *queue = argument;
  int r = 0;
  while (r != -ECANCELED) {
    double pause = queue_step(queue, &r);
    if (r == -ECANCELED || (pause != 0 && queue->alerts->stopping) || queue->alerts->halting) break;
    queue->resting = pause > 0;
    if (pause > 0) r = task_sleep(pause);
    if (pause < 0) r = task_event_wait(&queue->filled);
    queue->resting = false;
  }
  return r;
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

struct alerts *alerts_start(const struct conf *conf, struct journal *journal) {
  struct alerts *alerts = xcalloc(1, sizeof *alerts);
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  *alerts = (struct alerts){.journal = journal, .count = conf->sink_count, .source = redact(conf->stack.site ? conf->stack.site : host)};
  alerts->queues = xcalloc(conf->sink_count + 1, sizeof *alerts->queues);
  for (size_t i = 0; i < conf->sink_count; i++) {
    struct queue *queue = &alerts->queues[i];
    *queue = (struct queue){.alerts = alerts, .sink = &conf->sinks[i], .last = xstrdup("0")};
    queue->task = task_start(conf->sinks[i].name, 0, queue_task, queue);
  }
  return alerts;
}

/* Whether it sleeps until a next try: nothing is lost by ending it now. */
static bool is_idle(const struct queue *queue) {
  return queue->resting;
}

void alerts_stop(struct alerts *alerts, double seconds, bool drain) {
  if (!alerts) return;
  alerts->stopping = true;
  alerts->halting = !drain;
  double limit = loop_monotonic() + seconds;
  for (size_t i = 0; i < alerts->count; i++) task_event_set(&alerts->queues[i].filled);
  for (size_t i = 0; i < alerts->count; i++) {
    while (!task_ended(alerts->queues[i].task) && !is_idle(&alerts->queues[i]) && loop_monotonic() < limit) {
      if (task_sleep(0.02) < 0) break;
    }
    task_cancel(alerts->queues[i].task);
    task_join(alerts->queues[i].task);
    free(alerts->queues[i].last);
  }
  free(alerts->queues);
  free(alerts->source);
  free(alerts);
}

/* Without a journal: straight out, one try, to all these sinks at the same time. */
static void send_from_memory(const struct alerts *alerts, const bool *spooled, const struct notice *notice) {
  struct send_job *jobs = xcalloc(alerts->count, sizeof *jobs);
  struct task **tasks = xcalloc(alerts->count, sizeof(struct task *));
  for (size_t i = 0; i < alerts->count; i++) {
    jobs[i] = (struct send_job){.sink = alerts->queues[i].sink, .notice = notice};
    if (!spooled[i]) tasks[i] = send_start(&jobs[i]);
  }
  for (size_t i = 0; i < alerts->count; i++) {
    int r = tasks[i] ? task_join(tasks[i]) : 0;
    if (r < 0) log_error("alert %s is LOST for %s: %s", notice->code, jobs[i].sink->name, jobs[i].error ? jobs[i].error : strerror(-r));
    free(jobs[i].error);
  }
  free(jobs);
  free(tasks);
}

#define SPOOL "INSERT INTO notices (incident, sink, event, code, severity, summary, body, made) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8"
#define LAST_TOLD "(SELECT event FROM notices WHERE incident = ?1 AND sink = ?2 AND event <> 'updated' ORDER BY id DESC LIMIT 1)"
/* A resolve is for who was told of the trouble, and once: not for a sink that was configured since, nor again after a restart. */
#define SPOOL_RESOLVE_KNOWN \
  SPOOL " WHERE " LAST_TOLD " = 'triggered' OR NOT EXISTS (SELECT 1 FROM notices WHERE incident = ?1 AND event = 'triggered')"
/* Once something went out without a trace in the spool, better one resolve too many than one lost. */
#define SPOOL_RESOLVE_ANY SPOOL " WHERE ifnull(" LAST_TOLD ", 'triggered') = 'triggered'"

static bool sent_unspooled; /* in this life, whatever was reloaded in between */

static const char *spool_sql(enum notice_event event) {
  if (event != NOTICE_RESOLVED) return SPOOL;
  return sent_unspooled ? SPOOL_RESOLVE_ANY : SPOOL_RESOLVE_KNOWN;
}

void alerts_add(struct alerts *alerts, enum notice_event event, const char *incident, const char *code, enum severity severity,
                const char *summary, const char *text) {
  double wall = loop_wall();
  auto_free char *made = text_format("%.3f", wall);
  auto_free bool *spooled = xcalloc(alerts->count, sizeof *spooled);
  int failed = 0;
  for (size_t i = 0; i < alerts->count; i++) {
    int r = journal_write(alerts->journal, spool_sql(event),
                          (const char *const[]){incident, alerts->queues[i].sink->name, notice_event_names[event], code,
                                                severity_names[severity], summary, text, made, NULL});
    spooled[i] = r == 0;
    if (r == 0) task_event_set(&alerts->queues[i].filled);
    if (r < 0) failed = r;
  }
  if (failed == 0) return;
  sent_unspooled = true;
  log_error("the journal does not take notices (%s): sending from memory, once", strerror(-failed));
  auto_free char *clean_summary = redact(summary);
  auto_free char *clean_text = redact(text);
  auto_free char *time = stamp_rfc3339(wall, false);
  auto_free char *id = text_format("%s-%s-%s", incident, notice_event_names[event], made);
  send_from_memory(alerts, spooled,
                   &(struct notice){.event = event,
                                    .id = id,
                                    .incident = incident,
                                    .code = code,
                                    .severity = severity,
                                    .summary = clean_summary,
                                    .text = clean_text,
                                    .source = alerts->source,
                                    .time = time});
}
