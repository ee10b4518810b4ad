/* Where the subjects' targets stand, seen from ejmon: on this machine, on a network that it is part of, or beyond a router. Read from the
 * targets' words, nothing is resolved: so it is a guess, good enough to say which of ejmon's own ways a subject needs. Pure. */
#ifndef EJMON_WHERE_H
#define EJMON_WHERE_H

#include "monitor/base/text.h"

enum reach {
  REACH_LOCAL, /* this machine: loopback, a file, a socket */
  REACH_LINK,  /* a private address, or a name without a dot: the services of a Docker network */
  REACH_FAR,   /* needs a default route */
};

struct whereabouts {
  char *subject, *target_host; /* target_host: NULL where it is no host */
  size_t host;                 /* subjects with the same number stand on one host, as far as can be told */
  enum reach reach;            /* the farthest of its targets */
  bool named;                  /* one of them has a name that must be resolved */
  double interval;             /* seconds, the longest of its checks */
};

struct where {
  struct whereabouts *items; /* after where_finish(): one a subject, sorted by its name */
  size_t count;
  char *name; /* one that must be resolved, or NULL */
};

/* A check's target, as in struct conf_check: a URL, "host:port", or whatever is no host. */
void where_add(struct where *where, const char *subject, const char *target, double interval);
/* After the last one. All containers of `stack` are one host, and so is all that has a name without a dot. */
void where_finish(struct where *where, const char *stack);
/* Those of a subject, or NULL. Who asks for all of them does so in the order of their names, and begins with *place 0: one walk in all. */
const struct whereabouts *where_next(const struct where *where, const char *subject, size_t *place);
void where_free(struct where *where);

/* The host of a target in lower case, without brackets; NULL where there is none. */
char *where_host(const char *target) must_check;
enum reach where_reach(const char *host, bool *ret_named);

#endif
