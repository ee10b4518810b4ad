/* Is the cookie stored, is it sent (RFC 6265bis 5.7, 5.8)? Chromium's answers. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/browser/cookie.h"
#include "checks/browser/site.h"
#include "monitor/base/http.h"

/* A URL's pieces that cookies look at, normalised. */
struct address {
  char *origin, *path;
  struct csp_origin parts; /* points into origin */
  bool good;
};

static struct address address_make(const char *url) {
  struct address address = {.origin = url ? http_origin(url) : NULL};
  address.good = address.origin && csp_origin_parse(csp_span(address.origin), &address.parts);
  struct http_url whole;
  if (address.good && http_url_parse(url, false, &whole) == 0) {
    address.path = xstrndup(whole.path, strcspn(whole.path, "?#"));
    http_url_free(&whole);
  }
  return address;
}

static void address_free(struct address *address) {
  free(address->origin);
  free(address->path);
}

/* Chromium counts http to localhost as safe enough for Secure. */
static bool is_safe(const struct address *address) {
  return address->parts.secure || csp_origin_is_local(&address->parts);
}

/* --- same-site (RFC 6265bis 5.2) ---------------------------------------------------------------------------------------------------------
 */

enum context { CONTEXT_CROSS_SITE, CONTEXT_LAX_POST, CONTEXT_LAX, CONTEXT_STRICT };

static enum context find_context(const struct cookie_place *place) {
  if (place->top) return site_same(place->top, place->url) ? CONTEXT_STRICT : CONTEXT_CROSS_SITE;
  if (!place->from || site_same(place->from, place->url)) return CONTEXT_STRICT;
  return place->post ? CONTEXT_LAX_POST : CONTEXT_LAX;
}

static enum cookie_reason judge_same_site(const struct cookie *cookie, enum context context) {
  switch (cookie->same_site) {
    case COOKIE_SAME_SITE_NONE:
      return COOKIE_FINE;
    case COOKIE_SAME_SITE_ABSENT:
      return context >= CONTEXT_LAX ? COOKIE_FINE : COOKIE_DEFAULT_LAX;
    case COOKIE_SAME_SITE_LAX:
      return context >= CONTEXT_LAX ? COOKIE_FINE : COOKIE_CROSS_SITE;
    case COOKIE_SAME_SITE_STRICT:
      break;
  }
  return context >= CONTEXT_STRICT ? COOKIE_FINE : COOKIE_CROSS_SITE;
}

static unsigned find_warnings(const struct cookie *cookie, const struct cookie_place *place, const struct address *address) {
  unsigned warnings = 0;
  if (place->top && !cookie->partitioned && !site_same(place->top, place->url)) warnings |= COOKIE_THIRD_PARTY;
  if (cookie->same_site == COOKIE_SAME_SITE_ABSENT) warnings |= COOKIE_NO_SAME_SITE;
  if (cookie->secure && !address->parts.secure) warnings |= COOKIE_HTTP_LOCALHOST;
  return warnings;
}

/* --- domains -----------------------------------------------------------------------------------------------------------------------------
 */

static bool is_below(struct csp_span host, struct csp_span domain) {
  size_t more = host.length - domain.length;
  return host.length > domain.length && strncasecmp(host.data + more, domain.data, domain.length) == 0 && host.data[more - 1] == '.';
}

static bool is_same_host(struct csp_span a, struct csp_span b) {
  return a.length == b.length && strncasecmp(a.data, b.data, a.length) == 0;
}

static bool is_host_only(const struct cookie *cookie) {
  return cookie->domain.length == 0;
}

/* A host may name itself or what stands above it up to the registrable domain. A host that is a suffix, an address or a single label may
 * name itself alone. */
static bool may_set_domain(struct csp_span host, struct csp_span domain) {
  if (is_same_host(host, domain)) return true;
  return is_below(host, domain) && !site_is_address(host) && !site_is_public_suffix(domain);
}

/* --- storing (RFC 6265bis 5.7)
 * ------------------------------------------------------------------------------------------------------------ */

/* Chromium 140 and later know the two with Http-, too. */
static bool fits_prefix(const struct cookie *cookie, const struct address *address) {
  unsigned prefix = cookie_find_prefix(cookie->name);
  if (prefix == COOKIE_PREFIX_NONE) return true;
  if (!cookie->secure || !is_safe(address)) return false;
  if ((prefix & COOKIE_PREFIX_HTTP) && !cookie->http_only) return false;
  return !(prefix & COOKIE_PREFIX_HOST) || (is_host_only(cookie) && csp_equal(cookie->path, "/"));
}

static enum cookie_reason judge_store(const struct cookie *cookie, const struct cookie_place *set, const struct address *address) {
  if (!is_host_only(cookie) && !may_set_domain(address->parts.host, cookie->domain)) return COOKIE_DOMAIN;
  if (!fits_prefix(cookie, address)) return COOKIE_PREFIX;
  if (!cookie->secure && (cookie->same_site == COOKIE_SAME_SITE_NONE || cookie->partitioned)) return COOKIE_NONE_INSECURE;
  if (cookie->secure && !is_safe(address)) return COOKIE_INSECURE;
  enum context context = find_context(set);
  return judge_same_site(cookie, set->top ? context : CONTEXT_STRICT); /* the page at the top may set any */
}

static bool is_expired(const struct cookie *cookie, time_t now) {
  return cookie->lasting && cookie->expires <= now;
}

struct cookie_verdict cookie_judge_store(const struct cookie *cookie, const struct cookie_place *set, time_t now) {
  struct address address = address_make(set->url);
  struct cookie_verdict verdict = {.reason = COOKIE_OTHER_HOST};
  if (address.good) verdict.reason = judge_store(cookie, set, &address);
  if (verdict.reason == COOKIE_FINE && is_expired(cookie, now)) verdict.reason = COOKIE_EXPIRED;
  verdict.yes = verdict.reason == COOKIE_FINE;
  if (verdict.yes) verdict.warnings = find_warnings(cookie, set, &address);
  address_free(&address);
  return verdict;
}

/* --- sending (RFC 6265bis 5.8.3) ---------------------------------------------------------------------------------------------------------
 */

static bool fits_host(const struct cookie *cookie, const struct address *set, const struct address *asked) {
  if (is_same_host(asked->parts.host, set->parts.host) && is_host_only(cookie)) return true;
  if (is_host_only(cookie)) return false;
  return is_same_host(asked->parts.host, cookie->domain) ||
         (is_below(asked->parts.host, cookie->domain) && !site_is_address(asked->parts.host));
}

/* The folder of the URL that set it, where it names no path. */
static struct csp_span find_path(const struct cookie *cookie, const struct address *set) {
  if (cookie->path.length > 0) return cookie->path;
  struct csp_span path = csp_span(set->path);
  while (path.length > 1 && path.data[path.length - 1] != '/') path.length--;
  if (path.length > 1) path.length--;
  return path.length > 0 ? path : csp_span("/");
}

static bool fits_path(struct csp_span path, const char *asked) {
  if (!asked || strncmp(asked, path.data, path.length) != 0) return false;
  return path.data[path.length - 1] == '/' || asked[path.length] == '\0' || asked[path.length] == '/';
}

static bool same_partition(const struct cookie_place *set, const struct cookie_place *asked) {
  return site_same(set->top ? set->top : set->url, asked->top ? asked->top : asked->url);
}

struct cookie_verdict cookie_judge_send(const struct cookie *cookie, const struct cookie_place *set, const struct cookie_place *asked,
                                        time_t now) {
  struct address from = address_make(set->url), to = address_make(asked->url);
  struct cookie_verdict verdict = {.reason = COOKIE_FINE};
  enum context context = find_context(asked);
  if (!from.good || !to.good || !fits_host(cookie, &from, &to))
    verdict.reason = COOKIE_OTHER_HOST;
  else if (!fits_path(find_path(cookie, &from), to.path))
    verdict.reason = COOKIE_OTHER_PATH;
  else if (is_expired(cookie, now))
    verdict.reason = COOKIE_EXPIRED;
  else if (cookie->secure && !is_safe(&to))
    verdict.reason = COOKIE_INSECURE;
  else if (cookie->partitioned && !same_partition(set, asked))
    verdict.reason = COOKIE_OTHER_PARTITION;
  else
    verdict.reason = judge_same_site(cookie, context);
  verdict.yes = verdict.reason == COOKIE_FINE;
  if (verdict.yes) verdict.warnings = find_warnings(cookie, asked, &to);
  if (verdict.reason == COOKIE_DEFAULT_LAX && context == CONTEXT_LAX_POST) verdict.warnings = COOKIE_LAX_POST;
  address_free(&from);
  address_free(&to);
  return verdict;
}
