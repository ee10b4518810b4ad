/* Child processes without a shell, in their own process group, with capped output; see child.h. */
#include "monitor/base/child.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

#define INPUT_LIMIT (64u << 10) /* what a pipe takes without a reader (pipe(7)), so that writing it never blocks */

struct run {
  struct task *task;
  pid_t pid;
  int output_fd;
  struct text head, tail;
  size_t dropped;
  ev_io readable;
  ev_child ended;
  ev_timer kill_timer;
  bool exited;
  int wait_status;
};

static void output_keep(struct run *run, const char *bytes, size_t length) {
  size_t half = CHILD_OUTPUT_LIMIT / 2;
  size_t room = half - run->head.length;
  size_t first = length < room ? length : room;
  text_add_bytes(&run->head, bytes, first);
  text_add_bytes(&run->tail, bytes + first, length - first);
  if (run->tail.length > 2 * half) { /* cut seldom, not at every read */
    size_t extra = run->tail.length - half;
    run->dropped += extra;
    memmove(run->tail.data, run->tail.data + extra, half);
    run->tail.length = half;
    run->tail.data[half] = '\0';
  }
}

/* Reads what is there now. False at the end of the stream. */
static bool output_read(struct run *run) {
  char buffer[4096];
  for (;;) {
    ssize_t got = read(run->output_fd, buffer, sizeof buffer);
    if (got > 0) {
      output_keep(run, buffer, (size_t)got);
    } else if (got < 0 && errno == EINTR) {
      continue;
    } else {
      return got < 0 && errno == EAGAIN;
    }
  }
}

static void readable_cb(struct ev_loop *loop, ev_io *io, int events) {
  (void)events;
  if (!output_read(io->data)) ev_io_stop(loop, io);
}

static void ended_cb(struct ev_loop *loop, ev_child *child, int events) {
  (void)events;
  struct run *run = child->data;
  ev_child_stop(loop, child);
  run->exited = true;
  run->wait_status = child->rstatus;
  task_wake(run->task);
}

static void kill_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  struct run *run = timer->data;
  if (!run->exited) kill(-run->pid, SIGKILL);
}

static void timeout_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  task_wake(((struct run *)timer->data)->task);
}

static char *environment_entry(const char *name) {
  const char *value = getenv(name);
  return value ? text_format("%s=%s", name, value) : NULL;
}

static char **environment_default(void) {
  static const char *const names[] = {"PATH", "HOME", "LANG", "TZ"};
  char **environment = NULL;
  for (size_t i = 0; i < countof(names); i++) {
    auto_free char *entry = environment_entry(names[i]);
    if (entry) strings_push(&environment, entry);
  }
  return environment;
}

/* A pipe or /dev/null that holds the child's whole input. */
static int input_open(const char *input) {
  if (!input) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  size_t length = strlen(input);
  int ends[2];
  if (length > INPUT_LIMIT) return -E2BIG;
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  fcntl(ends[1], F_SETFL, O_NONBLOCK); /* a user with very many pipes gets small ones: fail, never block the loop */
  ssize_t written = write(ends[1], input, length);
  close(ends[1]);
  if (written == (ssize_t)length) return ends[0];
  close(ends[0]);
  return -EIO;
}

static int child_spawn(const struct child_request *request, struct run *run) {
  int pipe_ends[2];
  int input = input_open(request->input);
  if (input < 0) return input == -1 ? -errno : input;
  if (pipe2(pipe_ends, O_CLOEXEC) < 0) {
    close(input);
    return -errno;
  }
  fcntl(pipe_ends[0], F_SETFL, O_NONBLOCK);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, defaults;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], 2);
  if (request->hold > 2) posix_spawn_file_actions_adddup2(&actions, request->hold, request->hold); /* onto itself: it loses CLOEXEC */
  if (request->directory) posix_spawn_file_actions_addchdir_np(&actions, request->directory);
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  auto_strings char **own = request->environment ? NULL : environment_default();
  /* posix_spawn's prototype predates const; it changes neither list. */
  char *const *arguments = (char *const *)(uintptr_t)request->arguments;
  char *const *environment = request->environment ? (char *const *)(uintptr_t)request->environment : own;
  int error = posix_spawnp(&run->pid, arguments[0], &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(input);
  close(pipe_ends[1]);
  if (error) {
    close(pipe_ends[0]);
    return -error;
  }
  run->output_fd = pipe_ends[0];
  return 0;
}

int child_run(const struct child_request *request, struct child_result *ret_result) {
  struct ev_loop *loop = loop_get();
  struct run run = {.task = task_current(), .output_fd = -1};
  *ret_result = (struct child_result){0};
  int r = child_spawn(request, &run);
  if (r < 0) return r;

  ev_io_init(&run.readable, readable_cb, run.output_fd, EV_READ);
  ev_child_init(&run.ended, ended_cb, run.pid, 0);
  ev_timer_init(&run.kill_timer, kill_cb, CHILD_GRACE, 0.);
  run.readable.data = run.ended.data = run.kill_timer.data = &run;
  ev_io_start(loop, &run.readable);
  ev_child_start(loop, &run.ended);
  ev_timer timeout;
  ev_timer_init(&timeout, timeout_cb, request->timeout, 0.);
  timeout.data = &run;
  ev_now_update(loop);
  if (request->timeout > 0) ev_timer_start(loop, &timeout);

  r = task_park();
  ev_timer_stop(loop, &timeout);
  if (!run.exited) {
    if (r == 0) r = -ETIMEDOUT;
    kill(-run.pid, SIGTERM);
    ev_now_update(loop);
    ev_timer_start(loop, &run.kill_timer);
    while (!run.exited) task_park_shielded();
  }
  ev_timer_stop(loop, &run.kill_timer);
  /* Whatever it left behind in its group must not outlive the attempt. */
  kill(-run.pid, SIGKILL);
  ev_io_stop(loop, &run.readable);
  output_read(&run);
  close(run.output_fd);

  ret_result->signalled = WIFSIGNALED(run.wait_status);
  ret_result->exit_status = ret_result->signalled ? 128 + WTERMSIG(run.wait_status) : WEXITSTATUS(run.wait_status);
  ret_result->output = run.head;
  size_t half = CHILD_OUTPUT_LIMIT / 2;
  size_t extra = run.tail.length > half ? run.tail.length - half : 0;
  run.dropped += extra;
  ret_result->output_cut = run.dropped > 0;
  if (run.dropped) text_printf(&ret_result->output, translated("\n[%zu bytes left out]\n"), run.dropped);
  if (run.tail.length) text_add_bytes(&ret_result->output, run.tail.data + extra, run.tail.length - extra);
  text_free(&run.tail);
  return r;
}

void child_result_free(struct child_result *result) {
  text_free(&result->output);
}
