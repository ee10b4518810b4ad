/* Which remedies of a plan this configuration can use; see conf.h. */
#include "conf/conf.h"

const struct conf_remedy *conf_remedy_find(const struct conf *conf, const char *kind) {
  for (size_t i = 0; conf && i < conf->remedy_count; i++) {
    if (text_equal(conf->remedies[i].kind->name, kind)) return &conf->remedies[i];
  }
  return NULL;
}

const struct conf_remedy *conf_plan_next(const struct conf *conf, const char *const *plan, size_t step) {
  for (size_t i = 0; plan && plan[i]; i++) {
    const struct conf_remedy *remedy = i < step ? NULL : conf_remedy_find(conf, plan[i]);
    if (remedy && !remedy->skip) return remedy;
  }
  return NULL;
}
