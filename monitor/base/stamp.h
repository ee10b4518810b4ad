/* Wall-clock times as people and programs read them: RFC 3339, in UTC. */
#ifndef EJMON_STAMP_H
#define EJMON_STAMP_H

#include "monitor/base/text.h"

/* "2026-11-23T03:12:09Z" of seconds since 1970; with `millis` "2026-11-23T03:12:09.041Z". Cut, not rounded: never in the future. */
char *stamp_rfc3339(double wall, bool millis) must_check;

#endif
