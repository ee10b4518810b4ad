/* What does a visitor of Rocket.Chat see of the IFrame login? Puts the oracles together: the API request (cors.h), its body, the frame
 * (frame_ancestors.h), the session cookie (cookie.h) and the message from EJ's page, for each of the four clients that Rocket.Chat has had.
 *
 * Facts: Rocket.Chat contract section 5 (clients A to D) and 5.1; EJ contract section 4. Pure: no I/O, no clock but `now`. Bodies and
 * cookies are secrets (login tokens): verdicts point into them and quote nothing. */
#ifndef EJMON_LOGIN_BROWSER_H
#define EJMON_LOGIN_BROWSER_H

#include "checks/browser/cookie.h"
#include "checks/browser/cors.h"
#include "checks/browser/frame_ancestors.h"

/* The clients, by how they ask the API. */
enum login_client {
  LOGIN_CLIENT_A, /* 0.36 to 6.0: XMLHttpRequest; no preflight for GET and POST */
  LOGIN_CLIENT_B, /* 6.1 or 6.2 to 7.7: fetch with Content-Type: application/json, so with a preflight */
  LOGIN_CLIENT_C, /* 7.8.0 to 7.9.3: as B, and the frame is hardly ever shown */
  LOGIN_CLIENT_D, /* 7.9.4 on: fetch without headers */
  LOGIN_CLIENT_COUNT
};
extern const char *const login_client_names[LOGIN_CLIENT_COUNT]; /* "A", ... */

/* Does that client's request set Content-Type: application/json (cors_case.json)? */
bool login_client_sends_json(enum login_client client);
/* The method as the client sends it: A makes capitals of all, the others only of what Fetch 2.2.1 names. free() it. */
char *login_client_method(enum login_client client, const char *method) must_check;

/* --- the body of the API's answer ---------------------------------------------------------------------------------------------------- */

#define LOGIN_BODY_LIMIT (64u << 10) /* bytes that are parsed: the answer is one token of 43 letters */

enum login_body {
  LOGIN_BODY_LOGIN_TOKEN, /* "loginToken" is a string that is not empty */
  LOGIN_BODY_TOKEN,       /* only "token" is: for Rocket.Chat's own iframe tokens; a REST token there is refused by it */
  LOGIN_BODY_NO_TOKEN,    /* a JSON object without a token */
  LOGIN_BODY_EMPTY_TOKEN, /* the key is there, but null, empty, or no string */
  LOGIN_BODY_NO_OBJECT,   /* JSON, but no object */
  LOGIN_BODY_NO_JSON,     /* not JSON, or empty */
  LOGIN_BODY_WRONG_TYPE,  /* it may be JSON, but this client reads it only with a Content-Type of JSON */
  LOGIN_BODY_LONG,        /* over LOGIN_BODY_LIMIT: not read */
  LOGIN_BODY_COUNT
};
extern const char *const login_body_names[LOGIN_BODY_COUNT]; /* "login-token", ... */

/* content_type may be NULL. ret_token: the token, a copy, or NULL; free() it. It is a secret: the caller registers it for redaction. */
enum login_body login_body_read(enum login_client client, const char *content_type, const char *body, size_t length, char **ret_token);

/* --- the message of EJ's page -----------------------------------------------------------------------------------------------------------
 */

enum login_message {
  LOGIN_MESSAGE_ARRIVES, /* targetOrigin is "*", or a URL of Rocket.Chat's origin (its path does not count) */
  LOGIN_MESSAGE_OTHER,   /* another origin: dropped without a word */
  LOGIN_MESSAGE_NO_URL,  /* no URL (scheme missing, empty): postMessage throws a SyntaxError */
};
extern const char *const login_message_names[]; /* "arrives", "other-origin", "no-url" */

/* window.parent.postMessage(..., target): is it delivered to a page of rocket? (HTML 9.3.3) */
enum login_message login_message_judge(const char *target, const char *rocket);

/* --- all together
 * ------------------------------------------------------------------------------------------------------------------------- */

enum login_sight {
  LOGIN_SIGHT_UNKNOWN,  /* not looked at, or a piece was not given */
  LOGIN_SIGHT_SIGNED,   /* the visitor is signed in to Rocket.Chat */
  LOGIN_SIGHT_FRAME,    /* EJ's login page in the frame */
  LOGIN_SIGHT_OWN_FORM, /* Rocket.Chat's own login form: EJ never appears */
  LOGIN_SIGHT_NOTHING,  /* an empty page, or "refused to connect" in the frame */
  LOGIN_SIGHT_LOOP,     /* signs in at EJ and gets EJ's login page again: EJ does not know him */
  LOGIN_SIGHT_STUCK,    /* signs in at EJ and stays in its page, on "Redirecting": Rocket.Chat does not hear of it */
  LOGIN_SIGHT_COUNT
};
extern const char *const login_sight_names[LOGIN_SIGHT_COUNT]; /* "unknown", "signed-in", "frame", "own-form", ... */

enum login_reason {
  LOGIN_FINE,
  LOGIN_OFF,           /* one of the settings is empty: the client does not even try */
  LOGIN_REQUEST,       /* the API's answer is not seen: login_verdict.cors says why */
  LOGIN_STATUS,        /* the API answers with an error that no signing in cures: 404, 500; any but 401 and 403 */
  LOGIN_ANSWER,        /* 200 without a token that this client takes: login_verdict.body */
  LOGIN_FRAME_REFUSED, /* the frame is refused: login_verdict.frame */
  LOGIN_FRAME_CLIENT,  /* this client never shows the frame (C) */
  LOGIN_COOKIE_STORE,  /* the session cookie is not stored: login_verdict.store */
  LOGIN_COOKIE_FRAME,  /* ... or not sent with EJ's own page in the frame: login_verdict.send */
  LOGIN_COOKIE_SEND,   /* ... or not with the API request: login_verdict.send */
  LOGIN_MESSAGE,       /* EJ's message does not reach Rocket.Chat: login_verdict.message */
  LOGIN_REASON_COUNT
};
extern const char *const login_reason_names[LOGIN_REASON_COUNT];

struct login_case {
  enum login_client client;
  const char *rocket; /* R: Rocket.Chat as in the address bar */
  /* Rocket.Chat's settings; NULL or "" is an empty one. */
  bool enabled;
  const char *frame_url, *api_url, *api_method;
  /* The API request without a session, hop by hop, asked as cors_request_at() says. 0 hops: not asked. */
  const struct cors_hop *api;
  size_t api_count;
  const char *api_body; /* of the last hop */
  size_t api_body_length;
  /* The same with a session, if there is one: what it answers to a visitor who is signed in at EJ. 0 hops: not asked; then the answer is
   * taken for `loginToken` under the CORS headers of the request without a session. */
  const struct cors_hop *signed_api;
  size_t signed_api_count;
  const char *signed_body;
  size_t signed_body_length;
  /* frame_url's page, hop by hop, asked without a session. 0 hops: not asked. Ancestors are filled in here: R alone. */
  const struct frame_hop *frame;
  size_t frame_count;
  /* EJ's session cookie as its login sets it: the Set-Cookie value and the URL that sent it. NULL: not known, not judged. */
  const char *session, *session_url;
  const char *message_target; /* the targetOrigin in EJ's page; NULL: not known, not judged */
  time_t now;
};

struct login_verdict {
  enum login_sight first;   /* what a visitor sees who is not signed in at EJ */
  enum login_sight then;    /* what it comes to once he signs in there, in the frame: what should be SIGNED */
  enum login_reason reason; /* the first obstacle on that way; LOGIN_FINE when there is none */
  unsigned warnings;        /* enum cookie_warning of the session cookie */
  struct cors_verdict cors; /* of the request that decides */
  enum login_body body;     /* of the signed-in answer when there is one, else of the first */
  struct frame_verdict frame;
  struct cookie_verdict store, send; /* in the frame; with the API request from R's page, or with the page in the frame when that fails */
  enum login_message message;
};

struct login_verdict login_judge(const struct login_case *login);

#endif
