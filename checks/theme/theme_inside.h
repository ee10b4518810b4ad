/* What the theme check keeps of its looks inside of web, when it asks for a shadow collect, and how that fills what no mounted volume
 * shows.
 *
 * A shadow collect costs seconds of CPU, so its result is kept for as long as the stamp of the files stays the same. */
#ifndef EJMON_THEME_INSIDE_H
#define EJMON_THEME_INSIDE_H

#include "checks/inside/inside.h"
#include "checks/theme/theme_judge.h"

#define SHADOW_SECONDS 3600.0       /* after so long the files are compared again although nothing seems to have changed */
#define SHADOW_PAUSE_SECONDS 60.0   /* a change is followed no sooner than this after a shadow collect that found nothing wrong */
#define SHADOW_FAILED_SECONDS 600.0 /* and a shadow collect that failed is tried again no sooner than this */
#define SHADOW_LEAST_SECONDS 4.0    /* with less time than this none is begun */

struct theme_inside {
  bool looked;        /* by the last look */
  struct inside seen; /* of the last look */
  char *error;        /* why it could not look, or NULL */
  char *shadow_error; /* why the last shadow collect failed, until one succeeds */
  struct inside_shadow shadow;
  char *shadow_stamp;             /* of the files that it compared, NULL: there is none */
  double shadow_time, retry_time; /* monotonic */
};
enum theme_shadow { SHADOW_AUTO, SHADOW_ALWAYS, SHADOW_NEVER };

/* Pure: "look" or "shadow", and the stamp to give along. compared_here: a mounted volume and its sources were compared already. */
const char *theme_inside_verb(const struct theme_inside *inside, enum theme_shadow shadow, bool compared_here, double now, double time_left,
                              const char **ret_stamp);
/* Pure: takes the shadow collect of the last look, if it brought one. */
void theme_inside_keep(struct theme_inside *inside, double now);
/* Looks, inside a task; inside->looked says whether it could. 0, or -ECANCELED. */
int theme_inside_look(struct theme_inside *inside, const struct place *place, const char *app_root, const char *theme,
                      enum theme_shadow shadow, bool compared_here, double timeout) must_check;
/* Adds to `sight` (a copy of the volume's, or an empty one with -ENODATA for both errors) what only the look inside showed. `minified`:
 * room for one file per theme; what is put there lives as long as `inside` is not changed. */
void theme_inside_merge(const struct theme_inside *inside, char *const *themes, const char *wanted, struct theme_file *minified,
                        struct theme_volume_sight *sight);
void theme_inside_free(struct theme_inside *inside);

#endif
