/* A notice as one JSON object, for the webhook's body and a command's stdin. */
#ifndef EJMON_NOTICE_JSON_H
#define EJMON_NOTICE_JSON_H

#include "monitor/sinks/sink.h"

/* { "schema": "ejmon.notice/1", "type": "incident.triggered", "timestamp": ..., "data": { ... } }; free it. */
char *notice_json(const struct notice *notice) must_check;

#endif
