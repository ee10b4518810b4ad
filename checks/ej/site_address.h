/* The site goes by up to two names: the address that is connected to, and the Host header (`host:`) that it answers to. What browsers see,
 * and where to connect for it. Pure: strings in, new strings out. */
#ifndef EJMON_SITE_ADDRESS_H
#define EJMON_SITE_ADDRESS_H

#include "monitor/base/text.h"

struct site_address {
  const char *url;  /* absolute; only scheme and authority count */
  const char *host; /* a Host header, or NULL */
};

/* Browsers use `host`, unless it is only "localhost", EJ's default, which would make a plain http page look safe to them. */
bool site_address_is_named_by_host(const struct site_address *site);
/* Does the URL lead to the site, by either of its names? */
bool site_address_is_site(const struct site_address *site, const char *url);
/* May browsers know the site by this origin ("https://ej.example.org")? Both names count, but not one without a dot, which only the
 * containers know. By `host` and an inner address: what stands before it may add TLS and change the port. Where neither tells, any may be.
 */
bool site_address_may_be(const struct site_address *site, const char *origin);
/* The URL as a browser sees it; takes over `url`. */
char *site_address_visible(const struct site_address *site, char *url) must_check;
/* Where to connect for a URL; a new string. */
char *site_address_reach(const struct site_address *site, const char *url) must_check;

#endif
