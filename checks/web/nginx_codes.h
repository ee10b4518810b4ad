/* What the nginx check can find; the texts stand in web.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const nginx_codes[]; /* all of them, in this order, NULL-terminated */

CODE(NGINX_UNREACHABLE, "nginx/unreachable", CRITICAL, NGINX, OUTAGE)
CODE(NGINX_NAME_UNKNOWN, "nginx/name-unknown", CRITICAL, NETWORK, OUTAGE)
CODE(NGINX_CERTIFICATE, "nginx/certificate", CRITICAL, PROXY, OUTAGE)
CODE(NGINX_NOT_HTTP, "nginx/not-http", CRITICAL, NETWORK, OUTAGE)
CODE(NGINX_TIMEOUT, "nginx/timeout", CRITICAL, NGINX, OUTAGE)
CODE(NGINX_BAD_GATEWAY, "nginx/bad-gateway", CRITICAL, WEB, OUTAGE)
CODE(NGINX_GATEWAY_TIMEOUT, "nginx/gateway-timeout", CRITICAL, WEB, OUTAGE)
CODE(NGINX_UNAVAILABLE, "nginx/unavailable", CRITICAL, PROXY, OUTAGE)
CODE(NGINX_NOT_FOUND, "nginx/not-found", CRITICAL, NGINX, ABSENCE)
CODE(NGINX_REFUSED, "nginx/refused", CRITICAL, NGINX, ABSENCE)
CODE(NGINX_SERVER_ERROR, "nginx/server-error", CRITICAL, NGINX, OUTAGE)
CODE(NGINX_DEFAULT_PAGE, "nginx/default-page", CRITICAL, NGINX, CONTENT)
CODE(NGINX_REDIRECTED, "nginx/redirected", WARNING, PROXY, CONTENT)
CODE(NGINX_REDIRECT_LOOP, "nginx/redirect-loop", CRITICAL, PROXY, ABSENCE)
CODE(NGINX_REDIRECT_NOWHERE, "nginx/redirect-nowhere", CRITICAL, PROXY, ABSENCE)
CODE(NGINX_SLOW, "nginx/slow", WARNING, NGINX, ABSENCE)
CODE(NGINX_CUT_OFF, "nginx/cut-off", CRITICAL, NGINX, OUTAGE)

CODE(NGINX_NO_TLS, "nginx/no-tls", INFO, PROXY, CONTENT)
CODE(NGINX_NO_HSTS, "nginx/no-hsts", INFO, PROXY, CONTENT)
CODE(NGINX_UPLOAD_UNLIMITED, "nginx/upload-unlimited", INFO, NGINX, STATE)
CODE(NGINX_CACHE_IN_FRONT, "nginx/cache-in-front", INFO, PROXY, CONTENT)
CODE(NGINX_INSIDE_UNSEEN, "nginx/inside-unseen", INFO, EJMON, NONE)
