/* The static volume and the sources it was collected from, read and compared by content on a worker thread. Finds nothing by itself.
 *
 * Disks block, and a hung NFS or a dying disk blocks for ever: so everything here runs on a worker, and its memory is kept until the worker
 * is back, however long the probe that asked is gone. What was compared once is not read again while size, mtime, ctime and inode of both
 * files are the same; ctime cannot be set by hand, so a change of content never hides behind an equal length or a copied mtime.
 *
 * Facts: EJ contract section 3: the sources of the static files are lib/themes/<t>/assets, lib/build, lib/assets, the first that has a file
 * wins; css/{main,rocket,hicontrast}.css come from <name>-<theme>.min.css; collectstatic leaves out names that begin with "." or end in
 * "~". */
#ifndef EJMON_THEME_VOLUME_H
#define EJMON_THEME_VOLUME_H

#include "checks/ej/theme_oracle.h"

#define THEME_FILE_LIMIT 4000            /* files compared in one look; EJ has about 340 */
#define THEME_BYTES_LIMIT (128ull << 20) /* bytes read in one look; EJ has 10 MB */
#define THEME_DEPTH_LIMIT 12             /* folders below each other */
#define THEME_KEY_FILE_LIMIT (1u << 20)  /* bytes kept of a file that the oracle reads */
#define THEME_EXAMPLE_LIMIT 5            /* names kept of each kind of difference */

/* The files that are kept whole, for the oracle. */
enum theme_key { KEY_MAIN_CSS, KEY_MANIFEST, KEY_LOGO, KEY_MAIN_JS, KEY_COUNT };
extern const char *const theme_key_paths[]; /* "css/main.css", "manifest.json", "img/logo/logo.svg", "js/main.js" */

/* What is collected how: the three CSS files by `inv collect` alone, the rest by collectstatic. */
enum theme_group { GROUP_CSS, GROUP_SCRIPT, GROUP_ASSET, GROUP_COUNT };
enum theme_difference {
  DIFFER_NOT,
  DIFFER_MISSING,   /* in the sources, not on the volume */
  DIFFER_EMPTY,     /* 0 bytes, its source is not */
  DIFFER_TRUNCATED, /* the beginning of its source */
  DIFFER_OTHER,     /* the same file of another theme */
  DIFFER_STALE,     /* other content, neither of these */
  DIFFER_COUNT
};
struct theme_differences {
  size_t count;
  char *examples[THEME_EXAMPLE_LIMIT]; /* "img/logo/logo.svg, which is of theme default" */
};

struct theme_volume_request {
  const char *static_root, *app_root; /* either may be NULL */
  const char *theme;                  /* the wanted theme, or NULL: then the sources are not compared */
  char *const *themes;                /* NULL-terminated: whose main-<name>.min.css are read too */
};

/* What was seen. Valid until the next look or free. */
struct theme_volume_sight {
  int volume_error, sources_error; /* 0; -errno: could not look; -ENODATA: not asked to, or app_root is no folder of this machine */
  struct theme_file keys[KEY_COUNT];
  struct theme_file *minified; /* css/main-<t>.min.css on the volume, one per request->themes */
  size_t minified_count;
  bool compared; /* the sources were walked to their end */
  size_t files;  /* compared */
  struct theme_differences differences[GROUP_COUNT][DIFFER_COUNT];
  /* app_root's lib/build/css/main-<theme>.min.css and lib/build/js/main.js: what the image holds. length alone, no bytes. */
  struct theme_file build_css, build_js;
};

struct theme_volume; /* owned by a check's state */

struct theme_volume *theme_volume_new(void) must_check;
void theme_volume_free(struct theme_volume *volume); /* also while a worker still reads: the worker's end frees it then */
/* Looks, inside a task. 0 with *ret_sight (which belongs to volume); -EBUSY while an earlier look has not come back (the disk hangs),
 * -ETIMEDOUT, -ECANCELED, -EAGAIN. */
int theme_volume_look(struct theme_volume *volume, const struct theme_volume_request *request,
                      const struct theme_volume_sight **ret_sight) must_check;
/* The same in the calling thread, for tests. */
const struct theme_volume_sight *theme_volume_look_now(struct theme_volume *volume, const struct theme_volume_request *request);

#endif
