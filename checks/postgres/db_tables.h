/* What the postgres check reads in EJ's tables: accounts, sessions, the site's row, Rocket.Chat's rows. One SELECT each, in a session that
 * cannot write; never a password or a token: such columns are compared in the server. */
#ifndef EJMON_DB_TABLES_H
#define EJMON_DB_TABLES_H

#include "checks/postgres/db_schema.h"
#include "monitor/database/pg.h"

struct db_look {
  struct pg *pg;
  const struct db_schema *schema;
  struct findings *findings;
  const char *rocketchat; /* Rocket.Chat's origin, or NULL */
  const char *site;       /* the site's URL, or NULL */
  const char *host;       /* the name that it goes by, or NULL */
  char generation;        /* 'A', 'B', 'C', or 0 */
};

/* Adds to the one db/no-privilege finding what to grant. */
void db_look_forbidden(const struct db_look *look, const char *schema, const char *table, const char *columns);

/* Each returns 0, also when its table is absent or may not be read, or what pg_query() did. */
int db_look_at_users(const struct db_look *look, struct pg_error *error) must_check;
int db_look_at_sessions(const struct db_look *look, struct pg_error *error) must_check;
int db_look_at_site(const struct db_look *look, struct pg_error *error) must_check;
int db_look_at_rocketchat(const struct db_look *look, struct pg_error *error) must_check;
/* Where EJ's own calls to Rocket.Chat go: the one active row's api_url, else its url. NULL when that is not known. */
int db_look_at_rocket_call(const struct db_look *look, char **ret_url, struct pg_error *error) must_check;

/* Pure: are so many expired sessions, beside so many live ones, worth a warning? */
bool db_sessions_are_bloated(long expired, long live);

#endif
