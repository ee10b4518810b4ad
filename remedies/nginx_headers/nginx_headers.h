/* The text of the include file that nginx-headers writes: locations for the login paths that repeat `location /` and let one more origin
 * frame them. Pure: what nginx and the site say in, text out. */
#ifndef EJMON_NGINX_HEADERS_H
#define EJMON_NGINX_HEADERS_H

#include "remedies/nginx_headers/nginx.h"

#define NGINX_HEADERS_MARK "# Written by ejmon (remedy nginx-headers)."
#define NGINX_HEADERS_POLICIES 8 /* Content-Security-Policy lines of one answer that are looked at */

/* What the site sends now for one path. */
struct nginx_path {
  char *path;
  char **policies; /* values of its Content-Security-Policy headers */
};

struct nginx_plan {
  const struct nginx_server *server;
  const char *upstream; /* configured: scheme://host[:port], or NULL: that of location / */
  const char *embedder; /* origin */
  const struct nginx_path *paths;
  size_t path_count;
};

/* A path that may stand in a location: /, letters, digits and -._~ only. */
bool nginx_path_valid(const char *path);
/* The policies for a path from those that are sent now: what else they say is kept, the first one's frame-ancestors lists 'self', the
 * sources that all of them allow, and the embedder. NULL-terminated; -EINVAL when a value cannot be written into nginx's configuration. */
int nginx_policies(char *const *now, const char *embedder, char ***ret_policies) must_check;
/* The whole file. 0, or -EPERM with a sentence. */
int nginx_headers_print(const struct nginx_plan *plan, struct text *ret_text, char **ret_error) must_check;

#endif
