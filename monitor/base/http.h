/* HTTP for tasks: libcurl's multi interface on the loop. One request, one response; redirects are never followed here: the
 * caller walks them hop by hop, because each hop's headers are evidence.
 *
 * Never trusts a size: bodies are cut at body_limit, headers at HTTP_HEADER_LIMIT. No proxy from the environment is used. */
#ifndef EJMON_HTTP_H
#define EJMON_HTTP_H

#include "monitor/base/text.h"

#define HTTP_BODY_LIMIT (2u << 20)    /* bytes of a body that are kept unless the request says otherwise */
#define HTTP_HEADER_LIMIT (64u << 10) /* bytes of all header lines of one response */
#define HTTP_IN_FLIGHT_LIMIT 512 /* probes' requests at once (reserve.h may allow fewer); more wait their turn (27 KB each in libcurl) */
#define HTTP_TELLING_LIMIT 32    /* and those of telling, beside them */

enum http_lane { HTTP_FOR_PROBES, HTTP_FOR_TELLING, HTTP_LANES }; /* what for: the requests of one wait for none of the other */

struct http_request {
  const char *url;            /* absolute, http or https */
  const char *method;         /* NULL: GET */
  const char *host;           /* a Host header other than the URL's, or NULL */
  const char *const *headers; /* NULL-terminated "Name: value", or NULL */
  const char *body;           /* sent with body_length bytes when not NULL */
  size_t body_length;
  const char *unix_socket; /* path of a unix socket to connect to instead of the URL's host, or NULL */
  const char *cacert;      /* PEM file of trusted authorities instead of the system's, or NULL */
  size_t body_limit;       /* 0: HTTP_BODY_LIMIT; SIZE_MAX is refused */
  double timeout;          /* seconds for this request, 0: only the task's deadline */
  bool fresh;              /* a new connection instead of a kept one */
  enum http_lane lane;
};

struct http_header {
  char *name;  /* as sent */
  char *value; /* trimmed of outer white space; may be ""; in the same allocation as the name */
};

struct http_times { /* seconds since the request's start, our own queues left out; 0 for a phase that did not happen */
  double resolved, connected, secured, first_byte, total;
};

struct http_response {
  int status; /* 0 if no status line arrived */
  struct http_header *headers;
  size_t header_count;
  char *body; /* NUL-terminated for convenience, may hold NULs; never NULL after success */
  size_t body_length;
  bool body_cut; /* longer than body_limit: the transfer was ended there, and is a success */
  bool kept;     /* a kept connection was used: nothing was resolved, connected or secured, and those times are 0 */
  char *address; /* the peer's IP address, after a failure the last that was tried; NULL: it came to none */
  struct http_times times;
  const char *layer; /* after a failure: "resolve", "connect", "tls", "send", "wait" (connected, no answer), "body", "protocol", "ejmon" */
  char *error;       /* after a failure: one sentence for people, naming the URL's host and port; otherwise NULL */
};

/* Fetches inside a task. Returns 0 when a complete response arrived (of any status), else -errno: -ETIMEDOUT (deadline or
 * request timeout), -EAGAIN (layer "ejmon": it waited in our own queues to its end), -ECANCELED, -ENOENT (name does not resolve),
 * -ECONNREFUSED, -EHOSTUNREACH, -ECONNRESET (closed in mid-air), -EKEYREJECTED (certificate), -ENOKEY (cacert cannot be used), -EPROTO (not
 * HTTP, TLS failure), -EINVAL (bad URL), -EIO. ret_response is always initialised and must be released with http_response_free(); on
 * failure it holds what had arrived. */
int http_fetch(const struct http_request *request, struct http_response *ret_response) must_check;
void http_response_free(struct http_response *response);
#define auto_response __attribute__((cleanup(http_response_free)))

void http_headers_clear(struct http_response *response);
/* Value of the index-th header of that name (case-insensitive), or NULL. */
const char *http_header(const struct http_response *response, const char *name, size_t index);
/* The next value of that name from *position on, or NULL; begin with *position = 0. For all of them: http_header() counts from the start
 * at each call, and a server may send thousands. */
const char *http_header_next(const struct http_response *response, const char *name, size_t *position);
size_t http_header_count(const struct http_response *response, const char *name);
/* Adds a header that arrived: copies of both, which http_response_free() releases. */
void http_header_add(struct http_response *response, const char *name, size_t name_length, const char *value, size_t value_length);
/* The media type before any ';', lower case, in a new string ("" when absent). */
char *http_media_type(const struct http_response *response) must_check;

/* Resolves a Location against the URL it came from (RFC 3986 5.3); a new string, or NULL when it is not a URL. */
char *http_resolve(const char *base, const char *reference) must_check;

/* scheme, host (lower case, brackets kept for IPv6), port (the default filled in), path (with query, "/" at least). */
struct http_url {
  char *scheme, *user, *password, *host, *path;
  long port;
};
/* 0 or -EINVAL; accepts only http and https unless any_scheme (then port is 0 when unknown). */
int http_url_parse(const char *url, bool any_scheme, struct http_url *ret_url) must_check;
void http_url_free(struct http_url *url);
/* "scheme://host[:port]" as a browser serialises an origin (default port left out, an international name as "xn--"), or NULL. */
char *http_origin(const char *url) must_check;

/* Library version for --version. Ends libcurl's use: for leak checks at the end of a program. */
const char *http_library(void);
void http_end(void);

#endif
