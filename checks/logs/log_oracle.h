/* The last lines of a service's log -> the telling ones. Pure: no I/O.
 *
 * A log is never trusted. Any visitor can write lines of any content into web's and nginx's: Django 2.2 logs the decoded path of a 404,
 * line breaks included, and nginx the decoded name of a missing file. So a line proves nothing by itself, and two kinds of signs are kept
 * apart:
 *  - why a start failed: counts only outside of the time between a line that says "ready" and one that ends it (and log_judge.h lets it
 * count only while the service does not serve, when no visitor can write anything);
 *  - what happened while it served: counts only when recent and of this run, and log_judge.h makes it no more than information unless the
 * site is seen to fail in the way that the line tells.
 *
 * Facts: EJ contract section 10 with ej-corrections 3, 22, 24, 26 and the observed logs; Rocket.Chat contract 6.3; the words of nginx,
 * PostgreSQL, mongod and gunicorn themselves. */
#ifndef EJMON_LOG_ORACLE_H
#define EJMON_LOG_ORACLE_H

#include "monitor/base/text.h"

enum log_service { LOG_OF_WEB, LOG_OF_NGINX, LOG_OF_POSTGRES, LOG_OF_MONGO, LOG_OF_ROCKETCHAT, LOG_SERVICE_COUNT };

enum log_sign {
  /* web, at its start */
  LOG_THEME_NAME,
  LOG_PERMISSION,
  LOG_DISK_FULL,
  LOG_ENVIRONMENT,
  LOG_COUNTRY,
  LOG_DATABASE_GAVE_UP,
  LOG_START_PASSWORD,
  LOG_START_DATABASE_MISSING,
  LOG_DATABASE_HOST,
  LOG_MIGRATION_EXISTS,
  LOG_MIGRATION_HISTORY,
  LOG_MIGRATION_FAILED,
  LOG_TASK_UNKNOWN,
  LOG_NO_TERMINAL,
  LOG_FOLDER_RACE,
  LOG_WEB_TRACE, /* any other exception: the last one */
  /* web, while it serves */
  LOG_DATABASE_WAIT,
  LOG_WEB_PASSWORD,
  LOG_WEB_DATABASE_MISSING,
  LOG_WEB_DISK_FULL,
  LOG_WORKER_TIMEOUT,
  LOG_WORKER_KILLED,
  LOG_HOST_REFUSED,
  LOG_RELATION_MISSING,
  LOG_CHAT_UNCONFIGURED,
  LOG_CHAT_UNREACHABLE,
  /* nginx */
  LOG_UPSTREAM_UNKNOWN,
  LOG_PORT_TAKEN,
  LOG_NGINX_EMERG, /* any other reason not to start */
  LOG_UPSTREAM_REFUSED,
  /* PostgreSQL */
  LOG_POSTGRES_START,
  LOG_POSTGRES_PASSWORD,
  LOG_POSTGRES_DATABASE_MISSING,
  LOG_POSTGRES_DISK_FULL,
  /* MongoDB */
  LOG_MONGO_OPTION,
  LOG_MONGO_START,
  LOG_MONGO_DISK_FULL,
  /* Rocket.Chat */
  LOG_REPLICA_SET,
  LOG_MONGO_OLD,
  LOG_CHAT_NO_MONGO,
  LOG_SIGN_COUNT
};

#define LOG_START_SECONDS 60.0  /* a run that is older than this speaks for itself; a younger one may fail as the one before it did */
#define LOG_LATELY_SECONDS 90.0 /* three times the 30 s for which gunicorn waits for a silent worker */
#define LOG_LINE_LIMIT 400      /* bytes kept of a telling line */

struct log_request {
  enum log_service service;
  const char *bytes; /* the end of the log; a first line that was cut off is harmless */
  size_t length;
  bool stamped;    /* each line begins with the Docker Engine's time stamp */
  bool lasts;      /* stamped: the container's run of now has not ended */
  double now;      /* wall clock, seconds since 1970 */
  double recent;   /* seconds that count as recent */
  double started;  /* stamped: when the container's run of now began; 0: not known */
  double asked;    /* when the site was asked: what was written since may be about that very request; 0: it was not asked */
  size_t asked_at; /* the same as a byte of the log, for lines without a time; length: nothing was written since */
  size_t new_from; /* bytes from here on were written since the last look; length: nothing is known to be new */
};

struct log_hit {
  size_t count;
  bool fresh;   /* written since the site was asked */
  bool lately;  /* within the last LOG_LATELY_SECONDS; of a line without a time: since the last look */
  size_t at;    /* byte of the log at which the last one begins */
  size_t error; /* which error of the log it is of: an exception and those that it was raised in handling of have one number */
  char *line;   /* the last such line, without the engine's stamp, cut at LOG_LINE_LIMIT; foreign text: redact it before it is shown */
};

struct log_reading {
  size_t lines;
  bool ready; /* the last thing that the log tells of the service's start is that it got through it */
  struct log_hit hits[LOG_SIGN_COUNT];
};

void log_read(const struct log_request *request, struct log_reading *ret_reading);
void log_reading_free(struct log_reading *reading);

/* Is this sign one of a start that failed (as opposed to something that happened while serving)? */
bool log_sign_is_start(enum log_sign sign);
enum log_service log_sign_service(enum log_sign sign);

/* The word in the line that matters most (the theme, the variable's value, the host, the role), or NULL. free() it. */
char *log_sign_detail(enum log_sign sign, const char *line) must_check;

#endif
