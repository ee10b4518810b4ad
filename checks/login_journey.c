/* Walks the login as a signed-in user; see login_journey.h. Secrets are registered for redaction as soon as they arrive, and stand in no
 * evidence. */
#include "checks/login_journey.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checks/login_browser.h"
#include "checks/login_codes.h"
#include "checks/login_form.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"

#define API_PATH "/talks/api-login/"
#define SMALL_BODY (64u << 10) /* bytes of Rocket.Chat's answers: a login's is below 4 kB */
#define EJ_SHARE 0.4           /* of the time that is left for one request of several in a row */

struct login_memory {
  char **jar;               /* EJ's cookies */
  char *token, *token_user; /* of Rocket.Chat, stored by EJ: looked at between journeys; NULL: none */
  double next;              /* monotonic: no journey before */
  double token_looked;
  const struct code *blind; /* what keeps ejmon from looking, said again until the next journey */
  char *blind_words;
};

struct journey {
  const struct login_person *person;
  const struct login_view *view;
  struct login_memory *memory;
  struct findings *out;
  bool fresh_session; /* signed in by this journey */
  bool superuser;
  bool fresh_tokens; /* EJ makes a token at each call: generation A */
  bool failed;       /* something was wrong: come back soon */
};

static void secret_drop(char **secret) {
  redact_forget(*secret);
  free(*secret);
  *secret = NULL;
}

static void jar_register(char *const *jar) {
  for (; jar && *jar; jar++) redact_register(*jar + strcspn(*jar, "=") + 1);
}

static void jar_forget(char *const *jar) {
  for (; jar && *jar; jar++) redact_forget(*jar + strcspn(*jar, "=") + 1);
}

static void session_drop(struct login_memory *memory) {
  jar_forget(memory->jar);
  strings_free(memory->jar);
  memory->jar = NULL;
}

void login_memory_free(struct login_memory *memory) {
  if (!memory) return;
  session_drop(memory);
  secret_drop(&memory->token);
  free(memory->token_user);
  free(memory->blind_words);
  free(memory);
}

static void go_blind(struct journey *journey, const struct code *code, const char *words) {
  free(journey->memory->blind_words);
  journey->memory->blind = code;
  journey->memory->blind_words = xstrdup(words);
  journey->failed = true;
}

/* --- requests ---------------------------------------------------------------------------------------------------------------------------
 */

static double time_share(void) {
  double left = task_time_left();
  return left > WEB_TIMEOUT_WITHOUT_DEADLINE ? WEB_TIMEOUT_WITHOUT_DEADLINE * EJ_SHARE : left * EJ_SHARE + 0.001;
}

static bool is_ours(int r, const struct http_response *response) {
  return r == -ECANCELED || r == -EAGAIN || r == -ENOMEM || r == -EMFILE || r == -EINVAL ||
         (r < 0 && response->layer && strcmp(response->layer, "ejmon") == 0);
}

/* A request to EJ with its cookies; `url` as the visitor sees it. Takes what cookies come. */
static int ask_ej(struct journey *journey, const char *method, const char *url, const char *body, bool from_rocket,
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
  jar_forget(journey->memory->jar); /* what is replaced is not searched for any longer */
  login_cookies_take(&journey->memory->jar, ret_response);
  jar_register(journey->memory->jar);
  return 0;
}

static int ask_rocket(struct journey *journey, const char *method, const char *path, const char *body, const char *token,
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

static char *site_url(const struct journey *journey, const char *path) {
  return text_format("%s%s", journey->view->site, path);
}

static const char *location_of(const struct http_response *response) {
  const char *location = response->status >= 300 && response->status < 400 ? http_header(response, "Location", 0) : NULL;
  return location ? location : "";
}

static void evidence_status(struct finding *finding, const char *what, const char *want, const struct http_response *response) {
  const char *location = location_of(response);
  finding_evidence(finding, what, want, "%d%s%s", response->status, *location ? ", Location: " : "", location);
}

/* --- signing in -------------------------------------------------------------------------------------------------------------------------
 */

static void judge_sign_in(struct journey *journey, const struct http_response *response) {
  struct findings *out = journey->out;
  if (response->status == 403 || response->status >= 500) {
    struct finding *finding = finding_add(out, &login_form_failed, "EJ answers %d when its login form is sent.", response->status);
    evidence_status(finding, "POST /login/", "302", response);
    journey->failed = true;
    return;
  }
  finding_pass(out, &login_form_failed);
  const char *location = location_of(response);
  if (response->status == 200 || strstr(location, "inactive") || strstr(location, "/login")) {
    go_blind(journey, &login_refused, "EJ refuses the name or the password of ejmon's test user.");
  } else if (!*location) {
    auto_free char *words = text_format("EJ answers %d when its login form is sent.", response->status);
    go_blind(journey, &login_form_unknown, words);
  } else if (!login_cookies_hold_session(journey->memory->jar)) {
    struct finding *finding = finding_add(out, &login_session_lost, "EJ's login form was accepted, and no session cookie arrives.");
    evidence_status(finding, "POST /login/", "302 with Set-Cookie", response);
    journey->failed = true;
  } else {
    for (size_t i = 0; i < http_header_count(response, "Set-Cookie"); i++) {
      (void)login_judge_cookie(journey->view, journey->view->page.count ? journey->view->page.hops[0].url : journey->view->site,
                               http_header(response, "Set-Cookie", i), out);
    }
    journey->fresh_session = true;
  }
}

static int sign_in(struct journey *journey) {
  auto_response struct http_response page = {0}, answer = {0};
  auto_free char *url = site_url(journey, "/login/");
  struct login_form form;
  session_drop(journey->memory);
  int r = ask_ej(journey, NULL, url, NULL, false, &page);
  if (is_ours(r, &page)) return r;
  if (r < 0 || page.status != 200 || login_form_read(page.body, page.body_length, &form) < 0) {
    auto_free char *words = r < 0 ? text_format("EJ's /login/ does not answer: %s", page.error ? page.error : strerror(-r))
                                  : text_format("EJ's /login/ (%d) holds no login form that ejmon can fill.", page.status);
    go_blind(journey, &login_form_unknown, words);
    return 0;
  }
  auto_free char *body = login_form_body(&form, journey->person->user, journey->person->password);
  auto_free char *target = http_resolve(url, form.action ? form.action : url);
  auto_free char *origin = target ? http_origin(target) : NULL;
  login_form_free(&form);
  if (!text_equal(origin, journey->view->site)) { /* the password goes to EJ and nowhere else */
    go_blind(journey, &login_form_unknown, "EJ's login form is sent to another host, so ejmon does not fill it.");
    return 0;
  }
  r = ask_ej(journey, "POST", target, body, false, &answer);
  if (is_ours(r, &answer)) return r;
  if (r < 0) {
    go_blind(journey, &login_form_unknown, "EJ does not answer to its login form.");
    return 0;
  }
  judge_sign_in(journey, &answer);
  return 0;
}

/* --- what EJ tells its user --------------------------------------------------------------------------------------------------------- */

/* The login page as the signed-in user gets it: in B its script sends the message, in A it only redirects. A superuser does not open it: EJ
 * logs in at Rocket.Chat anew for each view. */
static int look_at_page(struct journey *journey) {
  auto_response struct http_response info = {0}, page = {0};
  auto_free char *info_url = site_url(journey, "/info/"), *url = site_url(journey, "/talks/login/?next=/talks/");
  const char *generation = journey->person->generation;
  journey->fresh_tokens = text_equal(generation, "A");
  int r = ask_ej(journey, NULL, info_url, NULL, false, &info);
  if (r < 0) return is_ours(r, &info) ? r : 0;
  journey->superuser = info.status == 200;
  if (journey->superuser) return 0;
  r = ask_ej(journey, NULL, url, NULL, false, &page);
  if (r < 0) return is_ours(r, &page) ? r : 0;
  if (!generation || text_equal(generation, "auto")) {
    journey->fresh_tokens = *location_of(&page) && !strstr(location_of(&page), "/talks/register") && !strstr(location_of(&page), "/login");
  }
  auto_free char *target = page.status == 200 ? login_message_find(page.body, page.body_length) : NULL;
  if (!target) return 0;
  if (login_message_judge(target, journey->view->rocketchat) == LOGIN_MESSAGE_ARRIVES) {
    finding_pass(journey->out, &login_message_target);
    return 0;
  }
  struct finding *finding =
      finding_add(journey->out, &login_message_target, "EJ's login page tells \"%s\" that its user is signed in, and Rocket.Chat is at %s.",
                  target, journey->view->rocketchat);
  finding_evidence(finding, "postMessage's target", journey->view->rocketchat, "%s", target);
  journey->failed = true;
  return 0;
}

/* A refusal or an error: is it this user's, or everybody's? /talks/ sends whoever has no account to register. */
static int judge_refusal(struct journey *journey, const struct http_response *answer) {
  auto_response struct http_response profile = {0}, talks = {0};
  auto_free char *profile_url = site_url(journey, "/profile/"), *talks_url = site_url(journey, "/talks/");
  int r = ask_ej(journey, NULL, profile_url, NULL, false, &profile);
  if (r == 0) r = ask_ej(journey, NULL, talks_url, NULL, false, &talks);
  if (r < 0) return is_ours(r, r < 0 && talks.error ? &talks : &profile) ? r : 0;
  const char *to = location_of(&talks);
  bool unknown = strstr(location_of(&profile), "/login") != NULL, unregistered = strstr(to, "/talks/register") != NULL;
  bool forbidden = talks.status == 200 && text_find(talks.body, talks.body_length, "Forbidden", false);
  struct finding *finding = NULL;
  if (unknown || (answer->status == 401 && !unregistered && !forbidden)) {
    finding = finding_add(journey->out, &login_session_lost,
                          unknown ? "EJ signed its test user in, and does not know the session at the next request."
                                  : "EJ knows its test user's session, but not at its login API: the cookie does not get there.");
    evidence_status(finding, "GET /profile/, signed in", "200", &profile);
  } else if (unregistered || forbidden) {
    finding = finding_add(journey->out, &login_no_permission, "The test user is signed in at EJ, but %s.",
                          unregistered ? "has no account of Rocket.Chat: EJ sends it to register" : "may not use Rocket.Chat");
  } else {
    finding = finding_add(journey->out, &login_api_error, "EJ's login API answers %d to the signed-in test user.", answer->status);
    finding_pass(journey->out, &login_no_permission);
  }
  finding_pass(journey->out, &login_session_lost);
  evidence_status(finding, "the login API, signed in", "200", answer);
  evidence_status(finding, "GET /talks/, signed in", NULL, &talks);
  return 0;
}

/* --- the token --------------------------------------------------------------------------------------------------------------------------
 */

static void report_busy(struct journey *journey) {
  finding_add(journey->out, &login_rocket_busy, "Rocket.Chat's rate limiter turned ejmon away; the token is tried again later.");
}

static void report_refused(struct journey *journey, const struct http_response *answer) {
  struct finding *finding =
      finding_add(journey->out, &login_token_refused, "Rocket.Chat refuses the token that EJ hands to its users (%d).", answer->status);
  finding_evidence(finding, "the token of EJ's login API, at Rocket.Chat", "200", "%d", answer->status);
  journey->failed = true;
}

/* The user's id in {"data": {"userId": ...}}, or NULL. */
static char *user_id_read(const struct http_response *response) {
  json_error_t error;
  json_t *root = response->body ? json_loadb(response->body, response->body_length, 0, &error) : NULL;
  char *id = xstrdup(json_string_value(json_object_get(json_object_get(root, "data"), "userId")));
  json_decref(root);
  return id;
}

/* Rocket.Chat's own troubles are the rocketchat check's: no answer, no verdict. */
static int try_token(struct journey *journey, char *token) {
  struct login_memory *memory = journey->memory;
  auto_response struct http_response answer = {0}, farewell = {0};
  json_t *request = json_pack("{s:s}", "resume", token);
  auto_free char *body = request ? json_dumps(request, JSON_COMPACT) : NULL;
  json_decref(request);
  int r = body ? ask_rocket(journey, "POST", "/api/v1/login", body, NULL, NULL, &answer) : -EINVAL;
  if (r < 0) return is_ours(r, &answer) ? r : 0;
  if (rocket_is_rate_limited(answer.status, answer.body, answer.body_length)) {
    report_busy(journey);
  } else if (answer.status == 401) {
    report_refused(journey, &answer);
  } else if (answer.status == 200) {
    auto_free char *id = user_id_read(&answer);
    if (!id) return 0;
    finding_pass(journey->out, &login_token_refused);
    if (journey->fresh_tokens) {
      r = ask_rocket(journey, "POST", "/api/v1/logout", NULL, token, id, &farewell);
      return is_ours(r, &farewell) ? r : 0;
    }
    memory->token = xstrdup(token);
    redact_register(token);
    memory->token_user = xstrdup(id);
    memory->token_looked = loop_monotonic();
  }
  return 0;
}

static void judge_body(struct journey *journey, enum login_body body, const struct http_response *answer) {
  const struct code *code = body == LOGIN_BODY_WRONG_TYPE ? &login_token_type
                            : body == LOGIN_BODY_TOKEN    ? &login_token_key
                                                          : &login_no_token;
  struct finding *finding =
      code == &login_token_type
          ? finding_add(journey->out, code, "EJ's login token does not come as JSON, so clients up to 6.0 do not read it.")
      : code == &login_token_key
          ? finding_add(journey->out, code, "EJ's login API names its token `token`, which Rocket.Chat refuses.")
          : finding_add(journey->out, code, "EJ's login API answers 200 to the signed-in test user, without a token.");
  auto_free char *type = http_media_type(answer);
  finding_evidence(finding, "what the answer holds", "login-token", "%s", login_body_names[body]);
  finding_evidence(finding, "Content-Type", "application/json", "%s", type);
  bool window_a = !journey->view->windows || (journey->view->windows & ROCKET_WINDOW_BIT(ROCKET_WINDOW_A));
  if (code == &login_token_type && !window_a) finding->severity = SEVERITY_INFO;
  journey->failed = true;
}

static int take_token(struct journey *journey, const struct http_response *answer) {
  static const struct code *const codes[] = {&login_no_token, &login_token_key, &login_token_type};
  const char *type = http_header(answer, "Content-Type", 0);
  auto_free char *token = NULL, *again = NULL;
  enum login_body body = login_body_read(LOGIN_CLIENT_A, type, answer->body, answer->body_length, &token);
  redact_register(token);
  if (body == LOGIN_BODY_WRONG_TYPE) {
    enum login_body other = login_body_read(LOGIN_CLIENT_D, type, answer->body, answer->body_length, &again);
    redact_register(again);
    if (other != LOGIN_BODY_LOGIN_TOKEN) body = other; /* no token of any type: the worse fault */
  }
  if (body != LOGIN_BODY_LOGIN_TOKEN) judge_body(journey, body, answer);
  if (body == LOGIN_BODY_LOGIN_TOKEN || body == LOGIN_BODY_WRONG_TYPE) {
    for (size_t i = 0; i < countof(codes); i++) finding_pass(journey->out, codes[i]);
  }
  char *found = token ? token : again;
  int r = found && body != LOGIN_BODY_TOKEN ? try_token(journey, found) : 0;
  if (!text_equal(found, journey->memory->token)) redact_forget(found);
  return r;
}

/* --- the whole way
 * ------------------------------------------------------------------------------------------------------------------------ */

static int call_api(struct journey *journey, struct http_response *ret_answer) {
  const struct login_view *view = journey->view;
  auto_free char *own = site_url(journey, API_PATH), *origin = http_origin(view->api.hops[0].url);
  /* EJ's cookies go to EJ alone, wherever Rocket.Chat's setting may lead. */
  return ask_ej(journey, view->method, text_equal(origin, view->site) ? view->api.hops[0].url : own, NULL, true, ret_answer);
}

static int walk(struct journey *journey) {
  auto_response struct http_response answer = {0}, second = {0};
  struct http_response *last = &answer;
  int r = 0;
  if (!login_cookies_hold_session(journey->memory->jar)) r = sign_in(journey);
  if (r < 0 || journey->failed) return r;
  r = call_api(journey, &answer);
  if (r == 0 && answer.status == 401 && !journey->fresh_session) { /* the kept session is over: once more with a new one */
    r = sign_in(journey);
    if (r < 0 || journey->failed) return r;
    last = &second;
    r = call_api(journey, &second);
  }
  if (r < 0) return is_ours(r, last) ? r : 0;
  if (last->status == 401 || last->status == 500) {
    journey->failed = true;
    return judge_refusal(journey, last);
  }
  if (last->status != 200) return 0; /* what anybody gets, too: named by that */
  finding_pass(journey->out, &login_session_lost);
  finding_pass(journey->out, &login_no_permission);
  finding_pass(journey->out, &login_api_error);
  finding_pass(journey->out, &login_form_failed);
  r = look_at_page(journey);
  return r < 0 ? r : take_token(journey, last);
}

/* Between two journeys: does the stored token still live? */
static int look_at_token(struct journey *journey, double now) {
  struct login_memory *memory = journey->memory;
  if (!memory->token || now - memory->token_looked < LOGIN_TOKEN_SECONDS) return 0;
  auto_response struct http_response answer = {0};
  memory->token_looked = now;
  int r = ask_rocket(journey, NULL, "/api/v1/me", NULL, memory->token, memory->token_user, &answer);
  if (r < 0) return is_ours(r, &answer) ? r : 0;
  if (rocket_is_rate_limited(answer.status, answer.body, answer.body_length)) {
    report_busy(journey);
  } else if (answer.status == 401) {
    report_refused(journey, &answer);
    memory->next = now; /* EJ may have a newer one by now: ask it at the next probe */
    secret_drop(&memory->token);
  } else if (answer.status == 200) {
    finding_pass(journey->out, &login_token_refused);
  }
  return 0;
}

static void tell_blind(const struct login_memory *memory, double now, struct findings *out) {
  if (!memory->blind) return;
  double left = memory->next > now ? memory->next - now : 0;
  struct finding *finding = finding_add(out, memory->blind, "%s", memory->blind_words);
  finding_evidence(finding, "the next attempt", NULL, "in %.0f s", left);
}

int login_journey(const struct login_person *person, const struct login_view *view, struct login_memory **memory, struct findings *out) {
  if (!*memory) *memory = xcalloc(1, sizeof **memory);
  struct journey journey = {.person = person, .view = view, .memory = *memory, .out = out};
  double now = loop_monotonic();
  int r;
  if (now < (*memory)->next) {
    r = look_at_token(&journey, now);
  } else {
    (*memory)->blind = NULL;
    (*memory)->next = now + LOGIN_RETRY_SECONDS; /* also when it is cut off in the middle */
    secret_drop(&(*memory)->token);
    free((*memory)->token_user);
    (*memory)->token_user = NULL;
    r = walk(&journey);
    if (r == 0 && !journey.failed) (*memory)->next = now + LOGIN_JOURNEY_SECONDS;
    if (!(*memory)->blind) {
      finding_pass(out, &login_refused);
      finding_pass(out, &login_form_unknown);
    }
  }
  tell_blind(*memory, now, out);
  return r;
}
