/* The control socket: one line in, one JSON object out, in the state folder, for ejmon's own commands. It holds the state folder from the
 * daemon's first step to its last: one daemon at a time. What it answers comes from memory, and waits for neither disk nor network.
 *
 * While the folder's disk is full, read-only, broken or hangs there is no socket, and nobody holds the folder: that is logged, tried again
 * by itself, and no reason to end. */
#ifndef EJMON_CONTROL_H
#define EJMON_CONTROL_H

#include <jansson.h>

#include "monitor/base/task.h"

#define CONTROL_PATIENCE 5.0 /* seconds that the folder's disk may take at the start before the daemon goes on without it */

struct control;

/* The answer to one request line; a new reference. */
typedef json_t *control_answerer(void *context, const char *request);

/* 0; or -errno with *ret_error a sentence to be freed: the folder is none that can be held (hold.c has the line), or another daemon has it.
 * `look` is set when the folder was got, or not. Inside a task, as all that follow. */
int control_start(const char *state, control_answerer *answer, void *context, struct task_event *look, struct control **ret_control,
                  char **ret_error) must_check;
bool control_has_folder(const struct control *control);     /* only then anything may be written into it */
const char *control_trouble(const struct control *control); /* why the folder, or the socket, is not there, or NULL */
void control_stop(struct control *control);                 /* harmless on NULL */

/* Somebody who came by another way is answered, too. Takes the descriptor, which must not block. */
void control_take(struct control *control, int fd);
bool control_is_open(const struct control *control); /* it listens at its file, or did */
/* Listens at this socket from now on, in place of the former one. Takes it. */
void control_listen(struct control *control, int fd);

#endif
