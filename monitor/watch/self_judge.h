/* What ejmon may believe of itself: whether its eyes can be trusted, whether it can still tell, and of what it sees nothing. Pure: clocks
 * and what was seen are handed in, so its laws are tested without waiting.
 *
 * Each state is one of the codes of engine_codes.h. Hysteresis: what is an instant (a lag, a jump of the clock) makes doubt at once, and
 * becomes an incident only when it comes again; what lasts (the store, a sink, the network) is over once it was well for SELF_SETTLE. What
 * cannot be judged just now, in a life that has only begun, or that somebody else says (undo-failed), stays as it was believed: an incident
 * ends on positive evidence only. */
#ifndef EJMON_SELF_JUDGE_H
#define EJMON_SELF_JUDGE_H

#include "monitor/core/mind.h"
#include "monitor/watch/own_side.h"
#include "monitor/watch/where.h"

#define SELF_LAG_AGAIN                                                                                                                   \
  45.0                         /* seconds within which a lag must come again to be an incident, and without one until that is over: less \
                                  than PAGE_HOLD, so that what does not come again is told to nobody */
#define SELF_LAG_DOUBT 60.0    /* seconds of doubt after a lag */
#define SELF_JUMP 5.0          /* seconds that the wall clock may drift from the monotonic one between two looks */
#define SELF_JUMP_DOUBT 60.0   /* seconds of doubt after a jump */
#define SELF_JUMP_AGAIN 900.0  /* as SELF_LAG_AGAIN: whoever sets a clock by force does it every few minutes */
#define SELF_SETTLE 10.0       /* seconds that the store must work until its trouble is over */
#define SELF_REFUSALS 2        /* refusals of a sink in a row: one may be a receiver's restart */
#define SELF_LOST_STAYS 3600.0 /* seconds that a lost notice is told at least, and until its sink takes one */
#define SELF_LOST_PAUSE 300.0  /* seconds from one word of lost notices to the next: they are lost in thousands, one after the other */
#define SELF_SCAN 5.0          /* seconds between two walks over all subjects */
#define SELF_LOOKS 2           /* looks in a row that must see it, until a part of ejmon's own side counts as failed */
#define SELF_HOSTS 3u          /* hosts on which subjects must fall at once, so that ejmon asks whether it is its own side */
#define SELF_FALL_MOST 300.0   /* seconds; the longest interval that counts for "at once" */
#define SELF_REASONS 32u       /* reasons why it does not see that are told one by one */
#define SELF_NAMES 5u          /* names of checks told for each */

/* What was seen from outside of the mind. */
struct self_seen {
  double lag;                  /* seconds, the loop's worst since the last look */
  const char *store_trouble;   /* or NULL */
  const struct own_side *side; /* the newest look at ejmon's own side of the network, NULL: none yet */
  double side_at;              /* monotonic, its time */
};

struct self_sign { /* something that happens in an instant */
  double last;     /* monotonic; -INFINITY: never */
  unsigned row;    /* how often, each within its time of the one before */
};

struct self_judge {
  const struct where *where; /* borrowed; may be replaced at any time */
  double started, scanned, offset, side_at, store_ill;
  double outage; /* monotonic: when a check last saw that nothing of the stack's site comes through; -INFINITY: never */
  bool looked;   /* at least once */
  struct self_sign lag, jump;
  double worst_lag, jumped_by;
  struct {
    bool had;        /* it was there once */
    unsigned missed; /* looks in a row that did not find it */
  } link, route, resolver;
  bool falling;         /* some subject that is reached over the network is not well: its own side wants to be looked at */
  char *network, *many; /* what stands of these two since the last scan, or NULL */
  char **reasons;       /* why it sees nothing: told already */
  size_t reason_count, refusing;
  size_t lost;      /* notices that were lost, as last told */
  double lost_told; /* monotonic */
};

struct self_verdict {
  struct findings findings;                  /* for the check MIND_SELF */
  char *doubt;                               /* why it doubts itself, and acts on nothing; or NULL */
  bool eyes;                                 /* it is its own eyes that it doubts, so pages wait; a journal that hangs delays none */
  bool more_blind, more_refusing, more_lost; /* a reason, a sink or a loss that an open incident has not told yet */
};

void self_judge_init(struct self_judge *judge, const struct where *where, double now);
void self_judge_free(struct self_judge *judge);
/* One look; about once a second. The verdict is the caller's, to be freed. */
void self_judge_look(struct self_judge *judge, const struct mind *mind, const struct self_seen *seen, double now, double wall,
                     struct self_verdict *ret_verdict);
void self_verdict_free(struct self_verdict *verdict);

#endif
