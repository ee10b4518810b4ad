/* The control socket: one line in, one JSON object out, in the state folder, for ejmon's own commands. It holds the state folder from the
 * daemon's first step to its last: one daemon at a time. What it answers comes from memory, and waits for neither disk nor network. */
#ifndef EJMON_CONTROL_H
#define EJMON_CONTROL_H

#include <jansson.h>

#include "monitor/base/text.h"

struct control;

/* The answer to one request line; a new reference. */
typedef json_t *control_answerer(void *context, const char *request);

/* 0, or -errno with *ret_error a sentence to be freed. Inside a task. */
int control_start(const char *state, control_answerer *answer, void *context, struct control **ret_control, char **ret_error) must_check;
void control_stop(struct control *control); /* harmless on NULL */

/* Somebody who came by another way is answered, too. Takes the descriptor, which must not block. */
void control_take(struct control *control, int fd);
bool control_is_open(const struct control *control); /* it listens at its file, or did */
/* Listens at this socket from now on, in place of the former one. Takes it. */
void control_listen(struct control *control, int fd);

#endif
