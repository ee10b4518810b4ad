/* What the mongo check can find; the texts stand in mongo.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const mongo_codes[]; /* all of them, in this order, NULL-terminated */

BLIND(MONGO_NO_CLIENT, "mongo/no-client", WARNING, EJMON)
BLIND(MONGO_NAME_UNKNOWN, "mongo/name-unknown", WARNING, EJMON)
FAILURE(MONGO_UNREACHABLE, "mongo/unreachable", CRITICAL, MONGO, ABSENCE, SESSION)
FAILURE(MONGO_HUNG, "mongo/hung", CRITICAL, MONGO, ABSENCE, SESSION)
LIKELY_FAILURE(MONGO_CLIENT_CRASHED, "mongo/client-crashed", CRITICAL, MONGO, ABSENCE, SESSION)
FAILURE(MONGO_NOT_MONGODB, "mongo/not-mongodb", CRITICAL, MONGO, ABSENCE, SESSION)
CODE(MONGO_TOO_OLD, "mongo/too-old", WARNING, MONGO, STATE)
FAILURE(MONGO_AUTH_FAILED, "mongo/auth-failed", CRITICAL, MONGO, STATE, SESSION)
CODE(MONGO_SLOW, "mongo/slow", WARNING, MONGO, ABSENCE)
FAILURE(MONGO_COMMAND_FAILED, "mongo/command-failed", CRITICAL, MONGO, ABSENCE, SESSION)
CODE(MONGO_NOT_PRIMARY, "mongo/not-primary", CRITICAL, MONGO, STATE)
CODE(MONGO_WRONG_SET, "mongo/wrong-set", CRITICAL, MONGO, STATE)
CODE(MONGO_MEMBER_DOWN, "mongo/member-down", WARNING, MONGO, STATE)
BLIND(MONGO_NO_PRIVILEGE, "mongo/no-privilege", WARNING, EJMON)
CODE(MONGO_NO_SETTINGS, "mongo/no-settings", CRITICAL, MONGO, STATE)
CODE(MONGO_WRONG_DATABASE, "mongo/wrong-database", WARNING, SETTINGS, STATE)
CODE(MONGO_UNSUPPORTED, "mongo/unsupported", WARNING, MONGO, STATE)
CODE(MONGO_STANDALONE, "mongo/standalone", CRITICAL, MONGO, STATE)
CODE(MONGO_SETTING_PINNED, "mongo/setting-pinned", INFO, ROCKETCHAT, STATE)
CODE(MONGO_SETTING_PINNED_WRONG, "mongo/setting-pinned-wrong", WARNING, ROCKETCHAT, STATE)
CODE(MONGO_STRAY_SETTINGS, "mongo/stray-settings", WARNING, SETTINGS, STATE)
CODE(MONGO_NO_AUTH, "mongo/no-auth", WARNING, MONGO, STATE)
