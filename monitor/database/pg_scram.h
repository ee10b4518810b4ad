/* Inside of pg_session.c: how much computing a server's login asks for. Pure. */
#ifndef EJMON_PG_SCRAM_H
#define EJMON_PG_SCRAM_H

#include "monitor/base/text.h"

/* The iterations that SCRAM's server-first-message (RFC 5802 section 5) asks for, if it is whole among the messages (PostgreSQL's protocol
 * 3.0) that `bytes` begin with; else 0. A number that does not fit, or a negative one, is a large one. */
unsigned long pg_scram_iterations(const char *bytes, size_t length) must_check;

#endif
