/* What is only worth knowing about the proxy: no TLS, no limit on uploads, a cache in front. Reads answers that the nginx check has
 * fetched, and nginx's own configuration now and then. */
#ifndef EJMON_NGINX_MANNERS_H
#define EJMON_NGINX_MANNERS_H

#include "checks/finding.h"
#include "checks/web/web_fetch.h"
#include "monitor/reach/place.h"

#define NGINX_DUMP_SECONDS 3600.0 /* `nginx -T` again after so long: a configuration changes seldom, and the dump may be long */
#define NGINX_RETRY_SECONDS 300.0 /* and so long after one that did not come */

/* The last look at the configuration. */
struct nginx_manners {
  double next; /* monotonic; 0: never looked */
  bool known, unlimited;
  char *unseen; /* why nothing is known of it, or NULL */
};

/* Pure: is this what `nginx -T` prints? It names each file before its text. */
bool nginx_dump_is_one(const char *dump, size_t length);
/* Pure: does `nginx -T` print a client_max_body_size of 0 that is not commented out? */
bool nginx_dump_is_unlimited(const char *dump, size_t length);
/* Pure: does the address look like one that visitors type (a name with a dot, no address of a private network)? */
bool nginx_url_is_public(const char *url);
/* Pure: are both an answer of nginx's own (/static/) and one of Django's a gateway's error? Then it is that of a proxy before nginx, since
 * nginx answers the first from its own disk (EJ contract section 1, ej-corrections 23). */
bool nginx_is_cut_off(const struct web_fetch *own, const struct web_fetch *proxied);
void nginx_judge_tls(const struct web_fetch *page, struct findings *out);
void nginx_judge_cache(const struct web_fetch *file, struct findings *out);
/* Inside a task, when there is a way into nginx. 0, or -ECANCELED. */
int nginx_judge_uploads(struct nginx_manners *manners, const struct place *place, double timeout, struct findings *out) must_check;
void nginx_manners_free(struct nginx_manners *manners);

#endif
