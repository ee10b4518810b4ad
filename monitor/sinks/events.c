/* Names of notice events; see sink.h. */
#include "monitor/sinks/sink.h"

const char *const notice_event_names[] = {"triggered", "updated", "resolved", "withdrawn"};
