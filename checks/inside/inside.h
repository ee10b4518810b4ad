/* A look inside of the web container, in one command: which files of which theme it holds, what its process was started with, the state of
 * the static root, the space beside it, the log; and now and then a shadow collect. Judges nothing.
 *
 * The program is inside_program.py. What it prints is foreign text: every list and number is checked and capped. */
#ifndef EJMON_INSIDE_H
#define EJMON_INSIDE_H

#include "checks/inside/theme_volume.h"
#include "monitor/reach/place.h"

#define INSIDE_TIME_LIMIT 60.0           /* seconds for one look, shadow collect included: EJ's takes 2 to 6 on an idle machine */
#define INSIDE_FILE_LIMIT 400            /* files told of: 6 keys, 4 built ones, 2 for each of at most 40 themes */
#define INSIDE_WORD_LIMIT 1024           /* bytes of a path or a name */
#define INSIDE_LIST_LIMIT 64             /* names of a list */
#define INSIDE_ANSWER_LIMIT (200u << 10) /* bytes of the whole answer; what the place keeps of an output is little more */

struct inside_file {
  char *path; /* "lib/build/css/main.css" below the app, "static/css/main.css" below the static root */
  bool present;
  unsigned long long size;
  char digest[65]; /* SHA-256, "" when the file was too large to read */
};
struct inside_space {
  bool seen;
  char *path;
  unsigned long long free, size; /* bytes, for users other than root */
  long long inodes;              /* free ones, -1: this file system does not count them */
};
struct inside_shadow {
  bool done;
  char *error; /* why it was not done */
  size_t files;
  struct theme_differences differences[GROUP_COUNT][DIFFER_COUNT];
};
struct inside {
  char *app, *generation, *theme; /* generation "A", "B", "C" or NULL; EJ_THEME as the container was created with, or NULL */
  long user;
  /* The process that serves, when its command line was found; `environment_seen` says whether EJ_THEME could be read. */
  bool serving, environment_seen, runserver;
  char *serving_theme, *serving_argument; /* EJ_THEME of its start; what `inv ... -t NAME` said; each may be NULL */
  char **themes;                          /* with a main-<name>.min.css in the image */
  struct inside_file *files;
  size_t file_count;
  bool root_there, root_elsewhere; /* elsewhere: DJANGO_STATIC_ROOT leads to a folder that is on no volume */
  char *root, *unwritable;         /* the first folder of it that the serving user may not write to */
  long root_owner, root_mode, serving_user;
  char **attempts; /* names below the static root's .ejmon: attempts of ours */
  struct inside_space statics, logs;
  char *log; /* debug.log, or NULL */
  unsigned long long log_size;
  char *stamp; /* changes whenever a file of the static root or of its sources does */
  struct inside_shadow shadow;
};

struct inside_request {
  const char *app_root; /* or NULL: the container's working directory */
  const char *verb;     /* "disk", "look", "shadow" */
  const char *theme;    /* to collect for, or NULL: the container's own */
  const char *stamp;    /* of the shadow collect that is known, or NULL */
};

extern const char inside_program[]; /* the text of inside_program.py */

/* Runs the program, inside a task. 0, or -errno with *ret_error a sentence (or NULL) to be freed. */
int inside_look(const struct place *place, const struct inside_request *request, double timeout, struct inside *ret_inside,
                char **ret_error) must_check;
/* Pure: reads what the program printed, a wrapper's own words before it included. 0; -EPROTO when there is no answer in it or one that
 * cannot be; -EIO when the program says that it could not look. */
int inside_parse(const char *output, size_t length, struct inside *ret_inside, char **ret_error) must_check;
const struct inside_file *inside_find(const struct inside *inside, const char *path); /* or NULL: not told of */
/* The theme that the serving process runs with, NULL when it is not known. */
const char *inside_process_theme(const struct inside *inside);
void inside_free(struct inside *inside);
void inside_shadow_free(struct inside_shadow *shadow);

#endif
