/* The last telling of each Rocket.Chat; see rocket_seen.h. */
#include "checks/rocketchat/rocket_seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"

#define LOOK_SECONDS 0.01 /* between two looks at whether the other one has ended; there is at most one such wait per probe */

struct entry {
  char *base;
  int asking;
  double when; /* 0: nothing told yet */
  struct rocket_seen seen;
};

static struct entry entries[ROCKET_SEEN_LIMIT];

static struct entry *entry_find(const char *base) {
  for (size_t i = 0; i < countof(entries); i++) {
    if (text_equal(entries[i].base, base)) return &entries[i];
  }
  return NULL;
}

/* A new one, in place of the oldest that nobody asks for; NULL when all are asked for. */
static struct entry *entry_make(const char *base) {
  struct entry *oldest = NULL;
  for (size_t i = 0; i < countof(entries); i++) {
    if (!entries[i].asking && (!oldest || entries[i].when < oldest->when)) oldest = &entries[i];
  }
  if (!oldest) return NULL;
  free(oldest->base);
  rocket_seen_free(&oldest->seen);
  *oldest = (struct entry){.base = xstrdup(base)};
  return oldest;
}

void rocket_seen_free(struct rocket_seen *seen) {
  json_decref(seen->settings);
  *seen = (struct rocket_seen){0};
}

void rocket_seen_begin(const char *base) {
  struct entry *entry = entry_find(base);
  if (!entry) entry = entry_make(base);
  if (entry) entry->asking++;
}

void rocket_seen_end(const char *base, const struct rocket_seen *seen) {
  struct entry *entry = entry_find(base);
  if (!entry) return;
  if (entry->asking > 0) entry->asking--; /* one that found no room when it began was not counted */
  rocket_seen_free(&entry->seen);
  entry->when = loop_monotonic();
  if (!seen) return;
  entry->seen = *seen;
  json_incref(entry->seen.settings);
}

int rocket_seen_wait(const char *base, double patience, struct rocket_seen *ret_seen) {
  double until = loop_monotonic() + patience;
  struct entry *entry;
  while ((entry = entry_find(base)) && entry->asking > 0 && loop_monotonic() < until) {
    int r = task_sleep(LOOK_SECONDS);
    if (r < 0) return r;
  }
  if (entry && entry->asking > 0) return -ENODATA;
  if (!entry || entry->when <= 0 || loop_monotonic() - entry->when > ROCKET_SEEN_SECONDS) return -ENOENT;
  if (!entry->seen.known) return -ENODATA;
  *ret_seen = entry->seen;
  json_incref(ret_seen->settings);
  return 0;
}
