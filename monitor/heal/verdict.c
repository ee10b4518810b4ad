/* Ends of attempts and their consequences; see verdict.h. */
#include "monitor/heal/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/watch/engine_codes.h"

static const struct {
  bool next;        /* on to the next remedy of the plan */
  bool page;        /* people are to be told now, if they were not */
  double try_after; /* seconds before another attempt */
} ends[ATTEMPT_VERDICTS] = {
    [ATTEMPT_KEPT] = {.try_after = HEAL_LOOK_AGAIN},
    [ATTEMPT_KEPT_UNSEEN] = {.page = true, .try_after = HEAL_LOOK_AGAIN_MOST},
    [ATTEMPT_UNDONE] = {.next = true},
    [ATTEMPT_UNDO_FAILED] = {.next = true, .page = true, .try_after = INFINITY},
    [ATTEMPT_REFUSED] = {.next = true},
    [ATTEMPT_NEEDLESS] = {.try_after = HEAL_LOOK_AGAIN}, /* it was tried in vain: nobody waits longer for that */
    [ATTEMPT_NO_LOOK] = {.try_after = HEAL_LOOK_AGAIN},
};

const struct conf_remedy *verdict_next_remedy(const struct conf *conf, const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  return conf_plan_next(conf, rule ? rule->plan : NULL, incident->plan_step);
}

/* On to the step of the plan behind the one that was tried: those before it cannot be used here. */
static size_t step_behind(const struct incident *incident, const struct conf_remedy *remedy) {
  const struct rule *rule = rule_find(incident->code);
  for (size_t i = incident->plan_step; rule && rule->plan && rule->plan[i]; i++) {
    if (text_equal(rule->plan[i], remedy->kind->name)) return i + 1;
  }
  return incident->plan_step + 1;
}

static void note(struct incident *incident, const char *remedy, enum attempt_verdict verdict, const char *report) {
  auto_free char *line = text_format("%s: %s\n%s", remedy, translated(attempt_verdict_names[verdict]), report);
  incident_note_tried(incident, line);
}

/* What cannot be looked at for long is looked at ever less often: each try is an entry of the journal. */
static void look_less_often(struct incident *incident, double now) {
  if (++incident->blind_tries >= HEAL_LOOK_TRIES) incident_page_by(incident, now);
  incident->next_try = now + fmin(HEAL_LOOK_AGAIN * exp2(fmin(incident->blind_tries - 1, 8)), HEAL_LOOK_AGAIN_MOST);
}

/* Does the last probe of some check see one of its signs? Then its page tells of it. */
static bool is_seen(const struct incident *incident) {
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    const struct opinion *opinion = incident->subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (symptom_is_ill(symptom) && symptom->seen && incident_needs(incident, opinion->codes[k]->name)) return true;
    }
  }
  return false;
}

/* Those who were told of it already hear that it needs them; the others read it in the page. */
static void tell(struct mind *mind, struct incident *incident, const char *summary, double now, double wall) {
  if (incident->paged) mind_update(mind, incident, incident_severity(incident), summary, now, wall);
}

/* It is tried again, and ends so again: that is said once. */
static void tell_unseen(struct mind *mind, struct incident *incident, const char *remedy, double now, double wall) {
  if (incident->told_unseen) return;
  incident->told_unseen = true;
  if (is_seen(incident)) {
    auto_free char *summary =
        text_format(translated("What %s repairs is right now, and something still shows the former state: a person has to look."), remedy);
    tell(mind, incident, summary, now, wall);
  } else {
    auto_free char *summary =
        text_format(translated("Repaired by %s, and nobody sees since whether it helped: %s"), remedy, incident->summary);
    mind_update(mind, incident, SEVERITY_WARNING, summary, now, wall); /* no page will tell of it */
  }
}

static void tell_end(struct mind *mind, struct incident *incident, const char *remedy, enum attempt_verdict verdict, bool ran_out,
                     double now, double wall) {
  auto_free char *summary = NULL;
  if (verdict == ATTEMPT_KEPT) {
    summary = text_format(translated("Healed by %s, and verified: %s"), remedy, incident->summary);
    mind_update(mind, incident, SEVERITY_INFO, summary, now, wall);
  } else if (verdict == ATTEMPT_KEPT_UNSEEN) {
    tell_unseen(mind, incident, remedy, now, wall);
  } else if (ran_out && verdict != ATTEMPT_UNDO_FAILED) {
    summary = text_format(translated("%s: %s. No remedy is left to try: a person has to act."), remedy,
                          translated(attempt_verdict_names[verdict]));
    tell(mind, incident, summary, now, wall);
  }
}

void verdict_take(struct mind *mind, const struct conf *conf, struct incident *incident, const struct conf_remedy *remedy,
                  enum attempt_verdict verdict, const char *report, double now, double wall) {
  const char *name = remedy->kind->name;
  if (verdict != ATTEMPT_UNDO_FAILED) note(incident, name, verdict, report);
  if (ends[verdict].next) incident->plan_step = step_behind(incident, remedy);
  bool ran_out = ends[verdict].next && !verdict_next_remedy(conf, incident);
  incident->next_try = now + ends[verdict].try_after;
  incident->needs_person |= verdict == ATTEMPT_UNDO_FAILED;
  if (ends[verdict].page || ran_out) incident_page_by(incident, now);
  if (verdict == ATTEMPT_NO_LOOK) look_less_often(incident, now);
  if (verdict == ATTEMPT_KEPT) incident_kept(incident, now);
  if (verdict == ATTEMPT_KEPT || verdict == ATTEMPT_KEPT_UNSEEN) mind_repaired(mind, incident);
  mind_touch(mind, incident);
  tell_end(mind, incident, name, verdict, ran_out, now, wall);
}

/* --- an undo that failed --------------------------------------------------------------------------------------------------- */

#define REPORTS_MOST 8u /* attempts of which the report is kept for the page; the newest */

static bool was_told(const struct finding *former, const char *attempt) {
  for (size_t i = 0; former && i < former->evidence_count; i++) {
    if (text_equal(former->evidence[i].saw, attempt)) return true;
  }
  return false;
}

/* Its last lines in one: the end of a report says why, and what is kept of an evidence is its beginning. */
static char *report_end(const char *report) {
  auto_text struct text lines = {0};
  for (const char *line = report; *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n')) {
    text_printf(&lines, "%s%.*s", lines.length ? "; " : "", (int)strcspn(line, "\n"), line);
  }
  if (lines.length < FINDING_SAW_LIMIT) return text_steal(&lines);
  const char *rest = lines.data + lines.length - FINDING_SAW_LIMIT + strlen("; "), *line = strstr(rest, "; ");
  return xstrdup(line ? line + strlen("; ") : rest);
}

/* The newest first, then those of before. */
static void add_finding(struct findings *findings, const struct attempt_leftover *failed, const struct finding *former) {
  struct finding *finding = finding_add(findings, &EJMON_UNDO_FAILED,
                                        "The remedy %s was left half-way and cannot be undone: a person has to look now.", failed->remedy);
  finding_evidence(finding, "attempt", NULL, "%s", failed->id);
  auto_free char *report = report_end(failed->report);
  finding_evidence(finding, "report", NULL, "%s", report);
  for (size_t i = 0; former && i < former->evidence_count && finding->evidence_count < 2 * REPORTS_MOST; i++) {
    finding_evidence(finding, former->evidence[i].what, NULL, "%s", former->evidence[i].saw);
  }
}

/* The incident that it was about goes to people at once. */
static void call_person(struct mind *mind, const struct attempt_leftover *failed, const char *summary, double now, double wall) {
  struct incident *incident = mind_incident(mind, failed->incident);
  if (!incident || incident_is_over(incident)) return;
  note(incident, failed->remedy, ATTEMPT_UNDO_FAILED, failed->report);
  incident->needs_person = true;
  incident_page_by(incident, now);
  mind_touch(mind, incident);
  tell(mind, incident, summary, now, wall);
  mind_look_again(mind, incident);
}

/* Unlike the other states of ejmon's own it does not pass by itself: nothing is waited for. */
static void tell_state(struct mind *mind, const struct subject *subject, bool again, const char *summary, double now, double wall) {
  struct incident *incident = mind_find(subject, EJMON_UNDO_FAILED.name);
  if (!incident) return;
  if (again && incident->paged) {
    mind->host.describe(mind->host.context, incident);
    mind_update(mind, incident, SEVERITY_CRITICAL, summary, now, wall);
    return;
  }
  incident_page_by(incident, now);
  mind_touch(mind, incident);
  mind_look_again(mind, incident);
}

void verdict_undo_failed(struct mind *mind, const struct attempt_leftover *failed, double now, double wall) {
  struct opinion *opinion = mind_opinion(mind, MIND_SELF);
  const struct incident *known = mind_find(opinion->subject, EJMON_UNDO_FAILED.name);
  const struct finding *former = known ? subject_finding(opinion->subject, EJMON_UNDO_FAILED.name) : NULL;
  if (was_told(former, failed->id)) return; /* the journal did not take its end, and it is tried again */
  bool again = known && known->paged;
  struct findings findings = {0};
  add_finding(&findings, failed, former);
  auto_free char *summary = xstrdup(findings.items[0].summary);
  call_person(mind, failed, summary, now, wall);
  mind_take(mind, opinion, &findings, NULL, now);
  findings_free(&findings);
  double next = mind_round(mind, now, wall); /* it is an incident from here on */
  tell_state(mind, opinion->subject, again, summary, now, wall);
  next = mind_round(mind, now, wall);
  (void)next; /* the caller's next round says so again */
}

static const struct incident *half_way(const struct mind *mind) {
  return mind_find(mind_opinion(mind, MIND_SELF)->subject, EJMON_UNDO_FAILED.name);
}

double verdict_half_way_since(const struct mind *mind) {
  const struct incident *incident = half_way(mind);
  return incident ? incident->opened : 0;
}

static bool is_whole(const struct attempt_row *row) {
  return text_equal(row->state, attempt_verdict_names[ATTEMPT_KEPT]) || text_equal(row->state, attempt_verdict_names[ATTEMPT_KEPT_UNSEEN]);
}

static bool is_made_good(const struct attempt_rows *rows, const struct attempt_row *failed) {
  for (size_t i = 0; i < rows->count; i++) {
    const struct attempt_row *row = &rows->items[i];
    if (is_whole(row) && row->started >= failed->ended && text_equal(row->remedy, failed->remedy) && text_equal(row->cause, failed->cause))
      return true;
  }
  return false;
}

void verdict_made_good(struct mind *mind, const struct attempt_rows *rows, double now) {
  const struct incident *incident = half_way(mind);
  size_t failed = 0, good = 0;
  for (size_t i = 0; incident && i < rows->count; i++) {
    const struct attempt_row *row = &rows->items[i];
    if (!text_equal(row->state, attempt_verdict_names[ATTEMPT_UNDO_FAILED]) || row->ended < incident->opened) continue;
    failed++;
    good += is_made_good(rows, row);
  }
  if (!failed || good < failed) return;
  struct findings findings = {0};
  finding_pass(&findings, &EJMON_UNDO_FAILED);
  mind_take(mind, mind_opinion(mind, MIND_SELF), &findings, NULL, now);
  findings_free(&findings);
}
