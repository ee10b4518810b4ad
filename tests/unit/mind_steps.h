/* The steps of a world (mind_world.h) as they are done: lives that begin and are killed, probes, sends, reloads, remedies; after each the
 * laws (mind_laws.h) are judged. */
#ifndef MIND_STEPS_H
#define MIND_STEPS_H

#include "mind_laws.h"
#include "monitor/core/mind_parts.h"

static const struct mind_host world_host = {.heals = world_heals, .describe = world_describe, .body = world_body, .changed = world_changed};

/* --- lives ------------------------------------------------------------------------------------------------------------------- */

static void life_begins(struct world *world) {
  struct mind_host host = world_host;
  host.context = world;
  mind_init(&world->mind, &host, world_rules, world->now);
  world_configure(world);
}

static void life_restores(struct world *world, bool same_boot) {
  struct rows rows = disk_load(&world->disk);
  mind_restore(&world->mind, &rows, same_boot, world->now, world->wall);
  rows_free(&rows);
  world->newest = world->mind.serial;
}

static void mark_what_the_disk_lacks(struct world *world) {
  for (int s = 0; s < SINKS; s++) {
    for (size_t i = 0; i < world->receivers[s].key_count; i++) {
      struct key *key = &world->receivers[s].keys[i];
      bool known = false;
      for (size_t k = 0; k < world->disk.incident_count && !known; k++) {
        const struct incident_row *row = &world->disk.incidents[k];
        known = text_equal(row->id, key->id) && row->closed <= 0;
      }
      key->orphan = !known; /* one whose end was given up is open again where no disk knows of that end */
    }
    for (size_t i = 0; i < world->mind.spool.count; i++) {
      const struct delivery *delivery = world->mind.spool.items[i];
      struct key *key = key_find(&world->receivers[s], delivery->row.incident);
      if (key && text_equal(delivery->row.sink, sink_names[s]) && delivery_is_over(delivery) && !disk_has(world, delivery))
        key->excused = true;
    }
  }
}

static void kill_it(struct world *world, bool locked, bool same_boot) {
  mark_what_the_disk_lacks(world);
  mind_free(&world->mind);
  for (int s = 0; s < SINKS; s++) world->receivers[s].flying = NULL;
  rows_free(&world->in_flight);
  world->is_in_flight = false;
  world->now += 0.1;
  world->wall += 0.1;
  if (!same_boot) world->now = 50 + world->now / 1000;
  world->boot += !same_boot;
  same_boot = world->boot == world->disk_boot;
  words_after_kill(world, same_boot);
  life_begins(world);
  world->locked = locked;
  world->locked_once |= locked;
  mind_set_store_trouble(&world->mind, locked);
  if (locked) {
    memset(world->known, 0, sizeof world->known);
    world->newest = world->mind.serial;
  } else {
    known_after_kill(world, same_boot);
    life_restores(world, same_boot);
    known_carry(world);
  }
}

/* The store can be read at last: what this life has not looked at for itself is as it was. */
static void unlock(struct world *world) {
  if (!world->locked) return;
  world->locked = false;
  mind_set_store_trouble(&world->mind, false);
  life_restores(world, world->boot == world->disk_boot);
  for (size_t i = 0; i < world->word_count; i++) {
    struct word *word = &world->words[i];
    if (word->disk.there) word->now = word->disk;
    if (word->now.lapsed > 0 && world->boot != world->disk_boot) word->now.lapsed = world->now;
  }
  for (int i = 0; i < CODES; i++) {
    if (world->known[i].run != 0) {
      world->known[i].ill |= world->on_disk[i].ill && is_of_now(world, i, &world->on_disk[i]) && world->known[i].run < world->setting.rise;
      continue;
    }
    if (!is_of_now(world, i, &world->on_disk[i])) continue;
    double handed = world->known[i].handed;
    world->known[i] = world->on_disk[i];
    if (world->known[i].handed > 0 && world->boot != world->disk_boot) world->known[i].handed = world->now;
    if (handed > 0) world->known[i].handed = handed;
    world->known[i].seen &= world->known[i].ill || world->known[i].carried;
    world->known[i].blind = false;
    if (!world->known[i].ill && world->known[i].run > 0) world->known[i].run = 0;
    world->known[i].slack = MIND_LOOK;
    if (world->known[i].handed > 0 && world->boot != world->disk_boot) world->known[i].handed = world->now;
    for (int s = 0; s < SINKS; s++) {
      if (world->known[i].untold[s] > 0) world->known[i].untold[s] = world->now;
    }
  }
  known_carry(world);
}

/* --- steps ------------------------------------------------------------------------------------------------------------------- */

static void probe(struct world *world, int check, const char *saw) {
  struct opinion *opinion = mind_opinion(&world->mind, check_name(world, check));
  if (!world->configured[check]) return;
  struct finding items[2];
  const struct code *passed[2];
  struct findings findings = {.items = items, .passed = passed};
  bool blind = saw[0] == 'U' && saw[1] == 'U';
  world->now += 0.001; /* no two at the same instant */
  for (int i = 0; i < 2; i++) {
    const struct code *code = world_codes[check][i];
    world->known[check * 2 + i].renamed = world->renamed[check];
    world->known[check * 2 + i].moved = world->moved[check];
    known_feed(&world->known[check * 2 + i], &world->setting, saw[i], blind, world->now);
    if (saw[i] == 'F') items[findings.count++] = (struct finding){.code = code, .severity = code->severity};
    if (saw[i] == 'P') passed[findings.passed_count++] = code;
  }
  mind_take(&world->mind, opinion, &findings, blind ? "no eyes" : NULL, world->now);
}

static void wait(struct world *world, double seconds) {
  double end = world->now + seconds;
  if (world->is_in_flight && seconds >= 5) mind_set_store_trouble(&world->mind, true);
  while (world->now < end && !world->broken) {
    double next = fmin(end, fmax(world->now + 0.001, mind_round(&world->mind, world->now, world->wall)));
    judge(world);
    world->wall += next - world->now;
    world->now = next;
  }
}

static bool send_begins(struct world *world, int s) {
  struct receiver *receiver = &world->receivers[s];
  if (receiver->flying) return false;
  struct delivery *delivery = spool_next(&world->mind.spool, sink_names[s], world->now, world->mind.store_trouble);
  if (!delivery) return false;
  if (!disk_has(world, delivery) && !world->mind.store_trouble) broken(world, "nothing is sent before it is on disk", delivery->row.id);
  spool_started(&world->mind.spool, delivery);
  receiver->flying = delivery;
  return true;
}

static void send_ends(struct world *world, int s, enum delivery_result result) {
  struct receiver *receiver = &world->receivers[s];
  struct delivery *delivery = receiver->flying;
  if (!delivery) return;
  receiver->flying = NULL;
  if (result == DELIVERY_DONE) receive(world, s, delivery);
  bool lost;
  mind_answered(&world->mind, delivery, result, 0, "no", world->now, world->wall, &lost);
}

static void sends(struct world *world, int s, int step) {
  if (step == 0) {
    while (send_begins(world, s)) send_ends(world, s, DELIVERY_DONE);
  }
  if (step == 1 && send_begins(world, s)) send_ends(world, s, DELIVERY_TRY_AGAIN);
  if (step == 2 && !send_begins(world, s)) return;
  if (step >= 3) send_ends(world, s, (enum delivery_result[]){DELIVERY_DONE, DELIVERY_TRY_AGAIN, DELIVERY_INTERRUPTED}[step - 3]);
}

/* A day of refusals in one. */
static void gives_up(struct world *world, int s) {
  if (!send_begins(world, s)) return;
  struct receiver *receiver = &world->receivers[s];
  struct delivery *delivery = receiver->flying;
  delivery->row.tries = SPOOL_GIVE_UP_TRIES - 1;
  delivery->row.made = world->wall - DAY - 1;
  delivery->owed_since = world->now - DAY - 1;
  struct key *key = key_find(receiver, delivery->row.incident);
  if (key && is_end(delivery->event)) key->orphan = true;
  if (key && !is_end(delivery->event)) key->excused = true; /* a kill has it sent again, even after the end */
  send_ends(world, s, DELIVERY_TRY_AGAIN);
  receiver->lost = world->deaf = true;
}

static void forget(struct world *world, int check) {
  memset(&world->known[check * 2], 0, 2 * sizeof world->known[0]);
}

static void reload(struct world *world, enum step step) {
  static const struct {
    int check, sink;
    enum { THERE, NAME, TARGET } changed;
  } what[] = {{0, -1, THERE},      {0, -1, NAME},         {0, -1, TARGET}, {1, -1, THERE}, {CHECK_X, -1, THERE},
              {CHECK_X, -1, NAME}, {CHECK_X, -1, TARGET}, {3, -1, THERE},  {-1, 0, THERE}, {-1, 1, THERE}};
  int check = what[step - A_COMES_GOES].check, sink = what[step - A_COMES_GOES].sink;
  if (check >= 0) {
    if (what[step - A_COMES_GOES].changed == TARGET) words_move(world, check);
    bool *changes = (bool *[]){world->configured, world->renamed, world->moved}[what[step - A_COMES_GOES].changed];
    changes[check] = !changes[check];
    forget(world, check);
  } else {
    struct receiver *receiver = &world->receivers[sink];
    receiver->configured = !receiver->configured;
    world->deaf |= !world->receivers[0].configured && !world->receivers[1].configured;
  }
  world_configure(world);
  known_carry(world);
}

static void heal(struct world *world, enum step step) {
  if (!world->setting.heals) return;
  for (size_t i = 0; i < world->mind.stack->incident_count; i++) {
    struct incident *incident = world->mind.stack->incidents[i];
    if (incident_is_over(incident) || incident->state == INCIDENT_PENDING || incident->healing == (step == HEAL_BEGINS)) continue;
    incident->healing = step == HEAL_BEGINS;
    if (step == HEAL_KEPT && !is_cured(world, incident)) step = HEAL_NEEDLESS;
    if (step == HEAL_KEPT) {
      incident_kept(incident, world->now);
      mind_repaired(&world->mind, incident);
    }
    if (step == HEAL_UNDONE) {
      incident->plan_step++;
      mind_update(&world->mind, incident, SEVERITY_WARNING, "in vain", world->now, world->wall);
    }
    mind_touch(&world->mind, incident);
    subject_mark(&world->mind, incident->subject);
    return;
  }
}

static void do_step(struct world *world, enum step step) {
  static const double waits[] = {1, 5, 30, 60};
  int check = -1;
  if (step <= C_PU) {
    check = step / 7;
    probe(world, check, (const char *const[]){"FF", "FP", "PF", "PP", "UU", "FU", "PU"}[step % 7]);
  } else if (step <= WAIT_60) {
    wait(world, waits[step - WAIT_1]);
  } else if (step >= P_TAKES && step <= Q_INTERRUPTED) {
    sends(world, (step - P_TAKES) / 6, (step - P_TAKES) % 6);
  } else if (step >= A_COMES_GOES && step <= Q_COMES_GOES) {
    reload(world, step);
  } else if (step >= HEAL_BEGINS && step <= HEAL_NEEDLESS) {
    heal(world, step);
  }
  if (step == FLUSH || step == FLUSH_FAILS) world_flush(world, step == FLUSH);
  if (step == FLUSH_BEGINS) world_flush_begins(world);
  if (step == FLUSH_LANDS || step == FLUSH_ANSWER_LOST) world_flush_lands(world, step == FLUSH_LANDS);
  if (step == KILL || step == KILL_AND_LOCKED || step == BOOT) kill_it(world, step == KILL_AND_LOCKED, step != BOOT);
  if (step == UNLOCK) unlock(world);
  if (step == DAY_ON) world->wall += DAY;
  if (step == DAY_BACK) world->wall -= DAY;
  if (step == P_GIVES_UP || step == Q_GIVES_UP) gives_up(world, step - P_GIVES_UP);
  if (step == DOUBT) world->mind.doubt = !world->mind.doubt;
  mind_round(&world->mind, world->now, world->wall);
  judge(world);
  if (check >= 0) judge_probe(world, check);
}

static void world_begins(struct world *world, const struct setting *setting) {
  *world = (struct world){.setting = *setting, .now = 1000, .wall = 1795403529.5, .configured = {true, true, true, true}};
  for (int s = 0; s < SINKS; s++) world->receivers[s].configured = true;
  life_begins(world);
  life_restores(world, true);
}

static void words_forget(struct world *world) {
  for (size_t i = 0; i < world->word_count; i++) free(world->words[i].id);
  free(world->words);
  world->words = NULL;
  world->word_count = 0;
}

static void world_ends(struct world *world) {
  mind_free(&world->mind);
  rows_free(&world->disk);
  rows_free(&world->in_flight);
  words_forget(world);
  for (int s = 0; s < SINKS; s++) {
    struct receiver *receiver = &world->receivers[s];
    for (size_t k = 0; k < receiver->key_count; k++) {
      free(receiver->keys[k].id);
      free(receiver->keys[k].subject);
    }
    free(receiver->keys);
    strings_free(receiver->ids);
    text_free(&receiver->heard);
  }
}

#endif
