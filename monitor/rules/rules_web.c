/* Causes in front of and inside the web process: nginx down, web down or hung, refused hosts, DEBUG. Data only.
 *
 * A hung or stopped web is often only the echo of a dead database (EJ contract F43: every start and every cold worker waits for it). So
 * those rules stand just below the database's: what a database cause explains, they do not name again. */
#include "checks/env/env_codes.h"
#include "checks/frame/frame_codes.h"
#include "checks/host/containers_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/theme/theme_codes.h"
#include "checks/web/django_codes.h"
#include "checks/web/layers_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

#define RANK_BELOW_DATABASE (RANK_DATABASE - 10)

const struct rule rules_web[] = {
    {.code = &CAUSE_WEB_NGINX_DOWN,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 5,
     .any = LIST(&NGINX_UNREACHABLE, &CONTAINERS_NGINX_DOWN),
     .none = LIST(&NGINX_TIMEOUT),
     .explains = LIST(&NGINX_CUT_OFF, &NGINX_UNAVAILABLE, &DJANGO_NOT_THROUGH_NGINX, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_NGINX_CUT_OFF,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_NGINX + 2,
     .all = LIST(&NGINX_CUT_OFF),
     .none = LIST(&DJANGO_UNREACHABLE, &CONTAINERS_WEB_DOWN), /* then a proxy that passes /static/ on as well tells of web */
     .explains =
         LIST(&NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &DJANGO_NOT_THROUGH_NGINX, &LAYERS_ANSWER_DIFFERS, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_NGINX_HUNG,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 4,
     .all = LIST(&NGINX_TIMEOUT),
     .explains = LIST(&DJANGO_HUNG, &DJANGO_VIEW_HUNG, &DJANGO_SLOW, &NGINX_SLOW, &CONTAINERS_NGINX_DOWN, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_NGINX_WITHOUT_EJ,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_NGINX + 3,
     .any = LIST(&NGINX_DEFAULT_PAGE, &NGINX_NOT_FOUND),
     .explains = LIST(&DJANGO_WRONG_ANSWER, &THEME_STATIC_EMPTY, &THEME_STATIC_NOT_SHARED, &FRAME_ALL, &LOGIN_ALL),
     .overrides_plan = "this nginx does not look into the folder that a collect writes to"},
    {.code = &CAUSE_WEB_REFUSED,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_NGINX + 3,
     .all = LIST(&NGINX_REFUSED),
     .explains = LIST(&THEME_STATIC_REFUSED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_REDIRECT_TRAP,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 4,
     .any = LIST(&NGINX_REDIRECT_LOOP, &NGINX_REDIRECT_NOWHERE),
     .explains = LIST(&NGINX_REDIRECTED, &DJANGO_WRONG_ANSWER, &LAYERS_ANSWER_DIFFERS, &LOGIN_REDIRECTED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_UNAVAILABLE,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_NGINX + 1,
     .all = LIST(&NGINX_UNAVAILABLE),
     .none = LIST(&DJANGO_UNREACHABLE, &CONTAINERS_WEB_DOWN, &CONTAINERS_NGINX_DOWN),
     .explains = LIST(&DJANGO_NOT_THROUGH_NGINX, &LAYERS_ANSWER_DIFFERS, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_SITE_NAME,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 6,
     .all = LIST(&NGINX_NAME_UNKNOWN),
     .explains = LIST(&FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_TLS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_NGINX + 6,
     .any = LIST(&NGINX_CERTIFICATE, &NGINX_NOT_HTTP),
     .explains = LIST(&FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_STALE_UPSTREAM,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_WEB + 9,
     .all = LIST(&NGINX_BAD_GATEWAY, &DJANGO_NOT_THROUGH_NGINX),
     .explains = LIST(&NGINX_GATEWAY_TIMEOUT, &LOGS_UPSTREAM_REFUSED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_DOWN,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_DATABASE + 1,
     .any = LIST(&NGINX_BAD_GATEWAY, &DJANGO_UNREACHABLE, &CONTAINERS_WEB_DOWN),
     .none = LIST(&DJANGO_WORKER_KILLED, &DJANGO_HUNG),
     .explains = LIST(&NGINX_GATEWAY_TIMEOUT, &NGINX_CUT_OFF, &NGINX_UNAVAILABLE, &LOGS_UPSTREAM_REFUSED, &LOGS_WORKER_TIMEOUT, &FRAME_ALL,
                      &LOGIN_ALL)},
    {.code = &CAUSE_WEB_HUNG,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_DATABASE + 2,
     .any = LIST(&DJANGO_HUNG, &DJANGO_WORKER_KILLED, &NGINX_GATEWAY_TIMEOUT),
     .explains = LIST(&CONTAINERS_WEB_DOWN, &NGINX_BAD_GATEWAY, &DJANGO_VIEW_HUNG, &DJANGO_SLOW, &DJANGO_UNREACHABLE, &LOGS_WORKER_TIMEOUT,
                      &LOGS_UPSTREAM_REFUSED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_HEADER_LAYER,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_DATABASE + 3,
     .all = LIST(&DJANGO_HEADER_LAYER_FAILED),
     .explains =
         LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_WRONG_ANSWER, &LOGS_RELATION_MISSING, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_HOST_NOT_ALLOWED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 9,
     .all = LIST(&DJANGO_DISALLOWED_HOST),
     .proof = LIST(&ENV_HOST_NOT_LISTED, &ENV_HOSTS_BLANKS, &ENV_HOSTNAME_NOT_READ),
     .explains = LIST(&DJANGO_WRONG_ANSWER, &LOGS_HOST_REFUSED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_WEB_DEBUG,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 7,
     .any = LIST(&DJANGO_DEBUG_ON, &THEME_SERVED_BY_WEB),
     .proof = LIST(&ENV_DEBUG_ON)},
    {.code = &CAUSE_WEB_DATABASE_PAGES,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 2,
     .all = LIST(&DJANGO_DATABASE_PAGES_FAILED),
     .none = LIST(&DJANGO_HEADER_LAYER_FAILED),
     .explains =
         LIST(&DJANGO_SERVER_ERROR, &DJANGO_VIEW_HUNG, &FRAME_PAGE_FAILED, &LOGIN_API_FAILED, &LOGIN_FORM_FAILED, &LOGS_WORKER_TIMEOUT)},
    {.code = &CAUSE_WEB_VIEW_FAILS,
     .confidence = CONFIDENCE_POSSIBLE,
     .rank = RANK_SETTINGS + 1,
     .any = LIST(&DJANGO_SERVER_ERROR, &DJANGO_VIEW_HUNG),
     .none = LIST(&DJANGO_HEADER_LAYER_FAILED),
     .explains = LIST(&FRAME_PAGE_FAILED, &LOGIN_API_FAILED, &LOGIN_FORM_FAILED, &LOGS_WORKER_TIMEOUT)},
    {.code = NULL},
};
