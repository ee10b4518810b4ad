/* The static files over HTTP, kept between probes: a file is fetched whole only when it changed, or when an unchanged answer could not be
 * trusted. */
#ifndef EJMON_THEME_FETCH_H
#define EJMON_THEME_FETCH_H

#include "checks/theme/theme_judge.h"
#include "checks/web/web_fetch.h"

/* nginx's ETag is mtime in seconds and size. A copy is trusted against a 304 only after it was fetched whole twice with the same ETag, this
 * many seconds apart: by then no second write can share its second. */
#define THEME_SETTLE_SECONDS 2.0
/* And fetched whole again after this long anyway: a file put back with size and mtime of the old one (cp -p, rsync -t) keeps its ETag. */
#define THEME_TRUST_SECONDS 300.0

struct theme_copy {
  char *path; /* below /static/ */
  struct theme_file file;
  char *body, *etag, *note;
  double first_fetched, fetched; /* monotonic; first_fetched: the first time with this etag */
  bool settled, doubted;
};
struct theme_copies {
  struct theme_copy *items;
  size_t count;
  unsigned long long bytes_fetched; /* by the last probe */
  char *base, *host, *cacert;       /* of the last source */
};
struct theme_source {
  const char *base, *host, *cacert;
};

/* Fetches the key files and each theme's main-<t>.min.css, all at once, into sight->keys and sight->minified (an array that the caller
 * frees; its bytes belong to copies). source NULL: as before, and only the doubted ones. 0, or -errno when it was not the target's doing.
 */
int theme_copies_fetch(struct theme_copies *copies, const struct theme_source *source, struct theme_sight *sight) must_check;
/* The key files again, past whatever cache stands before nginx: from `origin`, the address of nginx itself, or without one from the site
 * with a query that no cache has seen. They live until the next call or theme_origin_free(). */
struct theme_origin {
  struct web_fetch fetches[KEY_COUNT];
  bool fetched;
  char *note[KEY_COUNT];
};
int theme_origin_fetch(struct theme_origin *origin, const char *address, const struct theme_source *site,
                       struct theme_file ret_keys[KEY_COUNT]) must_check;
void theme_origin_free(struct theme_origin *origin);
/* Marks a copy that was not fetched in this probe for an unconditional fetch; false when it was. */
bool theme_copies_distrust(struct theme_copies *copies, const char *path);
void theme_copies_free(struct theme_copies *copies);

bool strings_contain(char *const *strings, const char *string);

#endif
