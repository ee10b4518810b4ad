/* Looks at EJ's settings where they stand: config.env with its mode and git's opinion of it, and the environment of the web container.
 * Waits inside a task, judges nothing. */
#ifndef EJMON_ENV_LOOK_H
#define EJMON_ENV_LOOK_H

#include "checks/ej/env_file.h"
#include "monitor/reach/place.h"

#define ENV_GIT_INDEX_LIMIT (16u << 20) /* bytes: an index of 100,000 files; a larger one is left alone, and nothing is said of git */

enum env_git { ENV_GIT_UNKNOWN, ENV_GIT_ABSENT, ENV_GIT_TRACKED };

struct env_file_look {
  struct env_file file;
  bool mode_known, world_readable;
  enum env_git git;
  double modified; /* wall clock, seconds since 1970 */
};

/* Reads the file on a worker thread and registers its secrets for redaction. 0; -errno with *ret_error a sentence to be freed when the file
 * cannot be read, or not the whole of it (-EFBIG): a setting may stand in what was left out; -EAGAIN, -ECANCELED, -ETIMEDOUT without one.
 */
int env_look_file(const char *path, struct env_file_look *ret_look, char **ret_error) must_check;
void env_file_look_free(struct env_file_look *look);

/* The same without a worker: for tests. */
int env_look_file_now(const char *path, struct env_file_look *ret_look) must_check;

/* Which EJ lies in the container, by its files: 'A', 'B', 'C', or 0 when that cannot be told. One command inside; app_root: where EJ lies,
 * or NULL. Returns 0, or -errno of place_run(). */
int env_look_generation(const struct place *place, const char *app_root, double timeout, char *ret_generation, bool *ret_later) must_check;

/* As place_environment(), and the password in DJANGO_DB_URL is registered for redaction as well. */
int env_look_container(const struct place *place, double timeout, char ***ret_environment, double *ret_created,
                       char **ret_error) must_check;

#endif
