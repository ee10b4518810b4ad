/* The control socket's file is made again when somebody removed it, such as a clean-up of old files: commands of other users, and those
 * that ask by the folder, need it. */
#ifndef EJMON_SOCKET_FILE_H
#define EJMON_SOCKET_FILE_H

#include "monitor/serve/control.h"

#define SOCKET_FILE_LOOK 3.0 /* seconds between two looks, on a thread: the folder's disk may hang */

struct socket_file;

/* Inside a task, as the other; the control outlives it. */
struct socket_file *socket_file_watch(struct control *control, const char *state) must_check;
void socket_file_leave(struct socket_file *file); /* harmless on NULL */

#endif
