/* Gives libcurl the addresses of a URL's host: its own resolver starts a thread for each lookup, as many as there are, and for probes and
 * pages alike; see http_transfer.h. */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/http_transfer.h"
#include "monitor/base/lang.h"
#include "monitor/base/resolve.h"

/* Host and port of a URL by its punctuation alone: this stands in the way of every request. NULL where libcurl has no name to look up. A
 * new string. */
static char *name_of(const char *url, long *ret_port) {
  const char *mark = strstr(url, "://");
  if (!mark) return NULL;
  const char *start = mark + 3, *end = start + strcspn(start, "/?#\\");
  for (const char *c = start; c < end; c++) {
    if (*c == '@') start = c + 1;
  }
  if (*start == '[') return NULL;
  const char *colon = memchr(start, ':', (size_t)(end - start));
  auto_free char *host = xstrndup(start, (size_t)((colon ? colon : end) - start)),
                 *port = colon ? xstrndup(colon + 1, (size_t)(end - colon - 1)) : NULL;
  *ret_port = strncasecmp(url, "https:", 6) == 0 ? 443 : 80;
  if (port && *port && text_to_long(port, 1, 65535, ret_port) < 0) return NULL;
  for (const char *c = host; *c; c++) {
    if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '%') return NULL;
  }
  bool local = text_equal_nocase(host, "localhost") || (strlen(host) > 10 && text_equal_nocase(host + strlen(host) - 10, ".localhost"));
  if (!*host || local || resolve_is_literal(host)) return NULL;
  char *name = host;
  host = NULL;
  return name;
}

static struct curl_slist *line_make(const char *host, long port, char *const *addresses) {
  auto_text struct text line = {0};
  text_printf(&line, "+%s:%ld:", host, port); /* +: libcurl may forget it again */
  size_t count = 0;
  for (; *addresses; addresses++) {
    if (strchr(*addresses, '%')) continue; /* libcurl reads no zone here */
    const bool is_six = strchr(*addresses, ':');
    text_printf(&line, "%s%s%s%s", count++ ? "," : "", is_six ? "[" : "", *addresses, is_six ? "]" : "");
  }
  return count ? curl_slist_append(NULL, text_get(&line)) : NULL;
}

static int name_fail(const struct http_request *request, struct http_response *response, int error, const struct resolve_answer *answer) {
  response->times.total = answer->seconds;
  switch (error) {
    case -ENOENT:
      return response_fail(response, request, error, "resolve", translated("the name does not resolve"));
    case -ETIMEDOUT:
      return response_fail(response, request, error, "resolve", translated("timed out"));
    case -ECANCELED:
      return response_fail(response, request, error, "resolve", translated("cancelled"));
    case -EAGAIN:
      return response_fail(response, request, error, "ejmon", translated("its name was not looked up in time: other names hang"));
    default: {
      auto_free char *sentence = text_format(translated("ejmon has no socket left: %s"), lang_error(-error));
      return response_fail(response, request, error, "ejmon", sentence);
    }
  }
}

int http_addresses(const struct http_request *request, struct http_response *response, struct curl_slist **ret_line, double *ret_seconds) {
  long port;
  auto_free char *host = request->unix_socket || !request->url ? NULL : name_of(request->url, &port);
  if (!host) return 0;
  struct resolve_answer answer;
  const enum resolve_purpose purpose = request->lane == HTTP_FOR_TELLING ? RESOLVE_FOR_TELLING : RESOLVE_FOR_PROBES;
  int r = resolve(purpose, host, false, request->timeout, &answer);
  if (r < 0) return name_fail(request, response, r, &answer);
  *ret_line = line_make(host, port, answer.addresses);
  *ret_seconds = answer.seconds;
  strings_free(answer.addresses);
  return 0;
}
