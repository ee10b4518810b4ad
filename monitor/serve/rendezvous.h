/* Names at which a daemon is found whatever becomes of its files: abstract unix sockets (unix(7)). Such a name is the kernel's: it lives as
 * long as the process that listens there, however that one ends; no disk, no clean-up of /tmp and no edit of a configuration touches it;
 * and two processes cannot have it.
 *
 * A name is made of the user, the root folder (containers that share a network do not meet), and what it stands for: a kind and a path.
 * Anybody can take or ask any name, so each side looks who the other is. */
#ifndef EJMON_RENDEZVOUS_H
#define EJMON_RENDEZVOUS_H

#include <sys/socket.h>
#include <sys/un.h>

#include "monitor/base/text.h"

#define RENDEZVOUS_STATE "state"                 /* the kinds: the state folder that a daemon works in, */
#define RENDEZVOUS_NEXT_STATE "next state"       /* the one that its configuration has come to name meanwhile, */
#define RENDEZVOUS_CONFIGURATION "configuration" /* the configuration file */

/* Fills the address and returns its length. The path may be relative, and what it names may be gone: it is taken as it is written, and no
 * disk is asked, which may hang. "" stands for none at all. */
socklen_t rendezvous_address(const char *kind, const char *path, struct sockaddr_un *ret_address) must_check;
/* Is at the other end of this connection the same user, or root, and not in another container? */
bool rendezvous_trusts(int fd) must_check;

#endif
