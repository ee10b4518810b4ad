/* What the login check can find; the texts stand in login.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const login_codes[]; /* all of them, in this order, NULL-terminated */

/* Without an account. */
BLIND(LOGIN_NO_ORIGIN, "login/no-origin", WARNING, EJMON)
CODE(LOGIN_UNREACHABLE, "login/unreachable", CRITICAL, NETWORK)
CODE(LOGIN_API_MISSING, "login/api-missing", CRITICAL, SETTINGS)
CODE(LOGIN_API_FAILED, "login/api-failed", CRITICAL, WEB)
CODE(LOGIN_API_STATUS, "login/api-status", CRITICAL, PROXY)
CODE(LOGIN_REDIRECTED, "login/redirected", CRITICAL, PROXY)
CODE(LOGIN_TOKEN_FOR_ANYBODY, "login/token-for-anybody", CRITICAL, PROXY)
CODE(LOGIN_CORS_MISSING, "login/cors-missing", CRITICAL, PROXY)
CODE(LOGIN_CORS_DOUBLED, "login/cors-doubled", CRITICAL, PROXY)
CODE(LOGIN_CORS_ORIGIN, "login/cors-origin", CRITICAL, SETTINGS)
CODE(LOGIN_CORS_CREDENTIALS, "login/cors-credentials", CRITICAL, SETTINGS)
CODE(LOGIN_PREFLIGHT_REFUSED, "login/preflight-refused", CRITICAL, PROXY)
CODE(LOGIN_PAGE_TYPE, "login/page-type", CRITICAL, PROXY)
CODE(LOGIN_CROSS_SITE, "login/cross-site", CRITICAL, BROWSER)
CODE(LOGIN_THIRD_PARTY, "login/third-party-cookies", WARNING, BROWSER)
CODE(LOGIN_COOKIE_DROPPED, "login/cookie-dropped", CRITICAL, PROXY)
CODE(LOGIN_MIXED_CONTENT, "login/mixed-content", CRITICAL, PROXY)
CODE(LOGIN_INTERNAL_NAME, "login/internal-name", WARNING, SETTINGS)
CODE(LOGIN_ROCKET_POLICY, "login/rocket-policy", CRITICAL, PROXY)
CODE(LOGIN_FORCED_SSL, "login/forced-ssl", CRITICAL, SETTINGS)
CODE(LOGIN_NO_TLS, "login/no-tls", WARNING, PROXY)
CODE(LOGIN_COOKIE_OPEN, "login/cookie-not-secure", INFO, PROXY)
CODE(LOGIN_NO_HSTS, "login/no-hsts", INFO, PROXY)

/* With one. */
BLIND(LOGIN_REFUSED, "login/refused", WARNING, EJMON)
BLIND(LOGIN_FORM_UNKNOWN, "login/form-unknown", WARNING, EJMON)
CODE(LOGIN_FORM_FAILED, "login/form-failed", CRITICAL, WEB)
CODE(LOGIN_SESSION_LOST, "login/session-lost", CRITICAL, PROXY)
CODE(LOGIN_NO_PERMISSION, "login/no-permission", WARNING, DATABASE)
CODE(LOGIN_API_ERROR, "login/api-error", CRITICAL, WEB)
CODE(LOGIN_NO_TOKEN, "login/no-token", CRITICAL, WEB)
CODE(LOGIN_TOKEN_KEY, "login/token-key", CRITICAL, WEB)
CODE(LOGIN_TOKEN_TYPE, "login/token-type", CRITICAL, PROXY)
CODE(LOGIN_TOKEN_REFUSED, "login/token-refused", CRITICAL, ROCKETCHAT)
CODE(LOGIN_MESSAGE_TARGET, "login/message-target", CRITICAL, DATABASE)
CODE(LOGIN_ROCKET_BUSY, "login/rocket-busy", INFO, EJMON)

/* For what a cause explains: every finding of the group. */
GROUP(LOGIN_ALL, "login/")
