/* Causes that only EJ's own rows and the image in use tell: which database it is, and whether the code and the tables belong together. Data
 * only; none has a plan, as in rules_database.c. */
#include "checks/env/env_codes.h"
#include "checks/frame/frame_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/web/django_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

#define RANK_BELOW_WEB (RANK_NGINX + 50) /* as in rules_database.c */

/* A start that cannot migrate ends web: nothing, 502, or the pages of the half-changed tables. */
#define SYMPTOMS_OF_A_FAILED_START                                                                                                      \
  &DJANGO_SERVER_ERROR, &DJANGO_APPLICATION_FAILED, &DJANGO_UNREACHABLE, &DJANGO_WRONG_ANSWER, &NGINX_SERVER_ERROR, &NGINX_BAD_GATEWAY, \
      &FRAME_PAGE_FAILED, &FRAME_UNREACHABLE, &LOGIN_API_FAILED, &LOGIN_UNREACHABLE, &LOGS_RELATION_MISSING, &LOGS_WEB_START_FAILED,    \
      &LOGS_UPSTREAM_REFUSED

const struct rule rules_database_rows[] = {
    {.code = &CAUSE_DATABASE_SILENT_SQLITE,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 6,
     .all = LIST(&DB_SQLITE_IN_USE),
     .proof = LIST(&ENV_DATABASE_UNSET),
     .explains = LIST(&DB_FRESH, &CAUSE_DATABASE_UNUSED, &CAUSE_DATABASE_FRESH, SYMPTOMS_OF_A_FAILED_START, &FRAME_HEADER_LAYER_FAILED,
                      &DJANGO_HEADER_LAYER_FAILED)},
    {.code = &CAUSE_DATABASE_BROKEN_SQUASH,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_BELOW_WEB + 3,
     .all = LIST(&DB_MIGRATIONS_BROKEN),
     .explains = LIST(&DB_MIGRATIONS_PENDING, &CAUSE_DATABASE_PENDING_MIGRATIONS, SYMPTOMS_OF_A_FAILED_START)},
    {.code = &CAUSE_DATABASE_AHEAD,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 2,
     .all = LIST(&DB_MIGRATIONS_AHEAD),
     .explains = LIST(&DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED, &DJANGO_APPLICATION_FAILED, &NGINX_SERVER_ERROR,
                      &FRAME_PAGE_FAILED, &LOGIN_API_FAILED)},
    {.code = &CAUSE_DATABASE_FAILING,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_BELOW_WEB + 4,
     .all = LIST(&DB_QUERY_FAILED),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, &DJANGO_HEADER_LAYER_FAILED, &FRAME_HEADER_LAYER_FAILED, &DB_SLOW)},
    {.code = &CAUSE_DATABASE_SESSIONS, .confidence = CONFIDENCE_CERTAIN, .rank = RANK_DATABASE, .all = LIST(&DB_SESSIONS_BLOATED)},
    {.code = NULL},
};
