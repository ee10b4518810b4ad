/* May a page be framed? The browser's answer as a pure function: headers, URLs and ancestors in, verdict and deciding source out.
 *
 * Implements CSP3 6.4.2 (frame-ancestors) over all policies and headers, HTML 7.7 (X-Frame-Options, only where no policy has
 * frame-ancestors) and Mixed Content 4.4, as Chromium does; tests/integration/test_frame_browser.py holds it against a real one. Cookies
 * and CORS are not judged here. */
#ifndef EJMON_FRAME_ANCESTORS_H
#define EJMON_FRAME_ANCESTORS_H

#include "checks/browser/csp.h"
#include "monitor/base/http.h"

struct frame_hop {
  const char *url; /* as the browser sees it */
  const struct http_header *headers;
  size_t header_count;
};

/* A page about to be shown in a frame: the redirects that led there, the page itself as the last hop, and who embeds it. */
struct frame_case {
  const struct frame_hop *hops;
  size_t hop_count;
  const char *const *ancestors; /* origins, or URLs of which only the origin counts: nearest first, the top page last */
  size_t ancestor_count;
};

enum frame_reason {
  FRAME_UNRESTRICTED,   /* allowed: no header says anything */
  FRAME_LISTED,         /* allowed: every ancestor is listed in every policy */
  FRAME_XFO_IGNORED,    /* allowed: X-Frame-Options holds ALLOW-FROM or another value that browsers ignore */
  FRAME_XFO_ALLOWALL,   /* allowed: X-Frame-Options: ALLOWALL */
  FRAME_XFO_SAME,       /* allowed: SAMEORIGIN, and all ancestors are */
  FRAME_MIXED_CONTENT,  /* refused: http page or hop below an https ancestor */
  FRAME_MIXED_ANCESTOR, /* refused: the ancestor itself is http below an https one, and not shown either */
  FRAME_NONE,           /* refused: the list is 'none' or empty */
  FRAME_NOT_LISTED,     /* refused: no source has the ancestor's host */
  FRAME_OTHER_PORT,     /* refused: the nearest source has the host but another port, or none where one is needed */
  FRAME_OTHER_SCHEME,   /* refused: the nearest source has the host but wants another scheme */
  FRAME_PATH,           /* refused: the nearest source has a path, which an origin never matches */
  FRAME_XFO_DENY,       /* refused */
  FRAME_XFO_SAMEORIGIN, /* refused */
  FRAME_XFO_CONFLICT,   /* refused: several X-Frame-Options values that differ */
  FRAME_NO_ORIGIN,      /* refused: an ancestor has no http(s) origin, or the page's URL is none */
  FRAME_REASON_COUNT
};
extern const char *const frame_reason_names[FRAME_REASON_COUNT]; /* "unrestricted", "listed", ... */

#define FRAME_NOWHERE ((size_t)-1)

/* Spans point into the case's strings. */
struct frame_verdict {
  bool allowed;
  enum frame_reason reason;
  size_t hop;             /* of frame_case.hops: the page itself, or the first mixed hop */
  size_t ancestor;        /* the ancestor that is refused, or FRAME_NOWHERE */
  size_t header;          /* of that hop's headers: the one that decides, or FRAME_NOWHERE */
  struct csp_span text;   /* the whole deciding policy or X-Frame-Options value */
  struct csp_span list;   /* the value of its frame-ancestors */
  struct csp_span source; /* the source that matches, or the one that came nearest; empty when none came near */
  size_t policy_count;    /* policies that have frame-ancestors, in all headers */
  size_t refusing_count;  /* those of them that refuse */
  bool is_first;          /* the deciding policy comes before all others that have frame-ancestors */
};

/* hop_count must be at least 1. Without ancestors the page is on its own and allowed. */
struct frame_verdict frame_judge(const struct frame_case *frame);

#endif
