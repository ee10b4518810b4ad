/* Reads the end of a file on a worker thread. */
#include "checks/logs/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/work.h"

struct job {
  char *path;
  int result;
  uint64_t device, inode, size, from;
  struct text bytes;
};

static void job_free(void *argument) {
  struct job *job = argument;
  free(job->path);
  text_free(&job->bytes);
  free(job);
}

static int read_end(struct job *job) {
  /* A FIFO without a writer would block the open for ever; Docker's nginx image links its logs to /dev/stderr. */
  auto_fd int fd = open(job->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) < 0) return -errno;
  if (!S_ISREG(status.st_mode)) return -EISDIR;
  job->device = status.st_dev;
  job->inode = status.st_ino;
  job->size = (uint64_t)status.st_size;
  job->from = job->size > LOG_FILE_LIMIT ? job->size - LOG_FILE_LIMIT : 0;
  char buffer[16384];
  uint64_t at = job->from;
  while (at < job->size) {
    size_t want = job->size - at < sizeof buffer ? (size_t)(job->size - at) : sizeof buffer;
    ssize_t got = pread(fd, buffer, want, (off_t)at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    if (got == 0) break; /* truncated in between */
    text_add_bytes(&job->bytes, buffer, (size_t)got);
    at += (uint64_t)got;
  }
  job->size = at;
  return 0;
}

static void work(void *argument) {
  struct job *job = argument;
  job->result = read_end(job);
}

int log_file_read(const char *path, struct log_file_mark *mark, struct text *ret_bytes, size_t *ret_new_from, uint64_t *ret_from) {
  struct job *job = xcalloc(1, sizeof *job);
  job->path = xstrdup(path);
  int r = work_run(work_pool_for_looks("logs", 2), work, job, job_free);
  if (r < 0) return r;
  r = job->result;
  if (r == 0) {
    bool same = mark->known && mark->device == job->device && mark->inode == job->inode && mark->size <= job->size;
    size_t length = job->bytes.length;
    if (!mark->known) {
      *ret_new_from = length;
    } else if (!same || mark->size <= job->from) {
      *ret_new_from = 0;
    } else {
      *ret_new_from = (size_t)(mark->size - job->from);
    }
    *mark = (struct log_file_mark){.known = true, .device = job->device, .inode = job->inode, .size = job->size};
    *ret_from = job->from;
    *ret_bytes = job->bytes;
    job->bytes = (struct text){0};
  }
  job_free(job);
  return r;
}

static void work_size(void *argument) {
  struct job *job = argument;
  struct stat status;
  job->size = stat(job->path, &status) == 0 && S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
}

int log_file_size(const char *path, uint64_t *ret_size) {
  struct job *job = xcalloc(1, sizeof *job);
  job->path = xstrdup(path);
  int r = work_run(work_pool_for_looks("logs", 2), work_size, job, job_free);
  if (r < 0) return r;
  *ret_size = job->size;
  job_free(job);
  return 0;
}
