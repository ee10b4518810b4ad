/* SQLite behind one worker thread; see journal.h. */
#include "monitor/engine/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/work.h"
#include "monitor/store/sqlite_library.h"

#define BUSY_MILLISECONDS 2000 /* another ejmon (heal beside the daemon) may hold the lock for one commit */

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, codes TEXT NOT NULL,"
    "  opened REAL NOT NULL, closed REAL, state TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS attempts (id TEXT PRIMARY KEY, incident TEXT NOT NULL, cause TEXT NOT NULL, remedy TEXT NOT NULL, plan TEXT NOT NULL,"
    "  started REAL NOT NULL, applied REAL, ended REAL, state TEXT NOT NULL, report TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY AUTOINCREMENT, incident TEXT NOT NULL, sink TEXT NOT NULL, event TEXT NOT NULL,"
    "  code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, made REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"
    "  done REAL, verdict TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS events (at REAL NOT NULL, what TEXT NOT NULL, incident TEXT NOT NULL, sentence TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS notices_due ON notices (sink, done);"
    "CREATE INDEX IF NOT EXISTS events_at ON events (at);";

struct journal {
  sqlite3 *database; /* used on the writer's thread only, after opening */
  char *folder;
  size_t users; /* the opener, and every statement that is not over: one whose task gave up may still be waiting for the writer */
};

static struct work_pool *writer(void) {
  return work_pool_get("journal", 1);
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

struct open_job {
  char *folder;
  bool read_only;
  sqlite3 *database;
  int result;
  char *error;
};

static int make_folder(struct open_job *job) {
  if (mkdir(job->folder, 0700) == 0 || errno == EEXIST) return 0;
  int r = -errno;
  job->error =
      text_format(translated("the state folder %s cannot be made: %s; set `state:` in ejmon.yaml to a folder that ejmon may write"),
                  job->folder, lang_error(errno));
  return r;
}

static void open_function(void *argument) {
  struct open_job *job = argument;
  job->error = sqlite_library_open();
  job->result = job->error ? -ELIBACC : job->read_only ? 0 : make_folder(job);
  if (job->result < 0) return;
  auto_free char *path = text_format("%s/journal.db", job->folder);
  int flags = job->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  int code = sqlite.open_v2(path, &job->database, flags | SQLITE_OPEN_FULLMUTEX, NULL);
  if (code == SQLITE_OK) {
    sqlite.busy_timeout(job->database, BUSY_MILLISECONDS);
    /* FULL: a commit has reached the disk when it returns, also across a power cut. */
    code = sqlite.exec(job->database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", NULL, NULL, NULL);
  }
  if (code == SQLITE_OK && !job->read_only) code = sqlite.exec(job->database, schema, NULL, NULL, NULL);
  if (code == SQLITE_OK && !job->read_only) {
    auto_free char *clean = text_format(
        "DELETE FROM events WHERE at < unixepoch() - %d * 86400; DELETE FROM attempts WHERE ended < unixepoch() - %d * 86400;"
        "DELETE FROM notices WHERE done < unixepoch() - %d * 86400; DELETE FROM incidents WHERE closed < unixepoch() - %d * 86400;",
        JOURNAL_KEEP_DAYS, JOURNAL_KEEP_DAYS, JOURNAL_KEEP_DAYS, JOURNAL_KEEP_DAYS);
    code = sqlite.exec(job->database, clean, NULL, NULL, NULL);
  }
  if (code == SQLITE_OK) return;
  job->error = text_format(translated("the journal %s cannot be opened: %s; is the folder writable, and the disk not full?"), path,
                           job->database ? sqlite.errmsg(job->database) : sqlite.errstr(code));
  job->result = code == SQLITE_PERM || code == SQLITE_CANTOPEN || code == SQLITE_READONLY ? -EACCES : -EIO;
  sqlite.close(job->database);
  job->database = NULL;
}

static void open_release(void *argument) {
  struct open_job *job = argument;
  if (job->database) sqlite.close(job->database);
  free(job->folder);
  free(job->error);
  free(job);
}

int journal_open(const char *folder, bool read_only, struct journal **ret_journal, char **ret_error) {
  struct open_job *job = xcalloc(1, sizeof *job);
  *job = (struct open_job){.folder = xstrdup(folder), .read_only = read_only};
  int r = work_run(writer(), open_function, job, open_release);
  if (r < 0) {
    *ret_error = text_format(translated("the journal in %s was not opened in time"), folder);
    return r;
  }
  r = job->result;
  if (r < 0) {
    *ret_error = job->error;
    job->error = NULL;
  } else {
    *ret_journal = xcalloc(1, sizeof **ret_journal);
    **ret_journal = (struct journal){.database = job->database, .folder = xstrdup(folder), .users = 1};
    job->database = NULL;
  }
  open_release(job);
  return r;
}

void journal_close(struct journal *journal) {
  if (!journal || --journal->users > 0) return; /* the last statement closes it */
  sqlite.close(journal->database);
  free(journal->folder);
  free(journal);
}

const char *journal_folder(const struct journal *journal) {
  return journal->folder;
}

/* --- statements ------------------------------------------------------------------------------------------------------------ */

struct statement_job {
  struct journal *journal;
  char *sql;
  char **parameters;
  bool failed;
  struct journal_rows rows;
};

static char **row_copy(sqlite3_stmt *statement) {
  int columns = sqlite.column_count(statement);
  char **row = xcalloc((size_t)columns + 1, sizeof *row);
  for (int i = 0; i < columns; i++) {
    const char *value = (const char *)sqlite.column_text(statement, i);
    row[i] = xstrdup(value ? value : "");
  }
  return row;
}

static void statement_function(void *argument) {
  struct statement_job *job = argument;
  sqlite3_stmt *statement;
  if (sqlite.prepare_v2(job->journal->database, job->sql, -1, &statement, NULL) != SQLITE_OK) {
    job->failed = true;
    return;
  }
  int index = 1;
  for (char **parameter = job->parameters; parameter && *parameter; parameter++) {
    sqlite.bind_text(statement, index++, *parameter, -1, SQLITE_STATIC);
  }
  int code;
  while ((code = sqlite.step(statement)) == SQLITE_ROW && job->rows.count < JOURNAL_ROW_LIMIT) {
    char ***row = array_push(&job->rows.rows, &job->rows.count, sizeof *row);
    *row = row_copy(statement);
  }
  job->failed = code != SQLITE_DONE && code != SQLITE_ROW;
  sqlite.finalize(statement);
}

static void statement_release(void *argument) {
  struct statement_job *job = argument;
  strings_free(job->parameters);
  journal_rows_free(&job->rows);
  journal_close(job->journal);
  free(job->sql);
  free(job);
}

int journal_read(struct journal *journal, const char *sql, const char *const *parameters, struct journal_rows *ret_rows) {
  struct statement_job *job = xcalloc(1, sizeof *job);
  *job = (struct statement_job){.journal = journal, .sql = xstrdup(sql)};
  journal->users++;
  for (; parameters && *parameters; parameters++) {
    auto_free char *clean = redact(*parameters);
    strings_push(&job->parameters, clean);
  }
  int r = work_run(writer(), statement_function, job, statement_release);
  if (r < 0) return r;
  if (job->failed) r = -EIO;
  if (r == 0 && ret_rows) {
    *ret_rows = job->rows;
    job->rows = (struct journal_rows){0};
  }
  statement_release(job);
  return r;
}

int journal_write(struct journal *journal, const char *sql, const char *const *parameters) {
  return journal_read(journal, sql, parameters, NULL);
}

void journal_rows_free(struct journal_rows *rows) {
  for (size_t i = 0; i < rows->count; i++) strings_free(rows->rows[i]);
  free(rows->rows);
  *rows = (struct journal_rows){0};
}

int journal_event(struct journal *journal, const char *what, const char *incident, const char *sentence) {
  auto_free char *now = text_format("%.3f", loop_wall());
  return journal_write(journal, "INSERT INTO events VALUES (?, ?, ?, ?)", (const char *const[]){now, what, incident, sentence, NULL});
}
