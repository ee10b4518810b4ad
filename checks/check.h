/* The contract of a check kind: one file check_NAME.c in a room of checks/ that defines `const struct check_kind check_NAME`.
 *
 * A probe runs inside a task (monitor/base/task.h) whose deadline is the check's time-out: it waits with http_fetch(), pg_*(),
 * work_run(), never blocks, never logs, judges nothing over time. It adds findings and passes; its result is 0, or -errno only when it
 * could not look for a reason of ours (-ECANCELED, -EAGAIN, -ENOMEM...), which makes the check unknown. A target that refuses,
 * hangs or lies is a finding, not an error. */
#ifndef EJMON_CHECK_H
#define EJMON_CHECK_H

#include "checks/finding.h"
#include "checks/option.h"

/* What an extra check of a kind, one beside the standard check, is about. */
enum check_scope {
  CHECK_SCOPE_TARGET, /* its own target: it is a subject of its own */
  CHECK_SCOPE_STACK,  /* the kind has no target but the stack's own parts (its containers, logs, env file): the stack */
};

struct check_kind {
  const char *name;    /* "theme" */
  const char *summary; /* one sentence for --help and explain */
  /* Keys of stack: (space separated) that the standard check of this kind needs: the check named like the kind exists without
   * being configured, and is skipped with the reason when one of them is missing. "a|b": one of a and b is enough. NULL: no standard
   * check of this kind. */
  const char *needs;
  const struct option *options;
  size_t option_count;
  size_t config_size; /* of the config struct that the options fill */
  const char *target; /* the key whose value names the target in reports: "url" */
  enum check_scope scope;
  const struct code *const *codes; /* NULL-terminated: every code this kind may raise or pass; the list of its table (code.h) */
  /* One probe. *state is NULL at first and kept between probes of the same check (a kept connection); one probe at a time. */
  int (*probe)(const void *config, void **state, struct findings *findings);
  void (*forget)(void *state); /* releases a state; may be NULL if none is ever made; called outside of tasks */
};

/* Generated from the file names: all kinds, NULL-terminated, sorted by name. */
extern const struct check_kind *const check_kinds[];

#endif
