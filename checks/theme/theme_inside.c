/* Keeps what was seen inside of web between probes, and lays it over what the mounted volume showed; judges nothing. */
#include "checks/theme/theme_inside.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/loop.h"

void theme_inside_free(struct theme_inside *inside) {
  inside_free(&inside->seen);
  inside_shadow_free(&inside->shadow);
  free(inside->shadow_stamp);
  free(inside->shadow_error);
  free(inside->error);
  *inside = (struct theme_inside){0};
}

static bool shadow_found(const struct inside_shadow *shadow) {
  for (size_t group = 0; group < GROUP_COUNT; group++)
    for (size_t kind = 0; kind < DIFFER_COUNT; kind++)
      if (shadow->differences[group][kind].count > 0) return true;
  return false;
}

const char *theme_inside_verb(const struct theme_inside *inside, enum theme_shadow shadow, bool compared_here, double now, double time_left,
                              const char **ret_stamp) {
  *ret_stamp = NULL;
  if (shadow == SHADOW_NEVER || (shadow == SHADOW_AUTO && compared_here)) return "look";
  if (time_left < SHADOW_LEAST_SECONDS || now < inside->retry_time) return "look";
  if (!inside->shadow_stamp) return "shadow";
  double age = now - inside->shadow_time;
  if (age >= SHADOW_SECONDS) return "shadow";
  /* What was found wrong is looked at again as soon as it changes: a repair shall not wait to be believed. */
  if (!shadow_found(&inside->shadow) && age < SHADOW_PAUSE_SECONDS) return "look";
  *ret_stamp = inside->shadow_stamp;
  return "shadow";
}

void theme_inside_keep(struct theme_inside *inside, double now) {
  struct inside_shadow *came = &inside->seen.shadow;
  if (came->error) {
    inside->retry_time = now + SHADOW_FAILED_SECONDS;
    free(inside->shadow_error);
    inside->shadow_error = xstrdup(came->error);
  }
  if (!came->done || !inside->seen.stamp) return;
  inside_shadow_free(&inside->shadow);
  free(inside->shadow_stamp);
  free(inside->shadow_error);
  inside->shadow_error = NULL;
  inside->shadow = *came;
  inside->shadow_stamp = xstrdup(inside->seen.stamp);
  inside->shadow_time = now;
  *came = (struct inside_shadow){0};
}

int theme_inside_look(struct theme_inside *inside, const struct place *place, const char *app_root, const char *theme,
                      enum theme_shadow shadow, bool compared_here, double timeout) {
  struct inside_request request = {.app_root = app_root, .theme = theme};
  request.verb = theme_inside_verb(inside, shadow, compared_here, loop_monotonic(), timeout, &request.stamp);
  struct inside seen = {0};
  char *error = NULL;
  int r = inside_look(place, &request, timeout, &seen, &error);
  /* The program keeps its own time; when even that was not kept, a shadow collect is what took it. */
  if (r == -ETIMEDOUT && text_equal(request.verb, "shadow")) inside->retry_time = loop_monotonic() + SHADOW_FAILED_SECONDS;
  inside_free(&inside->seen);
  free(inside->error);
  inside->seen = seen;
  inside->error = error;
  inside->looked = r == 0;
  if (r == 0) theme_inside_keep(inside, loop_monotonic());
  return r == -ECANCELED ? r : 0;
}

/* A file that only its size and digest are known of. */
static struct theme_file file_of(const struct inside *seen, const char *before, const char *name, const char *after) {
  auto_free char *path = text_format("%s%s%s", before, name, after);
  const struct inside_file *file = inside_find(seen, path);
  if (!file) return (struct theme_file){.presence = THEME_NOT_LOOKED};
  if (!file->present) return (struct theme_file){.presence = THEME_ABSENT};
  return (struct theme_file){.presence = THEME_PRESENT, .length = (size_t)file->size, .digest = file->digest};
}

static void merge_shadow(const struct theme_inside *inside, struct theme_volume_sight *sight) {
  bool known = inside->shadow.done && text_equal(inside->shadow_stamp, inside->seen.stamp);
  if (sight->compared || !known) return;
  memcpy(sight->differences, inside->shadow.differences, sizeof sight->differences);
  sight->compared = true;
  sight->sources_error = 0;
  sight->files = inside->shadow.files;
}

void theme_inside_merge(const struct theme_inside *inside, char *const *themes, const char *wanted, struct theme_file *minified,
                        struct theme_volume_sight *sight) {
  const struct inside *seen = &inside->seen;
  if (!inside->looked) return;
  if (sight->volume_error < 0) {
    for (size_t i = 0; i < KEY_COUNT; i++)
      sight->keys[i] = seen->root_there ? file_of(seen, "static/", theme_key_paths[i], "") : (struct theme_file){.presence = THEME_ABSENT};
    for (sight->minified_count = 0; themes && themes[sight->minified_count]; sight->minified_count++)
      minified[sight->minified_count] = file_of(seen, "static/css/main-", themes[sight->minified_count], ".min.css");
    sight->minified = minified;
    sight->volume_error = 0;
  }
  if (wanted && sight->build_css.presence == THEME_NOT_LOOKED) sight->build_css = file_of(seen, "lib/build/css/main-", wanted, ".min.css");
  if (sight->build_js.presence == THEME_NOT_LOOKED) sight->build_js = file_of(seen, "lib/build/js/", "main", ".js");
  merge_shadow(inside, sight);
}
