/* Inside monitor/store: the tables, as the steps that lead to them. Each step takes a file of the version before it to its own; version 0
 * is an empty file, or the journal of ejmon before it kept versions. A step that was released is never changed: add one. */
#ifndef EJMON_STORE_SCHEMA_H
#define EJMON_STORE_SCHEMA_H

/* The tables of version 0, where they are not there. */
#define SCHEMA_0                                                                                                                      \
  "CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL,"     \
  "  codes TEXT NOT NULL, opened REAL NOT NULL, closed REAL, state TEXT NOT NULL);"                                                   \
  "CREATE TABLE IF NOT EXISTS attempts (id TEXT PRIMARY KEY, incident TEXT NOT NULL, cause TEXT NOT NULL, remedy TEXT NOT NULL,"      \
  "  plan TEXT NOT NULL, started REAL NOT NULL, applied REAL, ended REAL, state TEXT NOT NULL, report TEXT NOT NULL DEFAULT '');"     \
  "CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY AUTOINCREMENT, incident TEXT NOT NULL, sink TEXT NOT NULL,"             \
  "  event TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, made REAL NOT NULL," \
  "  tries INTEGER NOT NULL DEFAULT 0, done REAL, verdict TEXT NOT NULL DEFAULT '');"                                                 \
  "CREATE TABLE IF NOT EXISTS events (at REAL NOT NULL, what TEXT NOT NULL, incident TEXT NOT NULL, sentence TEXT NOT NULL);"         \
  "CREATE INDEX IF NOT EXISTS events_at ON events (at);"

/* Its incidents are taken for the stack's, also those of an extra check's codes (http, tcp): they did not say which check had seen them.
 * Who was told of one is told of its end, so what they were told is kept; a notice that was not delivered is owed under the id that
 * receivers may know already. */
#define SCHEMA_1                                                                                                                            \
  SCHEMA_0                                                                                                                                  \
  "ALTER TABLE incidents ADD COLUMN subject TEXT NOT NULL DEFAULT 'stack';"                                                                 \
  "ALTER TABLE incidents ADD COLUMN told TEXT NOT NULL DEFAULT '';"                                                                         \
  "ALTER TABLE incidents ADD COLUMN seen TEXT NOT NULL DEFAULT '';"                                                                         \
  "ALTER TABLE incidents ADD COLUMN tried TEXT NOT NULL DEFAULT '';"                                                                        \
  "ALTER TABLE incidents ADD COLUMN first_bad REAL NOT NULL DEFAULT 0;"                                                                     \
  "ALTER TABLE incidents ADD COLUMN page_at REAL NOT NULL DEFAULT 0;"                                                                       \
  "ALTER TABLE incidents ADD COLUMN plan_step INTEGER NOT NULL DEFAULT 0;"                                                                  \
  "ALTER TABLE incidents ADD COLUMN paged INTEGER NOT NULL DEFAULT 0;"                                                                      \
  "ALTER TABLE incidents ADD COLUMN healed INTEGER NOT NULL DEFAULT 0;"                                                                     \
  "ALTER TABLE incidents ADD COLUMN needs_person INTEGER NOT NULL DEFAULT 0;"                                                               \
  "UPDATE incidents SET codes = replace(codes, ' ', char(10)), told = ifnull((SELECT group_concat(sink, char(10)) FROM"                     \
  "  (SELECT DISTINCT sink FROM notices WHERE incident = incidents.id AND event = 'triggered')), '');"                                      \
  "UPDATE incidents SET paged = told <> '',"                                                                                                \
  "  needs_person = EXISTS (SELECT 1 FROM attempts WHERE incident = incidents.id AND attempts.state = 'undo-failed');"                      \
  "CREATE TABLE deliveries (id TEXT NOT NULL, sink TEXT NOT NULL, incident TEXT NOT NULL, event TEXT NOT NULL, code TEXT NOT NULL,"         \
  "  subject TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, verdict TEXT NOT NULL, error TEXT NOT NULL," \
  "  made REAL NOT NULL, done REAL, next_at REAL NOT NULL, serial INTEGER NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (id, sink));"       \
  "INSERT INTO deliveries SELECT incident || '-' || event || '-' || id, sink, incident, event, code, 'stack', severity, summary, body,"     \
  "  verdict, '', made, done, 0, id, tries FROM notices;"                                                                                   \
  "DROP TABLE notices;"                                                                                                                     \
  "CREATE INDEX attempts_applied ON attempts (applied);"                                                                                    \
  "CREATE TABLE symptoms (\"check\" TEXT NOT NULL, code TEXT NOT NULL, state TEXT NOT NULL, streak INTEGER NOT NULL, since REAL NOT NULL,"  \
  "  first_bad REAL NOT NULL, PRIMARY KEY (\"check\", code)) WITHOUT ROWID;"                                                                \
  "CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;"

/* What an earlier one believed ill it took for seen. */
#define SCHEMA_2                                                         \
  "ALTER TABLE incidents ADD COLUMN lapsed REAL NOT NULL DEFAULT 0;"     \
  "ALTER TABLE symptoms ADD COLUMN target TEXT NOT NULL DEFAULT '';"     \
  "ALTER TABLE symptoms ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;"     \
  "ALTER TABLE symptoms ADD COLUMN critical INTEGER NOT NULL DEFAULT 0;" \
  "UPDATE symptoms SET seen = state = 'ill' AND streak > 0;"

static const char *const schema_steps[] = {SCHEMA_1, SCHEMA_2}; /* [0] makes version 1 */

#endif
