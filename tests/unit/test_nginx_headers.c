/* The include file of nginx-headers: what is found in nginx's configuration, what is kept, what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "remedies/nginx_headers/nginx_headers.h"

#define FILE_HERE "/etc/nginx/ejmon.d/ejmon.conf"
#define MAIN(text) "# configuration file /etc/nginx/nginx.conf:\n" text "\n"
#define SERVER(text) MAIN("http {\n server {\n listen 80; server_name _;\n" text "\n include ejmon.d/*.conf;\n }\n}\n")
#define ROOT "location / { proxy_pass http://web:8000/; proxy_set_header Host $http_host; }"

/* Finds and prints in one go; the result of the first step that refuses, its sentence in *ret_error. */
static int make(const char *dump_text, const char *host, const char *upstream, const char *path_text, char *const *policies,
                struct text *out, char **ret_error) {
  struct nginx_dump dump = {0};
  int r = nginx_parse(dump_text, strlen(dump_text), &dump, ret_error);
  if (r < 0) return r;
  struct nginx_server server = {0};
  r = nginx_find_server(&dump, FILE_HERE, host, &server, ret_error);
  if (r == 0) {
    struct nginx_path path = {.path = xstrdup(path_text), .policies = strings_copy(policies)};
    const struct nginx_plan plan = {
        .server = &server, .upstream = upstream, .embedder = "https://chat.example.org", .paths = &path, .path_count = 1};
    r = nginx_headers_print(&plan, out, ret_error);
    free(path.path);
    strings_free(path.policies);
  }
  nginx_server_free(&server);
  nginx_dump_free(&dump);
  return r;
}

static char *const no_policies[] = {NULL};

static void expect(const char *dump, const char *wanted) {
  auto_text struct text out = {0};
  auto_free char *error = NULL;
  int r = make(dump, "ej.example.org", NULL, "/login/", no_policies, &out, &error);
  if (r < 0) fail_msg("%s", error);
  if (strstr(text_get(&out), wanted) == NULL) fail_msg("no \"%s\" in:\n%s", wanted, text_get(&out));
}

static void expect_not(const char *dump, const char *unwanted) {
  auto_text struct text out = {0};
  auto_free char *error = NULL;
  assert_int_equal(make(dump, "ej.example.org", NULL, "/login/", no_policies, &out, &error), 0);
  if (strstr(text_get(&out), unwanted) != NULL) fail_msg("\"%s\" in:\n%s", unwanted, text_get(&out));
}

static void expect_refusal(const char *dump, const char *words) {
  auto_text struct text out = {0};
  auto_free char *error = NULL;
  assert_true(make(dump, "ej.example.org", NULL, "/login/", no_policies, &out, &error) < 0);
  assert_non_null(error);
  if (strstr(error, words) == NULL) fail_msg("\"%s\" does not say \"%s\"", error, words);
}

static void the_location_repeats_what_location_root_says(void **state) {
  (void)state;
  expect(SERVER(ROOT),
         "location ^~ /login/ {\n"
         "    proxy_pass http://web:8000;\n"
         "    proxy_set_header Host $http_host;\n"
         "    proxy_hide_header Content-Security-Policy;\n"
         "    proxy_hide_header X-Frame-Options;\n"
         "    add_header Content-Security-Policy \"frame-ancestors 'self' https://chat.example.org\" always;\n"
         "    add_header X-Frame-Options \"ALLOW-FROM https://chat.example.org\" always;\n"
         "}\n");
  expect(SERVER("location / { proxy_pass http://web:8000; proxy_read_timeout 7s; if ($a = \"b c\") { return 403; } }"),
         "    proxy_read_timeout 7s;\n    if ($a = \"b c\" ) {\n        return 403;\n    }\n");
}

static void the_path_of_proxy_pass_is_kept(void **state) {
  (void)state;
  expect(SERVER("location / { proxy_pass http://web:8000/ej/; }"), "proxy_pass http://web:8000/ej/login/;");
  expect(SERVER("location / { proxy_pass http://web:8000/ej; }"), "proxy_pass http://web:8000/ej/login/;");
  expect(SERVER("location / { proxy_pass http://unix:/run/w.sock:/; }"), "proxy_pass http://unix:/run/w.sock;");
  expect(SERVER("location / { proxy_pass http://unix:/run/w.sock; }"), "proxy_pass http://unix:/run/w.sock;");
  expect(SERVER("location / { proxy_pass http://$up; }"), "proxy_pass http://$up;");
}

static void headers_of_outer_levels_are_not_lost(void **state) {
  (void)state;
  expect(SERVER("add_header Strict-Transport-Security max-age=1 always; " ROOT),
         "    add_header Strict-Transport-Security max-age=1 always;\n");
  expect(MAIN("http { add_header A b; proxy_hide_header Server; server { " ROOT " include ejmon.d/*.conf; } }"), "    add_header A b;\n");
  expect(MAIN("http { add_header A b; proxy_hide_header Server; server { " ROOT " include ejmon.d/*.conf; } }"),
         "    proxy_hide_header Server;\n");
  /* nginx inherits add_header only into a level that has none. */
  expect_not(SERVER("add_header A b; location / { proxy_pass http://w; add_header C d; }"), "add_header A b");
  expect_not(SERVER("add_header x-frame-options DENY; " ROOT), "DENY");
}

static void includes_are_followed(void **state) {
  (void)state;
  expect(
      MAIN(
          "http { include conf.d/*.conf; }") "# configuration file /etc/nginx/conf.d/ej.conf:\nserver { include snippets/proxy; include " FILE_HERE
                                             "; }\n# configuration file /etc/nginx/snippets/proxy:\nlocation / { proxy_pass http://w; }\n",
      "proxy_pass http://w;");
  /* What the file itself says now is not a location of somebody else. */
  expect(SERVER(ROOT) "# configuration file " FILE_HERE ":\nlocation ^~ /login/ { proxy_pass http://old; }\n",
         "proxy_pass http://web:8000;");
}

static void a_file_that_nginx_does_not_include_is_refused(void **state) {
  (void)state;
  expect_refusal(MAIN("http { server { " ROOT " } }"), "nginx does not include " FILE_HERE);
  expect_refusal(MAIN("http { server { " ROOT " include other.d/*.conf; } }"), "does not include");
  expect_refusal(MAIN("http { include ejmon.d/*.conf; server { " ROOT " } }"), "outside of a server block");
  expect_refusal(MAIN("http { server { location / { proxy_pass http://w; include ejmon.d/*.conf; } } }"), "inside a location");
  expect_refusal(MAIN("http { server { listen 80; } server { server_name other.org; " ROOT " include ejmon.d/*.conf; } }"),
                 "does not answer for");
}

static void the_server_with_the_sites_name_is_taken(void **state) {
  (void)state;
  expect(MAIN("http { server { location / { proxy_pass http://first; } include ejmon.d/*.conf; }\n"
              "server { server_name *.example.org; location / { proxy_pass http://named; } include ejmon.d/*.conf; } }"),
         "http://named;");
  expect_refusal(MAIN("http { server { server_name ej.example.org; include ejmon.d/*.conf; }\n"
                      "server { server_name ej.example.org; include ejmon.d/*.conf; } }"),
                 "Several server blocks");
}

static void a_location_of_somebody_else_is_left_alone(void **state) {
  (void)state;
  expect_refusal(SERVER(ROOT " location /login/ { proxy_pass http://x; }"), "its own location /login/");
  expect_refusal(SERVER(ROOT " location ^~ \"/login/\" { proxy_pass http://x; }"), "its own location /login/");
  expect(SERVER(ROOT " location = /login/x { proxy_pass http://x; }"), "proxy_pass http://web:8000;");
}

static void without_an_upstream_it_is_refused(void **state) {
  (void)state;
  auto_text struct text out = {0};
  auto_free char *error = NULL;
  expect_refusal(SERVER("location / { return 301 https://x; }"), "nginx_upstream");
  assert_int_equal(make(SERVER(""), "h", "http://web:8000; evil", "/login/", no_policies, &out, &error), -EPERM);
  free(error);
  assert_int_equal(make(SERVER(""), "h", "http://web:8000", "/login/", no_policies, &out, &error), 0);
  assert_non_null(strstr(text_get(&out), "proxy_pass http://web:8000;\n    proxy_set_header Host $http_host;"));
}

static void what_is_no_configuration_is_refused_with_the_place(void **state) {
  (void)state;
  expect_refusal("", "printed no configuration");
  expect_refusal(MAIN("http { server {"), "without its end");
  expect_refusal(MAIN("http { } }"), "a } too many");
  expect_refusal(MAIN("a \"b;"), "open quote");
  expect_refusal(MAIN("a ${b"), "open ${");
  expect_refusal(MAIN("a { b }"), "without ;");
}

static void policies_are(const char *first, const char *second, const char *wanted_first, const char *wanted_second) {
  auto_free char *one = xstrdup(first), *two = xstrdup(second);
  char *const now[] = {one, two, NULL};
  auto_strings char **policies = NULL;
  assert_int_equal(nginx_policies(now, "https://chat.example.org", &policies), 0);
  assert_string_equal(policies[0], wanted_first);
  if (wanted_second == NULL) {
    assert_null(policies[1]);
  } else {
    assert_string_equal(policies[1], wanted_second);
  }
}

static void known_sources_and_other_directives_are_kept(void **state) {
  (void)state;
  policies_are(NULL, NULL, "frame-ancestors 'self' https://chat.example.org", NULL);
  policies_are("frame-ancestors localhost old.example.org", NULL,
               "frame-ancestors 'self' localhost old.example.org https://chat.example.org", NULL);
  policies_are("default-src 'self'; Frame-Ancestors 'none'; img-src *", NULL,
               "default-src 'self'; img-src *; frame-ancestors 'self' https://chat.example.org", NULL);
  policies_are("frame-ancestors HTTPS://chat.example.org 'SELF'", NULL, "frame-ancestors 'self' HTTPS://chat.example.org", NULL);
}

static void of_several_policies_only_common_sources_are_kept(void **state) {
  (void)state;
  policies_are("frame-ancestors a b", "frame-ancestors b c; script-src x", "frame-ancestors 'self' b https://chat.example.org",
               "script-src x");
  policies_are("script-src x, frame-ancestors a", NULL, "script-src x; frame-ancestors 'self' a https://chat.example.org", NULL);
}

static void sources_that_no_browser_knows_are_dropped(void **state) {
  (void)state;
  policies_are("frame-ancestors \"quoted\" $var a.org {x} b.org", NULL, "frame-ancestors 'self' a.org b.org https://chat.example.org",
               NULL);
}

static void what_nginx_cannot_send_is_refused(void **state) {
  (void)state;
  static const char *const values[] = {"script-src $host", "script-src \"x", "script-src x\\", "script-src \xc3\xa9"};
  for (size_t i = 0; i < countof(values); i++) {
    auto_free char *value = xstrdup(values[i]);
    char *const now[] = {value, NULL};
    char **policies = NULL;
    assert_int_equal(nginx_policies(now, "https://chat.example.org", &policies), -EINVAL);
    assert_null(policies);
  }
}

static void only_plain_paths_become_locations(void **state) {
  (void)state;
  assert_true(nginx_path_valid("/talks/api-login/"));
  assert_true(nginx_path_valid("/a_b~c.d"));
  static const char *const bad[] = {"", "talks/", "/a b", "/a;", "/a{", "/$x", "/a//b", "/../x", "/\n", "/%41", "/\"", "/#"};
  for (size_t i = 0; i < countof(bad); i++) assert_false(nginx_path_valid(bad[i]));
}

static void paths_below_others_are_covered_by_them(void **state) {
  (void)state;
  const char *text = SERVER(ROOT);
  struct nginx_dump dump = {0};
  auto_free char *error = NULL, *refused = NULL;
  assert_int_equal(nginx_parse(text, strlen(text), &dump, &error), 0);
  struct nginx_server server = {0};
  assert_int_equal(nginx_find_server(&dump, FILE_HERE, "x", &server, &error), 0);
  char talks[] = "/talks/", login[] = "/talks/login/", again[] = "/talks/";
  struct nginx_path paths[] = {{.path = login}, {.path = talks}, {.path = again}};
  const struct nginx_plan plan = {.server = &server, .embedder = "https://c", .paths = paths, .path_count = 3};
  auto_text struct text out = {0};
  assert_int_equal(nginx_headers_print(&plan, &out, &refused), 0);
  assert_null(strstr(text_get(&out), "/talks/login/"));
  const char *first = strstr(text_get(&out), "location ^~ /talks/ {");
  assert_non_null(first);
  assert_null(strstr(first + 1, "location ^~"));
  nginx_server_free(&server);
  nginx_dump_free(&dump);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_location_repeats_what_location_root_says),
      cmocka_unit_test(the_path_of_proxy_pass_is_kept),
      cmocka_unit_test(headers_of_outer_levels_are_not_lost),
      cmocka_unit_test(includes_are_followed),
      cmocka_unit_test(a_file_that_nginx_does_not_include_is_refused),
      cmocka_unit_test(the_server_with_the_sites_name_is_taken),
      cmocka_unit_test(a_location_of_somebody_else_is_left_alone),
      cmocka_unit_test(without_an_upstream_it_is_refused),
      cmocka_unit_test(what_is_no_configuration_is_refused_with_the_place),
      cmocka_unit_test(known_sources_and_other_directives_are_kept),
      cmocka_unit_test(of_several_policies_only_common_sources_are_kept),
      cmocka_unit_test(sources_that_no_browser_knows_are_dropped),
      cmocka_unit_test(what_nginx_cannot_send_is_refused),
      cmocka_unit_test(only_plain_paths_become_locations),
      cmocka_unit_test(paths_below_others_are_covered_by_them),
  };
  return cmocka_run_group_tests_name("nginx_headers", tests, NULL, NULL);
}
