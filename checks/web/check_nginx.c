/* The reverse proxy in front of EJ: is it reachable, does it serve its own files, and does it get answers from the web container. Looks at
 * what nginx itself says; what Django says is the django check's, what the static files hold is the theme check's. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/option_sets.h"
#include "checks/web/nginx_codes.h"
#include "checks/web/nginx_judge.h"
#include "checks/web/nginx_manners.h"
#include "checks/web/web_walk.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"

struct nginx_config {
  struct site_options site;
  struct place_options place;
  double slow;
};

#define DUMP_TIME_LIMIT 5.0 /* seconds for `nginx -T`, which takes a tenth of one */

static const struct option nginx_options[] = {
    SITE_OPTIONS(struct nginx_config, "url", "{site}", true, "The site as people type it, through nginx and whatever stands before it."),
    {OPTION(struct nginx_config, slow, DURATION, "1s",
            "From how long on an answer of nginx itself (not of Django behind it) counts as slow.")},
    PLACE_OPTIONS(struct nginx_config, "nginx", "nginx_command",
                  "The Docker Engine's socket, to read nginx's configuration once in an hour."),
};

/* /static/ is a folder that nginx answers from its own disk, with 403 where all is well (ej-corrections 14); /sw.js is Django's cheapest
 * view; a small file tells whether a cache stands in front. */
enum { OWN, PROXIED, A_FILE, FETCH_COUNT };

static void measure_phases(struct findings *out, const char *prefix, const struct web_fetch *fetch) {
  if (fetch->result < 0) return;
  const struct http_times *times = &fetch->response.times;
  const struct {
    const char *phase;
    double value;
  } phases[] = {
      {"resolve", times->resolved},      {"connect", times->connected}, {"tls", times->secured},
      {"first_byte", times->first_byte}, {"total", times->total},
  };
  for (size_t i = 0; i < countof(phases); i++) {
    if (phases[i].value <= 0) continue;
    auto_free char *name = text_format("%s_%s", prefix, phases[i].phase);
    findings_measure(out, name, phases[i].value, "s");
  }
}

/* Follows the redirect of an answer as a browser would. *ret_trapped: it ends at no answer. */
static int judge_redirect(const struct nginx_config *config, const struct web_fetch *fetch, struct findings *out, bool *ret_trapped) {
  const struct web_walk_way way = {.site = {config->site.url, config->site.host}, .cacert = config->site.cacert};
  if (fetch->result < 0 || fetch->response.status < 300 || fetch->response.status >= 400) return 0;
  struct web_walk *walk = xcalloc(1, sizeof *walk); /* on the heap: a task's stack is small */
  int r = web_walk(walk, &way, fetch->headers, site_address_visible(&way.site, xstrdup(fetch->url)));
  const char *trap = r == 0 ? web_walk_trap(walk) : NULL;
  if (trap) {
    *ret_trapped = true;
    struct finding *finding = finding_open(out, walk->nowhere ? &NGINX_REDIRECT_NOWHERE : &NGINX_REDIRECT_LOOP,
                                           "%s %s: no browser gets to a page.", walk->hops[0].url, trap);
    for (size_t i = 0; i < walk->count; i++) {
      const struct http_response *response = &walk->hops[i].fetch.response;
      const char *location = http_header(response, "Location", 0);
      auto_free char *saw = web_fetch_describe(&walk->hops[i].fetch);
      finding_evidence(finding, walk->hops[i].url, i ? NULL : "200", "%s, Location: %s", saw, location ? location : translated("(none)"));
    }
  }
  web_walk_free(walk);
  free(walk);
  return r;
}

/* Of a page and of a file: each may be caught alone. Passes what was seen. */
static int judge_redirects(const struct nginx_config *config, const struct web_fetch *fetches, struct findings *out, bool *ret_trapped) {
  bool trapped_file = false;
  int r = judge_redirect(config, &fetches[PROXIED], out, ret_trapped);
  if (r == 0) r = judge_redirect(config, &fetches[A_FILE], out, &trapped_file);
  if (r < 0 || fetches[PROXIED].result < 0 || fetches[A_FILE].result < 0) return r;
  finding_pass(out, &NGINX_REDIRECT_LOOP);
  finding_pass(out, &NGINX_REDIRECT_NOWHERE);
  return 0;
}

static int nginx_probe(const void *config_, void **state, struct findings *out) {
  const struct nginx_config *config = config_;
  if (!*state) *state = xcalloc(1, sizeof(struct nginx_manners));
  struct web_fetch fetches[FETCH_COUNT];
  web_fetch_init(&fetches[OWN], config->site.url, "/static/", config->site.host, config->site.cacert);
  web_fetch_init(&fetches[A_FILE], config->site.url, "/static/manifest.json", config->site.host, config->site.cacert);
  web_fetch_init(&fetches[PROXIED], config->site.url, "/sw.js", config->site.host, config->site.cacert);
  /* A connection of our own: a kept one would say that nginx is reachable when only its old workers are. */
  fetches[OWN].fresh = true;
  int r = web_fetch_all(fetches, FETCH_COUNT);
  if (r < 0) goto out;
  const struct web_fetch *own = &fetches[OWN], *proxied = &fetches[PROXIED];
  if (own->result < 0 && proxied->result < 0) {
    nginx_judge_failure(own, proxied, out);
    goto out;
  }
  static const struct code *const reached[] = {&NGINX_UNREACHABLE, &NGINX_NAME_UNKNOWN, &NGINX_CERTIFICATE, &NGINX_NOT_HTTP,
                                               &NGINX_TIMEOUT};
  for (size_t i = 0; i < countof(reached); i++) finding_pass(out, reached[i]);
  bool cut_off = nginx_is_cut_off(own, proxied), trapped = false;
  r = judge_redirects(config, fetches, out, &trapped);
  if (r < 0) goto out;
  if (trapped) {
    /* Nothing is seen of what stands behind the redirect. */
  } else if (cut_off) {
    nginx_judge_cut_off(own, proxied, out);
  } else {
    if (own->result == 0 || proxied->answer.author == WEB_DJANGO) finding_pass(out, &NGINX_CUT_OFF);
    nginx_judge_proxied(proxied, out);
  }
  /* Without nginx, or with /static routed to Django, this is no answer of nginx's own: its speed is the django check's to tell. */
  if (!cut_off && own->result == 0 && own->answer.author != WEB_DJANGO && own->answer.author != WEB_GUNICORN) {
    if (own->response.times.total > config->slow) {
      struct finding *finding = finding_add(out, &NGINX_SLOW, "nginx took %.1f s for an answer of its own.", own->response.times.total);
      finding_evidence(finding, own->url, "an answer of nginx itself", "%.3f s, of them %.3f s for the connection",
                       own->response.times.total, own->response.times.connected);
    } else {
      finding_pass(out, &NGINX_SLOW);
    }
  }
  measure_phases(out, "nginx", own);
  measure_phases(out, "proxied", proxied);
  nginx_judge_tls(proxied, out);
  nginx_judge_cache(&fetches[A_FILE], out);
  const struct place place = place_of(&config->place, "nginx");
  if (!cut_off) r = nginx_judge_uploads(*state, &place, fmin(DUMP_TIME_LIMIT, task_time_left() * 0.5), out);
out:
  for (size_t i = 0; i < FETCH_COUNT; i++) web_fetch_free(&fetches[i]);
  return r;
}

static void nginx_forget(void *state) {
  nginx_manners_free(state);
}

const struct check_kind check_nginx = {
    .name = "nginx",
    .summary = translatable("The reverse proxy: reachable, serves its own files, gets answers from the web container"),
    .needs = "site",
    .options = nginx_options,
    .option_count = countof(nginx_options),
    .config_size = sizeof(struct nginx_config),
    .target = "url",
    .codes = nginx_codes,
    .probe = nginx_probe,
    .forget = nginx_forget,
};
