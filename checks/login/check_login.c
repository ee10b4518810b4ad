/* The login of Rocket.Chat through EJ, as browsers go through it: asks what Rocket.Chat's client would ask, and with a test user walks the
 * whole way. What the answers mean is login_judge.c's and login_journey.c's to say. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/browser/cors.h"
#include "checks/check.h"
#include "checks/inside/env_look.h"
#include "checks/login/login_codes.h"
#include "checks/login/login_journey.h"
#include "checks/login/login_judge.h"
#include "checks/option_sets.h"
#include "checks/rocketchat/rocket_seen.h"
#include "checks/rocketchat/rocket_settings.h"
#include "monitor/base/lang.h"
#include "monitor/base/task.h"

#define API_PATH "/talks/api-login/"
#define PAGE_PATH "/talks/login/?next=/talks/"
#define INDEX_BYTES 4096         /* of Rocket.Chat's page: only its headers count */
#define SETTINGS_BODY (4u << 20) /* as the rocketchat check reads */
#define SMALL_BODY (64u << 10)
#define PATIENCE_SHARE 0.3 /* of the time that is left, for the rocketchat check that may be asking the same */

struct login_config {
  struct site_options site;
  char *rocketchat, *client, *user, *password, *api_url, *iframe_url, *server_url, *env_file, *generation;
};

static const char *const clients[] = {"auto", "A", "B", "C", "D", NULL};

static const struct option login_options[] = {
    {OPTION(struct login_config, rocketchat, ORIGIN, "{rocketchat}", "Rocket.Chat's origin as in its users' address bar."),
     .required = true},
    SITE_OPTIONS(struct login_config, "ej", "{site}", true, "EJ as people type it."),
    {OPTION(struct login_config, client, CHOICE, "auto",
            "How Rocket.Chat's browser client asks: A to 6.0, B to 7.7, C 7.8 to 7.9.3, D later; auto: by its version."),
     .choices = clients},
    {OPTION(struct login_config, user, STRING, NULL,
            "A test user of EJ, no superuser, that may use Rocket.Chat: the login is then walked to its end.")},
    {OPTION(struct login_config, password, SECRET, NULL, "Its password; from a file by password_file.")},
    {OPTION(struct login_config, api_url, URL, NULL,
            "EJ's login API; by default what Rocket.Chat's settings say, else EJ's /talks/api-login/.")},
    {OPTION(struct login_config, iframe_url, URL, NULL,
            "EJ's login page; by default what Rocket.Chat's settings say, else EJ's /talks/login/.")},
    {OPTION(struct login_config, server_url, URL, NULL,
            "Where EJ itself calls Rocket.Chat; by default EJ_ROCKETCHAT_API_URL of the env file.")},
    {OPTION(struct login_config, env_file, FILE, "{env_file}", "EJ's config.env, for server_url.")},
    {OPTION(struct login_config, generation, STRING, "{generation}",
            "EJ's generation: A makes a token at each login, B keeps one; auto: as it answers.")},
};

struct probe {
  const struct login_config *config;
  struct web_walk_way way;
  struct login_view view;
  struct rocket_seen rocket;
  struct findings *out;
};

/* --- what Rocket.Chat says ------------------------------------------------------------------------------------------------------------ */

static int fetch_rocket(const struct probe *probe, const char *path, size_t limit, struct http_response *ret_response) {
  static const char *const headers[] = {"Accept: application/json", "X-Forwarded-Proto: https", NULL};
  auto_free char *url = text_format("%s%s", probe->view.rocketchat, path);
  double left = task_time_left();
  return http_fetch(
      &(struct http_request){.url = url,
                             .headers = headers,
                             .cacert = probe->config->site.cacert,
                             .body_limit = limit,
                             .timeout = left > WEB_TIMEOUT_WITHOUT_DEADLINE ? WEB_TIMEOUT_WITHOUT_DEADLINE : left * 0.5 + 0.001},
      ret_response);
}

/* Version and settings, asked for by this check alone. Whatever does not answer is the rocketchat check's to name. */
static int ask_rocket(const struct probe *probe, struct rocket_seen *ret_seen) {
  auto_response struct http_response info = {0}, list = {0};
  int r = fetch_rocket(probe, "/api/info", SMALL_BODY, &info);
  if (r == -ECANCELED) return r;
  auto_free char *version = r == 0 && info.status == 200 ? rocket_info_version(info.body, info.body_length) : NULL;
  ret_seen->known = version && rocket_version_parse(version, &ret_seen->version) == 0;
  if (!ret_seen->known) return 0;
  auto_free char *path = rocket_settings_path(rocket_version_at_least(&ret_seen->version, 7, 0, 0));
  r = fetch_rocket(probe, path, SETTINGS_BODY, &list);
  if (r < 0) return r == -ECANCELED ? r : 0;
  struct rocket_settings settings = {0};
  if (list.status == 200 && rocket_settings_read(list.body, list.body_length, &settings) == 0 && rocket_settings_has_iframe(&settings))
    ret_seen->settings = json_incref(settings.values);
  rocket_settings_free(&settings);
  return 0;
}

static int look_at_rocket(struct probe *probe) {
  const char *base = probe->view.rocketchat;
  double left = task_time_left();
  int r =
      rocket_seen_wait(base, (left > WEB_TIMEOUT_WITHOUT_DEADLINE ? WEB_TIMEOUT_WITHOUT_DEADLINE : left) * PATIENCE_SHARE, &probe->rocket);
  if (r == -ENODATA) return 0;
  if (r != -ENOENT) return r;
  rocket_seen_begin(base);
  r = ask_rocket(probe, &probe->rocket);
  rocket_seen_end(base, &probe->rocket);
  return r;
}

static void take_windows(struct probe *probe) {
  const char *client = probe->config->client;
  if (client && strlen(client) == 1) {
    probe->view.windows = ROCKET_WINDOW_BIT((unsigned)(*client - 'A'));
  } else if (probe->rocket.known) {
    probe->view.windows = rocket_client_windows(&probe->rocket.version);
  }
  if (probe->rocket.known) {
    const struct rocket_version *version = &probe->rocket.version;
    auto_free char *patch = version->patch >= 0 ? text_format(".%ld", version->patch) : xstrdup("");
    auto_free char *text = text_format("%ld.%ld%s", version->major, version->minor, patch);
    findings_fact(probe->out, "rocketchat", text);
  }
  auto_free char *windows = rocket_windows_name(probe->view.windows);
  if (*windows) findings_fact(probe->out, "client_window", windows);
}

/* A text setting that is not empty, or NULL. */
static const char *setting(const struct probe *probe, const char *id) {
  const char *value = json_string_value(json_object_get(probe->rocket.settings, id));
  return value && *value ? value : NULL;
}

/* An address as the setting has it, when that is one; else EJ's own. As the browser sees it. */
static char *address_choose(const struct probe *probe, const char *given, const char *id, const char *path) {
  const char *value = given ? given : setting(probe, id);
  auto_free char *origin = value ? http_origin(value) : NULL;
  if (origin) return site_address_visible(&probe->way.site, xstrdup(value));
  return text_format("%s%s", probe->view.site, path);
}

/* --- what EJ says --------------------------------------------------------------------------------------------------------------------- */

/* The API, hop by hop as the browser would send it, without a session. */
static int walk_api(struct probe *probe, char *url) {
  struct login_view *view = &probe->view;
  auto_free char *from = text_format("Origin: %s", view->rocketchat);
  for (; url; url = web_walk_next(&view->api, &probe->way)) {
    struct cors_hop hops[WEB_WALK_LIMIT];
    for (size_t i = 0; i < view->api.count; i++) {
      const struct http_response *response = &view->api.hops[i].fetch.response;
      hops[i] = (struct cors_hop){.url = view->api.hops[i].url, .answer = {response->status, response->headers, response->header_count}};
    }
    hops[view->api.count] = (struct cors_hop){.url = url};
    const struct cors_request request = cors_request_at(
        &(struct cors_case){.origin = view->rocketchat, .method = view->method, .hops = hops, .hop_count = view->api.count + 1},
        view->api.count);
    const char *const headers[] = {request.null_origin ? "Origin: null" : from, "Accept: application/json", NULL};
    struct web_fetch *fetch = web_walk_push(&view->api, &probe->way, url);
    fetch->method = request.method;
    fetch->headers = headers;
    int r = web_walk_fetch(&view->api);
    fetch->headers = NULL;
    if (r < 0) return r;
  }
  return 0;
}

static int walk_page(struct probe *probe, char *url) {
  static const char *const headers[] = {"Accept: text/html,application/xhtml+xml", NULL};
  return web_walk(&probe->view.page, &probe->way, headers, url);
}

/* What clients B and C ask first; only when the version may be one of theirs. */
static int ask_preflight(struct probe *probe) {
  struct login_view *view = &probe->view;
  unsigned asking = ROCKET_WINDOW_BIT(ROCKET_WINDOW_B) | ROCKET_WINDOW_BIT(ROCKET_WINDOW_C);
  if (!(view->windows & asking) || !login_api_spoke(view)) return 0;
  auto_free char *from = text_format("Origin: %s", view->rocketchat),
                 *method = text_format("Access-Control-Request-Method: %s", view->method);
  const char *const headers[] = {from, method, "Access-Control-Request-Headers: content-type", NULL};
  const char *url = view->api.hops[0].url;
  view->preflight = (struct web_fetch){.path = url,
                                       .url = site_address_reach(&probe->way.site, url),
                                       .method = "OPTIONS",
                                       .host = site_address_is_site(&probe->way.site, url) ? probe->way.site.host : NULL,
                                       .cacert = probe->config->site.cacert,
                                       .headers = headers};
  int r = web_fetch_one(&view->preflight);
  view->preflight.headers = NULL;
  return r;
}

static int ask_index(struct probe *probe) {
  static const char *const headers[] = {"Accept: text/html", "X-Forwarded-Proto: https", NULL};
  web_fetch_init(&probe->view.index, probe->view.rocketchat, "/", NULL, probe->config->site.cacert);
  probe->view.index.headers = headers;
  probe->view.index.body_limit = INDEX_BYTES;
  probe->view.index.unread = true;
  probe->view.index.share = 0.3;
  return web_fetch_one(&probe->view.index);
}

/* --- where EJ calls ------------------------------------------------------------------------------------------------------------------- */

/* EJ_ROCKETCHAT_API_URL, else EJ_ROCKETCHAT_URL, of the env file; NULL when there is none. 0, or -ECANCELED. */
static int server_url_read(const char *path, char **ret_url) {
  struct env_file_look look;
  auto_free char *error = NULL;
  *ret_url = NULL;
  int r = path ? env_look_file(path, &look, &error) : -ENOENT;
  if (r < 0) return r == -ECANCELED ? r : 0; /* the env check says why it cannot be read */
  const struct env_entry *entry = env_file_find(&look.file, "EJ_ROCKETCHAT_API_URL");
  if (!entry || !*entry->plain) entry = env_file_find(&look.file, "EJ_ROCKETCHAT_URL");
  if (entry && *entry->plain && *entry->plain != '$') {
    *ret_url = strstr(entry->plain, "://") ? xstrdup(entry->plain) : text_format("http://%s", entry->plain);
  }
  env_file_look_free(&look);
  return 0;
}

/* --- the probe ------------------------------------------------------------------------------------------------------------------------ */

/* The setting's method when it changes nothing but a session, else POST: EJ takes any, and no setting of Rocket.Chat makes ejmon delete
 * something somewhere (rocket/iframe-method tells what is wrong with the others). */
static const char *method_of(const char *setting) {
  static const char *const harmless[] = {"POST", "GET", "HEAD"};
  for (size_t i = 0; setting && i < countof(harmless); i++) {
    if (text_equal_nocase(setting, harmless[i])) return harmless[i];
  }
  return harmless[0];
}

static int gather(struct probe *probe) {
  struct login_view *view = &probe->view;
  int r = look_at_rocket(probe);
  if (r < 0) return r;
  take_windows(probe);
  view->method = method_of(setting(probe, "Accounts_Iframe_api_method"));
  const json_t *force_ssl = json_object_get(probe->rocket.settings, "Force_SSL");
  view->force_ssl_known = json_is_boolean(force_ssl);
  view->force_ssl = json_is_true(force_ssl);
  if (probe->config->server_url) {
    view->server_url = xstrdup(probe->config->server_url);
  } else {
    r = server_url_read(probe->config->env_file, &view->server_url);
    if (r < 0) return r;
  }
  view->now = time(NULL);
  r = walk_api(probe, address_choose(probe, probe->config->api_url, "Accounts_Iframe_api_url", API_PATH));
  if (r == 0) r = walk_page(probe, address_choose(probe, probe->config->iframe_url, "Accounts_iframe_url", PAGE_PATH));
  if (r == 0) r = ask_preflight(probe);
  if (r == 0) r = ask_index(probe);
  return r;
}

static int walk_as_user(const struct probe *probe, void **state) {
  const struct login_config *config = probe->config;
  if (!config->user != !config->password) {
    finding_add(probe->out, &LOGIN_FORM_UNKNOWN, "The login check has a %s and no %s: nobody is signed in.",
                config->user ? "user" : "password", config->user ? "password_file" : "user");
    return 0;
  }
  if (!config->user || !login_api_spoke(&probe->view)) return 0;
  const struct login_person person = {.site = probe->way.site,
                                      .user = config->user,
                                      .password = config->password,
                                      .generation = config->generation,
                                      .cacert = config->site.cacert};
  struct login_memory *memory = *state;
  int r = login_journey(&person, &probe->view, &memory, probe->out);
  *state = memory;
  return r;
}

static int login_probe(const void *config_, void **state, struct findings *out) {
  const struct login_config *config = config_;
  struct probe *probe = xcalloc(1, sizeof *probe); /* on the heap: a task's stack is small */
  probe->config = config;
  probe->out = out;
  probe->way =
      (struct web_walk_way){.site = {config->site.url, config->site.host}, .cacert = config->site.cacert, .limit = LOGIN_HOP_LIMIT};
  auto_free char *visible = site_address_visible(&probe->way.site, text_format("%s", config->site.url));
  probe->view.rocketchat = http_origin(config->rocketchat);
  probe->view.site = http_origin(visible);
  int r = 0;
  if (!probe->view.rocketchat || !probe->view.site) {
    finding_add(out, &LOGIN_NO_ORIGIN, "\"%s\" is no http or https address.",
                probe->view.rocketchat ? config->site.url : config->rocketchat);
  } else {
    finding_pass(out, &LOGIN_NO_ORIGIN);
    r = gather(probe);
    if (r == 0) login_judge_view(&probe->view, out);
    if (r == 0) r = walk_as_user(probe, state);
  }
  rocket_seen_free(&probe->rocket);
  login_view_free(&probe->view);
  free(probe);
  return r;
}

static void login_forget(void *state) {
  login_memory_free(state);
}

const struct check_kind check_login = {
    .name = "login",
    .summary = translatable(
        "The login of Rocket.Chat through EJ, as browsers judge it: CORS, preflight, cookies, redirects; with a test user to its end"),
    .needs = "site rocketchat",
    .options = login_options,
    .option_count = countof(login_options),
    .config_size = sizeof(struct login_config),
    .target = "ej",
    .codes = login_codes,
    .probe = login_probe,
    .forget = login_forget,
};
