/* How incidents end: by their own signature, or because nobody looks any more; and what becomes of what they explained; see mind.h. */
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/core/mind_parts.h"

/* What it explained and is still believed is looked at again at once: who still sees it then, sees it for itself. */
void hand_on(struct mind *mind, const struct subject *subject, const struct incident *ended) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      struct symptom *symptom = &opinion->symptoms[k];
      if (!symptom_is_ill(symptom) || (ended && !incident_explains(ended, opinion->codes[k]->name))) continue;
      symptom->seen = false;
      opinion_poke(mind, opinion);
    }
  }
}

static void hand_on_behind(struct mind *mind) {
  for (size_t i = 0; i < mind->subject_count; i++) {
    if (!mind->subjects[i]->behind || !mind->subjects[i]->incident_count) continue;
    hand_on(mind, mind->subjects[i], NULL);
    subject_mark(mind, mind->subjects[i]);
  }
}

static char *duration_text(double seconds) {
  if (seconds < 0) seconds = 0;
  return seconds < 120 ? text_format(translated("%.0f s"), seconds) : text_format(translated("%.0f min"), seconds / 60);
}

/* The incident that one of its signs went over to, or NULL. */
static const struct incident *heir_of(const struct incident *incident) {
  for (char **code = incident->codes; code && *code; code++) {
    const struct incident *heir = incident_needs(incident, *code) ? subject_heir(incident->subject, *code) : NULL;
    if (heir) return heir;
  }
  return NULL;
}

/* `replaced`: what is seen of its cause is told as another. */
static char *end_summary(const struct incident *incident, enum incident_state state, bool replaced, double seconds) {
  auto_free char *lasted = duration_text(seconds);
  if (state == INCIDENT_CLOSED) return text_format(translated("Over after %s: the checks that saw %s pass."), lasted, incident->code);
  if (replaced && incident->lapsed > 0)
    return text_format(
        translated("Withdrawn after %s: what could be seen of %s had passed, and the rest of its signs could not be seen any "
                   "more. It is seen again, and told anew."),
        lasted, incident->code);
  if (replaced) return text_format(translated("Withdrawn after %s: %s is graver than it was, and told anew."), lasted, incident->code);
  const struct incident *heir = heir_of(incident);
  if (heir)
    return text_format(translated("Went over into %s after %s: the look that saw %s fails in that way now; it was not seen well."),
                       heir->code, lasted, incident->code);
  return text_format(translated("Withdrawn after %s: %s is no longer watched; it was not seen well."), lasted, incident->code);
}

static void end(struct mind *mind, struct incident *incident, enum incident_state state, bool replaced, double now, double wall) {
  static char *const nobody[] = {NULL};
  bool was_confirmed = incident->state != INCIDENT_PENDING;
  incident->state = state;
  incident->replaced = replaced;
  incident->ended = wall;
  if (incident->paged) {
    auto_free char *summary = end_summary(incident, state, replaced, now - incident->first_bad);
    mind_tell(mind, incident, state == INCIDENT_CLOSED ? NOTICE_RESOLVED : NOTICE_WITHDRAWN, SEVERITY_INFO, summary,
              incident->told ? incident->told : nobody, now, wall);
  }
  mind_touch(mind, incident);
  if (was_confirmed) mind->host.changed(mind->host.context, incident, CHANGE_ENDED);
}

void incident_replace(struct mind *mind, struct incident *incident, double now, double wall) {
  end(mind, incident, INCIDENT_WITHDRAWN, true, now, wall);
}

void incident_end(struct mind *mind, struct incident *incident, enum incident_state state, double now, double wall) {
  bool was_confirmed = incident->state != INCIDENT_PENDING;
  end(mind, incident, state, false, now, wall);
  if (!was_confirmed) return;
  hand_on(mind, incident->subject, incident);
  if (incident->subject == mind->stack) hand_on_behind(mind);
}

void mind_withdraw(struct mind *mind, struct incident *incident, double now, double wall) {
  if (incident_is_over(incident)) return;
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    struct opinion *opinion = incident->subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      if (opinion->symptoms[k].state == SYMPTOM_WELL || !incident_needs(incident, opinion->codes[k]->name)) continue;
      opinion->symptoms[k] = (struct symptom){0};
      opinion_touch(mind, opinion, k);
    }
    symptom_count(opinion);
  }
  incident_end(mind, incident, INCIDENT_WITHDRAWN, now, wall);
  subject_mark(mind, incident->subject);
}

/* Is this sign told by another open incident, so that nobody misses it here? */
static bool is_told_elsewhere(const struct subject *subject, const struct incident *incident, const char *code) {
  for (size_t i = 0; i < subject->incident_count; i++) {
    const struct incident *other = subject->incidents[i];
    bool tells = other != incident && other->state == INCIDENT_OPEN && other->paged && other->lapsed <= 0;
    if (tells && incident_explains(other, code)) return true;
  }
  return false;
}

/* Could the last probe of each check that has not passed it say nothing of it? */
static bool is_out_of_sight(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      bool passed = symptom->state == SYMPTOM_WELL && symptom->streak > 0;
      if (!passed && !symptom->blind && text_equal(opinion->codes[k]->name, code)) return false;
    }
  }
  return true;
}

/* Positive evidence only: its signs have passed, or one that it cannot be without has passed and the others are told as something else;
 * where a sign went over to another failure of its look, it was not seen well, and the incident is withdrawn in favour of that one's. */
enum incident_state incident_end_of(const struct subject *subject, const struct incident *incident, bool *ret_lapsed) {
  bool believed = false, unknown = false, passed = false, unwatched = false, went_over = false, elsewhere = true, unseen = true;
  for (char **code = incident->codes; code && *code; code++) {
    if (!incident_needs(incident, *code)) continue;
    if (!subject_watches(subject, *code)) {
      unwatched = true;
      continue;
    }
    bool believes = subject_believes(subject, *code), passes = !believes && subject_has_passed(subject, *code);
    bool inherited = !believes && subject_heir(subject, *code) != NULL;
    believed |= believes;
    passed |= passes;
    went_over |= inherited;
    unknown |= !believes && !passes && !inherited;
    elsewhere = elsewhere && (!believes || (incident->rule && is_told_elsewhere(subject, incident, *code)));
    unseen = unseen && (passes || is_out_of_sight(subject, *code));
  }
  *ret_lapsed = passed && unseen && (believed || unknown);
  passed |= went_over;
  if (unknown || (believed && !(passed && elsewhere))) return INCIDENT_STATES;
  if (believed) return went_over ? INCIDENT_WITHDRAWN : INCIDENT_CLOSED;
  return unwatched || went_over || !passed ? INCIDENT_WITHDRAWN : INCIDENT_CLOSED;
}
