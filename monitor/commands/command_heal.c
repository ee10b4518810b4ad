/* `ejmon heal`: does the plan: preflight, snapshot, apply, verify, keep or undo; asks on a terminal unless --yes. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/commands/cure.h"
#include "monitor/heal/attempt.h"

struct heal {
  const struct invocation *invocation;
  struct cure cure;
  struct store *store;
  int status;
};

static void say(const char *format, ...) format_like(1, 2);

static void say(const char *format, ...) {
  auto_text struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, format, arguments);
  va_end(arguments);
  command_print(&text);
}

static void say_line(void *context, const char *line) {
  (void)context;
  say("    %s\n", line);
}

/* Blocks on the terminal: nothing else runs meanwhile. */
static bool yes(const struct heal *heal, const char *question) {
  if (heal->invocation->yes) return true;
  if (!isatty(STDIN_FILENO)) {
    command_refuse("not on a terminal: nothing is done without --yes");
    return false;
  }
  fprintf(stderr, translated("%s [y/N] "), question);
  char answer[16] = "";
  return fgets(answer, sizeof answer, stdin) && answer[0] && strchr(translated("yY"), answer[0]);
}

static char **matched_codes(const struct report_cause *item) {
  const struct rule *rule = item->cause->rule;
  char **codes = xcalloc(1, sizeof *codes);
  for (size_t i = 0; i < item->cause->explains_count; i++) {
    if (rule_must_pass(rule, item->cause->explains[i])) strings_push(&codes, item->cause->explains[i]);
  }
  return codes;
}

/* A person at the keyboard is not rationed, but mode observe binds everybody. */
static bool allowed(struct heal *heal, const struct conf_remedy *remedy) {
  struct guard_question question;
  double until;
  int r = attempt_history(heal->store, remedy, &question);
  if (r < 0) {
    command_refuse("the journal's past attempts cannot be read: %s", lang_error(-r));
    return false;
  }
  question.approved = true;
  enum guard_verdict verdict = guard_ask(&question, &until);
  attempt_history_free(&question);
  if (verdict != GUARD_GO) say(translated("  %s is held: %s\n"), remedy->kind->name, guard_sentences[verdict]);
  return verdict == GUARD_GO;
}

/* An interrupted transaction is worse than a late one: neither ^C nor a closed terminal may leave the stack half-way. */
static enum attempt_verdict attempt_protected(const struct attempt_request *request) {
  static const int signals[] = {SIGINT, SIGHUP, SIGTERM};
  struct sigaction ignore = {.sa_handler = SIG_IGN}, before[countof(signals)];
  for (size_t i = 0; i < countof(signals); i++) sigaction(signals[i], &ignore, &before[i]);
  enum attempt_verdict verdict = attempt_run(request, NULL);
  for (size_t i = 0; i < countof(signals); i++) sigaction(signals[i], &before[i], NULL);
  return verdict;
}

/* Walks the plan from gentle to strong until one remedy is kept. */
static void heal_cause(struct heal *heal, const struct report_cause *item) {
  auto_free char *name = report_cause_name(item);
  say("%s: %s\n", name, item->summary);
  const struct conf_remedy *remedy = cure_remedy(heal->cure.conf, item, 0);
  if (!remedy) {
    auto_text struct text text = {0};
    cure_by_hand(heal->cure.conf, item, &text);
    command_print(&text);
    return;
  }
  auto_strings char **codes = matched_codes(item);
  const struct conf_remedy *former = NULL;
  for (size_t step = 0; (remedy = cure_remedy(heal->cure.conf, item, step)); step++) {
    if (remedy == former) continue; /* it also stands for the steps before it that cannot be used here */
    former = remedy;
    auto_text struct text steps = {0};
    int r = attempt_describe(remedy, false, &steps);
    if (r < 0) text_printf(&steps, translated("(cannot be described: %s)\n"), lang_error(-r));
    say(translated("  remedy %s:\n"), remedy->kind->name);
    for (const char *p = text_get(&steps); *p; p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n'))
      say("    %.*s\n", (int)strcspn(p, "\n"), p);
    if (!allowed(heal, remedy) || !yes(heal, translated("Do this?"))) return;
    enum attempt_verdict verdict = attempt_protected(&(struct attempt_request){.conf = heal->cure.conf,
                                                                               .remedy = remedy,
                                                                               .incident = "",
                                                                               .cause = item->cause->code,
                                                                               .codes = (const char *const *)codes,
                                                                               .store = heal->store,
                                                                               .say = say_line});
    say("  %s: %s\n", remedy->kind->name, translated(attempt_verdict_names[verdict]));
    if (verdict != ATTEMPT_UNDONE && verdict != ATTEMPT_REFUSED) return;
  }
}

static int heal_open(struct heal *heal) {
  auto_free char *error = NULL;
  int r = heal->store ? 0 : store_open(heal->cure.conf->state, false, &heal->store, &error);
  if (r < 0) command_refuse("%s (nothing is done without a journal)", error);
  return r;
}

static void say_leftover(void *context, const struct attempt_leftover *leftover) {
  (void)context;
  say(translated("%s, which an ejmon that was ended left half-way: %s\n"), leftover->id,
      translated(attempt_verdict_names[leftover->verdict]));
  if (leftover->verdict == ATTEMPT_UNDO_FAILED) say("%s", leftover->report);
}

/* Before anything new: what a killed ejmon left behind is no state to look at. */
static int heal_recover(struct heal *heal) {
  auto_free char *path = text_format("%s/journal.db", heal->cure.conf->state);
  if (access(path, F_OK) < 0) return 0;
  int r = heal_open(heal);
  if (r < 0) return r;
  r = attempt_recover(heal->cure.conf, heal->store, true, say_leftover, NULL);
  if (r < 0 && r != -EBUSY) command_refuse("the journal's unfinished attempts cannot be looked after: %s", lang_error(-r));
  return r == -EBUSY ? 0 : r; /* the attempt itself will say who acts */
}

static void say_unknown(const struct cure *cure) {
  auto_text struct text text = {0};
  cure_unknown(cure, &text);
  command_print(&text);
}

static int heal_all(struct heal *heal) {
  int r = heal_recover(heal);
  if (r == 0) r = cure_look(&heal->cure);
  if (r < 0) return r;
  if (heal->cure.count == 0) {
    say("%s", translated("nothing to heal\n"));
    say_unknown(&heal->cure);
    heal->status = heal->cure.report.status == STATUS_UNKNOWN ? EXIT_UNKNOWN : 0;
    return 0;
  }
  r = heal_open(heal);
  if (r < 0) return r;
  for (size_t i = 0; i < heal->cure.count; i++) heal_cause(heal, heal->cure.causes[i]);
  struct cure after = {.conf = heal->cure.conf, .words = heal->cure.words};
  r = cure_look(&after);
  if (r == 0) {
    for (size_t i = 0; i < after.count; i++) {
      auto_free char *name = report_cause_name(after.causes[i]);
      say(translated("still ill: %s: %s\n"), name, after.causes[i]->summary);
    }
    if (after.count == 0) say("%s", translated("nothing is ill any more\n"));
    say_unknown(&after);
    heal->status = after.count ? 2 : after.report.status == STATUS_UNKNOWN ? EXIT_UNKNOWN : 0;
  }
  cure_free(&after);
  return r;
}

static int heal_task(void *argument) {
  struct heal *heal = argument;
  int r = heal_all(heal);
  store_close(heal->store);
  return r;
}

static int heal_run(const struct invocation *invocation) {
  struct conf *conf = command_load(invocation);
  if (!conf) return EXIT_UNKNOWN;
  struct heal heal = {.invocation = invocation, .cure = {.conf = conf, .words = invocation->words}, .status = EXIT_UNKNOWN};
  int r = task_run_to_end("heal", 0, heal_task, &heal);
  cure_free(&heal.cure);
  conf_free(conf);
  return r < 0 ? EXIT_UNKNOWN : heal.status;
}

const struct command command_heal = {
    .name = "heal",
    .arguments = "[CODE...]",
    .summary = translatable("do what plan shows: preflight, snapshot, apply, verify, keep or undo; asks unless --yes"),
    .help = translatable(
        "CODE names a cause or a finding; without one, everything that has a remedy. Exit status: 0 nothing is ill any more, 2 still ill,\n"
        "3 could not look or could not act."),
    .options = "ceyv",
    .order = 4,
    .run = heal_run,
};
