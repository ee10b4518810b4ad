/* The explanations of the postgres check's codes; no logic. */
#include "checks/postgres/db_codes.h"

const struct code db_no_client = {
    .name = "db/no-client",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "ejmon itself cannot talk to PostgreSQL",
                .meaning = "Nothing is known about the database: the fault is on ejmon's side.",
                .looks = "libpq is not installed, the address in the configuration cannot be read, or ejmon has no thread free.",
                .why = "A package is missing in ejmon's image, or a password with special characters stands unencoded in the URL.",
                .heals = "Install libpq5; percent-encode @ : / ? # in the password, or use url_file or PGPASSFILE.",
                .heals_not = "Anything done to the database.",
                .by_hand = "ejmon conf check; apt-get install libpq5",
                .refs = REFS("ej F46")}};

const struct code db_name_unknown = {
    .name = "db/name-unknown",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "Where ejmon runs, the database's name is not known",
                .meaning = "Nothing is known about the database itself. Whether web reaches it, EJ's pages tell (the django check).",
                .looks = "The resolver has no such name.",
                .why = "ejmon runs on the host, where the names of compose's network (postgres, db) do not exist; it is not in the stack's "
                       "network; the container is stopped, which takes its name away; or the name is misspelt.",
                .heals =
                    "Run ejmon in the stack's network, give it an address that it reaches (`stack.postgres`), or `postgres: off`. When "
                    "EJ's pages fail too: start postgres.",
                .heals_not = "Anything done to a database that EJ's pages can use.",
                .by_hand = "getent hosts <name>\ndocker-compose ps postgres",
                .refs = REFS("ej F43")}};

const struct code db_unreachable = {
    .name = "db/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL cannot be reached",
        .meaning =
            "Pages that need the database answer 500 at once; after a restart of web every page hangs for 30 s (60 s in generation C) and ends "
            "in 502 or 504.",
        .looks = "The port refuses, the connection is closed before any answer, or the name that was known is gone.",
        .why = "The container is stopped or being re-created, the volume or disk is full so that it does not start, or the network "
               "changed.",
        .heals = "Start postgres, read its log for the reason it stopped, then let web reconnect by itself.",
        .heals_not = "Restarting web (every worker then hangs in its start), migrate, db-reset, down -v (deletes the data).",
        .by_hand = "docker-compose ps postgres; docker-compose logs --tail 50 postgres; docker-compose up -d postgres",
        .refs = REFS("ej F43", "ej F47")}};

const struct code db_hung = {
    .name = "db/hung",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL accepts connections and does not answer",
        .meaning = "Every page that needs the database hangs until gunicorn kills its worker, then 502.",
        .looks = "The TCP connection opens, then nothing comes within the check's time-out.",
        .why = "The processes are stopped or starved: no memory, a frozen disk, an overloaded or paused host.",
        .heals = "Look at the host first: memory, disk, load; docker unpause if it was paused.",
        .heals_not = "kill -9 of postgres processes (forces crash recovery); restarting web.",
        .by_hand =
            "docker stats --no-stream; docker-compose exec postgres psql -U user -d db -c 'SELECT pid, state, wait_event, query FROM "
            "pg_stat_activity'",
        .refs = REFS("ej F35")}};

const struct code db_starting = {
    .name = "db/starting",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {.title = "PostgreSQL is starting, stopping or recovering",
                .meaning = "The site answers 500 until it has finished.",
                .looks = "SQLSTATE 57P03 or 57P01: \"the database system is starting up\".",
                .why = "It was restarted, or it replays its log after a crash; a long recovery means a hard stop before.",
                .heals = "Waiting. Follow the log: recovery tells how far it is.",
                .heals_not = "Restarting it again: recovery begins anew.",
                .by_hand = "docker-compose logs -f --tail 20 postgres",
                .refs = REFS("ej F43")}};

const struct code db_auth_failed = {
    .name = "db/auth-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL refuses the user or its password",
        .meaning = "If ejmon uses EJ's own credentials, EJ cannot log in either: 500 now, hanging starts after the next restart of web.",
        .looks = "SQLSTATE 28P01 or 28000: password authentication failed, no pg_hba.conf entry, role is not permitted to log in.",
        .why =
            "The volume was initialised with another POSTGRES_PASSWORD (it is read only when the volume is empty), or the password was changed on one "
            "side.",
        .heals = "Bring back the old password in DJANGO_DB_URL, or ALTER ROLE ... PASSWORD as the database's superuser.",
        .heals_not = "Changing POSTGRES_PASSWORD in config.env (ignored on a used volume); down -v (deletes the data).",
        .by_hand = "docker-compose logs --tail 20 postgres; docker-compose exec postgres psql -U postgres -c '\\du'",
        .refs = REFS("ej F44", "ej D3")}};

const struct code db_missing_database = {
    .name = "db/missing-database",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {.title = "The database of that name does not exist",
                .meaning = "EJ cannot work with this address.",
                .looks = "SQLSTATE 3D000: database \"...\" does not exist.",
                .why = "The name in the URL and the one on the volume differ: generation A's config.env said `table`, B's says `db`.",
                .heals = "Align the URL with the database that exists and holds the data.",
                .heals_not = "Creating an empty database of that name: the site then works without its data.",
                .by_hand = "docker-compose exec postgres psql -U user -d postgres -l",
                .refs = REFS("ej F45")}};

const struct code db_too_many_connections = {
    .name = "db/too-many-connections",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL takes no more connections",
        .meaning = "New requests fail with 500 as soon as a worker needs a new connection.",
        .looks = "SQLSTATE 53300: sorry, too many clients already.",
        .why = "More workers than max_connections allows, leaked connections, or a role with a CONNECTION LIMIT.",
        .heals = "Find who holds them and end the idle ones; then fewer workers or a larger max_connections.",
        .heals_not = "Restarting postgres blindly: the same clients come back.",
        .by_hand =
            "docker-compose exec postgres psql -U user -d db -c 'SELECT usename, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC'",
        .refs = REFS("ej F43")}};

const struct code db_connections_high = {
    .name = "db/connections-high",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "Nearly all of PostgreSQL's connections are in use",
        .meaning = "Nothing yet; when the rest is gone, pages fail with 500.",
        .looks = "The client connections are above the threshold of max_connections less the slots kept for superusers.",
        .why = "Too many workers, leaked or idle connections, a second stack on the same server.",
        .heals = "End idle connections, reduce workers, raise max_connections (needs a restart of postgres).",
        .heals_not = "Restarting postgres without finding who holds them.",
        .by_hand =
            "SELECT usename, application_name, client_addr, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC",
        .refs = REFS("ej F43")}};

const struct code db_slow = {
    .name = "db/slow",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL answers slowly",
        .meaning = "Every page gets slower by that much, for each query it makes.",
        .looks = "SELECT 1 took longer than the threshold, or a small query was ended by statement_timeout.",
        .why = "Disk or CPU is busy: a vacuum, a backup, a neighbour, missing memory.",
        .heals = "Find what runs: pg_stat_activity, the host's load and disk.",
        .heals_not = "Restarting web.",
        .by_hand =
            "SELECT pid, now() - query_start AS since, state, left(query, 80) FROM pg_stat_activity WHERE state <> 'idle' ORDER BY 2 DESC",
        .refs = REFS("ej F35")}};

const struct code db_locked = {
    .name = "db/locked",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "A table that every page needs is locked",
        .meaning = "Pages that read it wait too, until gunicorn kills their workers.",
        .looks = "A small SELECT was ended by lock_timeout (SQLSTATE 55P03).",
        .why = "A migration, VACUUM FULL, or a transaction left open by a person holds an exclusive lock.",
        .heals = "Let a running migration finish; otherwise end the holder with pg_terminate_backend().",
        .heals_not = "Restarting web: the new workers wait for the same lock.",
        .by_hand =
            "SELECT pid, pg_blocking_pids(pid), state, left(query, 80) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0",
        .refs = REFS("ej F49", "ej F35")}};

const struct code db_query_failed = {
    .name = "db/query-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL answers a simple query with an error",
        .meaning = "EJ's pages will meet the same error.",
        .looks = "The evidence has the SQLSTATE: 53100 disk full, 53200 out of memory, 58030 input/output error, XX001 damaged data.",
        .why = "The disk is full or broken, memory ran out, or a table is damaged. 42P01 just once: a migration was running.",
        .heals = "Free space or memory. Damaged data: stop, copy the data directory, then restore.",
        .heals_not = "Restarting over and over on a failing disk; VACUUM FULL on a full one.",
        .by_hand = "df -h; docker-compose logs --tail 50 postgres",
        .refs = REFS("ej F17", "ej F43")}};

const struct code db_read_only = {
    .name = "db/read-only",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {.title = "The server is a standby: nothing can be written",
                .meaning = "Pages may show, but logging in, voting and commenting fail with 500.",
                .looks = "pg_is_in_recovery() is true.",
                .why = "The address leads to a replica, or a server was restored with standby.signal left in place.",
                .heals = "Point DJANGO_DB_URL at the primary, or promote this server if the primary is gone for good.",
                .heals_not = "Promoting while the primary still runs: two diverging databases.",
                .by_hand = "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp()",
                .refs = REFS("ej F43")}};

const struct code db_no_privilege = {
    .name = "db/no-privilege",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {.title = "ejmon's database role may not read what it has to look at",
                .meaning = "Nothing for visitors; these points are not watched.",
                .looks = "SQLSTATE 42501, or the catalog says that the role has no SELECT. The evidence has the statements to run.",
                .why = "The role was made for ejmon without these grants, or tables were re-created since.",
                .heals = "Run the GRANT statements of the evidence as the tables' owner. They give no access to passwords or tokens.",
                .heals_not = "Making ejmon a superuser: far more than it needs.",
                .by_hand = "docker-compose exec postgres psql -U user -d db, then the GRANT statements",
                .refs = REFS("ej section 6")}};

const struct code db_fresh = {
    .name = "db/fresh",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "The database is empty: EJ's tables were never made here",
        .meaning =
            "If web uses this database, /conversations/ and /login/ answer 500. If the site works all the same, web uses another database.",
        .looks = "There is no table django_migrations, or it has no row of EJ's own apps.",
        .why = "A new volume, a wrong database name, or a missing DJANGO_DB_URL: web then silently writes to SQLite inside its container.",
        .heals =
            "A new install: python manage.py migrate --noinput, then createsuperuser. Otherwise correct the address, or restore the backup.",
        .heals_not = "migrate when data is missed: it only builds an empty site over the question where the data is.",
        .by_hand =
            "docker-compose exec postgres psql -U user -l; docker-compose exec web sh -c 'ls -l local/db; env | grep -c DJANGO_DB_URL'",
        .refs = REFS("ej F50", "ej F48", "ej F45", "guide \"Initializing the application\"")}};

const struct code db_tables_missing = {
    .name = "db/tables-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "Tables are missing that the database itself records as made",
        .meaning = "Pages that use them answer 500.",
        .looks = "django_migrations names the migration of an app, but the app's table does not exist.",
        .why = "A restore that was cut short, a table dropped by hand, or a faked migration.",
        .heals = "Restore the backup. With the SQL of the migration at hand, a person may rebuild the table.",
        .heals_not = "migrate: it believes that the table is there; migrate --fake: makes it worse.",
        .by_hand =
            "docker-compose exec postgres psql -U user -d db -c '\\dt'; docker-compose exec web python manage.py showmigrations --plan",
        .refs = REFS("ej F49", "ej F53")}};

const struct code db_migrations_pending = {
    .name = "db/migrations-pending",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "Migrations that this EJ needs are not recorded in the database",
        .meaning = "Pages that use the new columns answer 500; or nothing shows until the next start of web, which then may fail and loop.",
        .looks =
            "With a way into web: the image has a migration file that django_migrations does not record. Without one: rows of this generation are "
            "there for some apps and its last ones are missing for others, by EJ's published list; an image between two releases may rightly lack some.",
        .why = "migrate stopped half-way, the database was restored from an older backup, or rows were deleted by hand.",
        .heals = "Look at the plan first. If the columns are really missing: backup, then python manage.py migrate --noinput.",
        .heals_not =
            "Restarting web while the plan shows [ ]: where only the row is missing the start fails with \"already exists\" and loops. inv db "
            "without -m, migrate --fake, makemigrations.",
        .by_hand = "docker-compose exec web python manage.py showmigrations --plan | grep '\\[ \\]'",
        .refs = REFS("ej F49", "ej F54", "ej F53", "ej correction 8", "ej correction 22", "guide \"Initializing the application\"")}};

const struct code db_no_superuser = {
    .name = "db/no-superuser",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {.title = "Nobody can administer the site: there is no active superuser",
                .meaning = "Visitors notice nothing; /admin/ and the Rocket.Chat wizard are closed to everybody.",
                .looks = "No row of ej_users_user is is_superuser and is_active.",
                .why = "A new install without createsuperuser, or the last administrator was deactivated.",
                .heals = "docker-compose exec web python manage.py createsuperuser",
                .heals_not = "inv db-fake: it makes admin@admin.com with the password \"admin\" and fifty invented users.",
                .by_hand = "SELECT count(*) FROM ej_users_user WHERE is_superuser AND is_active",
                .refs = REFS("ej F55", "guide \"Initializing the application\"")}};

const struct code db_fake_accounts = {
    .name = "db/fake-accounts",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "Accounts of the demonstration data are active",
        .meaning =
            "Anybody who knows EJ's sources can log in, as administrator if admin@admin.com is a superuser, unless the passwords were changed. A "
            "superuser's /info/environment/ shows every variable of the container, passwords included.",
        .looks = "ej_users_user has an active admin@admin.com or user@user.com.",
        .why = "inv db-fake was run on this database; its default passwords are \"admin\" and \"user\".",
        .heals =
            "Change their passwords or deactivate them, at once. In generation A two more staff accounts with invented addresses came along.",
        .heals_not = "Deleting them blindly: their conversations and votes go with them.",
        .by_hand = "SELECT id, email, is_staff, is_superuser, is_active FROM ej_users_user WHERE is_staff OR is_superuser",
        .refs = REFS("ej F56", "ej D6", "ej correction 25", "guide \"Initializing the application\"")}};

const struct code db_rocket_tables_missing = {
    .name = "db/rocket-tables-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "The tables of the Rocket.Chat integration were never made",
        .meaning = "With the integration on, every page of the site answers 500; with it off, nobody can log in to Rocket.Chat through EJ.",
        .looks = "There is no table ej_rocketchat_rcconfig; every 500 carries X-Frame-Options: SAMEORIGIN and no Content-Security-Policy.",
        .why = "EJ_ROCKETCHAT_INTEGRATION was switched on after the last migrate.",
        .heals = "docker-compose exec web python manage.py migrate --noinput (after a backup), or re-creating web, whose start migrates.",
        .heals_not = "Changing frame settings; docker restart alone when config.env was edited.",
        .by_hand = "SELECT to_regclass('public.ej_rocketchat_rcconfig')",
        .refs = REFS("ej F51", "ej F58")}};

const struct code db_rocket_rows_many = {
    .name = "db/rocket-rows-many",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "Two or more Rocket.Chat configurations are active",
        .meaning = "With the integration on, every page of the site answers 500.",
        .looks =
            "ej_rocketchat_rcconfig has more than one row with is_active; every 500 carries SAMEORIGIN and no Content-Security-Policy.",
        .why = "The admin form allows it; EJ asks for exactly one row and dies on two.",
        .heals =
            "Deactivate all but the right one. Since /admin/ is down too: UPDATE ej_rocketchat_rcconfig SET is_active = false WHERE id = ... (a person, "
            "after a backup).",
        .heals_not =
            "migrate, restart, changing frame settings. Stop-gap of generation B: HTTP_ACCESS_CONTROL_ALLOW_ORIGIN and HTTP_X_FRAME_OPTIONS both set.",
        .by_hand = "SELECT id, url, api_url, is_active FROM ej_rocketchat_rcconfig ORDER BY id",
        .refs = REFS("ej F65", "ej correction 18")}};

const struct code db_rocket_row_differs = {
    .name = "db/rocket-row-differs",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "EJ's active Rocket.Chat configuration names another address",
        .meaning = "Rocket.Chat users never get logged in: the browser refuses EJ's answer and its message.",
        .looks =
            "The active row's url is not, byte for byte, Rocket.Chat's public origin; Access-Control-Allow-Origin shows the same wrong value.",
        .why =
            "Rocket.Chat moved, or the wizard was given a slash, a path, a port or an internal name. The row wins over EJ_ROCKETCHAT_URL.",
        .heals =
            "Correct url in the admin (RCConfig): scheme, host, port if not the default, no slash at the end; or deactivate the row and use the environment.",
        .heals_not = "Changing only the environment: the row wins.",
        .by_hand = "SELECT id, url, api_url, is_active FROM ej_rocketchat_rcconfig WHERE is_active",
        .refs = REFS("ej F64", "ej F61", "rocket 5.1/2")}};

const struct code db_rocket_no_row = {
    .name = "db/rocket-no-row",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "EJ has no active Rocket.Chat configuration",
        .meaning =
            "Generation A: nobody can log in to Rocket.Chat through EJ. Generation B: the same, unless the environment names address, admin and token.",
        .looks = "ej_rocketchat_rcconfig has no row with is_active.",
        .why = "The wizard was never completed, or the row was deactivated.",
        .heals = "Log in as superuser and complete the wizard at /talks/ (generation A: /talks/config/).",
        .heals_not = "In generation A: the environment alone (it reads a name that no setting defines). A restart.",
        .by_hand = "SELECT id, url, is_active FROM ej_rocketchat_rcconfig",
        .refs = REFS("ej F70", "ej F71", "guide \"Rocket.Chat integration\"")}};

const struct code *const db_codes[] = {&db_no_client,
                                       &db_name_unknown,
                                       &db_unreachable,
                                       &db_hung,
                                       &db_starting,
                                       &db_auth_failed,
                                       &db_missing_database,
                                       &db_too_many_connections,
                                       &db_connections_high,
                                       &db_slow,
                                       &db_locked,
                                       &db_query_failed,
                                       &db_read_only,
                                       &db_no_privilege,
                                       &db_fresh,
                                       &db_tables_missing,
                                       &db_migrations_pending,
                                       &db_no_superuser,
                                       &db_fake_accounts,
                                       &db_rocket_tables_missing,
                                       &db_rocket_rows_many,
                                       &db_rocket_row_differs,
                                       &db_rocket_no_row,
                                       &db_sqlite_in_use,
                                       &db_migrations_ahead,
                                       &db_migrations_broken,
                                       &db_sessions_bloated,
                                       &db_rocket_password_default,
                                       &db_rocket_password_clear,
                                       &db_rocket_no_accounts,
                                       &db_rocket_out_of_reach,
                                       &db_site_domain,
                                       NULL};
