/* Causes that only a log names: why web, nginx, PostgreSQL, MongoDB or Rocket.Chat does not start. Data only.
 *
 * They stand above the causes that only see that something is down (web/down, web/nginx-down, rocket/down), and explain what those would.
 */
#include "checks/frame/frame_codes.h"
#include "checks/host/containers_codes.h"
#include "checks/host/disk_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/mongo/mongo_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/rocketchat/rocket_codes.h"
#include "checks/theme/theme_codes.h"
#include "checks/web/django_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

#define RANK_OF_START (RANK_WEB + 6) /* as theme/bad-name: a start that fails for a named reason is down for no other */
#define RANK_BELOW_WEB (RANK_NGINX + 50)

#define WEB_IS_DOWN                                                                                                                    \
  &CONTAINERS_WEB_DOWN, &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &DJANGO_UNREACHABLE, &LOGS_UPSTREAM_REFUSED, &LOGS_WORKER_TIMEOUT, \
      &FRAME_ALL, &LOGIN_ALL
#define WEB_FAILS                                                                                                                     \
  WEB_IS_DOWN, &NGINX_SERVER_ERROR, &NGINX_TIMEOUT, &DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_HEADER_LAYER_FAILED, \
      &DJANGO_APPLICATION_FAILED, &DJANGO_HUNG, &DJANGO_VIEW_HUNG, &DJANGO_WORKER_KILLED, &DJANGO_SLOW, &LOGS_WEB_START_FAILED
#define NGINX_IS_DOWN &CONTAINERS_NGINX_DOWN, NGINX_DOES_NOT_ANSWER
#define NGINX_DOES_NOT_ANSWER &NGINX_UNREACHABLE, &NGINX_CUT_OFF, &DJANGO_NOT_THROUGH_NGINX, &FRAME_ALL, &LOGIN_ALL
#define MONGO_IS_DOWN                                                                                                   \
  CHAT_IS_DOWN, &LOGS_ROCKETCHAT_NO_MONGO, &CONTAINERS_MONGO_DOWN, &MONGO_UNREACHABLE, &MONGO_HUNG, &MONGO_NOT_MONGODB, \
      &MONGO_COMMAND_FAILED, &ROCKET_SETUP_WIZARD

const struct rule rules_logs[] = {
    /* --- web does not start ------------------------------------------------------------------------------------------------- */
    {.code = &CAUSE_WEB_NOT_PERMITTED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .all = LIST(&LOGS_PERMISSION_DENIED),
     .proof = LIST(&DISK_STATIC_NOT_WRITABLE),
     .explains = LIST(WEB_IS_DOWN),
     /* The start ends at the first file that it may not write: those of that folder are missing. */
     .measured = LIST(&THEME_STATIC_EMPTY, &THEME_CSS_MISSING, &THEME_ASSETS_MISSING, &THEME_JS_MISSING),
     .overrides_plan = "a collect may not write there either"},
    {.code = &CAUSE_WEB_DISK_FULL,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 11,
     .all = LIST(&LOGS_DISK_FULL),
     .proof = LIST(&DISK_SPACE_FULL, &DISK_INODES_FULL),
     .explains = LIST(&CONTAINERS_POSTGRES_DOWN, WEB_FAILS, MONGO_IS_DOWN, &DB_UNREACHABLE, &DB_STARTING, &DB_HUNG, &DISK_SPACE_LOW,
                      &DISK_LOG_LARGE, &THEME_TRUNCATED, &LOGS_POSTGRES_START_FAILED, &LOGS_MONGO_START_FAILED)},
    {.code = &CAUSE_WEB_WRONG_COMMAND,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .any = LIST(&LOGS_TASK_UNKNOWN, &LOGS_NO_TERMINAL),
     .explains = LIST(WEB_IS_DOWN)},
    {.code = &CAUSE_WEB_START_RACE,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_OF_START,
     .all = LIST(&LOGS_FOLDER_RACE),
     .explains = LIST(WEB_IS_DOWN)},
    {.code = &CAUSE_WEB_START_FAILS,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE - 5, /* above web/down, below all that names a reason */
     .all = LIST(&LOGS_WEB_START_FAILED),
     .explains = LIST(WEB_IS_DOWN)},
    {.code = &CAUSE_WEB_OUT_OF_MEMORY,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 4,
     .all = LIST(&LOGS_WORKER_KILLED),
     .may_stand_alone = true, /* one worker, and the line counts for a while after it */
     .explains = LIST(WEB_FAILS)},
    /* --- web and its database ------------------------------------------------------------------------------------------------ */
    {.code = &CAUSE_DATABASE_WEB_REFUSED,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST(&LOGS_PASSWORD_REFUSED),
     .none = LIST(&DB_AUTH_FAILED),
     .explains = LIST(WEB_FAILS, &LOGS_DATABASE_WAIT)},
    {.code = &CAUSE_DATABASE_WEB_ASKS_ANOTHER,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST(&LOGS_DATABASE_MISSING),
     .none = LIST(&DB_MISSING_DATABASE),
     .explains = LIST(WEB_FAILS, &LOGS_DATABASE_WAIT)},
    {.code = &CAUSE_DATABASE_HOST_UNKNOWN,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 3,
     .all = LIST(&LOGS_DATABASE_HOST_UNKNOWN),
     .explains = LIST(WEB_FAILS, &LOGS_DATABASE_WAIT)},
    {.code = &CAUSE_DATABASE_NOT_REACHED_BY_WEB,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 3,
     .all = LIST(&LOGS_DATABASE_WAIT),
     .none = LIST(&DB_UNREACHABLE, &DB_HUNG, &DB_STARTING),
     .explains = LIST(WEB_FAILS)},
    {.code = &CAUSE_DATABASE_MIGRATION_STUCK,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 1,
     .any = LIST(&LOGS_MIGRATION_EXISTS, &LOGS_MIGRATION_HISTORY, &LOGS_MIGRATION_FAILED),
     .explains = LIST(WEB_IS_DOWN)},
    {.code = &CAUSE_DATABASE_RELATION_MISSING,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_DATABASE + 2,
     .all = LIST(&LOGS_RELATION_MISSING),
     .explains = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_HEADER_LAYER_FAILED, &DJANGO_APPLICATION_FAILED,
                      &NGINX_SERVER_ERROR, &FRAME_HEADER_LAYER_FAILED, &FRAME_PAGE_FAILED)},
    {.code = &CAUSE_DATABASE_START_FAILS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 10, /* above database/down */
     .all = LIST(&LOGS_POSTGRES_START_FAILED),
     .explains =
         LIST(WEB_FAILS, &DB_UNREACHABLE, &DB_STARTING, &DB_HUNG, &LOGS_DATABASE_WAIT, &LOGS_DATABASE_HOST_UNKNOWN, &CAUSE_DATABASE_DOWN)},
    /* --- nginx does not start ------------------------------------------------------------------------------------------------ */
    {.code = &CAUSE_WEB_NGINX_WITHOUT_WEB,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 8,
     .all = LIST(&LOGS_UPSTREAM_UNKNOWN),
     .explains = LIST(NGINX_IS_DOWN, &NGINX_BAD_GATEWAY, &DJANGO_UNREACHABLE)},
    {.code = &CAUSE_WEB_NGINX_START_FAILS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 7,
     .any = LIST(&LOGS_PORT_TAKEN, &LOGS_NGINX_START_FAILED),
     .proof = LIST(&CONTAINERS_NGINX_DOWN), /* then what answers on the port is another's */
     .explains = LIST(NGINX_DOES_NOT_ANSWER, &NGINX_NOT_HTTP, &NGINX_DEFAULT_PAGE)},
    /* --- MongoDB and Rocket.Chat --------------------------------------------------------------------------------------------- */
    {.code = &CAUSE_ROCKET_MONGO_START_FAILS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_DATABASE + 11, /* above rocket/mongo-down */
     .any = LIST(&LOGS_MONGO_OPTION, &LOGS_MONGO_START_FAILED),
     .explains = LIST(MONGO_IS_DOWN)},
    {.code = &CAUSE_ROCKET_MONGO_TOO_OLD,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 11,
     .all = LIST(&LOGS_MONGO_TOO_OLD),
     .explains = LIST(CHAT_IS_DOWN, &LOGS_ROCKETCHAT_NO_MONGO, &MONGO_UNSUPPORTED)},
    {.code = NULL},
};
