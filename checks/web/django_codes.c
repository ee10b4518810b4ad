/* The findings of the django check, each with its explanation. Text only. */
#include "checks/web/django_codes.h"

const struct code DJANGO_UNREACHABLE = {
    .name = "django/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The web container takes no connections",
        .meaning = "EJ's pages are down: nginx answers 502 for all of them.",
        .looks = "Connection refused, no such host, or no route to the web container's own port.",
        .why = "The container is stopped, or restarts in a loop: every start collects and migrates first, and any failure there ends it.",
        .heals = "Read the end of web's log, mend what it names (theme name, database, a bad variable), start web.",
        .heals_not = "Restarting again and again: the same step fails each time.",
        .by_hand = "docker-compose ps web\ndocker-compose logs --tail=100 web\ndocker-compose up -d web",
        .refs = REFS("ej F28", "ej F30", "ej F38", "ej F39"),
    }};

const struct code DJANGO_HUNG = {
    .name = "django/hung",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The web process takes requests but answers none",
        .meaning = "Visitors wait until they get a 502 (after 30 s) or a 504 (after 60 s).",
        .looks = "Connections are taken at once, and then nothing comes, not even for /sw.js. Two causes look exactly alike from outside: "
                 "workers that "
                 "are stuck, and fresh workers that wait for a dead database before they serve anything at all.",
        .why = "A cold worker with an unreachable database (likely when PostgreSQL is ill too), a stuck worker, or a frozen container.",
        .heals = "If PostgreSQL is ill, mend that first. Else capture web's log, then restart web.",
        .heals_not = "Longer time-outs. Restarting web while the database is down: the fresh workers wait again.",
        .by_hand =
            "docker-compose logs --tail=100 web | grep -e TIMEOUT -e unavailable\ndocker-compose ps postgres\ndocker-compose top web\n"
            "docker-compose restart web",
        .refs = REFS("ej F35", "ej F36", "ej F43"),
    }};

const struct code DJANGO_VIEW_HUNG = {
    .name = "django/view-hung",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "Some views get no answer, others do",
        .meaning = "Parts of EJ work. Each hanging request also takes a worker away from the others.",
        .looks = "/sw.js answers, a page that works more does not within the time-out.",
        .why = "A slow or locked query, a worker waiting for Rocket.Chat, or one stuck worker of several.",
        .heals = "Find the query or the peer that is waited for; then restart web.",
        .by_hand =
            "docker-compose logs --tail=100 web\ndocker-compose exec postgres psql -U user db -c \"SELECT pid, state, wait_event_type, "
            "now()-query_start, "
            "left(query,80) FROM pg_stat_activity\"",
        .refs = REFS("ej F35"),
    }};

const struct code DJANGO_WORKER_KILLED = {
    .name = "django/worker-killed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .inferred = true,
    .explain = {
        .title = "gunicorn kills its workers while they work on a request",
        .meaning = "Visitors wait and then get a 502.",
        .looks = "The connection is closed without an answer, or nginx's 502 comes after about 30 s; web's log has \"WORKER TIMEOUT\".",
        .why = "A worker was silent for gunicorn's 30 s: it hangs, or is cold and waits for a dead database; or the kernel killed it for "
               "memory.",
        .heals = "Mend what the worker waited for.",
        .heals_not = "Restarting web while the database is down.",
        .by_hand = "docker-compose logs --tail=200 web | grep -e CRITICAL -e SIGKILL -e unavailable\ndocker-compose ps postgres",
        .refs = REFS("ej F35", "ej F43"),
    }};

const struct code DJANGO_SERVER_ERROR = {
    .name = "django/server-error",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "A view of EJ fails with a 500",
        .meaning = "Visitors of that page see \"Server Error\". Other pages may work.",
        .looks = "500 with Django's own body, bare in the 2019 versions before August, in EJ's layout later. With frame-ancestors in its "
                 "headers the view "
                 "itself failed and the header layer works.",
        .why = "The database is down or lacks tables (pages that need it fail, /sw.js does not), or the view has a bug.",
        .heals = "Look at the database first. If it is well, the traceback in web's log names the line.",
        .heals_not = "Restarting, or migrating, for a bug in one view.",
        .by_hand = "docker-compose logs --tail=100 web | grep -A20 'Internal Server Error'\ndocker-compose exec web python manage.py "
                   "showmigrations --plan | grep '\\[ \\]'",
        .refs = REFS("ej F42", "ej F43", "ej F49", "ej F50"),
    }};

const struct code DJANGO_DATABASE_PAGES_FAILED = {
    .name = "django/database-pages-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .inferred = true,
    .explain = {
        .title = "Every page that needs the database ends in a 500",
        .meaning = "The front page may come, and nothing behind it: nobody can log in, read or vote.",
        .looks = "/conversations/ and /login/ are 500, /sw.js is 200. A front page of the default theme is 200 as well, since it asks the "
                 "database nothing.",
        .why = "The database is down, refuses web, or lacks its tables. Two views with a bug of their own at once would look the same.",
        .heals = "Look at the database: is it up, does it let web in, are EJ's tables in it?",
        .heals_not = "Restarting web: a fresh worker waits for the database before it answers anything.",
        .by_hand = "docker-compose ps postgres\ndocker-compose logs --tail=50 postgres",
        .refs = REFS("ej F43", "ej F49", "ej F50", "ej correction 2", "ej correction 21"),
    }};

const struct code DJANGO_HEADER_LAYER_FAILED = {
    .name = "django/header-layer-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "Every page is a 500: EJ's Rocket.Chat header layer fails",
        .meaning = "The whole site is down, although nginx, web and perhaps the database run.",
        .looks =
            "Django's 500 on every path, even /sw.js and unknown ones, without Content-Security-Policy, whatever X-Frame-Options says.",
        .why = "With the integration on every answer needs the table ej_rocketchat_rcconfig: it is missing (never migrated since the "
               "integration was "
               "switched on), holds two active rows, or the database is down.",
        .heals = "Database down: start it. Table missing: back up, then migrate. Two active rows: deactivate all but one.",
        .heals_not = "Changing X-Frame-Options or frame-ancestors settings: the layer fails before it reads them. Migrating, for two rows.",
        .by_hand = "docker-compose exec web python manage.py showmigrations ej_rocketchat\n"
                   "docker-compose exec postgres psql -U user db -c \"SELECT id, url, is_active FROM ej_rocketchat_rcconfig\"",
        .refs = REFS("ej F51", "ej F65", "ej section 4"),
    }};

const struct code DJANGO_APPLICATION_FAILED = {
    .name = "django/application-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "gunicorn answers, the application does not",
        .meaning = "Visitors see a bare \"Internal Server Error\".",
        .looks = "500 with gunicorn's own body; none of Django's headers.",
        .why = "The application failed below Django: while it was imported, or in a middleware outside of Django's reach.",
        .heals = "The traceback in web's log names the reason.",
        .by_hand = "docker-compose logs --tail=100 web",
        .refs = REFS("ej F42", "ej section 5"),
    }};

const struct code DJANGO_DISALLOWED_HOST = {
    .name = "django/disallowed-host",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "Django refuses the site's host name (400)",
        .meaning = "Everybody who uses this name gets \"Bad Request\".",
        .looks = "Django's 400 on every path, even /sw.js; web's log says \"Invalid HTTP_HOST header\".",
        .why = "The name is neither DJANGO_HOSTNAME nor in DJANGO_ALLOWED_HOSTS. HOSTNAME in config.env is not read. \"a, b\" does not "
               "trim the blank. "
               "Or only ejmon uses this name: then `stack.host` is wrong.",
        .heals = "Set DJANGO_HOSTNAME (or add the name to DJANGO_ALLOWED_HOSTS, without blanks) in config.env and re-create web.",
        .heals_not = "`docker restart`: it does not read config.env again. `*` opens the door to host header attacks.",
        .by_hand =
            "docker-compose exec web env | grep -e DJANGO_HOSTNAME -e DJANGO_ALLOWED_HOSTS\ndocker-compose logs --tail=50 web | grep "
            "HTTP_HOST\n"
            "docker-compose up -d web",
        .refs = REFS("ej F32", "ej F33", "ej F34"),
    }};

const struct code DJANGO_DEBUG_ON = {
    .name = "django/debug-on",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "DEBUG is on",
        .meaning = "Every error page shows source code and settings to anybody; memory grows with each query.",
        .looks = "An unknown path gives \"You're seeing this error because you have DEBUG = True\" instead of a plain 404.",
        .why = "DJANGO_DEBUG is true, or gunicorn was started with --debug.",
        .heals = "DJANGO_DEBUG=False (or remove the line) in config.env, re-create web.",
        .heals_not = "`docker restart`: it does not read config.env again.",
        .by_hand = "docker-compose exec web env | grep DJANGO_DEBUG\ndocker-compose up -d web",
        .refs = REFS("ej F37", "ej D2"),
    }};

const struct code DJANGO_SLOW = {
    .name = "django/slow",
    .severity = SEVERITY_WARNING,
    .layer = "web",
    .explain = {
        .title = "EJ answers slowly",
        .meaning = "Visitors wait.",
        .looks = "A view took longer than `slow`, but answered.",
        .why = "Too few workers for the load, a slow database, a machine without CPU; or just a fresh worker, whose first answer takes up "
               "to 4 s.",
        .heals = "After a start: nothing, it passes. Else find what the workers wait for.",
        .heals_not = "Restarting: every fresh worker is slow again.",
        .by_hand = "docker stats --no-stream\nuptime\ndocker-compose logs --tail=50 web",
        .refs = REFS("ej F35", "ej F36"),
    }};

const struct code DJANGO_WRONG_ANSWER = {
    .name = "django/wrong-answer",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "Something answers, but not as EJ does",
        .meaning = "Visitors may see another program, an empty page or a 404.",
        .looks = "A status, type or content that EJ does not give on this path: a 200 is not health.",
        .why = "Another application behind the address, a proxy that rewrites, an error page sent with 200, a changed admin path (set "
               "`admin`).",
        .heals = "Look at the page itself; correct the proxy, the image or the check's keys.",
        .by_hand = "curl -si <url>/conversations/ | head -40",
        .refs = REFS("ej section 5"),
    }};

const struct code DJANGO_NOT_THROUGH_NGINX = {
    .name = "django/not-through-nginx",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "web answers, but nginx does not reach it",
        .meaning = "Every page is a 502 although EJ runs.",
        .looks = "502 through nginx and a healthy answer of the web container itself, at the same moment.",
        .why = "nginx resolves the name `web` once, at its start. The container was re-created and has a new address.",
        .heals = "Reload nginx: it resolves the name again.",
        .heals_not = "Restarting web: its address may move once more.",
        .by_hand = "docker-compose logs --tail=20 nginx | grep 'connect() failed'\ndocker-compose exec nginx nginx -s reload",
        .refs = REFS("ej F29", "ej section 1"),
    }};

const struct code DJANGO_UNSEEN = {
    .name = "django/unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "Django was not seen",
        .meaning = "Nothing is known about EJ's own process; the nginx check says what answered in its place.",
        .looks = "Every answer was of nginx or another proxy, or none came, and `stack.web` is not set.",
        .why = "nginx is down or does not reach web.",
        .heals = "Mend nginx first. Set `stack.web` so that ejmon can ask the web container itself.",
        .by_hand = "docker-compose exec web curl -sI -H 'Host: <host>' http://127.0.0.1:8000/sw.js",
        .refs = REFS("ej F28"),
    }};
