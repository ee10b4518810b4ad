/* Looking for causes and their remedies; see cure.h. */
#include "monitor/commands/cure.h"

#include <errno.h>
#include <stdlib.h>

#include "monitor/base/lang.h"

static bool word_matches(const struct report_cause *item, const char *word) {
  if (text_equal(item->cause->code, word)) return true;
  for (size_t i = 0; i < item->cause->explains_count; i++) {
    if (text_equal(item->cause->explains[i], word)) return true;
  }
  return false;
}

static int words_known(char *const *words) {
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  int r = 0;
  for (char *const *word = words; word && *word; word++) {
    bool found = false;
    for (size_t i = 0; i < count && !found; i++) found = text_equal(known[i].name, *word);
    if (found) continue;
    auto_free char *typed = command_typed(*word);
    command_refuse("no code is called '%s' (`ejmon explain` lists them all)", typed);
    r = -EINVAL;
  }
  return r;
}

int cure_look(struct cure *cure) {
  int r = words_known(cure->words);
  if (r < 0) return r;
  size_t count;
  auto_free const struct conf_check **checks = command_select(cure->conf, NULL, &count);
  r = command_run_checks(cure->conf, checks, count, &cure->report);
  for (size_t i = 0; i < cure->report.item_count; i++) {
    const struct report_cause *item = &cure->report.items[i];
    bool wanted = !cure->words || !*cure->words;
    for (char *const *word = cure->words; word && *word && !wanted; word++) wanted = word_matches(item, *word);
    if (!wanted) continue;
    const struct report_cause **place = array_push(&cure->causes, &cure->count, sizeof *place);
    *place = item;
  }
  return r;
}

void cure_free(struct cure *cure) {
  report_free(&cure->report);
  free(cure->causes);
  *cure = (struct cure){0};
}

/* Remedies act on the stack. */
static const char *const *plan_of(const struct report_cause *cause) {
  return cause->cause->rule && report_is_of_stack(cause->subject) ? cause->cause->rule->plan : NULL;
}

const struct conf_remedy *cure_remedy(const struct conf *conf, const struct report_cause *cause, size_t step) {
  return conf_plan_next(conf, plan_of(cause), step);
}

const struct conf_remedy *cure_unusable(const struct conf *conf, const struct report_cause *cause, size_t *step) {
  const char *const *plan = plan_of(cause);
  while (plan && plan[*step]) {
    const struct conf_remedy *remedy = conf_remedy_find(conf, plan[(*step)++]);
    if (remedy && remedy->skip) return remedy;
  }
  return NULL;
}

void cure_by_hand(const struct conf *conf, const struct report_cause *cause, struct text *text) {
  size_t step = 0, unusable = 0;
  for (const struct conf_remedy *remedy; (remedy = cure_unusable(conf, cause, &step)); unusable++)
    text_printf(text, translated("  %s would heal it, but cannot be used here: %s\n"), remedy->kind->name, remedy->skip);
  if (unusable == 0) text_add(text, translated("  nothing that ejmon may do: a person has to act\n"));
  auto_strings char **lines = report_by_hand(cause);
  for (char *const *line = lines; line && *line; line++) {
    text_add(text, translated("  by hand   "));
    lang_add_command(text, *line);
    text_add_char(text, '\n');
  }
  text_printf(text, translated("  more      ejmon explain %s\n"), cause->cause->code);
}

const char *cure_blindness(const struct outcome *outcome) {
  if (outcome->status != STATUS_UNKNOWN) return NULL;
  const char *why = "";
  for (size_t k = 0; k < outcome->findings.count && !*why; k++)
    if (outcome->findings.items[k].code->blind) why = outcome->findings.items[k].summary;
  return why;
}

void cure_unknown(const struct cure *cure, struct text *text) {
  for (size_t i = 0; i < cure->report.outcome_count; i++) {
    const struct outcome *outcome = &cure->report.outcomes[i];
    const char *why = cure_blindness(outcome);
    if (why) text_printf(text, translated("could not look: %s: %s\n"), outcome->check->name, why);
  }
}
