/* Walks the login as a signed-in user; see login_journey.h. */
#include "checks/login/login_journey.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "checks/login/login_browser.h"
#include "checks/login/login_codes.h"
#include "checks/login/login_form.h"
#include "checks/login/login_session.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/redact.h"

#define API_PATH "/talks/api-login/"

/* --- what EJ tells its user --------------------------------------------------------------------------------------------------------- */

/* A target is shown only as far as it is an address or a host's name: in a page that nobody expects, a token may stand in its place. */
static char *target_show(const char *target) {
  char *origin = http_origin(target);
  if (origin) return origin;
  bool host = strchr(target, '.') && strspn(target, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-:") == strlen(target);
  return xstrdup(host ? target : translated("(no address)"));
}

/* The login page as the signed-in user gets it: in B its script sends the message, in A it only redirects. A superuser does not open it: EJ
 * logs in at Rocket.Chat anew for each view. */
static int look_at_page(struct journey *journey) {
  auto_response struct http_response info = {0}, page = {0};
  auto_free char *info_url = login_site_url(journey, "/info/"), *url = login_site_url(journey, "/talks/login/?next=/talks/");
  const char *generation = journey->person->generation;
  journey->fresh_tokens = text_equal(generation, "A");
  int r = login_ask_ej(journey, NULL, info_url, NULL, false, &info);
  if (r < 0) return login_is_ours(r, &info) ? r : 0;
  journey->superuser = info.status == 200;
  if (journey->superuser) return 0;
  r = login_ask_ej(journey, NULL, url, NULL, false, &page);
  if (r < 0) return login_is_ours(r, &page) ? r : 0;
  if (!generation || text_equal(generation, "auto")) {
    journey->fresh_tokens =
        *login_location(&page) && !strstr(login_location(&page), "/talks/register") && !strstr(login_location(&page), "/login");
  }
  auto_free char *target = page.status == 200 ? login_message_find(page.body, page.body_length) : NULL;
  if (!target) return 0;
  if (login_message_judge(target, journey->view->rocketchat) == LOGIN_MESSAGE_ARRIVES) {
    finding_pass(journey->out, &LOGIN_MESSAGE_TARGET);
    return 0;
  }
  auto_free char *shown = target_show(target);
  struct finding *finding =
      finding_add(journey->out, &LOGIN_MESSAGE_TARGET, "EJ's login page tells \"%s\" that its user is signed in, and Rocket.Chat is at %s.",
                  shown, journey->view->rocketchat);
  finding_evidence(finding, "postMessage's target", journey->view->rocketchat, "%s", shown);
  journey->failed = true;
  return 0;
}

/* A refusal or an error: is it this user's, or everybody's? /talks/ sends whoever has no account to register. */
static int judge_refusal(struct journey *journey, const struct http_response *answer) {
  auto_response struct http_response profile = {0}, talks = {0};
  auto_free char *profile_url = login_site_url(journey, "/profile/"), *talks_url = login_site_url(journey, "/talks/");
  int r = login_ask_ej(journey, NULL, profile_url, NULL, false, &profile);
  if (r == 0) r = login_ask_ej(journey, NULL, talks_url, NULL, false, &talks);
  if (r < 0) return login_is_ours(r, r < 0 && talks.error ? &talks : &profile) ? r : 0;
  const char *to = login_location(&talks);
  bool unknown = strstr(login_location(&profile), "/login") != NULL, unregistered = strstr(to, "/talks/register") != NULL;
  bool forbidden = talks.status == 200 && text_find(talks.body, talks.body_length, "Forbidden", false);
  struct finding *finding = NULL;
  if (unknown || (answer->status == 401 && !unregistered && !forbidden)) {
    finding =
        finding_add(journey->out, &LOGIN_SESSION_LOST,
                    unknown ? translatable("EJ signed its test user in, and does not know the session at the next request.")
                            : translatable("EJ knows its test user's session, but not at its login API: the cookie does not get there."));
    login_evidence(finding, "GET /profile/, signed in", "200", &profile);
  } else if (unregistered || forbidden) {
    finding = finding_add(
        journey->out, &LOGIN_NO_PERMISSION, "The test user is signed in at EJ, but %s.",
        unregistered ? translated("has no account of Rocket.Chat: EJ sends it to register") : translated("may not use Rocket.Chat"));
  } else {
    finding = finding_add(journey->out, &LOGIN_API_ERROR, "EJ's login API answers %d to the signed-in test user.", answer->status);
    finding_pass(journey->out, &LOGIN_NO_PERMISSION);
  }
  finding_pass(journey->out, &LOGIN_SESSION_LOST);
  login_evidence(finding, "the login API, signed in", "200", answer);
  login_evidence(finding, "GET /talks/, signed in", NULL, &talks);
  return 0;
}

/* --- the token --------------------------------------------------------------------------------------------------------------------------
 */

static void report_busy(struct journey *journey) {
  finding_add(journey->out, &LOGIN_ROCKET_BUSY, "Rocket.Chat's rate limiter turned ejmon away; the token is tried again later.");
}

static void report_refused(struct journey *journey, const struct http_response *answer) {
  struct finding *finding =
      finding_add(journey->out, &LOGIN_TOKEN_REFUSED, "Rocket.Chat refuses the token that EJ hands to its users (%d).", answer->status);
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
  int r = body ? login_ask_rocket(journey, "POST", "/api/v1/login", body, NULL, NULL, &answer) : -EINVAL;
  if (r < 0) return login_is_ours(r, &answer) ? r : 0;
  if (rocket_is_rate_limited(answer.status, answer.body, answer.body_length)) {
    report_busy(journey);
  } else if (answer.status == 401) {
    report_refused(journey, &answer);
  } else if (answer.status == 200) {
    auto_free char *id = user_id_read(&answer);
    if (!id) return 0;
    finding_pass(journey->out, &LOGIN_TOKEN_REFUSED);
    if (journey->fresh_tokens) {
      r = login_ask_rocket(journey, "POST", "/api/v1/logout", NULL, token, id, &farewell);
      return login_is_ours(r, &farewell) ? r : 0;
    }
    memory->token = xstrdup(token);
    redact_register(token);
    memory->token_user = xstrdup(id);
    memory->token_looked = loop_monotonic();
  }
  return 0;
}

static void judge_body(struct journey *journey, enum login_body body, const struct http_response *answer) {
  const struct code *code = body == LOGIN_BODY_WRONG_TYPE ? &LOGIN_TOKEN_TYPE
                            : body == LOGIN_BODY_TOKEN    ? &LOGIN_TOKEN_KEY
                                                          : &LOGIN_NO_TOKEN;
  struct finding *finding =
      code == &LOGIN_TOKEN_TYPE
          ? finding_add(journey->out, code, "EJ's login token does not come as JSON, so clients up to 6.0 do not read it.")
      : code == &LOGIN_TOKEN_KEY
          ? finding_add(journey->out, code, "EJ's login API names its token `token`, which Rocket.Chat refuses.")
          : finding_add(journey->out, code, "EJ's login API answers 200 to the signed-in test user, without a token.");
  auto_free char *type = http_media_type(answer);
  finding_evidence(finding, "what the answer holds", "login-token", "%s", login_body_names[body]);
  finding_evidence(finding, "Content-Type", "application/json", "%s", type);
  bool window_a = !journey->view->windows || (journey->view->windows & ROCKET_WINDOW_BIT(ROCKET_WINDOW_A));
  if (code == &LOGIN_TOKEN_TYPE && !window_a) finding->severity = SEVERITY_INFO;
  journey->failed = true;
}

static int take_token(struct journey *journey, const struct http_response *answer) {
  static const struct code *const codes[] = {&LOGIN_NO_TOKEN, &LOGIN_TOKEN_KEY, &LOGIN_TOKEN_TYPE};
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
  auto_free char *own = login_site_url(journey, API_PATH), *origin = http_origin(view->api.hops[0].url);
  /* EJ's cookies go to EJ alone, wherever Rocket.Chat's setting may lead. */
  return login_ask_ej(journey, view->method, text_equal(origin, view->site) ? view->api.hops[0].url : own, NULL, true, ret_answer);
}

static int walk(struct journey *journey) {
  auto_response struct http_response answer = {0}, second = {0};
  struct http_response *last = &answer;
  int r = 0;
  if (!login_cookies_hold_session(journey->memory->jar)) r = login_sign_in(journey);
  if (r < 0 || journey->failed) return r;
  r = call_api(journey, &answer);
  if (r == 0 && answer.status == 401 && !journey->fresh_session) { /* the kept session is over: once more with a new one */
    r = login_sign_in(journey);
    if (r < 0 || journey->failed) return r;
    last = &second;
    r = call_api(journey, &second);
  }
  if (r < 0) return login_is_ours(r, last) ? r : 0;
  if (last->status == 401 || last->status == 500) {
    journey->failed = true;
    return judge_refusal(journey, last);
  }
  if (last->status != 200) return 0; /* what anybody gets, too: named by that */
  finding_pass(journey->out, &LOGIN_SESSION_LOST);
  finding_pass(journey->out, &LOGIN_NO_PERMISSION);
  finding_pass(journey->out, &LOGIN_API_ERROR);
  finding_pass(journey->out, &LOGIN_FORM_FAILED);
  r = look_at_page(journey);
  return r < 0 ? r : take_token(journey, last);
}

/* Between two journeys: does the stored token still live? */
static int look_at_token(struct journey *journey, double now) {
  struct login_memory *memory = journey->memory;
  if (!memory->token || now - memory->token_looked < LOGIN_TOKEN_SECONDS) return 0;
  auto_response struct http_response answer = {0};
  memory->token_looked = now;
  int r = login_ask_rocket(journey, NULL, "/api/v1/me", NULL, memory->token, memory->token_user, &answer);
  if (r < 0) return login_is_ours(r, &answer) ? r : 0;
  if (rocket_is_rate_limited(answer.status, answer.body, answer.body_length)) {
    report_busy(journey);
  } else if (answer.status == 401) {
    report_refused(journey, &answer);
    memory->next = now; /* EJ may have a newer one by now: ask it at the next probe */
    login_secret_drop(&memory->token);
  } else if (answer.status == 200) {
    finding_pass(journey->out, &LOGIN_TOKEN_REFUSED);
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
    login_secret_drop(&(*memory)->token);
    free((*memory)->token_user);
    (*memory)->token_user = NULL;
    r = walk(&journey);
    if (r == 0 && !journey.failed) (*memory)->next = now + LOGIN_JOURNEY_SECONDS;
    if (!(*memory)->blind) {
      finding_pass(out, &LOGIN_REFUSED);
      finding_pass(out, &LOGIN_FORM_UNKNOWN);
    }
  }
  tell_blind(*memory, now, out);
  return r;
}
