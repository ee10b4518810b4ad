/* What can be said of EJ's secret key without showing it. Pure. */
#ifndef EJMON_ENV_SECRET_H
#define EJMON_ENV_SECRET_H

#include "monitor/base/text.h"

#define ENV_KEY_SHORTEST 32 /* characters: Django makes 50; below this a search is thinkable */
#define ENV_KEY_LETTERS 8   /* different characters at least: "aaaa..." is long too */

/* Is it one of the keys that EJ's repositories publish in config.env and variables.env? Compared by SHA-256: the keys stand nowhere here.
 */
bool env_key_is_published(const char *key);
/* "it is short", "it is made of very few different characters", or NULL. */
const char *env_key_weakness(const char *key);

#endif
