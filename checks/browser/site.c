/* Sites by the Public Suffix List that libpsl has built in. */
#include "checks/browser/site.h"

#include <libpsl.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/http.h"

bool site_is_address(struct csp_span host) {
  if (host.length > 0 && host.data[0] == '[') return true;
  size_t dots = 0, digits = 0;
  for (size_t i = 0; i < host.length; i++) {
    bool is_digit = host.data[i] >= '0' && host.data[i] <= '9';
    if (!is_digit && (host.data[i] != '.' || digits == 0)) return false;
    dots += !is_digit;
    digits = is_digit ? digits + 1 : 0;
  }
  return dots == 3 && digits > 0;
}

/* Lower case, in ASCII, as browsers keep it. */
static char *normalise(struct csp_span host) {
  char *name = xstrndup(host.data, host.length);
  bool is_ascii = true;
  for (char *c = name; *c; c++) {
    if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + ('a' - 'A'));
    is_ascii = is_ascii && (unsigned char)*c < 0x80;
  }
  if (is_ascii) return name;
  auto_free char *url = text_format("http://%s", name);
  auto_free char *origin = http_origin(url);
  if (!origin) return name;
  free(name);
  return xstrdup(origin + strlen("http://"));
}

/* The registrable domain of an origin's host ("chat.example.co.uk" gives "example.co.uk"), or the host itself where there is none. */
static char *find_site(struct csp_span host) {
  char *name = xstrndup(host.data, host.length);
  if (site_is_address(host)) return name;
  size_t length = host.length;
  bool has_dot = name[length - 1] == '.'; /* the name's absolute form is a name of its own to browsers, but has the same suffix */
  if (has_dot) name[length - 1] = '\0';
  const char *domain = psl_registrable_domain(psl_builtin(), name); /* points into name, NULL for a suffix */
  char *site = text_format("%s%s", domain ? domain : name, has_dot ? "." : "");
  free(name);
  return site;
}

bool site_is_public_suffix(struct csp_span host) {
  if (site_is_address(host)) return false;
  auto_free char *name = normalise(host);
  size_t length = strlen(name);
  if (length > 0 && name[length - 1] == '.') name[length - 1] = '\0';
  return psl_is_public_suffix(psl_builtin(), name) == 1;
}

char *site_of_url(const char *url) {
  auto_free char *serialised = url ? http_origin(url) : NULL;
  struct csp_origin origin;
  if (!serialised || !csp_origin_parse(csp_span(serialised), &origin)) return NULL;
  auto_free char *site = find_site(origin.host);
  return text_format("%s://%s", origin.secure ? "https" : "http", site);
}

bool site_same(const char *url, const char *other_url) {
  auto_free char *site = site_of_url(url), *other = site_of_url(other_url);
  return site && other && text_equal(site, other);
}

bool site_same_domain(const char *url, const char *other_url) {
  auto_free char *site = site_of_url(url), *other = site_of_url(other_url);
  return site && other && text_equal(strstr(site, "://"), strstr(other, "://"));
}
