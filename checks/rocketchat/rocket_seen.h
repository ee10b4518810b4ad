/* What the anonymous API of each Rocket.Chat said last, so that two checks of one Rocket.Chat do not ask twice: its limiter allows 10 calls
 * a minute for each route and address (Rocket.Chat contract 2.5), which is little for two checks that look every 10 s while it is ill.
 *
 * The rocketchat check always asks and tells; other checks wait for one that is at it, and take what it told. Lives on the loop's thread.
 */
#ifndef EJMON_ROCKET_SEEN_H
#define EJMON_ROCKET_SEEN_H

#include <jansson.h>

#include "checks/rocketchat/rocket_info.h"

#define ROCKET_SEEN_SECONDS 60.0 /* how old a telling may be: two default intervals; settings are changed by people */
#define ROCKET_SEEN_LIMIT 16     /* Rocket.Chats that are remembered; more displace the oldest */

struct rocket_seen {
  bool known;                    /* a version was read */
  struct rocket_version version; /* when known */
  json_t *settings;              /* object: id -> value; NULL: not read */
};

/* One that asks says so before, and when it has ended, with what it read (NULL: nothing). `base` is the address without a slash at its end;
 * the settings are taken over by reference. */
void rocket_seen_begin(const char *base);
void rocket_seen_end(const char *base, const struct rocket_seen *seen);
/* Waits (inside a task) at most `patience` seconds while somebody asks, then gives what is known and not too old. 0; -ENOENT when
 * nobody asked lately: ask yourself; -ENODATA when somebody did, or still does, and got nothing; or -errno of the wait. settings is a
 * reference of the caller's. */
int rocket_seen_wait(const char *base, double patience, struct rocket_seen *ret_seen) must_check;
void rocket_seen_free(struct rocket_seen *seen);

#endif
