/* What the frame check can find; the texts stand in frame.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const frame_codes[]; /* all of them, in this order, NULL-terminated */

/* There is no page to judge. */
FAILURE(FRAME_UNREACHABLE, "frame/unreachable", CRITICAL, NETWORK, ABSENCE, PAGE)
FAILURE(FRAME_REDIRECT_LOOP, "frame/redirect-loop", CRITICAL, PROXY, ABSENCE, PAGE)
FAILURE(FRAME_PAGE_MISSING, "frame/page-missing", CRITICAL, WEB, ABSENCE, PAGE)
FAILURE(FRAME_PAGE_FAILED, "frame/page-failed", CRITICAL, WEB, ABSENCE, PAGE)
LIKELY_FAILURE(FRAME_INTEGRATION_OFF, "frame/integration-off", CRITICAL, SETTINGS, CONTENT, PAGE)
FAILURE(FRAME_HEADER_LAYER_FAILED, "frame/header-layer-failed", CRITICAL, DATABASE, OUTAGE, PAGE)
BLIND(FRAME_NO_EMBEDDER, "frame/no-embedder", WARNING, EJMON)

/* The browser refuses to show the page in Rocket.Chat's frame. */
FAILURE(FRAME_MIXED, "frame/mixed-content", CRITICAL, PROXY, CONTENT, VERDICT)
LIKELY_FAILURE(FRAME_URL_UNSET, "frame/url-unset", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_NO_SCHEME, "frame/no-scheme", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_ORIGIN_NOT_LISTED, "frame/origin-not-listed", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_PORT_MISSING, "frame/port-missing", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_PATH_IN_SOURCE, "frame/path-in-source", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_SCHEME_MISMATCH, "frame/scheme-mismatch", CRITICAL, SETTINGS, CONTENT, VERDICT)
LIKELY_FAILURE(FRAME_CSP_OVERRIDE, "frame/csp-override", CRITICAL, SETTINGS, CONTENT, VERDICT)
FAILURE(FRAME_PROXY_POLICY, "frame/proxy-policy", CRITICAL, PROXY, CONTENT, VERDICT)
FAILURE(FRAME_X_FRAME_OPTIONS, "frame/x-frame-options", CRITICAL, SETTINGS, CONTENT, VERDICT)

/* The page is shown, but the login behind it cannot work. */
LIKELY_FAILURE(FRAME_ROW_DIFFERS, "frame/row-differs", CRITICAL, DATABASE, CONTENT, CORS)
FAILURE(FRAME_ORIGIN_NOT_EXACT, "frame/origin-not-exact", CRITICAL, SETTINGS, CONTENT, CORS)
FAILURE(FRAME_CREDENTIALS_HEADER, "frame/credentials-header", CRITICAL, SETTINGS, CONTENT, CORS)

/* Worth knowing. */
CODE(FRAME_ANY_SITE, "frame/any-site", INFO, SETTINGS, CONTENT)
CODE(FRAME_REDIRECTED, "frame/redirected", INFO, PROXY, CONTENT)

/* For what a cause explains: every finding of the group. */
GROUP(FRAME_ALL, "frame/")
