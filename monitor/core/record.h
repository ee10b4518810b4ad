/* What the store keeps, as plain rows: made by the core, written and read by monitor/store. No I/O here.
 *
 * Two clocks: `wall` is seconds since the epoch, for people; `mono` is CLOCK_MONOTONIC, for deadlines, which so survive a restart and a
 * clock that is set. After a boot of the host every mono of a former boot says nothing: store_load() tells. Strings are never NULL in a
 * row that goes to the store; rows own theirs. */
#ifndef EJMON_RECORD_H
#define EJMON_RECORD_H

#include <stddef.h>

#include "monitor/base/text.h"

/* One incident, from its first sight on. Written whole each time. */
struct incident_row {
  char *id; /* the pagers' dedup key; unique for ever */
  char *code, *subject;
  char *state;    /* "pending", "open", "folded"; ended: "closed", "withdrawn", "dropped" (never confirmed, never told: no row is kept) */
  char *severity; /* severity_names */
  char *summary;  /* one line */
  char *codes;    /* finding codes that it explains, one per line */
  char *told;     /* the sinks that were told of it, one per line: told_line() */
  char *seen;     /* its evidence as people read it */
  char *tried;    /* what was tried, the newest last */
  double opened, closed; /* wall; closed is 0 while it lasts */
  double first_bad;      /* mono: the first bad second that it goes back to */
  double page_at;        /* mono: when people are told unless it is healed before */
  double lapsed;         /* mono: since when what could be seen of it has passed, and the rest is out of sight; 0: not so */
  long plan_step;        /* remedies of the plan that were tried in vain */
  bool paged, healed, needs_person;
};

/* "pager 5f0c63ab": a sink's name, which holds no blank, and where it stood when it was told, where that is known. */
char *told_line(const char *sink, const char *place) must_check;
char *told_sink(const char *line) must_check;        /* the name */
const char *told_place(const char *line) must_check; /* "": not known */

/* One notice on its way to one sink. */
struct delivery_row {
  char *id;   /* of the notice: the same for all sinks and all tries */
  char *sink; /* with id, the key */
  char *incident, *event, *code, *subject, *severity, *summary, *body;
  char *verdict;     /* "" while it is owed; "delivered", "lost", "dropped" */
  char *error;       /* what the last try said */
  double made, done; /* wall; done is 0 while it is owed */
  double next_at;    /* mono: not tried before */
  long serial;       /* order of the notices of one incident */
  long tries;
};

/* An opinion that is not "well". `gone`: it is well again, or nobody looks any more, and the row goes. */
struct symptom_row {
  char *check, *code, *state; /* check and code are the key */
  char *target;               /* what the check looked at, as reports have it; "": not known */
  long streak;
  double since, first_bad; /* mono */
  bool seen;               /* the last probe saw it */
  long critical;           /* faults in a row that were critical, as far as they count */
  bool gone;
};

/* For the history. */
struct event_row {
  double at; /* wall */
  char *what, *incident, *sentence;
};

/* One attempt of a remedy (monitor/heal). */
struct attempt_row {
  char *id, *incident, *cause, *remedy, *plan;
  char *state; /* the step that it is at, or its verdict */
  char *report;
  double started, applied, ended; /* wall; 0: not yet */
};
struct attempt_rows {
  struct attempt_row *items;
  size_t count;
};
void attempt_rows_free(struct attempt_rows *rows);

/* What is written together. */
struct rows {
  struct incident_row *incidents;
  size_t incident_count;
  struct delivery_row *deliveries;
  size_t delivery_count;
  struct symptom_row *symptoms;
  size_t symptom_count;
  struct event_row *events;
  size_t event_count;
  long serial; /* the newest incident's number: ids are made of it, so that no two are alike; 0: as it was. It never becomes smaller */
};
void rows_free(struct rows *rows);
bool rows_empty(const struct rows *rows); /* nothing to be written, not even a serial */
void rows_copy(const struct rows *rows, struct rows *ret_rows);

/* --- the same as tables, for who copies, writes and reads all kinds of rows alike --- */

enum field_kind { FIELD_TEXT, FIELD_REAL, FIELD_WHOLE, FIELD_FLAG };
struct row_field {
  const char *name; /* the member's, and the column's */
  enum field_kind kind;
  size_t offset;
  bool key;
  bool absent; /* 0 means "not yet" */
};
struct row_type {
  const char *table;
  size_t size;
  const struct row_field *fields;
  size_t field_count;
};
extern const struct row_type incident_type, delivery_type, symptom_type, event_type, attempt_type;

/* The members by their kind. */
#define ROW_FIELD(row, member, how, ...) \
  { .name = #member, .kind = how, .offset = offsetof(struct row, member), __VA_ARGS__ }
#define ROW_TYPE(row, name, list) \
  { .table = name, .size = sizeof(struct row), .fields = list, .field_count = countof(list) }

void row_clear(const struct row_type *type, void *row); /* frees its strings */
void row_copy(const struct row_type *type, const void *row, void *ret_row);

#endif
