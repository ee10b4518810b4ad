/* The daemon's hold on its state folder: the folder is made, its lock taken, the control socket opened in it. All of that may wait for a
 * disk that hangs, so a thread does it, and the loop hears how it went. What cannot be had now is tried again: a disk that is full,
 * read-only or hangs is no reason not to watch and to tell.
 *
 * One try at a time, and none is ever given up: the lock is a record lock (lockfile.h), which goes with any descriptor of its file, so a
 * try that somebody closed behind the next one's back would take the lock with it. */
#ifndef EJMON_HOLD_H
#define EJMON_HOLD_H

#include "monitor/base/text.h"

#define HOLD_SOCKET "ejmon.sock" /* in the folder */
#define HOLD_AGAIN 2.0           /* seconds between two tries */

struct hold;

/* Begins the first try. `tried` is called on the loop's thread after each one. */
struct hold *hold_start(const char *folder, void (*tried)(void *context), void *context) must_check;
bool hold_has_folder(const struct hold *hold); /* no other daemon has, nor gets, the folder while this one lives */
/* The listening socket, once: it is the caller's then. Negative: there is none, or it was taken already. */
int hold_take_socket(struct hold *hold) must_check;
/* Why not all of it is there: a sentence; NULL when it is, and before the first try has ended. */
const char *hold_error(const struct hold *hold);
/* 0, or -errno: what the newest try met is no matter of the disk's, but of the configuration; or another daemon is there. */
int hold_refusal(const struct hold *hold);
/* Removes the socket and gives the folder back, on the thread, without waiting for it; frees. Harmless on NULL. */
void hold_stop(struct hold *hold);

#endif
