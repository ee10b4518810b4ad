/* What the rocketchat check can find; the texts stand in rocketchat.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const rocket_codes[]; /* all of them, in this order, NULL-terminated */

CODE(ROCKET_UNREACHABLE, "rocket/unreachable", CRITICAL, ROCKETCHAT, ABSENCE)
CODE(ROCKET_HUNG, "rocket/hung", CRITICAL, ROCKETCHAT, ABSENCE)
CODE(ROCKET_SERVER_ERROR, "rocket/server-error", CRITICAL, ROCKETCHAT, ABSENCE)
CODE(ROCKET_NOT_ROCKETCHAT, "rocket/not-rocketchat", CRITICAL, ROCKETCHAT, ABSENCE)
CODE(ROCKET_RATE_LIMITED, "rocket/rate-limited", INFO, EJMON, NONE)
CODE(ROCKET_UNHEALTHY, "rocket/unhealthy", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_FORCE_SSL, "rocket/force-ssl", WARNING, ROCKETCHAT, STATE)
BLIND(ROCKET_SETTINGS_UNREAD, "rocket/settings-unread", WARNING, EJMON)
CODE(ROCKET_SETTING_HIDDEN, "rocket/setting-hidden", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_IFRAME_OFF, "rocket/iframe-off", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_IFRAME_INCOMPLETE, "rocket/iframe-incomplete", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_IFRAME_URL, "rocket/iframe-url", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_IFRAME_API_URL, "rocket/iframe-api-url", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_IFRAME_METHOD, "rocket/iframe-method", CRITICAL, ROCKETCHAT, STATE)
CODE(ROCKET_SITE_URL, "rocket/site-url", WARNING, ROCKETCHAT, STATE)
CODE(ROCKET_ROOT_URL, "rocket/root-url", WARNING, ROCKETCHAT, STATE)
CODE(ROCKET_ACCOUNT_CHANGES, "rocket/account-changes", WARNING, ROCKETCHAT, STATE)
CODE(ROCKET_ANONYMOUS_READ, "rocket/anonymous-read", WARNING, ROCKETCHAT, STATE)
CODE(ROCKET_SETUP_WIZARD, "rocket/setup-wizard", WARNING, ROCKETCHAT, STATE)
CODE(ROCKET_WINDOW_BROKEN, "rocket/window-broken", WARNING, ROCKETCHAT, STATE)
