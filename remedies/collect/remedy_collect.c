/* The remedy collect: EJ's own `inv collect` in web. It refuses where the mtime rule would make it a no-op; clear-collect is for those. */
#include <errno.h>

#include "monitor/base/lang.h"
#include "remedies/collect/collect.h"

static const char *const refs[] = {"guide \"Troubleshooting\"", "ej 3", "ej F02", "ej F09", "ej F13", "ej F14", NULL};

static int describe(const struct remedy_step *step) {
  collect_describe_before(step);
  collect_describe_inv(step, NULL, translated("Then collect"));
  collect_describe_program(step, "undo", translated("If the checks still see the fault, bring the former files back"));
  collect_describe_end(step);
  return 0;
}

static int preflight(const struct remedy_step *step) {
  return collect_preflight(step, false);
}

static int apply(const struct remedy_step *step) {
  return collect_inv(step, NULL);
}

const struct remedy_kind remedy_collect = {
    .name = "collect",
    .summary =
        translatable("Runs `inv collect` in web: puts the theme's CSS in place and copies what is missing or newer to the static volume."),
    .heals = translatable(
        "Heals CSS of the wrong theme, an empty main.css after a failed collect, and files that are missing from the volume. It loses nothing. It "
        "cannot replace images or scripts whose time stamps look unmodified: there it refuses, and clear-collect is used."),
    .refs = refs,
    .default_mode = MODE_AUTO,
    .options = collect_options,
    .option_count = COLLECT_OPTION_COUNT,
    .config_size = sizeof(struct collect_config),
    .timeout = 900,
    .layer = LAYER_VOLUME,
    .describe = describe,
    .preflight = preflight,
    .snapshot = collect_snapshot,
    .apply = apply,
    .undo = collect_undo,
};
