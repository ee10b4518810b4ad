/* What the env check can find; the texts stand in env.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const env_codes[]; /* all of them, in this order, NULL-terminated */

BLIND(ENV_UNSEEN, "env/unseen", WARNING, EJMON)
CODE(ENV_CONTAINER_UNSEEN, "env/container-unseen", INFO, EJMON)

CODE(ENV_DIFFERS, "env/differs", WARNING, SETTINGS)
CODE(ENV_THEME_DIFFERS, "env/theme-differs", WARNING, SETTINGS)
CODE(ENV_FRAME_DIFFERS, "env/frame-differs", WARNING, SETTINGS)
CODE(ENV_LOGIN_DIFFERS, "env/login-differs", WARNING, SETTINGS)
CODE(ENV_HOSTS_DIFFER, "env/hosts-differ", WARNING, SETTINGS)

CODE(ENV_NAME_NOT_READ, "env/name-not-read", WARNING, SETTINGS)
CODE(ENV_HOSTNAME_NOT_READ, "env/hostname-not-read", WARNING, SETTINGS)
CODE(ENV_FALSE_WORD, "env/false-word", WARNING, SETTINGS)
CODE(ENV_LIST_BLANKS, "env/list-blanks", WARNING, SETTINGS)
CODE(ENV_HOSTS_BLANKS, "env/hosts-blanks", WARNING, SETTINGS)
CODE(ENV_QUOTES_KEPT, "env/quotes-kept", WARNING, SETTINGS)
CODE(ENV_LINE_MISREAD, "env/line-misread", INFO, SETTINGS)
CODE(ENV_INDIRECTION, "env/indirection", WARNING, SETTINGS)
CODE(ENV_THEME_VALUE, "env/theme-value", CRITICAL, SETTINGS)

CODE(ENV_SECRET_KEY_MISSING, "env/secret-key-missing", CRITICAL, SETTINGS)
CODE(ENV_SECRET_KEY_PUBLISHED, "env/secret-key-published", WARNING, SETTINGS)
CODE(ENV_SECRET_KEY_WEAK, "env/secret-key-weak", WARNING, SETTINGS)

CODE(ENV_DATABASE_UNSET, "env/database-unset", CRITICAL, SETTINGS)
CODE(ENV_DATABASE_URL_BROKEN, "env/database-url-broken", CRITICAL, SETTINGS)
CODE(ENV_DATABASE_PORT, "env/database-port", CRITICAL, SETTINGS)
CODE(ENV_DATABASE_PASSWORD, "env/database-password", WARNING, SETTINGS)
CODE(ENV_POSTGRES_DIFFERS, "env/postgres-differs", INFO, SETTINGS)

CODE(ENV_ENVIRONMENT_UNKNOWN, "env/environment-unknown", CRITICAL, SETTINGS)
CODE(ENV_ENVIRONMENT_LOCAL, "env/environment-local", INFO, SETTINGS)
CODE(ENV_COUNTRY_UNKNOWN, "env/country-unknown", CRITICAL, SETTINGS)
CODE(ENV_DEBUG_ON, "env/debug-on", CRITICAL, SETTINGS)
CODE(ENV_HOSTS_ANY, "env/hosts-any", WARNING, SETTINGS)
CODE(ENV_HOST_NOT_LISTED, "env/host-not-listed", WARNING, SETTINGS)
CODE(ENV_ADMIN_URL, "env/admin-url", INFO, SETTINGS)
CODE(ENV_STATIC_MOVED, "env/static-moved", WARNING, SETTINGS)
CODE(ENV_FILE_READABLE, "env/file-readable", WARNING, SETTINGS)
CODE(ENV_FILE_IN_GIT, "env/file-in-git", WARNING, SETTINGS)

CODE(ENV_INTEGRATION_FALSE_WORD, "env/integration-false-word", CRITICAL, SETTINGS)
CODE(ENV_ROCKET_NAMES, "env/rocketchat-names", INFO, SETTINGS)
CODE(ENV_ROCKET_INCOMPLETE, "env/rocketchat-incomplete", INFO, SETTINGS)
CODE(ENV_ROCKET_URL_UNSET, "env/rocketchat-url-unset", WARNING, SETTINGS)
CODE(ENV_ROCKET_URL_SCHEME, "env/rocketchat-url-scheme", WARNING, SETTINGS)
CODE(ENV_ROCKET_URL_PATH, "env/rocketchat-url-path", WARNING, SETTINGS)
CODE(ENV_ROCKET_URL_FORM, "env/rocketchat-url-form", INFO, SETTINGS)
CODE(ENV_ROCKET_URL_OTHER, "env/rocketchat-url-other", WARNING, SETTINGS)
CODE(ENV_CSP_OVERRIDE, "env/csp-override", WARNING, SETTINGS)
CODE(ENV_CORS_OVERRIDE, "env/cors-override", WARNING, SETTINGS)
CODE(ENV_OVERRIDE_INERT, "env/override-inert", INFO, SETTINGS)
CODE(ENV_X_FRAME_OPTIONS, "env/x-frame-options", INFO, SETTINGS)
