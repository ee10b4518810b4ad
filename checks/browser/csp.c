/* Content-Security-Policy as browsers read it: splitting, source expressions and their matching. No I/O, no allocation. */
#include "checks/browser/csp.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct csp_span csp_span(const char *string) {
  return (struct csp_span){string ? string : "", string ? strlen(string) : 0};
}

static struct csp_span skip(struct csp_span span, size_t count) {
  return (struct csp_span){span.data + count, span.length - count};
}

static struct csp_span take(struct csp_span span, size_t count) {
  return (struct csp_span){span.data, count};
}

static bool is_empty(struct csp_span span) {
  return span.length == 0;
}

struct csp_span csp_trim(struct csp_span span) {
  while (span.length > 0 && is_space(span.data[0])) span = skip(span, 1);
  while (span.length > 0 && is_space(span.data[span.length - 1])) span.length--;
  return span;
}

static bool span_equal(struct csp_span a, struct csp_span b) {
  return a.length == b.length && (a.length == 0 || strncasecmp(a.data, b.data, a.length) == 0);
}

bool csp_equal(struct csp_span span, const char *string) {
  return span_equal(span, csp_span(string));
}

/* Position of the first of the characters, or the length. */
static size_t find_any(struct csp_span span, const char *characters) {
  size_t at = 0;
  while (at < span.length && (span.data[at] == '\0' || !strchr(characters, span.data[at]))) at++;
  return at;
}

/* Cuts *rest at the separator: gives what stands before it. An exhausted rest has a NULL data, so that "a," still has an empty second item.
 */
static bool next_part(struct csp_span *rest, const char *separator, struct csp_span *ret_part) {
  if (!rest->data) return false;
  size_t at = find_any(*rest, separator);
  *ret_part = csp_trim(take(*rest, at));
  *rest = at < rest->length ? skip(*rest, at + 1) : (struct csp_span){NULL, 0};
  return true;
}

bool csp_next_item(struct csp_span *rest, struct csp_span *ret_item) {
  return next_part(rest, ",", ret_item);
}

bool csp_next_quoted_item(struct csp_span *rest, struct csp_span *ret_item) {
  if (!rest->data) return false;
  bool quoted = false;
  size_t at = 0;
  for (; at < rest->length && (quoted || rest->data[at] != ','); at++) {
    if (quoted && rest->data[at] == '\\' && at + 1 < rest->length)
      at++;
    else if (rest->data[at] == '"')
      quoted = !quoted;
  }
  *ret_item = csp_trim(take(*rest, at));
  *rest = at < rest->length ? skip(*rest, at + 1) : (struct csp_span){NULL, 0};
  return true;
}

bool csp_next_word(struct csp_span *rest, struct csp_span *ret_word) {
  *rest = csp_trim(*rest);
  if (is_empty(*rest)) return false;
  size_t at = find_any(*rest, " \t\n\f\r");
  *ret_word = take(*rest, at);
  *rest = skip(*rest, at);
  return true;
}

/* Cuts a directive into name and value; false for an empty one. */
static bool split_directive(struct csp_span directive, struct csp_span *ret_name, struct csp_span *ret_value) {
  struct csp_span rest = directive;
  if (!csp_next_word(&rest, ret_name)) return false;
  *ret_value = csp_trim(rest);
  return true;
}

/* Chromium drops a directive with a byte that is neither printable ASCII nor white space, yet a later one of its name does not count
 * either: one letter with an accent leaves a policy without frame-ancestors. */
static bool is_readable(struct csp_span value) {
  for (size_t i = 0; i < value.length; i++) {
    if ((value.data[i] < 0x21 || value.data[i] > 0x7e) && !is_space(value.data[i])) return false;
  }
  return true;
}

bool csp_find_directive(struct csp_span policy, const char *name, struct csp_span *ret_value) {
  struct csp_span directive, found, value;
  while (next_part(&policy, ";", &directive)) {
    if (split_directive(directive, &found, &value) && csp_equal(found, name)) {
      if (!is_readable(value)) return false;
      *ret_value = value;
      return true;
    }
  }
  return false;
}

bool csp_has_other_directive(struct csp_span policy, const char *name) {
  struct csp_span directive, found, value;
  while (next_part(&policy, ";", &directive)) {
    if (split_directive(directive, &found, &value) && !csp_equal(found, name)) return true;
  }
  return false;
}

/* --- origins --------------------------------------------------------------------------------------------------------------------- */

static long default_port(struct csp_span scheme) {
  return csp_equal(scheme, "https") ? 443 : csp_equal(scheme, "http") ? 80 : -1;
}

/* All digits, at most 65535; else -1. */
static long parse_port(struct csp_span span) {
  long port = 0;
  for (size_t i = 0; i < span.length; i++) {
    if (!is_digit(span.data[i])) return -1;
    port = port * 10 + (span.data[i] - '0');
    if (port > 65535) return -1;
  }
  return span.length > 0 ? port : -1;
}

bool csp_origin_parse(struct csp_span url, struct csp_origin *ret_origin) {
  url = csp_trim(url);
  size_t colon = find_any(url, ":");
  struct csp_origin origin = {.scheme = take(url, colon)};
  origin.port = default_port(origin.scheme);
  if (origin.port < 0 || url.length < colon + 3 || url.data[colon + 1] != '/' || url.data[colon + 2] != '/') return false;
  origin.secure = origin.port == 443;
  struct csp_span authority = skip(url, colon + 3);
  authority = take(authority, find_any(authority, "/?#\\"));
  size_t at = find_any(authority, "@");
  if (at < authority.length) authority = skip(authority, at + 1);
  size_t end = find_any(authority, !is_empty(authority) && authority.data[0] == '[' ? "]" : ":");
  if (end < authority.length && authority.data[end] == ']') end++;
  origin.host = take(authority, end);
  struct csp_span rest = skip(authority, end);
  if (rest.length > 1 && rest.data[0] == ':') {
    origin.port = parse_port(skip(rest, 1));
    if (origin.port < 0) return false;
  } else if (!is_empty(rest) && !csp_equal(rest, ":")) {
    return false;
  }
  if (is_empty(origin.host) || find_any(origin.host, " \t\r\n\f\"'<>,;") < origin.host.length) return false;
  *ret_origin = origin;
  return true;
}

bool csp_origin_equal(const struct csp_origin *a, const struct csp_origin *b) {
  return a->secure == b->secure && a->port == b->port && span_equal(a->host, b->host);
}

static bool ends_with(struct csp_span span, struct csp_span end) {
  return span.length >= end.length && span_equal(skip(span, span.length - end.length), end);
}

bool csp_origin_is_local(const struct csp_origin *origin) {
  struct csp_span host = origin->host;
  if (host.length > 1 && host.data[host.length - 1] == '.') host.length--;
  if (csp_equal(host, "localhost") || csp_equal(host, "[::1]") || ends_with(host, csp_span(".localhost"))) return true;
  if (host.length < 7 || strncmp(host.data, "127.", 4) != 0) return false;
  size_t dots = 0;
  for (size_t i = 0; i < host.length; i++) {
    if (!is_digit(host.data[i]) && host.data[i] != '.') return false;
    dots += host.data[i] == '.';
  }
  return dots == 3;
}

/* --- source expressions ---------------------------------------------------------------------------------------------------------- */

static bool is_scheme(struct csp_span span) {
  for (size_t i = 0; i < span.length; i++) {
    char c = span.data[i];
    if (!is_alpha(c) && (i == 0 || (!is_digit(c) && c != '+' && c != '-' && c != '.'))) return false;
  }
  return span.length > 0;
}

/* host-part = "*" / [ "*." ] 1*host-char *( "." 1*host-char ) [ "." ] (CSP3 2.3.1); so a name with '_' cannot be listed. */
static bool parse_host(struct csp_span span, struct csp_source *source) {
  if (!is_empty(span) && span.data[0] == '*') {
    source->wildcard = true;
    if (span.length == 1) {
      source->host = skip(span, 1);
      return true;
    }
    if (span.data[1] != '.') return false;
    span = skip(span, 2);
  }
  source->host = span;
  char before = '.';
  for (size_t i = 0; i < span.length; i++) {
    char c = span.data[i];
    if (c == '.' ? before == '.' : !is_alpha(c) && !is_digit(c) && c != '-') return false;
    before = c;
  }
  return span.length > 1 || before != '.';
}

/* [scheme://]host[:port][path], or "scheme:". */
static enum csp_kind parse_host_source(struct csp_span rest, struct csp_source *source) {
  size_t at = find_any(rest, ":/");
  if (at < rest.length && rest.data[at] == ':') {
    struct csp_span scheme = take(rest, at), after = skip(rest, at + 1);
    if (is_empty(after) && is_scheme(scheme)) { /* so "chat.org:" is a scheme, not a host */
      source->scheme = scheme;
      return CSP_SCHEME;
    }
    if (after.length > 0 && after.data[0] == '/') {
      if (after.length < 2 || after.data[1] != '/' || !is_scheme(scheme)) return CSP_INVALID;
      source->scheme = scheme;
      rest = skip(after, 2);
      at = find_any(rest, ":/");
    }
  }
  if (!parse_host(take(rest, at), source)) return CSP_INVALID;
  rest = skip(rest, at);
  if (!is_empty(rest) && rest.data[0] == ':') {
    rest = skip(rest, 1);
    at = find_any(rest, "/");
    struct csp_span port = take(rest, at);
    source->port = csp_equal(port, "*") ? CSP_PORT_ANY : parse_port(port);
    if (source->port == -1) return CSP_INVALID;
    rest = skip(rest, at);
  }
  source->path = rest;
  return CSP_HOST;
}

enum csp_kind csp_source_parse(struct csp_span word, struct csp_source *ret_source) {
  *ret_source = (struct csp_source){.text = word, .kind = CSP_INVALID, .port = CSP_PORT_DEFAULT};
  if (csp_equal(word, "'self'"))
    ret_source->kind = CSP_SELF;
  else if (csp_equal(word, "*"))
    ret_source->kind = CSP_STAR;
  else
    ret_source->kind = parse_host_source(word, ret_source);
  return ret_source->kind;
}

/* --- matching -------------------------------------------------------------------------------------------------------------------- */

enum fit { FIT_NO, FIT_EXACT, FIT_UPGRADE, FIT_ANY };

static enum fit fit_scheme(struct csp_span scheme, const struct csp_origin *ancestor) {
  if (span_equal(scheme, ancestor->scheme)) return FIT_EXACT;
  return csp_equal(scheme, "http") && ancestor->secure ? FIT_UPGRADE : FIT_NO;
}

static enum fit fit_port(long port, const struct csp_origin *ancestor) {
  if (port == CSP_PORT_ANY) return FIT_ANY;
  if (port == CSP_PORT_DEFAULT) return ancestor->port == default_port(ancestor->scheme) ? FIT_ANY : FIT_NO;
  if (port == ancestor->port) return FIT_EXACT;
  return port == 80 && ancestor->port == 443 ? FIT_UPGRADE : FIT_NO;
}

static bool fits_host(const struct csp_source *source, const struct csp_origin *ancestor) {
  struct csp_span host = ancestor->host;
  if (!source->wildcard) return span_equal(source->host, host);
  if (is_empty(source->host)) return true;
  return host.length > source->host.length && ends_with(host, source->host) && host.data[host.length - source->host.length - 1] == '.';
}

/* Chromium cuts query and fragment off, decodes the rest and compares with "/", an origin's path. */
static bool fits_path(struct csp_span path) {
  size_t end = find_any(path, "?#");
  return is_empty(path) || csp_equal(take(path, end), "/");
}

static enum csp_match match_host(const struct csp_source *source, const struct csp_origin *ancestor, const struct csp_origin *page,
                                 bool redirected) {
  if (!fits_host(source, ancestor)) return CSP_MISS_HOST;
  enum fit scheme = fit_scheme(is_empty(source->scheme) ? page->scheme : source->scheme, ancestor);
  enum fit port = fit_port(source->port, ancestor);
  if (scheme == FIT_NO) return CSP_MISS_SCHEME;
  if (port == FIT_NO) return CSP_MISS_PORT;
  /* Chromium lets a scheme rise to https only together with its port (80 to 443, or a port left open), and the other way round; CSP3
   * would also match http://h:3000 with https://h:3000. */
  if (scheme == FIT_UPGRADE && port == FIT_EXACT) return CSP_MISS_SCHEME;
  if (port == FIT_UPGRADE && scheme != FIT_UPGRADE) return CSP_MISS_PORT;
  return redirected || fits_path(source->path) ? CSP_MATCH : CSP_MISS_PATH;
}

enum csp_match csp_source_match(const struct csp_source *source, const struct csp_origin *ancestor, const struct csp_origin *page,
                                bool redirected) {
  switch (source->kind) {
    case CSP_STAR:
      return CSP_MATCH; /* an origin here is http or https */
    case CSP_SCHEME:
      return fit_scheme(source->scheme, ancestor) == FIT_NO ? CSP_MISS_HOST : CSP_MATCH;
    case CSP_SELF: {
      struct csp_source self = {.kind = CSP_HOST, .scheme = page->scheme, .host = page->host, .port = page->port};
      return match_host(&self, ancestor, page, redirected);
    }
    case CSP_HOST:
      return match_host(source, ancestor, page, redirected);
    case CSP_INVALID:
      break;
  }
  return CSP_MISS_INVALID;
}
