/* The simplest sink: a notice as one line of the log. */
#include "monitor/base/lang.h"
#include "monitor/base/log.h"
#include "monitor/sinks/sink.h"

static int log_send(const void *config, const struct notice *notice, double *ret_retry_after, char **ret_error) {
  (void)config, (void)ret_retry_after, (void)ret_error;
  enum log_level level = notice->event == NOTICE_RESOLVED ? LOG_INFO : notice->severity == SEVERITY_CRITICAL ? LOG_ERROR : LOG_WARNING;
  bool extra = !text_equal(notice->subject, NOTICE_STACK);
  log_line(level, "notice %s %s%s%s incident=%s source=%s: %s", notice_event_names[notice->event], notice->code, extra ? " subject=" : "",
           extra ? notice->subject : "", notice->incident, notice->source, notice->summary);
  return 0;
}

const struct sink_kind sink_log = {.name = "log", .summary = translatable("a line of ejmon's own log"), .send = log_send};
