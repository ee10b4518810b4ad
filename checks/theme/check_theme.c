/* The theme as visitors get it: fetches the static files and a page, has the volume read where there is one, looks inside of web where
 * there is a way, and lets theme_judge.c say what is wrong. Keeps what it fetched, so that unchanged files are not fetched again. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/option_sets.h"
#include "checks/theme/theme_codes.h"
#include "checks/theme/theme_fetch.h"
#include "checks/theme/theme_history.h"
#include "checks/theme/theme_inside.h"
#include "checks/theme/theme_judge.h"
#include "checks/theme/theme_page.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/reach/docker.h"

struct theme_config {
  struct site_options site;
  struct place_options place;
  char *theme, *static_root, *app_root, *web, *nginx, *shadow;
  char **themes;
};

static const char *const shadow_choices[] = {"auto", "true", "false", NULL};

static const struct option theme_options[] = {
    SITE_OPTIONS(struct theme_config, "url", "{site}", true, "The site as people type it, through nginx."),
    {OPTION(struct theme_config, theme, STRING, "{theme}",
            "The wanted theme; default: EJ_THEME of the env file. Without one, only what contradicts itself is found.")},
    {OPTION(struct theme_config, themes, LIST, NULL,
            "Further theme names that the CSS is compared with, beside those that a look at web shows; default: default, cpa.")},
    {OPTION(struct theme_config, static_root, FILE, "{static_root}", "The static volume, when it is mounted here.")},
    {OPTION(struct theme_config, app_root, PATH, "{app_root}",
            "EJ's folder inside of web. When it is mounted here too, every static file is compared with its source.")},
    PLACE_OPTIONS(struct theme_config, "web", "web_command",
                  "The Docker Engine's socket: then EJ_THEME of the web container is read, and its files are looked at from inside."),
    {OPTION(
         struct theme_config, shadow, CHOICE, "auto",
         "Collect inside of web into a fresh folder in /tmp and compare by content, at first, after a change and once in an hour; auto: where no mounted app_root allows it without."),
     .choices = shadow_choices},
    {OPTION(struct theme_config, web, URL, "{web}", "The Django container itself: it must not serve static files.")},
    {OPTION(struct theme_config, nginx, URL, NULL,
            "nginx itself, when a cache or CDN stands before it: what it serves is compared with what visitors get.")},
};

struct theme_state {
  struct theme_copies copies;  /* over HTTP */
  struct theme_volume *volume; /* NULL until there is one */
  struct theme_inside inside;
  struct theme_history history;
  struct theme_origin origin;
};

#define SHARE_FOR_PAGE 0.4 /* of the deadline: a hung Django must not take the time from the static files' judging */
#define SHARE_FOR_DISK 0.8
#define SHARE_FOR_DOCKER 0.5
#define SHARE_FOR_INSIDE 0.75

/* --- the container's environment --------------------------------------------------------------------------------------------- */

struct container_look {
  const struct theme_config *config;
  bool looked;
  char *theme, *error;
};

static int look_at_container(void *argument) {
  struct container_look *look = argument;
  const struct theme_config *config = look->config;
  struct docker_container container = {0};
  int r = docker_find(config->place.docker, config->place.service ? config->place.service : "web", config->place.project, &container,
                      &look->error);
  if (r < 0) return 0;
  look->looked = true;
  for (size_t i = 0; container.environment && container.environment[i]; i++)
    if (text_starts(container.environment[i], "EJ_THEME=")) look->theme = xstrdup(container.environment[i] + strlen("EJ_THEME="));
  docker_container_free(&container);
  return 0;
}

/* --- the volume -------------------------------------------------------------------------------------------------------------- */

struct volume_look {
  struct theme_volume *volume;
  struct theme_volume_request request;
  const struct theme_volume_sight *sight;
};

static int look_at_volume(void *argument) {
  struct volume_look *look = argument;
  return theme_volume_look(look->volume, &look->request, &look->sight);
}

/* --- the probe --------------------------------------------------------------------------------------------------------------- */

static char **make_names(const struct theme_config *config, const char *wanted, const char *container) {
  static const char *const usual[] = {"default", "cpa"};
  char **names = NULL;
  if (wanted) strings_push(&names, wanted);
  if (container && *container && !strings_contain(names, container) && !theme_name_fault(container)) strings_push(&names, container);
  for (size_t i = 0; config->themes && config->themes[i]; i++)
    if (!strings_contain(names, config->themes[i]) && !theme_name_fault(config->themes[i])) strings_push(&names, config->themes[i]);
  for (size_t i = 0; i < countof(usual) && !config->themes; i++)
    if (!strings_contain(names, usual[i])) strings_push(&names, usual[i]);
  return names;
}

static int read_volume(const struct theme_config *config, struct theme_state *state, struct theme_sight *sight, const char *wanted,
                       struct findings *out) {
  if (!config->static_root && !config->app_root) return 0;
  if (!state->volume) state->volume = theme_volume_new();
  const char *theme = wanted ? wanted : theme_judge_css(sight);
  struct volume_look look = {
      .volume = state->volume,
      .request = {.static_root = config->static_root, .app_root = theme ? config->app_root : NULL, .theme = theme, .themes = sight->themes},
  };
  int r = task_join(task_start_share("static volume", SHARE_FOR_DISK, look_at_volume, &look));
  if (r == -ECANCELED) return r;
  sight->volume = look.sight;
  int error = r < 0 ? r : look.sight->volume_error < 0 && config->static_root ? look.sight->volume_error : 0;
  const char *where = config->static_root;
  if (error == 0 && r == 0 && config->app_root && theme && look.sight->sources_error < 0 && look.sight->sources_error != -ENODATA) {
    error = look.sight->sources_error;
    where = config->app_root;
  }
  if (error < 0) {
    const char *why = error == -EBUSY || error == -ETIMEDOUT ? translated("its disk does not answer") : lang_error(-error);
    finding_evidence(finding_add(out, &THEME_VOLUME_UNSEEN, "%s could not be read: %s.", where ? where : translated("The volume"), why),
                     where ? where : translatable("the volume"), "a readable folder", "%s", why);
  } else {
    finding_pass(out, &THEME_VOLUME_UNSEEN);
  }
  return 0;
}

/* A change that kept size and mtime would hide behind the ETag; the volume gives it away. */
static int fetch_doubtful_again(struct theme_state *state, struct theme_sight *sight) {
  if (!sight->volume || sight->volume->volume_error < 0) return 0;
  bool doubt = false;
  for (size_t i = 0; i < KEY_COUNT; i++) {
    const struct theme_file *stored = &sight->volume->keys[i];
    if (stored->presence == THEME_PRESENT && sight->keys[i].presence == THEME_PRESENT && !theme_file_equal(stored, &sight->keys[i]))
      doubt = theme_copies_distrust(&state->copies, theme_key_paths[i]) || doubt;
  }
  return doubt ? theme_copies_fetch(&state->copies, NULL, sight) : 0;
}

/* --- inside of web ------------------------------------------------------------------------------------------------------------- */

static enum theme_shadow shadow_of(const struct theme_config *config) {
  if (text_equal(config->shadow, "true")) return SHADOW_ALWAYS;
  return text_equal(config->shadow, "false") ? SHADOW_NEVER : SHADOW_AUTO;
}

/* Looks, and lays what was seen over what the mounted volume showed. `merged` and `minified` are the caller's room. */
static int read_inside(const struct theme_config *config, struct theme_state *state, struct theme_sight *sight, const char *wanted,
                       struct theme_volume_sight *merged, struct theme_file *minified) {
  const struct place place = place_of(&config->place, "web");
  if (!place_exists(&place)) return 0;
  bool compared = sight->volume && sight->volume->compared;
  double left = task_time_left();
  int r = theme_inside_look(&state->inside, &place, config->app_root, wanted, shadow_of(config), compared,
                            isinf(left) ? INSIDE_TIME_LIMIT : left * SHARE_FOR_INSIDE);
  if (r < 0 || !state->inside.looked) return r;
  *merged = (struct theme_volume_sight){.volume_error = -ENODATA, .sources_error = -ENODATA};
  if (sight->volume) *merged = *sight->volume;
  theme_inside_merge(&state->inside, sight->themes, wanted, minified, merged);
  sight->volume = merged;
  sight->inside = &state->inside.seen;
  return 0;
}

/* --- past the caches ------------------------------------------------------------------------------------------------------------ */

/* With nginx's own address always; without, only when something is wrong: then it is worth one more round. */
static int read_origin(const struct theme_config *config, struct theme_state *state, struct theme_sight *sight,
                       struct theme_file keys[KEY_COUNT]) {
  bool present = false, ill = config->nginx != NULL;
  for (size_t i = 0; i < KEY_COUNT; i++) present = present || sight->keys[i].presence == THEME_PRESENT;
  if (!present) return 0;
  if (!ill) {
    struct findings first = {0};
    theme_judge(sight, &first);
    ill = findings_status(&first) == STATUS_FAIL;
    findings_free(&first);
  }
  if (!ill) return 0;
  const struct theme_source site = {.base = config->site.url, .host = config->site.host, .cacert = config->site.cacert};
  int r = theme_origin_fetch(&state->origin, config->nginx, &site, keys);
  if (r < 0) return r;
  sight->origin = keys;
  sight->origin_name = config->nginx ? translatable("nginx itself") : translatable("the site behind a query that no cache has seen");
  return 0;
}

/* Said only while web serves: a web that is down cannot be looked at, which is no news. */
static void tell_unseen(const struct theme_config *config, const struct theme_state *state, const struct theme_sight *sight,
                        struct findings *out) {
  const struct place place = place_of(&config->place, "web");
  if (!place_exists(&place) || !sight->page_seen) return;
  const char *why = state->inside.looked  ? state->inside.shadow_error
                    : state->inside.error ? state->inside.error
                                          : translated("no time was left");
  if (!why) {
    finding_pass(out, &THEME_INSIDE_UNSEEN);
    return;
  }
  struct finding *finding = finding_add(out, &THEME_INSIDE_UNSEEN, "%s could not be looked at from inside.",
                                        state->inside.looked ? translated("All static files") : "web");
  finding_evidence(finding, state->inside.looked ? translatable("a collect into a fresh folder") : translatable("a command in web"),
                   "an answer", "%s", why);
}

static void note_history(struct theme_state *state, struct theme_sight *sight, const char *wanted) {
  const char *theme = theme_judge_css(sight);
  if (!theme) return;
  auto_text struct text attempts = {0};
  for (char **name = sight->inside ? sight->inside->attempts : NULL; name && *name; name++) text_printf(&attempts, "%s ", *name);
  double now = loop_monotonic();
  theme_history_note(&state->history, now, theme, wanted, text_get(&attempts));
  sight->relapses = theme_history_relapses(&state->history, now);
  sight->history = state->history.seen > 1;
}

static int theme_probe(const void *config_, void **state_, struct findings *out) {
  const struct theme_config *config = config_;
  if (!*state_) *state_ = xcalloc(1, sizeof(struct theme_state));
  struct theme_state *state = *state_;
  struct theme_sight sight = {.desired = config->theme};
  auto_free char *wanted = theme_judge_wanted(&sight);
  struct theme_page page = {.url = config->site.url, .web = config->web, .host = config->site.host, .cacert = config->site.cacert};
  struct container_look container = {.config = config};
  struct theme_volume_sight merged;
  struct theme_file origin[KEY_COUNT];
  struct task *page_task = task_start_share("theme of the page", SHARE_FOR_PAGE, theme_page_look, &page);
  struct task *container_task =
      config->place.docker ? task_start_share("EJ_THEME of web", SHARE_FOR_DOCKER, look_at_container, &container) : NULL;
  /* An image may bring a theme of its own that no configuration names: then the container tells which CSS to ask for. */
  if (container_task && !wanted) {
    (void)task_join(container_task);
    container_task = NULL;
  }
  auto_strings char **names = make_names(config, wanted, container.theme);
  auto_free struct theme_file *minified = xcalloc(strings_count(names) + 1, sizeof *minified);
  sight.themes = names;
  const struct theme_source source = {.base = config->site.url, .host = config->site.host, .cacert = config->site.cacert};
  int r = theme_copies_fetch(&state->copies, &source, &sight);
  if (r == 0) r = read_volume(config, state, &sight, wanted, out);
  if (r == 0) r = fetch_doubtful_again(state, &sight);
  if (r == 0) r = read_inside(config, state, &sight, wanted, &merged, minified);
  (void)task_join(page_task); /* a page that did not come says nothing */
  if (container_task) (void)task_join(container_task);
  if (r == 0) {
    sight.page_theme = page.theme;
    sight.page_seen = page.seen;
    sight.foreign_static = page.foreign_static;
    sight.foreign_status = page.foreign_status;
    sight.web_asked = page.web_asked;
    sight.web_serves = page.web_serves;
    sight.container_looked = container.looked || sight.inside;
    sight.container = container.looked ? container.theme : sight.inside ? sight.inside->theme : NULL;
    note_history(state, &sight, wanted);
    r = read_origin(config, state, &sight, origin);
  }
  if (r == 0) {
    theme_judge(&sight, out);
    tell_unseen(config, state, &sight, out);
    findings_measure(out, "static_bytes_fetched", (double)state->copies.bytes_fetched, "B");
    if (sight.volume) findings_measure(out, "static_files_compared", (double)sight.volume->files, "");
  }
  free(page.foreign_static);
  free(container.theme);
  free(container.error);
  free((void *)(uintptr_t)sight.minified);
  return r;
}

static void theme_forget(void *state_) {
  struct theme_state *state = state_;
  if (!state) return;
  theme_copies_free(&state->copies);
  theme_volume_free(state->volume);
  theme_inside_free(&state->inside);
  theme_history_free(&state->history);
  theme_origin_free(&state->origin);
  free(state);
}

const struct check_kind check_theme = {
    .name = "theme",
    .summary = translatable("Pages, CSS, images and scripts of one theme, whole, and the wanted one"),
    .needs = "site",
    .options = theme_options,
    .option_count = countof(theme_options),
    .config_size = sizeof(struct theme_config),
    .target = "url",
    .codes = theme_codes,
    .probe = theme_probe,
    .forget = theme_forget,
};
