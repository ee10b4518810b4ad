/* Causes in and around EJ's database. Data only. None has a plan: the guide and the contract forbid to heal PostgreSQL by itself, a person
 * is paged. */
#include "checks/frame/frame_codes.h"
#include "checks/host/containers_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/web/django_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

/* The database stands below web and nginx: a dead one makes web answer 500, hang, or loop, and nginx say 502 or 504 (EJ correction 3). So
 * its rules come before those of web and nginx, whose ranks are higher. */
#define RANK_BELOW_WEB (RANK_NGINX + 50)

/* What visitors' pages show when EJ cannot use its database: warm workers 500, cold ones nothing for 30 s or 60 s, looping ones 502. */
#define WEB_SYMPTOMS                                                                                                                   \
  &DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_HEADER_LAYER_FAILED, &DJANGO_HUNG, &DJANGO_VIEW_HUNG,                   \
      &DJANGO_WORKER_KILLED, &DJANGO_APPLICATION_FAILED, &DJANGO_SLOW, &DJANGO_UNREACHABLE, &DJANGO_WRONG_ANSWER, &NGINX_SERVER_ERROR, \
      &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_TIMEOUT, &NGINX_SLOW, &NGINX_UNAVAILABLE, &NGINX_CUT_OFF,                     \
      &FRAME_HEADER_LAYER_FAILED, &FRAME_PAGE_FAILED, &LOGIN_API_FAILED, &LOGIN_UNREACHABLE, &FRAME_UNREACHABLE, &LOGS_DATABASE_WAIT,  \
      &LOGS_PASSWORD_REFUSED, &LOGS_DATABASE_MISSING, &LOGS_RELATION_MISSING, &LOGS_WEB_START_FAILED, &LOGS_WORKER_TIMEOUT,            \
      &LOGS_UPSTREAM_REFUSED, &CONTAINERS_WEB_DOWN, &CONTAINERS_POSTGRES_DOWN
#define HEADER_LAYER_SYMPTOMS                                                                                                        \
  &DJANGO_HEADER_LAYER_FAILED, &FRAME_HEADER_LAYER_FAILED, &DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &NGINX_SERVER_ERROR, \
      &FRAME_PAGE_FAILED, &LOGIN_API_FAILED, &DJANGO_WRONG_ANSWER, &LOGS_RELATION_MISSING

const struct rule rules_database[] = {
    {.code = &CAUSE_DATABASE_DOWN,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 9,
     .any = LIST(&DB_UNREACHABLE, &CONTAINERS_POSTGRES_DOWN),
     .explains = LIST(WEB_SYMPTOMS, &DB_HUNG, &DB_STARTING, &DB_SLOW)},
    {.code = &CAUSE_DATABASE_HUNG,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 8,
     .all = LIST(&DB_HUNG),
     .explains = LIST(WEB_SYMPTOMS, &DB_SLOW, &DB_LOCKED)},
    {.code = &CAUSE_DATABASE_STARTING,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 8,
     .all = LIST(&DB_STARTING),
     .explains = LIST(WEB_SYMPTOMS)},
    {.code = &CAUSE_DATABASE_AUTH,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 7,
     .all = LIST(&DB_AUTH_FAILED),
     .explains = LIST(WEB_SYMPTOMS)},
    {.code = &CAUSE_DATABASE_SCRAM_ITERATIONS,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 7,
     .all = LIST(&DB_SCRAM_ITERATIONS),
     .explains = LIST(WEB_SYMPTOMS)},
    {.code = &CAUSE_DATABASE_MISSING,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 7,
     .all = LIST(&DB_MISSING_DATABASE),
     .explains = LIST(WEB_SYMPTOMS)},
    {.code = &CAUSE_DATABASE_FULL,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 7,
     .all = LIST(&DB_TOO_MANY_CONNECTIONS),
     .explains = LIST(WEB_SYMPTOMS, &DB_CONNECTIONS_HIGH)},
    {.code = &CAUSE_DATABASE_READ_ONLY,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST(&DB_READ_ONLY),
     .explains = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_WRONG_ANSWER, &NGINX_SERVER_ERROR, &LOGIN_API_FAILED,
                      &FRAME_PAGE_FAILED)},
    {.code = &CAUSE_DATABASE_TWO_ACTIVE_ROWS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 5,
     .all = LIST(&DB_ROCKET_ROWS_MANY),
     .any = LIST(HEADER_LAYER_SYMPTOMS), /* none while the integration is off, or both overrides of generation B stand in for the row */
     .explains = LIST(HEADER_LAYER_SYMPTOMS, &FRAME_ROW_DIFFERS, &FRAME_ORIGIN_NOT_EXACT, &LOGIN_CORS_ORIGIN, &LOGIN_MESSAGE_TARGET)},
    {.code = &CAUSE_DATABASE_ROCKET_TABLES_MISSING,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 5,
     .all = LIST(&DB_ROCKET_TABLES_MISSING),
     .none = LIST(&FRAME_INTEGRATION_OFF),
     .explains = LIST(HEADER_LAYER_SYMPTOMS, &DB_ROCKET_NO_ROW)},
    {.code = &CAUSE_DATABASE_TABLES_MISSING,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 4,
     .all = LIST(&DB_TABLES_MISSING),
     .explains = LIST(WEB_SYMPTOMS, &DB_MIGRATIONS_PENDING)},
    {.code = &CAUSE_DATABASE_FRESH,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 4,
     .all = LIST(&DB_FRESH),
     .any = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_HEADER_LAYER_FAILED, &DJANGO_APPLICATION_FAILED,
                 &NGINX_SERVER_ERROR, &NGINX_BAD_GATEWAY, &FRAME_HEADER_LAYER_FAILED, &FRAME_PAGE_FAILED, &LOGIN_API_FAILED,
                 &LOGIN_UNREACHABLE),
     .explains = LIST(WEB_SYMPTOMS)},
    {.code = &CAUSE_DATABASE_UNUSED,
     .confidence = CONFIDENCE_POSSIBLE,
     .rank = RANK_DATABASE + 3,
     .all = LIST(&DB_FRESH),
     .none = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_HEADER_LAYER_FAILED, &DJANGO_APPLICATION_FAILED,
                  &DJANGO_UNREACHABLE, &DJANGO_HUNG, &NGINX_SERVER_ERROR, &NGINX_BAD_GATEWAY, &NGINX_UNREACHABLE, &NGINX_CUT_OFF,
                  &NGINX_TIMEOUT, &FRAME_HEADER_LAYER_FAILED, &FRAME_PAGE_FAILED, &LOGIN_API_FAILED, &LOGIN_UNREACHABLE)},
    {.code = &CAUSE_DATABASE_PENDING_MIGRATIONS,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 2,
     .all = LIST(&DB_MIGRATIONS_PENDING),
     .explains = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_APPLICATION_FAILED, &DJANGO_UNREACHABLE,
                      &DJANGO_WRONG_ANSWER, &NGINX_SERVER_ERROR, &NGINX_BAD_GATEWAY, &FRAME_PAGE_FAILED, &FRAME_UNREACHABLE,
                      &LOGIN_API_FAILED, &LOGIN_UNREACHABLE, &LOGS_MIGRATION_EXISTS, &LOGS_MIGRATION_FAILED, &LOGS_RELATION_MISSING,
                      &LOGS_WEB_START_FAILED, &LOGS_UPSTREAM_REFUSED, &LOGS_WORKER_TIMEOUT, &CONTAINERS_WEB_DOWN)},
    {.code = &CAUSE_DATABASE_LOCKED,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 1,
     .all = LIST(&DB_LOCKED),
     .explains = LIST(&DJANGO_HUNG, &DJANGO_VIEW_HUNG, &DJANGO_WORKER_KILLED, &DJANGO_UNREACHABLE, &DJANGO_SLOW, &DJANGO_SERVER_ERROR,
                      &NGINX_GATEWAY_TIMEOUT, &NGINX_BAD_GATEWAY, &NGINX_TIMEOUT, &NGINX_SLOW, &DB_SLOW, &FRAME_UNREACHABLE,
                      &FRAME_PAGE_FAILED, &LOGIN_UNREACHABLE, &LOGIN_API_FAILED, &LOGS_WORKER_TIMEOUT)},
    {.code = &CAUSE_DATABASE_SLOW,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB,
     .all = LIST(&DB_SLOW),
     .any = LIST(&DJANGO_SLOW, &NGINX_SLOW, &DJANGO_VIEW_HUNG, &NGINX_GATEWAY_TIMEOUT)},
    {.code = &CAUSE_DATABASE_STALE_ROW,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_ROCKET + 5,
     .all = LIST(&DB_ROCKET_ROW_DIFFERS),
     .explains = LIST(&FRAME_ROW_DIFFERS, &LOGIN_CORS_ORIGIN, &LOGIN_MESSAGE_TARGET)},
    {.code = NULL},
};
