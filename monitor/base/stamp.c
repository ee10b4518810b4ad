/* Writes a time as RFC 3339; see stamp.h. */
#include "monitor/base/stamp.h"

#include <time.h>

char *stamp_rfc3339(double wall, bool millis) {
  time_t seconds = (time_t)wall;
  struct tm utc;
  char day_and_time[32];
  gmtime_r(&seconds, &utc);
  strftime(day_and_time, sizeof day_and_time, "%Y-%m-%dT%H:%M:%S", &utc);
  if (!millis) return text_format("%sZ", day_and_time);
  return text_format("%s.%03dZ", day_and_time, (int)((wall - (double)seconds) * 1000));
}
