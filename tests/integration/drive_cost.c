/* Feeds every judge of foreign text n hostile items, then 4n, under callgrind, which counts the instructions of the judging alone: one dump
 * for each, named "CASE few" or "CASE many". test_cost.py compares them. What is made here is not freed: the program ends with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <valgrind/callgrind.h>

#include "checks/browser/cookie.h"
#include "checks/browser/cors.h"
#include "checks/postgres/db_image.h"
#include "checks/env/env_judge.h"
#include "checks/plain/expect.h"
#include "checks/frame/frame_diagnose.h"
#include "checks/inside/inside.h"
#include "checks/web/layers_judge.h"
#include "checks/host/layout.h"
#include "checks/logs/log_oracle.h"
#include "checks/login/login_browser.h"
#include "checks/login/login_form.h"
#include "checks/login/login_judge.h"
#include "checks/web/nginx_manners.h"
#include "checks/rocketchat/rocket_settings.h"
#include "checks/browser/site.h"
#include "checks/ej/theme_oracle.h"
#include "monitor/core/spool.h"
#include "monitor/reach/docker.h"
#include "monitor/base/redact.h"
#include "remedies/nginx_headers/nginx.h"
#include "remedies/nginx_headers/nginx_headers.h"

static size_t n;
static volatile long result; /* what nobody asks for */
static const char *running;  /* "CASE few" or "CASE many"; NULL: not counted */
static struct findings out;

static void begin(void) {
  CALLGRIND_ZERO_STATS;
}

static void end(void) {
  if (running) CALLGRIND_DUMP_STATS_AT(running);
}

/* --- making hostile texts
 * ------------------------------------------------------------------------------------------------------------------ */

/* first, n pieces in which "#" is the number of the piece, last. */
static char *make(const char *first, const char *piece, const char *last) {
  struct text text = {0};
  text_add(&text, first);
  for (size_t i = 0; i < n; i++) {
    for (const char *c = piece; *c; c++) {
      if (*c == '#') text_printf(&text, "%zu", i);
      if (*c != '#') text_add_char(&text, *c);
    }
  }
  text_add(&text, last);
  return text_steal(&text);
}

/* n lines, each a string of its own. */
static char **make_list(const char *piece) {
  char **list = NULL;
  size_t count = 0;
  auto_free char *lined = text_format("%s\n", piece), *all = make("", lined, "");
  for (char *line = strtok_r(all, "\n", &all); line; line = strtok_r(NULL, "\n", &all)) strings_append(&list, &count, line);
  all = NULL;
  return list;
}

static void add_headers(struct http_response *response, const char *name, const char *value) {
  char **values = make_list(value);
  for (char **one = values; *one; one++) http_header_add(response, name, strlen(name), *one, strlen(*one));
  response->status = 200;
}

static void add_header(struct http_response *response, const char *name, const char *value) {
  http_header_add(response, name, strlen(name), value, strlen(value));
  response->status = 200;
}

/* --- layers, frames, CORS, cookies
 * --------------------------------------------------------------------------------------------------------- */

static void compare_layers(const char *name, const char *value, const char *more) {
  struct http_response inner = {0}, outer = {0};
  add_headers(&inner, name, value);
  add_headers(&outer, name, value);
  if (more) add_header(&outer, name, more);
  const struct layers_point points[] = {{"web", NULL, &inner}, {"site", "nginx", &outer}};
  begin();
  (void)layers_compare("/login/", points, 2, &out);
  end();
}

static void layers_same_cookies(void) {
  compare_layers("Set-Cookie", "a", "b");
}
static void layers_many_cookies(void) {
  compare_layers("Set-Cookie", "a#=1; path=/", "a0=1");
}
static void layers_equal_cookies(void) {
  compare_layers("Set-Cookie", "a#=1; path=/", NULL);
}
static void layers_policies(void) {
  compare_layers("Content-Security-Policy", "x#", "y");
}

static void read_layers(void) {
  char *text = make("200\n", "Set-Cookie: a#\n", "");
  struct http_response response;
  begin();
  (void)layers_read(text, strlen(text), &response);
  end();
}

static void diagnose(struct http_response *response) {
  static struct web_walk walk;
  static char url[] = "https://ej.example.org/talks/login/", chat[] = "https://chat.example.org";
  char *const origins[] = {chat, NULL};
  response->body = xstrdup("<html>");
  response->body_length = 6;
  response->status = 200;
  walk = (struct web_walk){.count = 1};
  walk.hops[0].url = url;
  walk.hops[0].fetch = (struct web_fetch){.path = url, .url = url, .response = *response};
  begin();
  web_answer_read(response, &walk.hops[0].fetch.answer);
  frame_diagnose(&walk, origins, &out);
  end();
}

static void frame_headers(void) {
  struct http_response response = {0};
  add_headers(&response, "Content-Security-Policy", "frame-ancestors a#.org");
  add_headers(&response, "X-Frame-Options", "x#");
  add_headers(&response, "Access-Control-Allow-Origin", "https://a#.org");
  diagnose(&response);
}
static void frame_policies(void) {
  struct http_response response = {0};
  add_header(&response, "Content-Security-Policy", make("", "frame-ancestors a#.org,", ""));
  diagnose(&response);
}
static void frame_directives(void) {
  struct http_response response = {0};
  add_header(&response, "Content-Security-Policy", make("", "d# x;", "frame-ancestors 'none'"));
  diagnose(&response);
}
static void frame_sources(void) {
  struct http_response response = {0};
  add_header(&response, "Content-Security-Policy", make("frame-ancestors ", "https://a#.org:* ", ""));
  diagnose(&response);
}
static void frame_blanks(void) {
  struct http_response response = {0};
  add_header(&response, "Content-Security-Policy", make("frame-ancestors ", "a \t", ""));
  add_header(&response, "X-Frame-Options", make("", " \"\\,", ""));
  diagnose(&response);
}

static void ask_cors(void) {
  struct http_response response = {0};
  add_headers(&response, "Access-Control-Allow-Origin", "https://a#.org");
  add_headers(&response, "Access-Control-Allow-Methods", "M#, N#");
  add_headers(&response, "Location", "/#");
  add_header(&response, "Access-Control-Allow-Headers", make("", "X-#,", "x"));
  const struct cors_answer answer = {307, response.headers, response.header_count};
  const struct cors_hop hops[] = {{"https://ej.example.org/a", answer, &answer}, {"https://ej.example.org/b", answer, NULL}};
  begin();
  (void)cors_judge(&(struct cors_case){"https://chat.example.org", "POST", true, hops, 2});
  end();
}

static void read_cookie(void) {
  char *line = make("a=b", "; expires=Thu, 01 Jan 1970 00:00:# GMT; domain=.a#.org; path=/#", "");
  struct cookie cookie;
  begin();
  (void)cookie_parse(csp_span(line), 0, &cookie);
  end();
}

static void name_site(void) {
  char *url = make("https://", "a#.", "example.org/");
  begin();
  free(site_of_url(url));
  free(http_origin(url));
  (void)site_same(url, "https://chat.example.org");
  end();
}

static void resolve_url(void) {
  char *path = make("https://ej.example.org/", "../a/./%2e%2E/\\", "?#");
  begin();
  free(http_resolve("https://ej.example.org/x/", path));
  end();
}

/* --- the login
 * ------------------------------------------------------------------------------------------------------------------------------ */

static void judge_login(void) {
  static char ej[] = "https://ej.example.org", chat[] = "https://chat.example.org", url[] = "https://ej.example.org/login/";
  struct login_view view = {.rocketchat = chat, .site = ej, .method = "POST"};
  view.page.count = 1;
  view.page.hops[0].url = url;
  struct http_response *page = &view.page.hops[0].fetch.response;
  add_headers(page, "Set-Cookie", "csrftoken=#; secure");
  add_headers(page, "Set-Cookie", "other#=1");
  view.index.url = chat;
  add_headers(&view.index.response, "Content-Security-Policy", "frame-src a#; connect-src *, default-src *");
  begin();
  login_judge_page(&view, &out);
  end();
}

static void read_form(const char *html) {
  struct login_form form;
  begin();
  if (login_form_read(html, strlen(html), &form) == 0) free(login_form_body(&form, "a", "b"));
  end();
}
static void form_inputs(void) {
  read_form(make("<form>", "<input type=hidden name=a# value=b>", "<input name=u><input type=password name=p></form>"));
}
static void form_openings(void) {
  read_form(make("", "<form><!-- --><script>a</script><a", ""));
}
static void form_comments(void) {
  read_form(make("<form>", "<!-- <script> ", ""));
}
static void form_attributes(void) {
  read_form(make("<form><input ", "a#=&amp; \"' = ", ">"));
}
static void take_cookies(void) {
  struct http_response response = {0};
  char **jar = NULL;
  add_headers(&response, "Set-Cookie", "a#=b ;");
  begin();
  login_cookies_take(&jar, &response);
  free(login_cookies_header(jar));
  end();
}
static void read_body(void) {
  char *body = make("{", "\"a#\":[{}],", "\"loginToken\":\"x\"}"), *token = NULL;
  begin();
  (void)login_body_read(LOGIN_CLIENT_A, "application/json", body, strlen(body), &token);
  end();
}

/* --- pages, logs, files, settings
 * ------------------------------------------------------------------------------------------------------------ */

static void read_page(void) {
  char *html = make("", "<a href=\"/css/#\"><img src=\"x/css/main.css?", "");
  begin();
  (void)theme_of_page(html, strlen(html));
  free(theme_foreign_static(html, strlen(html)));
  end();
}

static void read_svg(void) {
  char *svg = make("", "<s:<svgx '</s:", "<svg");
  const struct theme_file file = {.presence = THEME_PRESENT, .bytes = svg, .length = strlen(svg)};
  begin();
  (void)theme_svg_is_cut(&file);
  end();
}

static void read_logs(void) {
  char *log =
      make("", "Traceback (most recent call last)\n2020-01-01 00:00:0# FileNotFoundError: /lib/build/css/main-x.min.css\nAError: x\n", "");
  begin();
  for (int service = 0; service < LOG_SERVICE_COUNT; service++) {
    struct log_reading reading;
    log_read(&(struct log_request){.service = (enum log_service)service, .bytes = log, .length = strlen(log), .recent = 60}, &reading);
  }
  end();
}

static void judge_env(const char *line, const char *last) {
  char *text = make("", line, last), **container = make_list("EJ_THEM#=x");
  struct env_file file;
  begin();
  env_file_parse(text, strlen(text), &file);
  struct env_sight sight = {
      .view = {.file = &file, .file_name = "config.env", .container = container, .container_looked = true, .generation = 'B'},
      .rocketchat = "https://chat.example.org"};
  env_judge(&sight, &out);
  sight.view.container_looked = false;
  env_judge(&sight, &out);
  sight.view.file = NULL;
  sight.view.container_looked = true;
  env_judge(&sight, &out);
  end();
}
static void env_names(void) {
  judge_env("DJANGO_SOME_NAME_OF_WHICH_NOBODY_KNOWS_#=x\n", "");
}
static void env_same_name(void) {
  judge_env("export EJ_THEME=\"x\" # $\n", "");
}
static void env_lines(void) {
  judge_env("export A# = 'x' y\n", "EJ_ROCKETCHAT_INTEGRATION=true\n");
}
static void env_list(void) {
  judge_env("#\n", make("EJ_ROCKETCHAT_INTEGRATION=1\nHOSTNAME=a.b\nDJANGO_ALLOWED_HOSTS=", "a#,", "\n"));
}

static void hide(void) {
  static const char *const pieces[] = {"token: [",         "\"token\": [",      "password=\"",      "a://b:c",          "://a:b@c ",
                                       "token: the word ", "cookie: a=\"b",     "\\\\\"token\\\":", "Authorization: '", "x_KEY=%3D%26%",
                                       "\"secret\": {]",   "= : = \t",          "https://#@a/",     "-- token --:",     "password  ",
                                       "%3D%3d::://",      "'token'='\\\\\\''", "TOKEN=\\"};
  char *texts[countof(pieces)];
  for (size_t i = 0; i < countof(pieces); i++) texts[i] = make("", pieces[i], "");
  begin();
  for (size_t i = 0; i < countof(pieces); i++) free(redact(texts[i]));
  end();
}
static void hide_known(void) {
  char **known = make_list("secret-#"), *text = make("", "secret-#x ", "");
  begin();
  for (char **secret = known; *secret; secret++) redact_register(*secret);
  free(redact(text));
  end();
  redact_forget_all();
}

static void compare_layout(void) {
  char *versioned = make("", "a#\n", "b\n\n\n"), *live = make("", "a#\r\n", "c");
  struct layout_difference difference;
  begin();
  layout_compare(versioned, live, &difference);
  end();
}

static void expect(void) {
  struct http_response response = {0};
  add_headers(&response, "X-A", "x#");
  begin();
  result = expect_header(&response, "X-A: none");
  end();
}

static void read_settings(void) {
  char *body =
      make("{\"settings\":[", "{\"_id\":\"Layout_#\",\"value\":\"x\"},", "{\"_id\":\"Site_Url\",\"value\":\"https://a\"}],\"total\":1}");
  struct rocket_settings settings = {0};
  const struct site_address site = {"https://ej.example.org", NULL};
  begin();
  result = rocket_settings_read(body, strlen(body), &settings);
  rocket_settings_judge(&settings, &site, "https://chat.example.org", true, &out);
  end();
}

/* --- what containers say
 * -------------------------------------------------------------------------------------------------------------------- */

static void read_inside(void) {
  char *output =
      make("", "\nEJMON x", make("\nEJMON {\"themes\":[", "\"a#\",", make("\"\"],\"files\":{", "\"f#\":null,", "\"\":null}}\n")));
  struct inside inside;
  char *error;
  begin();
  result = inside_parse(output, strlen(output), &inside, &error);
  end();
}

static void judge_image(void) {
  char *output =
      make("EJMON {\"marks\":[", "\"m#\",",
           make("\"\"],\"files\":[", "[\"ej_users\",\"#_a\",[[\"ej_users\",\"#_b\"],[\"ej_users\",\"#_c\"]]],", "[\"a\",\"b\",[]]]}"));
  struct db_image image;
  struct db_schema schema = {0};
  for (size_t i = 0; i < n; i++) {
    for (const char *kind = "bx"; *kind; kind++) {
      struct db_migration *row = array_push(&schema.migrations, &schema.migration_count, sizeof *row);
      *row = (struct db_migration){xstrdup("ej_users"), text_format("%zu_%c", i, *kind), (long)i};
    }
  }
  begin();
  if (db_image_read(output, strlen(output), &image) == 0) db_image_judge_migrations(&image, &schema, &out);
  end();
  if (image.file_count < n) abort();
}

static void unframe(void) {
  struct text raw = {0}, shown = {0};
  bool cut;
  for (size_t i = 0; i < n; i++) text_add_bytes(&raw, "\1\0\0\0\0\0\0\1x", 9);
  begin();
  result = docker_unframe(raw.data, raw.length, 1u << 20, &shown, &cut);
  end();
}

static void find_server(const char *dump) {
  struct nginx_dump parsed;
  struct nginx_server server = {0};
  char *error = NULL;
  begin();
  (void)nginx_dump_is_unlimited(dump, strlen(dump));
  int r = nginx_parse(dump, strlen(dump), &parsed, &error);
  if (r == 0) result = nginx_find_server(&parsed, "/etc/nginx/ejmon.conf", "ej.example.org", &server, &error);
  end();
  if (r < 0) abort();
}
static void nginx_words(void) {
  find_server(make("# configuration file /etc/nginx/nginx.conf:\nhttp { server { server_name ", "a#.org ", "; } }\n"));
}
static void nginx_directives(void) {
  find_server(make("# configuration file /etc/nginx/nginx.conf:\nhttp { server { include /etc/nginx/*.conf;",
                   "location /# { proxy_pass http://a; } ", "} }\n"));
}
static void nginx_servers(void) {
  find_server(make("# configuration file /etc/nginx/nginx.conf:\nhttp { ", "server { listen 80; server_name a#; } ", "}\n"));
}
static void nginx_sizes(void) {
  find_server(make("# configuration file /etc/nginx/nginx.conf:\n", "client_max_body_size 1m; ", "\n"));
}

static void keep_policies(void) {
  char **now = NULL, **policies = NULL;
  size_t count = 0;
  for (size_t i = 0; i < NGINX_HEADERS_POLICIES; i++) strings_append(&now, &count, make("frame-ancestors ", "a#.org ", "; a b"));
  begin();
  result = nginx_policies(now, "https://chat.example.org", &policies);
  end();
}

/* --- what is owed to people
 * ------------------------------------------------------------------------------------------------------------------ */

#define NOTICES 17 /* times n: 20,400 for the 1,200 that are many */

static unsigned long owed;

static void owe(struct spool *spool, size_t i, enum notice_event event) {
  struct delivery_row row = {.id = text_format("%zu-%s", i, notice_event_names[event]),
                             .sink = xstrdup("pager"),
                             .incident = text_format("http/unreachable@host-%zu.example.org@20261123T031209Z.%zu", i, i),
                             .event = xstrdup(notice_event_names[event]),
                             .code = xstrdup("http/unreachable"),
                             .subject = text_format("host-%zu.example.org", i),
                             .severity = xstrdup("critical"),
                             .summary = xstrdup("down"),
                             .body = xstrdup(""),
                             .verdict = xstrdup(""),
                             .error = xstrdup(""),
                             .made = 1};
  spool_touch(spool, spool_add(spool, &row, event, SEVERITY_CRITICAL), ++owed);
}

/* Thousands begin, are refused and end; each answer is written, and each turn of the loop looks for more. */
static void tell_many(void) {
  struct spool spool = {0};
  unsigned long change = owed + n * NOTICES;
  bool lost;
  spool_set_sinks(&spool, (const char *const[]){"log", "pager"}, 2);
  begin();
  for (size_t i = 0; i < n * NOTICES / 2; i++) owe(&spool, i, NOTICE_TRIGGERED);
  for (size_t i = 0; i < n * NOTICES - n * NOTICES / 2; i++) owe(&spool, i, NOTICE_RESOLVED);
  spool_stored(&spool, change);
  for (double now = 1; now < 20; now += 10) {
    for (struct delivery *delivery; (delivery = spool_next(&spool, "pager", now, false));) {
      spool_started(&spool, delivery);
      spool_ended(&spool, delivery, now < 10 ? DELIVERY_TRY_AGAIN : DELIVERY_DONE, 0, "503", now, 1, &lost);
      spool_touch(&spool, delivery, ++change);
      spool_stored(&spool, change);
      result += (long)spool_next_at(&spool, "pager", now);
    }
  }
  end();
  result = (long)spool.count;
}

/* --- all of them
 * ---------------------------------------------------------------------------------------------------------------------------- */

#define CASE(function) \
  { #function, function }
static const struct {
  const char *name;
  void (*run)(void);
} cases[] = {
    CASE(layers_same_cookies),
    CASE(layers_many_cookies),
    CASE(layers_equal_cookies),
    CASE(layers_policies),
    CASE(read_layers),
    CASE(frame_headers),
    CASE(frame_policies),
    CASE(frame_directives),
    CASE(frame_sources),
    CASE(frame_blanks),
    CASE(ask_cors),
    CASE(read_cookie),
    CASE(name_site),
    CASE(resolve_url),
    CASE(judge_login),
    CASE(form_inputs),
    CASE(form_openings),
    CASE(form_comments),
    CASE(form_attributes),
    CASE(take_cookies),
    CASE(read_body),
    CASE(read_page),
    CASE(read_svg),
    CASE(read_logs),
    CASE(env_names),
    CASE(env_same_name),
    CASE(env_lines),
    CASE(env_list),
    CASE(hide),
    CASE(hide_known),
    CASE(compare_layout),
    CASE(expect),
    CASE(read_settings),
    CASE(read_inside),
    CASE(judge_image),
    CASE(unframe),
    CASE(nginx_words),
    CASE(nginx_directives),
    CASE(nginx_servers),
    CASE(nginx_sizes),
    CASE(keep_policies),
    CASE(tell_many),
};

static void run(const char *name, void (*function)(void), size_t items, const char *how) {
  auto_free char *shown = how ? text_format("%s %s", name, how) : NULL;
  out = (struct findings){0};
  n = items;
  running = shown;
  function();
}

/* usage: drive_cost N [CASE] */
int main(int count, char **arguments) {
  size_t few = (size_t)atol(count > 1 ? arguments[1] : "250");
  for (size_t i = 0; i < countof(cases); i++) {
    if (count > 2 && strcmp(arguments[2], cases[i].name) != 0) continue;
    run(cases[i].name, cases[i].run, 2, NULL); /* what is done once: opening libraries, lists of suffixes */
    run(cases[i].name, cases[i].run, few, "few");
    run(cases[i].name, cases[i].run, 4 * few, "many");
  }
  return 0;
}
