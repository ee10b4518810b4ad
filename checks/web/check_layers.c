/* Where on its way does an answer of EJ change? Asks the same address at the site, at nginx, at web's own port and, when those differ or
 * web cannot be reached, inside of the web container. What it means is layers_judge.c's to say. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/option_sets.h"
#include "checks/web/layers_codes.h"
#include "checks/web/layers_judge.h"
#include "checks/web/web_fetch.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"
#include "monitor/reach/place.h"

#define PATH_LIMIT 8       /* paths of one check: each costs three requests */
#define INSIDE_SECONDS 5.0 /* for the one request inside: EJ answers in 10 ms, a cold worker in 4 s */

struct layers_config {
  struct site_options site;
  struct place_options place;
  char *nginx, *web;
  char **path;
};

static const struct option layers_options[] = {
    SITE_OPTIONS(struct layers_config, "site", "{site}", true, "The site as people type it, through everything that stands before EJ."),
    {OPTION(struct layers_config, web, URL, "{web}", "The Django container itself."), .required = true},
    {OPTION(struct layers_config, nginx, URL, NULL, "EJ's nginx itself, when another proxy or a CDN stands before it.")},
    {OPTION(struct layers_config, path, LIST, "[/login/, /talks/api-login/]", "The paths that are compared, 8 at most.")},
    PLACE_OPTIONS(struct layers_config, "web", "web_command", "The Docker Engine's socket: the way into the web container."),
};

extern const char layers_program[]; /* the text of layers_program.py */

static char *authority_of(const char *url) {
  struct http_url parts;
  if (http_url_parse(url, false, &parts) < 0) return NULL;
  char *authority = text_format("%s:%ld", parts.host, parts.port);
  http_url_free(&parts);
  return authority;
}

static bool has_way_in(const struct layers_config *config) {
  const struct place place = place_of(&config->place, "web");
  return place_exists(&place);
}

/* Where a traceback says what went wrong. */
static const char *last_line(struct text *output) {
  while (output->length > 0 && isspace((unsigned char)output->data[output->length - 1])) output->data[--output->length] = '\0';
  const char *newline = strrchr(text_get(output), '\n');
  return newline ? newline + 1 : text_get(output);
}

/* The answer of the process itself; a way in that does not work leaves its reason in the sight. 0 or -ECANCELED. */
static int ask_inside(const struct layers_config *config, const char *path, struct layers_sight *sight,
                      struct http_response *ret_response) {
  const struct place place = place_of(&config->place, "web");
  auto_free char *authority = authority_of(config->site.url), *error = NULL;
  struct http_url web = {0};
  auto_free char *port = http_url_parse(config->web, false, &web) == 0 ? text_format("%ld", web.port) : xstrdup("8000");
  http_url_free(&web);
  const char *arguments[] = {
      "python3", "-c", layers_program, path, config->site.host ? config->site.host : authority ? authority : "localhost", port, NULL};
  struct place_result result;
  *ret_response = (struct http_response){0};
  /* Half of what is left: there must be time to say that nothing came. */
  int r = place_run(&place, arguments, NULL, fmax(fmin(INSIDE_SECONDS, task_time_left() * 0.5), 0.001), &result, &error);
  if (r < 0) {
    if (!error) error = xstrdup(lang_error(-r));
  } else if (result.exit_status != 0 || !layers_read(text_get(&result.output), result.output.length, ret_response)) {
    http_response_free(ret_response);
    *ret_response = (struct http_response){0};
    error = text_format(translated("The command ended with exit status %d and without an answer of EJ: %s"), result.exit_status,
                        result.output.length > 0 ? last_line(&result.output) : translated("it said nothing"));
  }
  if (error && !sight->inside_error) {
    sight->inside_error = error;
    error = NULL;
  }
  place_result_free(&result);
  return r == -ECANCELED ? r : 0;
}

enum { FROM_WEB, FROM_NGINX, FROM_SITE, FROM_COUNT };

static void note_silence(struct layers_sight *sight, const char *name, const struct web_fetch *fetch) {
  for (size_t i = 0; i < sight->silent_count; i++)
    if (sight->silent[i].name == name) return;
  sight->silent[sight->silent_count++] = (struct layers_silence){name, web_fetch_describe(fetch)};
}

/* One path at all points. */
static int probe_path(const struct layers_config *config, const char *path, struct layers_sight *sight, struct findings *out) {
  const char *bases[FROM_COUNT] = {config->web, config->nginx, config->site.url};
  const char *betweens[FROM_COUNT] = {translatable("The network before web"), "nginx",
                                      config->nginx ? translatable("The proxy before nginx") : translatable("nginx or a proxy before it")};
  struct web_fetch fetches[FROM_COUNT];
  struct http_response inside = {0};
  size_t used = 0, origins[FROM_COUNT];
  for (size_t i = 0; i < FROM_COUNT; i++) {
    if (!bases[i]) continue;
    web_fetch_init(&fetches[used], bases[i], path, config->site.host, config->site.cacert);
    origins[used++] = i;
  }
  int r = web_fetch_all(fetches, used);
  struct layers_point points[LAYERS_POINT_LIMIT];
  size_t count = 1; /* the first place is kept for the process itself */
  for (size_t i = 0; r == 0 && i < used; i++) {
    if (fetches[i].result < 0 || fetches[i].response.status == 0) {
      note_silence(sight, bases[origins[i]], &fetches[i]);
      continue;
    }
    if (origins[i] == FROM_SITE) sight->site = true;
    points[count++] = (struct layers_point){bases[origins[i]], betweens[origins[i]], &fetches[i].response};
  }
  struct findings trial = {0};
  if (r == 0) (void)layers_compare(path, points + 1, count - 1, &trial);
  bool web_came = count > 1 && points[1].name == config->web;
  if (r == 0 && has_way_in(config) && (trial.count > 0 || !web_came)) r = ask_inside(config, path, sight, &inside);
  if (r == 0) {
    bool came = inside.status != 0;
    points[0] = (struct layers_point){translatable("inside of the web container"), NULL, &inside};
    size_t answered = came ? count : count - 1;
    if (layers_compare(path, came ? points : points + 1, answered, out)) sight->compared = true;
    if (answered > sight->points) sight->points = answered;
  }
  findings_free(&trial);
  http_response_free(&inside);
  for (size_t i = 0; i < used; i++) web_fetch_free(&fetches[i]);
  return r;
}

static int layers_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct layers_config *config = config_;
  struct layers_sight sight = {0};
  int r = 0;
  for (size_t i = 0; r == 0 && config->path && config->path[i] && i < PATH_LIMIT; i++) {
    r = probe_path(config, config->path[i], &sight, out);
    if (sight.inside_error && task_time_left() <= 0) break; /* a command that would not end took all of it: that is the reason to tell */
  }
  if (r == 0) layers_judge_sight(&sight, out);
  layers_sight_free(&sight);
  return r;
}

const struct check_kind check_layers = {
    .name = "layers",
    .summary = translatable("Which layer adds, loses, doubles or changes a header between EJ's process and its visitors"),
    .needs = "site web",
    .options = layers_options,
    .option_count = countof(layers_options),
    .config_size = sizeof(struct layers_config),
    .target = "site",
    .codes = layers_codes,
    .probe = layers_probe,
};
