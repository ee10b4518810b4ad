/* The words of an incident for people: one line, and the whole story of a page. */
#ifndef EJMON_STORY_H
#define EJMON_STORY_H

#include "monitor/daemon/daemon.h"

char *story_summary(const struct daemon *daemon, const struct incident *incident) must_check;
enum severity story_severity(const struct daemon *daemon, const struct incident *incident);
/* What was seen (with evidence), what was tried, what a person can run. */
void story_body(const struct daemon *daemon, const struct incident *incident, struct text *text);
/* The codes whose passing proves the cause cured: those that its rule matches on, of the ones seen; NULL-terminated, strings_free(). */
char **story_matched_codes(const struct incident *incident) must_check;

#endif
