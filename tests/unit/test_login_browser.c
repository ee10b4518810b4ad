/* What a visitor sees of the IFrame login: each client, each obstacle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/login/login_browser.h"

#define HEADER(name, value) \
  { (char *)(uintptr_t)(name), (char *)(uintptr_t)(value) }
#define R "https://chat.example.org"
#define EJ "https://ej.example.org"
#define ORIGIN HEADER("Access-Control-Allow-Origin", R)
#define CREDENTIALS HEADER("Access-Control-Allow-Credentials", "true")
#define TYPE HEADER("Content-Type", "application/json")
#define SESSION "sessionid=abc; HttpOnly; Path=/; SameSite=Lax"

/* --- versions, bodies, messages
 * ------------------------------------------------------------------------------------------------------------ */

#define A (1u << LOGIN_CLIENT_A)
#define B (1u << LOGIN_CLIENT_B)
#define C (1u << LOGIN_CLIENT_C)
#define D (1u << LOGIN_CLIENT_D)

static void the_old_client_raises_every_method_and_the_others_the_known_ones(void **state) {
  (void)state;
  static const struct {
    enum login_client client;
    const char *given, *sent;
  } rows[] = {{LOGIN_CLIENT_A, "post", "POST"},
              {LOGIN_CLIENT_A, "patch", "PATCH"},
              {LOGIN_CLIENT_D, "post", "POST"},
              {LOGIN_CLIENT_D, "patch", "patch"},
              {LOGIN_CLIENT_B, NULL, ""}};
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *sent = login_client_method(rows[i].client, rows[i].given);
    assert_string_equal(sent, rows[i].sent);
  }
}

static void a_body_is_read_as_the_client_reads_it(void **state) {
  (void)state;
  static const char json[] = "application/json";
  static const struct {
    enum login_client client;
    const char *type, *body;
    enum login_body kind;
  } rows[] = {
      {LOGIN_CLIENT_A, json, "{\"loginToken\": \"t\"}", LOGIN_BODY_LOGIN_TOKEN},
      {LOGIN_CLIENT_A, "application/json; charset=utf-8", "{\"loginToken\": \"t\", \"token\": \"u\"}", LOGIN_BODY_LOGIN_TOKEN},
      {LOGIN_CLIENT_A, "text/html", "{\"loginToken\": \"t\"}", LOGIN_BODY_WRONG_TYPE},
      {LOGIN_CLIENT_A, "Application/JSON", "{\"loginToken\": \"t\"}", LOGIN_BODY_WRONG_TYPE},
      {LOGIN_CLIENT_A, NULL, "{\"loginToken\": \"t\"}", LOGIN_BODY_WRONG_TYPE},
      {LOGIN_CLIENT_D, "text/html", "{\"loginToken\": \"t\"}", LOGIN_BODY_LOGIN_TOKEN},
      {LOGIN_CLIENT_B, NULL, "\xef\xbb\xbf{\"loginToken\": \"t\"}", LOGIN_BODY_LOGIN_TOKEN},
      {LOGIN_CLIENT_B, json, "{\"loginToken\": \"a\", \"loginToken\": \"t\"}", LOGIN_BODY_LOGIN_TOKEN},
      {LOGIN_CLIENT_B, json, "{\"token\": \"t\"}", LOGIN_BODY_TOKEN},
      {LOGIN_CLIENT_B, json, "{\"loginToken\": null}", LOGIN_BODY_EMPTY_TOKEN},
      {LOGIN_CLIENT_B, json, "{\"loginToken\": \"\"}", LOGIN_BODY_EMPTY_TOKEN},
      {LOGIN_CLIENT_B, json, "{\"loginToken\": \"\\u0000\"}", LOGIN_BODY_EMPTY_TOKEN},
      {LOGIN_CLIENT_B, json, "{}", LOGIN_BODY_NO_TOKEN},
      {LOGIN_CLIENT_B, json, "[]", LOGIN_BODY_NO_OBJECT},
      {LOGIN_CLIENT_B, json, "null", LOGIN_BODY_NO_OBJECT},
      {LOGIN_CLIENT_B, json, "", LOGIN_BODY_NO_JSON},
      {LOGIN_CLIENT_B, json, "<html>", LOGIN_BODY_NO_JSON},
      {LOGIN_CLIENT_B, json, "{\"loginToken\": \"t\"} x", LOGIN_BODY_NO_JSON},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    auto_free char *token = NULL;
    assert_int_equal(login_body_read(rows[i].client, rows[i].type, rows[i].body, strlen(rows[i].body), &token), rows[i].kind);
    assert_true(text_equal(token, rows[i].kind == LOGIN_BODY_LOGIN_TOKEN || rows[i].kind == LOGIN_BODY_TOKEN ? "t" : NULL));
  }
}

static void a_body_over_the_limit_is_not_read(void **state) {
  (void)state;
  auto_free char *token = NULL, *body = xcalloc(LOGIN_BODY_LIMIT + 1, 1);
  memset(body, ' ', LOGIN_BODY_LIMIT + 1);
  memcpy(body, "{\"loginToken\":\"t\"}", 18);
  assert_int_equal(login_body_read(LOGIN_CLIENT_D, NULL, body, LOGIN_BODY_LIMIT + 1, &token), LOGIN_BODY_LONG);
  assert_null(token);
  assert_int_equal(login_body_read(LOGIN_CLIENT_D, NULL, body, LOGIN_BODY_LIMIT, &token), LOGIN_BODY_LOGIN_TOKEN);
}

static void a_message_arrives_when_the_origin_is_rocket_chats(void **state) {
  (void)state;
  static const struct {
    const char *target;
    enum login_message message;
  } rows[] = {{R, LOGIN_MESSAGE_ARRIVES},
              {R "/", LOGIN_MESSAGE_ARRIVES}, /* the path does not count here, only in Access-Control-Allow-Origin */
              {R "/home?x#y", LOGIN_MESSAGE_ARRIVES},
              {R ":443", LOGIN_MESSAGE_ARRIVES},
              {" HTTPS://CHAT.example.org ", LOGIN_MESSAGE_ARRIVES},
              {"https:chat.example.org", LOGIN_MESSAGE_ARRIVES},
              {"*", LOGIN_MESSAGE_ARRIVES},
              {"/", LOGIN_MESSAGE_OTHER},
              {"http://chat.example.org", LOGIN_MESSAGE_OTHER},
              {R ":3000", LOGIN_MESSAGE_OTHER},
              {"chat.example.org", LOGIN_MESSAGE_NO_URL},
              {"chat.example.org:3000", LOGIN_MESSAGE_NO_URL},
              {"", LOGIN_MESSAGE_NO_URL},
              {"https://", LOGIN_MESSAGE_NO_URL},
              {"//chat.example.org", LOGIN_MESSAGE_NO_URL}};
  for (size_t i = 0; i < countof(rows); i++) {
    enum login_message message = login_message_judge(rows[i].target, R);
    if (message != rows[i].message) print_error("%s: %s\n", rows[i].target, login_message_names[message]);
    assert_int_equal(message, rows[i].message);
  }
}

/* --- all together
 * ------------------------------------------------------------------------------------------------------------------------- */

static const struct http_header good[] = {ORIGIN, CREDENTIALS, TYPE},
                                framing[] = {HEADER("Content-Security-Policy", "frame-ancestors chat.example.org")},
                                refusing[] = {HEADER("Content-Security-Policy", "frame-ancestors localhost")},
                                listing[] = {ORIGIN, CREDENTIALS, HEADER("Access-Control-Allow-Headers", "content-type")};
static const struct cors_answer preflight = {204, listing, 3}, ej_preflight = {401, good, 3};
static const char token[] = "{\"loginToken\": \"t\"}";

/* A login that works; the tests break one thing each. */
struct scene {
  struct cors_hop api, signed_api;
  struct frame_hop page;
  struct login_case login;
};

static struct scene *make_scene(enum login_client client) {
  static struct scene scene;
  scene = (struct scene){
      .api = {EJ "/talks/api-login/", {401, good, 3}, &preflight},
      .signed_api = {EJ "/talks/api-login/", {200, good, 3}, &preflight},
      .page = {EJ "/talks/login/?next=/talks/", framing, 1},
  };
  scene.login = (struct login_case){.client = client,
                                    .rocket = R,
                                    .enabled = true,
                                    .frame_url = scene.page.url,
                                    .api_url = scene.api.url,
                                    .api_method = "POST",
                                    .api = &scene.api,
                                    .api_count = 1,
                                    .signed_api = &scene.signed_api,
                                    .signed_api_count = 1,
                                    .signed_body = token,
                                    .signed_body_length = sizeof token - 1,
                                    .frame = &scene.page,
                                    .frame_count = 1,
                                    .session = SESSION,
                                    .session_url = EJ "/login/",
                                    .message_target = R,
                                    .now = 1700000000};
  return &scene;
}

static void expect(const struct scene *scene, enum login_sight first, enum login_sight then, enum login_reason reason) {
  struct login_verdict verdict = login_judge(&scene->login);
  if (verdict.reason != reason || verdict.first != first || verdict.then != then)
    print_error("%s: %s, %s, %s\n", login_client_names[scene->login.client], login_sight_names[verdict.first],
                login_sight_names[verdict.then], login_reason_names[verdict.reason]);
  assert_int_equal(verdict.reason, reason);
  assert_int_equal(verdict.first, first);
  assert_int_equal(verdict.then, then);
}

static void a_healthy_login_works_in_all_clients_but_c(void **state) {
  (void)state;
  expect(make_scene(LOGIN_CLIENT_A), LOGIN_SIGHT_FRAME, LOGIN_SIGHT_SIGNED, LOGIN_FINE);
  expect(make_scene(LOGIN_CLIENT_B), LOGIN_SIGHT_FRAME, LOGIN_SIGHT_SIGNED, LOGIN_FINE);
  expect(make_scene(LOGIN_CLIENT_C), LOGIN_SIGHT_OWN_FORM, LOGIN_SIGHT_OWN_FORM, LOGIN_FRAME_CLIENT);
  expect(make_scene(LOGIN_CLIENT_D), LOGIN_SIGHT_FRAME, LOGIN_SIGHT_SIGNED, LOGIN_FINE);
}

static void ej_without_a_proxy_rule_fails_where_a_preflight_is_sent(void **state) {
  (void)state;
  for (int client = 0; client < LOGIN_CLIENT_COUNT; client++) {
    struct scene *scene = make_scene((enum login_client)client);
    scene->api.preflight = scene->signed_api.preflight = &ej_preflight;
    if (login_client_sends_json(scene->login.client))
      expect(scene, LOGIN_SIGHT_OWN_FORM, LOGIN_SIGHT_OWN_FORM, LOGIN_REQUEST);
    else
      expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_SIGNED, LOGIN_FINE);
  }
}

static void without_cors_headers_the_visitor_is_stuck_or_sees_the_own_form(void **state) {
  (void)state;
  for (int client = 0; client < LOGIN_CLIENT_COUNT; client++) {
    struct scene *scene = make_scene((enum login_client)client);
    scene->api.answer.header_count = scene->signed_api.answer.header_count = 1;
    enum login_sight first = login_client_sends_json(scene->login.client) ? LOGIN_SIGHT_OWN_FORM : LOGIN_SIGHT_FRAME;
    expect(scene, first, first == LOGIN_SIGHT_FRAME ? LOGIN_SIGHT_STUCK : first, LOGIN_REQUEST);
    scene->login.signed_api_count = 0; /* foretold from the answer without a session */
    expect(scene, first, first == LOGIN_SIGHT_FRAME ? LOGIN_SIGHT_STUCK : first, LOGIN_REQUEST);
    assert_int_equal(login_judge(&scene->login).cors.reason, CORS_CREDENTIALS_MISSING);
  }
}

static void an_empty_setting_is_a_blank_page_or_the_own_form(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_A);
  scene->login.api_url = "";
  expect(scene, LOGIN_SIGHT_NOTHING, LOGIN_SIGHT_NOTHING, LOGIN_OFF);
  scene->login.client = LOGIN_CLIENT_D;
  expect(scene, LOGIN_SIGHT_OWN_FORM, LOGIN_SIGHT_OWN_FORM, LOGIN_OFF);
  scene = make_scene(LOGIN_CLIENT_A);
  scene->login.enabled = false;
  expect(scene, LOGIN_SIGHT_OWN_FORM, LOGIN_SIGHT_OWN_FORM, LOGIN_OFF);
}

static void a_refused_frame_shows_nothing(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_D);
  scene->page.headers = refusing;
  expect(scene, LOGIN_SIGHT_NOTHING, LOGIN_SIGHT_NOTHING, LOGIN_FRAME_REFUSED);
  assert_int_equal(login_judge(&scene->login).frame.reason, FRAME_NOT_LISTED);
}

static void a_dropped_cookie_is_a_loop(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_A);
  scene->login.rocket = "https://chat.example.net";
  static const struct http_header headers[] = {HEADER("Access-Control-Allow-Origin", "https://chat.example.net"), CREDENTIALS, TYPE};
  scene->api.answer.headers = scene->signed_api.answer.headers = headers;
  scene->login.message_target = scene->login.rocket;
  scene->login.frame_count = 0;
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_LOOP, LOGIN_COOKIE_STORE);
  assert_int_equal(login_judge(&scene->login).store.reason, COOKIE_CROSS_SITE);
  scene->login.session = "sessionid=abc; Path=/; SameSite=None; Secure";
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_SIGNED, LOGIN_FINE);
  assert_int_equal(login_judge(&scene->login).warnings, COOKIE_THIRD_PARTY);
  scene->login.session = "sessionid=abc; Path=/login; SameSite=None; Secure";
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_LOOP, LOGIN_COOKIE_FRAME);
  scene->login.session = "sessionid=abc; Path=/talks/login; SameSite=None; Secure";
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_STUCK, LOGIN_COOKIE_SEND);
}

static void a_message_to_another_origin_leaves_the_visitor_stuck(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_A);
  scene->login.message_target = "http://localhost:3000";
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_STUCK, LOGIN_MESSAGE);
}

static void an_answer_without_a_token_is_told(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_A);
  scene->login.signed_body = "{\"token\": \"t\"}";
  scene->login.signed_body_length = strlen(scene->login.signed_body);
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_STUCK, LOGIN_ANSWER);
  assert_int_equal(login_judge(&scene->login).body, LOGIN_BODY_TOKEN);
  scene = make_scene(LOGIN_CLIENT_D); /* a page with status 200 instead of 401 */
  scene->api.answer.status = 200;
  scene->login.api_body = "<html>";
  scene->login.api_body_length = 6;
  expect(scene, LOGIN_SIGHT_OWN_FORM, LOGIN_SIGHT_OWN_FORM, LOGIN_ANSWER);
  scene = make_scene(LOGIN_CLIENT_A);
  scene->signed_api.answer.status = 500;
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_STUCK, LOGIN_STATUS);
  scene = make_scene(LOGIN_CLIENT_A);
  scene->api.answer.status = 404;
  scene->login.signed_api_count = 0;
  expect(scene, LOGIN_SIGHT_FRAME, LOGIN_SIGHT_STUCK, LOGIN_STATUS);
}

static void what_was_not_looked_at_is_unknown(void **state) {
  (void)state;
  struct scene *scene = make_scene(LOGIN_CLIENT_A);
  scene->login.api_count = 0;
  expect(scene, LOGIN_SIGHT_UNKNOWN, LOGIN_SIGHT_UNKNOWN, LOGIN_FINE);
  scene = make_scene(LOGIN_CLIENT_B);
  scene->api.preflight = NULL;
  expect(scene, LOGIN_SIGHT_UNKNOWN, LOGIN_SIGHT_UNKNOWN, LOGIN_FINE);
  scene = make_scene(LOGIN_CLIENT_A);
  scene->login.session = scene->login.message_target = NULL;
  scene->login.frame_count = scene->login.signed_api_count = 0;
  struct login_verdict verdict = login_judge(&scene->login);
  assert_int_equal(verdict.then, LOGIN_SIGHT_SIGNED);
}

static void everything_has_a_name(void **state) {
  (void)state;
  for (size_t i = 0; i < LOGIN_SIGHT_COUNT; i++) assert_non_null(login_sight_names[i]);
  for (size_t i = 0; i < LOGIN_REASON_COUNT; i++) assert_non_null(login_reason_names[i]);
  for (size_t i = 0; i < LOGIN_BODY_COUNT; i++) assert_non_null(login_body_names[i]);
  for (size_t i = 0; i < LOGIN_CLIENT_COUNT; i++) assert_non_null(login_client_names[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_old_client_raises_every_method_and_the_others_the_known_ones),
      cmocka_unit_test(a_body_is_read_as_the_client_reads_it),
      cmocka_unit_test(a_body_over_the_limit_is_not_read),
      cmocka_unit_test(a_message_arrives_when_the_origin_is_rocket_chats),
      cmocka_unit_test(a_healthy_login_works_in_all_clients_but_c),
      cmocka_unit_test(ej_without_a_proxy_rule_fails_where_a_preflight_is_sent),
      cmocka_unit_test(without_cors_headers_the_visitor_is_stuck_or_sees_the_own_form),
      cmocka_unit_test(an_empty_setting_is_a_blank_page_or_the_own_form),
      cmocka_unit_test(a_refused_frame_shows_nothing),
      cmocka_unit_test(a_dropped_cookie_is_a_loop),
      cmocka_unit_test(a_message_to_another_origin_leaves_the_visitor_stuck),
      cmocka_unit_test(an_answer_without_a_token_is_told),
      cmocka_unit_test(what_was_not_looked_at_is_unknown),
      cmocka_unit_test(everything_has_a_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
