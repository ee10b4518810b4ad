/* What the word that people have of an incident covers, and what it does not: what is graver than that word, or comes after what could be
 * seen had passed, is told by a word of its own; see mind.h. */
#include <stdlib.h>

#include "monitor/core/mind_parts.h"

/* --- how grave ------------------------------------------------------------------------------------------------------------- */

/* Seen, and grave for as many probes in a row as make one ill: one reading above a limit calls nobody. */
static bool is_grave(const struct opinion *opinion, size_t index) {
  const struct symptom *symptom = &opinion->symptoms[index];
  return symptom_is_ill(symptom) && symptom->seen && symptom->critical >= opinion->fall;
}

static bool is_grave_anywhere(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      if (is_grave(opinion, k) && text_equal(opinion->codes[k]->name, code)) return true;
    }
  }
  return false;
}

/* Of the signs that the rule is known by. What no probe of this life has seen is no graver than it was told. */
static enum severity own_severity(const struct subject *subject, const struct rule *rule, enum severity told) {
  enum severity gravest = SEVERITY_INFO;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      if (!symptom_is_ill(&opinion->symptoms[k]) || !rule_must_pass(rule, opinion->codes[k]->name)) continue;
      enum severity severity = opinion->codes[k]->severity < told ? opinion->codes[k]->severity : told;
      if (opinion->found[k]) severity = opinion->found[k]->severity;
      if (severity > gravest) gravest = severity;
    }
  }
  return gravest;
}

/* --- what it covers -------------------------------------------------------------------------------------------------------- */

bool word_covers(const void *context, const struct rule *rule, const struct code *code) {
  const struct subject *subject = context;
  const struct incident *incident = mind_find(subject, rule->code->name);
  if (!incident || !incident->paged || incident_explains(incident, code->name)) return true;
  if (incident->lapsed > 0) return false;
  const struct finding *finding = subject_finding(subject, code->name);
  enum severity severity = finding ? finding->severity : code->severity, own = own_severity(subject, rule, incident_severity(incident));
  return severity < own || (severity == own && !rule->may_stand_alone);
}

static bool is_forgotten(const struct incident *incident, const char *code) {
  bool own = incident_needs(incident, code);
  if (own && incident->paged) return false;
  bool believed = subject_believes(incident->subject, code), passed = !believed && subject_has_passed(incident->subject, code);
  if (own) return passed && incident_is_believed(incident);
  if (!incident->paged || incident->lapsed > 0) return !believed;
  return passed || (incident_severity(incident) < SEVERITY_CRITICAL && is_grave_anywhere(incident->subject, code));
}

void incident_forget(struct mind *mind, struct incident *incident, const char *code) {
  char **place = incident->codes;
  while (place && *place && !text_equal(*place, code)) place++;
  if (!place || !*place) return;
  free(*place);
  for (; *place; place++) place[0] = place[1];
  mind_touch(mind, incident);
}

void word_forget(struct mind *mind, struct incident *incident) {
  for (char **code = incident->codes; code && *code;) {
    if (is_forgotten(incident, *code)) {
      incident_forget(mind, incident, *code);
    } else {
      code++;
    }
  }
}

void word_lapse(struct mind *mind, struct incident *incident, double now) {
  if (incident->lapsed > 0 || !incident->paged) return;
  incident->lapsed = now;
  mind_touch(mind, incident);
}

/* Is a sign of the cause's own seen that is grave, or that is ill since after that moment? */
static bool has_sign(const struct incident *incident, const struct cause *cause, bool grave, double after) {
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    const struct opinion *opinion = incident->subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (!symptom_is_ill(symptom) || !symptom->seen || !(grave ? is_grave(opinion, k) : symptom->ill_since > after)) continue;
      if (cause_explains(cause, opinion->codes[k]->name) && rule_must_pass(cause->rule, opinion->codes[k]->name)) return true;
    }
  }
  return false;
}

void word_given(struct incident *incident, const struct cause *cause) {
  incident->told_grave = cause && has_sign(incident, cause, true, 0);
}

bool word_is_stale(const struct incident *incident, const struct cause *cause) {
  if (!incident->paged || incident->healing) return false; /* an attempt's verdict comes first */
  if (incident_severity(incident) < SEVERITY_CRITICAL && !incident->told_grave && has_sign(incident, cause, true, 0)) return true;
  return incident->lapsed > 0 && has_sign(incident, cause, false, incident->lapsed);
}
