/* What the serving web container holds that bears on its database: EJ's migration files, where its settings lead, an SQLite file, and
 * whether Rocket.Chat is reached from there.
 *
 * One small Python program, run inside web, reads files and environment names, and asks the address that EJ's active row names for
 * any answer; it imports nothing of EJ and prints no value of the environment but a URL's scheme. Everything else here is pure.
 *
 * Facts: EJ contract section 6 (squashes, F48, F49, F52-F54) and 9 (DB_HOST), corrections 8 (a squash also records what it replaces), 20,
 * 22 and 24. Django's own rule, which decides what the next start does: a migration that replaces others counts as applied when all of
 * these are recorded, and cannot be used when only some of them are. */
#ifndef EJMON_DB_IMAGE_H
#define EJMON_DB_IMAGE_H

#include "checks/postgres/db_schema.h"

#define DB_IMAGE_FILE_LIMIT 2000 /* migration files taken from one answer: EJ has some sixty */
#define DB_IMAGE_WORDS_LIMIT 200 /* characters of a reason that is shown */

struct db_file {
  char *app, *name;
  struct db_migration *replaces;
  size_t replace_count;
  bool unreadable; /* its `replaces` is no literal: nothing is said about its app */
};

struct db_image {
  struct db_file *files;
  size_t file_count;
  char *root;              /* EJ's folder in the container */
  char *engine;            /* "postgresql", "sqlite", or "" when it cannot be told without importing the settings */
  char *why;               /* what makes it so: "DJANGO_DB_URL is not set" */
  char **names;            /* of the environment: variables whose names tell the generation */
  char **marks;            /* what tells the generation: see ej_generation.h */
  char *sqlite;            /* path of an SQLite file that has EJ's tables, or NULL */
  double size, age, users; /* of that file: bytes, seconds since its last change, accounts in it */
  char *call;              /* why nothing answered where EJ calls Rocket.Chat; "" when something did; NULL: not asked, or not known */
};

extern const char db_image_program[]; /* the text of db_image_program.py */

/* Reads the program's answer, which may stand between foreign lines. 0, or -EPROTO. ret_image is always initialised. */
int db_image_read(const char *output, size_t length, struct db_image *ret_image) must_check;
void db_image_free(struct db_image *image);

/* Adds or passes db/migrations-pending, db/migrations-ahead and db/migrations-broken by the image's own files. */
void db_image_judge_migrations(const struct db_image *image, const struct db_schema *schema, struct findings *findings);
/* Adds or passes db/sqlite-in-use. */
void db_image_judge_engine(const struct db_image *image, struct findings *findings);
/* Adds or passes db/rocket-out-of-reach. url: what was asked; of it only the origin is shown. */
void db_image_judge_call(const struct db_image *image, const char *url, struct findings *findings);

#endif
