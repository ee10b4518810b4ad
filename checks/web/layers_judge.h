/* The same address asked at several points of its way, from EJ's process out to the visitors: which layer adds, loses, doubles or changes
 * a header. Pure: no I/O.
 *
 * Only the headers that decide on frames and logins are compared (EJ contract section 4); of Set-Cookie the names and attributes, since
 * values and expiry differ from answer to answer. */
#ifndef EJMON_LAYERS_JUDGE_H
#define EJMON_LAYERS_JUDGE_H

#include "checks/finding.h"
#include "monitor/base/http.h"

#define LAYERS_POINT_LIMIT 4    /* the process itself, web's port, nginx, the site */
#define LAYERS_HEADER_LIMIT 100 /* header lines taken from what was asked inside of the container; EJ sends a dozen */

struct layers_point {
  const char *name;                     /* "inside of the web container", "web:8000", ... for evidence */
  const char *between;                  /* the layer between this point and the one before it: "nginx"; NULL for the first */
  const struct http_response *response; /* with a status */
};

/* What was seen of all paths. */
struct layers_sight {
  size_t points;      /* the most that answered for one path */
  bool site;          /* the site did, for one at least */
  bool compared;      /* headers of two points were */
  char *inside_error; /* a way into the web container is set, and this is why nothing came out of it; or NULL */
  struct layers_silence {
    const char *name;
    char *why; /* of the first path where it did not answer */
  } silent[LAYERS_POINT_LIMIT];
  size_t silent_count;
};

/* Compares each point with the one before it; the innermost is the first. Adds findings for one path, passes nothing. True when the headers
 * of two points could be compared at all: their statuses were equal. */
bool layers_compare(const char *path, const struct layers_point *points, size_t count, struct findings *out);
/* Says whether enough was seen, and passes the codes that no comparison has raised. The site alone is what a healthy stack may show where
 * its web port is closed and no way in is set; less than that is blindness. */
void layers_judge_sight(const struct layers_sight *sight, struct findings *out);
void layers_sight_free(struct layers_sight *sight);
/* What a Set-Cookie line promises without its value and expiry: "csrftoken; path=/; samesite=lax". free() it. */
char *layers_cookie_form(const char *line) must_check;
/* Reads "STATUS\nName: value\n..." as the program inside of the container prints it. False when it is not that. */
bool layers_read(const char *text, size_t length, struct http_response *ret_response);

#endif
