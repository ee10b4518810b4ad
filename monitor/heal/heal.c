/* Which remedy is attempted when, and what its end means for the incident; see heal.h. */
#include "monitor/heal/heal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/heal/attempt.h"
#include "monitor/heal/leftovers.h"
#include "monitor/heal/verdict.h"

/* One try to heal: the guard is asked, and when it says go, the attempt is run. In a task of its own, since both wait for the store. */
struct try {
  struct heal *heal;
  struct task *task;
  struct conf *conf; /* held */
  const struct conf_remedy *remedy;
  char *incident, *cause;
  char **codes; /* that must pass */
  struct text report;
  int error; /* the store could not say what was done before */
  enum guard_verdict guard;
  double held_until; /* wall clock; of a hold by time */
  enum attempt_verdict verdict;
  bool ended;
};

struct heal {
  struct mind *mind;
  struct conf *conf;
  struct store *store;
  struct task_event *look;
  struct try *try;
  struct leftovers *leftovers;
  double leftovers_at; /* monotonic: the next look for them */
};

struct heal *heal_start(struct mind *mind, struct conf *conf, struct task_event *look) {
  struct heal *heal = xcalloc(1, sizeof *heal);
  *heal = (struct heal){.mind = mind, .conf = conf_hold(conf), .look = look};
  return heal;
}

void heal_store(struct heal *heal, struct store *store) {
  heal->store = store;
  task_event_set(heal->look);
}

void heal_reload(struct heal *heal, struct conf *conf) {
  conf_free(heal->conf);
  heal->conf = conf_hold(conf);
  for (size_t i = 0; i < heal->mind->stack->incident_count; i++) {
    struct incident *incident = heal->mind->stack->incidents[i];
    if (incident->held) incident->next_try = 0; /* the guard may say otherwise now */
  }
}

const char *heal_in_flight(const struct heal *heal) {
  return heal && heal->try && heal->try->guard == GUARD_GO ? heal->try->remedy->kind->name : NULL;
}

/* Remedies act on the stack; what is wrong with an extra check's target is none of theirs. */
bool heal_works_on(const struct heal *heal, const struct incident *incident) {
  if (incident->subject != heal->mind->stack || incident->needs_person) return false;
  const struct conf_remedy *remedy = verdict_next_remedy(heal->conf, incident);
  return remedy && remedy->mode == MODE_AUTO;
}

/* --- a try ----------------------------------------------------------------------------------------------------------------- */

static void try_say(void *context, const char *line) {
  const struct try *try = context;
  log_info("remedy %s: %s", try->remedy->kind->name, line);
}

static void try_undo_failed(void *context, const struct attempt_leftover *failed) {
  const struct try *try = context;
  leftovers_call_person(try->heal->mind, try->heal->look, failed);
}

static enum guard_verdict ask_guard(struct try *try) {
  struct guard_question question;
  try->error = attempt_history(try->heal->store, try->remedy, &question);
  if (try->error < 0) return GUARD_DOUBT;
  try->held_until = question.now;
  enum guard_verdict verdict = guard_ask(&question, &try->held_until);
  attempt_history_free(&question);
  return verdict == GUARD_GO && (try->heal->mind->doubt || try->heal->mind->store_trouble) ? GUARD_DOUBT : verdict;
}

static int try_task(void *argument) {
  struct try *try = argument;
  try->guard = ask_guard(try);
  struct incident *incident = mind_incident(try->heal->mind, try->incident);
  bool go = try->guard == GUARD_GO && incident && incident->state == INCIDENT_OPEN && mind_sees(incident);
  if (go) {
    incident->healing = true; /* its verdict comes before the end of the incident */
    log_info("incident %s: attempting %s", try->incident, try->remedy->kind->name);
    try->verdict = attempt_run(&(struct attempt_request){.conf = try->conf,
                                                         .remedy = try->remedy,
                                                         .incident = try->incident,
                                                         .subject = MIND_STACK,
                                                         .cause = try->cause,
                                                         .codes = (const char *const *)try->codes,
                                                         .store = try->heal->store,
                                                         .say = try_say,
                                                         .say_plan = true,
                                                         .undo_failed = try_undo_failed,
                                                         .context = try},
                               &try->report);
  } else if (try->guard == GUARD_GO) {
    try->verdict = ATTEMPT_VERDICTS; /* it ended while the store was asked */
  }
  try->ended = true;
  task_event_set(try->heal->look);
  return 0;
}

static void try_start(struct heal *heal, const struct incident *incident, const struct conf_remedy *remedy) {
  struct try *try = xcalloc(1, sizeof *try);
  *try = (struct try){.heal = heal,
                      .conf = conf_hold(heal->conf),
                      .remedy = remedy,
                      .incident = xstrdup(incident->id),
                      .cause = xstrdup(incident->code),
                      .codes = xcalloc(1, sizeof(char *)),
                      .guard = GUARD_VERDICTS};
  for (char **code = incident->codes; code && *code; code++) {
    if (incident_needs(incident, *code)) strings_push(&try->codes, *code);
  }
  heal->try = try;
  try->task = task_start(remedy->kind->name, 0, try_task, try);
}

const struct conf_remedy *heal_remedy(const struct heal *heal, const struct incident *incident) {
  return verdict_next_remedy(heal->conf, incident);
}

static void try_free(struct try *try) {
  conf_free(try->conf);
  free(try->incident);
  free(try->cause);
  strings_free(try->codes);
  text_free(&try->report);
  free(try);
}

/* --- what its end means ---------------------------------------------------------------------------------------------------- */

static void take_hold(struct heal *heal, struct try *try, struct incident *incident) {
  double now = loop_monotonic();
  bool by_mode = try->guard == GUARD_OBSERVE || try->guard == GUARD_SUGGEST || try->guard == GUARD_APPROVE;
  incident->next_try = by_mode ? INFINITY : now + fmax(try->held_until - loop_wall(), HEAL_LOOK_AGAIN);
  incident->held = true;
  if (!incident->healed && try->error == 0) incident_page_by(incident, now);
  mind_touch(heal->mind, incident);
  if (try->error < 0 || incident->told_hold) return;
  incident->told_hold = true;
  log_info("incident %s: %s is held: %s", incident->id, try->remedy->kind->name, guard_sentences[try->guard]);
  auto_free char *line = text_format(translated("%s was held: %s\n"), try->remedy->kind->name, translated(guard_sentences[try->guard]));
  incident_note_tried(incident, line);
}

static void take_try(struct heal *heal) {
  struct try *try = heal->try;
  task_join_shielded(try->task);
  heal->try = NULL;
  struct incident *incident = mind_incident(heal->mind, try->incident);
  if (try->guard == GUARD_GO && try->verdict != ATTEMPT_VERDICTS)
    log_info("remedy %s: %s", try->remedy->kind->name, attempt_verdict_names[try->verdict]);
  if (incident && !incident_is_over(incident)) {
    incident->healing = false;
    if (try->guard != GUARD_GO) take_hold(heal, try, incident);
    if (try->guard == GUARD_GO && try->verdict != ATTEMPT_VERDICTS)
      verdict_take(heal->mind, heal->conf, incident, try->remedy, try->verdict, text_get(&try->report), loop_monotonic(), loop_wall());
    mind_look_again(heal->mind, incident);
  }
  try_free(try);
}

/* --- what may begin -------------------------------------------------------------------------------------------------------- */

/* The lowest broken layer comes first (EJ contract section 10, meta-rule 1): while nginx, web or its database is out, what is seen above
 * may be its doing, and a repair there would be judged by a stack that is not up. Rocket.Chat and MongoDB carry nothing that is repaired
 * here. */
static bool waits_for_lower_layer(const struct subject *stack, const struct incident *incident) {
  static const char *const lower[] = {"nginx/", "web/", "database/"};
  const struct rule *own = rule_find(incident->code);
  for (size_t i = 0; i < stack->incident_count; i++) {
    const struct incident *other = stack->incidents[i];
    const struct rule *rule = other == incident || other->state > INCIDENT_OPEN ? NULL : rule_find(other->code);
    bool counts = rule && (!own || rule->rank > own->rank);
    for (size_t k = 0; counts && k < countof(lower); k++) {
      if (text_starts(other->code, lower[k])) return true;
    }
  }
  return false;
}

/* Begins a try for this incident, or says when it should be asked again. */
static double consider(struct heal *heal, struct incident *incident) {
  const struct conf_remedy *remedy = verdict_next_remedy(heal->conf, incident);
  if (!remedy || incident->state != INCIDENT_OPEN || incident->needs_person || !mind_sees(incident)) return INFINITY;
  if (incident->next_try > loop_monotonic()) return incident->next_try;
  if (waits_for_lower_layer(heal->mind->stack, incident)) return INFINITY; /* its end is news */
  try_start(heal, incident, remedy);
  return INFINITY;
}

double heal_take(struct heal *heal) {
  double now = loop_monotonic(), next = INFINITY;
  if (heal->try && heal->try->ended) take_try(heal);
  if (heal->leftovers && leftovers_ended(heal->leftovers)) {
    leftovers_stop(heal->leftovers);
    heal->leftovers = NULL;
    heal->leftovers_at = now + HEAL_LEFTOVER_LOOK;
  }
  if (!heal->store || heal->try || heal->leftovers) return INFINITY; /* its end is news */
  if (now >= heal->leftovers_at) {
    heal->leftovers = leftovers_start(heal->mind, heal->conf, heal->store, heal->leftovers_at <= 0, heal->look);
    return INFINITY;
  }
  for (size_t i = 0; i < heal->mind->stack->incident_count && !heal->try; i++) {
    next = fmin(next, consider(heal, heal->mind->stack->incidents[i]));
  }
  return heal->try ? INFINITY : fmin(next, heal->leftovers_at);
}

bool heal_stop(struct heal *heal, double seconds) {
  if (!heal) return true;
  double limit = loop_monotonic() + seconds;
  leftovers_stop(heal->leftovers);
  while (heal->try && !heal->try->ended && loop_monotonic() < limit && task_sleep(0.05) == 0) continue;
  if (heal->try && !heal->try->ended) {
    log_error("the attempt in flight did not end within %.0f s of grace", seconds);
    return false;
  }
  if (heal->try) take_try(heal);
  conf_free(heal->conf);
  free(heal);
  return true;
}
