/* Reading Content-Security-Policy as browsers do (CSP3 sections 2 and 6.7.2): policies, directives, source expressions, and whether a
 * source matches an origin. Pure functions on spans of foreign text: nothing is copied or allocated, no byte past a span's end is read.
 *
 * Where the specification and Chromium differ, Chromium is followed, and the place says so. */
#ifndef EJMON_CSP_H
#define EJMON_CSP_H

#include <stdbool.h>
#include <stddef.h>

/* A piece of somebody else's text; not NUL-terminated. */
struct csp_span {
  const char *data;
  size_t length;
};

struct csp_span csp_span(const char *string);             /* of a whole string; NULL gives an empty span */
struct csp_span csp_trim(struct csp_span span);           /* without outer ASCII white space */
bool csp_equal(struct csp_span span, const char *string); /* ASCII case folded */

/* Takes the next item off *rest: a policy or header value up to ',' (trimmed, may be empty), or a word between white space (never empty).
 * false at the end. */
bool csp_next_item(struct csp_span *rest, struct csp_span *ret_item);
/* The same, but a ',' between double quotes does not count: how other headers' lists are cut (RFC 9110 5.6). */
bool csp_next_quoted_item(struct csp_span *rest, struct csp_span *ret_item);
bool csp_next_word(struct csp_span *rest, struct csp_span *ret_word);

/* The value of the first directive of that name in one policy (later ones of the same name do not count, CSP3 2.2.1). */
bool csp_find_directive(struct csp_span policy, const char *name, struct csp_span *ret_value);
/* Are there directives of other names in the policy? */
bool csp_has_other_directive(struct csp_span policy, const char *name);

/* scheme://host[:port] of an http or https URL, with user, path and so on left aside. Spans point into the URL. Names are taken as they
 * stand: the browser's rewriting of odd ones (127.1, Unicode) is not done here. */
struct csp_origin {
  struct csp_span scheme, host; /* brackets stay around an IPv6 address */
  long port;                    /* the scheme's default filled in */
  bool secure;                  /* https */
};
/* false when it is no such URL ("null", file:, data:, a bad host or port). */
bool csp_origin_parse(struct csp_span url, struct csp_origin *ret_origin);
bool csp_origin_equal(const struct csp_origin *a, const struct csp_origin *b);
/* Does a browser count it as safe although it is plain http: localhost, *.localhost, 127.0.0.0/8, [::1] (Secure Contexts 3.1)? */
bool csp_origin_is_local(const struct csp_origin *origin);

enum csp_kind {
  CSP_INVALID, /* the browser ignores it: 'none' beside others, 'unsafe-inline', a host that is none, non-ASCII... */
  CSP_SELF,
  CSP_STAR,
  CSP_SCHEME, /* "https:" */
  CSP_HOST,   /* [scheme://]host[:port][path] */
};

struct csp_source {
  struct csp_span text;
  enum csp_kind kind;
  struct csp_span scheme, host, path; /* empty when not given; host without a leading "*." or "*" */
  long port;                          /* -1: not given, -2: "*" */
  bool wildcard;                      /* the host begins with '*' */
};
#define CSP_PORT_DEFAULT (-1L)
#define CSP_PORT_ANY (-2L)

/* Reads one word of a source list. Always fills ret_source, its kind is the result. */
enum csp_kind csp_source_parse(struct csp_span word, struct csp_source *ret_source);

/* How near a source came to an ancestor: the later, the nearer. */
enum csp_match {
  CSP_MISS_INVALID, /* not a source expression */
  CSP_MISS_HOST,
  CSP_MISS_PORT,   /* host right */
  CSP_MISS_SCHEME, /* host right; the port may be wrong too */
  CSP_MISS_PATH,   /* all right but for a path, which no origin has */
  CSP_MATCH,
};

/* Does the source match the origin of an ancestor? page is the framed page's origin: it lends its scheme to sources without one, and is
 * 'self'. redirected: redirects led to the page, and then a source's path does not count (CSP3 6.7.2.8). */
enum csp_match csp_source_match(const struct csp_source *source, const struct csp_origin *ancestor, const struct csp_origin *page,
                                bool redirected);

#endif
