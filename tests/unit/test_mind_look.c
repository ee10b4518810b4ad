/* Looks that fail in changing ways (monitor/core/mind_look.c): the real codes and rules under a virtual clock. What fails all the time is
 * told within its time and once, whatever its errors are called, and is over when the look passes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/check.h"
#include "checks/host/containers_codes.h"
#include "checks/plain/http_codes.h"
#include "checks/postgres/db_codes.h"
#include "checks/web/nginx_codes.h"
#include "monitor/core/mind_parts.h"

#define RISE 2
#define FALL 3
#define EVERY 10.0 /* seconds between two looks */

static struct mind mind;
static double now, wall;
static struct text log_text; /* "triggered web/down; " in the order of telling */
static size_t logged;

static bool heals(void *context, const struct incident *incident) {
  (void)context, (void)incident;
  return false;
}
static void describe(void *context, struct incident *incident) {
  (void)context, (void)incident;
}
static char *body(void *context, const struct incident *incident, enum notice_event event) {
  (void)context, (void)incident, (void)event;
  return xstrdup("");
}
static void changed(void *context, const struct incident *incident, enum incident_change change) {
  (void)context, (void)incident, (void)change;
}
static const struct mind_host host = {.heals = heals, .describe = describe, .body = body, .changed = changed};

static const struct mind_check *checks;
static size_t check_count;

static void life_begins(void) {
  mind_init(&mind, &host, rule_tables, now);
  mind_configure(&mind, checks, check_count, (const char *const[]){"pager"}, 1, now, wall);
  logged = 0;
}

static void begin(const struct mind_check *all, size_t count) {
  checks = all, check_count = count;
  now = 1000, wall = 1.8e9;
  life_begins();
}

static void end(void) {
  mind_free(&mind);
  text_free(&log_text);
  log_text = (struct text){0};
}

static int clean(void **state) {
  (void)state;
  end();
  return 0;
}

static void round_it(void) {
  (void)mind_round(&mind, now, wall);
  for (; logged < mind.spool.count; logged++) {
    const struct delivery_row *row = &mind.spool.items[logged]->row;
    text_printf(&log_text, "%s %s; ", row->event, row->code);
  }
}

static void wait_for(double seconds) {
  for (double until = now + seconds; now < until; now++, wall++) round_it();
}

static void rows_drop_last(struct rows *rows, size_t kept) {
  for (size_t i = kept; i < rows->incident_count; i++) row_clear(&incident_type, &rows->incidents[i]);
  rows->incident_count = kept;
}

static void kill_it(void) {
  struct rows rows = {0};
  unsigned long mark;
  if (!mind_batch(&mind, &rows, &mark)) return;
  size_t kept = 0; /* what has ended is not read again */
  for (size_t i = 0; i < rows.incident_count; i++) {
    const struct incident_row row = rows.incidents[i];
    rows.incidents[i] = rows.incidents[kept];
    rows.incidents[kept] = row;
    kept += row.closed <= 0;
  }
  rows_drop_last(&rows, kept);
  mind_free(&mind);
  life_begins();
  mind_restore(&mind, &rows, true, now, wall);
  logged = mind.spool.count;
  rows_free(&rows);
}

/* One probe: that code is found, or none, and the check calls all others well, also what it cannot know. */
static void take(const char *check, const struct code *ill) {
  struct opinion *opinion = mind_opinion(&mind, check);
  struct findings findings = {0};
  if (ill) finding_add(&findings, ill, "x");
  for (size_t i = 0; i < opinion->code_count; i++) {
    if (opinion->codes[i] != ill) finding_pass(&findings, opinion->codes[i]);
  }
  mind_take(&mind, opinion, &findings, NULL, now);
  findings_free(&findings);
  round_it();
}

static void look(const char *check, const struct code *ill) {
  take(check, ill);
  wait_for(EVERY);
}

static void look_often(const char *check, const struct code *ill, int times) {
  for (int i = 0; i < times; i++) look(check, ill);
}

#define TURNS(check, times, ...)                                                                     \
  do {                                                                                               \
    const struct code *const turns[] = {__VA_ARGS__};                                                \
    for (size_t turn = 0; turn < (size_t)(times); turn++) look(check, turns[turn % countof(turns)]); \
  } while (0)

static void assert_told(const char *want) {
  assert_string_equal(text_get(&log_text), want);
  text_clear(&log_text);
}

static const char *last_words(void) {
  return mind.spool.items[mind.spool.count - 1]->row.summary;
}

static const struct mind_check *stack_of(const struct code *const *codes) {
  static struct mind_check check;
  check = (struct mind_check){.name = "a", .subject = MIND_STACK, .codes = codes, .rise = RISE, .fall = FALL};
  return &check;
}

/* --- series ------------------------------------------------------------------------------------------------------------------------ */

static void errors_that_take_turns_for_an_hour_are_told_once_and_in_time(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  TURNS("a", FALL, &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT);
  assert_told("triggered web/down; ");
  TURNS("a", 360, &NGINX_GATEWAY_TIMEOUT, &NGINX_BAD_GATEWAY);
  assert_told("");
  look_often("a", NULL, RISE);
  assert_told("resolved web/down; ");
}

static void a_refusal_and_an_error_are_one_series_too(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  TURNS("a", 360, &NGINX_UNREACHABLE, &NGINX_BAD_GATEWAY, &NGINX_TIMEOUT, &NGINX_UNAVAILABLE, &NGINX_CUT_OFF);
  assert_told("triggered web/nginx-hung; ");
  look_often("a", NULL, RISE);
  assert_told("resolved web/nginx-hung; ");
}

static void a_look_that_passes_ends_the_series(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  TURNS("a", 360, &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, NULL);
  assert_told("");
}

static void a_series_goes_on_over_a_kill(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  TURNS("a", FALL - 1, &NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT);
  kill_it();
  look("a", &NGINX_BAD_GATEWAY);
  assert_told("triggered web/down; ");
}

static void other_questions_of_a_check_are_not_of_the_series(void **state) {
  (void)state;
  begin(stack_of(http_codes), 1);
  TURNS("a", 360, &HTTP_SLOW, &HTTP_STATUS);
  assert_told("");
}

/* --- changes ----------------------------------------------------------------------------------------------------------------------- */

static void an_error_that_changes_is_not_over_until_the_other_is_told(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_BAD_GATEWAY, 6);
  assert_told("triggered web/down; ");
  look_often("a", &NGINX_GATEWAY_TIMEOUT, FALL - 1);
  assert_told("");
  look_often("a", &NGINX_GATEWAY_TIMEOUT, 4);
  assert_told("triggered web/hung; ");
  look_often("a", &NGINX_GATEWAY_TIMEOUT, (int)(MIND_CHANGED / EVERY));
  assert_told("withdrawn web/down; ");
  assert_non_null(strstr(last_words(), "Went over into web/hung after 6 min"));
  assert_non_null(strstr(last_words(), "not seen well"));
  look_often("a", &NGINX_GATEWAY_TIMEOUT, 360);
  assert_told("");
  look_often("a", NULL, RISE);
  assert_told("resolved web/hung; ");
}

static void two_errors_of_which_both_were_told_are_over_when_the_look_passes(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_BAD_GATEWAY, 6);
  look_often("a", &NGINX_GATEWAY_TIMEOUT, 6);
  look_often("a", NULL, RISE - 1);
  assert_told("triggered web/down; triggered web/hung; ");
  look_often("a", NULL, 1);
  assert_told("resolved web/down; resolved web/hung; ");
}

static void errors_that_come_in_blocks_are_told_once_each(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  for (int i = 0; i < 30; i++) {
    look_often("a", &NGINX_BAD_GATEWAY, 6);
    look_often("a", &NGINX_GATEWAY_TIMEOUT, 6);
  }
  assert_told("triggered web/down; triggered web/hung; ");
}

static void one_pass_between_two_errors_ends_nothing(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_BAD_GATEWAY, 6);
  TURNS("a", 60, NULL, &NGINX_GATEWAY_TIMEOUT);
  assert_told("triggered web/down; ");
}

static void an_error_that_comes_back_is_told_again_only_when_it_was_ended(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_BAD_GATEWAY, 6);
  look_often("a", &NGINX_GATEWAY_TIMEOUT, 60);
  assert_told("triggered web/down; triggered web/hung; withdrawn web/down; ");
  look_often("a", &NGINX_BAD_GATEWAY, FALL - 1);
  assert_told("");
  look_often("a", &NGINX_BAD_GATEWAY, 5);
  assert_told("triggered web/down; ");
}

static void what_went_over_twice_names_the_last_in_another_life_too(void **state) {
  (void)state;
  static const struct mind_check both[] = {{.name = "a", .subject = MIND_STACK, .codes = nginx_codes, .rise = RISE, .fall = FALL},
                                           {.name = "b", .subject = MIND_STACK, .codes = containers_codes, .rise = RISE, .fall = FALL}};
  begin(both, 2);
  for (int i = 0; i < 6; i++) take("b", &CONTAINERS_WEB_DOWN), look("a", &NGINX_BAD_GATEWAY);
  assert_told("triggered web/down; ");
  for (int i = 0; i < 60; i++) take("b", &CONTAINERS_WEB_DOWN), look("a", &NGINX_NAME_UNKNOWN);
  assert_told("triggered web/site-name; ");
  for (int i = 0; i < 60; i++) take("b", &CONTAINERS_WEB_DOWN), look("a", &NGINX_CERTIFICATE);
  assert_told("triggered web/tls; withdrawn web/site-name; ");
  kill_it();
  for (int i = 0; i < RISE; i++) take("b", NULL), look("a", &NGINX_CERTIFICATE);
  assert_told("withdrawn web/down; ");
  assert_non_null(strstr(last_words(), "Went over into web/tls"));
}

static void what_waits_for_a_word_does_not_wait_anew_when_its_error_changes(void **state) {
  (void)state;
  static const struct mind_check both[] = {{.name = "a", .subject = MIND_STACK, .codes = nginx_codes, .rise = RISE, .fall = FALL},
                                           {.name = "b", .subject = MIND_STACK, .codes = db_codes, .rise = RISE, .fall = 1000}};
  begin(both, 2);
  take("b", &DB_SLOW); /* a suspect, for which others wait */
  for (int i = 0; i < FALL; i++) take("a", &NGINX_BAD_GATEWAY), wait_for(1);
  double believed = now;
  for (; now < believed + INCIDENT_WAIT - 2;) take("b", &DB_SLOW), take("a", &NGINX_GATEWAY_TIMEOUT), wait_for(1);
  assert_told("");
  wait_for(3);
  assert_told("triggered web/hung; ");
}

static void a_milder_failure_hides_no_graver_one(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_REDIRECTED, 6);
  assert_told("triggered nginx/redirected; ");
  TURNS("a", 2 * FALL, &NGINX_BAD_GATEWAY, &NGINX_REDIRECTED);
  assert_told("triggered web/down; ");
}

static void a_blip_in_a_failure_that_stands_is_not_told(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_REDIRECTED, 6);
  assert_told("triggered nginx/redirected; ");
  for (int i = 0; i < 2 * FALL; i++) {
    look("a", &NGINX_BAD_GATEWAY);
    look_often("a", &NGINX_REDIRECTED, 360);
  }
  assert_told("");
}

static void what_fails_beside_others_is_over_by_itself(void **state) {
  (void)state;
  begin(stack_of(http_codes), 1);
  TURNS("a", 60, &HTTP_BODY, &HTTP_HEADER);
  assert_told("triggered http/body; ");
  look_often("a", &HTTP_HEADER, FALL + RISE);
  assert_told("triggered http/header; resolved http/body; ");
  TURNS("a", 60, &HTTP_STATUS, &HTTP_BODY);
  assert_told("");
  look_often("a", NULL, RISE);
  assert_told("resolved http/header; ");
}

static void an_outage_before_a_failure_that_stands_ends(void **state) {
  (void)state;
  begin(stack_of(nginx_codes), 1);
  look_often("a", &NGINX_NOT_FOUND, 6);
  look_often("a", &NGINX_NAME_UNKNOWN, 6);
  assert_told("triggered web/nginx-without-ej; triggered web/site-name; ");
  look_often("a", &NGINX_NOT_FOUND, 60);
  assert_told("withdrawn web/site-name; ");
}

/* --- all kinds --------------------------------------------------------------------------------------------------------------------- */

static bool starts_with(const char *string, const char *start) {
  return strncmp(string, start, strlen(start)) == 0;
}

static size_t count_told(const char *event) {
  size_t count = 0;
  for (const char *at = text_get(&log_text); (at = strstr(at, "; ")); at += 2) count++;
  if (!event) return count;
  count = 0;
  for (const char *at = text_get(&log_text); at && *at; at = strstr(at, "; "), at = at ? at + 2 : NULL) count += starts_with(at, event);
  return count;
}

static size_t still_open(void) {
  size_t count = 0;
  for (size_t i = 0; i < mind.stack->incident_count; i++) count += !incident_is_over(mind.stack->incidents[i]);
  return count;
}

/* Two failures of a look take turns; then the one comes for good, then the other, then all is well. */
static void walk_pair(const struct check_kind *kind, const struct code *one, const struct code *other) {
  begin(stack_of(kind->codes), 1);
  TURNS("a", 2 * FALL, one, other); /* of two severities the milder may be told first */
  wait_for(INCIDENT_WAIT);
  size_t told = count_told("triggered");
  size_t most = one->severity == other->severity ? 1 : 2;
  if (told < 1 || told > most || told != count_told(NULL)) fail_msg("%s and %s: %s", one->name, other->name, text_get(&log_text));
  TURNS("a", 60, one, other);
  if (count_told("triggered") > most || count_told("triggered") != count_told(NULL))
    fail_msg("%s and %s, an hour later: %s", one->name, other->name, text_get(&log_text));
  look_often("a", one, 12);
  look_often("a", other, 60);
  if (count_told("resolved") && !(one->beside && other->beside)) fail_msg("%s became %s: %s", one->name, other->name, text_get(&log_text));
  look_often("a", NULL, RISE);
  if (still_open()) fail_msg("%s and %s are not over: %s", one->name, other->name, text_get(&log_text));
  if (count_told("resolved") + count_told("withdrawn") != count_told("triggered"))
    fail_msg("%s and %s: %s", one->name, other->name, text_get(&log_text));
  end();
}

static void all_pairs_of_all_looks_of_all_kinds_are_one_series_each(void **state) {
  (void)state;
  size_t pairs = 0;
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    for (const struct code *const *one = (*kind)->codes; *one; one++) {
      for (const struct code *const *other = (*kind)->codes; *other; other++) {
        if (one == other || (*one)->look == LOOK_NONE || (*one)->look != (*other)->look) continue;
        walk_pair(*kind, *one, *other);
        pairs++;
      }
    }
  }
  assert_true(pairs > 300);
}

static void a_look_has_several_failures_and_they_are_ones_to_be_ill_of(void **state) {
  (void)state;
  for (const struct check_kind *const *kind = check_kinds; *kind; kind++) {
    size_t counts[LOOK_COUNT] = {0};
    for (const struct code *const *code = (*kind)->codes; *code; code++) {
      counts[(*code)->look]++;
      if ((*code)->look != LOOK_NONE && ((*code)->blind || (*code)->cause || (*code)->severity == SEVERITY_INFO))
        fail_msg("%s is of a look, and no failure", (*code)->name);
    }
    for (size_t i = 1; i < LOOK_COUNT; i++) {
      assert_non_null(look_names[i]);
      if (counts[i] == 1) fail_msg("%s: %s has one failure", (*kind)->name, look_names[i]);
    }
  }
}

/* --- by chance --------------------------------------------------------------------------------------------------------------------- */

static uint64_t seed = 88172645463325252u;
static size_t chance(size_t below) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (size_t)(seed >> 20) % below;
}

/* Whatever the errors: nothing is resolved before the look has passed often enough, and people know of a look that has failed for long
 * enough. */
static void judge(long failed, long passed, size_t resolved_before, size_t ended_before) {
  if (count_told("resolved") > resolved_before && passed < RISE) fail_msg("resolved after %ld passes: %s", passed, text_get(&log_text));
  if (count_told("withdrawn") > ended_before && !still_open()) fail_msg("withdrawn, and nothing is open: %s", text_get(&log_text));
  bool known = false;
  for (size_t i = 0; i < mind.stack->incident_count; i++)
    known |= mind.stack->incidents[i]->paged && !incident_is_over(mind.stack->incidents[i]);
  if (failed >= FALL + 4 && !known) fail_msg("%ld failures, and nobody knows: %s", failed, text_get(&log_text));
  if (passed >= RISE && still_open()) fail_msg("%ld passes, and something is open: %s", passed, text_get(&log_text));
}

static void no_row_of_failures_is_silent_or_called_over(void **state) {
  (void)state;
  static const struct code *const errors[] = {&NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_UNREACHABLE, &NGINX_TIMEOUT,
                                              &NGINX_NOT_FOUND,   &NGINX_SERVER_ERROR,    &NGINX_REDIRECTED};
  for (int life = 0; life < 150; life++) {
    size_t kinds = 2 + chance(countof(errors) - 1), steady = 1 + chance(40);
    long failed = 0, passed = 0;
    const struct code *error = NULL;
    begin(stack_of(nginx_codes), 1);
    for (int i = 0; i < 200; i++) {
      if (chance(steady) == 0) error = chance(8) ? errors[chance(kinds)] : NULL;
      size_t resolved = count_told("resolved"), withdrawn = count_told("withdrawn");
      failed = error ? failed + 1 : 0;
      passed = error ? 0 : passed + 1;
      look("a", error);
      judge(failed, passed, resolved, withdrawn);
      if (chance(50) == 0) kill_it();
    }
    end();
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_teardown(name, clean)
  const struct CMUnitTest tests[] = {
      TEST(errors_that_take_turns_for_an_hour_are_told_once_and_in_time),
      TEST(a_refusal_and_an_error_are_one_series_too),
      TEST(a_look_that_passes_ends_the_series),
      TEST(a_series_goes_on_over_a_kill),
      TEST(other_questions_of_a_check_are_not_of_the_series),
      TEST(an_error_that_changes_is_not_over_until_the_other_is_told),
      TEST(two_errors_of_which_both_were_told_are_over_when_the_look_passes),
      TEST(errors_that_come_in_blocks_are_told_once_each),
      TEST(one_pass_between_two_errors_ends_nothing),
      TEST(an_error_that_comes_back_is_told_again_only_when_it_was_ended),
      TEST(what_went_over_twice_names_the_last_in_another_life_too),
      TEST(what_waits_for_a_word_does_not_wait_anew_when_its_error_changes),
      TEST(a_milder_failure_hides_no_graver_one),
      TEST(a_blip_in_a_failure_that_stands_is_not_told),
      TEST(what_fails_beside_others_is_over_by_itself),
      TEST(an_outage_before_a_failure_that_stands_ends),
      TEST(all_pairs_of_all_looks_of_all_kinds_are_one_series_each),
      TEST(a_look_has_several_failures_and_they_are_ones_to_be_ill_of),
      TEST(no_row_of_failures_is_silent_or_called_over),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
