/* What the parts of the theme judge share: theme_judge.c and theme_judge_served.c alone include it. */
#ifndef EJMON_THEME_JUDGING_H
#define EJMON_THEME_JUDGING_H

#include "checks/theme/theme_judge.h"

/* What the judging of one sight carries along. */
struct theme_judging {
  const struct theme_sight *sight;
  struct findings *out;
  const struct theme_file *keys, *minified; /* the copies that are judged: HTTP's, or the volume's where HTTP saw none */
  const char *wanted;                       /* NULL: nobody said */
  const char *css;                          /* the theme of main.css, NULL: not known */
  bool css_wrong;
  struct theme_file past_caches[KEY_COUNT]; /* what nginx itself has, where a cache gives visitors something else */
  bool sources_asked, sources_seen;         /* app_root is configured; its files were compared */
};

/* What was seen in the place of a file that is not there: "404", "no such file". */
const char *theme_judging_absence(const struct theme_file *file);
size_t theme_judging_count(const struct theme_file *files, size_t count, enum theme_presence presence);
/* Do the files come at all, and from where? Chooses the copies to judge; false when there is nothing to judge any further. */
bool theme_judging_routes(struct theme_judging *judge);

#endif
