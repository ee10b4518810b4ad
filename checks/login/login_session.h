/* Signing in at EJ as a person does, and asking EJ and Rocket.Chat with what came of it: the parts of login_journey.h that hold secrets. */
#ifndef EJMON_LOGIN_SESSION_H
#define EJMON_LOGIN_SESSION_H

#include "checks/login/login_journey.h"

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

/* Forgets a secret in memory and for redaction; harmless on NULL. */
void login_secret_drop(char **secret);
/* What keeps ejmon from looking, until the next journey. */
void login_go_blind(struct journey *journey, const struct code *code, const char *words);

/* Was this failure ours, and not the target's? */
bool login_is_ours(int result, const struct http_response *response);
/* A request to EJ with its cookies; `url` as the visitor sees it. Takes what cookies come. */
int login_ask_ej(struct journey *journey, const char *method, const char *url, const char *body, bool from_rocket,
                 struct http_response *ret_response) must_check;
int login_ask_rocket(struct journey *journey, const char *method, const char *path, const char *body, const char *token,
                     const char *token_user, struct http_response *ret_response) must_check;
char *login_site_url(const struct journey *journey, const char *path) must_check; /* free() it */
const char *login_location(const struct http_response *response);                 /* of a redirect, else "" */
void login_evidence(struct finding *finding, const char *what, const char *want, const struct http_response *response);

/* Fills EJ's form. 0: fresh_session, or failed with a finding or blind; -errno when it was not the target's doing. */
int login_sign_in(struct journey *journey) must_check;

#endif
