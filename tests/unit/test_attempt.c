/* An attempt as a transaction: with a remedy and checks made here, every end that it can come to, and what is on disk before each step. */
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include "checks/frame/frame_codes.h"
#include "checks/web/nginx_codes.h"
#include "tests/unit/slow_disk.h"
#include "tests/unit/state_folder.h"

/* The same code, with less patience and under other names (all that attempt.c itself exports), so that a remedy that does not help is found
 * out within the test. */
#define attempt_run impatient_run
#define attempt_describe impatient_describe
#define attempt_history impatient_history
#define attempt_history_free impatient_history_free
#include "monitor/heal/attempt.h"
#undef VERIFY_SECONDS
#undef VERIFY_PAUSE
#undef VERIFY_VIEW_SECONDS
#define VERIFY_SECONDS 0.2
#define VERIFY_VIEW_SECONDS 0.6
#define VERIFY_PAUSE 0.01
#define record_begin impatient_begin
#define record_step impatient_step
#define record_end impatient_end
#define record_unfinished impatient_unfinished
#define record_applied_since impatient_applied_since
#define record_rename impatient_rename
#define record_make_folder impatient_make_folder
#define record_remove_folder impatient_remove_folder
#define record_is_there impatient_is_there
#include "monitor/heal/record.h"
#undef RECORD_SECONDS
#define RECORD_SECONDS 0.2
#include "monitor/heal/attempt.c"
#include "monitor/heal/record.c"

/* --- the world and those who look at it ------------------------------------------------------------------------------------- */

static struct {
  bool bad, harmed, blind, mute;           /* what a probe finds */
  bool hides;                              /* while it is bad, nothing can be known of the harm */
  bool noted;                              /* what is left of it is information */
  bool shadowed;                           /* a layer above shows a fault of its own */
  bool covered;                            /* after apply it does, for good, and nothing is known of the fault any more */
  bool bystander_ill, bystander_harmed;    /* what a check of another subject finds */
  double stale;                            /* seconds that a cache shows the former state after apply */
  double back;                             /* seconds after apply until what it blinds sees again, and what fell then is well; 0: never */
  bool gone;                               /* no page comes after apply */
  const struct code *falls;                /* what another check of the subject sees after apply, or NULL */
  double applied;                          /* monotonic */
  const char *hangs_at;                    /* the step in which the disk begins to hang */
  bool right;                              /* preflight, asked again after apply, finds nothing to do */
  bool part_unseen;                        /* it cannot look then, until what fell is back */
  double each;                             /* seconds that each step takes */
  int preflight, snapshot, apply, undo;    /* what the steps return */
  bool helps, harms, blinds, mutes, hangs; /* what apply does */
  struct text trace;                       /* the steps, each with the state that was on disk when it began */
  struct task *cancel;                     /* cancelled in the middle of apply */
  struct text said;
} world;

static const struct code bad = {.name = "t/bad", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code harm = {.name = "t/harm", .severity = SEVERITY_CRITICAL, .layer = LAYER_WEB};
static const struct code blind = {.name = "t/blind", .severity = SEVERITY_WARNING, .layer = LAYER_EJMON, .blind = true};
static const struct code shadow = {.name = "t/shadow", .severity = SEVERITY_CRITICAL, .layer = LAYER_PROXY};
static const struct code *const thing_codes[] = {&bad, &harm, &blind, &shadow, &FRAME_UNREACHABLE, NULL};

static bool is_back(void) {
  return world.back > 0 && loop_monotonic() >= world.applied + world.back;
}

static int thing_probe(const void *config, void **state, struct findings *findings) {
  (void)config, (void)state;
  if (world.blind && !is_back()) {
    finding_add(findings, &blind, "it could not look");
    return 0;
  }
  if (world.gone && world.applied > 0 && !is_back()) {
    finding_add(findings, &FRAME_UNREACHABLE, "no page comes");
    return task_sleep(0);
  }
  finding_pass(findings, &FRAME_UNREACHABLE);
  bool old_view = world.applied > 0 && loop_monotonic() < world.applied + world.stale;
  if (world.bad || old_view) finding_add(findings, &bad, "it is bad");
  bool covered = world.covered && world.applied > 0, shadowed = covered || (world.shadowed && old_view);
  if (shadowed) finding_add(findings, &shadow, "something above shows another state");
  if (!shadowed) finding_pass(findings, &shadow);
  if (!world.bad && world.noted) finding_add(findings, &bad, "it was bad")->severity = SEVERITY_INFO;
  if (!world.bad && !old_view && !world.mute && !covered) finding_pass(findings, &bad);
  bool seen = !(world.hides && world.bad);
  if (seen && world.harmed) finding_add(findings, &harm, "it is harmed");
  if (seen && !world.harmed) finding_pass(findings, &harm);
  return task_sleep(0);
}

static const struct check_kind check_thing = {.name = "thing", .codes = thing_codes, .probe = thing_probe};

/* One that knows the same codes: it may not judge, for it is about something else, or has seen nothing of the fault. */
static int bystander_probe(const void *config, void **state, struct findings *findings) {
  (void)config, (void)state;
  if (world.bystander_ill) finding_add(findings, &bad, "it is bad over there");
  if (!world.bystander_ill) finding_pass(findings, &bad);
  if (world.bystander_harmed) finding_add(findings, &harm, "it is harmed over there");
  if (!world.bystander_harmed) finding_pass(findings, &harm);
  return task_sleep(0);
}

static const struct check_kind check_bystander = {.name = "bystander", .codes = thing_codes, .probe = bystander_probe};

/* One that never saw the fault, and tells an outage of the subject. */
static int witness_probe(const void *config, void **state, struct findings *findings) {
  (void)config, (void)state;
  if (world.falls && world.applied > 0 && !is_back()) finding_add(findings, world.falls, "it fell");
  for (const struct code *const *code = nginx_codes; *code; code++) finding_pass(findings, *code);
  return task_sleep(0);
}

static const struct check_kind check_witness = {.name = "witness", .codes = nginx_codes, .probe = witness_probe};

static void trace(const char *step) {
  char *state = on_disk("SELECT state FROM attempts ORDER BY started");
  text_printf(&world.trace, "%s(%s) ", step, state);
  if (text_equal(step, world.hangs_at)) slow_disk_hangs();
  free(state);
}

static int fake_describe(const struct remedy_step *step) {
  assert_null(step->directory);
  text_add(step->report, "would make it good, with PASSWORD=sesame-open\n");
  return 0;
}

static int fake_preflight(const struct remedy_step *step) {
  struct stat stat_of;
  assert_int_equal(stat(step->directory, &stat_of), 0);
  trace("preflight");
  if (world.applied > 0 && world.part_unseen && !is_back()) return -ECONNREFUSED;
  if (world.applied > 0) return world.right ? -EALREADY : 0;
  int r = task_sleep(world.each);
  return r < 0 ? r : world.preflight;
}

static int fake_snapshot(const struct remedy_step *step) {
  (void)step;
  trace("snapshot");
  int r = task_sleep(world.each);
  return r < 0 ? r : world.snapshot;
}

static int fake_apply(const struct remedy_step *step) {
  trace("apply");
  text_add(step->report, "made with PASSWORD=sesame-open"); /* and without its line end */
  world.applied = loop_monotonic();
  if (world.helps) world.bad = false;
  if (world.harms) world.harmed = true;
  if (world.blinds) world.blind = true;
  if (world.mutes) world.mute = true;
  if (world.cancel) task_cancel(world.cancel);
  if (world.hangs) return task_sleep(1000);
  int r = task_sleep(world.each);
  return r < 0 ? r : world.apply;
}

static int fake_undo(const struct remedy_step *step) {
  trace("undo");
  int r = task_sleep(0);
  if (r < 0) return r;
  if (world.undo == 0) world.bad = true, world.harmed = world.blind = world.mute = false;
  text_add(step->report, "put back\n");
  return world.undo;
}

static const struct remedy_kind remedy_fake = {.name = "fake",
                                               .timeout = 5,
                                               .layer = LAYER_NGINX,
                                               .describe = fake_describe,
                                               .preflight = fake_preflight,
                                               .snapshot = fake_snapshot,
                                               .apply = fake_apply,
                                               .undo = fake_undo};
static const struct remedy_kind remedy_slow = {.name = "slow",
                                               .timeout = 0.05,
                                               .describe = fake_describe,
                                               .preflight = fake_preflight,
                                               .snapshot = fake_snapshot,
                                               .apply = fake_apply,
                                               .undo = fake_undo};
static const struct remedy_kind remedy_timed = {.name = "timed",
                                                .timeout = 2,
                                                .describe = fake_describe,
                                                .preflight = fake_preflight,
                                                .snapshot = fake_snapshot,
                                                .apply = fake_apply,
                                                .undo = fake_undo};

static char check_name[] = "thing";
static char other_name[] = "other";
static char witness_name[] = "witness";
static struct conf_check checks[] = {
    {.name = check_name, .subject = CONF_SUBJECT_STACK, .kind = &check_thing, .timeout = 5, .rise = 1, .fall = 1},
    {.name = other_name, .subject = other_name, .kind = &check_bystander, .timeout = 5, .rise = 1, .fall = 1},
    {.name = witness_name, .subject = CONF_SUBJECT_STACK, .kind = &check_witness, .timeout = 5, .rise = 1, .fall = 1},
};
static struct conf_remedy remedy;
static struct conf conf = {.checks = checks, .check_count = countof(checks), .remedies = &remedy, .remedy_count = 1};

static int prepare_world(void **state) {
  memset(&world, 0, sizeof world);
  world.bad = world.helps = true;
  remedy = (struct conf_remedy){.kind = &remedy_fake, .mode = MODE_AUTO, .attempts_per_hour = 3, .cool_down = 60};
  checks[0].skip = NULL;
  checks[1].subject = other_name;
  checks[2].subject = CONF_SUBJECT_STACK;
  conf.check_count = countof(checks);
  return make_folder(state);
}

static int end_world(void **state) {
  text_free(&world.trace);
  text_free(&world.said);
  return remove_folder(state);
}

static void say(void *context, const char *line) {
  assert_ptr_equal(context, &world);
  text_printf(&world.said, "%s|", line);
}

static void hear(void *context, const struct attempt_leftover *failed) {
  assert_ptr_equal(context, &world);
  assert_int_equal(failed->verdict, ATTEMPT_UNDO_FAILED);
  assert_string_equal(failed->remedy, "fake");
  assert_non_null(strstr(failed->report, "undo FAILED"));
  trace("heard of ");
  text_printf(&world.trace, "%s ", failed->incident);
}

/* --- one attempt ------------------------------------------------------------------------------------------------------------ */

static struct text report;
static enum attempt_verdict verdict;

static int one_attempt(void *unused) {
  (void)unused;
  struct store *store = open_store();
  text_clear(&report);
  verdict = attempt_run(&(struct attempt_request){.conf = &conf,
                                                  .remedy = &remedy,
                                                  .incident = "t/bad@then",
                                                  .cause = "t/bad",
                                                  .codes = (const char *const[]){"t/bad", NULL},
                                                  .store = store,
                                                  .say = say,
                                                  .say_plan = true,
                                                  .undo_failed = hear,
                                                  .context = &world},
                        &report);
  store_close(store);
  return 0;
}

/* It ends like this, with these steps, and the journal knows it. */
static void assert_attempt(enum attempt_verdict want, const char *steps) {
  run_in_task(one_attempt);
  assert_string_equal(attempt_verdict_names[verdict], attempt_verdict_names[want]);
  assert_string_equal(text_get(&world.trace), steps);
  assert_on_disk("SELECT state FROM attempts", attempt_verdict_names[want]);
  assert_on_disk("SELECT count(*) FROM attempts WHERE ended IS NOT NULL", "1");
  char *applied = on_disk("SELECT count(*) FROM attempts WHERE applied IS NOT NULL");
  assert_string_equal(applied, strstr(steps, "apply") ? "1" : "0");
  free(applied);
  char *kept = on_disk("SELECT report FROM attempts");
  assert_true(strlen(kept) > 0);
  assert_null(strstr(kept, "sesame"));
  free(kept);
  assert_null(strstr(text_get(&report), "sesame"));
  assert_null(strstr(text_get(&world.said), "sesame"));
}

#define UNDID "preflight(verifying) undo(undoing) "
#define WENT "preflight(intended) snapshot(snapshot) apply(applying) "

static void a_remedy_that_helps_is_kept(void **state) {
  (void)state;
  assert_attempt(ATTEMPT_KEPT, WENT);
  assert_false(world.bad);
  assert_on_disk("SELECT incident || ' ' || cause || ' ' || remedy FROM attempts", "t/bad@then t/bad fake");
  assert_on_disk("SELECT plan FROM attempts", "would make it good, with PASSWORD=[hidden]\n");
}

static void what_is_said_comes_line_by_line_and_begins_with_the_plan(void **state) {
  (void)state;
  assert_attempt(ATTEMPT_KEPT, WENT);
  assert_true(text_starts(text_get(&world.said),
                          "would make it good, with PASSWORD=[hidden]|preflight: go|made with PASSWORD=[hidden]|apply: done in "));
  assert_non_null(strstr(text_get(&report), "PASSWORD=[hidden]\napply: done"));
}

static void a_remedy_that_does_not_help_is_undone(void **state) {
  (void)state;
  world.helps = false;
  assert_attempt(ATTEMPT_UNDONE, WENT UNDID);
  assert_non_null(strstr(text_get(&report), "t/bad is still there"));
}

static void a_remedy_that_makes_something_else_critical_is_undone(void **state) {
  (void)state;
  world.harms = true;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
  assert_non_null(strstr(text_get(&report), "t/harm"));
  assert_false(world.harmed);
}

static void what_was_critical_before_is_not_held_against_the_remedy(void **state) {
  (void)state;
  world.harmed = true;
  assert_attempt(ATTEMPT_KEPT, WENT);
}

static void what_only_now_can_be_seen_is_not_held_against_the_remedy(void **state) {
  (void)state;
  world.hides = world.harmed = true;
  assert_attempt(ATTEMPT_KEPT, WENT);
}

#define LOOKED_AGAIN WENT "preflight(verifying) "

static void a_right_repair_that_a_cache_hides_for_a_while_is_kept(void **state) {
  (void)state;
  world.stale = 0.4;
  world.right = true;
  assert_attempt(ATTEMPT_KEPT, LOOKED_AGAIN);
  assert_non_null(strstr(text_get(&report), "what was repaired is right"));
  assert_false(world.bad);
}

static void a_right_repair_that_a_cache_hides_for_long_is_kept_and_not_called_verified(void **state) {
  (void)state;
  world.stale = 1000;
  world.right = true;
  assert_attempt(ATTEMPT_KEPT_UNSEEN, LOOKED_AGAIN);
  assert_non_null(strstr(text_get(&report), "t/bad is still there after"));
  assert_null(strstr(text_get(&report), "pass, 2 times"));
  assert_false(world.bad);
}

static void a_view_above_that_differs_from_the_repaired_part_is_no_harm(void **state) {
  (void)state;
  world.stale = 0.4;
  world.right = world.shadowed = true;
  assert_attempt(ATTEMPT_KEPT, LOOKED_AGAIN);
}

static void a_repair_that_is_right_and_does_harm_is_undone(void **state) {
  (void)state;
  world.right = world.harms = true;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void a_check_of_another_subject_judges_nothing(void **state) {
  (void)state;
  world.bystander_ill = world.bystander_harmed = true;
  assert_attempt(ATTEMPT_KEPT, WENT);
}

static void a_check_of_another_subject_makes_no_remedy_needed(void **state) {
  (void)state;
  world.bad = false;
  world.bystander_ill = true;
  assert_attempt(ATTEMPT_NEEDLESS, "");
}

static void a_check_that_had_not_seen_the_fault_does_not_judge_its_end(void **state) {
  (void)state;
  checks[1].subject = CONF_SUBJECT_STACK;
  world.bystander_harmed = true;
  assert_attempt(ATTEMPT_KEPT, WENT);
}

static void a_fault_that_is_only_out_of_sight_is_not_healed(void **state) {
  (void)state;
  world.blinds = true;
  assert_attempt(ATTEMPT_UNDONE, WENT UNDID);
}

static void silence_about_the_fault_is_no_proof(void **state) {
  (void)state;
  world.mutes = true;
  assert_attempt(ATTEMPT_UNDONE, WENT UNDID);
}

static void a_right_repair_whose_judges_go_blind_is_kept_and_not_called_verified(void **state) {
  (void)state;
  world.right = world.blinds = true;
  assert_attempt(ATTEMPT_KEPT_UNSEEN, LOOKED_AGAIN);
  assert_non_null(strstr(text_get(&report), "nobody sees whether t/bad is gone"));
  assert_null(strstr(text_get(&report), "pass, 2 times"));
  assert_false(world.bad);
}

static void a_right_repair_whose_judges_see_again_in_time_is_verified(void **state) {
  (void)state;
  world.right = world.blinds = true;
  world.back = 0.4;
  assert_attempt(ATTEMPT_KEPT, LOOKED_AGAIN);
}

static void while_nobody_can_look_not_even_the_remedy_eyes_are_waited_for(void **state) {
  (void)state;
  world.right = world.blinds = world.part_unseen = true;
  world.back = 0.4;
  assert_attempt(ATTEMPT_KEPT, LOOKED_AGAIN);
}

static void what_comes_back_right_while_its_judges_stay_blind_is_kept(void **state) {
  (void)state;
  world.right = world.mutes = world.part_unseen = true;
  world.back = 0.4;
  assert_attempt(ATTEMPT_KEPT_UNSEEN, LOOKED_AGAIN "preflight(verifying) ");
}

static void what_nobody_can_look_at_in_all_that_time_is_undone(void **state) {
  (void)state;
  world.blinds = world.part_unseen = true;
  assert_attempt(ATTEMPT_UNDONE, LOOKED_AGAIN UNDID);
}

static void a_repair_after_which_its_own_layer_is_out_is_undone_though_its_judges_are_blind(void **state) {
  (void)state;
  world.right = world.blinds = true;
  world.falls = &NGINX_UNREACHABLE;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void a_repair_after_which_something_grave_covers_the_fault_is_undone_however_right_it_is(void **state) {
  (void)state;
  world.right = world.covered = true;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void a_right_repair_stays_when_something_below_it_falls_at_that_moment(void **state) {
  (void)state;
  world.right = world.gone = true;
  world.falls = &NGINX_BAD_GATEWAY;
  assert_attempt(ATTEMPT_KEPT_UNSEEN, LOOKED_AGAIN);
  assert_non_null(strstr(text_get(&report), "frame/unreachable came meanwhile and lies elsewhere"));
  assert_null(strstr(text_get(&report), "did harm"));
  assert_false(world.bad);
}

static void a_right_repair_is_verified_once_what_fell_below_it_is_back(void **state) {
  (void)state;
  world.right = world.gone = true;
  world.falls = &NGINX_BAD_GATEWAY;
  world.back = 0.4;
  assert_attempt(ATTEMPT_KEPT, LOOKED_AGAIN);
}

static void a_repair_that_is_not_right_is_undone_whatever_fell_below_it(void **state) {
  (void)state;
  world.gone = true;
  world.falls = &NGINX_BAD_GATEWAY;
  assert_attempt(ATTEMPT_UNDONE, WENT UNDID);
}

static void what_the_repair_broke_itself_is_undone_however_right_it_is(void **state) {
  (void)state;
  world.right = world.gone = true;
  world.falls = &NGINX_UNREACHABLE; /* the layer that it acted on */
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
  assert_non_null(strstr(text_get(&report), "the remedy did harm"));
}

static void a_page_that_is_gone_and_that_nobody_else_misses_is_the_repairs_doing(void **state) {
  (void)state;
  world.right = world.gone = true;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void what_fell_in_another_subject_excuses_no_harm(void **state) {
  (void)state;
  world.right = world.gone = true;
  world.falls = &NGINX_BAD_GATEWAY;
  checks[2].subject = other_name;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void a_failing_apply_is_undone_at_once(void **state) {
  (void)state;
  world.apply = -EIO;
  world.helps = false;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
  assert_non_null(strstr(text_get(&report), "apply: failed"));
}

static void a_hanging_apply_is_cut_off_and_undone(void **state) {
  (void)state;
  remedy.kind = &remedy_slow;
  world.hangs = true;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) ");
}

static void the_steps_share_one_limit(void **state) {
  (void)state;
  remedy.kind = &remedy_timed;
  world.each = 0.9;
  assert_attempt(ATTEMPT_UNDONE, WENT "undo(undoing) "); /* 1.8 s were gone when the third began */
  assert_non_null(strstr(text_get(&report), "apply: failed"));
}

static void a_fault_of_which_information_is_left_is_gone(void **state) {
  (void)state;
  world.noted = true;
  assert_attempt(ATTEMPT_KEPT, WENT);
}

static void information_alone_needs_no_remedy(void **state) {
  (void)state;
  world.bad = false;
  world.noted = true;
  assert_attempt(ATTEMPT_NEEDLESS, "");
}

static void an_undo_that_fails_calls_for_a_person(void **state) {
  (void)state;
  world.helps = false;
  world.undo = -EIO;
  assert_attempt(ATTEMPT_UNDO_FAILED, WENT UNDID "heard of (undoing) t/bad@then "); /* before the journal calls it ended */
  assert_non_null(strstr(text_get(&report), folder));                               /* where the snapshot is */
}

static int leave_one_that_could_not_be_undone(void *unused) {
  (void)unused;
  static char id[] = "fake@1", incident[] = "t/bad@before", cause[] = "t/bad", name[] = "fake", state[] = "undoing", said[] = "undo FAILED";
  struct store *store = open_store();
  struct attempt_row row = {.id = id, .incident = incident, .cause = cause, .remedy = name, .plan = said, .state = state, .report = said};
  row.started = 1;
  assert_int_equal(store_attempt_begin(store, &row), 0);
  store_close(store);
  auto_free char *all = text_format("%s/attempts", folder), *mark = text_format("%s/fake@1.undo-failed", all);
  assert_int_equal(mkdir(all, 0700) | mkdir(mark, 0700), 0);
  return 0;
}

static void one_that_comes_upon_an_undo_that_failed_says_so(void **state) {
  (void)state;
  run_in_task(leave_one_that_could_not_be_undone);
  run_in_task(one_attempt);
  assert_ptr_equal(strstr(text_get(&world.trace), "heard of (undoing) t/bad@before preflight("), text_get(&world.trace));
  assert_on_disk("SELECT state FROM attempts WHERE id = 'fake@1'", "undo-failed");
}

static void a_refusal_changes_nothing(void **state) {
  (void)state;
  world.preflight = -EPERM;
  assert_attempt(ATTEMPT_REFUSED, "preflight(intended) ");
}

static void a_preflight_that_finds_nothing_to_do_changes_nothing(void **state) {
  (void)state;
  world.preflight = -EALREADY;
  assert_attempt(ATTEMPT_NEEDLESS, "preflight(intended) ");
}

static void a_preflight_that_cannot_look_changes_nothing(void **state) {
  (void)state;
  world.preflight = -ECONNREFUSED;
  assert_attempt(ATTEMPT_NO_LOOK, "preflight(intended) ");
}

static void without_a_snapshot_nothing_is_applied(void **state) {
  (void)state;
  world.snapshot = -ENOSPC;
  assert_attempt(ATTEMPT_NO_LOOK, "preflight(intended) snapshot(snapshot) ");
}

static void a_fault_that_is_gone_already_needs_no_remedy(void **state) {
  (void)state;
  world.bad = false;
  assert_attempt(ATTEMPT_NEEDLESS, "");
}

static void a_fault_that_cannot_be_looked_for_is_neither_healed_nor_gone(void **state) {
  (void)state;
  world.blind = true;
  assert_attempt(ATTEMPT_NO_LOOK, "");
}

static void without_a_check_that_can_judge_nothing_is_done(void **state) {
  (void)state;
  static char why[] = "not part of this stack";
  checks[0].skip = why;
  assert_attempt(ATTEMPT_NO_LOOK, "");
}

static void a_remedy_that_cannot_be_used_here_is_refused_with_the_reason(void **state) {
  (void)state;
  static char why[] = "its key docker is not set";
  remedy.skip = why;
  assert_attempt(ATTEMPT_REFUSED, "");
  assert_non_null(strstr(text_get(&report), why));
}

/* --- others ----------------------------------------------------------------------------------------------------------------- */

static void while_another_process_acts_nothing_is_begun(void **state) {
  (void)state;
  char *path = text_format("%s/acting.lock", folder);
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
  run_in_task(one_attempt);
  assert_int_equal(verdict, ATTEMPT_NO_LOOK);
  assert_string_equal(text_get(&world.trace), "");
  assert_non_null(strstr(text_get(&report), "acting.lock"));
  assert_on_disk("SELECT count(*) FROM attempts", "0");
  close(fd);
  assert_attempt(ATTEMPT_KEPT, WENT);
  fd = open(path, O_RDWR | O_CLOEXEC);
  assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0); /* given back */
  close(fd);
  free(path);
}

static int cancelled_caller(void *unused) {
  (void)unused;
  struct task *caller = task_start("caller", 0, one_attempt, NULL);
  world.cancel = caller;
  (void)task_join(caller);
  return 0;
}

static void a_cancelled_caller_still_undoes(void **state) {
  (void)state;
  world.helps = false;
  run_in_task(cancelled_caller);
  assert_int_equal(verdict, ATTEMPT_UNDONE);
  assert_string_equal(text_get(&world.trace), WENT UNDID);
  assert_on_disk("SELECT state FROM attempts", "undone");
}

static int fills_and_attempts(void *unused) {
  (void)unused;
  struct store *store = open_store();
  /* Every write from now on fails, as on a disk that is full to the last byte. */
  change_on_disk("CREATE TRIGGER full BEFORE INSERT ON attempts BEGIN SELECT raise(ABORT, 'full'); END");
  store_close(store);
  return one_attempt(NULL);
}

static void without_its_intent_on_disk_nothing_is_done(void **state) {
  (void)state;
  run_in_task(fills_and_attempts);
  assert_int_equal(verdict, ATTEMPT_NO_LOOK);
  assert_string_equal(text_get(&world.trace), "");
  assert_true(world.bad);
}

static int breaks_at_applying(void *unused) {
  (void)unused;
  struct store *store = open_store();
  change_on_disk("CREATE TRIGGER full BEFORE UPDATE ON attempts WHEN new.state = 'applying' BEGIN SELECT raise(ABORT, 'full'); END");
  store_close(store);
  return one_attempt(NULL);
}

static void what_the_journal_does_not_take_is_not_applied(void **state) {
  (void)state;
  run_in_task(breaks_at_applying);
  assert_int_equal(verdict, ATTEMPT_NO_LOOK);
  assert_string_equal(text_get(&world.trace), "preflight(intended) snapshot(snapshot) ");
  assert_true(world.bad);
}

static int breaks_after_applying(void *unused) {
  (void)unused;
  struct store *store = open_store();
  change_on_disk("CREATE TRIGGER full BEFORE UPDATE ON attempts WHEN old.state = 'applying' BEGIN SELECT raise(ABORT, 'full'); END");
  store_close(store);
  return one_attempt(NULL);
}

static void a_disk_that_fills_up_later_keeps_nobody_from_undoing(void **state) {
  (void)state;
  world.helps = false;
  run_in_task(breaks_after_applying);
  assert_int_equal(verdict, ATTEMPT_UNDONE);
  assert_string_equal(text_get(&world.trace), WENT "preflight(applying) undo(applying) ");
  assert_on_disk("SELECT state FROM attempts", "applying"); /* what a restart finds, and undoes once more */
}

static void a_disk_that_hangs_keeps_nobody_from_undoing(void **state) {
  (void)state;
  slow_disk_start();
  world.helps = false;
  world.hangs_at = "apply";
  double started = loop_monotonic();
  run_in_task(one_attempt);
  assert_true(loop_monotonic() - started < 10);
  assert_int_equal(verdict, ATTEMPT_UNDONE);
  assert_true(world.bad);
  assert_true(text_starts(text_get(&world.trace), WENT "preflight("));
  assert_non_null(strstr(text_get(&world.trace), "undo("));
  slow_disk_end();
  assert_on_disk("SELECT state FROM attempts", "undone");
}

static void what_a_hanging_disk_does_not_take_in_time_is_not_applied(void **state) {
  (void)state;
  slow_disk_start();
  world.hangs_at = "snapshot";
  run_in_task(one_attempt);
  assert_int_equal(verdict, ATTEMPT_NO_LOOK);
  assert_string_equal(text_get(&world.trace), "preflight(intended) snapshot(snapshot) ");
  assert_true(world.bad);
  slow_disk_end();
  assert_on_disk("SELECT state FROM attempts", "could-not-look"); /* nothing is left to be undone */
}

/* The folders of attempts lie on a disk that hangs, too. */
static atomic_bool folders_hang;

int mkdir(const char *path, mode_t mode) {
  while (atomic_load(&folders_hang) && strstr(path, "/attempts")) usleep(2000);
  return (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rmdir(const char *path) {
  while (atomic_load(&folders_hang) && strstr(path, "/attempts")) usleep(2000);
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

static int counts_turns(void *turns) {
  while (task_sleep(0.005) == 0) ++*(unsigned *)turns;
  return 0;
}

static int attempt_beside_others(void *turns) {
  struct task *turning = task_start("turning", 0, counts_turns, turns);
  (void)one_attempt(NULL);
  task_cancel(turning);
  return task_join(turning);
}

static void while_its_folder_hangs_nothing_is_begun_and_the_loop_turns(void **state) {
  (void)state;
  unsigned turns = 0;
  atomic_store(&folders_hang, true);
  assert_int_equal(task_run_to_end("test", LONGEST, attempt_beside_others, &turns), 0);
  atomic_store(&folders_hang, false);
  assert_int_equal(verdict, ATTEMPT_NO_LOOK);
  assert_string_equal(text_get(&world.trace), "");
  assert_true(turns >= 10);
  assert_non_null(strstr(text_get(&report), "/attempts/"));
  assert_on_disk("SELECT count(*) FROM attempts", "0");
  assert_attempt(ATTEMPT_KEPT, WENT); /* the disk answers again */
}

static int asks_for_history(void *unused) {
  (void)unused;
  struct store *store = open_store();
  double now = loop_wall();
  static const double ages[] = {10, 3000, 4000, 100000, 0};
  for (size_t i = 0; i < countof(ages); i++) {
    bool refused = ages[i] == 0; /* never applied */
    auto_free char *id = text_format("%zu", i);
    static char none[] = "", fake[] = "fake", other[] = "other";
    struct attempt_row row = {.id = id, .incident = none, .cause = none, .plan = none, .state = none, .report = none, .started = 1};
    row.remedy = i == 1 ? other : fake;
    row.applied = refused ? 0 : now - ages[i];
    assert_int_equal(store_attempt_begin(store, &row), 0);
  }
  struct guard_question question;
  assert_int_equal(attempt_history(store, &remedy, &question), 0);
  assert_int_equal(question.attempt_count, 2); /* not the other's, not the refused, not that of the day before yesterday */
  assert_int_equal(question.all_count, 3);
  assert_int_equal(question.attempts_per_hour, 3);
  assert_int_equal(question.mode, MODE_AUTO);
  double until;
  assert_int_equal(guard_ask(&question, &until), GUARD_COOL_DOWN);
  assert_true(until > now + 49 && until < now + 51);
  attempt_history_free(&question);
  store_close(store);
  return 0;
}

static void the_guard_is_told_what_was_applied(void **state) {
  (void)state;
  run_in_task(asks_for_history);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare_world, end_world)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_remedy_that_helps_is_kept),
      TEST(what_is_said_comes_line_by_line_and_begins_with_the_plan),
      TEST(a_remedy_that_does_not_help_is_undone),
      TEST(a_remedy_that_makes_something_else_critical_is_undone),
      TEST(what_only_now_can_be_seen_is_not_held_against_the_remedy),
      TEST(what_was_critical_before_is_not_held_against_the_remedy),
      TEST(a_right_repair_that_a_cache_hides_for_a_while_is_kept),
      TEST(a_right_repair_that_a_cache_hides_for_long_is_kept_and_not_called_verified),
      TEST(a_view_above_that_differs_from_the_repaired_part_is_no_harm),
      TEST(a_repair_that_is_right_and_does_harm_is_undone),
      TEST(a_check_of_another_subject_judges_nothing),
      TEST(a_check_of_another_subject_makes_no_remedy_needed),
      TEST(a_check_that_had_not_seen_the_fault_does_not_judge_its_end),
      TEST(a_fault_that_is_only_out_of_sight_is_not_healed),
      TEST(silence_about_the_fault_is_no_proof),
      TEST(a_right_repair_whose_judges_go_blind_is_kept_and_not_called_verified),
      TEST(a_right_repair_whose_judges_see_again_in_time_is_verified),
      TEST(while_nobody_can_look_not_even_the_remedy_eyes_are_waited_for),
      TEST(what_comes_back_right_while_its_judges_stay_blind_is_kept),
      TEST(what_nobody_can_look_at_in_all_that_time_is_undone),
      TEST(a_repair_after_which_something_grave_covers_the_fault_is_undone_however_right_it_is),
      TEST(a_repair_after_which_its_own_layer_is_out_is_undone_though_its_judges_are_blind),
      TEST(a_right_repair_stays_when_something_below_it_falls_at_that_moment),
      TEST(a_right_repair_is_verified_once_what_fell_below_it_is_back),
      TEST(a_repair_that_is_not_right_is_undone_whatever_fell_below_it),
      TEST(what_the_repair_broke_itself_is_undone_however_right_it_is),
      TEST(a_page_that_is_gone_and_that_nobody_else_misses_is_the_repairs_doing),
      TEST(what_fell_in_another_subject_excuses_no_harm),
      TEST(a_failing_apply_is_undone_at_once),
      TEST(a_hanging_apply_is_cut_off_and_undone),
      TEST(the_steps_share_one_limit),
      TEST(a_fault_of_which_information_is_left_is_gone),
      TEST(information_alone_needs_no_remedy),
      TEST(an_undo_that_fails_calls_for_a_person),
      TEST(one_that_comes_upon_an_undo_that_failed_says_so),
      TEST(a_refusal_changes_nothing),
      TEST(a_preflight_that_finds_nothing_to_do_changes_nothing),
      TEST(a_preflight_that_cannot_look_changes_nothing),
      TEST(without_a_snapshot_nothing_is_applied),
      TEST(a_fault_that_is_gone_already_needs_no_remedy),
      TEST(a_fault_that_cannot_be_looked_for_is_neither_healed_nor_gone),
      TEST(without_a_check_that_can_judge_nothing_is_done),
      TEST(a_remedy_that_cannot_be_used_here_is_refused_with_the_reason),
      TEST(while_another_process_acts_nothing_is_begun),
      TEST(a_cancelled_caller_still_undoes),
      TEST(without_its_intent_on_disk_nothing_is_done),
      TEST(what_the_journal_does_not_take_is_not_applied),
      TEST(a_disk_that_fills_up_later_keeps_nobody_from_undoing),
      TEST(a_disk_that_hangs_keeps_nobody_from_undoing),
      TEST(what_a_hanging_disk_does_not_take_in_time_is_not_applied),
      TEST(while_its_folder_hangs_nothing_is_begun_and_the_loop_turns),
      TEST(the_guard_is_told_what_was_applied),
  };
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  text_free(&report);
  return end_all(failed);
}
