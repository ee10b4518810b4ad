/* Stackful tasks on libev: creation, switching, deadlines, cancellation; see task.h.
 *
 * Only the loop's own stack switches to a task, and a task only back to the loop: there is no switch from task to task. A task
 * that can run is fed to libev as a pending event, so wakes cost no system call and run in the order in which they came.
 *
 * A stack is entered by setcontext() once, and from then on by _longjmp(), which saves swapcontext()'s two system calls a switch (QEMU's
 * coroutine-ucontext.c does the same). The function at its bottom never returns: it runs one task after the other. Under TSan it is
 * swapcontext() all the way: TSan counts calls and returns, and a frame that longjmp() leaves would stay in its count, one for each switch.
 */
#undef _FORTIFY_SOURCE /* its longjmp() refuses to go to another stack */
#include "monitor/base/task.h"

#include <assert.h>
#include <errno.h>
#include <ev.h>
#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "monitor/base/loop.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifdef WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#define WITH_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif
#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define WITH_VALGRIND 1
#endif
#endif

#define STACK_POOL_LIMIT 32 /* idle stacks kept; each costs the pages it once touched */

struct stack {
  char *memory; /* the guard page first */
  unsigned valgrind_id;
  struct stack *next;
  bool entered;
#ifdef WITH_TSAN
  void *fiber;
  ucontext_t context;
#else
  jmp_buf inside; /* where it was left, once it was entered */
#endif
#ifdef WITH_ASAN
  void *fake_stack;
#endif
};

struct task {
  char *name;
  int (*run)(void *argument);
  void *argument;
  int result;
  double deadline; /* monotonic, INFINITY without one */
  ev_timer deadline_timer;
  struct ev_prepare ready; /* never started: only fed, to get a turn in the loop */
  struct stack *stack;
  struct task *joiner;
  int failed; /* 0, -ETIMEDOUT or -ECANCELED: what every wait returns from now on */
  bool parked, shielded, woken, ended, detached, ends_loop;
};

static struct task *current;
static struct stack *idle_stacks;
static size_t idle_stack_count, alive;
#ifdef WITH_ASAN
static void *loop_fake_stack;
static const void *loop_stack_bottom;
static size_t loop_stack_size;
#endif
#ifdef WITH_TSAN
static void *loop_fiber;
static ucontext_t loop_context;
#else
static jmp_buf loop_inside;
#endif

/* --- stacks ---------------------------------------------------------------------------------------------------------------- */

static struct stack *stack_take(void) {
  struct stack *stack = idle_stacks;
  if (stack) {
    idle_stacks = stack->next;
    idle_stack_count--;
    return stack;
  }
  size_t guard = (size_t)sysconf(_SC_PAGESIZE);
  stack = xcalloc(1, sizeof *stack);
  stack->memory = mmap(NULL, guard + TASK_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack->memory == MAP_FAILED || mprotect(stack->memory, guard, PROT_NONE) != 0) abort();
#ifdef WITH_VALGRIND
  stack->valgrind_id = VALGRIND_STACK_REGISTER(stack->memory + guard, stack->memory + guard + TASK_STACK_SIZE);
#endif
#ifdef WITH_TSAN
  stack->fiber = __tsan_create_fiber(0);
#endif
  return stack;
}

static void stack_give(struct stack *stack) {
  if (idle_stack_count < STACK_POOL_LIMIT) {
    stack->next = idle_stacks;
    idle_stacks = stack;
    idle_stack_count++;
    return;
  }
#ifdef WITH_VALGRIND
  VALGRIND_STACK_DEREGISTER(stack->valgrind_id);
#endif
#ifdef WITH_TSAN
  __tsan_destroy_fiber(stack->fiber);
#endif
  munmap(stack->memory, (size_t)sysconf(_SC_PAGESIZE) + TASK_STACK_SIZE);
  free(stack);
}

/* --- switching ------------------------------------------------------------------------------------------------------------- */

static void task_free(struct task *task) {
  free(task->name);
  free(task);
}

/* From a stack back to the loop. `last`: nothing on it is needed any more. */
static void switch_to_loop(struct stack *stack, bool last) {
#ifdef WITH_ASAN
  __sanitizer_start_switch_fiber(last ? NULL : &stack->fake_stack, loop_stack_bottom, loop_stack_size);
#endif
  (void)last;
#ifdef WITH_TSAN
  __tsan_switch_to_fiber(loop_fiber, 0);
  swapcontext(&stack->context, &loop_context);
#else
  if (_setjmp(stack->inside) == 0) _longjmp(loop_inside, 1);
#endif
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber(last ? NULL : stack->fake_stack, &loop_stack_bottom, &loop_stack_size);
#endif
}

static void stack_main(void) {
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber(NULL, &loop_stack_bottom, &loop_stack_size);
#endif
  for (;;) {
    struct task *task = current;
    task->result = task->run(task->argument);
    task->ended = true;
    switch_to_loop(task->stack, true); /* comes back with the next task that was given this stack */
  }
}

/* The first context of a stack. */
static void stack_prepare(struct stack *stack, ucontext_t *context) {
  stack->entered = true;
  getcontext(context);
  context->uc_stack.ss_sp = stack->memory + sysconf(_SC_PAGESIZE);
  context->uc_stack.ss_size = TASK_STACK_SIZE;
  context->uc_link = NULL;
  makecontext(context, stack_main, 0);
}

#ifdef WITH_TSAN
static void stack_enter(struct stack *stack) {
  if (!stack->entered) stack_prepare(stack, &stack->context);
  loop_fiber = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(stack->fiber, 0);
  swapcontext(&loop_context, &stack->context);
}
#else
static void stack_jump(struct stack *stack) {
  if (stack->entered) _longjmp(stack->inside, 1);
  static ucontext_t context; /* not on the stack: this frame is never left in order, and ASan would keep its red zones */
  stack_prepare(stack, &context);
  setcontext(&context);
}

static void stack_enter(struct stack *stack) {
  if (_setjmp(loop_inside) == 0) stack_jump(stack);
}
#endif

static void task_finish(struct task *task) {
  struct ev_loop *loop = loop_get();
  ev_timer_stop(loop, &task->deadline_timer);
  ev_clear_pending(loop, &task->ready);
  stack_give(task->stack);
  task->stack = NULL;
  alive--;
  ev_unref(loop);
  if (task->joiner) task_wake(task->joiner);
  if (task->ends_loop) loop_stop();
  if (task->detached) task_free(task);
}

/* From the loop into a task, until it waits or ends. */
static void switch_to_task(struct task *task) {
  assert(!current);
  current = task;
#ifdef WITH_ASAN
  size_t guard = (size_t)sysconf(_SC_PAGESIZE);
  __sanitizer_start_switch_fiber(&loop_fake_stack, task->stack->memory + guard, TASK_STACK_SIZE);
#endif
  stack_enter(task->stack);
#ifdef WITH_ASAN
  __sanitizer_finish_switch_fiber(loop_fake_stack, NULL, NULL);
#endif
  current = NULL;
  if (task->ended) task_finish(task);
}

static void ready_cb(struct ev_loop *loop, struct ev_prepare *watcher, int events) {
  (void)loop, (void)events;
  switch_to_task(watcher->data);
}

static void task_make_ready(struct task *task) {
  ev_feed_event(loop_get(), &task->ready, EV_CUSTOM);
}

static void task_fail(struct task *task, int reason) {
  if (task->ended || task->failed) return;
  task->failed = reason;
  if (task->parked && !task->shielded) task_make_ready(task);
}

static void deadline_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_fail(timer->data, -ETIMEDOUT);
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

struct task *task_start(const char *name, double timeout, int (*run)(void *argument), void *argument) {
  struct ev_loop *loop = loop_get();
  struct task *task = xcalloc(1, sizeof *task);
  task->name = xstrdup(name);
  task->run = run;
  task->argument = argument;
  task->stack = stack_take();
  task->deadline = timeout > 0 ? loop_monotonic() + timeout : INFINITY;
  ev_prepare_init(&task->ready, ready_cb);
  task->ready.data = task;
  ev_timer_init(&task->deadline_timer, deadline_cb, timeout, 0.);
  task->deadline_timer.data = task;
  if (timeout > 0) {
    ev_now_update(loop); /* the loop's cached time may be older than this deadline's start */
    ev_timer_start(loop, &task->deadline_timer);
  }
  alive++;
  ev_ref(loop); /* a parked task alone keeps the loop running */
  task_make_ready(task);
  return task;
}

struct task *task_start_share(const char *name, double share, int (*run)(void *argument), void *argument) {
  double left = task_time_left();
  return task_start(name, isinf(left) ? 0 : fmax(left * share, 0.001), run, argument);
}

int task_join(struct task *task) {
  assert(current && current != task && !task->detached && !task->joiner);
  task->joiner = current;
  while (!task->ended) {
    if (current->failed) {
      task_cancel(task);
      task_park_shielded();
    } else if (task_park() < 0) {
      continue; /* the loop's condition and `failed` decide */
    }
  }
  int result = task->result;
  task_free(task);
  return result;
}

int task_join_shielded(struct task *task) {
  assert(current && current != task && !task->detached && !task->joiner);
  task->joiner = current;
  while (!task->ended) task_park_shielded();
  int result = task->result;
  task_free(task);
  return result;
}

void task_detach(struct task *task) {
  if (task->ended) {
    task_free(task);
  } else {
    task->detached = true;
  }
}

void task_cancel(struct task *task) {
  task_fail(task, -ECANCELED);
}

bool task_ended(const struct task *task) {
  return task->ended;
}

struct task *task_current(void) {
  return current;
}

double task_time_left(void) {
  if (!current || isinf(current->deadline)) return INFINITY;
  double left = current->deadline - loop_monotonic();
  return left > 0 && !current->failed ? left : 0;
}

size_t task_count(void) {
  return alive;
}

static void park(bool shielded) {
  struct task *task = current;
  task->parked = true;
  task->shielded = shielded;
  switch_to_loop(task->stack, false);
  task->parked = false;
}

int task_park(void) {
  struct task *task = current;
  assert(task);
  if (task->failed) return task->failed;
  if (!task->woken) park(false);
  if (!task->woken) return task->failed;
  task->woken = false;
  return 0;
}

void task_park_shielded(void) {
  assert(current);
  if (!current->woken) park(true);
  current->woken = false;
}

void task_wake(struct task *task) {
  if (task->ended) return;
  task->woken = true;
  if (task->parked) task_make_ready(task);
}

void task_event_set(struct task_event *event) {
  struct task *waiter = event->waiter;
  event->set = true;
  event->waiter = NULL; /* one wake for one wait */
  if (waiter) task_wake(waiter);
}

int task_event_wait(struct task_event *event) {
  int r = 0;
  if (!event->set) {
    event->waiter = current;
    r = task_park();
    event->waiter = NULL;
  }
  if (r == 0) event->set = false;
  return r;
}

static void sleep_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_wake(timer->data);
}

int task_sleep(double seconds) {
  struct ev_loop *loop = loop_get();
  ev_timer timer;
  ev_timer_init(&timer, sleep_cb, seconds > 0 ? seconds : 0., 0.);
  timer.data = current;
  ev_now_update(loop);
  ev_timer_start(loop, &timer);
  int r = task_park();
  ev_timer_stop(loop, &timer);
  return r;
}

static void fd_cb(struct ev_loop *loop, ev_io *io, int events) {
  (void)events;
  ev_io_stop(loop, io); /* level-triggered: one wake is enough */
  task_wake(io->data);
}

int task_wait_fd(int fd, int events) {
  struct ev_loop *loop = loop_get();
  ev_io io;
  ev_io_init(&io, fd_cb, fd, events);
  io.data = current;
  ev_io_start(loop, &io);
  int r = task_park();
  ev_io_stop(loop, &io);
  return r;
}

int task_run_to_end(const char *name, double timeout, int (*run)(void *argument), void *argument) {
  assert(!current);
  struct task *task = task_start(name, timeout, run, argument);
  task->ends_loop = true;
  while (!task->ended) loop_run();
  int result = task->result;
  task_free(task);
  return result;
}
