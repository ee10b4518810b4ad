/* The two names of the site; see site_address.h. */
#include "checks/ej/site_address.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/browser/csp.h"

/* What stands after "://", up to the path. */
static const char *authority_start(const char *url) {
  const char *start = strstr(url, "://");
  return start ? start + 3 : url;
}

static char *authority_copy(const char *url) {
  const char *start = authority_start(url);
  return xstrndup(start, strcspn(start, "/?#"));
}

static char *replace_authority(const char *url, const char *authority) {
  const char *start = authority_start(url);
  return text_format("%.*s%s%s", (int)(start - url), url, authority, start + strcspn(start, "/?#"));
}

bool site_address_is_named_by_host(const struct site_address *site) {
  auto_free char *url = site->host ? text_format("http://%s/", site->host) : NULL;
  struct csp_origin origin;
  return url && csp_origin_parse(csp_span(url), &origin) && !csp_origin_is_local(&origin);
}

bool site_address_is_site(const struct site_address *site, const char *url) {
  auto_free char *authority = authority_copy(url), *own = authority_copy(site->url);
  size_t scheme = (size_t)(authority_start(url) - url);
  bool same_scheme = scheme == (size_t)(authority_start(site->url) - site->url) && strncasecmp(url, site->url, scheme) == 0;
  return same_scheme && (text_equal_nocase(authority, own) || text_equal_nocase(authority, site->host));
}

/* A compose service's name or the like, which no browser knows: "nginx". */
static bool is_inner_name(const struct csp_origin *own) {
  return !csp_origin_is_local(own) && !memchr(own->host.data, '.', own->host.length) && own->host.data[0] != '[';
}

bool site_address_may_be(const struct site_address *site, const char *origin) {
  auto_free char *visible = site_address_visible(site, xstrdup(site->url));
  struct csp_origin own, seen, other;
  if (!csp_origin_parse(csp_span(visible), &seen) || !csp_origin_parse(csp_span(site->url), &own) ||
      !csp_origin_parse(csp_span(origin), &other))
    return false;
  if (csp_origin_equal(&seen, &other) || (csp_origin_equal(&own, &other) && !is_inner_name(&own))) return true;
  if (!site_address_is_named_by_host(site)) return is_inner_name(&own);
  auto_free char *name = xstrndup(seen.host.data, seen.host.length);
  bool inner = !own.secure && !csp_equal(own.host, name);
  return inner && csp_equal(other.host, name);
}

char *site_address_visible(const struct site_address *site, char *url) {
  if (!site_address_is_site(site, url)) return url;
  auto_free char *own = authority_copy(site->url), *given = url;
  return replace_authority(given, site_address_is_named_by_host(site) ? site->host : own);
}

char *site_address_reach(const struct site_address *site, const char *url) {
  auto_free char *address = authority_copy(site->url);
  return site_address_is_site(site, url) ? replace_authority(url, address) : xstrdup(url);
}
