/* The journal: what happened, on disk, before and after every act. SQLite with a writer thread of its own (one thread, so entries keep
 * their order); tasks wait for the commit. Every text is redacted on its way in. */
#ifndef EJMON_JOURNAL_H
#define EJMON_JOURNAL_H

#include "monitor/base/text.h"

#define JOURNAL_KEEP_DAYS 400  /* closed incidents, attempts and events older than this are removed at opening */
#define JOURNAL_ROW_LIMIT 1000 /* rows of one answer */

struct journal;

/* Opens (and makes, mode 0700) the state folder and its journal.db. Inside a task. 0, or -errno with *ret_error a sentence to be freed. */
int journal_open(const char *folder, bool read_only, struct journal **ret_journal, char **ret_error) must_check;
void journal_close(struct journal *journal); /* harmless on NULL; outside of tasks or in one */
const char *journal_folder(const struct journal *journal);

/* Runs one SQL statement with text parameters (NULL-terminated; NULL list for none; "" is an empty text) and waits until it is on disk. 0,
 * -EIO with nothing written, or the wait's -errno. */
int journal_write(struct journal *journal, const char *sql, const char *const *parameters) must_check;

struct journal_rows {
  char ***rows; /* each a NULL-terminated array of `columns` strings; SQL NULL is "" */
  size_t count;
};
int journal_read(struct journal *journal, const char *sql, const char *const *parameters, struct journal_rows *ret_rows) must_check;
void journal_rows_free(struct journal_rows *rows);

/* An event for the history: what (a stable word or code), the incident's id or "", one sentence. */
int journal_event(struct journal *journal, const char *what, const char *incident, const char *sentence) must_check;

#endif
