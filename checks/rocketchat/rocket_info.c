/* Reads Rocket.Chat's anonymous answers; see rocket_info.h. */
#include "checks/rocketchat/rocket_info.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

#define VERSION_LIMIT 32 /* bytes of a version that are believed */

static json_t *object_load(const char *body, size_t length) {
  json_error_t error;
  json_t *root = body ? json_loadb(body, length, JSON_REJECT_DUPLICATES, &error) : NULL;
  if (json_is_object(root)) return root;
  json_decref(root);
  return NULL;
}

char *rocket_info_version(const char *body, size_t length) {
  json_t *root = object_load(body, length);
  const char *version = json_string_value(json_object_get(root, "version"));
  if (!version) version = json_string_value(json_object_get(json_object_get(root, "info"), "version"));
  struct rocket_version parsed;
  bool good = version && strlen(version) < VERSION_LIMIT && rocket_version_parse(version, &parsed) == 0;
  char *copy = good ? xstrdup(version) : NULL;
  json_decref(root);
  return copy;
}

/* Digits at *at; moves it behind them. -1 when there are none or too many. */
static long number_take(const char **at) {
  size_t digits = strspn(*at, "0123456789");
  if (digits == 0 || digits > 6) return -1;
  long value = strtol(*at, NULL, 10);
  *at += digits;
  return value;
}

int rocket_version_parse(const char *string, struct rocket_version *ret_version) {
  struct rocket_version version = {0, 0, -1};
  version.major = number_take(&string);
  if (version.major < 0 || *string++ != '.') return -EINVAL;
  version.minor = number_take(&string);
  if (version.minor < 0) return -EINVAL;
  if (*string == '.') {
    string++;
    version.patch = number_take(&string);
    if (version.patch < 0) return -EINVAL;
  }
  if (*string && *string != '-' && *string != '+') return -EINVAL;
  *ret_version = version;
  return 0;
}

bool rocket_version_at_least(const struct rocket_version *version, long major, long minor, long patch) {
  if (version->major != major) return version->major > major;
  if (version->minor != minor) return version->minor > minor;
  return (version->patch < 0 ? 0 : version->patch) >= patch;
}

enum rocket_window rocket_client_window(const struct rocket_version *version) {
  if (!rocket_version_at_least(version, 6, 1, 0)) return ROCKET_WINDOW_A;
  if (!rocket_version_at_least(version, 7, 8, 0)) return ROCKET_WINDOW_B;
  if (!rocket_version_at_least(version, 7, 9, 4)) return ROCKET_WINDOW_C;
  return ROCKET_WINDOW_D;
}

unsigned rocket_client_windows(const struct rocket_version *version) {
  bool first = version->major == 6 && (version->minor == 1 || version->minor == 2);
  bool unknown = version->major == 7 && (version->minor == 8 || version->minor == 9) && version->patch < 0;
  return ROCKET_WINDOW_BIT(rocket_client_window(version)) | (first ? ROCKET_WINDOW_BIT(ROCKET_WINDOW_A) : 0) |
         (unknown ? ROCKET_WINDOW_BIT(ROCKET_WINDOW_D) : 0);
}

char *rocket_windows_name(unsigned windows) {
  struct text name = {0};
  for (int window = ROCKET_WINDOW_A; window <= ROCKET_WINDOW_D; window++) {
    if (windows & ROCKET_WINDOW_BIT(window)) text_printf(&name, "%s%c", name.length ? translated(" or ") : "", 'A' + window);
  }
  text_add(&name, "");
  return name.data ? text_steal(&name) : xstrdup("");
}

/* "mongo: no answer; eventLoop": the checks of /readyz whose status is not ok. */
static char *ill_checks(const json_t *root) {
  auto_text struct text text = {0};
  const char *name;
  json_t *check;
  json_object_foreach(json_object_get(root, "checks"), name, check) {
    const char *status = json_string_value(json_object_get(check, "status")), *error = json_string_value(json_object_get(check, "error"));
    if (status && strcmp(status, "ok") == 0) continue;
    text_printf(&text, "%s%s %s%s%s", text.length ? "; " : "", name, status ? status : "unknown", error ? ": " : "", error ? error : "");
  }
  return text.length ? text_steal(&text) : NULL;
}

enum rocket_health rocket_health_read(const char *body, size_t length, char **ret_detail) {
  while (length && (body[length - 1] == '\n' || body[length - 1] == '\r' || body[length - 1] == ' ')) length--;
  if (length == 2 && memcmp(body, "ok", 2) == 0) return ROCKET_HEALTH_OK;
  if (length == strlen("not healthy") && memcmp(body, "not healthy", length) == 0) {
    *ret_detail = xstrdup(translated("not healthy"));
    return ROCKET_HEALTH_ILL;
  }
  json_t *root = object_load(body, length);
  const char *status = json_string_value(json_object_get(root, "status"));
  enum rocket_health health = ROCKET_HEALTH_NONE;
  if (status && strcmp(status, "ok") == 0) health = ROCKET_HEALTH_OK;
  /* {"status":"error",...} is how the API words a refusal of its own: it says nothing about health. */
  if (status && (strcmp(status, "unavailable") == 0 || strcmp(status, "degraded") == 0)) health = ROCKET_HEALTH_ILL;
  if (health == ROCKET_HEALTH_ILL) *ret_detail = ill_checks(root);
  json_decref(root);
  return health;
}

bool rocket_is_rate_limited(int status, const char *body, size_t length) {
  return status == 429 || (status == 400 && body && text_find(body, length, "error-too-many-requests", false));
}
