/* What the http check can find; the texts stand in plain.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const http_codes[]; /* all of them, in this order, NULL-terminated */

FAILURE(HTTP_UNREACHABLE, "http/unreachable", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(HTTP_NAME_UNKNOWN, "http/name-unknown", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(HTTP_TLS, "http/tls", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(HTTP_TIMEOUT, "http/timeout", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(HTTP_STATUS, "http/status", CRITICAL, WEB, ABSENCE, ANSWER)
FAILURE_BESIDE(HTTP_HEADER, "http/header", CRITICAL, WEB, CONTENT, ANSWER)
FAILURE_BESIDE(HTTP_BODY, "http/body", CRITICAL, WEB, CONTENT, ANSWER)
CODE(HTTP_SLOW, "http/slow", WARNING, WEB, ABSENCE)
BLIND(HTTP_BAD_OPTION, "http/bad-option", WARNING, EJMON)
