/* The findings of the frame check. Every name is an interface: reports, alerts and rules use it. */
#ifndef EJMON_FRAME_CODES_H
#define EJMON_FRAME_CODES_H

#include "checks/finding.h"

/* There is no page to judge. */
extern const struct code FRAME_UNREACHABLE, FRAME_REDIRECT_LOOP, FRAME_PAGE_MISSING, FRAME_PAGE_FAILED, FRAME_INTEGRATION_OFF,
    FRAME_HEADER_LAYER_FAILED, FRAME_NO_EMBEDDER;
/* The browser refuses to show the page in Rocket.Chat's frame. */
extern const struct code FRAME_MIXED, FRAME_URL_UNSET, FRAME_NO_SCHEME, FRAME_ORIGIN_NOT_LISTED, FRAME_PORT_MISSING, FRAME_PATH_IN_SOURCE,
    FRAME_SCHEME_MISMATCH, FRAME_CSP_OVERRIDE, FRAME_PROXY_POLICY, FRAME_X_FRAME_OPTIONS;
/* The page is shown, but the login behind it cannot work. */
extern const struct code FRAME_ROW_DIFFERS, FRAME_ORIGIN_NOT_EXACT, FRAME_CREDENTIALS_HEADER;
/* Worth knowing. */
extern const struct code FRAME_ANY_SITE, FRAME_REDIRECTED;

/* All of them, NULL-terminated. */
extern const struct code *const frame_codes[];

#endif
