/* Causes that EJ's environment proves: config.env not applied, words that end the start, a database address that Django cannot use. What a
 * page or the database shows as well has its cause there, and the env check's findings are its proof. Data only; nothing here is healed by
 * itself: only a person knows what config.env should say. */
#include "monitor/rules/table.h"

#define RECREATE "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define IF_IT_STAYS "grep -n -A20 'environment:' docker-compose.yml    # if it differs still: compose overrides the file"
#define REFUSE_RESTART \
  { "restart web", "docker restart does not re-read config.env; only re-creating the container (up -d) does" }
#define REFUSE_START \
  { "restart web", "each start reads the same value and ends at the same place" }
#define REFUSE_COLLECT \
  { "collect", "it reads the same settings, and ends as the start does" }

#define WHY_NOT_APPLIED                                                                                                                    \
  "An environment is read when a container is created; docker restart keeps it. Or compose's own `environment:` overrides the file: then " \
  "the values differ still after a re-creation."

/* Web does not come up, or only half. */
#define WORDS_OF_A_FAILED_START                                                                                         \
  "containers/web-down", "logs/upstream-refused", "logs/worker-timeout", "logs/web-start-failed", "logs/database-wait", \
      "logs/database-host-unknown"
#define SYMPTOMS_OF_A_FAILED_START                                                                                          \
  "nginx/bad-gateway", "nginx/gateway-timeout", "nginx/cut-off", "nginx/server-error", "django/unreachable", "django/hung", \
      "django/worker-killed", "frame/", "login/"

const struct rule rules_env[] = {
    /* --- not applied ------------------------------------------------------------------------------------------------------------- */
    {.code = "settings/framing-not-applied",
     .summary = "config.env was changed for Rocket.Chat, and the web container still has the old values.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 6,
     .all = LIST("env/frame-differs"),
     .any = LIST("frame/url-unset", "frame/no-scheme", "frame/port-missing", "frame/path-in-source", "frame/scheme-mismatch",
                 "frame/origin-not-listed", "frame/csp-override"),
     /* It is there only when the file's values would let Rocket.Chat in; it stays until web is re-created, whatever nginx sends meanwhile.
      */
     .proof = LIST("env/frame-differs"),
     .explains =
         LIST("frame/", "login/", "env/login-differs", "db/rocket-row-differs", "db/rocket-no-row", "env/rocketchat-url-unset",
              "env/rocketchat-url-scheme", "env/rocketchat-url-path", "env/rocketchat-url-other", "env/csp-override", "env/cors-override"),
     .plan = LIST("nginx-headers"),
     .refused = REFUSED(REFUSE_RESTART, {"DJANGO_X_FRAME_OPTIONS", "it has no effect while the integration is on"}),
     .by_hand = LIST("ejmon explain --setting EJ_ROCKETCHAT_URL", RECREATE, IF_IT_STAYS),
     .explain = {.title = "Rocket.Chat's settings in config.env have not reached EJ",
                 .meaning = "Nobody can log in to Rocket.Chat: the browser refuses to show EJ's login page in it.",
                 .why = WHY_NOT_APPLIED,
                 .heals = "Re-creating web. `nginx-headers` mends the header in nginx meanwhile.",
                 .heals_not = "docker restart; editing config.env again.",
                 .refs = LIST("ej F04", "ej F59", "ej section 4")}},
    {.code = "settings/login-not-applied",
     .summary = "config.env was changed for the Rocket.Chat login, and the web container still has the old values.",
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 5,
     .all = LIST("env/login-differs"),
     .any =
         LIST("frame/integration-off", "frame/page-failed", "frame/credentials-header", "frame/origin-not-exact", "frame/x-frame-options"),
     .explains = LIST("logs/rocketchat-unconfigured", "frame/", "login/", "env/frame-differs", "db/rocket-no-row", "db/rocket-row-differs",
                      "db/rocket-tables-missing", "env/integration-false-word", "env/rocketchat-url-unset", "env/rocketchat-url-scheme",
                      "env/rocketchat-url-other", "env/cors-override"),
     .refused = REFUSED(REFUSE_RESTART, {"nginx-headers", "the page itself or its login fails; a header in nginx helps nobody"}),
     .by_hand = LIST("ejmon explain --setting EJ_ROCKETCHAT_INTEGRATION", RECREATE, IF_IT_STAYS),
     .explain = {.title = "The integration's settings in config.env have not reached EJ",
                 .meaning = "Nobody can log in to Rocket.Chat through EJ.",
                 .why = WHY_NOT_APPLIED,
                 .heals = "Re-creating web; its start migrates the tables of an integration that is new.",
                 .heals_not = "docker restart; editing config.env again.",
                 .refs = LIST("ej F04", "ej F58")}},
    {.code = "settings/hosts-not-applied",
     .summary = "The host names in config.env were changed, and the web container still has the old ones.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 9,
     .all = LIST("env/hosts-differ"),
     .any = LIST("django/disallowed-host", "env/host-not-listed", "env/hosts-blanks", "env/hostname-not-read"),
     .explains = LIST("django/wrong-answer", "logs/host-refused", "frame/", "login/"),
     .refused = REFUSED(REFUSE_RESTART, {"DJANGO_ALLOWED_HOSTS=*", "it lets anybody choose the host name that EJ writes into its links"}),
     .by_hand = LIST("ejmon explain --setting DJANGO_ALLOWED_HOSTS", RECREATE, IF_IT_STAYS),
     .explain = {.title = "The host names in config.env have not reached EJ",
                 .meaning = "Everybody who uses the new name gets \"Bad Request\".",
                 .why = WHY_NOT_APPLIED,
                 .heals = "Re-creating web.",
                 .heals_not = "docker restart; editing config.env again.",
                 .refs = LIST("ej F04", "ej F32")}},
    {.code = "settings/host-names",
     .summary = "EJ's host names are written so that EJ does not take them.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 3,
     .any = LIST("env/hosts-blanks", "env/hostname-not-read"),
     .explains = LIST("env/host-not-listed"),
     .refused = REFUSED(REFUSE_RESTART, {"DJANGO_ALLOWED_HOSTS=*", "it lets anybody choose the host name that EJ writes into its links"}),
     .by_hand = LIST("ejmon explain --setting DJANGO_ALLOWED_HOSTS",
                     "# in config.env: DJANGO_HOSTNAME=<host>, DJANGO_ALLOWED_HOSTS=<a>,<b> without blanks; then", RECREATE),
     .explain = {.title = "A host name does not count as it is written",
                 .meaning = "Everybody who uses this name gets \"Bad Request\".",
                 .why = "A blank at a comma is a part of the name; HOSTNAME is not read.",
                 .heals = "Correct config.env and re-create web.",
                 .refs = LIST("ej F32", "ej F34")}},
    /* --- the end of the start ------------------------------------------------------------------------------------------------------ */
    {.code = "settings/bad-environment",
     .summary = "DJANGO_ENVIRONMENT is a word that EJ does not know: every start of web ends there.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 6, /* above web/down: a start that fails for this word is down for no other reason */
     .any = LIST("env/environment-unknown", "logs/environment-refused"),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, "web/down", "web/hung", "env/differs"),
     .refused = REFUSED(REFUSE_START, REFUSE_COLLECT),
     .by_hand = LIST("ejmon explain --setting DJANGO_ENVIRONMENT", "# in config.env: DJANGO_ENVIRONMENT=production; then", RECREATE),
     .explain = {.title = "DJANGO_ENVIRONMENT ends the start",
                 .meaning = "No page of EJ comes, or none will after the next start; files under /static still do.",
                 .why = "EJ knows local, test and production, and its settings refuse anything else.",
                 .heals = "Correct config.env and re-create web.",
                 .heals_not = "Starting it again.",
                 .refs = LIST("ej F38", "ej F28")}},
    {.code = "settings/bad-country",
     .summary = "COUNTRY is none that EJ knows: every start of web ends there.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 6,
     .any = LIST("env/country-unknown", "logs/country-unknown"),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, "web/down", "web/hung", "env/differs"),
     .refused = REFUSED(REFUSE_START, REFUSE_COLLECT),
     .by_hand = LIST("ejmon explain --setting COUNTRY", "# in config.env: COUNTRY=brazil, or no such line; then", RECREATE),
     .explain = {.title = "COUNTRY ends the start",
                 .meaning = "No page of EJ comes, or none will after the next start; files under /static still do.",
                 .why = "EJ looks language and time zone up by the country's name, and its settings fail for one that it does not know.",
                 .heals = "Correct config.env and re-create web.",
                 .heals_not = "Starting it again.",
                 .refs = LIST("ej F39", "ej F28")}},
    /* --- the database's address ---------------------------------------------------------------------------------------------------- */
    {.code = "settings/database-address",
     .summary = "Django reads another database address than DJANGO_DB_URL means, and cannot connect.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 5,
     .all = LIST("env/database-url-broken"),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, "django/server-error", "django/database-pages-failed",
                      "django/header-layer-failed", "django/application-failed", "web/down", "web/hung", "web/header-layer"),
     .refused = REFUSED(REFUSE_START, {"restart postgres", "the database is not what fails"}, {"migrate", "it reads the same address"}),
     .by_hand =
         LIST("# percent-encode the special characters of the password in DJANGO_DB_URL (# is %23, / is %2F, ? is %3F); then", RECREATE),
     .explain = {.title = "Special characters break DJANGO_DB_URL",
                 .meaning = "Pages fail, or web does not start at all.",
                 .why = "A '#', '/' or '?' in the password splits the address at the wrong place; or host, database or scheme are missing.",
                 .heals = "Encode them, or take a password of letters and digits; then re-create web.",
                 .heals_not = "Quotes or backslashes.",
                 .refs = LIST("ej F46")}},
    {.code = "settings/database-port",
     .summary = "EJ tests the database's connection on another port than the database has, and waits for ever.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 4,
     .all = LIST("env/database-port"),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, "django/server-error", "django/database-pages-failed",
                      "django/view-hung", "django/slow", "web/down", "web/hung"),
     .refused =
         REFUSED({"restart web", "the fresh workers wait again"}, {"restart postgres", "the database is not what fails"}, REFUSE_COLLECT),
     .by_hand = LIST("ejmon explain --setting PGPORT", "# in config.env: PGPORT=<the port of DJANGO_DB_URL>; then", RECREATE),
     .explain =
         {.title = "EJ's connection test ignores the port",
          .meaning =
              "Visitors wait, then get a 502 or a 504.",
          .looks = "Connections are taken, nothing is answered; psql reaches the database at its port.",
          .why =
              "The test takes host, name, user and password from DJANGO_DB_URL and leaves the port to libpq, which knows PGPORT or 5432.",
          .heals = "PGPORT in config.env and a re-created web, or the database on 5432.",
          .heals_not = "Restarting web or PostgreSQL.",
          .refs = LIST("ej F47", "ej F43")}},
    {.code = NULL},
};
