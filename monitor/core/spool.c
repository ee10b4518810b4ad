/* Which notice goes out next, and when it is tried again; see spool.h. */
#include "monitor/core/spool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sink_health *spool_sink(const struct spool *spool, const char *name) {
  for (size_t i = 0; i < spool->sink_count; i++) {
    if (text_equal(spool->sinks[i].name, name)) return &spool->sinks[i];
  }
  return NULL;
}

bool delivery_is_over(const struct delivery *delivery) {
  return delivery->row.done > 0;
}

static struct sink_health *find_sink(struct spool *spool, struct delivery *delivery) {
  struct sink_health *sink = spool_sink(spool, delivery->row.sink);
  delivery->missing = !sink;
  delivery->sink = sink ? (size_t)(sink - spool->sinks) : 0;
  return sink;
}

static void count_owed(struct spool *spool) {
  for (size_t i = 0; i < spool->sink_count; i++) spool->sinks[i].owed = spool->sinks[i].flying = 0;
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    struct sink_health *sink = find_sink(spool, delivery);
    if (!sink || delivery_is_over(delivery)) continue;
    sink->owed++;
    sink->flying += delivery->flying;
  }
}

void spool_set_sinks(struct spool *spool, const char *const *names, size_t count) {
  struct sink_health *sinks = xcalloc(count + 1, sizeof *sinks);
  for (size_t i = 0; i < count; i++) {
    struct sink_health *former = spool_sink(spool, names[i]);
    if (former) {
      sinks[i] = *former;
      sinks[i].quiet_until = -INFINITY;
      *former = (struct sink_health){0};
    } else {
      sinks[i] = (struct sink_health){.name = xstrdup(names[i]), .quiet_until = -INFINITY};
    }
  }
  for (size_t i = 0; i < spool->sink_count; i++) {
    free(spool->sinks[i].name);
    free(spool->sinks[i].refusal);
    free(spool->sinks[i].lost_what);
  }
  free(spool->sinks);
  spool->sinks = sinks;
  spool->sink_count = count;
  count_owed(spool);
}

struct delivery *spool_add(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity) {
  struct delivery *delivery = xcalloc(1, sizeof *delivery);
  *delivery = (struct delivery){.row = *row, .event = event, .severity = severity, .owed_since = row->next_at};
  *row = (struct delivery_row){0};
  struct delivery **place = array_push(&spool->items, &spool->count, sizeof(struct delivery *));
  *place = delivery;
  struct sink_health *sink = find_sink(spool, delivery);
  if (sink && !delivery_is_over(delivery)) sink->owed++;
  if (sink) sink->quiet_until = -INFINITY;
  return delivery;
}

static bool is_owed_to(const struct delivery *delivery, size_t sink) {
  return !delivery->missing && delivery->sink == sink && !delivery_is_over(delivery);
}

/* Does an earlier notice of the same incident wait for the same sink? */
static bool is_behind(const struct spool *spool, size_t index) {
  const struct delivery *delivery = spool->items[index];
  for (size_t i = 0; i < spool->count; i++) {
    const struct delivery *other = spool->items[i];
    if (i == index || !is_owed_to(other, delivery->sink)) continue;
    bool earlier = other->row.serial < delivery->row.serial || (other->row.serial == delivery->row.serial && i < index);
    if (earlier && text_equal(other->row.incident, delivery->row.incident)) return true;
  }
  return false;
}

static bool is_quiet(const struct sink_health *sink, double now, bool from_memory) {
  return sink->flying >= SPOOL_AT_ONCE || (sink->quiet_until > now && sink->quiet_from_memory == from_memory);
}

struct delivery *spool_next(struct spool *spool, const char *name, double now, bool from_memory) {
  struct sink_health *sink = spool_sink(spool, name);
  if (!sink || is_quiet(sink, now, from_memory)) return NULL;
  double quiet = INFINITY;
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (!is_owed_to(delivery, (size_t)(sink - spool->sinks)) || delivery->flying) continue;
    if (delivery->row.next_at > now) {
      quiet = fmin(quiet, delivery->row.next_at);
    } else if ((delivery->known || from_memory) && !is_behind(spool, i)) {
      return delivery;
    }
  }
  sink->quiet_until = quiet;
  sink->quiet_from_memory = from_memory;
  return NULL;
}

double spool_next_at(const struct spool *spool, const char *name, double now) {
  const struct sink_health *sink = spool_sink(spool, name);
  if (!sink || sink->flying >= SPOOL_AT_ONCE) return INFINITY;
  if (sink->quiet_until > now) return sink->quiet_until;
  double next = INFINITY;
  for (size_t i = 0; i < spool->count; i++) {
    const struct delivery *delivery = spool->items[i];
    if (!is_owed_to(delivery, (size_t)(sink - spool->sinks)) || delivery->flying) continue;
    if (delivery->row.next_at > now) next = fmin(next, delivery->row.next_at);
  }
  return next;
}

void spool_stored(struct spool *spool, unsigned long stored) {
  for (size_t i = 0; i < spool->count; i++) spool->items[i]->known |= spool->items[i]->changed <= stored;
  for (size_t i = 0; i < spool->sink_count; i++) spool->sinks[i].quiet_until = -INFINITY;
}

void spool_started(struct spool *spool, struct delivery *delivery) {
  struct sink_health *sink = spool_sink(spool, delivery->row.sink);
  delivery->flying = true;
  if (sink) sink->flying++;
}

static void set_error(char **place, const char *error) {
  free(*place);
  *place = xstrdup(error ? error : "");
}

static void spool_finish(struct delivery *delivery, const char *verdict, double wall) {
  delivery->row.done = wall > 0 ? wall : 1;
  free(delivery->row.verdict);
  delivery->row.verdict = xstrdup(verdict);
}

static void spool_lose(struct sink_health *sink, struct delivery *delivery, double now, double wall) {
  spool_finish(delivery, "lost", wall);
  if (!sink) return;
  sink->lost++;
  sink->lost_at = now;
  set_error(&sink->lost_what, delivery->row.summary);
}

void spool_ended(struct spool *spool, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                 double now, double wall, bool *ret_lost) {
  struct sink_health *sink = spool_sink(spool, delivery->row.sink);
  bool flew = delivery->flying, was_over = delivery_is_over(delivery);
  delivery->flying = false;
  *ret_lost = false;
  if (result == DELIVERY_DONE) spool_finish(delivery, "delivered", wall);
  if (result == DELIVERY_TRY_AGAIN) {
    double pause = fmin(SPOOL_RETRY_FIRST * exp2(fmin((double)delivery->row.tries, 16)), SPOOL_RETRY_MOST);
    delivery->row.tries++;
    delivery->row.next_at = now + fmax(pause, fmin(retry_after, SPOOL_RETRY_AFTER_MOST));
    set_error(&delivery->row.error, error);
    *ret_lost = delivery->row.tries >= SPOOL_GIVE_UP_TRIES && wall - delivery->row.made > SPOOL_GIVE_UP_SECONDS &&
                now - delivery->owed_since > SPOOL_GIVE_UP_SECONDS;
    if (*ret_lost) spool_lose(sink, delivery, now, wall);
  }
  if (sink && result == DELIVERY_DONE) {
    sink->last_success = wall;
    sink->refusals = sink->lost = 0;
  }
  if (sink && result == DELIVERY_TRY_AGAIN) {
    sink->refusals++;
    sink->last_refusal = wall;
    set_error(&sink->refusal, error);
  }
  if (!sink) return;
  sink->flying -= flew;
  sink->owed -= !was_over && delivery_is_over(delivery);
  sink->quiet_until = -INFINITY;
}

static void delivery_free(struct delivery *delivery) {
  row_clear(&delivery_type, &delivery->row);
  free(delivery);
}

void spool_forget_saved(struct spool *spool, unsigned long stored) {
  size_t kept = 0;
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (delivery_is_over(delivery) && !delivery->flying && delivery->changed <= stored) {
      delivery_free(delivery);
    } else {
      spool->items[kept++] = delivery;
    }
  }
  spool->count = kept;
}

size_t spool_forget_over(struct spool *spool, size_t limit) {
  size_t over = 0, kept = 0;
  for (size_t i = 0; i < spool->count; i++) over += delivery_is_over(spool->items[i]) && !spool->items[i]->flying;
  size_t surplus = over > limit ? over - limit : 0, forgotten = 0;
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (forgotten < surplus && delivery_is_over(delivery) && !delivery->flying) {
      delivery_free(delivery);
      forgotten++;
    } else {
      spool->items[kept++] = delivery;
    }
  }
  spool->count = kept;
  return forgotten;
}

struct delivery *spool_drop_missing(struct spool *spool, double now, double wall) {
  for (size_t i = 0; i < spool->count; i++) {
    struct delivery *delivery = spool->items[i];
    if (!delivery->missing || delivery->flying || delivery_is_over(delivery)) continue;
    if (wall - delivery->row.made <= SPOOL_GIVE_UP_SECONDS || now - delivery->owed_since <= SPOOL_GIVE_UP_SECONDS) continue;
    spool_finish(delivery, "dropped", wall);
    return delivery;
  }
  return NULL;
}

void spool_free(struct spool *spool) {
  for (size_t i = 0; i < spool->count; i++) delivery_free(spool->items[i]);
  free(spool->items);
  for (size_t i = 0; i < spool->sink_count; i++) {
    free(spool->sinks[i].name);
    free(spool->sinks[i].refusal);
    free(spool->sinks[i].lost_what);
  }
  free(spool->sinks);
  *spool = (struct spool){0};
}
