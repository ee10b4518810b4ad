/* What web's log tells: the findings with their explanations. Text only; those of the other services are in log_codes_other.c. */
#include "checks/logs/log_codes.h"

const struct code LOGS_THEME_NAME = {
    .name = "logs/theme-name",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "web's log says that EJ_THEME names no theme",
        .meaning = "web does not come up: each start ends in the collect of the static files.",
        .looks =
            "FileNotFoundError for lib/build/css/main-<theme>.min.css, or a TypeError about 'str' and 'str' when the name has a slash.",
        .why = "EJ_THEME is empty, misspelt, quoted, of another case, or a path.",
        .heals = "The bare name of a theme that the image has, then re-creating web.",
        .heals_not = "docker restart, which keeps the environment; building assets inside of the container.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose exec web ls lib/build/css\n"
                   "grep EJ_THEME config.env\n"
                   "docker-compose up -d web    # re-creates it: a restart does not re-read config.env",
        .refs = REFS("ej F05", "ej F06", "ej F07", "ej F08", "ej F26"),
    }};

const struct code LOGS_PERMISSION_DENIED = {
    .name = "logs/permission-denied",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "web may not write where its start has to write",
        .meaning = "web does not come up: each start ends at the first file that it may not write.",
        .looks = "PermissionError: [Errno 13] in web's log, usually below local/static, local/media or local/logs.",
        .why = "A bind mount or a restored volume belongs to root; web runs as user 1000.",
        .heals = "chown -R 1000:1000 on the folder at the host, then starting web.",
        .heals_not = "chmod 777, or running web as root: the files would then be root's, and the next proper start fails again.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose run --rm --no-deps --entrypoint ls web -ln local local/static\n"
                   "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)\n"
                   "chown -R 1000:1000 <the mount's source>",
        .refs = REFS("ej F16", "ej W9"),
    }};

const struct code LOGS_DISK_FULL = {
    .name = "logs/disk-full",
    .severity = SEVERITY_CRITICAL,
    .layer = "volume",
    .explain = {
        .title = "A log says that the disk is full",
        .meaning = "Files are cut off, uploads fail, and PostgreSQL stops at the latest when it cannot write its journal.",
        .looks =
            "\"No space left on device\" ([Errno 28]) in the log of web, PostgreSQL or MongoDB. Inodes can be used up while bytes are free.",
        .why = "Old images, container logs, or EJ's debug.log, which grows without end inside of web's layer.",
        .heals = "Freeing space first; then a collect with --clear, since the cut-off files look new.",
        .heals_not = "collectstatic --clear before there is space: it deletes the good copies first.",
        .by_hand = "df -h; df -i\n"
                   "docker system df\n"
                   "docker-compose exec web ls -l local/logs\n"
                   "docker-compose exec web sh -c ': > local/logs/debug.log'    # truncate, never delete while it is open",
        .refs = REFS("ej F17", "ej F84", "ej W11"),
    }};

const struct code LOGS_ENVIRONMENT_REFUSED = {
    .name = "logs/environment-refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ refuses the value of DJANGO_ENVIRONMENT",
        .meaning = "web does not come up: its settings refuse to load at each start.",
        .looks = "\"Invalid environment: ...\" in web's log.",
        .why = "DJANGO_ENVIRONMENT knows three values only: local, test and production.",
        .heals = "DJANGO_ENVIRONMENT=production in config.env, then re-creating web.",
        .heals_not = "docker restart: it does not re-read config.env.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "grep DJANGO_ENVIRONMENT config.env\n"
                   "docker-compose up -d web    # re-creates it: a restart does not re-read config.env",
        .refs = REFS("ej F38", "ej correction 4"),
    }};

const struct code LOGS_COUNTRY_UNKNOWN = {
    .name = "logs/country-unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ does not know the country in COUNTRY",
        .meaning = "web does not come up: its settings crash at each start.",
        .looks = "\"... unknown for country ...\" in web's log.",
        .why = "COUNTRY is misspelt, or names a country that EJ's table does not have.",
        .heals = "A known country such as brazil, or an empty COUNTRY, in config.env; then re-creating web.",
        .heals_not = "docker restart: it does not re-read config.env.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "grep COUNTRY config.env\n"
                   "docker-compose up -d web    # re-creates it: a restart does not re-read config.env",
        .refs = REFS("ej F39"),
    }};

const struct code LOGS_DATABASE_WAIT = {
    .name = "logs/database-wait",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "web waits for a database that it cannot reach",
        .meaning = "Every start, and every cold worker, waits until it is killed; visitors see 502 or 504.",
        .looks =
            "\"Postgres is unavailable. Retrying\", \"could not connect to server\", \"Maximum number of attempts connecting\" in web's log.",
        .why =
            "PostgreSQL is down or not reachable from web. When it is well: EJ's connection test ignores the port of DJANGO_DB_URL and always asks 5432.",
        .heals = "Starting PostgreSQL; or giving a database on another port the port 5432 as well, by an alias or a proxy.",
        .heals_not = "Restarting web: its fresh workers wait again. migrate: it waits too.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose ps postgres\n"
                   "docker-compose exec web sh -c 'env | grep ^DJANGO_DB_URL= | sed \"s/:[^:@]*@/:***@/\"'",
        .refs = REFS("ej F43", "ej F47", "ej correction 3"),
    }};

const struct code LOGS_PASSWORD_REFUSED = {
    .name = "logs/password-refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL refuses web's password",
        .meaning = "Every page that needs the database fails, or web does not come up at all.",
        .looks = "\"password authentication failed for user\" in the log of PostgreSQL, or of web.",
        .why = "The volume was initialised with another password: POSTGRES_PASSWORD is read once, at the first start of an empty volume.",
        .heals = "The former password in DJANGO_DB_URL, or ALTER ROLE ... PASSWORD by a person.",
        .heals_not = "`down -v`: it deletes the data. Changing POSTGRES_PASSWORD: nothing reads it again.",
        .by_hand = "docker-compose logs --tail=50 postgres\n"
                   "docker-compose exec postgres psql -U <superuser> -d postgres -c '\\du'",
        .refs = REFS("ej F44"),
    }};

const struct code LOGS_DATABASE_MISSING = {
    .name = "logs/database-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "PostgreSQL says that web's database does not exist",
        .meaning = "Every page that needs the database fails, or web does not come up at all.",
        .looks = "FATAL: database \"...\" does not exist, in the log of PostgreSQL or of web.",
        .why = "Generation A's example names the database `table`, B's `db`; the volume keeps the first.",
        .heals = "The name of the database that holds the data, in DJANGO_DB_URL.",
        .heals_not = "Creating an empty database of that name: the site then works, without any data.",
        .by_hand = "docker-compose logs --tail=50 postgres\n"
                   "docker-compose exec postgres psql -U <role> -d postgres -l",
        .refs = REFS("ej F45"),
    }};

const struct code LOGS_DATABASE_HOST_UNKNOWN = {
    .name = "logs/database-host-unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "web cannot resolve its database's host name",
        .meaning = "web does not come up, or every page fails.",
        .looks = "\"could not translate host name\" in web's log.",
        .why =
            "A wrong host in DJANGO_DB_URL; a password with @, # or / in it, which ends the password early; or the database is in another network.",
        .heals = "Percent-encoding the password (or one of letters and digits), or the right host.",
        .heals_not = "Restarting PostgreSQL.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose exec web sh -c 'env | grep ^DJANGO_DB_URL= | sed \"s/.*@//\"'\n"
                   "docker-compose exec web getent hosts postgres",
        .refs = REFS("ej F46", "ej F43"),
    }};

const struct code LOGS_MIGRATION_EXISTS = {
    .name = "logs/migration-exists",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "web's migrate fails: what it wants to make exists already",
        .meaning = "web does not come up: each start migrates first, and fails at the same place.",
        .looks = "ProgrammingError ... \"already exists\" (DuplicateColumn, DuplicateTable) in web's log.",
        .why = "The rows of django_migrations do not say what the tables have: a restored backup, lost rows, or a partly recorded squash.",
        .heals = "A person compares the plan with the tables, after a backup.",
        .heals_not = "Restarting web; `migrate --fake` of everything; `inv db` without -m.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose run --rm --entrypoint python web manage.py showmigrations --plan\n"
                   "docker-compose exec postgres pg_dump -U user db > backup.sql",
        .refs = REFS("ej F54", "ej F53", "ej correction 22"),
    }};

const struct code LOGS_MIGRATION_HISTORY = {
    .name = "logs/migration-history",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "web's migrate fails: the history of migrations is broken",
        .meaning = "web does not come up: each start migrates first, and fails at the same place.",
        .looks = "NodeNotFoundError or InconsistentMigrationHistory in web's log.",
        .why =
            "A migration file that another needs is not in this image: made by `inv db` without -m in a container that is gone, or a half-recorded squash.",
        .heals = "The image that fits the database, or a person who mends the history after a backup.",
        .heals_not = "`migrate --fake`, deleting migration files.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose run --rm --entrypoint python web manage.py showmigrations\n"
                   "docker-compose exec postgres pg_dump -U user db > backup.sql",
        .refs = REFS("ej F53", "ej F52"),
    }};

const struct code LOGS_MIGRATION_FAILED = {
    .name = "logs/migration-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "web's migrate fails with an error of the database",
        .meaning = "web does not come up: each start migrates first, and fails at the same place.",
        .looks = "A django.db.utils error at the end of web's log.",
        .why = "The tables are not what the migration expects, or the data break a rule that it adds.",
        .heals = "A person reads the error; the old image serves until then.",
        .heals_not = "Restarting web; `migrate --fake`.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose run --rm --entrypoint python web manage.py showmigrations --plan\n"
                   "docker-compose exec postgres pg_dump -U user db > backup.sql",
        .refs = REFS("ej F54", "ej F49"),
    }};

const struct code LOGS_TASK_UNKNOWN = {
    .name = "logs/task-unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The container was started with a command that is no task of inv",
        .meaning = "The container ends at once.",
        .looks = "\"No idea what '...' is!\", or \"executable file not found\".",
        .why = "The image's entrypoint is `inv`: what compose or `run` gives as a command is taken for names of tasks.",
        .heals =
            "The image's own command (collect db -m gunicorn); for other programs `run --rm --entrypoint python web manage.py ...`, or exec.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose config | grep -A3 command\n"
                   "docker-compose run --rm --entrypoint python web manage.py <command>\n"
                   "docker-compose exec web inv collect",
        .refs = REFS("ej F81", "ej section 7"),
    }};

const struct code LOGS_NO_TERMINAL = {.name = "logs/no-terminal",
                                      .severity = SEVERITY_CRITICAL,
                                      .layer = "web",
                                      .explain = {
                                          .title = "A command in web asked a question, and nobody could answer",
                                          .meaning = "The container ends, or the command did nothing.",
                                          .looks = "EOFError: EOF when reading a line.",
                                          .why = "collectstatic or migrate was run without --noinput and without a terminal.",
                                          .heals = "--noinput.",
                                          .by_hand = "docker-compose logs --tail=100 web\n"
                                                     "docker-compose exec web python manage.py collectstatic --noinput",
                                          .refs = REFS("ej F82", "guide \"Troubleshooting\""),
                                      }};

const struct code LOGS_FOLDER_RACE = {
    .name = "logs/folder-race",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "Two workers made the same folder at the same time",
        .meaning = "gunicorn ended at its start; another start usually gets through.",
        .looks = "FileExistsError and \"Worker failed to boot\" in web's log.",
        .why = "local/db or local/logs was missing, and web was started by gunicorn alone, without the collect that makes them first.",
        .heals = "Starting web again, with the image's own command.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose up -d web",
        .refs = REFS("ej correction 26"),
    }};

const struct code LOGS_WEB_START_FAILED = {
    .name = "logs/web-start-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "web ends at its start with an error",
        .meaning = "web does not come up: no page of EJ comes.",
        .looks = "A Python exception at the end of web's log, and nothing that says that it listens.",
        .why = "Any fault of settings, files or code that is not named by a finding of its own.",
        .heals = "What the last lines of the log name.",
        .heals_not = "Starting it again without reading them.",
        .by_hand = "docker-compose logs --tail=100 web",
        .refs = REFS("ej F28"),
    }};

const struct code LOGS_WORKER_TIMEOUT = {
    .name = "logs/worker-timeout",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "gunicorn killed a worker that did not answer in time",
        .meaning = "Whoever waited for that worker got an error page.",
        .looks =
            "[CRITICAL] WORKER TIMEOUT in web's log. With the site well it is information only: a slow moment, or a line that a visitor forged.",
        .why = "A worker that waits: for the database, for Rocket.Chat, or for a very slow page.",
        .heals = "What the worker waits for; the database first.",
        .heals_not = "More time: the visitors only wait longer.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose ps postgres\n"
                   "docker stats --no-stream",
        .refs = REFS("ej F35", "ej correction 3"),
    }};

const struct code LOGS_WORKER_KILLED = {.name = "logs/worker-killed",
                                        .severity = SEVERITY_WARNING,
                                        .layer = "web",
                                        .explain = {
                                            .title = "A worker of web was killed: out of memory, most likely",
                                            .meaning = "Whoever waited for that worker got an error page.",
                                            .looks = "\"was sent SIGKILL\" or \"terminated due to signal 9\" in web's log.",
                                            .why = "The memory of the machine or the container's limit is used up.",
                                            .heals = "More memory, or fewer workers (inv gunicorn --workers N).",
                                            .heals_not = "Restarting: it fills again.",
                                            .by_hand = "docker-compose logs --tail=100 web\n"
                                                       "docker stats --no-stream\n"
                                                       "dmesg -T | grep -i oom | tail",
                                            .refs = REFS("ej F35"),
                                        }};

const struct code LOGS_HOST_REFUSED = {
    .name = "logs/host-refused",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "Django refuses a host name",
        .meaning = "Who came by that name got \"Bad Request\". Scanners send any name: alone this is only information.",
        .looks = "\"Invalid HTTP_HOST header\" in web's log.",
        .why =
            "DJANGO_HOSTNAME and DJANGO_ALLOWED_HOSTS lack the name, or a blank after a comma spoils an entry; or somebody sent a made-up name.",
        .heals = "The site's own names in DJANGO_ALLOWED_HOSTS, without blanks, then re-creating web.",
        .heals_not = "DJANGO_ALLOWED_HOSTS=*.",
        .by_hand = "docker-compose logs --tail=200 web | grep HTTP_HOST | sort | uniq -c\n"
                   "grep -e DJANGO_HOSTNAME -e DJANGO_ALLOWED_HOSTS config.env",
        .refs = REFS("ej F32", "ej F33", "ej F34"),
    }};

const struct code LOGS_RELATION_MISSING = {.name = "logs/relation-missing",
                                           .severity = SEVERITY_WARNING,
                                           .layer = "database",
                                           .explain = {
                                               .title = "A page needs a table or a column that is not there",
                                               .meaning = "Pages that need it answer 500.",
                                               .looks = "ProgrammingError: relation or column ... \"does not exist\" in web's log.",
                                               .why = "Migrations are pending, or the database is another one than it should be.",
                                               .heals = "A backup, a look at the plan, then migrate --noinput.",
                                               .heals_not = "`inv db` without -m, `migrate --fake`, restarting web.",
                                               .by_hand = "docker-compose logs --tail=100 web\n"
                                                          "docker-compose exec web python manage.py showmigrations --plan | grep '\\[ \\]'",
                                               .refs = REFS("ej F49", "ej F50", "ej F51"),
                                           }};

const struct code LOGS_ROCKETCHAT_UNCONFIGURED = {
    .name = "logs/rocketchat-unconfigured",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "EJ says that its Rocket.Chat is not configured",
        .meaning = "The login into Rocket.Chat through EJ does not work; in generation B its page answers 500.",
        .looks = "\"RocketChat settings were not configured.\" in web's log.",
        .why = "No active configuration row, and the environment does not have all variables.",
        .heals = "The wizard at /talks/ as a superuser, or the five variables (generation B).",
        .heals_not = "Restarting.",
        .by_hand = "docker-compose logs --tail=200 web | grep RocketChat",
        .refs = REFS("ej F70", "ej F71"),
    }};

const struct code LOGS_ROCKETCHAT_UNREACHABLE = {
    .name = "logs/rocketchat-unreachable",
    .severity = SEVERITY_INFO,
    .layer = "rocketchat",
    .explain = {
        .title = "web could not reach Rocket.Chat",
        .meaning = "Signed-in people do not get into Rocket.Chat by EJ.",
        .looks = "requests.exceptions.ConnectionError in web's log.",
        .why = "EJ_ROCKETCHAT_API_URL leads nowhere from inside of web's network, or Rocket.Chat is down.",
        .heals = "An address that web can reach, then re-creating web.",
        .heals_not = "Restarting Rocket.Chat when browsers reach it.",
        .by_hand = "docker-compose logs --tail=100 web\n"
                   "docker-compose exec web curl -sS <EJ_ROCKETCHAT_API_URL>/api/info",
        .refs = REFS("ej F72", "ej correction 6"),
    }};
