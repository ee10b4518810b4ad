/* Attempts that a killed ejmon left half-way are undone, from the journal, their directory and the configuration; see attempt.h. Nothing
 * here is applied again: whoever still sees the fault begins a new attempt. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/heal/acting.h"
#include "monitor/heal/attempt.h"
#include "monitor/heal/record.h"

const char *const attempt_verdict_names[] = {[ATTEMPT_KEPT] = translatable("kept"),
                                             [ATTEMPT_KEPT_UNSEEN] = translatable("kept-unseen"),
                                             [ATTEMPT_UNDONE] = translatable("undone"),
                                             [ATTEMPT_UNDO_FAILED] = translatable("undo-failed"),
                                             [ATTEMPT_REFUSED] = translatable("refused"),
                                             [ATTEMPT_NEEDLESS] = translatable("needless"),
                                             [ATTEMPT_NO_LOOK] = translatable("could-not-look")};

/* --- what attempt.c needs as well ------------------------------------------------------------------------------------------ */

char *attempt_mark(const char *directory, enum attempt_verdict verdict) {
  return text_format("%s.%s", directory, attempt_verdict_names[verdict]);
}

struct undo_job {
  const struct remedy_kind *kind;
  struct remedy_step step;
};

static int undo_task(void *argument) {
  struct undo_job *job = argument;
  return job->kind->undo(&job->step);
}

int attempt_undo(const struct conf_remedy *remedy, const char *directory, struct text *report) {
  struct undo_job job = {.kind = remedy->kind, .step = {.config = remedy->config, .directory = directory, .report = report}};
  size_t before = report->length;
  int r = task_join(task_start("undo", remedy->kind->timeout + UNDO_EXTRA, undo_task, &job));
  redact_behind(report, before);
  return r;
}

/* --- recovery -------------------------------------------------------------------------------------------------------------- */

struct recovery {
  const struct conf *conf;
  struct store *store;
  bool last;
  attempt_listener *ended;
  void *context;
};

static const struct conf_remedy *remedy_of(const struct conf *conf, const char *name) {
  for (size_t i = 0; i < conf->remedy_count; i++) {
    if (text_equal(conf->remedies[i].kind->name, name) && !conf->remedies[i].skip) return &conf->remedies[i];
  }
  return NULL;
}

/* Whether it ended so in its former life, and only the journal could not be told: 1, 0, or -errno while the disk does not say. */
static int was_marked(const char *directory, enum attempt_verdict *ret_verdict) {
  int there = 0;
  for (enum attempt_verdict verdict = 0; verdict < ATTEMPT_VERDICTS && there == 0; verdict++) {
    auto_free char *mark = attempt_mark(directory, verdict);
    there = record_is_there(mark);
    if (there > 0) *ret_verdict = verdict;
  }
  return there;
}

/* Told before it is recorded: killed in between, it is told twice, and not never. */
static int row_end(const struct recovery *recovery, const struct attempt_row *row, enum attempt_verdict verdict,
                   const struct text *report) {
  struct attempt_leftover leftover = {
      .id = row->id, .incident = row->incident, .cause = row->cause, .remedy = row->remedy, .verdict = verdict, .report = text_get(report)};
  if (recovery->ended) recovery->ended(recovery->context, &leftover);
  return record_end(recovery->store, row->id, attempt_verdict_names[verdict], text_get(report));
}

static int row_undo(const struct recovery *recovery, const struct attempt_row *row, const char *directory, struct text *report) {
  const struct conf_remedy *remedy = remedy_of(recovery->conf, row->remedy);
  if (!remedy) {
    text_printf(report, translated("undo: the configuration has no usable remedy %s any more\n"), row->remedy);
    return -ENOENT;
  }
  int r = record_step(recovery->store, row->id, "undoing", row->report, 0);
  (void)r; /* a full disk must not keep us from undoing, and undo is idempotent */
  return attempt_undo(remedy, directory, report);
}

static int row_recover(const struct recovery *recovery, const struct attempt_row *row) {
  auto_free char *directory = text_format("%s/attempts/%s", store_folder(recovery->store), row->id);
  auto_text struct text report = {0};
  enum attempt_verdict verdict;
  text_add(&report, row->report);
  if (report.length && report.data[report.length - 1] != '\n') text_add_char(&report, '\n');
  int r = was_marked(directory, &verdict);
  if (r < 0 && (!recovery->last || r == -ECANCELED)) return -EAGAIN; /* what was kept must not be undone */
  if (r > 0) {
    text_printf(&report, translated("recovered: it had ended as %s, only the journal was not told\n"),
                translated(attempt_verdict_names[verdict]));
    return row_end(recovery, row, verdict, &report);
  }
  text_printf(&report, translated("recovered: ejmon was ended while this attempt was at: %s\n"), row->state);
  if (text_equal(row->state, "intended")) {
    text_add(&report, translated("recovered: nothing had been changed\n"));
    r = record_remove_folder(directory);
    return row_end(recovery, row, ATTEMPT_NO_LOOK, &report);
  }
  if (r == 0) r = row_undo(recovery, row, directory, &report);
  if (r < 0 && (!recovery->last || r == -ECANCELED)) return -EAGAIN;
  if (report.data[report.length - 1] != '\n') text_add_char(&report, '\n');
  if (r < 0) {
    text_printf(&report, translated("undo FAILED (%s): a person has to look now; the snapshot is in %s\n"), lang_error(-r), directory);
  } else {
    text_add(&report, translated("undone: the former state is back\n"));
  }
  return row_end(recovery, row, r < 0 ? ATTEMPT_UNDO_FAILED : ATTEMPT_UNDONE, &report);
}

int attempt_recover_locked(const struct conf *conf, struct store *store, bool last, attempt_listener *ended, void *context) {
  struct recovery recovery = {.conf = conf, .store = store, .last = last, .ended = ended, .context = context};
  struct attempt_rows rows = {0};
  int result = record_unfinished(store, &rows);
  for (size_t i = 0; i < rows.count; i++) {
    int r = row_recover(&recovery, &rows.items[i]);
    if (r < 0) result = r;
  }
  attempt_rows_free(&rows);
  return result;
}

int attempt_recover(const struct conf *conf, struct store *store, bool last, attempt_listener *ended, void *context) {
  auto_free char *error = NULL;
  int lock = acting_begin(store_folder(store), &error);
  if (lock < 0) return lock;
  int r = attempt_recover_locked(conf, store, last, ended, context);
  acting_end(lock);
  return r;
}

int attempt_leftovers(struct store *store) {
  struct attempt_rows rows = {0};
  int r = record_unfinished(store, &rows);
  int count = (int)rows.count;
  attempt_rows_free(&rows);
  if (r < 0) return r;
  return count && acting_is_free(store_folder(store)) ? count : 0;
}
