/* Two ev_stat watchers; see files.h. */
#include "monitor/daemon/files.h"

#include <ev.h>
#include <stdlib.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"

#define ENV_FILE_SECONDS 5.0 /* between two looks where inotify does not tell (bind mounts, network folders) */
#define JOURNAL_FILE_SECONDS 60.0

struct files {
  struct reload *reload;
  char *env_path, *journal_path;
  ev_stat env, journal;
};

static void env_cb(struct ev_loop *loop, ev_stat *watcher, int events) {
  (void)loop, (void)events;
  if (watcher->attr.st_nlink == 0) return; /* gone for a moment: an editor replaces it */
  log_info("%s has changed", watcher->path);
  reload_ask(((struct files *)watcher->data)->reload);
}

static void journal_cb(struct ev_loop *loop, ev_stat *watcher, int events) {
  (void)loop, (void)events;
  if (watcher->attr.st_nlink > 0 && (watcher->attr.st_ino == watcher->prev.st_ino || watcher->prev.st_nlink == 0)) return; /* written to */
  log_error(
      "%s was removed or replaced: nothing that happens from now on is known after a restart, and the commands cannot reach this daemon; restart it",
      watcher->path);
}

void files_watch_env(struct files *files, const char *env_file) {
  if (text_equal(files->env_path, env_file)) return;
  if (files->env_path) ev_stat_stop(loop_get(), &files->env);
  free(files->env_path);
  files->env_path = xstrdup(env_file);
  if (!env_file) return;
  ev_stat_init(&files->env, env_cb, files->env_path, ENV_FILE_SECONDS);
  files->env.data = files;
  ev_stat_start(loop_get(), &files->env);
}

struct files *files_start(const char *state, const char *env_file, struct reload *reload) {
  struct files *files = xcalloc(1, sizeof *files);
  *files = (struct files){.reload = reload, .journal_path = text_format("%s/journal.db", state)};
  ev_stat_init(&files->journal, journal_cb, files->journal_path, JOURNAL_FILE_SECONDS);
  ev_stat_start(loop_get(), &files->journal);
  files_watch_env(files, env_file);
  return files;
}

void files_stop(struct files *files) {
  if (!files) return;
  files_watch_env(files, NULL);
  ev_stat_stop(loop_get(), &files->journal);
  free(files->journal_path);
  free(files);
}
