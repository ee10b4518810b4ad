/* From the pages that a browser would pass to what is wrong, in EJ's words: one finding for one fault. Pure: no I/O. */
#ifndef EJMON_FRAME_DIAGNOSE_H
#define EJMON_FRAME_DIAGNOSE_H

#include "checks/browser/frame_ancestors.h"
#include "checks/finding.h"
#include "checks/web/web_fetch.h"

#define FRAME_REDIRECT_LIMIT 10

/* The walk from the first address to the page itself. Redirects are followed by the check, not here. */
struct frame_walk {
  struct {
    char *url; /* as the browser sees it */
    struct web_fetch fetch;
  } hops[FRAME_REDIRECT_LIMIT + 1];
  size_t count; /* at least 1 */
  bool endless; /* an address came twice, or the limit was reached */
};

/* origins: serialised as browsers do ("https://chat.example.org"), nearest first, at least one: the first is Rocket.Chat's. Adds findings,
 * and passes the codes that were looked at and are well. */
void frame_diagnose(const struct frame_walk *walk, char *const *origins, struct findings *out);

#endif
