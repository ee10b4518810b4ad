/* One call, one thread, one bound; see disk.h. */
#include "monitor/base/disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/task.h"
#include "monitor/base/work.h"

struct disk_job {
  struct disk_call call; /* its strings are the job's own */
  char *path, *other;
  int result;
};

static void job_function(void *argument) {
  struct disk_job *job = argument;
  job->result = job->call.function(&job->call);
}

static void job_free(struct disk_job *job) {
  free(job->path);
  free(job->other);
  free(job);
}

static void job_release(void *argument) {
  struct disk_job *job = argument;
  if (job->call.forget) job->call.forget(job->result);
  job_free(job);
}

static int call_task(void *argument) {
  const struct disk_call *call = argument;
  struct disk_job *job = xcalloc(1, sizeof *job);
  *job = (struct disk_job){.call = *call, .path = xstrdup(call->path), .other = xstrdup(call->other), .result = -EAGAIN};
  job->call.path = job->path;
  job->call.other = job->other;
  int r = work_run(work_pool_get(call->pool, 1), job_function, job, job_release);
  if (r < 0) return r;
  r = job->result;
  job_free(job);
  return r;
}

static struct task *call_start(const struct disk_call *call) {
  return task_start("disk", call->seconds, call_task, (void *)(uintptr_t)call);
}

int disk_why(int result) {
  int own = result == -ECANCELED ? task_sleep(0) : 0;
  return own < 0 ? own : result;
}

int disk_call(const struct disk_call *call) {
  return disk_why(task_join(call_start(call)));
}

int disk_call_shielded(const struct disk_call *call) {
  return task_join_shielded(call_start(call));
}

/* --- functions ------------------------------------------------------------------------------------------------------------- */

static int make_folder(const char *path) {
  return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

int disk_make_folder(const struct disk_call *call) {
  int r = make_folder(call->path);
  return r < 0 ? r : make_folder(call->other);
}

int disk_remove_folder(const struct disk_call *call) {
  return rmdir(call->path) < 0 ? -errno : 0;
}

int disk_rename(const struct disk_call *call) {
  return rename(call->path, call->other) < 0 ? -errno : 0;
}

int disk_is_there(const struct disk_call *call) {
  if (access(call->path, F_OK) == 0) return 1;
  return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}

int disk_may_write_into(const struct disk_call *call) {
  return access(call->path, W_OK | X_OK) < 0 ? -errno : 0;
}
