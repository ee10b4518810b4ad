/* Reading EJ's pages to sign in: the form whatever its fields are called, the cookies, the message to Rocket.Chat. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checks/login/login_form.h"

static void check_form(const char *html, const char *want_body, const char *want_action) {
  struct login_form form;
  assert_int_equal(login_form_read(html, strlen(html), &form), 0);
  char *body = login_form_body(&form, "a@b.c", "p w&=+%");
  assert_string_equal(body, want_body);
  if (want_action) assert_string_equal(form.action, want_action);
  if (!want_action) assert_null(form.action);
  free(body);
  login_form_free(&form);
}

#define SECRET "p%20w%26%3D%2B%25"

static void the_form_is_found_whatever_its_fields_are_called(void **state) {
  (void)state;
  check_form(
      "<form method=\"post\"><input type=\"hidden\" name=\"csrfmiddlewaretoken\" value=\"tok\">"
      "<input type=\"email\" name=\"email\" required><input type=\"password\" name=\"password\" required></form>",
      "csrfmiddlewaretoken=tok&email=a%40b.c&password=" SECRET, NULL);
  check_form("<FORM ACTION='/login/?a=1&amp;b=2'><INPUT NAME=login><input name='pw' type='PASSWORD'/></FORM>", "login=a%40b.c&pw=" SECRET,
             "/login/?a=1&b=2");
  check_form("<form><input type=text name=q></form><form action=/x><input name=\"u\"><input type=password name=\"p\"></form>",
             "u=a%40b.c&p=" SECRET, "/x");
  check_form(
      "<!-- <form><input name=a><input type=password name=b></form> --><script>var x = \"<form>\";</script>"
      "<form action=\"\"><input type=\"hidden\" name=\"h\" value=\"&quot;&#39;\"><input name=\"u\"><input type=password name=p>",
      "h=%22%27&u=a%40b.c&p=" SECRET, NULL);
}

static void a_page_without_such_a_form_is_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"",
                                    "<form></form>",
                                    "<form><input name=a></form>",
                                    "<input name=a><input type=password name=b>",
                                    "<form><input type=password name=b></form>",
                                    "<form><input name=a",
                                    "<form ><input name=a><input type=password>"};
  struct login_form form;
  for (size_t i = 0; i < countof(bad); i++) assert_int_not_equal(login_form_read(bad[i], strlen(bad[i]), &form), 0);
  assert_int_not_equal(login_form_read(NULL, 0, &form), 0);
}

static void set(struct http_response *response, const char *line) {
  http_header_add(response, "Set-Cookie", 10, line, strlen(line));
}

static void later_cookies_replace_earlier_ones(void **state) {
  (void)state;
  struct http_response first = {0}, second = {0};
  char **jar = NULL;
  assert_null(login_cookies_header(jar));
  set(&first, "csrftoken=one; Path=/");
  set(&first, "novalue");
  set(&first, "=empty");
  login_cookies_take(&jar, &first);
  assert_false(login_cookies_hold_session(jar));
  set(&second, "csrftoken=two; Path=/");
  set(&second, "sessionid=abc ; HttpOnly");
  login_cookies_take(&jar, &second);
  assert_true(login_cookies_hold_session(jar));
  char *header = login_cookies_header(jar);
  assert_string_equal(header, "Cookie: csrftoken=two; sessionid=abc");
  free(header);
  http_response_free(&second);
  second = (struct http_response){0};
  set(&second, "sessionid=\"\"; Max-Age=0");
  login_cookies_take(&jar, &second);
  assert_false(login_cookies_hold_session(jar));
  strings_free(jar);
  http_response_free(&first);
  http_response_free(&second);
}

static void check_message(const char *html, const char *want) {
  char *target = login_message_find(html, strlen(html));
  if (want) {
    assert_non_null(target);
    assert_string_equal(target, want);
  } else {
    assert_null(target);
  }
  free(target);
}

static void the_message_is_read_as_the_script_has_it(void **state) {
  (void)state;
  check_message("window.parent.postMessage({event: 'try-iframe-login'}, 'https://chat.example.org');", "https://chat.example.org");
  check_message("postMessage({event:\"try-iframe-login\"},\"https://my\\u002Dchat.example.org:3000/\\x2f\")",
                "https://my-chat.example.org:3000//");
  check_message("postMessage({'event': 'try-iframe-login'}, '')", "");
  check_message("postMessage({event: 'try-iframe-login'}, target)", NULL);
  check_message("postMessage({event: 'try-iframe-login'}, 'unended", NULL);
  check_message("try-iframe-login", NULL);
  check_message("postMessage({event: 'login-with-token'}, 'https://chat.example.org')", NULL);
  check_message("", NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_form_is_found_whatever_its_fields_are_called),
      cmocka_unit_test(a_page_without_such_a_form_is_refused),
      cmocka_unit_test(later_cookies_replace_earlier_ones),
      cmocka_unit_test(the_message_is_read_as_the_script_has_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
