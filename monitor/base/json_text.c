/* Texts as JSON; see json_text.h. */
#include "monitor/base/json_text.h"

#include <stdint.h>
#include <string.h>

#include "monitor/base/redact.h"
#include "monitor/base/text.h"

json_t *json_plain(const char *string) {
  json_t *value = json_string(string ? string : "");
  if (value) return value;
  auto_text struct text printable = {0}; /* not UTF-8: shown as \xNN */
  text_add_printable(&printable, string, strlen(string), SIZE_MAX / 4);
  return json_string(text_get(&printable));
}

json_t *json_text(const char *string) {
  auto_free char *clean = redact(string ? string : "");
  return json_plain(clean);
}
