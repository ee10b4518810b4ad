/* `ejmon health`: does the daemon's loop turn? For HEALTHCHECK and liveness probes: local, fast, runs no probe. With --ready also: can it
 * do what it is there for? */
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"

#define HEALTH_SECONDS 2.0 /* to answer */

/* One that turns us away since too many ask is alive: its loop has answered. */
static void write_health(const json_t *answer, int status, bool quiet, struct text *text) {
  const json_t *troubles = json_object_get(answer, "trouble");
  const char *doubt = json_string_value(json_object_get(answer, "doubt"));
  if (!quiet || status)
    text_printf(text, translated("%s, lag %.3f s\n"), status ? translated("not ready") : translated("alive"),
                json_number_value(json_object_get(answer, "lag")));
  for (size_t i = 0; i < json_array_size(troubles); i++)
    text_printf(text, translated("trouble: %s\n"), json_string_value(json_array_get(troubles, i)));
  if (doubt) text_printf(text, translated("doubt: %s\n"), doubt);
}

static int health_run(const struct invocation *invocation) {
  auto_ask struct ask ask = ask_where(invocation);
  json_auto_t *answer = NULL;
  int r = ask_daemon(&ask, "health", HEALTH_SECONDS, &answer);
  if (r < 0) {
    ask_refuse(&ask, r);
    return 1;
  }
  int status = invocation->ready && !json_is_true(json_object_get(answer, "ready")) ? 1 : 0;
  auto_text struct text text = {0};
  write_health(answer, status, invocation->quiet, &text);
  command_print(&text);
  return status;
}

const struct command command_health = {
    .name = "health",
    .arguments = "",
    .summary = translatable("whether the daemon's loop turns, for HEALTHCHECK and liveness probes"),
    .help = translatable(
        "Asks the daemon itself: of the configuration only state: is read, so that a mistake in it ends no living daemon. A full disk, a receiver\n"
        "that takes no notices or a bad configuration is printed, and no reason to restart what still watches and tells; with --ready it is.\n"
        "Exit status: 0 alive (with --ready: and ready), 1 not."),
    .options = "ceqrS",
    .order = 10,
    .run = health_run,
};
