/* Blindness, and what falls together; see self_scan.h. */
#include "monitor/watch/self_scan.h"

#include <math.h>
#include <stdlib.h>

#include "checks/explanation.h"
#include "monitor/base/lang.h"
#include "monitor/watch/engine_codes.h"

#define BLIND_TOLD (MIND_BLIND - PAGE_HOLD) /* so that people hear of it after MIND_BLIND */

/* --- what is not seen ------------------------------------------------------------------------------------------------------ */

/* Checks that are blind for one reason. */
struct blindness {
  char *reason;
  const struct code *code; /* that says so, or NULL */
  struct text names;
  size_t count;
  bool part; /* some of them see a part */
};

struct eyes {
  struct blindness *reasons;
  size_t reason_count, blind, more; /* checks; more: those of reasons beyond SELF_REASONS */
  double longest;
  bool all_seen; /* each could look in this life, and none is out of sight for so long only since the stack is out */
};

static void eyes_add(struct eyes *eyes, const struct opinion *opinion, const char *reason, bool part) {
  size_t i = 0;
  while (i < eyes->reason_count && !text_equal(eyes->reasons[i].reason, reason)) i++;
  if (i == eyes->reason_count) {
    if (i >= SELF_REASONS) {
      eyes->more++;
      return;
    }
    struct blindness *fresh = array_push(&eyes->reasons, &eyes->reason_count, sizeof *fresh);
    *fresh = (struct blindness){.reason = xstrdup(reason), .code = opinion->blind};
  }
  struct blindness *blindness = &eyes->reasons[i];
  blindness->part |= part;
  if (blindness->count++ < SELF_NAMES) text_printf(&blindness->names, "%s%s", blindness->count > 1 ? ", " : "", opinion->name);
}

/* Does a check see now that nothing of the stack's site comes through? */
static bool stack_is_out(const struct subject *stack) {
  for (size_t i = 0; i < stack->opinion_count; i++) {
    const struct opinion *opinion = stack->opinions[i];
    for (size_t k = 0; opinion->ill_count && k < opinion->code_count; k++) {
      if (opinion->codes[k]->outage && symptom_is_ill(&opinion->symptoms[k]) && opinion->symptoms[k].seen) return true;
    }
  }
  return false;
}

/* `outage`: when the stack was last seen to be out. Who needs it is not blind by its own fault then; an outage that nobody sees any more
 * excuses nobody. One that looks rarely may miss once. */
static void eyes_look_at(const struct opinion *opinion, double outage, double now, struct eyes *eyes) {
  double blind_for = now - opinion->sight, patience = fmax(BLIND_TOLD, 2 * opinion->interval);
  eyes->all_seen &= opinion->sighted;
  if (blind_for < patience) return;
  if (now - outage < patience) {
    eyes->all_seen = false;
    return;
  }
  eyes->blind++;
  eyes->longest = fmax(eyes->longest, blind_for);
  /* One that says no reason has ended no probe. */
  const char *reason = opinion->blind_reason;
  eyes_add(eyes, opinion, reason && *reason ? reason : translated("no probe of it came to an end"), now - opinion->looked < patience);
}

static void eyes_look(const struct mind *mind, double outage, double now, struct eyes *eyes) {
  *eyes = (struct eyes){.all_seen = true};
  for (size_t i = 0; i < mind->subject_count; i++) {
    const struct subject *subject = mind->subjects[i];
    if (text_equal(subject->name, MIND_SELF)) continue;
    bool needs_stack = subject == mind->stack || subject->behind;
    for (size_t k = 0; k < subject->opinion_count; k++) eyes_look_at(subject->opinions[k], needs_stack ? outage : -INFINITY, now, eyes);
  }
}

static void eyes_free(struct eyes *eyes) {
  for (size_t i = 0; i < eyes->reason_count; i++) {
    free(eyes->reasons[i].reason);
    text_free(&eyes->reasons[i].names);
  }
  free(eyes->reasons);
}

/* "a, b and 9998 more" */
static char *names_of(const struct blindness *blindness) {
  if (blindness->count <= SELF_NAMES) return xstrdup(text_get(&blindness->names));
  return text_format(translated("%s and %zu more"), text_get(&blindness->names), blindness->count - SELF_NAMES);
}

static struct finding *eyes_finding(const struct eyes *eyes, struct findings *out) {
  const struct blindness *first = &eyes->reasons[0];
  auto_free char *names = names_of(first);
  double minutes = floor(eyes->longest / 60);
  if (eyes->reason_count > 1) {
    return finding_add(out, &EJMON_NO_EYES,
                       "ejmon has not seen what %zu checks look for, for %.0f minutes and several reasons; the first, of %s: %s",
                       eyes->blind, minutes, names, first->reason);
  }
  if (first->part)
    return finding_add(out, &EJMON_NO_EYES, "ejmon has not seen all of %s for %.0f minutes: %s", names, minutes, first->reason);
  return finding_add(out, &EJMON_NO_EYES, "ejmon has seen nothing of %s for %.0f minutes: %s", names, minutes, first->reason);
}

/* What gives ejmon eyes, where its code knows more than the reason says; or NULL. */
static const char *eyes_wanted(const struct blindness *blindness) {
  if (!blindness->code || blindness->code == &CODE_COULD_NOT_LOOK) return NULL;
  return explanation_text(explanation_of(blindness->code->name), PART_HEALS);
}

/* Has an open incident told this reason? Notes it. */
static bool is_new_reason(struct self_judge *judge, const char *reason) {
  for (size_t i = 0; i < judge->reason_count; i++) {
    if (text_equal(judge->reasons[i], reason)) return false;
  }
  if (judge->reason_count >= SELF_REASONS) return false; /* enough was said */
  strings_append(&judge->reasons, &judge->reason_count, reason);
  return true;
}

static void look_at_eyes(struct self_judge *judge, const struct mind *mind, double now, struct self_verdict *verdict) {
  struct eyes eyes;
  if (stack_is_out(mind->stack)) judge->outage = now;
  eyes_look(mind, judge->outage, now, &eyes);
  if (!eyes.blind && eyes.all_seen) {
    finding_pass(&verdict->findings, &EJMON_NO_EYES);
    strings_free(judge->reasons);
    judge->reasons = NULL;
    judge->reason_count = 0;
  }
  struct finding *finding = eyes.blind ? eyes_finding(&eyes, &verdict->findings) : NULL;
  bool told_before = judge->reason_count > 0;
  for (size_t i = 0; i < eyes.reason_count; i++) {
    const struct blindness *blindness = &eyes.reasons[i];
    verdict->more_blind |= is_new_reason(judge, blindness->reason) && told_before;
    auto_free char *names = names_of(blindness);
    finding_evidence(finding, names, eyes_wanted(blindness), "%s", blindness->reason);
  }
  if (eyes.more) finding_evidence(finding, "others", NULL, "%zu, for reasons of their own", eyes.more);
  eyes_free(&eyes);
}

/* --- ejmon's own side of the network --------------------------------------------------------------------------------------- */

void self_side_take(struct self_judge *judge, const struct self_seen *seen) {
  if (!seen->side || seen->side_at <= judge->side_at) return;
  judge->side_at = seen->side_at;
  judge->link.missed = seen->side->link ? 0 : judge->link.missed + 1;
  judge->route.missed = seen->side->route ? 0 : judge->route.missed + 1;
  if (seen->side->asked) judge->resolver.missed = seen->side->resolver ? 0 : judge->resolver.missed + 1;
  judge->link.had |= seen->side->link;
  judge->route.had |= seen->side->route;
  judge->resolver.had |= seen->side->asked && seen->side->resolver;
}

/* What subjects that are not well need of ejmon's own side. */
struct falls {
  size_t watched, down, fresh; /* subjects that are reached over a network; of these, not well; of these, since within one interval */
  size_t hosts[SELF_HOSTS];    /* different hosts of the fresh */
  size_t host_count;
  bool link, route, resolver; /* what those that are not well need */
};

static bool is_down(const struct subject *subject, double *ret_since) {
  bool down = false;
  *ret_since = INFINITY;
  for (size_t i = 0; i < subject->opinion_count; i++) {
    const struct opinion *opinion = subject->opinions[i];
    down |= opinion->blind_reason != NULL;
    if (opinion->blind_reason) *ret_since = fmin(*ret_since, opinion->looked);
    for (size_t k = 0; (opinion->open_count || opinion->ill_count) && k < opinion->code_count; k++) {
      const struct symptom *symptom = &opinion->symptoms[k];
      if (symptom->state != SYMPTOM_ILL && !symptom_is_suspect(symptom)) continue;
      down = true;
      *ret_since = fmin(*ret_since, symptom->first_bad);
    }
  }
  return down;
}

static void falls_add_host(struct falls *falls, size_t host) {
  for (size_t i = 0; i < falls->host_count; i++) {
    if (falls->hosts[i] == host) return;
  }
  if (falls->host_count < SELF_HOSTS) falls->hosts[falls->host_count++] = host;
}

static struct falls falls_look(const struct self_judge *judge, const struct mind *mind, double now) {
  struct falls falls = {0};
  size_t at = 0; /* subjects too are in the order of their names */
  for (size_t i = 0; i < mind->subject_count; i++) {
    const struct subject *subject = mind->subjects[i];
    const struct whereabouts *place = subject->opinion_count ? where_next(judge->where, subject->name, &at) : NULL;
    if (!place || place->reach == REACH_LOCAL) continue;
    falls.watched++;
    double since;
    if (!is_down(subject, &since)) continue;
    falls.down++;
    falls.link = true;
    falls.route |= place->reach == REACH_FAR;
    falls.resolver |= place->named;
    if (now - since > fmin(place->interval, SELF_FALL_MOST) + 2 * SELF_SCAN) continue;
    falls.fresh++;
    falls_add_host(&falls, place->host);
  }
  return falls;
}

static void set(char **place, const char *sentence) {
  free(*place);
  *place = xstrdup(sentence);
}

#define FAILS(judge, part) ((judge)->part.missed >= SELF_LOOKS)

/* Which part of it fails that those who are not well need: a sentence, or NULL. `had`: only what was there once. */
static const char *failing(const struct self_judge *judge, const struct falls *falls, bool had) {
  if (falls->link && FAILS(judge, link) && (judge->link.had || !had)) {
    return translated("This machine has no link to any network: what ejmon sees of other machines is its own fault.");
  }
  if (falls->route && FAILS(judge, route) && (judge->route.had || !had)) {
    return translated("This machine has no default route: what ejmon sees of machines far away is its own fault.");
  }
  if (falls->resolver && FAILS(judge, resolver) && (judge->resolver.had || !had)) {
    return translated("The resolver of /etc/resolv.conf does not answer: ejmon finds no machine by its name.");
  }
  return NULL;
}

/* Do all parts of it stand that anybody may need? */
static bool is_sound(const struct self_judge *judge, const struct falls *falls) {
  if (!falls->watched) return true;
  return judge->side_at > 0 && !judge->link.missed && (!falls->route || !judge->route.missed) &&
         (!falls->resolver || !judge->resolver.missed);
}

static void look_at_network(struct self_judge *judge, const struct falls *falls, struct self_verdict *verdict) {
  const char *gone = failing(judge, falls, true);
  if (gone) {
    struct finding *finding = finding_add(&verdict->findings, &EJMON_NETWORK_GONE, "%s", gone);
    finding_evidence(finding, "subjects", NULL, "%zu of %zu that are reached over a network are not well", falls->down, falls->watched);
  } else if (!falls->down || is_sound(judge, falls)) {
    finding_pass(&verdict->findings, &EJMON_NETWORK_GONE);
  }
  set(&judge->network, gone);
}

/* Only while its own side fails too, and not as what was there once and is gone: that has a name of its own. */
static void look_at_many(struct self_judge *judge, const struct falls *falls, struct self_verdict *verdict) {
  bool most_fall = falls->host_count >= SELF_HOSTS && falls->fresh * 2 > falls->watched;
  bool most_down = falls->down * 2 > falls->watched;
  const char *side = failing(judge, falls, false);
  if (side && !judge->network && (judge->many ? most_down : most_fall)) {
    auto_free char *sentence =
        text_format(translated("%zu of %zu subjects on different hosts fell at once, and ejmon's own side of the network fails too."),
                    falls->down, falls->watched);
    struct finding *finding = finding_add(&verdict->findings, &EJMON_MANY_FALL, "%s", sentence);
    finding_evidence(finding, "own side", NULL, "%s", side);
    set(&judge->many, sentence);
    return;
  }
  if (!most_down || is_sound(judge, falls) || judge->network) finding_pass(&verdict->findings, &EJMON_MANY_FALL);
  set(&judge->many, NULL);
}

void self_scan(struct self_judge *judge, const struct mind *mind, double now, struct self_verdict *verdict) {
  judge->scanned = now;
  look_at_eyes(judge, mind, now, verdict);
  struct falls falls = falls_look(judge, mind, now);
  judge->falling = falls.down > 0;
  look_at_network(judge, &falls, verdict);
  look_at_many(judge, &falls, verdict);
}
