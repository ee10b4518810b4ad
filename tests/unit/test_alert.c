/* Notices on their way out: spooled before the first send, retried with back-off and Retry-After, never held up by another sink, never lost
 * to a restart. The sinks are made here. */
#include "tests/unit/state_folder.h"

/* The same code in a hurry, under other names. */
#define alerts_start hurried_alerts_start
#define alerts_stop hurried_alerts_stop
#define alerts_add hurried_alerts_add
#include "monitor/engine/alert.h"
#undef ALERT_RETRY_FIRST
#undef ALERT_RETRY_MOST
#undef ALERT_SEND_SECONDS
#undef ALERT_GIVE_UP_SECONDS
#undef ALERT_GIVE_UP_TRIES
#define ALERT_GIVE_UP_TRIES 3
#define ALERT_RETRY_FIRST 0.02
#define ALERT_RETRY_MOST retry_most
#define ALERT_SEND_SECONDS 0.5
#define ALERT_GIVE_UP_SECONDS give_up
static double give_up, retry_most;
#include "monitor/engine/alert.c"

/* A sink that does as it is told, and keeps what it got. */
struct fake_sink {
  int answers[8]; /* one per try; then 0 */
  double retry_after;
  bool hangs;
  int tries;
  double at[16];     /* when each try came */
  struct text got;   /* "event code summary|" of what was delivered */
  struct text ids;   /* of every try */
  struct text found; /* how many notices were on disk at each try */
};

static struct fake_sink first, second;

static int fake_send(const void *config, const struct notice *notice, double *ret_retry_after, char **ret_error) {
  struct fake_sink *sink = (struct fake_sink *)(uintptr_t)config;
  auto_free char *count = on_disk("SELECT count(*) FROM notices");
  text_printf(&sink->found, "%s ", count);
  text_printf(&sink->ids, "%s ", notice->id);
  if (sink->tries < 16) sink->at[sink->tries] = loop_monotonic();
  int answer = sink->tries < 8 ? sink->answers[sink->tries] : 0;
  sink->tries++;
  if (sink->hangs) return task_sleep(1000);
  int r = task_sleep(0);
  if (r < 0) return r;
  if (answer == 0)
    text_printf(&sink->got, "%s %s %s %s|", notice_event_names[notice->event], notice->code, severity_names[notice->severity],
                notice->summary);
  if (answer < 0) *ret_error = xstrdup("the receiver is not well");
  *ret_retry_after = sink->retry_after;
  return answer;
}

static const struct sink_kind sink_fake = {.name = "fake", .summary = "fake", .send = fake_send};
static char first_name[] = "first", second_name[] = "second", site[] = "https://ej.example.org";
static struct conf_sink conf_sinks[] = {{.name = first_name, .kind = &sink_fake, .config = &first},
                                        {.name = second_name, .kind = &sink_fake, .config = &second}};
static struct conf conf = {.sinks = conf_sinks, .sink_count = 2, .stack = {.site = site}};

static int prepare(void **state) {
  first = second = (struct fake_sink){0};
  give_up = 86400;
  retry_most = 0.05;
  return make_folder(state);
}

static int end(void **state) {
  text_free(&first.got), text_free(&first.ids), text_free(&first.found);
  text_free(&second.got), text_free(&second.ids), text_free(&second.found);
  return remove_folder(state);
}

static void add(struct alerts *alerts, enum notice_event event, const char *summary) {
  alerts_add(alerts, event, "t/bad@then", "t/bad", SEVERITY_CRITICAL, summary, "what was seen");
}

static int delivers(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  add(alerts, NOTICE_TRIGGERED, "one");
  add(alerts, NOTICE_RESOLVED, "two");
  wait_until(first.tries == 2 && second.tries == 2);
  alerts_stop(alerts, 5, true);
  assert_string_equal(text_get(&first.got), "triggered t/bad critical one|resolved t/bad critical two|");
  assert_string_equal(text_get(&first.got), text_get(&second.got));
  assert_on_disk("SELECT verdict FROM notices", "delivered delivered delivered delivered");
  journal_close(journal);
  return 0;
}

static void every_sink_gets_every_notice_once_and_in_order(void **state) {
  (void)state;
  run_in_task(delivers);
  assert_true(text_get(&first.found)[0] >= '1'); /* spooled before the first send */
}

static int retries(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  first.answers[0] = first.answers[1] = first.answers[2] = first.answers[3] = -EAGAIN;
  add(alerts, NOTICE_TRIGGERED, "one");
  wait_until(first.got.length);
  assert_int_equal(first.tries, 5);
  assert_true(first.at[1] - first.at[0] >= 0.02 - 0.002);
  assert_true(first.at[2] - first.at[1] >= 0.04 - 0.002);
  for (int i = 3; i < 5; i++) assert_true(first.at[i] - first.at[i - 1] >= 0.05 - 0.002); /* not doubled for ever */
  alerts_stop(alerts, 5, true);
  assert_on_disk("SELECT tries FROM notices WHERE sink = 'first'", "4");
  assert_on_disk("SELECT verdict FROM notices", "delivered delivered");
  /* The receiver can tell a repetition: all tries have one id. */
  char *space = strchr(text_get(&first.ids), ' ');
  for (const char *p = text_get(&first.ids); *p; p += space - text_get(&first.ids) + 1)
    assert_memory_equal(p, text_get(&first.ids), space - text_get(&first.ids));
  journal_close(journal);
  return 0;
}

static void a_notice_is_tried_again_with_growing_pauses(void **state) {
  (void)state;
  run_in_task(retries);
}

static int waits_as_told(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  first.answers[0] = -EAGAIN;
  first.retry_after = 0.2;
  add(alerts, NOTICE_TRIGGERED, "one");
  wait_until(first.got.length);
  assert_true(first.at[1] - first.at[0] >= 0.19);
  alerts_stop(alerts, 5, true);
  journal_close(journal);
  return 0;
}

static void retry_after_is_respected(void **state) {
  (void)state;
  run_in_task(waits_as_told);
}

static int is_refused(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  first.answers[0] = -EINVAL;
  add(alerts, NOTICE_TRIGGERED, "one");
  add(alerts, NOTICE_RESOLVED, "two");
  wait_until(first.got.length && second.tries == 2);
  alerts_stop(alerts, 5, true);
  assert_string_equal(text_get(&first.got), "resolved t/bad critical two|");
  assert_int_equal(first.tries, 2);
  assert_on_disk("SELECT verdict FROM notices WHERE sink = 'first' ORDER BY id", "lost delivered");
  assert_on_disk("SELECT verdict FROM notices WHERE sink = 'second'", "delivered delivered");
  journal_close(journal);
  return 0;
}

static void what_is_refused_for_good_is_not_tried_again(void **state) {
  (void)state;
  run_in_task(is_refused);
}

static int is_too_old(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  for (size_t i = 0; i < countof(first.answers); i++) first.answers[i] = -EAGAIN;
  give_up = 0.06;
  add(alerts, NOTICE_TRIGGERED, "one");
  wait_until(second.got.length);
  for (bool lost = false; !lost;) {
    assert_int_equal(task_sleep(0.005), 0);
    auto_free char *verdict = on_disk("SELECT verdict FROM notices WHERE sink = 'first'");
    lost = text_equal(verdict, "lost");
  }
  alerts_stop(alerts, 5, true);
  journal_close(journal);
  return 0;
}

static void a_notice_of_yesterday_is_given_up(void **state) {
  (void)state;
  run_in_task(is_too_old);
}

static int stops_at_once(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  assert_int_equal(task_sleep(0.05), 0); /* until the queues wait for work */
  add(alerts, NOTICE_TRIGGERED, "one");
  add(alerts, NOTICE_RESOLVED, "two");
  alerts_stop(alerts, 5, true);
  assert_string_equal(text_get(&first.got), "triggered t/bad critical one|resolved t/bad critical two|");
  assert_string_equal(text_get(&first.got), text_get(&second.got));
  journal_close(journal);
  return 0;
}

static void the_last_notices_before_the_end_are_still_sent(void **state) {
  (void)state;
  run_in_task(stops_at_once);
}

static int stops_while_resting(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  first.answers[0] = -EAGAIN;
  first.retry_after = 0.5;
  add(alerts, NOTICE_TRIGGERED, "one");
  wait_until(first.tries == 1 && second.tries == 1);
  assert_int_equal(task_sleep(0.05), 0);
  alerts_stop(alerts, 5, true);
  assert_int_equal(first.tries, 1); /* its next try was not waited for */
  assert_on_disk("SELECT sink FROM notices WHERE done IS NULL", "first");
  journal_close(journal);
  return 0;
}

static void a_sink_that_is_down_does_not_hold_up_the_end(void **state) {
  (void)state;
  run_in_task(stops_while_resting);
}

static int one_hangs(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  first.hangs = true;
  for (int i = 0; i < 5; i++) add(alerts, NOTICE_TRIGGERED, "n");
  wait_until(second.tries == 5);
  assert_true(first.tries == 1); /* still in its first try */
  wait_until(first.tries == 2);  /* which was cut off, and is repeated */
  double before = loop_monotonic();
  alerts_stop(alerts, 0.05, true);
  assert_true(loop_monotonic() - before < 5);
  assert_on_disk("SELECT count(*) FROM notices WHERE done IS NULL", "5");
  journal_close(journal);
  return 0;
}

static void a_hanging_sink_holds_up_nobody_and_not_the_end(void **state) {
  (void)state;
  run_in_task(one_hangs);
}

static int lives_twice(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  for (size_t i = 0; i < countof(first.answers); i++) first.answers[i] = -EAGAIN;
  add(alerts, NOTICE_TRIGGERED, "one");
  add(alerts, NOTICE_RESOLVED, "two");
  for (bool marked = false; !marked;) {
    assert_int_equal(task_sleep(0.005), 0);
    auto_free char *done = on_disk("SELECT count(*) FROM notices WHERE done IS NOT NULL");
    marked = first.tries >= 1 && text_equal(done, "2");
  }
  alerts_stop(alerts, 0, true);
  journal_close(journal);
  memset(first.answers, 0, sizeof first.answers);
  text_clear(&first.ids);
  int before = second.tries;
  journal = open_journal();
  alerts = alerts_start(&conf, journal);
  wait_until(strstr(text_get(&first.got), "two"));
  alerts_stop(alerts, 5, true);
  assert_string_equal(text_get(&first.got), "triggered t/bad critical one|resolved t/bad critical two|");
  assert_true(text_starts(text_get(&first.ids), "t/bad@then-triggered-1 "));
  assert_int_equal(second.tries, before); /* what was delivered is not sent again */
  journal_close(journal);
  return 0;
}

static void a_restart_sends_what_the_former_life_could_not(void **state) {
  (void)state;
  run_in_task(lives_twice);
}

static int has_no_spool(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  redact_register("correct-horse");
  assert_int_equal(
      journal_write(journal, "CREATE TRIGGER full BEFORE INSERT ON notices WHEN new.sink = 'second' BEGIN SELECT raise(ABORT, 'full'); END",
                    NULL),
      0);
  add(alerts, NOTICE_TRIGGERED, "it was correct-horse");
  wait_until(first.tries == 1);
  alerts_stop(alerts, 5, true);
  assert_string_equal(text_get(&second.got), "triggered t/bad critical it was [hidden]|");
  assert_string_equal(text_get(&first.got), text_get(&second.got)); /* by the spool, and only by it */
  journal_close(journal);
  return 0;
}

static void a_full_disk_does_not_silence_the_pager(void **state) {
  (void)state;
  run_in_task(has_no_spool);
}

static int hangs_without_a_spool(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  assert_int_equal(journal_write(journal, "CREATE TRIGGER full BEFORE INSERT ON notices BEGIN SELECT raise(ABORT, 'full'); END", NULL), 0);
  first.hangs = true;
  add(alerts, NOTICE_TRIGGERED, "one");
  assert_int_equal(second.tries, 1);
  assert_true(second.at[0] - first.at[0] < ALERT_SEND_SECONDS); /* not after the first one's time-out */
  alerts_stop(alerts, 5, true);
  journal_close(journal);
  return 0;
}

static void without_a_spool_a_hanging_sink_holds_up_nobody_either(void **state) {
  (void)state;
  run_in_task(hangs_without_a_spool);
}

static int cannot_mark(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  assert_int_equal(journal_write(journal, "CREATE TRIGGER full BEFORE UPDATE ON notices BEGIN SELECT raise(ABORT, 'full'); END", NULL), 0);
  add(alerts, NOTICE_TRIGGERED, "one");
  add(alerts, NOTICE_RESOLVED, "two");
  wait_until(first.tries == 2 && second.tries == 2);
  assert_int_equal(task_sleep(0.1), 0);
  assert_int_equal(first.tries, 2);
  alerts_stop(alerts, 1, true);
  assert_string_equal(text_get(&first.got), "triggered t/bad critical one|resolved t/bad critical two|");
  journal_close(journal);
  return 0;
}

static void a_delivery_that_the_journal_does_not_take_is_not_repeated_over_and_over(void **state) {
  (void)state;
  run_in_task(cannot_mark);
}

static int cannot_read_for_a_moment(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  assert_int_equal(journal_write(journal, "ALTER TABLE notices RENAME TO away", NULL), 0);
  retry_most = LONGEST * 10;
  struct alerts *alerts = alerts_start(&conf, journal);
  wait_until(alerts->queues[0].resting && alerts->queues[1].resting); /* their first looks have failed */
  assert_int_equal(journal_write(journal, "ALTER TABLE away RENAME TO notices", NULL), 0);
  add(alerts, NOTICE_TRIGGERED, "one");
  wait_until(first.tries == 1 && second.tries == 1);
  alerts_stop(alerts, 5, true);
  journal_close(journal);
  return 0;
}

static void a_journal_that_cannot_be_read_for_a_moment_makes_no_queue_deaf(void **state) {
  (void)state;
  run_in_task(cannot_read_for_a_moment);
}

static int is_redacted(void *unused) {
  (void)unused;
  struct journal *journal = open_journal();
  struct alerts *alerts = alerts_start(&conf, journal);
  add(alerts, NOTICE_TRIGGERED, "see postgresql://u:staple@db/x");
  wait_until(first.got.length && second.got.length);
  alerts_stop(alerts, 5, true);
  assert_null(strstr(text_get(&first.got), "staple"));
  journal_close(journal);
  return 0;
}

static void no_secret_leaves(void **state) {
  (void)state;
  run_in_task(is_redacted);
}

static void nothing_to_stop_is_no_trouble(void **state) {
  (void)state;
  alerts_stop(NULL, 1, true);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, end)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(every_sink_gets_every_notice_once_and_in_order),
      TEST(a_notice_is_tried_again_with_growing_pauses),
      TEST(retry_after_is_respected),
      TEST(what_is_refused_for_good_is_not_tried_again),
      TEST(a_notice_of_yesterday_is_given_up),
      TEST(the_last_notices_before_the_end_are_still_sent),
      TEST(a_sink_that_is_down_does_not_hold_up_the_end),
      TEST(a_hanging_sink_holds_up_nobody_and_not_the_end),
      TEST(a_restart_sends_what_the_former_life_could_not),
      TEST(a_full_disk_does_not_silence_the_pager),
      TEST(without_a_spool_a_hanging_sink_holds_up_nobody_either),
      TEST(a_journal_that_cannot_be_read_for_a_moment_makes_no_queue_deaf),
      TEST(a_delivery_that_the_journal_does_not_take_is_not_repeated_over_and_over),
      TEST(no_secret_leaves),
      TEST(nothing_to_stop_is_no_trouble),
  };
  return end_all(cmocka_run_group_tests(tests, NULL, NULL));
}
