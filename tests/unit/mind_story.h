/* Stories in a world (mind_steps.h): steps that are done one by one, with the laws judged after each, and what receivers heard. */
#ifndef MIND_STORY_H
#define MIND_STORY_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mind_steps.h"

static struct world world;

static void begin(bool behind, bool heals, long rise, long fall) {
  world_begins(&world, &(struct setting){.behind = behind, .heals = heals, .rise = rise, .fall = fall});
  world.listens = true;
}

static int clean(void **state) {
  (void)state;
  world_ends(&world);
  return 0;
}

static void story(const enum step *steps, size_t count) {
  for (size_t i = 0; i < count; i++) {
    do_step(&world, steps[i]);
    if (world.broken) fail_msg("%s: %s, after step %zu (%s)", world.broken, world.detail, i, step_names[steps[i]]);
  }
}
#define DO(...) story((const enum step[]){__VA_ARGS__}, sizeof((const enum step[]){__VA_ARGS__}) / sizeof(enum step))
#define SEND FLUSH, P_TAKES, Q_TAKES, FLUSH

static void assert_heard(int sink, const char *want) {
  assert_string_equal(text_get(&world.receivers[sink].heard), want);
  text_clear(&world.receivers[sink].heard);
}

static struct incident *open_incident(const char *subject, const char *code) {
  struct subject *found = mind_subject(&world.mind, subject);
  return found ? mind_find(found, code) : NULL;
}

#endif
