/* Asking the running daemon over its control socket. */
#ifndef EJMON_ASK_H
#define EJMON_ASK_H

#include <jansson.h>

#include "monitor/commands/command.h"

/* Sends one request line and reads the JSON answer, within `seconds`. 0 with a new reference, -ECONNREFUSED or -ENOENT when no daemon runs,
 * -EACCES, -ETIMEDOUT, -EPROTO. Blocks: for commands outside of the loop. */
int ask_daemon(const char *state, const char *request, double seconds, json_t **ret_answer) must_check;

/* The state folder of the daemon to ask: --state, else what the configuration says, which may be wrong or missing in all else: whoever asks
 * whether the daemon lives must not be told of a typing error. *ret_why: see conf_state(). A new string. */
char *ask_where(const struct invocation *invocation, char **ret_why) must_check;
/* Complains that it did not answer, and why that folder was asked. Returns EXIT_UNKNOWN. */
int ask_refuse(const char *state, const char *why, int error);
/* Complains of what the daemon answered instead of what was asked; EXIT_UNKNOWN then, else 0. */
int ask_error(const json_t *answer) must_check;
/* Is it that no daemon runs? Then its journal can be read. */
bool ask_found_nobody(int error) must_check;

#endif
