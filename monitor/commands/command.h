/* The contract of a command: one file monitor/commands/command_NAME.c that defines `const struct command command_NAME`. */
#ifndef EJMON_COMMAND_H
#define EJMON_COMMAND_H

#include "conf/conf.h"
#include "monitor/commands/arguments.h"
#include "monitor/reports/report.h"

#define EXIT_UNKNOWN 3 /* usage, configuration, could not look: as monitoring plugins */

struct command {
  const char *name;
  const char *arguments;                           /* "[NAME...]" */
  const char *summary;                             /* one line for --help */
  const char *help;                                /* what `ejmon NAME --help` adds */
  const char *options;                             /* letters of main.c's table that this command takes besides --help and --version */
  int order;                                       /* place in --help */
  int (*run)(const struct invocation *invocation); /* returns the exit status */
};
extern const struct command *const commands[];

/* --- what commands share (common.c) --- */

/* Prints "ejmon: ..." to stderr and returns EXIT_UNKNOWN. What a person typed passes command_typed() before. */
int command_refuse(const char *format, ...) format_like(1, 2);
/* A word of the command line as it may be shown: it may be an address with a password. free() it. */
char *command_typed(const char *word) must_check;
/* Loads the configuration or prints all errors and returns NULL. */
struct conf *command_load(const struct invocation *invocation) must_check;
/* The same for a command that only looks: without an env file that should be there it says so and goes on. */
struct conf *command_load_to_look(const struct invocation *invocation) must_check;
const struct report_format *command_format(const struct invocation *invocation) must_check; /* NULL after complaining */
struct report_style command_style(const struct invocation *invocation);
/* Writes to stdout; a closed pipe is no error. Any other failure is told once, and ejmon ends with EXIT_UNKNOWN. */
void command_print(const struct text *text);
bool command_output_lost(void);
/* Checks named by name, kind or finding code (all when no word is given), as a NULL-terminated array to free; NULL after complaining. */
const struct conf_check **command_select(const struct conf *conf, char *const *words, size_t *ret_count) must_check;
/* Runs these checks with a progress line on a terminal and makes the report. Inside a task. 0 or -ECANCELED. */
int command_run_checks(const struct conf *conf, const struct conf_check *const *checks, size_t count, struct report *ret_report) must_check;

/* Every code that exists, in the order of their names (codes.c). */
struct known_code {
  const char *name;
  const char *what; /* "finding" or "cause" */
  const struct explanation *explain;
  const struct code *code; /* a finding's */
  const struct rule *rule; /* a cause's */
};
struct known_code *command_codes(size_t *ret_count) must_check; /* free() it */

#endif
