/* What the env check can find. The texts stand in env_codes.c (how values get lost on their way), env_codes_danger.c (what is unsafe or
 * ends the start) and env_codes_rocket.c (Rocket.Chat and framing). */
#ifndef EJMON_ENV_CODES_H
#define EJMON_ENV_CODES_H

#include "checks/finding.h"

extern const struct code ENV_UNSEEN, ENV_CONTAINER_UNSEEN;
extern const struct code ENV_DIFFERS, ENV_THEME_DIFFERS, ENV_FRAME_DIFFERS, ENV_HOSTS_DIFFER;
extern const struct code ENV_NAME_NOT_READ, ENV_HOSTNAME_NOT_READ, ENV_FALSE_WORD, ENV_LIST_BLANKS, ENV_HOSTS_BLANKS, ENV_QUOTES_KEPT,
    ENV_INDIRECTION, ENV_THEME_VALUE;
extern const struct code ENV_SECRET_KEY_MISSING, ENV_SECRET_KEY_PUBLISHED, ENV_SECRET_KEY_WEAK;
extern const struct code ENV_DATABASE_UNSET, ENV_DATABASE_URL_BROKEN, ENV_DATABASE_PORT, ENV_DATABASE_PASSWORD, ENV_POSTGRES_DIFFERS;
extern const struct code ENV_ENVIRONMENT_UNKNOWN, ENV_ENVIRONMENT_LOCAL, ENV_COUNTRY_UNKNOWN, ENV_DEBUG_ON, ENV_HOSTS_ANY,
    ENV_HOST_NOT_LISTED, ENV_ADMIN_URL, ENV_STATIC_MOVED, ENV_FILE_READABLE, ENV_FILE_IN_GIT;
extern const struct code ENV_INTEGRATION_FALSE_WORD, ENV_ROCKET_NAMES, ENV_ROCKET_INCOMPLETE, ENV_ROCKET_URL_UNSET, ENV_ROCKET_URL_SCHEME,
    ENV_ROCKET_URL_PATH, ENV_ROCKET_URL_FORM, ENV_ROCKET_URL_OTHER, ENV_CSP_OVERRIDE, ENV_CORS_OVERRIDE, ENV_OVERRIDE_INERT,
    ENV_X_FRAME_OPTIONS;

extern const struct code *const env_codes[]; /* all of them, NULL-terminated */

#endif
