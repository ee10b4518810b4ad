/* The check of Rocket.Chat's pages: its public settings of layout, style and scripts against a folder of versioned files. Reads only. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/host/layout.h"
#include "checks/host/layout_codes.h"
#include "checks/rocketchat/rocket_info.h"
#include "checks/rocketchat/rocket_seen.h"
#include "checks/rocketchat/rocket_settings.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define PATIENCE_SHARE 0.6             /* of the time left, for another check that asks Rocket.Chat just now */
#define PATIENCE_WITHOUT_DEADLINE 10.0 /* seconds */
#define SETTINGS_BODY (4u << 20)       /* bytes of the whole list of public settings, as the rocketchat check has it */

/* For how long the list that this check asked for itself is kept. The rocketchat check asks on the same route, of which Rocket.Chat allows
 * 10 calls a minute (its contract, 2.5): two checks that look every 10 s while something is ill would make 12. */
#define OWN_SECONDS 60.0

struct config {
  char *url, *folder, *cacert;
};

/* Kept between the probes of one check: the list that it asked for itself because the rocketchat check was not told enough. */
struct layout_state {
  struct rocket_settings own; /* values NULL: none */
  double when;
};

/* What goes to the worker thread and back. */
struct reading {
  char *path;
  struct layout_folder folder;
};

static void read_folder(void *argument) {
  struct reading *reading = argument;
  layout_read(reading->path, &reading->folder);
}

static void release_reading(void *argument) {
  struct reading *reading = argument;
  layout_folder_free(&reading->folder);
  free(reading->path);
  free(reading);
}

static void report_unread(struct findings *findings, const char *what, const char *want, const char *saw) {
  struct finding *finding = finding_add(findings, &LAYOUT_UNREAD, "Rocket.Chat's pages cannot be compared with the versioned files.");
  finding_evidence(finding, what, want, "%s", saw);
}

static bool has_all(const struct layout_folder *folder, const json_t *values) {
  for (size_t i = 0; i < folder->count; i++) {
    if (!json_object_get(values, folder->files[i].id)) return false;
  }
  return true;
}

/* What the rocketchat check has just been told, when it holds all that the files name. *ret_done: there is nothing left to ask. */
static int compare_seen(const char *base, const struct layout_folder *folder, struct findings *findings, bool *ret_done) {
  struct rocket_seen seen = {0};
  double left = task_time_left();
  int r = rocket_seen_wait(base, (isinf(left) ? PATIENCE_WITHOUT_DEADLINE : left) * PATIENCE_SHARE, &seen);
  *ret_done = r == -ENODATA; /* the rocketchat check says why nothing was told */
  if (r == 0 && seen.settings && has_all(folder, seen.settings)) {
    layout_judge(folder, seen.settings, false, findings);
    *ret_done = true;
  }
  rocket_seen_free(&seen);
  return r == -ENODATA || r == -ENOENT ? 0 : r;
}

static void judge_own(const struct layout_state *state, const struct layout_folder *folder, struct findings *findings) {
  layout_judge(folder, state->own.values, state->own.total > 0 && state->own.returned >= state->own.total, findings);
}

/* One request: the whole list, which every version gives, and which tells a hidden setting from one that was not asked for. */
static int compare_settings(const struct config *config, struct layout_state *state, const struct layout_folder *folder,
                            struct findings *findings) {
  size_t length = strlen(config->url);
  while (length && config->url[length - 1] == '/') length--;
  auto_free char *base = xstrndup(config->url, length);
  bool done = false;
  int r = compare_seen(base, folder, findings, &done);
  if (r < 0 || done) return r;
  if (state->own.values && loop_monotonic() - state->when < OWN_SECONDS) {
    judge_own(state, folder, findings);
    return 0;
  }
  rocket_settings_free(&state->own);
  auto_free char *url = text_format("%s" ROCKET_SETTINGS_ALL_PATH, base);
  static const char *const headers[] = {"Accept: application/json", "X-Forwarded-Proto: https", NULL}; /* Force_SSL */
  auto_response struct http_response response = {0};
  r = http_fetch(&(struct http_request){.url = url, .headers = headers, .cacert = config->cacert, .body_limit = SETTINGS_BODY}, &response);
  if (r == -ECANCELED) return r;
  if (r < 0) {
    report_unread(findings, url, "Rocket.Chat's public settings", response.error ? response.error : lang_error(-r));
  } else if (rocket_is_rate_limited(response.status, response.body, response.body_length)) {
    findings_measure(findings, "turned-away", 1, "c"); /* the rocketchat check says so; nothing was looked at */
  } else if (response.status != 200 || rocket_settings_read(response.body, response.body_length, &state->own) < 0) {
    auto_free char *saw = text_format("%d", response.status);
    report_unread(findings, url, "200, JSON with settings", saw);
  } else {
    state->when = loop_monotonic();
    judge_own(state, folder, findings);
  }
  return 0;
}

static int probe_layout(const void *config_, void **state, struct findings *findings) {
  const struct config *config = config_;
  if (!*state) *state = xcalloc(1, sizeof(struct layout_state));
  struct reading *reading = xcalloc(1, sizeof *reading);
  reading->path = xstrdup(config->folder);
  int r = work_run(work_pool_for_looks("layout", 1), read_folder, reading, release_reading);
  if (r < 0) return r;
  if (reading->folder.trouble) report_unread(findings, config->folder, "files that ejmon may read", reading->folder.trouble);
  if (reading->folder.count > 0) {
    finding_pass(findings, &LAYOUT_EMPTY);
    r = compare_settings(config, *state, &reading->folder, findings);
  } else if (!reading->folder.trouble) {
    struct finding *finding =
        finding_add(findings, &LAYOUT_EMPTY, "No file in %s is named after a setting of Rocket.Chat.", config->folder);
    finding_evidence(finding, config->folder, "Layout_Home_Body.html, theme-custom-css.css, Custom_Script_Logged_In.js, ...",
                     "none of these");
  }
  if (r == 0) finding_pass(findings, &LAYOUT_UNREAD);
  release_reading(reading);
  return r;
}

static void forget_layout(void *state_) {
  struct layout_state *state = state_;
  if (state) rocket_settings_free(&state->own);
  free(state);
}

static const struct option options[] = {
    {OPTION(struct config, url, URL, "{rocketchat}", "Rocket.Chat's address"), .required = true},
    {OPTION(
         struct config, folder, FILE, "{layout}",
         "the folder of versioned files, each named after its setting: Layout_Home_Body.html, theme-custom-css.css, Custom_Script_Logged_In.js"),
     .required = true},
    {OPTION(struct config, cacert, FILE, "{cacert}", "PEM file of the authorities that are trusted instead of the system's")},
};

const struct check_kind check_layout = {
    .name = "layout",
    .summary = translatable("Rocket.Chat's home page, style and scripts against versioned files"),
    .needs = "rocketchat layout",
    .options = options,
    .option_count = countof(options),
    .config_size = sizeof(struct config),
    .target = "folder",
    .scope = CHECK_SCOPE_STACK,
    .codes = layout_codes,
    .probe = probe_layout,
    .forget = forget_layout,
};
