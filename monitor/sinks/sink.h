/* The contract of a sink kind: one file monitor/sinks/sink_NAME.c that defines `const struct sink_kind sink_NAME`. A sink delivers one
 * notice inside a task; the engine keeps the queue, the retries and the journal. */
#ifndef EJMON_SINK_H
#define EJMON_SINK_H

#include "checks/finding.h"
#include "checks/option.h"

enum notice_event { NOTICE_TRIGGERED, NOTICE_UPDATED, NOTICE_RESOLVED, NOTICE_WITHDRAWN, NOTICE_EVENTS };
extern const char *const notice_event_names[]; /* "triggered", "updated", "resolved", "withdrawn" */

#define NOTICE_STACK "stack" /* the subject of what is about no extra check */

/* Everything in it is redacted already. Strings are never NULL. */
struct notice {
  enum notice_event event;
  const char *id;       /* of this notice: stable over retries */
  const char *incident; /* the incident's id: the pager's dedup key */
  const char *code;     /* the cause */
  const char *subject;  /* what it is about: NOTICE_STACK, an extra check, or ejmon itself */
  enum severity severity;
  const char *summary; /* one line */
  const char *text;    /* what was seen, what was tried, what a person can run */
  const char *source;  /* what is watched: the site's URL, or the host */
  const char *time;    /* RFC 3339 UTC of the event, not of the sending */
};

struct sink_kind {
  const char *name;
  const char *summary;
  const struct option *options; /* the required ones say where it stands: with another value of one it is another receiver */
  size_t option_count;
  size_t config_size;
  /* 0: delivered. -EINVAL: refused for good, a retry is pointless. Other -errno: try again, not before *ret_retry_after seconds when that
   * is > 0. *ret_error: one sentence, to be freed, on failure. */
  int (*send)(const void *config, const struct notice *notice, double *ret_retry_after, char **ret_error);
};

/* Generated from the file names, NULL-terminated. */
extern const struct sink_kind *const sink_kinds[];

#endif
