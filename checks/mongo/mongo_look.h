/* What the mongo check reads beside the server's own state: which Rocket.Chat uses the database and whether that fits, settings that the
 * environment pins, settings in the wrong database, doors without a lock. Reads only; of settings only those of the guide, which are
 * public.
 *
 * Facts: Rocket.Chat contract section 6.1 (documents), 6.3 (versions, replica sets), 6.4 (commands), 7 (pinned settings); section 0 and the
 * guide's "Rocket.Chat style and options" (the script that works on `test`); EJ contract D7. */
#ifndef EJMON_MONGO_LOOK_H
#define EJMON_MONGO_LOOK_H

#include <jansson.h>

#include "checks/finding.h"
#include "monitor/database/mongo.h"

struct mongo_look {
  struct mongo *mongo;
  const struct mongo_target *target;
  struct findings *findings;
  const char *database;   /* of Rocket.Chat */
  const char *rocketchat; /* its version by the configuration, or NULL: what it recorded itself */
  bool alone;             /* hello names no replica set */
};

/* All of these: 0, also when something may not be read, or what mongo_command() returned. `version` is MongoDB's, or NULL. */
int mongo_look_at_fit(const struct mongo_look *look, const char *version, struct mongo_error *error) must_check;
int mongo_look_at_pins(const struct mongo_look *look, struct mongo_error *error) must_check;
int mongo_look_at_test(const struct mongo_look *look, struct mongo_error *error) must_check;
int mongo_look_at_lock(const struct mongo_look *look, struct mongo_error *error) must_check;

/* --- pure ---------------------------------------------------------------------------------------------------------------------------- */

/* Compares "7.0.42" with "3.6" number by number. */
int mongo_version_compare(const char *a, const char *b);
/* Adds or passes mongo/unsupported and mongo/standalone for this pair; either version may be NULL: then the point is left open. */
void mongo_judge_fit(const char *rocketchat, const char *mongo, bool alone, struct findings *findings);
/* Documents of rocketchat_settings (the reply's firstBatch): adds or passes mongo/setting-pinned and mongo/setting-pinned-wrong. */
void mongo_judge_pins(const json_t *documents, struct findings *findings);
/* Does that address ("host:port", or a socket's path) stay on this machine? By its form alone: no name is resolved. */
bool mongo_is_loopback(const char *address);
/* Is it a name of one word ("mongo:27017"), as services have inside of a compose network? */
bool mongo_is_service_name(const char *address);

#endif
