/* A place where checks look and remedies run commands: the web or nginx container by Docker exec, or a local command prefix. The only way
 * into a target.
 *
 * With `command` set, the program given there is run with the arguments appended (a wrapper such as `docker-compose exec -T web`, `ssh
 * host`, or nothing at all for the same machine: "env"); otherwise Docker exec in the container of the compose service. */
#ifndef EJMON_PLACE_H
#define EJMON_PLACE_H

#include "monitor/base/text.h"

struct place {
  const char *docker;    /* unix:// URL or path of the engine's socket, or NULL */
  const char *project;   /* compose project, or NULL */
  const char *service;   /* compose service: "web", "nginx" */
  char *const *command;  /* argv prefix, or NULL */
  const char *directory; /* working directory inside the container; a local command gets it by `cd` of its own wrapper, not from here */
};

#define PLACE_TAIL_LIMIT 700

struct place_result {
  int exit_status;
  struct text output;
  bool output_cut; /* there was more than is kept */
};
void place_result_free(struct place_result *result);
/* Adds a line of its last words for people: printable, redacted, PLACE_TAIL_LIMIT bytes of the output at most. */
void place_result_tell(const struct place_result *result, struct text *report);

bool place_exists(const struct place *place); /* is there any way in? */
/* Runs arguments there with extra environment. 0 when it ran to its end (whatever status), else -errno with *ret_error a sentence to be
 * freed. */
int place_run(const struct place *place, const char *const *arguments, const char *const *environment, double timeout,
              struct place_result *ret_result, char **ret_error) must_check;
/* The environment that the place's main process was created with, KEY=VALUE, NULL-terminated: by Docker inspect, else as `env -0` prints it
 * behind the command prefix. Free with strings_free(). Values of secret names are registered for redaction. ret_created (or NULL): when the
 * container was created, seconds since 1970, 0 where that is not known. Errors as place_run(); -EPROTO when what came is no
 * environment, or not the whole of it. */
int place_environment(const struct place *place, double timeout, char ***ret_environment, double *ret_created, char **ret_error) must_check;
/* A descriptor that every local command inherits from now on, -1 for none: the lock of the attempt in flight, so that it stays taken until
 * the last of its commands has ended, also when ejmon is killed. What runs behind ssh, sudo or the Docker Engine cannot hold it. */
void place_hold(int descriptor);
/* How a person would type it: "docker exec -w /app deploy_web_1 inv collect", or the local prefix; adds one line to report. */
void place_describe(const struct place *place, const char *const *arguments, const char *const *environment, struct text *report);

#endif
