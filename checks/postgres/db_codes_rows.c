/* More explanations of the postgres check's codes: which database web uses, what the image and the rows tell; no logic. */
#include "checks/postgres/db_codes.h"

const struct code db_sqlite_in_use = {
    .name = "db/sqlite-in-use",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ serves from an SQLite file inside its container, not from PostgreSQL",
        .meaning = "The site looks empty, and all that people write now is lost when the web container is re-created.",
        .looks =
            "web's environment names no PostgreSQL, and local/db/db.sqlite3 in the container has EJ's tables. Over HTTP nothing differs but the missing "
            "content. Only a look into web can tell: without docker or web_command this point is not watched, since a quiet PostgreSQL proves nothing.",
        .why =
            "DJANGO_DB_URL is missing or misspelt in config.env; generation C: DB_HOST is unset or is `db`, the service's own name, which EJ takes "
            "for \"none\".",
        .heals =
            "Copy local/db/db.sqlite3 out of the container, set DJANGO_DB_URL (C: DB_HOST to another name of the server), re-create web, and let a "
            "person carry over what was written meanwhile.",
        .heals_not = "migrate (the tables are there, in the wrong place); re-creating web before the copy: it deletes the file.",
        .by_hand = "docker-compose exec web ls -l local/db\n"
                   "docker-compose exec web sh -c 'env | grep -E \"^(DJANGO_DB_URL|DB_HOST)=\" | cut -d: -f1'",
        .refs = REFS("ej F48", "ej correction 20", "ej section 9")}};

const struct code db_migrations_ahead = {
    .name = "db/migrations-ahead",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "The database is ahead of the image: it records migrations that the image does not know",
        .meaning = "Pages may fail where the older code meets newer tables: a column without a default makes every write answer 500.",
        .looks =
            "django_migrations has a row, later than all the others of its app, that is neither a file of the image nor named in any `replaces`. Rows "
            "without a file alone are no fault: recording a squash records what it replaces.",
        .why =
            "The image was rolled back, the wrong tag was deployed, or somebody ran inv db without -m: it makes *_auto_* migrations in a container "
            "that is gone since.",
        .heals = "Deploy the image that belongs to the database, or restore the backup that belongs to the image.",
        .heals_not =
            "Migrating backwards without the newer image: the files that could undo the step are not here. Deleting the row: the columns stay.",
        .by_hand =
            "docker-compose exec web python manage.py showmigrations --plan\n"
            "docker-compose exec postgres psql -U user -d db -c 'SELECT app, name, applied FROM django_migrations ORDER BY id DESC LIMIT 20'",
        .refs = REFS("ej F52", "ej correction 8")}};

const struct code db_migrations_broken = {
    .name = "db/migrations-broken",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "Only some of the migrations that a squash replaces are recorded",
        .meaning =
            "Nothing until the next start of web: its migrate then fails (NodeNotFoundError, \"already exists\"), and web restarts in a loop.",
        .looks =
            "A migration of the image replaces several older ones, and django_migrations has some of them but not all. One that ej_conversations "
            "replaces (0005_auto_20190701_1443) has no file in the repository at all.",
        .why = "The database came from an image between two squashes, rows were deleted by hand, or --fake was used.",
        .heals = "A person compares the tables with the migrations and records the missing rows, after a backup.",
        .heals_not = "A restart of web (it would loop); migrate --fake, blindly; deleting rows.",
        .by_hand =
            "docker-compose exec web python manage.py showmigrations --plan\n"
            "docker-compose exec postgres psql -U user -d db -c \"SELECT id, app, name FROM django_migrations WHERE app LIKE 'ej\\_%' ORDER BY id\"",
        .refs = REFS("ej F53", "ej F54", "ej correction 8", "ej correction 22")}};

const struct code db_sessions_bloated = {
    .name = "db/sessions-bloated",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "Expired sessions pile up in the database",
        .meaning = "Little yet: backups grow, and the table is slow to scan. Visitors notice it only when the disk is full.",
        .looks = "django_session holds thousands of expired rows, many times the live ones.",
        .why = "EJ never schedules clearsessions; every visit of a robot leaves a row.",
        .heals = "python manage.py clearsessions, and once a week by cron on the host.",
        .heals_not = "TRUNCATE django_session: it logs everybody out. Restarts.",
        .by_hand =
            "docker-compose exec postgres psql -U user -d db -c 'SELECT count(*), count(*) FILTER (WHERE expire_date < now()) FROM django_session'\n"
            "docker-compose exec web python manage.py clearsessions",
        .refs = REFS("ej F57", "ej section 6")}};

const struct code db_rocket_password_default = {
    .name = "db/rocket-password-default",
    .severity = SEVERITY_WARNING,
    .layer = "database",
    .explain = {
        .title = "EJ's row for Rocket.Chat holds the password that its migration wrote",
        .meaning = "Logging in to Rocket.Chat fails once the stored token expires; and if it is the real password, it is published.",
        .looks =
            "ej_rocketchat_rcconfig.admin_password equals the migration's default, `password1234`. ejmon compares it in the server and never reads it.",
        .why = "The row is older than the column, which the migration filled with its default.",
        .heals = "Complete the wizard anew with the administrator's real password; change it in Rocket.Chat if it was this one.",
        .heals_not = "Emptying the column while the token still works: the next renewal fails.",
        .by_hand =
            "docker-compose exec postgres psql -U user -d db -c \"SELECT id, admin_password = 'password1234' FROM ej_rocketchat_rcconfig WHERE is_active\"",
        .refs = REFS("ej D8", "ej F73")}};

const struct code db_rocket_password_clear = {
    .name = "db/rocket-password-clear",
    .severity = SEVERITY_INFO,
    .layer = "database",
    .explain = {
        .title = "The password of Rocket.Chat's administrator stands in clear in EJ's database",
        .meaning = "Who can read the database, or a backup of it, is Rocket.Chat's administrator.",
        .looks =
            "The active row of ej_rocketchat_rcconfig has an admin_password. Seen only by a role that may read the column; ejmon does not ask for it.",
        .why = "Generation B's wizard keeps it to log in again when the token has expired; EJ knows no other way.",
        .heals = "Nothing in EJ. Give Rocket.Chat's EJ user a password of its own, guard the backups, restrict the database's roles.",
        .by_hand = "docker-compose exec postgres psql -U user -d db -c \"SELECT id, admin_password <> '' FROM ej_rocketchat_rcconfig\"",
        .refs = REFS("ej D8", "ej correction 19")}};

const struct code db_rocket_no_accounts = {
    .name = "db/rocket-no-accounts",
    .severity = SEVERITY_INFO,
    .layer = "database",
    .explain = {
        .title = "No user of EJ has a Rocket.Chat account yet",
        .meaning =
            "Only superusers can make one. Everybody else who opens Rocket.Chat gets 401 (generation A: 500) until the permission is granted.",
        .looks = "ej_rocketchat_rcaccount has no active row, and, where it may be read, nobody holds can_create_account.",
        .why = "The guide's step is still to be done: \"Regular users do not have permission to connect to Rocket.Chat\".",
        .heals = "Grant \"can create account\" to users or to a group in /admin/.",
        .heals_not = "Changing frame or Rocket.Chat settings: the users lack a permission in EJ.",
        .by_hand = "docker-compose exec postgres psql -U user -d db -c 'SELECT count(*) FROM ej_rocketchat_rcaccount WHERE is_active'",
        .refs = REFS("ej F76", "ej correction 7", "guide \"Rocket.Chat integration\"")}};

const struct code db_rocket_out_of_reach = {
    .name = "db/rocket-out-of-reach",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "From inside of web, Rocket.Chat is not there where EJ calls it",
        .meaning = "EJ cannot log its users in: in generation A nobody gets into Rocket.Chat any more, in B nobody new, and no superuser.",
        .looks =
            "Asked from inside of web, the active row's api_url (when empty: its url) refuses the connection, or does not answer in 3 s.",
        .why = "The address is one that only the host or the public knows, Rocket.Chat's service was renamed, the two stacks share no "
               "network, or a firewall lets web out nowhere.",
        .heals = "The right api_url in EJ's admin (RCConfig), such as http://rocketchat:3000; a network that both services are in.",
        .heals_not = "Restarting web or Rocket.Chat; CORS and frame settings; EJ_ROCKETCHAT_API_URL, while a row is active.",
        .by_hand =
            "docker-compose exec postgres psql -U user -d db -c 'SELECT url, api_url FROM ej_rocketchat_rcconfig WHERE is_active'\n"
            "docker-compose exec web python3 -c \"import urllib.request as u; print(u.urlopen('http://rocketchat:3000/api/info').read())\"",
        .refs = REFS("ej F72", "ej correction 6", "rocket 5.1/12")}};

const struct code db_site_domain = {
    .name = "db/site-domain",
    .severity = SEVERITY_INFO,
    .layer = "database",
    .explain = {.title = "The site's domain in the database is still the one that EJ's migration wrote",
                .meaning = "Links that EJ builds from it, in e-mails above all, lead to ejplatform.org.br instead of this site.",
                .looks = "django_site has the domain ejplatform.org.br, and the site has another name.",
                .why = "Migration sites.0003 writes it into every new database.",
                .heals = "Correct the domain in /admin/sites/site/.",
                .heals_not = "DJANGO_HOSTNAME: it does not reach this row.",
                .by_hand = "docker-compose exec postgres psql -U user -d db -c 'SELECT id, domain FROM django_site'",
                .refs = REFS("ej section 6")}};
