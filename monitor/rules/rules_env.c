/* Causes that EJ's environment proves: config.env not applied, words that end the start, a database address that Django cannot use. What a
 * page or the database shows as well has its cause there, and the env check's findings are its proof. Data only; nothing here is healed by
 * itself: only a person knows what config.env should say. */
#include "checks/env/env_codes.h"
#include "checks/frame/frame_codes.h"
#include "checks/host/containers_codes.h"
#include "checks/login/login_codes.h"
#include "checks/logs/logs_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/web/django_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

/* Web does not come up, or only half. */
#define WORDS_OF_A_FAILED_START                                                                                    \
  &CONTAINERS_WEB_DOWN, &LOGS_UPSTREAM_REFUSED, &LOGS_WORKER_TIMEOUT, &LOGS_WEB_START_FAILED, &LOGS_DATABASE_WAIT, \
      &LOGS_DATABASE_HOST_UNKNOWN
#define SYMPTOMS_OF_A_FAILED_START                                                                                    \
  &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_CUT_OFF, &NGINX_SERVER_ERROR, &DJANGO_UNREACHABLE, &DJANGO_HUNG, \
      &DJANGO_WORKER_KILLED, &FRAME_ALL, &LOGIN_ALL

/* What EJ's answers say of Rocket.Chat while the address of config.env is not in effect. */
#define HEADERS_OF_ROCKETCHAT                                                                                      \
  &FRAME_ROW_DIFFERS, &FRAME_ORIGIN_NOT_EXACT, &FRAME_CREDENTIALS_HEADER, &LOGIN_CORS_MISSING, &LOGIN_CORS_ORIGIN, \
      &LOGIN_CORS_CREDENTIALS, &LOGIN_PREFLIGHT_REFUSED, &LOGIN_MESSAGE_TARGET

const struct rule rules_env[] = {
    /* --- not applied ------------------------------------------------------------------------------------------------------------- */
    {.code = &CAUSE_SETTINGS_FRAMING_NOT_APPLIED,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 6,
     .all = LIST(&ENV_FRAME_DIFFERS),
     .any = LIST(&FRAME_URL_UNSET, &FRAME_NO_SCHEME, &FRAME_PORT_MISSING, &FRAME_PATH_IN_SOURCE, &FRAME_SCHEME_MISMATCH,
                 &FRAME_ORIGIN_NOT_LISTED, &FRAME_CSP_OVERRIDE),
     /* It is there only when the file's values would let Rocket.Chat in; it stays until web is re-created, whatever nginx sends meanwhile.
      */
     .proof = LIST(&ENV_FRAME_DIFFERS),
     .explains = LIST(&FRAME_ALL, &LOGIN_ALL, HEADERS_OF_ROCKETCHAT, &ENV_LOGIN_DIFFERS, &DB_ROCKET_ROW_DIFFERS, &DB_ROCKET_NO_ROW,
                      &ENV_ROCKET_URL_UNSET, &ENV_ROCKET_URL_SCHEME, &ENV_ROCKET_URL_PATH, &ENV_ROCKET_URL_OTHER, &ENV_CSP_OVERRIDE,
                      &ENV_CORS_OVERRIDE),
     .plan = PLAN("nginx-headers")},
    {.code = &CAUSE_SETTINGS_LOGIN_NOT_APPLIED,
     .confidence = CONFIDENCE_LIKELY,
     .rank = RANK_SETTINGS + 5,
     .all = LIST(&ENV_LOGIN_DIFFERS),
     .any = LIST(&FRAME_INTEGRATION_OFF, &FRAME_PAGE_FAILED, &FRAME_CREDENTIALS_HEADER, &FRAME_ORIGIN_NOT_EXACT, &FRAME_X_FRAME_OPTIONS),
     .explains = LIST(&LOGS_ROCKETCHAT_UNCONFIGURED, &FRAME_ALL, &LOGIN_ALL, HEADERS_OF_ROCKETCHAT, &ENV_FRAME_DIFFERS, &DB_ROCKET_NO_ROW,
                      &DB_ROCKET_ROW_DIFFERS, &DB_ROCKET_TABLES_MISSING, &ENV_INTEGRATION_FALSE_WORD, &ENV_ROCKET_URL_UNSET,
                      &ENV_ROCKET_URL_SCHEME, &ENV_ROCKET_URL_OTHER, &ENV_CORS_OVERRIDE),
     .overrides_plan = "a frame that nginx lets in would show a login that does not work"},
    {.code = &CAUSE_SETTINGS_HOSTS_NOT_APPLIED,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 9,
     .all = LIST(&ENV_HOSTS_DIFFER),
     .any = LIST(&DJANGO_DISALLOWED_HOST, &ENV_HOST_NOT_LISTED, &ENV_HOSTS_BLANKS, &ENV_HOSTNAME_NOT_READ),
     .explains = LIST(&DJANGO_WRONG_ANSWER, &LOGS_HOST_REFUSED, &FRAME_ALL, &LOGIN_ALL)},
    {.code = &CAUSE_SETTINGS_HOST_NAMES,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 3,
     .any = LIST(&ENV_HOSTS_BLANKS, &ENV_HOSTNAME_NOT_READ),
     .explains = LIST(&ENV_HOST_NOT_LISTED)},
    /* --- the end of the start ------------------------------------------------------------------------------------------------------ */
    {.code = &CAUSE_SETTINGS_BAD_ENVIRONMENT,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 6, /* above web/down: a start that fails for this word is down for no other reason */
     .any = LIST(&ENV_ENVIRONMENT_UNKNOWN, &LOGS_ENVIRONMENT_REFUSED),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, &CAUSE_WEB_DOWN, &CAUSE_WEB_HUNG, &ENV_DIFFERS)},
    {.code = &CAUSE_SETTINGS_BAD_COUNTRY,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 6,
     .any = LIST(&ENV_COUNTRY_UNKNOWN, &LOGS_COUNTRY_UNKNOWN),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, &CAUSE_WEB_DOWN, &CAUSE_WEB_HUNG, &ENV_DIFFERS)},
    /* --- the database's address ---------------------------------------------------------------------------------------------------- */
    {.code = &CAUSE_SETTINGS_DATABASE_ADDRESS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 5,
     .all = LIST(&ENV_DATABASE_URL_BROKEN),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, &DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED,
                      &DJANGO_HEADER_LAYER_FAILED, &DJANGO_APPLICATION_FAILED, &CAUSE_WEB_DOWN, &CAUSE_WEB_HUNG, &CAUSE_WEB_HEADER_LAYER)},
    {.code = &CAUSE_SETTINGS_DATABASE_PORT,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_WEB + 4,
     .all = LIST(&ENV_DATABASE_PORT),
     .explains = LIST(SYMPTOMS_OF_A_FAILED_START, WORDS_OF_A_FAILED_START, &DJANGO_SERVER_ERROR, &DJANGO_DATABASE_PAGES_FAILED,
                      &DJANGO_VIEW_HUNG, &DJANGO_SLOW, &CAUSE_WEB_DOWN, &CAUSE_WEB_HUNG)},
    {.code = NULL},
};
