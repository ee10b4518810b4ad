/* A former life taken over from the disk, and a configuration that changed under what was known; see mind.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/mind_parts.h"

static int name_index(const char *const *names, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++) {
    if (names[i] && text_equal(names[i], name)) return (int)i;
  }
  return -1;
}

static char **split(const char *lines) {
  char **strings = xcalloc(1, sizeof *strings);
  while (*lines) {
    size_t length = strcspn(lines, "\n");
    auto_free char *line = xstrndup(lines, length);
    if (length) strings_push(&strings, line);
    lines += length + (lines[length] == '\n');
  }
  return strings;
}

/* Times of another boot say nothing: what was due is due now. */
static double restored_time(double mono, bool same_boot, double now) {
  return same_boot && mono < now + PAGE_HOLD + SPOOL_RETRY_AFTER_MOST ? mono : now;
}

/* A probe of this life has seen it or passed it. */
static bool has_looked(const struct symptom *symptom) {
  return symptom->state != SYMPTOM_WELL || symptom->streak > 0;
}

/* A life that could not read this at its start has looked for itself meanwhile: what it saw goes on from what was known. */
static void join_symptom(struct symptom *symptom, const struct symptom *former, long rise) {
  bool was_ill = symptom_is_ill(former);
  if (!was_ill || (symptom->state == SYMPTOM_WELL && symptom->streak >= rise)) return;
  bool passes = symptom->state == SYMPTOM_WELL || symptom->state == SYMPTOM_RECOVERING;
  symptom->state = passes ? SYMPTOM_RECOVERING : SYMPTOM_ILL;
  symptom->first_bad = former->first_bad;
  symptom->ill_since = former->ill_since;
  symptom->assumed = former->assumed;
}

static void restore_symptom(struct mind *mind, const struct symptom_row *row, bool same_boot, double now) {
  struct opinion *opinion = mind_opinion(mind, row->check);
  int state = name_index(symptom_state_names, SYMPTOM_STATES, row->state);
  for (size_t i = 0; opinion && state > 0 && i < opinion->code_count; i++) {
    if (!text_equal(opinion->codes[i]->name, row->code)) continue;
    if (*row->target && opinion_is_of_another(opinion, row->target)) {
      if (state == SYMPTOM_ILL || state == SYMPTOM_RECOVERING) mind_moved(mind, opinion->subject, opinion->codes[i]);
      symptom_gone(mind, row->check, row->code);
      return;
    }
    struct symptom *symptom = &opinion->symptoms[i];
    struct symptom former = {.state = (enum symptom_state)state,
                             .streak = row->streak,
                             .critical = row->critical,
                             .first_bad = restored_time(row->first_bad, same_boot, now),
                             .ill_since = restored_time(row->since, same_boot, now),
                             .seen = state == SYMPTOM_ILL && row->seen,
                             .seen_last = state == SYMPTOM_ILL && row->seen,
                             .assumed = row->streak == 0};
    if (has_looked(symptom)) {
      join_symptom(symptom, &former, opinion->rise);
    } else {
      *symptom = former;
    }
    opinion_touch(mind, opinion, i);
    symptom_count(opinion);
    subject_mark(mind, opinion->subject);
    return;
  }
  symptom_gone(mind, row->check, row->code); /* nobody looks any more */
  if (state == SYMPTOM_ILL || state == SYMPTOM_RECOVERING) strings_push(&mind->orphans, row->code);
}

static bool is_orphan(const struct mind *mind, const char *code) {
  for (char **orphan = mind->orphans; orphan && *orphan; orphan++) {
    if (text_equal(*orphan, code)) return true;
  }
  return false;
}

/* The check that believed a sign may have got another name, and a journal of an earlier version has no opinions: what nobody of this life
 * has looked for is believed until somebody does. */
static void believe(struct mind *mind, struct incident *incident, double now) {
  bool any = incident_is_believed(incident);
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    struct opinion *opinion = incident->subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      struct symptom *symptom = &opinion->symptoms[k];
      const char *code = opinion->codes[k]->name;
      bool seen_again = symptom->state == SYMPTOM_SUSPECT && incident->restored; /* it goes on */
      if ((has_looked(symptom) && !seen_again) || (any && !is_orphan(mind, code))) continue;
      if (!incident_needs(incident, code) || subject_believes(incident->subject, code)) continue;
      *symptom =
          (struct symptom){.state = SYMPTOM_ILL, .first_bad = now, .ill_since = now, .seen = symptom->seen, .assumed = !symptom->seen};
      opinion_touch(mind, opinion, k);
      symptom_count(opinion);
    }
  }
  subject_mark(mind, incident->subject);
}

/* Has each check of the subject that looks for it passed it? */
static bool all_have_passed(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (text_equal(opinion->codes[k]->name, code) && (symptom->state != SYMPTOM_WELL || !has_looked(symptom))) return false;
    }
  }
  return true;
}

void mind_forget_witnesses(struct mind *mind) {
  for (size_t i = 0; i < mind->subject_count && mind->orphans; i++) {
    const struct subject *subject = mind->subjects[i];
    for (size_t k = 0; k < subject->incident_count; k++) {
      struct incident *incident = subject->incidents[k];
      for (char **orphan = mind->orphans; *orphan && !incident_is_over(incident); orphan++) {
        bool other = incident_needs(incident, *orphan) && subject_watches(subject, *orphan) && all_have_passed(subject, *orphan);
        if (other) incident_forget(mind, incident, *orphan);
      }
    }
  }
}

/* Nobody looks any more at what it was seen of. What it only took along is no part of it any more. */
static bool has_moved(struct mind *mind, struct incident *incident) {
  bool moved = false;
  for (size_t i = 0; i < mind->moved_count; i++) {
    const char *code = mind->moved[i].code->name;
    if (mind->moved[i].subject != incident->subject) continue;
    if (incident_needs(incident, code)) {
      moved = true;
    } else {
      incident_forget(mind, incident, code);
    }
  }
  return moved;
}

static void restore_text(char **place, const char *value) {
  free(*place);
  *place = xstrdup(value);
}

static void restore_incident(struct mind *mind, const struct incident_row *row, bool same_boot, double now, double wall) {
  int state = name_index(incident_state_names, INCIDENT_CLOSED, row->state);
  struct subject *subject = mind_need_subject(mind, row->subject);
  struct incident *twin = mind_find(subject, row->code);    /* a life that could not read this at its start has seen the same */
  bool takes_over = twin && !twin->paged && !twin->healing; /* an attempt knows it by its id */
  struct incident *incident = takes_over ? twin : subject_add_incident(mind, subject, row->code);
  bool goes_on = takes_over && twin->state != INCIDENT_PENDING;
  double first_bad = same_boot ? restored_time(row->first_bad, true, now) : now - fmax(0, wall - row->opened);
  double page_at = restored_time(row->page_at, same_boot, now);
  restore_text(&incident->id, row->id);
  restore_text(&incident->severity, row->severity);
  restore_text(&incident->summary, row->summary);
  restore_text(&incident->seen, row->seen);
  auto_strings char **codes = split(row->codes);
  for (char **code = codes; *code; code++) {
    if (!incident_explains(incident, *code)) strings_push(&incident->codes, *code);
  }
  strings_free(incident->told);
  incident->told = split(row->told);
  incident_note_tried(incident, row->tried);
  incident->opened = row->opened;
  incident->first_bad = first_bad;
  incident->confirmed = incident->pending = first_bad;
  incident->page_at = goes_on ? fmin(incident->page_at, page_at) : page_at;
  if (!goes_on) incident->state = state < 0 ? INCIDENT_OPEN : (enum incident_state)state;
  incident->plan_step = (size_t)row->plan_step;
  incident->paged = row->paged;
  incident->healed |= row->healed;
  incident->needs_person |= row->needs_person;
  if (row->lapsed > 0) incident->lapsed = restored_time(row->lapsed, same_boot, now);
  incident->restored = incident->known = true;
  if (twin && !takes_over && !row->paged) { /* the new one tells of it: nobody waits for this one */
    incident->state = INCIDENT_DROPPED;
    incident->ended = wall;
  }
  mind_touch(mind, incident);
  subject_mark(mind, subject);
}

static void restore_delivery(struct mind *mind, struct delivery_row *row, bool same_boot, double now) {
  int event = name_index(notice_event_names, NOTICE_EVENTS, row->event),
      severity = name_index(severity_names, SEVERITY_CRITICAL + 1, row->severity);
  row->next_at = restored_time(row->next_at, same_boot, now);
  struct delivery *delivery = spool_restore(&mind->spool, row, event < 0 ? NOTICE_TRIGGERED : (enum notice_event)event,
                                            severity < 0 ? SEVERITY_CRITICAL : (enum severity)severity, now);
  if (!same_boot) mind_touch_delivery(mind, delivery); /* its time is of this boot from now on */
}

void mind_restore(struct mind *mind, struct rows *rows, bool same_boot, double now, double wall) {
  mind->restored = now;
  if (rows->serial > mind->serial) mind->serial = rows->serial;
  for (size_t i = 0; i < rows->symptom_count; i++) restore_symptom(mind, &rows->symptoms[i], same_boot, now);
  for (size_t i = 0; i < rows->incident_count; i++) restore_incident(mind, &rows->incidents[i], same_boot, now, wall);
  for (size_t i = 0; i < rows->delivery_count; i++) restore_delivery(mind, &rows->deliveries[i], same_boot, now);
  mind_after_configure(mind, now, wall);
}

void mind_after_configure(struct mind *mind, double now, double wall) {
  for (size_t i = 0; i < mind->subject_count; i++) {
    struct subject *subject = mind->subjects[i];
    for (size_t k = 0; k < subject->incident_count; k++) {
      struct incident *incident = subject->incidents[k];
      if (incident_is_over(incident)) continue;
      if (has_moved(mind, incident)) {
        incident_end(mind, incident, incident->state == INCIDENT_PENDING ? INCIDENT_DROPPED : INCIDENT_WITHDRAWN, now, wall);
        continue;
      }
      if (incident->state != INCIDENT_PENDING) believe(mind, incident, now);
      if (incident->paged) tell_untold(mind, incident, NULL, now, wall);
    }
  }
  strings_free(mind->orphans);
  mind->orphans = NULL;
  mind->moved_count = 0;
  for (struct delivery *delivery; (delivery = spool_drop_missing(&mind->spool, now, wall)) != NULL;) {
    mind_touch_delivery(mind, delivery);
    mind_lost(mind, delivery);
  }
}
