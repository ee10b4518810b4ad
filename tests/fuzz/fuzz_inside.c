/* What a program inside of web prints: whatever it is, reading it ends in a look or in an error with words, and judging the look ends. */
#include <stdlib.h>
#include <string.h>

#include "checks/host/disk_judge.h"
#include "checks/theme/theme_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(struct theme_inside *kept) {
  static char one[] = "default", two[] = "cpa";
  char *themes[] = {one, two, NULL};
  struct theme_file minified[2] = {{0}};
  struct theme_volume_sight merged = {.volume_error = -61, .sources_error = -61};
  theme_inside_merge(kept, themes, "default", minified, &merged);
  const struct theme_sight sight = {.desired = "default",
                                    .themes = themes,
                                    .volume = &merged,
                                    .inside = &kept->seen,
                                    .container_looked = true,
                                    .container = kept->seen.theme,
                                    .minified = minified};
  struct findings findings = {0};
  theme_judge(&sight, &findings);
  const struct disk_sight disk = {.inside = &kept->seen};
  disk_judge(&disk, &(struct disk_limits){.log = 1 << 30, .inodes = 2000}, &findings);
  findings_free(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct text input = {0};
  text_add_bytes(&input, data, size);
  struct theme_inside kept = {0};
  char *error = NULL;
  int r = inside_parse(text_get(&input), size, &kept.seen, &error);
  if ((r < 0) != (error != NULL)) abort();
  if (r == 0) {
    kept.looked = true;
    theme_inside_keep(&kept, 1);
    judge(&kept);
  }
  free(error);
  theme_inside_free(&kept);
  auto_free char *foreign = theme_foreign_static(text_get(&input), size);
  if (foreign && strlen(foreign) > size) abort();
  text_free(&input);
  return 0;
}
