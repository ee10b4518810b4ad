/* The theme as visitors get it: fetches the static files and a page, has the volume read where there is one, and lets theme_judge.c say
 * what is wrong. Keeps what it fetched, so that unchanged files are not fetched again. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/theme_codes.h"
#include "checks/theme_fetch.h"
#include "checks/theme_judge.h"
#include "monitor/base/docker.h"
#include "monitor/base/task.h"

struct theme_config {
  char *url, *theme, *static_root, *app_root, *host, *cacert, *docker, *project, *service;
  char **themes;
};

static const struct option theme_options[] = {
    {.key = "url",
     .type = OPTION_URL,
     .offset = offsetof(struct theme_config, url),
     .fallback = "{site}",
     .required = true,
     .help = "The site as people type it, through nginx."},
    {.key = "theme",
     .type = OPTION_STRING,
     .offset = offsetof(struct theme_config, theme),
     .fallback = "{theme}",
     .help = "The wanted theme; default: EJ_THEME of the env file. Without one, only what contradicts itself is found."},
    {.key = "themes",
     .type = OPTION_LIST,
     .offset = offsetof(struct theme_config, themes),
     .help = "Further theme names that the CSS is compared with; default: default, cpa."},
    {.key = "static_root",
     .type = OPTION_PATH,
     .offset = offsetof(struct theme_config, static_root),
     .fallback = "{static_root}",
     .help = "The static volume, when it is mounted here."},
    {.key = "app_root",
     .type = OPTION_PATH,
     .offset = offsetof(struct theme_config, app_root),
     .fallback = "{app_root}",
     .help = "The web container's /app, when it is mounted here: then every static file is compared with its source."},
    {.key = "docker",
     .type = OPTION_STRING,
     .offset = offsetof(struct theme_config, docker),
     .fallback = "{docker}",
     .help = "The Docker Engine's socket: then EJ_THEME of the running web container is read too."},
    {.key = "project",
     .type = OPTION_STRING,
     .offset = offsetof(struct theme_config, project),
     .fallback = "{project}",
     .help = "The compose project, when the engine runs several."},
    {.key = "service",
     .type = OPTION_STRING,
     .offset = offsetof(struct theme_config, service),
     .fallback = "{web_service}",
     .help = "The compose service of the web container; default: web."},
    {.key = "host",
     .type = OPTION_STRING,
     .offset = offsetof(struct theme_config, host),
     .fallback = "{host}",
     .help = "A Host header that the site accepts, when the URL's host is not its name."},
    {.key = "cacert",
     .type = OPTION_PATH,
     .offset = offsetof(struct theme_config, cacert),
     .fallback = "{cacert}",
     .help = "PEM file of the authorities that are trusted instead of the system's."},
};

struct theme_state {
  struct theme_copies copies;  /* over HTTP */
  struct theme_volume *volume; /* NULL until there is one */
};

#define SHARE_FOR_PAGE 0.4 /* of the deadline: a hung Django must not take the time from the static files' judging */
#define SHARE_FOR_DISK 0.8
#define SHARE_FOR_DOCKER 0.5

/* --- the process theme ------------------------------------------------------------------------------------------------------- */

struct page_look {
  const struct theme_config *config;
  const char *theme;
};

/* /start/ tells best; /login/ is asked only when it does not tell. A page that does not come says nothing here: the django check tells why.
 */
static int look_at_page(void *argument) {
  struct page_look *look = argument;
  static const char *const paths[] = {"/start/", "/login/"};
  for (size_t i = 0; i < countof(paths) && !look->theme; i++) {
    struct web_fetch fetch;
    web_fetch_init(&fetch, look->config->url, paths[i], look->config->host, look->config->cacert);
    int r = web_fetch_one(&fetch);
    bool came = r == 0 && fetch.result == 0 && fetch.answer.author != WEB_NGINX && fetch.answer.author != WEB_PROXY;
    if (came && fetch.answer.status == 200) look->theme = theme_of_page(fetch.response.body, fetch.response.body_length);
    web_fetch_free(&fetch);
    if (r < 0) return r;
    if (!came) break;
  }
  return 0;
}

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
  int r = docker_find(config->docker, config->service ? config->service : "web", config->project, &container, &look->error);
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

/* The child's deadline is a share of ours, so that there is time left to say that it ran out. */
static struct task *start_share(const char *name, double share, int (*run)(void *argument), void *argument) {
  double left = task_time_left();
  return task_start(name, isinf(left) ? 0 : fmax(left * share, 0.001), run, argument);
}

/* --- the probe --------------------------------------------------------------------------------------------------------------- */

static char **make_names(const struct theme_config *config, const char *wanted) {
  static const char *const usual[] = {"default", "cpa"};
  char **names = NULL;
  if (wanted) strings_push(&names, wanted);
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
  int r = task_join(start_share("static volume", SHARE_FOR_DISK, look_at_volume, &look));
  if (r == -ECANCELED) return r;
  sight->volume = look.sight;
  int error = r < 0 ? r : look.sight->volume_error < 0 && config->static_root ? look.sight->volume_error : 0;
  const char *where = config->static_root;
  if (error == 0 && r == 0 && config->app_root && theme && look.sight->sources_error < 0 && look.sight->sources_error != -ENODATA) {
    error = look.sight->sources_error;
    where = config->app_root;
  }
  if (error < 0) {
    const char *why = error == -EBUSY || error == -ETIMEDOUT ? "its disk does not answer" : strerror(-error);
    finding_evidence(finding_add(out, &THEME_VOLUME_UNSEEN, "%s could not be read: %s.", where ? where : "The volume", why),
                     where ? where : "the volume", "a readable folder", "%s", why);
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

static int theme_probe(const void *config_, void **state_, struct findings *out) {
  const struct theme_config *config = config_;
  if (!*state_) *state_ = xcalloc(1, sizeof(struct theme_state));
  struct theme_state *state = *state_;
  struct theme_sight sight = {.desired = config->theme};
  auto_free char *wanted = theme_judge_wanted(&sight);
  auto_strings char **names = make_names(config, wanted);
  sight.themes = names;

  struct page_look page = {.config = config};
  struct container_look container = {.config = config};
  struct task *page_task = start_share("theme of the page", SHARE_FOR_PAGE, look_at_page, &page);
  struct task *container_task = config->docker ? start_share("EJ_THEME of web", SHARE_FOR_DOCKER, look_at_container, &container) : NULL;
  const struct theme_source source = {.base = config->url, .host = config->host, .cacert = config->cacert};
  int r = theme_copies_fetch(&state->copies, &source, &sight);
  if (r == 0) r = read_volume(config, state, &sight, wanted, out);
  if (r == 0) r = fetch_doubtful_again(state, &sight);
  (void)task_join(page_task); /* a page that did not come says nothing */
  if (container_task) (void)task_join(container_task);
  if (r == 0) {
    sight.page_theme = page.theme;
    sight.container_looked = container.looked;
    sight.container = container.theme;
    theme_judge(&sight, out);
    findings_measure(out, "static_bytes_fetched", (double)state->copies.bytes_fetched, "B");
    if (sight.volume) findings_measure(out, "static_files_compared", (double)sight.volume->files, "");
  }
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
  free(state);
}

static const struct code *const theme_codes[] = {
    &THEME_NOT_SET,
    &THEME_ODD_VALUE,
    &THEME_UNKNOWN,
    &THEME_CONTAINER_DIFFERS,
    &THEME_PROCESS_DIFFERS,
    &THEME_CSS_WRONG_THEME,
    &THEME_ASSETS_WRONG_THEME,
    &THEME_MIXED_ASSETS,
    &THEME_BUILD_EMPTY,
    &THEME_BUILD_JS_MISSING,
    &THEME_BUILD_MISLABELLED,
    &THEME_CSS_EMPTY,
    &THEME_CSS_MISSING,
    &THEME_CSS_UNKNOWN,
    &THEME_ASSETS_MISSING,
    &THEME_TRUNCATED,
    &THEME_JS_MISSING,
    &THEME_JS_STALE,
    &THEME_FILES_STALE,
    &THEME_STATIC_MISROUTED,
    &THEME_STATIC_EMPTY,
    &THEME_STATIC_NOT_SHARED,
    &THEME_SERVED_DIFFERS,
    &THEME_STATIC_UNSEEN,
    &THEME_VOLUME_UNSEEN,
    NULL,
};

const struct check_kind check_theme = {
    .name = "theme",
    .summary = "Pages, CSS, images and scripts of one theme, whole, and the wanted one",
    .needs = "site",
    .options = theme_options,
    .option_count = countof(theme_options),
    .config_size = sizeof(struct theme_config),
    .target = "url",
    .codes = theme_codes,
    .probe = theme_probe,
    .forget = theme_forget,
};
