/* The reverse proxy in front of EJ: is it reachable, does it serve its own files, and does it get answers from the web container. Looks at
 * what nginx itself says; what Django says is the django check's, what the static files hold is the theme check's. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/option_sets.h"
#include "checks/web/nginx_codes.h"
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

static void add_fetch_evidence(struct finding *finding, const struct web_fetch *fetch, const char *want) {
  auto_free char *saw = web_fetch_describe(fetch);
  finding_evidence(finding, fetch->url, want, "%s", saw);
}

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

/* No answer at all on either path. Says why, in the layer that failed. */
static void judge_failure(struct findings *out, const struct web_fetch *own, const struct web_fetch *proxied) {
  static const struct {
    int error;
    const struct code *code;
  } causes[] = {
      {-ENOENT, &NGINX_NAME_UNKNOWN},      {-ECONNREFUSED, &NGINX_UNREACHABLE}, {-EHOSTUNREACH, &NGINX_UNREACHABLE},
      {-EKEYREJECTED, &NGINX_CERTIFICATE}, {-EPROTO, &NGINX_NOT_HTTP},
  };
  const struct code *code = NULL;
  for (size_t i = 0; i < countof(causes) && !code; i++)
    if (own->result == causes[i].error) code = causes[i].code;
  if (!code) code = own->result == -ETIMEDOUT && web_fetch_was_silent(own) ? &NGINX_TIMEOUT : &NGINX_UNREACHABLE;
  struct finding *finding = finding_add(out, code, "%s", own->response.error ? own->response.error : lang_error(-own->result));
  add_fetch_evidence(finding, own, "an answer");
  add_fetch_evidence(finding, proxied, "an answer");
}

/* A proxy before nginx answers in its place. */
static void judge_cut_off(struct findings *out, const struct web_fetch *own, const struct web_fetch *proxied) {
  auto_free char *saw = web_fetch_describe(own);
  struct finding *finding = finding_add(out, &NGINX_CUT_OFF, "A proxy answers in nginx's place, %s with %s too.", own->url, saw);
  add_fetch_evidence(finding, own, "an answer of nginx itself");
  add_fetch_evidence(finding, proxied, "200 by Django");
}

/* nginx answers for itself; what does it say about Django behind it? Passes what was truly seen. */
static void judge_proxied(struct findings *out, const struct web_fetch *fetch) {
  static const struct code *const upstream[] = {&NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_UNAVAILABLE,  &NGINX_NOT_FOUND,
                                                &NGINX_REFUSED,     &NGINX_SERVER_ERROR,    &NGINX_DEFAULT_PAGE, &NGINX_REDIRECTED};
  if (fetch->result < 0) return; /* Django's silence is the django check's to tell */
  const struct web_answer *answer = &fetch->answer;
  const struct code *code = NULL;
  bool proxy = answer->author == WEB_NGINX || answer->author == WEB_PROXY;
  const char *location = http_header(&fetch->response, "Location", 0);
  auto_free char *target = location ? http_resolve(fetch->url, location) : NULL;
  auto_free char *there = target ? http_origin(target) : NULL;
  auto_free char *here = http_origin(fetch->url);
  if (answer->default_page) {
    code = &NGINX_DEFAULT_PAGE;
  } else if (answer->status >= 300 && answer->status < 400 && there && !text_equal(there, here)) {
    code = &NGINX_REDIRECTED;
  } else if (proxy) {
    code = answer->status == 502   ? &NGINX_BAD_GATEWAY
           : answer->status == 504 ? &NGINX_GATEWAY_TIMEOUT
           : answer->status == 524 ? &NGINX_GATEWAY_TIMEOUT /* a CDN's */
           : answer->status == 503 ? &NGINX_UNAVAILABLE
           : answer->status == 404 ? &NGINX_NOT_FOUND
           : answer->status >= 500 ? &NGINX_SERVER_ERROR
           : answer->status >= 400 ? &NGINX_REFUSED
                                   : NULL;
  }
  for (size_t i = 0; i < countof(upstream); i++)
    if (upstream[i] != code) finding_pass(out, upstream[i]);
  if (!code) return;
  auto_free char *saw = web_fetch_describe(fetch);
  struct finding *finding;
  if (code == &NGINX_REDIRECTED) {
    finding = finding_add(out, code, "%s redirects to %s; that is the address to watch.", fetch->url, there);
  } else {
    auto_free char *late = fetch->response.times.total >= 1 ? text_format(translated(", after %.1f s"), fetch->response.times.total) : NULL;
    finding = finding_add(out, code, "%s was answered with %s%s.", fetch->url, saw, late ? late : "");
  }
  add_fetch_evidence(finding, fetch, "200 by Django");
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
    judge_failure(out, own, proxied);
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
    judge_cut_off(out, own, proxied);
  } else {
    if (own->result == 0 || proxied->answer.author == WEB_DJANGO) finding_pass(out, &NGINX_CUT_OFF);
    judge_proxied(out, proxied);
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
