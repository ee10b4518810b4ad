/* A walk along redirects, hop by hop as a browser goes: it sees the site by its visible name, and ends where an address comes twice. Judges
 * nothing. */
#ifndef EJMON_WEB_WALK_H
#define EJMON_WEB_WALK_H

#include "checks/ej/site_address.h"
#include "checks/web/web_fetch.h"

#define WEB_WALK_LIMIT 11 /* requests of one walk, the first among them: EJ needs two, and a browser's 20 would only spend the time */

/* How a walk goes; url and host of the site decide which address browsers see and where to connect for it. */
struct web_walk_way {
  struct site_address site;
  const char *cacert;
  size_t limit; /* hops at most; 0: WEB_WALK_LIMIT */
};

struct web_walk {
  struct web_hop {
    char *url; /* as the browser sees it */
    struct web_fetch fetch;
  } hops[WEB_WALK_LIMIT];
  size_t count;
  bool endless; /* an address came twice, or the limit was reached */
  bool nowhere; /* the last answer is a redirect to what is no web address, or names none */
};

/* The next hop, ready to be fetched; takes over `url`. Only for a url that is the first or comes from web_walk_next(). */
struct web_fetch *web_walk_push(struct web_walk *walk, const struct web_walk_way *way, char *url);
/* Where the last hop's answer sends the browser, without fragment, as a new string; NULL when the walk is over: no redirect, one to
 * nowhere (the redirect itself is the page then), or an endless one. */
char *web_walk_next(struct web_walk *walk, const struct web_walk_way *way) must_check;
/* Fetches the last hop, pushed and filled by the caller. 0, or -errno of web_fetch_one(); an address that an answer gave and nobody can ask
 * is that answer's fault: the hop is taken back. */
int web_walk_fetch(struct web_walk *walk) must_check;
/* The whole of it by GET with these headers; takes over `url`. 0, or -errno of web_fetch_one(). */
int web_walk(struct web_walk *walk, const struct web_walk_way *way, const char *const *headers, char *url) must_check;
/* "redirects to itself", "redirects to no web address"...: what no browser gets through; NULL: it ended at an answer. For the chosen
 * language.
 */
const char *web_walk_trap(const struct web_walk *walk);
void web_walk_free(struct web_walk *walk); /* its contents; leaves it zeroed */

#endif
