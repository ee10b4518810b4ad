/* Rocket.Chat's own pages against versioned files: which files of a folder stand for which settings, and where the two differ. Pure but for
 * layout_read(), which reads a folder and belongs on a worker thread.
 *
 * Facts: the guide's "Rocket.Chat style and options" (keep the home page's content versioned), Rocket.Chat contract section 4 (the ids; all
 * of them are public). A file is named after its setting, with any ending: Layout_Home_Body.html, theme-custom-css.css,
 * Custom_Script_Logged_In.js. */
#ifndef EJMON_LAYOUT_H
#define EJMON_LAYOUT_H

#include <jansson.h>

#include "checks/finding.h"

#define LAYOUT_FILE_LIMIT 64            /* files of the folder that are read: Rocket.Chat has some twenty such settings */
#define LAYOUT_BYTES_LIMIT (512u << 10) /* of one file; a home page is some kilobytes */
#define LAYOUT_LINE_SHOWN 160           /* bytes of a line in the evidence */

struct layout_file {
  char *name, *id; /* "Layout_Home_Body.html", "Layout_Home_Body" */
  char *text;
};

struct layout_folder {
  struct layout_file *files; /* sorted by name */
  size_t count;
  int error;     /* -errno of the folder or of the first file that could not be read, 0: none */
  char *trouble; /* what could not be read, and why; NULL: nothing */
};

/* The setting's id when a file of that name stands for one, else NULL. A new string. */
char *layout_id(const char *name) must_check;
/* Reads such files of the folder; ret_folder is always initialised. */
void layout_read(const char *path, struct layout_folder *ret_folder);
void layout_folder_free(struct layout_folder *folder);

/* Where two texts differ, line by line, ends of lines and a last newline left out of account. */
struct layout_difference {
  long line;                        /* the first that differs, from 1; 0: the texts are equal */
  char *versioned, *live;           /* that line in each, cut; NULL where a text has ended */
  long versioned_lines, live_lines; /* lines from there to the last one that differs */
};
void layout_compare(const char *versioned, const char *live, struct layout_difference *ret_difference);
void layout_difference_free(struct layout_difference *difference);

/* values: id -> value of the public settings; complete: a setting that is missing is really not public. Adds or passes layout/drifted. */
void layout_judge(const struct layout_folder *folder, const json_t *values, bool complete, struct findings *findings);

#endif
