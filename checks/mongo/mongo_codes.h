/* The codes of the mongo check: what each one means is in mongo_codes.c and mongo_codes_look.c, who raises it in check_mongo.c,
 * mongo_look.c and mongo_fit.c. */
#ifndef EJMON_MONGO_CODES_H
#define EJMON_MONGO_CODES_H

#include "checks/finding.h"

extern const struct code mongo_no_client, mongo_name_unknown, mongo_unreachable, mongo_hung, mongo_not_mongodb, mongo_too_old,
    mongo_auth_failed, mongo_slow, mongo_command_failed, mongo_not_primary, mongo_wrong_set, mongo_member_down, mongo_no_privilege,
    mongo_no_settings, mongo_wrong_database, mongo_unsupported, mongo_standalone, mongo_setting_pinned, mongo_setting_pinned_wrong,
    mongo_stray_settings, mongo_no_auth;

extern const struct code *const mongo_codes[]; /* all of them, NULL-terminated */

#endif
