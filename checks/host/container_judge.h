/* From what the Docker Engine knows of a stack to findings. Pure: the asking is check_containers.c's.
 *
 * Facts: EJ contract sections 1 and 10 (F15, F16, F21, F28, F30, F31, F77, F78, F80, F83), section 8 (D7); Rocket.Chat contract 7 and 2.5.
 */
#ifndef EJMON_CONTAINER_JUDGE_H
#define EJMON_CONTAINER_JUDGE_H

#include "checks/finding.h"
#include "checks/option_sets.h"
#include "monitor/reach/docker_stack.h"

#define CONTAINER_LOOP_RESTARTS 3   /* restarts from which on a young run is one of a loop */
#define CONTAINER_LOOP_SECONDS 60.0 /* a run younger than this is young; Docker waits at most that long between two starts */

struct container_view {
  const struct docker_stack *stack;
  const char *services[STACK_SERVICE_COUNT]; /* compose services */
  const char *web_static, *nginx_static;     /* the static folder inside of each */
  double now;                                /* wall clock */
};

void container_judge(const struct container_view *view, struct findings *out);

/* Where a path inside of a container comes from: the source of the mount that covers it, with the rest of the path; NULL when none does.
 * free() it. *ret_mount (may be NULL): that mount. */
char *container_source(const struct docker_member *member, const char *path, const struct docker_mount **ret_mount) must_check;

/* Is this image's name without a fixed version of MongoDB? */
bool container_image_unpinned(const char *image);

/* What is wrong with a ROOT_URL, or NULL. */
const char *container_root_url_fault(const char *url);

#endif
