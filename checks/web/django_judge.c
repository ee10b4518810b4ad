/* Names what is wrong with the web process from the answers of its views, layer by layer. Fetches nothing. */
#include "checks/web/django_judge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/ej_generation.h"
#include "checks/web/django_codes.h"
#include "monitor/base/lang.h"

static const struct web_fetch *asked(const struct django_lane *lane, enum django_path path) {
  return lane->used && lane->tried[path] ? &lane->fetches[path] : NULL;
}

/* Did Django (or what stands for it in the web container) write this answer? A redirect to another origin is some proxy's. */
static bool is_from_web(const struct django_lane *lane, const struct web_fetch *fetch) {
  if (!fetch || fetch->result < 0 || fetch->answer.status == 0) return false;
  if (fetch->answer.author == WEB_NGINX || fetch->answer.author == WEB_PROXY) return false;
  if (lane->direct || fetch->answer.status < 300 || fetch->answer.status >= 400) return true;
  const char *location = http_header(&fetch->response, "Location", 0);
  auto_free char *target = location ? http_resolve(fetch->url, location) : NULL;
  auto_free char *there = target ? http_origin(target) : NULL;
  auto_free char *here = http_origin(fetch->url);
  return !there || text_equal(there, here);
}

static bool nobody_there(const struct web_fetch *fetch) {
  if (!fetch || fetch->result >= 0 || web_fetch_was_silent(fetch)) return false;
  return fetch->result != -ECONNRESET && fetch->result != -EPROTO && fetch->result != -EKEYREJECTED && !web_fetch_is_ours(fetch);
}

/* The worker was shot while it worked on the request: gunicorn closes without an answer, nginx turns that into a late 502. */
static bool was_killed(const struct django_lane *lane, const struct web_fetch *fetch) {
  if (!fetch) return false;
  if (lane->direct) return fetch->result == -ECONNRESET;
  return fetch->result == 0 && fetch->answer.status == 502 && fetch->response.times.total >= DJANGO_KILL_SECONDS;
}

bool django_lane_is_dead(const struct django_lane *lane) {
  const struct web_fetch *first = asked(lane, DJANGO_SHALLOW), *second = asked(lane, DJANGO_DEEP);
  if (first && (nobody_there(first) || (first->result < 0 && !web_fetch_was_silent(first)))) return true;
  if (first && first->result == 0 && (first->answer.author == WEB_NGINX || first->answer.author == WEB_PROXY)) return true;
  return first && second && web_fetch_was_silent(first) && web_fetch_was_silent(second);
}

/* One finding per code: both ways to Django add to it. */
static struct finding *open_finding(struct findings *out, const struct code *code, const char *summary, ...) format_like(3, 4);
static struct finding *open_finding(struct findings *out, const struct code *code, const char *summary, ...) {
  for (size_t i = 0; i < out->count; i++)
    if (out->items[i].code == code) return &out->items[i];
  auto_text struct text text = {0};
  va_list arguments;
  va_start(arguments, summary);
  text_vprintf(&text, translated(summary), arguments);
  va_end(arguments);
  return finding_add(out, code, "%s", text_get(&text));
}

static void add_evidence(struct finding *finding, const struct web_fetch *fetch, const char *want) {
  auto_free char *saw = web_fetch_describe(fetch);
  auto_free char *what = text_format("%s%s%s", fetch->url, fetch->host ? translated(" with Host: ") : "", fetch->host ? fetch->host : "");
  finding_evidence(finding, what, want, "%s", saw);
}

/* --- no answer --------------------------------------------------------------------------------------------------------------- */

/* Silence that is not a queue's: the view is silent on every way, and those that answered did so in good time. */
static bool is_hung(const struct django_lane *lanes, size_t lane_count, enum django_path path, double slow) {
  bool silent = false;
  for (size_t i = 0; i < lane_count; i++) {
    const struct web_fetch *fetch = asked(&lanes[i], path);
    if (fetch && web_fetch_was_silent(fetch)) {
      silent = true;
    } else if (fetch) {
      return false;
    }
    for (int other = 0; other < DJANGO_PATH_COUNT; other++) {
      const struct web_fetch *answered = asked(&lanes[i], other);
      if (is_from_web(&lanes[i], answered) && answered->response.times.total > slow) return false;
    }
  }
  return silent;
}

static void judge_hung_views(const struct django_lane *lanes, size_t lane_count, double slow, struct findings *out) {
  if (findings_find(out, DJANGO_HUNG.name)) return;
  struct finding *finding = NULL;
  bool silent = false, looked = false;
  for (int path = 0; path < DJANGO_PATH_COUNT; path++) {
    for (size_t i = 0; i < lane_count; i++) {
      const struct web_fetch *fetch = asked(&lanes[i], path);
      looked = looked || (path == DJANGO_DEEP && is_from_web(&lanes[i], fetch));
      if (!fetch || !web_fetch_was_silent(fetch)) continue;
      silent = true;
      if (!is_hung(lanes, lane_count, path, slow)) continue;
      if (!finding) finding = open_finding(out, &DJANGO_VIEW_HUNG, "%s gets no answer, while other views answer.", fetch->path);
      add_evidence(finding, fetch, "an answer within the time-out");
    }
  }
  if (looked && !silent) finding_pass(out, &DJANGO_VIEW_HUNG);
}

static void judge_silence(const struct django_lane *lane, struct findings *out) {
  const struct web_fetch *shallow = asked(lane, DJANGO_SHALLOW), *deep = asked(lane, DJANGO_DEEP);
  if (!shallow) return;
  struct finding *finding;
  if (lane->direct) {
    if (nobody_there(shallow)) {
      finding = open_finding(out, &DJANGO_UNREACHABLE, "The web container does not take connections: %s",
                             shallow->response.error ? shallow->response.error : lang_error(-shallow->result));
      add_evidence(finding, shallow, "an answer of Django");
    } else {
      finding_pass(out, &DJANGO_UNREACHABLE);
    }
  }
  bool killed = false, silent = false;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (was_killed(lane, fetch) && !killed) {
      killed = true;
      finding = open_finding(out, &DJANGO_WORKER_KILLED, "The worker was killed while it worked on %s.", fetch->path);
      add_evidence(finding, fetch, "an answer of Django");
    }
    if (fetch && web_fetch_was_silent(fetch)) silent = true;
  }
  if (web_fetch_was_silent(shallow) && (!deep || web_fetch_was_silent(deep))) {
    finding = open_finding(out, &DJANGO_HUNG, "The web process takes requests but answers none, not even %s within %.1f s.", shallow->path,
                           shallow->response.times.total);
    add_evidence(finding, shallow, "an answer within the time-out");
    if (deep) add_evidence(finding, deep, "an answer within the time-out");
    return;
  }
  if (is_from_web(lane, shallow)) finding_pass(out, &DJANGO_HUNG);
  if (!silent && !killed && is_from_web(lane, shallow) && is_from_web(lane, deep)) finding_pass(out, &DJANGO_WORKER_KILLED);
}

/* --- errors ------------------------------------------------------------------------------------------------------------------ */

static bool is_django(const struct web_fetch *fetch, int status) {
  return fetch && fetch->answer.author == WEB_DJANGO && fetch->answer.status == status;
}

/* Generation C has no header layer, and says DENY; but a proxy may add the other headers that tell C. */
static bool is_headerless_500(const struct django_lane *lane, const struct web_fetch *fetch) {
  if (!is_django(fetch, 500) || fetch->answer.frame_ancestors) return false;
  return !fetch->answer.django3 || (!lane->own_headers && fetch->answer.same_origin);
}

/* With the integration off these two never fail: /sw.js needs nothing, and a 404 is a 404. Both failing alike, without EJ's
 * frame-ancestors, is EJ's header layer failing on every request (ej-corrections 18), whatever X-Frame-Options says. */
static bool header_layer_failed(const struct django_lane *lane) {
  return is_headerless_500(lane, asked(lane, DJANGO_SHALLOW)) && is_headerless_500(lane, asked(lane, DJANGO_MISSING));
}

/* Generation C links its home page to a route that does not exist: 500 in the healthiest install (ej-corrections 1). */
static bool is_known_500(const struct django_lane *lane, enum django_path path) {
  const struct web_fetch *start = asked(lane, DJANGO_START);
  return path == DJANGO_START && is_django(start, 500) && start->answer.django3 && !start->answer.frame_ancestors &&
         is_django(asked(lane, DJANGO_DEEP), 200);
}

/* The list of conversations and the login form both ask the database in all generations, /sw.js never does (ej-corrections 1, 2). */
static bool database_pages_failed(const struct django_lane *lane) {
  const struct web_fetch *shallow = asked(lane, DJANGO_SHALLOW);
  return is_django(asked(lane, DJANGO_DEEP), 500) && is_django(asked(lane, DJANGO_LOGIN), 500) && is_from_web(lane, shallow) &&
         shallow->answer.status < 500;
}

static void judge_errors(const struct django_lane *lane, struct findings *out) {
  const struct web_fetch *shallow = asked(lane, DJANGO_SHALLOW), *deep = asked(lane, DJANGO_DEEP);
  if (header_layer_failed(lane)) {
    struct finding *finding = open_finding(out, &DJANGO_HEADER_LAYER_FAILED, "Every request ends in a 500 before any view is asked.");
    finding_evidence(finding, shallow->url, "200", "500 by Django, without frame-ancestors");
    finding_evidence(finding, lane->fetches[DJANGO_MISSING].url, "404", "500 by Django, without frame-ancestors");
    return;
  }
  struct finding *view = NULL, *application = NULL;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (!is_from_web(lane, fetch) || fetch->answer.status < 500 || is_known_500(lane, i)) continue;
    if (fetch->answer.author == WEB_GUNICORN) {
      if (!application)
        application = open_finding(out, &DJANGO_APPLICATION_FAILED, "gunicorn answers %s by itself; the application did not.", fetch->path);
      add_evidence(application, fetch, "an answer of Django");
      continue;
    }
    if (!view && database_pages_failed(lane))
      view = open_finding(out, &DJANGO_DATABASE_PAGES_FAILED, "The pages that need the database end in a 500, others do not.");
    if (!view) view = open_finding(out, &DJANGO_SERVER_ERROR, "%s ends in a %d.", fetch->path, fetch->answer.status);
    auto_free char *saw = web_fetch_describe(fetch);
    finding_evidence(view, fetch->url, "no error", "%s, %s", saw,
                     fetch->answer.frame_ancestors
                         ? translated("with the frame headers: the view failed, the header layer works")
                         : translated("without frame-ancestors: the integration is off, or the failure is deeper"));
  }
  if (!is_from_web(lane, shallow)) return;
  if (shallow->answer.status < 500) finding_pass(out, &DJANGO_HEADER_LAYER_FAILED);
  if (!application) finding_pass(out, &DJANGO_APPLICATION_FAILED);
  /* Every view that was asked before must have answered: a bug in the one that was not reached is not gone. */
  bool all = is_from_web(lane, deep);
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) all = all && is_from_web(lane, asked(lane, i));
  if (all && !view) finding_pass(out, &DJANGO_SERVER_ERROR);
  const struct web_fetch *login = asked(lane, DJANGO_LOGIN);
  if ((is_from_web(lane, deep) && deep->answer.status < 500) || (is_from_web(lane, login) && login->answer.status < 500))
    finding_pass(out, &DJANGO_DATABASE_PAGES_FAILED);
}

/* --- what Django says of itself ---------------------------------------------------------------------------------------------- */

/* Neither /sw.js nor the list of conversations refuses a request by itself: both 400 is the Host, also where a proxy added the
 * X-Frame-Options that tells a view's own 400. */
static bool is_refused_host(const struct django_lane *lane, const struct web_fetch *fetch) {
  return fetch->answer.disallowed_host || (is_django(asked(lane, DJANGO_SHALLOW), 400) && is_django(asked(lane, DJANGO_DEEP), 400));
}

static void judge_settings(const struct django_lane *lane, struct findings *out, bool *ret_refused) {
  const struct web_fetch *missing = asked(lane, DJANGO_MISSING);
  *ret_refused = false;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (!is_from_web(lane, fetch)) continue;
    if (fetch->answer.debug) {
      struct finding *finding = open_finding(out, &DJANGO_DEBUG_ON, "Django runs with DEBUG = True and shows its settings and sources.");
      finding_evidence(finding, fetch->url, "a plain error page", "%d with Django's debug page", fetch->answer.status);
    }
    if (is_refused_host(lane, fetch) && !*ret_refused) {
      *ret_refused = true;
      struct http_url url = {0};
      const char *host = fetch->host;
      if (!host && http_url_parse(fetch->url, false, &url) == 0) host = url.host;
      struct finding *finding =
          open_finding(out, &DJANGO_DISALLOWED_HOST, "Django refuses the host name %s.", host ? host : translated("of the request"));
      add_evidence(finding, fetch, "200");
      http_url_free(&url);
    }
  }
  if (missing && is_from_web(lane, missing) && missing->answer.status == 404 && !missing->answer.debug) finding_pass(out, &DJANGO_DEBUG_ON);
  if (!*ret_refused && is_from_web(lane, asked(lane, DJANGO_SHALLOW))) finding_pass(out, &DJANGO_DISALLOWED_HOST);
}

/* Is a non-error answer what this path gives on every EJ? NULL when it is, else what was expected. */
static const char *find_wrong(const struct web_fetch *fetch, enum django_path path) {
  int status = fetch->answer.status;
  if (status >= 500) return NULL; /* told already */
  if (path == DJANGO_MISSING) return status == 404 ? NULL : "404";
  if (path == DJANGO_ADMIN) {
    const char *location = http_header(&fetch->response, "Location", 0);
    if (status == 200) return NULL;
    /* The usual place is empty where DJANGO_ADMIN_URL names another one, as it should (EJ contract D5). */
    if (is_django(fetch, 404) && text_equal(fetch->path, DJANGO_ADMIN_PATH)) return NULL;
    return status >= 300 && status < 400 && location && strstr(location, "login") ? NULL : translatable("a redirect to the admin's login");
  }
  if (path == DJANGO_SHALLOW) {
    auto_free char *type = http_media_type(&fetch->response);
    return status == 200 && strstr(type, "javascript") ? NULL : translatable("200 with a script");
  }
  if (status >= 300 && status < 400) return NULL; /* to a page of the same site: a private installation, or another home page */
  return status == 200 && fetch->answer.ej_page ? NULL : translatable("200 with a page of EJ");
}

static struct finding *judge_traps(const struct django_lane *lane, struct findings *out) {
  struct finding *finding = NULL;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (!fetch || !lane->trap[i]) continue;
    if (!finding) finding = open_finding(out, &DJANGO_WRONG_ANSWER, "%s %s: no browser gets to a page.", fetch->path, lane->trap[i]);
    finding->severity = SEVERITY_CRITICAL;
    const char *location = http_header(&fetch->response, "Location", 0);
    auto_free char *saw = web_fetch_describe(fetch);
    finding_evidence(finding, fetch->url, "200 with a page of EJ", "%s, Location: %s", saw, location ? location : translated("(none)"));
  }
  return finding;
}

static void judge_content(const struct django_lane *lane, struct findings *out) {
  struct finding *wrong = judge_traps(lane, out);
  bool all = true;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (!is_from_web(lane, fetch)) {
      all = false;
      continue;
    }
    if (fetch->answer.debug) continue;
    const char *want = find_wrong(fetch, i);
    if (!want) continue;
    if (!wrong) {
      auto_free char *saw = web_answer_describe(&fetch->answer);
      wrong = open_finding(out, &DJANGO_WRONG_ANSWER, "%s was answered with %s, which is not what EJ answers.", fetch->path, saw);
      if (wrong->evidence_count == 0) wrong->severity = SEVERITY_WARNING;
    }
    if (i == DJANGO_SHALLOW || i == DJANGO_DEEP) wrong->severity = SEVERITY_CRITICAL;
    auto_free char *type = http_media_type(&fetch->response);
    finding_evidence(wrong, fetch->url, want, "%d, %s, %zu bytes", fetch->answer.status, type[0] ? type : translated("no type"),
                     fetch->response.body_length);
  }
  if (all && !wrong) finding_pass(out, &DJANGO_WRONG_ANSWER);
}

static void judge_speed(const struct django_lane *lane, double slow, struct findings *out) {
  struct finding *finding = NULL;
  bool seen = false;
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    const struct web_fetch *fetch = asked(lane, i);
    if (!is_from_web(lane, fetch)) continue;
    seen = true;
    if (fetch->response.times.total <= slow) continue;
    if (!finding) finding = open_finding(out, &DJANGO_SLOW, "%s took %.1f s.", fetch->path, fetch->response.times.total);
    auto_free char *want = text_format(translated("at most %.1f s"), slow);
    finding_evidence(finding, fetch->url, want, "%.2f s", fetch->response.times.total);
  }
  if (seen && !finding) finding_pass(out, &DJANGO_SLOW);
}

static void judge_way(const struct django_lane *through, const struct django_lane *direct, struct findings *out) {
  const struct web_fetch *outer = asked(through, DJANGO_SHALLOW), *inner = asked(direct, DJANGO_SHALLOW);
  if (!outer || !inner) return;
  if (is_from_web(through, outer)) {
    finding_pass(out, &DJANGO_NOT_THROUGH_NGINX);
  } else if (is_from_web(direct, inner) && outer->result == 0 && (outer->answer.status == 502 || outer->answer.status == 504)) {
    struct finding *finding = finding_add(out, &DJANGO_NOT_THROUGH_NGINX, "The web container answers, but nginx does not reach it.");
    add_evidence(finding, outer, "200 by Django");
    add_evidence(finding, inner, "200 by Django");
  }
}

/* Which generation this way tells, or NULL. Through a proxy C's headers alone tell nothing: C's home page must fail as well. */
static const char *find_generation(const struct django_lane *lane) {
  const struct web_fetch *missing = asked(lane, DJANGO_MISSING);
  if (!missing) return NULL;
  if (lane->own_headers || !missing->answer.django3 || is_known_500(lane, DJANGO_START)) return web_answer_generation(&missing->answer);
  return missing->answer.bare && missing->answer.status == 404 ? "A" : NULL;
}

/* What web itself says outranks what a proxy may have changed. */
static void tell_generation(const struct django_lane *lanes, size_t lane_count, struct findings *out) {
  const char *generation = NULL;
  for (size_t i = lane_count; i-- > 0 && !generation;) generation = find_generation(&lanes[i]);
  if (!generation) return;
  auto_free char *clue = text_format("%s: %s", generation,
                                     *generation == 'A' ? translated("bare ones of Django's own") : translated("pages in EJ's own layout"));
  findings_fact(out, EJ_CLUE_ANSWERS, clue);
}

/* What web itself does not send, a proxy added. */
static void forget_proxy_headers(struct django_lane *through, struct django_lane *direct) {
  direct->own_headers = true;
  through->own_headers = is_from_web(direct, asked(direct, DJANGO_SHALLOW));
  for (int path = 0; path < DJANGO_PATH_COUNT; path++) {
    const struct web_fetch *inner = asked(direct, path);
    if (is_from_web(direct, inner) && !inner->answer.django3) through->fetches[path].answer.django3 = false;
  }
}

static void tell_speed(const struct django_lane *lane, struct findings *out) {
  static const struct {
    enum django_path path;
    const char *name;
  } measures[] = {{DJANGO_SHALLOW, "shallow"}, {DJANGO_DEEP, "deep"}};
  for (size_t i = 0; i < countof(measures); i++) {
    const struct web_fetch *fetch = asked(lane, measures[i].path);
    if (!is_from_web(lane, fetch)) continue;
    auto_free char *name = text_format("%s%s", measures[i].name, lane->direct ? "_direct" : "");
    findings_measure(out, name, fetch->response.times.total, "s");
  }
}

void django_judge(struct django_lane *lanes, size_t lane_count, double slow, struct findings *out) {
  bool seen = false;
  if (lane_count > 1) forget_proxy_headers(&lanes[0], &lanes[1]);
  for (size_t i = 0; i < lane_count; i++) {
    const struct django_lane *lane = &lanes[i];
    if (!lane->used) continue;
    judge_silence(lane, out);
    for (int path = 0; path < DJANGO_PATH_COUNT; path++) seen = seen || is_from_web(lane, asked(lane, path));
    bool refused;
    judge_settings(lane, out, &refused);
    if (!refused) {
      judge_errors(lane, out);
      judge_content(lane, out);
    }
    judge_speed(lane, slow, out);
    tell_speed(lane, out);
  }
  tell_generation(lanes, lane_count, out);
  judge_hung_views(lanes, lane_count, slow, out);
  if (lane_count > 1) judge_way(&lanes[0], &lanes[1], out);
  if (!seen && out->count == 0) {
    const struct web_fetch *fetch = &lanes[0].fetches[DJANGO_SHALLOW];
    struct finding *finding =
        finding_add(out, &DJANGO_UNSEEN, "No answer of Django was seen: something before it answers, or nothing at all.");
    add_evidence(finding, fetch, "an answer of Django");
  } else {
    finding_pass(out, &DJANGO_UNSEEN);
  }
}
