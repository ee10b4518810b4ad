/* Collects errors and warnings with their places and reads files whole; see reader.h. */
#include "conf/reader.h"

#include <dirent.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

#define FOLDER_LIMIT 500 /* entries looked at for a similar name */

static void line_add(struct reader_line **lines, size_t *count, const char *file, const struct tree_node *node, int line, const char *path,
                     const char *format, va_list arguments) format_like(7, 0);

static void line_add(struct reader_line **lines, size_t *count, const char *file, const struct tree_node *node, int line, const char *path,
                     const char *format, va_list arguments) {
  struct text text = {0};
  text_vprintf(&text, translated(format), arguments);
  /* Without the path before it: "routing_key: give ..." would look like a secret itself. */
  redact_text(&text);
  struct reader_line *item = array_push(lines, count, sizeof *item);
  *item = (struct reader_line){.file = xstrdup(file), .line = node ? node->line : line, .column = node ? node->column : 0, .order = *count};
  item->text = text_format("%s%s%s", path ? path : "", path && *path ? ": " : "", text_get(&text));
  text_free(&text);
}

void reader_error(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) {
  if (reader->error_count >= READER_ERROR_LIMIT) {
    reader->errors_left_out++;
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  line_add(&reader->errors, &reader->error_count, reader->file, node, 0, path, format, arguments);
  va_end(arguments);
}

void reader_warn(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) {
  if (reader->warning_count >= READER_ERROR_LIMIT) return;
  va_list arguments;
  va_start(arguments, format);
  line_add(&reader->warnings, &reader->warning_count, reader->file, node, 0, path, format, arguments);
  va_end(arguments);
}

void reader_missing(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) {
  if (reader->missing_count >= READER_ERROR_LIMIT) return;
  va_list arguments;
  va_start(arguments, format);
  line_add(&reader->missing, &reader->missing_count, node ? reader->file : NULL, node, 0, path, format, arguments);
  va_end(arguments);
}

void reader_error_in(struct conf_reader *reader, const char *file, int line, const char *format, ...) {
  if (reader->error_count >= READER_ERROR_LIMIT) {
    reader->errors_left_out++;
    return;
  }
  va_list arguments;
  va_start(arguments, format);
  line_add(&reader->errors, &reader->error_count, file, NULL, line, NULL, format, arguments);
  va_end(arguments);
}

void reader_warn_in(struct conf_reader *reader, const char *file, int line, const char *format, ...) {
  if (reader->warning_count >= READER_ERROR_LIMIT) return;
  va_list arguments;
  va_start(arguments, format);
  line_add(&reader->warnings, &reader->warning_count, file, NULL, line, NULL, format, arguments);
  va_end(arguments);
}

static int compare_lines(const void *a, const void *b) {
  const struct reader_line *left = a, *right = b;
  int order = left->file && right->file ? strcmp(left->file, right->file) : (left->file != NULL) - (right->file != NULL);
  if (order == 0) order = left->line - right->line;
  if (order == 0) order = left->column - right->column;
  if (order == 0) order = left->order < right->order ? -1 : 1;
  return order;
}

static char **lines_take(struct reader_line **lines, size_t *count) {
  char **finished = NULL;
  if (*count) qsort(*lines, *count, sizeof **lines, compare_lines);
  for (size_t i = 0; i < *count; i++) {
    struct reader_line *line = &(*lines)[i];
    struct text text = {0};
    if (line->file) text_printf(&text, "%s:", line->file);
    if (line->line) text_printf(&text, "%d:", line->line);
    if (line->column) text_printf(&text, "%d:", line->column);
    text_printf(&text, "%s%s", text.length ? " " : "", line->text);
    /* The same mistake may be met by many ways; equal lines stand beside each other. */
    const char *former = finished ? finished[strings_count(finished) - 1] : NULL;
    if (!text_equal(former, text_get(&text))) strings_push(&finished, text_get(&text));
    text_free(&text);
    free(line->text);
    free(line->file);
  }
  free(*lines);
  *lines = NULL;
  *count = 0;
  return finished;
}

char **reader_take_errors(struct conf_reader *reader) {
  char **lines = lines_take(&reader->errors, &reader->error_count);
  if (reader->errors_left_out) {
    auto_free char *more = text_format(translated("%s%s%zu more errors are not shown"), reader->file ? reader->file : "",
                                       reader->file ? ": " : "", reader->errors_left_out);
    strings_push(&lines, more);
  }
  return lines;
}

char **reader_take_warnings(struct conf_reader *reader) {
  return lines_take(&reader->warnings, &reader->warning_count);
}

char **reader_take_missing(struct conf_reader *reader) {
  return lines_take(&reader->missing, &reader->missing_count);
}

void reader_free(struct conf_reader *reader) {
  strings_free(lines_take(&reader->errors, &reader->error_count));
  strings_free(lines_take(&reader->warnings, &reader->warning_count));
  strings_free(lines_take(&reader->missing, &reader->missing_count));
  free(reader->directory);
  *reader = (struct conf_reader){0};
}

char *reader_path(const char *prefix, const char *key) {
  if (!prefix || !*prefix) return xstrdup(key ? key : "");
  if (!key || !*key) return xstrdup(prefix);
  return text_format("%s.%s", prefix, key);
}

char *reader_resolve(const struct conf_reader *reader, const char *path) {
  if (*path == '/' || !*path || !reader->directory) return xstrdup(path);
  if (text_starts(path, "./")) path += 2;
  return text_format("%s/%s", reader->directory, path);
}

/* What a person can do about a file that cannot be read. */
static const char *advice(int error) {
  switch (error) {
    case ENOENT:
      return translated("check the path; inside a container, mount the file there");
    case EACCES:
    case EPERM:
      return translated("let the user that ejmon runs as read it");
    case EISDIR:
      return translated("name a file in it; docker makes a folder where a mounted file did not exist");
    case ENOTDIR:
      return translated("check the path");
    case EINVAL:
      return translated("name a regular file: a pipe or a device says something once only");
    default:
      return translated("check the file and the disk");
  }
}

static int slurp_fd(int fd, size_t limit, struct text *out) {
  char buffer[8192];
  for (;;) {
    ssize_t length = read(fd, buffer, sizeof buffer);
    if (length == 0) return 0;
    if (length > 0) {
      text_add_bytes(out, buffer, (size_t)length);
      if (out->length > limit) return -EFBIG;
      continue;
    }
    if (errno != EINTR) return -errno;
  }
}

/* The file of the same folder whose name is nearest to that of a missing one, or NULL. */
static char *file_nearest(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  auto_free char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
  DIR *directory = opendir(folder);
  if (!directory) return NULL;
  auto_strings char **names = NULL;
  size_t looked = 0;
  for (const struct dirent *entry; looked < FOLDER_LIMIT && (entry = readdir(directory)); looked++) {
    if (entry->d_name[0] != '.') strings_push(&names, entry->d_name);
  }
  closedir(directory);
  /* Short names of a folder are near to anything: "nope" is no "home". */
  size_t limit = strlen(name) / 5 < 3 ? strlen(name) / 5 : 3;
  const char *nearest = text_nearest_within(name, (const char *const *)names, limit);
  return nearest ? text_format("%s%s", slash ? folder : "", nearest) : NULL;
}

char *reader_refusal(const char *path, const char *verb, int error) {
  auto_free char *nearest = error == ENOENT ? file_nearest(path) : NULL;
  auto_free char *hint = nearest ? text_format(translated("did you mean %s?"), nearest) : xstrdup(advice(error));
  return text_format(text_equal(verb, "run") ? translated("%s cannot be run: %s; %s") : translated("%s cannot be read: %s; %s"), path,
                     lang_error(error), hint);
}

int reader_slurp(const char *path, size_t limit, struct text *ret_text, bool *ret_public, char **ret_error) {
  auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status = {0};
  auto_text struct text content = {0};
  int r = fd < 0 || fstat(fd, &status) < 0 ? -errno : 0;
  if (r == 0 && !S_ISREG(status.st_mode)) r = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
  if (r == 0) r = slurp_fd(fd, limit, &content);
  if (r == -EFBIG) {
    *ret_error = text_format(translated("%s is larger than %zu KiB"), path, limit >> 10);
  } else if (r < 0) {
    *ret_error = reader_refusal(path, "read", -r);
  } else {
    /* Docker's own secrets are world-readable inside the container on purpose. */
    if (ret_public) *ret_public = (status.st_mode & S_IROTH) && !text_starts(path, "/run/secrets/");
    *ret_text = content;
    content = (struct text){0};
  }
  return r;
}

bool reader_name_check(struct conf_reader *reader, const struct tree_node *key, const char *path) {
  size_t length = strlen(key->text);
  bool fits = length > 0 && length <= CONF_NAME_LIMIT && isalnum((unsigned char)key->text[0]);
  for (size_t i = 0; fits && i < length; i++) fits = isalnum((unsigned char)key->text[i]) || strchr("_.-", key->text[i]);
  if (!fits) {
    auto_text struct text shown = {0};
    text_add_printable(&shown, path, strlen(path), CONF_NAME_LIMIT + 16);
    reader_error(reader, key, NULL, "%s: a name has up to %d letters, digits, '-', '_' and '.', and begins with a letter or digit",
                 text_get(&shown), CONF_NAME_LIMIT);
  }
  return fits;
}

const struct tree_node *reader_section(struct conf_reader *reader, const struct tree_node *root, const char *key) {
  const struct tree_node *section = tree_get(root, key);
  if (!section || tree_is_null(section)) return NULL;
  if (section->type == TREE_MAPPING) return section;
  reader_error(reader, section, key, "%s stands where a mapping of keys is wanted", tree_type_name(section->type));
  return NULL;
}
