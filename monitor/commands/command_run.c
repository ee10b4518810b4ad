/* `ejmon run`: the daemon. */
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/commands/command.h"
#include "monitor/daemon/daemon.h"

static int run_run(const struct invocation *invocation) {
  loop_hold_signals(); /* until the daemon takes them */
  struct invocation quiet = *invocation;
  quiet.verbose = false; /* the daemon logs the warnings itself */
  struct conf *conf = command_load(&quiet);
  if (!conf) return EXIT_UNKNOWN;
  return daemon_run(conf, invocation->config, invocation->env_file);
}

const struct command command_run = {
    .name = "run",
    .arguments = "",
    .summary = translatable("the daemon: watch, heal, tell"),
    .help = translatable("SIGHUP reloads the configuration (a bad one changes nothing), SIGTERM stops it. It logs to stderr."),
    .options = "cev",
    .order = 5,
    .run = run_run,
};
