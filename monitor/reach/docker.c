/* Finds a service's container, inspects it, and runs commands in it. It never starts, stops or removes a container. */
#include "monitor/reach/docker.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/reach/docker_engine.h"

#define FRAME_LIMIT (16u << 20) /* engines write frames of at most 32 KiB; a bigger "size" is text taken for a header */
#define FRAME_HEADER 8
#define GRACE 5.0  /* seconds between SIGTERM and SIGKILL inside the container */
#define MARGIN 2.0 /* seconds that the engine gets to tell us that it is over */

void docker_container_free(struct docker_container *container) {
  if (container == NULL) return;
  free(container->id);
  free(container->name);
  free(container->image);
  free(container->state);
  strings_free(container->environment);
  *container = (struct docker_container){0};
}

void docker_exec_result_free(struct docker_exec_result *result) {
  if (result == NULL) return;
  text_free(&result->output);
  *result = (struct docker_exec_result){0};
}

static const char *label(const json_t *container, const char *name) {
  const char *value = json_string_value(json_object_get(json_object_get(container, "Labels"), name));
  return value == NULL ? "" : value;
}

/* Picks the one container that serves. One-off containers of `docker-compose run` carry the same label and are not it; of several of one
 * project the only running one is (a leftover of a re-creation is dead). Never a guess between projects. */
static int choose(const json_t *list, const char *service, char **ret_id, char **ret_error) {
  auto_text struct text names = {0};
  const json_t *only = NULL, *running = NULL;
  size_t count = 0, running_count = 0, index;
  bool projects_differ = false;
  json_t *container;
  json_array_foreach(list, index, container) {
    if (text_equal_nocase(label(container, "com.docker.compose.oneoff"), "true")) continue;
    const char *name = json_string_value(json_array_get(json_object_get(container, "Names"), 0));
    text_printf(&names, "%s%s", count > 0 ? ", " : "", name == NULL ? "?" : name + (name[0] == '/'));
    if (only != NULL && !text_equal(label(only, "com.docker.compose.project"), label(container, "com.docker.compose.project")))
      projects_differ = true;
    only = container;
    count++;
    if (text_equal(json_string_value(json_object_get(container, "State")), "running")) {
      running = container;
      running_count++;
    }
  }
  text_limit(&names, ENGINE_MESSAGE_LIMIT);
  if (count == 0) return -ENOENT;
  if (count > 1 && projects_differ)
    return engine_fail(ret_error, -ENOTUNIQ, "Several compose projects have a service %s (%s): say which one with stack.project.", service,
                       text_get(&names));
  if (count > 1 && running_count != 1)
    return engine_fail(ret_error, -ENOTUNIQ,
                       "The service %s has %zu containers (%s), and ejmon acts on one only: name it with a command instead.", service,
                       count, text_get(&names));
  const char *id = json_string_value(json_object_get(count > 1 ? running : only, "Id"));
  if (!engine_id_valid(id)) return engine_fail(ret_error, -EPROTO, "The Docker Engine listed a container without a usable id.");
  *ret_id = xstrdup(id);
  return 0;
}

static char *copy_string(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return xstrdup(value == NULL ? "" : value);
}

static int inspect(struct engine *engine, const char *id, struct docker_container *ret_container, char **ret_error) {
  auto_response struct http_response response = {0};
  int r = engine_call(engine, ENGINE_INSPECT, id, NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r < 0) return r;
  json_auto_t *answer = engine_decode(engine, &response, ret_error);
  if (answer == NULL) return -EPROTO;
  const json_t *state = json_object_get(answer, "State"), *config = json_object_get(answer, "Config");
  const char *name = json_string_value(json_object_get(answer, "Name"));
  if (!json_is_object(state) || !json_is_object(config) || name == NULL)
    return engine_fail(ret_error, -EPROTO, "The Docker Engine described a container without State, Config or Name.");
  *ret_container = (struct docker_container){
      .id = xstrdup(id),
      .name = xstrdup(name + (name[0] == '/')),
      .image = copy_string(config, "Image"),
      .state = copy_string(state, "Status"),
      .environment = xcalloc(1, sizeof(char *)),
      .restart_count = (long)json_integer_value(json_object_get(answer, "RestartCount")),
      .exit_code = (long)json_integer_value(json_object_get(state, "ExitCode")),
      .oom_killed = json_is_true(json_object_get(state, "OOMKilled")),
      .created = docker_time(json_string_value(json_object_get(answer, "Created"))),
  };
  size_t index, count = 0;
  json_t *variable;
  json_array_foreach(json_object_get(config, "Env"), index, variable) if (json_is_string(variable))
      strings_append(&ret_container->environment, &count, json_string_value(variable));
  return 0;
}

int docker_find(const char *socket, const char *service, const char *project, struct docker_container *ret_container, char **ret_error) {
  *ret_error = NULL;
  struct engine engine;
  int r = engine_open(socket, &engine, ret_error);
  if (r < 0) return r;
  json_auto_t *labels = json_array();
  auto_free char *by_service = text_format("com.docker.compose.service=%s", service);
  auto_free char *by_project = text_format("com.docker.compose.project=%s", project == NULL ? "" : project);
  json_array_append_new(labels, json_string(by_service));
  if (project != NULL) json_array_append_new(labels, json_string(by_project));
  json_auto_t *filters = json_pack("{s:O}", "label", labels);
  auto_free char *json = filters == NULL ? NULL : json_dumps(filters, JSON_COMPACT);
  if (json == NULL || json_array_size(labels) != (project == NULL ? 1u : 2u))
    return engine_fail(ret_error, -EINVAL, "The service or project name is not UTF-8.");
  auto_text struct text encoded = {0};
  engine_encode(&encoded, json);

  auto_response struct http_response response = {0};
  r = engine_call(&engine, ENGINE_LIST, text_get(&encoded), NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r < 0) return r;
  json_auto_t *list = engine_decode(&engine, &response, ret_error);
  if (list == NULL) return -EPROTO;
  auto_free char *id = NULL;
  r = choose(list, service, &id, ret_error);
  if (r == -ENOENT)
    return engine_fail(ret_error, r,
                       "No container has the label com.docker.compose.service=%s%s%s: is the stack up under another service name?", service,
                       project == NULL ? "" : translated(" in the compose project "), project == NULL ? "" : project);
  return r < 0 ? r : inspect(&engine, id, ret_container, ret_error);
}

long docker_unframe(const void *raw, size_t length, size_t limit, struct text *output, bool *ret_cut) {
  const unsigned char *bytes = raw;
  size_t at = 0;
  while (length - at >= FRAME_HEADER) {
    const unsigned char *header = bytes + at;
    if (header[0] > 3 || header[1] != 0 || header[2] != 0 || header[3] != 0) return -EPROTO;
    size_t size = (size_t)header[4] << 24 | (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];
    if (size > FRAME_LIMIT) return -EPROTO;
    if (length - at - FRAME_HEADER < size) break;
    size_t room = output->length < limit ? limit - output->length : 0;
    if (size > room) *ret_cut = true;
    text_add_bytes(output, header + FRAME_HEADER, size > room ? room : size);
    at += FRAME_HEADER + size;
  }
  return (long)at;
}

/* Unframes a stream that has ended; a last frame that was cut off gives what came of it. */
static int unframe_end(const struct http_response *response, struct docker_exec_result *result) {
  long used = docker_unframe(response->body, response->body_length, DOCKER_OUTPUT_LIMIT, &result->output, &result->output_cut);
  if (used < 0) return (int)used;
  size_t rest = response->body_length - (size_t)used;
  if (rest > FRAME_HEADER) {
    size_t room = result->output.length < DOCKER_OUTPUT_LIMIT ? DOCKER_OUTPUT_LIMIT - result->output.length : 0;
    size_t size = rest - FRAME_HEADER;
    text_add_bytes(&result->output, response->body + used + FRAME_HEADER, size > room ? room : size);
  }
  if (response->body_cut || rest > 0) result->output_cut = true;
  return 0;
}

/* How `timeout` wants to be called. Old busybox (nginx:alpine of 2019) knows neither -k nor the seconds without -t, prints its usage and
 * runs nothing. */
static const char *const bounds[][4] = {{"timeout", "-k", "5"}, {"timeout"}, {"timeout", "-t"}};

static json_t *exec_body(const char *const *arguments, const char *const *environment, const char *directory, double timeout,
                         size_t bound) {
  json_t *command = json_array(), *variables = json_array();
  for (size_t i = 0; bounds[bound][i] != NULL; i++) json_array_append_new(command, json_string(bounds[bound][i]));
  auto_free char *seconds = text_format("%.0f", ceil(timeout));
  json_array_append_new(command, json_string(seconds));
  size_t lost = 0; /* jansson takes UTF-8 only; an argument must not silently fall out of the command */
  for (const char *const *argument = arguments; *argument != NULL; argument++)
    if (json_array_append_new(command, json_string(*argument)) < 0) lost++;
  for (const char *const *variable = environment; variable != NULL && *variable != NULL; variable++)
    if (json_array_append_new(variables, json_string(*variable)) < 0) lost++;
  json_t *body = json_pack("{s:b,s:b,s:b,s:b,s:o,s:o}", "AttachStdin", 0, "AttachStdout", 1, "AttachStderr", 1, "Tty", 0, "Cmd", command,
                           "Env", variables);
  if (body != NULL && directory != NULL && json_object_set_new(body, "WorkingDir", json_string(directory)) < 0) lost++;
  if (lost == 0) return body;
  json_decref(body);
  return NULL;
}

/* The only source of truth about an exec. Waits until it is over, at most `patience` seconds. */
static int exec_wait(struct engine *engine, const char *id, double patience, int *ret_exit_status, char **ret_error) {
  double end = loop_monotonic() + patience;
  for (double pause = 0.02;; pause = pause < 0.5 ? pause * 2 : pause) {
    auto_response struct http_response response = {0};
    int r = engine_call(engine, ENGINE_EXEC_INSPECT, id, NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
    if (r == -ENOENT)
      return engine_fail(ret_error, -ECONNRESET,
                         "The container was stopped or restarted while the command ran; how it ended is not known.");
    if (r < 0) return r;
    json_auto_t *answer = engine_decode(engine, &response, ret_error);
    if (answer == NULL) return -EPROTO;
    const json_t *code = json_object_get(answer, "ExitCode");
    if (json_is_false(json_object_get(answer, "Running")) && json_is_integer(code)) {
      *ret_exit_status = (int)json_integer_value(code);
      return 0;
    }
    if (loop_monotonic() >= end)
      return engine_fail(ret_error, -ETIMEDOUT,
                         "The command still runs in the container: Docker cannot stop an exec, look at `docker top`.");
    r = task_sleep(pause);
    if (r < 0) return r;
  }
}

/* One exec from creation to exit code. */
static int exec_once(struct engine *engine, const char *container, const json_t *body, double timeout, struct docker_exec_result *result,
                     char **ret_error) {
  auto_response struct http_response created = {0};
  int r = engine_call(engine, ENGINE_EXEC_CREATE, container, body, ENGINE_CALL_TIMEOUT, &created, ret_error);
  if (r < 0) return r;
  json_auto_t *answer = engine_decode(engine, &created, ret_error);
  const char *id = json_string_value(json_object_get(answer, "Id"));
  if (answer == NULL) return -EPROTO;
  if (!engine_id_valid(id)) return engine_fail(ret_error, -EPROTO, "The Docker Engine created a command without a usable id.");

  json_auto_t *start = json_pack("{s:b,s:b}", "Detach", 0, "Tty", 0);
  auto_response struct http_response stream = {0};
  double began = loop_monotonic();
  r = engine_call(engine, ENGINE_EXEC_START, id, start, timeout + GRACE + MARGIN, &stream, ret_error);
  /* A stream that outlives the command was inherited by something that it left behind: inspect decides. */
  if (r < 0 && !(r == -ETIMEDOUT && stream.status == 200)) return r;
  if (unframe_end(&stream, result) < 0)
    return engine_fail(ret_error, -EPROTO, "The output of the command was not framed as the Engine promises.");
  /* After the end of the stream it is over in a moment; when we stopped reading (too much output), its own `timeout` ends it at the latest.
   */
  double patience = r < 0 ? MARGIN : stream.body_cut ? timeout + GRACE + MARGIN : 2 * GRACE;
  r = exec_wait(engine, id, patience, &result->exit_status, ret_error);
  if (r < 0) return r;
  if (result->exit_status == 137 && loop_monotonic() - began >= timeout) result->exit_status = 124; /* it needed the SIGKILL of -k */
  return 0;
}

int docker_exec(const char *socket, const char *container, const char *const *arguments, const char *const *environment,
                const char *directory, double timeout, struct docker_exec_result *ret_result, char **ret_error) {
  *ret_error = NULL;
  *ret_result = (struct docker_exec_result){0};
  if (!engine_id_valid(container))
    return engine_fail(ret_error, -EINVAL, "\"%s\" cannot be a container's name.", container == NULL ? "" : container);
  struct engine engine;
  int r = engine_open(socket, &engine, ret_error);
  if (r < 0) return r;
  /* The command must be over before our own deadline is: nobody could stop it afterwards. */
  double left = task_time_left() - GRACE - 2 * MARGIN;
  if (timeout > left) timeout = left;
  if (timeout < 1) return engine_fail(ret_error, -ETIMEDOUT, "Too little time is left to run a command in the container %s.", container);

  for (size_t bound = 0; bound < countof(bounds); bound++) {
    json_auto_t *body = exec_body(arguments, environment, directory, timeout, bound);
    if (body == NULL) return engine_fail(ret_error, -EINVAL, "An argument of the command is not UTF-8.");
    docker_exec_result_free(ret_result);
    r = exec_once(&engine, container, body, timeout, ret_result, ret_error);
    if (r < 0) break;
    const struct text *output = &ret_result->output;
    if ((ret_result->exit_status == 126 || ret_result->exit_status == 127) && text_starts(text_get(output), "OCI runtime exec failed")) {
      auto_text struct text said = {0};
      text_add_printable(&said, output->data, output->length, ENGINE_MESSAGE_LIMIT);
      r = engine_fail(ret_error, -ENOENT, "The container %s cannot run `timeout`, without which a command could run for ever: %s",
                      container, text_get(&said));
      break;
    }
    if (ret_result->exit_status == 0 || text_find(text_get(output), output->length, "Usage: timeout", false) == NULL) break;
  }
  if (r < 0) docker_exec_result_free(ret_result);
  return r;
}
