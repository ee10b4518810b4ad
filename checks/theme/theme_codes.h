/* What the theme check can find; the texts stand in theme.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const theme_codes[]; /* all of them, in this order, NULL-terminated */

/* What is the wanted theme, and what do the layers carry? */
CODE(THEME_NOT_SET, "theme/not-set", CRITICAL, SETTINGS, LATENT)
CODE(THEME_ODD_VALUE, "theme/odd-value", CRITICAL, SETTINGS, LATENT)
CODE(THEME_UNKNOWN, "theme/unknown", CRITICAL, SETTINGS, LATENT)
INFERRED(THEME_PROCESS_DIFFERS, "theme/process-differs", CRITICAL, SETTINGS, CONTENT)
CODE(THEME_CSS_WRONG_THEME, "theme/css-wrong-theme", CRITICAL, VOLUME, CONTENT)
CODE(THEME_ASSETS_WRONG_THEME, "theme/assets-wrong-theme", CRITICAL, VOLUME, CONTENT)
CODE(THEME_MIXED_ASSETS, "theme/mixed-assets", CRITICAL, VOLUME, CONTENT)
CODE(THEME_CONTAINER_DIFFERS, "theme/container-differs", CRITICAL, SETTINGS, LATENT)
CODE(THEME_BUILD_EMPTY, "theme/build-empty", CRITICAL, WEB, STATE)
CODE(THEME_BUILD_JS_MISSING, "theme/build-js-missing", CRITICAL, WEB, STATE)
CODE(THEME_BUILD_MISLABELLED, "theme/build-mislabelled", CRITICAL, WEB, STATE)

/* In what state are the files? */
CODE(THEME_CSS_EMPTY, "theme/css-empty", CRITICAL, VOLUME, CONTENT)
CODE(THEME_CSS_MISSING, "theme/css-missing", CRITICAL, VOLUME, CONTENT)
CODE(THEME_CSS_UNKNOWN, "theme/css-unknown", WARNING, VOLUME, CONTENT)
CODE(THEME_ASSETS_MISSING, "theme/assets-missing", CRITICAL, VOLUME, CONTENT)
CODE(THEME_TRUNCATED, "theme/truncated", CRITICAL, VOLUME, CONTENT)
CODE(THEME_JS_MISSING, "theme/js-missing", CRITICAL, VOLUME, CONTENT)
CODE(THEME_JS_STALE, "theme/js-stale", CRITICAL, VOLUME, CONTENT)
CODE(THEME_FILES_STALE, "theme/files-stale", WARNING, VOLUME, CONTENT)
CODE(THEME_STATIC_MISROUTED, "theme/static-misrouted", CRITICAL, PROXY, CONTENT)
CODE(THEME_STATIC_EMPTY, "theme/static-empty", CRITICAL, VOLUME, CONTENT)
CODE(THEME_STATIC_REFUSED, "theme/static-refused", CRITICAL, NGINX, CONTENT)
INFERRED(THEME_STATIC_NOT_SHARED, "theme/static-not-shared", CRITICAL, NGINX, CONTENT)
INFERRED(THEME_SERVED_DIFFERS, "theme/served-differs", CRITICAL, PROXY, CONTENT)

/* What takes a look inside of web, past a cache, or at more than one probe? */
CODE(THEME_SCRATCH_CSS_EMPTY, "theme/scratch-css-empty", WARNING, WEB, LATENT)
CODE(THEME_SCRATCH_CSS_OTHER, "theme/scratch-css-other", WARNING, WEB, LATENT)
CODE(THEME_COLLECTED_ELSEWHERE, "theme/collected-elsewhere", CRITICAL, VOLUME, STATE)
CODE(THEME_VOLUME_FLIPS, "theme/volume-flips", CRITICAL, VOLUME, TRACE)
CODE(THEME_STATIC_URL_OTHER, "theme/static-url-other", CRITICAL, SETTINGS, CONTENT)
CODE(THEME_STATIC_ROOT_OTHER, "theme/static-root-other", WARNING, SETTINGS, STATE)
CODE(THEME_SERVED_BY_WEB, "theme/served-by-web", WARNING, WEB, CONTENT)
CODE(THEME_CACHE_STALE, "theme/cache-stale", CRITICAL, PROXY, CONTENT)
CODE(THEME_INSIDE_UNSEEN, "theme/inside-unseen", INFO, EJMON, NONE)

/* Blind. */
BLIND(THEME_STATIC_UNSEEN, "theme/static-unseen", WARNING, EJMON)
BLIND(THEME_VOLUME_UNSEEN, "theme/volume-unseen", WARNING, EJMON)
