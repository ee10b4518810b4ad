/* Judges Rocket.Chat's public settings; see rocket_settings.h. */
#include "checks/rocketchat/rocket_settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/rocketchat/rocket_codes.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

#define LOGIN_PATH "/talks/login/"
#define LOGIN_QUERY "?next=/talks/"
#define API_PATH "/talks/api-login/"

const char *const rocket_setting_ids[] = {
    "Accounts_iframe_enabled",
    "Accounts_iframe_url",
    "Accounts_Iframe_api_url",
    "Accounts_Iframe_api_method",
    "Site_Url",
    "Force_SSL",
    "Accounts_AllowUsernameChange",
    "Accounts_AllowEmailChange",
    "Accounts_AllowPasswordChange",
    "Accounts_AllowAnonymousRead",
    "Show_Setup_Wizard",
    NULL,
};

/* Not judged here, and asked for in the same request: the layout check compares them with versioned files. */
static const char *const shown_ids[] = {"Layout_Home_Title",       "Layout_Home_Body",         "theme-custom-css",
                                        "Custom_Script_Logged_In", "Custom_Script_Logged_Out", "Custom_Script_On_Logout"};

/* --- reading ----------------------------------------------------------------------------------------------------------------------- */

int rocket_settings_read(const char *body, size_t length, struct rocket_settings *ret_settings) {
  json_error_t error;
  json_t *root = body ? json_loadb(body, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error) : NULL, *setting;
  json_t *list = json_object_get(root, "settings");
  if (!json_is_array(list)) {
    json_decref(root);
    return -EINVAL;
  }
  if (!ret_settings->values) ret_settings->values = json_object();
  size_t index;
  json_array_foreach(list, index, setting) {
    const char *id = json_string_value(json_object_get(setting, "_id"));
    json_t *value = json_object_get(setting, "value");
    if (id && value) json_object_set(ret_settings->values, id, value);
  }
  ret_settings->returned += (long)json_array_size(list);
  ret_settings->total = json_is_integer(json_object_get(root, "total")) ? (long)json_integer_value(json_object_get(root, "total")) : 0;
  json_decref(root);
  return 0;
}

void rocket_settings_free(struct rocket_settings *settings) {
  json_decref(settings->values);
  *settings = (struct rocket_settings){0};
}

bool rocket_settings_has_iframe(const struct rocket_settings *settings) {
  for (size_t i = 0; i < ROCKET_IFRAME_IDS; i++) {
    if (!json_object_get(settings->values, rocket_setting_ids[i])) return false;
  }
  return true;
}

static void add_id(struct text *path, bool by_id, bool further, const char *id) {
  text_add(path, further ? "," : "");
  text_printf(path, by_id ? "%s" : "%%7B%%22_id%%22%%3A%%22%s%%22%%7D", id); /* {"_id":"..."} */
}

char *rocket_settings_path(bool by_id) {
  struct text path = {0};
  text_add(&path, by_id ? "/api/v1/settings.public?_id=" : "/api/v1/settings.public?query=%7B%22%24or%22%3A%5B"); /* {"$or":[ */
  for (size_t i = 0; rocket_setting_ids[i]; i++) add_id(&path, by_id, i > 0, rocket_setting_ids[i]);
  for (size_t i = 0; i < countof(shown_ids); i++) add_id(&path, by_id, true, shown_ids[i]);
  if (!by_id) text_add(&path, "%5D%7D");
  return text_steal(&path);
}

/* --- judging ----------------------------------------------------------------------------------------------------------------------- */

struct judge {
  const struct rocket_settings *settings;
  const struct site_address *site; /* its url may be NULL */
  const char *url;                 /* an origin, or NULL */
  struct findings *findings;
};

static const json_t *value_of(const struct judge *judge, const char *id) {
  return json_object_get(judge->settings->values, id);
}

static const char *string_of(const struct judge *judge, const char *id) {
  const char *value = json_string_value(value_of(judge, id));
  return value ? value : "";
}

/* A value as JSON writes it, so that the text "true" differs from the boolean. */
static void evidence_value(struct finding *finding, const char *id, const char *want, const json_t *value) {
  char *shown = value ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
  finding_evidence(finding, id, want, "%s", shown ? shown : translated("not told"));
  free(shown);
}

static void judge_hidden(const struct judge *judge) {
  struct finding *finding = NULL;
  for (size_t i = 0; i < ROCKET_IFRAME_IDS; i++) {
    if (value_of(judge, rocket_setting_ids[i])) continue;
    if (!finding)
      finding =
          finding_add(judge->findings, &ROCKET_SETTING_HIDDEN, "Rocket.Chat does not tell browsers its setting %s.", rocket_setting_ids[i]);
    finding_evidence(finding, rocket_setting_ids[i], "a public setting", "not in the list of public settings");
  }
  if (!finding) finding_pass(judge->findings, &ROCKET_SETTING_HIDDEN);
}

static void judge_enabled(const struct judge *judge) {
  const json_t *enabled = value_of(judge, "Accounts_iframe_enabled");
  if (!enabled) return;
  if (json_is_true(enabled)) {
    finding_pass(judge->findings, &ROCKET_IFRAME_OFF);
    return;
  }
  bool text = json_is_string(enabled);
  struct finding *finding =
      finding_add(judge->findings, &ROCKET_IFRAME_OFF,
                  text ? translatable("Rocket.Chat's IFrame login is switched on by a text, which its client does not take for true.")
                       : translatable("Rocket.Chat's IFrame login is switched off."));
  evidence_value(finding, "Accounts_iframe_enabled", "true", enabled);
}

static void judge_incomplete(const struct judge *judge) {
  struct finding *finding = NULL;
  for (size_t i = 1; i < ROCKET_IFRAME_IDS; i++) {
    const char *id = rocket_setting_ids[i];
    if (!value_of(judge, id) || *string_of(judge, id)) continue;
    if (!finding)
      finding =
          finding_add(judge->findings, &ROCKET_IFRAME_INCOMPLETE, "Rocket.Chat's setting %s is empty: its IFrame login does nothing.", id);
    evidence_value(finding, id, "not empty", value_of(judge, id));
  }
  if (!finding && rocket_settings_has_iframe(judge->settings)) finding_pass(judge->findings, &ROCKET_IFRAME_INCOMPLETE);
}

/* The address in `id` must be `path` of EJ's origin. A page may carry a query, and is still found when only the slash at its end is
 * missing. */
static void judge_address(const struct judge *judge, const struct code *code, const char *id, const char *path, bool is_page) {
  const char *value = string_of(judge, id);
  if (!judge->site->url || !*value) return; /* nothing to compare with; or rocket/iframe-incomplete, rocket/setting-hidden say it */
  auto_free char *origin = http_origin(value), *visible = site_address_visible(judge->site, xstrdup(judge->site->url));
  bool same_origin = origin && site_address_may_be(judge->site, origin);
  auto_free char *own = http_origin(same_origin ? origin : visible);
  auto_free char *want = text_format("%s%s%s", own ? own : "", path, is_page ? LOGIN_QUERY : "");
  struct http_url url = {0};
  bool parsed = http_url_parse(value, false, &url) == 0;
  size_t length = parsed ? strcspn(url.path, "?#") : 0;
  bool same_path = parsed && length == strlen(path) && strncmp(url.path, path, length) == 0 && (is_page || !url.path[length]);
  bool slash_missing = parsed && length + 1 == strlen(path) && strncmp(url.path, path, length) == 0;
  http_url_free(&url);
  if (same_path && same_origin) {
    finding_pass(judge->findings, code);
    return;
  }
  const char *what = !parsed         ? translatable("is no absolute address")
                     : !same_origin  ? translatable("does not lead to EJ")
                     : slash_missing ? translatable("lacks the slash at the end, so EJ answers with a redirect")
                                     : translatable("has not the path that EJ's guide prescribes");
  struct finding *finding = finding_add(judge->findings, code, "Rocket.Chat's setting %s %s.", id, translated(what));
  if (is_page && same_origin && slash_missing) finding->severity = SEVERITY_WARNING; /* a page's redirect is followed */
  finding_evidence(finding, id, want, "%s", value);
}

static void judge_method(const struct judge *judge) {
  const char *method = string_of(judge, "Accounts_Iframe_api_method");
  if (!*method) return;
  if (strcmp(method, "POST") == 0) {
    finding_pass(judge->findings, &ROCKET_IFRAME_METHOD);
    return;
  }
  struct finding *finding =
      finding_add(judge->findings, &ROCKET_IFRAME_METHOD, "Rocket.Chat asks EJ's login API by %s, not by POST.", method);
  if (text_equal_nocase(method, "post") || strcmp(method, "GET") == 0)
    finding->severity = SEVERITY_WARNING; /* EJ's view takes any method */
  finding_evidence(finding, "Accounts_Iframe_api_method", "POST", "%s", method);
}

static void judge_site_url(const struct judge *judge) {
  const char *value = string_of(judge, "Site_Url");
  if (!*value || !judge->url) return;
  const char *host = strstr(value, "://");
  if (host && strstr(host + 3, "://")) {
    struct finding *broken =
        finding_add(judge->findings, &ROCKET_ROOT_URL, "Rocket.Chat's Site_Url holds two addresses in one: %s.", value);
    finding_evidence(broken, "Site_Url", judge->url, "%s", value);
    return;
  }
  finding_pass(judge->findings, &ROCKET_ROOT_URL);
  auto_free char *origin = http_origin(value);
  if (origin && strcmp(origin, judge->url) == 0) {
    finding_pass(judge->findings, &ROCKET_SITE_URL);
    return;
  }
  struct finding *finding =
      finding_add(judge->findings, &ROCKET_SITE_URL, "Rocket.Chat's Site_Url is %s, and it is watched at %s.", value, judge->url);
  finding_evidence(finding, "Site_Url", judge->url, "%s", value);
}

static void judge_account_changes(const struct judge *judge) {
  static const char *const ids[] = {"Accounts_AllowUsernameChange", "Accounts_AllowEmailChange", "Accounts_AllowPasswordChange"};
  struct finding *finding = NULL;
  bool seen = false;
  for (size_t i = 0; i < countof(ids); i++) {
    const json_t *value = value_of(judge, ids[i]);
    seen = seen || value;
    if (!value || json_is_false(value)) continue;
    if (!finding)
      finding = finding_add(judge->findings, &ROCKET_ACCOUNT_CHANGES,
                            "Users may change in Rocket.Chat what EJ manages (username, e-mail, password).");
    evidence_value(finding, ids[i], "false", value);
  }
  if (!finding && seen) finding_pass(judge->findings, &ROCKET_ACCOUNT_CHANGES);
}

static void judge_others(const struct judge *judge) {
  const json_t *anonymous = value_of(judge, "Accounts_AllowAnonymousRead"), *wizard = value_of(judge, "Show_Setup_Wizard");
  if (json_is_true(anonymous)) {
    struct finding *finding =
        finding_add(judge->findings, &ROCKET_ANONYMOUS_READ, "Rocket.Chat lets visitors read without a login: they never see EJ's.");
    evidence_value(finding, "Accounts_AllowAnonymousRead", "false", anonymous);
  } else if (anonymous) {
    finding_pass(judge->findings, &ROCKET_ANONYMOUS_READ);
  }
  if (json_is_string(wizard) && strcmp(json_string_value(wizard), "completed") != 0) {
    struct finding *finding = finding_add(judge->findings, &ROCKET_SETUP_WIZARD, "Rocket.Chat's set-up wizard was never completed.");
    evidence_value(finding, "Show_Setup_Wizard", "\"completed\"", wizard);
  } else if (wizard) {
    finding_pass(judge->findings, &ROCKET_SETUP_WIZARD);
  }
}

void rocket_settings_judge(const struct rocket_settings *settings, const struct site_address *site, const char *url, bool complete,
                           struct findings *findings) {
  auto_free char *url_origin = url ? http_origin(url) : NULL;
  struct judge judge = {.settings = settings, .site = site, .url = url_origin, .findings = findings};
  if (complete || rocket_settings_has_iframe(settings)) judge_hidden(&judge);
  judge_enabled(&judge);
  judge_incomplete(&judge);
  judge_address(&judge, &ROCKET_IFRAME_URL, "Accounts_iframe_url", LOGIN_PATH, true);
  judge_address(&judge, &ROCKET_IFRAME_API_URL, "Accounts_Iframe_api_url", API_PATH, false);
  judge_method(&judge);
  judge_site_url(&judge);
  judge_account_changes(&judge);
  judge_others(&judge);
}
