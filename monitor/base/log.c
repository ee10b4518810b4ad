/* One line per event on stderr; see log.h. */
#include "monitor/base/log.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "monitor/base/stamp.h"

#define LINE_LIMIT 4000       /* bytes of a message: a pipe that is ready takes 4096 without blocking (pipe(7)) */
#define STUCK_MILLISECONDS 50 /* what a reader may take before its lines are dropped */

static unsigned long lost; /* lines since stderr took one */
static enum log_level threshold = LOG_INFO;
static bool with_times;

void log_set_level(enum log_level level) {
  threshold = level;
}

void log_set_times(bool on) {
  with_times = on;
}

/* Whether stderr takes a line now. A pipe that nobody empties any more must not stop the loop, so after a first, short wait its lines are
 * lost. */
static bool stderr_takes(void) {
  struct pollfd pipe = {.fd = STDERR_FILENO, .events = POLLOUT};
  int r = poll(&pipe, 1, lost ? 0 : STUCK_MILLISECONDS);
  return r != 0;
}

static void line_write(const struct text *line) {
  if (!stderr_takes()) {
    lost++;
    return;
  }
  if (lost) {
    auto_text struct text note = {0};
    text_printf(&note, "ejmon: warning: %lu lines are missing here: nobody read this log\n", lost);
    lost = 0;
    ssize_t written = write(STDERR_FILENO, note.data, note.length);
    (void)written;
    line_write(line);
    return;
  }
  /* One write per line, so that lines of threads and children do not mix. Nobody is left to tell when stderr is gone. */
  ssize_t written = write(STDERR_FILENO, line->data, line->length);
  (void)written;
}

void log_line(enum log_level level, const char *format, ...) {
  static const char *const names[] = {"error", "warning", "info", "debug"};
  if (level > threshold) return;
  auto_text struct text message = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&message, format, arguments);
  va_end(arguments);

  auto_text struct text line = {0};
  if (with_times) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    auto_free char *stamp = stamp_rfc3339((double)now.tv_sec + (double)now.tv_nsec / 1e9, true);
    text_printf(&line, "%s ", stamp);
  } else {
    text_add(&line, "ejmon: ");
  }
  text_printf(&line, "%s: ", names[level]);
  /* A foreign line end or escape must not forge a second log line. */
  text_add_printable(&line, text_get(&message), message.length, LINE_LIMIT);
  text_add_char(&line, '\n');
  line_write(&line);
}
