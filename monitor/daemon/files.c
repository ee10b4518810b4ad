/* Looks at two files now and then; see files.h. */
#include "monitor/daemon/files.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/work.h"

#define THREADS 4 /* one for each file, and some for looks at what is no longer asked for and hangs */

/* One look: goes to the thread and back. */
struct file_look {
  struct file *file; /* NULL: it is not watched any more; touched on the loop's thread only */
  char *path;
  struct stat seen;
  int result;
};

struct file {
  struct files *files;
  char *path; /* NULL: none */
  void (*take)(struct file *file, const struct file_look *look);
  struct file_look *look; /* in flight */
  bool looked, there;     /* at least once; it was there once, and then */
  struct stat seen;       /* was this */
  ev_timer timer;
};

struct files {
  struct reload *reload;
  struct keep *keep;
  struct file env, journal;
  struct task_event first;
};

/* --- looking --------------------------------------------------------------------------------------------------------------- */

static void look_function(void *argument) {
  struct file_look *look = argument;
  look->result = stat(look->path, &look->seen) < 0 ? -errno : 0;
}

static void look_done(void *argument) {
  struct file_look *look = argument;
  struct file *file = look->file;
  if (file) {
    file->look = NULL;
    file->take(file, look);
    file->looked = true;
    task_event_set(&file->files->first);
  }
  free(look->path);
  free(look);
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int events) {
  (void)loop, (void)events;
  struct file *file = timer->data;
  if (file->look) return; /* it hangs */
  struct file_look *look = xcalloc(1, sizeof *look);
  *look = (struct file_look){.file = file, .path = xstrdup(file->path)};
  file->look = look;
  if (work_post(work_pool_for_looks("files", THREADS), look_function, look, look_done) == 0) return;
  file->look = NULL;
  free(look->path);
  free(look);
}

static void file_watch(struct file *file, const char *path) {
  file->path = xstrdup(path);
  file->looked = file->there = false;
  ev_timer_init(&file->timer, timer_cb, 0., FILES_PERIOD);
  file->timer.data = file;
  ev_timer_start(loop_get(), &file->timer);
}

static void file_leave(struct file *file) {
  if (file->path) ev_timer_stop(loop_get(), &file->timer);
  if (file->look) file->look->file = NULL;
  file->look = NULL;
  free(file->path);
  file->path = NULL;
}

static bool same_time(const struct timespec *a, const struct timespec *b) {
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool same_content(const struct stat *a, const struct stat *b) {
  return same_file(a, b) && a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) && same_time(&a->st_ctim, &b->st_ctim);
}

/* --- what was seen --------------------------------------------------------------------------------------------------------- */

static void env_take(struct file *file, const struct file_look *look) {
  if (look->result < 0) return; /* gone for a moment: an editor replaces it */
  bool changed = file->there ? !same_content(&file->seen, &look->seen) : file->looked;
  file->there = true;
  file->seen = look->seen;
  if (!changed) return;
  log_info("%s has changed", file->path);
  reload_ask(file->files->reload);
}

/* Before the store is open nobody knows which file is its journal. */
static void journal_take(struct file *file, const struct file_look *look) {
  struct keep *keep = file->files->keep;
  bool gone = look->result == -ENOENT || look->result == -ENOTDIR || look->result == -ESTALE;
  if (!keep_store(keep) || (look->result < 0 && !gone)) return;
  if (!gone && !file->there) {
    file->there = true;
    file->seen = look->seen;
  }
  bool lost = gone || !same_file(&file->seen, &look->seen);
  auto_free char *why = text_format(
      translated("%s was removed or replaced: what is written now is gone after a restart; bring it back, or restart ejmon"), file->path);
  keep_lose(keep, lost ? why : NULL);
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

void files_watch_env(struct files *files, const char *env_file) {
  if (text_equal(files->env.path, env_file)) return;
  file_leave(&files->env);
  if (env_file) file_watch(&files->env, env_file);
}

static int first_task(void *argument) {
  struct files *files = argument;
  int r = 0;
  while (r == 0 && files->env.path && !files->env.looked) r = task_event_wait(&files->first);
  return r;
}

struct files *files_start(const char *state, const char *env_file, struct reload *reload, struct keep *keep) {
  struct files *files = xcalloc(1, sizeof *files);
  auto_free char *journal = text_format("%s/journal.db", state);
  *files = (struct files){.reload = reload, .keep = keep};
  files->env = (struct file){.files = files, .take = env_take};
  files->journal = (struct file){.files = files, .take = journal_take};
  file_watch(&files->journal, journal);
  files_watch_env(files, env_file);
  int r = task_join(task_start("files", FILES_FIRST, first_task, files));
  (void)r; /* one that hangs is seen when it comes back */
  return files;
}

void files_stop(struct files *files) {
  if (!files) return;
  file_leave(&files->env);
  file_leave(&files->journal);
  free(files);
}
