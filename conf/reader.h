/* What all readers of the configuration share: where errors go, the environment, how a file is read whole.
 *
 * Errors and warnings are collected with their place, sorted by it at the end, redacted, and capped at READER_ERROR_LIMIT. */
#ifndef EJMON_READER_H
#define EJMON_READER_H

#include "conf/conf.h"
#include "conf/tree.h"

#define READER_ERROR_LIMIT 100
#define READER_SECRET_LIMIT (64u << 10) /* bytes of a KEY_file */

struct reader_line {
  char *file;       /* NULL: no file, a KEY=VALUE word */
  int line, column; /* 0: no place in the file */
  size_t order;     /* of being found, for equal places */
  char *text;
};

struct conf_reader {
  const char *file;         /* as people named it; NULL: KEY=VALUE words */
  char *directory;          /* that relative paths of the file start from, absolute; NULL: the working directory */
  char *const *environment; /* KEY=VALUE */
  bool lenient;             /* an env file that cannot be read is missing, and no error */
  struct reader_line *errors, *warnings, *missing;
  size_t error_count, warning_count, missing_count;
  size_t errors_left_out;
};

/* node may be NULL (no place); path is the key's full name ("checks.theme.interval") or NULL. */
void reader_error(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) format_like(4, 5);
void reader_warn(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) format_like(4, 5);
/* What the configuration names and this machine lacks: whoever looks goes on without it. */
void reader_missing(struct conf_reader *reader, const struct tree_node *node, const char *path, const char *format, ...) format_like(4, 5);
/* About another file than the reader's own (NULL: none); line 0: the file as a whole. */
void reader_error_in(struct conf_reader *reader, const char *file, int line, const char *format, ...) format_like(4, 5);
void reader_warn_in(struct conf_reader *reader, const char *file, int line, const char *format, ...) format_like(4, 5);
/* The lines, sorted and finished: a NULL-terminated list, NULL when there are none. The reader is empty afterwards. */
char **reader_take_errors(struct conf_reader *reader) must_check;
char **reader_take_warnings(struct conf_reader *reader) must_check;
char **reader_take_missing(struct conf_reader *reader) must_check;
void reader_free(struct conf_reader *reader);

/* "checks.theme" + "interval"; either may be NULL or "". */
char *reader_path(const char *prefix, const char *key) must_check;
/* A path of the configuration as it can be opened. */
char *reader_resolve(const struct conf_reader *reader, const char *path) must_check;

/* Why a file cannot be "read" or "run" (an errno), and what to do. A new string. */
char *reader_refusal(const char *path, const char *verb, int error) must_check;
/* Reads a whole regular file of at most `limit` bytes. 0 or -errno with a sentence that names the path, the reason and what to do. A pipe
 * or a device is an error: it may block, and says something once only. *ret_public: everybody on the machine may read it (NULL: not asked).
 */
int reader_slurp(const char *path, size_t limit, struct text *ret_text, bool *ret_public, char **ret_error) must_check;

#define CONF_NAME_LIMIT 64 /* bytes in the name of a check or sink */

/* A name as checks and sinks may have it; otherwise an error. */
bool reader_name_check(struct conf_reader *reader, const struct tree_node *key, const char *path);
/* The mapping at a key of the root: NULL when it is absent, empty or (an error) no mapping. */
const struct tree_node *reader_section(struct conf_reader *reader, const struct tree_node *root, const char *key);

#endif
