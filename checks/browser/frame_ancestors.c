/* The browser's verdict on framing. Which headers speak, which policy refuses, whom; the matching of one source is csp.c. No I/O. */
#include "checks/browser/frame_ancestors.h"

#include <assert.h>
#include <strings.h>

const char *const frame_reason_names[FRAME_REASON_COUNT] = {
    [FRAME_UNRESTRICTED] = "unrestricted",
    [FRAME_LISTED] = "listed",
    [FRAME_XFO_IGNORED] = "xfo-ignored",
    [FRAME_XFO_ALLOWALL] = "xfo-allowall",
    [FRAME_XFO_SAME] = "xfo-same",
    [FRAME_MIXED_CONTENT] = "mixed-content",
    [FRAME_MIXED_ANCESTOR] = "mixed-ancestor",
    [FRAME_NONE] = "none",
    [FRAME_NOT_LISTED] = "not-listed",
    [FRAME_OTHER_PORT] = "other-port",
    [FRAME_OTHER_SCHEME] = "other-scheme",
    [FRAME_PATH] = "path",
    [FRAME_XFO_DENY] = "xfo-deny",
    [FRAME_XFO_SAMEORIGIN] = "xfo-sameorigin",
    [FRAME_XFO_CONFLICT] = "xfo-conflict",
    [FRAME_NO_ORIGIN] = "no-origin",
};

static const enum frame_reason reason_of_match[] = {
    [CSP_MISS_INVALID] = FRAME_NOT_LISTED,  [CSP_MISS_HOST] = FRAME_NOT_LISTED, [CSP_MISS_PORT] = FRAME_OTHER_PORT,
    [CSP_MISS_SCHEME] = FRAME_OTHER_SCHEME, [CSP_MISS_PATH] = FRAME_PATH,       [CSP_MATCH] = FRAME_LISTED,
};

static bool is_none(struct csp_span list) {
  return list.length == 0 || csp_equal(list, "'none'");
}

/* The best that any source of the list does for this ancestor. */
static enum csp_match judge_list(struct csp_span list, const struct csp_origin *ancestor, const struct csp_origin *page, bool redirected,
                                 struct csp_span *ret_source) {
  enum csp_match best = CSP_MISS_INVALID;
  struct csp_span word;
  *ret_source = (struct csp_span){list.data, 0};
  while (best != CSP_MATCH && csp_next_word(&list, &word)) {
    struct csp_source source;
    csp_source_parse(word, &source);
    enum csp_match match = csp_source_match(&source, ancestor, page, redirected);
    if (match > best) {
      best = match;
      if (match > CSP_MISS_HOST) *ret_source = word;
    }
  }
  return best;
}

/* One policy's frame-ancestors against all ancestors. */
static struct frame_verdict judge_policy(const struct frame_case *frame, struct csp_span list, const struct csp_origin *page) {
  struct frame_verdict verdict = {.allowed = true, .reason = FRAME_LISTED, .ancestor = FRAME_NOWHERE, .list = list};
  for (size_t i = 0; i < frame->ancestor_count; i++) {
    struct csp_origin ancestor;
    enum frame_reason reason = FRAME_NO_ORIGIN;
    if (is_none(list))
      reason = FRAME_NONE;
    else if (csp_origin_parse(csp_span(frame->ancestors[i]), &ancestor))
      reason = reason_of_match[judge_list(list, &ancestor, page, frame->hop_count > 1, &verdict.source)];
    if (reason != FRAME_LISTED) {
      verdict.allowed = false;
      verdict.reason = reason;
      verdict.ancestor = i;
      break;
    }
  }
  return verdict;
}

static bool header_is(const struct http_header *header, const char *name) {
  return header->name && strcasecmp(header->name, name) == 0;
}

/* Every policy of every Content-Security-Policy header; the first that refuses decides. policy_count is 0 when none has frame-ancestors. */
static struct frame_verdict judge_policies(const struct frame_case *frame, const struct csp_origin *page) {
  const struct frame_hop *hop = &frame->hops[frame->hop_count - 1];
  struct frame_verdict decided = {.allowed = true, .ancestor = FRAME_NOWHERE};
  size_t policies = 0, refusing = 0;
  for (size_t h = 0; h < hop->header_count; h++) {
    if (!header_is(&hop->headers[h], "content-security-policy")) continue;
    struct csp_span rest = csp_span(hop->headers[h].value), policy, list;
    while (csp_next_item(&rest, &policy)) {
      if (!csp_find_directive(policy, "frame-ancestors", &list)) continue;
      struct frame_verdict verdict = judge_policy(frame, list, page);
      refusing += !verdict.allowed;
      if (policies++ == 0 || (decided.allowed && !verdict.allowed)) {
        decided = verdict;
        decided.header = h;
        decided.text = policy;
        decided.is_first = policies == 1;
      }
    }
  }
  decided.policy_count = policies;
  decided.refusing_count = refusing;
  return decided;
}

/* --- X-Frame-Options ---------------------------------------------------------------------------------------------------------------- */

enum xfo { XFO_ABSENT, XFO_INVALID, XFO_DENY, XFO_SAMEORIGIN, XFO_ALLOWALL, XFO_CONFLICT };

static enum xfo xfo_parse(struct csp_span value) {
  if (csp_equal(value, "deny")) return XFO_DENY;
  if (csp_equal(value, "sameorigin")) return XFO_SAMEORIGIN;
  return csp_equal(value, "allowall") ? XFO_ALLOWALL : XFO_INVALID;
}

/* All values of all headers (HTML 7.7.1): equal ones count once; if they differ, and one of them is known, nothing may frame. */
static enum xfo read_xfo(const struct frame_hop *hop, struct frame_verdict *verdict) {
  enum xfo all = XFO_ABSENT;
  for (size_t h = 0; h < hop->header_count; h++) {
    if (!header_is(&hop->headers[h], "x-frame-options")) continue;
    struct csp_span rest = csp_span(hop->headers[h].value), value;
    while (csp_next_quoted_item(&rest, &value)) {
      enum xfo one = xfo_parse(value);
      if (all != XFO_ABSENT && all != one)
        all = XFO_CONFLICT;
      else
        all = one;
      verdict->header = h;
      verdict->text = csp_trim(csp_span(hop->headers[h].value));
      if (all == XFO_CONFLICT) return all;
    }
  }
  return all;
}

static const struct {
  bool allowed;
  enum frame_reason reason;
} xfo_verdicts[] = {
    [XFO_ABSENT] = {true, FRAME_UNRESTRICTED}, [XFO_INVALID] = {true, FRAME_XFO_IGNORED},   [XFO_DENY] = {false, FRAME_XFO_DENY},
    [XFO_SAMEORIGIN] = {true, FRAME_XFO_SAME}, [XFO_ALLOWALL] = {true, FRAME_XFO_ALLOWALL}, [XFO_CONFLICT] = {false, FRAME_XFO_CONFLICT},
};

static struct frame_verdict judge_xfo(const struct frame_case *frame, const struct csp_origin *page) {
  struct frame_verdict verdict = {.ancestor = FRAME_NOWHERE, .header = FRAME_NOWHERE};
  enum xfo xfo = read_xfo(&frame->hops[frame->hop_count - 1], &verdict);
  verdict.allowed = xfo_verdicts[xfo].allowed;
  verdict.reason = xfo_verdicts[xfo].reason;
  if (!verdict.allowed) verdict.ancestor = 0;
  for (size_t i = 0; xfo == XFO_SAMEORIGIN && verdict.allowed && i < frame->ancestor_count; i++) {
    struct csp_origin ancestor;
    if (!csp_origin_parse(csp_span(frame->ancestors[i]), &ancestor) || !csp_origin_equal(&ancestor, page)) {
      verdict.allowed = false;
      verdict.reason = FRAME_XFO_SAMEORIGIN;
      verdict.ancestor = i;
    }
  }
  return verdict;
}

/* --- mixed content --------------------------------------------------------------------------------------------------------------- */

static bool is_plain(const char *url) {
  struct csp_origin origin;
  return csp_origin_parse(csp_span(url), &origin) && !origin.secure && !csp_origin_is_local(&origin);
}

/* The nearest ancestor that is itself plain http below an https one, so that the browser does not even show it; or FRAME_NOWHERE. */
static size_t find_mixed_ancestor(const struct frame_case *frame) {
  bool secure = false;
  size_t found = FRAME_NOWHERE;
  for (size_t i = frame->ancestor_count; i-- > 0;) {
    struct csp_origin ancestor;
    if (secure && is_plain(frame->ancestors[i])) found = i;
    secure = secure || (csp_origin_parse(csp_span(frame->ancestors[i]), &ancestor) && ancestor.secure);
  }
  return found;
}

/* The first hop that an https ancestor must not load, or hop_count. */
static size_t find_mixed_hop(const struct frame_case *frame, size_t *ret_ancestor) {
  for (size_t i = 0; i < frame->ancestor_count; i++) {
    struct csp_origin ancestor;
    if (!csp_origin_parse(csp_span(frame->ancestors[i]), &ancestor) || !ancestor.secure) continue;
    for (size_t h = 0; h < frame->hop_count; h++) {
      if (is_plain(frame->hops[h].url)) {
        *ret_ancestor = i;
        return h;
      }
    }
  }
  return frame->hop_count;
}

struct frame_verdict frame_judge(const struct frame_case *frame) {
  assert(frame->hop_count > 0);
  size_t last = frame->hop_count - 1, ancestor = FRAME_NOWHERE;
  struct csp_origin page;
  if (frame->ancestor_count == 0)
    return (struct frame_verdict){
        .allowed = true, .reason = FRAME_UNRESTRICTED, .hop = last, .ancestor = FRAME_NOWHERE, .header = FRAME_NOWHERE};
  if (!csp_origin_parse(csp_span(frame->hops[last].url), &page))
    return (struct frame_verdict){.reason = FRAME_NO_ORIGIN, .hop = last, .ancestor = FRAME_NOWHERE, .header = FRAME_NOWHERE};
  size_t mixed = find_mixed_hop(frame, &ancestor);
  if (mixed < frame->hop_count)
    return (struct frame_verdict){.reason = FRAME_MIXED_CONTENT, .hop = mixed, .ancestor = ancestor, .header = FRAME_NOWHERE};
  ancestor = find_mixed_ancestor(frame);
  if (ancestor != FRAME_NOWHERE)
    return (struct frame_verdict){.reason = FRAME_MIXED_ANCESTOR, .hop = last, .ancestor = ancestor, .header = FRAME_NOWHERE};
  struct frame_verdict verdict = judge_policies(frame, &page);
  if (verdict.policy_count == 0) verdict = judge_xfo(frame, &page);
  verdict.hop = last;
  return verdict;
}
