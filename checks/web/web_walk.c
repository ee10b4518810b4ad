/* Follows redirects; see web_walk.h. */
#include "checks/web/web_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/browser/cors.h"
#include "monitor/base/lang.h"

struct web_fetch *web_walk_push(struct web_walk *walk, const struct web_walk_way *way, char *url) {
  struct web_hop *hop = &walk->hops[walk->count++];
  hop->url = url;
  hop->fetch = (struct web_fetch){.path = url,
                                  .url = site_address_reach(&way->site, url),
                                  .host = site_address_is_site(&way->site, url) ? way->site.host : NULL,
                                  .cacert = way->cacert};
  return &hop->fetch;
}

/* The address that a hop's answer sends the browser to, or NULL. */
static char *target_of(const struct web_hop *hop, const struct site_address *site) {
  const struct cors_answer answer = {hop->fetch.response.status, hop->fetch.response.headers, hop->fetch.response.header_count};
  const char *location = hop->fetch.result == 0 ? cors_location(&answer) : NULL;
  char *target = location ? http_resolve(hop->url, location) : NULL;
  auto_free char *origin = target ? http_origin(target) : NULL;
  if (!origin) {
    free(target);
    return NULL;
  }
  target[strcspn(target, "#")] = '\0';
  return site_address_visible(site, target);
}

static bool is_redirect(const struct web_hop *hop) {
  int status = hop->fetch.response.status;
  return hop->fetch.result == 0 && status >= 301 && status <= 308 && status != 304 && status != 305 && status != 306;
}

char *web_walk_next(struct web_walk *walk, const struct web_walk_way *way) {
  if (walk->nowhere) return NULL;
  char *url = target_of(&walk->hops[walk->count - 1], &way->site);
  walk->nowhere = !url && is_redirect(&walk->hops[walk->count - 1]);
  if (!url) return NULL;
  walk->endless = walk->count == (way->limit ? way->limit : WEB_WALK_LIMIT);
  for (size_t i = 0; i < walk->count; i++) walk->endless = walk->endless || text_equal(walk->hops[i].url, url);
  if (!walk->endless) return url;
  free(url);
  return NULL;
}

static void hop_free(struct web_hop *hop) {
  web_fetch_free(&hop->fetch);
  free(hop->url);
}

int web_walk_fetch(struct web_walk *walk) {
  int r = web_fetch_one(&walk->hops[walk->count - 1].fetch);
  if (r != -EINVAL || walk->count == 1) return r;
  hop_free(&walk->hops[--walk->count]);
  walk->nowhere = true;
  return 0;
}

int web_walk(struct web_walk *walk, const struct web_walk_way *way, const char *const *headers, char *url) {
  for (; url; url = web_walk_next(walk, way)) {
    struct web_fetch *fetch = web_walk_push(walk, way, url);
    fetch->headers = headers;
    int r = web_walk_fetch(walk);
    if (r < 0) return r;
  }
  return 0;
}

const char *web_walk_trap(const struct web_walk *walk) {
  if (walk->nowhere) return translated("redirects to no web address");
  if (!walk->endless) return NULL;
  return walk->count == 1 ? translated("redirects to itself") : translated("redirects without an end");
}

void web_walk_free(struct web_walk *walk) {
  for (size_t i = 0; i < walk->count; i++) hop_free(&walk->hops[i]);
  *walk = (struct web_walk){0};
}
