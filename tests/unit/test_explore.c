/* The mind explored as compiled: every short row of steps, and many long ones at random, in a world under a virtual clock, against the laws
 * of mind_laws.h in every state. `EXPLORE=1000000 build/release/tests/unit/test_explore` for more than a slice, EXPLORE_SEED for others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "mind_steps.h"

#define ROW_LIMIT 64

/* At the end all is well, disk and receivers do their work, and nothing is left. */
static void judge_end(struct world *world) {
  for (size_t i = 0; i < world->mind.subject_count; i++) {
    if (world->mind.subjects[i]->incident_count) broken(world, "what is over ends", world->mind.subjects[i]->incidents[0]->id);
  }
  for (size_t i = 0; i < world->mind.spool.count; i++) {
    if (!world->mind.spool.items[i]->missing) broken(world, "what is owed is sent", world->mind.spool.items[i]->row.id);
  }
  for (size_t i = 0; i < world->disk.incident_count; i++) {
    if (world->disk.incidents[i].closed <= 0) broken(world, "what is over ends on the disk too", world->disk.incidents[i].id);
  }
  for (size_t i = 0; i < world->disk.symptom_count; i++) {
    if (!world->disk.symptoms[i].gone) broken(world, "what is well again goes from the disk", world->disk.symptoms[i].code);
  }
  for (int s = 0; s < SINKS; s++) {
    for (size_t i = 0; i < world->receivers[s].key_count; i++) {
      const struct key *key = &world->receivers[s].keys[i];
      if (key->open && !key->orphan && !key->excused) broken(world, "every key ends", key->id);
    }
  }
}

static bool is_quiet(const struct world *world) {
  size_t incidents = 0;
  for (size_t i = 0; i < world->mind.subject_count; i++) incidents += world->mind.subjects[i]->incident_count;
  return incidents == 0 && world->mind.spool.count == 0 && world->mind.changes == world->mind.stored;
}

/* All is well again, for long enough. */
static void calm(struct world *world) {
  unlock(world);
  world_flush_lands(world, true);
  world->mind.doubt = false;
  for (int s = 0; s < SINKS; s++) {
    if (!world->receivers[s].configured) do_step(world, P_COMES_GOES + s);
    send_ends(world, s, DELIVERY_INTERRUPTED);
  }
  for (int i = 0; i < 8; i++) do_step(world, HEAL_NEEDLESS);
  for (int i = 0; i < 6 && !world->broken && (i < 2 || !is_quiet(world)); i++) {
    do_step(world, A_PP);
    do_step(world, B_PP);
    do_step(world, X_PP);
    do_step(world, C_PP);
    do_step(world, FLUSH);
    do_step(world, P_TAKES);
    do_step(world, Q_TAKES);
    do_step(world, FLUSH);
    world->now += 400;
    world->wall += 400;
  }
  if (!world->broken) judge_end(world);
}

static unsigned long states_seen;

/* Returns the law that did not hold, or NULL; *ret_detail with what, *ret_steps after how many steps. */
static const char *live(const struct setting *setting, const unsigned char *row, size_t count, char *ret_detail, size_t *ret_steps) {
  struct world world;
  world_begins(&world, setting);
  size_t i = 0;
  while (i < count && !world.broken) do_step(&world, (enum step)row[i++]);
  *ret_steps = i;
  if (!world.broken) calm(&world);
  states_seen += world.states;
  memcpy(ret_detail, world.detail, sizeof world.detail);
  world_ends(&world);
  return world.broken;
}

/* --- what is told of a story that breaks a law --------------------------------------------------------------------------------- */

static size_t shrink(const struct setting *setting, unsigned char *row, size_t count, const char *law) {
  char detail[160];
  size_t steps;
  for (bool any = true; any;) {
    any = false;
    for (size_t i = 0; i < count; i++) {
      unsigned char less[ROW_LIMIT];
      memcpy(less, row, i);
      memcpy(less + i, row + i + 1, count - i - 1);
      if (live(setting, less, count - 1, detail, &steps) != law) continue;
      memcpy(row, less, --count);
      any = true;
      i--;
    }
  }
  return count;
}

static void explore_row(const struct setting *setting, const unsigned char *row, size_t count) {
  char detail[160];
  size_t steps;
  const char *law = live(setting, row, count, detail, &steps);
  if (!law) return;
  unsigned char less[ROW_LIMIT];
  memcpy(less, row, steps);
  count = shrink(setting, less, steps, law);
  law = live(setting, less, count, detail, &steps);
  print_error("%s: %s\n  %s, %s, rise %ld, fall %ld:", law, detail, setting->behind ? "behind" : "by itself",
              setting->heals ? "heals" : "by hand", setting->rise, setting->fall);
  for (size_t i = 0; i < count; i++) print_error(" %s", step_names[less[i]]);
  print_error("\n");
  fail();
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------- */

static uint64_t seed;
static unsigned chance(unsigned below) {
  seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
  return (unsigned)((seed >> 20) % below);
}

/* What happens often, and what happens now and then. */
static enum step random_step(void) {
  unsigned what = chance(100);
  if (what < 42) return (enum step)chance(C_PU + 1);
  if (what < 56) return WAIT_1 + chance(4);
  if (what < 66) return FLUSH;
  if (what < 70) return FLUSH_FAILS + chance(4);
  if (what < 76) return chance(2) ? P_TAKES : Q_TAKES;
  if (what < 82) return P_TAKES + chance(12);
  return KILL + chance(STEPS - KILL);
}

static void random_rows(unsigned long rows, uint64_t first_seed) {
  seed = first_seed * 0x9E3779B97F4A7C15u + 1;
  for (unsigned long n = 0; n < rows; n++) {
    unsigned char row[ROW_LIMIT];
    size_t count = 4 + chance(ROW_LIMIT - 4);
    for (size_t i = 0; i < count; i++) row[i] = (unsigned char)random_step();
    long rise = 1 + (long)chance(2), fall = 1 + (long)chance(2);
    explore_row(&(struct setting){.behind = chance(2), .heals = chance(2), .rise = rise, .fall = fall}, row, count);
  }
}

static void say_speed(const char *what, unsigned long rows, clock_t since) {
  double seconds = (double)(clock() - since) / CLOCKS_PER_SEC;
  print_message("%s: %lu rows, %lu states, %.1f s, %.0f rows/s\n", what, rows, states_seen, seconds, (double)rows / fmax(seconds, 0.001));
  states_seen = 0;
}

static void every_short_row_keeps_the_laws(void **state) {
  (void)state;
  static const unsigned char steps[] = {A_FF, A_FP, A_PP,    B_FP,    B_PP,  X_FF,    X_PP, C_FF,         C_PF,
                                        C_FU, C_PU, WAIT_30, WAIT_60, FLUSH, P_TAKES, KILL, A_COMES_GOES, Q_COMES_GOES};
  unsigned long rows = 0;
  clock_t since = clock();
  size_t depth = getenv("EXPLORE") ? 5 : 4;
  size_t total = 1;
  for (size_t i = 0; i < depth; i++) total *= countof(steps);
  for (size_t n = 0; n < total; n++, rows++) {
    unsigned char row[8];
    size_t rest = n;
    for (size_t i = 0; i < depth; i++, rest /= countof(steps)) row[i] = steps[rest % countof(steps)];
    explore_row(&(struct setting){.behind = n % 2, .heals = n / 2 % 2, .rise = 1, .fall = 1}, row, depth);
  }
  say_speed("short", rows, since);
}

static void long_rows_at_random_keep_the_laws(void **state) {
  (void)state;
  const char *many = getenv("EXPLORE"), *first_seed = getenv("EXPLORE_SEED");
  unsigned long rows = many ? strtoul(many, NULL, 10) : 10000;
  clock_t since = clock();
  random_rows(rows, first_seed ? strtoul(first_seed, NULL, 10) : 20261129);
  say_speed("random", rows, since);
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_short_row_keeps_the_laws),
      cmocka_unit_test(long_rows_at_random_keep_the_laws),
  };
  if (argc > 1) cmocka_set_test_filter(argv[1]); /* "long*" */
  return cmocka_run_group_tests(tests, NULL, NULL);
}
