/* Does a script's request across origins get to see its answer? The browser's rules as a pure function: origin, request, answers in;
 * verdict and deciding header out. For requests with cookies ("credentials: include", withCredentials), as Rocket.Chat's clients send them
 * to EJ's api-login.
 *
 * Implements the Fetch standard, as Chromium does: 4.8 (preflight), 4.10 (CORS check), 4.4 (redirects), 2.2.2 (which headers need a
 * preflight), with Mixed Content 5.1; tests/integration/test_login_browser.py holds it against a real one. Cookies are cookie.h's. No I/O,
 * no byte past a string's end is read. */
#ifndef EJMON_CORS_H
#define EJMON_CORS_H

#include "checks/browser/csp.h"
#include "monitor/base/http.h"

#define CORS_REDIRECT_LIMIT 20 /* Fetch 4.4: a browser follows no more */

/* One answer: to the request, or to the preflight before it. */
struct cors_answer {
  int status;
  const struct http_header *headers;
  size_t header_count;
};

/* A request of the chain that redirects make. */
struct cors_hop {
  const char *url; /* absolute */
  struct cors_answer answer;
  const struct cors_answer *preflight; /* the answer to OPTIONS before it; NULL: not asked */
};

struct cors_case {
  const char *origin; /* who asks, as in the address bar: an origin or a URL, of which only the origin counts */
  const char *method; /* as the script gives it; NULL: GET */
  bool json;          /* the script sets Content-Type: application/json, which needs a preflight */
  const struct cors_hop *hops;
  size_t hop_count; /* at least 1 */
};

/* What a browser sends to hops[hop].url, given the answers of the hops before it: for asking as it would. Answers of hop and later ones are
 * not looked at, so a caller fills in the next URL, asks this, sends it, fills in the answer. */
struct cors_request {
  const char *method; /* normalised; "POST" turns to "GET" after 301, 302 and 303; a constant, or cors_case.method */
  bool cross_origin;  /* the answer needs CORS headers */
  bool null_origin;   /* "Origin: null": an earlier redirect led from one foreign origin to another (Fetch 3.1) */
  bool json;          /* Content-Type is still sent: it goes when POST turns to GET */
  bool preflight;     /* OPTIONS goes first, with Access-Control-Request-Method, and -Headers: content-type if json */
};
struct cors_request cors_request_at(const struct cors_case *request, size_t hop);

/* The Location of an answer that a browser follows (301, 302, 303, 307, 308), as it was sent; NULL when it is no such answer. */
const char *cors_location(const struct cors_answer *answer);

enum cors_reason {
  CORS_SAME_ORIGIN,          /* seen: the same origin, no header is needed */
  CORS_ALLOWED,              /* seen: every answer carries what is needed */
  CORS_NO_ORIGIN,            /* refused: who asks has no http(s) origin, or a hop's URL is none */
  CORS_METHOD_FORBIDDEN,     /* refused: the method is no token, or CONNECT, TRACE, TRACK */
  CORS_MIXED_CONTENT,        /* refused: an http hop asked by an https page (not for localhost) */
  CORS_ORIGIN_MISSING,       /* refused: no Access-Control-Allow-Origin, or an empty one */
  CORS_ORIGIN_STAR,          /* refused: "*", which does not count with cookies */
  CORS_ORIGIN_SEVERAL,       /* refused: more than one value: the header twice, or a list */
  CORS_ORIGIN_WRITTEN,       /* refused: the right origin, but not byte by byte: a slash or path, the default port, capitals */
  CORS_ORIGIN_TAINTED,       /* refused: it names the right origin, but after a redirect across origins the browser sends "null" */
  CORS_ORIGIN_OTHER,         /* refused: another origin, "null", or no origin at all */
  CORS_CREDENTIALS_MISSING,  /* refused: no Access-Control-Allow-Credentials */
  CORS_CREDENTIALS_OTHER,    /* refused: it is not exactly "true" */
  CORS_PREFLIGHT_UNKNOWN,    /* not known: a preflight is needed and its answer was not given */
  CORS_PREFLIGHT_REDIRECT,   /* refused: the preflight is redirected */
  CORS_PREFLIGHT_STATUS,     /* refused: the preflight's status is not 2xx (EJ itself: 401) */
  CORS_PREFLIGHT_METHOD,     /* refused: Access-Control-Allow-Methods does not list the method ("*" does not count with cookies) */
  CORS_PREFLIGHT_HEADER,     /* refused: Access-Control-Allow-Headers does not list content-type */
  CORS_PREFLIGHT_STAR,       /* refused: it says "*", which does not count with cookies */
  CORS_PREFLIGHT_UNREADABLE, /* refused: one of the two lists holds something that is no token */
  CORS_REDIRECT_TARGET,      /* refused: the redirect leads to no http(s) URL, or to one with a user name */
  CORS_REDIRECT_ENDLESS,     /* refused: more than CORS_REDIRECT_LIMIT redirects, or the last hop is one that was not followed */
  CORS_REASON_COUNT
};
extern const char *const cors_reason_names[CORS_REASON_COUNT]; /* "same-origin", "allowed", ... */

#define CORS_NOWHERE ((size_t)-1)

/* Spans point into the case's strings. */
struct cors_verdict {
  bool seen; /* the script sees the last hop's status and body; otherwise a "network error" */
  enum cors_reason reason;
  size_t hop;            /* where it is decided: the last one, or the one that is refused */
  bool preflight;        /* by the preflight's answer there, not by the answer itself */
  size_t header;         /* of that answer's headers: the one that decides (the first of its name), or CORS_NOWHERE */
  struct csp_span value; /* its value; empty when it is absent */
};

struct cors_verdict cors_judge(const struct cors_case *request);

/* The value of the Access-Control-Allow-Origin that would satisfy hops[hop]: "null", or the serialised origin; NULL when none does or none
 * is needed. free() it. */
char *cors_wanted_origin(const struct cors_case *request, size_t hop) must_check;

#endif
