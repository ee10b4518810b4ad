/* Who wrote an answer, what the django check makes of several of them, and the expectations of the http check. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/ej/ej_generation.h"
#include "checks/plain/expect.h"
#include "checks/web/django_codes.h"
#include "checks/web/django_judge.h"
#include "checks/web/nginx_codes.h"
#include "checks/web/nginx_judge.h"
#include "checks/web/nginx_manners.h"
#include "checks/web/web_answer.h"

#define NGINX(title)                                                                \
  "<html>\r\n<head><title>" title "</title></head>\r\n<body>\r\n<center><h1>" title \
  "</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
#define PAGE "<html><link id=\"main-css-link\" rel=\"stylesheet\"><body class=\"body\" data-salt=\"x\">"
#define DEBUG_404 "<title>Page not found at /nope/</title><p>You're seeing this error because you have <code>DEBUG = True</code> in"
#define GUNICORN \
  "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n    <h1><p>Internal Server Error</p></h1>\n"

#define LIMIT 5
struct sample {
  int status;
  const char *body, *headers[LIMIT][2];
};
#define XFO \
  { "X-Frame-Options", "SAMEORIGIN" }
#define COOKIE \
  { "Vary", "Cookie" }
#define CSP \
  { "Content-Security-Policy", "frame-ancestors localhost chat.example.org" }

static char *bare(const char *text) {
  return (char *)(uintptr_t)text;
}

static void fill(const struct sample *sample, struct http_response *response) {
  *response = (struct http_response){.status = sample->status};
  response->body = xstrdup(sample->body ? sample->body : "");
  response->body_length = strlen(response->body);
  for (size_t i = 0; i < LIMIT && sample->headers[i][0]; i++) {
    const char *name = sample->headers[i][0], *value = sample->headers[i][1];
    http_header_add(response, name, strlen(name), value, strlen(value));
  }
}

static void every_error_body_names_its_author(void **state) {
  (void)state;
  static const struct {
    struct sample sample;
    enum web_author author;
    bool debug, refused;
    const char *generation;
  } rows[] = {
      {{0, NULL, {{0}}}, WEB_NOBODY, false, false, NULL},
      {{502, NGINX("502 Bad Gateway"), {{0}}}, WEB_NGINX, false, false, NULL},
      {{504, NGINX("504 Gateway Time-out"), {{0}}}, WEB_NGINX, false, false, NULL},
      {{404, NGINX("404 Not Found"), {{0}}}, WEB_NGINX, false, false, NULL},
      {{403, NGINX("403 Forbidden"), {{0}}}, WEB_NGINX, false, false, NULL},
      {{200, "<!DOCTYPE html><html><head><title>Welcome to nginx!</title>", {{0}}}, WEB_NGINX, false, false, NULL},
      {{502, "Bad Gateway", {{0}}}, WEB_PROXY, false, false, NULL},
      {{403, "<title>Just a moment...</title>", {{"Server", "cloudflare"}}}, WEB_PROXY, false, false, NULL},
      {{403, "<center><h1>403 Forbidden</h1></center>", {{"Server", "awselb/2.0"}}}, WEB_PROXY, false, false, NULL},
      {{429, "slow down", {{0}}}, WEB_PROXY, false, false, NULL},
      {{403, "<h1>403 Forbidden</h1><p>CSRF verification failed.</p>", {XFO}}, WEB_DJANGO, false, false, NULL},
      {{403, "any", {XFO, COOKIE}}, WEB_DJANGO, false, false, NULL},
      {{503, "<h1>503 Service Unavailable</h1>", {{0}}}, WEB_PROXY, false, false, NULL},
      {{521, "<title>521: Web server is down</title>", {{"Server", "cloudflare"}}}, WEB_PROXY, false, false, NULL},
      {{520, "", {{0}}}, WEB_PROXY, false, false, NULL},
      {{500, "<title>500</title>", {{"Server", "cloudflare"}}}, WEB_PROXY, false, false, NULL},
      {{500, "<h1>Server Error (500)</h1>", {{"Server", "cloudflare"}, XFO}}, WEB_DJANGO, false, false, "A"},
      {{500, GUNICORN, {{0}}}, WEB_GUNICORN, false, false, NULL},
      {{404, "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>", {{0}}}, WEB_DJANGO, false, false, "A"},
      {{500, "<h1>Server Error (500)</h1>", {XFO}}, WEB_DJANGO, false, false, "A"},
      {{404, PAGE, {XFO, COOKIE}}, WEB_DJANGO, false, false, "B"},
      {{404, PAGE, {XFO, {"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "same-origin"}}}, WEB_DJANGO, false, false, "C"},
      {{404, DEBUG_404, {{0}}}, WEB_DJANGO, true, false, NULL},
      {{400, "<h1>Bad Request (400)</h1>", {{0}}}, WEB_DJANGO, false, true, NULL},
      {{400, PAGE "<h1>400</h1><p>Invalid Request</p>", {{0}}}, WEB_DJANGO, false, true, NULL},
      {{400, "<h1>Bad Request (400)</h1>", {XFO}}, WEB_DJANGO, false, false, NULL}, /* a view's own 400 */
      {{400, "<title>DisallowedHost at /start/</title> you have <code>DEBUG = True</code>", {{0}}}, WEB_DJANGO, true, true, NULL},
      {{302, "", {XFO, COOKIE}}, WEB_DJANGO, false, false, NULL},
      {{200, "body{}", {{0}}}, WEB_UNKNOWN, false, false, NULL},
      /* visitors may write what they like */
      {{200, PAGE "<p>Why does it say you have <code>DEBUG = True</code>? <center>nginx</center></p>", {XFO}},
       WEB_DJANGO,
       false,
       false,
       NULL},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct http_response response;
    struct web_answer answer;
    fill(&rows[i].sample, &response);
    web_answer_read(&response, &answer);
    assert_int_equal(answer.author, rows[i].author);
    assert_int_equal(answer.debug, rows[i].debug);
    assert_int_equal(answer.disallowed_host, rows[i].refused);
    assert_true(text_equal(web_answer_generation(&answer), rows[i].generation));
    auto_free char *text = web_answer_describe(&answer);
    assert_true(strlen(text) > 0);
    http_response_free(&response);
  }
}

/* --- the django judge -------------------------------------------------------------------------------------------------------- */

#define SILENT (-ETIMEDOUT)
#define SCRIPT_TYPE \
  { "Content-Type", "application/javascript; charset=utf-8" }
#define GOOD                                                                                              \
  {200, "self", {XFO, SCRIPT_TYPE}}, {200, PAGE, {XFO, COOKIE}}, {404, "<h1>Not Found</h1>", {XFO}},      \
      {302, "", {XFO, COOKIE, {"Location", "/admin/login/?next=/admin/"}}}, {200, PAGE, {XFO, COOKIE}}, { \
    200, PAGE, {                                                                                          \
      XFO, COOKIE                                                                                         \
    }                                                                                                     \
  }
#define BAD_500                           \
  {                                       \
    500, "<h1>Server Error (500)</h1>", { \
      XFO                                 \
    }                                     \
  }
#define HARD                               \
  {"X-Content-Type-Options", "nosniff"}, { \
    "Referrer-Policy", "same-origin"       \
  }
#define ALLOW_FROM_500                                             \
  {                                                                \
    500, PAGE, {                                                   \
      { "X-Frame-Options", "ALLOW-FROM HTTPS://CHAT.EXAMPLE.ORG" } \
    }                                                              \
  }
#define HARD_500                          \
  {                                       \
    500, "<h1>Server Error (500)</h1>", { \
      XFO, HARD                           \
    }                                     \
  }
#define HARD_400 \
  {              \
    400, PAGE, { \
      XFO, HARD  \
    }            \
  }
#define VIEW_500                               \
  {                                            \
    500, "<h1>Server Error (500)</h1>", {      \
      {"X-Frame-Options", "allow-from x"}, CSP \
    }                                          \
  }
#define REFUSED_400                      \
  {                                      \
    400, "<h1>Bad Request (400)</h1>", { \
      { 0 }                              \
    }                                    \
  }
#define GATEWAY                      \
  {                                  \
    502, NGINX("502 Bad Gateway"), { \
      { 0 }                          \
    }                                \
  }
#define NONE   \
  {            \
    0, NULL, { \
      { 0 }    \
    }          \
  }

struct scene {
  struct sample samples[DJANGO_PATH_COUNT]; /* status 0: not asked; negative: the error, -ETIMEDOUT with a connection */
  double seconds;
};

static void make_lane(const struct scene *scene, bool direct, struct django_lane *lane) {
  static const char *const paths[] = {"/sw.js", "/conversations/", "/ejmon/missing/", "/admin/", "/login/", "/start/"};
  *lane = (struct django_lane){.used = true, .direct = direct};
  for (int i = 0; i < DJANGO_PATH_COUNT; i++) {
    struct web_fetch *fetch = &lane->fetches[i];
    web_fetch_init(fetch, "http://ej.example.org", paths[i], NULL, NULL);
    int status = scene->samples[i].status;
    lane->tried[i] = status != 0;
    if (status < 0) {
      fetch->result = status;
      fetch->response.times.connected = status == SILENT ? 0.001 : 0;
    } else if (status > 0) {
      fill(&scene->samples[i], &fetch->response);
      fetch->response.times.total = scene->seconds;
      web_answer_read(&fetch->response, &fetch->answer);
    }
  }
}

static void assert_judged(const struct scene *through, const struct scene *direct, const char *codes) {
  struct django_lane *lanes = xcalloc(2, sizeof *lanes);
  make_lane(through, false, &lanes[0]);
  if (direct) make_lane(direct, true, &lanes[1]);
  struct findings findings = {0};
  django_judge(lanes, 2, 2.0, &findings);
  auto_text struct text saw = {0};
  for (size_t i = 0; i < findings.count; i++) text_printf(&saw, "%s%s", i ? " " : "", findings.items[i].code->name + strlen("django/"));
  assert_string_equal(text_get(&saw), codes);
  for (size_t i = 0; i < findings.count; i++) assert_false(findings_passed(&findings, findings.items[i].code->name));
  findings_free(&findings);
  for (int lane = 0; lane < 2; lane++)
    for (int i = 0; i < DJANGO_PATH_COUNT; i++) web_fetch_free(&lanes[lane].fetches[i]);
  free(lanes);
}

static void each_layer_of_the_web_process_fails_in_its_own_way(void **state) {
  (void)state;
  static const struct {
    struct scene through;
    const char *codes;
  } rows[] = {
      {{{GOOD}, 0.1}, ""},
      {{{GOOD}, 3.0}, "slow"},
      {{{GATEWAY}, 0.1}, "unseen"},
      {{{GATEWAY}, 30.1}, "worker-killed"},
      {{{{-ECONNREFUSED, NULL, {{0}}}}, 0}, "unseen"},
      {{{{SILENT, NULL, {{0}}}, {SILENT, NULL, {{0}}}}, 0}, "hung"},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, {SILENT, NULL, {{0}}}}, 0.1}, "view-hung"},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, {SILENT, NULL, {{0}}}}, 3.0}, "slow"}, /* its queue, not its view */
      {{{BAD_500, BAD_500, BAD_500, BAD_500, BAD_500, BAD_500}, 0.1}, "header-layer-failed"},
      {{{{200, "self", {CSP, SCRIPT_TYPE}}, VIEW_500, {404, "<h1>Not Found</h1>", {CSP}}}, 0.1}, "server-error"},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, BAD_500, {404, "<h1>Not Found</h1>", {XFO}}}, 0.1}, "server-error"},
      /* the guide's DJANGO_X_FRAME_OPTIONS, or a proxy that hardens, changes nothing about it */
      {{{ALLOW_FROM_500, ALLOW_FROM_500, ALLOW_FROM_500, ALLOW_FROM_500, ALLOW_FROM_500, ALLOW_FROM_500}, 0.1}, "header-layer-failed"},
      {{{HARD_500, HARD_500, HARD_500, HARD_500, HARD_500, HARD_500}, 0.1}, "header-layer-failed"},
      {{{REFUSED_400, REFUSED_400, REFUSED_400}, 0.1}, "disallowed-host"},
      {{{HARD_400, HARD_400, HARD_400}, 0.1}, "disallowed-host"},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, HARD_400, {404, PAGE, {XFO}}}, 0.1}, "wrong-answer"}, /* a view's own 400 */
      /* DJANGO_ADMIN_URL is set, as advised; or nginx has the path */
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, {200, PAGE, {XFO}}, {404, PAGE, {XFO}}, {404, PAGE, {XFO}}}, 0.1}, ""},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, {200, PAGE, {XFO}}, {404, PAGE, {XFO}}, {404, "<h1>another</h1>", {{0}}}}, 0.1},
       "wrong-answer"},
      {{{{200, "self", {XFO, SCRIPT_TYPE}}, {200, PAGE, {XFO}}, {404, DEBUG_404, {XFO}}}, 0.1}, "debug-on"},
      {{{{500, GUNICORN, {{0}}}}, 0.1}, "application-failed"},
      {{{{200, "<h1>It works!</h1>", {{0}}}, {200, "<h1>It works!</h1>", {{0}}}}, 0.1}, "wrong-answer"},
      {{{{301, "", {{"Location", "https://ej.example.org/sw.js"}}}}, 0.1}, "unseen"},
  };
  for (size_t i = 0; i < countof(rows); i++) assert_judged(&rows[i].through, NULL, rows[i].codes);
}

static void the_direct_way_tells_nginx_from_web(void **state) {
  (void)state;
  const struct scene good = {{GOOD}, 0.1}, gateway = {{GATEWAY}, 0.1}, refused = {{{-ECONNREFUSED, NULL, {{0}}}}, 0},
                     silent = {{{SILENT, NULL, {{0}}}, {SILENT, NULL, {{0}}}}, 0}, closed = {{{-ECONNRESET, NULL, {{0}}}}, 0};
  assert_judged(&good, &good, "");
  assert_judged(&gateway, &good, "not-through-nginx");
  assert_judged(&gateway, &refused, "unreachable");
  assert_judged(&gateway, &silent, "hung");
  assert_judged(&gateway, &closed, "worker-killed");
}

/* 'A', 'B', 'C', or 0: the two ways tell nothing. */
static char find_letter(const struct scene *through, const struct scene *direct) {
  struct django_lane *lanes = xcalloc(2, sizeof *lanes);
  make_lane(through, false, &lanes[0]);
  if (direct) make_lane(direct, true, &lanes[1]);
  struct findings findings = {0};
  django_judge(lanes, 2, 2.0, &findings);
  const char *clue = findings_get_fact(&findings, EJ_CLUE_ANSWERS);
  char letter = clue ? *clue : '\0';
  findings_free(&findings);
  for (int lane = 0; lane < 2; lane++)
    for (int i = 0; i < DJANGO_PATH_COUNT; i++) web_fetch_free(&lanes[lane].fetches[i]);
  free(lanes);
  return letter;
}

static void a_proxy_that_hardens_makes_no_generation_c(void **state) {
  (void)state;
#define AS(headers, start)                                \
  {                                                       \
    {{200, "self", {headers, SCRIPT_TYPE}},               \
     {200, PAGE, {headers}},                              \
     {404, PAGE, {headers}},                              \
     {302, "", {headers, {"Location", "/admin/login/"}}}, \
     {200, PAGE, {headers}},                              \
     {start, PAGE, {headers}}},                           \
        0.1                                               \
  }
#define HARDENED XFO, HARD
  const struct scene b = AS(XFO, 200), hardened_b = AS(HARDENED, 200), c = AS(HARDENED, 500), dead = {{{-ECONNREFUSED, NULL, {{0}}}}, 0};
  const struct scene hardened_a = {
      {{200, "self", {HARDENED, SCRIPT_TYPE}}, {200, PAGE, {HARDENED}}, {404, "<h1>Not Found</h1>", {HARDENED}}}, 0.1};
  assert_int_equal(find_letter(&b, NULL), 'B');
  assert_int_equal(find_letter(&c, NULL), 'C');
  assert_int_equal(find_letter(&c, &c), 'C');
  assert_int_equal(find_letter(&hardened_b, &b), 'B');
  assert_int_equal(find_letter(&hardened_b, &dead), 0);
  assert_int_equal(find_letter(&hardened_b, NULL), 0);
  assert_int_equal(find_letter(&hardened_a, NULL), 'A');
  /* and a bug in B's home page is one */
  const struct scene broken_b = AS(XFO, 500);
  assert_judged(&c, &broken_b, "server-error");
}

static void the_home_page_of_generation_c_always_fails_and_is_no_finding(void **state) {
  (void)state;
#define C_HEADERS                               \
  XFO, {"X-Content-Type-Options", "nosniff"}, { \
    "Referrer-Policy", "same-origin"            \
  }
  const struct scene scene = {{{200, "self", {C_HEADERS, SCRIPT_TYPE}},
                               {200, PAGE, {C_HEADERS}},
                               {404, PAGE, {C_HEADERS}},
                               {302, "", {C_HEADERS, {"Location", "/admin/login/?next=/admin/"}}},
                               {200, PAGE, {C_HEADERS}},
                               {500, PAGE, {C_HEADERS}}},
                              0.1};
  assert_judged(&scene, NULL, "");
}

static void a_gateway_error_in_place_of_nginx_s_own_answer_is_a_proxy_s(void **state) {
  (void)state;
  static const struct {
    struct sample own, proxied;
    bool cut_off;
  } rows[] = {
      {{521, "", {{0}}}, {521, "", {{0}}}, true},
      {{502, "Bad Gateway", {{0}}}, {504, "", {{0}}}, true},
      {{502, NGINX("502 Bad Gateway"), {{0}}}, {502, NGINX("502 Bad Gateway"), {{0}}}, true}, /* another nginx before EJ's */
      {{403, NGINX("403 Forbidden"), {{0}}}, {502, NGINX("502 Bad Gateway"), {{0}}}, false},  /* web is down */
      {{503, "maintenance", {{0}}}, {503, "maintenance", {{0}}}, false},
      {{500, NGINX("500"), {{0}}}, {500, NGINX("500"), {{0}}}, false},
      {{404, PAGE, {XFO}}, {502, "", {{0}}}, false},
      {{502, "", {{0}}}, {200, "self", {XFO, COOKIE}}, false},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    struct web_fetch own = {0}, proxied = {0};
    fill(&rows[i].own, &own.response);
    fill(&rows[i].proxied, &proxied.response);
    web_answer_read(&own.response, &own.answer);
    web_answer_read(&proxied.response, &proxied.answer);
    if (nginx_is_cut_off(&own, &proxied) != rows[i].cut_off) fail_msg("row %zu", i);
    proxied.result = -ETIMEDOUT;
    assert_true(nginx_is_cut_off(&own, &proxied) == rows[i].cut_off || rows[i].proxied.status == 200);
    web_fetch_free(&own);
    web_fetch_free(&proxied);
  }
}

/* What nginx says of Django, and what of it is passed: all when it says nothing, none when it says one thing, since the others were not
 * seen then. */
static void an_error_of_nginx_passes_no_other(void **state) {
  (void)state;
  static const struct {
    struct sample sample;
    const char *code;
  } rows[] = {
      {{502, NGINX("502 Bad Gateway"), {{0}}}, "nginx/bad-gateway"},
      {{504, NGINX("504 Gateway Time-out"), {{0}}}, "nginx/gateway-timeout"},
      {{524, "", {{"Server", "cloudflare"}}}, "nginx/gateway-timeout"},
      {{503, NGINX("503 Service Temporarily Unavailable"), {{0}}}, "nginx/unavailable"},
      {{404, NGINX("404 Not Found"), {{0}}}, "nginx/not-found"},
      {{403, NGINX("403 Forbidden"), {{0}}}, "nginx/refused"},
      {{500, NGINX("500 Internal Server Error"), {{0}}}, "nginx/server-error"},
      {{200, "<html><head><title>Welcome to nginx!</title></head></html>", {{0}}}, "nginx/default-page"},
      {{301, "", {{"Location", "https://elsewhere.example.net/sw.js"}}}, "nginx/redirected"},
      {{200, "self.addEventListener", {{"Content-Type", "text/javascript"}}}, NULL},
  };
  static const struct code *const all[] = {&NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_UNAVAILABLE,  &NGINX_NOT_FOUND,
                                           &NGINX_REFUSED,     &NGINX_SERVER_ERROR,    &NGINX_DEFAULT_PAGE, &NGINX_REDIRECTED};
  for (size_t i = 0; i < countof(rows); i++) {
    struct web_fetch fetch;
    struct findings out = {0};
    web_fetch_init(&fetch, "http://ej.example.org", "/sw.js", NULL, NULL);
    fill(&rows[i].sample, &fetch.response);
    web_answer_read(&fetch.response, &fetch.answer);
    nginx_judge_proxied(&fetch, &out);
    if (rows[i].code) {
      assert_int_equal(out.count, 1);
      assert_string_equal(out.items[0].code->name, rows[i].code);
    }
    for (size_t k = 0; k < countof(all); k++) assert_int_equal(findings_passed(&out, all[k]->name), !rows[i].code);
    findings_free(&out);
    web_fetch_free(&fetch);
  }
}

/* --- expectations ------------------------------------------------------------------------------------------------------------ */

static void statuses_are_codes_and_ranges(void **state) {
  (void)state;
  int low, high;
  assert_int_equal(expect_status_parse("200", &low, &high), 0);
  assert_int_equal(low + high, 400);
  assert_int_equal(expect_status_parse("2xx", &low, &high), 0);
  assert_int_equal(high - low, 99);
  assert_int_equal(expect_status_parse("200-299", &low, &high), 0);
  static const char *const bad[] = {"", "xx", "2x", "20", "99", "299-200", "200-", "-200", "200-2999", "ok", "200,301"};
  for (size_t i = 0; i < countof(bad); i++) assert_int_equal(expect_status_parse(bad[i], &low, &high), -EINVAL);
  const char *wrong = NULL;
  char *const words[] = {bare("301"), bare("4xx"), NULL}, *const odd[] = {bare("fine"), NULL};
  assert_int_equal(expect_status(NULL, 204, &wrong), 1);
  assert_int_equal(expect_status(NULL, 302, &wrong), 0);
  assert_int_equal(expect_status(words, 404, &wrong), 1);
  assert_int_equal(expect_status(words, 200, &wrong), 0);
  assert_int_equal(expect_status(odd, 200, &wrong), -EINVAL);
  assert_string_equal(wrong, "fine");
}

static void text_is_found_as_it_stands_or_as_a_pattern(void **state) {
  (void)state;
  assert_true(expect_text("a (b) c", 7, "(b)"));
  assert_true(expect_text("version 1.2", 11, "version [0-9]+\\.[0-9]+"));
  assert_false(expect_text("a", 1, "(b"));
  assert_true(expect_text("a(b", 3, "(b"));
  assert_true(expect_text("x\0Participe", 11, "Parti.ipe"));
  assert_false(expect_text("", 0, "a"));
}

static void headers_are_matched_by_name_and_pattern(void **state) {
  (void)state;
  struct http_response response;
  fill(&(struct sample){200, "", {{"Set-Cookie", "a=1"}, {"set-cookie", "b=2; SameSite=Lax"}}}, &response);
  assert_int_equal(expect_header(&response, "Set-Cookie: b=.*Lax"), 1);
  assert_int_equal(expect_header(&response, "SET-COOKIE:"), 1);
  assert_int_equal(expect_header(&response, "Set-Cookie: c="), 0);
  assert_int_equal(expect_header(&response, "X-Other: a"), 0);
  assert_int_equal(expect_header(&response, ": a"), -EINVAL);
  assert_int_equal(expect_header(&response, "no name"), -EINVAL);
  http_response_free(&response);
}

static void escapes_become_their_bytes(void **state) {
  (void)state;
  auto_text struct text text = {0};
  expect_unescape("a\\r\\n\\x41\\\\\\q\\x4\\", &text);
  assert_string_equal(text_get(&text), "a\r\nA\\\\q\\x4\\");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_error_body_names_its_author),
      cmocka_unit_test(each_layer_of_the_web_process_fails_in_its_own_way),
      cmocka_unit_test(the_direct_way_tells_nginx_from_web),
      cmocka_unit_test(a_proxy_that_hardens_makes_no_generation_c),
      cmocka_unit_test(the_home_page_of_generation_c_always_fails_and_is_no_finding),
      cmocka_unit_test(a_gateway_error_in_place_of_nginx_s_own_answer_is_a_proxy_s),
      cmocka_unit_test(an_error_of_nginx_passes_no_other),
      cmocka_unit_test(statuses_are_codes_and_ranges),
      cmocka_unit_test(text_is_found_as_it_stands_or_as_a_pattern),
      cmocka_unit_test(headers_are_matched_by_name_and_pattern),
      cmocka_unit_test(escapes_become_their_bytes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
