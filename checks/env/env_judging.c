/* What the parts of the env judge share; see env_judging.h. Pure. */
#include "checks/env/env_judging.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

void env_passed(const struct env_judge *judge, const struct code *code) {
  if (judge->sure) finding_pass(judge->out, code);
}

void env_evidence(const struct env_judge *judge, struct finding *finding, const char *name, const char *want) {
  static const struct env_setting foreign = {.generations = "ABC"};
  const struct env_setting *known = env_setting_find(name);
  struct env_setting setting = known ? *known : foreign;
  setting.name = name;
  struct env_chain chain;
  env_chain_make(&setting, judge->view, NULL, NULL, &chain);
  for (size_t i = 0; i < chain.count; i++) {
    const struct env_step *step = &chain.steps[i];
    bool last = i + 1 == chain.count;
    if (last && !known) continue; /* nobody reads it: there is no reading of EJ's to show */
    auto_free char *what = text_format(translated("%s in %s"), name, step->where); /* "NAME: ..." of a secret would be redacted */
    bool told = step->says && (step->state == ENV_STEP_CUT || !last);
    finding_evidence(finding, what, last ? want : NULL, "%s%s%s", step->saw ? step->saw : "", step->saw && told ? ". " : "",
                     told ? step->says : "");
  }
  env_chain_free(&chain);
}

bool env_is_set(const struct env_judge *judge, const char *name) {
  struct env_reading reading;
  env_view_read(judge->view, name, &reading);
  return reading.value && *reading.value;
}

bool env_host_matches(const char *pattern, const char *host) {
  const char *bracket = strchr(host, ']');
  const char *colon = strrchr(bracket ? bracket : host, ':');
  auto_free char *name = xstrndup(host, colon ? (size_t)(colon - host) : strlen(host));
  if (strcmp(pattern, "*") == 0 || text_equal_nocase(pattern, name)) return true;
  if (*pattern != '.') return false;
  size_t length = strlen(name), tail = strlen(pattern);
  return text_equal_nocase(pattern + 1, name) || (length > tail && text_equal_nocase(name + length - tail, pattern));
}
