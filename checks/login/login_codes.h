/* What the login check can find; the texts stand in login.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const login_codes[]; /* all of them, in this order, NULL-terminated */

/* Without an account. */
BLIND(LOGIN_NO_ORIGIN, "login/no-origin", WARNING, EJMON)
FAILURE(LOGIN_UNREACHABLE, "login/unreachable", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(LOGIN_API_MISSING, "login/api-missing", CRITICAL, SETTINGS, ABSENCE, ANSWER)
FAILURE(LOGIN_API_FAILED, "login/api-failed", CRITICAL, WEB, ABSENCE, ANSWER)
FAILURE(LOGIN_API_STATUS, "login/api-status", CRITICAL, PROXY, ABSENCE, ANSWER)
FAILURE(LOGIN_REDIRECTED, "login/redirected", CRITICAL, PROXY, CONTENT, ANSWER)
FAILURE(LOGIN_TOKEN_FOR_ANYBODY, "login/token-for-anybody", CRITICAL, PROXY, CONTENT, ANSWER)
FAILURE(LOGIN_CORS_MISSING, "login/cors-missing", CRITICAL, PROXY, CONTENT, CORS)
FAILURE(LOGIN_CORS_DOUBLED, "login/cors-doubled", CRITICAL, PROXY, CONTENT, CORS)
FAILURE(LOGIN_CORS_ORIGIN, "login/cors-origin", CRITICAL, SETTINGS, CONTENT, CORS)
FAILURE(LOGIN_CORS_CREDENTIALS, "login/cors-credentials", CRITICAL, SETTINGS, CONTENT, CORS)
CODE(LOGIN_PREFLIGHT_REFUSED, "login/preflight-refused", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_PAGE_TYPE, "login/page-type", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_CROSS_SITE, "login/cross-site", CRITICAL, BROWSER, CONTENT)
CODE(LOGIN_THIRD_PARTY, "login/third-party-cookies", WARNING, BROWSER, CONTENT)
CODE(LOGIN_COOKIE_DROPPED, "login/cookie-dropped", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_MIXED_CONTENT, "login/mixed-content", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_INTERNAL_NAME, "login/internal-name", WARNING, SETTINGS, STATE)
CODE(LOGIN_ROCKET_POLICY, "login/rocket-policy", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_FORCED_SSL, "login/forced-ssl", CRITICAL, SETTINGS, STATE)
CODE(LOGIN_NO_TLS, "login/no-tls", WARNING, PROXY, CONTENT)
CODE(LOGIN_COOKIE_OPEN, "login/cookie-not-secure", INFO, PROXY, CONTENT)
CODE(LOGIN_NO_HSTS, "login/no-hsts", INFO, PROXY, CONTENT)

/* With one. */
BLIND(LOGIN_REFUSED, "login/refused", WARNING, EJMON)
BLIND(LOGIN_FORM_UNKNOWN, "login/form-unknown", WARNING, EJMON)
CODE(LOGIN_FORM_FAILED, "login/form-failed", CRITICAL, WEB, ABSENCE)
CODE(LOGIN_SESSION_LOST, "login/session-lost", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_NO_PERMISSION, "login/no-permission", WARNING, DATABASE, CONTENT)
CODE(LOGIN_API_ERROR, "login/api-error", CRITICAL, WEB, ABSENCE)
CODE(LOGIN_NO_TOKEN, "login/no-token", CRITICAL, WEB, CONTENT)
CODE(LOGIN_TOKEN_KEY, "login/token-key", CRITICAL, WEB, CONTENT)
CODE(LOGIN_TOKEN_TYPE, "login/token-type", CRITICAL, PROXY, CONTENT)
CODE(LOGIN_TOKEN_REFUSED, "login/token-refused", CRITICAL, ROCKETCHAT, CONTENT)
CODE(LOGIN_MESSAGE_TARGET, "login/message-target", CRITICAL, DATABASE, CONTENT)
CODE(LOGIN_ROCKET_BUSY, "login/rocket-busy", INFO, EJMON, NONE)

/* For what a cause explains: every finding of the group. */
GROUP(LOGIN_ALL, "login/")
