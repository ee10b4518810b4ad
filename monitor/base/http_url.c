/* URLs, by libcurl's own parser: parts, origins, references; see http.h. */
#include <curl/curl.h>
#include <errno.h>
#include <idn2.h>
#include <stdlib.h>

#include "monitor/base/http.h"

static char *part_get(CURLU *handle, CURLUPart part, unsigned flags) {
  char *value = NULL;
  if (curl_url_get(handle, part, &value, flags) != CURLUE_OK) return NULL;
  char *copy = xstrdup(value);
  curl_free(value);
  return copy;
}

static void lower(char *string) {
  for (char *p = string; p && *p; p++) {
    if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
  }
}

int http_url_parse(const char *url, bool any_scheme, struct http_url *ret_url) {
  CURLU *handle = curl_url();
  struct http_url parsed = {0};
  auto_free char *port = NULL, *path = NULL, *query = NULL;
  int r = -EINVAL;
  unsigned flags = any_scheme ? CURLU_NON_SUPPORT_SCHEME | CURLU_NO_AUTHORITY : 0;
  if (!url || curl_url_set(handle, CURLUPART_URL, url, flags) != CURLUE_OK) goto out;
  parsed.scheme = part_get(handle, CURLUPART_SCHEME, 0);
  lower(parsed.scheme);
  if (!any_scheme && !text_equal(parsed.scheme, "http") && !text_equal(parsed.scheme, "https")) goto out;
  parsed.user = part_get(handle, CURLUPART_USER, CURLU_URLDECODE);
  parsed.password = part_get(handle, CURLUPART_PASSWORD, CURLU_URLDECODE);
  parsed.host = part_get(handle, CURLUPART_HOST, 0);
  lower(parsed.host);
  if (!any_scheme && (!parsed.host || !*parsed.host)) goto out;
  port = part_get(handle, CURLUPART_PORT, any_scheme ? 0 : CURLU_DEFAULT_PORT);
  if (port && text_to_long(port, 1, 65535, &parsed.port) < 0) goto out;
  path = part_get(handle, CURLUPART_PATH, 0);
  query = part_get(handle, CURLUPART_QUERY, 0);
  parsed.path = query ? text_format("%s?%s", path ? path : "/", query) : xstrdup(path ? path : "/");
  *ret_url = parsed;
  parsed = (struct http_url){0};
  r = 0;
out:
  http_url_free(&parsed);
  curl_url_cleanup(handle);
  return r;
}

void http_url_free(struct http_url *url) {
  free(url->scheme);
  free(url->user);
  free(url->password);
  free(url->host);
  free(url->path);
  *url = (struct http_url){0};
}

/* A browser's name for an international host: "xn--..." in ASCII (UTS 46). NULL when it cannot be written so. libcurl can do it too, but
 * goes by the locale, and 7.88 leaks a string where it fails. */
static char *make_ascii(const char *host) {
  char *ascii = NULL;
  if (idn2_to_ascii_8z(host, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK) return NULL;
  char *copy = xstrdup(ascii);
  idn2_free(ascii);
  lower(copy);
  return copy;
}

static bool is_ascii(const char *string) {
  while (*string && (unsigned char)*string < 0x80) string++; /* char has no sign on some machines */
  return *string == '\0';
}

/* Browsers read a backslash before the query as a slash, so that "https://a.test\\@b.test/" is of a.test; libcurl would take it for a part
 * of the user's name. */
static char *turn_slashes(const char *url) {
  char *turned = xstrdup(url);
  for (char *c = turned; *c && *c != '?' && *c != '#'; c++) {
    if (*c == '\\') *c = '/';
  }
  return turned;
}

/* May this be a name, decoded and in ASCII? The URL standard's forbidden domain code points end it elsewhere, or nowhere. */
static bool is_domain(const char *host) {
  for (; *host; host++) {
    if ((unsigned char)*host <= ' ' || *host == 0x7f || strchr("#%/:<>?@[\\]^|", *host)) return false;
  }
  return true;
}

char *http_origin(const char *url) {
  struct http_url parts;
  auto_free char *turned = url ? turn_slashes(url) : NULL;
  if (http_url_parse(turned, false, &parts) < 0) return NULL;
  bool rewritten = *parts.host != '[' && (strchr(turned, '%') || !is_ascii(parts.host));
  if (!is_ascii(parts.host)) {
    char *ascii = make_ascii(parts.host);
    free(parts.host);
    parts.host = ascii;
  }
  char *origin = NULL;
  if (parts.host && (!rewritten || is_domain(parts.host))) {
    long standard = text_equal(parts.scheme, "https") ? 443 : 80;
    origin = parts.port == standard ? text_format("%s://%s", parts.scheme, parts.host)
                                    : text_format("%s://%s:%ld", parts.scheme, parts.host, parts.port);
  }
  http_url_free(&parts);
  if (!origin || !rewritten) return origin;
  auto_free char *first = origin; /* libcurl looks for a number, an IPv4 address, before it decodes: "%37" and a wide seven are one now */
  return http_origin(first);
}

char *http_resolve(const char *base, const char *reference) {
  CURLU *handle = curl_url();
  char *resolved = NULL;
  auto_free char *turned = turn_slashes(reference);
  if (curl_url_set(handle, CURLUPART_URL, base, 0) == CURLUE_OK && curl_url_set(handle, CURLUPART_URL, turned, 0) == CURLUE_OK) {
    resolved = part_get(handle, CURLUPART_URL, 0);
  }
  curl_url_cleanup(handle);
  return resolved;
}
