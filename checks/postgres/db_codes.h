/* The codes of the postgres check: what each one means is in db_codes.c and db_codes_rows.c, who raises it in
 * check_postgres.c, db_schema.c, db_image.c and db_tables.c. */
#ifndef EJMON_DB_CODES_H
#define EJMON_DB_CODES_H

#include "checks/finding.h"

extern const struct code db_no_client, db_name_unknown, db_unreachable, db_hung, db_starting, db_auth_failed, db_missing_database,
    db_too_many_connections, db_connections_high, db_slow, db_locked, db_query_failed, db_read_only, db_no_privilege, db_fresh,
    db_tables_missing, db_migrations_pending, db_no_superuser, db_fake_accounts, db_rocket_tables_missing, db_rocket_rows_many,
    db_rocket_row_differs, db_rocket_no_row, db_sqlite_in_use, db_migrations_ahead, db_migrations_broken, db_sessions_bloated,
    db_rocket_password_default, db_rocket_password_clear, db_rocket_no_accounts, db_rocket_out_of_reach, db_site_domain;

extern const struct code *const db_codes[]; /* all of them, NULL-terminated */

#endif
