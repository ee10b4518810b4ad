/* The disks under EJ's files: space and inodes where static files and the log are written, who may write there, how large the log is. Looks
 * from inside of web where there is a way, else at folders that are mounted here; disk_judge.c says what is wrong. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "checks/check.h"
#include "checks/host/disk_codes.h"
#include "checks/host/disk_judge.h"
#include "checks/option_sets.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define SHARE_FOR_INSIDE 0.7

struct disk_config {
  struct place_options place;
  char *static_root, *app_root;
  size_t space_low, space_full, log_limit;
  long inodes;
};

static const struct option disk_options[] = {
    PLACE_OPTIONS(struct disk_config, "web", "web_command", "The Docker Engine's socket, to look from inside of web."),
    {OPTION(struct disk_config, static_root, FILE, "{static_root}",
            "The static volume, when it is mounted here: for its space, while there is no way into web.")},
    {OPTION(struct disk_config, app_root, PATH, "{app_root}",
            "EJ's folder inside of web; its local/logs is looked at here too, when it is mounted here.")},
    {OPTION(struct disk_config, space_low, SIZE, NULL, "Fewer free bytes are a warning; default: 512M, or a tenth of a small volume.")},
    {OPTION(struct disk_config, space_full, SIZE, NULL,
            "Fewer free bytes count as a full disk; default: 64M, or a hundredth of a small volume.")},
    {OPTION(struct disk_config, inodes, INTEGER, "2000", "Fewer free inodes count as a full disk."), .low = 0, .high = 1000000000},
    {OPTION(struct disk_config, log_limit, SIZE, "1G", "A debug.log of so many bytes is a warning.")},
};

/* --- folders that are mounted here, on a worker: a hung disk must not hang the loop -------------------------------------------- */

struct local_look {
  char *static_root, *log_folder, *log;
  struct inside_space statics, logs;
  bool log_there;
  int error; /* errno of a static folder that is not there */
  unsigned long long log_size;
};

static void local_free(void *look_) {
  struct local_look *look = look_;
  free(look->static_root);
  free(look->log_folder);
  free(look->log);
  free(look->statics.path);
  free(look->logs.path);
  free(look);
}

static void measure(const char *path, struct inside_space *space) {
  struct statvfs disk;
  if (!path || statvfs(path, &disk) < 0) return;
  *space = (struct inside_space){.seen = true,
                                 .path = xstrdup(path),
                                 .free = (unsigned long long)disk.f_bavail * disk.f_frsize,
                                 .size = (unsigned long long)disk.f_blocks * disk.f_frsize,
                                 .inodes = disk.f_files > 0 ? (long long)disk.f_favail : -1};
  space->seen = space->size > 0;
}

static void look_here(void *look_) {
  struct local_look *look = look_;
  struct stat status;
  measure(look->static_root, &look->statics);
  measure(look->log_folder, &look->logs);
  if (!look->statics.seen && look->static_root && stat(look->static_root, &status) < 0) look->error = errno;
  look->log_there = look->log && stat(look->log, &status) == 0 && S_ISREG(status.st_mode);
  if (look->log_there) look->log_size = (unsigned long long)status.st_size;
}

/* NULL when the disk does not answer: then nothing was seen here. */
static int local_run(const struct disk_config *config, struct local_look **ret_look) {
  struct local_look *look = xcalloc(1, sizeof *look);
  look->static_root = xstrdup(config->static_root);
  if (config->app_root) {
    look->log_folder = text_format("%s/local/logs", config->app_root);
    look->log = text_format("%s/debug.log", look->log_folder);
  }
  int r = work_run(work_pool_for_looks("disk", 2), look_here, look, local_free);
  *ret_look = r == 0 ? look : NULL;
  return r == -ECANCELED ? r : 0;
}

/* --- the probe ------------------------------------------------------------------------------------------------------------------ */

static int disk_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct disk_config *config = config_;
  const struct place place = place_of(&config->place, "web");
  double left = task_time_left();
  struct inside inside = {0};
  auto_free char *error = NULL;
  struct local_look *here = NULL;
  int r = -ENOTCONN;
  if (place_exists(&place))
    r = inside_look(&place, &(struct inside_request){.app_root = config->app_root, .verb = "disk"},
                    isinf(left) ? INSIDE_TIME_LIMIT : left * SHARE_FOR_INSIDE, &inside, &error);
  if (r == -ECANCELED) return r;
  struct disk_sight sight = {.inside = r == 0 ? &inside : NULL, .why = error};
  if (r < 0) {
    r = local_run(config, &here);
    if (r < 0) return r;
  }
  auto_free char *missing = here && here->error ? text_format("%s: %s.", config->static_root, lang_error(here->error)) : NULL;
  if (!sight.why) sight.why = missing;
  if (here) {
    sight.statics = here->statics;
    sight.logs = here->logs;
    sight.log = here->log_there ? here->log : NULL;
    sight.log_size = here->log_size;
  }
  const struct disk_limits limits = {
      .space_low = config->space_low, .space_full = config->space_full, .log = config->log_limit, .inodes = config->inodes};
  disk_judge(&sight, &limits, out);
  inside_free(&inside);
  if (here) local_free(here);
  return 0;
}

const struct check_kind check_disk = {
    .name = "disk",
    .summary = translatable("Space, owner and log where EJ writes: the static volume and debug.log"),
    .needs = "docker|web_command|static_root",
    .options = disk_options,
    .option_count = countof(disk_options),
    .config_size = sizeof(struct disk_config),
    .target = "service",
    .scope = CHECK_SCOPE_STACK,
    .codes = disk_codes,
    .probe = disk_probe,
};
