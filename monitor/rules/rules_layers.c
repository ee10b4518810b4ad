/* Causes that lie between EJ and its visitors: a proxy that takes headers away or adds to them. Data only. */
#include "monitor/rules/table.h"

#define COMPARE                                                     \
  "ejmon check layers    # names the layer and shows both answers", \
      "docker-compose exec nginx nginx -T | grep -n -E 'add_header|proxy_hide_header'"
#define REFUSE_ENV \
  { "config.env", "EJ already sends the right headers; what changes them stands behind it" }
#define REFUSE_RESTART \
  { "restart web", "web is not at fault" }

const struct rule rules_layers[] = {
    {.code = "layers/proxy-strips",
     .summary = "A proxy takes headers of EJ away: browsers judge the login by what is left.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_FRAME + 8,
     .all = LIST("layers/header-lost"),
     /* Not all of login/: a dead token or a cookie that is kept away has nothing to do with headers that are lost. */
     .explains = LIST("frame/x-frame-options", "frame/framing-forbidden", "layers/header-doubled", "login/cors-missing",
                      "login/cors-origin", "login/cors-credentials", "login/preflight-refused", "login/form-failed", "login/session-lost"),
     .refused =
         (const struct rule_refusal[]){{"nginx-headers", "it writes frame-ancestors only; what else the proxy takes away stays away"},
                                       REFUSE_ENV,
                                       REFUSE_RESTART,
                                       {NULL, NULL}},
     .by_hand = LIST(COMPARE, "# remove the proxy_hide_header (or the filter of the outer proxy) that is named; then",
                     "docker-compose exec nginx nginx -s reload"),
     .explain = {.title = "Headers of EJ get lost in a proxy",
                 .meaning = "Rocket.Chat's users cannot log in, or any site may show EJ in a frame, although EJ itself is set up right.",
                 .why = "A proxy_hide_header, a header filter or a caching rule in nginx or in the proxy before it.",
                 .heals = "Removing that rule in the layer that the evidence names.",
                 .heals_not = "Any setting of EJ.",
                 .refs = LIST("ej section 4", "rocket 5.1/4", "rocket 5.1/9")}},
    {.code = "layers/proxy-doubles",
     .summary = "A proxy adds CORS headers to those that EJ sends: browsers refuse two of them.",
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_FRAME + 8,
     .all = LIST("layers/header-doubled", "frame/credentials-header"),
     .explains = LIST("login/cors-doubled", "login/cors-origin", "login/cors-credentials", "login/preflight-refused"),
     .refused =
         (const struct rule_refusal[]){{"nginx-headers", "it corrects framing headers only"}, REFUSE_ENV, REFUSE_RESTART, {NULL, NULL}},
     .by_hand =
         LIST(COMPARE, "# remove the add_header Access-Control-... that is named; then", "docker-compose exec nginx nginx -s reload"),
     .explain = {.title = "CORS headers come twice",
                 .meaning = "The login page shows in Rocket.Chat, but the login itself is refused by the browser.",
                 .why = "add_header in a proxy adds to EJ's own headers, it does not replace them; browsers want exactly one.",
                 .heals = "Removing the proxy's headers: EJ's own are right.",
                 .heals_not = "Correcting the value in the proxy: there would still be two.",
                 .refs = LIST("ej F67", "rocket 5.1/4", "rocket 8", "Fetch 4.9")}},
    {.code = NULL},
};
