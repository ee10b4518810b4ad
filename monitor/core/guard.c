/* Modes, cool-down and budgets of attempts; see guard.h. */
#include "monitor/core/guard.h"

#include "monitor/base/lang.h"

#define HOUR 3600.0

const char *const guard_sentences[] = {
    [GUARD_GO] = "go",
    [GUARD_OBSERVE] = translatable("the mode is observe: nothing is done, not even by hand"),
    [GUARD_SUGGEST] = translatable("the mode is suggest: a person has to run `ejmon heal`"),
    [GUARD_APPROVE] = translatable("the mode is approve: a person has to say yes with `ejmon heal`"),
    [GUARD_COOL_DOWN] = translatable("the last attempt is too recent"),
    [GUARD_BUDGET] = translatable("the attempts of this hour are used up: it does not stay healed, a person has to look"),
    [GUARD_DOUBT] = translatable("ejmon's own loop lags, its measurements cannot be trusted"),
};

static enum guard_verdict ask_mode(const struct guard_question *question) {
  static const enum guard_verdict verdicts[] = {
      [MODE_OBSERVE] = GUARD_OBSERVE, [MODE_SUGGEST] = GUARD_SUGGEST, [MODE_APPROVE] = GUARD_APPROVE, [MODE_AUTO] = GUARD_GO};
  return question->approved && question->mode != MODE_OBSERVE ? GUARD_GO : verdicts[question->mode];
}

enum guard_verdict guard_ask(const struct guard_question *question, double *ret_until) {
  enum guard_verdict verdict = ask_mode(question);
  if (verdict != GUARD_GO) return verdict;
  if (question->loop_lag > GUARD_LAG_LIMIT) return GUARD_DOUBT;
  if (question->approved) return GUARD_GO; /* a person at the keyboard is not rationed */

  double last = 0, oldest = question->now;
  long in_last_hour = 0;
  for (size_t i = 0; i < question->attempt_count; i++) {
    double start = question->attempts[i];
    if (start > question->now + HOUR) continue; /* by a clock that was wrong: it must not hold us until that day */
    if (start > last) last = start;
    if (start <= question->now - HOUR) continue;
    in_last_hour++;
    if (start < oldest) oldest = start;
  }
  if (last > 0 && question->now < last + question->cool_down) {
    *ret_until = last + question->cool_down;
    return GUARD_COOL_DOWN;
  }
  if (in_last_hour >= question->attempts_per_hour || question->all_in_last_hour >= GUARD_ALL_PER_HOUR) {
    *ret_until = oldest + HOUR;
    return GUARD_BUDGET;
  }
  return GUARD_GO;
}
