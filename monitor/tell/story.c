/* Words for incidents; see story.h. */
#include "monitor/tell/story.h"

#include <stdlib.h>

#include "checks/ej/ej_generation.h"
#include "checks/explanation.h"
#include "monitor/base/lang.h"
#include "monitor/reports/report.h"

#define BODY_LIMIT 16384u /* bytes of a page's text */

static const struct code *known_code(const struct subject *subject, const char *name) {
  for (size_t i = 0; i < subject->opinion_count; i++) {
    for (size_t k = 0; k < subject->opinions[i]->code_count; k++) {
      if (text_equal(subject->opinions[i]->codes[k]->name, name)) return subject->opinions[i]->codes[k];
    }
  }
  return NULL;
}

static bool is_of_stack(const struct incident *incident) {
  return text_equal(incident->subject->name, MIND_STACK);
}

/* --- description ----------------------------------------------------------------------------------------------------------- */

static const char *sentence_of(const struct incident *incident) {
  const struct explanation *explanation = explanation_of(incident->code);
  if (rule_find(incident->code)) return explanation_text(explanation, PART_SUMMARY);
  const struct finding *finding = subject_finding(incident->subject, incident->code);
  return finding ? finding->summary : explanation_text(explanation, PART_TITLE);
}

static void describe_summary(struct incident *incident) {
  const char *sentence = sentence_of(incident);
  bool seen = rule_find(incident->code) || subject_finding(incident->subject, incident->code);
  if (!sentence || (!seen && !text_equal(incident->summary, incident->code))) return; /* better what was said of it before */
  bool extra = !is_of_stack(incident) && !text_equal(incident->subject->name, MIND_SELF);
  char *summary = extra ? text_format("%s: %s", incident->subject->name, sentence) : xstrdup(sentence);
  free(incident->summary);
  incident->summary = summary;
}

static void describe_severity(struct incident *incident) {
  enum severity severity = SEVERITY_INFO;
  for (char **name = incident->codes; name && *name; name++) {
    const struct finding *finding = subject_finding(incident->subject, *name);
    const struct code *code = known_code(incident->subject, *name);
    enum severity own = finding ? finding->severity : code ? code->severity : SEVERITY_CRITICAL;
    if (own > severity) severity = own;
  }
  free(incident->severity);
  incident->severity = xstrdup(severity_names[severity]);
}

static void describe_evidence(struct incident *incident) {
  struct text seen = {0};
  bool any = false;
  for (char **name = incident->codes; name && *name; name++) {
    const struct finding *finding = subject_finding(incident->subject, *name);
    any |= finding != NULL;
    text_printf(&seen, "  %s%s%s\n", *name, finding ? ": " : "", finding ? finding->summary : "");
    for (size_t i = 0; finding && i < finding->evidence_count; i++) {
      const struct evidence *item = &finding->evidence[i];
      text_printf(&seen, translated("    %s: saw %s%s%s\n"), item->what, item->saw, item->want ? translated(", want ") : "",
                  item->want ? item->want : "");
    }
  }
  if (any || !*incident->seen) {
    free(incident->seen);
    text_limit(&seen, BODY_LIMIT / 2);
    incident->seen = xstrdup(text_get(&seen));
  }
  text_free(&seen);
}

void story_describe(const struct story *story, struct incident *incident) {
  (void)story;
  describe_summary(incident);
  describe_severity(incident);
  describe_evidence(incident);
}

/* --- the page -------------------------------------------------------------------------------------------------------------- */

static const struct conf_check *check_of(const struct story *story, const struct opinion *opinion) {
  const struct conf_check *check = watch_check(opinion);
  for (size_t i = 0; !check && i < story->conf->check_count; i++) { /* at the start, and amid a reload */
    if (text_equal(story->conf->checks[i].name, opinion->name)) check = &story->conf->checks[i];
  }
  return check;
}

/* Which of the checks it is about, and where that looks. */
static void add_subject(const struct story *story, const struct incident *incident, struct text *text) {
  for (size_t i = 0; i < incident->subject->opinion_count && !is_of_stack(incident); i++) {
    const struct conf_check *check = check_of(story, incident->subject->opinions[i]);
    if (!check) continue;
    text_printf(text, translated("Check: %s (%s)%s%s\n"), check->name, check->kind->name, check->target ? " " : "",
                check->target ? check->target : "");
  }
}

static struct ej_forms forms_here(const struct story *story) {
  size_t count;
  auto_free const struct findings **seen = watches_findings(story->watches, &count);
  struct ej_generation generation;
  ej_generation_decide(seen, count, story->conf->stack.generation, &generation);
  struct ej_forms forms = report_forms(story->conf, &generation);
  ej_generation_free(&generation);
  return forms;
}

static void add_by_hand(const struct story *story, const struct incident *incident, struct text *text) {
  const struct rule *rule = rule_find(incident->code);
  const struct cause cause = {.code = incident->code, .rule = rule, .finding = rule ? NULL : known_code(incident->subject, incident->code)};
  const struct report_cause item = {.cause = &cause, .forms = forms_here(story)};
  auto_strings char **by_hand = cause.rule || cause.finding ? report_by_hand(&item) : NULL;
  for (char **line = by_hand; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    text_printf(text, translated("By hand: %s\n"), text_get(&command));
  }
}

char *story_body(const struct story *story, const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  struct text text = {0};
  add_subject(story, incident, &text);
  text_printf(&text, translated("Seen:\n%s"), incident->seen);
  if (incident->tried.length) text_printf(&text, translated("Tried:\n%s"), text_get(&incident->tried));
  for (const struct refusal *refusal = rule ? explanation_of(incident->code)->refused : NULL; refusal && refusal->remedy; refusal++) {
    text_printf(&text, translated("Do not: %s: %s\n"), translated(refusal->remedy), translated(refusal->why));
  }
  add_by_hand(story, incident, &text);
  text_printf(&text, translated("More: ejmon explain %s\n"), incident->code);
  text_limit(&text, BODY_LIMIT);
  return text_steal(&text);
}
