/* Judges what happens to values on their way from config.env to EJ: not re-created, unread names, false words, blanks, quotes, "$". Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "checks/ej/ej_names.h"
#include "checks/ej/theme_oracle.h"
#include "checks/env/env_codes.h"
#include "checks/env/env_judging.h"
#include "monitor/base/lang.h"

/* --- file against container -------------------------------------------------------------------------------------------------------- */

static const struct code *const differs_codes[] = {
    [ENV_AREA_OTHER] = &ENV_DIFFERS,
    [ENV_AREA_THEME] = &ENV_THEME_DIFFERS,
    [ENV_AREA_FRAME] = &ENV_FRAME_DIFFERS, /* or ENV_LOGIN_DIFFERS */
    [ENV_AREA_HOSTS] = &ENV_HOSTS_DIFFER,
};

static void add_differing(const struct env_judge *judge, const struct code *code, const struct env_setting *setting, int line) {
  bool younger = judge->sight->younger;
  struct finding *finding =
      finding_open(judge->out, code, "%s in the web container is not what config.env says (line %d): %s.", setting->name, line,
                   younger ? translated("the container is younger than the file, so compose overrides it")
                           : translated("web was not re-created since, or compose overrides it"));
  /* Whoever has compose say something else may well mean it, where nothing that visitors see hangs on it. */
  if (younger && setting->area == ENV_AREA_OTHER) finding->severity = SEVERITY_INFO;
  env_evidence(judge, finding, setting->name, NULL);
}

static void judge_applied(const struct env_judge *judge) {
  const struct env_view *view = judge->view;
  bool frame, login;
  if (!view->file || !view->container_looked) return;
  env_judge_mends(judge, &frame, &login);
  for (size_t i = 0; i < env_setting_count; i++) {
    const struct env_setting *setting = &env_settings[i];
    const struct env_entry *entry = env_file_find(view->file, setting->name);
    /* What only the postgres image reads does not matter in web. */
    if (!entry || !env_setting_is_read(setting, view->generation) || env_entry_reached(entry, view)) continue;
    /* A change that leaves Rocket.Chat where it is explains nothing of what its users meet. */
    bool frames = setting->area == ENV_AREA_FRAME;
    if (frames && frame) add_differing(judge, &ENV_FRAME_DIFFERS, setting, entry->line);
    if (frames && login) add_differing(judge, &ENV_LOGIN_DIFFERS, setting, entry->line);
    if (!frames || (!frame && !login)) add_differing(judge, frames ? &ENV_DIFFERS : differs_codes[setting->area], setting, entry->line);
  }
  for (size_t i = 0; i < countof(differs_codes); i++) env_passed(judge, differs_codes[i]);
  env_passed(judge, &ENV_LOGIN_DIFFERS);
}

/* --- names ------------------------------------------------------------------------------------------------------------------------- */

static void judge_hostname(const struct env_judge *judge, const char *value) {
  if (judge->view->generation == 'C' || judge->view->later || env_is_set(judge, "DJANGO_HOSTNAME")) return;
  /* A container id, or a short name that Docker gave, is nobody's setting. */
  if (text_equal(value, "localhost") || !strchr(value, '.')) return;
  auto_strings char **hosts = env_read_list(env_view_value(judge->view, "DJANGO_ALLOWED_HOSTS"));
  for (char **host = hosts; *host; host++) {
    if (env_host_matches(*host, value)) return;
  }
  auto_free char *shown = env_show("HOSTNAME", value);
  struct finding *finding =
      finding_open(judge->out, &ENV_HOSTNAME_NOT_READ, "HOSTNAME=%s has no effect: EJ reads DJANGO_HOSTNAME, which is not set.", shown);
  env_evidence(judge, finding, "HOSTNAME", NULL);
  env_evidence(judge, finding, "DJANGO_HOSTNAME", shown);
}

/* Is it one of Rocket.Chat's dead names? Those are judged with Rocket.Chat. */
static bool is_rocket_name(const char *name) {
  return text_starts(name, "EJ_ROCKETCHAT_");
}

static void judge_name(const struct env_judge *judge, const char *name, const char *value) {
  if (!value || !*value || ej_name_is_read(name) || is_rocket_name(name)) return;
  if (strcmp(name, "HOSTNAME") == 0) {
    judge_hostname(judge, value);
    return;
  }
  const char *instead = ej_name_instead(name);
  const struct env_setting *setting = instead ? env_setting_find(instead) : NULL;
  if (!setting || !env_setting_is_read(setting, judge->view->generation)) return;
  if (!judge->view->generation && strcmp(name, "EJ_EXCLUDE_PROFILE_FIELDS") == 0) return; /* generation A reads this very name */
  if (env_view_get(judge->view, instead)) return;                                         /* a leftover: the real one is set */
  if (setting->fallback && text_equal_nocase(value, setting->fallback)) return;
  if (setting->type == ENV_BOOLEAN && !env_read_bool(value)) return; /* off either way */
  struct finding *finding = finding_open(judge->out, &ENV_NAME_NOT_READ, "%s has no effect: EJ reads %s, which is not set.", name, instead);
  env_evidence(judge, finding, name, NULL);
  env_evidence(judge, finding, instead, NULL);
}

static void judge_names(const struct env_judge *judge) {
  const struct env_view *view = judge->view;
  for (size_t i = 0; view->file && i < view->file->entry_count; i++) {
    const struct env_entry *entry = &view->file->entries[i];
    if (env_file_find(view->file, entry->name) == entry) judge_name(judge, entry->name, entry->plain);
  }
  for (char *const *entry = view->file ? NULL : view->container; entry && *entry; entry++) {
    const char *equals = strchr(*entry, '=');
    auto_free char *name = equals ? xstrndup(*entry, (size_t)(equals - *entry)) : NULL;
    if (name) judge_name(judge, name, equals + 1);
  }
  env_passed(judge, &ENV_NAME_NOT_READ);
  env_passed(judge, &ENV_HOSTNAME_NOT_READ);
}

/* --- forms ------------------------------------------------------------------------------------------------------------------------- */

/* The quotes that EJ gets. Where nobody looked into the container, it is not known whether compose takes them off. */
static bool judge_quotes(const struct env_judge *judge, const struct env_setting *setting, const struct env_reading *reading) {
  if (env_is_quoted(reading->value)) {
    struct finding *finding =
        finding_open(judge->out, &ENV_QUOTES_KEPT, "%s has reached EJ with its quotes, which become a part of it.", setting->name);
    if (setting->type == ENV_DATABASE) finding->severity = SEVERITY_CRITICAL;
    env_evidence(judge, finding, setting->name, "the value without quotes");
    return true;
  }
  const struct env_entry *entry =
      judge->view->file && !judge->view->container_looked ? env_file_find(judge->view->file, setting->name) : NULL;
  if (!entry || !entry->quoted) return false;
  struct finding *finding = finding_open(
      judge->out, &ENV_QUOTES_KEPT, "%s is quoted in config.env (line %d): Compose before 1.26 hands the quotes to EJ as a part of it.",
      setting->name, entry->line);
  if (finding->evidence_count == 0) finding->severity = SEVERITY_INFO;
  env_evidence(judge, finding, setting->name, "the value without quotes");
  return false;
}

/* Lines that docker may refuse. What came of them is known where the container was looked at: env/differs has it then. */
static void judge_lines(const struct env_judge *judge) {
  const struct env_file *file = judge->view->file;
  for (size_t i = 0; file && !judge->view->container_looked && i < file->entry_count; i++) {
    const struct env_entry *entry = &file->entries[i];
    if (!entry->exported && !entry->blank_before) continue;
    auto_free char *shown = env_show("", entry->name);
    struct finding *finding =
        finding_open(judge->out, &ENV_LINE_MISREAD, "%s (line %d of config.env) %s: docker may refuse the line or misread the name.", shown,
                     entry->line, entry->exported ? translated("stands behind 'export'") : translated("has a blank before its '='"));
    env_evidence(judge, finding, entry->name, NULL);
  }
  env_passed(judge, &ENV_LINE_MISREAD);
}

static void judge_lead(const struct env_judge *judge, const struct env_setting *setting, const struct env_reading *reading) {
  /* The secret key and the database have findings of their own for what it comes to. */
  bool own = strcmp(setting->name, "DJANGO_SECRET_KEY") == 0 || setting->type == ENV_DATABASE;
  if (reading->lead == ENV_LEADS_IN_CIRCLE) {
    struct finding *finding =
        finding_open(judge->out, &ENV_INDIRECTION, "%s begins with $ and leads back to itself: EJ's start dies of it.", setting->name);
    finding->severity = SEVERITY_CRITICAL;
    env_evidence(judge, finding, setting->name, "a value that does not begin with $");
  } else if (reading->lead == ENV_LEADS_NOWHERE && !own) {
    struct finding *finding = finding_open(judge->out, &ENV_INDIRECTION,
                                           "%s begins with $ and names a variable that is not set: EJ takes its default.", setting->name);
    env_evidence(judge, finding, setting->name, "a value that does not begin with $");
  }
}

static void judge_form(const struct env_judge *judge, const struct env_setting *setting) {
  struct env_reading reading;
  env_view_read(judge->view, setting->name, &reading);
  if (reading.lead == ENV_LEADS_IN_CIRCLE || reading.lead == ENV_LEADS_NOWHERE) judge_lead(judge, setting, &reading);
  if (!reading.value || judge_quotes(judge, setting, &reading)) return;
  auto_free char *shown = env_show(setting->name, reading.value);
  if (setting->type == ENV_BOOLEAN && !env_read_bool(reading.value) && !env_is_false_word(reading.value)) {
    bool integration = strcmp(setting->name, "EJ_ROCKETCHAT_INTEGRATION") == 0;
    struct finding *finding = finding_open(judge->out, integration ? &ENV_INTEGRATION_FALSE_WORD : &ENV_FALSE_WORD,
                                           "EJ takes %s=%s for false: it knows true, on, ok, y, yes, 1.", setting->name, shown);
    if (strcmp(setting->name, "DJANGO_DEBUG") == 0) finding->severity = SEVERITY_INFO; /* off is what production wants */
    env_evidence(judge, finding, setting->name, "true or false");
  }
  if (setting->type == ENV_LIST && env_has_blank_item(reading.value)) {
    bool hosts = strcmp(setting->name, "DJANGO_ALLOWED_HOSTS") == 0;
    struct finding *finding = finding_open(judge->out, hosts ? &ENV_HOSTS_BLANKS : &ENV_LIST_BLANKS,
                                           "%s has blanks around its items: those match nothing.", setting->name);
    env_evidence(judge, finding, setting->name, "no blank at a comma");
  }
}

static void judge_theme(const struct env_judge *judge) {
  struct env_reading reading;
  env_view_read(judge->view, "EJ_THEME", &reading);
  const char *value = reading.raw;
  const char *fault = !value ? NULL : !*value ? translated("it is empty") : theme_name_fault(value);
  /* "$OTHER" that leads to a theme is odd and works. */
  if (fault && reading.lead == ENV_FOLLOWED && !theme_name_fault(reading.value)) fault = NULL;
  /* With the file alone the quotes may still be taken off; then the theme check and env/quotes-kept say so. */
  if (fault) {
    struct finding *finding = finding_open(judge->out, &ENV_THEME_VALUE, "EJ_THEME cannot be a theme's name: %s.", translated(fault));
    env_evidence(judge, finding, "EJ_THEME", "a theme's bare name, or no such line");
  }
  env_passed(judge, &ENV_THEME_VALUE);
}

void env_judge_ways(const struct env_judge *judge) {
  static const struct code *const forms[] = {&ENV_QUOTES_KEPT, &ENV_INDIRECTION,  &ENV_FALSE_WORD,
                                             &ENV_LIST_BLANKS, &ENV_HOSTS_BLANKS, &ENV_INTEGRATION_FALSE_WORD};
  judge_applied(judge);
  judge_names(judge);
  for (size_t i = 0; i < env_setting_count; i++) {
    const struct env_setting *setting = &env_settings[i];
    bool no_effect = judge->view->later && setting->area == ENV_AREA_HOSTS;
    if (env_setting_is_read(setting, judge->view->generation) && !no_effect && strcmp(setting->name, "EJ_THEME") != 0)
      judge_form(judge, setting);
  }
  judge_lines(judge);
  judge_theme(judge);
  for (size_t i = 0; i < countof(forms); i++) env_passed(judge, forms[i]);
}
