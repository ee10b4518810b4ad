/* What the tests of store, attempts and alerts share: a state folder that goes again, a look at the database from outside, and a way to
 * run a test inside a task. */
#ifndef EJMON_TESTS_STATE_FOLDER_H
#define EJMON_TESTS_STATE_FOLDER_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"
#include "monitor/store/store.h"

#define LONGEST 60.0 /* seconds that a test may take, under valgrind too */

static char *folder; /* of the test that runs */

static inline int make_folder(void **state) {
  (void)state;
  folder = xstrdup("/tmp/ejmon-test-state-XXXXXX");
  log_set_level(LOG_ERROR);
  return mkdtemp(folder) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *place) {
  (void)stat, (void)kind, (void)place;
  return remove(path);
}

static inline int remove_folder(void **state) {
  (void)state;
  work_end(); /* a store closes behind its test */
  int r = nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
  free(folder);
  folder = NULL;
  redact_forget_all();
  return r;
}

/* The first column of the rows of a query, joined by a blank, through a connection of its own: what is really on disk. */
static inline char *on_disk(const char *sql) {
  char *path = text_format("%s/journal.db", folder);
  sqlite3 *database;
  sqlite3_stmt *statement;
  struct text text = {0};
  assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  sqlite3_busy_timeout(database, 5000); /* who closes last has it alone for a moment */
  assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    const char *value = (const char *)sqlite3_column_text(statement, 0);
    text_printf(&text, "%s%s", text.length ? " " : "", value ? value : "NULL");
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  free(path);
  return text_steal(&text);
}

static inline void assert_on_disk(const char *sql, const char *want) {
  char *got = on_disk(sql);
  assert_string_equal(got, want);
  free(got);
}

static inline struct store *open_store(void) {
  struct store *store = NULL;
  char *error = NULL;
  int r = store_open(folder, false, &store, &error);
  if (r < 0) fail_msg("%s", error);
  return store;
}

/* Runs statements on the file, through a connection of its own. */
static inline void change_on_disk(const char *sql) {
  char *path = text_format("%s/journal.db", folder), *message = NULL;
  sqlite3 *database;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  sqlite3_busy_timeout(database, 5000);
  if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
  sqlite3_close(database);
  free(path);
}

static inline void run_in_task(int (*run)(void *unused)) {
  assert_int_equal(task_run_to_end("test", LONGEST, run, NULL), 0);
  assert_int_equal(task_count(), 0);
}

/* Waits for a condition, bounded by the test's own deadline. */
#define wait_until(condition)               \
  while (!(condition)) {                    \
    assert_int_equal(task_sleep(0.005), 0); \
  }

static inline int end_all(int failed) {
  work_end();
  loop_free();
  return failed;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, remove_folder)

#endif
