/* What the theme check can find; the texts stand in theme_codes.c, theme_codes_files.c and theme_codes_inside.c. */
#ifndef EJMON_THEME_CODES_H
#define EJMON_THEME_CODES_H

#include "checks/finding.h"

/* What is the wanted theme, and what do the layers carry? */
extern const struct code THEME_NOT_SET, THEME_ODD_VALUE, THEME_UNKNOWN, THEME_PROCESS_DIFFERS, THEME_CSS_WRONG_THEME,
    THEME_ASSETS_WRONG_THEME, THEME_MIXED_ASSETS, THEME_CONTAINER_DIFFERS, THEME_BUILD_EMPTY, THEME_BUILD_JS_MISSING,
    THEME_BUILD_MISLABELLED;
/* In what state are the files? */
extern const struct code THEME_CSS_EMPTY, THEME_CSS_MISSING, THEME_CSS_UNKNOWN, THEME_ASSETS_MISSING, THEME_TRUNCATED, THEME_JS_MISSING,
    THEME_JS_STALE, THEME_FILES_STALE, THEME_STATIC_MISROUTED, THEME_STATIC_EMPTY, THEME_STATIC_REFUSED, THEME_STATIC_NOT_SHARED,
    THEME_SERVED_DIFFERS;
/* What takes a look inside of web, past a cache, or at more than one probe? */
extern const struct code THEME_SCRATCH_CSS_EMPTY, THEME_SCRATCH_CSS_OTHER, THEME_COLLECTED_ELSEWHERE, THEME_VOLUME_FLIPS,
    THEME_STATIC_URL_OTHER, THEME_STATIC_ROOT_OTHER, THEME_SERVED_BY_WEB, THEME_CACHE_STALE, THEME_INSIDE_UNSEEN;
/* Blind. */
extern const struct code THEME_STATIC_UNSEEN, THEME_VOLUME_UNSEEN;

#endif
