/* Files that the daemon keeps an eye on: EJ's own settings, whose edit is taken in at once, and its journal, without which nothing of what
 * happens is known after a restart. They are looked at every few seconds, on threads, never twice at a time: a folder of a network whose
 * server is gone keeps a look for as long as it likes, and nobody waits for it. (ev_stat makes its lstat(2) on the loop wherever inotify
 * does not tell, and there is where it hangs.) */
#ifndef EJMON_FILES_H
#define EJMON_FILES_H

#include "monitor/daemon/keep.h"
#include "monitor/daemon/reload.h"

#define FILES_PERIOD 2.0 /* seconds between two looks: an edit is taken in within 5 s */
#define FILES_FIRST 1.0  /* that the first look at the settings is waited for at the start: what is edited behind it is seen */

struct files;

/* Inside a task. */
struct files *files_start(const char *state, const char *env_file, struct reload *reload, struct keep *keep) must_check;
void files_watch_env(struct files *files, const char *env_file); /* another one, or NULL: none */
void files_stop(struct files *files);                            /* harmless on NULL */

#endif
