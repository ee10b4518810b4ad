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

/* --- the model of what is known ---------------------------------------------------------------------------------------------- */

static void known_feed(struct known *known, const struct setting *setting, char saw, double now) {
  if (known->handed > 0) known->slack += now - known->handed;
  known->handed = 0;
  known->seen = saw == 'F';
  if (saw == 'F') known->run = known->run < 0 ? known->run - 1 : -1;
  if (saw == 'P') known->run = known->run > 0 ? known->run + 1 : 1;
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
      if (cause_bits(subject->incidents[k]->code)->signature & 1u << i) world->known[i].carried = true;
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
  return INCIDENT_WAIT + (world->setting.heals && (code < 4 || world->setting.behind) ? PAGE_HOLD : 0);
}

static void known_after_kill(struct world *world, bool same_boot) {
  memcpy(world->known, world->on_disk, sizeof world->known);
  for (int i = 0; i < CODES; i++) {
    struct known *known = &world->known[i];
    if (known->renamed != world->renamed[i / 2] || !world->configured[i / 2]) *known = (struct known){0};
    known->seen = known->ill && known->run < 0;
    if (!known->ill && known->run > 0) known->run = 0; /* passes of a former life end nothing in this */
    known->slack += MIND_LOOK;
    if (known->handed > 0 && !same_boot) known->handed = world->now;
    for (int s = 0; s < SINKS; s++) {
      if (known->untold[s] > 0 && !same_boot) known->untold[s] = world->now;
      /* What was told too late for the disk is told again now. */
      if (known->untold[s] > 0) known->slack = fmax(known->slack, world->now - known->untold[s] - patience(world, i) + MIND_LOOK);
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
    if ((key->open || key->excused) && !key->orphan && key->cause->covers & 1u << code && text_equal(key->subject, subject) &&
        !text_equal(key->id, but) && !owes_end(world, sink, key->id))
      return true;
  }
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *delivery = world->mind.spool.items[i];
    if (delivery->event == NOTICE_TRIGGERED && !delivery_is_over(delivery) && *delivery->row.sink == *sink_names[sink] &&
        text_equal(delivery->row.subject, subject) && cause_bits(delivery->row.code)->covers & 1u << code &&
        !text_equal(delivery->row.incident, but) && !owes_end(world, sink, delivery->row.incident))
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
  bool all_watched = true, any_seen = false, all_ill = true, any_passed = false, rest_told = true;
  for (int i = 0; i < CODES; i++) {
    if (!(cause_bits(delivery->row.code)->signature & 1u << i)) continue;
    const struct known *known = &world->known[i];
    bool watched = is_watched(world, i, subject);
    all_watched &= watched;
    any_seen |= watched && (known->seen || (known->carried && known->run <= 0));
    all_ill &= watched && (known->ill || known->carried);
    any_passed |= watched && known->run > 0 && !known->ill;
    if (!watched || !known->ill) continue;
    for (int s = 0; s < SINKS; s++) {
      rest_told &= !listens(world, s) || is_told(world, s, i, subject, delivery->row.incident);
    }
  }
  if (delivery->event == NOTICE_TRIGGERED && !world->deaf && is_first_word(world, delivery) && !(all_ill && any_seen))
    broken(world, "nothing is told that is not seen", delivery->row.id);
  if (delivery->event == NOTICE_RESOLVED && !(all_watched && any_passed && rest_told))
    broken(world, "what is resolved has passed", delivery->row.id);
  if (delivery->event == NOTICE_WITHDRAWN && all_watched) broken(world, "what is watched is not withdrawn", delivery->row.id);
}

static void judge(struct world *world) {
  world->states++;
  long newest = world->newest;
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    const struct delivery *delivery = world->mind.spool.items[i];
    if (delivery->row.serial > world->newest) judge_notice(world, delivery);
    if (delivery->row.serial > newest) newest = delivery->row.serial;
  }
  world->newest = newest;
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
