/* The report of one round of checks: one model, many formats (INTERFACE.md, ejmon.report/1). A format is one file
 * monitor/reports/report_NAME.c that defines `const struct report_format report_NAME`. */
#ifndef EJMON_REPORT_H
#define EJMON_REPORT_H

#include "checks/ej/ej_generation.h"
#include "checks/explanation.h"
#include "conf/conf.h"
#include "monitor/core/rule.h"
#include "monitor/watch/probe.h"

/* A cause as people read it: what a rule or a lone finding says, and what this configuration would do about it. */
struct report_cause {
  const struct cause *cause;
  const char *subject; /* what it is about: CONF_SUBJECT_STACK, or an extra check */
  const char *behind;  /* the stack's cause that says why nothing comes through to that check, for one that is folded; else NULL */
  const char *summary; /* in the chosen language */
  enum confidence confidence;
  const struct conf_remedy *remedy; /* the first of the plan that can be used here, or NULL: remedies act on the stack alone */
  const char *skip;                 /* why none can be, when the plan has one */
  const struct refusal *refused;
  struct ej_forms forms; /* how commands are typed here */
};

struct report {
  double started; /* wall clock */
  double seconds;
  enum check_status status;
  struct ej_generation generation;
  const struct conf *conf; /* may be NULL (ejmon probe) */
  struct outcome *outcomes;
  size_t outcome_count;
  struct causes causes; /* of the stack */
  struct causes *extra; /* of each extra check that is ill */
  size_t extra_count;
  struct report_cause *items; /* of all subjects, the stack's first */
  size_t item_count;
  struct report_cause *folded; /* behind one of the stack */
  size_t folded_count;
};

/* Evaluates the outcomes (now owned by the report) by the rules, those of each subject for themselves. */
void report_make(struct report *report, const struct conf *conf, struct outcome *outcomes, size_t count, double started, double seconds);
void report_free(struct report *report);
/* What a cause, or a finding that stands for itself, looks like; summary lives as long as the outcomes, which are those of its subject. */
void report_cause_fill(struct report_cause *item, const struct cause *cause, const char *subject, const struct conf *conf,
                       const struct outcome *outcomes, size_t count);
/* "web/down", or "http/status of consultation" where it is not the stack's. A new string. */
char *report_cause_name(const struct report_cause *item) must_check;
bool report_is_of_stack(const char *subject) must_check; /* also for NULL */
/* How commands are typed in a stack of this generation. The strings are the configuration's. */
struct ej_forms report_forms(const struct conf *conf, const struct ej_generation *generation);
/* What a person can run, line by line, as item->forms says: the rule's commands, or those of a finding that stands for itself.
 * NULL-terminated, for strings_free(); NULL when there are none. */
char **report_by_hand(const struct report_cause *item) must_check;
/* 0 pass, 1 warn, 2 fail, 3 unknown: as monitoring plugins. */
int report_exit_status(enum check_status status);

struct report_style {
  bool colour;
  bool verbose; /* passed points and measures too */
  bool quiet;   /* only what is not well */
};

struct report_format {
  const char *name;
  const char *summary; /* in the chosen language */
  void (*write)(const struct report *report, const struct report_style *style, struct text *ret_text);
};
extern const struct report_format *const report_formats[];

#endif
