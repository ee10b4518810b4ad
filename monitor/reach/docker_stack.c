/* Lists a stack's containers, inspects them, reads their logs. */
#include "monitor/reach/docker_stack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "monitor/base/redact.h"
#include "monitor/reach/docker.h"
#include "monitor/reach/docker_engine.h"

static void member_free(struct docker_member *member) {
  char *const strings[] = {member->id,    member->name,  member->service,  member->project,
                           member->image, member->state, member->image_id, member->error};
  for (size_t i = 0; i < countof(strings); i++) free(strings[i]);
  for (size_t i = 0; i < member->mount_count; i++) {
    free(member->mounts[i].type);
    free(member->mounts[i].name);
    free(member->mounts[i].source);
    free(member->mounts[i].destination);
  }
  for (size_t i = 0; i < member->port_count; i++) free(member->ports[i].address);
  free(member->mounts);
  free(member->ports);
  strings_free(member->environment);
  strings_free(member->command);
  strings_free(member->addresses);
}

void docker_stack_free(struct docker_stack *stack) {
  if (stack == NULL) return;
  for (size_t i = 0; i < stack->count; i++) member_free(&stack->members[i]);
  free(stack->members);
  free(stack->project);
  *stack = (struct docker_stack){0};
}

static char *copy_string(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return xstrdup(value == NULL ? "" : value);
}

static char *copy_label(const json_t *container, const char *name) {
  return copy_string(json_object_get(container, "Labels"), name);
}

static void add_strings(char ***strings, const json_t *array) {
  size_t index, count = strings_count(*strings);
  json_t *item;
  json_array_foreach(array, index, item) if (json_is_string(item)) strings_append(strings, &count, json_string_value(item));
}

static void read_mounts(struct docker_member *member, const json_t *mounts) {
  size_t index;
  json_t *item;
  json_array_foreach(mounts, index, item) {
    struct docker_mount *mount = array_push(&member->mounts, &member->mount_count, sizeof *mount);
    mount->type = copy_string(item, "Type");
    mount->name = copy_string(item, "Name");
    mount->source = copy_string(item, "Source");
    mount->destination = copy_string(item, "Destination");
    mount->read_only = json_is_false(json_object_get(item, "RW"));
  }
}

static void read_ports(struct docker_member *member, json_t *ports) {
  const char *key;
  json_t *bindings;
  json_object_foreach(ports, key, bindings) {
    size_t index;
    json_t *binding;
    auto_free char *number = xstrndup(key, strcspn(key, "/"));
    long inside = 0, outside = 0;
    if (text_to_long(number, 1, 65535, &inside) < 0) continue;
    json_array_foreach(bindings, index, binding) {
      const char *host = json_string_value(json_object_get(binding, "HostPort"));
      if (host == NULL || text_to_long(host, 1, 65535, &outside) < 0) continue;
      struct docker_port *port = array_push(&member->ports, &member->port_count, sizeof *port);
      *port = (struct docker_port){.address = copy_string(binding, "HostIp"), .inside = inside, .outside = outside};
    }
  }
}

static void read_addresses(struct docker_member *member, json_t *networks) {
  const char *key;
  json_t *network;
  json_object_foreach(networks, key, network) {
    const char *address = json_string_value(json_object_get(network, "IPAddress"));
    if (address != NULL && *address != '\0') strings_push(&member->addresses, address);
  }
}

/* One row of the list of containers. */
static bool read_row(struct docker_stack *stack, const json_t *row) {
  const char *id = json_string_value(json_object_get(row, "Id"));
  if (!engine_id_valid(id)) return false;
  struct docker_member *member = array_push(&stack->members, &stack->count, sizeof *member);
  const char *name = json_string_value(json_array_get(json_object_get(row, "Names"), 0));
  auto_free char *one_off = copy_label(row, "com.docker.compose.oneoff");
  member->id = xstrdup(id);
  member->name = xstrdup(name == NULL ? id : name + (name[0] == '/'));
  member->service = copy_label(row, "com.docker.compose.service");
  member->project = copy_label(row, "com.docker.compose.project");
  member->image = copy_string(row, "Image");
  member->image_id = copy_string(row, "ImageID");
  member->state = copy_string(row, "State");
  member->one_off = text_equal_nocase(one_off, "true");
  read_mounts(member, json_object_get(row, "Mounts"));
  return true;
}

/* Adds what only inspect tells. A container that went away in between stays as the list had it. */
static int look_closely(struct engine *engine, struct docker_member *member, char **ret_error) {
  auto_response struct http_response response = {0};
  int r = engine_call(engine, ENGINE_INSPECT, member->id, NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r == -ENOENT) return 0;
  if (r < 0) return r;
  json_auto_t *answer = engine_decode(engine, &response, ret_error);
  const json_t *state = json_object_get(answer, "State"), *config = json_object_get(answer, "Config");
  if (answer == NULL) return -EPROTO;
  if (!json_is_object(state) || !json_is_object(config))
    return engine_fail(ret_error, -EPROTO, "The Docker Engine described a container without State or Config.");
  free(member->state);
  free(member->image);
  member->close = true;
  member->state = copy_string(state, "Status");
  member->image = copy_string(config, "Image"); /* the list shows the bare id once the tag has moved on */
  member->error = copy_string(state, "Error");
  member->tty = json_is_true(json_object_get(config, "Tty"));
  member->oom_killed = json_is_true(json_object_get(state, "OOMKilled"));
  member->restart_count = (long)json_integer_value(json_object_get(answer, "RestartCount"));
  member->exit_code = (long)json_integer_value(json_object_get(state, "ExitCode"));
  member->started = docker_time(json_string_value(json_object_get(state, "StartedAt")));
  add_strings(&member->environment, json_object_get(config, "Env"));
  for (char **entry = member->environment; entry != NULL && *entry != NULL; entry++)
    redact_register_variable(*entry); /* logs may hold them */
  const char *path = json_string_value(json_object_get(answer, "Path"));
  size_t words = 0;
  if (path != NULL) strings_append(&member->command, &words, path);
  add_strings(&member->command, json_object_get(answer, "Args"));
  /* The host's bindings, not NetworkSettings: those are empty while the container is down. */
  read_ports(member, json_object_get(json_object_get(answer, "HostConfig"), "PortBindings"));
  read_addresses(member, json_object_get(json_object_get(answer, "NetworkSettings"), "Networks"));
  return 0;
}

/* Which project is ours? The one that has a (not one-off) container of that service. */
static int choose_project(struct docker_stack *stack, const char *service, char **ret_error) {
  for (size_t i = 0; i < stack->count; i++) {
    const struct docker_member *member = &stack->members[i];
    if (member->one_off || !text_equal(member->service, service) || text_equal(member->project, stack->project)) continue;
    if (stack->project != NULL)
      return engine_fail(ret_error, -ENOTUNIQ, "Several compose projects have a service %s (%s, %s): say which one with stack.project.",
                         service, stack->project, member->project);
    stack->project = xstrdup(member->project);
  }
  return 0;
}

static int look(struct engine *engine, const char *project, const char *service, struct docker_stack *stack, char **ret_error) {
  auto_text struct text filter = {0};
  engine_encode(&filter, "{\"label\":[\"com.docker.compose.service\"]}");
  auto_response struct http_response response = {0};
  int r = engine_call(engine, ENGINE_LIST, text_get(&filter), NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r < 0) return r;
  json_auto_t *list = engine_decode(engine, &response, ret_error);
  if (list == NULL) return -EPROTO;
  size_t index;
  json_t *row;
  json_array_foreach(list, index, row) {
    if (!read_row(stack, row)) return engine_fail(ret_error, -EPROTO, "The Docker Engine listed a container without a usable id.");
  }
  if (project != NULL) {
    stack->project = xstrdup(project);
  } else {
    r = choose_project(stack, service, ret_error);
  }
  size_t close = 0;
  for (size_t i = 0; r == 0 && i < stack->count; i++) {
    if (!text_equal(stack->members[i].project, stack->project)) continue;
    struct docker_member ours = stack->members[i];
    stack->members[i] = stack->members[close];
    stack->members[close] = ours;
    if (close < DOCKER_STACK_LIMIT) r = look_closely(engine, &stack->members[close], ret_error);
    close++;
  }
  return r;
}

int docker_stack_look(const char *socket, const char *project, const char *service, struct docker_stack *ret_stack, char **ret_error) {
  *ret_error = NULL;
  *ret_stack = (struct docker_stack){0};
  struct engine engine;
  int r = engine_open(socket, &engine, ret_error);
  if (r == 0) r = look(&engine, project, service, ret_stack, ret_error);
  if (r < 0) docker_stack_free(ret_stack);
  return r;
}

const struct docker_member *docker_stack_find(const struct docker_stack *stack, const char *service) {
  const struct docker_member *found = NULL;
  for (size_t i = 0; i < stack->count; i++) {
    const struct docker_member *member = &stack->members[i];
    if (!member->close || member->one_off || !text_equal(member->service, service)) continue;
    if (found == NULL || (!text_equal(found->state, "running") && text_equal(member->state, "running"))) found = member;
  }
  return found;
}

/* A log without a TTY is framed, and one line may come in several frames. */
static int read_log(const struct docker_member *member, const struct http_response *response, struct text *log, char **ret_error) {
  if (member->tty) {
    size_t length = response->body_length < DOCKER_LOG_LIMIT ? response->body_length : DOCKER_LOG_LIMIT;
    text_add_bytes(log, response->body, length);
    return 0;
  }
  bool cut = false;
  if (docker_unframe(response->body, response->body_length, DOCKER_LOG_LIMIT, log, &cut) < 0)
    return engine_fail(ret_error, -EPROTO, "The log of %s is not framed as the Docker Engine promises.", member->name);
  return 0;
}

int docker_log(const char *socket, const struct docker_member *member, struct text *ret_log, char **ret_error) {
  *ret_error = NULL;
  struct engine engine;
  int r = engine_open(socket, &engine, ret_error);
  if (r < 0) return r;
  static const enum engine_call calls[] = {ENGINE_LOGS, ENGINE_LOGS_SHORT, ENGINE_LOGS_LAST};
  for (size_t i = 0; i < countof(calls); i++) {
    auto_response struct http_response response = {0};
    r = engine_call(&engine, calls[i], member->id, NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
    /* "configured logging driver does not support reading" is a 500 or a 501. */
    if (r == -EPROTO && *ret_error != NULL && text_find(*ret_error, strlen(*ret_error), "does not support reading", true) != NULL)
      return -ENOTSUP;
    if (r < 0) return r;
    /* What is cut off is the end, and the end is what tells. */
    if (response.body_cut && i + 1 < countof(calls)) continue;
    return read_log(member, &response, ret_log, ret_error);
  }
  return r;
}

int docker_image_kept(const char *socket, const char *image_id, bool *ret_kept, char **ret_error) {
  *ret_error = NULL;
  const char *digest = text_starts(image_id, "sha256:") ? image_id + strlen("sha256:") : image_id;
  if (!engine_id_valid(digest)) return engine_fail(ret_error, -EINVAL, "The Docker Engine named an image without a usable id.");
  struct engine engine;
  int r = engine_open(socket, &engine, ret_error);
  if (r < 0) return r;
  auto_response struct http_response response = {0};
  r = engine_call(&engine, ENGINE_IMAGE, digest, NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r == -ENOENT) { /* forced away under a running container */
    *ret_kept = false;
    return 0;
  }
  if (r < 0) return r;
  json_auto_t *answer = engine_decode(&engine, &response, ret_error);
  if (answer == NULL) return -EPROTO;
  *ret_kept = json_array_size(json_object_get(answer, "RepoTags")) > 0 || json_array_size(json_object_get(answer, "RepoDigests")) > 0;
  return 0;
}
