/* Any log of any service: never out of bounds, a start that succeeded leaves no reason why it failed, and details are parts of their lines.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/logs/log_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  struct log_request request = {
      .service = (enum log_service)(data[0] % LOG_SERVICE_COUNT),
      .bytes = (const char *)data + 2,
      .length = size - 2,
      .stamped = data[1] & 1,
      .now = 1795560000,
      .recent = 600,
      .started = data[1] & 2 ? 1795559990 : 0,
      .new_from = data[1] & 4 ? 0 : size - 2,
  };
  struct log_reading reading;
  log_read(&request, &reading);
  for (int sign = 0; sign < LOG_SIGN_COUNT; sign++) {
    const struct log_hit *hit = &reading.hits[sign];
    if ((hit->count > 0) != (hit->line != NULL)) abort();
    if (!hit->count) continue;
    if (log_sign_service((enum log_sign)sign) != request.service || hit->at >= request.length || strlen(hit->line) > LOG_LINE_LIMIT)
      abort();
    if (reading.ready && log_sign_is_start((enum log_sign)sign)) abort();
    char *detail = log_sign_detail((enum log_sign)sign, hit->line);
    if (detail && !strstr(hit->line, detail)) abort();
    free(detail);
  }
  log_reading_free(&reading);
  return 0;
}
