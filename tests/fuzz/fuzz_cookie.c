/* Fuzzes the reading of Set-Cookie, the judging of cookies, and sites. The first line of input is "SET-URL TOP ASKED-URL FROM", the rest is
 * the Set-Cookie value. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/browser/cookie.h"
#include "checks/browser/site.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW ((time_t)1700000000)

static bool same_span(struct csp_span a, struct csp_span b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

static bool same_cookie(const struct cookie *a, const struct cookie *b) {
  return same_span(a->name, b->name) && same_span(a->value, b->value) && same_span(a->domain, b->domain) && same_span(a->path, b->path) &&
         a->same_site == b->same_site && a->secure == b->secure && a->http_only == b->http_only && a->partitioned == b->partitioned &&
         a->lasting == b->lasting && (!a->lasting || a->expires == b->expires);
}

static void check_site(const char *url) {
  auto_free char *site = site_of_url(url);
  if (!site) {
    assert(!site_same(url, url));
    return;
  }
  auto_free char *again = site_of_url(site);
  assert(again && strcmp(site, again) == 0 && site_same(url, site) && site_same_domain(site, url));
}

static void check_cookie(const struct cookie *cookie, const struct cookie_place *set, const struct cookie_place *asked) {
  struct cookie_verdict store = cookie_judge_store(cookie, set, NOW), send = cookie_judge_send(cookie, set, asked, NOW);
  assert(store.reason < COOKIE_REASON_COUNT && send.reason < COOKIE_REASON_COUNT);
  assert(store.yes == (store.reason == COOKIE_FINE) && send.yes == (send.reason == COOKIE_FINE));
  bool is_lasting = !cookie->lasting || cookie->expires > NOW;
  if (store.yes) {
    assert(is_lasting && (cookie->same_site != COOKIE_SAME_SITE_NONE || cookie->secure));
    assert(!set->top || cookie->same_site == COOKIE_SAME_SITE_NONE || site_same(set->top, set->url));
    assert(cookie->domain.length > 0 || cookie_find_prefix(cookie->name) == COOKIE_PREFIX_NONE || cookie->secure);
  }
  if (send.yes) {
    assert(is_lasting && (store.reason == COOKIE_DOMAIN || site_same_domain(set->url, asked->url)));
    assert(!asked->top || cookie->same_site == COOKIE_SAME_SITE_NONE || site_same(asked->top, asked->url));
  }
  /* Stricter never sends more. */
  struct cookie strict = *cookie;
  strict.same_site = COOKIE_SAME_SITE_STRICT;
  assert(cookie_judge_send(cookie, set, asked, NOW).yes || !cookie_judge_send(&strict, set, asked, NOW).yes);
}

static void read_line(const char *line, size_t length, const struct cookie_place *set, const struct cookie_place *asked) {
  static const char more[] = "; X-Unrelated=1; Priority=High";
  char *exact = xcalloc(length ? length : 1, 1), *tailed = xcalloc(length + sizeof more, 1);
  if (length) memcpy(exact, line, length);
  if (length) memcpy(tailed, line, length);
  memcpy(tailed + length, more, sizeof more);
  struct cookie cookie, behind, longer;
  enum cookie_reason reason = cookie_parse((struct csp_span){exact, length}, NOW, &cookie);
  assert(cookie_parse((struct csp_span){tailed, length}, NOW, &behind) == reason); /* what stands behind it is not read */
  assert(same_cookie(&cookie, &behind));
  assert(cookie_parse((struct csp_span){tailed, length + sizeof more - 1}, NOW, &longer) ==
         reason); /* and unknown attributes change nothing */
  assert(reason <= COOKIE_HIDDEN && (reason != COOKIE_FINE || same_cookie(&cookie, &longer)));
  if (reason == COOKIE_FINE) {
    assert(cookie.name.length + cookie.value.length <= COOKIE_PAIR_LIMIT && cookie.path.length <= COOKIE_ATTRIBUTE_LIMIT);
    check_cookie(&cookie, set, asked);
  }
  free(exact);
  free(tailed);
}

/* An empty word or "-" is none. */
static char *next_word(char **rest) {
  char *word = strsep(rest, " ");
  return word && *word && strcmp(word, "-") != 0 ? word : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
  size_t length = end ? (size_t)(end - data) : size;
  char *text = xstrndup((const char *)data, length), *rest = text;
  struct cookie_place set = {0}, asked = {0};
  set.url = next_word(&rest);
  set.top = asked.top = next_word(&rest);
  asked.url = next_word(&rest);
  asked.from = next_word(&rest);
  asked.post = rest != NULL;
  if (asked.from) asked.top = NULL;
  set.url = set.url ? set.url : "";
  asked.url = asked.url ? asked.url : "";
  check_site(set.url);
  check_site(asked.url);
  if (end) read_line((const char *)end + 1, size - length - 1, &set, &asked);
  free(text);
  return 0;
}
