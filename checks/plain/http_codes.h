/* What the http check can find; the texts stand in plain.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const http_codes[]; /* all of them, in this order, NULL-terminated */

CODE(HTTP_UNREACHABLE, "http/unreachable", CRITICAL, NETWORK)
CODE(HTTP_NAME_UNKNOWN, "http/name-unknown", CRITICAL, NETWORK)
CODE(HTTP_TLS, "http/tls", CRITICAL, NETWORK)
CODE(HTTP_TIMEOUT, "http/timeout", CRITICAL, NETWORK)
CODE(HTTP_STATUS, "http/status", CRITICAL, WEB)
CODE(HTTP_HEADER, "http/header", CRITICAL, WEB)
CODE(HTTP_BODY, "http/body", CRITICAL, WEB)
CODE(HTTP_SLOW, "http/slow", WARNING, WEB)
BLIND(HTTP_BAD_OPTION, "http/bad-option", WARNING, EJMON)
