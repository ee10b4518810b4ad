/* Reads and compares the files of the static volume with their sources, on a worker thread; judges nothing. */
#include "checks/inside/theme_volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/work.h"

const char *const theme_key_paths[] = {
    [KEY_MAIN_CSS] = "css/main.css",
    [KEY_MANIFEST] = "manifest.json",
    [KEY_LOGO] = "img/logo/logo.svg",
    [KEY_MAIN_JS] = "js/main.js",
};

#define CHUNK (64u << 10)

/* What says that a file is the one that was read before. */
struct stamp {
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec changed, modified;
};

/* One comparison that need not be made again. */
struct record {
  char *path; /* below the static root */
  struct stamp copy, source;
  enum theme_difference difference;
  char *owner; /* whose file it is instead, or NULL */
};

struct theme_volume {
  bool busy, dropped; /* the worker reads; the owner is gone: touched on the loop's thread only */
  char *static_root, *app_root, *theme, *compared_theme;
  char **themes;
  struct record *records, *fresh; /* of the last look, sorted by path; of this one */
  size_t record_count, fresh_count;
  unsigned long long bytes_left;
  bool gave_up;
  char *chunk_a, *chunk_b;
  struct theme_volume_sight sight;
};

/* --- memory ------------------------------------------------------------------------------------------------------------------ */

static void records_free(struct record *records, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(records[i].path);
    free(records[i].owner);
  }
  free(records);
}

static void file_free(struct theme_file *file) {
  free((void *)(uintptr_t)file->bytes);
  *file = (struct theme_file){0};
}

static void sight_clear(struct theme_volume_sight *sight) {
  for (size_t i = 0; i < KEY_COUNT; i++) file_free(&sight->keys[i]);
  for (size_t i = 0; i < sight->minified_count; i++) file_free(&sight->minified[i]);
  free(sight->minified);
  for (size_t group = 0; group < GROUP_COUNT; group++)
    for (size_t kind = 0; kind < DIFFER_COUNT; kind++)
      for (size_t i = 0; i < THEME_EXAMPLE_LIMIT; i++) free(sight->differences[group][kind].examples[i]);
  *sight = (struct theme_volume_sight){.volume_error = -ENODATA, .sources_error = -ENODATA};
}

struct theme_volume *theme_volume_new(void) {
  struct theme_volume *volume = xcalloc(1, sizeof *volume);
  sight_clear(&volume->sight);
  return volume;
}

static void volume_destroy(struct theme_volume *volume) {
  sight_clear(&volume->sight);
  records_free(volume->records, volume->record_count);
  records_free(volume->fresh, volume->fresh_count);
  free(volume->static_root);
  free(volume->app_root);
  free(volume->theme);
  free(volume->compared_theme);
  strings_free(volume->themes);
  free(volume->chunk_a);
  free(volume->chunk_b);
  free(volume);
}

void theme_volume_free(struct theme_volume *volume) {
  if (!volume) return;
  if (volume->busy) {
    volume->dropped = true;
  } else {
    volume_destroy(volume);
  }
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

/* Opens a regular file; a FIFO or a device on the volume must not make the worker wait. */
static int file_open(const char *path, struct stat *ret_status) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -errno;
  if (fstat(fd, ret_status) < 0 || !S_ISREG(ret_status->st_mode)) {
    close(fd);
    return -ENOENT;
  }
  return fd;
}

static struct stamp stamp_of(const struct stat *status) {
  return (struct stamp){status->st_dev, status->st_ino, status->st_size, status->st_ctim, status->st_mtim};
}

static bool stamp_equal(const struct stamp *a, const struct stamp *b) {
  return a->device == b->device && a->inode == b->inode && a->size == b->size && a->changed.tv_sec == b->changed.tv_sec &&
         a->changed.tv_nsec == b->changed.tv_nsec && a->modified.tv_sec == b->modified.tv_sec && a->modified.tv_nsec == b->modified.tv_nsec;
}

/* Up to `size` bytes, less only at the end of the file. -errno on failure. */
static ssize_t read_full(int fd, char *buffer, size_t size) {
  size_t length = 0;
  while (length < size) {
    ssize_t r = read(fd, buffer + length, size - length);
    if (r < 0 && errno == EINTR) continue;
    if (r < 0) return -errno;
    if (r == 0) break;
    length += (size_t)r;
  }
  return (ssize_t)length;
}

static struct theme_file file_read(const char *root, const char *path, size_t limit) {
  struct theme_file file = {.presence = THEME_NOT_LOOKED};
  struct stat status;
  auto_free char *whole = text_format("%s/%s", root, path);
  int fd = file_open(whole, &status);
  if (fd < 0) {
    if (fd == -ENOENT || fd == -ENOTDIR) file.presence = THEME_ABSENT;
    return file;
  }
  char *bytes = xcalloc(1, limit + 1);
  ssize_t length = read_full(fd, bytes, limit + 1);
  close(fd);
  if (length < 0) {
    free(bytes);
    return file;
  }
  file.presence = THEME_PRESENT;
  file.cut = (size_t)length > limit;
  file.length = file.cut ? limit : (size_t)length;
  file.bytes = xrealloc(bytes, file.length + 1);
  return file;
}

static struct theme_file file_measure(const char *root, const char *path) {
  struct stat status;
  auto_free char *whole = text_format("%s/%s", root, path);
  if (stat(whole, &status) < 0)
    return (struct theme_file){.presence = errno == ENOENT || errno == ENOTDIR ? THEME_ABSENT : THEME_NOT_LOOKED};
  return (struct theme_file){.presence = THEME_PRESENT, .length = (size_t)status.st_size, .cut = true};
}

/* --- comparing --------------------------------------------------------------------------------------------------------------- */

/* How the first file relates to the second. DIFFER_STALE also when either cannot be read to its end: the caller asked for equality. */
static enum theme_difference compare_open(struct theme_volume *volume, int copy, int source) {
  bool first = true;
  for (;; first = false) {
    ssize_t a = read_full(copy, volume->chunk_a, CHUNK), b = read_full(source, volume->chunk_b, CHUNK);
    if (a < 0 || b < 0) return DIFFER_STALE;
    unsigned long long cost = (unsigned long long)(a + b);
    if (cost > volume->bytes_left) {
      volume->gave_up = true;
      return DIFFER_NOT;
    }
    volume->bytes_left -= cost;
    ssize_t common = a < b ? a : b;
    if (common > 0 && memcmp(volume->chunk_a, volume->chunk_b, (size_t)common) != 0) return DIFFER_STALE;
    if (a < b) return first && a == 0 ? DIFFER_EMPTY : DIFFER_TRUNCATED;
    if (a > b) return DIFFER_STALE;
    if (a < (ssize_t)CHUNK) return DIFFER_NOT;
  }
}

static bool files_equal(struct theme_volume *volume, const char *copy_path, const char *other_path) {
  struct stat a, b;
  auto_fd int copy = file_open(copy_path, &a);
  if (copy < 0) return false;
  auto_fd int other = file_open(other_path, &b);
  return other >= 0 && a.st_size == b.st_size && compare_open(volume, copy, other) == DIFFER_NOT;
}

static bool is_collected_css(const char *path) {
  return text_equal(path, "css/main.css") || text_equal(path, "css/rocket.css") || text_equal(path, "css/hicontrast.css");
}

static enum theme_group group_of(const char *path) {
  return is_collected_css(path) ? GROUP_CSS : text_starts(path, "js/") ? GROUP_SCRIPT : GROUP_ASSET;
}

/* "css/main.css" of theme "cpa" is made from "lib/build/css/main-cpa.min.css". */
static char *css_source(const char *app_root, const char *path, const char *theme) {
  return text_format("%s/lib/build/%.*s-%s.min.css", app_root, (int)(strlen(path) - strlen(".css")), path, theme);
}

/* Whose file is it, if not the wanted theme's? NULL when nobody's. */
static char *find_owner(struct theme_volume *volume, const char *path, const char *copy_path) {
  if (is_collected_css(path)) {
    for (size_t i = 0; volume->themes && volume->themes[i]; i++) {
      if (text_equal(volume->themes[i], volume->theme)) continue;
      auto_free char *other = css_source(volume->app_root, path, volume->themes[i]);
      if (files_equal(volume, copy_path, other)) return xstrdup(volume->themes[i]);
    }
    return NULL;
  }
  auto_free char *themes_path = text_format("%s/lib/themes", volume->app_root);
  DIR *themes = opendir(themes_path);
  char *owner = NULL;
  for (struct dirent *entry; themes && !owner && (entry = readdir(themes));) {
    if (entry->d_name[0] == '.' || text_equal(entry->d_name, volume->theme)) continue;
    auto_free char *other = text_format("%s/%s/assets/%s", themes_path, entry->d_name, path);
    if (files_equal(volume, copy_path, other)) owner = xstrdup(entry->d_name);
  }
  if (themes) closedir(themes);
  if (owner) return owner;
  auto_free char *common = text_format("%s/lib/assets/%s", volume->app_root, path);
  return files_equal(volume, copy_path, common) ? xstrdup("default") : NULL;
}

static int compare_paths(const void *a, const void *b) {
  const struct record *left = a, *right = b;
  return strcmp(left->path, right->path);
}

static void tell_difference(struct theme_volume *volume, const struct record *record) {
  volume->sight.files++;
  if (record->difference == DIFFER_NOT) return;
  struct theme_differences *differences = &volume->sight.differences[group_of(record->path)][record->difference];
  if (differences->count < THEME_EXAMPLE_LIMIT)
    differences->examples[differences->count] =
        record->owner ? text_format(translated("%s, which is of theme %s"), record->path, record->owner) : xstrdup(record->path);
  differences->count++;
}

static void compare_file(struct theme_volume *volume, const char *path, const char *source_path) {
  struct stat source_status, copy_status;
  auto_fd int source = file_open(source_path, &source_status);
  if (source < 0) return;                 /* no such source: nothing was collected from it */
  if (source_status.st_size == 0) return; /* an empty source is a broken build; what the volume has instead can only be better */
  auto_free char *copy_path = text_format("%s/%s", volume->static_root, path);
  auto_fd int copy = file_open(copy_path, &copy_status);
  if (copy < 0 && copy != -ENOENT && copy != -ENOTDIR) {
    volume->gave_up = true; /* no permission: not looked at */
    return;
  }
  struct record *record = array_push(&volume->fresh, &volume->fresh_count, sizeof *record);
  record->path = xstrdup(path);
  record->source = stamp_of(&source_status);
  if (copy < 0) {
    record->difference = DIFFER_MISSING;
    tell_difference(volume, record);
    return;
  }
  record->copy = stamp_of(&copy_status);
  const struct record *before =
      volume->records ? bsearch(record, volume->records, volume->record_count, sizeof *record, compare_paths) : NULL;
  if (before && before->difference != DIFFER_MISSING && stamp_equal(&before->copy, &record->copy) &&
      stamp_equal(&before->source, &record->source)) {
    record->difference = before->difference;
    record->owner = xstrdup(before->owner);
  } else {
    record->difference = compare_open(volume, copy, source);
    if (record->difference == DIFFER_STALE && (record->owner = find_owner(volume, path, copy_path))) record->difference = DIFFER_OTHER;
  }
  tell_difference(volume, record);
}

/* --- walking the sources ----------------------------------------------------------------------------------------------------- */

static bool is_ignored(const char *name) {
  return name[0] == '.' || text_ends(name, "~") || text_equal(name, "CVS");
}

/* `roots` are the sources in the finder's order; the file counts only in the first root that has it. */
static void walk(struct theme_volume *volume, char *const *roots, size_t root, const char *below, unsigned depth) {
  if (depth > THEME_DEPTH_LIMIT || volume->gave_up) {
    volume->gave_up = true;
    return;
  }
  auto_free char *folder = text_format("%s%s%s", roots[root], below[0] ? "/" : "", below);
  DIR *directory = opendir(folder);
  if (!directory) return;
  for (struct dirent *entry; !volume->gave_up && (entry = readdir(directory));) {
    if (is_ignored(entry->d_name)) continue;
    auto_free char *path = text_format("%s%s%s", below, below[0] ? "/" : "", entry->d_name);
    auto_free char *source = text_format("%s/%s", roots[root], path);
    struct stat status;
    if (lstat(source, &status) < 0) continue;
    if (S_ISDIR(status.st_mode)) {
      walk(volume, roots, root, path, depth + 1);
      continue;
    }
    bool hidden = is_collected_css(path); /* compared on their own: lib/build/css/main.css is only collect's scratch copy */
    for (size_t i = 0; i < root && !hidden; i++) {
      auto_free char *earlier = text_format("%s/%s", roots[i], path);
      hidden = access(earlier, F_OK) == 0;
    }
    if (hidden) continue;
    if (volume->fresh_count >= THEME_FILE_LIMIT) volume->gave_up = true;
    if (!volume->gave_up) compare_file(volume, path, source);
  }
  closedir(directory);
}

static void compare_sources(struct theme_volume *volume) {
  struct theme_volume_sight *sight = &volume->sight;
  /* app_root is first of all a path inside of the web container; the image is seldom to be seen from where ejmon runs. */
  if (access(volume->app_root, F_OK) < 0 && errno == ENOENT) return;
  auto_free char *build = text_format("%s/lib/build", volume->app_root);
  if (access(build, R_OK | X_OK) < 0) {
    sight->sources_error = -errno;
    return;
  }
  sight->sources_error = 0;
  sight->build_js = file_measure(build, "js/main.js");
  if (!volume->theme) return;
  auto_free char *css = text_format("css/main-%s.min.css", volume->theme);
  sight->build_css = file_measure(build, css);
  if (sight->volume_error < 0) return;

  if (!text_equal(volume->compared_theme, volume->theme)) {
    records_free(volume->records, volume->record_count);
    volume->records = NULL;
    volume->record_count = 0;
    free(volume->compared_theme);
    volume->compared_theme = xstrdup(volume->theme);
  }
  volume->chunk_a = xcalloc(1, CHUNK);
  volume->chunk_b = xcalloc(1, CHUNK);
  volume->bytes_left = THEME_BYTES_LIMIT;
  volume->gave_up = false;
  static const char *const collected[] = {"css/main.css", "css/rocket.css", "css/hicontrast.css"};
  for (size_t i = 0; i < countof(collected); i++) {
    auto_free char *source = css_source(volume->app_root, collected[i], volume->theme);
    compare_file(volume, collected[i], source);
  }
  auto_strings char **roots = NULL;
  auto_free char *own = text_format("%s/lib/themes/%s/assets", volume->app_root, volume->theme);
  auto_free char *common = text_format("%s/lib/assets", volume->app_root);
  strings_push(&roots, own);
  strings_push(&roots, build);
  strings_push(&roots, common);
  for (size_t root = 0; roots[root]; root++) walk(volume, roots, root, "", 0);
  sight->compared = !volume->gave_up;
  free(volume->chunk_a);
  free(volume->chunk_b);
  volume->chunk_a = volume->chunk_b = NULL;

  records_free(volume->records, volume->record_count);
  volume->records = volume->fresh;
  volume->record_count = volume->fresh_count;
  volume->fresh = NULL;
  volume->fresh_count = 0;
  if (volume->records) qsort(volume->records, volume->record_count, sizeof *volume->records, compare_paths);
}

static void look(void *argument) {
  struct theme_volume *volume = argument;
  struct theme_volume_sight *sight = &volume->sight;
  sight_clear(sight);
  if (volume->static_root) {
    struct stat status;
    sight->volume_error = stat(volume->static_root, &status) < 0         ? -errno
                          : !S_ISDIR(status.st_mode)                     ? -ENOTDIR
                          : access(volume->static_root, R_OK | X_OK) < 0 ? -errno
                                                                         : 0;
  }
  if (sight->volume_error == 0) {
    for (size_t i = 0; i < KEY_COUNT; i++) sight->keys[i] = file_read(volume->static_root, theme_key_paths[i], THEME_KEY_FILE_LIMIT);
    sight->minified_count = volume->themes ? strings_count(volume->themes) : 0;
    sight->minified = xcalloc(sight->minified_count + 1, sizeof *sight->minified);
    for (size_t i = 0; i < sight->minified_count; i++) {
      auto_free char *path = text_format("css/main-%s.min.css", volume->themes[i]);
      sight->minified[i] = file_read(volume->static_root, path, THEME_KEY_FILE_LIMIT);
    }
  }
  if (volume->app_root) compare_sources(volume);
}

/* --- on the loop's thread ---------------------------------------------------------------------------------------------------- */

static void take_request(struct theme_volume *volume, const struct theme_volume_request *request) {
  free(volume->static_root);
  free(volume->app_root);
  free(volume->theme);
  strings_free(volume->themes);
  volume->static_root = xstrdup(request->static_root);
  volume->app_root = xstrdup(request->app_root);
  volume->theme = xstrdup(request->theme);
  volume->themes = request->themes ? strings_copy(request->themes) : NULL;
}

static void worker_is_back(void *argument) {
  struct theme_volume *volume = argument;
  volume->busy = false;
  if (volume->dropped) volume_destroy(volume);
}

int theme_volume_look(struct theme_volume *volume, const struct theme_volume_request *request,
                      const struct theme_volume_sight **ret_sight) {
  if (volume->busy) return -EBUSY;
  take_request(volume, request);
  volume->busy = true;
  int r = work_run(work_pool_for_looks("disk", 2), look, volume, worker_is_back);
  if (r < 0) return r;
  volume->busy = false;
  *ret_sight = &volume->sight;
  return 0;
}

const struct theme_volume_sight *theme_volume_look_now(struct theme_volume *volume, const struct theme_volume_request *request) {
  take_request(volume, request);
  look(volume);
  return &volume->sight;
}
