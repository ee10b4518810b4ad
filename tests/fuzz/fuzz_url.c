/* Fuzzes URLs: their parts, origins, references against a base. The first line of input is the base, the second the reference. What two
 * readers of a URL make of it must agree: the one that connects, and the one that judges as a browser. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "checks/browser/csp.h"
#include "checks/browser/site.h"
#include "monitor/base/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name that no reader rewrites: letters, digits, hyphens and dots, and its last label no number (12, 0x1f). */
static bool is_plain_host(struct csp_span host) {
  for (size_t i = 0; i < host.length; i++) {
    char c = host.data[i];
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-' && c != '.') return false;
  }
  size_t label = host.length;
  while (label > 0 && host.data[label - 1] != '.') label--;
  if (label == host.length || strncasecmp(host.data + label, "0x", 2) == 0) return false;
  char last = host.data[host.length - 1];
  return (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
}

static void check_origin(const char *url) {
  auto_free char *origin = http_origin(url), *site = site_of_url(url);
  if (!origin) {
    assert(!site);
    return;
  }
  auto_free char *again = http_origin(origin);
  assert(again && strcmp(origin, again) == 0);
  struct csp_origin judged, own;
  if (!csp_origin_parse(csp_span(url), &judged) || !csp_origin_parse(csp_span(origin), &own)) return;
  assert(own.secure == judged.secure);
  if (is_plain_host(judged.host)) assert(csp_origin_equal(&judged, &own));
}

static void check_parts(const char *url) {
  struct http_url parts;
  if (http_url_parse(url, false, &parts) < 0) return;
  assert(strcmp(parts.scheme, "http") == 0 || strcmp(parts.scheme, "https") == 0);
  assert(*parts.host && parts.path[0] == '/' && parts.port >= 1 && parts.port <= 65535);
  http_url_free(&parts);
}

static void check_reference(const char *base, const char *reference) {
  auto_free char *resolved = http_resolve(base, reference);
  if (!resolved) return;
  assert(*resolved);
  auto_free char *origin = http_origin(resolved);
  if (!origin) return;
  check_origin(resolved);
  check_parts(resolved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto_free char *text = xstrndup((const char *)data, size);
  char *rest = text, *base = strsep(&rest, "\n"), *reference = rest ? strsep(&rest, "\n") : text + strlen(text);
  check_parts(base);
  check_origin(base);
  check_origin(reference);
  check_reference(base, reference);
  struct http_url any;
  if (http_url_parse(base, true, &any) == 0) http_url_free(&any);
  return 0;
}
