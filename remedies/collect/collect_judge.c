/* What the look into web means for a collect: would it work, is it needed, would it be enough? Pure: facts in, verdict and reasons out. */
#include <errno.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "remedies/collect/collect.h"

#define SPARE_BYTES (8 << 20) /* must stay free on the volume: the database may share its disk */

static const char *string_of(const json_t *object, const char *key) {
  return json_string_value(json_object_get(object, key));
}

static long long number_of(const json_t *object, const char *key) {
  return json_integer_value(json_object_get(object, key));
}

static void add_names(struct text *report, const json_t *names, long long count) {
  size_t index;
  json_t *name;
  json_array_foreach(names, index, name) {
    if (index == 5) break;
    const char *string = json_string_value(name);
    text_add(report, index > 0 ? ", " : "");
    text_add_printable(report, string == NULL ? "" : string, string == NULL ? 0 : strlen(string), 120);
  }
  if (count > (long long)index) text_printf(report, translated(" and %lld more"), count - (long long)index);
}

/* The theme that web was created with: a collect can only ever put that one in place. */
static int judge_theme(const json_t *look, const char *desired, struct text *report) {
  const char *theme = string_of(look, "theme");
  auto_text struct text shown = {0};
  if (theme == NULL) theme = "default";
  text_add_printable(&shown, theme, strlen(theme), 80);
  const char *repair =
      translated("correct config.env and re-create the container (`docker-compose up -d web`; a restart keeps the old environment)");
  if (theme[0] == '\0') {
    text_printf(report,
                translated("Web was created with an empty EJ_THEME, with which every collect fails: set a theme or remove the line; %s.\n"),
                repair);
  } else if (strchr(theme, '/') != NULL) {
    text_printf(report, translated("Web was created with EJ_THEME=%s; a theme must be a bare name: %s.\n"), text_get(&shown), repair);
  } else if (theme[strcspn(theme, "\"' ")] != '\0') {
    text_printf(report, translated("Web was created with EJ_THEME=%s, quotes or blanks included: %s.\n"), text_get(&shown), repair);
  } else if (desired != NULL && !text_equal(theme, desired)) {
    text_printf(report,
                translated("Web was created with EJ_THEME=%s, but the desired theme is %s: a collect would put %s in place again; %s.\n"),
                text_get(&shown), desired, text_get(&shown), repair);
  } else {
    return 0;
  }
  return -EPERM;
}

/* The files that `inv collect` copies: what is missing or empty in the image no collect can make. */
static int judge_sources(const json_t *look, struct text *report) {
  const char *theme = string_of(look, "theme"), *name;
  json_t *size;
  if (theme == NULL) theme = "default";
  json_object_foreach(json_object_get(look, "css"), name, size) {
    long long bytes = json_integer_value(size);
    if (bytes > 0) continue;
    if (bytes < 0) {
      text_printf(
          report,
          translated(
              "The image has no lib/build/css/%s-%s.min.css: a collect would fail and leave lib/build/css/%s.css empty. Themes it has: "),
          name, theme, name);
      const json_t *themes = json_object_get(look, "themes");
      add_names(report, themes, (long long)json_array_size(themes));
      text_add(report, ".\n");
    } else {
      text_printf(
          report,
          translated(
              "The image's own lib/build/css/%s-%s.min.css is empty (its build failed): a collect would publish an empty file. Go back "
              "to the previous image.\n"),
          name, theme);
    }
    return -EPERM;
  }
  if (json_object_size(json_object_get(look, "css")) == 0) return -EIO;
  if (number_of(look, "js") > 0) return 0;
  text_add(report,
           translated(
               "lib/build/js/main.js is missing or empty in web (`inv js` was run?): re-create the container, its image has the file.\n"));
  return -EPERM;
}

/* The place where it goes. */
static int judge_root(const json_t *look, struct text *report) {
  const char *root = string_of(look, "root"), *link = string_of(look, "link"), *unwritable = string_of(look, "unwritable");
  if (root == NULL) return -EIO;
  if (!json_is_true(json_object_get(look, "directory"))) {
    text_printf(report, translated("%s is not a folder.\n"), root);
  } else if (json_is_true(json_object_get(look, "holds_more"))) {
    text_printf(report,
                translated("%s holds more than static files (EJ itself, or all of local/): set static_root to the static folder alone.\n"),
                root);
  } else if (link != NULL) {
    text_printf(report, translated("%s is a symbolic link: what lies behind it is not ours to replace.\n"), link);
  } else if (unwritable != NULL) {
    text_printf(
        report,
        translated(
            "%s may not be written by user %lld, who runs web (the volume belongs to %lld): `chown -R %lld` on the host's side of it.\n"),
        unwritable, number_of(look, "user"), number_of(look, "owner"), number_of(look, "user"));
  } else {
    return 0;
  }
  return -EPERM;
}

static int judge_space(const json_t *look, struct text *report) {
  long long free_bytes = number_of(look, "free"), inodes = number_of(look, "inodes"), bytes = number_of(look, "bytes");
  long long files = number_of(look, "files");
  if (free_bytes < bytes + SPARE_BYTES) {
    text_printf(
        report,
        translated(
            "The volume has %lld bytes free and a collect needs %lld: free space first (look at local/logs/debug.log); clearing would "
            "lose the good copies.\n"),
        free_bytes, bytes + SPARE_BYTES);
    return -ENOSPC;
  }
  if (inodes >= 0 && inodes < files + 100) {
    text_printf(report, translated("The volume has %lld inodes left and a collect needs %lld: remove files first.\n"), inodes, files + 100);
    return -ENOSPC;
  }
  return 0;
}

/* Is it needed, and is it enough? */
static int judge_need(const json_t *look, bool clear, struct text *report) {
  const json_t *counts = json_object_get(look, "counts");
  if (!json_is_object(counts)) return -EIO;
  long long different = number_of(counts, "different"), missing = number_of(counts, "missing"), skipped = number_of(counts, "skipped");
  if (different == 0 && missing == 0) {
    text_printf(report, translated("Nothing to do: the volume already holds, byte for byte, the %lld files that a clean collect gives.\n"),
                number_of(look, "files"));
    return -EALREADY;
  }
  text_printf(report, translated("Of %lld files %lld differ"), number_of(look, "files"), different);
  if (different > 0) {
    text_add(report, " (");
    add_names(report, json_object_get(look, "different"), different);
    text_add(report, ")");
  }
  text_printf(report, translated(" and %lld are missing"), missing);
  if (missing > 0) {
    text_add(report, " (");
    add_names(report, json_object_get(look, "missing"), missing);
    text_add(report, ")");
  }
  text_printf(report, translated("; %lld on the volume belong to no source.\n"), number_of(counts, "extra"));
  if (clear || skipped == 0) return 0;
  text_printf(report,
              translated("collect would leave %lld of them stale, because collectstatic skips what looks unmodified by its time stamp: "),
              skipped);
  add_names(report, json_object_get(look, "skipped"), skipped);
  text_add(report, translated(". clear-collect replaces them.\n"));
  return -EPERM;
}

int collect_judge(const json_t *look, const char *desired, bool clear, struct text *report) {
  int r = judge_theme(look, desired, report);
  if (r == 0) r = judge_sources(look, report);
  if (r == 0) r = judge_root(look, report);
  if (r < 0) return r;
  const char *failed = string_of(look, "failed");
  if (failed != NULL) {
    /* A traceback says at its end what went wrong; what stands before it is for programmers. */
    size_t end = strlen(failed), start;
    while (end > 0 && strchr(" \t\r\n", failed[end - 1])) end--;
    for (start = end; start > 0 && failed[start - 1] != '\n';) start--;
    auto_text struct text said = {0};
    text_add_printable(&said, failed + start, end - start, 400);
    text_printf(report, translated("A trial collectstatic into an empty folder fails, so the real one would: %s\n"), text_get(&said));
    return strstr(failed, "Errno 28") != NULL ? -ENOSPC : -EPERM;
  }
  r = judge_space(look, report);
  return r < 0 ? r : judge_need(look, clear, report);
}
