/* Which notices are owed, when they are tried again and when they are given up; in which order a sink gets them is queue.c's. See spool.h.
 */
#include "monitor/core/spool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/core/queue.h"

#define SPENT_FEW 64u /* among so few items what is spent is freed at once; */
#define SPENT_PART 8u /* among more, when it is this part of them: so each costs a walk over a few */

bool delivery_is_over(const struct delivery *delivery) {
  return delivery->row.done > 0;
}

/* --- sinks ----------------------------------------------------------------------------------------------------------------- */

struct sink_health *spool_sink(const struct spool *spool, const char *name) {
  for (size_t i = 0; i < spool->sink_count; i++) {
    if (text_equal(spool->sinks[i].name, name)) return &spool->sinks[i];
  }
  return NULL;
}

static void sink_free(struct sink_health *sink) {
  queue_free(sink->queue);
  free(sink->name);
  free(sink->refusal);
  free(sink->place);
  strings_free(sink->lost_what);
}

static size_t add_sink(struct spool *spool, const char *name) {
  struct sink_health *sink = array_push(&spool->sinks, &spool->place_count, sizeof *sink);
  *sink = (struct sink_health){.name = xstrdup(name), .queue = queue_make()};
  return spool->place_count - 1;
}

/* Who is not configured gets a place behind those who are. */
static size_t need_sink(struct spool *spool, const char *name) {
  for (size_t i = 0; i < spool->place_count; i++) {
    if (text_equal(spool->sinks[i].name, name)) return i;
  }
  return add_sink(spool, name);
}

static struct sink_health *sink_of(const struct spool *spool, const struct delivery *delivery) {
  return &spool->sinks[delivery->sink];
}

static void owe(struct spool *spool, struct delivery *delivery) {
  delivery->sink = need_sink(spool, delivery->row.sink);
  delivery->missing = delivery->sink >= spool->sink_count;
  struct sink_health *sink = sink_of(spool, delivery);
  sink->owed++;
  sink->flying += delivery->flying;
  queue_add(sink->queue, delivery);
}

void spool_set_sinks(struct spool *spool, const char *const *names, size_t count) {
  struct spool former = *spool;
  spool->sinks = NULL;
  spool->sink_count = spool->place_count = spool->swept = 0;
  for (size_t i = 0; i < count; i++) {
    size_t place = add_sink(spool, names[i]);
    struct sink_health *known = spool_sink(&former, names[i]), *sink = &spool->sinks[place];
    if (!known) continue;
    struct sink_health fresh = *sink;
    *sink = *known;
    sink->owed = sink->flying = 0;
    sink->queue = fresh.queue;
    *known = (struct sink_health){.name = fresh.name, .queue = known->queue};
  }
  spool->sink_count = count;
  for (size_t i = 0; i < former.place_count; i++) sink_free(&former.sinks[i]);
  free(former.sinks);
  for (size_t i = 0; i < spool->count; i++) {
    if (!delivery_is_over(spool->items[i])) owe(spool, spool->items[i]);
  }
}

/* --- what is owed ---------------------------------------------------------------------------------------------------------- */

struct delivery *spool_add(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity) {
  struct delivery *delivery = xcalloc(1, sizeof *delivery);
  *delivery = (struct delivery){.row = *row, .event = event, .severity = severity, .owed_since = row->next_at, .order = ++spool->added};
  *row = (struct delivery_row){0};
  struct delivery **place = array_push(&spool->items, &spool->count, sizeof(struct delivery *));
  *place = delivery;
  if (delivery_is_over(delivery)) {
    spool->over++;
  } else {
    owe(spool, delivery);
  }
  return delivery;
}

struct delivery *spool_restore(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity, double now) {
  struct delivery *delivery = spool_add(spool, row, event, severity);
  delivery->known = true;
  delivery->owed_since = now;
  return delivery;
}

bool spool_owes_beginning(const struct spool *spool, const char *name, const char *incident) {
  const struct sink_health *sink = spool_sink(spool, name);
  const struct delivery *delivery = sink ? queue_first(sink->queue, incident) : NULL;
  while (delivery && (delivery->event != NOTICE_TRIGGERED || delivery->flying)) delivery = delivery->after;
  return delivery != NULL;
}

struct delivery *spool_next(struct spool *spool, const char *name, double now, bool from_memory) {
  const struct sink_health *sink = spool_sink(spool, name);
  return sink && sink->flying < SPOOL_AT_ONCE ? queue_next(sink->queue, now, from_memory) : NULL;
}

double spool_next_at(struct spool *spool, const char *name, double now) {
  const struct sink_health *sink = spool_sink(spool, name);
  return sink && sink->flying < SPOOL_AT_ONCE ? queue_next_at(sink->queue, now) : INFINITY;
}

void spool_try_anew(struct spool *spool, const char *name, double now) {
  struct sink_health *sink = spool_sink(spool, name);
  for (size_t i = 0; sink && i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (delivery_is_over(delivery) || sink_of(spool, delivery) != sink || delivery->row.next_at <= now) continue;
    delivery->row.next_at = now;
    queue_changed(sink->queue, delivery);
  }
}

void spool_started(struct spool *spool, struct delivery *delivery) {
  struct sink_health *sink = sink_of(spool, delivery);
  delivery->flying = true;
  sink->flying++;
  queue_changed(sink->queue, delivery);
}

/* --- how it ends ----------------------------------------------------------------------------------------------------------- */

static void set_error(char **place, const char *error) {
  free(*place);
  *place = xstrdup(error ? error : "");
}

static void spool_finish(struct spool *spool, struct delivery *delivery, const char *verdict, double wall) {
  struct sink_health *sink = sink_of(spool, delivery);
  delivery->row.done = wall > 0 ? wall : 1;
  free(delivery->row.verdict);
  delivery->row.verdict = xstrdup(verdict);
  queue_remove(sink->queue, delivery);
  sink->owed--;
  spool->over++;
}

static void count_loss(struct sink_health *sink, const struct delivery *delivery, double now) {
  if (sink->lost == 0) {
    strings_free(sink->lost_what);
    sink->lost_what = NULL;
    sink->lost_in_row = 0;
  }
  sink->lost++;
  sink->lost_in_row++;
  sink->lost_at = now;
  strings_push(&sink->lost_what, delivery->row.summary);
  if (strings_count(sink->lost_what) <= SPOOL_LOST_NAMED) return;
  free(sink->lost_what[0]);
  memmove(sink->lost_what, sink->lost_what + 1, (SPOOL_LOST_NAMED + 1) * sizeof(char *));
}

static bool is_too_old(const struct delivery *delivery, double now, double wall) {
  return wall - delivery->row.made > SPOOL_GIVE_UP_SECONDS && now - delivery->owed_since > SPOOL_GIVE_UP_SECONDS;
}

static void put_off(struct delivery *delivery, double retry_after, const char *error, double now) {
  double pause = fmin(SPOOL_RETRY_FIRST * exp2(fmin((double)delivery->row.tries, 16)), SPOOL_RETRY_MOST);
  delivery->row.tries++;
  delivery->row.next_at = now + fmax(pause, fmin(retry_after, SPOOL_RETRY_AFTER_MOST));
  set_error(&delivery->row.error, error);
}

/* What one that is configured has said, for health and status. */
static void hear(struct sink_health *sink, enum delivery_result result, const char *error, double wall) {
  if (result == DELIVERY_DONE) {
    sink->last_success = wall;
    sink->refusals = sink->lost = 0;
  }
  if (result != DELIVERY_TRY_AGAIN) return;
  sink->refusals++;
  sink->last_refusal = wall;
  set_error(&sink->refusal, error);
}

void spool_ended(struct spool *spool, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                 double now, double wall, bool *ret_lost) {
  struct sink_health *sink = sink_of(spool, delivery);
  *ret_lost = false;
  sink->flying -= delivery->flying;
  delivery->flying = false;
  if (result == DELIVERY_TRY_AGAIN) {
    put_off(delivery, retry_after, error, now);
    *ret_lost = delivery->row.tries >= SPOOL_GIVE_UP_TRIES && is_too_old(delivery, now, wall);
  }
  if (*ret_lost && !delivery->missing) count_loss(sink, delivery, now);
  if (!delivery->missing) hear(sink, result, error, wall);
  if (result == DELIVERY_DONE || *ret_lost) {
    spool_finish(spool, delivery, *ret_lost ? "lost" : "delivered", wall);
  } else {
    queue_changed(sink->queue, delivery);
  }
}

struct delivery *spool_drop_missing(struct spool *spool, double now, double wall) {
  while (spool->swept < spool->count) {
    struct delivery *delivery = spool->items[spool->swept++];
    if (delivery_is_over(delivery) || !delivery->missing || delivery->flying || !is_too_old(delivery, now, wall)) continue;
    spool_finish(spool, delivery, "dropped", wall);
    return delivery;
  }
  spool->swept = 0;
  return NULL;
}

struct delivery *spool_drop_behind(struct spool *spool, const struct delivery *lost) {
  struct delivery *rest = queue_first(sink_of(spool, lost)->queue, lost->row.incident);
  if (!rest || rest->flying || rest->event == NOTICE_TRIGGERED) return NULL;
  spool_finish(spool, rest, "dropped", lost->row.done);
  return rest;
}

/* --- to the disk, and away ------------------------------------------------------------------------------------------------- */

static void unlink_unsaved(struct spool *spool, struct delivery *delivery) {
  if (!delivery->unsaved) return;
  *(delivery->unsaved_before ? &delivery->unsaved_before->unsaved_after : &spool->unsaved) = delivery->unsaved_after;
  *(delivery->unsaved_after ? &delivery->unsaved_after->unsaved_before : &spool->newest_unsaved) = delivery->unsaved_before;
  delivery->unsaved_before = delivery->unsaved_after = NULL;
  delivery->unsaved = false;
}

void spool_touch(struct spool *spool, struct delivery *delivery, unsigned long change) {
  unlink_unsaved(spool, delivery);
  delivery->changed = change;
  delivery->unsaved = true;
  delivery->unsaved_before = spool->newest_unsaved;
  *(spool->newest_unsaved ? &spool->newest_unsaved->unsaved_after : &spool->unsaved) = delivery;
  spool->newest_unsaved = delivery;
}

static void delivery_free(struct spool *spool, struct delivery *delivery) {
  spool->spent -= spool->spent && delivery_is_over(delivery) && !delivery->unsaved;
  spool->over -= delivery_is_over(delivery);
  unlink_unsaved(spool, delivery);
  row_clear(&delivery_type, &delivery->row);
  free(delivery);
}

static void free_spent(struct spool *spool) {
  size_t kept = 0;
  if (!spool->spent || (spool->count > SPENT_FEW && spool->spent < spool->count / SPENT_PART)) return;
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (delivery_is_over(delivery) && !delivery->unsaved && delivery->changed <= spool->stored) {
      delivery_free(spool, delivery);
    } else {
      spool->items[kept++] = delivery;
    }
  }
  spool->count = kept;
  spool->spent = spool->swept = 0;
}

void spool_stored(struct spool *spool, unsigned long stored) {
  spool->stored = stored;
  for (struct delivery *delivery; (delivery = spool->unsaved) && delivery->changed <= stored;) {
    unlink_unsaved(spool, delivery);
    bool news = !delivery->known;
    delivery->known = true;
    if (delivery_is_over(delivery)) {
      spool->spent++;
    } else if (news) {
      queue_changed(sink_of(spool, delivery)->queue, delivery);
    }
  }
  free_spent(spool);
}

size_t spool_forget_over(struct spool *spool, size_t limit) {
  size_t surplus = spool->over > limit ? spool->over - limit : 0, forgotten = 0, kept = 0;
  for (size_t i = 0; surplus && i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (forgotten < surplus && delivery_is_over(delivery)) {
      delivery_free(spool, delivery);
      forgotten++;
    } else {
      spool->items[kept++] = delivery;
    }
  }
  if (!forgotten) return 0;
  spool->count = kept;
  spool->swept = 0;
  return forgotten;
}

void spool_free(struct spool *spool) {
  for (size_t i = 0; i < spool->count; i++) delivery_free(spool, spool->items[i]);
  free(spool->items);
  for (size_t i = 0; i < spool->place_count; i++) sink_free(&spool->sinks[i]);
  free(spool->sinks);
  *spool = (struct spool){0};
}
