/* What the http and tcp checks can find; the texts stand in http_codes.c. */
#ifndef EJMON_HTTP_CODES_H
#define EJMON_HTTP_CODES_H

#include "checks/finding.h"

extern const struct code HTTP_UNREACHABLE, HTTP_NAME_UNKNOWN, HTTP_TLS, HTTP_TIMEOUT, HTTP_STATUS, HTTP_HEADER, HTTP_BODY, HTTP_SLOW,
    HTTP_BAD_OPTION;
extern const struct code TCP_UNREACHABLE, TCP_NAME_UNKNOWN, TCP_TIMEOUT, TCP_CLOSED, TCP_UNEXPECTED, TCP_BAD_ADDRESS;

#endif
