/* What the parts of the env judge share; they and env_judge.c alone include it. Pure. */
#ifndef EJMON_ENV_JUDGING_H
#define EJMON_ENV_JUDGING_H

#include "checks/env/env_judge.h"

struct env_judge {
  const struct env_sight *sight;
  const struct env_view *view;
  struct findings *out;
  /* Was everything seen that is configured? Otherwise what the file alone says is no evidence that the container is well. */
  bool sure;
};

void env_passed(const struct env_judge *judge, const struct code *code); /* only when sure, and not found */
/* Adds the chain of the setting: where its value stands, what the container has, what EJ makes of it, and the sentence where it is cut.
 * want: what should stand there, or NULL. */
void env_evidence(const struct env_judge *judge, struct finding *finding, const char *name, const char *want);
/* What EJ reads under this name, "" when it reads nothing. */
bool env_is_set(const struct env_judge *judge, const char *name); /* to something, for EJ */

void env_judge_ways(const struct env_judge *judge);   /* env_judge_ways.c: values that get lost on their way */
void env_judge_danger(const struct env_judge *judge); /* env_judge_danger.c: unsafe, or no start */
void env_judge_file(const struct env_judge *judge);
void env_judge_rocket(const struct env_judge *judge); /* env_judge_rocket.c */
/* With file and container: would web, created anew from the file, let Rocket.Chat frame its pages where it does not now; would it let its
 * login in where it does not now? */
void env_judge_mends(const struct env_judge *judge, bool *ret_frame, bool *ret_login);
/* Does Django's ALLOWED_HOSTS pattern let this host (with or without a port) in? */
bool env_host_matches(const char *pattern, const char *host);

#endif
