/* What people should have been told by now: whether ejmon may be called ready. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "monitor/core/owed.h"

static struct spool spool;
static long serial;

static int begin(void **state) {
  (void)state;
  spool_set_sinks(&spool, (const char *const[]){"pager", "chat"}, 2);
  return 0;
}

static int clean(void **state) {
  (void)state;
  spool_free(&spool);
  return 0;
}

static struct delivery *owe(const char *sink, double now) {
  struct delivery_row row = {.id = text_format("i-%ld", ++serial),
                             .sink = xstrdup(sink),
                             .incident = xstrdup("i"),
                             .event = xstrdup("triggered"),
                             .code = xstrdup("web/down"),
                             .subject = xstrdup("stack"),
                             .severity = xstrdup("critical"),
                             .summary = xstrdup("down"),
                             .body = xstrdup(""),
                             .verdict = xstrdup(""),
                             .error = xstrdup(""),
                             .made = 1.8e9,
                             .next_at = now,
                             .serial = serial};
  return spool_add(&spool, &row, NOTICE_TRIGGERED, SEVERITY_CRITICAL);
}

static void end_as(struct delivery *delivery, enum delivery_result result, double now) {
  bool lost;
  spool_ended(&spool, delivery, result, 0, "503", now, 1.8e9, &lost);
}

static void a_notice_has_a_moment_to_arrive(void **state) {
  (void)state;
  struct delivery *delivery = owe("chat", 100);
  spool_started(&spool, delivery);
  assert_int_equal(owed_late(&spool, 1, 100 + OWED_PATIENCE), 0);
  end_as(delivery, DELIVERY_DONE, 105);
  assert_int_equal(owed_late(&spool, 1, 1000), 0);
}

static void behind_a_receiver_that_hangs_all_is_late(void **state) {
  (void)state;
  for (int i = 0; i < 6; i++) {
    struct delivery *delivery = owe("chat", 100);
    if (i < SPOOL_AT_ONCE) spool_started(&spool, delivery);
  }
  assert_int_equal(owed_late(&spool, 1, 101 + OWED_PATIENCE), 6);
  assert_int_equal(owed_late(&spool, 0, 101 + OWED_PATIENCE), 0);
}

static void what_was_refused_is_late_until_it_is_taken_whatever_its_next_time(void **state) {
  (void)state;
  struct delivery *delivery = owe("chat", 5000); /* of a former life, which was told to come again later */
  delivery->row.tries = 3;
  assert_int_equal(owed_late(&spool, 1, 100), 1);
  end_as(delivery, DELIVERY_DONE, 101);
  assert_int_equal(owed_late(&spool, 1, 102), 0);
}

static void what_is_owed_to_a_sink_that_is_gone_is_owed(void **state) {
  (void)state;
  owe("chat", 100), owe("chat", 100), owe("pager", 100);
  char **names;
  assert_int_equal(owed_to_gone(&spool, &names), 0);
  assert_null(*names);
  strings_free(names);
  spool_set_sinks(&spool, (const char *const[]){"pager"}, 1);
  assert_int_equal(owed_to_gone(&spool, &names), 2);
  assert_string_equal(names[0], "chat");
  assert_null(names[1]);
  strings_free(names);
  assert_int_equal(owed_late(&spool, 0, 1000), 1); /* of the one that is there */
  spool_set_sinks(&spool, (const char *const[]){"chat", "pager"}, 2);
  assert_int_equal(owed_to_gone(&spool, &names), 0);
  strings_free(names);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, clean)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_notice_has_a_moment_to_arrive),
      TEST(behind_a_receiver_that_hangs_all_is_late),
      TEST(what_was_refused_is_late_until_it_is_taken_whatever_its_next_time),
      TEST(what_is_owed_to_a_sink_that_is_gone_is_owed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
