/* What is owed to people: who waits for whom, when it is tried again, when it is given up, and what becomes of it when its sink goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "monitor/core/queue.h"
#include "monitor/core/spool.h"

#define WALL 1795403529.0
#define DAY 86400.0

static struct spool spool;
static long serial;
static unsigned long changes;

static struct delivery_row row_of(const char *incident, const char *sink, enum notice_event event) {
  return (struct delivery_row){.id = text_format("%s-%ld", incident, ++serial),
                               .sink = xstrdup(sink),
                               .incident = xstrdup(incident),
                               .event = xstrdup(notice_event_names[event]),
                               .code = xstrdup("web/down"),
                               .subject = xstrdup("stack"),
                               .severity = xstrdup("critical"),
                               .summary = xstrdup("down"),
                               .body = xstrdup(""),
                               .verdict = xstrdup(""),
                               .error = xstrdup(""),
                               .made = WALL,
                               .serial = serial};
}

/* One that is on disk. */
static struct delivery *owe_news(const char *incident, const char *sink, enum notice_event event) {
  struct delivery_row row = row_of(incident, sink, event);
  return spool_restore(&spool, &row, event, SEVERITY_CRITICAL, 0);
}

static struct delivery *owe(const char *incident, const char *sink) {
  return owe_news(incident, sink, NOTICE_TRIGGERED);
}

static struct delivery *owe_unsaved(const char *incident, const char *sink) {
  struct delivery_row row = row_of(incident, sink, NOTICE_TRIGGERED);
  struct delivery *delivery = spool_add(&spool, &row, NOTICE_TRIGGERED, SEVERITY_CRITICAL);
  spool_touch(&spool, delivery, ++changes);
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
  changes = 0;
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

static void another_receiver_is_tried_at_once(void **state) {
  (void)state;
  struct delivery *pager = owe("a", "pager"), *chat = owe("a", "chat");
  end_as(pager, DELIVERY_TRY_AGAIN, 3000, 0, WALL);
  end_as(chat, DELIVERY_TRY_AGAIN, 3000, 0, WALL);
  spool_try_anew(&spool, "pager", 10);
  assert_ptr_equal(next("pager", 10), pager);
  assert_null(next("chat", 10));
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
  struct delivery *delivery = owe_unsaved("a", "pager");
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
  struct delivery *fresh = owe_unsaved("b", "pager");
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

static struct delivery *of_cause(const char *code, struct delivery_row row, enum notice_event event) {
  free(row.code);
  row.code = xstrdup(code);
  return spool_restore(&spool, &row, event, SEVERITY_CRITICAL, 0);
}

static void a_page_waits_behind_no_older_news_of_other_incidents(void **state) {
  (void)state;
  struct delivery *update = of_cause("x/1", row_of("a", "pager", NOTICE_UPDATED), NOTICE_UPDATED);
  struct delivery *end = of_cause("x/2", row_of("b", "pager", NOTICE_RESOLVED), NOTICE_RESOLVED);
  struct delivery *first = of_cause("x/3", row_of("c", "pager", NOTICE_TRIGGERED), NOTICE_TRIGGERED);
  struct delivery *own = of_cause("x/3", row_of("c", "pager", NOTICE_RESOLVED), NOTICE_RESOLVED), *second = owe("d", "pager");
  struct delivery *const order[] = {first, second, update, end, own};
  for (size_t i = 0; i < countof(order); i++) {
    assert_ptr_equal(next("pager", 0), order[i]);
    spool_started(&spool, order[i]);
    end_as(order[i], DELIVERY_DONE, 0, 0, WALL);
  }
  struct delivery *retried = owe("e", "pager"), *old = owe_news("f", "pager", NOTICE_RESOLVED);
  end_as(retried, DELIVERY_TRY_AGAIN, 0, 0, WALL);
  assert_ptr_equal(next("pager", 1), old);
  assert_ptr_equal(next("pager", SPOOL_RETRY_FIRST), retried);
}

static void a_cause_that_begins_anew_ends_before_it_does(void **state) {
  (void)state;
  struct delivery *other = of_cause("web/hung", row_of("x", "pager", NOTICE_RESOLVED), NOTICE_RESOLVED);
  struct delivery *update = owe_news("a", "pager", NOTICE_UPDATED), *end = owe_news("a", "pager", NOTICE_RESOLVED);
  struct delivery *page = of_cause("db/locked", row_of("y", "pager", NOTICE_TRIGGERED), NOTICE_TRIGGERED);
  struct delivery *again = owe("b", "pager");
  struct delivery *const order[] = {update, end, page, again, other};
  for (size_t i = 0; i < countof(order); i++) {
    assert_ptr_equal(next("pager", 0), order[i]);
    end_as(order[i], DELIVERY_DONE, 0, 0, WALL);
  }
  struct delivery *refused = owe("c", "pager"), *end_of_refused = owe_news("c", "pager", NOTICE_RESOLVED);
  end_as(refused, DELIVERY_TRY_AGAIN, 0, 0, WALL);
  assert_ptr_equal(next("pager", 1), again = owe("d", "pager")); /* it waits for nothing that has to wait itself */
  end_as(again, DELIVERY_DONE, 0, 1, WALL);
  end_as(refused, DELIVERY_DONE, 0, 5, WALL);
  assert_ptr_equal(next("pager", 5), end_of_refused);
}

static void what_is_restored_out_of_order_goes_in_the_order_of_its_incident(void **state) {
  (void)state;
  struct delivery *newest = owe_news("a", "pager", NOTICE_RESOLVED);
  serial -= 3;
  struct delivery *oldest = owe("a", "pager"), *middle = owe_news("a", "pager", NOTICE_UPDATED);
  struct delivery *const order[] = {oldest, middle, newest};
  for (size_t i = 0; i < countof(order); i++) {
    assert_ptr_equal(next("pager", 0), order[i]);
    end_as(order[i], DELIVERY_DONE, 0, 0, WALL);
  }
}

static void what_a_former_life_owed_is_owed_anew_in_this(void **state) {
  (void)state;
  struct delivery_row row = row_of("a", "pager", NOTICE_TRIGGERED);
  row.tries = 300;
  row.next_at = 100; /* it was stopped for longer than a day */
  struct delivery *delivery = spool_restore(&spool, &row, NOTICE_TRIGGERED, SEVERITY_CRITICAL, 2 * DAY);
  assert_ptr_equal(next("pager", 2 * DAY), delivery);
  assert_false(end_as(delivery, DELIVERY_TRY_AGAIN, 0, 2 * DAY, WALL + 2 * DAY));
  assert_true(end_as(delivery, DELIVERY_TRY_AGAIN, 0, 3 * DAY + 1, WALL + 3 * DAY + 1));
}

/* Gives it up as a receiver that refuses for a day does. */
static void lose(struct delivery *delivery) {
  while (delivery->row.tries < SPOOL_GIVE_UP_TRIES - 1) assert_false(end_as(delivery, DELIVERY_TRY_AGAIN, 0, 0, WALL));
  assert_true(end_as(delivery, DELIVERY_TRY_AGAIN, 0, DAY + 1, WALL + DAY + 1));
}

static void with_a_lost_beginning_goes_what_waited_behind_it(void **state) {
  (void)state;
  struct delivery *first = owe("a", "pager"), *update = owe_news("a", "pager", NOTICE_UPDATED);
  struct delivery *end = owe_news("a", "pager", NOTICE_RESOLVED), *again = owe("a", "pager");
  struct delivery *other = owe_news("b", "pager", NOTICE_RESOLVED);
  assert_true(spool_owes_beginning(&spool, "pager", "a"));
  assert_false(spool_owes_beginning(&spool, "pager", "b"));
  assert_false(spool_owes_beginning(&spool, "chat", "a"));
  lose(first);
  assert_ptr_equal(spool_drop_behind(&spool, first), update);
  assert_ptr_equal(spool_drop_behind(&spool, first), end);
  assert_null(spool_drop_behind(&spool, first));
  assert_string_equal(end->row.verdict, "dropped");
  assert_ptr_equal(next("pager", DAY + 1), again);
  end_as(again, DELIVERY_DONE, 0, DAY + 1, WALL);
  assert_ptr_equal(next("pager", DAY + 1), other);
  assert_int_equal(spool_sink(&spool, "pager")->owed, 1);
}

static void the_newest_losses_are_remembered_until_the_next_after_a_success(void **state) {
  (void)state;
  const struct sink_health *sink = spool_sink(&spool, "pager");
  for (int i = 0; i < SPOOL_LOST_NAMED + 2; i++) {
    struct delivery *delivery = owe("a", "pager");
    free(delivery->row.summary);
    delivery->row.summary = text_format("loss %d", i);
    lose(delivery);
  }
  assert_int_equal(sink->lost_in_row, SPOOL_LOST_NAMED + 2);
  assert_int_equal(strings_count(sink->lost_what), SPOOL_LOST_NAMED);
  assert_string_equal(sink->lost_what[0], "loss 2");
  end_as(owe("b", "pager"), DELIVERY_DONE, 0, DAY + 1, WALL);
  assert_int_equal(sink->lost, 0);
  assert_int_equal(sink->lost_in_row, SPOOL_LOST_NAMED + 2);
  lose(owe("c", "pager"));
  assert_int_equal(sink->lost_in_row, 1);
}

#define OWED 20000u /* notices: half of them begin something and are refused, the others wait for these or are due */
#define STEPS 100u  /* comparisons for one of what is done to a notice: a heap and a tree of them are 14 deep */

static unsigned long compared(void) {
  return queue_compared(spool_sink(&spool, "pager")->queue);
}

/* Judged by what is compared, not by a clock; and what looks finds nothing to walk through. */
static void assert_cheap(unsigned long before, size_t done) {
  if (compared() - before > done * STEPS) fail_msg("%lu comparisons for %zu steps", compared() - before, done);
}

static struct delivery *next_without_items(double now) {
  size_t count = spool.count;
  struct delivery **items = spool.items;
  spool.count = 0, spool.items = NULL;
  struct delivery *delivery = next("pager", now);
  if (!delivery) assert_true(spool_next_at(&spool, "pager", now) > now);
  spool.count = count, spool.items = items;
  return delivery;
}

static void a_look_an_end_and_a_commit_of_twenty_thousand_touch_only_what_changed(void **state) {
  (void)state;
  unsigned long before = compared();
  for (unsigned i = 0; i < OWED / 2; i++) {
    auto_free char *incident = text_format("http/unreachable@host-%u.example.org@20261123T031209Z.%u", i, i);
    owe(incident, "pager");
  }
  for (unsigned i = 0; i < OWED / 2; i++) {
    auto_free char *incident = text_format("http/unreachable@host-%u.example.org@20261123T031209Z.%u", i, i);
    owe_news(incident, "pager", NOTICE_RESOLVED);
  }
  assert_cheap(before, OWED);
  before = compared();
  size_t refused = 0, steps = 0;
  for (struct delivery *delivery; (delivery = next_without_items(1)); refused++) { /* all is refused: the ends wait behind it */
    spool_started(&spool, delivery);
    end_as(delivery, DELIVERY_TRY_AGAIN, 0, 1, WALL);
    spool_touch(&spool, delivery, ++changes);
    spool_stored(&spool, changes);
  }
  assert_int_equal(refused, OWED / 2);
  assert_cheap(before, refused);
  before = compared();
  for (int i = 0; i < 1000; i++) assert_null(next_without_items(2)); /* each turn of the loop */
  assert_true(compared() - before <= 1000);
  before = compared();
  for (struct delivery *delivery; (delivery = next_without_items(100)); steps++) {
    spool_started(&spool, delivery);
    end_as(delivery, DELIVERY_DONE, 0, 100, WALL);
    spool_touch(&spool, delivery, ++changes);
    spool_stored(&spool, changes);
  }
  assert_int_equal(steps, OWED);
  assert_cheap(before, steps);
  assert_int_equal(spool.count, 0);
}

static void what_is_spent_is_freed_in_time(void **state) {
  (void)state;
  for (int i = 0; i < 2000; i++) {
    auto_free char *incident = text_format("%d", i);
    owe(incident, "pager");
  }
  for (size_t left = 2000; left > 0; left--) {
    struct delivery *delivery = next("pager", 0);
    end_as(delivery, DELIVERY_DONE, 0, 0, WALL);
    spool_touch(&spool, delivery, ++changes);
    spool_stored(&spool, changes);
    assert_in_range(spool.count, left - 1, left + left / 7 + 1);
  }
  assert_int_equal(spool.count, 0);
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
      TEST(another_receiver_is_tried_at_once),
      TEST(it_is_lost_only_after_a_day_and_five_tries),
      TEST(what_we_interrupt_counts_as_no_try),
      TEST(what_is_on_no_disk_is_sent_only_while_the_store_is_in_trouble),
      TEST(news_is_heard_of_while_others_wait),
      TEST(a_page_waits_behind_no_older_news_of_other_incidents),
      TEST(a_cause_that_begins_anew_ends_before_it_does),
      TEST(what_is_restored_out_of_order_goes_in_the_order_of_its_incident),
      TEST(what_a_former_life_owed_is_owed_anew_in_this),
      TEST(with_a_lost_beginning_goes_what_waited_behind_it),
      TEST(the_newest_losses_are_remembered_until_the_next_after_a_success),
      TEST(a_look_an_end_and_a_commit_of_twenty_thousand_touch_only_what_changed),
      TEST(what_is_spent_is_freed_in_time),
      TEST(few_fly_at_once),
      TEST(a_sink_that_goes_is_owed_for_a_day),
      TEST(only_what_is_over_is_forgotten_and_the_oldest_first),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
