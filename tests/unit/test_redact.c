/* Redaction: what must never leave, what must stay readable, that doing it twice changes nothing, and that it stays fast. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include "monitor/base/redact.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#define SECRET "hunter2hunter2"

static void assert_redacted(const char *input, const char *want) {
  char *once = redact(input);
  if (strcmp(once, want) != 0) fail_msg("%s\n  became %s\n  want   %s", input, once, want);
  char *twice = redact(once);
  assert_string_equal(twice, want);
  free(once);
  free(twice);
}

static void assert_kept(const char *input) {
  assert_redacted(input, input);
}

static int forget(void **state) {
  (void)state;
  redact_forget_all();
  return 0;
}

static void a_registered_secret_is_hidden_in_all_its_spellings(void **state) {
  (void)state;
  redact_register("pa ss/w\"rd");
  assert_redacted("x pa ss/w\"rd y", "x [hidden] y");
  assert_redacted("pa%20ss%2Fw%22rd", "[hidden]");
  assert_redacted("pa%20ss%2fw%22rd", "[hidden]");
  assert_redacted("{\"text\":\"pa ss/w\\\"rd\"}", "{\"text\":\"[hidden]\"}");
  redact_register("p%40ss%23word");
  assert_redacted("the password p@ss#word is wrong", "the password [hidden] is wrong");
}

static void a_secret_that_contains_another_is_hidden_whole(void **state) {
  (void)state;
  redact_register("abcd");
  redact_register("abcdefgh");
  assert_redacted("1 abcdefgh 2 abcd 3 abcdefg", "1 [hidden] 2 [hidden] 3 [hidden]efg");
}

static void a_short_secret_does_not_garble_every_text(void **state) {
  (void)state;
  redact_register("abc");
  redact_register("");
  redact_register(NULL);
  assert_kept("abc is kept");
}

static void a_secret_of_the_word_hidden_does_not_nest(void **state) {
  (void)state;
  redact_register("hidden");
  assert_redacted("hidden and [hidden]", "[hidden] and [hidden]");
}

static void the_password_of_a_url_is_registered(void **state) {
  (void)state;
  redact_register_url("postgresql://ejmon:s3cr%40t@postgres/db");
  assert_redacted("FATAL: s3cr@t", "FATAL: [hidden]");
  redact_register_url("postgresql://postgres/db?user=a&password=parameterised&x=y");
  assert_redacted("FATAL: parameterised", "FATAL: [hidden]");
  redact_register_url("https://t0ken-of-a-forge@git.example.org/x");
  assert_redacted("Bearer of t0ken-of-a-forge", "Bearer of [hidden]");
  redact_register_url("https://operator:gehe%3Aim99@ej.example.org");
  assert_redacted("operator gehe:im99, gehe%3Aim99", "operator [hidden], [hidden]");
  assert_redacted("Basic b3BlcmF0b3I6Z2VoZTppbTk5", "Basic [hidden]");
  redact_register_url("https://sk_live_4711:@api.example.org");
  assert_redacted("sk_live_4711", "[hidden]");
  redact_register_url("not a url");
  redact_register_url(NULL);
  redact_register_url("http://host:8080/path@x");
  assert_kept("8080");
}

static void passwords_in_urls_are_hidden(void **state) {
  (void)state;
  assert_redacted("see postgresql://ej:" SECRET "@db:5432/ej?x=y.", "see postgresql://ej:[hidden]@db:5432/ej?x=y.");
  assert_redacted("mongodb://u:" SECRET "@a:1,b:2/x", "mongodb://u:[hidden]@a:1,b:2/x");
  assert_redacted("redis://:" SECRET "@host", "redis://:[hidden]@host");
  assert_redacted("a://u:p@ss@host b://v:q@host", "a://u:[hidden]@host b://v:[hidden]@host");
  assert_redacted("psql://u:ab/cd#ef@host/db", "psql://u:[hidden]@host/db");
  assert_redacted("https://" SECRET "@host:8443/x", "https://[hidden]@host:8443/x");
  assert_redacted("SENTRY_DSN=HTTPS://" SECRET "@sentry.example.org/1", "SENTRY_DSN=HTTPS://[hidden]@sentry.example.org/1");
  assert_redacted("\"https:\\/\\/u:" SECRET "@host\\/x\"", "\"https:\\/\\/[hidden]@host\\/x\"");
  assert_redacted("see https://u:" SECRET "@host:8443/x, http://:" SECRET "@host",
                  "see https://[hidden]@host:8443/x, http://[hidden]@host");
  assert_redacted("https://" SECRET ":@api.example.org/v1", "https://[hidden]@api.example.org/v1"); /* a token for a user, no password */
  assert_redacted("('psql://u:" SECRET "@host/db')", "('psql://u:[hidden]@host/db')");
}

static void urls_without_a_password_stay(void **state) {
  (void)state;
  assert_kept("http://127.0.0.1:8080/static/x@2x.png");
  assert_kept("https://[::1]:8443/a:b@c");
  assert_kept("https://ej.example.org/login/?next=/a:b@c");
  assert_kept("psql://user@host/db");
  assert_kept("mailto:someone@example.org");
}

static void assignments_are_hidden(void **state) {
  (void)state;
  assert_redacted("DJANGO_SECRET_KEY=" SECRET, "DJANGO_SECRET_KEY=[hidden]");
  assert_redacted("DJANGO_SECRET_KEY=a&b,c;d#e(f next", "DJANGO_SECRET_KEY=[hidden] next");
  assert_redacted("export EMAIL_HOST_PASSWORD=\"two words\"\nB=1", "export EMAIL_HOST_PASSWORD=\"[hidden]\"\nB=1");
  assert_redacted("password = '" SECRET "' # it", "password = '[hidden]' # it");
  assert_redacted("dbname=ej user=ej password=" SECRET " host=db", "dbname=ej user=ej password=[hidden] host=db");
  assert_redacted("/x?token=" SECRET "&page=2", "/x?token=[hidden]&page=2");
  assert_redacted("next=%2Fx%3Ftoken%3D" SECRET "%26page%3D2", "next=%2Fx%3Ftoken%3D[hidden]%26page%3D2");
  assert_redacted("sessionid=" SECRET "; Path=/", "sessionid=[hidden]; Path=/");
  assert_redacted("csrfmiddlewaretoken=" SECRET "&next=/", "csrfmiddlewaretoken=[hidden]&next=/");
  assert_redacted("'PASSWORD' => 'x y', 'a' => 'b'", "'PASSWORD' => '[hidden]', 'a' => 'b'");
  assert_redacted("a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_password=x",
                  "a_very_long_name_that_goes_on_and_on_and_on_and_on_and_on_and_on_and_on_password=[hidden]");
  assert_redacted("DB_PASS=x", "DB_PASS=[hidden]");
}

static void yaml_and_python_values_are_hidden(void **state) {
  (void)state;
  assert_redacted("db:\n  password: apples\n  host: db\n", "db:\n  password: [hidden]\n  host: db\n");
  assert_redacted("- secret: apples", "- secret: [hidden]");
  assert_redacted("the password: " SECRET " was refused", "the password: [hidden] was refused");
  assert_redacted("routing_key: apples # pager", "routing_key: [hidden] # pager");
  assert_redacted("{'PASSWORD': 'x y', 'HOST': 'db'}", "{'PASSWORD': '[hidden]', 'HOST': 'db'}");
}

static void headers_are_hidden_to_their_end(void **state) {
  (void)state;
  assert_redacted("Authorization: Bearer " SECRET "\r\nHost: x", "Authorization: [hidden]\r\nHost: x");
  assert_redacted("> proxy-authorization: Basic dTpw", "> proxy-authorization: [hidden]");
  assert_redacted("Cookie: a=b; sessionid=c; d=e\nHost: x", "Cookie: [hidden]\nHost: x");
  assert_redacted("Cookie: a=\"b c\"; d=e", "Cookie: [hidden]");
  assert_redacted("set-cookie: rc_token=abc; Path=/", "set-cookie: [hidden]");
  assert_redacted("X-Auth-Token: abc", "X-Auth-Token: [hidden]");
  assert_redacted("curl -H 'Authorization: Bearer " SECRET "' -H 'X-Auth-Token: abc' https://x",
                  "curl -H 'Authorization: [hidden]' -H 'X-Auth-Token: [hidden]' https://x");
  assert_redacted("{\"Authorization\": \"Bearer " SECRET "\"}", "{\"Authorization\": \"[hidden]\"}");
}

/* Redacted JSON must still be JSON, and not hold the secret. */
static void assert_json(const char *json) {
  char *clean = redact(json);
  json_t *root = json_loads(clean, 0, NULL);
  if (!root || strstr(clean, SECRET)) fail_msg("%s\n  became %s", json, clean);
  json_decref(root);
  char *twice = redact(clean);
  assert_string_equal(clean, twice);
  free(twice);
  free(clean);
}

static void json_is_hidden_and_stays_json(void **state) {
  (void)state;
  assert_json("{\"password\":\"" SECRET "\",\"a\":1}");
  assert_json("{\"password\" : \"" SECRET "\"}");
  assert_json("{\"authToken\": \"x\\\"" SECRET "\", \"b\": [1]}");
  assert_json("{\"password\": {\"digest\": \"" SECRET "\", \"algorithm\": \"sha-256\"}, \"b\": 2}");
  assert_json("{\"tokens\": [\"a\", \"" SECRET "\"], \"b\": 2}");
  assert_json("{\"token\": 12345678, \"b\": 2}");
  assert_json("{\"secret\": null, \"token\": true}");
  assert_json("{\"password\": \"\", \"b\": 2}");
  assert_json("{\"text\": \"it says {\\\"password\\\": \\\"" SECRET "\\\", \\\"b\\\": 1}\"}");
  assert_json("{\"text\": \"it says {\\\"tokens\\\": [\\\"" SECRET "\\\"]}\"}");
  assert_json("{\"text\": \"PASSWORD=" SECRET "\\\\\", \"b\": 1}");
  assert_json("{\"text\": \"PASSWORD=" SECRET "\\nHOST=db\", \"b\": \"x\"}");
  assert_json("{\"text\": \"Authorization: Bearer " SECRET "\", \"b\": \"x\"}");
  assert_json("{\"text\": \"Cookie: a=" SECRET "; b=\\\"" SECRET "\\\"\", \"b\": \"x\"}");
  assert_redacted("{\"password\": \"cut off in the mid", "{\"password\": \"[hidden]\"");
  assert_kept("{\"password\": null, \"token\": false}");
}

static void ordinary_prose_stays_readable(void **state) {
  (void)state;
  assert_kept("token: the word");
  assert_kept("Two things about the token: it is short, and it is old.");
  assert_kept("The secret: nobody knows it.");
  assert_kept("FATAL: password authentication failed for user \"ej\"");
  assert_kept("login/token-refused: The user's token was refused by Rocket.Chat.");
  assert_kept("frame/cookie-blocked: Chrome drops the cookie: its SameSite is Lax");
  assert_kept("SESSION_COOKIE_SECURE=True CSRF_COOKIE_SECURE=false");
  assert_kept("password_file=/run/secrets/db POSTGRES_PASSWORD_FILE=/run/secrets/db");
  assert_kept("Content-Type: application/json; charset=utf-8");
  assert_kept("key=value, monkey=banana");
  assert_kept("std::token::next and a:b:c");
  assert_kept("PASSWORD=\nHOST=");
  assert_kept("no secret at all");
  assert_kept("");
}

static void a_text_is_redacted_in_place(void **state) {
  (void)state;
  struct text text = {0};
  redact_text(&text);
  assert_null(text.data);
  text_add(&text, "a PASSWORD=" SECRET);
  redact_text(&text);
  assert_string_equal(text_get(&text), "a PASSWORD=[hidden]");
  assert_int_equal(text.length, strlen("a PASSWORD=[hidden]"));
  text_add(&text, " more");
  assert_string_equal(text_get(&text), "a PASSWORD=[hidden] more");
  text_free(&text);
}

static void random_texts_neither_crash_nor_let_a_registered_secret_through(void **state) {
  (void)state;
  static const char *const words[] = {"password",
                                      "token",
                                      "Cookie",
                                      "Authorization",
                                      "X-Auth-Token",
                                      "\"",
                                      "'",
                                      "\\\"",
                                      "\\",
                                      "=",
                                      ":",
                                      " ",
                                      ": ",
                                      "\n",
                                      "%3D",
                                      "%26",
                                      "&",
                                      ",",
                                      ";",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "://",
                                      "u:p@h",
                                      "@",
                                      "/",
                                      "[hidden]",
                                      "s3cr3tvalue",
                                      "abcd",
                                      "the",
                                      "_KEY",
                                      "-",
                                      "\xc3\xa9",
                                      "\xff",
                                      "true",
                                      "12",
                                      ":\\/\\/",
                                      "#",
                                      "\t"};
  srand48(3);
  redact_register("s3cr3tvalue");
  redact_register("abcd");
  for (int round = 0; round < 50000; round++) {
    struct text text = {0};
    for (long n = lrand48() % 14; n > 0; n--) text_add(&text, words[(size_t)lrand48() % countof(words)]);
    char *clean = redact(text_get(&text));
    if (strstr(clean, "s3cr3tvalue")) fail_msg("%s\n  became %s", text_get(&text), clean);
    free(clean);
    text_free(&text);
  }
}

static void whatever_is_put_together_loses_its_secrets_once_and_for_all(void **state) {
  (void)state;
  static const char *const names[] = {
      "PASSWORD=", "password = ", "\"token\": ", "'secret':", "X-Auth-Token: ", "api_key: ", "?token=", "DB_PASS=", "\\\"authToken\\\": "};
  static const char *const values[] = {SECRET, "\"" SECRET "\"", "'" SECRET "'", "\"a \\\" " SECRET "\""};
  static const char *const others[] = {"postgresql://u:" SECRET "@db/x",
                                       "the words",
                                       "Cookie: a=" SECRET "; b=\"" SECRET "\"\n",
                                       "Authorization: Basic " SECRET "\n",
                                       "registered",
                                       "http://host:80/x",
                                       "{",
                                       "}",
                                       "\xc3\xa9",
                                       "key: value",
                                       "-",
                                       "true"};
  static const char *const glue[] = {" ", "\n", ", ", "; "};
  srand48(4);
  redact_register("registered");
  for (int round = 0; round < 50000; round++) {
    struct text text = {0};
    for (long n = lrand48() % 6; n > 0; n--) {
      if (lrand48() % 2) {
        size_t name = (size_t)lrand48() % countof(names);
        text_add(&text, names[name]);
        text_add(&text, name == countof(names) - 1 ? "\\\"" SECRET "\\\"" : values[(size_t)lrand48() % countof(values)]);
      } else {
        text_add(&text, others[(size_t)lrand48() % countof(others)]);
      }
      text_add(&text, glue[(size_t)lrand48() % countof(glue)]);
    }
    char *once = redact(text_get(&text)), *twice = redact(once);
    bool leaks = strstr(once, SECRET) || strstr(once, "registered");
    if (leaks || strcmp(once, twice) != 0) fail_msg("%s\n  became %s\n  then   %s", text_get(&text), once, twice);
    free(once);
    free(twice);
    text_free(&text);
  }
}

static double seconds_of(const char *unit) {
  struct text text = {0};
  while (text.length < 1000000) text_add(&text, unit);
  struct timespec before, after;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  char *clean = redact(text_get(&text));
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  free(clean);
  text_free(&text);
  return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void a_megabyte_takes_less_than_a_second_whatever_it_holds(void **state) {
  (void)state;
  for (int i = 0; i < 30; i++) {
    char *secret = text_format("secret-number-%d-of-many", i);
    redact_register(secret);
    free(secret);
  }
  static const char *const units[] = {"x",
                                      "a=",
                                      "token: ",
                                      "token:",
                                      "\"token\":[",
                                      "\"token\":\"",
                                      "token=",
                                      "://",
                                      "://a:b/",
                                      "a://b:c@",
                                      " ",
                                      "=",
                                      "Cookie: a=",
                                      "secret-number-",
                                      "\\",
                                      "password ",
                                      "'token':{",
                                      "token='",
                                      "\\\"token\\\":\\\"",
                                      ": ",
                                      "Authorization:\n",
                                      "-",
                                      "token:\"",
                                      "token=%3D",
                                      "/token:",
                                      "/cookie:",
                                      ":\\/\\/a:b",
                                      ":\\/\\/",
                                      "://a:"};
  for (size_t i = 0; i < countof(units); i++) {
    double seconds = seconds_of(units[i]);
    if (seconds > 1 && !RUNNING_ON_VALGRIND) fail_msg("a megabyte of %s takes %.1f s", units[i], seconds);
  }
}

static void a_secret_that_died_is_forgotten_alone(void **state) {
  (void)state;
  redact_register("a-dead/token-0123");
  redact_register("a-living-token-01");
  redact_forget("a-dead/token-0123");
  redact_forget("never registered");
  redact_forget(NULL);
  char *text = redact("a-dead/token-0123 a-dead%2Ftoken-0123 a-living-token-01");
  assert_string_equal(text, "a-dead/token-0123 a-dead%2Ftoken-0123 [hidden]");
  free(text);
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(a_registered_secret_is_hidden_in_all_its_spellings),
      TEST(a_secret_that_contains_another_is_hidden_whole),
      TEST(a_short_secret_does_not_garble_every_text),
      TEST(a_secret_that_died_is_forgotten_alone),
      TEST(a_secret_of_the_word_hidden_does_not_nest),
      TEST(the_password_of_a_url_is_registered),
      TEST(passwords_in_urls_are_hidden),
      TEST(urls_without_a_password_stay),
      TEST(assignments_are_hidden),
      TEST(yaml_and_python_values_are_hidden),
      TEST(headers_are_hidden_to_their_end),
      TEST(json_is_hidden_and_stays_json),
      TEST(ordinary_prose_stays_readable),
      TEST(a_text_is_redacted_in_place),
      TEST(random_texts_neither_crash_nor_let_a_registered_secret_through),
      TEST(whatever_is_put_together_loses_its_secrets_once_and_for_all),
      TEST(a_megabyte_takes_less_than_a_second_whatever_it_holds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
