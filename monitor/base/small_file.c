/* Small files of remedies, read and written whole; see small_file.h. */
#include "monitor/base/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/disk.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define FILE_SHARE 0.95 /* of the time that somebody waits in which a file takes effect: never when nobody does */

/* --- on the thread --------------------------------------------------------------------------------------------------------- */

static int read_now(const char *path, struct text *ret_text) {
  auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return -errno;
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  if (!S_ISREG(status.st_mode)) return -EINVAL;
  char buffer[4096];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) {
    text_add_bytes(ret_text, buffer, (size_t)got);
    if (ret_text->length > FILE_READ_LIMIT) return -EFBIG;
  }
  return got < 0 ? -errno : 0;
}

/* Not after `until`: nobody waits for it any more, and what was to follow it will not. */
static int write_now(const char *path, const struct text *text, unsigned mode, double until) {
  const char *slash = strrchr(path, '/');
  if (slash == NULL) return -EINVAL;
  auto_free char *fresh = text_format("%.*s/.%s.ejmon-new", (int)(slash - path), path, slash + 1);
  int r = 0;
  {
    auto_fd int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0) return -errno;
    for (size_t at = 0; at < text->length && r == 0;) {
      ssize_t put = write(fd, text->data + at, text->length - at);
      if (put < 0 && errno != EINTR) r = -errno;
      if (put > 0) at += (size_t)put;
    }
    if (r == 0 && (fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0)) r = -errno; /* whatever our umask is: nginx's user is not ours */
  }
  if (r == 0 && loop_monotonic() > until) r = -ETIMEDOUT;
  if (r == 0 && rename(fresh, path) < 0) r = -errno;
  if (r < 0) (void)unlink(fresh);
  return r;
}

static int remove_now(const struct disk_call *call) {
  return unlink(call->path) < 0 && errno != ENOENT ? -errno : 0;
}

struct file_job {
  char *path;
  bool writes;
  struct text text;
  unsigned mode;
  double until; /* monotonic: what is written does not take effect later */
  int result;
};

static void job_function(void *argument) {
  struct file_job *job = argument;
  job->result = job->writes ? write_now(job->path, &job->text, job->mode, job->until) : read_now(job->path, &job->text);
}

static void job_free(void *argument) {
  struct file_job *job = argument;
  free(job->path);
  text_free(&job->text);
  free(job);
}

/* --- the interface --------------------------------------------------------------------------------------------------------- */

struct file_call {
  struct file_job *job;
  struct text *ret_text;
};

static int call_task(void *argument) {
  const struct file_call *call = argument;
  struct file_job *job = call->job;
  int r = work_run(work_pool_get(FILE_POOL, 1), job_function, job, job_free);
  if (r < 0) return r;
  r = job->result;
  if (call->ret_text) text_add_bytes(call->ret_text, text_get(&job->text), job->text.length);
  job_free(job);
  return r;
}

static int run(const struct file_job *what, struct text *ret_text) {
  struct file_call call = {.job = xcalloc(1, sizeof *call.job), .ret_text = ret_text};
  *call.job = *what;
  return disk_why(task_join(task_start("file", FILE_SECONDS, call_task, &call)));
}

int file_read(const char *path, struct text *ret_text) {
  return run(&(struct file_job){.path = xstrdup(path)}, ret_text);
}

int file_write(const char *path, const struct text *text, unsigned mode) {
  struct file_job job = {
      .path = xstrdup(path), .writes = true, .mode = mode, .until = loop_monotonic() + FILE_SHARE * fmin(FILE_SECONDS, task_time_left())};
  text_add_bytes(&job.text, text_get(text), text->length);
  return run(&job, NULL);
}

int file_remove(const char *path) {
  return disk_call(&(struct disk_call){.pool = FILE_POOL, .seconds = FILE_SECONDS, .function = remove_now, .path = path});
}

int file_may_write_into(const char *folder) {
  return disk_call(&(struct disk_call){.pool = FILE_POOL, .seconds = FILE_SECONDS, .function = disk_may_write_into, .path = folder});
}
