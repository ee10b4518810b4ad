/* The transaction around a remedy; see attempt.h. The remedy acts, the checks judge, the journal remembers. */
#include "monitor/heal/attempt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/heal/acting.h"
#include "monitor/heal/judges.h"
#include "monitor/heal/record.h"

struct attempt {
  const struct attempt_request *request;
  const struct remedy_kind *kind;
  char *id, *directory;
  struct text report;
  size_t said;      /* bytes of the report already handed to say() */
  double time_left; /* seconds, of the remedy's time-out, for the steps that share it */
  int lock;
  struct judges judges;
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

/* The state goes to disk before the step that it names begins. */
static int attempt_record(struct attempt *attempt, const char *state) {
  double applied = text_equal(state, "applying") ? loop_wall() : 0;
  return record_step(attempt->request->store, attempt->id, state, text_get(&attempt->report), applied);
}

static enum attempt_verdict attempt_end(struct attempt *attempt, enum attempt_verdict verdict) {
  int r = record_end(attempt->request->store, attempt->id, attempt_verdict_names[verdict], text_get(&attempt->report));
  if (r < 0) {
    attempt_say(attempt, "the journal did not take the end of this attempt (%s)", lang_error(-r));
    /* Else the next start would undo what was kept. */
    auto_free char *mark = attempt_mark(attempt->directory, verdict);
    r = record_rename(attempt->directory, mark);
    if (r < 0) attempt_say(attempt, "%s cannot be renamed to %s: %s", attempt->directory, mark, lang_error(-r));
  } else if (verdict == ATTEMPT_REFUSED || verdict == ATTEMPT_NEEDLESS || verdict == ATTEMPT_NO_LOOK) {
    r = record_remove_folder(attempt->directory); /* where nothing was saved, nothing is left behind */
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

static void tell_failed(const struct attempt *attempt, const struct attempt_leftover *failed) {
  if (attempt->request->undo_failed) attempt->request->undo_failed(attempt->request->context, failed);
}

static void say_leftover(void *context, const struct attempt_leftover *leftover) {
  attempt_say(context, "first: %s was left half-way by a former life: %s", leftover->id,
              translated(attempt_verdict_names[leftover->verdict]));
  if (leftover->verdict == ATTEMPT_UNDO_FAILED) tell_failed(context, leftover);
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

/* A row only lends its strings. */
#define LENT(string) ((char *)(uintptr_t)(string))

static int attempt_open(struct attempt *attempt) {
  const struct attempt_request *request = attempt->request;
  int r = attempt_begin(attempt);
  if (r < 0) return r;
  auto_free char *all = text_format("%s/attempts", store_folder(request->store));
  r = record_make_folder(all, attempt->directory);
  if (r < 0) {
    attempt_say(attempt, "the attempt's folder %s cannot be made: %s", attempt->directory, lang_error(-r));
    return r;
  }
  auto_text struct text plan = {0};
  r = attempt_describe(request->remedy, false, &plan);
  if (r < 0) text_printf(&plan, translated("(could not be described: %s)\n"), lang_error(-r));
  r = record_begin(request->store, &(struct attempt_row){.id = attempt->id,
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

/* Looks until VERIFY_PASSES rounds in a row are well, for so long; what it saw last otherwise. */
static int look_on(struct attempt *attempt, double seconds, enum judgement *ret_judgement, const char **ret_code) {
  double limit = loop_monotonic() + seconds;
  for (int passes = 0; passes < VERIFY_PASSES;) {
    int r = judges_judge(&attempt->judges, ret_judgement, ret_code);
    if (r < 0) return r;
    passes = *ret_judgement == JUDGED_WELL ? passes + 1 : 0;
    if (passes == 0 && loop_monotonic() >= limit) break;
    if (passes < VERIFY_PASSES) r = task_sleep(VERIFY_PAUSE);
    if (r < 0) return r;
  }
  return 0;
}

/* What the remedy itself, asked anew, says of what it repaired. */
enum part {
  PART_RIGHT, /* nothing is left to do: what is still seen is an old view, and what is not seen, or fell meanwhile, speaks against others */
  PART_WRONG,
  PART_UNSEEN, /* it cannot look either */
};

static enum part look_at_part(struct attempt *attempt, const struct remedy_step *step) {
  int r = step_run("look", attempt->kind->timeout, attempt->kind->preflight, step);
  attempt_hear(attempt);
  return r == -EALREADY ? PART_RIGHT : r == 0 || r == -EPERM ? PART_WRONG : PART_UNSEEN;
}

static void say_waits(struct attempt *attempt, enum judgement judgement, const char *code, enum part part) {
  if (part == PART_UNSEEN) {
    attempt_say(attempt, "verify: nobody can look for %s, nor at what was repaired: waiting for eyes, for up to %.0f s", code,
                VERIFY_VIEW_SECONDS);
  } else if (judgement == JUDGED_UNSEEN) {
    attempt_say(attempt, "verify: nobody sees whether %s is gone, though what was repaired is right: waiting for eyes, for up to %.0f s",
                code, VERIFY_VIEW_SECONDS);
  } else if (judgement == JUDGED_HARM) {
    attempt_say(attempt,
                "verify: %s came meanwhile and lies elsewhere, and what was repaired is right: waiting for its end, for up to %.0f s", code,
                VERIFY_VIEW_SECONDS);
  } else {
    attempt_say(attempt, "verify: %s is still seen, though what was repaired is right: a cache may show the former state, for up to %.0f s",
                code, VERIFY_VIEW_SECONDS);
  }
}

/* What was seen last. `elsewhere`: harm is not the repair's. */
static void say_judged(struct attempt *attempt, enum judgement judgement, const char *code, bool elsewhere, double waited) {
  switch (judgement) {
    case JUDGED_WELL:
      attempt_say(attempt, "verify: the checks that saw the fault pass, %d times in a row", VERIFY_PASSES);
      return;
    case JUDGED_ILL:
      attempt_say(attempt, "verify: %s is still there after %.0f s", code, waited);
      return;
    case JUDGED_UNSEEN:
      attempt_say(attempt, "verify: after %.0f s nobody sees whether %s is gone", waited, code);
      return;
    case JUDGED_HARM:
      if (elsewhere) {
        attempt_say(attempt, "verify: %s, which lies elsewhere, is still there after %.0f s", code, waited);
      } else {
        attempt_say(attempt, "verify: %s was well before, and is not since: the remedy did harm", code);
      }
      return;
  }
}

static void say_kept(struct attempt *attempt, enum judgement judgement) {
  if (judgement == JUDGED_ILL) {
    attempt_say(
        attempt,
        "kept, for what was repaired is right: find what shows the former state, such as nginx's open_file_cache (nginx -s reload)");
  } else {
    attempt_say(attempt, "kept, for what was repaired is right: whether it helped is known once its checks see the site again");
  }
}

/* What becomes of the attempt: ATTEMPT_KEPT, ATTEMPT_KEPT_UNSEEN, or ATTEMPT_UNDONE, which is then to be done. What is right stays,
 * whatever else falls or goes out of sight at that moment; what the repair broke itself does not. */
static enum attempt_verdict verify(struct attempt *attempt, const struct remedy_step *step) {
  enum judgement judgement;
  const char *code;
  double waited = VERIFY_SECONDS;
  if (attempt->kind->settle > 0 && task_sleep(attempt->kind->settle) < 0) return ATTEMPT_UNDONE;
  if (look_on(attempt, VERIFY_SECONDS, &judgement, &code) < 0) return ATTEMPT_UNDONE;
  bool acquitted = judges_may_acquit(&attempt->judges, judgement, attempt->kind->layer) > 0;
  enum part part = acquitted && judgement != JUDGED_WELL ? look_at_part(attempt, step) : PART_WRONG;
  if (part == PART_RIGHT || (part == PART_UNSEEN && judgement != JUDGED_ILL)) {
    say_waits(attempt, judgement, code, part);
    waited = VERIFY_VIEW_SECONDS;
    if (look_on(attempt, VERIFY_VIEW_SECONDS, &judgement, &code) < 0) return ATTEMPT_UNDONE;
    acquitted = judges_may_acquit(&attempt->judges, judgement, attempt->kind->layer) > 0;
    if (part == PART_UNSEEN && acquitted && judgement != JUDGED_WELL) part = look_at_part(attempt, step);
  }
  say_judged(attempt, judgement, code, acquitted, waited);
  if (judgement == JUDGED_WELL) return ATTEMPT_KEPT;
  if (!acquitted || part != PART_RIGHT) return ATTEMPT_UNDONE;
  say_kept(attempt, judgement);
  return ATTEMPT_KEPT_UNSEEN;
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
    tell_failed(attempt, &(struct attempt_leftover){.id = attempt->id,
                                                    .incident = attempt->request->incident,
                                                    .cause = attempt->request->cause,
                                                    .remedy = attempt->kind->name,
                                                    .verdict = ATTEMPT_UNDO_FAILED,
                                                    .report = text_get(&attempt->report)});
    return attempt_end(attempt, ATTEMPT_UNDO_FAILED);
  }
  attempt_say(attempt, "undone: the former state is back");
  return attempt_end(attempt, ATTEMPT_UNDONE);
}

static enum attempt_verdict prepare(struct attempt *attempt, const struct remedy_step *step) {
  if (attempt->request->remedy->skip) {
    attempt_say(attempt, "preflight: %s cannot be used here: %s", attempt->kind->name, attempt->request->remedy->skip);
    return attempt_end(attempt, ATTEMPT_REFUSED);
  }
  int r = judges_begin(&attempt->judges);
  if (r == -ENODATA) attempt_say(attempt, "preflight: no check could look for the fault: nothing is known, and nothing is done");
  if (r < 0) return attempt_end(attempt, ATTEMPT_NO_LOOK);
  if (r == 0) {
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
  verdict = verify(attempt, &step);
  return verdict == ATTEMPT_UNDONE ? undo(attempt) : attempt_end(attempt, verdict);
}

static int transact_task(void *argument) {
  return (int)transact(argument);
}

enum attempt_verdict attempt_run(const struct attempt_request *request, struct text *ret_report) {
  struct attempt attempt = {.request = request, .kind = request->remedy->kind, .time_left = request->remedy->kind->timeout, .lock = -1};
  auto_free char *stamp = text_format("%.3f", loop_wall());
  attempt.id = text_format("%s@%s", attempt.kind->name, stamp);
  attempt.directory = text_format("%s/attempts/%s", store_folder(request->store), attempt.id);
  judges_choose(&attempt.judges, request->conf, request->subject ? request->subject : CONF_SUBJECT_STACK, request->codes, request->cause);
  /* The steps have deadlines of their own; the transaction as a whole has none, so that an undo is never cut short. */
  struct task *task = task_start("attempt", 0, transact_task, &attempt);
  enum attempt_verdict verdict = (enum attempt_verdict)task_join_shielded(task);
  if (ret_report) text_add(ret_report, text_get(&attempt.report));
  judges_free(&attempt.judges);
  acting_end(attempt.lock);
  text_free(&attempt.report);
  free(attempt.id);
  free(attempt.directory);
  return verdict;
}

int attempt_history(struct store *store, const struct conf_remedy *remedy, struct guard_question *ret_question) {
  struct attempt_rows rows = {0};
  double now = loop_wall();
  int r = record_applied_since(store, now - 86400, &rows);
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
