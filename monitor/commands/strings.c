/* Every text that explain may print, for the template of the catalogues and for the test that walks them; see command_strings(). */
#include <stdlib.h>
#include <string.h>

#include "checks/ej/env_setting.h"
#include "monitor/base/lang.h"
#include "monitor/commands/explain.h"

struct walk {
  void (*visit)(void *context, const char *where, const char *english);
  void *context;
};

static void visit(const struct walk *walk, const char *where, const char *english) {
  if (english && *english) walk->visit(walk->context, where, english);
}

/* Commands are the same in every language; only their comments are texts. */
static void visit_commands(const struct walk *walk, const char *where, const char *lines) {
  while (lines && *lines) {
    size_t length = strcspn(lines, "\n");
    auto_free char *line = xstrndup(lines, length);
    visit(walk, where, lang_comment(line));
    lines += length + (lines[length] == '\n');
  }
}

static void visit_known(const struct walk *walk, const struct known_code *known) {
  const struct explanation *explain = known->explain;
  const char *const parts[] = {known->rule ? known->rule->summary : NULL,
                               explain->title,
                               explain->meaning,
                               explain->looks,
                               explain->why,
                               explain->heals,
                               explain->heals_not};
  for (size_t i = 0; i < countof(parts); i++) visit(walk, known->name, parts[i]);
  visit_commands(walk, known->name, explain->by_hand);
  if (!known->rule) return;
  for (const struct rule_refusal *refusal = known->rule->refused; refusal && refusal->remedy; refusal++) {
    if (strchr(refusal->remedy, ' ')) visit(walk, known->name, refusal->remedy); /* one word is a name */
    visit(walk, known->name, refusal->why);
  }
  for (const char *const *line = known->rule->by_hand; line && *line; line++) visit_commands(walk, known->name, *line);
}

void command_strings(void (*visit_one)(void *context, const char *where, const char *english), void *context) {
  const struct walk walk = {visit_one, context};
  size_t count;
  auto_free struct known_code *known = command_codes(&count);
  for (const char *const *source = lang_sources; *source; source++) visit(&walk, "ejmon", *source);
  for (size_t i = 0; i <= SEVERITY_CRITICAL; i++) visit(&walk, "ejmon", severity_names[i]);
  for (size_t i = 0; i <= CONFIDENCE_CERTAIN; i++) visit(&walk, "ejmon", confidence_names[i]);
  for (size_t i = 0; i < count; i++) visit(&walk, "ejmon", known[i].code ? known[i].code->layer : NULL);
  for (size_t i = 0; i < count; i++) visit_known(&walk, &known[i]);
  for (size_t i = 0; i < env_setting_count; i++) visit(&walk, "setting", env_settings[i].effect);
  for (const struct unseen *item = unseen; item->ref; item++) {
    visit(&walk, "unseen", item->title);
    visit(&walk, "unseen", item->reason);
  }
}
