/* The contract of a remedy kind: one file remedy_NAME.c in a room of remedies/ that defines `const struct remedy_kind remedy_NAME` (a '-'
 * in the remedy's name is a '_' in the file's).
 *
 * An attempt is a transaction (DESIGN.md section 5): describe, preflight, snapshot, apply, then the checks that saw the fault judge,
 * then keep or undo. Each step runs inside a task with a deadline; it may wait, never blocks, never logs, never judges itself. The engine
 * journals intent and end of each step; a remedy keeps what undo needs as files in `directory`, so that undo also works after a crash,
 * from config and directory alone. */
#ifndef EJMON_REMEDY_H
#define EJMON_REMEDY_H

#include "checks/code.h"
#include "checks/option.h"
#include "monitor/base/mode.h"

struct remedy_step {
  const void *config;    /* the kind's config struct, filled by its options */
  const char *directory; /* this attempt's own folder, exists, absolute; snapshots go here (describe: NULL) */
  bool whole;            /* describe: also the texts of programs, to the last line */
  struct text *report;   /* lines for people: what is done or would be done, or why not; one per line, no secrets */
};

struct remedy_kind {
  const char *name;              /* "clear-collect" */
  const char *summary;           /* one sentence */
  const char *heals;             /* what it does to the stack and what it can lose, for explain */
  const char *const *refs;       /* NULL-terminated: where the guide or contract prescribes it */
  enum acting_mode default_mode; /* auto only for what the guide prescribes and what loses nothing */
  const struct option *options;
  size_t option_count;
  size_t config_size;
  double timeout;   /* seconds for preflight + snapshot + apply together, and again for undo */
  double settle;    /* seconds after apply before the verifying probes start (0: at once) */
  enum layer layer; /* what it changes: that, and what is carried by it, may be broken by it; what lies below falls by itself */

  /* Writes the exact commands, API calls and file diffs to step->report. Changes nothing. 0 or -errno. */
  int (*describe)(const struct remedy_step *step);
  /* Would it work, is it possible? Changes nothing. 0: go. -EPERM: must not (the report says why: never automatic retry). -EALREADY:
   * nothing to do. Any other -errno: could not look (no attempt is counted). */
  int (*preflight)(const struct remedy_step *step);
  /* Saves what undo needs below step->directory. 0 or -errno (then nothing is applied). */
  int (*snapshot)(const struct remedy_step *step);
  /* Does it. 0 or -errno (then undo is called). Leaves no half state that undo cannot clean. */
  int (*apply)(const struct remedy_step *step);
  /* Brings back what snapshot saved; idempotent. 0 or -errno. */
  int (*undo)(const struct remedy_step *step);
};

/* Generated from the file names: all kinds, NULL-terminated, sorted by name. */
extern const struct remedy_kind *const remedy_kinds[];

#endif
