/* Runs checks as tasks and turns their ends into outcomes; see probe.h. */
#include "monitor/watch/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/options.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"

void outcome_free(struct outcome *outcome) {
  findings_free(&outcome->findings);
  *outcome = (struct outcome){0};
}

/* Why a check could not look. The file of authorities is the one of ejmon's own things that an error alone does not name. */
static char *reason_of(const struct conf_check *check, int error) {
  const struct option_set set = {.options = check->kind->options, .count = check->kind->option_count};
  const struct option *cacert = error == -ENOKEY ? options_find(&set, "cacert") : NULL;
  const char *path = cacert ? option_string(cacert, check->config) : NULL;
  if (!path) return xstrdup(lang_error(-error));
  char *missing = option_missing(cacert, check->config);
  return missing ? missing
                 : text_format(translated("%s holds no certificate of an authority that can be read: cacert wants a PEM file"), path);
}

static int probe_task(void *argument) {
  struct probe_job *job = argument;
  struct outcome *outcome = job->outcome;
  double started = loop_monotonic();
  int r = job->check->kind->probe(job->check->config, job->state, &outcome->findings);
  outcome->seconds = loop_monotonic() - started;
  if (r == -ECANCELED && task_time_left() <= 0) r = -ETIMEDOUT; /* a task of its own was cancelled, since the time was over */
  if (r < 0 && r != -ECANCELED) {
    auto_free char *reason = reason_of(job->check, r);
    struct finding *finding =
        finding_add(&outcome->findings, &CODE_COULD_NOT_LOOK, "The %s check could not look: %s.", job->check->name, reason);
    finding_evidence(finding, "reason", NULL, "%s", reason);
  }
  outcome->status = r < 0 ? STATUS_UNKNOWN : findings_status(&outcome->findings);
  if (job->ended) job->ended(job->context, outcome);
  return r == -ECANCELED ? r : 0;
}

struct task *probe_start(struct probe_job *job) {
  *job->outcome = (struct outcome){.check = job->check, .status = STATUS_SKIP};
  if (job->check->skip) {
    if (job->ended) job->ended(job->context, job->outcome);
    return NULL;
  }
  return task_start(job->check->name, job->check->timeout, probe_task, job);
}

int probe_run_all(const struct conf_check *const *checks, size_t count, struct outcome *outcomes,
                  void (*ended)(void *context, const struct outcome *outcome), void *context) {
  struct probe_job *jobs = xcalloc(count, sizeof *jobs);
  struct task **tasks = xcalloc(count, sizeof(struct task *));
  void **states = xcalloc(count, sizeof(void *));
  int result = 0;
  for (size_t i = 0; i < count; i++) {
    jobs[i] = (struct probe_job){.check = checks[i], .state = &states[i], .outcome = &outcomes[i], .ended = ended, .context = context};
    tasks[i] = probe_start(&jobs[i]);
  }
  for (size_t i = 0; i < count; i++) {
    if (tasks[i] && task_join(tasks[i]) == -ECANCELED) result = -ECANCELED;
    if (states[i] && checks[i]->kind->forget) checks[i]->kind->forget(states[i]);
  }
  free(jobs);
  free(tasks);
  free(states);
  return result;
}

const struct code **outcomes_ill(const struct outcome *outcomes, size_t count, size_t *ret_count) {
  const struct code **ill = xcalloc(1, sizeof *ill);
  *ret_count = 0;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < outcomes[i].findings.count; k++) {
      const struct code *code = outcomes[i].findings.items[k].code;
      bool known = code->blind || outcomes[i].findings.items[k].severity == SEVERITY_INFO;
      for (size_t n = 0; n < *ret_count && !known; n++) known = ill[n] == code;
      if (known) continue;
      ill = xrealloc(ill, (*ret_count + 1) * sizeof *ill);
      ill[(*ret_count)++] = code;
    }
  }
  return ill;
}
