/* Causes that only a log names: why web, nginx, PostgreSQL, MongoDB or Rocket.Chat does not start. Data only.
 *
 * They stand above the causes that only see that something is down (web/down, web/nginx-down, rocket/down), and explain what those would.
 */
#include "monitor/core/rule.h"

#define LIST(...)         \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }
#define REFUSED(...)              \
  (const struct rule_refusal[]) { \
    __VA_ARGS__, {                \
      NULL, NULL                  \
    }                             \
  }
#define RANK_OF_START (RANK_WEB + 6) /* as theme/bad-name: a start that fails for a named reason is down for no other */
#define RANK_BELOW_WEB (RANK_NGINX + 50)

#define WEB_IS_DOWN                                                                                                   \
  "containers/web-down", "nginx/bad-gateway", "nginx/gateway-timeout", "django/unreachable", "logs/upstream-refused", \
      "logs/worker-timeout", "frame/", "login/"
#define WEB_FAILS                                                                                                                          \
  WEB_IS_DOWN, "nginx/server-error", "nginx/timeout", "django/server-error", "django/database-pages-failed", "django/header-layer-failed", \
      "django/wrong-answer", "django/application-failed", "django/hung", "django/view-hung", "django/worker-killed", "django/slow",        \
      "logs/web-start-failed"
#define NGINX_IS_DOWN "containers/nginx-down", "nginx/unreachable", "django/not-through-nginx", "frame/", "login/"
#define CHAT_IS_DOWN                                                                                                                   \
  "rocket/unreachable", "rocket/hung", "rocket/server-error", "rocket/unhealthy", "rocket/not-rocketchat", "logs/rocketchat-no-mongo", \
      "containers/rocketchat-down"
#define MONGO_IS_DOWN                                                                                                    \
  CHAT_IS_DOWN, "containers/mongo-down", "mongo/unreachable", "mongo/hung", "mongo/not-mongodb", "mongo/command-failed", \
      "rocket/setup-wizard"

#define WEB_LOG "docker-compose logs --tail=100 web"
#define RECREATE_WEB "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define BACKUP "docker-compose exec postgres pg_dump -U user db > backup.sql"
#define CHAT "docker-compose -f docker-compose.rocket.yml "

#define REFUSE_COLLECT \
  { "collect", "the static files do not come from the web process, and are not what fails" }
#define REFUSE_RESTART \
  { "restart web", "docker restart re-reads no environment: the same start fails again" }
#define REFUSE_AGAIN \
  { "restart web", "the same start fails at the same place" }
#define REFUSE_VOLUMES \
  { "down -v", "it deletes the volumes: the whole database, and the media" }
#define REFUSE_FAKE \
  { "migrate --fake", "it hides the difference instead of removing it" }

const struct rule rules_logs[] = {
    /* --- web does not start ------------------------------------------------------------------------------------------------- */
    {.code = "web/not-permitted",
     .summary = "web may not write into a folder that its start has to write into: it ends at every start.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .all = LIST("logs/permission-denied"),
     .explains = LIST(WEB_IS_DOWN, "theme/", "disk/static-not-writable"),
     .refused = REFUSED(REFUSE_AGAIN, {"collect", "it may not write there either"}, {"clear-collect", "it may not write there either"},
                        {"chmod 777", "anybody on the machine could then change what EJ serves"},
                        {"run as root", "the files would be root's, and the next proper start fails again"}),
     .by_hand = LIST(WEB_LOG, "docker inspect -f '{{json .Mounts}}' $(docker-compose ps -q web)",
                     "chown -R 1000:1000 <the mount's source>    # on the host", "docker-compose up -d web"),
     .explain = {.title = "web's folders belong to somebody else",
                 .meaning = "No page of EJ comes.",
                 .why = "A bind mount, which unlike a named volume is not filled from the image and belongs to root; or a backup that was "
                        "restored as root. web runs as user 1000.",
                 .heals = "chown to 1000:1000, then starting web.",
                 .heals_not = "chmod 777; running web as root.",
                 .refs = LIST("ej F16", "ej W9", "ej F28")}},
    {.code = "web/disk-full",
     .summary = "The disk is full: nothing can be written, and what was being written is cut off.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 11,
     .all = LIST("logs/disk-full"),
     .explains = LIST("containers/postgres-down", WEB_FAILS, MONGO_IS_DOWN, "db/unreachable", "db/starting", "db/hung", "disk/space-full",
                      "disk/inodes-full", "disk/space-low", "disk/log-large", "theme/truncated", "logs/postgres-start-failed",
                      "logs/mongo-start-failed"),
     .refused = REFUSED({"clear-collect", "it deletes the good copies before it finds no room for new ones"}, REFUSE_AGAIN, REFUSE_VOLUMES),
     .by_hand =
         LIST("df -h; df -i", "docker system df", "docker-compose exec web sh -c ': > local/logs/debug.log'    # EJ never rotates it",
              "docker image prune    # never -a: EJ's images cannot be built again"),
     .explain = {.title = "No space left on the disk",
                 .meaning = "The site is down or will be: PostgreSQL stops when it cannot write its journal.",
                 .why = "Container logs, old images, backups, or EJ's debug.log, which grows without end.",
                 .heals = "Space first; then web, and a clear-collect, since cut-off files look new.",
                 .heals_not = "A clear-collect before that; docker image prune -a.",
                 .refs = LIST("ej F17", "ej F84", "ej W11")}},
    {.code = "web/wrong-command",
     .summary = "web was started with a command that cannot work there.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .any = LIST("logs/task-unknown", "logs/no-terminal"),
     .explains = LIST(WEB_IS_DOWN),
     .refused = REFUSED(REFUSE_AGAIN, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose config | grep -B2 -A3 command",
                     "# take `command:` out of the compose file: the image has collect db -m gunicorn", "docker-compose up -d web",
                     "docker-compose run --rm --entrypoint python web manage.py <command>    # for a single command"),
     .explain = {.title = "The container's command is wrong",
                 .meaning = "No page of EJ comes.",
                 .why = "The image's entrypoint is inv, so a command is taken for its tasks; and collectstatic without --noinput asks a "
                        "question that nobody answers.",
                 .heals = "The image's own command.",
                 .refs = LIST("ej F81", "ej F82", "ej section 7")}},
    {.code = "web/start-race",
     .summary = "web ended because two of its workers made the same folder at once; another start usually gets through.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .all = LIST("logs/folder-race"),
     .explains = LIST(WEB_IS_DOWN),
     .refused = REFUSED(REFUSE_COLLECT),
     .by_hand = LIST(WEB_LOG, "docker-compose up -d web"),
     .explain = {.title = "Two workers raced for a folder",
                 .meaning = "No page of EJ comes until web is started again.",
                 .why = "gunicorn was started alone, without the collect that makes local/db and local/logs first.",
                 .heals = "Starting web again, by the image's own command.",
                 .refs = LIST("ej correction 26")}},
    {.code = "web/start-fails",
     .summary = "web ends at its start with an error: the last lines of its log say which.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE - 5, /* above web/down, below all that names a reason */
     .all = LIST("logs/web-start-failed"),
     .explains = LIST(WEB_IS_DOWN),
     .refused = REFUSED(REFUSE_AGAIN, REFUSE_COLLECT),
     .by_hand = LIST(WEB_LOG, "docker-compose up -d web    # after what the log names is mended"),
     .explain = {.title = "web fails at its start",
                 .meaning = "No page of EJ comes; files under /static still do.",
                 .why = "Each start collects the static files, migrates and loads the settings; any error there ends it.",
                 .heals = "What the log's last error names.",
                 .heals_not = "Starting it again without reading the log.",
                 .refs = LIST("ej F28")}},
    {.code = "web/out-of-memory",
     .summary = "Workers of web are killed for want of memory.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 4,
     .all = LIST("logs/worker-killed"),
     .explains = LIST(WEB_FAILS),
     .refused = REFUSED({"restart web", "it fills again: the first request of each worker loads the most"}, REFUSE_COLLECT),
     .by_hand = LIST("docker stats --no-stream", "dmesg -T | grep -i oom | tail", "docker-compose logs --tail=100 web | grep -i kill"),
     .explain = {.title = "web runs out of memory",
                 .meaning = "Some visitors get error pages, at random.",
                 .why = "A limit of the container or a machine that is too small: each worker loads pandas and sklearn.",
                 .heals = "More memory, or fewer workers.",
                 .refs = LIST("ej F35")}},
    /* --- web and its database ------------------------------------------------------------------------------------------------ */
    {.code = "database/web-refused",
     .summary = "PostgreSQL refuses web's password; the server itself is well.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST("logs/password-refused"),
     .none = LIST("db/auth-failed"),
     .explains = LIST(WEB_FAILS, "logs/database-wait"),
     .refused = REFUSED({"restart web", "it asks with the same password again"},
                        {"POSTGRES_PASSWORD", "it is read only when an empty volume is initialised"},
                        {"nginx-headers", "the pages themselves fail; headers on an error page help nobody"}, REFUSE_VOLUMES),
     .by_hand =
         LIST("docker-compose logs --tail=50 postgres | grep FATAL",
              "docker-compose exec postgres psql -U <superuser> -d postgres    # ALTER ROLE <role> PASSWORD '...', as DJANGO_DB_URL has it",
              "# or the former password in DJANGO_DB_URL of config.env; then", RECREATE_WEB),
     .explain = {.title = "web does not get into its database",
                 .meaning = "Every page that needs the database fails; with the Rocket.Chat integration on, that is every page.",
                 .why = "The volume was initialised with another password, or one side was changed alone.",
                 .heals = "The same password on both sides, by a person.",
                 .heals_not = "down -v; changing POSTGRES_PASSWORD.",
                 .refs = LIST("ej F44")}},
    {.code = "database/web-asks-another",
     .summary = "web asks for a database that does not exist; the server itself is well.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST("logs/database-missing"),
     .none = LIST("db/missing-database"),
     .explains = LIST(WEB_FAILS, "logs/database-wait"),
     .refused = REFUSED({"create the database", "an empty one makes the site work without its data"}, REFUSE_RESTART, REFUSE_VOLUMES),
     .by_hand = LIST("docker-compose exec postgres psql -U <role> -d postgres -l",
                     "# the name of the one with the data into DJANGO_DB_URL; then", RECREATE_WEB),
     .explain = {.title = "DJANGO_DB_URL names a database that is not there",
                 .meaning = "Every page that needs the database fails; the data may well be there, under another name.",
                 .why = "Generation A's example says `table`, B's says `db`; the volume keeps the first.",
                 .heals = "The name of the database that holds the data.",
                 .heals_not = "Creating an empty one.",
                 .refs = LIST("ej F45")}},
    {.code = "database/host-unknown",
     .summary = "web cannot resolve the host in its DJANGO_DB_URL.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 3,
     .all = LIST("logs/database-host-unknown"),
     .explains = LIST(WEB_FAILS, "logs/database-wait"),
     .refused = REFUSED(REFUSE_RESTART, {"restart postgres", "it is not asked at all"}),
     .by_hand = LIST(WEB_LOG, "docker-compose exec web sh -c 'env | grep ^DJANGO_DB_URL= | sed \"s/.*@//\"'    # host, port and name only",
                     "# percent-encode @ # / in the password, or choose one of letters and digits; then", RECREATE_WEB),
     .explain = {.title = "The host of web's database has no address",
                 .meaning = "web does not come up, or every page fails.",
                 .why = "A character in the password ends it early and makes the rest the host; or a wrong host, or another network.",
                 .heals = "A correct URL, and re-creating web.",
                 .refs = LIST("ej F46", "ej F43")}},
    {.code = "database/not-reached-by-web",
     .summary = "web waits for a database that it does not reach.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 3,
     .all = LIST("logs/database-wait"),
     .none = LIST("db/unreachable", "db/hung", "db/starting"),
     .explains = LIST(WEB_FAILS),
     .refused = REFUSED({"restart web", "its fresh workers wait again"}, {"migrate", "it waits too"}, REFUSE_COLLECT),
     .by_hand = LIST(WEB_LOG, "docker-compose exec web sh -c 'env | grep ^DJANGO_DB_URL= | sed \"s/.*@//\"'    # a port other than 5432?",
                     "docker-compose exec web getent hosts postgres", "docker-compose ps postgres"),
     .explain = {.title = "web does not reach PostgreSQL",
                 .meaning = "Visitors wait, then get a 502 or a 504.",
                 .why =
                     "EJ's connection test before each start ignores the port of DJANGO_DB_URL: it asks 5432 always. Or web and PostgreSQL "
                     "are in different networks, or PostgreSQL is down and nobody watches it.",
                 .heals = "Port 5432 for web, by an alias or a proxy; a common network.",
                 .heals_not = "Restarting web or PostgreSQL.",
                 .refs = LIST("ej F47", "ej F43", "ej correction 3")}},
    {.code = "database/migration-stuck",
     .summary = "web ends at every start because its migrate fails.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 1,
     .any = LIST("logs/migration-exists", "logs/migration-history", "logs/migration-failed"),
     .explains = LIST(WEB_IS_DOWN),
     .refused = REFUSED(REFUSE_AGAIN, {"migrate", "it is what fails"}, REFUSE_FAKE, {"inv db", "without -m it invents new migrations"}),
     .by_hand = LIST(WEB_LOG, BACKUP, "docker-compose run --rm --entrypoint python web manage.py showmigrations --plan"),
     .explain = {.title = "The migration at web's start fails",
                 .meaning = "No page of EJ comes.",
                 .why = "django_migrations and the tables do not agree, or the image lacks a migration that the database has.",
                 .heals = "A person, with a backup: the image that fits the database, or the rows that are missing.",
                 .heals_not = "Starting it again; --fake of everything.",
                 .refs = LIST("ej F54", "ej F53", "ej F52")}},
    {.code = "database/relation-missing",
     .summary = "Pages fail because the database lacks a table or a column that they need.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 2,
     .all = LIST("logs/relation-missing"),
     .explains = LIST("django/server-error", "django/database-pages-failed", "django/header-layer-failed", "django/application-failed",
                      "django/wrong-answer", "nginx/server-error", "frame/header-layer-failed", "frame/page-failed"),
     .refused = REFUSED({"restart web", "the tables are still missing"},
                        {"migrate", "only after a backup and a look at the plan; never by itself"}, REFUSE_FAKE,
                        {"inv db", "without -m it invents new migrations"}),
     .by_hand = LIST("docker-compose exec web python manage.py showmigrations --plan | grep '\\[ \\]'", BACKUP,
                     "docker-compose exec web python manage.py migrate --noinput"),
     .explain = {.title = "A table or column is missing",
                 .meaning = "Visitors of those pages see an error.",
                 .why = "Migrations are pending, or web uses another database than it should.",
                 .heals = "The plan first, then a backup, then migrate --noinput by a person.",
                 .refs = LIST("ej F49", "ej F50", "ej F51")}},
    {.code = "database/start-fails",
     .summary = "PostgreSQL does not start: its log says why.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 10, /* above database/down */
     .all = LIST("logs/postgres-start-failed"),
     .explains =
         LIST(WEB_FAILS, "db/unreachable", "db/starting", "db/hung", "logs/database-wait", "logs/database-host-unknown", "database/down"),
     .refused = REFUSED({"restart web", "a new worker hangs for as long as the database is away"},
                        {"restart postgres", "the same start fails again"}, REFUSE_VOLUMES),
     .by_hand = LIST("docker-compose logs --tail=50 postgres", "df -h",
                     "docker-compose run --rm --no-deps --entrypoint cat postgres /var/lib/postgresql/data/PG_VERSION"),
     .explain = {.title = "PostgreSQL fails at its start",
                 .meaning = "Every page that needs the database fails.",
                 .why = "An image of another major version than the volume, a folder of another owner, a lock file left over, a full disk.",
                 .heals = "The image of the volume's version (EJ: postgres:10-alpine), the owner, space.",
                 .heals_not = "Deleting the volume.",
                 .refs = LIST("ej F43")}},
    /* --- nginx does not start ------------------------------------------------------------------------------------------------ */
    {.code = "web/nginx-without-web",
     .summary = "nginx does not start because web has no address: web first, then nginx.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 8,
     .all = LIST("logs/upstream-unknown"),
     .explains = LIST("containers/postgres-down", NGINX_IS_DOWN, "nginx/bad-gateway", "django/unreachable"),
     .refused = REFUSED({"restart nginx", "it ends again while web has no address"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose ps", WEB_LOG, "docker-compose up -d web", "docker-compose up -d nginx"),
     .explain = {.title = "nginx cannot resolve its upstream",
                 .meaning = "Visitors get a connection error, for the static files too.",
                 .why = "nginx resolves `web` once, at its start, and ends when it cannot.",
                 .heals = "Starting web, then nginx.",
                 .heals_not = "Restarting nginx alone.",
                 .refs = LIST("ej F30")}},
    {.code = "web/nginx-start-fails",
     .summary = "nginx does not start: its log says why.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 7,
     .any = LIST("logs/port-taken", "logs/nginx-start-failed"),
     .explains = LIST(NGINX_IS_DOWN, "nginx/not-http", "nginx/default-page"),
     .refused = REFUSED({"restart nginx", "the same start fails again"},
                        {"restart web", "it is not reached without nginx, and its address may move"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose logs --tail=20 nginx", "ss -ltnp 'sport = :80'", "docker ps --filter publish=80",
                     "docker-compose run --rm --no-deps nginx nginx -t", "docker-compose up -d nginx"),
     .explain = {.title = "nginx fails at its start",
                 .meaning = "Visitors get a connection error, or another program's pages.",
                 .why = "Another program has its port, or a mistake in its configuration.",
                 .heals = "The port free again, or the configuration mended; then nginx.",
                 .refs = LIST("ej F31")}},
    /* --- MongoDB and Rocket.Chat --------------------------------------------------------------------------------------------- */
    {.code = "rocket/mongo-start-fails",
     .summary = "MongoDB does not start: its log says why.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 11, /* above rocket/mongo-down */
     .any = LIST("logs/mongo-option", "logs/mongo-start-failed"),
     .explains = LIST(MONGO_IS_DOWN),
     .refused = REFUSED({"restart rocketchat", "it cannot work without MongoDB"}, {"restart web", "EJ is not at fault"},
                        {"delete the volume", "all messages and settings are in it"}),
     .by_hand = LIST(CHAT "logs --tail=50 mongo", "# the image of the version that made the volume (mongo:4.0 with --smallfiles); then",
                     CHAT "up -d mongo rocketchat"),
     .explain = {.title = "MongoDB fails at its start",
                 .meaning = "The chat is down. EJ itself works on.",
                 .why =
                     "EJ's compose file gives --smallfiles to an image that is not pinned: from MongoDB 4.2 on that option ends it. Or a "
                     "version that cannot read the volume.",
                 .heals = "The version that made the volume.",
                 .heals_not = "Deleting the volume; jumping over versions.",
                 .refs = LIST("ej F77", "rocket 6.3")}},
    {.code = "rocket/mongo-too-old",
     .summary = "Rocket.Chat ends at its start because MongoDB is too old for it.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 11,
     .all = LIST("logs/mongo-too-old"),
     .explains = LIST(CHAT_IS_DOWN, "mongo/unsupported"),
     .refused = REFUSED({"restart rocketchat", "it ends again at once"},
                        {"upgrade over several versions at once", "mongod then cannot read its files"}),
     .by_hand = LIST(CHAT "exec mongo mongod --version", CHAT "logs --tail=50 rocketchat"),
     .explain = {.title = "MongoDB's version is too old for this Rocket.Chat",
                 .meaning = "The chat is down.",
                 .why = "Rocket.Chat was upgraded, MongoDB was not.",
                 .heals = "MongoDB one major version after the other, after a backup; or the former Rocket.Chat.",
                 .refs = LIST("rocket 6.3")}},
    {.code = NULL},
};
