/* Failures of one look (checks/code.h): a look that fails now in this way and now in that one has failed all the time. So `fall` is reached
 * by the look: who fails next goes on with the series. Once a failure is believed it stands for the look, until another that is no milder
 * has come `fall` times in a row; then both are believed, the older one unseen. So errors that take turns are told once. What is unseen for
 * long went over: its incident ends when people know the one that tells of the other. Well is a look that passes, and nothing else; see
 * mind.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind_parts.h"

/* One look of one probe that failed. */
struct failure {
  struct mind *mind;
  struct opinion *opinion;
  const struct findings *findings;
  const struct code *code; /* the gravest that was seen */
  enum severity severity;  /* of that */
  double now;
  long streak;      /* looks that failed in a row before, as far as they are only suspect */
  double first_bad; /* of the first of these */
  double untold;    /* since when a failure is believed that stood for the look, and nobody was told of; INFINITY: there is none */
  bool beside;      /* nothing is seen but what may be seen beside others */
  bool failed;      /* the look before this one failed too */
  bool reached;     /* with this look the series is long enough */
  bool believed;    /* what is seen now is believed, with this look or before */
};

bool look_fails(enum look look, const struct findings *findings) {
  for (size_t i = 0; look != LOOK_NONE && i < findings->count; i++) {
    if (findings->items[i].code->look == look && findings_fault(findings, findings->items[i].code->name)) return true;
  }
  return false;
}

/* The incident that people know, which tells of this failure; NULL when there is none. `but`: not one that needs that code, and only takes
 * this one along. */
static const struct incident *subject_telling(const struct subject *subject, const char *code, const char *but) {
  for (size_t i = 0; i < subject->incident_count; i++) {
    const struct incident *incident = subject->incidents[i];
    if (!incident->paged || incident_is_over(incident) || !incident_explains(incident, code)) continue;
    if (!but || !incident_needs(incident, but) || incident_needs(incident, code)) return incident;
  }
  return NULL;
}

/* The failure that stands for a look now, and is believed; NULL: none. */
static const struct code *stands_for(const struct opinion *opinion, enum look look) {
  for (size_t k = 0; look != LOOK_NONE && k < opinion->code_count; k++) {
    if (opinion->codes[k]->look == look && symptom_is_ill(&opinion->symptoms[k]) && opinion->symptoms[k].left <= 0)
      return opinion->codes[k];
  }
  return NULL;
}

const struct incident *subject_heir(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (symptom->state != SYMPTOM_WELL || symptom->streak > 0 || !text_equal(opinion->codes[k]->name, code)) continue;
      const struct code *other = stands_for(opinion, opinion->codes[k]->look);
      const struct incident *heir = other ? subject_telling(subject, other->name, code) : NULL;
      if (heir) return heir;
    }
  }
  return NULL;
}

static const struct finding *seen_now(const struct failure *failure, size_t index) {
  return findings_fault(failure->findings, failure->opinion->codes[index]->name);
}

static enum severity severity_of(const struct failure *failure, size_t index) {
  const struct finding *found = failure->opinion->found[index];
  return found ? found->severity : failure->opinion->codes[index]->severity;
}

static bool is_of(const struct failure *failure, size_t index) {
  return failure->opinion->codes[index]->look == failure->code->look;
}

/* Is a failure believed that stands for the look, and is as grave as what is seen? Then only what comes in a row takes its place. */
static bool is_held(const struct failure *failure) {
  for (size_t k = 0; k < failure->opinion->code_count; k++) {
    const struct symptom *symptom = &failure->opinion->symptoms[k];
    if (is_of(failure, k) && symptom_is_ill(symptom) && symptom->left <= 0 && severity_of(failure, k) >= failure->severity) return true;
  }
  return false;
}

/* What is known of the look from the probes before. */
static void recall(struct failure *failure) {
  const struct opinion *opinion = failure->opinion;
  bool held = is_held(failure);
  failure->first_bad = failure->now;
  failure->beside = true;
  failure->untold = INFINITY;
  for (size_t k = 0; k < opinion->code_count; k++) {
    const struct symptom *symptom = &opinion->symptoms[k];
    if (!is_of(failure, k)) continue;
    bool ill = symptom_is_ill(symptom);
    failure->beside &= !seen_now(failure, k) || opinion->codes[k]->beside;
    failure->failed |= ill || symptom->state == SYMPTOM_SUSPECT;
    failure->believed |= ill && seen_now(failure, k);
    if (ill && symptom->left <= 0 && !subject_telling(opinion->subject, opinion->codes[k]->name, NULL))
      failure->untold = fmin(failure->untold, symptom->ill_since);
    if (symptom->state != SYMPTOM_SUSPECT || (held && !seen_now(failure, k))) continue;
    if (symptom->streak > failure->streak) failure->streak = symptom->streak;
    failure->first_bad = fmin(failure->first_bad, symptom->first_bad);
  }
  failure->reached = failure->streak + 1 >= opinion->fall;
  failure->believed |= failure->reached;
}

/* What is seen goes on with the series of its look; it is fed afterwards. Who waited for a word of the failure before waits for this one.
 */
static bool go_on(const struct failure *failure, size_t index) {
  struct symptom *symptom = &failure->opinion->symptoms[index];
  if (!failure->failed || symptom_is_ill(symptom)) return false;
  *symptom = (struct symptom){.state = SYMPTOM_SUSPECT, .streak = failure->streak, .first_bad = failure->first_bad};
  if (!failure->reached) return false;
  symptom->state = SYMPTOM_ILL;
  symptom->streak = 1;
  symptom->ill_since = fmin(failure->now, failure->untold);
  opinion_touch(failure->mind, failure->opinion, index);
  return true;
}

/* A suspicion goes over to what is seen, unless that is milder: then it waits for a while for its next time. */
static bool hand_over(const struct failure *failure, size_t index) {
  struct symptom *symptom = &failure->opinion->symptoms[index];
  bool graver = severity_of(failure, index) > failure->severity;
  if (graver && failure->now - symptom->first_bad < MIND_CHANGED) {
    symptom->seen = symptom->seen_last = false;
  } else {
    opinion_forget(failure->mind, failure->opinion, index);
  }
  return true;
}

/* A failure that is believed, and not seen in this look. */
static bool stand_back(const struct failure *failure, size_t index) {
  struct opinion *opinion = failure->opinion;
  struct symptom *symptom = &opinion->symptoms[index];
  struct symptom before = *symptom;
  if (!failure->believed && symptom->left <= 0) {
    symptom_feed(symptom, SAW_FAULT, opinion->rise, opinion->fall, failure->now);
  } else if (failure->beside && opinion->codes[index]->beside && findings_well(failure->findings, opinion->codes[index]->name)) {
    symptom_feed(symptom, SAW_PASS, opinion->rise, opinion->fall, failure->now);
    if (symptom->state == SYMPTOM_WELL) opinion_forget_finding(opinion, index);
  } else {
    symptom->state = SYMPTOM_ILL;
    symptom->streak = 1;
    symptom->seen = symptom->seen_last = false;
    if (symptom->left <= 0) symptom->left = failure->now;
    if (failure->believed && failure->now - symptom->left >= MIND_CHANGED &&
        subject_telling(opinion->subject, failure->code->name, opinion->codes[index]->name)) {
      opinion_forget(failure->mind, opinion, index);
      return true;
    }
  }
  bool changed = symptom->state != before.state || symptom->streak != before.streak;
  if (changed) opinion_touch(failure->mind, opinion, index);
  return changed || symptom->seen != before.seen || symptom->seen_last != before.seen_last;
}

static bool take_look(struct failure *failure) {
  struct opinion *opinion = failure->opinion;
  bool changed = false;
  recall(failure);
  for (size_t k = 0; k < opinion->code_count; k++) {
    if (!is_of(failure, k)) continue;
    if (seen_now(failure, k)) {
      changed |= go_on(failure, k);
    } else if (opinion->symptoms[k].state == SYMPTOM_SUSPECT) {
      changed |= hand_over(failure, k);
    } else if (symptom_is_ill(&opinion->symptoms[k])) {
      changed |= stand_back(failure, k);
    }
  }
  return changed;
}

bool opinion_take_looks(struct mind *mind, struct opinion *opinion, const struct findings *findings, double now) {
  struct failure failures[LOOK_COUNT] = {0};
  bool changed = false;
  for (size_t i = 0; i < findings->count; i++) {
    const struct finding *finding = &findings->items[i];
    struct failure *failure = &failures[finding->code->look];
    if (finding->code->look == LOOK_NONE || finding != findings_fault(findings, finding->code->name)) continue;
    if (failure->code && failure->severity >= finding->severity) continue;
    *failure = (struct failure){
        .mind = mind, .opinion = opinion, .findings = findings, .code = finding->code, .severity = finding->severity, .now = now};
  }
  for (size_t i = 0; i < LOOK_COUNT; i++) {
    if (failures[i].code) changed |= take_look(&failures[i]);
  }
  return changed;
}
