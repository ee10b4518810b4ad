/* Incidents across a restart and a reload: neither closes one, only passing probes do. See daemon.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/log.h"
#include "monitor/base/loop.h"
#include "monitor/daemon/daemon.h"

/* Believes the incident's codes ill until probes pass them. */
static void believe(struct daemon *daemon, const struct incident *incident) {
  for (char **code = incident->codes; code && *code; code++) {
    if (watches_see_ill(daemon, *code)) continue;
    watches_believe(daemon, (char *[]){*code, NULL});
    if (!watches_know(daemon, *code)) log_warning("incident %s stays open: no check looks for %s any more", incident->id, *code);
  }
}

/* --- reload ---------------------------------------------------------------------------------------------------------------- */

void care_before_reload(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    struct incident *incident = daemon->incidents.items[i];
    char **kept = xcalloc(1, sizeof *kept);
    for (char **code = incident->codes; code && *code; code++) {
      if (watches_see_ill(daemon, *code) || !watches_know(daemon, *code)) strings_push(&kept, *code);
    }
    strings_free(incident->codes);
    incident->codes = kept;
    if (incident->care) incident->care->saved_codes = strings_count(kept);
  }
}

void care_after_reload(struct daemon *daemon) {
  for (size_t i = 0; i < daemon->incidents.count; i++) {
    struct incident *incident = daemon->incidents.items[i];
    if (incident->state != INCIDENT_PENDING) believe(daemon, incident);
    if (incident->care && incident->care->held) incident->care->next_try = 0; /* the guard may say otherwise now */
  }
}

/* --- restart --------------------------------------------------------------------------------------------------------------- */

static char **codes_split(const char *joined) {
  char **codes = xcalloc(1, sizeof *codes);
  while (*joined) {
    size_t length = strcspn(joined, " ");
    auto_free char *code = xstrndup(joined, length);
    strings_push(&codes, code);
    joined += length + (joined[length] == ' ');
  }
  return codes;
}

/* Whether the journal has a row of that query about the incident. */
static bool journal_has(const struct daemon *daemon, const char *sql, const char *incident) {
  struct journal_rows rows = {0};
  int r = journal_read(daemon->journal, sql, (const char *const[]){incident, NULL}, &rows);
  bool has = r == 0 && rows.count > 0;
  journal_rows_free(&rows);
  return has;
}

static void restore(struct daemon *daemon, char **row) {
  auto_strings char **codes = codes_split(row[2]);
  struct incident *incident = incidents_restore(&daemon->incidents, row[0], row[1], codes, loop_monotonic(), strtod(row[3], NULL));
  struct care *care = incident->care = xcalloc(1, sizeof *incident->care);
  care->saved_codes = strings_count(codes);
  care->page_at = loop_monotonic() + PAGE_HOLD;
  /* Whether people were told is in the spool; who was told of the trouble must also be told of its end. */
  care->paged = journal_has(daemon, "SELECT id FROM notices WHERE incident = ? AND event = 'triggered' LIMIT 1", incident->id);
  /* What could not be undone waits for a person, in this life too. */
  if (journal_has(daemon, "SELECT id FROM attempts WHERE incident = ? AND state = 'undo-failed' LIMIT 1", incident->id))
    care->next_try = INFINITY;
  believe(daemon, incident);
  log_info("incident %s is still open from before", incident->id);
}

void care_restore(struct daemon *daemon) {
  struct journal_rows rows = {0};
  int r = journal_read(daemon->journal, "SELECT id, code, codes, opened FROM incidents WHERE state <> 'closed'", NULL, &rows);
  if (r < 0) log_error("the journal's open incidents cannot be read: %s", strerror(-r));
  for (size_t i = 0; i < rows.count; i++) restore(daemon, rows.rows[i]);
  journal_rows_free(&rows);
}
