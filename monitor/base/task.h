/* Tasks: straight-line C on stacks of their own (ucontext), switched by the loop's thread only.
 *
 * A task has a name, one deadline, and can be cancelled. Every wait returns 0 or -errno: -ETIMEDOUT once the deadline has passed,
 * -ECANCELED once it was cancelled; from then on every further wait returns the same at once, so a task unwinds through its
 * own clean-up. Stacks are pooled, TASK_STACK_SIZE bytes with a guard page below: keep big buffers on the heap.
 * Libraries' callbacks run on the loop's stack, never inside a task. Nothing here may be called from another thread. */
#ifndef EJMON_TASK_H
#define EJMON_TASK_H

#include "monitor/base/text.h"

#define TASK_STACK_SIZE (256 * 1024) /* libcurl's and libpq's deepest paths (TLS, getaddrinfo is on a worker) measured below 64 KiB */

struct task;

/* Starts `run(argument)` on the next round of the loop. `timeout` in seconds from now; 0 means no deadline. The name is copied.
 * The handle must be given back once, by task_join() or task_detach(). */
struct task *task_start(const char *name, double timeout, int (*run)(void *argument), void *argument) must_check;
/* The same from within a task, with a share of the time that it has left: so that there is some to say that the child's ran out. */
struct task *task_start_share(const char *name, double share, int (*run)(void *argument), void *argument) must_check;

/* Waits (inside a task) until `task` has ended, gives its result, releases the handle. If the *waiting* task is cancelled or times
 * out, `task` is cancelled first and still waited for: no orphan survives its parent. Returns the result of run(). */
int task_join(struct task *task);
/* The same, but neither the waiting task's deadline nor its cancellation reaches `task`: for work that must come to its own end (an undo).
 */
int task_join_shielded(struct task *task);
/* Lets the task run on by itself; the handle is gone. */
void task_detach(struct task *task);
/* Makes the task's current or next wait return -ECANCELED. Harmless on an ended task. */
void task_cancel(struct task *task);
bool task_ended(const struct task *task);

struct task *task_current(void); /* NULL outside of tasks */
double task_time_left(void);     /* seconds until the current task's deadline; INFINITY without one; never negative */
size_t task_count(void);         /* tasks alive */

int task_sleep(double seconds) must_check; /* 0: gives the loop one round */

/* Runs `run` as a task and the loop until it has ended: the bridge from main() into tasks. Returns its result. */
int task_run_to_end(const char *name, double timeout, int (*run)(void *argument), void *argument) must_check;

/* For base modules that turn a library's events into waits: parks the current task until task_wake() (returns 0), its
 * deadline or cancellation. Whoever wakes must know that the task is in this very wait: exactly one wake is consumed per park. A wake
 * before the park is remembered. task_wake() may be called from any callback of the loop, also for a task that has just timed out
 * (ignored). */
int task_park(void) must_check;
/* The same, but neither deadline nor cancellation ends it: for unwinding that must finish (a child to be reaped). The caller sees to it
 * that a wake comes within a bound. */
void task_park_shielded(void);
void task_wake(struct task *task);

/* A flag that one task waits for and anybody sets, any number of times: where task_wake() could hit a task in some other wait. */
struct task_event {
  struct task *waiter; /* only while it waits */
  bool set;
};
void task_event_set(struct task_event *event);
/* Returns 0 once it is set, and clears it. */
int task_event_wait(struct task_event *event) must_check;

/* Waits until `fd` is readable and/or writable (EV_READ | EV_WRITE of libev). */
int task_wait_fd(int fd, int events) must_check;

#endif
