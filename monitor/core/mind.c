/* Opinions and subjects; see mind.h. What follows from them is round.c's. */
#include "monitor/core/mind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind_parts.h"

/* --- subjects and opinions by name ----------------------------------------------------------------------------------------- */

static void opinion_free(struct opinion *opinion) {
  for (size_t i = 0; i < opinion->code_count; i++) opinion_forget_finding(opinion, i);
  free(opinion->name);
  free(opinion->target);
  free(opinion->symptoms);
  free(opinion->found);
  free(opinion->changed);
  free(opinion->blind_reason);
  free(opinion);
}

static void subject_free(struct subject *subject) {
  for (size_t i = 0; i < subject->incident_count; i++) incident_free(subject->incidents[i]);
  free(subject->incidents);
  free(subject->opinions);
  free(subject->name);
  free(subject);
}

void mind_init(struct mind *mind, const struct mind_host *host, const struct rule *const *rules, double now) {
  *mind = (struct mind){.host = *host, .rules = rules, .restored = now - MIND_LOOK, .serial = (long)(now * 1000)};
  mind->stack = mind_need_subject(mind, MIND_STACK);
}

void mind_free(struct mind *mind) {
  for (size_t i = 0; i < mind->opinion_count; i++) opinion_free(mind->opinions[i]);
  for (size_t i = 0; i < mind->subject_count; i++) subject_free(mind->subjects[i]);
  rows_free(&mind->unwritten);
  free(mind->moved);
  free(mind->agenda);
  free(mind->pokes);
  free(mind->opinions);
  free(mind->subjects);
  spool_free(&mind->spool);
  *mind = (struct mind){0};
}

/* --- configuring ----------------------------------------------------------------------------------------------------------- */

static struct opinion *opinion_make(const struct mind_check *check, double now) {
  struct opinion *opinion = xcalloc(1, sizeof *opinion);
  *opinion =
      (struct opinion){.name = xstrdup(check->name), .target = xstrdup(check->target), .codes = check->codes, .looked = now, .sight = now};
  while (check->codes && check->codes[opinion->code_count]) opinion->code_count++;
  opinion->symptoms = xcalloc(opinion->code_count + 1, sizeof *opinion->symptoms);
  opinion->found = xcalloc(opinion->code_count + 1, sizeof(struct finding *));
  opinion->changed = xcalloc(opinion->code_count + 1, sizeof *opinion->changed);
  return opinion;
}

/* The opinion of the check by that name, kind and target, or a new one. */
static struct opinion *opinion_keep(const struct mind *mind, const struct mind_check *check, double now) {
  struct opinion *opinion = mind_opinion(mind, check->name);
  if (!opinion || opinion->codes != check->codes || !text_equal(opinion->subject->name, check->subject)) return opinion_make(check, now);
  opinion->moved = opinion_is_of_another(opinion, check->target);
  if (opinion->moved) return opinion_make(check, now);
  opinion->configured = true; /* else the caller frees it */
  return opinion;
}

/* Subjects that are new are made in one go: 10,000 checks are 10,000 subjects. An opinion that is kept knows its own. */
static void make_subjects(struct mind *mind, const struct mind_check *checks, struct opinion *const *opinions, size_t count) {
  size_t known = mind->subject_count;
  for (size_t i = 0; i < count; i++) {
    struct subject *subject = opinions[i]->subject ? opinions[i]->subject : mind_subject_among(mind, known, checks[i].subject);
    if (subject) {
      subject->behind = checks[i].stands_behind;
      continue;
    }
    struct subject **place = array_push(&mind->subjects, &mind->subject_count, sizeof(struct subject *));
    *place = subject_make(checks[i].subject, checks[i].stands_behind);
  }
  if (mind->subject_count == known) return;
  qsort(mind->subjects, mind->subject_count, sizeof(struct subject *), subject_order);
  size_t kept = 0; /* several checks may name the same new subject */
  for (size_t i = 0; i < mind->subject_count; i++) {
    if (kept && text_equal(mind->subjects[kept - 1]->name, mind->subjects[i]->name)) {
      subject_free(mind->subjects[i]);
    } else {
      mind->subjects[kept++] = mind->subjects[i];
    }
  }
  mind->subject_count = kept;
}

static void agenda_drop(struct mind *mind, const struct subject *subject) {
  for (size_t i = 0; i < mind->agenda_count && subject->listed; i++) {
    if (mind->agenda[i] != subject) continue;
    mind->agenda[i] = mind->agenda[--mind->agenda_count];
    return;
  }
}

static void drop_empty_subjects(struct mind *mind) {
  size_t kept = 0;
  for (size_t i = 0; i < mind->subject_count; i++) {
    struct subject *subject = mind->subjects[i];
    if (subject->opinion_count || subject->incident_count || subject == mind->stack) {
      mind->subjects[kept++] = subject;
    } else {
      agenda_drop(mind, subject);
      subject_free(subject);
    }
  }
  mind->subject_count = kept;
}

void mind_configure(struct mind *mind, const struct mind_check *checks, size_t check_count, const char *const *sinks, size_t sink_count,
                    double now, double wall) {
  while (mind_next_poke(mind)) continue; /* they may name what goes now */
  for (size_t i = 0; i < mind->opinion_count; i++) mind->opinions[i]->configured = false;
  struct opinion **opinions = xcalloc(check_count + 1, sizeof(struct opinion *));
  for (size_t i = 0; i < check_count; i++) opinions[i] = opinion_keep(mind, &checks[i], now);
  make_subjects(mind, checks, opinions, check_count);
  for (size_t i = 0; i < mind->subject_count; i++) {
    struct subject *subject = mind->subjects[i];
    subject->opinion_count = 0;
    subject_mark(mind, subject);
  }
  for (size_t i = 0; i < check_count; i++) {
    struct opinion *opinion = opinions[i];
    opinion->configured = true;
    opinion->rise = checks[i].rise;
    opinion->fall = checks[i].fall;
    opinion->interval = checks[i].interval;
    if (!opinion->subject) opinion->subject = mind_subject(mind, checks[i].subject);
    struct opinion **place = array_push(&opinion->subject->opinions, &opinion->subject->opinion_count, sizeof(struct opinion *));
    *place = opinion;
  }
  for (size_t i = 0; i < mind->opinion_count; i++) {
    if (mind->opinions[i]->configured) continue;
    mind_gone_symptoms(mind, mind->opinions[i]);
    opinion_free(mind->opinions[i]);
  }
  free(mind->opinions);
  qsort(opinions, check_count, sizeof(struct opinion *), opinion_order);
  mind->opinions = opinions;
  mind->opinion_count = check_count;
  spool_set_sinks(&mind->spool, sinks, sink_count);
  mind_forget_witnesses(mind);
  mind_after_configure(mind, now, wall);
  drop_empty_subjects(mind);
}

/* --- what probes saw ------------------------------------------------------------------------------------------------------- */

static struct finding *finding_copy(const struct finding *finding) {
  struct finding *copy = xcalloc(1, sizeof *copy);
  *copy = *finding;
  copy->summary = xstrdup(finding->summary);
  copy->evidence = xcalloc(finding->evidence_count + 1, sizeof *copy->evidence);
  for (size_t i = 0; i < finding->evidence_count; i++) {
    const struct evidence *from = &finding->evidence[i];
    copy->evidence[i] = (struct evidence){.what = xstrdup(from->what), .saw = xstrdup(from->saw), .want = xstrdup(from->want)};
  }
  return copy;
}

/* Who is suspect may be the child of another, so its relations are looked at too; never the one that asked, whose own faults in a row must
 * be as far apart as configured. */
static void poke_relations(struct mind *mind, const struct opinion *opinion) {
  const struct subject *families[] = {opinion->subject, opinion->subject->behind ? mind->stack : NULL};
  for (size_t f = 0; f < countof(families); f++) {
    for (size_t i = 0; families[f] && i < families[f]->opinion_count; i++) {
      if (families[f]->opinions[i] != opinion) opinion_poke(mind, families[f]->opinions[i]);
    }
  }
}

/* Returns whether rules may see something else now. */
static bool feed_one(struct mind *mind, struct opinion *opinion, size_t index, const struct findings *findings, double now) {
  const char *name = opinion->codes[index]->name;
  struct symptom *symptom = &opinion->symptoms[index];
  struct symptom before = *symptom;
  const struct finding *fault = findings_fault(findings, name);
  if (!fault && look_fails(opinion->codes[index]->look, findings)) { /* no pass: another failure of the same look */
    symptom->blind = false;
    return before.blind;
  }
  enum symptom_input input = fault ? SAW_FAULT : findings_well(findings, name) ? SAW_PASS : SAW_NOTHING;
  if (input == SAW_NOTHING && before.state == SYMPTOM_WELL) {
    symptom->blind = true;
    return before.streak == 0 && !before.blind; /* an incident of a former life may have waited for it */
  }
  symptom_feed(symptom, input, opinion->rise, opinion->fall, now);
  if (input != SAW_NOTHING || !opinion->blind_reason) symptom->seen_last = symptom->seen;
  if (input != SAW_NOTHING) symptom->critical = fault && fault->severity == SEVERITY_CRITICAL ? symptom->critical + 1 : 0;
  if (symptom->critical > opinion->fall) symptom->critical = opinion->fall;
  if (fault) {
    opinion_forget_finding(opinion, index);
    opinion->found[index] = finding_copy(fault);
  } else if (symptom->state == SYMPTOM_WELL) {
    opinion_forget_finding(opinion, index);
  }
  bool sight = symptom->seen != before.seen || symptom->blind != before.blind;
  bool was_well = before.state == SYMPTOM_WELL && symptom->state == SYMPTOM_WELL; /* no row then */
  bool differs = symptom->state != before.state || symptom->streak != before.streak || symptom->seen_last != before.seen_last ||
                 symptom->critical != before.critical;
  if (!was_well && differs) opinion_touch(mind, opinion, index);
  bool graver = symptom->critical > before.critical && symptom->critical == opinion->fall;
  bool first_look = before.state == SYMPTOM_WELL && before.streak == 0; /* an incident of a former life may wait for it */
  return first_look || symptom->state != before.state || sight || graver;
}

/* A probe that passes one thing, and is blind for another, has looked; but its check does not see all. */
static void note_sight(struct opinion *opinion, const struct findings *findings, const char *blind_reason, double now) {
  free(opinion->blind_reason);
  opinion->blind_reason = xstrdup(blind_reason);
  opinion->blind = NULL;
  for (size_t i = 0; blind_reason && !opinion->blind && i < findings->count; i++) {
    if (findings->items[i].code->blind) opinion->blind = findings->items[i].code;
  }
  if (!blind_reason || findings->passed_count) opinion->looked = now;
  if (blind_reason) return;
  opinion->sight = now;
  opinion->sighted = true;
}

void mind_take(struct mind *mind, struct opinion *opinion, const struct findings *findings, const char *blind_reason, double now) {
  bool changed = false, worse = false;
  size_t ill_before = opinion->ill_count;
  note_sight(opinion, findings, blind_reason, now);
  changed |= opinion_take_looks(mind, opinion, findings, now);
  for (size_t i = 0; i < opinion->code_count; i++) {
    enum symptom_state before = opinion->symptoms[i].state;
    changed |= feed_one(mind, opinion, i, findings, now);
    worse |= before == SYMPTOM_WELL && opinion->symptoms[i].state != SYMPTOM_WELL;
  }
  if (!changed) return;
  symptom_count(opinion);
  subject_mark(mind, opinion->subject);
  if (opinion->subject == mind->stack) mind_stack_changed(mind);
  if (worse || opinion->ill_count > ill_before) poke_relations(mind, opinion);
}

/* When their pages are due has changed. */
static void mark_all_with_incidents(struct mind *mind) {
  for (size_t i = 0; i < mind->subject_count; i++) {
    if (mind->subjects[i]->incident_count) subject_mark(mind, mind->subjects[i]);
  }
}

void mind_set_doubt(struct mind *mind, bool doubt) {
  if (mind->doubt == doubt) return;
  mind->doubt = doubt;
  mark_all_with_incidents(mind);
}

void mind_set_store_trouble(struct mind *mind, bool trouble) {
  if (mind->store_trouble == trouble) return;
  mind->store_trouble = trouble;
  mark_all_with_incidents(mind);
}
