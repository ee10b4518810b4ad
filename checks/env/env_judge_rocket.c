/* Judges Rocket.Chat's settings and the overrides of headers; see env_judge.h. Pure. */
#include <stdlib.h>
#include <string.h>

#include "checks/browser/csp.h"
#include "checks/env/env_codes.h"
#include "checks/env/env_judging.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

/* --- the address ------------------------------------------------------------------------------------------------------------------- */

/* Does a list of sources let the origin embed a page of the site? Without a site: of some page of the origin's scheme. */
static bool list_allows(const char *list, const char *origin, const char *site) {
  struct csp_origin ancestor, page;
  if (!csp_origin_parse(csp_span(origin), &ancestor)) return false;
  const char *somewhere = ancestor.secure ? "https://ej.invalid" : "http://ej.invalid";
  if (!csp_origin_parse(csp_span(site ? site : somewhere), &page) && !csp_origin_parse(csp_span(somewhere), &page)) return false;
  struct csp_span rest = csp_span(list), word;
  while (csp_next_word(&rest, &word)) {
    struct csp_source source;
    if (csp_source_parse(word, &source) != CSP_INVALID && csp_source_match(&source, &ancestor, &page, false) == CSP_MATCH) return true;
  }
  return false;
}

/* The lists beside EJ_ROCKETCHAT_URL that may name Rocket.Chat. */
static bool is_listed_elsewhere(const struct env_judge *judge) {
  static const char *const names[] = {"DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS", "DJANGO_CSRF_TRUSTED_ORIGINS"};
  for (size_t i = 0; i < countof(names); i++) {
    const char *value = env_view_value(judge->view, names[i]);
    if (!*value) continue;
    if (!judge->sight->rocketchat) return i == 0; /* whoever filled it knows whom it names */
    auto_strings char **items = env_read_list(value);
    for (char **item = items; *item; item++) {
      if (list_allows(*item, judge->sight->rocketchat, judge->sight->site)) return true;
    }
  }
  return false;
}

static bool has_override(const struct env_judge *judge) {
  return judge->view->generation != 'A' && env_is_set(judge, "HTTP_CONTENT_SECURITY_POLICY");
}

/* As a browser writes an origin. */
static bool is_exact_origin(const char *url) {
  auto_free char *origin = http_origin(url);
  return origin && strcmp(origin, url) == 0;
}

static bool has_path(const char *url) {
  const char *mark = strstr(url, "://");
  const char *path = mark ? strpbrk(mark + 3, "/?#") : NULL;
  return path && strcmp(path, "/") != 0;
}

static void judge_address(const struct env_judge *judge) {
  const char *name = "EJ_ROCKETCHAT_URL", *rocketchat = judge->sight->rocketchat;
  struct env_reading reading;
  env_view_read(judge->view, name, &reading);
  const char *value = reading.value ? reading.value : "";
  auto_free char *shown = env_show(name, value);
  bool elsewhere = is_listed_elsewhere(judge) || has_override(judge);
  const char *want = rocketchat ? rocketchat : translatable("Rocket.Chat's address as people see it");
  if (!*value) {
    if (elsewhere) {
      env_passed(judge, &ENV_ROCKET_URL_UNSET);
      return;
    }
    struct finding *finding =
        finding_open(judge->out, &ENV_ROCKET_URL_UNSET, "The integration is on and EJ_ROCKETCHAT_URL is %s: only localhost may embed EJ.",
                     reading.raw && !*reading.raw ? translated("empty") : translated("not set"));
    env_evidence(judge, finding, name, want);
    return;
  }
  env_passed(judge, &ENV_ROCKET_URL_UNSET);
  if (!strstr(value, "://")) {
    struct finding *finding =
        finding_open(judge->out, &ENV_ROCKET_URL_SCHEME, "EJ_ROCKETCHAT_URL=%s has no scheme: EJ lists no host for it.", shown);
    env_evidence(judge, finding, name, want);
    return;
  }
  env_passed(judge, &ENV_ROCKET_URL_SCHEME);
  if (has_path(value)) {
    struct finding *finding =
        finding_open(judge->out, &ENV_ROCKET_URL_PATH, "EJ_ROCKETCHAT_URL=%s has a path: it matches no page of Rocket.Chat.", shown);
    env_evidence(judge, finding, name, want);
    return;
  }
  env_passed(judge, &ENV_ROCKET_URL_PATH);
  if (!is_exact_origin(value)) {
    struct finding *finding =
        finding_open(judge->out, &ENV_ROCKET_URL_FORM, "EJ_ROCKETCHAT_URL=%s is not written as browsers write an origin.", shown);
    env_evidence(judge, finding, name, want);
  } else {
    env_passed(judge, &ENV_ROCKET_URL_FORM);
  }
  if (!rocketchat) return;
  auto_free char *origin = http_origin(value);
  if (elsewhere || (origin && strcmp(origin, rocketchat) == 0)) {
    env_passed(judge, &ENV_ROCKET_URL_OTHER);
    return;
  }
  struct finding *finding =
      finding_open(judge->out, &ENV_ROCKET_URL_OTHER, "EJ_ROCKETCHAT_URL=%s is not Rocket.Chat's address, %s.", shown, rocketchat);
  env_evidence(judge, finding, name, rocketchat);
}

/* --- would the file mend it? --------------------------------------------------------------------------------------------------------- */

/* Does the list that EJ makes of this environment let Rocket.Chat in? */
static bool is_framed(const struct env_judge *judge) {
  const char *rocketchat = judge->sight->rocketchat;
  if (has_override(judge)) {
    struct csp_span list;
    if (!csp_find_directive(csp_span(env_view_value(judge->view, "HTTP_CONTENT_SECURITY_POLICY")), "frame-ancestors", &list)) return true;
    auto_free char *sources = xstrndup(list.data ? list.data : "", list.length);
    return !rocketchat || list_allows(sources, rocketchat, judge->sight->site);
  }
  struct env_reading reading;
  env_view_read(judge->view, "EJ_ROCKETCHAT_URL", &reading);
  const char *mark = reading.value ? strstr(reading.value, "://") : NULL;
  bool origin = mark && mark[3] && !has_path(reading.value);
  return (origin && (!rocketchat || list_allows(mark + 3, rocketchat, judge->sight->site))) || is_listed_elsewhere(judge);
}

/* Would browsers take the two CORS headers that EJ makes of this environment, as far as no row outranks it? */
static bool has_cors(const struct env_judge *judge) {
  bool overrides = judge->view->generation != 'A';
  const char *origin = overrides ? env_view_value(judge->view, "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN") : "";
  if (!*origin) origin = env_view_value(judge->view, "EJ_ROCKETCHAT_URL");
  if (overrides && strcmp(env_view_value(judge->view, "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS"), "true") != 0) return false;
  return is_exact_origin(origin) && (!judge->sight->rocketchat || strcmp(origin, judge->sight->rocketchat) == 0);
}

static bool has_administrator(const struct env_judge *judge) {
  static const char *const names[] = {"EJ_ROCKETCHAT_ADMIN_USERNAME", "EJ_ROCKETCHAT_ADMIN_ID", "EJ_ROCKETCHAT_ADMIN_PASSWORD",
                                      "EJ_ROCKETCHAT_AUTH_TOKEN"};
  size_t given = 0;
  for (size_t i = 0; i < countof(names); i++) given += env_is_set(judge, names[i]);
  return judge->view->generation != 'A' && given == countof(names);
}

void env_judge_mends(const struct env_judge *judge, bool *ret_frame, bool *ret_login) {
  const struct env_view *view = judge->view;
  struct env_view then_view = *view;
  char **environment = NULL;
  size_t count = 0;
  for (size_t i = 0; i < view->file->entry_count; i++) { /* the last line of a name counts, and the first entry is found */
    const struct env_entry *entry = &view->file->entries[i];
    bool counts = env_file_find(view->file, entry->name) == entry && !env_entry_reached(entry, view);
    auto_free char *line = counts ? text_format("%s=%s", entry->name, entry->plain) : NULL;
    if (line) strings_append(&environment, &count, line);
  }
  for (char *const *entry = view->container; entry && *entry; entry++) strings_append(&environment, &count, *entry);
  auto_names struct names index = env_view_index(environment);
  then_view.container = environment;
  then_view.index = &index;
  const struct env_judge then = {.sight = judge->sight, .view = &then_view, .out = judge->out};
  bool on = env_view_is_integrated(view), comes_on = env_view_is_integrated(&then_view);
  *ret_frame = on && comes_on && !is_framed(judge) && is_framed(&then);
  *ret_login = comes_on && (!on || (!has_cors(judge) && has_cors(&then)) || (!has_administrator(judge) && has_administrator(&then)));
  strings_free(environment);
}

/* --- the administrator --------------------------------------------------------------------------------------------------------------- */

static void judge_administrator(const struct env_judge *judge) {
  static const char *const read[] = {"EJ_ROCKETCHAT_ADMIN_USERNAME", "EJ_ROCKETCHAT_ADMIN_ID", "EJ_ROCKETCHAT_ADMIN_PASSWORD",
                                     "EJ_ROCKETCHAT_AUTH_TOKEN"};
  static const char *const dead[] = {"EJ_ROCKETCHAT_USER_ID", "EJ_ROCKETCHAT_USERNAME", "EJ_ROCKETCHAT_PASSWORD",
                                     "EJ_ROCKETCHAT_USER_PASSWORD"};
  size_t given = 0, named = 0, unread = 0;
  for (size_t i = 0; i < countof(read); i++) {
    given += env_is_set(judge, read[i]);
    named += env_is_set(judge, read[i]) && i < 3;
  }
  for (size_t i = 0; i < countof(dead); i++) unread += env_is_set(judge, dead[i]);
  if (unread && !named) {
    struct finding *finding =
        finding_open(judge->out, &ENV_ROCKET_NAMES, "Rocket.Chat's administrator stands under names that %s does not read.",
                     judge->view->generation == 'A' ? translated("the check of this EJ") : "EJ");
    for (size_t i = 0; i < countof(dead); i++) {
      if (env_is_set(judge, dead[i])) finding_evidence(finding, dead[i], "an active row, or EJ_ROCKETCHAT_ADMIN_* (generation B)", "set");
    }
  } else {
    env_passed(judge, &ENV_ROCKET_NAMES);
    if (named && given < countof(read) && judge->view->generation != 'A') {
      struct finding *finding =
          finding_open(judge->out, &ENV_ROCKET_INCOMPLETE,
                       "%zu of the four variables of Rocket.Chat's administrator are set: EJ takes all or none.", given);
      for (size_t i = 0; i < countof(read); i++)
        finding_evidence(finding, read[i], translated("set"), "%s",
                         env_is_set(judge, read[i]) ? translated("set") : translated("(not set)"));
      return;
    }
  }
  env_passed(judge, &ENV_ROCKET_INCOMPLETE);
}

/* --- overrides ----------------------------------------------------------------------------------------------------------------------- */

static void judge_policy(const struct env_judge *judge) {
  const char *name = "HTTP_CONTENT_SECURITY_POLICY", *rocketchat = judge->sight->rocketchat;
  const char *value = env_view_value(judge->view, name);
  if (!*value) {
    env_passed(judge, &ENV_CSP_OVERRIDE);
    return;
  }
  struct csp_span list;
  bool has = csp_find_directive(csp_span(value), "frame-ancestors", &list);
  auto_free char *sources = has ? xstrndup(list.data ? list.data : "", list.length) : NULL;
  const char *trouble = NULL;
  bool star = has && (list_allows(sources, "https://any.invalid", NULL) || list_allows(sources, "http://any.invalid", NULL));
  if (!has) {
    trouble = translated("has no frame-ancestors: any site may embed EJ");
  } else if (star) {
    trouble = translated("lets any site embed EJ");
  } else if (rocketchat && !list_allows(sources, rocketchat, judge->sight->site)) {
    trouble = translated("does not name Rocket.Chat, and hides the lists that do");
  }
  if (!trouble) {
    env_passed(judge, &ENV_CSP_OVERRIDE);
    return;
  }
  struct finding *finding = finding_open(judge->out, &ENV_CSP_OVERRIDE, "HTTP_CONTENT_SECURITY_POLICY %s.", trouble);
  env_evidence(judge, finding, name, "no such line: EJ builds the list by itself");
}

static void judge_cors(const struct env_judge *judge) {
  const char *origin = env_view_value(judge->view, "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN"), *rocketchat = judge->sight->rocketchat;
  const char *credentials = env_view_value(judge->view, "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS");
  if (*origin && (strcmp(origin, "*") == 0 || !is_exact_origin(origin) || (rocketchat && strcmp(origin, rocketchat) != 0))) {
    struct finding *finding =
        finding_open(judge->out, &ENV_CORS_OVERRIDE, "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN is %s: browsers refuse the login.",
                     strcmp(origin, "*") == 0 ? "*" : translated("not Rocket.Chat's exact origin"));
    env_evidence(judge, finding, "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN",
                 rocketchat ? rocketchat : translatable("the exact origin, or no such line"));
  }
  if (*credentials && strcmp(credentials, "true") != 0) {
    struct finding *finding = finding_open(judge->out, &ENV_CORS_OVERRIDE,
                                           "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS is not exactly true: browsers refuse the login.");
    env_evidence(judge, finding, "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS", "true, or no such line");
  }
  env_passed(judge, &ENV_CORS_OVERRIDE);
}

/* Settings that this EJ has, or at least is given, and does not use. */
static void judge_inert(const struct env_judge *judge, bool integrated) {
  static const char *const overrides[] = {"HTTP_CONTENT_SECURITY_POLICY", "HTTP_X_FRAME_OPTIONS", "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN",
                                          "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS"};
  char generation = judge->view->generation;
  for (size_t i = 0; i < countof(overrides); i++) {
    bool old_browsers = integrated && strcmp(overrides[i], "HTTP_X_FRAME_OPTIONS") == 0;
    if (!env_is_set(judge, overrides[i]) || (integrated && generation != 'A' && !old_browsers)) continue;
    struct finding *finding = finding_open(judge->out, &ENV_OVERRIDE_INERT, "%s is set and has no effect%s.", overrides[i],
                                           old_browsers && generation != 'A' ? translated(" on browsers of today") : "");
    finding_evidence(finding, overrides[i], "no such line", "%s",
                     old_browsers && generation != 'A' ? translated("set: only browsers of before 2019 look at it") : translated("set"));
  }
  const char *const removed[] = {"EJ_ROCKETCHAT_INTEGRATION", "EJ_ROCKETCHAT_URL"};
  for (size_t i = 0; generation == 'C' && i < countof(removed); i++) {
    const char *value = env_view_get(judge->view, removed[i]);
    if (!value || !*value || (i == 0 && !env_read_bool(value))) continue;
    struct finding *finding =
        finding_open(judge->out, &ENV_OVERRIDE_INERT, "%s is set, and this EJ has no Rocket.Chat integration.", removed[i]);
    finding_evidence(finding, removed[i], "no such line", "set; generation C removed the integration");
  }
  env_passed(judge, &ENV_OVERRIDE_INERT);
  if (integrated && env_is_set(judge, "DJANGO_X_FRAME_OPTIONS")) {
    struct finding *finding = finding_open(judge->out, &ENV_X_FRAME_OPTIONS,
                                           "DJANGO_X_FRAME_OPTIONS has no effect: the integration's middleware sets the header first.");
    env_evidence(judge, finding, "DJANGO_X_FRAME_OPTIONS", "no such line");
  } else {
    env_passed(judge, &ENV_X_FRAME_OPTIONS);
  }
}

void env_judge_rocket(const struct env_judge *judge) {
  static const struct code *const all[] = {&ENV_ROCKET_NAMES,      &ENV_ROCKET_INCOMPLETE, &ENV_ROCKET_URL_UNSET,
                                           &ENV_ROCKET_URL_SCHEME, &ENV_ROCKET_URL_PATH,   &ENV_ROCKET_URL_FORM,
                                           &ENV_ROCKET_URL_OTHER,  &ENV_CSP_OVERRIDE,      &ENV_CORS_OVERRIDE};
  bool integrated = env_view_is_integrated(judge->view);
  judge_inert(judge, integrated);
  if (!integrated) {
    /* Off, none of them reaches anybody. */
    for (size_t i = 0; i < countof(all); i++) env_passed(judge, all[i]);
    return;
  }
  judge_address(judge);
  judge_administrator(judge);
  if (judge->view->generation == 'A') {
    env_passed(judge, &ENV_CSP_OVERRIDE);
    env_passed(judge, &ENV_CORS_OVERRIDE);
    return;
  }
  judge_policy(judge);
  judge_cors(judge);
}
