/* From the pages that a browser would pass to what is wrong, in EJ's words: one finding for one fault. Pure: no I/O. */
#ifndef EJMON_FRAME_DIAGNOSE_H
#define EJMON_FRAME_DIAGNOSE_H

#include "checks/browser/frame_ancestors.h"
#include "checks/finding.h"
#include "checks/web/web_walk.h"

/* walk: from the first address to the page itself, at least one hop. origins: serialised as browsers do ("https://chat.example.org"),
 * nearest first, at least one: the first is Rocket.Chat's. Adds findings, and passes the codes that were looked at and are well. */
void frame_diagnose(const struct web_walk *walk, char *const *origins, struct findings *out);

#endif
