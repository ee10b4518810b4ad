/* The database: opened, brought to this version's tables, written and read; all of it blocks. See store.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/store/store.h"
#include "monitor/store/store_schema.h"
#include "monitor/store/store_sql.h"

#define BUSY_MILLISECONDS 2000 /* another ejmon (heal beside the daemon) may hold the lock for one commit */
#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* --- small answers --------------------------------------------------------------------------------------------------------- */

static int read_number(sqlite3 *database, const char *sql, long *ret_number) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database, sql, &statement);
  if (r < 0) return r;
  int code = sqlite.step(statement);
  if (code == SQLITE_ROW) *ret_number = sqlite.column_int64(statement, 0);
  sqlite.reset(statement);
  return code == SQLITE_ROW ? 0 : code == SQLITE_DONE ? -ENOENT : sql_errno(code);
}

/* Which boot of this host it is; "" where it is not told, which is no boot's. */
static void boot_now(char ret_boot[64]) {
  int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, ret_boot, 63);
  if (fd >= 0) close(fd);
  ret_boot[length > 0 ? length : 0] = '\0';
  ret_boot[strcspn(ret_boot, "\n")] = '\0';
}

static int boot_is(sqlite3 *database, const char *boot, bool *ret_same) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database, "SELECT 1 FROM meta WHERE name = 'boot' AND value = ?1 AND value <> ''", &statement);
  if (r < 0) return r;
  sql_bind_text(statement, 1, boot);
  int code = sqlite.step(statement);
  *ret_same = code == SQLITE_ROW;
  sqlite.reset(statement);
  return code == SQLITE_ROW || code == SQLITE_DONE ? 0 : sql_errno(code);
}

/* --- versions -------------------------------------------------------------------------------------------------------------- */

static int version_of(sqlite3 *database, long *ret_version) {
  return read_number(database, "PRAGMA user_version", ret_version);
}

/* One step, whole or not at all: what fails is rolled back by closing, behind the message. Somebody else may have taken it meanwhile. */
static int migrate_step(sqlite3 *database, long version) {
  long now;
  int r = sql_run(database, "BEGIN IMMEDIATE");
  if (r < 0) return r;
  r = version_of(database, &now);
  auto_free char *stamp = text_format("PRAGMA user_version = %ld", version + 1);
  if (r == 0 && now == version) r = sql_run(database, schema_steps[version]);
  if (r == 0 && now == version) r = sql_run(database, stamp);
  return r < 0 ? r : sql_run(database, "COMMIT");
}

static int migrate(sqlite3 *database) {
  long version;
  int r = version_of(database, &version);
  while (r == 0 && version < (long)countof(schema_steps)) {
    r = migrate_step(database, version);
    if (r == 0) r = version_of(database, &version);
  }
  return r;
}

/* A reader of an earlier version's file may not change it: it reads a copy in memory. */
static int copy_to_memory(sqlite3 **database) {
  sqlite3 *copy = NULL;
  int code = sqlite.open_v2(":memory:", &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, NULL);
  sqlite3_backup *backup = code == SQLITE_OK ? sqlite.backup_init(copy, "main", *database, "main") : NULL;
  if (backup) {
    sqlite.backup_step(backup, -1);
    code = sqlite.backup_finish(backup);
  }
  if (!backup || code != SQLITE_OK) {
    sql_close(copy);
    return code == SQLITE_OK ? -EIO : sql_errno(code);
  }
  sql_close(*database);
  *database = copy;
  return 0;
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

#define OLD(table, when) "DELETE FROM " table " WHERE " when " < unixepoch() - " STORE_KEEP_SECONDS ";"
#define STORE_KEEP_SECONDS "400 * 86400"
_Static_assert(STORE_KEEP_DAYS == 400, "the statement says so, too");
static const char remove_old[] = OLD("events", "at") OLD("attempts", "ended") OLD("deliveries", "done") OLD("incidents", "closed");

static int prepare(sqlite3 **database, bool read_only, long *ret_version) {
  sqlite.busy_timeout(*database, BUSY_MILLISECONDS);
  /* FULL: a commit has reached the disk when it returns, also across a power cut. */
  int r = read_only ? 0 : sql_run(*database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
  if (r == 0) r = version_of(*database, ret_version);
  if (r == 0 && *ret_version > (long)countof(schema_steps)) return -ENOTSUP;
  if (r == 0 && read_only && *ret_version < (long)countof(schema_steps)) r = copy_to_memory(database);
  if (r == 0) r = migrate(*database);
  /* A full disk, or somebody who writes right now, leaves it for the next time. */
  if (r == 0 && !read_only) sqlite.exec(*database, remove_old, NULL, NULL, NULL);
  return r;
}

static char *why_not(const char *path, int error, long version, const char *message) {
  if (error == -ENOTSUP)
    return text_format(
        translated(
            "the journal %s was written by a newer ejmon (its format is %ld, this one knows %zu at most): start that version again, or "
            "move the file away to begin without its history"),
        path, version, countof(schema_steps));
  if (error == -EBUSY) return text_format(translated("the journal %s is locked by another program; `fuser %s` names it"), path, path);
  return text_format(translated("the journal %s cannot be opened: %s; is the folder writable, and the disk not full?"), path, message);
}

/* A new file is its owner's alone, as SQLite's -wal and -shm then are, too. One that is there is not opened here: closing it would drop the
 * locks of this process's other connections. */
static void create_private(const char *path) {
  auto_fd int fd = *path == ':' ? -1 : open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  (void)fd; /* where it fails, SQLite says why */
}

int store_database_open(const char *path, bool read_only, struct sqlite3 **ret_database, char **ret_error) {
  *ret_error = sqlite_library_open();
  if (*ret_error) return -ELIBACC;
  sqlite3 *database = NULL;
  long version = 0;
  int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (!read_only) create_private(path);
  int code = sqlite.open_v2(path, &database, flags | SQLITE_OPEN_FULLMUTEX, NULL);
  int r = code == SQLITE_OK ? prepare(&database, read_only, &version) : sql_errno(code);
  if (r < 0) {
    *ret_error = why_not(path, r, version, database ? sqlite.errmsg(database) : sqlite.errstr(code));
    sql_close(database);
    return r;
  }
  *ret_database = database;
  return 0;
}

void store_database_close(struct sqlite3 *database) {
  sql_close(database);
}

/* --- writing --------------------------------------------------------------------------------------------------------------- */

/* After a boot of the host no mono of a row that stays as it was says anything. 0 was long ago: what is due is due now. */
static const char forget_mono[] =
    "UPDATE incidents SET first_bad = 0, page_at = 0, lapsed = min(lapsed, 1); UPDATE deliveries SET next_at = 0 WHERE verdict = '';"
    "UPDATE symptoms SET since = 0, first_bad = 0;";

static int put_meta(sqlite3 *database, const struct rows *rows) {
  char boot[64];
  bool same = false;
  sqlite3_stmt *statement;
  boot_now(boot);
  int r = *boot ? boot_is(database, boot, &same) : 0;
  if (r == 0 && !same && *boot) r = sql_run(database, forget_mono);
  if (r == 0 && !same) r = sql_prepare(database, "INSERT OR REPLACE INTO meta VALUES ('boot', ?1)", &statement);
  if (r == 0 && !same) {
    sql_bind_text(statement, 1, boot);
    r = sql_finish(statement);
  }
  if (r < 0 || rows->serial == 0) return r;
  r = sql_prepare(database, "INSERT INTO meta VALUES ('serial', ?1) ON CONFLICT DO UPDATE SET value = max(value, ?1)", &statement);
  if (r < 0) return r;
  sqlite.bind_int64(statement, 1, rows->serial);
  return sql_finish(statement);
}

static int remove_by(sqlite3 *database, const char *sql, const char *first, const char *second) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database, sql, &statement);
  if (r < 0) return r;
  sql_bind_text(statement, 1, first);
  if (second) sql_bind_text(statement, 2, second);
  return sql_finish(statement);
}

static int put_incident(sqlite3 *database, sqlite3_stmt *put, const struct incident_row *row) {
  if (text_equal(row->state, "dropped")) return remove_by(database, "DELETE FROM incidents WHERE id = ?1", row->id, NULL);
  return sql_put(put, &incident_type, row);
}

static int put_symptom(sqlite3 *database, sqlite3_stmt *put, const struct symptom_row *row) {
  if (row->gone) return remove_by(database, "DELETE FROM symptoms WHERE \"check\" = ?1 AND code = ?2", row->check, row->code);
  return sql_put(put, &symptom_type, row);
}

/* Once, also when the same rows are written again. */
static int put_event(sqlite3 *database, const struct event_row *row) {
  sqlite3_stmt *statement;
  int r = sql_prepare(database,
                      "INSERT INTO events SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
                      " (SELECT 1 FROM events WHERE at = ?1 AND what = ?2 AND incident = ?3 AND sentence = ?4)",
                      &statement);
  if (r < 0) return r;
  sqlite.bind_double(statement, 1, row->at);
  sql_bind_text(statement, 2, row->what);
  sql_bind_text(statement, 3, row->incident);
  sql_bind_text(statement, 4, row->sentence);
  return sql_finish(statement);
}

static int put_rows(sqlite3 *database, const struct rows *rows) {
  sqlite3_stmt *incident, *delivery, *symptom;
  int r = put_meta(database, rows);
  if (r == 0) r = sql_prepare_put(database, &incident_type, true, &incident);
  if (r == 0) r = sql_prepare_put(database, &delivery_type, true, &delivery);
  if (r == 0) r = sql_prepare_put(database, &symptom_type, true, &symptom);
  for (size_t i = 0; r == 0 && i < rows->incident_count; i++) r = put_incident(database, incident, &rows->incidents[i]);
  for (size_t i = 0; r == 0 && i < rows->delivery_count; i++) r = sql_put(delivery, &delivery_type, &rows->deliveries[i]);
  for (size_t i = 0; r == 0 && i < rows->symptom_count; i++) r = put_symptom(database, symptom, &rows->symptoms[i]);
  for (size_t i = 0; r == 0 && i < rows->event_count; i++) r = put_event(database, &rows->events[i]);
  return r;
}

int store_database_commit(struct sqlite3 *database, const struct rows *rows) {
  if (rows_empty(rows)) return 0;
  int r = sql_run(database, "BEGIN IMMEDIATE");
  if (r < 0) return r;
  r = put_rows(database, rows);
  if (r == 0) r = sql_run(database, "COMMIT");
  /* Some errors have rolled it back already. */
  if (r < 0 && !sqlite.get_autocommit(database)) sqlite.exec(database, "ROLLBACK", NULL, NULL, NULL);
  return r;
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static int get_rows(sqlite3 *database, struct rows *rows, bool *ret_same_boot) {
  char boot[64];
  boot_now(boot);
  int r = boot_is(database, boot, ret_same_boot);
  if (r == 0)
    r = sql_get(database, &incident_type, "WHERE state NOT IN ('closed', 'withdrawn', 'dropped') ORDER BY opened, rowid", NULL,
                &rows->incidents, &rows->incident_count);
  if (r == 0)
    r = sql_get(database, &delivery_type, "WHERE verdict = '' ORDER BY made, serial, rowid", NULL, &rows->deliveries,
                &rows->delivery_count);
  if (r == 0) r = sql_get(database, &symptom_type, "", NULL, &rows->symptoms, &rows->symptom_count);
  if (r < 0) return r;
  r = read_number(database, "SELECT value FROM meta WHERE name = 'serial'", &rows->serial);
  return r == -ENOENT ? 0 : r;
}

/* All of it as of one instant. */
int store_database_load(struct sqlite3 *database, struct rows *ret_rows, bool *ret_same_boot) {
  struct rows rows = {0};
  bool same_boot = false;
  int r = sql_run(database, "BEGIN");
  if (r == 0) r = get_rows(database, &rows, &same_boot);
  if (!sqlite.get_autocommit(database)) sqlite.exec(database, "ROLLBACK", NULL, NULL, NULL);
  if (r < 0) {
    rows_free(&rows);
    return r;
  }
  *ret_rows = rows;
  *ret_same_boot = same_boot;
  return 0;
}
