/* `ejmon health`: is the daemon's loop alive? For HEALTHCHECK and liveness probes: local, fast, runs no probe. */
#include <stdlib.h>

#include "monitor/base/lang.h"
#include "monitor/commands/ask.h"
#include "monitor/commands/command.h"

#define HEALTH_SECONDS 2.0 /* to answer */
#define LAG_ILL 5.0        /* seconds of loop lag that are no health any more */

static int health_run(const struct invocation *invocation) {
  auto_free char *why = NULL, *state = ask_where(invocation, &why);
  json_t *answer = NULL;
  int status = 1;
  int r = ask_daemon(state, "health", HEALTH_SECONDS, &answer);
  if (r < 0) {
    ask_refuse(state, why, r);
  } else {
    double lag = json_number_value(json_object_get(answer, "lag"));
    status = json_is_true(json_object_get(answer, "ok")) && lag < LAG_ILL ? 0 : 1;
    auto_text struct text text = {0};
    if (!invocation->quiet) text_printf(&text, translated("%s, lag %.3f s\n"), status ? translated("ill") : translated("alive"), lag);
    command_print(&text);
  }
  json_decref(answer);
  return status;
}

const struct command command_health = {
    .name = "health",
    .arguments = "",
    .summary = translatable("whether the daemon's loop is alive, for HEALTHCHECK and liveness probes"),
    .help = translatable(
        "Asks the daemon itself: of the configuration only state: is read, so that a mistake in it ends no living daemon. Exit status: 0 alive,\n1 not."),
    .options = "ceqS",
    .order = 9,
    .run = health_run,
};
