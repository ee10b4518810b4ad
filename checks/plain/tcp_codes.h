/* What the tcp check can find; the texts stand in plain.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const tcp_codes[]; /* all of them, in this order, NULL-terminated */

CODE(TCP_UNREACHABLE, "tcp/unreachable", CRITICAL, NETWORK, ABSENCE)
CODE(TCP_NAME_UNKNOWN, "tcp/name-unknown", CRITICAL, NETWORK, ABSENCE)
CODE(TCP_TIMEOUT, "tcp/timeout", CRITICAL, NETWORK, ABSENCE)
CODE(TCP_CLOSED, "tcp/closed", CRITICAL, NETWORK, ABSENCE)
CODE(TCP_UNEXPECTED, "tcp/unexpected", CRITICAL, NETWORK, CONTENT)
BLIND(TCP_BAD_ADDRESS, "tcp/bad-address", WARNING, EJMON)
