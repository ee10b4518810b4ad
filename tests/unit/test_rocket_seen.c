/* Two checks of one Rocket.Chat ask it once: the second waits for the first, and takes what it was told. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/rocketchat/rocket_seen.h"
#include "monitor/base/task.h"

#define CHAT "http://chat.example.org"

static int tell(void *argument) {
  struct rocket_seen seen = {.known = argument != NULL, .version = {7, 9, -1}, .settings = json_pack("{s:b}", "Force_SSL", 1)};
  int r = task_sleep(0.05);
  rocket_seen_end(CHAT, argument ? &seen : NULL);
  rocket_seen_free(&seen);
  return r;
}

static int nobody_asked(void *unused) {
  (void)unused;
  struct rocket_seen seen;
  assert_int_equal(rocket_seen_wait("http://other.example.org", 1.0, &seen), -ENOENT);
  return 0;
}

static int wait_for_the_other(void *argument) {
  struct rocket_seen seen = {0};
  rocket_seen_begin(CHAT);
  struct task *other = task_start("other", 0, tell, argument);
  int r = rocket_seen_wait(CHAT, 10.0, &seen);
  assert_int_equal(task_join(other), 0);
  if (!argument) {
    assert_int_equal(r, -ENODATA); /* asked, and told nothing: no second call to a server that refuses */
    return 0;
  }
  assert_int_equal(r, 0);
  assert_int_equal(seen.version.minor, 9);
  assert_true(json_is_true(json_object_get(seen.settings, "Force_SSL")));
  rocket_seen_free(&seen);
  return 0;
}

static int patience_ends(void *unused) {
  (void)unused;
  struct rocket_seen seen = {0};
  rocket_seen_begin(CHAT "/slow");
  assert_int_equal(rocket_seen_wait(CHAT "/slow", 0.05, &seen), -ENODATA); /* it hangs for the other, and would for this one */
  rocket_seen_end(CHAT "/slow", NULL);
  return 0;
}

static void who_comes_second_takes_what_the_first_was_told(void **state) {
  (void)state;
  static int yes;
  assert_int_equal(task_run_to_end("nobody", 5, nobody_asked, NULL), 0);
  assert_int_equal(task_run_to_end("told", 5, wait_for_the_other, &yes), 0);
  assert_int_equal(task_run_to_end("refused", 5, wait_for_the_other, NULL), 0);
  assert_int_equal(task_run_to_end("slow", 5, patience_ends, NULL), 0);
}

static void only_so_many_are_remembered(void **state) {
  (void)state;
  for (int i = 0; i < 3 * ROCKET_SEEN_LIMIT; i++) {
    auto_free char *base = text_format("http://chat%d.example.org", i);
    struct rocket_seen seen = {.known = true, .settings = json_object()};
    rocket_seen_begin(base);
    rocket_seen_end(base, &seen);
    rocket_seen_free(&seen);
  }
}

static int look_for_who_asks(void *base) {
  struct rocket_seen seen = {0};
  assert_int_equal(rocket_seen_wait(base, 0.05, &seen), -ENODATA);
  return 0;
}

static void who_found_no_room_takes_nothing_from_who_came_later(void **state) {
  (void)state;
  char *bases[ROCKET_SEEN_LIMIT + 1];
  for (int i = 0; i <= ROCKET_SEEN_LIMIT; i++) {
    bases[i] = text_format("http://busy%d.example.org", i);
    rocket_seen_begin(bases[i]); /* the last one finds all places taken */
  }
  rocket_seen_end(bases[0], NULL);
  char *late = bases[ROCKET_SEEN_LIMIT];
  rocket_seen_begin(late); /* has the place that became free */
  rocket_seen_end(late, NULL);
  rocket_seen_end(late, &(struct rocket_seen){.known = true}); /* of the one that had none */
  rocket_seen_begin(late);
  assert_int_equal(task_run_to_end("late", 5, look_for_who_asks, late), 0);
  rocket_seen_end(late, NULL);
  for (int i = 0; i <= ROCKET_SEEN_LIMIT; i++) {
    if (i > 0 && i < ROCKET_SEEN_LIMIT) rocket_seen_end(bases[i], NULL);
    free(bases[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_comes_second_takes_what_the_first_was_told),
      cmocka_unit_test(only_so_many_are_remembered),
      cmocka_unit_test(who_found_no_room_takes_nothing_from_who_came_later),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
