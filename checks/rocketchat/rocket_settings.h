/* Rocket.Chat's public settings against what EJ's guide prescribes. Pure: JSON in, findings out.
 *
 * Facts: the guide, "Configuring Rocket.Chat"; Rocket.Chat contract section 3.1 and 3.2 (one call without a login, three ways to select), 4
 * (the exact ids: small and capital i), 5.1 (what must hold together). */
#ifndef EJMON_ROCKET_SETTINGS_H
#define EJMON_ROCKET_SETTINGS_H

#include <jansson.h>

#include "checks/ej/site_address.h"
#include "checks/finding.h"

extern const char *const rocket_setting_ids[]; /* the ids that are judged, NULL-terminated; the four of the iframe first */
#define ROCKET_IFRAME_IDS 4

struct rocket_settings {
  json_t *values; /* object: id -> value */
  long returned, total;
};
/* Reads a body of /api/v1/settings.public. 0 or -EINVAL (not such an answer). Adds to what ret_settings holds already. */
int rocket_settings_read(const char *body, size_t length, struct rocket_settings *ret_settings) must_check;
void rocket_settings_free(struct rocket_settings *settings);
bool rocket_settings_has_iframe(const struct rocket_settings *settings); /* all four of them */

/* Path and query of the request that asks only for these ids: `?_id=` from 7.0 on, `?query=` before. free() it. */
char *rocket_settings_path(bool by_id) must_check;
#define ROCKET_SETTINGS_ALL_PATH "/api/v1/settings.public?count=0"

/* Adds and passes the codes about settings. `site` is EJ, its url NULL when it is not known (then addresses are not judged), `url`
 * Rocket.Chat's address; `complete` says that a setting that is missing is really not public. */
void rocket_settings_judge(const struct rocket_settings *settings, const struct site_address *site, const char *url, bool complete,
                           struct findings *findings);

#endif
