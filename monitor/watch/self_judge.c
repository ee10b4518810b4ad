/* Loop, clock, store and sinks; what needs a walk over all subjects is in self_scan.c. See self_judge.h. */
#include "monitor/watch/self_judge.h"

#include <math.h>
#include <stdlib.h>

#include "checks/explanation.h"
#include "monitor/base/lang.h"
#include "monitor/core/guard.h"
#include "monitor/watch/engine_codes.h"
#include "monitor/watch/self_scan.h"

void self_judge_init(struct self_judge *judge, const struct where *where, double now) {
  *judge = (struct self_judge){.where = where, .started = now, .scanned = -INFINITY, .store_ill = -INFINITY, .outage = -INFINITY};
  judge->lag.last = judge->jump.last = -INFINITY;
}

void self_judge_free(struct self_judge *judge) {
  free(judge->network);
  free(judge->many);
  strings_free(judge->reasons);
  *judge = (struct self_judge){0};
}

void self_verdict_free(struct self_verdict *verdict) {
  findings_free(&verdict->findings);
  free(verdict->doubt);
  *verdict = (struct self_verdict){0};
}

static void doubt(struct self_verdict *verdict, const char *sentence) {
  if (!verdict->doubt) verdict->doubt = xstrdup(sentence);
}

static void doubt_eyes(struct self_verdict *verdict, const char *sentence) {
  doubt(verdict, sentence);
  verdict->eyes = true;
}

/* --- what happens in an instant -------------------------------------------------------------------------------------------- */

static void sign_seen(struct self_sign *sign, double again, double now) {
  sign->row = now - sign->last < again ? sign->row + 1 : 1;
  sign->last = now;
}

static void sign_judge(const struct self_sign *sign, const struct code *code, double again, double doubtful, const char *sentence,
                       double now, struct self_verdict *verdict) {
  if (now - sign->last < doubtful) doubt_eyes(verdict, sentence);
  if (sign->row >= 2 && now - sign->last < again) {
    finding_add(&verdict->findings, code, "%s", sentence);
  } else {
    finding_pass(&verdict->findings, code);
  }
}

static void look_at_loop(struct self_judge *judge, double lag, double now, struct self_verdict *verdict) {
  if (now - judge->lag.last >= SELF_LAG_DOUBT) judge->worst_lag = 0;
  if (lag > GUARD_LAG_LIMIT) {
    sign_seen(&judge->lag, SELF_LAG_AGAIN, now);
    judge->worst_lag = fmax(judge->worst_lag, lag);
  }
  auto_free char *sentence =
      text_format(translated("ejmon's own loop was %.1f s late: it measures too slowly to be trusted."), judge->worst_lag);
  sign_judge(&judge->lag, &EJMON_LOOP_LAGS, SELF_LAG_AGAIN, SELF_LAG_DOUBT, sentence, now, verdict);
}

static void look_at_clock(struct self_judge *judge, double now, double wall, struct self_verdict *verdict) {
  double offset = wall - now;
  if (judge->looked && fabs(offset - judge->offset) > SELF_JUMP) {
    sign_seen(&judge->jump, SELF_JUMP_AGAIN, now);
    judge->jumped_by = offset - judge->offset;
  }
  judge->offset = offset;
  auto_free char *sentence = text_format(translated("The machine's clock jumped by %.0f s."), judge->jumped_by);
  sign_judge(&judge->jump, &EJMON_CLOCK_JUMPED, SELF_JUMP_AGAIN, SELF_JUMP_DOUBT, sentence, now, verdict);
}

/* --- what keeps it from telling -------------------------------------------------------------------------------------------- */

static void look_at_store(struct self_judge *judge, const char *trouble, double now, struct self_verdict *verdict) {
  if (!trouble && now - judge->store_ill >= SELF_SETTLE) {
    finding_pass(&verdict->findings, &EJMON_STORE_HUNG);
    return;
  }
  if (!trouble) return; /* whether it lasts is not known yet */
  judge->store_ill = now;
  struct finding *finding = finding_add(
      &verdict->findings, &EJMON_STORE_HUNG,
      "ejmon's journal does not take what happens: pages go out from memory, nothing is healed, and a restart would forget it.");
  finding_evidence(finding, "journal", NULL, "%s", trouble);
  doubt(verdict, finding->summary);
}

static bool refuses(const struct sink_health *sink) {
  return sink->refusals >= SELF_REFUSALS && sink->owed;
}

static void look_at_sinks(struct self_judge *judge, const struct spool *spool, struct self_verdict *verdict) {
  struct finding *finding = NULL;
  size_t refusing = 0;
  bool known = true;
  for (size_t i = 0; i < spool->sink_count; i++) {
    const struct sink_health *sink = &spool->sinks[i];
    known &= !sink->refusals && (sink->last_success > 0 || !sink->owed);
    if (!refuses(sink)) continue;
    refusing++;
    finding =
        finding_open(&verdict->findings, &EJMON_SINK_REFUSES, "The sink %s takes no notices: whoever it calls is not called.", sink->name);
    finding_evidence(finding, sink->name, NULL, "%s", sink->refusal ? sink->refusal : "");
  }
  verdict->more_refusing = judge->refusing && refusing > judge->refusing;
  judge->refusing = refusing > judge->refusing || known ? refusing : judge->refusing;
  if (!refusing && known) finding_pass(&verdict->findings, &EJMON_SINK_REFUSES);
}

static void add_loss(const struct sink_health *sink, struct self_verdict *verdict) {
  auto_free char *sentence =
      sink->lost_in_row == 1
          ? text_format(translated("A notice was given up: the sink %s did not take it for a day. Whoever it calls does not know."),
                        sink->name)
          : text_format(translated("%zu notices were given up: the sink %s did not take them for a day. Whoever it calls does not know."),
                        sink->lost_in_row, sink->name);
  struct finding *finding = finding_open(&verdict->findings, &EJMON_NOTICE_LOST, "%s", sentence);
  for (char **what = sink->lost_what; *what; what++) finding_evidence(finding, sink->name, NULL, "%s", *what);
}

/* Were more lost than is told? What comes soon after another word waits for the next. */
static bool is_more_lost(struct self_judge *judge, size_t lost, double now) {
  bool more = lost > judge->lost, told_before = judge->lost > 0;
  if (more && told_before && now - judge->lost_told < SELF_LOST_PAUSE) return false;
  judge->lost = lost;
  if (more) judge->lost_told = now;
  return more && told_before;
}

static void look_at_losses(struct self_judge *judge, const struct spool *spool, double now, struct self_verdict *verdict) {
  size_t lost = 0;
  for (size_t i = 0; i < spool->sink_count; i++) {
    const struct sink_health *sink = &spool->sinks[i];
    if (!sink->lost_what || (!sink->lost && now - sink->lost_at >= SELF_LOST_STAYS)) continue;
    lost += sink->lost_in_row;
    add_loss(sink, verdict);
  }
  verdict->more_lost = is_more_lost(judge, lost, now);
  bool told = findings_find(&verdict->findings, EJMON_NOTICE_LOST.name) != NULL;
  if (!told && now - judge->started >= SELF_LOST_STAYS) finding_pass(&verdict->findings, &EJMON_NOTICE_LOST);
}

/* --- all ------------------------------------------------------------------------------------------------------------------- */

/* What is believed and neither seen nor passed now is believed as before: of a former life, or said by somebody else. */
static void carry(const struct mind *mind, struct findings *findings) {
  const struct opinion *opinion = mind_opinion(mind, MIND_SELF);
  for (size_t i = 0; i < opinion->code_count; i++) {
    const struct code *code = opinion->codes[i];
    if (!symptom_is_ill(&opinion->symptoms[i]) || findings_find(findings, code->name) || findings_passed(findings, code->name)) continue;
    const struct finding *former = opinion->found[i];
    const struct incident *incident = mind_find(opinion->subject, code->name);
    const char *title = explanation_text(explanation_of(code->name), PART_TITLE);
    struct finding *finding = finding_add(findings, code, "%s",
                                          former     ? former->summary
                                          : incident ? incident->summary
                                          : title    ? title
                                                     : "");
    for (size_t k = 0; former && k < former->evidence_count; k++) {
      finding_evidence(finding, former->evidence[k].what, former->evidence[k].want, "%s", former->evidence[k].saw);
    }
  }
}

void self_judge_look(struct self_judge *judge, const struct mind *mind, const struct self_seen *seen, double now, double wall,
                     struct self_verdict *ret_verdict) {
  *ret_verdict = (struct self_verdict){0};
  look_at_loop(judge, seen->lag, now, ret_verdict);
  look_at_clock(judge, now, wall, ret_verdict);
  look_at_store(judge, seen->store_trouble, now, ret_verdict);
  look_at_sinks(judge, &mind->spool, ret_verdict);
  look_at_losses(judge, &mind->spool, now, ret_verdict);
  self_side_take(judge, seen);
  if (now - judge->scanned >= SELF_SCAN) self_scan(judge, mind, now, ret_verdict);
  if (judge->network) doubt_eyes(ret_verdict, judge->network);
  if (judge->many) doubt_eyes(ret_verdict, judge->many);
  judge->looked = true;
  carry(mind, &ret_verdict->findings);
}
