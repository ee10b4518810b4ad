/* Causes in front of and inside the web process: nginx down, web down or hung, refused hosts, DEBUG. Data only.
 *
 * A hung or stopped web is often only the echo of a dead database (EJ contract F43: every start and every cold worker waits for it). So
 * those rules stand just below the database's: what a database cause explains, they do not name again. */
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
#define RANK_BELOW_DATABASE (RANK_DATABASE - 10)

#define REFUSE_COLLECT \
  { "collect", "the static files do not come from the web process, and are not what fails" }
#define REFUSE_RESTART_ENV \
  { "restart web", "docker restart does not re-read config.env; only re-creating the container (up -d) does" }

const struct rule rules_web[] = {
    {.code = "web/nginx-down",
     .summary = "Nothing answers at the site's address: nginx is down, or cannot be reached.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 5,
     .any = LIST("nginx/unreachable", "containers/nginx-down"),
     .none = LIST("nginx/timeout"),
     .explains = LIST("django/not-through-nginx", "frame/", "login/"),
     .refused = REFUSED({"restart web", "it is not reached without nginx, and its address may move"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose ps", "docker-compose logs --tail=50 nginx", "docker-compose up -d nginx", "ss -ltnp 'sport = :80'"),
     .explain =
         {.title = "nginx is down",
          .meaning = "Visitors get a connection error.",
          .why = "The container is stopped; or it ended with \"host not found in upstream\" because web had no address when it started; or "
                 "another program "
                 "has the port.",
          .heals = "Start nginx, after web if its log names the upstream.",
          .refs = LIST("ej F30", "ej F31")}},
    {.code = "web/nginx-hung",
     .summary = "nginx takes connections and answers nothing, not even from its own disk.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 4,
     .all = LIST("nginx/timeout"),
     .explains = LIST("django/hung", "django/view-hung", "django/slow", "nginx/slow", "containers/nginx-down", "frame/", "login/"),
     .refused = REFUSED({"restart web", "/static does not pass through it, and is silent too"}, REFUSE_COLLECT),
     .by_hand =
         LIST("docker-compose ps", "docker stats --no-stream", "docker-compose logs --tail=50 nginx", "docker-compose restart nginx"),
     .explain = {.title = "nginx hangs",
                 .meaning = "Visitors wait until their browser gives up.",
                 .why = "A paused container or a stopped process, a disk that does not answer, or a machine without memory or CPU left.",
                 .heals = "Look at the machine, then restart nginx.",
                 .refs = LIST("ej F31", "ej F35")}},
    {.code = "web/nginx-without-ej",
     .summary = "nginx runs, but without EJ's configuration: pages do not go to the web container.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_NGINX + 3,
     .any = LIST("nginx/default-page", "nginx/not-found"),
     .explains = LIST("django/wrong-answer", "theme/static-empty", "theme/static-not-shared", "frame/", "login/"),
     .refused = REFUSED(REFUSE_COLLECT),
     .by_hand = LIST("docker-compose exec nginx ls -l /etc/nginx/conf.d", "docker-compose exec nginx nginx -T | grep -A3 location",
                     "docker-compose up -d nginx"),
     .explain = {.title = "nginx lacks EJ's configuration",
                 .meaning = "Visitors see nginx's own page or a 404.",
                 .why = "The plain nginx image instead of EJ's, an empty conf.d, or another server block that takes the requests.",
                 .heals = "Run EJ's nginx image, or put its default.conf back, and reload.",
                 .refs = LIST("ej section 1")}},
    {.code = "web/site-name",
     .summary = "The site's name does not resolve from here.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 6,
     .all = LIST("nginx/name-unknown"),
     .explains = LIST("frame/", "login/"),
     .by_hand = LIST("getent hosts <host>", "dig +short <host>"),
     .explain = {.title = "The site's name does not resolve",
                 .meaning = "From where ejmon runs nothing can be said about the site; visitors may or may not reach it.",
                 .why = "An expired domain, a broken zone, a container without DNS, or a misspelt stack.site.",
                 .heals = "Correct the record, the resolver or the configuration.",
                 .refs = LIST("ej F31")}},
    {.code = "web/tls",
     .summary = "The TLS in front of the site fails: no browser gets through.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 6,
     .any = LIST("nginx/certificate", "nginx/not-http"),
     .explains = LIST("frame/", "login/"),
     .by_hand = LIST("openssl s_client -connect <host>:443 -servername <host> </dev/null | openssl x509 -noout -dates -subject -issuer"),
     .explain =
         {.title = "TLS fails before EJ is reached",
          .meaning = "Browsers warn visitors away, or show nothing at all.",
          .why = "An expired or wrong certificate at the outer proxy, or http and https mixed up: EJ's own nginx speaks plain http only.",
          .heals = "Renew the certificate, or correct the scheme.",
          .refs = LIST("ej section 1", "ej D9")}},
    {.code = "web/stale-upstream",
     .summary = "nginx looks for the web container at an address that it no longer has.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 9,
     .all = LIST("nginx/bad-gateway", "django/not-through-nginx"),
     .explains = LIST("nginx/gateway-timeout", "logs/upstream-refused", "frame/", "login/"),
     .refused = REFUSED({"restart web", "it answers already, and its address may move once more"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose logs --tail=20 nginx | grep 'connect() failed'", "docker-compose exec nginx nginx -s reload"),
     .explain = {.title = "nginx has a stale address of web",
                 .meaning = "Every page is a 502 although EJ runs.",
                 .why = "nginx resolves `web` once, at its start; the container was re-created since.",
                 .heals = "Reload nginx.",
                 .heals_not = "Restarting web.",
                 .refs = LIST("ej F29")}},
    {.code = "web/down",
     .summary = "The web container is down: nginx answers 502 for every page.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_DATABASE + 1,
     .any = LIST("nginx/bad-gateway", "django/unreachable", "containers/web-down"),
     .none = LIST("django/worker-killed", "django/hung"),
     .explains = LIST("nginx/gateway-timeout", "logs/upstream-refused", "logs/worker-timeout", "frame/", "login/"),
     .refused = REFUSED({"restart web", "in a restart loop the same step fails each time: its log says which"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose ps web", "docker-compose logs --tail=100 web", "docker-compose up -d web"),
     .explain =
         {.title = "The web container is down",
          .meaning = "No page of EJ comes; files under /static still do.",
          .why = "It was stopped, or it restarts in a loop: each start collects static files and migrates first, and a wrong EJ_THEME, a "
                 "bad variable, a folder "
                 "it may not write to or a failed migration ends it.",
          .heals = "Mend what its log names, then start it.",
          .heals_not = "Starting it again without reading the log.",
          .refs = LIST("ej F28", "ej F38", "ej F39", "ej F16")}},
    {.code = "web/hung",
     .summary = "The web process takes requests and answers none.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_DATABASE + 2,
     .any = LIST("django/hung", "django/worker-killed", "nginx/gateway-timeout"),
     .explains = LIST("containers/web-down", "nginx/bad-gateway", "django/view-hung", "django/slow", "django/unreachable",
                      "logs/worker-timeout", "logs/upstream-refused", "frame/", "login/"),
     .refused = REFUSED({"nginx time-outs", "the visitors only wait longer"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose logs --tail=100 web | grep -e TIMEOUT -e unavailable", "docker-compose ps postgres",
                     "docker-compose top web", "docker-compose restart web"),
     .explain =
         {.title = "The web process hangs",
          .meaning = "Visitors wait, then get a 502 or a 504.",
          .looks =
              "Connections are taken, nothing is answered. A fresh worker with a dead database looks exactly alike: look at PostgreSQL "
              "first.",
          .why =
              "All workers are stuck, the container is frozen, or the workers are cold and wait for the database. They wait for ever when "
              "DJANGO_DB_URL has a port other than 5432: EJ's own connection test ignores the port.",
          .heals = "The database if it is ill; else capture the log and restart web. A database on another port: give it 5432 as well.",
          .heals_not = "Restarting web while the database is down: the fresh workers wait again.",
          .refs = LIST("ej F35", "ej F43", "ej F47")}},
    {.code = "web/header-layer",
     .summary = "EJ's Rocket.Chat header layer fails on every request: the table it reads is missing, holds two active rows, or cannot be "
                "reached.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_DATABASE + 3,
     .all = LIST("django/header-layer-failed"),
     .explains =
         LIST("django/server-error", "django/database-pages-failed", "django/wrong-answer", "logs/relation-missing", "frame/", "login/"),
     .refused = REFUSED({"nginx-headers", "the pages themselves fail; headers on an error page help nobody"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose logs --tail=50 postgres    # \"password authentication failed\": web's password is wrong",
                     "docker-compose exec web python manage.py showmigrations ej_rocketchat",
                     "docker-compose exec postgres psql -U user db -c \"SELECT id, url, is_active FROM ej_rocketchat_rcconfig\""),
     .explain =
         {.title = "The header layer fails for the whole site",
          .meaning = "Every page is a 500.",
          .why =
              "With the integration on every answer reads ej_rocketchat_rcconfig. When the postgres check passes, web itself does not get "
              "into the database: another password, name or address in its DJANGO_DB_URL.",
          .heals = "Migrate (after a backup) if the table is missing; deactivate all rows but one if there are several; start the database "
                   "if it is down; correct DJANGO_DB_URL and re-create web if only web is refused.",
          .heals_not = "Frame settings.",
          .refs = LIST("ej F51", "ej F65", "ej F44", "ej section 4")}},
    {.code = "web/host-not-allowed",
     .summary = "Django refuses the site's host name: it stands in none of its lists.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 9,
     .all = LIST("django/disallowed-host"),
     .proof = LIST("env/host-not-listed", "env/hosts-blanks", "env/hostname-not-read"),
     .explains = LIST("django/wrong-answer", "logs/host-refused", "frame/", "login/"),
     .refused = REFUSED(REFUSE_RESTART_ENV,
                        {"DJANGO_ALLOWED_HOSTS=*", "it lets anybody choose the host name that EJ writes into its links"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose exec web env | grep -e DJANGO_HOSTNAME -e DJANGO_ALLOWED_HOSTS",
                     "docker-compose logs --tail=50 web | grep HTTP_HOST",
                     "# in config.env: DJANGO_HOSTNAME=<host> (HOSTNAME is not read); then", "docker-compose up -d web"),
     .explain =
         {.title = "The host name is not allowed",
          .meaning = "Everybody who uses this name gets \"Bad Request\".",
          .why = "DJANGO_HOSTNAME and DJANGO_ALLOWED_HOSTS lack it; HOSTNAME is ignored; a blank after a comma spoils an entry. Or only "
                 "ejmon uses this name.",
          .heals = "Correct config.env and re-create web; or correct stack.host.",
          .refs = LIST("ej F32", "ej F33", "ej F34")}},
    {.code = "web/debug",
     .summary = "Django runs with DEBUG on: its error pages show code and settings to anybody.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 7,
     .any = LIST("django/debug-on", "theme/served-by-web"),
     .proof = LIST("env/debug-on"),
     .refused = REFUSED(REFUSE_RESTART_ENV),
     .by_hand = LIST("docker-compose exec web env | grep -e DJANGO_DEBUG -e DJANGO_ENVIRONMENT",
                     "# in config.env: DJANGO_DEBUG=False; then", "docker-compose up -d web"),
     .explain =
         {.title = "DEBUG is on in production",
          .meaning = "Secrets leak with the first error.",
          .why =
              "DJANGO_DEBUG=True in config.env, `inv gunicorn --debug`, or the development server. web then serves /static from its sources, "
              "which hides a broken volume.",
          .heals = "Switch it off and re-create web.",
          .refs = LIST("ej F37", "ej D2", "ej W20")}},
    {.code = "web/database-pages",
     .summary = "Every page that needs the database fails, those that need none work: web cannot use its database.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 2,
     .all = LIST("django/database-pages-failed"),
     .none = LIST("django/header-layer-failed"),
     .explains = LIST("django/server-error", "django/view-hung", "frame/page-failed", "login/api-failed", "login/form-failed",
                      "logs/worker-timeout"),
     .refused =
         REFUSED({"restart web", "a fresh worker waits for the database before it answers anything"},
                 {"migrate", "nothing says yet that tables are missing; over a lost database it would make an empty site"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose ps postgres", "docker-compose logs --tail=50 postgres",
                     "docker-compose logs --tail=200 web | grep -A20 'Internal Server Error'"),
     .explain = {.title = "The pages that need the database fail",
                 .meaning = "Visitors see the front page, and an error on everything else: nobody can log in, read or vote.",
                 .why = "PostgreSQL is down or refuses web, or it is empty, or it is not watched by ejmon and something else ails it.",
                 .heals = "With `stack.postgres` set ejmon says which; otherwise postgres's own log does. Then mend that.",
                 .heals_not = "Restarting web while the database is away.",
                 .refs = LIST("ej F43", "ej F50", "ej correction 2")}},
    {.code = "web/view-fails",
     .summary = "A page of EJ fails while the layers below it are well.",
     .confidence = CONFIDENCE_POSSIBLE,
     .rank = RANK_SETTINGS + 1,
     .any = LIST("django/server-error", "django/view-hung"),
     .none = LIST("django/header-layer-failed"),
     .explains = LIST("frame/page-failed", "login/api-failed", "login/form-failed", "logs/worker-timeout"),
     .refused = REFUSED({"restart web", "a bug in a view is still there afterwards"},
                        {"migrate", "nothing says that tables or columns are missing"}, REFUSE_COLLECT),
     .by_hand = LIST("docker-compose logs --tail=200 web | grep -A20 'Internal Server Error'"),
     .explain =
         {.title = "One view fails",
          .meaning = "Visitors of that page see an error; the rest works.",
          .why = "A bug in the view or its template, or data it does not expect. If the database is not watched, it may be that as well.",
          .heals = "The traceback in web's log names the line.",
          .refs = LIST("ej F42")}},
    {.code = NULL},
};
