/* Judges EJ's login page and its cookies, Rocket.Chat's own page around it, and TLS; see login_judge.h. */
#include <stdlib.h>
#include <string.h>

#include "checks/browser/cookie.h"
#include "checks/browser/site.h"
#include "checks/login/login_codes.h"
#include "checks/login/login_judge.h"
#include "monitor/base/lang.h"

/* What EJ's Django 2.2 sends, for judging before any was seen: no setting of EJ changes it (EJ contract section 2). */
#define DJANGO_COOKIE "sessionid=x; Path=/; SameSite=Lax"

/* --- cookies -------------------------------------------------------------------------------------------------------------------------- */

/* Only EJ's own two count, whatever prefix a proxy gave them: a load balancer's cookie may be lost without harm. */
static bool is_of_ej(const struct cookie *cookie) {
  static const char *const names[] = {"csrftoken", "sessionid"}, *const prefixes[] = {"", "__Host-", "__Secure-"};
  for (size_t i = 0; i < countof(names); i++) {
    for (size_t k = 0; k < countof(prefixes); k++) {
      auto_free char *name = text_format("%s%s", prefixes[k], names[i]);
      if (csp_equal(cookie->name, name)) return true;
    }
  }
  return false;
}

static const struct code *cookie_code(enum cookie_reason reason) {
  switch (reason) {
    case COOKIE_FINE:
    case COOKIE_EXPIRED: /* a log-out, or a clock */
      return NULL;
    case COOKIE_CROSS_SITE:
    case COOKIE_DEFAULT_LAX:
      return &LOGIN_CROSS_SITE;
    default:
      return &LOGIN_COOKIE_DROPPED;
  }
}

/* Name and attributes: the value is a secret. */
static void add_cookie(struct finding *finding, const struct cookie *cookie, const char *line) {
  const char *attributes = strchr(line, ';');
  finding_evidence(finding, "Set-Cookie of EJ", NULL, "%.*s=...%s", (int)cookie->name.length, cookie->name.data,
                   attributes ? attributes : "");
}

static void add_sites(struct finding *finding, const struct login_view *view, const char *url) {
  auto_free char *ej = site_of_url(url), *rocket = site_of_url(view->rocketchat);
  finding_evidence(finding, "the site of EJ, as browsers count", rocket, "%s", ej ? ej : url);
}

static void report_cookie(const struct login_view *view, const struct code *code, const char *url, enum cookie_reason reason,
                          struct finding **ret_finding, struct findings *out) {
  bool scheme = site_same_domain(url, view->rocketchat);
  if (code == &LOGIN_CROSS_SITE) {
    *ret_finding = finding_add(
        out, code,
        scheme ? translatable("EJ and Rocket.Chat are one http and one https: browsers keep EJ's session cookie out of the frame.")
               : translatable("EJ and Rocket.Chat are two sites to browsers, which keep EJ's session cookie out of the frame."));
  } else {
    *ret_finding = finding_add(out, code, "Browsers drop EJ's cookie: %s.", cookie_reason_names[reason]);
  }
  add_sites(*ret_finding, view, url);
}

bool login_judge_cookie(const struct login_view *view, const char *url, const char *line, struct findings *out) {
  struct cookie cookie;
  enum cookie_reason reason = cookie_parse(csp_span(line), view->now, &cookie);
  if (!is_of_ej(&cookie)) return false;
  const struct cookie_place set = {.url = url, .top = view->rocketchat};
  /* An API URL that leads elsewhere is the rocketchat check's to name, and says nothing of EJ's cookies. */
  auto_free char *api_origin = view->api.count ? http_origin(view->api.hops[0].url) : NULL;
  const struct cookie_place asked = {.url = text_equal(api_origin, view->site) ? view->api.hops[0].url : url, .top = view->rocketchat};
  struct cookie_verdict verdict = {.reason = reason};
  if (reason == COOKIE_FINE) verdict = cookie_judge_store(&cookie, &set, view->now);
  if (verdict.reason == COOKIE_FINE) {
    unsigned warnings = verdict.warnings;
    verdict = cookie_judge_send(&cookie, &set, &asked, view->now);
    verdict.warnings |= warnings;
  }
  const struct code *code = cookie_code(verdict.reason);
  if (!code && (verdict.warnings & COOKIE_THIRD_PARTY)) code = &LOGIN_THIRD_PARTY;
  if (!code || findings_find(out, code->name)) return code != NULL;
  struct finding *finding;
  if (code == &LOGIN_THIRD_PARTY) {
    finding = finding_add(out, code, "EJ's cookies are third-party cookies to Rocket.Chat's visitors: many browsers block them.");
    add_sites(finding, view, url);
  } else {
    report_cookie(view, code, url, verdict.reason, &finding, out);
  }
  add_cookie(finding, &cookie, line);
  return true;
}

static void judge_cookies(const struct login_view *view, const char *url, const struct http_response *page, struct findings *out) {
  bool seen = false;
  const char *line;
  for (size_t at = 0; (line = http_header_next(page, "Set-Cookie", &at));) {
    struct cookie cookie;
    (void)cookie_parse(csp_span(line), view->now, &cookie);
    seen = seen || is_of_ej(&cookie);
    (void)login_judge_cookie(view, url, line, out);
  }
  if (!seen) (void)login_judge_cookie(view, url, DJANGO_COOKIE, out);
  finding_pass(out, &LOGIN_CROSS_SITE);
  finding_pass(out, &LOGIN_THIRD_PARTY);
  if (seen) finding_pass(out, &LOGIN_COOKIE_DROPPED);
}

/* --- TLS of a public site ---------------------------------------------------------------------------------------------------------------
 */

/* A name that the public's DNS may know: not a laboratory's, an office's or a machine's (RFC 6761, RFC 2606). */
static bool is_public(const char *origin) {
  static const char *const others[] = {".test", ".example", ".invalid", ".localhost", ".local", ".internal", ".lan", ".home.arpa", NULL};
  struct csp_origin parsed;
  if (!csp_origin_parse(csp_span(origin), &parsed) || csp_origin_is_local(&parsed) || site_is_address(parsed.host)) return false;
  auto_free char *host = xstrndup(parsed.host.data, parsed.host.length);
  for (size_t i = 0; others[i]; i++) {
    size_t length = strlen(host), tail = strlen(others[i]);
    if (length > tail && text_equal_nocase(host + length - tail, others[i])) return false;
  }
  return strchr(host, '.') != NULL;
}

static void judge_tls(const struct login_view *view, const char *url, const struct http_response *page, struct findings *out) {
  if (!is_public(view->site)) return;
  if (!text_starts(view->site, "https://")) {
    if (text_starts(url, "https://")) return; /* watched behind the proxy, or redirected: people come by https all the same */
    struct finding *finding = finding_add(out, &LOGIN_NO_TLS, "EJ is public and has no TLS: passwords travel in clear to %s.", view->site);
    finding_evidence(finding, "EJ's address", "https://...", "%s", view->site);
    return;
  }
  finding_pass(out, &LOGIN_NO_TLS);
  const char *hsts = http_header(page, "Strict-Transport-Security", 0);
  if (hsts) {
    finding_pass(out, &LOGIN_NO_HSTS);
  } else {
    finding_add(out, &LOGIN_NO_HSTS, "%s sends no Strict-Transport-Security.", view->site);
  }
  const char *line;
  for (size_t at = 0; (line = http_header_next(page, "Set-Cookie", &at));) {
    struct cookie cookie;
    if (cookie_parse(csp_span(line), view->now, &cookie) != COOKIE_FINE || !is_of_ej(&cookie)) continue;
    if (cookie.secure) {
      finding_pass(out, &LOGIN_COOKIE_OPEN);
    } else if (!findings_find(out, LOGIN_COOKIE_OPEN.name)) {
      add_cookie(finding_add(out, &LOGIN_COOKIE_OPEN, "EJ's cookies are sent by plain http as well: they lack Secure."), &cookie, line);
    }
  }
}

/* --- Rocket.Chat's own policy --------------------------------------------------------------------------------------------------------- */

static bool list_allows(struct csp_span list, const struct csp_origin *target, const struct csp_origin *page) {
  struct csp_span word;
  while (csp_next_word(&list, &word)) {
    struct csp_source source;
    (void)csp_source_parse(word, &source);
    enum csp_match match = csp_source_match(&source, target, page, false);
    if (match == CSP_MATCH || match == CSP_MISS_PATH) return true; /* a path may well be the right one */
  }
  return false;
}

/* The name of the first of these directives that the policy has and that leaves EJ out; NULL when none does. */
static const char *find_refusing(struct csp_span policy, const char *const *names, const struct csp_origin *ej,
                                 const struct csp_origin *rocket) {
  for (; *names; names++) {
    struct csp_span list;
    if (csp_find_directive(policy, *names, &list)) return list_allows(list, ej, rocket) ? NULL : *names;
  }
  return NULL;
}

static void judge_policy(const struct login_view *view, struct findings *out) {
  static const char *const frame[] = {"frame-src", "child-src", "default-src", NULL}, *const connect[] = {"connect-src", "default-src",
                                                                                                          NULL};
  const struct http_response *index = &view->index.response;
  struct csp_origin ej, rocket;
  if (!view->index.url || view->index.result < 0 || index->status != 200) return;
  if (!csp_origin_parse(csp_span(view->site), &ej) || !csp_origin_parse(csp_span(view->rocketchat), &rocket)) return;
  const char *value;
  for (size_t at = 0; (value = http_header_next(index, "Content-Security-Policy", &at));) {
    struct csp_span rest = csp_span(value), policy;
    while (csp_next_item(&rest, &policy)) {
      const char *bad = find_refusing(policy, frame, &ej, &rocket);
      bool framed = bad != NULL;
      if (!bad) bad = find_refusing(policy, connect, &ej, &rocket);
      if (!bad || findings_find(out, LOGIN_ROCKET_POLICY.name)) continue;
      struct finding *finding = finding_add(out, &LOGIN_ROCKET_POLICY, "Rocket.Chat's own page may not %s: its policy's %s leaves EJ out.",
                                            framed ? translated("show EJ in a frame") : translated("call EJ's login API"), bad);
      auto_free char *want = text_format(translated("%s with %s"), bad, view->site);
      finding_evidence(finding, "Content-Security-Policy of Rocket.Chat's page", want, "%.*s", (int)policy.length, policy.data);
    }
  }
  finding_pass(out, &LOGIN_ROCKET_POLICY);
}

/* --- the page itself ------------------------------------------------------------------------------------------------------------------ */

void login_judge_page(const struct login_view *view, struct findings *out) {
  judge_policy(view, out);
  if (view->page.count == 0 || view->page.endless) return;
  const struct web_fetch *last = &view->page.hops[view->page.count - 1].fetch;
  const char *url = view->page.hops[view->page.count - 1].url;
  /* Another page, or one of EJ's errors, says nothing about EJ's login; the frame check names it. */
  if (last->result < 0 || last->response.status != 200) return;
  auto_free char *type = http_media_type(&last->response);
  if (text_equal(type, "text/html") || text_equal(type, "application/xhtml+xml")) {
    finding_pass(out, &LOGIN_PAGE_TYPE);
  } else {
    struct finding *finding =
        finding_add(out, &LOGIN_PAGE_TYPE, "EJ's login page comes as \"%s\", which no browser shows as a page.", type);
    finding_evidence(finding, url, "text/html", "%s", *type ? type : translated("no Content-Type"));
  }
  judge_tls(view, url, &last->response, out);
  auto_free char *origin = http_origin(url);
  if (text_equal(origin, view->site)) judge_cookies(view, url, &last->response, out);
}
