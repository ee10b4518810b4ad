/* The findings of the env check about settings that are unsafe or end EJ's start, each with its explanation. Text only. */
#include "checks/env/env_codes.h"

#define RECREATE "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define NEW_KEY "python3 -c 'import secrets; print(secrets.token_hex(32))'    # a new key, for DJANGO_SECRET_KEY in config.env"
#define NAMES_ONLY(name) "docker-compose exec web sh -c 'printf %s \"$" name "\" | wc -c'    # the length alone: the value is secret"

const struct code ENV_SECRET_KEY_MISSING = {
    .name = "env/secret-key-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ has no DJANGO_SECRET_KEY",
        .meaning = "Users are logged out at random: every worker makes a key of its own, and a session of one is nothing to another.",
        .looks =
            "DJANGO_SECRET_KEY is not set, empty, or begins with a $ that leads nowhere. No page shows it; with one worker all seems well.",
        .why = "The line was deleted or emptied, its name lacks DJANGO_, or a generated key happens to begin with $.",
        .heals = "Set a key of your own and re-create web. Everybody is logged out once.",
        .heals_not = "Deleting sessions; fewer workers.",
        .by_hand = NAMES_ONLY("DJANGO_SECRET_KEY") "\n" NEW_KEY "\n" RECREATE,
        .refs = REFS("ej F40", "ej D1", "ej correction 20"),
    }};

const struct code ENV_SECRET_KEY_PUBLISHED = {
    .name = "env/secret-key-published",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_SECRET_KEY is one that EJ's repository publishes",
        .meaning = "Whoever knows EJ's source can forge what EJ signs: password resets, sessions, messages.",
        .looks = "The SHA-256 of the key is that of the key in the shipped config.env or variables.env. ejmon compares nothing else.",
        .why = "config.env was copied and the key never changed; the guide says that it must be.",
        .heals = "A key of your own, and a re-created web. Everybody is logged out once; links in mails that were sent become void.",
        .heals_not = "Changing a letter of the published one.",
        .by_hand = NEW_KEY "\n" RECREATE,
        .refs = REFS("ej F41", "ej D1", "guide \"Building images\""),
    }};

const struct code ENV_SECRET_KEY_WEAK = {
    .name = "env/secret-key-weak",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_SECRET_KEY is short or simple",
        .meaning = "It can be guessed, and with it what EJ signs can be forged: password resets, sessions, messages.",
        .looks = "Fewer than 32 characters, fewer than 8 different ones, or a word such as local, test, secret.",
        .why = "A key for trying things out went into production.",
        .heals = "A random key of at least 32 characters, and a re-created web. Everybody is logged out once.",
        .heals_not = "Repeating the short one.",
        .by_hand = NAMES_ONLY("DJANGO_SECRET_KEY") "\n" NEW_KEY "\n" RECREATE,
        .refs = REFS("ej D1"),
    }};

const struct code ENV_DATABASE_UNSET = {
    .name = "env/database-unset",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ's settings lead to no PostgreSQL",
        .meaning = "The site is up and empty, and what people write goes into a SQLite file inside the container: lost with the next "
                   "re-creation. When DJANGO_DB_URL is set to nothing, EJ does not start at all.",
        .looks = "DJANGO_DB_URL is not set, begins with sqlite:, or leads nowhere ($); generation C: DB_HOST=db, which means \"no host\".",
        .why = "EJ's own default is SQLite. POSTGRES_DB, _USER and _PASSWORD are read by the postgres image alone.",
        .heals =
            "First copy local/db/db.sqlite3 out of the container, if people have written since. Then DJANGO_DB_URL=psql://user:password@postgres/db "
            "and a re-created web.",
        .heals_not = "migrate, or re-creating web before the copy.",
        .by_hand = "docker-compose exec web ls -l local/db    # a growing db.sqlite3: copy it out first\n"
                   "docker cp $(docker-compose ps -q web):/app/local/db/db.sqlite3 .\n"
                   "docker-compose exec web sh -c 'env | grep -E \"^(DJANGO_DB_URL|DB_HOST)=\" | cut -d: -f1'",
        .refs = REFS("ej F48", "ej correction 20", "ej section 9"),
    }};

const struct code ENV_DATABASE_URL_BROKEN = {
    .name = "env/database-url-broken",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "Django reads another database address than DJANGO_DB_URL means",
        .meaning = "EJ cannot connect, or does not start: every page fails.",
        .looks = "A '#', '/' or '?' in the password, no host, no database, or a scheme that is none of psql, postgres, postgresql, pgsql.",
        .why = "The address is taken apart as a URL is: '#' ends it, '/' ends host and password.",
        .heals =
            "Percent-encode the special characters (# is %23, / is %2F, ? is %3F, @ is %40, % is %25), or take a password of letters and digits.",
        .heals_not = "Quotes or backslashes: they become a part of the address.",
        .by_hand =
            "python3 -c 'import urllib.parse,getpass; print(urllib.parse.quote(getpass.getpass(), safe=\"\"))'    # the password, encoded\n" RECREATE,
        .refs = REFS("ej F46", "ej section 2"),
    }};

const struct code ENV_DATABASE_PORT = {
    .name = "env/database-port",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The database has a port that EJ's own connection test does not look at",
        .meaning = "EJ waits for a database that is there, until its workers are killed: pages hang, then 502.",
        .looks = "DJANGO_DB_URL has a port other than 5432. psql connects, web says that it could not.",
        .why = "EJ tests the connection with host, name, user and password, and leaves the port out.",
        .heals = "PGPORT=<the port> in config.env, which libpq reads, and a re-created web; or let the database answer on 5432 as well.",
        .heals_not = "Restarting web or PostgreSQL.",
        .by_hand = "docker-compose exec web sh -c 'env | grep -E \"^(PGPORT|DJANGO_DB_URL)=\" | sed \"s/=.*@/=...@/\"'\n" RECREATE,
        .refs = REFS("ej F47"),
    }};

const struct code ENV_DATABASE_PASSWORD = {
    .name = "env/database-password",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The database's password is one that everybody knows",
        .meaning = "Whoever reaches PostgreSQL's port reads and changes everything that EJ's users have written.",
        .looks = "password, ej, postgres and the like, the user's name, or none.",
        .why = "config.env was copied with its example values.",
        .heals = "ALTER ROLE in the database first, then DJANGO_DB_URL and POSTGRES_PASSWORD in config.env, then re-create web.",
        .heals_not = "POSTGRES_PASSWORD alone: the image reads it only when the volume is empty.",
        .by_hand = "docker-compose exec postgres psql -U <user> -d <db> -c '\\password'\n" RECREATE,
        .refs = REFS("ej D3", "ej F44"),
    }};

const struct code ENV_POSTGRES_DIFFERS = {
    .name = "env/postgres-differs",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "POSTGRES_* and DJANGO_DB_URL do not say the same",
        .meaning = "Nothing, while EJ connects. With a new, empty volume PostgreSQL would be set up with what EJ does not use.",
        .looks = "User, password or database of DJANGO_DB_URL are not those of POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB.",
        .why =
            "One of them was changed alone. The image reads POSTGRES_* only on the first start of an empty volume, EJ reads DJANGO_DB_URL only.",
        .heals = "If EJ connects: write what DJANGO_DB_URL says into POSTGRES_*. If it does not: the other way round.",
        .heals_not = "docker-compose down -v: it deletes the database.",
        .by_hand = "grep -nE '^POSTGRES_(DB|USER)=' config.env",
        .refs = REFS("ej F44", "ej F45"),
    }};

const struct code ENV_ENVIRONMENT_UNKNOWN = {.name = "env/environment-unknown",
                                             .severity = SEVERITY_CRITICAL,
                                             .layer = "settings",
                                             .explain = {
                                                 .title = "DJANGO_ENVIRONMENT is a word that EJ does not know",
                                                 .meaning = "Web does not start with it, or will not at its next start: 502 for everybody.",
                                                 .looks = "Anything but local, test or production. The log says \"Invalid environment\".",
                                                 .why = "A typing error, or a word of another project (staging, prod).",
                                                 .heals = "DJANGO_ENVIRONMENT=production, and re-create web.",
                                                 .heals_not = "Starting web again.",
                                                 .by_hand = "docker-compose logs --tail=50 web | grep -i 'invalid environment'\n" RECREATE,
                                                 .refs = REFS("ej F38"),
                                             }};

const struct code ENV_ENVIRONMENT_LOCAL = {
    .name = "env/environment-local",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_ENVIRONMENT is not production",
        .meaning =
            "Nothing on the served site: `inv gunicorn` sets production itself. Commands in the container run with other settings than the site.",
        .looks = "DJANGO_ENVIRONMENT=local or test.",
        .why = "A file for development was taken over.",
        .heals = "DJANGO_ENVIRONMENT=production, with the next re-creation of web.",
        .heals_not = "Looking for DEBUG here: DJANGO_DEBUG decides.",
        .by_hand = "docker-compose exec web env | grep DJANGO_ENVIRONMENT",
        .refs = REFS("ej D2", "ej correction 4"),
    }};

const struct code ENV_COUNTRY_UNKNOWN = {
    .name = "env/country-unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "COUNTRY is none that EJ knows",
        .meaning = "Web does not start with it, or will not at its next start: 502 for everybody.",
        .looks = "The log says \"unknown for country\".",
        .why = "EJ knows South America's countries by name (brasil, brazil, argentina...), no codes such as BR.",
        .heals = "COUNTRY=brazil, or delete the line (then it is English and Greenwich); re-create web.",
        .heals_not = "Starting web again.",
        .by_hand = "docker-compose logs --tail=50 web | grep 'unknown for country'\n" RECREATE,
        .refs = REFS("ej F39"),
    }};

const struct code ENV_DEBUG_ON = {
    .name = "env/debug-on",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_DEBUG is on",
        .meaning = "Error pages show code, settings and queries to everybody, and passwords for Rocket.Chat go to the log.",
        .looks = "DJANGO_DEBUG is true, on, ok, y, yes, 1 or another number.",
        .why = "It was switched on to look for an error, or a file for development was taken over.",
        .heals = "DJANGO_DEBUG=False, and re-create web.",
        .heals_not = "DJANGO_ENVIRONMENT=production: DJANGO_DEBUG outranks it.",
        .by_hand = "docker-compose exec web env | grep DJANGO_DEBUG\n" RECREATE,
        .refs = REFS("ej F37", "ej D2", "ej D16"),
    }};

const struct code ENV_HOSTS_ANY = {
    .name = "env/hosts-any",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_ALLOWED_HOSTS lets every host name in",
        .meaning = "Anybody can choose the host name that EJ writes into its links and mails, a password reset to a foreign site included.",
        .looks = "An item * in DJANGO_ALLOWED_HOSTS.",
        .why = "It makes a 400 go away quickly.",
        .heals = "The names that people use, separated by commas without blanks; re-create web.",
        .heals_not = "Filtering in nginx alone, while web can be reached beside it.",
        .by_hand = "docker-compose exec web env | grep DJANGO_ALLOWED_HOSTS\n" RECREATE,
        .refs = REFS("ej D4", "ej F32"),
    }};

const struct code ENV_HOST_NOT_LISTED = {
    .name = "env/host-not-listed",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The site's host is in none of EJ's lists",
        .meaning = "Visitors of that name get 400 (Bad Request).",
        .looks = "Neither DJANGO_HOSTNAME nor DJANGO_ALLOWED_HOSTS names the host of stack.site (or stack.host).",
        .why = "HOSTNAME was edited instead, a blank spoils the item, the site has moved, or only ejmon uses this name.",
        .heals = "DJANGO_HOSTNAME=<the host>, and re-create web.",
        .heals_not = "DJANGO_ALLOWED_HOSTS=*.",
        .by_hand = "docker-compose exec web env | grep -e DJANGO_HOSTNAME -e DJANGO_ALLOWED_HOSTS\n" RECREATE,
        .refs = REFS("ej F32", "ej D4"),
    }};

const struct code ENV_ADMIN_URL = {
    .name = "env/admin-url",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "Django's administration is at /admin/ on a public site",
        .meaning = "Whoever tries passwords looks there first.",
        .looks = "DJANGO_ADMIN_URL is not set, or says admin/.",
        .why = "It is EJ's default.",
        .heals = "DJANGO_ADMIN_URL=<a path of your own>/, and re-create web; or allow /admin/ in nginx to known addresses only.",
        .heals_not = "Hiding links to it.",
        .by_hand = "curl -sI https://<ej>/admin/ | head -1",
        .refs = REFS("ej D5"),
    }};

const struct code ENV_STATIC_MOVED = {
    .name = "env/static-moved",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "Static files are looked for, or written to, where nginx does not serve them",
        .meaning = "CSS, images or scripts are missing, or stay old whatever is collected.",
        .looks = "DJANGO_STATIC_URL is not /static/, or DJANGO_STATIC_ROOT is not the folder that is mounted as the static volume.",
        .why = "nginx serves /static from the volume at local/static; and some of EJ's pages name /static/ whatever the setting says.",
        .heals = "Delete both lines and re-create web; its start collects.",
        .heals_not = "Collecting again.",
        .by_hand = "docker-compose exec web env | grep DJANGO_STATIC\n" RECREATE,
        .refs = REFS("ej W19"),
    }};

const struct code ENV_FILE_READABLE = {
    .name = "env/file-readable",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "config.env can be read by every user of the machine",
        .meaning = "The secret key and the database's password are open to every account and every service on the host.",
        .looks = "The file's mode lets others read it, and every folder above it lets them in.",
        .why = "It was copied or checked out with the usual mode 644.",
        .heals = "chmod 600 config.env, owned by whoever runs docker-compose. Nothing has to be restarted.",
        .heals_not = "Moving the secrets to another file of the same mode.",
        .by_hand = "namei -l \"$(realpath config.env)\"\nchmod 600 config.env",
        .refs = REFS("ej D15"),
    }};

const struct code ENV_FILE_IN_GIT = {
    .name = "env/file-in-git",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "config.env is under version control",
        .meaning = "Its secrets are in the history of every clone, and a push takes them with it.",
        .looks = "The index of the git repository around the file lists it.",
        .why = "It was edited in EJ's own checkout, or added with the rest.",
        .heals =
            "Keep it out of the repository (git rm --cached, .gitignore), or only in a private one; change the secrets that were pushed.",
        .heals_not = "Deleting it in a new commit: the history keeps it.",
        .by_hand = "git ls-files --error-unmatch config.env\ngit rm --cached config.env",
        .refs = REFS("ej D15", "guide \"Building images\""),
    }};
