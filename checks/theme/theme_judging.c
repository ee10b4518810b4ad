/* What the parts of the theme judge share; see theme_judging.h. Pure. */
#include "checks/theme/theme_judging.h"

#include "monitor/base/lang.h"

size_t theme_judging_count(const struct theme_file *files, size_t count, enum theme_presence presence) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++) found += files[i].presence == presence;
  return found;
}

const char *theme_judging_absence(const struct theme_file *file) {
  return file->status == 404 ? "404" : file->status == 410 ? "410" : translated("no such file");
}
