/* Causes on the disks under EJ's files: full, filled by the log, not writable. Data only. */
#include "checks/host/disk_codes.h"
#include "checks/theme/theme_codes.h"
#include "monitor/rules/causes_codes.h"
#include "monitor/rules/table.h"

const struct rule rules_disk[] = {
    {.code = &CAUSE_DISK_FULL,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_SETTINGS + 8,
     .any = LIST(&DISK_SPACE_FULL, &DISK_INODES_FULL),
     .explains =
         LIST(&DISK_SPACE_LOW, &DISK_LOG_LARGE, &THEME_TRUNCATED, &THEME_ASSETS_MISSING, &THEME_CSS_MISSING, &THEME_JS_MISSING,
              &THEME_CSS_EMPTY, &THEME_SCRATCH_CSS_EMPTY, &THEME_COLLECTED_ELSEWHERE, &CAUSE_THEME_PARTIAL_COPY, &CAUSE_THEME_FILES_LOST)},
    {.code = &CAUSE_DISK_LOG_EATS_DISK,
     .confidence = CONFIDENCE_CERTAIN,
     .rank = RANK_THEME,
     .all = LIST(&DISK_LOG_LARGE),
     .explains = LIST(&DISK_SPACE_LOW)},
    {.code = &CAUSE_DISK_WRONG_OWNER, .confidence = CONFIDENCE_CERTAIN, .rank = RANK_SETTINGS + 7, .all = LIST(&DISK_STATIC_NOT_WRITABLE)},
    {.code = NULL},
};
