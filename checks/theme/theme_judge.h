/* From what was seen of the static files and of a page to findings. Pure: the fetching is check_theme.c's, the reading theme_volume.c's.
 *
 * Facts: EJ contract section 3 and F01-F27. Over HTTP alone it can be known which theme CSS, manifest, logo and page are of, that a file is
 * missing, empty, or the beginning of another copy of itself; that a script is stale or cut short only by comparison with its source. Only
 * what was truly looked at is passed. */
#ifndef EJMON_THEME_JUDGE_H
#define EJMON_THEME_JUDGE_H

#include "checks/finding.h"
#include "checks/inside/inside.h"
#include "checks/inside/theme_volume.h"

struct theme_sight {
  const char *desired;                     /* EJ_THEME as it should be, as configured; NULL: nobody said */
  bool container_looked;                   /* EJ_THEME of the running container was read */
  const char *container;                   /* its value, NULL: not set there */
  char *const *themes;                     /* NULL-terminated: the names tried, the desired one among them; `inside` knows more */
  struct theme_file keys[KEY_COUNT];       /* over HTTP */
  const struct theme_file *minified;       /* css/main-<t>.min.css over HTTP, one per name */
  const char *page_theme;                  /* of the HTML; NULL: not seen, or it does not tell */
  const struct theme_volume_sight *volume; /* as mounted, and as seen inside of web; NULL: neither */
  const struct inside *inside;             /* NULL: not looked */
  /* The key files past the caches before nginx, and from where ("nginx itself", "the site with a fresh query"); NULL: not asked. */
  const struct theme_file *origin;
  const char *origin_name;
  const char *foreign_static; /* what theme_foreign_static() found in the page; NULL: nothing, or no page */
  int foreign_status;         /* of that address, 0: no answer */
  bool page_seen;
  bool web_serves, web_asked; /* web itself answered main.css with 200; it was asked */
  size_t relapses;            /* theme_history_relapses() */
  bool history;               /* more than one probe has seen the volume's theme */
};

void theme_judge(const struct theme_sight *sight, struct findings *out);

/* What only the look inside of web, the page and the probes before can tell; `css`: the theme of main.css on the volume, else as served, or
 * NULL. Called by theme_judge(). */
void theme_judge_inside(const struct theme_sight *sight, const char *css, struct findings *out);

/* The theme whose minified CSS equals main.css (the desired one if several do), or NULL; over HTTP, or on the volume where HTTP saw
 * nothing. Lives as long as the names tried and the look inside. */
const char *theme_judge_css(const struct theme_sight *sight);
/* The name to compare with: the desired one, put right if it is odd; NULL without one. free() it. */
char *theme_judge_wanted(const struct theme_sight *sight) must_check;

#endif
