/* What a page of EJ tells about the theme and about its static files, and whether web serves these itself. Fetches; judges nothing. */
#ifndef EJMON_THEME_PAGE_H
#define EJMON_THEME_PAGE_H

#include "checks/ej/theme_oracle.h"

struct theme_page {
  const char *url, *web, *host, *cacert; /* the site; web itself, or NULL */
  /* What theme_page_look() fills: */
  const char *theme;    /* of the HTML, NULL: it does not tell */
  bool seen;            /* a page came */
  char *foreign_static; /* theme_foreign_static() of it; the caller's to free */
  int foreign_status;   /* what that address answered, 0: nothing */
  bool web_asked, web_serves;
};

/* A task's function; its argument is a struct theme_page. 0, or -errno when it was not the target's doing. */
int theme_page_look(void *page);

#endif
