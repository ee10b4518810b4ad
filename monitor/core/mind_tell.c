/* Notices from incidents: who is told, and with which words; who was told, and who has to be told anew; see mind.h. */
#include <stdlib.h>

#include "monitor/core/mind_parts.h"

static char *const nobody[] = {NULL};

/* --- notices --------------------------------------------------------------------------------------------------------------- */

static void owe_notice(struct mind *mind, const struct incident *incident, enum notice_event event, enum severity severity,
                       const char *summary, const char *body, const char *sink, double now, double wall) {
  struct delivery_row row = {.id = text_format("%s-%s-%ld", incident->id, notice_event_names[event], mind->serial),
                             .sink = xstrdup(sink),
                             .incident = xstrdup(incident->id),
                             .event = xstrdup(notice_event_names[event]),
                             .code = xstrdup(incident->code),
                             .subject = xstrdup(incident->subject->name),
                             .severity = xstrdup(severity_names[severity]),
                             .summary = xstrdup(summary),
                             .body = xstrdup(body),
                             .verdict = xstrdup(""),
                             .error = xstrdup(""),
                             .made = wall,
                             .next_at = now,
                             .serial = mind->serial};
  mind_touch_delivery(mind, spool_add(&mind->spool, &row, event, severity));
}

static void note_told(const struct mind *mind, struct incident *incident, const char *name) {
  const struct sink_health *sink = spool_sink(&mind->spool, name);
  auto_free char *line = told_line(name, sink ? sink->place : NULL);
  strings_push(&incident->told, line);
}

void mind_tell(struct mind *mind, struct incident *incident, enum notice_event event, enum severity severity, const char *summary,
               char *const *sinks, double now, double wall) {
  auto_free char *body = mind->host.body(mind->host.context, incident, event);
  mind->serial++;
  for (size_t i = 0; sinks ? sinks[i] != NULL : i < mind->spool.sink_count; i++) {
    auto_free char *sink = told_sink(sinks ? sinks[i] : mind->spool.sinks[i].name);
    /* A sink that is gone may come back, and should not show for ever what has ended meanwhile. */
    if (event == NOTICE_UPDATED && !spool_sink(&mind->spool, sink)) continue;
    owe_notice(mind, incident, event, severity, summary, body, sink, now, wall);
    if (event == NOTICE_TRIGGERED) note_told(mind, incident, sink);
  }
  mind_touch(mind, incident);
  mind_event(mind, notice_event_names[event], incident->id, summary, wall);
}

void mind_update(struct mind *mind, struct incident *incident, enum severity severity, const char *summary, double now, double wall) {
  char *const *told = incident->told ? incident->told : nobody;
  mind_tell(mind, incident, NOTICE_UPDATED, severity, summary, incident->paged ? told : NULL, now, wall);
}

/* --- who does not know ------------------------------------------------------------------------------------------------------- */

static void untell(struct mind *mind, struct incident *incident, size_t index) {
  free(incident->told[index]);
  for (; incident->told[index + 1]; index++) incident->told[index] = incident->told[index + 1];
  incident->told[index] = NULL;
  mind_touch(mind, incident);
}

/* Its line among who was told; SIZE_MAX: it was not. */
static size_t told_index(const struct incident *incident, const char *name) {
  for (size_t i = 0; incident->told && incident->told[i]; i++) {
    auto_free char *sink = told_sink(incident->told[i]);
    if (text_equal(sink, name)) return i;
  }
  return SIZE_MAX;
}

/* Was it told where it stands now, or is it being told? */
static bool is_told(struct mind *mind, struct incident *incident, const struct sink_health *sink) {
  size_t index = told_index(incident, sink->name);
  if (index == SIZE_MAX) return false;
  const char *place = told_place(incident->told[index]);
  if (!sink->place || text_equal(place, sink->place)) return true;
  bool told = !*place || spool_owes_beginning(&mind->spool, sink->name, incident->id);
  untell(mind, incident, index);
  if (told) note_told(mind, incident, sink->name);
  return told;
}

bool tell_untold(struct mind *mind, struct incident *incident, const struct sink_health *only, double now, double wall) {
  auto_strings char **fresh = xcalloc(1, sizeof *fresh);
  for (size_t i = 0; i < mind->spool.sink_count; i++) {
    const struct sink_health *sink = &mind->spool.sinks[i];
    if ((!only || only == sink) && !is_told(mind, incident, sink)) strings_push(&fresh, sink->name);
  }
  if (!*fresh) return false;
  mind_tell(mind, incident, NOTICE_TRIGGERED, incident_severity(incident), incident->summary, fresh, now, wall);
  return true;
}

/* Of all that is open; `most`: of so many at most. */
static void tell_all_untold(struct mind *mind, const struct sink_health *only, size_t most, double now, double wall) {
  for (size_t i = 0; most && i < mind->subject_count; i++) {
    const struct subject *subject = mind->subjects[i];
    for (size_t k = 0; most && k < subject->incident_count; k++) {
      struct incident *incident = subject->incidents[k];
      if (incident->paged && !incident_is_over(incident)) most -= tell_untold(mind, incident, only, now, wall);
    }
  }
}

void mind_place_sinks(struct mind *mind, const char *const *places, double now, double wall) {
  for (size_t i = 0; i < mind->spool.sink_count; i++) {
    struct sink_health *sink = &mind->spool.sinks[i];
    if (sink->place && !text_equal(sink->place, places[i])) spool_try_anew(&mind->spool, sink->name, now);
    free(sink->place);
    sink->place = xstrdup(places[i]);
  }
  tell_all_untold(mind, NULL, SIZE_MAX, now, wall);
}

/* --- what comes of a try ----------------------------------------------------------------------------------------------------- */

void mind_lost(struct mind *mind, const struct delivery *lost) {
  if (lost->event != NOTICE_TRIGGERED) return;
  for (struct delivery *rest; (rest = spool_drop_behind(&mind->spool, lost)) != NULL;) mind_touch_delivery(mind, rest);
  const struct subject *subject = mind_subject(mind, lost->row.subject);
  for (size_t i = 0; subject && i < subject->incident_count; i++) {
    struct incident *incident = subject->incidents[i];
    size_t index = text_equal(incident->id, lost->row.incident) ? told_index(incident, lost->row.sink) : SIZE_MAX;
    if (index == SIZE_MAX || incident_is_over(incident)) continue;
    struct sink_health *sink = spool_sink(&mind->spool, lost->row.sink);
    if (sink) sink->missed = true;
    untell(mind, incident, index);
  }
}

void mind_answered(struct mind *mind, struct delivery *delivery, enum delivery_result result, double retry_after, const char *error,
                   double now, double wall, bool *ret_lost) {
  spool_ended(&mind->spool, delivery, result, retry_after, error, now, wall, ret_lost);
  mind_touch_delivery(mind, delivery);
  if (*ret_lost) mind_lost(mind, delivery);
  struct sink_health *sink = spool_sink(&mind->spool, delivery->row.sink);
  if (!sink || !sink->missed) return;
  if (result == DELIVERY_DONE) {
    sink->missed = false;
    tell_all_untold(mind, sink, SIZE_MAX, now, wall);
  } else if (*ret_lost && !sink->owed) {
    tell_all_untold(mind, sink, 1, now, wall);
  }
}
