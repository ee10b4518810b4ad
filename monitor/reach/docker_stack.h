/* What the Docker Engine knows of a whole compose stack: its containers with their state, mounts and ports, their logs, and the images they
 * run. For tasks; only GET requests. Judges nothing. */
#ifndef EJMON_DOCKER_STACK_H
#define EJMON_DOCKER_STACK_H

#include "monitor/base/text.h"

#define DOCKER_STACK_LIMIT 24       /* containers of one project that are looked at closely; EJ with Rocket.Chat has five */
#define DOCKER_LOG_LIMIT (1u << 20) /* bytes of one log's last lines; 400 lines of tracebacks are about 40 KB */

struct docker_mount {
  char *type, *name, *source, *destination; /* type: volume, bind, tmpfs; name: the volume's, or "" */
  bool read_only;
};
struct docker_port {
  char *address; /* of the host that it is published on: "0.0.0.0", "::", "127.0.0.1" */
  long outside, inside;
};

struct docker_member {
  char *id, *name, *service, *project, *image, *image_id, *state; /* state: created running paused restarting removing exited dead */
  bool one_off;                                                   /* of `docker-compose run` */
  struct docker_mount *mounts;
  size_t mount_count;
  /* From here on only when `close`: those of the wanted project were inspected. */
  bool close, tty, oom_killed;
  long restart_count, exit_code;
  double started;     /* seconds since 1970 by the engine's clock; 0: never */
  char *error;        /* the engine's own words about a start that failed, or "" */
  char **environment; /* KEY=VALUE as created; holds secrets: never print one */
  char **command;     /* what the container runs: entrypoint and command */
  struct docker_port *ports;
  size_t port_count;
  char **addresses; /* in the container networks */
};

struct docker_stack {
  struct docker_member *members; /* of all projects, the wanted project's first */
  size_t count;
  char *project; /* the one looked at closely, or NULL: none has the service `web` */
};
void docker_stack_free(struct docker_stack *stack);

/* All containers that compose made, those of `project` closely. project NULL: the project that has a container of `service`; -ENOTUNIQ when
 * several have. Errors as docker_find(). */
int docker_stack_look(const char *socket, const char *project, const char *service, struct docker_stack *ret_stack,
                      char **ret_error) must_check;

/* The container of a service that serves, or NULL: one-off containers are not it, and of several the running one is. */
const struct docker_member *docker_stack_find(const struct docker_stack *stack, const char *service);

/* The last lines of a container's log, both streams in the order in which they came, each line with the engine's time stamp before it.
 * -ENOTSUP when the log driver keeps nothing that can be read. */
int docker_log(const char *socket, const struct docker_member *member, struct text *ret_log, char **ret_error) must_check;

/* Could this image be had again under its name? False when neither a tag nor a registry's digest is left: the next prune would delete it.
 */
int docker_image_kept(const char *socket, const char *image_id, bool *ret_kept, char **ret_error) must_check;

#endif
