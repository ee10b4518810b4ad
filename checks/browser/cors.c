/* The browser's verdict on a request across origins: hop by hop, the preflight before each, the headers on each answer. No I/O. */
#include "checks/browser/cors.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const cors_reason_names[CORS_REASON_COUNT] = {
    [CORS_SAME_ORIGIN] = "same-origin",
    [CORS_ALLOWED] = "allowed",
    [CORS_NO_ORIGIN] = "no-origin",
    [CORS_METHOD_FORBIDDEN] = "method-forbidden",
    [CORS_MIXED_CONTENT] = "mixed-content",
    [CORS_ORIGIN_MISSING] = "origin-missing",
    [CORS_ORIGIN_STAR] = "origin-star",
    [CORS_ORIGIN_SEVERAL] = "origin-several",
    [CORS_ORIGIN_WRITTEN] = "origin-written",
    [CORS_ORIGIN_TAINTED] = "origin-tainted",
    [CORS_ORIGIN_OTHER] = "origin-other",
    [CORS_CREDENTIALS_MISSING] = "credentials-missing",
    [CORS_CREDENTIALS_OTHER] = "credentials-other",
    [CORS_PREFLIGHT_UNKNOWN] = "preflight-unknown",
    [CORS_PREFLIGHT_REDIRECT] = "preflight-redirect",
    [CORS_PREFLIGHT_STATUS] = "preflight-status",
    [CORS_PREFLIGHT_METHOD] = "preflight-method",
    [CORS_PREFLIGHT_HEADER] = "preflight-header",
    [CORS_PREFLIGHT_STAR] = "preflight-star",
    [CORS_PREFLIGHT_UNREADABLE] = "preflight-unreadable",
    [CORS_REDIRECT_TARGET] = "redirect-target",
    [CORS_REDIRECT_ENDLESS] = "redirect-endless",
};

static const char ALLOW_ORIGIN[] = "Access-Control-Allow-Origin", ALLOW_CREDENTIALS[] = "Access-Control-Allow-Credentials",
                  ALLOW_METHODS[] = "Access-Control-Allow-Methods", ALLOW_HEADERS[] = "Access-Control-Allow-Headers";

/* --- methods -----------------------------------------------------------------------------------------------------------------------------
 */

static bool is_token(struct csp_span text) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.data[i];
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c))) return false;
  }
  return text.length > 0;
}

/* Fetch 2.2.1: these are written in capitals whatever the script wrote; others, PATCH among them, stay as they are. */
static const char *normalise_method(const char *method) {
  static const char *const known[] = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
  if (!method) return "GET";
  for (size_t i = 0; i < countof(known); i++)
    if (strcasecmp(method, known[i]) == 0) return known[i];
  return method;
}

static bool is_forbidden_method(const char *method) {
  return !is_token(csp_span(method)) || strcasecmp(method, "CONNECT") == 0 || strcasecmp(method, "TRACE") == 0 ||
         strcasecmp(method, "TRACK") == 0;
}

static bool is_safelisted_method(const char *method) {
  return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "POST") == 0;
}

/* --- headers -----------------------------------------------------------------------------------------------------------------------------
 */

static bool header_is(const struct http_header *header, const char *name) {
  return header->name && strcasecmp(header->name, name) == 0;
}

/* How many headers have that name; *ret_first is the first one's index. */
static size_t count_headers(const struct cors_answer *answer, const char *name, size_t *ret_first) {
  size_t count = 0;
  *ret_first = CORS_NOWHERE;
  for (size_t h = 0; h < answer->header_count; h++) {
    if (!header_is(&answer->headers[h], name)) continue;
    if (count++ == 0) *ret_first = h;
  }
  return count;
}

static bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Chromium passes over empty ones. */
const char *cors_location(const struct cors_answer *answer) {
  if (!is_redirect(answer->status)) return NULL;
  for (size_t h = 0; h < answer->header_count; h++)
    if (header_is(&answer->headers[h], "Location") && csp_trim(csp_span(answer->headers[h].value)).length > 0)
      return answer->headers[h].value;
  return NULL;
}

/* Several that differ are a broken answer to Chromium. */
static bool has_two_locations(const struct cors_answer *answer) {
  const char *first = cors_location(answer);
  for (size_t h = 0; first && h < answer->header_count; h++)
    if (header_is(&answer->headers[h], "Location") && strcmp(answer->headers[h].value, first) != 0) return true;
  return false;
}

/* --- the chain of origins ------------------------------------------------------------------------------------------------------------- */

/* Origins as browsers serialise them; NULL where there is none. */
struct chain {
  const struct cors_case *request;
  char *own;
  char **hops;
};

static void chain_free(struct chain *chain) {
  for (size_t i = 0; i < chain->request->hop_count; i++) free(chain->hops[i]);
  free(chain->hops);
  free(chain->own);
}

static struct chain chain_make(const struct cors_case *request) {
  struct chain chain = {.request = request, .own = http_origin(request->origin)};
  chain.hops = xcalloc(request->hop_count, sizeof *chain.hops);
  for (size_t i = 0; i < request->hop_count; i++) chain.hops[i] = http_origin(request->hops[i].url);
  return chain;
}

/* What one hop makes of the request that the next one gets (Fetch 4.4). */
static void pass_redirect(struct cors_request *request, int status) {
  bool is_post = strcmp(request->method, "POST") == 0,
       is_plain = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
  if (((status == 301 || status == 302) && is_post) || (status == 303 && !is_plain)) {
    request->method = "GET";
    request->json = false;
  }
}

static struct cors_request request_at(const struct chain *chain, size_t hop) {
  struct cors_request request = {.method = normalise_method(chain->request->method), .json = chain->request->json};
  for (size_t i = 0; i <= hop; i++) {
    bool is_foreign = !text_equal(chain->hops[i], chain->own);
    if (i > 0) {
      pass_redirect(&request, chain->request->hops[i - 1].answer.status);
      bool was_foreign = !text_equal(chain->hops[i - 1], chain->own);
      if (was_foreign && !text_equal(chain->hops[i], chain->hops[i - 1])) request.null_origin = true;
    }
    request.cross_origin = request.cross_origin || is_foreign; /* once across origins, the way home counts too */
  }
  request.preflight = request.cross_origin && (request.json || !is_safelisted_method(request.method));
  return request;
}

struct cors_request cors_request_at(const struct cors_case *request, size_t hop) {
  assert(hop < request->hop_count);
  struct chain chain = chain_make(request);
  struct cors_request at = request_at(&chain, hop);
  chain_free(&chain);
  return at;
}

char *cors_wanted_origin(const struct cors_case *request, size_t hop) {
  struct cors_request at = cors_request_at(request, hop);
  if (!at.cross_origin) return NULL;
  return at.null_origin ? xstrdup("null") : http_origin(request->origin);
}

/* --- the CORS check (Fetch 4.10) ---------------------------------------------------------------------------------------------------------
 */

/* Tells why an Access-Control-Allow-Origin that is not `wanted` is not. */
static enum cors_reason name_origin_fault(struct csp_span value, const char *own, bool is_tainted) {
  auto_free char *text = xstrndup(value.data, value.length);
  if (value.length == 0) return CORS_ORIGIN_MISSING;
  if (strcmp(text, "*") == 0) return CORS_ORIGIN_STAR;
  if (strpbrk(text, ", \t")) return CORS_ORIGIN_SEVERAL;
  auto_free char *origin = http_origin(text);
  if (!text_equal(origin, own)) return CORS_ORIGIN_OTHER;
  return is_tainted ? CORS_ORIGIN_TAINTED : CORS_ORIGIN_WRITTEN;
}

static bool is_exactly(struct csp_span span, const char *string) {
  return span.length == strlen(string) && memcmp(span.data, string, span.length) == 0;
}

static struct csp_span value_of(const struct cors_answer *answer, size_t header) {
  return header == CORS_NOWHERE ? csp_span("") : csp_trim(csp_span(answer->headers[header].value));
}

/* CORS_ALLOWED, or what is wrong; the deciding header is noted. A header that comes twice is one list to browsers, so it never equals. */
static enum cors_reason check_answer(const struct cors_answer *answer, const char *own, bool is_tainted, struct cors_verdict *verdict) {
  size_t count = count_headers(answer, ALLOW_ORIGIN, &verdict->header);
  verdict->value = value_of(answer, verdict->header);
  if (count > 1) return CORS_ORIGIN_SEVERAL;
  if (!is_exactly(verdict->value, is_tainted ? "null" : own)) return name_origin_fault(verdict->value, own, is_tainted);
  size_t credentials;
  count = count_headers(answer, ALLOW_CREDENTIALS, &credentials);
  struct csp_span value = value_of(answer, credentials);
  if (count == 1 && is_exactly(value, "true")) return CORS_ALLOWED;
  verdict->header = credentials;
  verdict->value = value;
  return count == 0 ? CORS_CREDENTIALS_MISSING : CORS_CREDENTIALS_OTHER;
}

/* --- the preflight (Fetch 4.8) -----------------------------------------------------------------------------------------------------------
 */

struct list {
  size_t header; /* the first of its name, or CORS_NOWHERE */
  bool readable, listed, star;
};

static struct list read_list(const struct cors_answer *answer, const char *name, const char *wanted, bool nocase) {
  struct list list = {.readable = true};
  count_headers(answer, name, &list.header);
  for (size_t h = 0; h < answer->header_count; h++) {
    if (!header_is(&answer->headers[h], name)) continue;
    struct csp_span rest = csp_span(answer->headers[h].value), item;
    while (csp_next_item(&rest, &item)) {
      if (item.length == 0) continue;
      list.readable = list.readable && is_token(item);
      list.star = list.star || is_exactly(item, "*");
      list.listed = list.listed || (nocase ? csp_equal(item, wanted) : is_exactly(item, wanted));
    }
  }
  return list;
}

static enum cors_reason judge_lists(const struct cors_answer *answer, const struct cors_request *request, struct cors_verdict *verdict) {
  struct list methods = read_list(answer, ALLOW_METHODS, request->method, false);
  struct list headers = read_list(answer, ALLOW_HEADERS, "content-type", true);
  bool methods_decide = !methods.readable || (!is_safelisted_method(request->method) && !methods.listed);
  verdict->header = methods_decide ? methods.header : headers.header;
  verdict->value = value_of(answer, verdict->header);
  if (!methods.readable || !headers.readable) return CORS_PREFLIGHT_UNREADABLE;
  if (methods_decide) return CORS_PREFLIGHT_METHOD;
  if (!request->json || headers.listed) return CORS_ALLOWED;
  return headers.star ? CORS_PREFLIGHT_STAR : CORS_PREFLIGHT_HEADER;
}

static enum cors_reason judge_preflight(const struct chain *chain, const struct cors_answer *answer, const struct cors_request *request,
                                        struct cors_verdict *verdict) {
  if (!answer) return CORS_PREFLIGHT_UNKNOWN;
  if (cors_location(answer)) return CORS_PREFLIGHT_REDIRECT;
  enum cors_reason reason = check_answer(answer, chain->own, request->null_origin, verdict);
  if (reason != CORS_ALLOWED) return reason;
  verdict->header = CORS_NOWHERE;
  verdict->value = csp_span("");
  if (answer->status < 200 || answer->status > 299) return CORS_PREFLIGHT_STATUS;
  return judge_lists(answer, request, verdict);
}

/* --- all hops ----------------------------------------------------------------------------------------------------------------------------
 */

static bool is_mixed(const struct chain *chain, size_t hop) {
  struct csp_origin own, target;
  return csp_origin_parse(csp_span(chain->own), &own) && own.secure && csp_origin_parse(csp_span(chain->hops[hop]), &target) &&
         !target.secure && !csp_origin_is_local(&target);
}

static bool has_user(const char *url) {
  struct http_url parts;
  if (http_url_parse(url, false, &parts) < 0) return false;
  bool has = (parts.user && *parts.user) || (parts.password && *parts.password);
  http_url_free(&parts);
  return has;
}

/* May the browser go where the answer of a hop sends it? The last hop's target is only looked at: a redirect there was not followed. */
static enum cors_reason judge_redirect(const struct chain *chain, size_t hop, bool is_cross_origin) {
  const struct cors_hop *from = &chain->request->hops[hop];
  if (has_two_locations(&from->answer)) return CORS_REDIRECT_TARGET;
  bool is_last = hop + 1 == chain->request->hop_count;
  auto_free char *resolved = is_last ? http_resolve(from->url, cors_location(&from->answer)) : xstrdup(from[1].url);
  auto_free char *origin = resolved ? http_origin(resolved) : NULL;
  if (!origin || ((is_cross_origin || !text_equal(origin, chain->own)) && has_user(resolved))) return CORS_REDIRECT_TARGET;
  return is_last || hop + 1 > CORS_REDIRECT_LIMIT ? CORS_REDIRECT_ENDLESS : CORS_ALLOWED;
}

/* CORS_ALLOWED when the browser goes on from this hop, or shows its answer. */
static enum cors_reason judge_hop(const struct chain *chain, size_t hop, struct cors_verdict *verdict) {
  const struct cors_answer *answer = &chain->request->hops[hop].answer;
  struct cors_request request = request_at(chain, hop);
  if (!chain->hops[hop]) return CORS_NO_ORIGIN;
  if (is_mixed(chain, hop)) return CORS_MIXED_CONTENT;
  if (request.preflight) {
    verdict->preflight = true;
    enum cors_reason reason = judge_preflight(chain, chain->request->hops[hop].preflight, &request, verdict);
    if (reason != CORS_ALLOWED) return reason;
    verdict->preflight = false;
  }
  if (request.cross_origin) {
    enum cors_reason reason = check_answer(answer, chain->own, request.null_origin, verdict);
    if (reason != CORS_ALLOWED) return reason;
  }
  if (!cors_location(answer)) return CORS_ALLOWED;
  return judge_redirect(chain, hop, request.cross_origin);
}

struct cors_verdict cors_judge(const struct cors_case *request) {
  assert(request->hop_count > 0);
  struct cors_verdict verdict = {.reason = CORS_ALLOWED, .header = CORS_NOWHERE, .value = csp_span("")};
  if (is_forbidden_method(normalise_method(request->method))) {
    verdict.reason = CORS_METHOD_FORBIDDEN;
    return verdict;
  }
  struct chain chain = chain_make(request);
  if (!chain.own) verdict.reason = CORS_NO_ORIGIN;
  size_t last = request->hop_count - 1;
  for (size_t hop = 0; verdict.reason == CORS_ALLOWED && hop <= last; hop++) {
    verdict.hop = hop;
    verdict.header = CORS_NOWHERE;
    verdict.value = csp_span("");
    verdict.reason = judge_hop(&chain, hop, &verdict);
    if (verdict.reason == CORS_ALLOWED && !cors_location(&request->hops[hop].answer)) break; /* shown: what follows is not part of it */
  }
  verdict.seen = verdict.reason == CORS_ALLOWED;
  if (verdict.seen && !request_at(&chain, verdict.hop).cross_origin) verdict.reason = CORS_SAME_ORIGIN;
  chain_free(&chain);
  return verdict;
}
