/* Names to addresses: getaddrinfo() blocks, so it runs on threads, one pool per purpose. A literal address never goes there.
 *
 * Names of targets that hang hold up other targets at most, never a page. A name that is being looked up is not looked up a second time,
 * and what was found is good for RESOLVE_FRESH seconds. Everything here is called on the loop's thread. */
#ifndef EJMON_RESOLVE_H
#define EJMON_RESOLVE_H

#include "monitor/base/text.h"

#define RESOLVE_FRESH 30.0        /* seconds; a failure is not kept at all */
#define RESOLVE_PROBE_THREADS 32  /* names of targets that may hang at a time without holding up others; reserve.h may allow fewer */
#define RESOLVE_TELLING_THREADS 4 /* there are few receivers */
#define RESOLVE_NAME_LIMIT 20000  /* names kept: a server that redirects to ever new ones costs no more memory than this */
#define RESOLVE_ADDRESS_LIMIT 8   /* addresses of one name that are kept */

enum resolve_purpose { RESOLVE_FOR_PROBES, RESOLVE_FOR_TELLING };

struct resolve_answer {
  char **addresses; /* literals as getaddrinfo() orders them, NULL-terminated, the caller's; NULL after a failure */
  double seconds;   /* that the resolver took while the caller waited; the wait in our own queue is none of it */
  int error;        /* after -ENOENT: getaddrinfo's, for gai_strerror() */
};

/* An IPv4 or IPv6 address, with or without brackets or zone. */
bool resolve_is_literal(const char *host);

/* Inside a task. `limit`: seconds for the answer, 0: only the task's deadline. `configured`: only addresses of a family that this machine
 * has an address of (AI_ADDRCONFIG). 0, or
 *   -ENOENT     the name has no address, or no name server that was asked says one,
 *   -ETIMEDOUT  the resolver was at it and did not answer in time,
 *   -EAGAIN     it did not come to it in time, because other names hold the threads, or a thread is not to be had: could not look,
 *   -EMFILE, -ENFILE, -ENOMEM  of ejmon's own: could not look, -ECANCELED. */
int resolve(enum resolve_purpose purpose, const char *host, bool configured, double limit, struct resolve_answer *ret_answer) must_check;

/* Forgets all names: after work_end(), for leak checks at the end of the program; and for tests. */
void resolve_end(void);

#endif
