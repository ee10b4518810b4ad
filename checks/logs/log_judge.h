/* From what the logs say, and from what the site shows at the same moment, to findings. Pure: the reading and fetching is check_logs.c's.
 *
 * Why the site is asked at all: see log_oracle.h. A line about the start counts only while the service does not serve; a line about a
 * request is information unless the site fails in the way that the line tells, and passed once the site answers after it: its trouble is
 * over, however long the line stays in the log. */
#ifndef EJMON_LOG_JUDGE_H
#define EJMON_LOG_JUDGE_H

#include "checks/finding.h"
#include "checks/logs/log_oracle.h"

enum log_serving { LOG_SERVING_UNKNOWN, LOG_SERVES, LOG_SERVES_NOT };

/* How the site fails, as bits: one line fits one or several. */
enum log_failure {
  LOG_FAILS_ERROR = 1,   /* 500 */
  LOG_FAILS_GATEWAY = 2, /* 502, 504, silence */
  LOG_FAILS_HOST = 4,    /* DisallowedHost */
  LOG_FAILS_ANYHOW = LOG_FAILS_ERROR | LOG_FAILS_GATEWAY,
  LOG_SITE_ANSWERS = 8, /* it was asked, and fails in none of these ways; without this bit, what is not set is not known */
};

struct log_source {
  bool read;
  const char *where; /* "/var/log/web.log", "the log of deploy_web_1": for evidence */
  enum log_serving serving;
  struct log_reading reading;
};

/* site: bits of enum log_failure. */
void log_judge(const struct log_source sources[LOG_SERVICE_COUNT], unsigned site, struct findings *out);

/* The code that a sign leads to, for tests and for the list of the check. */
const struct code *log_sign_code(enum log_sign sign);

#endif
