/* Causes that lie between EJ and its visitors: a proxy that takes headers away or adds to them. Data only. */
#include "checks/frame/frame_codes.h"
#include "checks/login/login_codes.h"
#include "checks/web/layers_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

const struct rule rules_layers[] = {
    {.code = &CAUSE_LAYERS_PROXY_STRIPS,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_FRAME + 8,
     .all = LIST(&LAYERS_HEADER_LOST),
     /* Not all of login/: a dead token or a cookie that is kept away has nothing to do with headers that are lost. */
     .explains = LIST(&FRAME_X_FRAME_OPTIONS, &CAUSE_FRAME_FRAMING_FORBIDDEN, &LAYERS_HEADER_DOUBLED, &LOGIN_CORS_MISSING,
                      &LOGIN_CORS_ORIGIN, &LOGIN_CORS_CREDENTIALS, &LOGIN_PREFLIGHT_REFUSED, &LOGIN_FORM_FAILED, &LOGIN_SESSION_LOST),
     .overrides_plan = "the proxy takes away whatever nginx sets"},
    {.code = &CAUSE_LAYERS_PROXY_DOUBLES,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_FRAME + 8,
     .all = LIST(&LAYERS_HEADER_DOUBLED, &FRAME_CREDENTIALS_HEADER),
     .explains = LIST(&LOGIN_CORS_DOUBLED, &LOGIN_CORS_ORIGIN, &LOGIN_CORS_CREDENTIALS, &LOGIN_PREFLIGHT_REFUSED)},
    {.code = NULL},
};
