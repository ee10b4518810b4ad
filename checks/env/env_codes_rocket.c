/* The findings of the env check about Rocket.Chat and framing, each with its explanation; and the list of all of them. Text only. */
#include "checks/env/env_codes.h"

#define RECREATE "docker-compose up -d web    # re-creates it: a restart does not re-read config.env"
#define LOOK_URL "docker-compose exec web env | grep -E '^EJ_ROCKETCHAT_(URL|INTEGRATION)='"
#define NAMES "docker-compose exec web env | grep -o '^EJ_ROCKETCHAT_[A-Z_]*'    # the names alone: the values are secret"

const struct code ENV_INTEGRATION_FALSE_WORD = {
    .name = "env/integration-false-word",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ takes EJ_ROCKETCHAT_INTEGRATION for false",
        .meaning = "EJ has no login page for Rocket.Chat: whoever is sent there gets a 404.",
        .looks = "A word such as enabled, or true in quotes; /talks/ is 404.",
        .why = "Only true, on, ok, y, yes, 1 (in any case) and numbers other than 0 are true; every other word is false, silently.",
        .heals = "EJ_ROCKETCHAT_INTEGRATION=true, and re-create web; its start migrates the tables.",
        .heals_not = "docker restart; changing frame settings.",
        .by_hand = LOOK_URL "\n" RECREATE,
        .refs = REFS("ej F58", "ej correction 20"),
    }};

const struct code ENV_ROCKET_NAMES = {
    .name = "env/rocketchat-names",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "Rocket.Chat's administrator stands under names that this EJ does not read",
        .meaning =
            "Nothing while an active row in the database names Rocket.Chat. Without one EJ is not configured: /talks/login/ is an error "
            "(generation B), or everybody is sent to the wizard (A).",
        .looks = "EJ_ROCKETCHAT_USER_ID, _USERNAME, _PASSWORD are set, the EJ_ROCKETCHAT_ADMIN_* names are not.",
        .why = "The shipped config.env offers these names. Generation B reads EJ_ROCKETCHAT_ADMIN_ID, _ADMIN_USERNAME, _ADMIN_PASSWORD and "
               "_AUTH_TOKEN; in A no set of variables is ever enough; C has no Rocket.Chat integration.",
        .heals =
            "The wizard at /talks/ as a superuser; or, in B, the four names and a re-created web. Delete the dead lines: one holds a password.",
        .heals_not = "Restarting web; frame settings.",
        .by_hand = NAMES,
        .refs = REFS("ej F71", "ej F70"),
    }};

const struct code ENV_ROCKET_INCOMPLETE = {
    .name = "env/rocketchat-incomplete",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "Rocket.Chat's administrator is given in part only",
        .meaning =
            "Nothing while an active row in the database names Rocket.Chat. Without one the part counts for nothing: /talks/login/ is 500.",
        .looks = "Some of EJ_ROCKETCHAT_ADMIN_ID, _ADMIN_USERNAME, _ADMIN_PASSWORD, _AUTH_TOKEN are set, others are not.",
        .why = "Generation B takes the environment only when EJ_ROCKETCHAT_URL and all four are set.",
        .heals = "Set all of them, or use the wizard at /talks/ and delete these lines.",
        .heals_not = "Restarting web.",
        .by_hand = NAMES,
        .refs = REFS("ej F70"),
    }};

const struct code ENV_ROCKET_URL_UNSET = {
    .name = "env/rocketchat-url-unset",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "The integration is on, and EJ_ROCKETCHAT_URL is not set",
        .meaning = "Browsers refuse to show EJ's login inside Rocket.Chat: only localhost:3000 is listed.",
        .looks = "EJ_ROCKETCHAT_URL is not set or empty, and no other list names Rocket.Chat.",
        .why = "The wizard writes the database only; the list of who may embed EJ comes from the environment alone.",
        .heals = "EJ_ROCKETCHAT_URL=<Rocket.Chat's address as people see it>, and re-create web.",
        .heals_not = "The wizard; DJANGO_X_FRAME_OPTIONS, which has no effect while the integration is on; docker restart.",
        .by_hand = LOOK_URL "\n" RECREATE,
        .refs = REFS("ej F59", "guide \"Troubleshooting\""),
    }};

const struct code ENV_ROCKET_URL_SCHEME = {
    .name = "env/rocketchat-url-scheme",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "EJ_ROCKETCHAT_URL has no scheme",
        .meaning = "Browsers refuse to show EJ's login inside Rocket.Chat: its host is missing in the list of who may.",
        .looks = "EJ_ROCKETCHAT_URL=chat.example.org instead of https://chat.example.org.",
        .why = "EJ cuts the host out behind \"://\" and finds none. In docker-compose.rocket.yml the same name means a bare host.",
        .heals = "Write the scheme, and re-create web.",
        .heals_not = "DJANGO_X_FRAME_OPTIONS; docker restart.",
        .by_hand = LOOK_URL "\n" RECREATE,
        .refs = REFS("ej F60", "ej correction 5"),
    }};

const struct code ENV_ROCKET_URL_PATH = {
    .name = "env/rocketchat-url-path",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "EJ_ROCKETCHAT_URL has a path",
        .meaning = "Browsers refuse to show EJ's login inside Rocket.Chat: an address with a path matches no page.",
        .looks = "EJ_ROCKETCHAT_URL=https://chat.example.org/channel instead of https://chat.example.org.",
        .why = "EJ puts what stands behind \"://\" into frame-ancestors as it is, and a source with a path never matches an ancestor.",
        .heals = "Scheme, host and port only; re-create web.",
        .heals_not = "DJANGO_X_FRAME_OPTIONS; docker restart.",
        .by_hand = LOOK_URL "\n" RECREATE,
        .refs = REFS("ej F61", "CSP3 6.7.2.8"),
    }};

const struct code ENV_ROCKET_URL_FORM = {
    .name = "env/rocketchat-url-form",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "EJ_ROCKETCHAT_URL is not written as browsers write an origin",
        .meaning =
            "Nothing while an active row in the database has the exact form. Without one the login is refused: EJ sends this text as "
            "Access-Control-Allow-Origin, which has to be equal to the byte.",
        .looks = "A slash at the end, capitals, :443 behind https or :80 behind http.",
        .why = "EJ sends the value as it is.",
        .heals = "scheme://host[:port], lower case, no slash at the end; re-create web.",
        .heals_not = "Frame settings.",
        .by_hand = LOOK_URL,
        .refs = REFS("ej F61", "Fetch 3.2.5"),
    }};

const struct code ENV_ROCKET_URL_OTHER = {
    .name = "env/rocketchat-url-other",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "EJ_ROCKETCHAT_URL is another address than Rocket.Chat's",
        .meaning = "Browsers refuse to show EJ's login inside Rocket.Chat: its address is in none of EJ's lists.",
        .looks = "Scheme, host or port differ from stack.rocketchat, and DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS does not name it.",
        .why =
            "Rocket.Chat has moved, the port is missing, or the address inside Docker was taken (that one belongs into EJ_ROCKETCHAT_API_URL).",
        .heals = "EJ_ROCKETCHAT_URL=<what people see in the address bar>, and re-create web.",
        .heals_not = "The wizard: it writes the database only. DJANGO_X_FRAME_OPTIONS; docker restart.",
        .by_hand = LOOK_URL "\n" RECREATE,
        .refs = REFS("ej F59", "ej F62"),
    }};

const struct code ENV_CSP_OVERRIDE = {
    .name = "env/csp-override",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "HTTP_CONTENT_SECURITY_POLICY replaces EJ's list with a dangerous or incomplete one",
        .meaning = "Rocket.Chat's users cannot log in, because the override does not name it; or any site may embed EJ, because it says *.",
        .looks = "The override lacks frame-ancestors, lacks Rocket.Chat's address in it, or has a *.",
        .why =
            "The override replaces the whole header: hostname, trusted origins and Rocket.Chat's address, which EJ lists by itself, are gone.",
        .heals = "Delete the line, set EJ_ROCKETCHAT_URL, and re-create web.",
        .heals_not = "EJ_ROCKETCHAT_URL or DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS while the override stands: it hides both.",
        .by_hand = "docker-compose exec web printenv HTTP_CONTENT_SECURITY_POLICY\n" RECREATE,
        .refs = REFS("ej F66", "ej D12", "CSP3 6.4.2"),
    }};

const struct code ENV_CORS_OVERRIDE = {
    .name = "env/cors-override",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {
        .title = "HTTP_ACCESS_CONTROL_ALLOW_* holds what browsers refuse together with cookies",
        .meaning = "The login page shows in Rocket.Chat, but the login itself is refused by the browser.",
        .looks = "ALLOW_ORIGIN is * or not Rocket.Chat's exact origin; ALLOW_CREDENTIALS is not exactly true.",
        .why = "With cookies browsers want the one exact origin and the word true in lower case.",
        .heals = "Delete the lines, or write the exact origin and true; re-create web.",
        .heals_not = "Frame settings.",
        .by_hand = "docker-compose exec web env | grep HTTP_ACCESS_CONTROL\n" RECREATE,
        .refs = REFS("ej F67", "ej D12", "Fetch 3.2.5"),
    }};

const struct code ENV_OVERRIDE_INERT = {
    .name = "env/override-inert",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "Settings are there that this EJ does not use",
        .meaning = "Nothing; whoever set them expects an effect that does not come.",
        .looks = "HTTP_* outside of generation B or with the integration off; EJ_ROCKETCHAT_* or DJANGO_ALLOWED_HOSTS in generation C; "
                 "HTTP_X_FRAME_OPTIONS, which browsers of today ignore beside frame-ancestors.",
        .why = "Generation A has no overrides, B has them only with the integration on, C defines some of them and uses none.",
        .heals = "Delete the lines.",
        .heals_not = "Another value.",
        .by_hand = "docker-compose exec web env | grep -o -E '^(HTTP|EJ_ROCKETCHAT)_[A-Z_]*'",
        .refs = REFS("ej F68", "ej section 9", "ej section 0"),
    }};

const struct code ENV_X_FRAME_OPTIONS = {
    .name = "env/x-frame-options",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "DJANGO_X_FRAME_OPTIONS has no effect while the integration is on",
        .meaning = "Nothing; who may embed EJ is decided by frame-ancestors.",
        .looks = "It is set, and X-Frame-Options still says allow-from.",
        .why = "EJ's Rocket.Chat middleware is innermost and sets the header first; Django's only fills a missing one. And browsers ignore "
               "X-Frame-Options where there is frame-ancestors.",
        .heals = "EJ_ROCKETCHAT_URL, or DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS for further addresses. Delete the line.",
        .heals_not = "DENY, SAMEORIGIN or ALLOW-FROM: none of them comes out.",
        .by_hand = "curl -sI 'https://<ej>/start/' | grep -iE 'x-frame|content-security'",
        .refs = REFS("ej F68", "ej section 4", "guide \"Troubleshooting\""),
    }};

const struct code *const env_codes[] = {
    &ENV_UNSEEN,
    &ENV_CONTAINER_UNSEEN,
    &ENV_DIFFERS,
    &ENV_THEME_DIFFERS,
    &ENV_FRAME_DIFFERS,
    &ENV_LOGIN_DIFFERS,
    &ENV_HOSTS_DIFFER,
    &ENV_NAME_NOT_READ,
    &ENV_HOSTNAME_NOT_READ,
    &ENV_FALSE_WORD,
    &ENV_LIST_BLANKS,
    &ENV_HOSTS_BLANKS,
    &ENV_QUOTES_KEPT,
    &ENV_LINE_MISREAD,
    &ENV_INDIRECTION,
    &ENV_THEME_VALUE,
    &ENV_SECRET_KEY_MISSING,
    &ENV_SECRET_KEY_PUBLISHED,
    &ENV_SECRET_KEY_WEAK,
    &ENV_DATABASE_UNSET,
    &ENV_DATABASE_URL_BROKEN,
    &ENV_DATABASE_PORT,
    &ENV_DATABASE_PASSWORD,
    &ENV_POSTGRES_DIFFERS,
    &ENV_ENVIRONMENT_UNKNOWN,
    &ENV_ENVIRONMENT_LOCAL,
    &ENV_COUNTRY_UNKNOWN,
    &ENV_DEBUG_ON,
    &ENV_HOSTS_ANY,
    &ENV_HOST_NOT_LISTED,
    &ENV_ADMIN_URL,
    &ENV_STATIC_MOVED,
    &ENV_FILE_READABLE,
    &ENV_FILE_IN_GIT,
    &ENV_INTEGRATION_FALSE_WORD,
    &ENV_ROCKET_NAMES,
    &ENV_ROCKET_INCOMPLETE,
    &ENV_ROCKET_URL_UNSET,
    &ENV_ROCKET_URL_SCHEME,
    &ENV_ROCKET_URL_PATH,
    &ENV_ROCKET_URL_FORM,
    &ENV_ROCKET_URL_OTHER,
    &ENV_CSP_OVERRIDE,
    &ENV_CORS_OVERRIDE,
    &ENV_OVERRIDE_INERT,
    &ENV_X_FRAME_OPTIONS,
    NULL,
};
