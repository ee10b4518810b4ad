/* A notice as JSON on the stdin of a command, without a shell. Exit status 0 is delivered, anything else is tried again. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/child.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/sinks/notice_json.h"

struct command_config {
  char **command;
};

static const struct option options[] = {
    {OPTION(
         struct command_config, command, COMMAND, NULL,
         "Program and arguments; the notice comes as JSON on stdin, and as EJMON_EVENT, EJMON_CODE, EJMON_SUBJECT, EJMON_INCIDENT, EJMON_SEVERITY, "
         "EJMON_SUMMARY in the environment."),
     .required = true},
};

static void add_variable(char ***environment, const char *name, const char *value) {
  auto_free char *entry = text_format("%s=%s", name, value ? value : "");
  strings_push(environment, entry);
}

static int command_send(const void *config_pointer, const struct notice *notice, double *ret_retry_after, char **ret_error) {
  const struct command_config *config = config_pointer;
  (void)ret_retry_after;
  auto_free char *body = notice_json(notice);
  auto_strings char **environment = NULL;
  add_variable(&environment, "PATH", getenv("PATH"));
  add_variable(&environment, "HOME", getenv("HOME"));
  add_variable(&environment, "EJMON_EVENT", notice_event_names[notice->event]);
  add_variable(&environment, "EJMON_CODE", notice->code);
  add_variable(&environment, "EJMON_SUBJECT", notice->subject);
  add_variable(&environment, "EJMON_INCIDENT", notice->incident);
  add_variable(&environment, "EJMON_SEVERITY", severity_names[notice->severity]);
  add_variable(&environment, "EJMON_SUMMARY", notice->summary);
  struct child_result result;
  int r = child_run(
      &(struct child_request){
          .arguments = (const char *const *)config->command, .environment = (const char *const *)environment, .input = body},
      &result);
  auto_free char *program = redact(config->command[0]);
  if (r < 0) *ret_error = text_format("%s: %s", program, lang_error(-r));
  if (r == 0 && result.exit_status != 0) {
    *ret_error = text_format(translated("%s ended with %d"), program, result.exit_status);
    r = -EAGAIN;
  }
  child_result_free(&result);
  return r;
}

const struct sink_kind sink_command = {.name = "command",
                                       .summary = translatable("JSON on the stdin of a command"),
                                       .options = options,
                                       .option_count = countof(options),
                                       .config_size = sizeof(struct command_config),
                                       .send = command_send};
