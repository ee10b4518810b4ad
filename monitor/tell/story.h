/* The words of an incident for people: one line, its evidence, and the whole story of a page. */
#ifndef EJMON_STORY_H
#define EJMON_STORY_H

#include "conf/conf.h"
#include "monitor/core/mind.h"
#include "monitor/watch/watch.h"

/* What a story is told from. */
struct story {
  const struct conf *conf;
  const struct watches *watches; /* what the last probes saw; may be NULL */
};

/* Brings summary, severity and evidence (seen) of the incident up to date, from the last fault seen of each of its codes; what is not known
 * any more stays as it was. */
void story_describe(const struct story *story, struct incident *incident);
/* What it is about, what was seen (with evidence), what was tried, what a person can run. A new string. */
char *story_body(const struct story *story, const struct incident *incident) must_check;

#endif
