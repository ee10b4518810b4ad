/* Processes of this same binary that run what foreign bytes may crash: start, framing, deadline, death, back-off; see helper.h. */
#include "monitor/base/helper.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

#define WORD "--helper"
#define HELPER_SOCKET 3 /* where a helper finds its socket */
#define REFUSED 3       /* exit status, as for any other wrong command line */
#define READ_AT_ONCE (16u << 10)
#define JSON_FLAGS (JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WITH_SANITIZER 1
#endif
#endif

static bool may_start; /* this program's main() called helper_main() */

/* --- frames ------------------------------------------------------------------------------------------------------------------------ */

static void frame_add(struct text *text, const json_t *object) {
  char *json = json_dumps(object, JSON_COMPACT);
  if (!json) abort(); /* only what jansson itself took is ever sent */
  uint32_t length = htonl((uint32_t)strlen(json));
  text_add_bytes(text, &length, sizeof length);
  text_add(text, json);
  free(json);
}

/* Takes the frame at the start of `text`. 1: the caller owns the object; 0: more bytes are needed; -EPROTO: it is too long, or no object.
 */
static int frame_take(struct text *text, size_t limit, json_t **ret_object) {
  uint32_t length;
  if (text->length < sizeof length) return 0;
  memcpy(&length, text->data, sizeof length);
  length = ntohl(length);
  if (length > limit) return -EPROTO;
  if (text->length - sizeof length < length) return 0;
  json_error_t where;
  json_t *object = json_loadb(text->data + sizeof length, length, JSON_FLAGS, &where);
  if (!json_is_object(object)) {
    json_decref(object);
    return -EPROTO;
  }
  *ret_object = object;
  text->length -= sizeof length + length;
  memmove(text->data, text->data + sizeof length + length, text->length + 1); /* with its NUL */
  return 1;
}

/* --- in the helper ------------------------------------------------------------------------------------------------------------------- */

/* Nothing of it may reach a disk or outlive the parent, and it must not starve the machine. */
static void confine(const char *name) {
  const struct rlimit none = {0};
  auto_free char *shown = text_format("ejmon-%s", name);
  prctl(PR_SET_NAME, shown); /* its file's name is "exe" */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
  setrlimit(RLIMIT_CORE, &none);
#ifndef WITH_SANITIZER
  const struct rlimit memory = {HELPER_MEMORY, HELPER_MEMORY};
  setrlimit(RLIMIT_DATA, &memory);
#endif
  signal(SIGPIPE, SIG_IGN);
}

static void answer_send(const json_t *answer) {
  auto_text struct text frame = {0};
  frame_add(&frame, answer);
  for (size_t sent = 0; sent < frame.length;) {
    ssize_t r = write(HELPER_SOCKET, frame.data + sent, frame.length - sent);
    if (r < 0 && errno != EINTR) _exit(0); /* the parent is gone */
    if (r > 0) sent += (size_t)r;
  }
}

static json_t *question_take(void) {
  auto_text struct text frame = {0};
  for (;;) {
    char bytes[READ_AT_ONCE];
    json_t *question = NULL;
    int r = frame_take(&frame, HELPER_QUESTION_LIMIT, &question);
    if (r != 0) return question;
    ssize_t got = read(HELPER_SOCKET, bytes, sizeof bytes);
    if (got == 0 || (got < 0 && errno != EINTR)) _exit(0); /* the parent is gone */
    if (got > 0) text_add_bytes(&frame, bytes, (size_t)got);
  }
}

/* Ends by _exit() only: nobody needs what an orderly end would tidy up, and LeakSanitizer cannot look into what is not dumpable. */
static _Noreturn void serve(const struct helper_role *role) {
  confine(role->name);
  if (role->prepare) role->prepare();
  json_t *ready = json_object();
  answer_send(ready);
  json_decref(ready);
  for (json_t *question; (question = question_take());) {
    json_t *answer = role->answer(question);
    json_decref(question);
    if (!answer) break;
    answer_send(answer);
    json_decref(answer);
  }
  _exit(1);
}

static bool has_socket(void) {
  int domain;
  socklen_t size = sizeof domain;
  return getsockopt(HELPER_SOCKET, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

void helper_main(int count, char **arguments, const struct helper_role *const *roles) {
  if (count < 2 || !text_equal(arguments[1], WORD)) {
    may_start = true;
    return;
  }
  while (*roles && !(count == 4 && text_equal((*roles)->name, arguments[2]))) roles++;
  if (*roles && has_socket() && lang_choose(arguments[3]) == 0) serve(*roles);
  fprintf(stderr, "ejmon: " WORD " is how ejmon starts a part of itself; there is nothing to be done with it by hand\n");
  exit(REFUSED);
}

/* --- in the parent: a process ------------------------------------------------------------------------------------------------------- */

struct helper {
  char *role;
  size_t limit;
  pid_t pid;  /* 0: none lives, or it has been given up */
  int socket; /* -1: none */
  bool ready; /* it has come through its start */
  double started;
  unsigned deaths; /* in a row */
  double pause_end, computed;
  ev_child watcher;
  int wait_status;
  struct task_event ended;
  struct text received;
};

/* What libraries need of the environment: how to be found, what they trust, how they resolve names, how sanitizers report. All else stays
 * here: a container's environment holds the passwords of the whole stack. */
static const char *const inherited[] = {
    "LANG",        "TZ",          "LD_LIBRARY_PATH", "LD_PRELOAD",   "SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_CONF",
    "RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES",     "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS",
};

static char **environment_make(void) {
  char **environment = xcalloc(1, sizeof *environment);
  for (size_t i = 0; i < countof(inherited); i++) {
    const char *value = getenv(inherited[i]);
    auto_free char *entry = value ? text_format("%s=%s", inherited[i], value) : NULL;
    if (entry) strings_push(&environment, entry);
  }
  return environment;
}

static int spawn(const char *role, int socket, pid_t *ret_pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, defaults;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, socket, HELPER_SOCKET);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO); /* a library's last words are foreign text */
  posix_spawn_file_actions_addclosefrom_np(&actions, HELPER_SOCKET + 1);
  sigemptyset(&none);
  sigfillset(&defaults);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0); /* a terminal's ^C is ours to answer */
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

  auto_strings char **environment = environment_make();
  /* posix_spawn's prototype predates const; it changes neither list. */
  char *const arguments[] = {(char *)(uintptr_t) "ejmon", (char *)(uintptr_t)WORD, (char *)(uintptr_t)role, (char *)(uintptr_t)lang_name(),
                             NULL};
  int error = posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, arguments, environment); /* also when the file was replaced */
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return -error;
}

/* Counts a death that was not our will, and says until when no other process is started. */
static void death_count(struct helper *helper) {
  double now = loop_monotonic();
  helper->deaths = now - helper->started > HELPER_LIFE ? 1 : helper->deaths + 1;
  double pause = helper->deaths < 2 ? 0 : HELPER_PAUSE_FIRST * exp2(fmin(helper->deaths - 2, 20));
  helper->pause_end = now + fmin(pause, HELPER_PAUSE_LAST);
}

static void watcher_stop(struct helper *helper) {
  if (!ev_is_active(&helper->watcher)) return;
  ev_ref(loop_get());
  ev_child_stop(loop_get(), &helper->watcher);
}

/* libev has reaped it. */
static void ended_cb(struct ev_loop *loop, ev_child *watcher, int events) {
  (void)loop, (void)events;
  struct helper *helper = watcher->data;
  watcher_stop(helper);
  helper->pid = 0;
  helper->wait_status = watcher->rstatus;
  death_count(helper);
  task_event_set(&helper->ended);
}

/* Rids us of the process, whatever it is doing. libev reaps it, as any child that nobody watches. */
static void give_up(struct helper *helper) {
  watcher_stop(helper);
  if (helper->pid) kill(helper->pid, SIGKILL);
  if (helper->socket >= 0) close(helper->socket);
  helper->pid = 0;
  helper->socket = -1;
}

static int start(struct helper *helper, char **ret_why) {
  give_up(helper); /* what is left of one that died while nobody asked */
  double pause = helper->pause_end - loop_monotonic();
  if (!may_start || pause > 0) {
    *ret_why = may_start ? text_format(translated("ended %u times in a row, and is not started again for %.1f s"), helper->deaths, pause)
                         : xstrdup(translated("cannot be started by this program"));
    return -EIO;
  }
  int ends[2];
  int r = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ? -errno : 0;
  if (r == 0) {
    r = spawn(helper->role, ends[1], &helper->pid);
    close(ends[1]);
    if (r < 0) close(ends[0]);
  }
  if (r < 0) {
    helper->pid = 0;
    *ret_why = text_format(translated("cannot be started: %s"), lang_error(-r));
    return -EIO;
  }
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  helper->socket = ends[0];
  helper->ready = false;
  helper->started = loop_monotonic();
  helper->ended = (struct task_event){0};
  text_clear(&helper->received);
  ev_child_init(&helper->watcher, ended_cb, helper->pid, 0);
  helper->watcher.data = helper;
  ev_child_start(loop_get(), &helper->watcher);
  ev_unref(loop_get()); /* a process that waits for questions keeps no loop running */
  return 0;
}

/* --- in the parent: a question ------------------------------------------------------------------------------------------------------ */

static int question_send(struct helper *helper, const json_t *question) {
  auto_text struct text frame = {0};
  frame_add(&frame, question);
  for (size_t sent = 0; sent < frame.length;) {
    ssize_t r = send(helper->socket, frame.data + sent, frame.length - sent, MSG_NOSIGNAL);
    if (r >= 0) {
      sent += (size_t)r;
    } else if (errno == EAGAIN) {
      int waited = task_wait_fd(helper->socket, EV_WRITE);
      if (waited < 0) return waited;
    } else if (errno != EINTR) {
      return -EPIPE;
    }
  }
  return 0;
}

/* 0 and the next frame, -EPROTO, -EPIPE (the other end is closed), -ETIMEDOUT, -ECANCELED. */
static int frame_receive(struct helper *helper, json_t **ret_object) {
  for (;;) {
    int r = frame_take(&helper->received, helper->limit, ret_object);
    if (r != 0) return r < 0 ? r : 0;
    char bytes[READ_AT_ONCE];
    ssize_t got = recv(helper->socket, bytes, sizeof bytes, 0);
    if (got > 0) {
      text_add_bytes(&helper->received, bytes, (size_t)got);
    } else if (got < 0 && errno == EAGAIN) {
      r = task_wait_fd(helper->socket, EV_READ);
      if (r < 0) return r;
    } else if (got == 0 || errno != EINTR) {
      return -EPIPE;
    }
  }
}

static int exchange(struct helper *helper, const json_t *question, json_t **ret_answer) {
  int r = question_send(helper, question);
  if (r == 0 && !helper->ready) {
    json_t *greeting = NULL;
    r = frame_receive(helper, &greeting);
    json_decref(greeting);
    helper->ready = r == 0;
  }
  return r == 0 ? frame_receive(helper, ret_answer) : r;
}

/* A process that fails by itself dies of one of these; of any other somebody else made it die. */
static bool is_own_fault(int wait_status) {
  static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGXCPU};
  bool found = WIFEXITED(wait_status);
  for (size_t i = 0; i < countof(faults) && !found; i++) found = WTERMSIG(wait_status) == faults[i];
  return found;
}

/* The other end is closed: waits for what it died of. */
static int autopsy(struct helper *helper, char **ret_why) {
  int r = task_event_wait(&helper->ended);
  if (r < 0) return r;
  int status = helper->wait_status;
  const char *signal_name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;
  bool own = is_own_fault(status);
  const char *when = helper->ready ? "" : translated(" at its start"), *who = own ? "" : translated(" from outside");
  *ret_why = WIFEXITED(status) ? text_format(translated("ended with status %d%s"), WEXITSTATUS(status), when)
                               : text_format(translated("was ended by SIG%s%s%s"), signal_name ? signal_name : "NAL", when, who);
  return own && helper->ready ? -ECONNABORTED : -EIO;
}

struct helper *helper_new(const char *role, size_t limit) {
  struct helper *helper = xcalloc(1, sizeof *helper);
  *helper = (struct helper){.role = xstrdup(role), .limit = limit, .socket = -1};
  return helper;
}

/* Seconds of CPU that a process has used up to now. */
static double cpu_seconds(pid_t pid) {
  clockid_t clock;
  struct timespec used;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

int helper_ask(struct helper *helper, const json_t *question, json_t **ret_answer, char **ret_why) {
  int r = helper->pid ? 0 : start(helper, ret_why);
  if (r < 0) return r;
  double before = cpu_seconds(helper->pid);
  r = exchange(helper, question, ret_answer);
  if (r == -ETIMEDOUT && helper->pid) helper->computed = cpu_seconds(helper->pid) - before;
  if (r == -EPIPE) r = autopsy(helper, ret_why);
  if (r == -EPROTO) {
    death_count(helper);
    *ret_why = text_format(translated("gave an answer that is no JSON object of at most %zu bytes"), helper->limit);
    r = -ECONNABORTED;
  }
  if (r == -ETIMEDOUT && !helper->ready) {
    *ret_why = xstrdup(translated("was not started in time"));
    r = -EIO;
  }
  if (r < 0) give_up(helper);
  if (!helper->received.length) text_free(&helper->received);
  return r;
}

double helper_computed(const struct helper *helper) {
  return helper->computed;
}

void helper_free(struct helper *helper) {
  if (!helper) return;
  give_up(helper);
  text_free(&helper->received);
  free(helper->role);
  free(helper);
}
