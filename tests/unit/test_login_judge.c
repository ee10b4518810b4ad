/* What the login's answers mean: each fault has its code, health raises nothing, and what was not looked at is not passed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/login/login_codes.h"
#include "checks/login/login_judge.h"

#define CHAT "https://chat.example.org"
#define EJ "https://ej.example.org"
#define API EJ "/talks/api-login/"
#define PAGE EJ "/talks/login/?next=/talks/"
#define LAX "sessionid=secret-value; HttpOnly; Path=/; SameSite=Lax"
#define ACAO "Access-Control-Allow-Origin"
#define ACAC "Access-Control-Allow-Credentials"

struct stage {
  struct login_view view;
  struct findings out;
};

static void add(struct http_response *response, const char *name, const char *value) {
  http_header_add(response, name, strlen(name), value, strlen(value));
}

static void say(struct web_fetch *fetch, int status, const char *body) {
  fetch->response.status = status;
  free(fetch->response.body);
  fetch->response.body = xstrdup(body);
  fetch->response.body_length = strlen(body);
  web_answer_read(&fetch->response, &fetch->answer);
}

static struct web_fetch *hop(struct web_walk *walk, const char *url, int status) {
  struct web_fetch *fetch = &walk->hops[walk->count].fetch;
  walk->hops[walk->count++].url = xstrdup(url);
  *fetch = (struct web_fetch){.url = xstrdup(url)};
  say(fetch, status, "");
  return fetch;
}

static void cors(struct http_response *response) {
  add(response, ACAO, CHAT);
  add(response, ACAC, "true");
}

static void address(struct stage *stage, const char *rocketchat, const char *site) {
  free(stage->view.rocketchat);
  free(stage->view.site);
  stage->view.rocketchat = xstrdup(rocketchat);
  stage->view.site = xstrdup(site);
}

static int set_up(void **state) {
  struct stage *stage = calloc(1, sizeof *stage);
  address(stage, CHAT, EJ);
  stage->view.method = "POST";
  stage->view.windows = ROCKET_WINDOW_BIT(ROCKET_WINDOW_A);
  stage->view.now = 1700000000;
  *state = stage;
  return 0;
}

static int tear_down(void **state) {
  struct stage *stage = *state;
  login_view_free(&stage->view);
  findings_free(&stage->out);
  free(stage);
  return 0;
}

static void page(struct stage *stage, const char *url, const char *cookie) {
  struct web_fetch *fetch = hop(&stage->view.page, url, 200);
  add(&fetch->response, "Content-Type", "text/html; charset=utf-8");
  add(&fetch->response, "Strict-Transport-Security", "max-age=1");
  if (cookie) add(&fetch->response, "Set-Cookie", cookie);
}

static void preflight(struct stage *stage, int status, const char *allowed) {
  stage->view.preflight = (struct web_fetch){.url = xstrdup(API)};
  say(&stage->view.preflight, status, "");
  cors(&stage->view.preflight.response);
  if (allowed) add(&stage->view.preflight.response, "Access-Control-Allow-Headers", allowed);
}

static void judge(struct stage *stage) {
  login_judge_view(&stage->view, &stage->out);
}

/* Exactly this code of these severities was raised; NULL: none. */
static void check_only(struct stage *stage, const char *code, enum severity severity) {
  for (size_t i = 0; i < stage->out.count; i++) {
    if (!code || strcmp(stage->out.items[i].code->name, code) != 0) fail_msg("raised %s", stage->out.items[i].code->name);
    assert_int_equal(stage->out.items[i].severity, severity);
  }
  assert_int_equal(stage->out.count, code ? 1 : 0);
}

static bool passed(const struct stage *stage, const char *code) {
  return findings_passed(&stage->out, code);
}

/* --- health --------------------------------------------------------------------------------------------------------------------------- */

static void a_healthy_login_raises_nothing(void **state) {
  struct stage *stage = *state;
  cors(&hop(&stage->view.api, API, 401)->response);
  page(stage, PAGE, LAX "; Secure");
  judge(stage);
  check_only(stage, NULL, 0);
  static const char *const codes[] = {"login/cors-missing", "login/cross-site", "login/api-status",    "login/preflight-refused",
                                      "login/no-tls",       "login/redirected", "login/mixed-content", "login/cookie-dropped"};
  for (size_t i = 0; i < countof(codes); i++) assert_true(passed(stage, codes[i]));
  assert_true(login_api_spoke(&stage->view));
}

static void a_laboratory_on_plain_http_is_well(void **state) {
  struct stage *stage = *state;
  address(stage, "http://127.0.0.1:3000", "http://127.0.0.1:8000");
  struct web_fetch *api = hop(&stage->view.api, "http://127.0.0.1:8000/talks/api-login/", 401);
  add(&api->response, ACAO, "http://127.0.0.1:3000");
  add(&api->response, ACAC, "true");
  page(stage, "http://127.0.0.1:8000/talks/login/", LAX);
  judge(stage);
  check_only(stage, NULL, 0);
}

static void what_was_not_asked_is_neither_found_nor_passed(void **state) {
  struct stage *stage = *state;
  stage->view.windows = 0;
  judge(stage);
  check_only(stage, NULL, 0);
  static const char *const codes[] = {"login/cors-missing",  "login/cross-site", "login/unreachable", "login/preflight-refused",
                                      "login/rocket-policy", "login/forced-ssl", "login/page-type",   "login/no-hsts"};
  for (size_t i = 0; i < countof(codes); i++) assert_false(passed(stage, codes[i]));
}

/* --- the API's answer ----------------------------------------------------------------------------------------------------------------- */

static void check_status(int status, const char *body, const char *type, const char *code) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  struct web_fetch *fetch = hop(&stage->view.api, API, status);
  if (type) add(&fetch->response, "Content-Type", type);
  say(fetch, status, body);
  judge(stage);
  check_only(stage, code, SEVERITY_CRITICAL);
  assert_false(passed(stage, "login/cors-missing")); /* an error page of others tells nothing about CORS */
  static const char *const others[] = {"login/api-missing", "login/api-failed", "login/api-status", "login/token-for-anybody"};
  for (size_t i = 0; i < countof(others); i++) assert_false(passed(stage, others[i])); /* another error is no pass */
  assert_false(login_api_spoke(&stage->view));
  tear_down(&state);
}

static void answers_other_than_401_have_their_codes(void **state) {
  (void)state;
  check_status(404, "<h1>Not Found</h1>", "text/html", "login/api-missing");
  check_status(410, "", NULL, "login/api-missing");
  check_status(500, "<h1>Server Error (500)</h1>", "text/html", "login/api-failed");
  check_status(502, "<center>nginx</center>", "text/html", "login/unreachable");
  check_status(403, "", NULL, "login/api-status");
  check_status(405, "", NULL, "login/api-status");
  check_status(429, "", NULL, "login/api-status");
  check_status(200, "<html></html>", "text/html", "login/api-status");
  check_status(200, "{\"loginToken\":\"abcdefghijklmnop\"}", "application/json", "login/token-for-anybody");
  check_status(200, "{\"token\":\"abcdefghijklmnop\"}", "application/json", "login/token-for-anybody");
}

static void no_answer_is_no_verdict_on_cors(void **state) {
  struct stage *stage = *state;
  hop(&stage->view.api, API, 0)->result = -111;
  judge(stage);
  check_only(stage, "login/unreachable", SEVERITY_CRITICAL);
  assert_false(passed(stage, "login/cors-missing") || passed(stage, "login/api-status"));
}

static void a_token_for_anybody_is_not_quoted(void **state) {
  struct stage *stage = *state;
  struct web_fetch *fetch = hop(&stage->view.api, API, 200);
  add(&fetch->response, "Content-Type", "application/json");
  say(fetch, 200, "{\"loginToken\":\"abcdefghijklmnop\"}");
  judge(stage);
  const struct finding *finding = findings_find(&stage->out, "login/token-for-anybody");
  assert_non_null(finding);
  assert_null(strstr(finding->summary, "abcdefghijklmnop"));
  for (size_t i = 0; i < finding->evidence_count; i++) assert_null(strstr(finding->evidence[i].saw, "abcdefghijklmnop"));
}

/* --- CORS ----------------------------------------------------------------------------------------------------------------------------- */

static void check_cors(const char *const *origins, const char *credentials, const char *code) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  struct http_response *response = &hop(&stage->view.api, API, 401)->response;
  for (; origins && *origins; origins++) add(response, ACAO, *origins);
  if (credentials) add(response, ACAC, credentials);
  judge(stage);
  check_only(stage, code, SEVERITY_CRITICAL);
  tear_down(&state);
}

#define ORIGINS(...)      \
  (const char *const[]) { \
    __VA_ARGS__, NULL     \
  }

static void every_cors_fault_has_its_code(void **state) {
  (void)state;
  check_cors(ORIGINS(CHAT), "true", NULL);
  check_cors(NULL, NULL, "login/cors-missing");
  check_cors(ORIGINS(CHAT, CHAT), "true", "login/cors-doubled");
  check_cors(ORIGINS(CHAT ", " CHAT), "true", "login/cors-doubled");
  check_cors(ORIGINS("*"), "true", "login/cors-credentials");
  check_cors(ORIGINS(CHAT), NULL, "login/cors-credentials");
  check_cors(ORIGINS(CHAT), "True", "login/cors-credentials");
  check_cors(ORIGINS(CHAT "/"), "true", "login/cors-origin");
  check_cors(ORIGINS(CHAT ":443"), "true", "login/cors-origin");
  check_cors(ORIGINS("https://Chat.example.org"), "true", "login/cors-origin");
  check_cors(ORIGINS("chat.example.org"), "true", "login/cors-origin");
  check_cors(ORIGINS("https://old.example.org"), "true", "login/cors-origin");
}

/* --- redirects --------------------------------------------------------------------------------------------------------------------------
 */

static void check_redirect(const char *from, const char *to, const char *code, const char *words) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  struct http_response *response = &hop(&stage->view.api, from, 301)->response;
  add(response, "Location", to);
  cors(&hop(&stage->view.api, to, 401)->response);
  judge(stage);
  check_only(stage, code, SEVERITY_CRITICAL);
  assert_non_null(strstr(stage->out.items[0].summary, words));
  tear_down(&state);
}

static void a_redirect_is_named_by_what_it_does(void **state) {
  (void)state;
  check_redirect(EJ "/talks/api-login", API, "login/redirected", "to add the slash");
  check_redirect(API, "https://www.ej.example.org/talks/api-login/", "login/redirected", "to another host or port");
  check_redirect(API, EJ "/login/", "login/redirected", "to another page");
}

static void an_http_address_below_an_https_page_is_mixed_content(void **state) {
  struct stage *stage = *state;
  struct http_response *response = &hop(&stage->view.api, "http://ej.example.org/talks/api-login/", 301)->response;
  add(response, "Location", API);
  cors(&hop(&stage->view.api, API, 401)->response);
  judge(stage);
  check_only(stage, "login/mixed-content", SEVERITY_CRITICAL);
}

static void an_endless_redirect_is_a_redirect(void **state) {
  struct stage *stage = *state;
  add(&hop(&stage->view.api, API, 302)->response, "Location", API);
  stage->view.api.endless = true;
  judge(stage);
  check_only(stage, "login/redirected", SEVERITY_CRITICAL);
}

/* --- preflight ------------------------------------------------------------------------------------------------------------------------ */

static void check_preflight(unsigned windows, int status, const char *allowed, const char *code, enum severity severity) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  cors(&hop(&stage->view.api, API, 401)->response);
  stage->view.windows = windows;
  preflight(stage, status, allowed);
  judge(stage);
  check_only(stage, code, severity);
  assert_int_equal(passed(stage, "login/preflight-refused"), code == NULL);
  tear_down(&state);
}

static void the_preflight_counts_where_the_client_asks(void **state) {
  (void)state;
  unsigned a = ROCKET_WINDOW_BIT(ROCKET_WINDOW_A), b = ROCKET_WINDOW_BIT(ROCKET_WINDOW_B), c = ROCKET_WINDOW_BIT(ROCKET_WINDOW_C),
           d = ROCKET_WINDOW_BIT(ROCKET_WINDOW_D);
  check_preflight(b, 401, NULL, "login/preflight-refused", SEVERITY_CRITICAL);
  check_preflight(c, 401, NULL, "login/preflight-refused", SEVERITY_CRITICAL);
  check_preflight(b, 200, NULL, "login/preflight-refused", SEVERITY_CRITICAL);
  check_preflight(b, 200, "*", "login/preflight-refused", SEVERITY_CRITICAL);
  check_preflight(b, 200, "content-type", NULL, 0);
  check_preflight(b, 204, "X-Other, Content-Type", NULL, 0);
  check_preflight(a, 401, NULL, NULL, 0);
  check_preflight(d, 401, NULL, NULL, 0);
  /* 7.9 is C or D, 6.1 is A or B: only perhaps. */
  check_preflight(c | d, 401, NULL, "login/preflight-refused", SEVERITY_WARNING);
  check_preflight(a | b, 401, NULL, "login/preflight-refused", SEVERITY_WARNING);
}

/* --- cookies -------------------------------------------------------------------------------------------------------------------------- */

static void check_cookie(const char *rocketchat, const char *site, const char *cookie, const char *code, enum severity severity) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  address(stage, rocketchat, site);
  auto_free char *url = text_format("%s/talks/login/", site);
  page(stage, url, cookie);
  judge(stage);
  bool found = false;
  for (size_t i = 0; i < stage->out.count; i++) {
    const struct finding *finding = &stage->out.items[i];
    for (size_t k = 0; k < finding->evidence_count; k++) assert_null(strstr(finding->evidence[k].saw, "secret-value"));
    if (finding->code->severity == SEVERITY_INFO || text_equal(finding->code->name, "login/no-tls")) continue;
    if (!code || !text_equal(finding->code->name, code))
      fail_msg("%s for %s and %s raised %s", cookie, site, rocketchat, finding->code->name);
    assert_int_equal(finding->severity, severity);
    found = true;
  }
  if (code && !found) fail_msg("%s for %s and %s did not raise %s", cookie, site, rocketchat, code);
  tear_down(&state);
}

static void cookies_are_judged_by_site_and_scheme(void **state) {
  (void)state;
  check_cookie(CHAT, EJ, LAX, NULL, 0);
  check_cookie(CHAT ":8443", EJ, LAX, NULL, 0); /* ports do not count */
  check_cookie("https://chat.other.org", EJ, LAX, "login/cross-site", SEVERITY_CRITICAL);
  check_cookie("https://chat.com.br", "https://ej.com.br", LAX, "login/cross-site", SEVERITY_CRITICAL);
  check_cookie("https://chat.gov.br", "https://ej.gov.br", LAX, "login/cross-site", SEVERITY_CRITICAL);
  check_cookie("https://chat.participa.gov.br", "https://ej.participa.gov.br", LAX, NULL, 0);
  check_cookie("http://chat.example.org", EJ, LAX, "login/cross-site", SEVERITY_CRITICAL);
  check_cookie("https://chat.other.org", EJ, NULL, "login/cross-site", SEVERITY_CRITICAL); /* none seen: Django's are Lax */
  check_cookie("https://chat.other.org", EJ, "sessionid=secret-value; Path=/; SameSite=None; Secure", "login/third-party-cookies",
               SEVERITY_WARNING);
}

static void cookies_that_browsers_drop_are_named(void **state) {
  (void)state;
  check_cookie(CHAT, EJ, "sessionid=secret-value; Path=/; SameSite=None", "login/cookie-dropped", SEVERITY_CRITICAL);
  check_cookie(CHAT, EJ, "sessionid=secret-value; Path=/; Domain=other.org", "login/cookie-dropped", SEVERITY_CRITICAL);
  check_cookie(CHAT, EJ, "__Host-sessionid=secret-value; Path=/talks/; Secure", "login/cookie-dropped", SEVERITY_CRITICAL);
  check_cookie("http://chat.example.org", "http://ej.example.org", "csrftoken=secret-value; Path=/; Secure", "login/cookie-dropped",
               SEVERITY_CRITICAL);
  check_cookie("https://chat.other.org", EJ, "SERVERID=secret-value; Path=/; Domain=nowhere.org", "login/cross-site",
               SEVERITY_CRITICAL); /* a load balancer's does not count, Django's default does */
}

static void an_api_url_that_leads_elsewhere_says_nothing_of_cookies(void **state) {
  struct stage *stage = *state;
  page(stage, PAGE, LAX "; Secure");
  cors(&hop(&stage->view.api, "https://ej.other.org/talks/api-login/", 401)->response);
  judge(stage);
  check_only(stage, NULL, 0);
  assert_true(passed(stage, "login/cross-site"));
}

/* --- the rest ------------------------------------------------------------------------------------------------------------------------- */

static void a_page_that_is_no_html_is_named(void **state) {
  struct stage *stage = *state;
  struct web_fetch *fetch = hop(&stage->view.page, PAGE, 200);
  add(&fetch->response, "Content-Type", "text/plain");
  add(&fetch->response, "Strict-Transport-Security", "max-age=1");
  judge(stage);
  check_only(stage, "login/page-type", SEVERITY_CRITICAL);
}

static void check_policy(const char *policy, const char *code) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  stage->view.index = (struct web_fetch){.url = xstrdup(CHAT "/")};
  say(&stage->view.index, 200, "");
  if (policy) add(&stage->view.index.response, "Content-Security-Policy", policy);
  judge(stage);
  check_only(stage, code, SEVERITY_CRITICAL);
  assert_int_equal(passed(stage, "login/rocket-policy"), code == NULL);
  tear_down(&state);
}

static void rocketchats_own_policy_must_let_ej_in(void **state) {
  (void)state;
  check_policy(NULL, NULL);
  check_policy("default-src 'self' ; connect-src *; frame-src *; script-src 'self'", NULL);
  check_policy("default-src 'self'", "login/rocket-policy");
  check_policy("default-src 'self'; frame-src https://ej.example.org; connect-src 'self'", "login/rocket-policy");
  check_policy("default-src 'self'; frame-src https://ej.example.org; connect-src 'self' *.example.org", NULL);
  check_policy("default-src 'none'; child-src *; connect-src https:", NULL);
  check_policy("frame-src 'none'", "login/rocket-policy");
  check_policy("img-src *, frame-src other.org", "login/rocket-policy");
  check_policy("frame-src https://ej.example.org/talks/; connect-src ej.example.org", NULL);
  check_policy("frame-ancestors 'self'", NULL); /* says who may frame Rocket.Chat, which is not done here */
}

static void check_names(const char *rocketchat, const char *site, const char *code) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  address(stage, rocketchat, site);
  judge(stage);
  check_only(stage, code, SEVERITY_WARNING);
  tear_down(&state);
}

static void a_name_of_containers_is_no_public_address(void **state) {
  (void)state;
  check_names("http://rocketchat:3000", EJ, "login/internal-name");
  check_names(CHAT, "http://nginx", "login/internal-name");
  check_names("http://localhost:3000", "http://127.0.0.1", NULL);
  check_names("http://[::1]:3000", "http://10.0.0.7", NULL);
}

static void check_ssl(bool forced, const char *server_url, const char *code) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  stage->view.force_ssl_known = true;
  stage->view.force_ssl = forced;
  stage->view.server_url = xstrdup(server_url);
  judge(stage);
  check_only(stage, code, SEVERITY_CRITICAL);
  assert_int_equal(passed(stage, "login/forced-ssl"), !code && server_url);
  tear_down(&state);
}

static void ej_may_not_call_by_http_where_https_is_forced(void **state) {
  (void)state;
  check_ssl(true, "http://rocketchat:3000", "login/forced-ssl");
  check_ssl(true, CHAT, NULL);
  check_ssl(false, "http://rocketchat:3000", NULL);
  check_ssl(true, NULL, NULL);
}

static void check_tls(const char *site, const char *header, const char *cookie, const char *code, enum severity severity) {
  void *state;
  assert_int_equal(set_up(&state), 0);
  struct stage *stage = state;
  address(stage, site, site);
  auto_free char *url = text_format("%s/talks/login/", site);
  struct web_fetch *fetch = hop(&stage->view.page, url, 200);
  add(&fetch->response, "Content-Type", "text/html");
  if (header) add(&fetch->response, header, "max-age=31536000");
  add(&fetch->response, "Set-Cookie", cookie);
  judge(stage);
  check_only(stage, code, severity);
  tear_down(&state);
}

static void only_a_public_site_is_asked_for_tls(void **state) {
  (void)state;
  const char *hsts = "Strict-Transport-Security";
  check_tls("http://ej.example.org", NULL, LAX, "login/no-tls", SEVERITY_WARNING);
  check_tls("http://127.0.0.1:8000", NULL, LAX, NULL, 0);
  check_tls("http://10.1.2.3", NULL, LAX, NULL, 0);
  check_tls("http://ej.lan", NULL, LAX, NULL, 0);
  check_tls("http://ej.test", NULL, LAX, NULL, 0);
  check_tls(EJ, hsts, LAX "; Secure", NULL, 0);
  check_tls(EJ, NULL, LAX "; Secure", "login/no-hsts", SEVERITY_INFO);
  check_tls(EJ, hsts, LAX, "login/cookie-not-secure", SEVERITY_INFO);
}

static void a_page_that_comes_by_https_is_no_plain_http(void **state) {
  struct stage *stage = *state;
  address(stage, "http://ej.example.org", "http://ej.example.org");
  struct web_fetch *fetch = hop(&stage->view.page, "https://ej.example.org/talks/login/", 200);
  add(&fetch->response, "Content-Type", "text/html");
  judge(stage);
  assert_null(findings_find(&stage->out, "login/no-tls"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_healthy_login_raises_nothing),
      TEST(a_laboratory_on_plain_http_is_well),
      TEST(what_was_not_asked_is_neither_found_nor_passed),
      cmocka_unit_test(answers_other_than_401_have_their_codes),
      TEST(no_answer_is_no_verdict_on_cors),
      TEST(a_token_for_anybody_is_not_quoted),
      cmocka_unit_test(every_cors_fault_has_its_code),
      cmocka_unit_test(a_redirect_is_named_by_what_it_does),
      TEST(an_http_address_below_an_https_page_is_mixed_content),
      TEST(an_endless_redirect_is_a_redirect),
      cmocka_unit_test(the_preflight_counts_where_the_client_asks),
      cmocka_unit_test(cookies_are_judged_by_site_and_scheme),
      cmocka_unit_test(cookies_that_browsers_drop_are_named),
      TEST(an_api_url_that_leads_elsewhere_says_nothing_of_cookies),
      TEST(a_page_that_is_no_html_is_named),
      TEST(a_page_that_comes_by_https_is_no_plain_http),
      cmocka_unit_test(rocketchats_own_policy_must_let_ej_in),
      cmocka_unit_test(a_name_of_containers_is_no_public_address),
      cmocka_unit_test(ej_may_not_call_by_http_where_https_is_forced),
      cmocka_unit_test(only_a_public_site_is_asked_for_tls),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
