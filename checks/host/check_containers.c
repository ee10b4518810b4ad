/* The stack's containers as the Docker Engine knows them. Reads only; what is wrong with them is container_judge.c's. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/check.h"
#include "checks/host/container_judge.h"
#include "checks/host/containers_codes.h"
#include "checks/option_sets.h"
#include "monitor/base/lang.h"

struct containers_config {
  struct stack_options stack;
  char *web_static, *nginx_static;
};

static const struct option containers_options[] = {
    STACK_OPTIONS(struct containers_config, true),
    {OPTION(struct containers_config, web_static, PATH, "/app/local/static", "The static folder inside of web.")},
    {OPTION(struct containers_config, nginx_static, PATH, "/usr/share/nginx/html/static",
            "The folder inside of nginx that is served as /static.")},
};

static bool is_ours(int error) {
  return error == -ECANCELED || error == -EAGAIN || error == -ENOMEM;
}

/* An image that has lost its name is lost with its container, and cannot be built again (EJ contract F80). */
static int look_at_images(const struct containers_config *config, const struct docker_stack *stack, struct findings *out) {
  static const enum stack_service built[] = {STACK_WEB, STACK_NGINX};
  size_t kept_count = 0;
  for (size_t i = 0; i < countof(built); i++) {
    const struct docker_member *member = docker_stack_find(stack, stack_service(&config->stack, built[i]));
    if (!member || !*member->image_id) continue;
    auto_free char *error = NULL;
    bool kept = false;
    int r = docker_image_kept(config->stack.docker, member->image_id, &kept, &error);
    if (is_ours(r)) return r;
    if (r < 0) continue; /* not looked at */
    kept_count += kept;
    if (kept) continue;
    struct finding *finding =
        finding_add(out, &CONTAINERS_IMAGE_UNTAGGED, "The image of %s has no name any more: a prune will delete it.", member->name);
    finding_evidence(finding, translated("image"), "one with a tag", "%s", member->image_id);
  }
  if (kept_count) finding_pass(out, &CONTAINERS_IMAGE_UNTAGGED);
  return 0;
}

static int containers_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct containers_config *config = config_;
  struct docker_stack stack = {0};
  auto_free char *error = NULL;
  int r = docker_stack_look(config->stack.docker, config->stack.project, stack_service(&config->stack, STACK_WEB), &stack, &error);
  if (is_ours(r)) return r;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  struct container_view view = {.stack = &stack,
                                .web_static = config->web_static,
                                .nginx_static = config->nginx_static,
                                .now = (double)now.tv_sec + (double)now.tv_nsec / 1e9};
  size_t close = 0;
  for (size_t i = 0; i < stack.count; i++) close += stack.members[i].close;
  for (int role = 0; role < STACK_SERVICE_COUNT; role++) view.services[role] = stack_service(&config->stack, (enum stack_service)role);
  if (r < 0 || close == 0) {
    struct finding *finding =
        finding_add(out, &CONTAINERS_UNSEEN, "%s",
                    error                   ? error
                    : r < 0                 ? lang_error(-r)
                    : config->stack.project ? translated("The Docker Engine has no container of this compose project.")
                                            : translated("No compose project of this Docker Engine has a service of web's name."));
    finding_evidence(finding, config->stack.docker, "the containers of the stack", "%s",
                     error   ? error
                     : r < 0 ? lang_error(-r)
                             : translated("none"));
    r = 0;
  } else {
    finding_pass(out, &CONTAINERS_UNSEEN);
    container_judge(&view, out);
    r = look_at_images(config, &stack, out);
  }
  docker_stack_free(&stack);
  return r;
}

const struct check_kind check_containers = {
    .name = "containers",
    .summary = translatable("The stack's containers in the Docker Engine: states, mounts, ports, images"),
    .needs = "docker",
    .options = containers_options,
    .option_count = countof(containers_options),
    .config_size = sizeof(struct containers_config),
    .target = "docker",
    .scope = CHECK_SCOPE_STACK,
    .codes = containers_codes,
    .probe = containers_probe,
};
