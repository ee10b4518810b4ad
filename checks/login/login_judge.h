/* From what a browser would get on the way into Rocket.Chat, to what is wrong: one finding for one fault. Pure: no I/O.
 *
 * The browser's rules are cors.h's, cookie.h's and csp.h's; here each of their refusals gets its name in EJ's and Rocket.Chat's words
 * (Rocket.Chat contract 5 and 5.1; EJ contract sections 4 and 10). */
#ifndef EJMON_LOGIN_JUDGE_H
#define EJMON_LOGIN_JUDGE_H

#include <time.h>

#include "checks/finding.h"
#include "checks/rocketchat/rocket_info.h"
#include "checks/web/web_walk.h"

#define LOGIN_HOP_LIMIT 6 /* requests along redirects of one address: two are usual, a browser's 20 would only spend the time */

struct login_view {
  char *rocketchat, *site; /* origins as browsers serialise them */
  const char *method;      /* of the API call, as Rocket.Chat's setting says, when that is harmless */
  unsigned windows;        /* ROCKET_WINDOW_BIT()s of the clients to judge for; 0: the version is not known, so none is taken for certain */
  struct web_walk api;     /* the API asked without a session, by POST, with Rocket.Chat's origin */
  struct web_fetch preflight; /* OPTIONS before it; url is NULL when it was not asked */
  struct web_walk page;       /* EJ's login page */
  struct web_fetch index;     /* Rocket.Chat's own page; url is NULL when it was not asked */
  bool force_ssl;             /* Rocket.Chat's setting, when force_ssl_known */
  bool force_ssl_known;
  char *server_url; /* where EJ itself calls Rocket.Chat; NULL: not known */
  time_t now;       /* for cookies that expire */
};
void login_view_free(struct login_view *view); /* its contents */

/* Adds findings, and passes what was looked at and is well. The second is called by the first. */
void login_judge_view(const struct login_view *view, struct findings *out);
void login_judge_page(const struct login_view *view, struct findings *out); /* login_page.c: page, cookies, policy, TLS */

/* Is the answer to the API one that tells of the login: did EJ itself speak? */
bool login_api_spoke(const struct login_view *view);
/* What browsers make of one cookie of EJ that the page at `url` sets: adds a finding, and says so. line: a Set-Cookie value. */
bool login_judge_cookie(const struct login_view *view, const char *url, const char *line, struct findings *out);

#endif
