/* Notices from incidents: who is told, and with which words; see mind.h. */
#include "monitor/core/mind_parts.h"

#include <stdlib.h>

void mind_tell(struct mind *mind, struct incident *incident, enum notice_event event, enum severity severity, const char *summary,
               char *const *sinks, double now, double wall) {
  auto_free char *body = mind->host.body(mind->host.context, incident, event);
  mind->serial++;
  for (size_t i = 0; sinks ? sinks[i] != NULL : i < mind->spool.sink_count; i++) {
    const char *sink = sinks ? sinks[i] : mind->spool.sinks[i].name;
    /* A sink that is gone may come back, and should not show for ever what has ended meanwhile. */
    if (event == NOTICE_UPDATED && !spool_sink(&mind->spool, sink)) continue;
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
    struct delivery *delivery = spool_add(&mind->spool, &row, event, severity);
    delivery->changed = ++mind->changes;
    if (event == NOTICE_TRIGGERED) strings_push(&incident->told, sink);
  }
  mind_touch(mind, incident);
  mind_event(mind, notice_event_names[event], incident->id, summary, wall);
}

void mind_update(struct mind *mind, struct incident *incident, enum severity severity, const char *summary, double now, double wall) {
  mind_tell(mind, incident, NOTICE_UPDATED, severity, summary, incident->paged ? incident->told : NULL, now, wall);
}

/* A sink that is new hears of what is open: it may stand where a broken one stood. */
void tell_new_sinks(struct mind *mind, struct incident *incident, double now, double wall) {
  auto_strings char **fresh = xcalloc(1, sizeof *fresh);
  for (size_t i = 0; i < mind->spool.sink_count; i++) {
    bool told = false;
    for (char **name = incident->told; name && *name && !told; name++) told = text_equal(*name, mind->spool.sinks[i].name);
    if (!told) strings_push(&fresh, mind->spool.sinks[i].name);
  }
  if (!*fresh) return;
  enum severity severity = SEVERITY_CRITICAL;
  for (enum severity s = SEVERITY_INFO; s < SEVERITY_CRITICAL; s++) {
    if (text_equal(severity_names[s], incident->severity)) severity = s;
  }
  mind_tell(mind, incident, NOTICE_TRIGGERED, severity, incident->summary, fresh, now, wall);
}
