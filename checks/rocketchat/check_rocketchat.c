/* The check of Rocket.Chat itself: what its anonymous API tells of version, health and the settings of the IFrame login. It never logs in.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/rocketchat/rocket_codes.h"
#include "checks/rocketchat/rocket_info.h"
#include "checks/rocketchat/rocket_seen.h"
#include "checks/rocketchat/rocket_settings.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"

#define SMALL_BODY (64u << 10)   /* bytes of /api/info and of the health answers that are read */
#define SETTINGS_BODY (4u << 20) /* bytes of the whole list of public settings: custom CSS and layouts are in it */

struct config {
  char *url, *site, *host, *cacert;
};

struct probe {
  const struct config *config;
  struct findings *findings;
  char *base;     /* the address without a slash at its end */
  bool forwarded; /* Force_SSL answers only requests that say that they came over https */
  struct rocket_version version;
  struct rocket_seen seen; /* what other checks may take over */
};

static int fetch(const struct probe *probe, const char *path, size_t limit, struct http_response *ret_response) {
  static const char *const forwarded[] = {"Accept: application/json", "X-Forwarded-Proto: https", NULL}, *const plain[] = {
                                                                                                             "Accept: application/json",
                                                                                                             NULL};
  auto_free char *url = text_format("%s%s", probe->base, path);
  return http_fetch(
      &(struct http_request){
          .url = url, .headers = probe->forwarded ? forwarded : plain, .cacert = probe->config->cacert, .body_limit = limit},
      ret_response);
}

/* --- is it there, and is it Rocket.Chat? -------------------------------------------------------------------------------------------- */

static int report_no_answer(struct probe *probe, int r, const char *path, const struct http_response *response) {
  const char *layer = response->layer ? response->layer : "ejmon";
  if (r == -ECANCELED || r == -EINVAL || strcmp(layer, "ejmon") == 0) return r;
  bool hung = r == -ETIMEDOUT && (strcmp(layer, "wait") == 0 || strcmp(layer, "body") == 0 || strcmp(layer, "send") == 0);
  if (hung) finding_pass(probe->findings, &ROCKET_UNREACHABLE);
  struct finding *finding =
      finding_add(probe->findings, hung ? &ROCKET_HUNG : &ROCKET_UNREACHABLE,
                  hung ? translatable("Rocket.Chat does not answer: %s.") : translatable("Rocket.Chat cannot be reached: %s."),
                  response->error ? response->error : lang_error(-r));
  finding_evidence(finding, path, "an answer", "%s", layer);
  return 0;
}

static void evidence_answer(struct finding *finding, const char *what, const char *want, const struct http_response *response) {
  auto_free char *type = http_media_type(response);
  size_t some = response->body_length < 120 ? response->body_length : 120;
  finding_evidence(finding, what, want, "%d %s: %.*s", response->status, *type ? type : translated("without a type"), (int)some,
                   response->body ? response->body : "");
}

static void report_rate_limit(struct probe *probe, const char *path, const struct http_response *response) {
  if (findings_find(probe->findings, ROCKET_RATE_LIMITED.name)) return;
  struct finding *finding = finding_add(probe->findings, &ROCKET_RATE_LIMITED, "Rocket.Chat's rate limiter turned ejmon away at %s.", path);
  evidence_answer(finding, path, "an answer", response);
}

/* http asked, https pointed at: by Force_SSL, or by a proxy. */
static bool is_sent_to_https(const struct probe *probe, const struct http_response *response) {
  const char *location = http_header(response, "Location", 0);
  return response->status >= 300 && response->status < 400 && location && text_starts(location, "https://") &&
         text_starts(probe->base, "http://");
}

static void judge_info(struct probe *probe, const struct http_response *response, bool *ret_go_on) {
  if (response->status >= 500) {
    struct finding *finding =
        finding_add(probe->findings, &ROCKET_SERVER_ERROR, "Rocket.Chat, or the proxy before it, answers %d.", response->status);
    evidence_answer(finding, "/api/info", "200 with a version", response);
    return;
  }
  if (rocket_is_rate_limited(response->status, response->body, response->body_length)) {
    finding_pass(probe->findings, &ROCKET_SERVER_ERROR);
    report_rate_limit(probe, "/api/info", response);
    return;
  }
  auto_free char *version = response->status == 200 ? rocket_info_version(response->body, response->body_length) : NULL;
  if (!version) {
    struct finding *finding = finding_add(probe->findings, &ROCKET_NOT_ROCKETCHAT, "What answers at %s is not Rocket.Chat.", probe->base);
    evidence_answer(finding, "/api/info", "200, JSON with a version", response);
    return;
  }
  finding_pass(probe->findings, &ROCKET_SERVER_ERROR);
  finding_pass(probe->findings, &ROCKET_NOT_ROCKETCHAT);
  findings_fact(probe->findings, "rocketchat", version);
  *ret_go_on = rocket_version_parse(version, &probe->version) == 0;
  if (!*ret_go_on) return;
  probe->seen.known = true;
  probe->seen.version = probe->version;
  auto_free char *windows = rocket_windows_name(rocket_client_windows(&probe->version));
  findings_fact(probe->findings, "client_window", windows);
}

static int look_at_info(struct probe *probe, bool *ret_go_on) {
  auto_response struct http_response response = {0}, again = {0};
  int r = fetch(probe, "/api/info", SMALL_BODY, &response);
  if (r < 0) return report_no_answer(probe, r, "/api/info", &response);
  finding_pass(probe->findings, &ROCKET_UNREACHABLE);
  finding_pass(probe->findings, &ROCKET_HUNG);
  findings_measure(probe->findings, "latency", response.times.total, "s");
  if (!is_sent_to_https(probe, &response)) {
    finding_pass(probe->findings, &ROCKET_FORCE_SSL);
    judge_info(probe, &response, ret_go_on);
    return 0;
  }
  struct finding *finding = finding_add(probe->findings, &ROCKET_FORCE_SSL, "Rocket.Chat sends every http request to https.");
  finding_evidence(finding, "/api/info", "200", "%d, Location: %s", response.status, http_header(&response, "Location", 0));
  probe->forwarded = true;
  r = fetch(probe, "/api/info", SMALL_BODY, &again);
  if (r < 0) return report_no_answer(probe, r, "/api/info", &again);
  if (is_sent_to_https(probe, &again)) {
    finding->severity = SEVERITY_CRITICAL; /* a proxy's redirect: nothing of Rocket.Chat is seen at this address */
    return 0;
  }
  judge_info(probe, &again, ret_go_on);
  return 0;
}

/* --- health ------------------------------------------------------------------------------------------------------------------------- */

/* The best that this version has. Neither status nor presence counts: old versions serve a page, proxies block the path. */
static int look_at_health(struct probe *probe) {
  static const char *const paths[] = {"/readyz", "/health"};
  if (!rocket_version_at_least(&probe->version, 5, 3, 0)) return 0;
  for (size_t i = rocket_version_at_least(&probe->version, 7, 11, 0) ? 0 : 1; i < countof(paths); i++) {
    auto_response struct http_response response = {0};
    auto_free char *detail = NULL;
    int r = fetch(probe, paths[i], SMALL_BODY, &response);
    if (r < 0) return report_no_answer(probe, r, paths[i], &response);
    enum rocket_health health = rocket_health_read(response.body, response.body_length, &detail);
    if (health == ROCKET_HEALTH_OK) finding_pass(probe->findings, &ROCKET_UNHEALTHY);
    if (health == ROCKET_HEALTH_ILL) {
      struct finding *finding = finding_add(probe->findings, &ROCKET_UNHEALTHY, "Rocket.Chat says of itself that it is not well: %s.",
                                            detail ? detail : translated("no reason given"));
      evidence_answer(finding, paths[i], "ok", &response);
    }
    if (health != ROCKET_HEALTH_NONE) return 0;
  }
  return 0;
}

/* --- settings ------------------------------------------------------------------------------------------------------------------------- */

/* What became of one request for settings. */
enum settings_answer { SETTINGS_TAKEN, SETTINGS_ODD, SETTINGS_FAILED /* a finding says why */ };

static int read_settings(struct probe *probe, const char *path, struct rocket_settings *settings, enum settings_answer *ret_answer) {
  auto_response struct http_response response = {0};
  int r = fetch(probe, path, SETTINGS_BODY, &response);
  *ret_answer = SETTINGS_FAILED;
  if (r < 0) return report_no_answer(probe, r, "/api/v1/settings.public", &response);
  if (rocket_is_rate_limited(response.status, response.body, response.body_length)) {
    report_rate_limit(probe, "/api/v1/settings.public", &response);
  } else if (response.status >= 500) {
    struct finding *finding = finding_add(probe->findings, &ROCKET_SERVER_ERROR,
                                          "Rocket.Chat tells its version, but answers %d when it needs its database.", response.status);
    evidence_answer(finding, "/api/v1/settings.public", "200 with settings", &response);
  } else {
    bool taken = response.status == 200 && rocket_settings_read(response.body, response.body_length, settings) == 0;
    *ret_answer = taken ? SETTINGS_TAKEN : SETTINGS_ODD;
  }
  return 0;
}

/* By id where the version can, then the whole list: an old server ignores `_id`, a new one refuses `query`, a hidden setting is in neither.
 */
static int look_at_settings(struct probe *probe) {
  struct rocket_settings settings = {0};
  auto_free char *path = rocket_settings_path(rocket_version_at_least(&probe->version, 7, 0, 0));
  enum settings_answer answer;
  bool complete = false;
  int r = read_settings(probe, path, &settings, &answer);
  if (r == 0 && answer != SETTINGS_FAILED && !rocket_settings_has_iframe(&settings)) {
    settings.returned = 0;
    r = read_settings(probe, ROCKET_SETTINGS_ALL_PATH, &settings, &answer);
    complete = answer == SETTINGS_TAKEN && settings.total > 0 && settings.returned >= settings.total;
  }
  if (r == 0 && answer != SETTINGS_FAILED && (complete || rocket_settings_has_iframe(&settings))) {
    finding_pass(probe->findings, &ROCKET_SETTINGS_UNREAD);
    finding_pass(probe->findings, &ROCKET_RATE_LIMITED);
    const struct site_address site = {probe->config->site, probe->config->host};
    rocket_settings_judge(&settings, &site, probe->config->url, complete, probe->findings);
    probe->seen.settings = json_incref(settings.values);
  } else if (r == 0 && answer != SETTINGS_FAILED) {
    struct finding *finding = finding_add(probe->findings, &ROCKET_SETTINGS_UNREAD, "Rocket.Chat's public settings could not be read.");
    finding_evidence(finding, "/api/v1/settings.public", "a list with the four iframe settings", "%ld of %ld settings", settings.returned,
                     settings.total);
  }
  rocket_settings_free(&settings);
  return r;
}

/* --- the browser client's window ------------------------------------------------------------------------------------------------------ */

/* What a client asks of EJ is the login check's to see; this one knows the versions whose client fails whatever EJ answers. */
static void judge_window(struct probe *probe) {
  unsigned windows = rocket_client_windows(&probe->version);
  if (windows & ROCKET_WINDOW_BIT(ROCKET_WINDOW_C)) {
    bool perhaps = windows != ROCKET_WINDOW_BIT(ROCKET_WINDOW_C);
    struct finding *finding =
        finding_add(probe->findings, &ROCKET_WINDOW_BROKEN,
                    perhaps ? translatable("Rocket.Chat %ld.%ld may be one whose IFrame login is broken (up to 7.9.3): without a "
                                           "login it does not tell the last number of its version.")
                            : translatable("Rocket.Chat %ld.%ld is a version whose IFrame login is broken."),
                    probe->version.major, probe->version.minor);
    if (perhaps) finding->confidence = CONFIDENCE_POSSIBLE;
    finding_evidence(finding, "/api/info version", "before 7.8 or from 7.9.4 on", "%ld.%ld", probe->version.major, probe->version.minor);
  } else {
    finding_pass(probe->findings, &ROCKET_WINDOW_BROKEN);
  }
}

/* --- the probe --------------------------------------------------------------------------------------------------------------------- */

static int probe_rocketchat(const void *config, void **state, struct findings *findings) {
  (void)state;
  struct probe probe = {.config = config, .findings = findings};
  size_t length = strlen(probe.config->url);
  while (length && probe.config->url[length - 1] == '/') length--;
  probe.base = xstrndup(probe.config->url, length);
  bool go_on = false;
  rocket_seen_begin(probe.base);
  int r = look_at_info(&probe, &go_on);
  if (r == 0 && go_on) r = look_at_health(&probe);
  if (r == 0 && go_on) r = look_at_settings(&probe);
  if (r == 0 && go_on) judge_window(&probe);
  rocket_seen_end(probe.base, &probe.seen);
  rocket_seen_free(&probe.seen);
  free(probe.base);
  return r;
}

static const struct option options[] = {
    {OPTION(struct config, url, URL, "{rocketchat}", "Rocket.Chat as people type it"), .required = true},
    {OPTION(struct config, site, URL, "{site}", "EJ as people type it: what the settings of the IFrame login must lead to")},
    {OPTION(struct config, host, STRING, "{host}", "EJ's public name, when the site's address is an inner one.")},
    {OPTION(struct config, cacert, FILE, NULL, "PEM file of the authorities to trust instead of the system's")},
};

const struct check_kind check_rocketchat = {
    .name = "rocketchat",
    .summary = translatable("Rocket.Chat without a login: version, health by content, settings of the IFrame login, account changes"),
    .needs = "rocketchat site",
    .options = options,
    .option_count = countof(options),
    .config_size = sizeof(struct config),
    .target = "url",
    .codes = rocket_codes,
    .probe = probe_rocketchat,
};
