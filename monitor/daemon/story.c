/* Words for incidents; see story.h. */
#include "monitor/daemon/story.h"

#include <stdlib.h>

#include "checks/explanation.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/reports/report.h"

static const struct code *known_code(const struct daemon *daemon, const char *name) {
  for (size_t i = 0; i < daemon->watch_count; i++) {
    for (const struct code *const *code = daemon->watches[i].check->kind->codes; code && *code; code++) {
      if (text_equal((*code)->name, name)) return *code;
    }
  }
  return NULL;
}

char *story_summary(const struct daemon *daemon, const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  const struct explanation *explanation = explanation_of(incident->code);
  if (rule) return xstrdup(explanation_text(explanation, PART_SUMMARY));
  const struct finding *finding = watches_finding(daemon, incident->code);
  if (finding) return redact(finding->summary);
  const char *title = explanation_text(explanation, PART_TITLE);
  return xstrdup(title ? title : incident->code);
}

enum severity story_severity(const struct daemon *daemon, const struct incident *incident) {
  enum severity severity = SEVERITY_INFO;
  for (char **name = incident->codes; name && *name; name++) {
    const struct finding *finding = watches_finding(daemon, *name);
    const struct code *code = known_code(daemon, *name);
    bool fault = finding && finding->severity > SEVERITY_INFO; /* what passes by now was ill all the same */
    enum severity own = fault ? finding->severity : code ? code->severity : SEVERITY_CRITICAL;
    if (own > severity) severity = own;
  }
  return severity;
}

/* By what the last probes saw; those in flight have nothing to say yet. */
static struct ej_forms forms_here(const struct daemon *daemon) {
  auto_free const struct findings **seen = xcalloc(daemon->watch_count + 1, sizeof *seen);
  size_t count = 0;
  for (size_t i = 0; i < daemon->watch_count; i++) {
    if (!daemon->watches[i].task) seen[count++] = &daemon->watches[i].outcome.findings;
  }
  struct ej_generation generation;
  ej_generation_decide(seen, count, daemon->conf->stack.generation, &generation);
  struct ej_forms forms = report_forms(daemon->conf, &generation);
  ej_generation_free(&generation);
  return forms;
}

void story_body(const struct daemon *daemon, const struct incident *incident, struct text *text) {
  const struct rule *rule = rule_find(incident->code);
  text_add(text, translated("Seen:\n"));
  for (char **name = incident->codes; name && *name; name++) {
    const struct finding *finding = watches_finding(daemon, *name);
    text_printf(text, "  %s%s%s\n", *name, finding ? ": " : "", finding ? finding->summary : "");
    for (size_t i = 0; finding && i < finding->evidence_count; i++) {
      const struct evidence *item = &finding->evidence[i];
      text_printf(text, translated("    %s: saw %s%s%s\n"), item->what, item->saw, item->want ? translated(", want ") : "",
                  item->want ? item->want : "");
    }
  }
  if (incident->care && incident->care->tried.length) text_printf(text, translated("Tried:\n%s"), text_get(&incident->care->tried));
  for (const struct refusal *refusal = rule ? explanation_of(incident->code)->refused : NULL; refusal && refusal->remedy; refusal++) {
    text_printf(text, translated("Do not: %s: %s\n"), translated(refusal->remedy), translated(refusal->why));
  }
  const struct cause cause = {.code = incident->code, .rule = rule, .finding = rule ? NULL : known_code(daemon, incident->code)};
  const struct report_cause item = {.cause = &cause, .forms = forms_here(daemon)};
  auto_strings char **by_hand = cause.rule || cause.finding ? report_by_hand(&item) : NULL;
  for (char **line = by_hand; line && *line; line++) {
    auto_text struct text command = {0};
    lang_add_command(&command, *line);
    text_printf(text, translated("By hand: %s\n"), text_get(&command));
  }
  text_printf(text, translated("More: ejmon explain %s\n"), incident->code);
  text_limit(text, 16384);
}

char **story_matched_codes(const struct incident *incident) {
  const struct rule *rule = rule_find(incident->code);
  char **codes = xcalloc(1, sizeof *codes);
  for (char **name = incident->codes; name && *name; name++) {
    if (rule_must_pass(rule, *name)) strings_push(&codes, *name);
  }
  return codes;
}
