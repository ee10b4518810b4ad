/* What the daemon answers over its control socket: health, status, incidents, withdraw ID. */
#ifndef EJMON_STATUS_H
#define EJMON_STATUS_H

#include <jansson.h>

#include "conf/conf.h"
#include "monitor/core/mind.h"
#include "monitor/watch/watch.h"

struct status_view {
  const struct conf *conf;
  struct mind *mind;
  const struct watches *watches;
  const char *healing;       /* the remedy of the attempt in flight, or NULL */
  const char *doubt;         /* why ejmon doubts its own eyes, or NULL */
  const char *store_trouble; /* why nothing is written, or NULL */
  const char *conf_trouble;  /* why the configuration on disk is not the running one, or NULL */
  double started;            /* wall clock */
};

/* A new reference. */
json_t *status_answer(const struct status_view *view, const char *request) must_check;

#endif
