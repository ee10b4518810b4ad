/* `ejmon probe KIND KEY=VALUE...`: one probe of one kind, without any configuration. */
#include <stdio.h>

#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/commands/command.h"

struct one_probe {
  const struct conf_check *check;
  struct report *report;
};

static int probe_task(void *argument) {
  struct one_probe *job = argument;
  return command_run_checks(NULL, &job->check, 1, job->report);
}

static int probe_command_run(const struct invocation *invocation) {
  const struct report_format *format = command_format(invocation);
  if (!format) return EXIT_UNKNOWN;
  if (!invocation->words || !*invocation->words) {
    auto_text struct text kinds = {0};
    for (const struct check_kind *const *kind = check_kinds; *kind; kind++) text_printf(&kinds, " %s", (*kind)->name);
    return command_refuse("probe wants a KIND, one of:%s", text_get(&kinds));
  }
  struct conf_check check;
  struct conf_errors errors = {0};
  int r = conf_probe(invocation->words[0], invocation->words + 1, &check, &errors);
  for (char **line = errors.lines; line && *line; line++) command_refuse("%s", *line);
  conf_errors_free(&errors);
  if (r < 0) return EXIT_UNKNOWN;
  struct report report;
  struct one_probe job = {&check, &report};
  r = task_run_to_end("probe", 0, probe_task, &job);
  auto_text struct text text = {0};
  struct report_style style = command_style(invocation);
  format->write(&report, &style, &text);
  command_print(&text);
  int status = r < 0 ? EXIT_UNKNOWN : report_exit_status(report.status);
  report_free(&report);
  conf_check_free(&check);
  return status;
}

const struct command command_probe = {
    .name = "probe",
    .arguments = "KIND [KEY=VALUE...]",
    .summary = translatable("one probe of one kind, without any configuration"),
    .help = translatable(
        "`ejmon explain --kind KIND` lists the keys. A key that is a list may be given several times. Secrets are never taken from the\n"
        "command line: use KEY_file=PATH."),
    .options = "fCLqv",
    .order = 2,
    .run = probe_command_run,
};
