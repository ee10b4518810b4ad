/* A notice as JSON; see notice_json.h. */
#include "monitor/sinks/notice_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "monitor/base/json_text.h"

char *notice_json(const struct notice *notice) {
  auto_free char *type = text_format("incident.%s", notice_event_names[notice->event]);
  json_t *root = json_pack("{s:s, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}}", "schema", "ejmon.notice/1", "type", type,
                           "timestamp", notice->time, "data", "id", notice->id, "incident", notice->incident, "code", notice->code,
                           "subject", notice->subject, "severity", severity_names[notice->severity], "summary", json_plain(notice->summary),
                           "text", json_plain(notice->text), "source", json_plain(notice->source));
  char *dump = json_dumps(root, JSON_COMPACT);
  json_decref(root);
  char *copy = xstrdup(dump);
  free(dump);
  return copy;
}
