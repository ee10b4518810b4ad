/* From EJ's environment to what is wrong with it, in EJ's words. Pure: no I/O. Findings carry the chain of the setting as evidence; no
 * finding carries a value of a secret. */
#ifndef EJMON_ENV_JUDGE_H
#define EJMON_ENV_JUDGE_H

#include "checks/env/env_chain.h"
#include "checks/finding.h"
#include "checks/inside/env_look.h"

struct env_sight {
  struct env_view view;         /* file and container as far as they were seen */
  const char *container_unseen; /* a way into the container is configured, and this is why it led nowhere; or NULL */
  const char *host;             /* the Host that the site is reached by, or NULL */
  const char *site;             /* its URL, or NULL */
  const char *rocketchat;       /* Rocket.Chat's public origin, or NULL */
  bool mode_known, world_readable;
  enum env_git git;
  bool younger; /* the container was created after the file's last change: where they differ, compose outranks the file */
};

void env_judge(const struct env_sight *sight, struct findings *out);

/* --- between the files of the judge --- */

struct env_judge {
  const struct env_sight *sight;
  const struct env_view *view;
  struct findings *out;
  /* Was everything seen that is configured? Otherwise what the file alone says is no evidence that the container is well. */
  bool sure;
};

/* One finding per code: a second setting with the same trouble joins the first. */
struct finding *env_found(const struct env_judge *judge, const struct code *code, const char *summary, ...) format_like(3, 4);
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
