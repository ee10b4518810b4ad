/* What all files of the mind stand on: subjects, opinions and incidents by name, and the marks that say what the next round looks at, what
 * is probed soon and what is written; see mind_parts.h. */
#include "monitor/core/mind_parts.h"

#include <stdlib.h>
#include <string.h>

#define EVENT_LIMIT 1000 /* events that wait for a store that does not take them; the oldest go first */

/* --- by name -------------------------------------------------------------------------------------------------------------- */

int opinion_order(const void *a, const void *b) {
  return strcmp((*(struct opinion *const *)a)->name, (*(struct opinion *const *)b)->name);
}

struct opinion *mind_opinion(const struct mind *mind, const char *check) {
  if (!mind->opinion_count) return NULL;
  struct opinion *key = &(struct opinion){.name = (char *)(uintptr_t)check};
  struct opinion **found = bsearch(&key, mind->opinions, mind->opinion_count, sizeof(struct opinion *), opinion_order);
  return found ? *found : NULL;
}

int subject_order(const void *a, const void *b) {
  return strcmp((*(struct subject *const *)a)->name, (*(struct subject *const *)b)->name);
}

struct subject *mind_subject_among(const struct mind *mind, size_t count, const char *name) {
  struct subject *key = &(struct subject){.name = (char *)(uintptr_t)name};
  struct subject **found = count ? bsearch(&key, mind->subjects, count, sizeof(struct subject *), subject_order) : NULL;
  return found ? *found : NULL;
}

struct subject *mind_subject(struct mind *mind, const char *name) {
  return mind_subject_among(mind, mind->subject_count, name);
}

struct incident *mind_incident(const struct mind *mind, const char *id) {
  for (size_t i = 0; i < mind->subject_count; i++) {
    for (size_t k = 0; k < mind->subjects[i]->incident_count; k++) {
      if (text_equal(mind->subjects[i]->incidents[k]->id, id)) return mind->subjects[i]->incidents[k];
    }
  }
  return NULL;
}

struct incident *mind_find(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->incident_count; i++) {
    if (!incident_is_over(subject->incidents[i]) && text_equal(subject->incidents[i]->code, code)) return subject->incidents[i];
  }
  return NULL;
}

const struct finding *subject_finding(const struct subject *subject, const char *code) {
  const struct finding *gravest = NULL;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      const struct finding *finding = opinion->found[k];
      if (finding && text_equal(opinion->codes[k]->name, code) && (!gravest || finding->severity > gravest->severity)) gravest = finding;
    }
  }
  return gravest;
}

static const struct symptom *symptom_of(const struct opinion *opinion, const char *code) {
  for (size_t i = 0; i < opinion->code_count; i++) {
    if (text_equal(opinion->codes[i]->name, code)) return &opinion->symptoms[i];
  }
  return NULL;
}

bool subject_watches(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    if (symptom_of(subject->opinions[i], code)) return true;
  }
  return false;
}

bool subject_believes(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct symptom *symptom = symptom_of(subject->opinions[i], code);
    if (symptom && symptom_is_ill(symptom)) return true;
  }
  return false;
}

/* One fault is too few for a new opinion, and no time to call the old one over. */
bool subject_has_passed(const struct subject *subject, const char *code) {
  bool passed = false;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (!text_equal(opinion->codes[k]->name, code)) continue;
      if (symptom->state == SYMPTOM_SUSPECT) return false;
      passed |= symptom->state == SYMPTOM_WELL && symptom->streak > 0;
    }
  }
  return passed;
}

bool opinion_holds(const struct opinion *opinion, size_t index) {
  const struct symptom *symptom = &opinion->symptoms[index];
  return symptom_is_ill(symptom) && (symptom->seen || (opinion->blind_reason && symptom->seen_last));
}

void mind_repaired(struct mind *mind, const struct incident *incident) {
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    struct opinion *opinion = incident->subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      if (!opinion->symptoms[k].seen_last || !incident_explains(incident, opinion->codes[k]->name)) continue;
      opinion->symptoms[k].seen_last = false;
      opinion_touch(mind, opinion, k);
    }
  }
}

bool mind_sees(const struct incident *incident) {
  const struct subject *subject = incident->subject;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      bool sees = symptom->seen || symptom->state == SYMPTOM_RECOVERING;
      if (symptom_is_ill(symptom) && sees && incident_needs(incident, opinion->codes[k]->name)) return true;
    }
  }
  return false;
}

bool incident_is_believed(const struct incident *incident) {
  for (char **code = incident->codes; code && *code; code++) {
    if (incident_needs(incident, *code) && subject_believes(incident->subject, *code)) return true;
  }
  return false;
}

struct subject *subject_make(const char *name, bool behind) {
  struct subject *subject = xcalloc(1, sizeof *subject);
  subject->name = xstrdup(name);
  subject->behind = behind;
  return subject;
}

/* One that is not there yet is added in its place: for few. */
struct subject *mind_need_subject(struct mind *mind, const char *name) {
  struct subject *subject = mind_subject(mind, name);
  if (subject) return subject;
  struct subject **place = array_push(&mind->subjects, &mind->subject_count, sizeof(struct subject *));
  subject = *place = subject_make(name, false);
  qsort(mind->subjects, mind->subject_count, sizeof(struct subject *), subject_order);
  return subject;
}

/* --- marks ---------------------------------------------------------------------------------------------------------------- */

void subject_mark(struct mind *mind, struct subject *subject) {
  subject->dirty = true;
  if (subject->listed) return;
  subject->listed = true;
  struct subject **place = array_push(&mind->agenda, &mind->agenda_count, sizeof(struct subject *));
  *place = subject;
}

void mind_stack_changed(struct mind *mind) {
  for (size_t i = 0; i < mind->subject_count; i++) {
    if (mind->subjects[i]->behind && mind->subjects[i]->incident_count) subject_mark(mind, mind->subjects[i]);
  }
}

void opinion_touch(struct mind *mind, struct opinion *opinion, size_t index) {
  opinion->changed[index] = opinion->touched = ++mind->changes;
}

void opinion_forget_finding(struct opinion *opinion, size_t index) {
  if (!opinion->found[index]) return;
  finding_free(opinion->found[index]);
  free(opinion->found[index]);
  opinion->found[index] = NULL;
}

void opinion_forget(struct mind *mind, struct opinion *opinion, size_t index) {
  opinion->symptoms[index] = (struct symptom){0};
  opinion_forget_finding(opinion, index);
  opinion_touch(mind, opinion, index);
}

bool opinion_is_of_another(const struct opinion *opinion, const char *target) {
  return opinion->target && target && !text_equal(opinion->target, target);
}

void opinion_poke(struct mind *mind, struct opinion *opinion) {
  if (opinion->poked) return;
  opinion->poked = true;
  struct opinion **place = array_push(&mind->pokes, &mind->poke_count, sizeof(struct opinion *));
  *place = opinion;
}

struct opinion *mind_next_poke(struct mind *mind) {
  if (!mind->poke_count) return NULL;
  struct opinion *opinion = mind->pokes[--mind->poke_count];
  opinion->poked = false;
  return opinion;
}

void symptom_count(struct opinion *opinion) {
  opinion->open_count = opinion->ill_count = 0;
  for (size_t i = 0; i < opinion->code_count; i++) {
    opinion->open_count += symptom_is_open(&opinion->symptoms[i]);
    opinion->ill_count += symptom_is_ill(&opinion->symptoms[i]);
  }
}

void mind_touch(struct mind *mind, struct incident *incident) {
  incident->changed = ++mind->changes;
}

void mind_touch_delivery(struct mind *mind, struct delivery *delivery) {
  spool_touch(&mind->spool, delivery, ++mind->changes);
}

/* --- incidents and events ------------------------------------------------------------------------------------------------- */

struct incident *subject_add_incident(struct mind *mind, struct subject *subject, const char *code) {
  struct incident **place = array_push(&subject->incidents, &subject->incident_count, sizeof(struct incident *));
  struct incident *incident = *place = xcalloc(1, sizeof *incident);
  incident->code = xstrdup(code);
  incident->rule = rule_among(mind->rules, code);
  incident->subject = subject;
  incident->severity = xstrdup(severity_names[SEVERITY_CRITICAL]);
  incident->summary = xstrdup(code);
  incident->seen = xstrdup("");
  mind_touch(mind, incident);
  return incident;
}

void rows_drop_first(const struct row_type *type, void *items, size_t *count, size_t dropped) {
  char *rows = items;
  for (size_t i = 0; i < dropped; i++) row_clear(type, rows + i * type->size);
  if (dropped) memmove(rows, rows + dropped * type->size, (*count - dropped) * type->size);
  *count -= dropped;
}

void mind_event(struct mind *mind, const char *what, const char *incident, const char *sentence, double wall) {
  struct rows *rows = &mind->unwritten;
  if (rows->event_count >= EVENT_LIMIT) {
    rows_drop_first(&event_type, rows->events, &rows->event_count, 1);
    if (mind->writing_events) mind->writing_events--;
    mind->forgotten++;
  }
  struct event_row *event = array_push(&rows->events, &rows->event_count, sizeof *event);
  *event = (struct event_row){.at = wall, .what = xstrdup(what), .incident = xstrdup(incident), .sentence = xstrdup(sentence)};
  mind->changes++;
}
