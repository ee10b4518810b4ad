/* Causes of logins that end nowhere although the frame is shown: what the API's answer, the cookies and the token tell. Data only.
 *
 * They stand below rocket/iframe-api-address: a wrong address in Rocket.Chat's settings leads to many of these. */
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/rocketchat/rocket_codes.h"
#include "checks/web/layers_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

const struct rule rules_login[] = {
    {.code = &CAUSE_LOGIN_SHARED_CACHE,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 8, /* above the causes that explain all of the login: whatever else is ill, people are logged in as others */
     .all = LIST(&LOGIN_TOKEN_FOR_ANYBODY)},
    {.code = &CAUSE_LOGIN_EJ_UNCONFIGURED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_FRAME + 2,
     .all = LIST(&DB_ROCKET_NO_ROW),
     .any = LIST(&LOGIN_API_ERROR, &LOGIN_NO_PERMISSION),
     .explains = LIST(&LOGIN_MESSAGE_TARGET)},
    {.code = &CAUSE_LOGIN_SERVER_ADDRESS_NOT_HTTPS,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 8,
     .all = LIST(&LOGIN_FORCED_SSL),
     .explains = LIST(&LOGIN_API_ERROR, &ROCKET_FORCE_SSL, &DB_ROCKET_OUT_OF_REACH)},
    {.code = &CAUSE_LOGIN_ROCKETCHAT_OUT_OF_REACH,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 7,
     .all = LIST(&DB_ROCKET_OUT_OF_REACH),
     .explains = LIST(&LOGIN_API_ERROR, &LOGIN_TOKEN_REFUSED, &LOGS_ROCKETCHAT_UNREACHABLE)},
    {.code = &CAUSE_LOGIN_ROCKETCHAT_REFUSES_EJ,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 6,
     .all = LIST(&LOGIN_API_ERROR),
     .explains = LIST(&LOGIN_TOKEN_REFUSED)},
    {.code = &CAUSE_LOGIN_DEAD_TOKEN, .confidence = CONFIDENCE_CERTAIN, .rank = RANK_ROCKET + 5, .all = LIST(&LOGIN_TOKEN_REFUSED)},
    {.code = &CAUSE_LOGIN_CORS_LOST,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 4,
     .all = LIST(&LOGIN_CORS_MISSING),
     .explains = LIST(&LOGIN_PREFLIGHT_REFUSED)},
    {.code = &CAUSE_LOGIN_CORS_TWICE,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 4,
     .all = LIST(&LOGIN_CORS_DOUBLED),
     .explains = LIST(&LAYERS_HEADER_DOUBLED)},
    {.code = &CAUSE_LOGIN_API_REDIRECTS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 3,
     .all = LIST(&LOGIN_REDIRECTED),
     .explains = LIST(&LOGIN_CORS_MISSING, &LOGIN_PREFLIGHT_REFUSED, &LOGIN_MIXED_CONTENT)},
    {.code = &CAUSE_LOGIN_COOKIES_KEPT_AWAY,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_ROCKET + 2,
     .any = LIST(&LOGIN_CROSS_SITE, &LOGIN_COOKIE_DROPPED),
     .explains = LIST(&LOGIN_THIRD_PARTY)},
    {.code = &CAUSE_LOGIN_MESSAGE_ELSEWHERE,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 4,
     .all = LIST(&LOGIN_MESSAGE_TARGET),
     .explains = LIST(&DB_ROCKET_ROW_DIFFERS)},
    {.code = NULL},
};
