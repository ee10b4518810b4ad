/* Asks web, now and then, what it holds (db_image.h), for the postgres check. */
#ifndef EJMON_DB_WEB_H
#define EJMON_DB_WEB_H

#include "checks/db_image.h"
#include "monitor/base/place.h"

#define DB_WEB_EVERY 300.0       /* seconds between two looks into web that found all well: each costs a Python start there */
#define DB_WEB_SHARE 0.6         /* of the time left */
#define DB_WEB_SHORTEST_WAIT 0.5 /* with less than this left, web is not asked: a cold python takes as long */

struct db_web {
  struct db_image image;
  double looked; /* monotonic; 0: image is not known */
  bool answered; /* web could be asked once: what knows less is not asked any more */
};

/* Judges what web holds against the rows (when `rows` says that they could be read), asking it before where what is known is old or
 * finds fault. What cannot be asked is not known, which is no fault. app_root: EJ's folder, or NULL. 0 or -ECANCELED. */
int db_web_look(struct db_web *web, const struct place *place, const char *app_root, const struct db_schema *schema, bool rows,
                struct findings *findings) must_check;
void db_web_free(struct db_web *web);

#endif
