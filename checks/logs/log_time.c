/* Reads the time that a line of a log carries; see log_time.h. */
#include "checks/logs/log_time.h"

#include <string.h>
#include <time.h>

#include "monitor/base/text.h"

#define STAMP_WITHIN 64 /* bytes of a line in which its stamp begins; a prefix such as `{"t":{"$date":"` or an address stands before it */

/* The zone behind a stamp: "Z", "UTC", "+0000", "-03:00", "-03". False: none is known, which means local time. */
static bool read_zone(const char *p, const char *end, long *ret_offset) {
  while (p < end && (*p == '.' || *p == ',' || (*p >= '0' && *p <= '9'))) p++; /* a fraction */
  while (p < end && *p == ' ') p++;
  *ret_offset = 0;
  if (p < end && *p == 'Z') return true;
  if (end - p >= 3 && (memcmp(p, "UTC", 3) == 0 || memcmp(p, "GMT", 3) == 0)) return true;
  if (end - p < 3 || (*p != '+' && *p != '-')) return false;
  char digits[5] = "0000";
  size_t count = 0;
  for (const char *q = p + 1; q < end && count < 4; q++) {
    if (*q == ':' && count == 2) continue;
    if (*q < '0' || *q > '9') break;
    digits[count++] = *q;
  }
  if (count != 2 && count != 4) return false;
  long hours = (digits[0] - '0') * 10 + digits[1] - '0', minutes = (digits[2] - '0') * 10 + digits[3] - '0';
  *ret_offset = (*p == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
  return true;
}

double log_line_time(const char *line, size_t length) {
  static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S"};
  auto_free char *copy = xstrndup(line, length < 2 * STAMP_WITHIN ? length : 2 * STAMP_WITHIN);
  const char *end = copy + strlen(copy);
  for (const char *p = copy; p < end && p < copy + STAMP_WITHIN; p++) {
    if (*p < '0' || *p > '9' || (p > copy && p[-1] >= '0' && p[-1] <= '9')) continue;
    for (size_t i = 0; i < countof(forms); i++) {
      struct tm parts = {.tm_isdst = -1};
      const char *rest = strptime(p, forms[i], &parts);
      if (!rest || parts.tm_year < 100 || parts.tm_year > 300) continue;
      long offset;
      if (read_zone(rest, end, &offset)) return (double)timegm(&parts) - (double)offset;
      time_t local = mktime(&parts);
      return local == (time_t)-1 ? 0 : (double)local;
    }
  }
  return 0;
}
