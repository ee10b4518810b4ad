/* Names the fault behind a framing verdict by what EJ's headers tell (EJ contract section 4, "Failure -> setting that heals"). No I/O; the
 * verdict itself is frame_ancestors.c's. */
#include "checks/frame/frame_diagnose.h"

#include <stdlib.h>
#include <string.h>

#include "checks/frame/frame_codes.h"
#include "monitor/base/lang.h"

/* What the judgement of one page needs. */
struct page {
  const struct web_walk *walk;
  const struct web_fetch *fetch; /* of the last hop */
  const char *url;
  char *const *origins;
  const char *allow_origin, *credentials; /* EJ's two CORS headers, or NULL */
  const char *allow_from;                 /* what stands behind X-Frame-Options: allow-from, or NULL */
  struct frame_verdict verdict;
};

static const struct code *const refusals[] = {&FRAME_MIXED,        &FRAME_URL_UNSET,      &FRAME_NO_SCHEME,       &FRAME_ORIGIN_NOT_LISTED,
                                              &FRAME_PORT_MISSING, &FRAME_PATH_IN_SOURCE, &FRAME_SCHEME_MISMATCH, &FRAME_CSP_OVERRIDE,
                                              &FRAME_PROXY_POLICY, &FRAME_X_FRAME_OPTIONS};

static char *span_copy(struct csp_span span) {
  return xstrndup(span.data ? span.data : "", span.length);
}

/* --- evidence ----------------------------------------------------------------------------------------------------------------------- */

static void add_hops(struct finding *finding, const struct web_walk *walk) {
  for (size_t i = 0; i < walk->count; i++) {
    auto_free char *saw = web_fetch_describe(&walk->hops[i].fetch);
    finding_evidence(finding, walk->hops[i].url, NULL, "%s", saw);
  }
}

static void add_header(struct finding *finding, const struct page *page, const char *name, const char *want) {
  const char *value;
  size_t at = 0, before = finding->evidence_count;
  while ((value = http_header_next(&page->fetch->response, name, &at))) finding_evidence(finding, name, want, "%s", value);
  if (finding->evidence_count == before) finding_evidence(finding, name, want, "absent");
}

static void add_headers(struct finding *finding, const struct page *page) {
  auto_free char *want = text_format(translated("frame-ancestors with %s"), page->origins[0]);
  add_header(finding, page, "Content-Security-Policy", want);
  add_header(finding, page, "X-Frame-Options", NULL);
  add_header(finding, page, "Access-Control-Allow-Origin", page->origins[0]);
  const struct frame_verdict *verdict = &page->verdict;
  size_t ancestor = verdict->ancestor == FRAME_NOWHERE ? 0 : verdict->ancestor;
  if (verdict->source.length > 0) {
    finding_evidence(finding, "nearest entry of the list", page->origins[ancestor], "%.*s", (int)verdict->source.length,
                     verdict->source.data);
  }
  finding_evidence(finding, "a browser's verdict", translated("allowed"), "refused: %s, for %s", frame_reason_names[verdict->reason],
                   page->origins[ancestor]);
  if (page->walk->count > 1) add_hops(finding, page->walk);
}

/* --- no page to judge --------------------------------------------------------------------------------------------------------------- */

static bool is_talks(const char *url) {
  const char *host = strstr(url, "://");
  const char *path = host ? strchr(host + 3, '/') : NULL;
  return path && text_starts(path, "/talks/");
}

/* The page answered with an error: which one. NULL when the status is a page's. */
static const struct code *find_error(const struct page *page) {
  const struct web_answer *answer = &page->fetch->answer;
  bool talks = is_talks(page->url), headers = answer->frame_ancestors || page->allow_origin;
  bool proxied = answer->author == WEB_NGINX || answer->author == WEB_PROXY;
  if (answer->status >= 200 && answer->status < 300) return NULL;
  if (answer->status >= 502 && proxied) return &FRAME_UNREACHABLE;
  if (answer->status == 404 && talks && !headers && !proxied) return &FRAME_INTEGRATION_OFF;
  if (answer->status == 404 || answer->status == 410) return &FRAME_PAGE_MISSING;
  if (answer->status == 500 && talks && !headers && answer->author == WEB_DJANGO) return &FRAME_HEADER_LAYER_FAILED;
  return &FRAME_PAGE_FAILED;
}

static void add_error(struct findings *out, const struct page *page, const struct code *code) {
  auto_free char *saw = web_fetch_describe(page->fetch);
  struct finding *finding = code == &FRAME_REDIRECT_LOOP ? finding_add(out, code, "%s redirects without an end: %zu hops.",
                                                                       page->walk->hops[0].url, page->walk->count)
                                                         : finding_add(out, code, "%s: %s.", page->url, saw);
  add_hops(finding, page->walk);
  if (page->fetch->result < 0) return;
  add_header(finding, page, "Content-Security-Policy", NULL);
  add_header(finding, page, "X-Frame-Options", NULL);
}

/* --- the browser refuses ------------------------------------------------------------------------------------------------------------ */

static bool lists_default_url(struct csp_span list) {
  struct csp_span word;
  while (csp_next_word(&list, &word)) {
    if (csp_equal(word, "localhost:3000")) return true;
  }
  return false;
}

/* EJ's list begins with DJANGO_HOSTNAME and is alone in its policy; anything else came from an override or a proxy. */
static bool is_built_by_ej(const struct frame_verdict *verdict) {
  struct csp_span rest = verdict->list, word;
  struct csp_source source;
  if (csp_has_other_directive(verdict->text, "frame-ancestors")) return false;
  return csp_next_word(&rest, &word) && csp_source_parse(word, &source) == CSP_HOST && source.scheme.length == 0 && !source.wildcard;
}

/* Some policies allow, and the one that refuses is EJ's own: proxies add theirs behind it, and nobody else lists localhost:3000. */
static bool is_ej_among_others(const struct frame_verdict *verdict) {
  return is_built_by_ej(verdict) && (verdict->is_first || lists_default_url(verdict->list));
}

/* The list's first entry is EJ's own name: that it has Rocket.Chat's host with another port says nothing, unless EJ merged the two into
 * one. */
static bool is_own_name(const struct frame_verdict *verdict) {
  struct csp_span rest = verdict->list, first, second;
  return csp_next_word(&rest, &first) && verdict->source.data == first.data && csp_next_word(&rest, &second);
}

static bool lacks_scheme(const char *url) {
  return url && *url && strcmp(url, "*") != 0 && !strstr(url, "://");
}

/* frame-ancestors refuses: whose mistake is it? */
static const struct code *find_policy_fault(const struct page *page) {
  static const struct code *const by_reason[FRAME_REASON_COUNT] = {
      [FRAME_OTHER_PORT] = &FRAME_PORT_MISSING, [FRAME_OTHER_SCHEME] = &FRAME_SCHEME_MISMATCH, [FRAME_PATH] = &FRAME_PATH_IN_SOURCE};
  const struct frame_verdict *verdict = &page->verdict;
  bool ej = page->allow_origin || page->allow_from; /* EJ's header layer has spoken */
  if (verdict->refusing_count < verdict->policy_count && !(ej && is_ej_among_others(verdict))) return &FRAME_PROXY_POLICY;
  if (ej && !is_built_by_ej(verdict)) return &FRAME_CSP_OVERRIDE;
  if (by_reason[verdict->reason] && !(ej && is_own_name(verdict))) return by_reason[verdict->reason];
  if (lists_default_url(verdict->list)) return &FRAME_URL_UNSET;
  if (lacks_scheme(page->allow_origin) || lacks_scheme(page->allow_from)) return &FRAME_NO_SCHEME;
  /* EJ_ROCKETCHAT_URL= (empty): the host is nothing, but the other headers fall back to the default (ej-corrections 16). */
  if (text_equal(page->allow_origin, "http://localhost:3000")) return &FRAME_URL_UNSET;
  return &FRAME_ORIGIN_NOT_LISTED;
}

static const struct code *find_refusal(const struct page *page) {
  switch (page->verdict.reason) {
    case FRAME_MIXED_CONTENT:
    case FRAME_MIXED_ANCESTOR:
      return &FRAME_MIXED;
    case FRAME_XFO_DENY:
    case FRAME_XFO_SAMEORIGIN:
    case FRAME_XFO_CONFLICT:
      /* EJ always sends frame-ancestors along with its CORS headers: without it, its policy was replaced. */
      return page->allow_origin ? &FRAME_CSP_OVERRIDE : &FRAME_X_FRAME_OPTIONS;
    default:
      return find_policy_fault(page);
  }
}

/* One sentence with the names and values at hand. */
static char *describe_refusal(const struct page *page, const struct code *code) {
  const struct frame_verdict *verdict = &page->verdict;
  const char *origin = page->origins[verdict->ancestor == FRAME_NOWHERE ? 0 : verdict->ancestor];
  auto_free char *source = span_copy(verdict->source), *list = span_copy(verdict->list), *text = span_copy(verdict->text);
  bool row = text_equal(page->allow_origin, page->origins[0]);
  if (code == &FRAME_MIXED) {
    if (verdict->reason == FRAME_MIXED_ANCESTOR)
      return text_format(translated("%s is http inside an https page: browsers do not load it."), origin);
    return text_format(translated("%s is https and may not load %s."), origin, page->walk->hops[verdict->hop].url);
  }
  if (code == &FRAME_URL_UNSET) {
    return text_format(translated("%s may not frame the login page: EJ_ROCKETCHAT_URL is unset or empty (the list is \"%s\")%s."), origin,
                       list, row ? translated("; the database row is right, but the list never uses it") : "");
  }
  if (code == &FRAME_NO_SCHEME) {
    return text_format(translated("%s may not frame the login page: EJ_ROCKETCHAT_URL has no scheme (\"%s\"), so its host is not listed."),
                       origin, page->allow_origin ? page->allow_origin : page->allow_from);
  }
  if (code == &FRAME_X_FRAME_OPTIONS)
    return text_format(translated("X-Frame-Options: %s keeps %s from framing %s."), text, origin, page->url);
  if (code == &FRAME_CSP_OVERRIDE) {
    return text_format(translated("%s may not frame the login page: EJ's Content-Security-Policy was replaced, and \"%s\" counts."), origin,
                       text);
  }
  if (code == &FRAME_PROXY_POLICY) {
    return text_format(translated("%s may not frame the login page: %zu of %zu policies refuse it, with \"%s\"."), origin,
                       verdict->refusing_count, verdict->policy_count, text);
  }
  if (source[0] != '\0' && code != &FRAME_ORIGIN_NOT_LISTED) {
    return text_format(translated("%s may not frame the login page: \"%s\" in frame-ancestors is not that origin (%s)."), origin, source,
                       code == &FRAME_PORT_MISSING      ? translated("another port")
                       : code == &FRAME_SCHEME_MISMATCH ? translated("another scheme")
                                                        : translated("it has a path"));
  }
  return text_format(translated("%s may not frame the login page: frame-ancestors is \"%s\"%s."), origin, list,
                     row ? translated("; the database row is right, but the list comes from the environment alone") : "");
}

static void add_refusal(struct findings *out, const struct page *page) {
  const struct code *code = find_refusal(page);
  auto_free char *summary = describe_refusal(page, code);
  struct finding *finding = finding_add(out, code, "%s", summary);
  add_headers(finding, page);
  if (code != &FRAME_MIXED) finding_pass(out, &FRAME_MIXED);
  if (page->verdict.policy_count > 0) finding_pass(out, &FRAME_X_FRAME_OPTIONS); /* browsers do not look at it then */
}

/* --- the page is shown ------------------------------------------------------------------------------------------------------------- */

static const struct code *find_cors_fault(const struct page *page) {
  auto_free char *origin = http_origin(page->allow_origin);
  if (http_header_count(&page->fetch->response, "Access-Control-Allow-Origin") > 1) return &FRAME_CREDENTIALS_HEADER;
  if (text_equal(page->allow_origin, "*")) return &FRAME_CREDENTIALS_HEADER;
  if (!text_equal(page->allow_origin, page->origins[0])) {
    /* Both come from the row or else from the environment; where they differ, something replaced the one. */
    if (text_equal(page->allow_from, page->origins[0])) return &FRAME_CREDENTIALS_HEADER;
    return text_equal(origin, page->origins[0]) ? &FRAME_ORIGIN_NOT_EXACT : &FRAME_ROW_DIFFERS;
  }
  return text_equal(page->credentials, "true") ? NULL : &FRAME_CREDENTIALS_HEADER;
}

/* EJ's CORS headers come with every page of it; a page without them is not judged by them. */
static void judge_cors(struct findings *out, const struct page *page) {
  static const struct code *const faults[] = {&FRAME_ROW_DIFFERS, &FRAME_ORIGIN_NOT_EXACT, &FRAME_CREDENTIALS_HEADER};
  if (!page->allow_origin) return;
  const struct code *code = find_cors_fault(page);
  for (size_t i = 0; i < countof(faults); i++) {
    if (faults[i] != code) finding_pass(out, faults[i]);
  }
  if (!code) return;
  struct finding *finding;
  if (code == &FRAME_CREDENTIALS_HEADER) {
    finding =
        finding_add(out, code, "Rocket.Chat may not read EJ's answers: Access-Control-Allow-Origin is \"%s\", -Credentials is \"%s\".",
                    page->allow_origin, page->credentials ? page->credentials : translated("absent"));
  } else {
    finding = finding_add(out, code, "EJ answers to \"%s\", but Rocket.Chat is at %s: the page is shown, the login goes round in circles.",
                          page->allow_origin, page->origins[0]);
  }
  add_header(finding, page, "Access-Control-Allow-Origin", page->origins[0]);
  add_header(finding, page, "Access-Control-Allow-Credentials", "true");
  add_header(finding, page, "X-Frame-Options", NULL);
  add_header(finding, page, "Content-Security-Policy", NULL);
}

static bool is_open(const struct page *page) {
  enum frame_reason reason = page->verdict.reason;
  return reason == FRAME_UNRESTRICTED || reason == FRAME_XFO_IGNORED || reason == FRAME_XFO_ALLOWALL ||
         csp_equal(page->verdict.source, "*");
}

static void judge_shown(struct findings *out, const struct page *page) {
  for (size_t i = 0; i < countof(refusals); i++) finding_pass(out, refusals[i]);
  if (is_open(page)) {
    struct finding *finding = finding_add(out, &FRAME_ANY_SITE, "Any site may show %s in a frame.", page->url);
    add_header(finding, page, "Content-Security-Policy", NULL);
    add_header(finding, page, "X-Frame-Options", NULL);
  } else {
    finding_pass(out, &FRAME_ANY_SITE);
  }
  judge_cors(out, page);
}

/* --- all of it --------------------------------------------------------------------------------------------------------------------- */

static struct frame_verdict judge_page(const struct page *page) {
  struct frame_hop hops[WEB_WALK_LIMIT];
  for (size_t i = 0; i < page->walk->count; i++) {
    const struct http_response *response = &page->walk->hops[i].fetch.response;
    hops[i] = (struct frame_hop){page->walk->hops[i].url, response->headers, response->header_count};
  }
  const char **ancestors = xcalloc(strings_count(page->origins), sizeof *ancestors);
  for (size_t i = 0; page->origins[i]; i++) ancestors[i] = page->origins[i];
  struct frame_verdict verdict = frame_judge(&(struct frame_case){
      .hops = hops, .hop_count = page->walk->count, .ancestors = ancestors, .ancestor_count = strings_count(page->origins)});
  free(ancestors);
  return verdict;
}

static void judge_redirects(struct findings *out, const struct page *page) {
  auto_free char *first = http_origin(page->walk->hops[0].url), *last = http_origin(page->url);
  if (text_equal(first, last)) {
    finding_pass(out, &FRAME_REDIRECTED);
  } else {
    struct finding *finding = finding_add(out, &FRAME_REDIRECTED, "%s leads to %s.", page->walk->hops[0].url, page->url);
    add_hops(finding, page->walk);
  }
}

static const char *find_allow_from(const struct http_response *response) {
  const char *value = http_header(response, "X-Frame-Options", 0);
  if (!value || !csp_equal((struct csp_span){value, strnlen(value, 10)}, "allow-from")) return NULL;
  for (value += 10; *value == ' '; value++) {
  }
  return value;
}

void frame_diagnose(const struct web_walk *walk, char *const *origins, struct findings *out) {
  const struct web_fetch *fetch = &walk->hops[walk->count - 1].fetch;
  struct page page = {.walk = walk,
                      .fetch = fetch,
                      .url = walk->hops[walk->count - 1].url,
                      .origins = origins,
                      .allow_origin = http_header(&fetch->response, "Access-Control-Allow-Origin", 0),
                      .credentials = http_header(&fetch->response, "Access-Control-Allow-Credentials", 0),
                      .allow_from = find_allow_from(&fetch->response)};
  const struct code *error = fetch->result < 0 ? &FRAME_UNREACHABLE : walk->endless ? &FRAME_REDIRECT_LOOP : find_error(&page);
  /* A view that failed still carries the headers of a sound header layer. */
  bool judged = !error || (error == &FRAME_PAGE_FAILED && (fetch->answer.frame_ancestors || page.allow_origin));
  if (error) add_error(out, &page, error);
  if (error == &FRAME_UNREACHABLE) return;
  finding_pass(out, &FRAME_UNREACHABLE);
  if (error != &FRAME_REDIRECT_LOOP) finding_pass(out, &FRAME_REDIRECT_LOOP);
  if (!judged) return;
  finding_pass(out, &FRAME_PAGE_MISSING);
  finding_pass(out, &FRAME_INTEGRATION_OFF);
  finding_pass(out, &FRAME_HEADER_LAYER_FAILED);
  if (!error) finding_pass(out, &FRAME_PAGE_FAILED);
  judge_redirects(out, &page);
  page.verdict = judge_page(&page);
  if (page.verdict.allowed)
    judge_shown(out, &page);
  else
    add_refusal(out, &page);
}
