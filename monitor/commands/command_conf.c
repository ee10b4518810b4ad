/* `ejmon conf check` and `ejmon conf show`: is the configuration right, and where does each value come from. */
#include "monitor/commands/command.h"

#include "monitor/base/lang.h"

static int conf_run(const struct invocation *invocation) {
  const char *what = invocation->words ? invocation->words[0] : NULL;
  bool show = text_equal(what, "show");
  if (!show && !text_equal(what, "check")) return command_refuse("conf wants check or show");
  if (invocation->words[1]) {
    auto_free char *typed = command_typed(invocation->words[1]);
    return command_refuse("conf %s takes no arguments: '%s' is one too many", what, typed);
  }
  struct invocation verbose = *invocation;
  verbose.verbose = true; /* the place where what is odd is told, too */
  struct conf *conf = command_load(&verbose);
  if (!conf) return EXIT_UNKNOWN;
  auto_text struct text text = {0};
  size_t missing = conf->missing ? strings_count(conf->missing) : 0;
  if (show) {
    conf_show(conf, &text);
  } else {
    size_t skipped = 0;
    for (size_t i = 0; i < conf->check_count; i++) skipped += conf->checks[i].skip != NULL;
    text_printf(&text, translated("%s: right"), conf->file ? conf->file : translated("no ejmon.yaml, EJ's environment"));
    if (missing)
      text_printf(
          &text,
          missing == 1 ? translated(", but of what it names %zu is not there") : translated(", but of what it names %zu are not there"),
          missing);
    text_printf(&text, translated("; %zu checks, %zu of them not part of this stack, mode %s\n"), conf->check_count, skipped,
                acting_mode_names[conf->mode]);
  }
  command_print(&text);
  conf_free(conf);
  return missing && !show ? EXIT_UNKNOWN : 0;
}

const struct command command_conf = {
    .name = "conf",
    .arguments = "check | show",
    .summary = translatable("all errors of the configuration at once / the effective one, with the source of each value"),
    .help = translatable(
        "Exit status: 0 when it is right, 3 when it is not, or when a file or program that it names is not there (which keeps neither check nor\n"
        "run from the rest). Secrets are never shown."),
    .options = "ce",
    .order = 7,
    .run = conf_run,
};
