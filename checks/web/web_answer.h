/* What kind of answer is this? Tells nginx's own body from Django's, gunicorn's and a foreign proxy's, by body and headers. Pure: no I/O.
 *
 * Facts: EJ contract section 5 ("Error bodies differ by generation") and section 4 ("Diagnostic gem"), with the observed answers:
 * generation A sends Django's bare built-in error pages, B and C pages in EJ's own layout; nginx's bodies say `<center>nginx`; a 400 of
 * Django without X-Frame-Options is DisallowedHost; with the Rocket.Chat integration on every answer of a sound header layer carries
 * frame-ancestors. */
#ifndef EJMON_WEB_ANSWER_H
#define EJMON_WEB_ANSWER_H

#include "monitor/base/http.h"

enum web_author {
  WEB_NOBODY,   /* there is no answer */
  WEB_NGINX,    /* nginx wrote the body itself: Django was not reached, or did not answer */
  WEB_PROXY,    /* 403, 429 or above 500 of some other proxy, firewall or CDN, or of an nginx with error pages of its own */
  WEB_GUNICORN, /* gunicorn's own error page: the application did not get as far as an answer */
  WEB_DJANGO,
  WEB_UNKNOWN, /* a file, or anything else that carries nobody's mark */
};
extern const char *const web_author_names[]; /* "nobody", "nginx", "another proxy", "gunicorn", "Django", "an unknown server" */

struct web_answer {
  int status; /* 0: none */
  enum web_author author;
  bool bare;            /* Django's built-in error page (generation A, or no templates) */
  bool ej_page;         /* a page in EJ's layout: main-css-link or data-salt */
  bool debug;           /* Django's debug page: settings and source are shown to visitors */
  bool disallowed_host; /* Django refuses the Host header */
  bool default_page;    /* "Welcome to nginx!": nginx without EJ's configuration */
  bool frame_ancestors; /* a Content-Security-Policy with frame-ancestors: the integration is on, the header layer works */
  bool same_origin;     /* X-Frame-Options: SAMEORIGIN */
  bool django3;         /* Referrer-Policy and nosniff, which Django 3 adds: generation C */
};

/* Reads what http_fetch() filled, also after a failure (author is WEB_NOBODY when no status line came). */
void web_answer_read(const struct http_response *response, struct web_answer *ret_answer);

/* "A", "B", "C" from a 404 or 500 that Django wrote, NULL when it does not tell (EJ contract section 5, section 9). */
const char *web_answer_generation(const struct web_answer *answer);

/* "404 by nginx", "500 by Django (bare)", "no answer": for evidence. free() it. */
char *web_answer_describe(const struct web_answer *answer) must_check;

#endif
