/* The store's functions for attempts, each in a task with a deadline of its own; see record.h. */
#include "monitor/heal/record.h"

#include "monitor/base/disk.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

struct call {
  struct store *store;
  const struct attempt_row *row;
  const char *id, *state, *report;
  double wall;
  struct attempt_rows *ret_rows;
};

static int within_bound(int (*run)(void *argument), struct call *call) {
  return task_join(task_start("record", RECORD_SECONDS, run, call));
}

static int begin_task(void *argument) {
  const struct call *call = argument;
  return store_attempt_begin(call->store, call->row);
}

int record_begin(struct store *store, const struct attempt_row *attempt) {
  return within_bound(begin_task, &(struct call){.store = store, .row = attempt});
}

static int next_step_task(void *argument) {
  const struct call *call = argument;
  return store_attempt_step(call->store, call->id, call->state, call->report, call->wall);
}

int record_step(struct store *store, const char *id, const char *state, const char *report, double applied) {
  return within_bound(next_step_task, &(struct call){.store = store, .id = id, .state = state, .report = report, .wall = applied});
}

static int end_task(void *argument) {
  const struct call *call = argument;
  return store_attempt_end(call->store, call->id, call->state, call->report, call->wall);
}

int record_end(struct store *store, const char *id, const char *verdict, const char *report) {
  return within_bound(end_task, &(struct call){.store = store, .id = id, .state = verdict, .report = report, .wall = loop_wall()});
}

static int unfinished_task(void *argument) {
  const struct call *call = argument;
  return store_attempts_unfinished(call->store, call->ret_rows);
}

int record_unfinished(struct store *store, struct attempt_rows *ret_rows) {
  return within_bound(unfinished_task, &(struct call){.store = store, .ret_rows = ret_rows});
}

static int applied_task(void *argument) {
  const struct call *call = argument;
  return store_attempts_applied_since(call->store, call->wall, call->ret_rows);
}

int record_applied_since(struct store *store, double wall, struct attempt_rows *ret_rows) {
  return within_bound(applied_task, &(struct call){.store = store, .wall = wall, .ret_rows = ret_rows});
}

/* --- the attempts' folders ------------------------------------------------------------------------------------------------- */

#define ON_DISK(...) (&(struct disk_call){.pool = RECORD_POOL, .seconds = RECORD_SECONDS, __VA_ARGS__})

int record_rename(const char *from, const char *to) {
  return disk_call(ON_DISK(.function = disk_rename, .path = from, .other = to));
}

int record_make_folder(const char *all, const char *directory) {
  return disk_call(ON_DISK(.function = disk_make_folder, .path = all, .other = directory));
}

int record_remove_folder(const char *directory) {
  return disk_call(ON_DISK(.function = disk_remove_folder, .path = directory));
}

int record_is_there(const char *path) {
  return disk_call(ON_DISK(.function = disk_is_there, .path = path));
}
