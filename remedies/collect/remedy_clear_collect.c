/* The remedy clear-collect: what `inv collect` and `collectstatic --noinput --clear` would leave, without a moment in which a file is
 * missing. */
#include <errno.h>

#include "monitor/base/lang.h"
#include "remedies/collect/collect.h"

static const char *const refs[] = {"guide \"Troubleshooting\"", "ej 3", "ej F01", "ej F17", "ej F18", "ej F19", NULL};

static int describe(const struct remedy_step *step) {
  const char *const fresh[] = {"DJANGO_STATIC_ROOT=STATIC_ROOT/.ejmon/ATTEMPT/fresh", NULL};
  collect_describe_before(step);
  collect_describe_inv(step, fresh, translated("Then collect into a fresh folder on the same volume"));
  collect_describe_program(
      step, "switch",
      translated("Then check the fresh tree, rename each file that differs over the served one, and remove what has no source any more"));
  collect_describe_program(step, "undo", translated("If the checks still see the fault, bring the former files back"));
  collect_describe_end(step);
  return 0;
}

static int preflight(const struct remedy_step *step) {
  return collect_preflight(step, true);
}

static int apply(const struct remedy_step *step) {
  auto_free char *root = NULL, *attempt = NULL;
  int r = collect_state(step, &root, &attempt);
  if (r < 0) return r;
  auto_free char *fresh = text_format("DJANGO_STATIC_ROOT=%s/.ejmon/%s/fresh", root, attempt);
  const char *const environment[] = {fresh, NULL};
  r = collect_inv(step, environment);
  if (r < 0) return r;
  json_auto_t *answer = NULL;
  r = collect_ask(step, "switch", root, attempt, &answer);
  if (r < 0) return r;
  text_printf(step->report, translated("Replaced %lld files one by one, removed %lld that have no source.\n"),
              (long long)json_integer_value(json_object_get(answer, "changed")),
              (long long)json_integer_value(json_object_get(answer, "removed")));
  return 0;
}

const struct remedy_kind remedy_clear_collect = {
    .name = "clear-collect",
    .summary = translatable(
        "Collects into a fresh folder beside the served files, checks it, and switches file by file: the static volume as from scratch."),
    .heals = translatable(
        "Heals whatever is wrong with the content of the static volume: images and scripts of another theme or image, truncated and missing "
        "files. Every served file is there at every moment. It removes files without a source from the static folder; the former files are kept as "
        "hard links until the next attempt."),
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
