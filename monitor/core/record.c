/* The kinds of rows as tables of their members, and what is done with all of them alike; see record.h. */
#include "monitor/core/record.h"

#include <stdlib.h>
#include <string.h>

#define INCIDENT(member, how, ...) ROW_FIELD(incident_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field incident_fields[] = {
    INCIDENT(id, TEXT, .key = true), INCIDENT(code, TEXT),     INCIDENT(subject, TEXT),
    INCIDENT(state, TEXT),           INCIDENT(severity, TEXT), INCIDENT(summary, TEXT),
    INCIDENT(codes, TEXT),           INCIDENT(told, TEXT),     INCIDENT(seen, TEXT),
    INCIDENT(tried, TEXT),           INCIDENT(opened, REAL),   INCIDENT(closed, REAL, .absent = true),
    INCIDENT(first_bad, REAL),       INCIDENT(page_at, REAL),  INCIDENT(plan_step, WHOLE),
    INCIDENT(paged, FLAG),           INCIDENT(healed, FLAG),   INCIDENT(needs_person, FLAG),
};
const struct row_type incident_type = ROW_TYPE(incident_row, "incidents", incident_fields);

#define DELIVERY(member, how, ...) ROW_FIELD(delivery_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field delivery_fields[] = {
    DELIVERY(id, TEXT, .key = true),
    DELIVERY(sink, TEXT, .key = true),
    DELIVERY(incident, TEXT),
    DELIVERY(event, TEXT),
    DELIVERY(code, TEXT),
    DELIVERY(subject, TEXT),
    DELIVERY(severity, TEXT),
    DELIVERY(summary, TEXT),
    DELIVERY(body, TEXT),
    DELIVERY(verdict, TEXT),
    DELIVERY(error, TEXT),
    DELIVERY(made, REAL),
    DELIVERY(next_at, REAL),
    DELIVERY(done, REAL, .absent = true),
    DELIVERY(serial, WHOLE),
    DELIVERY(tries, WHOLE),
};
const struct row_type delivery_type = ROW_TYPE(delivery_row, "deliveries", delivery_fields);

#define SYMPTOM(member, how, ...) ROW_FIELD(symptom_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field symptom_fields[] = {
    SYMPTOM(check, TEXT, .key = true), SYMPTOM(code, TEXT, .key = true), SYMPTOM(state, TEXT), SYMPTOM(streak, WHOLE), SYMPTOM(since, REAL),
    SYMPTOM(first_bad, REAL),
};
const struct row_type symptom_type = ROW_TYPE(symptom_row, "symptoms", symptom_fields);

#define EVENT(member, how, ...) ROW_FIELD(event_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field event_fields[] = {EVENT(at, REAL), EVENT(what, TEXT), EVENT(incident, TEXT), EVENT(sentence, TEXT)};
const struct row_type event_type = ROW_TYPE(event_row, "events", event_fields);

#define ATTEMPT(member, how, ...) ROW_FIELD(attempt_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field attempt_fields[] = {
    ATTEMPT(id, TEXT, .key = true),
    ATTEMPT(incident, TEXT),
    ATTEMPT(cause, TEXT),
    ATTEMPT(remedy, TEXT),
    ATTEMPT(plan, TEXT),
    ATTEMPT(state, TEXT),
    ATTEMPT(report, TEXT),
    ATTEMPT(started, REAL),
    ATTEMPT(applied, REAL, .absent = true),
    ATTEMPT(ended, REAL, .absent = true),
};
const struct row_type attempt_type = ROW_TYPE(attempt_row, "attempts", attempt_fields);

/* --- one row --------------------------------------------------------------------------------------------------------------- */

void row_clear(const struct row_type *type, void *row) {
  for (size_t i = 0; i < type->field_count; i++) {
    if (type->fields[i].kind == FIELD_TEXT) free(*(char **)((char *)row + type->fields[i].offset));
  }
  memset(row, 0, type->size);
}

void row_copy(const struct row_type *type, const void *row, void *ret_row) {
  memcpy(ret_row, row, type->size);
  for (size_t i = 0; i < type->field_count; i++) {
    char **string = (char **)((char *)ret_row + type->fields[i].offset);
    if (type->fields[i].kind == FIELD_TEXT) *string = xstrdup(*string);
  }
}

/* --- all of them ----------------------------------------------------------------------------------------------------------- */

static void items_free(const struct row_type *type, void *items, size_t count) {
  for (size_t i = 0; i < count; i++) row_clear(type, (char *)items + i * type->size);
  free(items);
}

static void *items_copy(const struct row_type *type, const void *items, size_t count) {
  char *copy = xcalloc(count ? count : 1, type->size);
  for (size_t i = 0; i < count; i++) row_copy(type, (const char *)items + i * type->size, copy + i * type->size);
  return copy;
}

void rows_free(struct rows *rows) {
  items_free(&incident_type, rows->incidents, rows->incident_count);
  items_free(&delivery_type, rows->deliveries, rows->delivery_count);
  items_free(&symptom_type, rows->symptoms, rows->symptom_count);
  items_free(&event_type, rows->events, rows->event_count);
  *rows = (struct rows){0};
}

bool rows_empty(const struct rows *rows) {
  return rows->incident_count + rows->delivery_count + rows->symptom_count + rows->event_count == 0 && rows->serial == 0;
}

void rows_copy(const struct rows *rows, struct rows *ret_rows) {
  *ret_rows = *rows;
  ret_rows->incidents = items_copy(&incident_type, rows->incidents, rows->incident_count);
  ret_rows->deliveries = items_copy(&delivery_type, rows->deliveries, rows->delivery_count);
  ret_rows->symptoms = items_copy(&symptom_type, rows->symptoms, rows->symptom_count);
  ret_rows->events = items_copy(&event_type, rows->events, rows->event_count);
}

void attempt_rows_free(struct attempt_rows *rows) {
  items_free(&attempt_type, rows->items, rows->count);
  *rows = (struct attempt_rows){0};
}
