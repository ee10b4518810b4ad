/* The order of the judge's parts; see env_judge.h. Pure. */
#include "checks/env/env_judge.h"

#include "checks/env/env_judging.h"

void env_judge(const struct env_sight *sight, struct findings *out) {
  auto_names struct names index = env_view_index(sight->view.container);
  struct env_view view = sight->view;
  view.index = &index;
  const struct env_judge judge = {.sight = sight, .view = &view, .out = out, .sure = !sight->container_unseen};
  if (!sight->view.file && !sight->view.container_looked) return;
  env_judge_ways(&judge);
  env_judge_danger(&judge);
  env_judge_file(&judge);
  env_judge_rocket(&judge);
}
