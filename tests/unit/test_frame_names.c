/* Framing: the names that the check gives to EJ's faults, from headers as EJ sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/explanation.h"
#include "checks/frame/frame_codes.h"
#include "checks/frame/frame_diagnose.h"
#include "monitor/core/rule.h"

/* --- the names of the faults --------------------------------------------------------------------------------------------------------- */

struct scene {
  const char *name; /* of the code that is expected, or NULL: all is well */
  int status;
  const char *url, *embedder;
  const char *csp, *xfo, *allow_origin, *credentials, *body;
  const char *second_csp;
};

#define LOGIN "/talks/login/?next=/talks/"
#define EJ "https://ej.example.org" LOGIN
#define EJ_PLAIN "http://ej.example.org" LOGIN
#define R "https://chat.example.org"
#define R_PLAIN "http://chat.example.org:3000"
#define NGINX_502 "<html><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></html>"

/* Headers as the contract's tables (section 4) have them. */
#define WELL NULL
#define ROW(code, answer, page, framer, ...) \
  { .name = code, .status = answer, .url = page, .embedder = framer, __VA_ARGS__ }
#define PAGE(code, page, framer, policy, options, origin, cookies) \
  ROW(code, 200, page, framer, .csp = policy, .xfo = options, .allow_origin = origin, .credentials = cookies)

static const struct scene scenes[] = {
    PAGE(WELL, EJ, R, "frame-ancestors ej.example.org chat.example.org", "allow-from " R, R, "true"),
    PAGE(WELL, EJ_PLAIN, R_PLAIN, "frame-ancestors localhost chat.example.org:3000", "allow-from " R_PLAIN, R_PLAIN, "true"),
    PAGE(WELL, EJ, R, "frame-ancestors localhost chat.example.org", "DENY", R, "true"),
    PAGE("frame/url-unset", EJ, R, "frame-ancestors localhost localhost:3000", "allow-from http://localhost:3000", "http://localhost:3000",
         "true"),
    PAGE("frame/url-unset", EJ, R, "frame-ancestors ej.example.org localhost:3000", "allow-from " R, R, "true"),
    PAGE("frame/url-unset", EJ, R, "frame-ancestors localhost", "allow-from http://localhost:3000", "http://localhost:3000", "true"),
    PAGE("frame/no-scheme", EJ, R, "frame-ancestors localhost", "allow-from chat.example.org", "chat.example.org", "true"),
    PAGE("frame/origin-not-listed", EJ, R, "frame-ancestors localhost old.example.org", "allow-from https://old.example.org",
         "https://old.example.org", "true"),
    PAGE("frame/origin-not-listed", EJ, R, "frame-ancestors localhost old.example.org", "allow-from " R, R, "true"),
    PAGE("frame/port-missing", EJ_PLAIN, R_PLAIN, "frame-ancestors localhost chat.example.org", "allow-from http://chat.example.org",
         "http://chat.example.org", "true"),
    PAGE("frame/url-unset", "http://chat.example.org/", R_PLAIN, "frame-ancestors chat.example.org localhost:3000", NULL, R_PLAIN, "true"),
    PAGE("frame/origin-not-listed", "http://chat.example.org/", R_PLAIN, "frame-ancestors chat.example.org old.example.org", NULL, R_PLAIN,
         "true"),
    PAGE("frame/port-missing", "http://chat.example.org/", R_PLAIN, "frame-ancestors chat.example.org", NULL, "http://chat.example.org",
         "true"),
    PAGE("frame/path-in-source", EJ, R, "frame-ancestors localhost chat.example.org/home", "allow-from " R "/home", R "/home", "true"),
    PAGE("frame/origin-not-exact", EJ, R, "frame-ancestors localhost chat.example.org/", "allow-from " R "/", R "/", "true"),
    PAGE("frame/origin-not-exact", EJ, R, "frame-ancestors localhost Chat.example.org", NULL, "https://Chat.example.org", "true"),
    PAGE("frame/origin-not-exact", EJ, R, "frame-ancestors localhost chat.example.org:443", NULL, R ":443", "true"),
    PAGE("frame/scheme-mismatch", EJ, R_PLAIN, "frame-ancestors localhost chat.example.org:3000", "allow-from " R_PLAIN, R_PLAIN, "true"),
    PAGE("frame/mixed-content", EJ_PLAIN, R, "frame-ancestors localhost chat.example.org", "allow-from " R, R, "true"),
    PAGE("frame/row-differs", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from https://old.example.org",
         "https://old.example.org", "true"),
    PAGE("frame/credentials-header", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from " R, "*", "true"),
    PAGE("frame/credentials-header", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from " R, R, "True"),
    PAGE("frame/credentials-header", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from " R, "https://old.example.org",
         "true"),
    PAGE("frame/credentials-header", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from " R, R "/", "true"),
    PAGE("frame/credentials-header", EJ, R, "frame-ancestors localhost chat.example.org", "allow-from " R, R, NULL),
    PAGE("frame/csp-override", EJ, R, "frame-ancestors 'none'", "allow-from " R, R, "true"),
    PAGE("frame/csp-override", EJ, R, "default-src 'self'; frame-ancestors ej.example.org", "allow-from " R, R, "true"),
    PAGE("frame/csp-override", EJ, R, "default-src 'self'", "DENY", R, "true"),
    PAGE("frame/csp-override", EJ, R, "frame-ancestors https://chat.example.org:8443", "allow-from " R, R, "true"),
    ROW("frame/proxy-policy", 200, EJ, R, .csp = "frame-ancestors localhost chat.example.org", .xfo = "allow-from " R, .allow_origin = R,
        .credentials = "true", .second_csp = "frame-ancestors 'self'"),
    ROW("frame/proxy-policy", 200, EJ, R, .csp = "frame-ancestors localhost chat.example.org", .xfo = "allow-from " R, .allow_origin = R,
        .credentials = "true", .second_csp = "frame-ancestors portal.example.org"),
    /* EJ's own refuses, and the one that a proxy adds allows: that helps nobody */
    ROW("frame/url-unset", 200, EJ, R, .csp = "frame-ancestors localhost localhost:3000", .xfo = "allow-from " R, .allow_origin = R,
        .credentials = "true", .second_csp = "frame-ancestors " R),
    ROW("frame/url-unset", 200, EJ, R, .csp = "frame-ancestors " R, .xfo = "allow-from " R, .allow_origin = R, .credentials = "true",
        .second_csp = "frame-ancestors localhost localhost:3000"),
    ROW("frame/origin-not-listed", 200, EJ, R, .csp = "frame-ancestors localhost old.example.org", .xfo = "allow-from " R,
        .allow_origin = R, .credentials = "true", .second_csp = "frame-ancestors " R),
    ROW("frame/no-scheme", 200, EJ, R, .csp = "frame-ancestors localhost", .xfo = "allow-from chat.example.org",
        .allow_origin = "chat.example.org", .credentials = "true", .second_csp = "frame-ancestors *"),
    ROW("frame/x-frame-options", 200, EJ, R, .xfo = "SAMEORIGIN"),
    ROW("frame/x-frame-options", 200, EJ, R, .xfo = "DENY"),
    ROW("frame/origin-not-listed", 200, "https://other.example.org/login", R, .csp = "frame-ancestors 'none'"),
    ROW("frame/integration-off", 404, EJ, R, .xfo = "SAMEORIGIN", .body = "<h1>Not Found</h1>"),
    ROW("frame/page-missing", 404, "https://ej.example.org/lgin/", R, .body = "<h1>Not Found</h1>"),
    ROW("frame/page-missing", 404, EJ, R, .body = "<html><center><h1>404 Not Found</h1></center><hr><center>nginx/1.22</center></html>"),
    ROW("frame/header-layer-failed", 500, EJ, R, .xfo = "SAMEORIGIN", .body = "<h1>Server Error (500)</h1>"),
    ROW("frame/header-layer-failed", 500, EJ, R, .xfo = "ALLOW-FROM HTTPS://CHAT.EXAMPLE.ORG", .body = "<h1>Server Error (500)</h1>"),
    ROW("frame/page-failed", 500, EJ, R, .csp = "frame-ancestors localhost chat.example.org", .xfo = "allow-from " R, .allow_origin = R,
        .credentials = "true", .body = "<h1>Server Error (500)</h1>"),
    ROW("frame/page-failed", 400, EJ, R, .body = "<h1>Bad Request (400)</h1>"),
    ROW("frame/unreachable", 502, EJ, R, .body = NGINX_502),
    ROW("frame/any-site", 200, EJ, R, ),
    PAGE("frame/any-site", EJ, R, "frame-ancestors *", "allow-from " R, R, "true"),
};

static void add_header(struct http_response *response, const char *name, const char *value) {
  if (value) http_header_add(response, name, strlen(name), value, strlen(value));
}

static void add_hop(struct web_walk *walk, int status, const char *url) {
  struct web_fetch *fetch = &walk->hops[walk->count].fetch;
  walk->hops[walk->count++].url = xstrdup(url);
  *fetch = (struct web_fetch){.path = url, .url = xstrdup(url), .response = {.status = status, .body = xstrdup("")}};
}

static void walk_clear(struct web_walk *walk) {
  for (size_t i = 0; i < walk->count; i++) {
    web_fetch_free(&walk->hops[i].fetch);
    free(walk->hops[i].url);
  }
  *walk = (struct web_walk){.count = 0};
}

static void play(const struct scene *scene, struct web_walk *walk, struct findings *out) {
  add_hop(walk, scene->status, scene->url);
  struct http_response *response = &walk->hops[walk->count - 1].fetch.response;
  add_header(response, "Content-Type", "text/html");
  add_header(response, "Content-Security-Policy", scene->csp);
  add_header(response, "Content-Security-Policy", scene->second_csp);
  add_header(response, "X-Frame-Options", scene->xfo);
  add_header(response, "Access-Control-Allow-Origin", scene->allow_origin);
  add_header(response, "Access-Control-Allow-Credentials", scene->credentials);
  if (scene->body) {
    free(response->body);
    response->body = xstrdup(scene->body);
    response->body_length = strlen(scene->body);
  }
  web_answer_read(response, &walk->hops[walk->count - 1].fetch.answer);
  char *origins[] = {xstrdup(scene->embedder), NULL};
  frame_diagnose(walk, origins, out);
  free(origins[0]);
}

static void one_fault_gives_one_code_and_it_is_the_specific_one(void **state) {
  (void)state;
  for (size_t i = 0; i < countof(scenes); i++) {
    struct web_walk walk = {.count = 0};
    struct findings out = {0};
    play(&scenes[i], &walk, &out);
    if (out.count != (scenes[i].name ? 1 : 0) || (scenes[i].name && !findings_find(&out, scenes[i].name))) {
      fail_msg("scene %zu: %zu findings, the first %s (%s), not %s", i, out.count, out.count ? out.items[0].code->name : "none",
               out.count ? out.items[0].summary : "", scenes[i].name ? scenes[i].name : "none");
    }
    findings_free(&out);
    walk_clear(&walk);
  }
}

static void every_code_is_raised_by_a_scene_or_a_test_of_its_own(void **state) {
  (void)state;
  for (size_t c = 0; frame_codes[c]; c++) {
    bool seen = frame_codes[c] == &FRAME_REDIRECT_LOOP || frame_codes[c] == &FRAME_REDIRECTED || frame_codes[c] == &FRAME_NO_EMBEDDER;
    for (size_t i = 0; i < countof(scenes); i++) seen = seen || text_equal(scenes[i].name, frame_codes[c]->name);
    assert_true(seen);
  }
}

static void a_healthy_page_passes_every_code_that_it_shows_to_be_well(void **state) {
  (void)state;
  struct web_walk walk = {.count = 0};
  struct findings out = {0};
  play(&scenes[0], &walk, &out);
  for (size_t c = 0; frame_codes[c]; c++) {
    if (frame_codes[c] == &FRAME_NO_EMBEDDER) continue; /* the check's own */
    if (!findings_passed(&out, frame_codes[c]->name)) fail_msg("%s is not passed", frame_codes[c]->name);
  }
  findings_free(&out);
  walk_clear(&walk);
}

static void a_refused_page_closes_no_incident_about_refusals(void **state) {
  (void)state;
  struct web_walk walk = {.count = 0};
  struct findings out = {0};
  play(&scenes[3], &walk, &out); /* url-unset */
  assert_true(findings_passed(&out, "frame/unreachable"));
  assert_false(findings_passed(&out, "frame/port-missing"));
  assert_false(findings_passed(&out, "frame/row-differs"));
  findings_free(&out);
  walk_clear(&walk);
}

static void an_answer_of_nginx_alone_passes_nothing(void **state) {
  (void)state;
  struct scene scene = {.status = 502, .url = EJ, .embedder = R, .body = NGINX_502};
  struct web_walk walk = {.count = 0};
  struct findings out = {0};
  play(&scene, &walk, &out);
  assert_int_equal(out.passed_count, 0);
  findings_free(&out);
  walk_clear(&walk);
}

static void a_redirect_through_http_is_mixed_content(void **state) {
  (void)state;
  struct web_walk walk = {.count = 0};
  struct findings out = {0};
  add_hop(&walk, 301, EJ);
  add_hop(&walk, 301, EJ_PLAIN);
  play(&scenes[0], &walk, &out);
  assert_int_equal(out.count, 1);
  assert_string_equal(out.items[0].code->name, "frame/mixed-content");
  assert_non_null(strstr(out.items[0].summary, EJ_PLAIN));
  findings_free(&out);
  walk_clear(&walk);
}

static void a_circle_is_a_finding_and_another_origin_at_its_end_a_note(void **state) {
  (void)state;
  struct web_walk walk = {.count = 0};
  struct findings out = {0};
  add_hop(&walk, 302, "https://www.example.org/");
  play(&scenes[0], &walk, &out);
  assert_int_equal(out.count, 1);
  assert_string_equal(out.items[0].code->name, "frame/redirected");
  findings_free(&out);
  out = (struct findings){0};
  walk.endless = true;
  char *origins[] = {xstrdup(R), NULL};
  frame_diagnose(&walk, origins, &out);
  assert_int_equal(out.count, 1);
  assert_string_equal(out.items[0].code->name, "frame/redirect-loop");
  free(origins[0]);
  findings_free(&out);
  walk_clear(&walk);
}

extern const struct rule rules_frame[];

static void every_rule_names_a_code_that_exists(void **state) {
  (void)state;
  for (const struct rule *rule = rules_frame; rule->code; rule++) {
    assert_non_null(rule->all);
    bool known = false;
    for (size_t c = 0; frame_codes[c]; c++) {
      known = known || frame_codes[c] == rule->all[0];
      assert_false(frame_codes[c] == rule->code); /* a cause has a name of its own */
    }
    assert_true(known);
    assert_in_range(rule->rank, RANK_FRAME, RANK_FRAME + 9);
    assert_non_null(explanation_of(rule->code->name)->by_hand);
    assert_non_null(explanation_of(rule->code->name)->parts[PART_TITLE]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_fault_gives_one_code_and_it_is_the_specific_one),
      cmocka_unit_test(every_code_is_raised_by_a_scene_or_a_test_of_its_own),
      cmocka_unit_test(a_healthy_page_passes_every_code_that_it_shows_to_be_well),
      cmocka_unit_test(a_refused_page_closes_no_incident_about_refusals),
      cmocka_unit_test(an_answer_of_nginx_alone_passes_nothing),
      cmocka_unit_test(a_redirect_through_http_is_mixed_content),
      cmocka_unit_test(a_circle_is_a_finding_and_another_origin_at_its_end_a_note),
      cmocka_unit_test(every_rule_names_a_code_that_exists),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
