/* The Docker Engine API over its unix socket, for tasks: find a compose service's container, inspect it, run a command in it.
 *
 * The API version is negotiated by /_ping and clamped (wire-formats: 1.41 is accepted by all engines from 20.10 on). Output is framed
 * (8-byte header, stream and big-endian length) when no TTY was asked for, whatever the Content-Type says; it is capped. An exec cannot be
 * killed by the API: docker_exec() wraps the command in `timeout -k`, and trusts only exec inspect for the exit status. */
#ifndef EJMON_DOCKER_H
#define EJMON_DOCKER_H

#include "monitor/base/text.h"

#define DOCKER_OUTPUT_LIMIT (256u << 10) /* bytes kept of one command's output */

struct docker_container {
  char *id, *name, *image, *state; /* state: created running paused restarting removing exited dead */
  char **environment;              /* KEY=VALUE as created */
  long restart_count;
  long exit_code;
  bool oom_killed;
  double created; /* wall clock, seconds since 1970; 0: not told */
};
void docker_container_free(struct docker_container *container);

/* The container of a compose service (label com.docker.compose.service), of that compose project when project is not NULL. 0, -ENOENT
 * (none), -ENOTUNIQ (several: name the project), -EACCES (no permission on the socket), -ECONNREFUSED, -ENOENT for a missing socket too,
 * -ETIMEDOUT, -EPROTO. ret_error gets a sentence that says what to do (what to mount, and the risk), to be freed. */
int docker_find(const char *socket, const char *service, const char *project, struct docker_container *ret_container,
                char **ret_error) must_check;

struct docker_exec_result {
  int exit_status;
  struct text output; /* stdout and stderr as they came */
  bool output_cut;
};
void docker_exec_result_free(struct docker_exec_result *result);

/* Runs arguments in the container in `directory` (NULL: the image's) with extra `environment` (NULL-terminated KEY=VALUE or NULL), for at
 * most `timeout` seconds. 0 when the command ran to its end (look at exit_status; 124: it was stopped by timeout), else -errno with
 * ret_error as above. */
int docker_exec(const char *socket, const char *container, const char *const *arguments, const char *const *environment,
                const char *directory, double timeout, struct docker_exec_result *ret_result, char **ret_error) must_check;

/* Pure: takes the frames out of `raw` (a whole stream read so far) and adds their payload to output, up to the limit. Returns bytes
 * consumed; a frame that has not arrived whole stays. -EPROTO on a header that cannot be one. */
long docker_unframe(const void *raw, size_t length, size_t limit, struct text *output, bool *ret_cut) must_check;

#endif
