/* The remedy nginx-headers: one marked include file that lets the embedder frame the login pages, tested, loaded and taken back by nginx's
 * own means. It changes no other file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/option_sets.h"
#include "monitor/base/http.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/small_file.h"
#include "monitor/base/task.h"
#include "monitor/reach/place.h"
#include "remedies/nginx_headers/nginx_headers.h"
#include "remedies/remedy.h"

#define DUMP_LIMIT (250u << 10) /* a longer `nginx -T` may have been cut by the way it came */
#define RELOAD_WAIT 5.0         /* seconds for new workers to take over, which takes milliseconds */

struct nginx_config {
  struct place_options place;
  struct site_options site;
  char *include, *include_inside, *upstream, *embedder;
  char **paths;
  double timeout;
};

static const struct option options[] = {
    ACTING_PLACE_OPTIONS(struct nginx_config, "nginx", "The Docker Engine's socket, to run commands in nginx's container."),
    {OPTION(struct nginx_config, include, PATH, "{nginx_include}", "The include file to write, as ejmon sees it.")},
    {OPTION(struct nginx_config, include_inside, PATH, NULL, "The same file as nginx sees it (default: the same path).")},
    {OPTION(struct nginx_config, upstream, STRING, "{nginx_upstream}", "Where Django is (default: the proxy_pass of location /).")},
    {OPTION(struct nginx_config, embedder, STRING, "{rocketchat}",
            "The origin that must be able to frame the login pages: Rocket.Chat as browsers see it.")},
    SITE_OPTIONS(struct nginx_config, "site", "{site}", false, "EJ through nginx: what it sends now is kept as far as it may be."),
    {OPTION(struct nginx_config, paths, LIST, NULL,
            "The paths whose headers are corrected (default /login/ and /talks/, which covers all below it).")},
    {OPTION(struct nginx_config, timeout, DURATION, "30s", "The most that one command or request may take.")},
};

static const char *const default_paths[] = {"/login/", "/talks/", NULL};

static const char *const test_command[] = {"nginx", "-t", NULL};
/* The configuration comes on stdout, warnings on stderr; Docker does not keep the order of the two. */
static const char *const dump_command[] = {"sh", "-c", "exec nginx -T 2>/dev/null", NULL};
static const char *const reload_command[] = {"nginx", "-s", "reload", NULL};

/* --- small things -------------------------------------------------------------------------------------------------------------- */

static const char *inside(const struct nginx_config *config) {
  return config->include_inside != NULL ? config->include_inside : config->include;
}

/* Runs a command beside nginx. 0 when it ended with status 0; -ECHILD when with another (output in the report). */
static int run(const struct remedy_step *step, const char *const *arguments, struct text *ret_output) {
  const struct nginx_config *config = step->config;
  struct place place = place_of(&config->place, "nginx");
  struct place_result result;
  auto_free char *error = NULL;
  int r = place_run(&place, arguments, NULL, config->timeout, &result, &error);
  if (error != NULL) text_printf(step->report, "%s\n", error);
  if (r < 0) return r == -EPERM || r == -EALREADY ? -EIO : r;
  if (result.exit_status != 0) {
    text_printf(step->report, translated("%s %s ended with status %d: "), arguments[0], arguments[1], result.exit_status);
    place_result_tell(&result, step->report);
    r = -ECHILD;
  } else if (ret_output != NULL) {
    *ret_output = result.output;
    result.output = (struct text){0};
  }
  place_result_free(&result);
  return r;
}

/* The include file as it is. -EPERM when it is not ours to write; an empty one is a place that was kept for us. */
static int include_read(const struct remedy_step *step, struct text *ret_former, bool *ret_exists) {
  const struct nginx_config *config = step->config;
  int r = file_read(config->include, ret_former);
  *ret_exists = r == 0;
  if (r == -ENOENT) return 0;
  if (r == -ELOOP || r == -EINVAL || r == -EFBIG) {
    text_printf(step->report, translated("%s is not a plain small file: it is not ejmon's.\n"), config->include);
    return -EPERM;
  }
  if (r < 0) {
    text_printf(step->report, translated("%s cannot be read: %s.\n"), config->include, lang_error(-r));
    return r == -EPERM ? -EIO : r;
  }
  const char *text = text_get(ret_former);
  if (text_starts(text, NGINX_HEADERS_MARK) || text[strspn(text, " \t\r\n")] == '\0') return 0;
  text_printf(step->report, translated("%s exists and does not begin with ejmon's mark: somebody else wrote it, and ejmon will not.\n"),
              config->include);
  return -EPERM;
}

/* --- what to write ------------------------------------------------------------------------------------------------------------- */

static int settings_check(const struct remedy_step *step) {
  const struct nginx_config *config = step->config;
  struct text *report = step->report;
  auto_free char *origin = config->embedder == NULL ? NULL : http_origin(config->embedder);
  if (config->include == NULL || config->include[0] != '/') {
    text_add(
        report,
        translated("There is no file to write: set stack.nginx_include to an absolute path that nginx includes in its server block.\n"));
  } else if (config->embedder == NULL) {
    text_add(report, translated("Nobody to let in: set stack.rocketchat to Rocket.Chat's address as browsers see it.\n"));
  } else if (origin == NULL) {
    text_printf(report, translated("%s is not the origin of a web site (scheme://host[:port]).\n"), config->embedder);
  } else if (config->site.url == NULL) {
    text_add(report, translated("Without stack.site it is not known what the login pages send now, and nothing may be lost of it.\n"));
  } else {
    for (char *const *path = config->paths; path != NULL && *path != NULL; path++) {
      if (nginx_path_valid(*path)) continue;
      text_printf(report, translated("%s cannot be a location of nginx-headers: letters, digits and /-._~ only.\n"), *path);
      return -EPERM;
    }
    return 0;
  }
  return -EPERM;
}

/* What the site sends for one path now. A site that does not answer has another fault, which comes first. */
static int policies_now(const struct remedy_step *step, const char *path, char ***ret_policies) {
  const struct nginx_config *config = step->config;
  auto_free char *origin = http_origin(config->site.url);
  if (origin == NULL) return -EINVAL;
  auto_free char *url = text_format("%s%s", origin, path);
  auto_response struct http_response response = {0};
  int r = http_fetch(
      &(struct http_request){
          .url = url, .host = config->site.host, .cacert = config->site.cacert, .timeout = config->timeout, .fresh = true},
      &response);
  if (r < 0) {
    text_printf(step->report, translated("%s does not answer (%s): repair that first.\n"), url,
                response.error == NULL ? lang_error(-r) : response.error);
    return r == -EPERM || r == -EALREADY ? -EIO : r;
  }
  char **policies = xcalloc(1, sizeof(char *));
  const char *value;
  size_t count = 0;
  for (size_t at = 0; (value = http_header_next(&response, "Content-Security-Policy", &at));) strings_append(&policies, &count, value);
  *ret_policies = policies;
  return 0;
}

static const char *const *paths_of(const struct nginx_config *config) {
  return config->paths != NULL && config->paths[0] != NULL ? (const char *const *)config->paths : default_paths;
}

/* Does the site send what the include file says? */
static bool is_sent(char *const *policies, const char *content) {
  auto_free char *line = text_format("Content-Security-Policy \"%s\" always;", policies[0] == NULL ? "" : policies[0]);
  return strstr(content, line) != NULL;
}

static void paths_free(struct nginx_path *paths, size_t count) {
  for (size_t i = 0; i < count; i++) {
    free(paths[i].path);
    strings_free(paths[i].policies);
  }
  free(paths);
}

/* The text from nginx's own configuration and the site's answers. */
static int content_from(const struct remedy_step *step, const struct nginx_dump *dump, struct text *ret_content) {
  const struct nginx_config *config = step->config;
  struct http_url site;
  if (http_url_parse(config->site.url, false, &site) < 0) return -EINVAL;
  struct nginx_server server = {0};
  auto_free char *error = NULL;
  char *host = config->site.host != NULL ? xstrndup(config->site.host, strcspn(config->site.host, ":")) : xstrdup(site.host);
  int r = nginx_find_server(dump, inside(config), host, &server, &error);
  free(host);
  http_url_free(&site);
  if (r < 0) {
    text_printf(step->report, "%s\n", error);
    return -EPERM;
  }
  auto_free char *embedder = http_origin(config->embedder);
  struct nginx_path *paths = NULL;
  size_t count = 0;
  for (const char *const *wanted = paths_of(config); r == 0 && *wanted != NULL; wanted++) {
    struct nginx_path *path = array_push(&paths, &count, sizeof *path);
    path->path = xstrdup(*wanted);
    r = policies_now(step, *wanted, &path->policies);
  }
  if (r == 0) {
    const struct nginx_plan plan = {
        .server = &server, .upstream = config->upstream, .embedder = embedder, .paths = paths, .path_count = count};
    r = nginx_headers_print(&plan, ret_content, &error);
    if (r < 0) text_printf(step->report, "%s\n", error);
  }
  paths_free(paths, count);
  nginx_server_free(&server);
  return r;
}

/* Asks nginx for its configuration and makes the text. */
static int content_make(const struct remedy_step *step, struct text *ret_content) {
  auto_text struct text dump_text = {0};
  int r = run(step, dump_command, &dump_text);
  if (r < 0) return r == -ECHILD ? -EPERM : r;
  if (dump_text.length > DUMP_LIMIT) {
    text_add(step->report, translated("nginx's configuration is larger than ejmon reads.\n"));
    return -EPERM;
  }
  struct nginx_dump dump = {0};
  auto_free char *error = NULL;
  r = nginx_parse(text_get(&dump_text), dump_text.length, &dump, &error);
  if (r < 0) {
    text_printf(step->report, "%s\n", error == NULL ? lang_error(-r) : error);
    return -EPERM;
  }
  r = content_from(step, &dump, ret_content);
  nginx_dump_free(&dump);
  return r;
}

/* --- the steps ----------------------------------------------------------------------------------------------------------------- */

static void add_lines(struct text *report, char sign, const char *lines) {
  while (*lines != '\0') {
    size_t length = strcspn(lines, "\n");
    text_printf(report, "  %c %.*s\n", sign, (int)length, lines);
    lines += length + (lines[length] == '\n');
  }
}

static void describe_command(const struct remedy_step *step, const char *const *arguments) {
  const struct nginx_config *config = step->config;
  struct place place = place_of(&config->place, "nginx");
  text_add(step->report, "  ");
  place_describe(&place, arguments, NULL, step->report);
}

static int describe(const struct remedy_step *step) {
  const struct nginx_config *config = step->config;
  auto_text struct text content = {0}, former = {0};
  bool exists = false;
  int r = settings_check(step);
  if (r == 0) r = include_read(step, &former, &exists);
  if (r == 0) r = content_make(step, &content);
  if (r < 0) return r == -EPERM ? 0 : r; /* the report says why not */
  text_add(step->report, translated("First test that nginx accepts its configuration as it is, and that it includes the file:\n"));
  describe_command(step, test_command);
  describe_command(step, dump_command);
  text_printf(step->report, translated("Then write %s (%s):\n"), config->include,
              exists ? translated("instead of its former content") : translated("a new file"));
  add_lines(step->report, '-', text_get(&former));
  add_lines(step->report, '+', text_get(&content));
  text_add(step->report, translated("Then test and load it:\n"));
  describe_command(step, test_command);
  describe_command(step, reload_command);
  text_printf(step->report, translated("If a test or the checks fail: %s, and reload again.\n"),
              exists ? translated("write the former content back") : translated("remove the file"));
  return 0;
}

static int preflight(const struct remedy_step *step) {
  const struct nginx_config *config = step->config;
  auto_text struct text content = {0}, former = {0};
  bool exists = false;
  int r = settings_check(step);
  if (r == 0) r = include_read(step, &former, &exists);
  if (r < 0) return r;
  auto_free char *folder = xstrndup(config->include, (size_t)(strrchr(config->include, '/') - config->include));
  r = file_may_write_into(folder[0] == '\0' ? "/" : folder);
  if (r < 0) {
    text_printf(step->report, translated("ejmon may not write into %s: %s.\n"), folder, lang_error(-r));
    return r == -ETIMEDOUT || r == -ECANCELED || r == -EAGAIN ? r : -EPERM;
  }
  r = run(step, test_command, NULL);
  if (r == -ECHILD) {
    text_add(
        step->report,
        translated(
            "nginx does not accept its configuration as it is: a reload now would do nothing, a restart would end it. Repair that first.\n"));
    return -EPERM;
  }
  if (r == 0) r = content_make(step, &content);
  if (r < 0) return r;
  if (exists && text_equal(text_get(&content), text_get(&former))) {
    auto_strings char **policies = NULL;
    r = policies_now(step, paths_of(config)[0], &policies);
    if (r < 0) return r;
    if (is_sent(policies, text_get(&content))) {
      text_printf(step->report, translated("Nothing to do: %s is written already, and the site sends what it says.\n"), config->include);
      return -EALREADY;
    }
    text_printf(step->report, translated("%s has the right content already; nginx will be reloaded, in case it never was.\n"),
                config->include);
  }
  return 0;
}

static char *file_in(const struct remedy_step *step, const char *name) {
  return text_format("%s/%s", step->directory, name);
}

/* former or absent: what undo brings back; include: what apply writes, so that what was planned is what is done. */
static int snapshot(const struct remedy_step *step) {
  auto_text struct text content = {0}, former = {0}, nothing = {0};
  bool exists = false;
  int r = include_read(step, &former, &exists);
  if (r == 0) r = content_make(step, &content);
  if (r < 0) return r;
  auto_free char *planned = file_in(step, "include");
  auto_free char *saved = file_in(step, exists ? "former" : "absent");
  r = file_write(planned, &content, 0600);
  if (r == 0) r = file_write(saved, exists ? &former : &nothing, 0600);
  if (r < 0) text_printf(step->report, translated("%s cannot be written: %s.\n"), saved, lang_error(-r));
  return r;
}

/* nginx takes a new configuration in its own time. Waits until the site sends what it should, or long enough: the checks judge, not this.
 */
static int reload_wait(const struct remedy_step *step, const char *content) {
  const struct nginx_config *config = step->config;
  double end = loop_monotonic() + RELOAD_WAIT;
  do {
    auto_strings char **policies = NULL;
    struct text ignored = {0};
    struct remedy_step quiet = {.config = config, .report = &ignored};
    bool seen = policies_now(&quiet, paths_of(config)[0], &policies) == 0 && is_sent(policies, content);
    text_free(&ignored);
    if (seen) return 0;
    int r = task_sleep(0.1);
    if (r < 0) return r;
  } while (loop_monotonic() < end);
  return 0;
}

/* Does nginx see what was written? A single file that was mounted into a container keeps its old content behind our rename. */
static int nginx_sees(const struct remedy_step *step, const struct text *content) {
  auto_text struct text dump = {0};
  int r = run(step, dump_command, &dump);
  if (r < 0) return r;
  if (strstr(text_get(&dump), text_get(content)) != NULL) return 0;
  text_printf(step->report,
              translated("nginx does not see what was written to %s: mount its folder, not the single file, or correct include_inside.\n"),
              inside(step->config));
  return -ENOENT;
}

static int apply(const struct remedy_step *step) {
  const struct nginx_config *config = step->config;
  auto_free char *planned = file_in(step, "include");
  auto_text struct text content = {0};
  int r = file_read(planned, &content);
  if (r == 0) r = file_write(config->include, &content, 0644);
  if (r < 0) {
    text_printf(step->report, translated("%s cannot be written: %s.\n"), config->include, lang_error(-r));
    return r;
  }
  text_printf(step->report, translated("Wrote %s (%zu bytes).\n"), config->include, content.length);
  r = run(step, test_command, NULL);
  if (r == 0) r = nginx_sees(step, &content);
  if (r == 0) r = run(step, reload_command, NULL);
  if (r < 0) return r;
  text_add(step->report, translated("nginx accepted it and was told to reload.\n"));
  return reload_wait(step, text_get(&content));
}

static int undo(const struct remedy_step *step) {
  const struct nginx_config *config = step->config;
  auto_free char *saved = file_in(step, "former");
  auto_free char *absent = file_in(step, "absent");
  auto_text struct text former = {0};
  bool nothing = false;
  int r = file_read(saved, &former);
  if (r == 0) {
    r = file_write(config->include, &former, 0644);
  } else if (r == -ENOENT) {
    r = file_read(absent, &former);
    if (r == 0) r = file_remove(config->include);
    nothing = r == -ENOENT;
  }
  if (nothing) {
    text_add(step->report, translated("Nothing to bring back.\n"));
    return 0;
  }
  if (r < 0) {
    text_printf(step->report, translated("%s cannot be brought back: %s.\n"), config->include, lang_error(-r));
    return r;
  }
  text_printf(step->report, translated("%s is as it was before.\n"), config->include);
  r = run(step, test_command, NULL);
  if (r == 0) r = run(step, reload_command, NULL);
  if (r == 0) text_add(step->report, translated("nginx was told to reload.\n"));
  return r;
}

static const char *const refs[] = {"guide \"Rocket.Chat integration, Troubleshooting\"", "ej 4", "ej F59", "ej F69", "CSP3 6.4.2", NULL};

const struct remedy_kind remedy_nginx_headers = {
    .name = "nginx-headers",
    .summary = translatable("Writes one include file for nginx that lets Rocket.Chat frame EJ's login pages, tests it and reloads nginx."),
    .heals = translatable(
        "Replaces frame-ancestors and X-Frame-Options on the login paths only; every other header and setting of location / stays. A reload of "
        "nginx drops no connection. It is a bandage: the cure is EJ_ROCKETCHAT_URL in config.env and a re-created web."),
    .refs = refs,
    .default_mode = MODE_AUTO,
    .options = options,
    .option_count = countof(options),
    .config_size = sizeof(struct nginx_config),
    .timeout = 240,
    .settle = 1,
    .layer = LAYER_NGINX,
    .describe = describe,
    .preflight = preflight,
    .snapshot = snapshot,
    .apply = apply,
    .undo = undo,
};
