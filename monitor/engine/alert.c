/* The spool of notices and the tasks that deliver them; see alert.h. */
#include "monitor/engine/alert.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"

struct queue {
  struct alerts *alerts;
  const struct conf_sink *sink;
  struct task *task;
  struct task_event filled; /* there may be something to send */
};

struct alerts {
  struct journal *journal;
  struct queue *queues;
  size_t count;
  char *source;
  bool stopping;
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

static char *wall_time(double wall) {
  time_t seconds = (time_t)wall;
  struct tm utc;
  char stamp[32];
  gmtime_r(&seconds, &utc);
  strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return xstrdup(stamp);
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

static int notice_send(const struct conf_sink *sink, const struct notice *notice, double *ret_retry_after, char **ret_error) {
  struct send_job job = {.sink = sink, .notice = notice};
  int r = task_join(task_start("send", ALERT_SEND_SECONDS, send_task, &job));
  *ret_retry_after = job.retry_after;
  *ret_error = job.error;
  return r;
}

/* --- a queue --------------------------------------------------------------------------------------------------------------- */

enum column { ID, INCIDENT, EVENT, CODE, SEVERITY, SUMMARY, BODY, MADE, TRIES };
#define NEXT_NOTICE \
  "SELECT id, incident, event, code, severity, summary, body, made, tries FROM notices WHERE sink = ? AND done IS NULL ORDER BY id LIMIT 1"

static void notice_done(struct queue *queue, const char *id, const char *verdict) {
  auto_free char *now = text_format("%.3f", loop_wall());
  int r = journal_write(queue->alerts->journal, "UPDATE notices SET done = ?, verdict = ? WHERE id = ?", (const char *const[]){now, verdict, id, NULL});
  if (r < 0) log_error("the journal did not take that notice %s to %s is %s: it may be sent twice", id, queue->sink->name, verdict);
}

/* Sends the row's notice. Returns the seconds to wait before the next try, 0 when the row is done with. */
static double row_send(struct queue *queue, char **row) {
  double made = strtod(row[MADE], NULL);
  double tries = strtod(row[TRIES], NULL), retry_after = 0;
  auto_free char *time = wall_time(made);
  auto_free char *id = text_format("%s-%s-%s", row[INCIDENT], row[EVENT], row[ID]);
  auto_free char *error = NULL;
  struct notice notice = {.event = event_of(row[EVENT]), .id = id, .incident = row[INCIDENT], .code = row[CODE], .severity = severity_of(row[SEVERITY]),
                          .summary = row[SUMMARY], .text = row[BODY], .source = queue->alerts->source, .time = time};
  int r = notice_send(queue->sink, &notice, &retry_after, &error);
  if (r == 0) {
    log_info("alert %s: %s delivered to %s", row[CODE], row[EVENT], queue->sink->name);
    notice_done(queue, row[ID], "delivered");
    return 0;
  }
  if (r == -EINVAL || loop_wall() - made > ALERT_GIVE_UP_SECONDS) {
    log_error("alert %s: %s is LOST for %s: %s", row[CODE], row[EVENT], queue->sink->name, error ? error : strerror(-r));
    notice_done(queue, row[ID], "lost");
    return 0;
  }
  double pause = fmin(ALERT_RETRY_FIRST * exp2(fmin(tries, 16)), ALERT_RETRY_MOST);
  pause = fmax(pause, fmin(retry_after, ALERT_RETRY_MOST * 12));
  log_warning("alert %s: %s not delivered to %s (%s), next try in %.0f s", row[CODE], row[EVENT], queue->sink->name, error ? error : strerror(-r), pause);
  int written = journal_write(queue->alerts->journal, "UPDATE notices SET tries = tries + 1 WHERE id = ?", (const char *const[]){row[ID], NULL});
  (void)written; /* the pause alone keeps it from flooding */
  return pause;
}

static int queue_task(void *argument) {
  struct queue *queue = argument;
  int r = 0;
  while (r == 0) {
    struct journal_rows rows = {0};
    double pause = 0;
    r = journal_read(queue->alerts->journal, NEXT_NOTICE, (const char *const[]){queue->sink->name, NULL}, &rows);
    if (r == -EIO) {
      pause = ALERT_RETRY_MOST;
    } else if (r == 0 && rows.count) {
      pause = row_send(queue, rows.rows[0]);
    }
    bool empty = r == 0 && rows.count == 0;
    journal_rows_free(&rows);
    if (r == -EIO) r = 0;
    if (r == 0 && empty) {
      if (!queue->alerts->stopping) r = task_event_wait(&queue->filled);
      if (queue->alerts->stopping) return 0;
    } else if (r == 0 && pause > 0) {
      r = task_sleep(pause);
    }
  }
  return r;
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

struct alerts *alerts_start(const struct conf *conf, struct journal *journal) {
  struct alerts *alerts = xcalloc(1, sizeof *alerts);
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  *alerts = (struct alerts){.journal = journal, .count = conf->sink_count, .source = xstrdup(conf->stack.site ? conf->stack.site : host)};
  alerts->queues = xcalloc(conf->sink_count + 1, sizeof *alerts->queues);
  for (size_t i = 0; i < conf->sink_count; i++) {
    struct queue *queue = &alerts->queues[i];
    *queue = (struct queue){.alerts = alerts, .sink = &conf->sinks[i]};
    queue->task = task_start(conf->sinks[i].name, 0, queue_task, queue);
  }
  return alerts;
}

void alerts_stop(struct alerts *alerts, double seconds) {
  if (!alerts) return;
  alerts->stopping = true;
  double limit = loop_monotonic() + seconds;
  for (size_t i = 0; i < alerts->count; i++) task_event_set(&alerts->queues[i].filled);
  for (size_t i = 0; i < alerts->count; i++) {
    while (!task_ended(alerts->queues[i].task) && loop_monotonic() < limit) {
      if (task_sleep(0.02) < 0) break;
    }
    task_cancel(alerts->queues[i].task);
    task_join(alerts->queues[i].task);
  }
  free(alerts->queues);
  free(alerts->source);
  free(alerts);
}

/* Without a journal: straight out, in this task, one try per sink. */
static void send_from_memory(struct alerts *alerts, const struct notice *notice) {
  for (size_t i = 0; i < alerts->count; i++) {
    double retry_after;
    auto_free char *error = NULL;
    int r = notice_send(alerts->queues[i].sink, notice, &retry_after, &error);
    if (r < 0) log_error("alert %s is LOST for %s: %s", notice->code, alerts->queues[i].sink->name, error ? error : strerror(-r));
  }
}

void alerts_add(struct alerts *alerts, enum notice_event event, const char *incident, const char *code, enum severity severity, const char *summary,
                const char *text) {
  double wall = loop_wall();
  auto_free char *made = text_format("%.3f", wall);
  int r = 0;
  for (size_t i = 0; i < alerts->count && r == 0; i++) {
    r = journal_write(alerts->journal, "INSERT INTO notices (incident, sink, event, code, severity, summary, body, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                      (const char *const[]){incident, alerts->queues[i].sink->name, notice_event_names[event], code, severity_names[severity], summary,
                                            text, made, NULL});
    if (r == 0) task_event_set(&alerts->queues[i].filled);
  }
  if (r == 0) return;
  log_error("the journal does not take notices (%s): sending from memory, once", strerror(-r));
  auto_free char *clean_summary = redact(summary);
  auto_free char *clean_text = redact(text);
  auto_free char *time = wall_time(wall);
  auto_free char *id = text_format("%s-%s", incident, made);
  send_from_memory(alerts, &(struct notice){.event = event, .id = id, .incident = incident, .code = code, .severity = severity, .summary = clean_summary,
                                            .text = clean_text, .source = alerts->source, .time = time});
}
