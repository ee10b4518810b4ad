/* One run of a check: in a task of its own, with the check's time-out as its deadline. */
#ifndef EJMON_PROBE_H
#define EJMON_PROBE_H

#include "checks/check.h"
#include "conf/conf.h"
#include "monitor/base/task.h"

/* What a probe ends in. */
struct outcome {
  const struct conf_check *check;
  enum check_status status;
  double seconds;
  struct findings findings;
};
void outcome_free(struct outcome *outcome);

/* Codes that any check may raise. */
extern const struct code CODE_COULD_NOT_LOOK;

/* One probe to be run; everything it points to must outlive the task. */
struct probe_job {
  const struct conf_check *check;
  void **state;                                                /* as in check.h */
  struct outcome *outcome;                                     /* always filled at the end */
  void (*ended)(void *context, const struct outcome *outcome); /* called inside the task; may be NULL */
  void *context;
};
/* Starts the probe as a task with the check's time-out; join it. The task's result is 0, or -ECANCELED when it was cancelled. A skipped
 * check gives STATUS_SKIP at once and no task: NULL. */
struct task *probe_start(struct probe_job *job) must_check;

/* Runs all these checks at the same time; outcomes[i] belongs to checks[i]. `ended` (may be NULL) is called after each. */
int probe_run_all(const struct conf_check *const *checks, size_t count, struct outcome *outcomes,
                  void (*ended)(void *context, const struct outcome *outcome), void *context) must_check;

/* The ill codes of all outcomes, each once; blind and merely informative ones left out: what rules are fed with. free() the array. */
const struct code **outcomes_ill(const struct outcome *outcomes, size_t count, size_t *ret_count) must_check;

#endif
