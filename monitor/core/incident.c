/* What an incident is; see incident.h. */
#include "monitor/core/incident.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

const char *const incident_state_names[] = {[INCIDENT_PENDING] = translatable("pending"),     [INCIDENT_OPEN] = translatable("open"),
                                            [INCIDENT_FOLDED] = translatable("folded"),       [INCIDENT_CLOSED] = translatable("closed"),
                                            [INCIDENT_WITHDRAWN] = translatable("withdrawn"), [INCIDENT_DROPPED] = translatable("dropped")};

bool incident_is_over(const struct incident *incident) {
  return incident->state >= INCIDENT_CLOSED;
}

bool incident_explains(const struct incident *incident, const char *code) {
  for (char **c = incident->codes; c && *c; c++) {
    if (text_equal(*c, code)) return true;
  }
  return false;
}

bool incident_needs(const struct incident *incident, const char *code) {
  if (!incident_explains(incident, code)) return false;
  return incident->rule ? rule_must_pass(incident->rule, code)
                        : text_equal(incident->code, code) || !incident_explains(incident, incident->code);
}

enum severity incident_severity(const struct incident *incident) {
  for (enum severity s = SEVERITY_INFO; s <= SEVERITY_CRITICAL; s++) {
    if (text_equal(severity_names[s], incident->severity)) return s;
  }
  return SEVERITY_CRITICAL;
}

void incident_page_by(struct incident *incident, double when) {
  incident->page_at = fmin(incident->page_at, when);
}

void incident_kept(struct incident *incident, double now) {
  if (!incident->healed) incident->page_at = now + PAGE_HOLD;
  incident->healed = true;
}

void incident_note_tried(struct incident *incident, const char *text) {
  text_add(&incident->tried, text);
  if (incident->tried.length <= TRIED_LIMIT) return;
  const char *rest = incident->tried.data + incident->tried.length - TRIED_LIMIT;
  const char *line = strchr(rest, '\n');
  auto_free char *kept = text_format(translated("(earlier attempts are in the journal)\n%s"), line ? line + 1 : rest);
  text_clear(&incident->tried);
  text_add(&incident->tried, kept);
}

void incident_free(struct incident *incident) {
  free(incident->id);
  free(incident->code);
  free(incident->severity);
  free(incident->summary);
  free(incident->seen);
  strings_free(incident->codes);
  strings_free(incident->told);
  text_free(&incident->tried);
  free(incident);
}
