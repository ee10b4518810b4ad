/* The journal: what was written is on disk and redacted, two openers share it, and what fails says so and leaves nothing behind. */
#include "tests/unit/state_folder.h"

static int writes_and_reopens(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  assert_string_equal(journal_folder(journal), folder);
  assert_int_equal(journal_event(journal, "started", "", "one"), 0);
  assert_on_disk("SELECT sentence FROM events", "one"); /* at once, for everybody */
  assert_int_equal(journal_event(journal, "stopped", "a/b@now", "two"), 0);
  journal_close(journal);
  journal = open_journal();
  struct journal_rows rows = {0};
  assert_int_equal(journal_read(journal, "SELECT what, incident, sentence, NULL FROM events ORDER BY at, rowid", NULL, &rows), 0);
  assert_int_equal(rows.count, 2);
  assert_string_equal(rows.rows[0][0], "started");
  assert_string_equal(rows.rows[1][1], "a/b@now");
  assert_string_equal(rows.rows[1][2], "two");
  assert_string_equal(rows.rows[1][3], "");
  assert_null(rows.rows[1][4]);
  journal_rows_free(&rows);
  journal_rows_free(&rows);
  journal_close(journal);
  journal_close(NULL);
  return 0;
}

static void what_was_written_survives(void **state) {
  (void)state;
  run_in_task(writes_and_reopens);
}

static int writes_secrets(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  redact_register("correct-horse");
  assert_int_equal(journal_event(journal, "x", "", "it was correct-horse, and postgresql://u:staple@db/x"), 0);
  assert_on_disk("SELECT sentence FROM events", "it was [hidden], and postgresql://u:[hidden]@db/x");
  journal_close(journal);
  return 0;
}

static void no_secret_reaches_the_disk(void **state) {
  (void)state;
  run_in_task(writes_secrets);
  char *command = text_format("%s/journal.db", folder);
  FILE *file = fopen(command, "r");
  assert_non_null(file);
  char *bytes = calloc(1, 1 << 20);
  size_t length = fread(bytes, 1, (1 << 20) - 1, file);
  assert_null(text_find(bytes, length, "correct-horse", false));
  assert_null(text_find(bytes, length, "staple", false));
  free(bytes);
  fclose(file);
  free(command);
}

static int opens_twice(void *unused) {
  (void)unused;
  struct journal *daemon = open_journal(), *heal = open_journal(), *reader = NULL;
  char *error = NULL;
  for (int i = 0; i < 20; i++) {
    assert_int_equal(journal_event(daemon, "d", "", "daemon"), 0);
    assert_int_equal(journal_event(heal, "h", "", "heal"), 0);
  }
  assert_int_equal(journal_open(folder, true, &reader, &error), 0);
  struct journal_rows rows = {0};
  assert_int_equal(journal_read(reader, "SELECT count(*) FROM events", NULL, &rows), 0);
  assert_string_equal(rows.rows[0][0], "40");
  journal_rows_free(&rows);
  assert_int_equal(journal_event(reader, "r", "", "a reader writes"), -EIO);
  journal_close(reader);
  journal_close(heal);
  assert_int_equal(journal_event(daemon, "d", "", "still open"), 0);
  journal_close(daemon);
  return 0;
}

static void two_writers_and_a_reader_share_it(void **state) {
  (void)state;
  run_in_task(opens_twice);
}

static int opens_in_vain(void *unused) {
  (void)unused;
  struct journal *journal = NULL;
  char *error = NULL;
  /* Not a matter of permissions: root may write everywhere. */
  assert_int_equal(journal_open("/dev/null/ejmon", false, &journal, &error), -ENOTDIR);
  assert_non_null(strstr(error, "/dev/null/ejmon"));
  assert_non_null(strstr(error, "state:"));
  free(error);
  error = NULL;
  char *path = text_format("%s/journal.db", folder);
  assert_int_equal(mkdir(path, 0700), 0);
  assert_int_equal(journal_open(folder, false, &journal, &error), -EACCES);
  assert_non_null(strstr(error, "journal.db"));
  free(error);
  error = NULL;
  assert_int_equal(rmdir(path), 0);
  assert_int_equal(journal_open(folder, true, &journal, &error), -EACCES); /* a reader makes none */
  free(error);
  error = NULL;
  FILE *file = fopen(path, "w");
  fputs("this is no database, although it is long enough to be taken for the first page of one", file);
  fclose(file);
  assert_int_equal(journal_open(folder, false, &journal, &error), -EIO);
  assert_non_null(strstr(error, "not a database"));
  free(error);
  free(path);
  assert_null(journal);
  return 0;
}

static void what_cannot_be_opened_says_why_and_what_to_do(void **state) {
  (void)state;
  run_in_task(opens_in_vain);
}

static int fills_the_disk(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  assert_int_equal(journal_event(journal, "before", "", "x"), 0);
  assert_int_equal(journal_write(journal, "PRAGMA max_page_count = 1", NULL), 0); /* as a full disk: SQLITE_FULL for every new page */
  struct text large = {0};
  for (int i = 0; i < 20000; i++) text_add(&large, "word ");
  assert_int_equal(journal_event(journal, "large", "", text_get(&large)), -EIO);
  assert_on_disk("SELECT what FROM events", "before");
  assert_int_equal(journal_write(journal, "PRAGMA max_page_count = 1000000", NULL), 0);
  assert_int_equal(journal_event(journal, "after", "", text_get(&large)), 0);
  assert_on_disk("SELECT what FROM events ORDER BY rowid", "before after");
  text_free(&large);
  assert_int_equal(journal_write(journal, "INSERT INTO nowhere VALUES (1)", NULL), -EIO);
  journal_close(journal);
  return 0;
}

static void a_full_disk_is_told_and_forgiven(void **state) {
  (void)state;
  run_in_task(fills_the_disk);
}

static int writes_on(void *argument) {
  struct journal *journal = argument;
  return journal_event(journal, "late", "", "from a task that was cancelled");
}

static int closes_under_a_writer(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct task *tasks[20];
  for (size_t i = 0; i < 20; i++) tasks[i] = task_start("writer", 0, writes_on, journal);
  assert_int_equal(task_sleep(0), 0);
  for (size_t i = 0; i < 20; i++) task_cancel(tasks[i]);
  for (size_t i = 0; i < 20; i++) (void)task_join(tasks[i]);
  journal_close(journal); /* while the writer's thread may still have all of it before it */
  return 0;
}

static void closing_does_not_pull_the_database_away_from_a_writer(void **state) {
  (void)state;
  run_in_task(closes_under_a_writer);
  work_end(); /* the last of them runs here, and closes */
}

static int reads_too_much(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct journal_rows rows = {0};
  assert_int_equal(
      journal_read(journal, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n", NULL, &rows),
      0);
  assert_int_equal(rows.count, JOURNAL_ROW_LIMIT);
  journal_rows_free(&rows);
  journal_close(journal);
  return 0;
}

static void an_answer_is_bounded(void **state) {
  (void)state;
  run_in_task(reads_too_much);
}

static int opens_an_old_one(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  assert_int_equal(journal_write(journal, "INSERT INTO events VALUES (unixepoch() - 500 * 86400, 'old', '', '')", NULL), 0);
  assert_int_equal(journal_write(journal, "INSERT INTO incidents VALUES ('open', 'a/b', 'critical', '', '', 1.0, NULL, 'open')", NULL), 0);
  assert_int_equal(journal_write(journal, "INSERT INTO incidents VALUES ('shut', 'a/b', 'critical', '', '', 1.0, 2.0, 'closed')", NULL), 0);
  assert_int_equal(journal_event(journal, "new", "", ""), 0);
  journal_close(journal);
  journal = open_journal();
  assert_on_disk("SELECT what FROM events", "new");
  assert_on_disk("SELECT id FROM incidents", "open"); /* an open one is never too old */
  journal_close(journal);
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
      TEST(what_was_written_survives),
      TEST(no_secret_reaches_the_disk),
      TEST(two_writers_and_a_reader_share_it),
      TEST(what_cannot_be_opened_says_why_and_what_to_do),
      TEST(a_full_disk_is_told_and_forgiven),
      TEST(closing_does_not_pull_the_database_away_from_a_writer),
      TEST(an_answer_is_bounded),
      TEST(what_is_old_and_over_is_removed_at_opening),
      TEST(the_folder_is_only_for_its_owner),
  };
  return end_all(cmocka_run_group_tests(tests, NULL, NULL));
}
