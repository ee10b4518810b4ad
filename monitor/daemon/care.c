/* What the daemon does about incidents: tell the journal and people, ask the guard, start an attempt, take in its end. See daemon.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/daemon/daemon.h"
#include "monitor/daemon/story.h"

#define TRIED_LIMIT 4096 /* bytes of what was tried that a page tells */

/* --- telling --------------------------------------------------------------------------------------------------------------- */

static void tell(struct daemon *daemon, struct incident *incident, enum notice_event event, enum severity severity, const char *summary) {
  auto_text struct text body = {0};
  story_body(daemon, incident, &body);
  alerts_add(daemon->alerts, event, incident->id, incident->code, severity, summary, text_get(&body));
  int r = journal_event(daemon->journal, notice_event_names[event], incident->id, summary);
  if (r < 0) log_error("the journal does not take events: %s", strerror(-r));
}

static void page(struct daemon *daemon, struct incident *incident) {
  incident->care->paged = true;
  auto_free char *summary = story_summary(daemon, incident);
  tell(daemon, incident, NOTICE_TRIGGERED, story_severity(daemon, incident), summary);
}

static char *codes_joined(const struct incident *incident) {
  struct text text = {0};
  for (char **code = incident->codes; code && *code; code++) text_printf(&text, "%s%s", text.length ? " " : "", *code);
  return text_steal(&text);
}

static void save(struct daemon *daemon, const struct incident *incident, const char *state) {
  auto_free char *summary = story_summary(daemon, incident);
  auto_free char *codes = codes_joined(incident);
  auto_free char *opened = text_format("%.3f", incident->opened);
  auto_free char *closed = text_equal(state, "closed") ? text_format("%.3f", loop_wall()) : NULL;
  int r = journal_write(daemon->journal,
                        "INSERT INTO incidents (id, code, severity, summary, codes, opened, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                        " ON CONFLICT (id) DO UPDATE SET codes = ?5, state = ?7, closed = ?8",
                        (const char *const[]){incident->id, incident->code, severity_names[story_severity(daemon, incident)], summary,
                                              codes, opened, state, closed, NULL});
  if (r == 0 && incident->care) incident->care->saved_codes = strings_count(incident->codes);
  if (r < 0 && incident->care) incident->care->next_save = loop_monotonic() + LOOK_AGAIN;
  if (r < 0) log_error("the journal does not take incident %s: %s", incident->id, strerror(-r));
}

/* --- the life of an incident ----------------------------------------------------------------------------------------------- */

static const struct conf_remedy *next_remedy(const struct daemon *daemon, const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  return conf_plan_next(daemon->conf, rule ? rule->plan : NULL, incident->plan_step);
}

static void incident_opened(struct daemon *daemon, struct incident *incident) {
  const struct conf_remedy *remedy = next_remedy(daemon, incident);
  bool automatic = remedy && remedy->mode == MODE_AUTO;
  incident->care = xcalloc(1, sizeof *incident->care);
  incident->care->page_at = loop_monotonic() + (automatic ? PAGE_HOLD : 0);
  save(daemon, incident, "open"); /* on disk before the first notice */
  auto_free char *summary = story_summary(daemon, incident);
  auto_free char *codes = codes_joined(incident);
  log_warning("incident %s opened: %s (explains %s; %s%s)", incident->id, summary, codes,
              remedy ? "remedy " : "no remedy: a person has to act", remedy ? remedy->kind->name : "");
}

static void incident_closed(struct daemon *daemon, struct incident *incident) {
  double seconds = loop_wall() - incident->opened;
  auto_free char *lasted = seconds < 120 ? text_format(translated("%.0f s"), seconds) : text_format(translated("%.0f min"), seconds / 60);
  auto_free char *summary = text_format(translated("Over after %s: the checks that saw %s pass."), lasted, incident->code);
  log_info("incident %s closed: %s", incident->id, summary);
  /* The resolve is on disk before the end is: killed in between, the next life closes it anew, and the spool takes no second resolve. */
  if (incident->care && incident->care->paged) tell(daemon, incident, NOTICE_RESOLVED, SEVERITY_INFO, summary);
  save(daemon, incident, "closed");
}

static void incident_forget(struct incident *incident) {
  if (incident->care) text_free(&incident->care->tried);
  free(incident->care);
  incident->care = NULL;
}

static void incident_changed(void *context, struct incident *incident, enum incident_change change) {
  struct daemon *daemon = context;
  switch (change) {
    case INCIDENT_OPENED:
      incident_opened(daemon, incident);
      break;
    case INCIDENT_CLOSED:
      incident_closed(daemon, incident);
      break;
    case INCIDENT_WAS_FOLDED:
      log_info("incident %s: not seen as such now: another cause explains it, or hides it", incident->id);
      break;
    case INCIDENT_UNFOLDED:
      log_info("incident %s: stands for itself again", incident->id);
      break;
    case INCIDENT_DROPPED:
      log_debug("cause %s was not confirmed", incident->code);
      break;
  }
  if (change != INCIDENT_CLOSED && change != INCIDENT_DROPPED) return;
  if (daemon->patient == incident) daemon->patient = NULL; /* the attempt goes on to its own end */
  incident_forget(incident);
}

/* A fault that nobody looks for any more has not passed: absence closes nothing. */
static void add_unwatched(const struct daemon *daemon, struct ill_codes *ill) {
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    const struct incident *incident = daemon->incidents.items[i];
    for (char **code = incident->codes; incident->care && code && *code; code++) {
      if (!watches_know(daemon, *code)) ill_codes_add_unwatched(ill, *code);
    }
  }
}

void care_evaluate(struct daemon *daemon) {
  struct ill_codes ill;
  struct causes causes = {0};
  watches_ill(daemon, &ill);
  add_unwatched(daemon, &ill);
  rules_evaluate(rule_tables, ill.seen, ill.seen_count, &causes);
  incidents_update(&daemon->incidents, &causes, ill.believed, ill.believed_count, ill.suspects, loop_monotonic(), loop_wall(),
                   incident_changed, daemon);
  causes_free(&causes);
  ill_codes_free(&ill);
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    const struct incident *incident = daemon->incidents.items[i];
    /* What it has come to explain since, the next life must know as well. */
    const struct care *care = incident->care;
    if (care && care->saved_codes < strings_count(incident->codes) && loop_monotonic() >= care->next_save) save(daemon, incident, "open");
  }
}

void care_free(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->incidents.count; i++) incident_forget(daemon->incidents.items[i]);
  incidents_free(&daemon->incidents);
}

/* --- attempts -------------------------------------------------------------------------------------------------------------- */

static void heal_say(void *context, const char *line) {
  const struct conf_remedy *remedy = context;
  log_info("remedy %s: %s", remedy->kind->name, line);
}

struct heal_job {
  struct daemon *daemon;
  char *incident, *cause;
};

static int heal_task(void *argument) {
  struct heal_job *job = argument;
  struct daemon *daemon = job->daemon;
  daemon->verdict = attempt_run(&(struct attempt_request){.conf = daemon->conf,
                                                          .remedy = daemon->remedy,
                                                          .incident = job->incident,
                                                          .cause = job->cause,
                                                          .codes = (const char *const *)daemon->codes,
                                                          .store = daemon->store,
                                                          .say = heal_say,
                                                          .say_plan = true,
                                                          .context = (void *)(uintptr_t)daemon->remedy},
                                &daemon->report);
  free(job->incident);
  free(job->cause);
  free(job);
  daemon->healed = true;
  task_event_set(&daemon->look);
  return 0;
}

static void heal_start(struct daemon *daemon, struct incident *incident, const struct conf_remedy *remedy) {
  struct heal_job *job = xcalloc(1, sizeof *job);
  *job = (struct heal_job){.daemon = daemon, .incident = xstrdup(incident->id), .cause = xstrdup(incident->code)};
  daemon->patient = incident;
  daemon->remedy = remedy;
  strings_free(daemon->codes);
  daemon->codes = story_matched_codes(incident);
  text_clear(&daemon->report);
  log_info("incident %s: attempting %s", incident->id, remedy->kind->name);
  daemon->healing = task_start(remedy->kind->name, 0, heal_task, job);
}

/* What each end of an attempt means for the incident. */
static const struct {
  bool next;         /* on to the next remedy of the plan */
  double page_after; /* seconds until people are paged if it stays; < 0: as it was */
  double try_after;  /* seconds before another attempt */
} ends[ATTEMPT_VERDICTS] = {
    [ATTEMPT_KEPT] = {false, PAGE_AFTER_HEAL, LOOK_AGAIN},
    [ATTEMPT_UNDONE] = {true, -1, 0},
    [ATTEMPT_KEPT_UNSEEN] = {false, 0, LOOK_AGAIN_MOST},
    [ATTEMPT_UNDO_FAILED] = {true, 0, INFINITY},
    [ATTEMPT_REFUSED] = {true, -1, 0},
    [ATTEMPT_NEEDLESS] = {false, PAGE_HOLD, LOOK_AGAIN},
    [ATTEMPT_NO_LOOK] = {false, -1, LOOK_AGAIN},
};

/* Notes what was tried for the page, which has no room for the story of a whole week. */
static void note_tried(struct care *care, const struct daemon *daemon) {
  text_printf(&care->tried, "%s: %s\n%s", daemon->remedy->kind->name, translated(attempt_verdict_names[daemon->verdict]),
              text_get(&daemon->report));
  if (care->tried.length <= TRIED_LIMIT) return;
  const char *rest = care->tried.data + care->tried.length - TRIED_LIMIT;
  const char *line = strchr(rest, '\n');
  auto_free char *kept = text_format(translated("(earlier attempts are in the journal)\n%s"), line ? line + 1 : rest);
  text_clear(&care->tried);
  text_add(&care->tried, kept);
}

/* On to the step of the plan behind the one that was tried: those before it cannot be used here. */
static size_t step_behind(const struct incident *incident, const struct conf_remedy *remedy) {
  const struct rule *rule = rule_find(incident->code);
  for (size_t i = incident->plan_step; rule && rule->plan && rule->plan[i]; i++) {
    if (text_equal(rule->plan[i], remedy->kind->name)) return i + 1;
  }
  return incident->plan_step + 1;
}

void care_take_attempt(struct daemon *daemon) {
  if (!daemon->healed) return;
  daemon->healed = false;
  task_join_shielded(daemon->healing);
  daemon->healing = NULL;
  struct incident *incident = daemon->patient;
  daemon->patient = NULL;
  log_info("remedy %s: %s", daemon->remedy->kind->name, attempt_verdict_names[daemon->verdict]);
  watches_poke(daemon);
  if (!incident) return;
  struct care *care = incident->care;
  double now = loop_monotonic();
  note_tried(care, daemon);
  if (ends[daemon->verdict].next) incident->plan_step = step_behind(incident, daemon->remedy);
  care->next_try = now + ends[daemon->verdict].try_after;
  if (ends[daemon->verdict].page_after >= 0) care->page_at = now + ends[daemon->verdict].page_after;
  if (daemon->verdict == ATTEMPT_NO_LOOK) {
    /* What cannot be looked at for long is looked at ever less often: each try is an entry of the journal. */
    if (++care->blind_tries >= LOOK_TRIES) care->page_at = now;
    care->next_try = now + fmin(LOOK_AGAIN * exp2(fmin(care->blind_tries - 1, 8)), LOOK_AGAIN_MOST);
  }
  if (ends[daemon->verdict].next && !next_remedy(daemon, incident)) care->page_at = now;
  if (daemon->verdict != ATTEMPT_KEPT) return;
  care->healed = true;
  auto_free char *was = story_summary(daemon, incident);
  auto_free char *summary = text_format(translated("Healed by %s, and verified: %s"), daemon->remedy->kind->name, was);
  tell(daemon, incident, NOTICE_UPDATED, SEVERITY_INFO, summary);
}

/* The lowest broken layer comes first (EJ contract section 10, meta-rule 1): while nginx, web or its database is out, what is seen above
 * may be its doing, and a repair there would be judged by a stack that is not up. Rocket.Chat and MongoDB carry nothing that is repaired
 * here. */
static bool waits_for_lower_layer(const struct daemon *daemon, const struct incident *incident) {
  static const char *const lower[] = {"nginx/", "web/", "database/"};
  const struct rule *own = rule_find(incident->code);
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    const struct incident *other = daemon->incidents.items[i];
    const struct rule *rule = other == incident || other->state == INCIDENT_FOLDED ? NULL : rule_find(other->code);
    bool counts = rule && (!own || rule->rank > own->rank);
    for (size_t k = 0; counts && k < countof(lower); k++) {
      if (text_starts(other->code, lower[k])) return true;
    }
  }
  return false;
}

/* Asks the guard; starts the attempt or remembers why not. */
static void heal_consider(struct daemon *daemon, struct incident *incident) {
  const struct conf_remedy *remedy = next_remedy(daemon, incident);
  struct care *care = incident->care;
  double now = loop_monotonic();
  if (!remedy || incident->state != INCIDENT_OPEN || now < care->next_try || waits_for_lower_layer(daemon, incident)) return;
  struct guard_question question;
  int r = attempt_history(daemon->store, remedy, &question);
  if (r < 0) {
    care->next_try = now + LOOK_AGAIN;
    return;
  }
  double until = question.now;
  enum guard_verdict verdict = guard_ask(&question, &until);
  attempt_history_free(&question);
  care->held = verdict != GUARD_GO;
  if (verdict == GUARD_GO) {
    heal_start(daemon, incident, remedy);
    return;
  }
  care->next_try = now + fmax(until - question.now, LOOK_AGAIN);
  if (verdict == GUARD_OBSERVE || verdict == GUARD_SUGGEST || verdict == GUARD_APPROVE) care->next_try = INFINITY;
  if (!care->healed) care->page_at = fmin(care->page_at, now);
  if (care->told_hold) return;
  care->told_hold = true;
  log_info("incident %s: %s is held: %s", incident->id, remedy->kind->name, guard_sentences[verdict]);
  text_printf(&care->tried, translated("%s was held: %s\n"), remedy->kind->name, translated(guard_sentences[verdict]));
}

void care_tick(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->incidents.count && !daemon->healing && !daemon->recovering && !daemon->stop && !daemon->reload; i++) {
    if (daemon->incidents.items[i]->care) heal_consider(daemon, daemon->incidents.items[i]);
  }
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    struct incident *incident = daemon->incidents.items[i];
    if (!incident->care || incident->care->paged || incident->state != INCIDENT_OPEN || loop_monotonic() < incident->care->page_at)
      continue;
    page(daemon, incident);
  }
}
