/* The mind to and from the disk; see mind.h. What changed since the store last took something in goes into one transaction: so a kill at
 * any moment leaves either none of it or all. What the store does not take is kept, in its newest form, until it does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind_parts.h"

/* --- what waits to be written ---------------------------------------------------------------------------------------------- */

void symptom_gone(struct mind *mind, const char *check, const char *code) {
  struct symptom_row *row = array_push(&mind->unwritten.symptoms, &mind->unwritten.symptom_count, sizeof *row);
  *row = (struct symptom_row){.check = xstrdup(check), .code = xstrdup(code), .state = xstrdup(""), .target = xstrdup(""), .gone = true};
  mind->changes++;
}

void mind_moved(struct mind *mind, struct subject *subject, const struct code *code) {
  struct moved *moved = array_push(&mind->moved, &mind->moved_count, sizeof *moved);
  *moved = (struct moved){.subject = subject, .code = code};
}

void mind_gone_symptoms(struct mind *mind, struct opinion *opinion) {
  for (size_t i = 0; opinion->touched && i < opinion->code_count; i++) {
    if (opinion->changed[i]) symptom_gone(mind, opinion->name, opinion->codes[i]->name);
    if (!symptom_is_ill(&opinion->symptoms[i])) continue;
    if (opinion->moved) {
      mind_moved(mind, opinion->subject, opinion->codes[i]);
    } else {
      strings_push(&mind->orphans, opinion->codes[i]->name);
    }
  }
}

/* --- to the disk ----------------------------------------------------------------------------------------------------------- */

static char *joined(char *const *strings) {
  struct text text = {0};
  for (; strings && *strings; strings++) text_printf(&text, "%s%s", text.length ? "\n" : "", *strings);
  return text.data ? text_steal(&text) : xstrdup("");
}

static struct incident_row incident_to_row(const struct incident *incident) {
  return (struct incident_row){.id = xstrdup(incident->id),
                               .code = xstrdup(incident->code),
                               .subject = xstrdup(incident->subject->name),
                               .state = xstrdup(incident_state_names[incident->state]),
                               .severity = xstrdup(incident->severity),
                               .summary = xstrdup(incident->summary),
                               .codes = joined(incident->codes),
                               .told = joined(incident->told),
                               .seen = xstrdup(incident->seen),
                               .tried = xstrdup(text_get(&incident->tried)),
                               .opened = incident->opened,
                               .closed = incident->ended,
                               .first_bad = incident->first_bad,
                               .page_at = incident->page_at,
                               .plan_step = (long)incident->plan_step,
                               .paged = incident->paged,
                               .healed = incident->healed,
                               .needs_person = incident->needs_person,
                               .lapsed = incident->lapsed};
}

static struct symptom_row symptom_to_row(const struct opinion *opinion, size_t index) {
  const struct symptom *symptom = &opinion->symptoms[index];
  return (struct symptom_row){.check = xstrdup(opinion->name),
                              .code = xstrdup(opinion->codes[index]->name),
                              .state = xstrdup(symptom_state_names[symptom->state]),
                              .target = xstrdup(opinion->target ? opinion->target : ""),
                              .seen = symptom->seen_last,
                              .critical = symptom->critical,
                              .streak = symptom->streak,
                              .since = symptom->ill_since,
                              .first_bad = symptom->first_bad,
                              .gone = symptom->state == SYMPTOM_WELL};
}

bool mind_batch(struct mind *mind, struct rows *ret_rows, unsigned long *ret_mark) {
  *ret_rows = (struct rows){0};
  *ret_mark = mind->changes;
  if (mind->changes == mind->stored) return false;
  for (size_t i = 0; i < mind->unwritten.event_count; i++) {
    row_copy(&event_type, &mind->unwritten.events[i], array_push(&ret_rows->events, &ret_rows->event_count, sizeof *ret_rows->events));
  }
  for (size_t i = 0; i < mind->unwritten.symptom_count; i++) {
    row_copy(&symptom_type, &mind->unwritten.symptoms[i],
             array_push(&ret_rows->symptoms, &ret_rows->symptom_count, sizeof *ret_rows->symptoms));
  }
  ret_rows->serial = mind->serial;
  mind->writing_events = mind->unwritten.event_count;
  mind->writing_symptoms = mind->unwritten.symptom_count;
  for (size_t i = 0; i < mind->subject_count; i++) {
    const struct subject *subject = mind->subjects[i];
    for (size_t k = 0; k < subject->incident_count; k++) {
      struct incident *incident = subject->incidents[k];
      if (incident->changed <= mind->stored || (incident->state == INCIDENT_DROPPED && !incident->known)) continue;
      struct incident_row *row = array_push(&ret_rows->incidents, &ret_rows->incident_count, sizeof *row);
      *row = incident_to_row(incident);
      incident->known = true; /* it may be written even where nobody learns of it */
    }
  }
  for (const struct delivery *delivery = mind->spool.unsaved; delivery; delivery = delivery->unsaved_after) {
    struct delivery_row *row = array_push(&ret_rows->deliveries, &ret_rows->delivery_count, sizeof *row);
    row_copy(&delivery_type, &delivery->row, row);
    if (delivery_is_over(delivery)) *row->body = '\0'; /* nobody sends it again, and the journal is kept for long */
  }
  for (size_t i = 0; i < mind->opinion_count; i++) {
    const struct opinion *opinion = mind->opinions[i];
    for (size_t k = 0; opinion->touched > mind->stored && k < opinion->code_count; k++) {
      if (opinion->changed[k] <= mind->stored) continue;
      struct symptom_row *row = array_push(&ret_rows->symptoms, &ret_rows->symptom_count, sizeof *row);
      *row = symptom_to_row(opinion, k);
    }
  }
  return true;
}

void mind_stored(struct mind *mind, unsigned long mark) {
  mind->stored = mark;
  for (size_t i = 0; i < mind->subject_count; i++) {
    struct subject *subject = mind->subjects[i];
    if (subject->incident_count) subject_forget_saved(subject, mark);
  }
  spool_stored(&mind->spool, mark);
  rows_drop_first(&event_type, mind->unwritten.events, &mind->unwritten.event_count, mind->writing_events);
  rows_drop_first(&symptom_type, mind->unwritten.symptoms, &mind->unwritten.symptom_count, mind->writing_symptoms);
  mind->writing_events = mind->writing_symptoms = 0;
}
