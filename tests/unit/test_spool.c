/* What is owed to people: who waits for whom, when it is tried again, when it is given up, and what becomes of it when its sink goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/spool.h"

#define WALL 1795403529.0
#define DAY 86400.0

static struct spool spool;
static long serial;

static struct delivery *owe(const char *incident, const char *sink) {
  struct delivery_row row = {.id = text_format("%s-%ld", incident, ++serial),
                             .sink = xstrdup(sink),
                             .incident = xstrdup(incident),
                             .event = xstrdup("triggered"),
                             .code = xstrdup("web/down"),
                             .subject = xstrdup("stack"),
                             .severity = xstrdup("critical"),
                             .summary = xstrdup("down"),
                             .body = xstrdup(""),
                             .verdict = xstrdup(""),
                             .error = xstrdup(""),
                             .made = WALL,
                             .serial = serial};
  struct delivery *delivery = spool_add(&spool, &row, NOTICE_TRIGGERED, SEVERITY_CRITICAL);
  delivery->known = true;
  return delivery;
}

static struct delivery *next(const char *sink, double now) {
  return spool_next(&spool, sink, now, false);
}

/* Returns whether it was given up. */
static bool end_as(struct delivery *delivery, enum delivery_result result, double retry_after, double now, double wall) {
  bool lost;
  spool_ended(&spool, delivery, result, retry_after, "503", now, wall, &lost);
  return lost;
}

static int begin(void **state) {
  (void)state;
  spool_set_sinks(&spool, (const char *const[]){"pager", "chat"}, 2);
  return 0;
}

static int clean(void **state) {
  (void)state;
  spool_free(&spool);
  serial = 0;
  return 0;
}

static void what_is_refused_holds_back_its_own_incident_alone(void **state) {
  (void)state;
  struct delivery *first = owe("a", "pager"), *second = owe("a", "pager"), *other = owe("b", "pager");
  assert_ptr_equal(next("pager", 0), first);
  spool_started(&spool, first);
  assert_ptr_equal(next("pager", 0), other); /* also while it flies */
  assert_false(end_as(first, DELIVERY_TRY_AGAIN, 0, 0, WALL));
  assert_ptr_equal(next("pager", 1), other);
  end_as(other, DELIVERY_DONE, 0, 1, WALL);
  assert_null(next("pager", 1));
  assert_ptr_equal(next("pager", SPOOL_RETRY_FIRST), first);
  end_as(first, DELIVERY_DONE, 0, 5, WALL);
  assert_ptr_equal(next("pager", 5), second);
}

static void sinks_wait_for_themselves_alone(void **state) {
  (void)state;
  struct delivery *pager = owe("a", "pager"), *chat = owe("a", "chat"), *later = owe("a", "chat");
  end_as(pager, DELIVERY_TRY_AGAIN, 0, 0, WALL);
  assert_ptr_equal(next("chat", 0), chat);
  end_as(chat, DELIVERY_DONE, 0, 0, WALL);
  assert_ptr_equal(next("chat", 0), later);
}

static void a_refusal_is_tried_again_at_growing_intervals(void **state) {
  (void)state;
  static const double pauses[] = {5, 10, 20, 40, 80, 160, 300, 300};
  struct delivery *delivery = owe("a", "pager");
  double now = 0;
  for (size_t i = 0; i < countof(pauses); i++) {
    assert_false(end_as(delivery, DELIVERY_TRY_AGAIN, 0, now, WALL + now));
    assert_float_equal(spool_next_at(&spool, "pager", now), now + pauses[i], 0.01);
    assert_null(next("pager", now + pauses[i] - 0.1));
    now += pauses[i];
    assert_ptr_equal(next("pager", now), delivery);
  }
  const struct sink_health *sink = spool_sink(&spool, "pager");
  assert_int_equal(sink->refusals, countof(pauses));
  assert_string_equal(sink->refusal, "503");
}

static void a_receiver_may_ask_for_an_hour_and_no_more(void **state) {
  (void)state;
  struct delivery *delivery = owe("a", "pager");
  end_as(delivery, DELIVERY_TRY_AGAIN, 300, 0, WALL);
  assert_float_equal(spool_next_at(&spool, "pager", 0), 300, 0.01);
  spool_set_sinks(&spool, (const char *const[]){"pager"}, 1); /* a reload */
  assert_null(next("pager", 299));
  end_as(delivery, DELIVERY_TRY_AGAIN, 1e9, 300, WALL + 300);
  assert_float_equal(spool_next_at(&spool, "pager", 300), 300 + SPOOL_RETRY_AFTER_MOST, 0.01);
}

static void it_is_lost_only_after_a_day_and_five_tries(void **state) {
  (void)state;
  struct delivery *delivery = owe("a", "pager");
  for (int i = 0; i < SPOOL_GIVE_UP_TRIES + 5; i++) assert_false(end_as(delivery, DELIVERY_TRY_AGAIN, 0, i, WALL + i));
  assert_false(end_as(delivery, DELIVERY_TRY_AGAIN, 0, 20, WALL + 3 * DAY)); /* a clock that jumps */
  assert_true(end_as(delivery, DELIVERY_TRY_AGAIN, 0, DAY + 1, WALL + 3 * DAY));
  assert_true(delivery_is_over(delivery));
  assert_string_equal(delivery->row.verdict, "lost");
  struct delivery *seldom = owe("b", "pager");
  for (int i = 1; i < SPOOL_GIVE_UP_TRIES; i++) assert_false(end_as(seldom, DELIVERY_TRY_AGAIN, 0, 2 * DAY, WALL + 2 * DAY));
  assert_true(end_as(seldom, DELIVERY_TRY_AGAIN, 0, 2 * DAY, WALL + 2 * DAY));
}

static void what_we_interrupt_counts_as_no_try(void **state) {
  (void)state;
  struct delivery *delivery = owe("a", "pager");
  spool_started(&spool, delivery);
  assert_null(next("pager", 0));
  end_as(delivery, DELIVERY_INTERRUPTED, 0, 0, WALL);
  assert_int_equal(delivery->row.tries, 0);
  assert_ptr_equal(next("pager", 0), delivery);
}

static void what_is_on_no_disk_is_sent_only_while_the_store_is_in_trouble(void **state) {
  (void)state;
  struct delivery *delivery = owe("a", "pager");
  delivery->known = false;
  assert_null(spool_next(&spool, "pager", 0, false));
  assert_ptr_equal(spool_next(&spool, "pager", 0, true), delivery);
}

/* Who asks at each turn of the loop is answered from memory until something happens; and hears of all that does. */
static void news_is_heard_of_while_others_wait(void **state) {
  (void)state;
  struct delivery *refused = owe("a", "pager");
  end_as(refused, DELIVERY_TRY_AGAIN, 100, 0, WALL);
  assert_null(next("pager", 1));
  assert_float_equal(spool_next_at(&spool, "pager", 1), 100, 0.01);
  struct delivery *fresh = owe("b", "pager");
  assert_ptr_equal(next("pager", 2), fresh);
  fresh->known = false;
  assert_null(next("pager", 3));
  assert_ptr_equal(spool_next(&spool, "pager", 3, true), fresh);
  assert_null(next("pager", 3));
  spool_stored(&spool, fresh->changed);
  assert_ptr_equal(next("pager", 4), fresh);
  spool_started(&spool, fresh);
  struct delivery *update = owe("b", "pager");
  assert_null(next("pager", 5));
  end_as(fresh, DELIVERY_DONE, 0, 6, WALL);
  assert_ptr_equal(next("pager", 6), update);
  end_as(update, DELIVERY_DONE, 0, 6, WALL);
  assert_null(next("pager", 7));
  spool_set_sinks(&spool, (const char *const[]){"chat"}, 1);
  spool_set_sinks(&spool, (const char *const[]){"chat", "pager"}, 2);
  assert_null(next("pager", 99));
  assert_ptr_equal(next("pager", 100), refused);
  assert_int_equal(spool_sink(&spool, "pager")->owed, 1);
  assert_int_equal(spool_sink(&spool, "pager")->flying, 0);
}

static void few_fly_at_once(void **state) {
  (void)state;
  struct delivery *deliveries[SPOOL_AT_ONCE + 1];
  for (size_t i = 0; i < countof(deliveries); i++) {
    auto_free char *incident = text_format("%zu", i);
    deliveries[i] = owe(incident, "pager");
  }
  for (size_t i = 0; i < SPOOL_AT_ONCE; i++) {
    assert_ptr_equal(next("pager", 0), deliveries[i]);
    spool_started(&spool, deliveries[i]);
  }
  assert_null(next("pager", 0));
  end_as(deliveries[2], DELIVERY_DONE, 0, 0, WALL);
  assert_ptr_equal(next("pager", 0), deliveries[SPOOL_AT_ONCE]);
}

static void a_sink_that_goes_is_owed_for_a_day(void **state) {
  (void)state;
  struct delivery *delivery = owe("a", "chat");
  spool_set_sinks(&spool, (const char *const[]){"pager"}, 1);
  assert_null(next("chat", 0));
  assert_null(spool_drop_missing(&spool, DAY + 1, WALL + DAY));
  assert_null(spool_drop_missing(&spool, 60, WALL + 3 * DAY)); /* a clock that jumps */
  spool_set_sinks(&spool, (const char *const[]){"pager", "chat"}, 2);
  assert_ptr_equal(next("chat", 0), delivery);
  spool_set_sinks(&spool, (const char *const[]){"pager"}, 1);
  assert_ptr_equal(spool_drop_missing(&spool, DAY + 1, WALL + DAY + 1), delivery);
  assert_string_equal(delivery->row.verdict, "dropped");
  assert_null(spool_drop_missing(&spool, DAY + 1, WALL + DAY + 1));
}

static void only_what_is_over_is_forgotten_and_the_oldest_first(void **state) {
  (void)state;
  for (int i = 0; i < 6; i++) end_as(owe("a", "pager"), i % 2 ? DELIVERY_TRY_AGAIN : DELIVERY_DONE, 0, 0, WALL);
  assert_int_equal(spool_forget_over(&spool, 3), 0);
  assert_int_equal(spool_forget_over(&spool, 1), 2);
  assert_int_equal(spool.count, 4);
  assert_int_equal(spool.items[0]->row.serial, 2);
  assert_int_equal(spool.items[2]->row.serial, 5);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, clean)
  const struct CMUnitTest tests[] = {
      TEST(what_is_refused_holds_back_its_own_incident_alone),
      TEST(sinks_wait_for_themselves_alone),
      TEST(a_refusal_is_tried_again_at_growing_intervals),
      TEST(a_receiver_may_ask_for_an_hour_and_no_more),
      TEST(it_is_lost_only_after_a_day_and_five_tries),
      TEST(what_we_interrupt_counts_as_no_try),
      TEST(what_is_on_no_disk_is_sent_only_while_the_store_is_in_trouble),
      TEST(news_is_heard_of_while_others_wait),
      TEST(few_fly_at_once),
      TEST(a_sink_that_goes_is_owed_for_a_day),
      TEST(only_what_is_over_is_forgotten_and_the_oldest_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
