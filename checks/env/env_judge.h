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

#endif
