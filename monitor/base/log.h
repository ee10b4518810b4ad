/* One line per event on stderr; no files, no rotation: the service manager or Docker keeps the lines.
 *
 * A line is not redacted, since names of checks and codes stand in it: foreign text has passed redact() before, where it entered.
 * Base and modules return errors and do not log; the engine and the commands do. */
#ifndef EJMON_LOG_H
#define EJMON_LOG_H

#include "monitor/base/text.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level); /* default LOG_INFO */
void log_set_times(bool on);              /* an RFC 3339 UTC time before each line (the daemon), default off */
void log_line(enum log_level level, const char *format, ...) format_like(2, 3);

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
