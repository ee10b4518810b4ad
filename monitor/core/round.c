/* A round: from the opinions on a subject to its causes, its incidents and the pages that are due; see mind.h. Only subjects of which an
 * opinion changed, or whose time has come, are looked at. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/stamp.h"
#include "monitor/core/behind.h"
#include "monitor/core/mind_parts.h"

struct round {
  struct mind *mind;
  struct subject *subject;
  double now, wall;
  const struct code **seen; /* believed, and seen by the last probe: what causes are made of */
  size_t seen_count;
  struct causes causes;
};

/* --- what is seen ---------------------------------------------------------------------------------------------------------- */

static void add_seen(struct round *round, const struct code *code) {
  for (size_t i = 0; i < round->seen_count; i++) {
    if (round->seen[i] == code) return;
  }
  const struct code **place = array_push(&round->seen, &round->seen_count, sizeof *place);
  *place = code;
}

/* Do people know of an incident with this sign? */
static bool is_told(const struct subject *subject, const char *code) {
  for (size_t i = 0; i < subject->incident_count; i++) {
    const struct incident *incident = subject->incidents[i];
    if (incident->paged && !incident_is_over(incident) && incident_explains(incident, code)) return true;
  }
  return false;
}

/* A fault that no probe looks at any more, since another has come before it, makes no cause; but it keeps its own incident open. One whose
 * check went blind makes a cause until people know: they are told of what was seen last.
 * `recovering`: what passes already, and not often enough to be well, still counts. */
static void evaluate(struct round *round, bool recovering) {
  round->seen_count = 0;
  for (size_t i = 0; i < round->subject->opinion_count; i++) {
    const struct opinion *opinion = round->subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      bool passes = symptom->state == SYMPTOM_RECOVERING && !symptom->assumed && !symptom->blind;
      bool counts =
          symptom->seen || (recovering && passes) || (opinion_holds(opinion, k) && !is_told(round->subject, opinion->codes[k]->name));
      if (symptom_is_ill(symptom) && counts) add_seen(round, opinion->codes[k]);
    }
  }
  if (round->seen_count) {
    const struct rule_bounds bounds = {.may_explain = word_covers, .context = round->subject};
    rules_evaluate_within(round->mind->rules, round->seen, round->seen_count, &bounds, &round->causes);
  } else {
    causes_free(&round->causes);
  }
}

static const struct cause *cause_of(const struct round *round, const struct incident *incident) {
  for (size_t i = 0; i < round->causes.count; i++) {
    if (text_equal(round->causes.items[i].code, incident->code)) return &round->causes.items[i];
  }
  return NULL;
}

static bool has_suspects(const struct subject *subject) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->open_count && k < opinion->code_count; k++) {
      if (symptom_is_suspect(&opinion->symptoms[k])) return true;
    }
  }
  return false;
}

/* The earliest of a member over the symptoms of these codes that are believed. */
static double earliest(const struct subject *subject, const struct incident *incident, bool first_bad, double otherwise) {
  double found = INFINITY;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      if (!symptom_is_ill(&opinion->symptoms[k]) || !incident_needs(incident, opinion->codes[k]->name)) continue;
      found = fmin(found, first_bad ? opinion->symptoms[k].first_bad : opinion->symptoms[k].ill_since);
    }
  }
  return found < INFINITY ? found : otherwise;
}

/* --- what stands behind the stack ------------------------------------------------------------------------------------------ */

/* Seconds from when it is believed until people must hear of it, were it not for doubt. */
static double patience(const struct mind *mind, const struct incident *incident) {
  bool waits = text_equal(incident->subject->name, MIND_SELF) || mind->host.heals(mind->host.context, incident);
  return INCIDENT_WAIT + (waits ? PAGE_HOLD : 0);
}

/* Does an open incident of the stack say why nothing comes through? One that was told as a warning says no such thing. */
static bool stack_is_out(const struct round *round, double since) {
  const struct mind *mind = round->mind;
  for (size_t n = 0; n < mind->stack->incident_count; n++) {
    const struct incident *incident = mind->stack->incidents[n];
    bool says = incident->paged ? incident_severity(incident) == SEVERITY_CRITICAL : round->now < since + patience(mind, incident);
    if (incident->state != INCIDENT_OPEN || !says) continue;
    for (size_t i = 0; i < mind->stack->opinion_count; i++) {
      const struct opinion *opinion = mind->stack->opinions[i];
      for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
        const struct code *code = opinion->codes[k];
        if (code->outage && symptom_is_ill(&opinion->symptoms[k]) && incident_explains(incident, code->name)) return true;
      }
    }
  }
  return false;
}

/* Only absence is folded behind the stack: content that is wrong is the check's own. It waits since `since`,
 * and not longer than people wait to hear of the stack. */
static bool is_folded_behind_stack(const struct round *round, const struct cause *cause, double since) {
  if (!round->subject->behind || !cause) return false;
  return behind_is_absence(cause, round->seen, round->seen_count) && stack_is_out(round, since);
}

/* --- telling --------------------------------------------------------------------------------------------------------------- */

static void page(struct round *round, struct incident *incident) {
  struct mind *mind = round->mind;
  incident->paged = true;
  mind->host.describe(mind->host.context, incident);
  word_given(incident, cause_of(round, incident));
  mind_tell(mind, incident, NOTICE_TRIGGERED, incident_severity(incident), incident->summary, NULL, round->now, round->wall);
  mind->host.changed(mind->host.context, incident, CHANGE_PAGED);
  subject_mark(mind, incident->subject); /* what waited for somebody else to tell of a sign may end */
}

/* Did the last probe of some check see one of its signs? What only recovers is no news for anybody. `after`: one that looked since then. */
static bool is_seen(const struct incident *incident, double after) {
  const struct subject *subject = incident->subject;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && opinion->looked > after && k < opinion->code_count; k++) {
      if (opinion_holds(opinion, k) && incident_needs(incident, opinion->codes[k]->name)) return true;
    }
  }
  return false;
}

/* When it is late for anybody to hear of it, were it not for doubt. */
static double latest_page(const struct mind *mind, const struct incident *incident) {
  return incident->confirmed + patience(mind, incident);
}

/* When people are to be told of this open incident, as things stand. */
static double page_time(const struct mind *mind, const struct incident *incident) {
  double at = incident->page_at;
  if (incident->restored && !is_seen(incident, mind->restored)) at = fmax(at, mind->restored + MIND_LOOK);
  /* What no disk holds waits for no doubt: a kill in that minute would drop it. */
  if (!mind->doubt || mind->store_trouble || text_equal(incident->subject->name, MIND_SELF)) return at;
  return incident->healed ? at + DOUBT_HOLD : fmin(at + DOUBT_HOLD, fmax(at, latest_page(mind, incident) + DOUBT_HOLD));
}

/* --- ends ------------------------------------------------------------------------------------------------------------------ */

void mind_look_again(struct mind *mind, struct incident *incident) {
  subject_mark(mind, incident->subject);
  for (size_t i = 0; i < incident->subject->opinion_count; i++) {
    struct opinion *opinion = incident->subject->opinions[i];
    bool looks = false;
    for (size_t k = 0; k < opinion->code_count && !looks; k++) looks = incident_needs(incident, opinion->codes[k]->name);
    if (looks) opinion_poke(mind, opinion);
  }
}

/* Returns whether any ended: then what is seen has changed. */
static bool end_incidents(struct round *round) {
  bool any = false;
  for (size_t i = 0; i < round->subject->incident_count; i++) {
    struct incident *incident = round->subject->incidents[i];
    const struct cause *cause = incident_is_over(incident) ? NULL : cause_of(round, incident);
    if (cause && word_is_stale(incident, cause)) {
      incident_replace(round->mind, incident, round->now, round->wall);
      any = true;
    }
    if (incident_is_over(incident) || cause) continue;
    bool lapsed = false;
    enum incident_state end = incident->state == INCIDENT_PENDING ? INCIDENT_DROPPED : incident_end_of(round->subject, incident, &lapsed);
    if (lapsed && !incident->healing) word_lapse(round->mind, incident, round->now);
    if (end == INCIDENT_STATES || incident->healing) continue;
    incident_end(round->mind, incident, end, round->now, round->wall);
    any |= end != INCIDENT_DROPPED;
  }
  return any;
}

/* --- beginnings ------------------------------------------------------------------------------------------------------------ */

/* "web/down@20261123T031209Z.17", "http/status@consultation@...": RFC 3339 without its separators, so that an id can be a file's name; the
 * number makes each unlike all others. */
static char *incident_id(struct mind *mind, const struct subject *subject, const char *code, double wall) {
  auto_free char *stamp = stamp_rfc3339(wall, false);
  struct text id = {0};
  text_printf(&id, "%s@", code);
  if (subject != mind->stack) text_printf(&id, "%s@", subject->name);
  for (const char *p = stamp; *p; p++) {
    if (*p != '-' && *p != ':') text_add_char(&id, *p);
  }
  text_printf(&id, ".%ld", ++mind->serial);
  return text_steal(&id);
}

static void learn_codes(struct mind *mind, struct incident *incident, const struct cause *cause) {
  for (size_t k = 0; k < cause->explains_count; k++) {
    /* A proof may outlive the fault: it stands for itself then, and must not keep this incident open. */
    if (rule_is_proof(cause->rule, cause->explains[k]) || incident_explains(incident, cause->explains[k])) continue;
    strings_push(&incident->codes, cause->explains[k]);
    mind_touch(mind, incident);
  }
}

/* What is told anew is the same outage still: what was tried in vain is not tried again. */
static void take_over(const struct round *round, struct incident *fresh) {
  for (size_t i = 0; i < round->subject->incident_count; i++) {
    const struct incident *former = round->subject->incidents[i];
    if (!former->replaced || former->ended < round->wall || !text_equal(former->code, fresh->code)) continue;
    fresh->needs_person = former->needs_person;
    fresh->plan_step = former->plan_step;
    fresh->next_try = former->next_try;
    incident_note_tried(fresh, text_get(&former->tried));
  }
}

static void take_cause(struct round *round, const struct cause *cause) {
  struct incident *incident = mind_find(round->subject, cause->code);
  if (!incident) {
    incident = subject_add_incident(round->mind, round->subject, cause->code);
    incident->id = incident_id(round->mind, round->subject, cause->code, round->wall);
    incident->opened = round->wall;
    incident->pending = round->now;
    take_over(round, incident);
  }
  learn_codes(round->mind, incident, cause);
  if (incident->state != INCIDENT_PENDING || incident->confirmed > 0) return;
  incident->confirmed = earliest(round->subject, incident, false, round->now);
  incident->first_bad = earliest(round->subject, incident, true, round->now);
}

/* Do people know it as a sign of another incident? */
static bool is_known(const struct subject *subject, const struct incident *incident, const char *code) {
  for (size_t i = 0; i < subject->incident_count; i++) {
    const struct incident *other = subject->incidents[i];
    if (other != incident && other->paged && other->lapsed <= 0 && !incident_is_over(other) && incident_explains(other, code)) return true;
  }
  return false;
}

/* Do people know all its codes already? */
static bool is_aftermath(const struct subject *subject, const struct incident *fresh) {
  for (char **code = fresh->codes; code && *code; code++) {
    if (!is_known(subject, fresh, *code)) return false;
  }
  return true;
}

/* When a pending incident opens, as things stand. */
static double ripe_at(const struct round *round, const struct incident *incident) {
  const struct subject *subject = round->subject;
  if (is_aftermath(subject, incident)) return incident->pending + INCIDENT_AFTERMATH;
  bool suspects = has_suspects(subject) || (subject->behind && has_suspects(round->mind->stack));
  return suspects ? incident->confirmed + INCIDENT_WAIT : round->now;
}

static void incident_open(struct round *round, struct incident *incident) {
  struct mind *mind = round->mind;
  incident->state = INCIDENT_OPEN;
  double latest = latest_page(mind, incident);
  bool waits = latest > incident->confirmed + INCIDENT_WAIT;
  incident->page_at = waits ? fmax(round->now, fmin(round->now + PAGE_HOLD, latest)) : round->now;
  mind->host.describe(mind->host.context, incident);
  mind_touch(mind, incident);
  mind->host.changed(mind->host.context, incident, CHANGE_OPENED);
}

static void take_causes(struct round *round) {
  for (size_t i = 0; i < round->causes.count; i++) take_cause(round, &round->causes.items[i]);
}

/* Is a sign seen that this cause explains, and nobody was told of? ret_since: since when it is believed. */
static bool owes_word(const struct round *round, const struct incident *incident, const struct cause *cause, double *ret_since) {
  *ret_since = INFINITY;
  for (size_t i = 0; i < round->subject->opinion_count; i++) {
    const struct opinion *opinion = round->subject->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      const char *code = opinion->codes[k]->name;
      if (!opinion_holds(opinion, k) || !cause_explains(cause, code) || is_known(round->subject, incident, code)) continue;
      *ret_since = fmin(*ret_since, symptom->ill_since);
    }
  }
  return *ret_since < INFINITY;
}

/* A cause takes over with what it explains how long people have waited for a word of it. Returns whether it holds that back beyond its time
 * although its own signs only recover; *ret_next: when it will. */
static bool hurry(struct round *round, struct incident *incident, double *ret_next) {
  const struct cause *cause = cause_of(round, incident);
  double since;
  if (!cause || incident->paged || incident_is_over(incident) || !owes_word(round, incident, cause, &since)) return false;
  incident->confirmed = fmin(incident->confirmed, since);
  double latest = latest_page(round->mind, incident);
  if (incident->state != INCIDENT_PENDING && !incident->healed && incident->page_at > latest) {
    incident->page_at = latest;
    mind_touch(round->mind, incident);
  }
  if (is_seen(incident, -INFINITY)) return false;
  double due = incident->state == INCIDENT_PENDING ? incident->confirmed + INCIDENT_WAIT : fmin(page_time(round->mind, incident), latest);
  if (due > round->now) *ret_next = fmin(*ret_next, due);
  return due <= round->now;
}

static bool hurry_all(struct round *round) {
  bool held_back = false;
  struct subject *subject = round->subject;
  for (size_t i = 0; i < subject->incident_count; i++) held_back |= hurry(round, subject->incidents[i], &subject->wake_at);
  return held_back;
}

static void fold(struct round *round, struct incident *incident, bool folded) {
  if ((incident->state == INCIDENT_FOLDED) == folded) return;
  incident->state = folded ? INCIDENT_FOLDED : INCIDENT_OPEN;
  if (!folded) subject_mark(round->mind, round->subject); /* what waited for somebody else to tell of a sign may end */
  mind_touch(round->mind, incident);
  round->mind->host.changed(round->mind->host.context, incident, folded ? CHANGE_FOLDED : CHANGE_UNFOLDED);
}

/* The next time at which what folds it behind the stack may have had its time. */
static double patience_ends(const struct round *round, const struct incident *incident) {
  double first = incident->confirmed + INCIDENT_WAIT, last = first + PAGE_HOLD;
  return round->now < first ? first : round->now < last ? last : INFINITY;
}

/* Returns when it must be looked at again though nothing changed. */
static double move_on(struct round *round, struct incident *incident) {
  const struct cause *cause = cause_of(round, incident);
  bool behind = is_folded_behind_stack(round, cause, incident->confirmed), folded = !cause || behind;
  bool seen = is_seen(incident, -INFINITY);
  if (incident->state == INCIDENT_PENDING && !folded && seen) {
    double ripe = ripe_at(round, incident);
    if (ripe > round->now) return ripe;
    incident_open(round, incident);
  }
  if (incident->state == INCIDENT_PENDING) return behind ? patience_ends(round, incident) : INFINITY; /* the end of what hides it is news */
  fold(round, incident, folded);
  if (behind && !incident->paged) return patience_ends(round, incident);
  if (incident->state != INCIDENT_OPEN || incident->paged || !seen) return INFINITY;
  double due = page_time(round->mind, incident);
  if (due > round->now) return due;
  page(round, incident);
  return INFINITY;
}

/* --- rounds ---------------------------------------------------------------------------------------------------------------- */

static void forget_passed(const struct round *round) {
  for (size_t i = 0; i < round->subject->incident_count; i++) {
    if (!incident_is_over(round->subject->incidents[i])) word_forget(round->mind, round->subject->incidents[i]);
  }
}

static void subject_round(struct round *round) {
  struct subject *subject = round->subject;
  forget_passed(round);
  evaluate(round, true);
  while (end_incidents(round)) evaluate(round, true);
  take_causes(round);
  forget_passed(round); /* what came in its place is known now */
  subject->dirty = false;
  subject->wake_at = INFINITY;
  if (hurry_all(round)) {
    evaluate(round, false);
    take_causes(round);
    (void)hurry_all(round); /* who explains now what was held back */
  }
  for (size_t i = 0; i < subject->incident_count; i++) {
    if (!incident_is_over(subject->incidents[i])) subject->wake_at = fmin(subject->wake_at, move_on(round, subject->incidents[i]));
  }
  subject_forget_saved(subject, round->mind->stored);
  if (subject == round->mind->stack) mind_stack_changed(round->mind);
}

static bool is_due(const struct subject *subject, double now) {
  return subject->listed && (subject->dirty || subject->wake_at <= now);
}

double mind_round(struct mind *mind, double now, double wall) {
  struct round round = {.mind = mind, .now = now, .wall = wall};
  double next = INFINITY;
  bool again;
  do { /* what stands behind the stack is looked at after it, in the same round */
    again = false;
    round.subject = mind->stack;
    if (is_due(mind->stack, now)) subject_round(&round);
    for (size_t i = 0; i < mind->agenda_count; i++) {
      round.subject = mind->agenda[i];
      if (is_due(round.subject, now)) subject_round(&round);
    }
    next = INFINITY;
    size_t kept = 0;
    for (size_t i = 0; i < mind->agenda_count; i++) {
      struct subject *subject = mind->agenda[i];
      again |= subject->dirty;
      next = fmin(next, subject->wake_at);
      subject->listed = subject->dirty || subject->wake_at < INFINITY;
      if (subject->listed) mind->agenda[kept++] = subject;
    }
    mind->agenda_count = kept;
  } while (again);
  causes_free(&round.causes);
  free(round.seen);
  mind_keep_limit(mind);
  return next;
}
