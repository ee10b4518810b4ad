/* The store's task: opens, loads, writes; see keep.h. */
#include "monitor/daemon/keep.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"

struct keep {
  struct mind *mind;
  char *folder;
  const struct control *control; /* who holds the folder */
  struct store *store;
  struct task_event *look;
  struct task *task;
  struct task_event changed;
  ev_timer patience; /* runs while something is being written */
  char *trouble;
  char *lost; /* the journal's file is gone: a trouble that no commit ends */
  bool stopping;
};

static void tell_mind(struct keep *keep) {
  mind_set_store_trouble(keep->mind, keep->trouble || keep->lost);
  task_event_set(keep->look);
}

static void set_trouble(struct keep *keep, const char *why) {
  bool new = !keep->trouble;
  if (why && new) log_error("the journal in %s does not take what happens (%s): going on from memory", keep->folder, why);
  if (!why && !new) log_info("the journal takes what happens again");
  free(keep->trouble);
  keep->trouble = xstrdup(why);
  tell_mind(keep);
}

void keep_lose(struct keep *keep, const char *why) {
  if (text_equal(why, keep->lost)) return;
  if (why) log_error("%s", why);
  if (!why) log_info("the journal's file is back");
  free(keep->lost);
  keep->lost = xstrdup(why);
  tell_mind(keep);
}

static void patience_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  set_trouble(timer->data, translated("it hangs"));
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

static int take_former_life(struct mind *mind, struct store *store) {
  struct rows rows = {0};
  bool same_boot = false;
  int r = store_load(store, &rows, &same_boot);
  if (r < 0) return r;
  for (size_t i = 0; i < rows.incident_count; i++) log_info("incident %s is still open from before", rows.incidents[i].id);
  mind_restore(mind, &rows, same_boot, loop_monotonic(), loop_wall());
  rows_free(&rows);
  return 0;
}

static int keep_open(struct keep *keep, char **ret_error) {
  if (!control_has_folder(keep->control)) { /* two daemons would write into one journal */
    *ret_error = xstrdup(control_trouble(keep->control));
    return -EAGAIN;
  }
  struct store *store = NULL; /* nobody has it until it is loaded */
  int r = store_open(keep->folder, false, &store, ret_error);
  if (r == 0) r = take_former_life(keep->mind, store);
  if (r < 0) { /* without its former life nothing is written over it */
    store_close(store);
    return r;
  }
  keep->store = store;
  return 0;
}

/* Locked, hanging, full, read-only, broken, somebody else's: whoever does not start for it tells nobody that it did not, and what was never
 * right in the folder was told when it was to be held. */
static bool may_pass(int error) {
  return error != -ENOTSUP && error != -ELIBACC;
}

struct opening {
  struct keep *keep;
  char *error;
};

static int opening_task(void *argument) {
  struct opening *opening = argument;
  return keep_open(opening->keep, &opening->error);
}

/* --- writing --------------------------------------------------------------------------------------------------------------- */

static int keep_commit(struct keep *keep) {
  struct rows rows;
  unsigned long mark;
  if (!mind_batch(keep->mind, &rows, &mark)) return 0;
  ev_timer_set(&keep->patience, KEEP_PATIENCE, 0.);
  ev_now_update(loop_get());
  ev_timer_start(loop_get(), &keep->patience);
  int r = store_commit(keep->store, &rows);
  ev_timer_stop(loop_get(), &keep->patience);
  rows_free(&rows);
  if (r == 0) {
    mind_stored(keep->mind, mark);
    set_trouble(keep, NULL);
  } else if (r != -ECANCELED) {
    set_trouble(keep, lang_error(-r));
  }
  return r;
}

static int keep_task(void *argument) {
  struct keep *keep = argument;
  int r = 0;
  while (r != -ECANCELED) {
    if (!keep->store) {
      auto_free char *error = NULL;
      r = keep_open(keep, &error);
      if (r < 0 && r != -ECANCELED) set_trouble(keep, error ? error : lang_error(-r));
    } else {
      r = keep_commit(keep);
    }
    if (r == 0 && keep->mind->changes != keep->mind->stored) continue;
    if (r == 0 && keep->stopping) break;
    if (r == 0)
      r = task_event_wait(&keep->changed);
    else if (r != -ECANCELED)
      r = task_sleep(KEEP_AGAIN);
  }
  return r;
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

int keep_start(struct mind *mind, const char *folder, const struct control *control, struct task_event *look, struct keep **ret_keep,
               char **ret_error) {
  struct keep *keep = xcalloc(1, sizeof *keep);
  *keep = (struct keep){.mind = mind, .folder = xstrdup(folder), .control = control, .look = look};
  ev_init(&keep->patience, patience_cb);
  keep->patience.data = keep;
  struct opening opening = {.keep = keep};
  int r = task_join(task_start("open", KEEP_OPEN, opening_task, &opening));
  auto_free char *error = opening.error;
  if (r < 0 && !may_pass(r)) {
    *ret_error = error ? error : text_format(translated("the journal in %s cannot be opened: %s"), folder, lang_error(-r));
    error = NULL;
    free(keep->folder);
    free(keep);
    return r;
  }
  if (r < 0) set_trouble(keep, error ? error : lang_error(-r));
  keep->task = task_start("keep", 0, keep_task, keep);
  *ret_keep = keep;
  return 0;
}

void keep_write(struct keep *keep) {
  if (keep->mind->changes != keep->mind->stored) task_event_set(&keep->changed);
}

struct store *keep_store(const struct keep *keep) {
  return keep->store;
}

const char *keep_trouble(const struct keep *keep) {
  return keep->lost ? keep->lost : keep->trouble;
}

void keep_stop(struct keep *keep, double seconds) {
  if (!keep) return;
  double limit = loop_monotonic() + seconds;
  keep->stopping = true;
  task_event_set(&keep->changed);
  while (!task_ended(keep->task) && !keep->trouble && loop_monotonic() < limit && task_sleep(0.01) == 0) continue;
  if (!task_ended(keep->task)) task_cancel(keep->task);
  task_join_shielded(keep->task);
  ev_timer_stop(loop_get(), &keep->patience);
  store_close(keep->store);
  free(keep->folder);
  free(keep->trouble);
  free(keep->lost);
  free(keep);
}
