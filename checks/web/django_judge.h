/* From the answers of Django's views to findings. Pure: the fetching is check_django.c's.
 *
 * Facts: EJ contract sections 4 and 5 with ej-corrections 1-5, 11, 12, 17, 18: which views touch the database, what a 500 with and without
 * the frame headers means, and that /start/ of generation C is 500 in the healthiest install. */
#ifndef EJMON_DJANGO_JUDGE_H
#define EJMON_DJANGO_JUDGE_H

#include "checks/finding.h"
#include "checks/web/web_fetch.h"

/* In the order in which they are asked: the cheapest first, so that a dead worker is known early. */
enum django_path {
  DJANGO_SHALLOW, /* /sw.js: no database while the integration is off */
  DJANGO_DEEP,    /* /conversations/: needs the database in all generations and themes */
  DJANGO_MISSING, /* a path of two segments that nothing serves: Django's 404, which tells DEBUG and the generation */
  DJANGO_ADMIN,
  DJANGO_LOGIN,
  DJANGO_START,
  DJANGO_PATH_COUNT
};

struct django_lane {
  bool used;        /* this way to Django is configured */
  bool direct;      /* straight to the web container, not through nginx */
  bool own_headers; /* the judge's: Django's headers are known here, without what a proxy adds to them */
  struct web_fetch fetches[DJANGO_PATH_COUNT];
  bool tried[DJANGO_PATH_COUNT];
  const char *trap[DJANGO_PATH_COUNT]; /* of web_walk_trap(): the view redirects, and no browser gets through */
};

#define DJANGO_KILL_SECONDS 25.0 /* gunicorn kills a silent worker after 30 s; a 502 after less than this has another reason */

#define DJANGO_ADMIN_PATH "/admin/" /* where the admin is unless DJANGO_ADMIN_URL moved it */

/* lanes[0] is the one through nginx. Adds findings, passes, facts and measures; takes from what was seen through nginx what a proxy added
 * to it. */
void django_judge(struct django_lane *lanes, size_t lane_count, double slow, struct findings *out);

/* True when the views asked so far say that asking more of them is no use: two silent ones, or nobody there. */
bool django_lane_is_dead(const struct django_lane *lane);

#endif
