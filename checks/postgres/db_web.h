/* Asks web, now and then, what it holds and whom it reaches (db_image.h), for the postgres check. */
#ifndef EJMON_DB_WEB_H
#define EJMON_DB_WEB_H

#include "checks/postgres/db_image.h"
#include "monitor/reach/place.h"

#define DB_WEB_EVERY 300.0       /* seconds between two looks into web that found all well: each costs a Python start there */
#define DB_WEB_SHARE 0.6         /* of the time left */
#define DB_WEB_SHORTEST_WAIT 0.5 /* with less than this left, web is not asked: a cold python takes as long */

struct db_web {
  struct db_image image;
  char *called;  /* where image's call went, or NULL */
  double looked; /* monotonic; 0: image is not known */
  bool answered; /* web could be asked once: what knows less is not asked any more */
};

struct db_web_question {
  struct place place;
  const char *app_root;           /* EJ's folder, or NULL */
  const char *call;               /* where EJ calls Rocket.Chat, or NULL */
  const struct db_schema *schema; /* the recorded migrations, or NULL: they could not be read */
};

/* Judges what web holds against the rows, asking it before where what is known is old or finds fault. What cannot be asked is not known,
 * which is no fault. 0 or -ECANCELED. */
int db_web_look(struct db_web *web, const struct db_web_question *question, struct findings *findings) must_check;
void db_web_free(struct db_web *web);

#endif
