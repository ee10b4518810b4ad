/* Judges the answers of EJ's login API; see login_judge.h. */
#include "checks/login/login_judge.h"

#include <stdlib.h>
#include <string.h>

#include "checks/browser/cors.h"
#include "checks/browser/site.h"
#include "checks/login/login_browser.h"
#include "checks/login/login_codes.h"
#include "monitor/base/lang.h"

void login_view_free(struct login_view *view) {
  web_walk_free(&view->api);
  web_walk_free(&view->page);
  web_fetch_free(&view->preflight);
  web_fetch_free(&view->index);
  free(view->rocketchat);
  free(view->site);
  free(view->server_url);
}

/* --- evidence ------------------------------------------------------------------------------------------------------------------------- */

static const struct web_fetch *last_of(const struct web_walk *walk) {
  return &walk->hops[walk->count - 1].fetch;
}

static void add_hops(struct finding *finding, const struct login_view *view) {
  for (size_t i = 0; i < view->api.count; i++) {
    auto_free char *saw = web_fetch_describe(&view->api.hops[i].fetch);
    const char *location = http_header(&view->api.hops[i].fetch.response, "Location", 0);
    auto_free char *what = text_format("%s %s", view->method, view->api.hops[i].url);
    finding_evidence(finding, what, i == 0 ? "401" : NULL, "%s%s%s", saw, location ? ", Location: " : "", location ? location : "");
  }
}

static void add_header(struct finding *finding, const struct http_response *response, const char *name, const char *want) {
  size_t count = http_header_count(response, name);
  bool good = count == 1 && text_equal(http_header(response, name, 0), want);
  const char *value;
  for (size_t at = 0; (value = http_header_next(response, name, &at));) finding_evidence(finding, name, good ? NULL : want, "%s", value);
  if (count == 0) finding_evidence(finding, name, want, "absent");
}

static void add_cors(struct finding *finding, const struct login_view *view, const struct http_response *response) {
  add_header(finding, response, "Access-Control-Allow-Origin", view->rocketchat);
  add_header(finding, response, "Access-Control-Allow-Credentials", "true");
}

static const char *const sight_words[LOGIN_SIGHT_COUNT] = {
    [LOGIN_SIGHT_UNKNOWN] = translatable("something that was not looked at"),
    [LOGIN_SIGHT_SIGNED] = translatable("Rocket.Chat, signed in"),
    [LOGIN_SIGHT_FRAME] = translatable("EJ's login page"),
    [LOGIN_SIGHT_OWN_FORM] = translatable("Rocket.Chat's own form"),
    [LOGIN_SIGHT_NOTHING] = translatable("an empty page"),
    [LOGIN_SIGHT_LOOP] = translatable("EJ's login page again and again"),
    [LOGIN_SIGHT_STUCK] = translatable("a page that stays at \"Redirecting...\""),
};

/* What a visitor sees of it, for each client that Rocket.Chat may have: the words that a help desk hears. */
static void add_sights(struct finding *finding, const struct login_view *view) {
  struct cors_hop api[WEB_WALK_LIMIT];
  struct frame_hop frame[WEB_WALK_LIMIT];
  const struct http_response *asked = &view->preflight.response;
  const struct cors_answer preflight = {asked->status, asked->headers, asked->header_count};
  for (size_t i = 0; i < view->api.count; i++) {
    const struct http_response *response = &view->api.hops[i].fetch.response;
    api[i] = (struct cors_hop){.url = view->api.hops[i].url,
                               .answer = {response->status, response->headers, response->header_count},
                               .preflight = i == 0 && view->preflight.url ? &preflight : NULL};
  }
  for (size_t i = 0; i < view->page.count; i++) {
    const struct http_response *response = &view->page.hops[i].fetch.response;
    frame[i] = (struct frame_hop){view->page.hops[i].url, response->headers, response->header_count};
  }
  for (int window = ROCKET_WINDOW_A; window <= ROCKET_WINDOW_D; window++) {
    if (!(view->windows & ROCKET_WINDOW_BIT(window))) continue;
    const struct login_verdict verdict =
        login_judge(&(struct login_case){.client = (enum login_client)window,
                                         .rocket = view->rocketchat,
                                         .enabled = true,
                                         .frame_url = view->page.count ? view->page.hops[0].url : view->site,
                                         .api_url = view->api.hops[0].url,
                                         .api_method = view->method,
                                         .api = api,
                                         .api_count = view->api.count,
                                         .frame = frame,
                                         .frame_count = view->page.count,
                                         .now = view->now});
    auto_free char *what = text_format(translated("what visitors get to see (client %c)"), 'A' + window);
    finding_evidence(finding, what, "EJ's login page, then Rocket.Chat, signed in", "%s, then %s", translated(sight_words[verdict.first]),
                     translated(sight_words[verdict.then]));
  }
}

/* --- is it EJ that answers? ----------------------------------------------------------------------------------------------------------- */

static bool is_redirect(const struct web_fetch *fetch) {
  const struct cors_answer answer = {fetch->response.status, fetch->response.headers, fetch->response.header_count};
  return fetch->result == 0 && cors_location(&answer);
}

/* The words for a redirect from one address to the next. */
static const char *redirect_kind(const char *from, const char *to) {
  auto_free char *from_origin = http_origin(from), *to_origin = http_origin(to);
  size_t length = strlen(from);
  if (!to_origin) return translated("to no address");
  if (text_starts(from, "http://") && text_starts(to, "https://") && site_same_domain(from, to)) return translated("from http to https");
  if (!text_equal(from_origin, to_origin)) return translated("to another host or port");
  if (strlen(to) == length + 1 && strncmp(from, to, length) == 0 && to[length] == '/') return translated("to add the slash at the end");
  return translated("to another page");
}

static void report_redirect(const struct login_view *view, struct findings *out) {
  const struct web_walk *walk = &view->api;
  const char *location = http_header(&walk->hops[0].fetch.response, "Location", 0);
  const char *next = walk->count > 1 ? walk->hops[1].url : location ? location : translated("nowhere");
  struct finding *finding =
      finding_add(out, &LOGIN_REDIRECTED, "EJ's login API at %s redirects %s, and browsers drop the login there.", walk->hops[0].url,
                  walk->endless ? translated("without an end") : redirect_kind(walk->hops[0].url, next));
  add_hops(finding, view);
  add_sights(finding, view);
}

static const struct code *const answer_codes[] = {&LOGIN_UNREACHABLE, &LOGIN_API_MISSING, &LOGIN_API_FAILED, &LOGIN_API_STATUS,
                                                  &LOGIN_TOKEN_FOR_ANYBODY};

/* What is wrong with the last answer as such; NULL when it is a 401 as it should be. */
static const struct code *find_answer_fault(const struct web_fetch *fetch) {
  const struct http_response *response = &fetch->response;
  bool proxied = fetch->answer.author == WEB_NGINX || fetch->answer.author == WEB_PROXY;
  if (fetch->result < 0) return &LOGIN_UNREACHABLE;
  if (response->status >= 502 && proxied) return &LOGIN_UNREACHABLE;
  if (response->status >= 500) return &LOGIN_API_FAILED;
  if (response->status == 404 || response->status == 410) return &LOGIN_API_MISSING;
  if (response->status == 200) {
    auto_free char *token = NULL; /* never shown */
    enum login_body body =
        login_body_read(LOGIN_CLIENT_D, http_header(response, "Content-Type", 0), response->body, response->body_length, &token);
    if (body == LOGIN_BODY_LOGIN_TOKEN || body == LOGIN_BODY_TOKEN) return &LOGIN_TOKEN_FOR_ANYBODY;
  }
  return response->status == 401 || is_redirect(fetch) ? NULL : &LOGIN_API_STATUS;
}

bool login_api_spoke(const struct login_view *view) {
  if (view->api.count == 0 || view->api.endless) return false;
  return !find_answer_fault(last_of(&view->api));
}

static void judge_answer(const struct login_view *view, struct findings *out) {
  const struct web_fetch *last = last_of(&view->api);
  const struct code *fault = find_answer_fault(last);
  if (fault) {
    auto_free char *saw = web_fetch_describe(last);
    struct finding *finding = fault == &LOGIN_TOKEN_FOR_ANYBODY
                                  ? finding_add(out, fault, "EJ's login API gives a caller without any cookie a login token.")
                                  : finding_add(out, fault, "EJ's login API at %s: %s.", view->api.hops[view->api.count - 1].url, saw);
    add_hops(finding, view);
  }
  if (fault != &LOGIN_UNREACHABLE) finding_pass(out, &LOGIN_UNREACHABLE);
  for (size_t i = 1; i < countof(answer_codes) && !fault; i++) finding_pass(out, answer_codes[i]);
}

/* --- does the browser show it to Rocket.Chat? ------------------------------------------------------------------------------------------
 */

static const struct code *const cors_codes[] = {&LOGIN_REDIRECTED,  &LOGIN_CORS_MISSING,     &LOGIN_CORS_DOUBLED,
                                                &LOGIN_CORS_ORIGIN, &LOGIN_CORS_CREDENTIALS, &LOGIN_MIXED_CONTENT};

static const struct code *cors_code(const struct login_view *view, const struct cors_verdict *verdict) {
  switch (verdict->reason) {
    case CORS_MIXED_CONTENT:
      return verdict->hop > 0 ? &LOGIN_REDIRECTED : &LOGIN_MIXED_CONTENT;
    case CORS_ORIGIN_TAINTED:
    case CORS_REDIRECT_TARGET:
    case CORS_REDIRECT_ENDLESS:
      return &LOGIN_REDIRECTED;
    case CORS_ORIGIN_STAR:
    case CORS_CREDENTIALS_MISSING:
    case CORS_CREDENTIALS_OTHER:
    case CORS_ORIGIN_MISSING:
    case CORS_ORIGIN_SEVERAL:
    case CORS_ORIGIN_WRITTEN:
    case CORS_ORIGIN_OTHER:
      if (is_redirect(&view->api.hops[verdict->hop].fetch) || verdict->hop > 0) return &LOGIN_REDIRECTED;
      if (verdict->reason == CORS_ORIGIN_MISSING) return &LOGIN_CORS_MISSING;
      if (verdict->reason == CORS_ORIGIN_SEVERAL) return &LOGIN_CORS_DOUBLED;
      return verdict->reason == CORS_ORIGIN_WRITTEN || verdict->reason == CORS_ORIGIN_OTHER ? &LOGIN_CORS_ORIGIN : &LOGIN_CORS_CREDENTIALS;
    default: /* seen; or Rocket.Chat's own settings, which the rocketchat check judges */
      return NULL;
  }
}

static void report_cors(const struct login_view *view, const struct code *code, struct findings *out) {
  const struct http_response *response = &view->api.hops[0].fetch.response;
  const char *allowed = http_header(response, "Access-Control-Allow-Origin", 0);
  struct finding *finding =
      code == &LOGIN_CORS_MISSING
          ? finding_add(out, code, "EJ's answer reaches browsers without CORS headers: Rocket.Chat may not read it.")
      : code == &LOGIN_CORS_DOUBLED
          ? finding_add(out, code, "Access-Control-Allow-Origin comes more than once: browsers refuse the answer.")
      : code == &LOGIN_CORS_ORIGIN
          ? finding_add(out, code, "EJ's login API answers to \"%s\", and Rocket.Chat is at %s.", allowed ? allowed : "", view->rocketchat)
      : code == &LOGIN_MIXED_CONTENT
          ? finding_add(out, code, "Rocket.Chat is https and calls EJ's login API by http (%s).", view->api.hops[0].url)
          : finding_add(out, code, "EJ's CORS headers do not let Rocket.Chat's request with cookies through.");
  if (code != &LOGIN_MIXED_CONTENT) add_cors(finding, view, response);
  add_hops(finding, view);
  add_sights(finding, view);
}

static struct cors_verdict judge_request(const struct login_view *view, bool json, size_t hop_count) {
  struct cors_hop hops[WEB_WALK_LIMIT];
  const struct http_response *asked = &view->preflight.response;
  const struct cors_answer preflight = {asked->status, asked->headers, asked->header_count};
  for (size_t i = 0; i < hop_count; i++) {
    const struct http_response *response = &view->api.hops[i].fetch.response;
    hops[i] = (struct cors_hop){.url = view->api.hops[i].url,
                                .answer = {response->status, response->headers, response->header_count},
                                .preflight = json && i == 0 ? &preflight : NULL};
  }
  return cors_judge(
      &(struct cors_case){.origin = view->rocketchat, .method = view->method, .json = json, .hops = hops, .hop_count = hop_count});
}

static void judge_cors(const struct login_view *view, struct findings *out) {
  const struct web_fetch *last = last_of(&view->api);
  if (last->result < 0 && view->api.count == 1) return;
  const struct code *fault = find_answer_fault(last);
  /* Error pages of others carry no headers of EJ: they have been named already, and say nothing about CORS (EJ contract F79). */
  bool meaningful = view->api.endless || view->api.count > 1 || is_redirect(last) || !fault ||
                    http_header(&last->response, "Access-Control-Allow-Origin", 0);
  if (!meaningful) return;
  struct cors_verdict verdict = judge_request(view, false, view->api.count);
  const struct code *code = view->api.endless ? &LOGIN_REDIRECTED : verdict.seen ? NULL : cors_code(view, &verdict);
  if (code == &LOGIN_REDIRECTED) report_redirect(view, out);
  if (code && code != &LOGIN_REDIRECTED) report_cors(view, code, out);
  for (size_t i = 0; i < countof(cors_codes); i++) {
    if (code != &LOGIN_REDIRECTED || cors_codes[i] == &LOGIN_MIXED_CONTENT) finding_pass(out, cors_codes[i]);
  }
}

/* --- the preflight -------------------------------------------------------------------------------------------------------------------- */

static const char *preflight_words(enum cors_reason reason) {
  switch (reason) {
    case CORS_PREFLIGHT_REDIRECT:
      return translated("the answer is a redirect");
    case CORS_PREFLIGHT_STATUS:
      return translated("the answer is no success");
    case CORS_PREFLIGHT_METHOD:
      return translated("the method is not allowed");
    case CORS_PREFLIGHT_HEADER:
      return translated("the header content-type is not allowed");
    case CORS_PREFLIGHT_STAR:
      return translated("\"*\" does not count for requests with cookies");
    case CORS_PREFLIGHT_UNREADABLE:
      return translated("a list of the answer cannot be read");
    default:
      return translated("its CORS headers are not right");
  }
}

/* Severity follows how sure the client's window is: 7.9 is C or D, 6.1 A or B, and only B and C ask. */
static void judge_preflight(const struct login_view *view, struct findings *out) {
  unsigned asking = ROCKET_WINDOW_BIT(ROCKET_WINDOW_B) | ROCKET_WINDOW_BIT(ROCKET_WINDOW_C);
  if (view->windows && !(view->windows & asking)) {
    finding_pass(out, &LOGIN_PREFLIGHT_REFUSED);
    return;
  }
  if (!view->windows || !view->preflight.url || view->preflight.result < 0 || view->preflight.response.status >= 500) return;
  struct cors_verdict verdict = judge_request(view, true, 1);
  if (verdict.seen || !verdict.preflight) {
    if (verdict.seen) finding_pass(out, &LOGIN_PREFLIGHT_REFUSED);
    return;
  }
  const struct http_response *response = &view->preflight.response;
  bool certain = !(view->windows & ~asking);
  auto_free char *windows = rocket_windows_name(view->windows);
  struct finding *finding =
      finding_add(out, &LOGIN_PREFLIGHT_REFUSED,
                  certain ? translatable("Rocket.Chat's client (window %s) asks EJ by OPTIONS before it logs in, and is refused: %s.")
                          : translatable("Rocket.Chat's client (window %s: its version does not tell which) may ask EJ by OPTIONS "
                                         "before it logs in, and would be refused: %s."),
                  windows, preflight_words(verdict.reason));
  if (!certain) finding->severity = SEVERITY_WARNING;
  finding_evidence(finding, "OPTIONS of the login API", "2xx", "%d", response->status);
  add_cors(finding, view, response);
  add_header(finding, response, "Access-Control-Allow-Headers", "content-type");
  add_sights(finding, view);
}

/* --- addresses ------------------------------------------------------------------------------------------------------------------------ */

/* A name without a dot is one of a container or of an office; localhost is a developer's. */
static bool is_internal(const char *origin) {
  struct csp_origin parsed;
  if (!origin || !csp_origin_parse(csp_span(origin), &parsed)) return false;
  return !memchr(parsed.host.data, '.', parsed.host.length) && !csp_origin_is_local(&parsed) && !site_is_address(parsed.host);
}

static void judge_names(const struct login_view *view, struct findings *out) {
  const char *const names[][2] = {{"Rocket.Chat", view->rocketchat}, {"EJ", view->site}};
  for (size_t i = 0; i < countof(names); i++) {
    if (!is_internal(names[i][1])) continue;
    struct finding *finding =
        finding_add(out, &LOGIN_INTERNAL_NAME, "%s is watched at %s, a name that only the containers' network or this one knows.",
                    names[i][0], names[i][1]);
    finding_evidence(finding, names[i][0], "the origin in a visitor's address bar", "%s", names[i][1]);
  }
  finding_pass(out, &LOGIN_INTERNAL_NAME);
}

static void judge_forced_ssl(const struct login_view *view, struct findings *out) {
  if (!view->force_ssl_known || !view->server_url) return;
  if (!view->force_ssl || !text_starts(view->server_url, "http://")) {
    finding_pass(out, &LOGIN_FORCED_SSL);
    return;
  }
  struct finding *finding =
      finding_add(out, &LOGIN_FORCED_SSL, "EJ calls Rocket.Chat at %s, and Rocket.Chat sends http to https.", view->server_url);
  finding_evidence(finding, "Force_SSL", "false", "true");
  finding_evidence(finding, "where EJ calls", "https://...", "%s", view->server_url);
}

void login_judge_view(const struct login_view *view, struct findings *out) {
  judge_names(view, out);
  judge_forced_ssl(view, out);
  if (view->api.count > 0) {
    judge_cors(view, out);
    /* Behind a redirect at which browsers stop, the answer says nothing about EJ. */
    if (!findings_find(out, LOGIN_REDIRECTED.name)) judge_answer(view, out);
    if (login_api_spoke(view) && view->api.count == 1) judge_preflight(view, out);
  }
  login_judge_page(view, out);
}
