/* Asking the running daemon over its control socket. */
#ifndef EJMON_ASK_H
#define EJMON_ASK_H

#include <jansson.h>

#include "monitor/base/text.h"

/* Sends one request line and reads the JSON answer, within `seconds`. 0 with a new reference, -ECONNREFUSED or -ENOENT when no daemon runs,
 * -EACCES, -ETIMEDOUT, -EPROTO. Blocks: for commands outside of the loop. */
int ask_daemon(const char *state, const char *request, double seconds, json_t **ret_answer) must_check;

#endif
