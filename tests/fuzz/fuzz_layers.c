/* What the program inside of the container prints, and cookies: whatever they are, reading ends; an answer compared with itself differs in
 * nothing. */
#include <stdlib.h>
#include <string.h>

#include "checks/web/layers_judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto_free char *text = xstrndup((const char *)data, size);
  auto_free char *form = layers_cookie_form(text);
  if (strlen(form) > 2 * strlen(text)) abort(); /* "; " instead of ";" is all that it may add */
  struct http_response response;
  if (layers_read((const char *)data, size, &response)) {
    if (response.header_count > LAYERS_HEADER_LIMIT) abort();
    const struct layers_point points[] = {{"inside", NULL, &response}, {"outside", "nginx", &response}};
    struct findings out = {0};
    if (!layers_compare("/", points, 2, &out) || out.count > 0) abort();
    findings_free(&out);
  }
  http_response_free(&response);
  return 0;
}
