/* The task and the thread that look at ejmon's own side; see side_watch.h. */
#include "monitor/watch/side_watch.h"

#include <errno.h>
#include <ev.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/loop.h"
#include "monitor/base/work.h"

struct side_watch {
  struct task_event *look;
  struct task *task;
  struct task_event due;
  ev_timer timer;
  double period;
  char *name;
  struct own_side newest;
  double begun, at; /* monotonic, of the last look: its begin, its end; 0 before the first */
};

struct side_job {
  char *name;
  struct own_side side;
};

static void job_function(void *argument) {
  struct side_job *job = argument;
  own_side_look(job->name, &job->side);
}

static void job_free(void *argument) {
  struct side_job *job = argument;
  free(job->name);
  free(job);
}

static int look_once(struct side_watch *watch) {
  struct side_job *job = xcalloc(1, sizeof *job);
  job->name = xstrdup(watch->name);
  watch->begun = loop_monotonic();
  int r = work_run(work_pool_get("own side", 1), job_function, job, job_free);
  if (r < 0) return r;
  watch->newest = job->side;
  watch->at = loop_monotonic();
  job_free(job);
  task_event_set(watch->look);
  return 0;
}

static void due_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_event_set(&((struct side_watch *)timer->data)->due);
}

static void arm(struct side_watch *watch) {
  ev_timer_stop(loop_get(), &watch->timer);
  if (watch->period == INFINITY) return;
  ev_timer_set(&watch->timer, fmax(watch->begun + watch->period - loop_monotonic(), 0.), 0.);
  ev_now_update(loop_get());
  ev_timer_start(loop_get(), &watch->timer);
}

static int watch_task(void *argument) {
  struct side_watch *watch = argument;
  int r = 0;
  while (r != -ECANCELED) {
    r = task_event_wait(&watch->due);
    if (r == 0) r = look_once(watch);
    arm(watch);
  }
  return r;
}

struct side_watch *side_watch_start(struct task_event *look) {
  struct side_watch *watch = xcalloc(1, sizeof *watch);
  *watch = (struct side_watch){.look = look, .period = INFINITY, .begun = -INFINITY};
  ev_init(&watch->timer, due_cb);
  watch->timer.data = watch;
  watch->task = task_start("own side", 0, watch_task, watch);
  return watch;
}

void side_watch_want(struct side_watch *watch, double period, const char *name) {
  if (period == watch->period && text_equal(name, watch->name)) return;
  free(watch->name);
  watch->name = xstrdup(name);
  watch->period = period;
  arm(watch);
}

const struct own_side *side_watch_newest(const struct side_watch *watch, double *ret_at) {
  *ret_at = watch->at;
  return watch->at > 0 ? &watch->newest : NULL;
}

void side_watch_stop(struct side_watch *watch) {
  if (!watch) return;
  task_cancel(watch->task);
  task_join_shielded(watch->task);
  ev_timer_stop(loop_get(), &watch->timer);
  free(watch->name);
  free(watch);
}
