/* Causes in MongoDB that only a look into its documents tells. Data only, no plan. */
#include "checks/host/containers_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/mongo/mongo_codes.h"
#include "checks/rocketchat/rocket_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

#define IFRAME_SYMPTOMS                                                                                             \
  &ROCKET_IFRAME_OFF, &ROCKET_IFRAME_INCOMPLETE, &ROCKET_IFRAME_URL, &ROCKET_IFRAME_API_URL, &ROCKET_IFRAME_METHOD, \
      &ROCKET_SETTING_HIDDEN, &ROCKET_ACCOUNT_CHANGES

const struct rule rules_mongo[] = {
    {.code = &CAUSE_ROCKET_NEEDS_REPLICA_SET,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 5,
     .any = LIST(&MONGO_STANDALONE, &LOGS_REPLICA_SET_REQUIRED),
     .explains = LIST(CHAT_IS_DOWN, &LOGS_ROCKETCHAT_NO_MONGO, &CAUSE_ROCKET_DOWN, &MONGO_UNSUPPORTED)},
    {.code = &CAUSE_ROCKET_SETTING_PINNED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 8,
     .any = LIST(&MONGO_SETTING_PINNED_WRONG, &CONTAINERS_SETTING_HIDDEN),
     .explains = LIST(IFRAME_SYMPTOMS, &CAUSE_ROCKET_IFRAME_MISCONFIGURED, &LOGIN_UNREACHABLE, &LOGIN_API_MISSING, &LOGIN_API_FAILED)},
    {.code = NULL},
};
