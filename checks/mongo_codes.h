/* The codes of the mongo check: what each one means is in mongo_codes.c, who raises it in check_mongo.c. */
#ifndef EJMON_MONGO_CODES_H
#define EJMON_MONGO_CODES_H

#include "checks/finding.h"

extern const struct code mongo_no_client, mongo_unreachable, mongo_hung, mongo_not_mongodb, mongo_too_old, mongo_auth_failed, mongo_slow,
    mongo_command_failed, mongo_not_primary, mongo_wrong_set, mongo_member_down, mongo_no_privilege, mongo_no_settings,
    mongo_wrong_database;

extern const struct code *const mongo_codes[]; /* all of them, NULL-terminated */

#endif
