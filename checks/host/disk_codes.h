/* What the disk check can find; the texts stand in disk_codes.c. */
#ifndef EJMON_DISK_CODES_H
#define EJMON_DISK_CODES_H

#include "checks/finding.h"

extern const struct code DISK_SPACE_FULL, DISK_INODES_FULL, DISK_SPACE_LOW, DISK_STATIC_NOT_WRITABLE, DISK_LOG_LARGE;
extern const struct code DISK_UNSEEN; /* blind */

#endif
