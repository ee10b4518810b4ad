/* Causes that only the Docker Engine tells: memory limits, and one static folder in two stacks. Data only. The states of containers are
 * explained by the causes of rules_web.c, rules_database.c, rules_rocket.c and rules_logs.c. */
#include "checks/frame/frame_codes.h"
#include "checks/host/containers_codes.h"
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

#define RANK_BELOW_WEB (RANK_NGINX + 50)

const struct rule rules_containers[] = {
    {.code = &CAUSE_WEB_MEMORY_LIMIT,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 12, /* whatever else fails, fails because of it */
     .all = LIST(&CONTAINERS_OUT_OF_MEMORY),
     .may_stand_alone = true, /* any one of the stack's containers */
     .explains = LIST(&CONTAINERS_WEB_DOWN, &CONTAINERS_NGINX_DOWN, &CONTAINERS_POSTGRES_DOWN, &CONTAINERS_MONGO_DOWN,
                      &CONTAINERS_ROCKETCHAT_DOWN, &LOGS_WORKER_KILLED, &LOGS_WORKER_TIMEOUT, &LOGS_UPSTREAM_REFUSED,
                      &LOGS_ROCKETCHAT_NO_MONGO, &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_UNREACHABLE, &NGINX_CUT_OFF,
                      &DJANGO_UNREACHABLE, &DJANGO_SERVER_ERROR, &DJANGO_HUNG, &DB_UNREACHABLE, &MONGO_UNREACHABLE, &ROCKET_UNREACHABLE,
                      &ROCKET_SERVER_ERROR, &DB_ROCKET_OUT_OF_REACH, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_THEME_TWO_PROJECTS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 8,
     .all = LIST(&CONTAINERS_STATIC_TWO_PROJECTS),
     .explains = LIST(&THEME_MIXED_ASSETS, &THEME_CSS_WRONG_THEME, &THEME_ASSETS_WRONG_THEME, &THEME_CSS_UNKNOWN, &THEME_FILES_STALE,
                      &THEME_JS_STALE, &THEME_COLLECTED_ELSEWHERE, &THEME_VOLUME_FLIPS),
     .overrides_plan = "the other stack writes over whatever a collect brings"},
    {.code = &CAUSE_ROCKET_MALFORMED_ROOT_URL,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 8,
     .all = LIST(&CONTAINERS_ROOT_URL),
     .explains = LIST(&ROCKET_ROOT_URL, &ROCKET_SITE_URL)},
    {.code = NULL},
};
