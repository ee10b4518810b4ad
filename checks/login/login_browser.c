/* What the visitor sees: the way through the IFrame login, step by step, until the first obstacle. */
#include "checks/login/login_browser.h"

#include <stdlib.h>
#include <strings.h>

const char *const login_sight_names[LOGIN_SIGHT_COUNT] = {
    [LOGIN_SIGHT_UNKNOWN] = "unknown",   [LOGIN_SIGHT_SIGNED] = "signed-in", [LOGIN_SIGHT_FRAME] = "frame",
    [LOGIN_SIGHT_OWN_FORM] = "own-form", [LOGIN_SIGHT_NOTHING] = "nothing",  [LOGIN_SIGHT_LOOP] = "loop",
    [LOGIN_SIGHT_STUCK] = "stuck",
};

const char *const login_reason_names[LOGIN_REASON_COUNT] = {
    [LOGIN_FINE] = "fine",
    [LOGIN_OFF] = "off",
    [LOGIN_REQUEST] = "request",
    [LOGIN_STATUS] = "status",
    [LOGIN_ANSWER] = "answer",
    [LOGIN_FRAME_REFUSED] = "frame-refused",
    [LOGIN_FRAME_CLIENT] = "frame-client",
    [LOGIN_COOKIE_STORE] = "cookie-store",
    [LOGIN_COOKIE_FRAME] = "cookie-frame",
    [LOGIN_COOKIE_SEND] = "cookie-send",
    [LOGIN_MESSAGE] = "message",
};

/* --- one request to the API ------------------------------------------------------------------------------------------------------------
 */

enum outcome { OUTCOME_UNKNOWN, OUTCOME_FAILED, OUTCOME_REFUSED, OUTCOME_NO_TOKEN, OUTCOME_TOKEN };

/* Contract section 5, the table of clients: what is on the screen after the request. */
static const enum login_sight sights[LOGIN_CLIENT_COUNT][OUTCOME_TOKEN + 1] = {
    [LOGIN_CLIENT_A] = {[OUTCOME_FAILED] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_REFUSED] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_NO_TOKEN] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_TOKEN] = LOGIN_SIGHT_SIGNED},
    [LOGIN_CLIENT_B] = {[OUTCOME_FAILED] = LOGIN_SIGHT_OWN_FORM, /* the promise is rejected and nobody catches it */
                        [OUTCOME_REFUSED] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_NO_TOKEN] = LOGIN_SIGHT_OWN_FORM,
                        [OUTCOME_TOKEN] = LOGIN_SIGHT_SIGNED},
    [LOGIN_CLIENT_C] = {[OUTCOME_FAILED] = LOGIN_SIGHT_OWN_FORM,
                        [OUTCOME_REFUSED] = LOGIN_SIGHT_OWN_FORM,
                        [OUTCOME_NO_TOKEN] = LOGIN_SIGHT_OWN_FORM,
                        [OUTCOME_TOKEN] = LOGIN_SIGHT_SIGNED},
    [LOGIN_CLIENT_D] = {[OUTCOME_FAILED] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_REFUSED] = LOGIN_SIGHT_FRAME,
                        [OUTCOME_NO_TOKEN] = LOGIN_SIGHT_OWN_FORM,
                        [OUTCOME_TOKEN] = LOGIN_SIGHT_SIGNED},
};

struct exchange {
  enum outcome outcome;
  int status; /* 0 when it is not seen */
  enum login_body body;
  struct cors_verdict cors;
};

static const char *find_content_type(const struct cors_answer *answer) {
  for (size_t h = 0; h < answer->header_count; h++)
    if (answer->headers[h].name && strcasecmp(answer->headers[h].name, "content-type") == 0) return answer->headers[h].value;
  return NULL;
}

/* Meteor's HTTP.call knows errors from 400 on; fetch's `ok` is 2xx. */
static bool is_error(enum login_client client, int status) {
  return client == LOGIN_CLIENT_A ? status >= 400 : status < 200 || status > 299;
}

static struct exchange judge_exchange(const struct login_case *login, const struct cors_hop *hops, size_t count, const char *body,
                                      size_t length) {
  struct exchange exchange = {.body = LOGIN_BODY_NO_TOKEN};
  if (count == 0) return exchange;
  auto_free char *method = login_client_method(login->client, login->api_method);
  exchange.cors = cors_judge(&(struct cors_case){
      .origin = login->rocket, .method = method, .json = login_client_sends_json(login->client), .hops = hops, .hop_count = count});
  if (exchange.cors.reason == CORS_PREFLIGHT_UNKNOWN) return exchange;
  exchange.outcome = OUTCOME_FAILED;
  if (!exchange.cors.seen) return exchange;
  const struct cors_answer *answer = &hops[exchange.cors.hop].answer;
  exchange.status = answer->status;
  exchange.outcome = OUTCOME_REFUSED;
  if (is_error(login->client, answer->status)) return exchange;
  auto_free char *token = NULL;
  exchange.body = login_body_read(login->client, find_content_type(answer), body, body ? length : 0, &token);
  exchange.outcome = exchange.body == LOGIN_BODY_LOGIN_TOKEN ? OUTCOME_TOKEN : OUTCOME_NO_TOKEN;
  return exchange;
}

/* --- the steps -------------------------------------------------------------------------------------------------------------------------
 */

static bool is_empty(const char *string) {
  return !string || !*string;
}

/* With one setting empty no client even tries: the old one shows an empty page then, the others their form. */
static bool is_off(const struct login_case *login, struct login_verdict *verdict) {
  if (login->enabled && !is_empty(login->frame_url) && !is_empty(login->api_url) && !is_empty(login->api_method)) return false;
  verdict->reason = LOGIN_OFF;
  verdict->first = login->enabled && login->client == LOGIN_CLIENT_A ? LOGIN_SIGHT_NOTHING : LOGIN_SIGHT_OWN_FORM;
  verdict->then = verdict->first;
  return true;
}

/* The visitor never comes to EJ's page. */
static enum login_reason stop(struct login_verdict *verdict, enum login_sight sight, enum login_reason reason) {
  verdict->first = sight;
  verdict->then = sight;
  return reason;
}

/* LOGIN_FINE when EJ's page is shown in the frame. */
static enum login_reason judge_arrival(const struct login_case *login, const struct exchange *first, struct login_verdict *verdict) {
  verdict->first = sights[login->client][first->outcome];
  if (verdict->first == LOGIN_SIGHT_OWN_FORM) {
    static const enum login_reason reasons[] = {
        [OUTCOME_FAILED] = LOGIN_REQUEST, [OUTCOME_REFUSED] = LOGIN_FRAME_CLIENT, [OUTCOME_NO_TOKEN] = LOGIN_ANSWER};
    return stop(verdict, LOGIN_SIGHT_OWN_FORM, reasons[first->outcome]);
  }
  if (login->frame_count == 0) return LOGIN_FINE;
  verdict->frame = frame_judge(
      &(struct frame_case){.hops = login->frame, .hop_count = login->frame_count, .ancestors = &login->rocket, .ancestor_count = 1});
  return verdict->frame.allowed ? LOGIN_FINE : stop(verdict, LOGIN_SIGHT_NOTHING, LOGIN_FRAME_REFUSED);
}

static enum login_reason judge_session(const struct login_case *login, struct login_verdict *verdict) {
  struct cookie cookie;
  if (!login->session || !login->session_url) return LOGIN_FINE;
  struct cookie_place set = {.url = login->session_url, .top = login->rocket}, page = {.url = login->frame_url, .top = login->rocket},
                      asked = {.url = login->api_url, .top = login->rocket};
  verdict->store.reason = cookie_parse(csp_span(login->session), login->now, &cookie);
  if (verdict->store.reason != COOKIE_FINE) return LOGIN_COOKIE_STORE;
  verdict->store = cookie_judge_store(&cookie, &set, login->now);
  verdict->warnings = verdict->store.warnings;
  if (!verdict->store.yes) return LOGIN_COOKIE_STORE;
  verdict->send = cookie_judge_send(&cookie, &set, &page, login->now);
  if (!verdict->send.yes) return LOGIN_COOKIE_FRAME;
  verdict->send = cookie_judge_send(&cookie, &set, &asked, login->now);
  verdict->warnings |= verdict->send.warnings;
  return verdict->send.yes ? LOGIN_FINE : LOGIN_COOKIE_SEND;
}

static enum login_reason judge_message(const struct login_case *login, struct login_verdict *verdict) {
  if (!login->message_target) return LOGIN_FINE;
  verdict->message = login_message_judge(login->message_target, login->rocket);
  return verdict->message == LOGIN_MESSAGE_ARRIVES ? LOGIN_FINE : LOGIN_MESSAGE;
}

/* What the API says to a visitor with a session: seen, or as far as the answer without one foretells it. */
static enum login_reason judge_answer(const struct login_case *login, const struct exchange *first, struct login_verdict *verdict) {
  struct exchange signed_in =
      judge_exchange(login, login->signed_api, login->signed_api_count, login->signed_body, login->signed_body_length);
  const struct exchange *last = signed_in.outcome == OUTCOME_UNKNOWN ? first : &signed_in;
  verdict->cors = last->cors;
  verdict->body = last->body;
  if (last->outcome == OUTCOME_FAILED) return LOGIN_REQUEST;
  if (last->outcome == OUTCOME_NO_TOKEN) return LOGIN_ANSWER;
  if (last->outcome != OUTCOME_REFUSED) return LOGIN_FINE;
  return last == first && (first->status == 401 || first->status == 403) ? LOGIN_FINE : LOGIN_STATUS;
}

/* From EJ's page on: the visitor signs in there, the session is kept, the message arrives, Rocket.Chat asks again. */
static enum login_reason judge_return(const struct login_case *login, const struct exchange *first, struct login_verdict *verdict) {
  enum login_reason session = judge_session(login, verdict), message = judge_message(login, verdict);
  enum login_reason answer = judge_answer(login, first, verdict);
  bool is_unknown = session == LOGIN_COOKIE_STORE || session == LOGIN_COOKIE_FRAME; /* EJ does not see who has signed in */
  enum login_reason reason = is_unknown ? session : message != LOGIN_FINE ? message : session != LOGIN_FINE ? session : answer;
  verdict->then = reason == LOGIN_FINE ? LOGIN_SIGHT_SIGNED : is_unknown ? LOGIN_SIGHT_LOOP : LOGIN_SIGHT_STUCK;
  return reason;
}

struct login_verdict login_judge(const struct login_case *login) {
  struct login_verdict verdict = {
      .first = LOGIN_SIGHT_UNKNOWN, .then = LOGIN_SIGHT_UNKNOWN, .reason = LOGIN_FINE, .body = LOGIN_BODY_NO_TOKEN};
  if (is_off(login, &verdict)) return verdict;
  struct exchange first = judge_exchange(login, login->api, login->api_count, login->api_body, login->api_body_length);
  verdict.cors = first.cors;
  verdict.body = first.body;
  if (first.outcome == OUTCOME_UNKNOWN) return verdict;
  if (first.outcome == OUTCOME_TOKEN) {
    verdict.first = verdict.then = LOGIN_SIGHT_SIGNED;
    return verdict;
  }
  verdict.reason = judge_arrival(login, &first, &verdict);
  if (verdict.reason == LOGIN_FINE) verdict.reason = judge_return(login, &first, &verdict);
  return verdict;
}
