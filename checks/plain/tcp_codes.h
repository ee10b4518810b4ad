/* What the tcp check can find; the texts stand in plain.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const tcp_codes[]; /* all of them, in this order, NULL-terminated */

FAILURE(TCP_UNREACHABLE, "tcp/unreachable", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(TCP_NAME_UNKNOWN, "tcp/name-unknown", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(TCP_TIMEOUT, "tcp/timeout", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(TCP_CLOSED, "tcp/closed", CRITICAL, NETWORK, ABSENCE, ANSWER)
FAILURE(TCP_UNEXPECTED, "tcp/unexpected", CRITICAL, NETWORK, CONTENT, ANSWER)
BLIND(TCP_BAD_ADDRESS, "tcp/bad-address", WARNING, EJMON)
