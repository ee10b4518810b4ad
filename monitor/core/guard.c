/* Modes, cool-down and budgets of attempts; see guard.h. */
#include "monitor/core/guard.h"

#include <math.h>

#include "monitor/base/lang.h"

#define HOUR 3600.0

const char *const guard_sentences[] = {
    [GUARD_GO] = "go",
    [GUARD_OBSERVE] = translatable("the mode is observe: nothing is done, not even by hand"),
    [GUARD_SUGGEST] = translatable("the mode is suggest: a person has to run `ejmon heal`"),
    [GUARD_APPROVE] = translatable("the mode is approve: a person has to say yes with `ejmon heal`"),
    [GUARD_COOL_DOWN] = translatable("the last attempt is too recent"),
    [GUARD_BUDGET] = translatable("the attempts of this hour are used up: it does not stay healed, a person has to look"),
    [GUARD_DOUBT] = translatable("ejmon doubts its own measurements just now, and acts on none"),
};

static enum guard_verdict ask_mode(const struct guard_question *question) {
  static const enum guard_verdict verdicts[] = {
      [MODE_OBSERVE] = GUARD_OBSERVE, [MODE_SUGGEST] = GUARD_SUGGEST, [MODE_APPROVE] = GUARD_APPROVE, [MODE_AUTO] = GUARD_GO};
  return question->approved && question->mode != MODE_OBSERVE ? GUARD_GO : verdicts[question->mode];
}

static bool in_last_hour(double start, double now) {
  /* A start far in the future is by a clock that was wrong: it must not hold us until that day. */
  return start > now - HOUR && start <= now + HOUR;
}

/* How many of them count that are not later than this one. */
static long rank_of(double start, const double *starts, size_t count, double now) {
  long rank = 0;
  for (size_t i = 0; i < count; i++) rank += in_last_hour(starts[i], now) && starts[i] <= start;
  return rank;
}

/* When so many of them are an hour old that there is room for one more; `now` where there is. */
static double room_at(const double *starts, size_t count, long limit, double now) {
  long excess = rank_of(INFINITY, starts, count, now) - limit + 1;
  if (excess <= 0) return now;
  double at = INFINITY;
  for (size_t i = 0; i < count; i++) {
    if (in_last_hour(starts[i], now) && starts[i] + HOUR < at && rank_of(starts[i], starts, count, now) >= excess) at = starts[i] + HOUR;
  }
  return at < INFINITY ? at : now + HOUR; /* no budget at all */
}

enum guard_verdict guard_ask(const struct guard_question *question, double *ret_until) {
  enum guard_verdict verdict = ask_mode(question);
  if (verdict != GUARD_GO) return verdict;
  if (question->loop_lag > GUARD_LAG_LIMIT) return GUARD_DOUBT;
  if (question->approved) return GUARD_GO; /* a person at the keyboard is not rationed */

  double now = question->now, last = 0;
  for (size_t i = 0; i < question->attempt_count; i++) {
    double start = question->attempts[i];
    if (start > last && start <= now + HOUR) last = start;
  }
  if (last > 0 && now < last + question->cool_down) {
    *ret_until = last + question->cool_down;
    return GUARD_COOL_DOWN;
  }
  double own = room_at(question->attempts, question->attempt_count, question->attempts_per_hour, now);
  double all = room_at(question->all, question->all_count, GUARD_ALL_PER_HOUR, now);
  if (own <= now && all <= now) return GUARD_GO;
  *ret_until = fmax(own, all);
  return GUARD_BUDGET;
}
