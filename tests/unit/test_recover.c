/* What a killed ejmon left half-way: every state that an attempt can be found in, undone once, from its directory and the configuration
 * alone. */
#include "tests/unit/state_folder.h"

#include <sys/file.h>
#include <sys/stat.h>

#include "monitor/heal/attempt.h"

static struct {
  int undo;  /* what it returns */
  int undos; /* how often it ran */
  struct text directory, told;
} world;

static int step_undo(const struct remedy_step *step) {
  world.undos++;
  text_clear(&world.directory);
  text_add(&world.directory, step->directory);
  text_add(step->report, "brought back");
  return world.undo;
}

static const struct remedy_kind thing = {.name = "thing", .timeout = 5, .undo = step_undo};
static struct conf_remedy remedies[] = {{.kind = &thing}};
static struct conf conf = {.remedies = remedies, .remedy_count = 1};

static int prepare(void **state) {
  memset(&world, 0, sizeof world);
  conf.remedy_count = 1;
  return make_folder(state);
}

static int end(void **state) {
  text_free(&world.directory), text_free(&world.told);
  return remove_folder(state);
}

static void leave(struct journal *journal, const char *state) {
  assert_int_equal(journal_write(journal,
                                 "INSERT INTO attempts (id, incident, cause, remedy, plan, started, state, report)"
                                 " VALUES ('thing@1', 'i@1', 't/bad', 'thing', '', 1, ?, 'preflight: go')",
                                 (const char *const[]){state, NULL}),
                   0);
}

static void hear(void *context, const struct attempt_leftover *leftover) {
  assert_ptr_equal(context, &world);
  text_printf(&world.told, "%s %s %s|", leftover->id, leftover->incident, attempt_verdict_names[leftover->verdict]);
}

static int recover(struct journal *journal, bool last) {
  return attempt_recover(&conf, journal, last, hear, &world);
}

static int undoes(void *state) {
  struct journal *journal = open_journal();
  leave(journal, state);
  assert_int_equal(recover(journal, false), 0);
  assert_int_equal(world.undos, 1);
  auto_free char *directory = text_format("%s/attempts/thing@1", journal_folder(journal));
  assert_string_equal(text_get(&world.directory), directory);
  assert_on_disk("SELECT state || (ended IS NOT NULL) FROM attempts", "undone1");
  assert_string_equal(text_get(&world.told), "thing@1 i@1 undone|");
  assert_int_equal(recover(journal, false), 0);
  assert_int_equal(world.undos, 1); /* nothing twice */
  auto_free char *report = on_disk("SELECT report FROM attempts");
  assert_non_null(strstr(report, "preflight: go\nrecovered: "));
  assert_non_null(strstr(report, "brought back\nundone"));
  journal_close(journal);
  return 0;
}

static void in(void *state, int (*run)(void *state)) {
  assert_int_equal(task_run_to_end("test", 20, run, state), 0);
}

static void what_was_left_at_any_step_is_undone_once(void **state) {
  static char states[][12] = {"snapshot", "applying", "verifying", "undoing"};
  for (size_t i = 0; i < countof(states); i++) {
    if (i) assert_int_equal(prepare(state), 0);
    in(states[i], undoes);
    if (i + 1 < countof(states)) assert_int_equal(end(state), 0);
  }
}

static int was_only_intended(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  leave(journal, "intended");
  assert_int_equal(recover(journal, false), 0);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state || (ended IS NOT NULL) FROM attempts", "could-not-look1");
  journal_close(journal);
  return 0;
}

static void an_intent_alone_has_nothing_to_undo(void **state) {
  (void)state;
  in(NULL, was_only_intended);
}

static int fails(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  leave(journal, "applying");
  world.undo = -EBUSY;
  assert_int_equal(recover(journal, false), -EAGAIN);
  assert_on_disk("SELECT ended IS NULL FROM attempts", "1"); /* it is tried again */
  assert_string_equal(text_get(&world.told), "");
  assert_int_equal(recover(journal, true), 0);
  assert_on_disk("SELECT state FROM attempts", "undo-failed");
  assert_string_equal(text_get(&world.told), "thing@1 i@1 undo-failed|");
  assert_int_equal(recover(journal, true), 0);
  assert_int_equal(world.undos, 2);
  journal_close(journal);
  return 0;
}

static void an_undo_that_fails_is_tried_again_and_then_told(void **state) {
  (void)state;
  in(NULL, fails);
}

static int has_no_remedy(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  leave(journal, "applying");
  conf.remedy_count = 0;
  assert_int_equal(recover(journal, true), 0);
  assert_on_disk("SELECT state FROM attempts", "undo-failed");
  journal_close(journal);
  return 0;
}

static void a_remedy_that_is_configured_no_more_is_told(void **state) {
  (void)state;
  in(NULL, has_no_remedy);
}

static int had_ended(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  leave(journal, "verifying");
  auto_free char *all = text_format("%s/attempts", journal_folder(journal));
  auto_free char *directory = text_format("%s/thing@1", all);
  auto_free char *mark = attempt_mark(directory, ATTEMPT_KEPT);
  assert_int_equal(mkdir(all, 0700), 0);
  assert_int_equal(mkdir(mark, 0700), 0);
  assert_int_equal(recover(journal, false), 0);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state FROM attempts", "kept");
  journal_close(journal);
  return 0;
}

static void what_was_kept_on_a_full_disk_is_not_undone(void **state) {
  (void)state;
  in(NULL, had_ended);
}

static int is_locked(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  leave(journal, "applying");
  auto_free char *path = text_format("%s/acting.lock", journal_folder(journal));
  auto_fd int other = open(path, O_RDWR | O_CREAT, 0600);
  assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
  assert_int_equal(recover(journal, true), -EBUSY);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state FROM attempts", "applying");
  journal_close(journal);
  return 0;
}

static void an_attempt_that_somebody_is_busy_with_is_not_touched(void **state) {
  (void)state;
  in(NULL, is_locked);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(what_was_left_at_any_step_is_undone_once),        TEST(an_intent_alone_has_nothing_to_undo),
      TEST(an_undo_that_fails_is_tried_again_and_then_told), TEST(a_remedy_that_is_configured_no_more_is_told),
      TEST(what_was_kept_on_a_full_disk_is_not_undone),      TEST(an_attempt_that_somebody_is_busy_with_is_not_touched),
  };
  return end_all(cmocka_run_group_tests(tests, NULL, NULL));
}
