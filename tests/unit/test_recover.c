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

static void leave(struct store *store, const char *state) {
  static char id[] = "thing@1", incident[] = "i@1", cause[] = "t/bad", remedy[] = "thing", plan[] = "", report[] = "preflight: go";
  struct attempt_row row = {.id = id, .incident = incident, .cause = cause, .remedy = remedy, .plan = plan, .report = report, .started = 1};
  row.state = (char *)(uintptr_t)state;
  assert_int_equal(store_attempt_begin(store, &row), 0);
}

static void hear(void *context, const struct attempt_leftover *leftover) {
  assert_ptr_equal(context, &world);
  text_printf(&world.told, "%s %s %s|", leftover->id, leftover->incident, attempt_verdict_names[leftover->verdict]);
}

static int recover(struct store *store, bool last) {
  return attempt_recover(&conf, store, last, hear, &world);
}

static int undoes(void *state) {
  struct store *store = open_store();
  leave(store, state);
  assert_int_equal(recover(store, false), 0);
  assert_int_equal(world.undos, 1);
  auto_free char *directory = text_format("%s/attempts/thing@1", store_folder(store));
  assert_string_equal(text_get(&world.directory), directory);
  assert_on_disk("SELECT state || (ended IS NOT NULL) FROM attempts", "undone1");
  assert_string_equal(text_get(&world.told), "thing@1 i@1 undone|");
  assert_int_equal(recover(store, false), 0);
  assert_int_equal(world.undos, 1); /* nothing twice */
  auto_free char *report = on_disk("SELECT report FROM attempts");
  assert_non_null(strstr(report, "preflight: go\nrecovered: "));
  assert_non_null(strstr(report, "brought back\nundone"));
  store_close(store);
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
  struct store *store = open_store();
  leave(store, "intended");
  assert_int_equal(recover(store, false), 0);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state || (ended IS NOT NULL) FROM attempts", "could-not-look1");
  store_close(store);
  return 0;
}

static void an_intent_alone_has_nothing_to_undo(void **state) {
  (void)state;
  in(NULL, was_only_intended);
}

static int fails(void *unused) {
  (void)unused;
  struct store *store = open_store();
  leave(store, "applying");
  world.undo = -EBUSY;
  assert_int_equal(recover(store, false), -EAGAIN);
  assert_on_disk("SELECT ended IS NULL FROM attempts", "1"); /* it is tried again */
  assert_string_equal(text_get(&world.told), "");
  assert_int_equal(recover(store, true), 0);
  assert_on_disk("SELECT state FROM attempts", "undo-failed");
  assert_string_equal(text_get(&world.told), "thing@1 i@1 undo-failed|");
  assert_int_equal(recover(store, true), 0);
  assert_int_equal(world.undos, 2);
  store_close(store);
  return 0;
}

static void an_undo_that_fails_is_tried_again_and_then_told(void **state) {
  (void)state;
  in(NULL, fails);
}

static int has_no_remedy(void *unused) {
  (void)unused;
  struct store *store = open_store();
  leave(store, "applying");
  conf.remedy_count = 0;
  assert_int_equal(recover(store, true), 0);
  assert_on_disk("SELECT state FROM attempts", "undo-failed");
  store_close(store);
  return 0;
}

static void a_remedy_that_is_configured_no_more_is_told(void **state) {
  (void)state;
  in(NULL, has_no_remedy);
}

static int asks_for_leftovers(void *unused) {
  (void)unused;
  struct store *store = open_store();
  assert_int_equal(attempt_leftovers(store), 0);
  leave(store, "applying");
  assert_int_equal(attempt_leftovers(store), 1); /* an `ejmon heal` was killed while we ran */
  auto_free char *path = text_format("%s/acting.lock", store_folder(store));
  int other = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
  assert_int_equal(attempt_leftovers(store), 0); /* somebody is at it */
  close(other);
  assert_int_equal(attempt_leftovers(store), 1);
  assert_int_equal(recover(store, false), 0);
  assert_int_equal(attempt_leftovers(store), 0);
  store_close(store);
  return 0;
}

static void a_leftover_is_noticed_once_nobody_acts_any_more(void **state) {
  (void)state;
  in(NULL, asks_for_leftovers);
}

static int is_redacted(void *unused) {
  (void)unused;
  struct store *store = open_store();
  redact_register("thing"); /* a password that is a word of ours, here the remedy's name */
  redact_register("brought");
  leave(store, "applying");
  assert_int_equal(recover(store, false), 0);
  assert_on_disk("SELECT id || ' ' || remedy || ' ' || state FROM attempts", "thing@1 thing undone");
  auto_free char *directory = text_format("%s/attempts/thing@1", store_folder(store));
  assert_string_equal(text_get(&world.directory), directory); /* the snapshot is found */
  auto_free char *report = on_disk("SELECT report FROM attempts");
  assert_non_null(strstr(report, "[hidden] back"));
  store_close(store);
  return 0;
}

static void what_a_remedy_says_is_redacted_and_no_id_is(void **state) {
  (void)state;
  in(NULL, is_redacted);
}

static int had_ended(void *unused) {
  (void)unused;
  struct store *store = open_store();
  leave(store, "verifying");
  auto_free char *all = text_format("%s/attempts", store_folder(store));
  auto_free char *directory = text_format("%s/thing@1", all);
  auto_free char *mark = attempt_mark(directory, ATTEMPT_KEPT);
  assert_int_equal(mkdir(all, 0700), 0);
  assert_int_equal(mkdir(mark, 0700), 0);
  assert_int_equal(recover(store, false), 0);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state FROM attempts", "kept");
  store_close(store);
  return 0;
}

static void what_was_kept_on_a_full_disk_is_not_undone(void **state) {
  (void)state;
  in(NULL, had_ended);
}

static int is_locked(void *unused) {
  (void)unused;
  struct store *store = open_store();
  leave(store, "applying");
  auto_free char *path = text_format("%s/acting.lock", store_folder(store));
  auto_fd int other = open(path, O_RDWR | O_CREAT, 0600);
  assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
  assert_int_equal(recover(store, true), -EBUSY);
  assert_int_equal(world.undos, 0);
  assert_on_disk("SELECT state FROM attempts", "applying");
  store_close(store);
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
      TEST(a_leftover_is_noticed_once_nobody_acts_any_more), TEST(what_a_remedy_says_is_redacted_and_no_id_is),
      TEST(what_was_kept_on_a_full_disk_is_not_undone),      TEST(an_attempt_that_somebody_is_busy_with_is_not_touched),
  };
  return end_all(cmocka_run_group_tests(tests, NULL, NULL));
}
