/* Fuzzes the reading of Content-Security-Policy and X-Frame-Options: one line of input is one header, the first line names page and
 * ancestors. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/browser/frame_ancestors.h"
#include "monitor/base/text.h"

#define HEADER_LIMIT 8
#define ANCESTOR_LIMIT 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct csp_span span, const char *string) {
  return span.length == 0 || (span.data >= string && span.data + span.length <= string + strlen(string));
}

static bool same_span(struct csp_span a, struct csp_span b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* What stands behind a span must not matter: the same text is read at the end of its allocation, where the sanitizer sees every byte too
 * far, and with a tail that would change its meaning. */
static void read_twice(const char *value, size_t length) {
  char *exact = xcalloc(length + 1, 1), *tailed = xcalloc(length + 8, 1);
  memcpy(exact, value, length);
  exact = xrealloc(exact, length ? length : 1);
  memcpy(tailed, value, length);
  memcpy(tailed + length, ":*/, 'x", 7);
  struct csp_span one = {exact, length}, two = {tailed, length}, first, second;
  struct csp_source a, b;
  assert(csp_find_directive(one, "frame-ancestors", &first) == csp_find_directive(two, "frame-ancestors", &second));
  assert(csp_has_other_directive(one, "frame-ancestors") == csp_has_other_directive(two, "frame-ancestors"));
  assert(csp_source_parse(one, &a) == csp_source_parse(two, &b));
  assert(a.port == b.port && a.wildcard == b.wildcard && same_span(a.host, b.host) && same_span(a.scheme, b.scheme) &&
         same_span(a.path, b.path));
  struct csp_origin origin;
  bool parsed = csp_origin_parse(one, &origin);
  assert(parsed == csp_origin_parse(two, &origin));
  while (csp_next_quoted_item(&one, &first)) {
    assert(csp_next_quoted_item(&two, &second) && same_span(first, second));
  }
  free(exact);
  free(tailed);
}

static void check_verdict(const struct frame_case *frame) {
  const struct frame_hop *hop = &frame->hops[0];
  struct frame_verdict verdict = frame_judge(frame);
  assert(verdict.reason < FRAME_REASON_COUNT && verdict.refusing_count <= verdict.policy_count);
  assert(verdict.policy_count == 0 || verdict.allowed == (verdict.refusing_count == 0));
  assert(verdict.header == FRAME_NOWHERE || verdict.header < hop->header_count);
  if (verdict.header != FRAME_NOWHERE) {
    const char *value = hop->headers[verdict.header].value;
    assert(is_within(verdict.text, value) && is_within(verdict.list, value) && is_within(verdict.source, value));
  }
  /* One more policy can only take away. */
  struct http_header more[HEADER_LIMIT + 1];
  char name[] = "Content-Security-Policy", none[] = "frame-ancestors 'none'";
  memcpy(more, hop->headers, hop->header_count * sizeof *more);
  more[hop->header_count] = (struct http_header){name, none};
  struct frame_hop stricter = {hop->url, more, hop->header_count + 1};
  struct frame_case strict = {.hops = &stricter, .hop_count = 1, .ancestors = frame->ancestors, .ancestor_count = frame->ancestor_count};
  assert(frame->ancestor_count == 0 || !frame_judge(&strict).allowed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = xstrndup((const char *)data, size), *rest = text, *line = strsep(&rest, "\n");
  const char *ancestors[ANCESTOR_LIMIT], *page = strsep(&line, " ");
  struct http_header headers[HEADER_LIMIT];
  struct frame_hop hop = {page, headers, 0};
  struct frame_case frame = {.hops = &hop, .hop_count = 1, .ancestors = ancestors};
  while (line && frame.ancestor_count < ANCESTOR_LIMIT) ancestors[frame.ancestor_count++] = strsep(&line, " ");
  char policy[] = "Content-Security-Policy", options[] = "X-Frame-Options";
  while (rest && hop.header_count < HEADER_LIMIT) {
    char *value = strsep(&rest, "\n");
    bool is_options = value[0] == '!';
    headers[hop.header_count++] = (struct http_header){is_options ? options : policy, value + is_options};
    read_twice(value, strlen(value));
  }
  check_verdict(&frame);
  free(text);
  return 0;
}
