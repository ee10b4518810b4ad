/* What Rocket.Chat says of itself without a login: version, health, "too many requests". Pure: texts in, verdicts out.
 *
 * Facts: Rocket.Chat contract section 1 (both shapes of /api/info; a bare 200 proves nothing, since Meteor serves its page for unknown
 * paths), 2.5 (the limiter's two answers), 5 (client windows A to D). */
#ifndef EJMON_ROCKET_INFO_H
#define EJMON_ROCKET_INFO_H

#include "monitor/base/text.h"

struct rocket_version {
  long major, minor, patch; /* patch is -1 when only major.minor is told */
};

/* The version in the body of /api/info, of either shape, or NULL when this is no answer of Rocket.Chat. free() it. */
char *rocket_info_version(const char *body, size_t length) must_check;
/* 0 or -EINVAL. Accepts "0.74.3", "7.9", "7.9.1-rc.0". */
int rocket_version_parse(const char *string, struct rocket_version *ret_version) must_check;
/* Is it at least major.minor.patch? An unknown patch counts as 0. */
bool rocket_version_at_least(const struct rocket_version *version, long major, long minor, long patch);

/* How the browser client treats EJ's API (contract section 5). */
enum rocket_window {
  ROCKET_WINDOW_A, /* to 6.0: no preflight */
  ROCKET_WINDOW_B, /* 6.1 to 7.7: preflight */
  ROCKET_WINDOW_C, /* 7.8.0 to 7.9.3: preflight, and the iframe never loads */
  ROCKET_WINDOW_D, /* from 7.9.4: no preflight */
};
enum rocket_window rocket_client_window(const struct rocket_version *version);

/* All windows that the client of this version may be of, as a set of ROCKET_WINDOW_BIT(): an anonymous answer tells no patch, so 7.9 is C
 * (7.9.0 to 7.9.3) or D (7.9.4), and so may 7.8 be, since how far the repair was carried back was not seen; 6.1 and 6.2 are A or B, since
 * the move came with one of them (contract section 0, 5 and 10). */
#define ROCKET_WINDOW_BIT(window) (1u << (window))
#define ROCKET_WINDOWS_ALL 15u
unsigned rocket_client_windows(const struct rocket_version *version);
/* "A", "C or D", "" for the empty set. free() it. */
char *rocket_windows_name(unsigned windows) must_check;

enum rocket_health { ROCKET_HEALTH_NONE, ROCKET_HEALTH_OK, ROCKET_HEALTH_ILL };
/* The body of /readyz, /livez or /health, whatever its status. NONE: not an answer of these (a page, a proxy's error). ret_detail (to be
 * freed, may stay NULL) says what is ill. */
enum rocket_health rocket_health_read(const char *body, size_t length, char **ret_detail);

/* 429, or 400 with error-too-many-requests. */
bool rocket_is_rate_limited(int status, const char *body, size_t length);

#endif
