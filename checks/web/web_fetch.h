/* Several fetches at once for one probe, each in a task of its own, with what kind of answer each got. Judges nothing. */
#ifndef EJMON_WEB_FETCH_H
#define EJMON_WEB_FETCH_H

#include "checks/web/web_answer.h"

#define WEB_PAGE_LIMIT (256u << 10) /* bytes kept of a page: EJ's are below 25 kB, Django's debug page is 80 kB */
#define WEB_TIMEOUT_WITHOUT_DEADLINE 10.0

struct web_fetch {
  /* What the caller fills: */
  const char *path; /* as it shall appear in evidence, "/sw.js" */
  char *url;        /* owned; made by web_fetch_init() */
  const char *method, *host, *cacert;
  const char *const *headers;
  size_t body_limit; /* 0: WEB_PAGE_LIMIT */
  bool fresh;
  bool unread;  /* answer stays empty: for a caller that asks only for web_fetch_describe(), since reading searches the whole body */
  double share; /* of the time that is left; 0: nine tenths */
  /* What web_fetch_all() fills: */
  int result; /* of http_fetch() */
  struct http_response response;
  struct web_answer answer;
};

/* Makes the URL from a base ("http://host:port" with or without a path or a trailing slash) and an absolute path. */
void web_fetch_init(struct web_fetch *fetch, const char *base, const char *path, const char *host, const char *cacert);
void web_fetch_free(struct web_fetch *fetch);

/* Runs all of them at the same time, each for nine tenths of the time that the current task has left, so that the probe can still say what
 * it saw. 0 when each was tried (look at result), or -errno when it was not the target's doing: -ECANCELED, -EAGAIN, -ENOMEM. */
int web_fetch_all(struct web_fetch *fetches, size_t count) must_check;

/* The same for one, in the current task. */
int web_fetch_one(struct web_fetch *fetch) must_check;

/* Was this failure ours (overload, cancelled, a file that cannot be read), and not the target's? */
bool web_fetch_is_ours(const struct web_fetch *fetch);

/* True when a connection stood (TCP, and TLS where asked for) but no complete answer came in time. */
bool web_fetch_was_silent(const struct web_fetch *fetch);

/* What came, for evidence: "502 by nginx", or the error's sentence. free() it. */
char *web_fetch_describe(const struct web_fetch *fetch) must_check;

#endif
