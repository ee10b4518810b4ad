/* The pieces of the IFrame login that need no browser: what a client reads of an answer, where a message goes. */
#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checks/login/login_browser.h"
#include "checks/rocketchat/rocket_info.h"

const char *const login_client_names[LOGIN_CLIENT_COUNT] = {
    [LOGIN_CLIENT_A] = "A", [LOGIN_CLIENT_B] = "B", [LOGIN_CLIENT_C] = "C", [LOGIN_CLIENT_D] = "D"};

const char *const login_body_names[LOGIN_BODY_COUNT] = {
    [LOGIN_BODY_LOGIN_TOKEN] = "login-token", [LOGIN_BODY_TOKEN] = "token",         [LOGIN_BODY_NO_TOKEN] = "no-token",
    [LOGIN_BODY_EMPTY_TOKEN] = "empty-token", [LOGIN_BODY_NO_OBJECT] = "no-object", [LOGIN_BODY_NO_JSON] = "no-json",
    [LOGIN_BODY_WRONG_TYPE] = "wrong-type",   [LOGIN_BODY_LONG] = "long",
};

const char *const login_message_names[] = {
    [LOGIN_MESSAGE_ARRIVES] = "arrives", [LOGIN_MESSAGE_OTHER] = "other-origin", [LOGIN_MESSAGE_NO_URL] = "no-url"};

_Static_assert((int)LOGIN_CLIENT_A == (int)ROCKET_WINDOW_A && (int)LOGIN_CLIENT_D == (int)ROCKET_WINDOW_D, "one order of clients");

/* --- the request -----------------------------------------------------------------------------------------------------------------------
 */

bool login_client_sends_json(enum login_client client) {
  return client == LOGIN_CLIENT_B || client == LOGIN_CLIENT_C;
}

char *login_client_method(enum login_client client, const char *method) {
  static const char *const known[] = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
  char *sent = xstrdup(method ? method : "");
  bool is_raised = client == LOGIN_CLIENT_A; /* Meteor's HTTP.call does it to all */
  for (size_t i = 0; i < countof(known); i++) is_raised = is_raised || text_equal_nocase(sent, known[i]);
  for (char *c = sent; is_raised && *c; c++)
    if (*c >= 'a' && *c <= 'z') *c = (char)(*c - ('a' - 'A'));
  return sent;
}

/* --- the body --------------------------------------------------------------------------------------------------------------------------
 */

/* Meteor's HTTP.call compares what stands before ';' as it is, capitals and blanks included. */
static bool is_json_to_meteor(const char *content_type) {
  static const char *const types[] = {"application/json", "text/javascript", "application/javascript", "application/x-javascript"};
  size_t length = content_type ? strcspn(content_type, ";") : 0;
  for (size_t i = 0; i < countof(types); i++)
    if (length == strlen(types[i]) && memcmp(content_type, types[i], length) == 0) return true;
  return false;
}

/* A copy of a string member that can be a token: not empty, without NUL. */
static char *read_token(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  const char *string = json_string_value(value);
  return string && *string && strlen(string) == json_string_length(value) ? xstrdup(string) : NULL;
}

static enum login_body read_object(const json_t *object, char **ret_token) {
  char *token = read_token(object, "loginToken");
  if (token) {
    *ret_token = token;
    return LOGIN_BODY_LOGIN_TOKEN;
  }
  token = read_token(object, "token");
  if (token) {
    *ret_token = token;
    return LOGIN_BODY_TOKEN;
  }
  bool has_key = json_object_get(object, "loginToken") || json_object_get(object, "token");
  return has_key ? LOGIN_BODY_EMPTY_TOKEN : LOGIN_BODY_NO_TOKEN;
}

enum login_body login_body_read(enum login_client client, const char *content_type, const char *body, size_t length, char **ret_token) {
  static const char mark[] = "\xef\xbb\xbf"; /* browsers take a byte order mark off before they parse */
  *ret_token = NULL;
  if (length > LOGIN_BODY_LIMIT) return LOGIN_BODY_LONG;
  if (client == LOGIN_CLIENT_A && !is_json_to_meteor(content_type)) return LOGIN_BODY_WRONG_TYPE;
  size_t skip = length >= 3 && memcmp(body, mark, 3) == 0 ? 3 : 0;
  json_error_t error;
  json_auto_t *json =
      length > skip ? json_loadb(body + skip, length - skip, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error) : NULL;
  if (!json) return LOGIN_BODY_NO_JSON;
  return json_is_object(json) ? read_object(json, ret_token) : LOGIN_BODY_NO_OBJECT;
}

/* --- the message -----------------------------------------------------------------------------------------------------------------------
 */

/* The URL as browsers read it: any number of slashes, or none, stands for the two after http: and https:; NULL without a scheme of these.
 */
static char *repair_slashes(struct csp_span text) {
  static const char *const schemes[] = {"http", "https"};
  for (size_t i = 0; i < countof(schemes); i++) {
    size_t at = strlen(schemes[i]);
    if (text.length <= at || text.data[at] != ':' || !csp_equal((struct csp_span){text.data, at}, schemes[i])) continue;
    for (at++; at < text.length && (text.data[at] == '/' || text.data[at] == '\\');) at++;
    return text_format("%s://%.*s", schemes[i], (int)(text.length - at), text.data + at);
  }
  return NULL;
}

enum login_message login_message_judge(const char *target, const char *rocket) {
  struct csp_span text = csp_trim(csp_span(target));
  if (csp_equal(text, "*")) return LOGIN_MESSAGE_ARRIVES;
  if (csp_equal(text, "/")) return LOGIN_MESSAGE_OTHER; /* the sender's own origin, which is EJ's */
  auto_free char *url = repair_slashes(text);
  auto_free char *origin = url ? http_origin(url) : NULL, *own = http_origin(rocket);
  if (!origin) return LOGIN_MESSAGE_NO_URL;
  return text_equal(origin, own) ? LOGIN_MESSAGE_ARRIVES : LOGIN_MESSAGE_OTHER;
}
