/* Reads versioned files and compares them with Rocket.Chat's settings; see layout.h. */
#include "checks/host/layout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checks/host/layout_codes.h"
#include "monitor/base/lang.h"

static const char *const prefixes[] = {"Layout_", "theme-custom-css", "theme-color-", "Custom_Script_"};

char *layout_id(const char *name) {
  size_t length = strcspn(name, ".");
  bool known = false;
  for (size_t i = 0; i < countof(prefixes); i++) known = known || text_starts(name, prefixes[i]);
  if (!known || text_ends(name, "~") || text_ends(name, ".orig") || text_ends(name, ".bak")) return NULL;
  return xstrndup(name, length);
}

void layout_folder_free(struct layout_folder *folder) {
  for (size_t i = 0; i < folder->count; i++) {
    free(folder->files[i].name);
    free(folder->files[i].id);
    free(folder->files[i].text);
  }
  free(folder->files);
  free(folder->trouble);
  *folder = (struct layout_folder){0};
}

/* --- the folder ------------------------------------------------------------------------------------------------------------------------
 */

static void note_trouble(struct layout_folder *folder, const char *what, int error) {
  if (folder->error) return;
  folder->error = error;
  folder->trouble = text_format("%s: %s", what, lang_error(-error));
}

/* A regular file's bytes, or -errno; a FIFO or a device is not opened for reading, which might wait for ever. */
static int read_whole(int folder, const char *name, char **ret_text) {
  auto_fd int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat state;
  if (fd < 0 || fstat(fd, &state) < 0) return -errno;
  if (!S_ISREG(state.st_mode)) return -EINVAL;
  if (state.st_size > LAYOUT_BYTES_LIMIT) return -EFBIG;
  char *bytes = xcalloc((size_t)state.st_size + 1, 1);
  ssize_t got = 0;
  for (ssize_t n = 1; n > 0 && got < state.st_size; got += n) {
    n = read(fd, bytes + got, (size_t)(state.st_size - got));
    if (n >= 0) continue;
    int r = -errno;
    free(bytes);
    return r;
  }
  *ret_text = bytes;
  return 0;
}

static int compare_files(const void *a, const void *b) {
  return strcmp(((const struct layout_file *)a)->name, ((const struct layout_file *)b)->name);
}

void layout_read(const char *path, struct layout_folder *ret_folder) {
  *ret_folder = (struct layout_folder){0};
  DIR *stream = opendir(path);
  if (!stream) {
    note_trouble(ret_folder, path, -errno);
    return;
  }
  for (struct dirent *entry; ret_folder->count < LAYOUT_FILE_LIMIT && (entry = readdir(stream));) {
    char *id = layout_id(entry->d_name), *text = NULL;
    if (!id) continue;
    int r = read_whole(dirfd(stream), entry->d_name, &text);
    if (r < 0) {
      note_trouble(ret_folder, entry->d_name, r);
      free(id);
      continue;
    }
    struct layout_file *file = array_push(&ret_folder->files, &ret_folder->count, sizeof *file);
    *file = (struct layout_file){.name = xstrdup(entry->d_name), .id = id, .text = text};
  }
  closedir(stream);
  if (ret_folder->count) qsort(ret_folder->files, ret_folder->count, sizeof *ret_folder->files, compare_files);
}

/* --- comparing -------------------------------------------------------------------------------------------------------------------------
 */

/* The lines without their ends; whatever ends them (LF, CR LF, CR), and without empty ones at the end of the text. */
static char **split_lines(const char *text, size_t *ret_count) {
  char **lines = NULL;
  size_t count = 0;
  while (*text) {
    size_t length = strcspn(text, "\r\n");
    auto_free char *line = xstrndup(text, length);
    strings_append(&lines, &count, line);
    text += length;
    if (text[0] == '\r' && text[1] == '\n') text++;
    if (*text) text++;
  }
  for (; count && !*lines[count - 1]; count--) {
    free(lines[count - 1]);
    lines[count - 1] = NULL;
  }
  *ret_count = count;
  return lines;
}

static char *shown(const char *line) {
  if (!line) return NULL;
  size_t length = strlen(line);
  if (length <= LAYOUT_LINE_SHOWN) return xstrdup(line);
  size_t cut = LAYOUT_LINE_SHOWN;
  while (cut > 0 && ((unsigned char)line[cut] & 0xc0) == 0x80) cut--; /* not within a character */
  return text_format("%.*s...", (int)cut, line);
}

void layout_compare(const char *versioned, const char *live, struct layout_difference *ret_difference) {
  size_t end_a, end_b, start = 0;
  auto_strings char **a = split_lines(versioned, &end_a), **b = split_lines(live, &end_b);
  *ret_difference = (struct layout_difference){0};
  while (start < end_a && start < end_b && strcmp(a[start], b[start]) == 0) start++;
  if (start == end_a && start == end_b) return;
  while (end_a > start && end_b > start && strcmp(a[end_a - 1], b[end_b - 1]) == 0) end_a--, end_b--;
  *ret_difference = (struct layout_difference){.line = (long)start + 1,
                                               .versioned = shown(start < end_a ? a[start] : NULL),
                                               .live = shown(start < end_b ? b[start] : NULL),
                                               .versioned_lines = (long)(end_a - start),
                                               .live_lines = (long)(end_b - start)};
}

void layout_difference_free(struct layout_difference *difference) {
  free(difference->versioned);
  free(difference->live);
  *difference = (struct layout_difference){0};
}

static struct finding *open_finding(struct finding *finding, const struct layout_file *file, struct findings *findings) {
  if (finding) return finding;
  return finding_add(findings, &LAYOUT_DRIFTED, "Rocket.Chat's %s is not what the versioned file %s says.", file->id, file->name);
}

void layout_judge(const struct layout_folder *folder, const json_t *values, bool complete, struct findings *findings) {
  struct finding *finding = NULL;
  bool seen = false;
  for (size_t i = 0; i < folder->count; i++) {
    const struct layout_file *file = &folder->files[i];
    const json_t *value = json_object_get(values, file->id);
    if (!json_is_string(value)) {
      if (!complete) continue; /* not told, which proves nothing */
      finding = open_finding(finding, file, findings);
      finding_evidence(finding, file->name, "a public setting of that name", "none: hidden, or not of this version");
      continue;
    }
    seen = true;
    struct layout_difference difference;
    layout_compare(file->text, json_string_value(value), &difference);
    if (difference.line) {
      finding = open_finding(finding, file, findings);
      auto_free char *what = text_format(translated("%s line %ld (%ld lines of the file, %ld of Rocket.Chat differ)"), file->name,
                                         difference.line, difference.versioned_lines, difference.live_lines);
      finding_evidence(finding, what, difference.versioned ? difference.versioned : translated("(the end)"), "%s",
                       difference.live ? difference.live : translated("(the end)"));
    }
    layout_difference_free(&difference);
  }
  if (seen && !finding) finding_pass(findings, &LAYOUT_DRIFTED);
}
