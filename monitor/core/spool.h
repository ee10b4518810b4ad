/* What is owed to people: notices on their way to sinks. Pure: the clock is handed in, somebody else sends and writes.
 *
 * Ordered per incident and sink, never across incidents: one notice that a receiver does not take holds up nothing but what follows it. Of
 * what a sink may get now, notices that something began go before all updates and ends, and of each of the two the older go first: a page
 * waits behind no old news of other incidents, however slow its sink. Only what is owed of an earlier incident of the same cause and
 * subject goes, as far as it may, before the page that this has begun anew. A notice is sent once it is on disk, or from memory while the
 * store is in trouble. Nothing is refused for good: a receiver that says no today (a revoked key, a wrong path) is asked again, until the
 * notice is a day old. Then it is lost; and where it said that something began, so are the updates and the end that wait behind it.
 *
 * Thousands may be owed: a look, an addition, an end and a commit touch what changed, in O(log n). Only start, reload and what bounds the
 * memory walk through all. */
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
#define SPOOL_LOST_NAMED 5            /* of the lost ones, so many are remembered for people */

struct chain;
struct queue;

struct delivery {
  struct delivery_row row;
  enum notice_event event;
  enum severity severity;
  bool flying;           /* being sent right now */
  bool missing;          /* its sink is not configured any more; else: */
  size_t sink;           /* its place among the sinks */
  unsigned long changed; /* as an incident's; set by spool_touch() */
  bool known;            /* on disk once: it may be sent */
  double owed_since;     /* monotonic, in this life: a clock that is set ages no notice */
  /* The spool's and the queue's own: */
  unsigned long order;             /* in which they were added */
  struct chain *chain;             /* what is owed of its incident to its sink; NULL: it is over */
  struct delivery *before, *after; /* in the chain */
  struct delivery *unsaved_before, *unsaved_after;
  bool unsaved;
};

/* How one sink fares, for status and health. */
struct sink_health {
  char *name;
  double last_success, last_refusal; /* wall; 0: never */
  char *refusal;                     /* what it said, or NULL */
  size_t refusals;                   /* in a row, since its last success */
  double lost_at;                    /* monotonic: when a notice to it was given up last in this life; 0: never */
  size_t lost;                       /* so many since its last success */
  size_t lost_in_row;                /* the same, and kept after that success until the next is lost */
  char **lost_what;                  /* the newest of them, for people; at most SPOOL_LOST_NAMED, NULL-terminated or NULL */
  bool missed;                       /* the mind's: it may not know of something that is open, and hears of it when it takes a notice */
  char *place;                       /* the mind's: where it stands, or NULL */
  size_t owed, flying;
  struct queue *queue; /* what is owed to it */
};

struct spool {
  struct delivery **items; /* in the order in which they were added; few of them, over and on disk, wait to be freed */
  size_t count;
  struct sink_health *sinks; /* of the present configuration; behind them those that are gone and are still owed something */
  size_t sink_count, place_count;
  struct delivery *unsaved, *newest_unsaved; /* what is on no disk as it is now, in the order of its changes, by unsaved_after */
  unsigned long stored, added;
  size_t over, spent, swept; /* of the items: over; of these, on disk as well; passed by spool_drop_missing() */
};

enum delivery_result { DELIVERY_DONE, DELIVERY_TRY_AGAIN, DELIVERY_INTERRUPTED /* by us: it counts as no try */ };

/* The sinks of a configuration, by name: at the start and at each reload. What is owed to one that is gone is kept, unsent. */
void spool_set_sinks(struct spool *spool, const char *const *names, size_t count);
/* Takes a row over (its strings too); pointers to it stay valid until it is freed by spool_stored(). */
struct delivery *spool_add(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity);
/* The same for one of a former life: it is on disk, and owed since now. */
struct delivery *spool_restore(struct spool *spool, struct delivery_row *row, enum notice_event event, enum severity severity, double now);
/* It is to be written, as that change; never a lower one than before. */
void spool_touch(struct spool *spool, struct delivery *delivery, unsigned long change);
/* The next delivery to that sink that may be sent now, or NULL. `from_memory`: the store is in trouble. `now` never goes back. */
struct delivery *spool_next(struct spool *spool, const char *sink, double now, bool from_memory) must_check;
/* The earliest time after `now` at which a delivery to that sink comes due; INFINITY when there is none, or when as many as may be are
 * under way. What is due and not sent waits for news: the disk, or another that is under way. Both are asked at each turn of the loop. */
double spool_next_at(struct spool *spool, const char *sink, double now) must_check;
/* That sink's receiver is another now: what the former one asked for, and how often it refused, says nothing of this. */
void spool_try_anew(struct spool *spool, const char *sink, double now);
void spool_started(struct spool *spool, struct delivery *delivery); /* it is under way from now on */
/* How a try ended. retry_after: seconds that the receiver asked for, or 0. `lost` is set when it was given up. */
void spool_ended(struct spool *spool, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                 double now, double wall, bool *ret_lost);
/* All whose last change is not above `stored` are on disk; what of them is over is freed, at once or with more of its kind. */
void spool_stored(struct spool *spool, unsigned long stored);
struct sink_health *spool_sink(const struct spool *spool, const char *name); /* valid until sinks or a delivery are added */
bool delivery_is_over(const struct delivery *delivery);
/* Is a notice that it began still to be sent to that sink? What is under way goes where it was sent to. */
bool spool_owes_beginning(const struct spool *spool, const char *sink, const char *incident);
/* Frees the oldest of what is over, on disk or not, beyond `limit`; returns how many. */
size_t spool_forget_over(struct spool *spool, size_t limit);
/* What is owed to sinks that are not configured for so long that it would be lost anyway is dropped. Returns the next one that it dropped,
 * to be written, or NULL. */
struct delivery *spool_drop_missing(struct spool *spool, double now, double wall) must_check;
/* What is owed to its sink of an incident that this one, given up, should have begun there: dropped as well, one by one as above. */
struct delivery *spool_drop_behind(struct spool *spool, const struct delivery *lost) must_check;
void spool_free(struct spool *spool);

#endif
