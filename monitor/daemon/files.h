/* Files that the daemon keeps an eye on: EJ's own settings, whose edit is taken in at once, and its journal, without which nothing of what
 * happens is known after a restart. */
#ifndef EJMON_FILES_H
#define EJMON_FILES_H

#include "monitor/daemon/reload.h"

struct files;

struct files *files_start(const char *state, const char *env_file, struct reload *reload) must_check;
void files_watch_env(struct files *files, const char *env_file); /* another one, or NULL: none */
void files_stop(struct files *files);                            /* harmless on NULL */

#endif
