/* May Rocket.Chat show EJ's login page in a frame? Walks to the page hop by hop; what a browser makes of it is frame_diagnose.c's to say.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/ej/site_address.h"
#include "checks/frame/frame_codes.h"
#include "checks/frame/frame_diagnose.h"

struct frame_config {
  char *url, *host, *cacert;
  char **embedder;
};

static const struct option frame_options[] = {
    {.key = "url",
     .type = OPTION_URL,
     .offset = offsetof(struct frame_config, url),
     .fallback = "{site}/talks/login/?next=/talks/",
     .required = true,
     .help = "The page that is framed: EJ's login page for Rocket.Chat."},
    {.key = "embedder",
     .type = OPTION_LIST,
     .offset = offsetof(struct frame_config, embedder),
     .fallback = "{rocketchat}",
     .required = true,
     .help = "Who frames it, as in the address bar: https://chat.example.org. Several for frames in frames, the nearest first."},
    {.key = "host",
     .type = OPTION_STRING,
     .offset = offsetof(struct frame_config, host),
     .fallback = "{host}",
     .help = "A Host header that the site accepts, when url's host is not its name; a public one also counts as the address in browsers."},
    {.key = "cacert",
     .type = OPTION_PATH,
     .offset = offsetof(struct frame_config, cacert),
     .fallback = "{cacert}",
     .help = "PEM file of the authorities that are trusted instead of the system's."},
};

static struct site_address site_of(const struct frame_config *config) {
  return (struct site_address){config->url, config->host};
}

static int fetch_hop(const struct frame_config *config, struct frame_walk *walk, char *url) {
  static const char *const headers[] = {"Accept: text/html,application/xhtml+xml", NULL};
  const struct site_address site = site_of(config);
  size_t i = walk->count++;
  walk->hops[i].url = url;
  struct web_fetch *fetch = &walk->hops[i].fetch;
  *fetch = (struct web_fetch){
      .path = url, .cacert = config->cacert, .headers = headers, .host = site_address_is_site(&site, url) ? config->host : NULL};
  fetch->url = site_address_reach(&site, url);
  return web_fetch_one(fetch);
}

/* The address that a response sends the browser to, without its fragment; or NULL. */
static char *find_next(const struct frame_config *config, const struct frame_walk *walk) {
  const struct web_fetch *fetch = &walk->hops[walk->count - 1].fetch;
  int status = fetch->response.status;
  const char *location = http_header(&fetch->response, "Location", 0);
  if (fetch->result < 0 || !location || (status != 301 && status != 302 && status != 303 && status != 307 && status != 308)) return NULL;
  char *next = http_resolve(walk->hops[walk->count - 1].url, location);
  auto_free char *origin = next ? http_origin(next) : NULL;
  if (!origin) { /* no address that a browser would show in a frame: the redirect itself is the page */
    free(next);
    return NULL;
  }
  next[strcspn(next, "#")] = '\0';
  const struct site_address site = site_of(config);
  return site_address_visible(&site, next);
}

static bool was_here(const struct frame_walk *walk, const char *url) {
  for (size_t i = 0; i < walk->count; i++) {
    if (text_equal(walk->hops[i].url, url)) return true;
  }
  return false;
}

/* 0, or -errno when it was not the target's doing. */
static int walk_redirects(const struct frame_config *config, struct frame_walk *walk) {
  const struct site_address site = site_of(config);
  char *url = site_address_visible(&site, xstrdup(config->url));
  while (url) {
    int r = fetch_hop(config, walk, url);
    if (r < 0) return r;
    url = find_next(config, walk);
    if (url && (was_here(walk, url) || walk->count == countof(walk->hops))) {
      walk->endless = true;
      free(url);
      url = NULL;
    }
  }
  return 0;
}

static void walk_free(struct frame_walk *walk) {
  for (size_t i = 0; i < walk->count; i++) {
    web_fetch_free(&walk->hops[i].fetch);
    free(walk->hops[i].url);
  }
  free(walk);
}

/* The embedders as browsers serialise them; NULL, with a finding, when one is no origin. */
static char **make_origins(char *const *embedders, struct findings *out) {
  char **origins = NULL;
  for (size_t i = 0; embedders && embedders[i]; i++) {
    auto_free char *origin = http_origin(embedders[i]);
    if (!origin) {
      struct finding *finding = finding_add(out, &FRAME_NO_EMBEDDER, "The embedder \"%s\" is no http or https origin.", embedders[i]);
      finding_evidence(finding, "embedder", "https://chat.example.org", "%s", embedders[i]);
      strings_free(origins);
      return NULL;
    }
    strings_push(&origins, origin);
  }
  if (!origins) finding_add(out, &FRAME_NO_EMBEDDER, "No embedder is named.");
  return origins;
}

static int frame_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct frame_config *config = config_;
  char **origins = make_origins(config->embedder, out);
  if (!origins) return 0;
  finding_pass(out, &FRAME_NO_EMBEDDER);
  struct frame_walk *walk = xcalloc(1, sizeof *walk); /* on the heap: a task's stack is small */
  int r = walk_redirects(config, walk);
  if (r == 0) {
    frame_diagnose(walk, origins, out);
    const struct web_fetch *last = &walk->hops[walk->count - 1].fetch;
    if (last->result == 0) findings_measure(out, "frame_total", last->response.times.total, "s");
    findings_measure(out, "frame_redirects", (double)(walk->count - 1), "");
  }
  walk_free(walk);
  strings_free(origins);
  return r;
}

const struct check_kind check_frame = {
    .name = "frame",
    .summary = "May Rocket.Chat show EJ's login page in a frame, as browsers judge it, and which setting decides",
    .needs = "site rocketchat",
    .options = frame_options,
    .option_count = countof(frame_options),
    .config_size = sizeof(struct frame_config),
    .target = "url",
    .codes = frame_codes,
    .probe = frame_probe,
};
