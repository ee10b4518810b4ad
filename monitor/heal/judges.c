/* Before and after a remedy, by the checks and the rules; see judges.h. It waits for probes and decides; it acts on nothing. */
#include "monitor/heal/judges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- who judges ------------------------------------------------------------------------------------------------------------ */

static bool check_knows(const struct conf_check *check, const char *name) {
  for (const struct code *const *code = check->kind->codes; code && *code; code++) {
    if (text_equal((*code)->name, name)) return true;
  }
  return false;
}

static void outcomes_clear(struct outcome *outcomes, size_t count) {
  for (size_t i = 0; i < count; i++) outcome_free(&outcomes[i]);
}

static bool tells_outages(const struct conf_check *check) {
  for (const struct code *const *code = check->kind->codes; code && *code; code++) {
    if ((*code)->outage) return true;
  }
  return false;
}

void judges_choose(struct judges *judges, const struct conf *conf, const char *subject, const char *const *codes, const char *cause) {
  *judges = (struct judges){.codes = codes, .repaired = rule_find(cause)};
  judges->checks = xcalloc(conf->check_count + 1, sizeof *judges->checks);
  judges->witnesses = xcalloc(conf->check_count + 1, sizeof *judges->witnesses);
  for (size_t i = 0; i < conf->check_count; i++) {
    const struct conf_check *check = &conf->checks[i];
    bool knows = false;
    if (check->skip || !text_equal(check->subject, subject)) continue; /* a second check of another site says nothing about this one */
    for (const char *const *code = codes; *code && !knows; code++) knows = check_knows(check, *code);
    if (knows) judges->checks[judges->count++] = check;
    if (tells_outages(check)) judges->witnesses[judges->witness_count++] = check;
  }
  judges->before = xcalloc(judges->count + 1, sizeof *judges->before);
  judges->after = xcalloc(judges->count + 1, sizeof *judges->after);
}

void judges_free(struct judges *judges) {
  outcomes_clear(judges->before, judges->count);
  outcomes_clear(judges->after, judges->count);
  free(judges->before);
  free(judges->after);
  free(judges->checks);
  free(judges->witnesses);
  *judges = (struct judges){0};
}

static const char *fault_of(const struct judges *judges, const struct outcome *outcome) {
  for (const char *const *code = judges->codes; *code; code++) {
    if (findings_fault(&outcome->findings, *code)) return *code;
  }
  return NULL;
}

/* Who judges is no witness beside himself. */
static void drop_judges(struct judges *judges) {
  size_t kept = 0;
  for (size_t i = 0; i < judges->witness_count; i++) {
    bool judges_too = false;
    for (size_t k = 0; k < judges->count; k++) judges_too |= judges->checks[k] == judges->witnesses[i];
    if (!judges_too) judges->witnesses[kept++] = judges->witnesses[i];
  }
  judges->witness_count = kept;
}

int judges_begin(struct judges *judges) {
  size_t saw = 0, blind = judges->count == 0;
  outcomes_clear(judges->before, judges->count);
  int r = probe_run_all(judges->checks, judges->count, judges->before, NULL, NULL);
  if (r < 0) return r;
  for (size_t i = 0; i < judges->count; i++) {
    saw += fault_of(judges, &judges->before[i]) != NULL;
    blind += judges->before[i].status == STATUS_UNKNOWN;
  }
  if (saw == 0) return blind ? -ENODATA : 0;
  size_t kept = 0;
  for (size_t i = 0; i < judges->count; i++) {
    if (!fault_of(judges, &judges->before[i])) {
      outcome_free(&judges->before[i]);
      continue;
    }
    judges->checks[kept] = judges->checks[i];
    judges->before[kept++] = judges->before[i];
  }
  judges->count = kept;
  drop_judges(judges);
  return 1;
}

/* --- harm ------------------------------------------------------------------------------------------------------------------ */

static void causes_of(const struct outcome *outcomes, size_t count, struct causes *ret_causes) {
  size_t ill_count;
  const struct code **ill = outcomes_ill(outcomes, count, &ill_count);
  rules_evaluate(rule_tables, ill, ill_count, ret_causes);
  free(ill);
}

static bool has_cause(const struct causes *causes, const char *code) {
  for (size_t i = 0; i < causes->count; i++) {
    if (text_equal(causes->items[i].code, code)) return true;
  }
  return false;
}

static bool was_well(const struct judges *judges, const char *code) {
  for (size_t i = 0; i < judges->count; i++) {
    if (findings_well(&judges->before[i].findings, code)) return true;
  }
  return false;
}

static bool is_critical(const struct judges *judges, const char *code) {
  for (size_t i = 0; i < judges->count; i++) {
    const struct finding *finding = findings_fault(&judges->after[i].findings, code);
    if (finding && finding->severity == SEVERITY_CRITICAL) return true;
  }
  return false;
}

/* The layer of what was repaired: the cause's, or where no rule names it that of its highest sign. */
static enum layer repaired_layer(const struct judges *judges) {
  enum layer layer = LAYER_HOST;
  if (judges->repaired) return judges->repaired->code->layer;
  for (size_t i = 0; i < judges->count; i++) {
    for (const char *const *code = judges->codes; *code; code++) {
      const struct finding *finding = findings_fault(&judges->before[i].findings, *code);
      if (finding && finding->code->layer > layer) layer = finding->code->layer;
    }
  }
  return layer;
}

/* A code that only now can be looked at, because what hid it is healed, is no harm done; nor is a cause that was there in part, nor what is
 * carried by the layer that was repaired and shows what is right there in an old or another form. A page that does not come at all is harm
 * wherever it shows: what was repaired does not keep pages away. */
static bool is_harm(const struct judges *judges, const struct cause *cause) {
  bool critical = false, absent = false;
  for (size_t i = 0; i < cause->explains_count; i++) {
    const struct code *code = code_find(cause->explains[i]);
    if (!was_well(judges, cause->explains[i])) return false;
    critical |= is_critical(judges, cause->explains[i]);
    absent |= code && code->evidence == EVIDENCE_ABSENCE;
  }
  return critical && (absent || !cause_is_downstream(cause, repaired_layer(judges)));
}

static bool is_new_harm(const struct judges *judges, const struct causes *before, const struct cause *cause) {
  return !has_cause(before, cause->code) && is_harm(judges, cause);
}

static const char *find_harm(const struct judges *judges) {
  struct causes before = {0}, after = {0};
  const char *harm = NULL;
  causes_of(judges->before, judges->count, &before);
  causes_of(judges->after, judges->count, &after);
  for (size_t i = 0; i < after.count && !harm; i++) {
    if (is_new_harm(judges, &before, &after.items[i])) harm = after.items[i].code;
  }
  causes_free(&before);
  causes_free(&after);
  return harm; /* codes live as long as the program */
}

/* --- judging --------------------------------------------------------------------------------------------------------------- */

static const char *find_ill(const struct judges *judges) {
  for (size_t i = 0; i < judges->count; i++) {
    const char *code = fault_of(judges, &judges->after[i]);
    if (code) return code;
  }
  return NULL;
}

static const char *find_unseen(const struct judges *judges) {
  for (size_t i = 0; i < judges->count; i++) {
    for (const char *const *code = judges->codes; *code; code++) {
      if (findings_fault(&judges->before[i].findings, *code) && !findings_well(&judges->after[i].findings, *code)) return *code;
    }
  }
  return NULL;
}

int judges_judge(struct judges *judges, enum judgement *ret_judgement, const char **ret_code) {
  outcomes_clear(judges->after, judges->count);
  int r = probe_run_all(judges->checks, judges->count, judges->after, NULL, NULL);
  if (r < 0) return r;
  const char *harm = find_harm(judges), *ill = find_ill(judges), *unseen = find_unseen(judges);
  *ret_judgement = harm ? JUDGED_HARM : ill ? JUDGED_ILL : unseen ? JUDGED_UNSEEN : JUDGED_WELL;
  *ret_code = harm ? harm : ill ? ill : unseen ? unseen : "";
  return 0;
}

/* --- whose doing it is ------------------------------------------------------------------------------------------------------ */

/* What all of the subject see now: the judges, by their last look, and the witnesses. */
struct hearing {
  const struct judges *judges;
  struct outcome *seen; /* one per witness */
  struct causes all;
};

/* Do the witnesses see any of it? */
static bool is_witnessed(const struct hearing *hearing, const struct cause *cause) {
  for (size_t i = 0; i < cause->explains_count; i++) {
    for (size_t k = 0; k < hearing->judges->witness_count; k++) {
      if (findings_fault(&hearing->seen[k].findings, cause->explains[i])) return true;
    }
  }
  return false;
}

/* Is this absence the doing of what fell below the repaired layer, and of that alone? */
static bool fell_below(const struct hearing *hearing, const char *name, enum layer acted) {
  const struct code *code = code_find(name);
  bool explained = false;
  if (!code || code->evidence != EVIDENCE_ABSENCE) return false;
  for (size_t i = 0; i < hearing->all.count; i++) {
    const struct cause *cause = &hearing->all.items[i];
    if (!cause_explains(cause, name)) continue;
    if (cause_layer(cause) >= acted || !is_witnessed(hearing, cause)) return false;
    explained = true;
  }
  return explained;
}

static bool harm_is_acquitted(const struct hearing *hearing, enum layer acted) {
  const struct judges *judges = hearing->judges;
  struct causes before = {0}, after = {0};
  bool acquitted = true;
  causes_of(judges->before, judges->count, &before);
  causes_of(judges->after, judges->count, &after);
  for (size_t i = 0; i < after.count; i++) {
    const struct cause *cause = &after.items[i];
    if (!is_new_harm(judges, &before, cause)) continue;
    for (size_t k = 0; k < cause->explains_count; k++) acquitted &= fell_below(hearing, cause->explains[k], acted);
  }
  causes_free(&before);
  causes_free(&after);
  return acquitted;
}

/* Is what was repaired out itself? Then it is no wonder that nothing is seen. */
static bool is_out(const struct hearing *hearing, enum layer acted) {
  for (size_t i = 0; i < hearing->all.count; i++) {
    const struct cause *cause = &hearing->all.items[i];
    for (size_t k = 0; k < cause->explains_count && cause_layer(cause) == acted; k++) {
      const struct code *code = code_find(cause->explains[k]);
      if (code && code->outage) return true;
    }
  }
  return false;
}

/* Has something grave come that was well before, and that does not lie below what was repaired? Then that may be why the fault is not seen,
 * and the repair's own doing, wherever it shows. */
static bool is_covered(const struct hearing *hearing, enum layer acted) {
  const struct judges *judges = hearing->judges;
  struct causes before = {0}, after = {0};
  bool covered = false;
  causes_of(judges->before, judges->count, &before);
  causes_of(judges->after, judges->count, &after);
  for (size_t i = 0; i < after.count && !covered; i++) {
    const struct cause *cause = &after.items[i];
    bool well = true, critical = false, below = true;
    for (size_t k = 0; k < cause->explains_count; k++) {
      well &= was_well(judges, cause->explains[k]);
      critical |= is_critical(judges, cause->explains[k]);
      below &= fell_below(hearing, cause->explains[k], acted);
    }
    covered = well && critical && !below && !has_cause(&before, cause->code);
  }
  causes_free(&before);
  causes_free(&after);
  return covered;
}

int judges_may_acquit(const struct judges *judges, enum judgement judgement, enum layer acted) {
  if (judgement == JUDGED_WELL || judgement == JUDGED_ILL) return 1;
  struct hearing hearing = {.judges = judges, .seen = xcalloc(judges->witness_count + 1, sizeof *hearing.seen)};
  int r = probe_run_all(judges->witnesses, judges->witness_count, hearing.seen, NULL, NULL);
  if (r == 0) {
    size_t count = judges->count + judges->witness_count;
    auto_free struct outcome *all = xcalloc(count + 1, sizeof *all); /* their contents stay where they are */
    if (judges->count) memcpy(all, judges->after, judges->count * sizeof *all);
    if (judges->witness_count) memcpy(all + judges->count, hearing.seen, judges->witness_count * sizeof *all);
    causes_of(all, count, &hearing.all);
    r = judgement == JUDGED_HARM ? harm_is_acquitted(&hearing, acted) : !is_out(&hearing, acted) && !is_covered(&hearing, acted);
  }
  causes_free(&hearing.all);
  outcomes_clear(hearing.seen, judges->witness_count);
  free(hearing.seen);
  return r;
}
