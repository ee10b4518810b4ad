/* What the theme check can find; the texts stand in theme_codes.c and theme_codes_files.c. */
#ifndef EJMON_THEME_CODES_H
#define EJMON_THEME_CODES_H

#include "checks/finding.h"

/* What is the wanted theme, and what do the layers carry? */
extern const struct code THEME_NOT_SET, THEME_ODD_VALUE, THEME_UNKNOWN, THEME_PROCESS_DIFFERS, THEME_CSS_WRONG_THEME,
    THEME_ASSETS_WRONG_THEME, THEME_MIXED_ASSETS, THEME_CONTAINER_DIFFERS, THEME_BUILD_EMPTY, THEME_BUILD_JS_MISSING,
    THEME_BUILD_MISLABELLED;
/* In what state are the files? */
extern const struct code THEME_CSS_EMPTY, THEME_CSS_MISSING, THEME_CSS_UNKNOWN, THEME_ASSETS_MISSING, THEME_TRUNCATED, THEME_JS_MISSING,
    THEME_JS_STALE, THEME_FILES_STALE, THEME_STATIC_MISROUTED, THEME_STATIC_EMPTY, THEME_STATIC_NOT_SHARED, THEME_SERVED_DIFFERS;
/* Blind. */
extern const struct code THEME_STATIC_UNSEEN, THEME_VOLUME_UNSEEN;

#endif
