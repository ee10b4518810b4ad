/* What the daemon does about incidents: tell the journal and people, ask the guard, start an attempt, take in its end. See daemon.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/daemon/daemon.h"
#include "monitor/daemon/story.h"

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
                        (const char *const[]){incident->id, incident->code, severity_names[story_severity(daemon, incident)], summary, codes, opened,
                                              state, closed, NULL});
  if (r < 0) log_error("the journal does not take incident %s: %s", incident->id, strerror(-r));
}

/* --- the life of an incident ----------------------------------------------------------------------------------------------- */

static const struct conf_remedy *next_remedy(const struct daemon *daemon, const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  const char *const *plan = rule ? rule->plan : NULL;
  for (size_t step = 0; plan && *plan; plan++, step++) {
    if (step < incident->plan_step) continue;
    for (size_t i = 0; i < daemon->conf->remedy_count; i++) {
      if (text_equal(daemon->conf->remedies[i].kind->name, *plan) && !daemon->conf->remedies[i].skip) return &daemon->conf->remedies[i];
    }
  }
  return NULL;
}

static void incident_opened(struct daemon *daemon, struct incident *incident) {
  const struct conf_remedy *remedy = next_remedy(daemon, incident);
  bool automatic = remedy && remedy->mode == MODE_AUTO;
  incident->care = xcalloc(1, sizeof *incident->care);
  incident->care->page_at = loop_monotonic() + (automatic ? PAGE_HOLD : 0);
  save(daemon, incident, "open"); /* on disk before the first notice */
  auto_free char *summary = story_summary(daemon, incident);
  auto_free char *codes = codes_joined(incident);
  log_warning("incident %s opened: %s (explains %s; %s%s)", incident->id, summary, codes, remedy ? "remedy " : "no remedy: a person has to act",
              remedy ? remedy->kind->name : "");
}

static void incident_closed(struct daemon *daemon, struct incident *incident) {
  save(daemon, incident, "closed");
  double minutes = (loop_wall() - incident->opened) / 60;
  auto_free char *summary = text_format("Over after %.1f minutes: the checks that saw %s pass.", minutes, incident->code);
  log_info("incident %s closed: %s", incident->id, summary);
  if (incident->care && incident->care->paged) tell(daemon, incident, NOTICE_RESOLVED, SEVERITY_INFO, summary);
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

void care_evaluate(struct daemon *daemon) {
  struct ill_codes ill;
  struct causes causes = {0};
  watches_ill(daemon, &ill);
  rules_evaluate(rule_tables, ill.seen, ill.seen_count, &causes);
  incidents_update(&daemon->incidents, &causes, ill.believed, ill.believed_count, ill.suspects, loop_monotonic(), loop_wall(), incident_changed, daemon);
  causes_free(&causes);
  ill_codes_free(&ill);
}

void care_restore(struct daemon *daemon) {
  struct journal_rows rows = {0};
  int r = journal_read(daemon->journal, "SELECT id, code, codes, opened FROM incidents WHERE state <> 'closed'", NULL, &rows);
  if (r < 0) log_error("the journal's open incidents cannot be read: %s", strerror(-r));
  for (size_t i = 0; i < rows.count; i++) {
    char **row = rows.rows[i];
    auto_strings char **codes = NULL;
    for (const char *p = row[2]; *p;) {
      size_t length = strcspn(p, " ");
      auto_free char *code = xstrndup(p, length);
      strings_push(&codes, code);
      p += length + (p[length] == ' ');
    }
    struct incident *incident = incidents_restore(&daemon->incidents, row[0], row[1], codes, loop_monotonic(), strtod(row[3], NULL));
    incident->care = xcalloc(1, sizeof *incident->care);
    /* Whether people were told is in the spool; who was told of the trouble must also be told of its end. */
    struct journal_rows told = {0};
    r = journal_read(daemon->journal, "SELECT id FROM notices WHERE incident = ? AND event = 'triggered' LIMIT 1", (const char *const[]){row[0], NULL}, &told);
    incident->care->paged = r == 0 && told.count > 0;
    incident->care->page_at = loop_monotonic() + PAGE_HOLD;
    journal_rows_free(&told);
    watches_believe(daemon, codes);
    log_info("incident %s is still open from before", incident->id);
  }
  journal_rows_free(&rows);
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
                                                          .journal = daemon->journal,
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
    [ATTEMPT_KEPT] = {false, PAGE_AFTER_HEAL, LOOK_AGAIN}, [ATTEMPT_UNDONE] = {true, -1, 0},
    [ATTEMPT_UNDO_FAILED] = {true, 0, INFINITY},           [ATTEMPT_REFUSED] = {true, -1, 0},
    [ATTEMPT_NEEDLESS] = {false, PAGE_HOLD, LOOK_AGAIN},   [ATTEMPT_NO_LOOK] = {false, -1, LOOK_AGAIN},
};

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
  text_printf(&care->tried, "%s: %s\n%s", daemon->remedy->kind->name, attempt_verdict_names[daemon->verdict], text_get(&daemon->report));
  incident->plan_step += ends[daemon->verdict].next;
  care->next_try = now + ends[daemon->verdict].try_after;
  if (ends[daemon->verdict].page_after >= 0) care->page_at = now + ends[daemon->verdict].page_after;
  if (daemon->verdict == ATTEMPT_NO_LOOK && ++care->blind_tries >= LOOK_TRIES) care->page_at = now;
  if (ends[daemon->verdict].next && !next_remedy(daemon, incident)) care->page_at = now;
  if (daemon->verdict != ATTEMPT_KEPT) return;
  care->healed = true;
  auto_free char *was = story_summary(daemon, incident);
  auto_free char *summary = text_format("Healed by %s, and verified: %s", daemon->remedy->kind->name, was);
  tell(daemon, incident, NOTICE_UPDATED, SEVERITY_INFO, summary);
}

/* Asks the guard; starts the attempt or remembers why not. */
static void heal_consider(struct daemon *daemon, struct incident *incident) {
  const struct conf_remedy *remedy = next_remedy(daemon, incident);
  struct care *care = incident->care;
  double now = loop_monotonic();
  if (!remedy || incident->state != INCIDENT_OPEN || now < care->next_try) return;
  struct guard_question question;
  int r = attempt_history(daemon->journal, remedy, &question);
  if (r < 0) {
    care->next_try = now + LOOK_AGAIN;
    return;
  }
  double until = question.now;
  enum guard_verdict verdict = guard_ask(&question, &until);
  free((void *)(uintptr_t)question.attempts);
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
  text_printf(&care->tried, "%s was held: %s\n", remedy->kind->name, guard_sentences[verdict]);
}

void care_tick(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->incidents.count && !daemon->healing && !daemon->stop && !daemon->reload; i++) {
    if (daemon->incidents.items[i]->care) heal_consider(daemon, daemon->incidents.items[i]);
  }
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    struct incident *incident = daemon->incidents.items[i];
    if (!incident->care || incident->care->paged || incident->state != INCIDENT_OPEN || loop_monotonic() < incident->care->page_at) continue;
    page(daemon, incident);
  }
}
