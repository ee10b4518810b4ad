/* The kinds of rows as tables of their members, and what is done with all of them alike; see record.h. */
#include "monitor/core/record.h"

#include <stdlib.h>
#include <string.h>

#define PLAIN .key = false /* neither a key nor absent at first */

#define INCIDENT(member, how, ...) ROW_FIELD(incident_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field incident_fields[] = {
    INCIDENT(id, TEXT, .key = true),  INCIDENT(code, TEXT, PLAIN),     INCIDENT(subject, TEXT, PLAIN),
    INCIDENT(state, TEXT, PLAIN),     INCIDENT(severity, TEXT, PLAIN), INCIDENT(summary, TEXT, PLAIN),
    INCIDENT(codes, TEXT, PLAIN),     INCIDENT(told, TEXT, PLAIN),     INCIDENT(seen, TEXT, PLAIN),
    INCIDENT(tried, TEXT, PLAIN),     INCIDENT(opened, REAL, PLAIN),   INCIDENT(closed, REAL, .absent = true),
    INCIDENT(first_bad, REAL, PLAIN), INCIDENT(page_at, REAL, PLAIN),  INCIDENT(plan_step, WHOLE, PLAIN),
    INCIDENT(paged, FLAG, PLAIN),     INCIDENT(healed, FLAG, PLAIN),   INCIDENT(needs_person, FLAG, PLAIN),
    INCIDENT(lapsed, REAL, PLAIN),
};
const struct row_type incident_type = ROW_TYPE(incident_row, "incidents", incident_fields);

#define DELIVERY(member, how, ...) ROW_FIELD(delivery_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field delivery_fields[] = {
    DELIVERY(id, TEXT, .key = true), DELIVERY(sink, TEXT, .key = true),    DELIVERY(incident, TEXT, PLAIN), DELIVERY(event, TEXT, PLAIN),
    DELIVERY(code, TEXT, PLAIN),     DELIVERY(subject, TEXT, PLAIN),       DELIVERY(severity, TEXT, PLAIN), DELIVERY(summary, TEXT, PLAIN),
    DELIVERY(body, TEXT, PLAIN),     DELIVERY(verdict, TEXT, PLAIN),       DELIVERY(error, TEXT, PLAIN),    DELIVERY(made, REAL, PLAIN),
    DELIVERY(next_at, REAL, PLAIN),  DELIVERY(done, REAL, .absent = true), DELIVERY(serial, WHOLE, PLAIN),  DELIVERY(tries, WHOLE, PLAIN),
};
const struct row_type delivery_type = ROW_TYPE(delivery_row, "deliveries", delivery_fields);

#define SYMPTOM(member, how, ...) ROW_FIELD(symptom_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field symptom_fields[] = {
    SYMPTOM(check, TEXT, .key = true), SYMPTOM(code, TEXT, .key = true), SYMPTOM(state, TEXT, PLAIN),
    SYMPTOM(streak, WHOLE, PLAIN),     SYMPTOM(since, REAL, PLAIN),      SYMPTOM(first_bad, REAL, PLAIN),
    SYMPTOM(target, TEXT, PLAIN),      SYMPTOM(seen, FLAG, PLAIN),       SYMPTOM(critical, WHOLE, PLAIN),
};
const struct row_type symptom_type = ROW_TYPE(symptom_row, "symptoms", symptom_fields);

#define EVENT(member, how, ...) ROW_FIELD(event_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field event_fields[] = {EVENT(at, REAL, PLAIN), EVENT(what, TEXT, PLAIN), EVENT(incident, TEXT, PLAIN),
                                                EVENT(sentence, TEXT, PLAIN)};
const struct row_type event_type = ROW_TYPE(event_row, "events", event_fields);

#define ATTEMPT(member, how, ...) ROW_FIELD(attempt_row, member, FIELD_##how, __VA_ARGS__)
static const struct row_field attempt_fields[] = {
    ATTEMPT(id, TEXT, .key = true),       ATTEMPT(incident, TEXT, PLAIN), ATTEMPT(cause, TEXT, PLAIN),
    ATTEMPT(remedy, TEXT, PLAIN),         ATTEMPT(plan, TEXT, PLAIN),     ATTEMPT(state, TEXT, PLAIN),
    ATTEMPT(report, TEXT, PLAIN),         ATTEMPT(started, REAL, PLAIN),  ATTEMPT(applied, REAL, .absent = true),
    ATTEMPT(ended, REAL, .absent = true),
};
const struct row_type attempt_type = ROW_TYPE(attempt_row, "attempts", attempt_fields);

/* --- who was told ---------------------------------------------------------------------------------------------------------- */

char *told_line(const char *sink, const char *place) {
  return text_format("%s%s%s", sink, place ? " " : "", place ? place : "");
}

char *told_sink(const char *line) {
  return xstrndup(line, strcspn(line, " "));
}

const char *told_place(const char *line) {
  const char *blank = strchr(line, ' ');
  return blank ? blank + 1 : "";
}

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
  void *copy = NULL;
  for (size_t copied = 0; copied < count;) { /* array_push(): more may be added to it */
    const char *from = (const char *)items + copied * type->size;
    row_copy(type, from, array_push(&copy, &copied, type->size));
  }
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
