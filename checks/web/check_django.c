/* The web container's Django: its views asked one after another, through nginx and, where it can be reached, directly. Fetches only; what
 * the answers mean is django_judge.c's. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/option_sets.h"
#include "checks/web/django_codes.h"
#include "checks/web/django_judge.h"
#include "checks/web/web_walk.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"

struct django_config {
  struct site_options site;
  char *web, *admin;
  double slow;
};

static const struct option django_options[] = {
    SITE_OPTIONS(struct django_config, "url", "{site}", true, "The site as people type it, through nginx."),
    {OPTION(struct django_config, web, URL, "{web}", "The web container itself, http://web:8000, where ejmon can reach it.")},
    {OPTION(struct django_config, admin, STRING, DJANGO_ADMIN_PATH, "The path of the admin, as DJANGO_ADMIN_URL says.")},
    {OPTION(struct django_config, slow, DURATION, "2s",
            "From how long on an answer counts as slow. A fresh worker's first one may take 4 s.")},
};

/* The first view gets most of the time: when it is silent, the second is asked only to see that it is silent too. */
#define SHARE_OF_FIRST 0.7
#define SHARE_OF_OTHERS 0.7
#define PATIENCE 2.0      /* a view gets at least this many times what the slowest so far took, or is not asked */
#define SHORTEST_WAIT 0.5 /* seconds; silence for less than this says nothing */

/* One view after the other: asked all at once they would queue in front of gunicorn's few workers and look slow or hung. */
static int lane_run(void *argument) {
  struct django_lane *lane = argument;
  double slowest = 0;
  for (int path = 0; path < DJANGO_PATH_COUNT; path++) {
    struct web_fetch *fetch = &lane->fetches[path];
    fetch->share = path == DJANGO_SHALLOW ? SHARE_OF_FIRST : SHARE_OF_OTHERS;
    if (path > DJANGO_DEEP && task_time_left() * fetch->share < SHORTEST_WAIT) break;
    if (path > DJANGO_SHALLOW && slowest > 0 && task_time_left() * fetch->share < PATIENCE * slowest) break;
    int r = web_fetch_one(fetch);
    if (r < 0) return r;
    lane->tried[path] = true;
    if (fetch->result == 0) slowest = fmax(slowest, fetch->response.times.total);
    if (django_lane_is_dead(lane)) break;
  }
  return 0;
}

/* Views that never redirect in EJ as it comes, or only where it is private: does a browser get through? */
static int follow_redirects(struct django_lane *lane, const struct django_config *config) {
  static const enum django_path paths[] = {DJANGO_DEEP, DJANGO_LOGIN, DJANGO_START};
  const struct web_walk_way way = {.site = {config->site.url, config->site.host}, .cacert = config->site.cacert};
  int r = 0;
  for (size_t i = 0; i < countof(paths) && r == 0; i++) {
    const struct web_fetch *fetch = &lane->fetches[paths[i]];
    int status = fetch->response.status;
    if (!lane->tried[paths[i]] || fetch->result < 0 || status < 300 || status >= 400) continue;
    struct web_walk *walk = xcalloc(1, sizeof *walk);
    r = web_walk(walk, &way, NULL, site_address_visible(&way.site, xstrdup(fetch->url)));
    if (r == 0) lane->trap[paths[i]] = web_walk_trap(walk);
    web_walk_free(walk);
    free(walk);
  }
  return r;
}

static void lane_init(struct django_lane *lane, const char *base, const char *host, const struct django_config *config) {
  const char *const paths[DJANGO_PATH_COUNT] = {
      [DJANGO_SHALLOW] = "/sw.js",    [DJANGO_DEEP] = "/conversations/", [DJANGO_MISSING] = "/ejmon/missing/",
      [DJANGO_ADMIN] = config->admin, [DJANGO_LOGIN] = "/login/",        [DJANGO_START] = "/start/",
  };
  lane->used = true;
  for (int path = 0; path < DJANGO_PATH_COUNT; path++) web_fetch_init(&lane->fetches[path], base, paths[path], host, config->site.cacert);
}

/* The Host header that a browser would send for the site: the web container must get the same one. NULL when the URL is none. */
static char *make_host(const char *url) {
  auto_free char *origin = http_origin(url);
  const char *start = origin ? strstr(origin, "://") : NULL;
  return start ? xstrdup(start + 3) : NULL;
}

static int run_lanes(struct django_lane *lanes) {
  if (!lanes[1].used) return lane_run(&lanes[0]);
  struct task *other = task_start_share("django direct", 1, lane_run, &lanes[1]);
  int r = lane_run(&lanes[0]);
  int s = task_join(other);
  return r < 0 ? r : s;
}

static int django_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct django_config *config = config_;
  struct django_lane *lanes = xcalloc(2, sizeof *lanes); /* on the heap: a task's stack is small */
  auto_free char *site_host = make_host(config->site.url);
  lane_init(&lanes[0], config->site.url, config->site.host, config);
  if (config->web) {
    lane_init(&lanes[1], config->web, config->site.host ? config->site.host : site_host, config);
    lanes[1].direct = true;
  }
  int r = run_lanes(lanes);
  if (r == 0) r = follow_redirects(&lanes[0], config);
  /* A host does not know the names of compose's network: that web's has no address here tells nothing of web. */
  if (lanes[1].used && lanes[1].fetches[DJANGO_SHALLOW].result == -ENOENT) lanes[1].used = false;
  if (r == 0) django_judge(lanes, 2, config->slow, out);
  for (int lane = 0; lane < 2; lane++)
    for (int path = 0; path < DJANGO_PATH_COUNT; path++) web_fetch_free(&lanes[lane].fetches[path]);
  free(lanes);
  return r;
}

const struct check_kind check_django = {
    .name = "django",
    .summary = translatable("EJ's views, through nginx and directly: errors by layer, refused hosts, DEBUG, slow and hung workers"),
    .needs = "site",
    .options = django_options,
    .option_count = countof(django_options),
    .config_size = sizeof(struct django_config),
    .target = "url",
    .codes = django_codes,
    .probe = django_probe,
};
