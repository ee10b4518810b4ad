/* What the disk check can find; the texts stand in host.texts. A table: see code.h. */
#include "checks/code.h"

extern const struct code *const disk_codes[]; /* all of them, in this order, NULL-terminated */

CODE(DISK_SPACE_FULL, "disk/space-full", CRITICAL, VOLUME, STATE)
CODE(DISK_INODES_FULL, "disk/inodes-full", CRITICAL, VOLUME, STATE)
CODE(DISK_SPACE_LOW, "disk/space-low", WARNING, VOLUME, STATE)
CODE(DISK_STATIC_NOT_WRITABLE, "disk/static-not-writable", CRITICAL, VOLUME, STATE)
CODE(DISK_LOG_LARGE, "disk/log-large", WARNING, WEB, STATE)

BLIND(DISK_UNSEEN, "disk/unseen", WARNING, EJMON)
