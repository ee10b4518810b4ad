/* Causes that only EJ's own rows and the image in use tell: which database it is, and whether the code and the tables belong together. Data
 * only; none has a plan, as in rules_database.c. */
#include "monitor/rules/table.h"

#define RANK_BELOW_WEB (RANK_NGINX + 50) /* as in rules_database.c */

/* A start that cannot migrate ends web: nothing, 502, or the pages of the half-changed tables. */
#define SYMPTOMS_OF_A_FAILED_START                                                                                                     \
  "django/server-error", "django/application-failed", "django/unreachable", "django/wrong-answer", "nginx/server-error",               \
      "nginx/bad-gateway", "frame/page-failed", "frame/unreachable", "login/api-failed", "login/unreachable", "logs/relation-missing", \
      "logs/web-start-failed", "logs/upstream-refused"

#define PSQL "docker-compose exec postgres psql -U user -d db "
#define SHOW_PLAN "docker-compose exec web python manage.py showmigrations --plan"

const struct rule rules_database_rows[] = {
    {.code = "database/silent-sqlite",
     .summary = "EJ serves from an SQLite file inside its container: what people write now is lost when the container is re-created.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST("db/sqlite-in-use"),
     .proof = LIST("env/database-unset"),
     .explains = LIST("db/fresh", "database/unused", "database/fresh", SYMPTOMS_OF_A_FAILED_START, "frame/header-layer-failed",
                      "django/header-layer-failed"),
     .refused = (const struct rule_refusal[]){{"migrate", "the tables are there already, in the wrong database"},
                                              {"re-create web",
                                               "with the container goes the file, and all that was written since; copy it out first"},
                                              {"db-reset", "it deletes the very file that holds what people wrote"},
                                              {NULL, NULL}},
     .by_hand = LIST("docker cp $(docker-compose ps -q web):/app/local/db/db.sqlite3 .    # first of all",
                     "docker-compose exec web sh -c 'env | grep -E \"^(DJANGO_DB_URL|DB_HOST)=\" | cut -d: -f1'",
                     "# then set DJANGO_DB_URL in config.env, and", "docker-compose up -d web"),
     .explain = {.title = "EJ silently uses SQLite instead of PostgreSQL",
                 .meaning = "Visitors find an empty site, and what they write to it will be lost.",
                 .looks =
                     "The site answers everywhere; the accounts and consultations are gone; local/db/db.sqlite3 in the container grows.",
                 .why = "DJANGO_DB_URL is missing or misspelt (generation C: DB_HOST is unset or `db`), and EJ's default is SQLite.",
                 .heals = "Copying the file out, setting the URL, re-creating web; then a person carries the new rows over.",
                 .heals_not = "migrate, db-reset, re-creating web before the copy.",
                 .refs = LIST("ej F48", "ej correction 20", "ej section 9")}},
    {.code = "database/broken-squash",
     .summary =
         "The record of migrations is broken: only some of those that a squash replaces are there, and the next start of web will fail.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 3,
     .all = LIST("db/migrations-broken"),
     .explains = LIST("db/migrations-pending", "database/pending-migrations", SYMPTOMS_OF_A_FAILED_START),
     .refused = (const struct rule_refusal[]){{"restart web", "its start migrates, fails at this record, and loops"},
                                              {"migrate", "it fails as the start does: NodeNotFoundError or \"already exists\""},
                                              {"migrate --fake", "blindly it records what never ran, and hides columns that are missing"},
                                              {NULL, NULL}},
     .by_hand = LIST("docker-compose exec postgres pg_dump -U user db > backup.sql",
                     PSQL "-c \"SELECT id, app, name, applied FROM django_migrations WHERE app LIKE 'ej\\_%' ORDER BY id\"", SHOW_PLAN,
                     "# compare the tables with the squash's operations, then record what is really there"),
     .explain = {.title = "A squash is recorded by halves",
                 .meaning = "Nothing until web starts again; then the site is down until somebody repairs the record.",
                 .why = "The database comes from an image between two squashes, or rows of django_migrations were deleted.",
                 .heals = "A person completes the record after comparing it with the tables.",
                 .heals_not = "A restart, migrate, --fake without looking.",
                 .refs = LIST("ej F53", "ej F54", "ej correction 22")}},
    {.code = "database/ahead",
     .summary = "The database is ahead of the image in use: it records migrations that this image does not know.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 2,
     .all = LIST("db/migrations-ahead"),
     .explains = LIST("django/server-error", "django/database-pages-failed", "django/application-failed", "nginx/server-error",
                      "frame/page-failed", "login/api-failed"),
     .refused = (const struct rule_refusal[]){{"migrate", "this image has no file that could go forward or back"},
                                              {"restart web", "the image and the rows stay as they are"},
                                              {"delete the rows", "the newer columns and tables stay, and are recorded nowhere then"},
                                              {NULL, NULL}},
     .by_hand = LIST("docker-compose images web    # is this the image that was meant?",
                     PSQL "-c 'SELECT app, name, applied FROM django_migrations ORDER BY id DESC LIMIT 20'", SHOW_PLAN),
     .explain = {.title = "Newer tables under older code",
                 .meaning = "Some pages may fail, those that write above all.",
                 .why =
                     "The image was rolled back after its successor had migrated, or makemigrations was run in a container that is gone.",
                 .heals = "The newer image, or the backup that belongs to this one.",
                 .heals_not = "migrate, a restart, deleting rows.",
                 .refs = LIST("ej F52", "ej correction 8")}},
    {.code = "database/failing",
     .summary = "PostgreSQL answers simple queries with errors: its disk is full or failing, or a table is damaged.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 4,
     .all = LIST("db/query-failed"),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, "django/header-layer-failed", "frame/header-layer-failed", "db/slow"),
     .refused =
         (const struct rule_refusal[]){
             {"restart postgres", "on a failing disk each start may lose more; its log says first what is wrong"},
             {"VACUUM FULL", "it writes every table anew: on a full or failing disk that ends badly"},
             {"zero_damaged_pages", "it throws the damaged rows away for good; only after a copy, and by who knows it"},
             {NULL, NULL}},
     .by_hand = LIST(
         "df -h; dmesg | tail", "docker-compose logs --tail 50 postgres",
         "docker run --rm -v deploy_db_ej:/data:ro -v $PWD:/copy alpine tar czf /copy/db_ej.tgz /data    # a copy, with postgres stopped"),
     .explain = {.title = "PostgreSQL cannot read its own data",
                 .meaning = "Pages that need the damaged table, or any write, fail for everybody.",
                 .looks = "The finding's SQLSTATE: 53100 disk full, 53200 out of memory, 58030 input/output error, XX001 damaged data.",
                 .why = "The disk is full or failing, memory ran out, or the volume was copied from under a running server.",
                 .heals = "Free space or memory. Damaged data: stop, copy the volume, then restore the backup.",
                 .heals_not = "Restarts, VACUUM FULL, zero_damaged_pages.",
                 .refs = LIST("ej F17", "ej F43")}},
    {.code = "database/sessions",
     .summary = "Expired sessions pile up in the database; nothing purges them.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE,
     .all = LIST("db/sessions-bloated"),
     .refused =
         (const struct rule_refusal[]){{"TRUNCATE django_session", "it logs everybody out; clearsessions removes only what has expired"},
                                       {"restart web", "no start of EJ purges sessions"},
                                       {NULL, NULL}},
     .by_hand = LIST("docker-compose exec web python manage.py clearsessions",
                     "# then weekly, in the host's crontab: docker-compose exec -T web python manage.py clearsessions"),
     .explain = {.title = "The session table is never purged",
                 .meaning = "Nothing for visitors yet; backups and disk use grow.",
                 .why = "EJ does not schedule clearsessions.",
                 .heals = "clearsessions, now and by cron.",
                 .heals_not = "Restarts, TRUNCATE.",
                 .refs = LIST("ej F57")}},
    {.code = NULL},
};
