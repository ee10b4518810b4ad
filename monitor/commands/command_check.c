/* `ejmon check`: every configured check once, all at the same time, and a report. */
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/commands/command.h"

struct check_job {
  const struct conf *conf;
  const struct conf_check *const *checks;
  size_t count;
  struct report *report;
};

static int check_task(void *argument) {
  struct check_job *job = argument;
  return command_run_checks(job->conf, job->checks, job->count, job->report);
}

static int check_run(const struct invocation *invocation) {
  const struct report_format *format = command_format(invocation);
  struct conf *conf = format ? command_load_to_look(invocation) : NULL;
  if (!conf) return EXIT_UNKNOWN;
  size_t count;
  auto_free const struct conf_check **checks = command_select(conf, invocation->words, &count);
  int status = EXIT_UNKNOWN;
  if (checks && count == 0) command_refuse("nothing to check: no stack: and no checks: are configured");
  if (checks && count > 0) {
    struct report report;
    struct check_job job = {conf, checks, count, &report};
    int r = task_run_to_end("check", 0, check_task, &job);
    auto_text struct text text = {0};
    struct report_style style = command_style(invocation);
    format->write(&report, &style, &text);
    command_print(&text);
    status = r < 0 ? EXIT_UNKNOWN : report_exit_status(report.status);
    report_free(&report);
  }
  conf_free(conf);
  return status;
}

const struct command command_check = {
    .name = "check",
    .arguments = "[NAME...]",
    .summary = translatable("run every configured check once, or those named"),
    .help = translatable(
        "NAME is the name of a check, a kind, or a finding code. An env file that cannot be read is told, and the rest is looked at. Exit status: 0 pass, 1 warn, 2 fail, 3 unknown."),
    .options = "cefCLqv",
    .order = 1,
    .run = check_run,
};
