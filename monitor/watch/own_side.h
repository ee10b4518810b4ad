/* A look at ejmon's own side of the network: has this machine a link, a default route, a resolver that answers? From /proc/net,
 * /sys/class/net and /etc/resolv.conf (Linux; proc(5), resolv.conf(5)). Says what is there and judges nothing. */
#ifndef EJMON_OWN_SIDE_H
#define EJMON_OWN_SIDE_H

#include "monitor/base/text.h"

#define OWN_SIDE_PATIENCE 1.5 /* seconds for an answer of a resolver, twice: a datagram may be lost */
#define OWN_SIDE_SERVERS 3u   /* as many as the C library asks (MAXNS) */

struct own_side {
  bool link;     /* an interface other than loopback is up and has a carrier */
  bool route;    /* a default route, by IPv4 or IPv6 */
  bool resolver; /* it gave some answer, whatever it was; true when it was not asked */
  bool asked;
};

/* Blocks, 2 x OWN_SIDE_PATIENCE at most: for a worker thread. `name`: what the resolver is asked for, or NULL to ask nothing. */
void own_side_look(const char *name, struct own_side *ret_side);

/* --- its parts, pure --- */

bool own_side_route_v4(const char *table); /* the text of /proc/net/route */
bool own_side_route_v6(const char *table); /* of /proc/net/ipv6_route */
/* The next address behind a `nameserver` of a resolv.conf's text; *text moves on. NULL when there is no more. */
char *own_side_nameserver(const char **text) must_check;
/* A question for an address of the name (RFC 1035, 4.1); its length, or 0 when it is no name or too long. */
size_t own_side_question(const char *name, uint16_t id, unsigned char *out, size_t size) must_check;
bool own_side_is_answer(const unsigned char *bytes, size_t length, uint16_t id);

#endif
