/* The store: every row comes back as it was, what belongs together is written together or not at all, journals of earlier versions are
 * taken over, and what fails says so, holds nobody up and leaves nothing behind. */
#include <signal.h>
#include <sys/resource.h>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#include "tests/unit/slow_disk.h"
#include "tests/unit/state_folder.h"

#define LONGEST_COMMIT 5.0 /* seconds that 10,000 rows may take: some 50 times what they take, for sanitizers on a busy machine */

/* --- rows ------------------------------------------------------------------------------------------------------------------- */

/* Another value for each member of each row. */
static void fill(const struct row_type *type, void *row, int number) {
  for (size_t i = 0; i < type->field_count; i++) {
    void *member = (char *)row + type->fields[i].offset;
    int value = number * 100 + (int)i + 1;
    switch (type->fields[i].kind) {
      case FIELD_TEXT:
        *(char **)member = text_format("%s %d\nçã '\"", type->fields[i].name, value);
        break;
      case FIELD_REAL:
        *(double *)member = 1.8e9 + value + 0.125;
        break;
      case FIELD_WHOLE:
        *(long *)member = value;
        break;
      case FIELD_FLAG:
        *(bool *)member = (number + (int)i) % 2;
        break;
    }
  }
}

static void assert_same(const struct row_type *type, const void *got, const void *want) {
  for (size_t i = 0; i < type->field_count; i++) {
    const void *a = (const char *)got + type->fields[i].offset, *b = (const char *)want + type->fields[i].offset;
    if (type->fields[i].kind == FIELD_TEXT) assert_string_equal(*(char *const *)a, *(char *const *)b);
    if (type->fields[i].kind == FIELD_REAL) assert_true(*(const double *)a == *(const double *)b);
    if (type->fields[i].kind == FIELD_WHOLE) assert_int_equal(*(const long *)a, *(const long *)b);
    if (type->fields[i].kind == FIELD_FLAG) assert_int_equal(*(const bool *)a, *(const bool *)b);
  }
}

static void set(char **string, const char *value) {
  free(*string);
  *string = xstrdup(value);
}

static void make_rows(struct rows *rows) {
  *rows = (struct rows){.serial = 7};
  for (int i = 0; i < 3; i++) {
    struct incident_row *incident = array_push(&rows->incidents, &rows->incident_count, sizeof *incident);
    fill(&incident_type, incident, i);
    set(&incident->state, (const char *const[]){"pending", "open", "folded"}[i]);
    incident->closed = 0;
    struct delivery_row *delivery = array_push(&rows->deliveries, &rows->delivery_count, sizeof *delivery);
    fill(&delivery_type, delivery, i);
    set(&delivery->verdict, "");
    delivery->done = 0;
    struct symptom_row *symptom = array_push(&rows->symptoms, &rows->symptom_count, sizeof *symptom);
    fill(&symptom_type, symptom, i);
    struct event_row *event = array_push(&rows->events, &rows->event_count, sizeof *event);
    fill(&event_type, event, i);
  }
}

static void assert_same_rows(const struct rows *got, const struct rows *want) {
  assert_int_equal(got->incident_count, want->incident_count);
  assert_int_equal(got->delivery_count, want->delivery_count);
  assert_int_equal(got->symptom_count, want->symptom_count);
  assert_int_equal(got->serial, want->serial);
  for (size_t i = 0; i < want->incident_count; i++) assert_same(&incident_type, &got->incidents[i], &want->incidents[i]);
  for (size_t i = 0; i < want->delivery_count; i++) assert_same(&delivery_type, &got->deliveries[i], &want->deliveries[i]);
  for (size_t i = 0; i < want->symptom_count; i++) assert_same(&symptom_type, &got->symptoms[i], &want->symptoms[i]);
}

static void commit(struct store *store, const struct rows *rows) {
  assert_int_equal(store_commit(store, rows), 0);
}

static void assert_loaded(struct store *store, const struct rows *want) {
  struct rows got = {0};
  bool same_boot = false;
  assert_int_equal(store_load(store, &got, &same_boot), 0);
  assert_true(same_boot);
  assert_int_equal(got.event_count, 0);
  assert_same_rows(&got, want);
  rows_free(&got);
}

static int round_trip(void *unused) {
  (void)unused;
  struct rows rows, none = {0};
  make_rows(&rows);
  struct store *store = open_store();
  assert_string_equal(store_folder(store), folder);
  assert_true(rows_empty(&none));
  commit(store, &none);
  commit(store, &rows);
  assert_on_disk("SELECT count(*) FROM incidents", "3"); /* at once, for everybody */
  assert_loaded(store, &rows);
  store_close(store);
  store = open_store();
  assert_loaded(store, &rows);
  commit(store, &rows); /* once more is harmless */
  assert_loaded(store, &rows);
  assert_on_disk("SELECT count(*) FROM events", "3");
  assert_on_disk("SELECT sentence FROM events ORDER BY at LIMIT 1", rows.events[0].sentence);
  store_close(store);
  store_close(NULL);
  rows_free(&rows);
  rows_free(&rows);
  return 0;
}

static void every_row_comes_back_as_it_was(void **state) {
  (void)state;
  run_in_task(round_trip);
}

/* A member that is in no table would be lost without a word. */
static void every_member_of_a_row_is_in_its_table(void **state) {
  (void)state;
  static const struct row_type *const types[] = {&incident_type, &delivery_type, &symptom_type, &event_type, &attempt_type};
  for (size_t i = 0; i < countof(types); i++) {
    for (size_t word = 0; word < types[i]->size; word += 8) {
      bool known = types[i] == &symptom_type && word == offsetof(struct symptom_row, gone);
      for (size_t k = 0; k < types[i]->field_count; k++) known |= types[i]->fields[k].offset / 8 == word / 8;
      assert_true(known);
    }
  }
}

static int updates(void *unused) {
  (void)unused;
  struct rows rows;
  make_rows(&rows);
  struct store *store = open_store();
  commit(store, &rows);
  set(&rows.incidents[0].state, "dropped");
  set(&rows.incidents[1].state, "withdrawn");
  rows.incidents[1].closed = rows.incidents[0].closed = 1.8e9;
  set(&rows.incidents[2].told, "first\nsecond");
  rows.incidents[2].page_at = 17;
  set(&rows.deliveries[0].verdict, "delivered");
  rows.deliveries[0].done = 1.8e9;
  rows.deliveries[1].tries = 9;
  rows.symptoms[0].gone = rows.symptoms[1].gone = true;
  rows.symptoms[2].streak = -4;
  rows.serial = 3; /* an older one: no number is given twice */
  commit(store, &rows);
  struct rows got = {0};
  bool same_boot;
  assert_int_equal(store_load(store, &got, &same_boot), 0);
  assert_int_equal(got.serial, 7);
  assert_int_equal(got.incident_count, 1);
  assert_same(&incident_type, &got.incidents[0], &rows.incidents[2]);
  assert_int_equal(got.delivery_count, 2);
  assert_same(&delivery_type, &got.deliveries[0], &rows.deliveries[1]);
  assert_int_equal(got.symptom_count, 1);
  assert_same(&symptom_type, &got.symptoms[0], &rows.symptoms[2]);
  assert_on_disk("SELECT state FROM incidents ORDER BY state", "folded withdrawn"); /* history; what was never told leaves none */
  assert_on_disk("SELECT count(*) FROM deliveries WHERE done = 1800000000", "1");
  store_close(store);
  rows_free(&got);
  rows_free(&rows);
  return 0;
}

static void a_row_with_the_same_key_is_replaced_and_what_is_over_is_not_loaded(void **state) {
  (void)state;
  run_in_task(updates);
}

static int boots(void *unused) {
  (void)unused;
  struct rows rows, got = {0};
  bool same_boot = true;
  make_rows(&rows);
  struct store *store = open_store();
  assert_int_equal(store_load(store, &got, &same_boot), 0);
  assert_false(same_boot); /* nothing was written yet, by any boot */
  commit(store, &rows);
  change_on_disk("UPDATE meta SET value = 'another' WHERE name = 'boot'");
  assert_int_equal(store_load(store, &got, &same_boot), 0);
  assert_false(same_boot);
  rows_free(&got);
  struct rows first = {.incidents = rows.incidents, .incident_count = 1};
  commit(store, &first);
  assert_int_equal(store_load(store, &got, &same_boot), 0);
  assert_true(same_boot);
  assert_same(&incident_type, &got.incidents[0], &rows.incidents[0]);
  /* The others' times of the former boot are not taken for this one's. */
  assert_true(got.incidents[1].page_at == 0 && got.incidents[1].first_bad == 0 && got.incidents[1].opened == rows.incidents[1].opened);
  assert_true(got.deliveries[0].next_at == 0 && got.deliveries[0].made == rows.deliveries[0].made);
  assert_true(got.symptoms[0].since == 0 && got.symptoms[0].first_bad == 0);
  rows_free(&got);
  store_close(store);
  rows_free(&rows);
  return 0;
}

static void times_of_a_former_boot_are_never_taken_for_this_ones(void **state) {
  (void)state;
  run_in_task(boots);
}

static void the_database_alone_works_in_memory_without_any_thread(void **state) {
  (void)state;
  struct sqlite3 *database = NULL;
  char *error = NULL;
  struct rows rows, got = {0};
  bool same_boot = false;
  make_rows(&rows);
  assert_int_equal(store_database_open(":memory:", false, &database, &error), 0);
  assert_int_equal(store_database_commit(database, &rows), 0);
  assert_int_equal(store_database_load(database, &got, &same_boot), 0);
  assert_true(same_boot);
  assert_same_rows(&got, &rows);
  rows_free(&got);
  store_database_close(database);
  store_database_close(NULL);
  rows_free(&rows);
}

static void the_journals_files_are_only_for_their_owner(void **state) {
  (void)state;
  static const char *const names[] = {"journal.db", "journal.db-wal", "journal.db-shm"};
  struct sqlite3 *database = NULL;
  char *error = NULL;
  struct rows rows;
  make_rows(&rows);
  mode_t mask = umask(0);
  char *path = text_format("%s/journal.db", folder);
  assert_int_equal(store_database_open(path, false, &database, &error), 0);
  assert_int_equal(store_database_commit(database, &rows), 0);
  umask(mask);
  for (size_t i = 0; i < countof(names); i++) {
    char *file = text_format("%s/%s", folder, names[i]);
    struct stat stat_of;
    assert_int_equal(stat(file, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 0777, 0600);
    free(file);
  }
  store_database_close(database);
  free(path);
  rows_free(&rows);
}

static void ten_thousand_symptoms_are_one_commit_of_well_under_a_second(void **state) {
  (void)state;
  struct sqlite3 *database = NULL;
  char *error = NULL;
  struct rows rows = {0};
  for (int i = 0; i < 10000; i++) fill(&symptom_type, array_push(&rows.symptoms, &rows.symptom_count, sizeof *rows.symptoms), i);
  char *path = text_format("%s/journal.db", folder);
  assert_int_equal(store_database_open(path, false, &database, &error), 0);
  double started = loop_monotonic();
  assert_int_equal(store_database_commit(database, &rows), 0);
  double first = loop_monotonic() - started;
  started = loop_monotonic();
  assert_int_equal(store_database_commit(database, &rows), 0);
  print_message("10,000 symptoms: %.3f s, once more %.3f s\n", first, loop_monotonic() - started);
  assert_true(first < LONGEST_COMMIT || RUNNING_ON_VALGRIND);
  store_database_close(database);
  free(path);
  rows_free(&rows);
}

/* --- attempts --------------------------------------------------------------------------------------------------------------- */

static struct attempt_row attempt_of(const char *id, double started) {
  struct attempt_row row;
  fill(&attempt_type, &row, (int)started);
  set(&row.id, id);
  set(&row.state, "intended");
  row.started = started;
  row.applied = row.ended = 0;
  return row;
}

static int attempts_live(void *unused) {
  (void)unused;
  struct store *store = open_store();
  struct attempt_row first = attempt_of("a@1", 1), second = attempt_of("b@2", 2);
  struct attempt_rows rows = {0};
  assert_int_equal(store_attempt_begin(store, &second), 0);
  assert_int_equal(store_attempt_begin(store, &first), 0);
  assert_int_equal(store_attempt_begin(store, &first), -EIO); /* an attempt that is there is never begun again */
  assert_int_equal(store_attempts_unfinished(store, &rows), 0);
  assert_int_equal(rows.count, 2);
  assert_same(&attempt_type, &rows.items[0], &first);
  assert_same(&attempt_type, &rows.items[1], &second);
  attempt_rows_free(&rows);

  assert_int_equal(store_attempt_step(store, "a@1", "applying", "going", 100), 0);
  assert_on_disk("SELECT state || report || applied FROM attempts WHERE id = 'a@1'", "applyinggoing100.0");
  assert_int_equal(store_attempt_step(store, "a@1", "verifying", "gone", 0), 0);
  assert_int_equal(store_attempt_step(store, "a@1", "undoing", "gone", 300), 0);
  assert_on_disk("SELECT applied FROM attempts WHERE id = 'a@1'", "100.0"); /* set once */
  assert_int_equal(store_attempt_step(store, "nobody", "applying", "", 1), -ENOENT);
  assert_int_equal(store_attempt_end(store, "nobody", "kept", "", 1), -ENOENT);
  assert_int_equal(store_attempt_ended_as(store, first.incident, "undone"), 0);
  assert_int_equal(store_attempt_end(store, "a@1", "undone", "all of it", 400), 0);
  assert_int_equal(store_attempt_ended_as(store, first.incident, "undone"), 1);
  assert_int_equal(store_attempt_ended_as(store, first.incident, "kept"), 0);
  assert_int_equal(store_attempt_ended_as(store, second.incident, "undone"), 0);
  assert_on_disk("SELECT state || report || applied || ended FROM attempts WHERE id = 'a@1'", "undoneall of it100.0400.0");

  assert_int_equal(store_attempts_unfinished(store, &rows), 0);
  assert_int_equal(rows.count, 1);
  attempt_rows_free(&rows);
  assert_int_equal(store_attempts_applied_since(store, 99.9, &rows), 0);
  assert_int_equal(rows.count, 1);
  assert_string_equal(rows.items[0].id, "a@1");
  attempt_rows_free(&rows);
  assert_int_equal(store_attempts_applied_since(store, 100, &rows), 0);
  assert_int_equal(rows.count, 0);
  assert_int_equal(store_attempts_newest(store, 1, &rows), 0);
  assert_int_equal(rows.count, 1);
  assert_string_equal(rows.items[0].id, "b@2");
  attempt_rows_free(&rows);
  attempt_rows_free(&rows);
  store_close(store);
  row_clear(&attempt_type, &first);
  row_clear(&attempt_type, &second);
  return 0;
}

static void an_attempt_is_on_disk_at_each_step(void **state) {
  (void)state;
  run_in_task(attempts_live);
}

/* --- versions --------------------------------------------------------------------------------------------------------------- */

/* What ejmon wrote before it kept versions, with its own words. */
static const char version_0[] =
    "PRAGMA journal_mode=WAL;"
    "CREATE TABLE IF NOT EXISTS incidents (id TEXT PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, codes TEXT NOT NULL,"
    "  opened REAL NOT NULL, closed REAL, state TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS attempts (id TEXT PRIMARY KEY, incident TEXT NOT NULL, cause TEXT NOT NULL, remedy TEXT NOT NULL, plan TEXT NOT NULL,"
    "  started REAL NOT NULL, applied REAL, ended REAL, state TEXT NOT NULL, report TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS notices (id INTEGER PRIMARY KEY AUTOINCREMENT, incident TEXT NOT NULL, sink TEXT NOT NULL, event TEXT NOT NULL,"
    "  code TEXT NOT NULL, severity TEXT NOT NULL, summary TEXT NOT NULL, body TEXT NOT NULL, made REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,"
    "  done REAL, verdict TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE IF NOT EXISTS events (at REAL NOT NULL, what TEXT NOT NULL, incident TEXT NOT NULL, sentence TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS notices_due ON notices (sink, done);"
    "CREATE INDEX IF NOT EXISTS events_at ON events (at);"
    "INSERT INTO incidents VALUES ('db/down@1', 'db/down', 'critical', 'the database', 'db/down web/status', unixepoch() - 90, NULL, 'open');"
    "INSERT INTO incidents VALUES ('http/down@2', 'http/down', 'critical', 'a page', 'http/down', unixepoch() - 80, NULL, 'open');"
    "INSERT INTO incidents VALUES ('a/b@0', 'a/b', 'warning', 'long ago', 'a/b', unixepoch() - 99, unixepoch() - 95, 'closed');"
    "INSERT INTO notices (incident, sink, event, code, severity, summary, body, made, tries, done, verdict) VALUES"
    "  ('a/b@0', 'mail', 'triggered', 'a/b', 'warning', 's', 'b', unixepoch() - 98, 0, unixepoch() - 97, 'delivered'),"
    "  ('db/down@1', 'mail', 'triggered', 'db/down', 'critical', 'it is down', 'a body', unixepoch() - 89, 1, unixepoch() - 88, 'delivered'),"
    "  ('db/down@1', 'pager', 'triggered', 'db/down', 'critical', 'it is down', 'a body', unixepoch() - 89, 3, NULL, ''),"
    "  ('db/down@1', 'mail', 'updated', 'db/down', 'info', 'tried', 'a body', unixepoch() - 60, 0, NULL, '');"
    "INSERT INTO attempts VALUES ('x@1', 'db/down@1', 'db/down', 'x', 'plan', 1, 2, NULL, 'applying', 'half');"
    "INSERT INTO attempts VALUES ('y@0', 'http/down@2', 'http/down', 'y', 'plan', unixepoch(), unixepoch(), unixepoch(), 'undo-failed', '');"
    "INSERT INTO events VALUES (unixepoch(), 'started', '', 'before');";

static void assert_taken_over(struct store *store) {
  struct rows rows = {0};
  bool same_boot = true;
  assert_int_equal(store_load(store, &rows, &same_boot), 0);
  assert_false(same_boot);
  assert_int_equal(rows.incident_count, 2);
  const struct incident_row *down = &rows.incidents[0], *page = &rows.incidents[1];
  assert_string_equal(down->id, "db/down@1");
  assert_string_equal(down->codes, "db/down\nweb/status");
  assert_string_equal(down->subject, "stack");
  assert_string_equal(down->told, "mail\npager");
  assert_true(down->paged && !down->needs_person && down->closed == 0);
  assert_string_equal(page->subject, "stack");
  assert_string_equal(page->told, "");
  assert_true(!page->paged && page->needs_person);
  assert_int_equal(rows.delivery_count, 2);
  const struct delivery_row *owed = &rows.deliveries[0];
  assert_string_equal(owed->id, "db/down@1-triggered-3"); /* a receiver may have it under this id */
  assert_string_equal(owed->sink, "pager");
  assert_string_equal(owed->event, "triggered");
  assert_string_equal(owed->body, "a body");
  assert_int_equal(owed->tries, 3);
  assert_true(owed->serial < rows.deliveries[1].serial && owed->next_at == 0);
  assert_string_equal(rows.deliveries[1].id, "db/down@1-updated-4");
  assert_int_equal(rows.symptom_count, 0);
  rows_free(&rows);
  struct attempt_rows attempts = {0};
  assert_int_equal(store_attempts_unfinished(store, &attempts), 0);
  assert_int_equal(attempts.count, 1);
  assert_string_equal(attempts.items[0].state, "applying");
  assert_string_equal(attempts.items[0].report, "half");
  attempt_rows_free(&attempts);
  assert_int_equal(store_attempts_newest(store, 10, &attempts), 0);
  assert_int_equal(attempts.count, 2);
  attempt_rows_free(&attempts);
}

static int takes_over(void *unused) {
  (void)unused;
  struct store *store = NULL;
  char *error = NULL;
  change_on_disk(version_0);
  assert_int_equal(store_open(folder, true, &store, &error), 0);
  assert_taken_over(store);
  assert_int_equal(store_event(store, "r", "", "a reader's copy is nobody's"), 0);
  store_close(store);
  assert_on_disk("PRAGMA user_version", "0"); /* a reader changes nothing */
  assert_on_disk("SELECT count(*) FROM events", "1");
  store = open_store();
  assert_taken_over(store);
  assert_on_disk("PRAGMA user_version", "2");
  assert_on_disk("SELECT sentence FROM events", "before");
  assert_on_disk("SELECT verdict FROM deliveries WHERE incident = 'a/b@0'", "delivered");
  assert_on_disk("SELECT summary FROM incidents WHERE state = 'closed'", "long ago");
  store_close(store);
  store = open_store();
  assert_taken_over(store); /* once */
  store_close(store);
  return 0;
}

static void a_journal_of_before_there_were_versions_is_taken_over(void **state) {
  (void)state;
  run_in_task(takes_over);
}

static int takes_over_version_1(void *unused) {
  (void)unused;
  struct store *store = open_store();
  store_close(store);
  change_on_disk(
      "ALTER TABLE incidents DROP COLUMN lapsed; ALTER TABLE symptoms DROP COLUMN target; ALTER TABLE symptoms DROP COLUMN seen;"
      "ALTER TABLE symptoms DROP COLUMN critical; PRAGMA user_version = 1;"
      "INSERT INTO symptoms VALUES ('web', 'a/seen', 'ill', 1, 2, 3), ('web', 'b/assumed', 'ill', 0, 2, 3),"
      " ('web', 'c/passes', 'recovering', 1, 2, 3)");
  store = open_store();
  assert_on_disk("SELECT group_concat(seen || critical || target, ' ') FROM symptoms ORDER BY code", "10 00 00");
  assert_on_disk("PRAGMA user_version", "2");
  store_close(store);
  return 0;
}

static void what_an_earlier_version_believed_is_taken_over(void **state) {
  (void)state;
  run_in_task(takes_over_version_1);
}

static int fails_half_way(void *unused) {
  (void)unused;
  struct store *store = NULL;
  char *error = NULL;
  change_on_disk(version_0);
  change_on_disk("CREATE TABLE symptoms (in_the_way TEXT)");
  assert_int_equal(store_open(folder, false, &store, &error), -EIO);
  assert_non_null(strstr(error, "symptoms"));
  free(error);
  assert_on_disk("PRAGMA user_version", "0");
  assert_on_disk("SELECT codes FROM incidents WHERE id = 'db/down@1'", "db/down web/status");
  assert_on_disk("SELECT count(*) FROM notices", "4");
  change_on_disk("DROP TABLE symptoms");
  store = open_store();
  assert_taken_over(store);
  store_close(store);
  return 0;
}

static void a_take_over_that_fails_changes_nothing(void **state) {
  (void)state;
  run_in_task(fails_half_way);
}

static int meets_a_newer_one(void *unused) {
  (void)unused;
  struct store *store = open_store();
  store_close(store);
  change_on_disk("PRAGMA user_version = 3");
  for (int read_only = 0; read_only < 2; read_only++) {
    char *error = NULL;
    assert_int_equal(store_open(folder, read_only, &store, &error), -ENOTSUP);
    assert_non_null(strstr(error, "journal.db was written by a newer ejmon"));
    assert_non_null(strstr(error, "start that version again"));
    free(error);
  }
  assert_on_disk("PRAGMA user_version", "3");
  return 0;
}

static void a_journal_of_a_later_version_is_refused_with_what_to_do(void **state) {
  (void)state;
  run_in_task(meets_a_newer_one);
}

/* --- others, and what fails -------------------------------------------------------------------------------------------------- */

static int opens_twice(void *unused) {
  (void)unused;
  struct store *daemon = open_store(), *heal = open_store(), *reader = NULL;
  char *error = NULL;
  for (int i = 0; i < 20; i++) {
    auto_free char *sentence = text_format("%d", i);
    assert_int_equal(store_event(daemon, "d", "", sentence), 0);
    assert_int_equal(store_event(heal, "h", "", sentence), 0);
  }
  assert_int_equal(store_open(folder, true, &reader, &error), 0);
  assert_on_disk("SELECT count(*) FROM events", "40");
  assert_int_equal(store_event(reader, "r", "", "a reader writes"), -EACCES);
  store_close(reader);
  store_close(heal);
  assert_int_equal(store_event(daemon, "d", "", "still open"), 0);
  store_close(daemon);
  return 0;
}

static void two_writers_and_a_reader_share_it(void **state) {
  (void)state;
  run_in_task(opens_twice);
}

static int opens_in_vain(void *unused) {
  (void)unused;
  struct store *store = NULL;
  char *error = NULL;
  /* Not a matter of permissions: root may write everywhere. */
  assert_int_equal(store_open("/dev/null/ejmon", false, &store, &error), -ENOTDIR);
  assert_non_null(strstr(error, "/dev/null/ejmon"));
  assert_non_null(strstr(error, "state:"));
  free(error);
  char *path = text_format("%s/journal.db", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  assert_int_equal(store_open(folder, false, &store, &error), -EACCES);
  assert_non_null(strstr(error, "journal.db"));
  free(error);
  assert_int_equal(rmdir(path), 0);
  assert_int_equal(store_open(folder, true, &store, &error), -EACCES); /* a reader makes none */
  free(error);
  FILE *file = fopen(path, "w");
  fputs("this is no database, although it is long enough to be taken for the first page of one", file);
  fclose(file);
  assert_int_equal(store_open(folder, false, &store, &error), -EIO);
  assert_non_null(strstr(error, "not a database"));
  free(error);
  free(path);
  assert_null(store);
  return 0;
}

static void what_cannot_be_opened_says_why_and_what_to_do(void **state) {
  (void)state;
  run_in_task(opens_in_vain);
}

static sqlite3 *lock_from_outside(const char *how) {
  char *path = text_format("%s/journal.db", folder);
  sqlite3 *database;
  assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
  assert_int_equal(sqlite3_exec(database, how, NULL, NULL, NULL), SQLITE_OK);
  free(path);
  return database;
}

static int is_locked(void *unused) {
  (void)unused;
  struct rows rows;
  make_rows(&rows);
  struct store *store = open_store(), *other = NULL;
  sqlite3 *holder = lock_from_outside("BEGIN IMMEDIATE");
  double started = loop_monotonic();
  assert_int_equal(store_commit(store, &rows), -EBUSY);
  assert_true(loop_monotonic() - started < 4);
  assert_on_disk("SELECT count(*) FROM incidents", "0");
  other = open_store(); /* what is there can be read all the same */
  store_close(other);
  sqlite3_exec(holder, "COMMIT", NULL, NULL, NULL);
  commit(store, &rows);
  store_close(store);
  sqlite3_close(holder);
  rows_free(&rows);
  return 0;
}

static void a_locked_journal_is_told_within_seconds_and_nothing_is_written(void **state) {
  (void)state;
  run_in_task(is_locked);
}

static int is_locked_at_the_start(void *unused) {
  (void)unused;
  struct store *store = NULL;
  char *error = NULL;
  change_on_disk(version_0);
  sqlite3 *holder = lock_from_outside("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO events VALUES (1, '', '', '')");
  double started = loop_monotonic();
  assert_int_equal(store_open(folder, false, &store, &error), -EBUSY);
  assert_true(loop_monotonic() - started < 4);
  assert_non_null(strstr(error, "is locked by another program"));
  free(error);
  sqlite3_close(holder);
  store = open_store();
  assert_taken_over(store);
  store_close(store);
  return 0;
}

static void a_journal_that_is_locked_at_the_start_can_be_tried_again(void **state) {
  (void)state;
  run_in_task(is_locked_at_the_start);
}

static int fills_the_disk(void *unused) {
  (void)unused;
  struct rows rows;
  make_rows(&rows);
  struct store *store = open_store();
  assert_int_equal(store_event(store, "before", "", "x"), 0);
  struct text large = {0};
  for (int i = 0; i < 100000; i++) text_add(&large, "word ");
  free(rows.incidents[2].seen);
  rows.incidents[2].seen = text_steal(&large);
  signal(SIGXFSZ, SIG_IGN);
  struct rlimit before, small = {.rlim_cur = 200000, .rlim_max = RLIM_INFINITY};
  getrlimit(RLIMIT_FSIZE, &before);
  small.rlim_max = before.rlim_max;
  assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
  int r = store_commit(store, &rows);
  setrlimit(RLIMIT_FSIZE, &before);
  assert_true(r == -EIO || r == -ENOSPC);
  assert_on_disk("SELECT count(*) FROM incidents", "0"); /* not even those before the one that was too large */
  assert_on_disk("SELECT what FROM events", "before");
  commit(store, &rows);
  assert_loaded(store, &rows);
  store_close(store);
  rows_free(&rows);
  return 0;
}

static void a_disk_that_is_full_takes_nothing_and_is_forgiven(void **state) {
  (void)state;
  run_in_task(fills_the_disk);
}

static void a_database_that_may_not_grow_says_that_there_is_no_space(void **state) {
  (void)state;
  struct sqlite3 *database = NULL;
  char *error = NULL;
  struct rows rows = {0};
  for (int i = 0; i < 1000; i++) fill(&symptom_type, array_push(&rows.symptoms, &rows.symptom_count, sizeof *rows.symptoms), i);
  assert_int_equal(store_database_open(":memory:", false, &database, &error), 0);
  assert_int_equal(sqlite3_exec(database, "PRAGMA max_page_count = 1", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(store_database_commit(database, &rows), -ENOSPC);
  assert_int_equal(sqlite3_exec(database, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(store_database_commit(database, &rows), 0);
  store_database_close(database);
  rows_free(&rows);
}

static int writes_on(void *argument) {
  return store_event(argument, "late", "", "from a task that was cancelled");
}

static int closes_under_a_writer(void *unused) {
  (void)unused;
  struct store *store = open_store();
  struct task *tasks[20];
  for (size_t i = 0; i < 20; i++) tasks[i] = task_start("writer", 0, writes_on, store);
  assert_int_equal(task_sleep(0), 0);
  for (size_t i = 0; i < 20; i++) task_cancel(tasks[i]);
  for (size_t i = 0; i < 20; i++) (void)task_join(tasks[i]);
  store_close(store); /* while the writer's thread may still have all of it before it */
  return 0;
}

static void closing_does_not_pull_the_database_away_from_a_writer(void **state) {
  (void)state;
  run_in_task(closes_under_a_writer);
  assert_true(work_end()); /* the last of them runs here, and closes */
}

static int hangs(void *argument) {
  struct store *store = argument;
  struct rows rows;
  make_rows(&rows);
  int r = store_commit(store, &rows);
  rows_free(&rows);
  return r;
}

static int closes_while_the_disk_hangs(void *unused) {
  (void)unused;
  struct store *store = open_store();
  assert_int_equal(store_event(store, "before", "", ""), 0);
  slow_disk_hangs();
  struct task *first = task_start("commit", 0.1, hangs, store), *second = task_start("commit", 0.1, hangs, store);
  assert_int_equal(task_join(first), -ETIMEDOUT);
  assert_int_equal(task_join(second), -ETIMEDOUT);
  double started = loop_monotonic();
  store_close(store);
  assert_true(loop_monotonic() - started < 0.05);
  assert_false(work_end()); /* the program may go on to its end */
  assert_true(loop_monotonic() - started < WORK_END_SECONDS + 1);
  return 0;
}

static void a_disk_that_hangs_holds_neither_closing_nor_the_end_of_the_program(void **state) {
  (void)state;
  slow_disk_start();
  run_in_task(closes_while_the_disk_hangs);
  slow_disk_end();
  assert_on_disk("SELECT count(*) FROM incidents", "3"); /* it was written after all */
}

static int opens_an_old_one(void *unused) {
  (void)unused;
  struct store *store = open_store();
  assert_int_equal(store_event(store, "new", "", ""), 0);
  struct rows rows;
  make_rows(&rows);
  rows.event_count = 0;
  set(&rows.incidents[0].id, "shut");
  set(&rows.incidents[0].state, "closed");
  rows.incidents[0].closed = 2;
  set(&rows.deliveries[0].verdict, "lost");
  rows.deliveries[0].done = 2;
  commit(store, &rows);
  store_close(store);
  change_on_disk("UPDATE incidents SET opened = 1; UPDATE deliveries SET made = 1");
  change_on_disk("INSERT INTO events VALUES (unixepoch() - 500 * 86400, 'old', '', '')");
  store = open_store();
  assert_on_disk("SELECT what FROM events", "new");
  assert_on_disk("SELECT count(*) FROM incidents", "2"); /* an open one is never too old, nor what is owed */
  assert_on_disk("SELECT count(*) FROM deliveries", "2");
  store_close(store);
  rows.event_count = 3;
  rows_free(&rows);
  return 0;
}

static void what_is_old_and_over_is_removed_at_opening(void **state) {
  (void)state;
  run_in_task(opens_an_old_one);
}

static void the_folder_is_only_for_its_owner(void **state) {
  (void)state;
  char *outer = folder;
  folder = text_format("%s/state", outer);
  run_in_task(opens_an_old_one);
  struct stat stat_of;
  assert_int_equal(stat(folder, &stat_of), 0);
  assert_int_equal(stat_of.st_mode & 0777, 0700);
  free(folder);
  folder = outer;
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_row_comes_back_as_it_was),
      TEST(every_member_of_a_row_is_in_its_table),
      TEST(a_row_with_the_same_key_is_replaced_and_what_is_over_is_not_loaded),
      TEST(times_of_a_former_boot_are_never_taken_for_this_ones),
      TEST(the_database_alone_works_in_memory_without_any_thread),
      TEST(the_journals_files_are_only_for_their_owner),
      TEST(ten_thousand_symptoms_are_one_commit_of_well_under_a_second),
      TEST(an_attempt_is_on_disk_at_each_step),
      TEST(a_journal_of_before_there_were_versions_is_taken_over),
      TEST(what_an_earlier_version_believed_is_taken_over),
      TEST(a_take_over_that_fails_changes_nothing),
      TEST(a_journal_of_a_later_version_is_refused_with_what_to_do),
      TEST(two_writers_and_a_reader_share_it),
      TEST(what_cannot_be_opened_says_why_and_what_to_do),
      TEST(a_locked_journal_is_told_within_seconds_and_nothing_is_written),
      TEST(a_journal_that_is_locked_at_the_start_can_be_tried_again),
      TEST(a_disk_that_is_full_takes_nothing_and_is_forgiven),
      TEST(a_database_that_may_not_grow_says_that_there_is_no_space),
      TEST(closing_does_not_pull_the_database_away_from_a_writer),
      TEST(a_disk_that_hangs_holds_neither_closing_nor_the_end_of_the_program),
      TEST(what_is_old_and_over_is_removed_at_opening),
      TEST(the_folder_is_only_for_its_owner),
  };
  return end_all(cmocka_run_group_tests(tests, NULL, NULL));
}
