/* Cookies as browsers take, keep and send them: one Set-Cookie line in; would it be stored there, would it be sent here, and why not.
 *
 * Implements RFC 6265bis (5.6 parsing, 5.7 storage, 5.8 sending) as Chromium does; tests/integration/test_login_browser.py holds it against
 * a real one. Same-site is site.h's. Pure: no I/O, no clock but the `now` handed in. Spans point into the line; nothing is read past its
 * end. Values of cookies are secrets: they are spans here, and no verdict quotes them. */
#ifndef EJMON_COOKIE_H
#define EJMON_COOKIE_H

#include <time.h>

#include "checks/browser/csp.h"

#define COOKIE_PAIR_LIMIT 4096      /* bytes of name and value together (RFC 6265bis 5.6); a longer cookie is dropped whole */
#define COOKIE_ATTRIBUTE_LIMIT 1024 /* bytes of one attribute's value; a longer attribute is overlooked */

enum cookie_same_site { COOKIE_SAME_SITE_ABSENT, COOKIE_SAME_SITE_NONE, COOKIE_SAME_SITE_LAX, COOKIE_SAME_SITE_STRICT };

enum cookie_reason {
  COOKIE_FINE,
  /* not a cookie: */
  COOKIE_EMPTY,   /* neither name nor value */
  COOKIE_CONTROL, /* a control character in it */
  COOKIE_LONG,    /* over COOKIE_PAIR_LIMIT */
  COOKIE_HIDDEN,  /* without a name, and the value looks like one with a prefix */
  /* not stored: */
  COOKIE_EXPIRED,       /* it deletes itself: Max-Age of 0 or less, Expires in the past */
  COOKIE_DOMAIN,        /* its Domain is not the host or above it, or is a public suffix */
  COOKIE_PREFIX,        /* __Secure-, __Host-, __Http- or __Host-Http- without what that demands */
  COOKIE_NONE_INSECURE, /* SameSite=None (or Partitioned) without Secure */
  /* not stored, or not sent: */
  COOKIE_INSECURE,    /* Secure, and the address is http (localhost is let through) */
  COOKIE_CROSS_SITE,  /* SameSite=Lax or Strict, and the page at the top is of another site */
  COOKIE_DEFAULT_LAX, /* the same, but for no reason other than the missing SameSite, which counts as Lax */
  /* not sent: */
  COOKIE_OTHER_HOST,
  COOKIE_OTHER_PATH,
  COOKIE_OTHER_PARTITION, /* Partitioned, and set below another site at the top */
  COOKIE_REASON_COUNT
};
extern const char *const cookie_reason_names[COOKIE_REASON_COUNT]; /* "fine", "empty", ... */

struct cookie {
  struct csp_span name, value;
  struct csp_span domain; /* without a leading dot; empty: only the very host that set it */
  struct csp_span path;   /* empty: the default, the set URL's folder */
  enum cookie_same_site same_site;
  bool secure, http_only, partitioned;
  bool lasting;   /* has Max-Age or Expires: outlives the browser's session */
  time_t expires; /* of a lasting one */
};

/* Reads one Set-Cookie value. COOKIE_FINE, COOKIE_EMPTY, COOKIE_CONTROL, COOKIE_LONG, COOKIE_HIDDEN; ret_cookie is filled as far as read.
 */
enum cookie_reason cookie_parse(struct csp_span line, time_t now, struct cookie *ret_cookie);

/* What its name promises, in any case of letters. */
enum cookie_prefix {
  COOKIE_PREFIX_NONE,
  COOKIE_PREFIX_SECURE = 1, /* __Secure-: Secure, from a safe address; so are the others */
  COOKIE_PREFIX_HOST = 2,   /* __Host-: and Path=/, without Domain */
  COOKIE_PREFIX_HTTP = 4,   /* __Http-, __Host-Http-: and HttpOnly */
};
enum cookie_prefix cookie_find_prefix(struct csp_span name);

/* Where the cookie is met: the URL that sets it or is asked, and the page at the top of that tab. */
struct cookie_place {
  const char *url;
  const char
      *top; /* URL or origin in the address bar while url is framed or fetched by a script; NULL: url itself is the page at the top */
  const char *from; /* top is NULL: who led there by a link or form; NULL: typed, or the site itself */
  bool post;        /* by a form with POST */
};

/* What to warn of beside Chromium's verdict. A set of bits. */
enum cookie_warning {
  COOKIE_THIRD_PARTY = 1,  /* stored or sent below another site at the top: Safari, Firefox, Brave and private windows block it */
  COOKIE_LAX_POST = 2,     /* no SameSite: Chromium sends it with a cross-site POST to the top for two minutes after it was set, then not */
  COOKIE_NO_SAME_SITE = 4, /* no SameSite: browsers differ (Chromium: Lax; Firefox and Safari: as None) */
  COOKIE_HTTP_LOCALHOST = 8, /* Secure over http to localhost: Safari does not */
};

struct cookie_verdict {
  bool yes;
  enum cookie_reason reason;
  unsigned warnings; /* of enum cookie_warning */
};

/* Would the browser store it when url answers with it at `now`? cookie as cookie_parse() gave it with COOKIE_FINE. */
struct cookie_verdict cookie_judge_store(const struct cookie *cookie, const struct cookie_place *set, time_t now);

/* Would the browser, having stored it when it was met at `set`, send it with the request at `asked`? Judges sending alone: storing is the
 * function above's. */
struct cookie_verdict cookie_judge_send(const struct cookie *cookie, const struct cookie_place *set, const struct cookie_place *asked,
                                        time_t now);

#endif
