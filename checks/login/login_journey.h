/* The whole way of a signed-in user: EJ's login form, its login API, the token at Rocket.Chat. Done rarely, and remembered in between.
 *
 * What it may not do (Rocket.Chat contract 2.5, 2.6; EJ corrections 6): sign in at each probe, hammer a wrong password until somebody is
 * locked out, push other tokens out of Rocket.Chat, or make it send a second factor by mail. So: EJ's session is kept until EJ refuses it;
 * the token is tried by `resume`, which makes no new one and asks no second factor, and in between by /api/v1/me; a token that EJ made for
 * this call alone (generation A) is logged out at once, one that EJ stores (B) never. */
#ifndef EJMON_LOGIN_JOURNEY_H
#define EJMON_LOGIN_JOURNEY_H

#include "checks/ej/site_address.h"
#include "checks/login/login_judge.h"

#define LOGIN_JOURNEY_SECONDS 900.0 /* between two journeys that ended well: generation A makes a token at Rocket.Chat for each */
#define LOGIN_RETRY_SECONDS 120.0   /* after one that did not: Rocket.Chat blocks a user for 5 minutes after 10 failures in that time */
#define LOGIN_TOKEN_SECONDS 15.0    /* between two looks at the token: its route takes 10 a minute from one address */

struct login_person {
  struct site_address site;
  const char *user, *password;
  const char *generation; /* "A", "B", or NULL, "auto": as the page tells */
  const char *cacert;
};

struct login_memory; /* what is kept between probes of one check */
void login_memory_free(struct login_memory *memory);

/* One probe's part of it. Call it only when the API has answered strangers as it should (login_api_spoke()). *memory is made at the first
 * call. 0, or -errno when it was not the target's doing. */
int login_journey(const struct login_person *person, const struct login_view *view, struct login_memory **memory,
                  struct findings *out) must_check;

#endif
