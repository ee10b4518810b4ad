/* Causes in and around Rocket.Chat and its MongoDB. Data only. No plan yet: its settings are repaired by people until the REST remedies
 * exist. */
#include "checks/host/containers_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/mongo/mongo_codes.h"
#include "checks/rocketchat/rocket_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

#define IFRAME_SYMPTOMS \
  &ROCKET_IFRAME_OFF, &ROCKET_IFRAME_INCOMPLETE, &ROCKET_IFRAME_URL, &ROCKET_IFRAME_API_URL, &ROCKET_IFRAME_METHOD, &ROCKET_SETTING_HIDDEN

const struct rule rules_rocket[] = {
    {.code = &CAUSE_ROCKET_MONGO_DOWN,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 9,
     .any = LIST(&MONGO_UNREACHABLE, &MONGO_HUNG, &MONGO_NOT_MONGODB, &MONGO_COMMAND_FAILED, &MONGO_AUTH_FAILED, &CONTAINERS_MONGO_DOWN),
     .explains = LIST(CHAT_IS_DOWN, &ROCKET_SETUP_WIZARD, &MONGO_SLOW, &MONGO_MEMBER_DOWN, &MONGO_NOT_PRIMARY, &LOGIN_API_ERROR,
                      &LOGIN_TOKEN_REFUSED, &LOGS_ROCKETCHAT_NO_MONGO)},
    {.code = &CAUSE_ROCKET_MONGO_UNSOUND,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 9,
     .all = LIST(&MONGO_CLIENT_CRASHED),
     .explains = LIST(CHAT_IS_DOWN, &ROCKET_SETUP_WIZARD, &MONGO_SLOW, &MONGO_MEMBER_DOWN, &MONGO_NOT_PRIMARY, &LOGIN_API_ERROR,
                      &LOGIN_TOKEN_REFUSED, &LOGS_ROCKETCHAT_NO_MONGO)},
    {.code = &CAUSE_ROCKET_NO_PRIMARY,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 8,
     .all = LIST(&MONGO_NOT_PRIMARY),
     .explains = LIST(CHAT_IS_DOWN, &MONGO_MEMBER_DOWN, &LOGIN_API_ERROR, &LOGIN_TOKEN_REFUSED)},
    {.code = &CAUSE_ROCKET_WRONG_REPLICA_SET,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 7,
     .all = LIST(&MONGO_WRONG_SET),
     .explains = LIST(CHAT_IS_DOWN, &LOGIN_API_ERROR, &LOGIN_TOKEN_REFUSED)},
    {.code = &CAUSE_ROCKET_EMPTY_DATABASE,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 6,
     .all = LIST(&MONGO_NO_SETTINGS),
     .explains =
         LIST(&ROCKET_SETUP_WIZARD, IFRAME_SYMPTOMS, &ROCKET_SITE_URL, &ROCKET_ROOT_URL, &ROCKET_ACCOUNT_CHANGES, &ROCKET_SETTINGS_UNREAD)},
    {.code = &CAUSE_ROCKET_DOWN,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 9,
     .any = LIST(&ROCKET_UNREACHABLE, &ROCKET_HUNG, &ROCKET_SERVER_ERROR, &ROCKET_UNHEALTHY, &CONTAINERS_ROCKETCHAT_DOWN),
     .explains = LIST(CHAT_IS_DOWN, &MONGO_SLOW, &LOGIN_API_ERROR, &LOGIN_TOKEN_REFUSED, &LOGS_ROCKETCHAT_NO_MONGO)},
    /* By its name before the next of the same rank: of these settings a wrong address alone leads the login check elsewhere. */
    {.code = &CAUSE_ROCKET_IFRAME_API_ADDRESS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 7,
     .all = LIST(&ROCKET_IFRAME_API_URL),
     .explains = LIST(&ROCKET_IFRAME_URL, &LOGIN_UNREACHABLE, &LOGIN_API_MISSING, &LOGIN_API_FAILED, &LOGIN_API_STATUS, &LOGIN_REDIRECTED,
                      &LOGIN_CORS_MISSING, &LOGIN_MIXED_CONTENT)},
    {.code = &CAUSE_ROCKET_IFRAME_MISCONFIGURED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 7,
     .any = LIST(&ROCKET_IFRAME_OFF, &ROCKET_IFRAME_INCOMPLETE, &ROCKET_IFRAME_URL, &ROCKET_IFRAME_METHOD, &ROCKET_SETTING_HIDDEN)},
    {.code = &CAUSE_ROCKET_INCOMPATIBLE_VERSION,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 6,
     .any = LIST(&LOGIN_PREFLIGHT_REFUSED, &ROCKET_WINDOW_BROKEN)},
    {.code = NULL},
};
