/* What EJ's tables and recorded migrations tell without the image: the generation, what is missing, what ejmon may not read. Pure: no I/O.
 *
 * Facts: EJ contract section 6 and 9 (the last migration of each app in A, B and C), corrections 8 (unknown rows are no fault: a squash
 * also records what it replaces), 20 and 22. The lists hold only names that the contract states. Nothing here is ever proof that a
 * migration was not run: only `manage.py showmigrations --plan` inside the image knows, which ejmon's texts say. */
#ifndef EJMON_DB_SCHEMA_H
#define EJMON_DB_SCHEMA_H

#include "checks/finding.h"

/* A column that the check reads, or an app's anchor ("id"): does it exist, and may this role read it? */
struct db_column {
  char *schema, *table, *column;
  bool readable;
};

struct db_migration {
  char *app, *name;
  long order; /* its row's id, which tells what was recorded after what; 0: not known */
};

struct db_schema {
  struct db_column *columns;
  size_t column_count;
  struct db_migration *migrations;
  size_t migration_count;
};
void db_schema_free(struct db_schema *schema);

/* The catalog query that fills `columns`: rows (schema, table, column, readable), the schema public first. No parameters, no privilege
 * needed. */
const char *db_schema_sql(void);

enum db_access { DB_ABSENT, DB_FORBIDDEN, DB_READABLE };
/* May all of `columns` (NULL-terminated) of the table be read? The first schema that has the table counts; *ret_schema (may be NULL) names
 * it. */
enum db_access db_schema_access(const struct db_schema *schema, const char *table, const char *const *columns, const char **ret_schema);
bool db_schema_recorded(const struct db_schema *schema, const char *app, const char *name); /* name NULL: any migration of the app */

/* 'A', 'B', 'C', or 0 when the rows do not tell. */
char db_schema_generation(const struct db_schema *schema);

/* Adds or passes db/fresh and db/tables-missing. Returns false when the database is fresh: then nothing else is worth a look. */
bool db_schema_judge(const struct db_schema *schema, struct findings *findings);
/* Without a look into the image: adds or passes db/migrations-pending by the contract's lists, and db/migrations-ahead when the rows are of
 * a later generation than the configuration says (generation 0: what the rows say, and nothing is ahead). */
void db_schema_judge_rows(const struct db_schema *schema, char generation, struct findings *findings);
/* Adds to db/migrations-pending the tables whose app has no row at all: the next start would make them again (correction 22). */
void db_schema_judge_unrecorded(const struct db_schema *schema, char generation, struct findings *findings);

/* "a" quoted as an SQL identifier. */
char *db_quote(const char *identifier) must_check;

#endif
