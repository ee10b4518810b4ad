/* What is owed to people: notices on their way to sinks. Pure: the clock is handed in, somebody else sends and writes.
 *
 * Ordered per incident and sink, never across incidents: one notice that a receiver does not take holds up nothing but what follows it. A
 * notice is sent once it is on disk, or from memory while the store is in trouble. Nothing is refused for good: a receiver that says no
 * today (a revoked key, a wrong path) is asked again, until the notice is a day old. */
#ifndef EJMON_SPOOL_H
#define EJMON_SPOOL_H

#include "monitor/core/record.h"
#include "monitor/sinks/sink.h"

#define SPOOL_AT_ONCE 4               /* deliveries to one sink under way at the same time */
#define SPOOL_RETRY_FIRST 5.0         /* seconds until the second try, doubled each time */
#define SPOOL_RETRY_MOST 300.0        /* at most this between two tries */
#define SPOOL_RETRY_AFTER_MOST 3600.0 /* what a receiver may ask for with Retry-After */
#define SPOOL_GIVE_UP_SECONDS 86400.0 /* a notice older than this is lost, loudly, once this life has owed it for as long (a clock that */
#define SPOOL_GIVE_UP_TRIES 5         /* jumps throws no page away) and it was tried so often */

struct delivery {
  struct delivery_row row;
  enum notice_event event;
  enum severity severity;
  bool flying;           /* being sent right now */
  bool missing;          /* its sink is not configured any more; else: */
  size_t sink;           /* its place among the sinks */
  unsigned long changed; /* as an incident's */
  bool known;            /* on disk once: it may be sent */
  double owed_since;     /* monotonic, in this life: a clock that is set ages no notice */
};

/* How one sink fares, for status and health. */
struct sink_health {
  char *name;
  double last_success, last_refusal; /* wall; 0: never */
  char *refusal;                     /* what it said, or NULL */
  size_t refusals;                   /* in a row, since its last success */
  double lost_at;                    /* monotonic: when a notice to it was given up last in this life; 0: never */
  size_t lost;                       /* so many since its last success */
  char *lost_what;                   /* the last of them, for people, or NULL */
  size_t owed, flying;
  double quiet_until;     /* monotonic: nothing to it may be sent before, unless something happens to a notice to it */
  bool quiet_from_memory; /* as it was asked then */
};

struct spool {
  struct delivery **items; /* in the order in which they were made */
  size_t count;
  struct sink_health *sinks; /* of the present configuration */
  size_t sink_count;
};

enum delivery_result { DELIVERY_DONE, DELIVERY_TRY_AGAIN, DELIVERY_INTERRUPTED /* by us: it counts as no try */ };

/* The sinks of a configuration, by name: at the start and at each reload. What is owed to one that is gone is kept, unsent. */
void spool_set_sinks(struct spool *spool, const char *const *names, size_t count);
/* Takes a row over (its strings too); pointers to it stay valid until it is freed by spool_forget_saved(). */
struct delivery *spool_add(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity);
/* The next delivery to that sink that may be sent now, or NULL. `from_memory`: the store is in trouble. */
struct delivery *spool_next(struct spool *spool, const char *sink, double now, bool from_memory) must_check;
/* The earliest time after `now` at which a delivery to that sink comes due; INFINITY when there is none, or when as many as may be are
 * under way. What is due and not sent waits for news: the disk, or another that is under way. Both are asked at each turn of the loop, and
 * walk through what is owed only when something happened to it: thousands may be. */
double spool_next_at(const struct spool *spool, const char *sink, double now) must_check;
void spool_started(struct spool *spool, struct delivery *delivery); /* it is under way from now on */
/* How a try ended. retry_after: seconds that the receiver asked for, or 0. `lost` is set when it was given up. */
void spool_ended(struct spool *spool, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                 double now, double wall, bool *ret_lost);
/* All whose last change is not above `stored` are on disk. */
void spool_stored(struct spool *spool, unsigned long stored);
struct sink_health *spool_sink(const struct spool *spool, const char *name);
bool delivery_is_over(const struct delivery *delivery);
/* Frees what is over and on disk: all whose last change is not above `stored`. */
void spool_forget_saved(struct spool *spool, unsigned long stored);
/* Frees the oldest of what is over, on disk or not, beyond `limit`; returns how many. */
size_t spool_forget_over(struct spool *spool, size_t limit);
/* What is owed to sinks that are not configured for so long that it would be lost anyway is dropped. Returns the next one that it dropped,
 * to be written, or NULL. */
struct delivery *spool_drop_missing(struct spool *spool, double now, double wall) must_check;
void spool_free(struct spool *spool);

#endif
