/* Reads config.env and what surrounds it, and the container's environment; see env_look.h. */
#include "checks/inside/env_look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/ej/ej_generation.h"
#include "checks/ej/env_database.h"
#include "checks/ej/env_setting.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/base/work.h"

/* --- files ------------------------------------------------------------------------------------------------------------------------- */

/* At most `limit` bytes; a longer file is -EFBIG when `whole` is wanted, else cut. */
static int slurp(const char *path, size_t limit, bool whole, struct stat *ret_status, struct text *ret_text) {
  auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO must not hang the worker */
  if (fd < 0) return -errno;
  if (fstat(fd, ret_status) < 0) return -errno;
  if (S_ISDIR(ret_status->st_mode)) return -EISDIR;
  if (!S_ISREG(ret_status->st_mode)) return -EINVAL;
  char buffer[16 << 10];
  for (;;) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    if (got == 0) return 0;
    if (ret_text->length + (size_t)got > limit) {
      if (whole) return -EFBIG;
      text_add_bytes(ret_text, buffer, limit - ret_text->length);
      return 0;
    }
    text_add_bytes(ret_text, buffer, (size_t)got);
  }
}

/* Inside of a container the folders above a mounted file are not the host's, and tell nothing of who gets at it. */
static bool is_mounted_into_container(const struct stat *file) {
  struct stat root;
  if (access("/.dockerenv", F_OK) < 0 && access("/run/.containerenv", F_OK) < 0) return false;
  return stat("/", &root) < 0 || root.st_dev != file->st_dev;
}

/* May everybody enter every folder above? real: an absolute path without links. */
static bool is_open_above(const char *real) {
  auto_free char *path = xstrdup(real);
  for (char *slash = strrchr(path, '/'); slash; slash = strrchr(path, '/')) {
    struct stat status;
    *slash = '\0';
    if (stat(*path ? path : "/", &status) < 0 || !(status.st_mode & S_IXOTH)) return false;
  }
  return true;
}

/* --- git --------------------------------------------------------------------------------------------------------------------------- */

/* Is there an entry of this path in an index of version 2 or 3 (gitformat-index)? Each entry ends in two bytes of flags, whose low twelve
 * bits are the path's length, perhaps two more, and the path with its NUL. */
static bool index_lists(const struct text *index, const char *path) {
  size_t length = strlen(path);
  const char *end = index->data + index->length;
  for (const char *at = index->data; (at = memmem(at, (size_t)(end - at), path, length + 1)); at++) {
    for (size_t back = 2; back <= 4; back += 2) {
      if ((size_t)(at - index->data) < 12 + 62 + back - 2) continue;
      const unsigned char *flags = (const unsigned char *)at - back;
      size_t named = ((size_t)(flags[0] & 0x0F) << 8) | flags[1];
      if (named == (length < 0xFFF ? length : 0xFFF)) return true;
    }
  }
  return false;
}

static enum env_git git_look(const char *real) {
  auto_free char *folder = xstrdup(real);
  for (char *slash = strrchr(folder, '/'); slash; slash = strrchr(folder, '/')) {
    struct stat status;
    *slash = '\0';
    auto_free char *git = text_format("%s/.git", folder);
    if (lstat(git, &status) < 0) continue;
    auto_free char *path = text_format("%s/index", git);
    auto_text struct text index = {0};
    /* A .git that is a file leads to a worktree or submodule; a repository without an index holds nothing yet. */
    if (!S_ISDIR(status.st_mode)) return ENV_GIT_UNKNOWN;
    int r = slurp(path, ENV_GIT_INDEX_LIMIT, true, &status, &index);
    if (r == -ENOENT) return ENV_GIT_ABSENT;
    static const char magic[] = "DIRC\0\0\0";
    if (r < 0 || index.length < 12 || memcmp(index.data, magic, sizeof magic - 1) != 0 || index.data[7] < 2 || index.data[7] > 3)
      return ENV_GIT_UNKNOWN;
    return index_lists(&index, real + (slash - folder) + 1) ? ENV_GIT_TRACKED : ENV_GIT_ABSENT;
  }
  return ENV_GIT_ABSENT;
}

/* --- config.env -------------------------------------------------------------------------------------------------------------------- */

struct job {
  char *path;
  int result;
  struct env_file_look look;
};

int env_look_file_now(const char *path, struct env_file_look *ret_look) {
  struct stat status;
  auto_text struct text content = {0};
  *ret_look = (struct env_file_look){0};
  int r = slurp(path, ENV_FILE_LIMIT + 1, false, &status, &content); /* one more, so that the parser sees that it was too long */
  if (r < 0) return r;
  env_file_parse(text_get(&content), content.length, &ret_look->file);
  ret_look->modified = (double)status.st_mtim.tv_sec + (double)status.st_mtim.tv_nsec / 1e9;
  char *real = realpath(path, NULL);
  if (!real) return 0;
  bool open_to_others = status.st_mode & S_IROTH;
  ret_look->mode_known = !open_to_others || !is_mounted_into_container(&status);
  ret_look->world_readable = open_to_others && is_open_above(real);
  ret_look->git = git_look(real);
  free(real);
  return 0;
}

void env_file_look_free(struct env_file_look *look) {
  env_file_free(&look->file);
  *look = (struct env_file_look){0};
}

static void job_run(void *argument) {
  struct job *job = argument;
  job->result = env_look_file_now(job->path, &job->look);
}

static void job_free(void *argument) {
  struct job *job = argument;
  env_file_look_free(&job->look);
  free(job->path);
  free(job);
}

static void secret_register(const char *name, const char *value) {
  const struct env_setting *setting = env_setting_find(name);
  if (setting && setting->type == ENV_DATABASE) {
    struct env_database database;
    env_database_parse(value, &database);
    redact_register_found(database.password);
    env_database_free(&database);
  } else if (redact_name_is_secret(name) || (setting && setting->secret)) {
    redact_register_found(value);
  }
}

int env_look_file(const char *path, struct env_file_look *ret_look, char **ret_error) {
  struct job *job = xcalloc(1, sizeof *job);
  *ret_look = (struct env_file_look){0};
  *ret_error = NULL;
  job->path = xstrdup(path);
  /* A pool of its own: a volume that hangs the disk check does not hide config.env. */
  int r = work_run(work_pool_for_looks("env", 2), job_run, job, job_free);
  if (r < 0) return r;
  r = job->result;
  if (r < 0) {
    *ret_error = text_format("%s: %s", path, lang_error(-r));
  } else {
    *ret_look = job->look;
    job->look = (struct env_file_look){0};
    /* Its secrets are to be hidden even when it is of no other use. */
    for (size_t i = 0; i < ret_look->file.entry_count; i++) {
      secret_register(ret_look->file.entries[i].name, ret_look->file.entries[i].plain);
      secret_register(ret_look->file.entries[i].name, ret_look->file.entries[i].value);
    }
    if (ret_look->file.cut) {
      *ret_error = text_format("%s, %s", path, ret_look->file.cut);
      env_file_look_free(ret_look);
      r = -EFBIG;
    }
  }
  job_free(job);
  return r;
}

/* --- the container ----------------------------------------------------------------------------------------------------------------- */

int env_look_container(const struct place *place, double timeout, char ***ret_environment, double *ret_created, char **ret_error) {
  int r = place_environment(place, timeout, ret_environment, ret_created, ret_error);
  if (r < 0) return r;
  for (char **entry = *ret_environment; entry && *entry; entry++) {
    const char *equals = strchr(*entry, '=');
    auto_free char *name = equals ? xstrndup(*entry, (size_t)(equals - *entry)) : NULL;
    if (name) secret_register(name, equals + 1);
  }
  return 0;
}

/* Prints the marks that ej_clue_of_marks() knows. Tests for files and greps one; no Python is started. */
static const char marks_program[] =
    "for d in . \"$1\" /app /ej-application /ej-server; do\n"
    "  [ -n \"$d\" ] && [ -f \"$d/manage.py\" ] && cd \"$d\" || continue\n"
    "  case $(pwd) in */ej-application) echo ej-application ;; */ej-server) echo ej-server ;; esac\n"
    "  [ -e src/ej/settings ] || [ -e src/ej/settings.py ] && echo settings\n"
    "  [ -d src/ej_rocketchat ] && echo rocketchat-app\n"
    "  grep -q HTTP_X_FRAME_OPTIONS src/ej_rocketchat/decorators.py 2>/dev/null && echo header-overrides\n"
    "  grep -rqs DB_HOST src/ej/settings src/ej/settings.py && echo db-host\n"
    "  [ -d etc/tasklib ] && echo tasklib\n"
    "  [ -f tasks.py ] && echo tasks\n"
    "  exit 0\n"
    "done\n";

int env_look_generation(const struct place *place, const char *app_root, double timeout, char *ret_generation, bool *ret_later) {
  const char *const arguments[] = {"sh", "-c", marks_program, "ejmon", app_root ? app_root : "", NULL};
  struct place_result result;
  auto_free char *error = NULL;
  int r = place_run(place, arguments, NULL, timeout, &result, &error);
  if (r < 0) return r;
  char **marks = NULL;
  size_t count = 0;
  for (const char *p = text_get(&result.output); *p;) {
    size_t length = strcspn(p, "\r\n");
    auto_free char *mark = xstrndup(p, length);
    if (*mark) strings_append(&marks, &count, mark);
    p += length + strspn(p + length, "\r\n");
  }
  auto_free char *clue = ej_clue_of_marks(marks);
  *ret_generation = clue ? *clue : 0;
  *ret_later = text_equal(ej_line_of_marks(marks), EJ_LINE_LATER_B);
  strings_free(marks);
  place_result_free(&result);
  return 0;
}
