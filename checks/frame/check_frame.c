/* May Rocket.Chat show EJ's login page in a frame? Walks to the page hop by hop; what a browser makes of it is frame_diagnose.c's to say.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/frame/frame_codes.h"
#include "checks/frame/frame_diagnose.h"
#include "checks/option_sets.h"
#include "monitor/base/lang.h"

struct frame_config {
  struct site_options site;
  char **embedder;
};

static const struct option frame_options[] = {
    SITE_OPTIONS(struct frame_config, "url", "{site}/talks/login/?next=/talks/", true,
                 "The page that is framed: EJ's login page for Rocket.Chat. A public host counts as its address in browsers."),
    {OPTION(struct frame_config, embedder, LIST, "{rocketchat}",
            "Who frames it, as in the address bar: https://chat.example.org. Several for frames in frames, the nearest first."),
     .required = true},
};

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
  static const char *const headers[] = {"Accept: text/html,application/xhtml+xml", NULL};
  const struct web_walk_way way = {.site = {config->site.url, config->site.host}, .cacert = config->site.cacert};
  struct web_walk *walk = xcalloc(1, sizeof *walk); /* on the heap: a task's stack is small */
  int r = web_walk(walk, &way, headers, site_address_visible(&way.site, xstrdup(config->site.url)));
  if (r == 0) {
    frame_diagnose(walk, origins, out);
    const struct web_fetch *last = &walk->hops[walk->count - 1].fetch;
    if (last->result == 0) findings_measure(out, "frame_total", last->response.times.total, "s");
    findings_measure(out, "frame_redirects", (double)(walk->count - 1), "");
  }
  web_walk_free(walk);
  free(walk);
  strings_free(origins);
  return r;
}

const struct check_kind check_frame = {
    .name = "frame",
    .summary = translatable("May Rocket.Chat show EJ's login page in a frame, as browsers judge it, and which setting decides"),
    .needs = "site rocketchat",
    .options = frame_options,
    .option_count = countof(frame_options),
    .config_size = sizeof(struct frame_config),
    .target = "url",
    .codes = frame_codes,
    .probe = frame_probe,
};
