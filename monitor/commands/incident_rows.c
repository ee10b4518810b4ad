/* Rows of the daemon's answer or of its journal, and their text; see incident_rows.h. */
#include "monitor/commands/incident_rows.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/json_text.h"
#include "monitor/base/lang.h"
#include "monitor/base/stamp.h"
#include "monitor/base/task.h"
#include "monitor/core/mind.h"

/* --- from the journal ------------------------------------------------------------------------------------------------------ */

struct journal_job {
  const char *folder, *why;
  size_t attempts;
  struct journal *journal;
};

static json_t *lines_json(const char *lines) {
  json_t *array = json_array();
  for (const char *p = lines; *p; p += strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n'))
    json_array_append_new(array, json_stringn(p, strcspn(p, "\n")));
  return array;
}

static json_t *told_json(const char *lines) {
  json_auto_t *told = lines_json(lines);
  json_t *names = json_array();
  for (size_t i = 0; i < json_array_size(told); i++) {
    auto_free char *sink = told_sink(json_string_value(json_array_get(told, i)));
    json_array_append_new(names, json_string(sink));
  }
  return names;
}

/* The sinks that had yet to hear that it began. */
static json_t *owed_json(const struct rows *rows, const char *incident) {
  json_t *owed = json_array();
  for (size_t i = 0; i < rows->delivery_count; i++) {
    const struct delivery_row *row = &rows->deliveries[i];
    if (text_equal(row->incident, incident) && text_equal(row->event, notice_event_names[NOTICE_TRIGGERED]))
      json_array_append_new(owed, json_string(row->sink));
  }
  return owed;
}

static json_t *incidents_json(const struct rows *rows) {
  json_t *incidents = json_array();
  for (size_t i = 0; i < rows->incident_count; i++) {
    const struct incident_row *row = &rows->incidents[i];
    if (text_equal(row->state, incident_state_names[INCIDENT_PENDING])) continue; /* nobody knows yet whether it is one */
    auto_free char *opened = stamp_rfc3339(row->opened, false);
    json_array_append_new(incidents, json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:o, s:o, s:o}", "id", row->id, "code", row->code,
                                               "subject", row->subject, "state", row->state, "severity", row->severity, "summary",
                                               json_text(row->summary), "opened", opened, "paged", row->paged, "explains",
                                               lines_json(row->codes), "told", told_json(row->told), "owed", owed_json(rows, row->id)));
  }
  return incidents;
}

static int journal_task(void *argument) {
  const struct journal_job *job = argument;
  struct store *store = NULL;
  auto_free char *error = NULL;
  int r = store_open(job->folder, true, &store, &error);
  if (r < 0) {
    command_refuse("no daemon runs, and its journal cannot be read: %s%s%s%s", error ? error : lang_error(-r),
                   job->why ? translated(" (looked for there since ") : "", job->why ? job->why : "",
                   job->why ? translated("; --state DIR names another folder)") : "");
    return r;
  }
  struct rows rows = {0};
  bool same_boot;
  r = store_load(store, &rows, &same_boot);
  if (r == 0) r = store_attempts_newest(store, job->attempts, &job->journal->attempts);
  if (r == 0) {
    job->journal->incidents = incidents_json(&rows);
  } else {
    command_refuse("no daemon runs, and its journal in %s cannot be read: %s", job->folder, lang_error(-r));
  }
  rows_free(&rows);
  store_close(store);
  return r;
}

int journal_read(const char *folder, const char *why, double seconds, size_t attempts, struct journal *ret_journal) {
  *ret_journal = (struct journal){0};
  struct journal_job job = {folder, why, attempts, ret_journal};
  return task_run_to_end("journal", seconds, journal_task, &job);
}

void journal_free(struct journal *journal) {
  json_decref(journal->incidents);
  attempt_rows_free(&journal->attempts);
  *journal = (struct journal){0};
}

/* --- for people ------------------------------------------------------------------------------------------------------------ */

static const char *string_of(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

static bool is_pending(const json_t *incident) {
  return text_equal(string_of(incident, "state"), incident_state_names[INCIDENT_PENDING]);
}

size_t incident_rows_open(const json_t *incidents) {
  size_t index, open = 0;
  json_t *row;
  json_array_foreach((json_t *)(uintptr_t)incidents, index, row) open += !is_pending(row);
  return open;
}

static bool holds(const json_t *array, const char *name) {
  for (size_t i = 0; i < json_array_size(array); i++) {
    if (text_equal(json_string_value(json_array_get(array, i)), name)) return true;
  }
  return false;
}

/* The names of `sinks` that are not in `but`. */
static void add_names(const json_t *sinks, const json_t *but, struct text *text) {
  for (size_t i = 0; i < json_array_size(sinks); i++) {
    const char *name = json_string_value(json_array_get(sinks, i));
    if (!holds(but, name)) text_printf(text, "%s%s", text->length ? ", " : "", name);
  }
}

static void write_told(const json_t *row, struct text *text) {
  if (is_pending(row)) return;
  auto_text struct text told = {0}, owed = {0};
  add_names(json_object_get(row, "told"), json_object_get(row, "owed"), &told);
  add_names(json_object_get(row, "owed"), NULL, &owed);
  if (!json_is_true(json_object_get(row, "paged"))) {
    text_add(text, translated("    nobody was told yet\n"));
  } else if (!told.length && !owed.length) {
    text_add(text, translated("    told to nobody: no sink was configured, or none took it\n"));
  }
  if (told.length) text_printf(text, translated("    told: %s\n"), text_get(&told));
  if (owed.length) text_printf(text, translated("    owed: %s\n"), text_get(&owed));
}

static bool names_subject(const char *subject) {
  return *subject && !text_equal(subject, MIND_STACK) && !text_equal(subject, MIND_SELF);
}

void incident_rows_write(const json_t *incidents, struct text *text) {
  size_t index;
  json_t *row;
  json_array_foreach((json_t *)(uintptr_t)incidents, index, row) {
    const char *subject = string_of(row, "subject");
    auto_free char *cause =
        names_subject(subject) ? text_format(translated("%s of %s"), string_of(row, "code"), subject) : xstrdup(string_of(row, "code"));
    text_printf(text, translated("  %s (%s, %s since %s)\n    %s\n"), cause, translated(string_of(row, "severity")),
                translated(string_of(row, "state")), string_of(row, "opened"), string_of(row, "summary"));
    write_told(row, text);
    text_printf(text, "    id: %s\n", string_of(row, "id"));
  }
}
