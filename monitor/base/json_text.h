/* Texts as JSON strings, for reports. */
#ifndef EJMON_JSON_TEXT_H
#define EJMON_JSON_TEXT_H

#include <jansson.h>

#include "monitor/base/text.h"

/* A foreign value. Never NULL: redacted, and what is not UTF-8 is shown as \xNN. NULL counts as "". */
json_t *json_text(const char *string) must_check;
/* The same without redaction: a name of ours, or what was redacted where it entered. */
json_t *json_plain(const char *string) must_check;

#endif
