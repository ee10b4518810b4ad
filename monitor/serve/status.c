/* JSON from the mind and the schedule; see status.h. */
#include "monitor/serve/status.h"

#include <string.h>

#include "monitor/base/json_text.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/mode.h"
#include "monitor/base/stamp.h"
#include "monitor/core/owed.h"

/* --- parts ----------------------------------------------------------------------------------------------------------------- */

static json_t *watch_json(const struct watch_view *watch) {
  json_t *ill = json_array();
  for (size_t i = 0; i < watch->opinion->code_count; i++) {
    enum symptom_state state = watch->opinion->symptoms[i].state;
    if (state == SYMPTOM_WELL) continue;
    json_array_append_new(ill, json_pack("{s:s, s:s}", "code", watch->opinion->codes[i]->name, "state", symptom_state_names[state]));
  }
  const struct conf_check *check = watch->check;
  json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:f, s:o}", "name", check->name, "kind", check->kind->name, "subject",
                          check->subject, "target", check->target ? check->target : "", "status", check_status_names[watch->status],
                          "probes", (json_int_t)watch->probes, "next_in", watch->next_in, "symptoms", ill);
  if (watch->opinion->blind_reason) json_object_set_new(row, "reason", json_plain(watch->opinion->blind_reason));
  return row;
}

static json_t *strings_json(char *const *strings) {
  json_t *array = json_array();
  for (; strings && *strings; strings++) json_array_append_new(array, json_string(*strings));
  return array;
}

static json_t *told_json(char *const *lines) {
  json_t *array = json_array();
  for (; lines && *lines; lines++) {
    auto_free char *sink = told_sink(*lines);
    json_array_append_new(array, json_string(sink));
  }
  return array;
}

/* The sinks that have yet to hear that an incident began, by its id: one walk, for thousands of incidents. */
static json_t *owed_json(const struct spool *spool) {
  json_t *owed = json_object();
  for (size_t i = 0; i < spool->count; i++) {
    const struct delivery *delivery = spool->items[i];
    if (delivery->event != NOTICE_TRIGGERED || delivery_is_over(delivery)) continue;
    json_t *sinks = json_object_get(owed, delivery->row.incident);
    if (!sinks) json_object_set_new(owed, delivery->row.incident, sinks = json_array());
    json_array_append_new(sinks, json_string(delivery->row.sink));
  }
  return owed;
}

static json_t *incident_json(const struct incident *incident, json_t *owed) {
  auto_free char *opened = stamp_rfc3339(incident->opened, false);
  json_t *sinks = json_object_get(owed, incident->id);
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:o, s:o, s:o}", "id", incident->id, "code", incident->code, "subject",
                   incident->subject->name, "state", incident_state_names[incident->state], "severity", incident->severity, "summary",
                   json_plain(incident->summary), "opened", opened, "paged", incident->paged, "explains", strings_json(incident->codes),
                   "told", told_json(incident->told), "owed", sinks ? json_incref(sinks) : json_array());
}

static json_t *incidents_json(const struct mind *mind, bool pending) {
  json_t *incidents = json_array();
  json_auto_t *owed = owed_json(&mind->spool);
  for (size_t i = 0; i < mind->subject_count; i++) {
    for (size_t k = 0; k < mind->subjects[i]->incident_count; k++) {
      const struct incident *incident = mind->subjects[i]->incidents[k];
      if (incident_is_over(incident) || (incident->state == INCIDENT_PENDING && !pending)) continue;
      json_array_append_new(incidents, incident_json(incident, owed));
    }
  }
  return incidents;
}

static void add_time(json_t *row, const char *key, double wall) {
  auto_free char *stamp = stamp_rfc3339(wall, false);
  json_object_set_new(row, key, wall > 0 ? json_string(stamp) : json_null());
}

static json_t *sinks_json(const struct mind *mind) {
  json_t *sinks = json_array();
  for (size_t i = 0; i < mind->spool.sink_count; i++) {
    const struct sink_health *sink = &mind->spool.sinks[i];
    json_t *row = json_pack("{s:s, s:I, s:I}", "name", sink->name, "owed", (json_int_t)sink->owed, "refusals", (json_int_t)sink->refusals);
    add_time(row, "last_success", sink->last_success);
    add_time(row, "last_refusal", sink->last_refusal);
    if (sink->refusal) json_object_set_new(row, "refusal", json_text(sink->refusal));
    json_array_append_new(sinks, row);
  }
  return sinks;
}

/* --- answers --------------------------------------------------------------------------------------------------------------- */

static void add_trouble(json_t *troubles, const char *what, const char *why) {
  auto_free char *sentence = text_format("%s: %s", what, why);
  json_array_append_new(troubles, json_text(sentence));
}

static void add_owed(json_t *troubles, const struct spool *spool) {
  for (size_t i = 0; i < spool->sink_count; i++) {
    const struct sink_health *sink = &spool->sinks[i];
    if (!sink->owed || (!sink->refusals && !owed_late(spool, i, loop_monotonic()))) continue;
    auto_free char *what = text_format(translated("the sink %s takes no notices, %zu owed"), sink->name, sink->owed);
    add_trouble(troubles, what, sink->refusals && sink->refusal ? sink->refusal : translated("it does not answer"));
  }
  auto_strings char **names = NULL;
  size_t count = owed_to_gone(spool, &names);
  if (!count) return;
  auto_text struct text list = {0};
  for (char **name = names; *name; name++) text_printf(&list, "%s%s", list.length ? ", " : "", *name);
  auto_free char *what = text_format(translated("notices are owed to sinks that are not configured any more, %zu"), count);
  add_trouble(troubles, what, text_get(&list));
}

/* What keeps ejmon from being ready, though its loop turns. */
static json_t *troubles_json(const struct status_view *view) {
  json_t *troubles = json_array();
  if (view->store_trouble) add_trouble(troubles, translated("the journal does not take what happens"), view->store_trouble);
  if (view->conf_trouble) add_trouble(troubles, translated("the configuration on disk is not the running one"), view->conf_trouble);
  add_owed(troubles, &view->mind->spool);
  return troubles;
}

static void add_doubt(json_t *answer, const struct status_view *view) {
  if (view->doubt) json_object_set_new(answer, "doubt", json_text(view->doubt));
}

static json_t *answer_health(const struct status_view *view) {
  json_t *troubles = troubles_json(view);
  json_t *health = json_pack("{s:b, s:b, s:f, s:s, s:o}", "ok", 1, "ready", json_array_size(troubles) == 0, "lag", loop_lag(), "version",
                             EJMON_VERSION, "trouble", troubles);
  add_doubt(health, view);
  return health;
}

static json_t *answer_status(const struct status_view *view) {
  json_t *checks = json_array();
  for (size_t i = 0; i < watches_count(view->watches); i++) {
    struct watch_view watch = watches_view(view->watches, i);
    json_array_append_new(checks, watch_json(&watch));
  }
  auto_free char *started = stamp_rfc3339(view->started, false);
  json_t *status = json_pack("{s:s, s:b, s:s, s:s, s:f, s:s, s:o, s:o, s:o, s:s, s:o}", "schema", "ejmon.status/1", "running", 1, "version",
                             EJMON_VERSION, "started", started, "lag", loop_lag(), "mode", acting_mode_names[view->conf->mode], "checks",
                             checks, "incidents", incidents_json(view->mind, true), "sinks", sinks_json(view->mind), "healing",
                             view->healing ? view->healing : "", "trouble", troubles_json(view));
  add_doubt(status, view);
  return status;
}

static json_t *error_json(const char *sentence) {
  return json_pack("{s:s}", "error", sentence);
}

static json_t *answer_withdraw(const struct status_view *view, const char *id) {
  struct incident *incident = mind_incident(view->mind, id);
  if (!incident || incident_is_over(incident) || incident->state == INCIDENT_PENDING)
    return error_json(translated("no incident of that id is open (`ejmon incidents` lists them)"));
  if (incident->healing) return error_json(translated("a remedy is at work for it: its verdict comes first"));
  mind_withdraw(view->mind, incident, loop_monotonic(), loop_wall());
  return json_pack("{s:s, s:b}", "withdrawn", id, "told", incident->paged);
}

json_t *status_answer(const struct status_view *view, const char *request) {
  if (text_equal(request, "health")) return answer_health(view);
  if (text_equal(request, "status")) return answer_status(view);
  if (text_equal(request, "incidents"))
    return json_pack("{s:s, s:b, s:o}", "schema", "ejmon.incidents/1", "running", 1, "incidents", incidents_json(view->mind, false));
  if (text_starts(request, "withdraw ")) return answer_withdraw(view, request + strlen("withdraw "));
  return error_json("ejmon understands health, status, incidents and withdraw ID");
}
