/* URLs, by libcurl's own parser: parts, origins, references; see http.h. */
#include <arpa/inet.h>
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
  if (!*host) return false;
  for (; *host; host++) {
    if ((unsigned char)*host <= ' ' || *host == 0x7f || strchr("#%/:<>?@[\\]^|", *host)) return false;
  }
  return true;
}

/* Is the last label a number? Then it is an IPv4 address to a browser, or no host at all. */
static bool ends_in_number(const char *host) {
  const char *label = strrchr(host, '.');
  label = label ? label + 1 : host;
  if (label[0] == '0' && label[1] == 'x') return label[2 + strspn(label + 2, "0123456789abcdef")] == '\0';
  return *label && label[strspn(label, "0123456789")] == '\0';
}

enum host_state { HOST_NONE, HOST_SETTLED, HOST_CHANGED };

/* Brings a host into a browser's form. HOST_CHANGED: libcurl has to read it once more, since it looks for an IPv4 address ("127.1",
 * "0x7f.1") before it decodes. */
static enum host_state settle_host(char **host, bool decoded) {
  if (**host == '[') return HOST_SETTLED;
  bool changed = decoded;
  if (!is_ascii(*host)) {
    char *ascii = make_ascii(*host);
    if (!ascii) return HOST_NONE;
    free(*host);
    *host = ascii;
    changed = true;
  }
  if (changed && !is_domain(*host)) return HOST_NONE;
  char *last = *host + strlen(*host) - 1;
  if (*last == '.') { /* which an address loses, and a name keeps */
    *last = '\0';
    if (ends_in_number(*host))
      changed = true;
    else
      *last = '.';
  }
  struct in_addr address;
  if (changed) return HOST_CHANGED;
  return ends_in_number(*host) && inet_pton(AF_INET, *host, &address) != 1 ? HOST_NONE : HOST_SETTLED;
}

char *http_origin(const char *url) {
  struct http_url parts;
  auto_free char *turned = url ? turn_slashes(url) : NULL;
  if (http_url_parse(turned, false, &parts) < 0) return NULL;
  enum host_state state = settle_host(&parts.host, strchr(turned, '%') != NULL);
  long standard = text_equal(parts.scheme, "https") ? 443 : 80;
  char *origin = NULL;
  if (state != HOST_NONE && parts.port == standard) origin = text_format("%s://%s", parts.scheme, parts.host);
  if (state != HOST_NONE && parts.port != standard) origin = text_format("%s://%s:%ld", parts.scheme, parts.host, parts.port);
  http_url_free(&parts);
  if (state != HOST_CHANGED) return origin;
  auto_free char *settled = origin;
  return http_origin(settled);
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
