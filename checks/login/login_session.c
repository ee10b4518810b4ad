/* EJ's form, EJ's session, and requests with them; see login_session.h. Secrets are registered for redaction as soon as they arrive, and
 * stand in no evidence. */
#include "checks/login/login_session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/login/login_codes.h"
#include "checks/login/login_form.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"

#define SMALL_BODY (64u << 10) /* bytes of Rocket.Chat's answers: a login's is below 4 kB */
#define ONE_SHARE 0.4          /* of the time that is left, for one request of several in a row */
#define SECRET_LENGTH 16       /* of a cookie's value: a session's has 32, and shorter ones ("y", "web1") would garble every text */

void login_secret_drop(char **secret) {
  redact_forget(*secret);
  free(*secret);
  *secret = NULL;
}

static void jar_each(char *const *jar, void (*act)(const char *value)) {
  for (; jar && *jar; jar++) {
    const char *value = strchr(*jar, '=') + 1;
    if (strlen(value) >= SECRET_LENGTH) act(value);
  }
}

static void session_drop(struct login_memory *memory) {
  jar_each(memory->jar, redact_forget);
  strings_free(memory->jar);
  memory->jar = NULL;
}

void login_memory_free(struct login_memory *memory) {
  if (!memory) return;
  session_drop(memory);
  login_secret_drop(&memory->token);
  free(memory->token_user);
  free(memory->blind_words);
  free(memory);
}

void login_go_blind(struct journey *journey, const struct code *code, const char *words) {
  free(journey->memory->blind_words);
  journey->memory->blind = code;
  journey->memory->blind_words = xstrdup(translated(words));
  journey->failed = true;
}

/* --- requests ---------------------------------------------------------------------------------------------------------------------------
 */

static double time_share(void) {
  double left = task_time_left();
  return left > WEB_TIMEOUT_WITHOUT_DEADLINE ? WEB_TIMEOUT_WITHOUT_DEADLINE * ONE_SHARE : left * ONE_SHARE + 0.001;
}

bool login_is_ours(int r, const struct http_response *response) {
  return r == -ECANCELED || r == -EAGAIN || r == -ENOMEM || r == -EMFILE || r == -EINVAL ||
         (r < 0 && response->layer && strcmp(response->layer, "ejmon") == 0);
}

/* A request to EJ with its cookies; `url` as the visitor sees it. Takes what cookies come. */
int login_ask_ej(struct journey *journey, const char *method, const char *url, const char *body, bool from_rocket,
                 struct http_response *ret_response) {
  const struct login_person *person = journey->person;
  auto_free char *reach = site_address_reach(&person->site, url), *cookies = login_cookies_header(journey->memory->jar);
  auto_free char *more = from_rocket ? text_format("Origin: %s", journey->view->rocketchat) : text_format("Referer: %s", url);
  const char *headers[4] = {more};
  size_t count = 1;
  if (cookies) headers[count++] = cookies;
  if (body) headers[count++] = "Content-Type: application/x-www-form-urlencoded";
  int r = http_fetch(&(struct http_request){.url = reach,
                                            .method = method,
                                            .host = person->site.host,
                                            .headers = headers,
                                            .body = body,
                                            .body_length = body ? strlen(body) : 0,
                                            .cacert = person->cacert,
                                            .body_limit = WEB_PAGE_LIMIT,
                                            .timeout = time_share()},
                     ret_response);
  if (r < 0) return r;
  jar_each(journey->memory->jar, redact_forget); /* what is replaced is not searched for any longer */
  login_cookies_take(&journey->memory->jar, ret_response);
  jar_each(journey->memory->jar, redact_register);
  return 0;
}

int login_ask_rocket(struct journey *journey, const char *method, const char *path, const char *body, const char *token,
                     const char *token_user, struct http_response *ret_response) {
  auto_free char *url = text_format("%s%s", journey->view->rocketchat, path);
  auto_free char *first = token ? text_format("X-Auth-Token: %s", token) : NULL;
  auto_free char *second = token ? text_format("X-User-Id: %s", token_user) : NULL;
  const char *headers[6] = {"Accept: application/json"};
  size_t count = 1;
  if (token) headers[count++] = first, headers[count++] = second;
  if (body) headers[count++] = "Content-Type: application/json";
  if (journey->view->force_ssl) headers[count++] = "X-Forwarded-Proto: https";
  return http_fetch(&(struct http_request){.url = url,
                                           .method = method,
                                           .headers = headers,
                                           .body = body,
                                           .body_length = body ? strlen(body) : 0,
                                           .cacert = journey->person->cacert,
                                           .body_limit = SMALL_BODY,
                                           .timeout = time_share()},
                    ret_response);
}

char *login_site_url(const struct journey *journey, const char *path) {
  return text_format("%s%s", journey->view->site, path);
}

const char *login_location(const struct http_response *response) {
  const char *location = response->status >= 300 && response->status < 400 ? http_header(response, "Location", 0) : NULL;
  return location ? location : "";
}

void login_evidence(struct finding *finding, const char *what, const char *want, const struct http_response *response) {
  const char *location = login_location(response);
  finding_evidence(finding, what, want, "%d%s%s", response->status, *location ? ", Location: " : "", location);
}

/* --- signing in -------------------------------------------------------------------------------------------------------------------------
 */

static void judge_sign_in(struct journey *journey, const struct http_response *response) {
  struct findings *out = journey->out;
  if (response->status == 403 || response->status >= 500) {
    struct finding *finding = finding_add(out, &LOGIN_FORM_FAILED, "EJ answers %d when its login form is sent.", response->status);
    login_evidence(finding, "POST /login/", "302", response);
    journey->failed = true;
    return;
  }
  finding_pass(out, &LOGIN_FORM_FAILED);
  const char *location = login_location(response);
  if (response->status == 200 || strstr(location, "inactive") || strstr(location, "/login")) {
    login_go_blind(journey, &LOGIN_REFUSED, "EJ refuses the name or the password of ejmon's test user.");
  } else if (!*location) {
    auto_free char *words = text_format(translated("EJ answers %d when its login form is sent."), response->status);
    login_go_blind(journey, &LOGIN_FORM_UNKNOWN, words);
  } else if (!login_cookies_hold_session(journey->memory->jar)) {
    struct finding *finding = finding_add(out, &LOGIN_SESSION_LOST, "EJ's login form was accepted, and no session cookie arrives.");
    login_evidence(finding, "POST /login/", "302 with Set-Cookie", response);
    journey->failed = true;
  } else {
    const char *line, *url = journey->view->page.count ? journey->view->page.hops[0].url : journey->view->site;
    for (size_t at = 0; (line = http_header_next(response, "Set-Cookie", &at));) (void)login_judge_cookie(journey->view, url, line, out);
    journey->fresh_session = true;
  }
}

int login_sign_in(struct journey *journey) {
  auto_response struct http_response page = {0}, answer = {0};
  auto_free char *url = login_site_url(journey, "/login/");
  struct login_form form;
  session_drop(journey->memory);
  int r = login_ask_ej(journey, NULL, url, NULL, false, &page);
  if (login_is_ours(r, &page)) return r;
  if (r < 0 || page.status != 200 || login_form_read(page.body, page.body_length, &form) < 0) {
    auto_free char *words = r < 0 ? text_format(translated("EJ's /login/ does not answer: %s"), page.error ? page.error : lang_error(-r))
                                  : text_format(translated("EJ's /login/ (%d) holds no login form that ejmon can fill."), page.status);
    login_go_blind(journey, &LOGIN_FORM_UNKNOWN, words);
    return 0;
  }
  auto_free char *body = login_form_body(&form, journey->person->user, journey->person->password);
  auto_free char *target = http_resolve(url, form.action ? form.action : url);
  auto_free char *origin = target ? http_origin(target) : NULL;
  login_form_free(&form);
  if (!text_equal(origin, journey->view->site)) { /* the password goes to EJ and nowhere else */
    login_go_blind(journey, &LOGIN_FORM_UNKNOWN, "EJ's login form is sent to another host, so ejmon does not fill it.");
    return 0;
  }
  r = login_ask_ej(journey, "POST", target, body, false, &answer);
  if (login_is_ours(r, &answer)) return r;
  if (r < 0) {
    login_go_blind(journey, &LOGIN_FORM_UNKNOWN, "EJ does not answer to its login form.");
    return 0;
  }
  judge_sign_in(journey, &answer);
  return 0;
}
