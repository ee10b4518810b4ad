/* The time stamps of nginx, gunicorn, PostgreSQL, mongod and the Docker Engine. Pure. */
#ifndef EJMON_LOG_TIME_H
#define EJMON_LOG_TIME_H

#include <stddef.h>

/* The time that a line carries in its first bytes, in any of the forms that these programs write, or 0. A form without a zone is taken as
 * local time. */
double log_line_time(const char *line, size_t length);

#endif
