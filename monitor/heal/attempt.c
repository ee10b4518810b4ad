/* The transaction around a remedy; see attempt.h. The remedy acts, the checks judge, the journal remembers. */
#include "monitor/heal/attempt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/heal/acting.h"

struct attempt {
  const struct attempt_request *request;
  const struct remedy_kind *kind;
  char *id, *directory;
  struct text report;
  size_t said;      /* bytes of the report already handed to say() */
  double time_left; /* seconds, of the remedy's time-out, for the steps that share it */
  int lock;
  const struct conf_check **checks; /* those that may judge */
  size_t check_count;
  struct outcome *before, *after; /* one per check */
};

/* --- telling --------------------------------------------------------------------------------------------------------------- */

/* Hands the report's new lines to say(). */
static void attempt_tell(struct attempt *attempt) {
  while (attempt->said < attempt->report.length) {
    const char *line = attempt->report.data + attempt->said;
    size_t length = strcspn(line, "\n");
    if (attempt->request->say && length) {
      auto_free char *plain = xstrndup(line, length);
      attempt->request->say(attempt->request->context, plain);
    }
    attempt->said += length + (line[length] == '\n');
  }
}

/* What a remedy has just written is foreign text; what is said here holds ids and codes, which stay whole. */
static void attempt_hear(struct attempt *attempt) {
  redact_behind(&attempt->report, attempt->said);
  attempt_tell(attempt);
}

static void attempt_say(struct attempt *attempt, const char *format, ...) format_like(2, 3);

static void attempt_say(struct attempt *attempt, const char *format, ...) {
  /* What a remedy wrote last may lack its line end. */
  if (attempt->report.length && attempt->report.data[attempt->report.length - 1] != '\n') text_add_char(&attempt->report, '\n');
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&attempt->report, translated(format), arguments);
  va_end(arguments);
  text_add_char(&attempt->report, '\n');
  attempt_tell(attempt);
}

struct record_job {
  struct store *store;
  const struct attempt_row *row;
};

static int record_task(void *argument) {
  const struct record_job *job = argument;
  const struct attempt_row *row = job->row;
  if (row->plan) return store_attempt_begin(job->store, row);
  if (row->ended > 0) return store_attempt_end(job->store, row->id, row->state, row->report, row->ended);
  return store_attempt_step(job->store, row->id, row->state, row->report, row->applied);
}

/* A disk that hangs must not hold what has to be undone. */
static int record(const struct attempt *attempt, const struct attempt_row *row) {
  return task_join(task_start("record", RECORD_SECONDS, record_task, &(struct record_job){.store = attempt->request->store, .row = row}));
}

/* A row only lends its strings. */
#define LENT(string) ((char *)(uintptr_t)(string))

/* The state goes to disk before the step that it names begins. */
static int attempt_record(struct attempt *attempt, const char *state) {
  double applied = text_equal(state, "applying") ? loop_wall() : 0;
  return record(attempt, &(struct attempt_row){
                             .id = attempt->id, .state = LENT(state), .report = LENT(text_get(&attempt->report)), .applied = applied});
}

static enum attempt_verdict attempt_end(struct attempt *attempt, enum attempt_verdict verdict) {
  int r = record(attempt, &(struct attempt_row){.id = attempt->id,
                                                .state = LENT(attempt_verdict_names[verdict]),
                                                .report = LENT(text_get(&attempt->report)),
                                                .ended = loop_wall()});
  if (r < 0) {
    attempt_say(attempt, "the journal did not take the end of this attempt (%s)", lang_error(-r));
    /* Else the next start would undo what was kept. A rename works on a full disk, too. */
    auto_free char *mark = attempt_mark(attempt->directory, verdict);
    if (rename(attempt->directory, mark) < 0)
      attempt_say(attempt, "%s cannot be renamed to %s: %s", attempt->directory, mark, lang_error(errno));
  } else if (verdict == ATTEMPT_REFUSED || verdict == ATTEMPT_NEEDLESS || verdict == ATTEMPT_NO_LOOK) {
    rmdir(attempt->directory); /* where nothing was saved, nothing is left behind */
  }
  return verdict;
}

/* --- the steps ------------------------------------------------------------------------------------------------------------- */

struct step_job {
  const struct remedy_step *step;
  int (*run)(const struct remedy_step *step);
};

static int step_task(void *argument) {
  struct step_job *job = argument;
  return job->run(job->step);
}

/* Runs one step as a task with a deadline of its own. */
static int step_run(const char *name, double timeout, int (*run)(const struct remedy_step *step), const struct remedy_step *step) {
  struct step_job job = {.step = step, .run = run};
  return task_join(task_start(name, timeout, step_task, &job));
}

/* The same for preflight, snapshot and apply, which have the remedy's time-out together. */
static int shared_step_run(struct attempt *attempt, const char *name, int (*run)(const struct remedy_step *step),
                           const struct remedy_step *step) {
  if (attempt->time_left <= 0) return -ETIMEDOUT;
  double started = loop_monotonic();
  int r = step_run(name, attempt->time_left, run, step);
  attempt->time_left -= loop_monotonic() - started;
  return r;
}

int attempt_describe(const struct conf_remedy *remedy, bool whole, struct text *ret_text) {
  struct remedy_step step = {.config = remedy->config, .whole = whole, .report = ret_text};
  if (remedy->skip) { /* without the keys that it needs not even its description can be made */
    text_printf(ret_text, translated("%s cannot be used here: %s\n"), remedy->kind->name, remedy->skip);
    return 0;
  }
  size_t before = ret_text->length;
  int r = step_run("describe", remedy->kind->timeout, remedy->kind->describe, &step);
  redact_behind(ret_text, before);
  return r;
}

static void say_leftover(void *context, const struct attempt_leftover *leftover) {
  attempt_say(context, "first: %s was left half-way by a former life: %s", leftover->id,
              translated(attempt_verdict_names[leftover->verdict]));
}

/* Only one attempt acts, and none before the former one has come to an end. */
static int attempt_begin(struct attempt *attempt) {
  const struct attempt_request *request = attempt->request;
  auto_free char *error = NULL;
  attempt->lock = acting_begin(store_folder(request->store), &error);
  if (attempt->lock < 0) {
    attempt_say(attempt, "%s", error);
    return attempt->lock;
  }
  int r = attempt_recover_locked(request->conf, request->store, false, say_leftover, attempt);
  if (r < 0)
    attempt_say(attempt, "a former attempt was left half-way and is not undone yet (%s): nothing is done before that", lang_error(-r));
  return r;
}

static int attempt_open(struct attempt *attempt) {
  const struct attempt_request *request = attempt->request;
  int r = attempt_begin(attempt);
  if (r < 0) return r;
  auto_free char *all = text_format("%s/attempts", store_folder(request->store));
  if ((mkdir(all, 0700) < 0 && errno != EEXIST) || (mkdir(attempt->directory, 0700) < 0 && errno != EEXIST)) {
    r = -errno;
    attempt_say(attempt, "the attempt's folder %s cannot be made: %s", attempt->directory, lang_error(-r));
    return r;
  }
  auto_text struct text plan = {0};
  r = attempt_describe(request->remedy, false, &plan);
  if (r < 0) text_printf(&plan, translated("(could not be described: %s)\n"), lang_error(-r));
  r = record(attempt, &(struct attempt_row){.id = attempt->id,
                                            .incident = LENT(request->incident),
                                            .cause = LENT(request->cause),
                                            .remedy = LENT(attempt->kind->name),
                                            .plan = LENT(text_get(&plan)),
                                            .state = LENT("intended"),
                                            .report = LENT(""),
                                            .started = loop_wall()});
  if (r < 0) {
    attempt_say(attempt, "the journal does not take the intent (%s): nothing is done without it", lang_error(-r));
  } else if (request->say_plan) {
    text_add(&attempt->report, text_get(&plan));
    attempt_tell(attempt);
  }
  return r;
}

/* --- verifying ------------------------------------------------------------------------------------------------------------- */

static bool check_knows(const struct conf_check *check, const char *name) {
  for (const struct code *const *code = check->kind->codes; code && *code; code++) {
    if (text_equal((*code)->name, name)) return true;
  }
  return false;
}

static void choose_judges(struct attempt *attempt) {
  const struct conf *conf = attempt->request->conf;
  attempt->checks = xcalloc(conf->check_count + 1, sizeof *attempt->checks);
  for (size_t i = 0; i < conf->check_count; i++) {
    bool judges = false;
    for (const char *const *code = attempt->request->codes; *code && !judges; code++) judges = check_knows(&conf->checks[i], *code);
    if (judges && !conf->checks[i].skip) attempt->checks[attempt->check_count++] = &conf->checks[i];
  }
  attempt->before = xcalloc(attempt->check_count + 1, sizeof *attempt->before);
  attempt->after = xcalloc(attempt->check_count + 1, sizeof *attempt->after);
}

static void outcomes_clear(struct outcome *outcomes, size_t count) {
  for (size_t i = 0; i < count; i++) outcome_free(&outcomes[i]);
}

static int look(struct attempt *attempt, struct outcome *outcomes) {
  outcomes_clear(outcomes, attempt->check_count);
  return probe_run_all(attempt->checks, attempt->check_count, outcomes, NULL, NULL);
}

static bool still_ill(const struct attempt *attempt, const struct outcome *outcomes, const char **ret_code) {
  for (size_t i = 0; i < attempt->check_count; i++) {
    for (const char *const *code = attempt->request->codes; *code; code++) {
      if (!findings_fault(&outcomes[i].findings, *code)) continue;
      *ret_code = *code;
      return true;
    }
  }
  return false;
}

/* Not seen is only well if somebody looked: every check that may judge did, and there is one. */
static bool all_looked(const struct attempt *attempt) {
  for (size_t i = 0; i < attempt->check_count; i++) {
    if (attempt->before[i].status == STATUS_UNKNOWN) return false;
  }
  return attempt->check_count > 0;
}

/* Every code that was found before must now be passed by the check that found it: silence is no proof. */
static bool all_passed(const struct attempt *attempt, const char **ret_code) {
  for (size_t i = 0; i < attempt->check_count; i++) {
    for (const char *const *code = attempt->request->codes; *code; code++) {
      if (!findings_fault(&attempt->before[i].findings, *code) || findings_well(&attempt->after[i].findings, *code)) continue;
      *ret_code = *code;
      return false;
    }
  }
  return true;
}

/* A critical finding of a code that was looked at and well before the remedy: it made something worse. A code that only now can be looked
 * at, because what hid it is healed, is no harm done. */
static const struct finding *new_harm(const struct attempt *attempt) {
  for (size_t i = 0; i < attempt->check_count; i++) {
    const struct findings *after = &attempt->after[i].findings;
    for (size_t k = 0; k < after->count; k++) {
      const struct finding *finding = &after->items[k];
      if (finding->severity != SEVERITY_CRITICAL || finding->code->blind) continue;
      if (findings_well(&attempt->before[i].findings, finding->code->name)) return finding;
    }
  }
  return NULL;
}

/* True when VERIFY_PASSES rounds in a row see the fault gone and nothing new, within VERIFY_SECONDS. */
static bool verify(struct attempt *attempt) {
  double limit = loop_monotonic() + attempt->kind->settle + VERIFY_SECONDS;
  if (attempt->kind->settle > 0 && task_sleep(attempt->kind->settle) < 0) return false;
  const char *code = "";
  int passes = 0;
  do {
    if (look(attempt, attempt->after) < 0) return false;
    const struct finding *harm = new_harm(attempt);
    bool good = !still_ill(attempt, attempt->after, &code) && all_passed(attempt, &code) && !harm;
    passes = good ? passes + 1 : 0;
    if (passes == VERIFY_PASSES) return true;
    if (harm) code = harm->code->name;
    if (task_sleep(VERIFY_PAUSE) < 0) return false;
  } while (loop_monotonic() < limit || passes > 0);
  attempt_say(attempt, "verify: %s is still there after %.0f s", code, VERIFY_SECONDS);
  return false;
}

/* --- the transaction ------------------------------------------------------------------------------------------------------- */

static enum attempt_verdict undo(struct attempt *attempt) {
  attempt_say(attempt, "undo: bringing the former state back");
  int recorded = attempt_record(attempt, "undoing");
  (void)recorded; /* a full disk must not keep us from undoing */
  int r = attempt_undo(attempt->request->remedy, attempt->directory, &attempt->report);
  attempt_tell(attempt);
  if (r < 0) {
    attempt_say(attempt, "undo FAILED (%s): a person has to look now; the snapshot is in %s", lang_error(-r), attempt->directory);
    return attempt_end(attempt, ATTEMPT_UNDO_FAILED);
  }
  attempt_say(attempt, "undone: the former state is back");
  return attempt_end(attempt, ATTEMPT_UNDONE);
}

static enum attempt_verdict prepare(struct attempt *attempt, const struct remedy_step *step) {
  const char *code = "";
  if (attempt->request->remedy->skip) {
    attempt_say(attempt, "preflight: %s cannot be used here: %s", attempt->kind->name, attempt->request->remedy->skip);
    return attempt_end(attempt, ATTEMPT_REFUSED);
  }
  int r = look(attempt, attempt->before);
  if (r < 0) return attempt_end(attempt, ATTEMPT_NO_LOOK);
  if (!still_ill(attempt, attempt->before, &code) && !all_looked(attempt)) {
    attempt_say(attempt, "preflight: no check could look for the fault: nothing is known, and nothing is done");
    return attempt_end(attempt, ATTEMPT_NO_LOOK);
  }
  if (!still_ill(attempt, attempt->before, &code)) {
    attempt_say(attempt, "preflight: the fault is not there any more, nothing to do");
    return attempt_end(attempt, ATTEMPT_NEEDLESS);
  }
  r = shared_step_run(attempt, "preflight", attempt->kind->preflight, step);
  attempt_hear(attempt);
  if (r == 0) {
    attempt_say(attempt, "preflight: go");
    return ATTEMPT_VERDICTS;
  }
  attempt_say(attempt, "preflight: %s",
              r == -EPERM      ? translated("refused")
              : r == -EALREADY ? translated("nothing to do")
                               : lang_error(-r));
  return attempt_end(attempt, r == -EPERM ? ATTEMPT_REFUSED : r == -EALREADY ? ATTEMPT_NEEDLESS : ATTEMPT_NO_LOOK);
}

static enum attempt_verdict transact(struct attempt *attempt) {
  struct remedy_step step = {.config = attempt->request->remedy->config, .directory = attempt->directory, .report = &attempt->report};
  if (attempt_open(attempt) < 0) return ATTEMPT_NO_LOOK;
  enum attempt_verdict verdict = prepare(attempt, &step);
  if (verdict != ATTEMPT_VERDICTS) return verdict;

  int r = attempt_record(attempt, "snapshot");
  if (r == 0) r = shared_step_run(attempt, "snapshot", attempt->kind->snapshot, &step);
  attempt_hear(attempt);
  if (r == 0) r = attempt_record(attempt, "applying");
  if (r < 0) {
    attempt_say(attempt, "snapshot: %s; nothing was changed", lang_error(-r));
    return attempt_end(attempt, ATTEMPT_NO_LOOK);
  }
  double started = loop_monotonic();
  r = shared_step_run(attempt, "apply", attempt->kind->apply, &step);
  attempt_hear(attempt);
  if (r < 0) {
    attempt_say(attempt, "apply: failed (%s)", lang_error(-r));
    return undo(attempt);
  }
  attempt_say(attempt, "apply: done in %.1f s", loop_monotonic() - started);
  r = attempt_record(attempt, "verifying");
  if (r < 0) attempt_say(attempt, "the journal does not take this step (%s); going on to verify", lang_error(-r));
  if (!verify(attempt)) return undo(attempt);
  attempt_say(attempt, "verify: the checks that saw the fault pass, %d times in a row", VERIFY_PASSES);
  return attempt_end(attempt, ATTEMPT_KEPT);
}

static int transact_task(void *argument) {
  return (int)transact(argument);
}

enum attempt_verdict attempt_run(const struct attempt_request *request, struct text *ret_report) {
  struct attempt attempt = {.request = request, .kind = request->remedy->kind, .time_left = request->remedy->kind->timeout, .lock = -1};
  auto_free char *stamp = text_format("%.3f", loop_wall());
  attempt.id = text_format("%s@%s", attempt.kind->name, stamp);
  attempt.directory = text_format("%s/attempts/%s", store_folder(request->store), attempt.id);
  choose_judges(&attempt);
  /* The steps have deadlines of their own; the transaction as a whole has none, so that an undo is never cut short. */
  struct task *task = task_start("attempt", 0, transact_task, &attempt);
  enum attempt_verdict verdict = (enum attempt_verdict)task_join_shielded(task);
  if (ret_report) text_add(ret_report, text_get(&attempt.report));
  outcomes_clear(attempt.before, attempt.check_count);
  outcomes_clear(attempt.after, attempt.check_count);
  free(attempt.before);
  free(attempt.after);
  free(attempt.checks);
  acting_end(attempt.lock);
  text_free(&attempt.report);
  free(attempt.id);
  free(attempt.directory);
  return verdict;
}

int attempt_history(struct store *store, const struct conf_remedy *remedy, struct guard_question *ret_question) {
  struct attempt_rows rows = {0};
  double now = loop_wall();
  int r = store_attempts_applied_since(store, now - 86400, &rows);
  if (r < 0) return r;
  double *own = NULL, *all = NULL;
  size_t own_count = 0, all_count = 0;
  for (size_t i = 0; i < rows.count; i++) {
    *(double *)array_push(&all, &all_count, sizeof *all) = rows.items[i].applied;
    if (!text_equal(rows.items[i].remedy, remedy->kind->name)) continue;
    *(double *)array_push(&own, &own_count, sizeof *own) = rows.items[i].applied;
  }
  attempt_rows_free(&rows);
  *ret_question = (struct guard_question){.mode = remedy->mode,
                                          .attempts_per_hour = remedy->attempts_per_hour,
                                          .cool_down = remedy->cool_down,
                                          .loop_lag = loop_lag(),
                                          .attempts = own,
                                          .attempt_count = own_count,
                                          .all = all,
                                          .all_count = all_count,
                                          .now = now};
  return 0;
}

void attempt_history_free(struct guard_question *question) {
  free((void *)(uintptr_t)question->attempts);
  free((void *)(uintptr_t)question->all);
  question->attempts = question->all = NULL;
}
