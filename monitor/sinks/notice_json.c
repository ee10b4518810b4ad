/* A notice as JSON; see notice_json.h. */
#include "monitor/sinks/notice_json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *string_json(const char *string) {
  json_t *value = json_string(string);
  if (value) return value;
  auto_text struct text printable = {0}; /* not UTF-8 */
  text_add_printable(&printable, string, strlen(string), strlen(string) * 4);
  return json_string(text_get(&printable));
}

char *notice_json(const struct notice *notice) {
  auto_free char *type = text_format("incident.%s", notice_event_names[notice->event]);
  json_t *root = json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:o, s:o, s:o}}", "schema", "ejmon.notice/1", "type", type, "timestamp",
                           notice->time, "data", "id", notice->id, "incident", notice->incident, "code", notice->code, "severity",
                           severity_names[notice->severity], "summary", string_json(notice->summary), "text", string_json(notice->text),
                           "source", string_json(notice->source));
  char *dump = json_dumps(root, JSON_COMPACT);
  json_decref(root);
  char *copy = xstrdup(dump);
  free(dump);
  return copy;
}
