/* What must hold in every state of a world (mind_world.h), whatever happened: a model that knows what probes saw and what receivers got,
 * and nothing of the mind's inner states. */
#ifndef MIND_LAWS_H
#define MIND_LAWS_H

#include "mind_world.h"

static void broken(struct world *world, const char *law, const char *what) {
  if (world->broken) return;
  world->broken = law;
  snprintf(world->detail, sizeof world->detail, "%s", what);
}

/* Does somebody look for that code of that subject now? */
static bool is_watched(const struct world *world, int code, const char *subject) {
  return world->configured[code / 2] && text_equal(check_subject(world, code / 2), subject);
}

/* Is this of the check as it is now? */
static bool is_of_now(const struct world *world, int code, const struct known *known) {
  return known->renamed == world->renamed[code / 2] && known->moved == world->moved[code / 2] && world->configured[code / 2];
}

/* --- the model of what is known ---------------------------------------------------------------------------------------------- */

/* `blind`: the check saw nothing at all, so what it saw last stands. */
static void known_feed(struct known *known, const struct setting *setting, char saw, bool blind, double now) {
  if (known->handed > 0) known->slack += now - known->handed;
  known->handed = 0;
  known->seen = saw == 'F' || (blind && known->seen);
  known->blind = saw == 'U';
  if (saw == 'F') known->run = known->run < 0 ? known->run - 1 : -1;
  if (saw == 'P') known->run = known->run > 0 ? known->run + 1 : 1;
  if (-known->run >= setting->fall && !known->ill) known->since = now;
  if (-known->run >= setting->fall) known->ill = true;
  if (saw == 'P' && known->run >= setting->rise) known->ill = known->carried = false;
}

static void known_carry(struct world *world) {
  for (int i = 0; i < CODES; i++) {
    const struct subject *subject = NULL;
    for (size_t k = 0; k < world->mind.subject_count; k++) {
      if (is_watched(world, i, world->mind.subjects[k]->name)) subject = world->mind.subjects[k];
    }
    for (size_t k = 0; subject && k < subject->incident_count; k++) {
      bool needed = cause_bits(subject->incidents[k]->code)->signature & 1u << i;
      if (needed && world->known[i].run <= 0) world->known[i].carried = true; /* else it has looked */
    }
  }
}

/* Would a remedy's judges pass it? */
static bool is_cured(const struct world *world, const struct incident *incident) {
  for (int i = 0; i < CODES; i++) {
    if (cause_bits(incident->code)->signature & 1u << i && world->known[i].seen) return false;
  }
  return true;
}

/* Seconds in which people are told of a fault that is seen, when nothing comes in between. */
static double patience(const struct world *world, int code) {
  return INCIDENT_WAIT + (world->setting.heals && (code / 2 != CHECK_X || world->setting.behind) ? PAGE_HOLD : 0);
}

static void known_after_kill(struct world *world, bool same_boot) {
  memcpy(world->known, world->on_disk, sizeof world->known);
  for (int i = 0; i < CODES; i++) {
    struct known *known = &world->known[i];
    if (!is_of_now(world, i, known)) *known = (struct known){0};
    known->seen &= known->ill || known->carried;
    known->blind = false;
    if (!known->ill && known->run > 0) known->run = 0; /* passes of a former life end nothing in this */
    known->slack += MIND_LOOK;
    if (known->handed > 0 && !same_boot) known->handed = world->now;
    if (!same_boot) known->since = world->now;
    for (int s = 0; s < SINKS; s++) {
      if (known->untold[s] > 0 && !same_boot) known->untold[s] = world->now;
      /* What was told too late for the disk is told again now. */
      if (known->untold[s] > 0) known->slack = fmax(known->slack, world->now - known->untold[s] - patience(world, i) + MIND_LOOK);
    }
  }
}

/* --- what they were told of --------------------------------------------------------------------------------------------------- */

static struct word *word_find(const struct world *world, const char *id) {
  for (size_t i = 0; i < world->word_count; i++) {
    if (text_equal(world->words[i].id, id)) return &world->words[i];
  }
  return NULL;
}

/* The gravest of these codes that are believed. */
static enum severity gravest(const struct world *world, unsigned codes) {
  enum severity severity = SEVERITY_INFO;
  for (int i = 0; i < CODES; i++) {
    const struct known *known = &world->known[i];
    if (codes & 1u << i && (known->ill || known->carried) && code_severity(i) > severity) severity = code_severity(i);
  }
  return severity;
}

static bool is_healing(const struct world *world, const struct word *word) {
  const struct incident *incident = mind_incident(&world->mind, word->id);
  return incident && incident->healing;
}

/* Does what was said account for this fault? Not for one that is graver than the word, or that came later and is graver than what it is of.
 */
static bool accounts(const struct world *world, const struct word *word, int code) {
  if (!(word->cause->covers & 1u << code)) return false;
  bool own = word->cause->signature & 1u << code;
  if (own && is_healing(world, word)) return true; /* a verdict comes first */
  if (word->must_move || (word->now.lapsed > 0 && world->known[code].since > word->now.lapsed)) return false;
  if (own) return code_severity(code) <= word->severity;
  return word->now.with & 1u << code || code_severity(code) <= gravest(world, word->cause->signature);
}

static void word_hear(struct world *world, const struct delivery *delivery) {
  struct word *word = word_find(world, delivery->row.incident);
  if (word && word->now.there) return; /* a sink that is new */
  if (!word) {
    word = array_push(&world->words, &world->word_count, sizeof *word);
    *word = (struct word){.id = xstrdup(delivery->row.incident), .cause = cause_bits(delivery->row.code)};
  }
  word->severity = delivery->severity;
  word->now = (struct said){.there = true};
  for (int i = 0; i < CODES; i++) {
    const struct known *known = &world->known[i];
    bool recovers = known->run > 0 && !known->blind;
    if (known->ill || known->carried) word->now.with |= word->cause->covers & 1u << i;
    if (known->ill) word->now.once |= word->cause->signature & 1u << i;
    if (known->ill && (known->seen || recovers)) word->now.signs |= word->cause->signature & 1u << i;
  }
}

static void word_look(const struct world *world, struct word *word) {
  bool passed = false, may_have_passed = false, unseen = false, may_be_unseen = false, sighted = false, surely_sighted = false;
  for (int i = 0; i < CODES; i++) {
    const struct known *known = &world->known[i];
    unsigned bit = 1u << i;
    if (!(word->cause->covers & bit) || !world->configured[i / 2]) continue;
    if (known->ill && known->seen && accounts(world, word, i)) word->now.with |= bit;
    if (!known->ill && known->run > 0) word->now.with &= ~bit;
    if (!(word->cause->signature & bit)) continue;
    if (known->ill) word->now.once |= bit;
    if (known->ill && known->seen) word->now.signs |= bit;
    bool passes = !known->ill && known->run > 0;
    passed |= passes && !known->carried && word->now.signs & bit;
    may_have_passed |= passes && word->now.once & bit;
    surely_sighted |= known->ill && !known->blind;
    bool there = known->ill || known->carried || known->run < 0;
    may_be_unseen |= known->blind;
    unseen |= there && known->blind && word->now.signs & bit;
    sighted |= there && !known->blind;
  }
  word->now.may_lapse |= may_have_passed && may_be_unseen && !surely_sighted;
  if (passed && unseen && !sighted && word->now.lapsed <= 0) word->now.lapsed = world->now;
}

static void words_after_kill(struct world *world, bool same_boot) {
  for (size_t i = 0; i < world->word_count; i++) {
    struct word *word = &world->words[i];
    word->now = word->disk;
    if (word->now.lapsed > 0 && !same_boot) word->now.lapsed = world->now;
    word->flying = (struct said){0};
    word->must_move = false;
  }
}

/* The check looks at something else from now on. */
static void words_move(struct world *world, int check) {
  for (size_t i = 0; i < world->word_count; i++) {
    struct word *word = &world->words[i];
    for (int code = check * 2; code < check * 2 + 2; code++) {
      word->now.with &= ~(1u << code);
      if (!(word->cause->signature & 1u << code) || !world->configured[check]) continue;
      const struct incident *incident = mind_incident(&world->mind, word->id);
      word->may_move = true;
      word->must_move |= world->known[code].ill && incident && !incident_is_over(incident) && word->now.signs & 1u << code;
    }
  }
}

/* --- what receivers know ----------------------------------------------------------------------------------------------------- */

static struct key *key_find(const struct receiver *receiver, const char *id) {
  for (size_t i = 0; i < receiver->key_count; i++) {
    if (text_equal(receiver->keys[i].id, id)) return &receiver->keys[i];
  }
  return NULL;
}

static bool is_end(enum notice_event event) {
  return event == NOTICE_RESOLVED || event == NOTICE_WITHDRAWN;
}

static bool owes_end(const struct world *world, int sink, const char *incident) {
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *delivery = world->mind.spool.items[i];
    if (is_end(delivery->event) && !delivery_is_over(delivery) && *delivery->row.sink == *sink_names[sink] &&
        text_equal(delivery->row.incident, incident))
      return true;
  }
  return false;
}

/* Was the sink told, or is it being told, of something open that accounts for the code? */
static bool is_told(const struct world *world, int sink, int code, const char *subject, const char *but) {
  const struct receiver *receiver = &world->receivers[sink];
  for (size_t i = 0; i < receiver->key_count; i++) {
    const struct key *key = &receiver->keys[i];
    const struct word *word = word_find(world, key->id);
    if ((key->open || key->excused) && !key->orphan && word && accounts(world, word, code) && text_equal(key->subject, subject) &&
        !text_equal(key->id, but) && !owes_end(world, sink, key->id))
      return true;
  }
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *delivery = world->mind.spool.items[i];
    const struct word *word = word_find(world, delivery->row.incident);
    if (delivery->event == NOTICE_TRIGGERED && !delivery_is_over(delivery) && *delivery->row.sink == *sink_names[sink] &&
        text_equal(delivery->row.subject, subject) && word && accounts(world, word, code) && !text_equal(delivery->row.incident, but) &&
        !owes_end(world, sink, delivery->row.incident))
      return true;
  }
  return false;
}

static bool is_covered(const struct world *world, int sink, int code) {
  if (is_told(world, sink, code, check_subject(world, code / 2), NULL)) return true;
  return code == 4 && world->setting.behind && world->configured[0] && (world->known[0].ill || world->known[0].carried) &&
         is_told(world, sink, 0, MIND_STACK, NULL);
}

static bool listens(const struct world *world, int sink) {
  return world->receivers[sink].configured && !world->receivers[sink].lost;
}

/* What a receiver gets; the same notice twice is one. */
static void receive(struct world *world, int sink, const struct delivery *delivery) {
  struct receiver *receiver = &world->receivers[sink];
  receiver->lost = false;
  for (size_t i = 0; i < receiver->id_count; i++) {
    if (text_equal(receiver->ids[i], delivery->row.id)) return;
  }
  strings_append(&receiver->ids, &receiver->id_count, delivery->row.id);
  struct key *key = key_find(receiver, delivery->row.incident);
  bool of_stack = text_equal(delivery->row.subject, MIND_STACK);
  if (world->listens)
    text_printf(&receiver->heard, "%s %s%s%s; ", delivery->row.event, delivery->row.code, of_stack ? "" : "@",
                of_stack ? "" : delivery->row.subject);
  if (delivery->event == NOTICE_TRIGGERED) {
    if (key && !key->excused) broken(world, "a key begins once", key->id);
    if (!key) {
      key = array_push(&receiver->keys, &receiver->key_count, sizeof *key);
      *key = (struct key){
          .id = xstrdup(delivery->row.incident), .subject = xstrdup(delivery->row.subject), .cause = cause_bits(delivery->row.code)};
    }
    for (size_t i = 0; i < receiver->key_count && !world->locked_once; i++) {
      const struct key *other = &receiver->keys[i];
      if (other != key && other->open && !other->orphan && !other->excused && other->cause == key->cause &&
          text_equal(other->subject, key->subject) && !owes_end(world, sink, other->id) && !owes_end(world, sink, key->id))
        broken(world, "one open key per subject and cause", key->id);
    }
    key->open = true;
    return;
  }
  if (!key && delivery->event == NOTICE_UPDATED) return; /* a remedy worked before anybody was called */
  if (!key || (!key->open && !key->excused)) broken(world, "nothing is said of a key that is not open", delivery->row.id);
  if (key && is_end(delivery->event)) key->open = false;
}

/* --- the laws ---------------------------------------------------------------------------------------------------------------- */

static bool is_first_word(const struct world *world, const struct delivery *delivery) {
  for (int s = 0; s < SINKS; s++) {
    if (key_find(&world->receivers[s], delivery->row.incident)) return false;
  }
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *other = world->mind.spool.items[i];
    if (other->row.serial < delivery->row.serial && text_equal(other->row.incident, delivery->row.incident)) return false;
  }
  return true;
}

static void judge_notice(struct world *world, const struct delivery *delivery) {
  const char *subject = delivery->row.subject;
  const struct cause_bits *cause = cause_bits(delivery->row.code);
  const struct word *word = word_find(world, delivery->row.incident);
  bool all_watched = true, any_seen = false, all_ill = true, any_ill = false, any_passed = false, rest_told = true, graver = false;
  for (int i = 0; i < CODES; i++) {
    if (!(cause->signature & 1u << i)) continue;
    const struct known *known = &world->known[i];
    bool watched = is_watched(world, i, subject), ill = watched && (known->ill || known->carried);
    all_watched &= watched;
    any_seen |= watched && known->seen;
    all_ill &= ill;
    any_ill |= ill;
    any_passed |= watched && known->run > 0 && !known->ill;
    graver |= ill && known->seen && word && code_severity(i) > word->severity;
    bool own = !cause->any || (word && word->now.signs & 1u << i);
    if (!watched || !known->ill || !own) continue;
    for (int s = 0; s < SINKS; s++) {
      rest_told &= !listens(world, s) || is_told(world, s, i, subject, delivery->row.incident);
    }
  }
  if (delivery->event == NOTICE_TRIGGERED && !world->deaf && is_first_word(world, delivery) &&
      !((cause->any ? any_ill : all_ill) && any_seen))
    broken(world, "nothing is told that is not seen", delivery->row.id);
  if (delivery->event == NOTICE_RESOLVED && !(all_watched && any_passed && rest_told && !(word && word->must_move)))
    broken(world, "what is resolved has passed", delivery->row.id);
  bool stale = world->deaf || (word && (word->now.may_lapse || word->may_move || graver));
  if (delivery->event == NOTICE_WITHDRAWN && all_watched && !stale) broken(world, "what is watched is not withdrawn", delivery->row.id);
}

static void judge(struct world *world) {
  world->states++;
  long newest = world->newest;
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *delivery = world->mind.spool.items[i];
    bool fresh = delivery->row.serial > world->newest || !delivery_is_over(delivery); /* a new life owes what it was not seen to say */
    if (delivery->event == NOTICE_TRIGGERED && fresh) word_hear(world, delivery);
    if (delivery->row.serial > world->newest) judge_notice(world, delivery);
    if (delivery->row.serial > newest) newest = delivery->row.serial;
  }
  world->newest = newest;
  for (size_t i = 0; i < world->word_count; i++) word_look(world, &world->words[i]);
  for (int i = 0; i < CODES; i++) {
    struct known *known = &world->known[i];
    double bound = patience(world, i) + known->slack + (known->doubted ? DOUBT_HOLD : 0) + 0.1;
    bool any = false;
    for (int s = 0; s < SINKS; s++) {
      if (!world->configured[i / 2] || !known->ill || !known->seen || !listens(world, s) || is_covered(world, s, i)) known->untold[s] = 0;
      any |= known->untold[s] > 0;
      if (known->untold[s] > 0 && known->handed <= 0 && world->now - known->untold[s] > bound)
        broken(world, "never silent", world_codes[i / 2][i % 2]->name);
    }
    known->doubted = any && (known->doubted || world->mind.doubt);
    if (!any) known->slack = 0;
  }
}

/* After a probe: time in which it is seen and not told begins to count. */
static void judge_probe(struct world *world, int check) {
  for (int i = check * 2; i < check * 2 + 2; i++) {
    struct known *known = &world->known[i];
    for (int s = 0; s < SINKS; s++) {
      if (known->ill && known->seen && listens(world, s) && !is_covered(world, s, i) && known->untold[s] <= 0) {
        known->untold[s] = world->now;
        known->doubted |= world->mind.doubt;
      }
    }
  }
}

#endif
