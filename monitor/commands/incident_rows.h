/* Open incidents as rows of JSON, as the running daemon answers them and as its journal has them, and what people read of them. */
#ifndef EJMON_INCIDENT_ROWS_H
#define EJMON_INCIDENT_ROWS_H

#include <jansson.h>

#include "monitor/commands/command.h"
#include "monitor/store/store.h"

/* What the journal of a daemon that does not run says. */
struct journal {
  json_t *incidents; /* an array of rows; the caller's reference */
  struct attempt_rows attempts;
};
/* Reads the journal in that state folder, within so many seconds, with the newest attempts, at most so many. 0, or -errno after
 * complaining; `why` as from ask_where(). Outside of the loop. */
int journal_read(const char *folder, const char *why, double seconds, size_t attempts, struct journal *ret_journal) must_check;
void journal_free(struct journal *journal);

/* One after the other, with the subject where it is not the stack, whether people were told, and the id. */
void incident_rows_write(const json_t *incidents, struct text *text);
/* Those that are confirmed: what is pending may never be one. */
size_t incident_rows_open(const json_t *incidents) must_check;

#endif
