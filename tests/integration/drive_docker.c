/* Calls monitor/reach/docker.h from a command line, for tests: drive_docker SOCKET find SERVICE [PROJECT], or
 * drive_docker SOCKET exec CONTAINER SECONDS DIRECTORY|- KEY=VALUE|- COMMAND... Prints one JSON object. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/loop.h"
#include "monitor/base/task.h"
#include "monitor/reach/docker.h"

struct drive {
  int count;
  char **words;
};

static const char *unless_dash(const char *word) {
  return text_equal(word, "-") ? NULL : word;
}

static json_t *find(const struct drive *drive) {
  struct docker_container container = {0};
  auto_free char *error = NULL;
  int r = docker_find(drive->words[1], drive->words[3], drive->count > 4 ? drive->words[4] : NULL, &container, &error);
  json_t *said = json_pack("{s:i,s:s?,s:s?,s:s?,s:s?,s:s?,s:i,s:b,s:i}", "result", r, "error", error, "id", container.id, "name",
                           container.name, "state", container.state, "image", container.image, "restarts", (int)container.restart_count,
                           "oom", container.oom_killed, "exit", (int)container.exit_code);
  json_t *variables = json_array();
  for (char **variable = container.environment; variable != NULL && *variable != NULL; variable++)
    json_array_append_new(variables, json_string(*variable));
  json_object_set_new(said, "environment", variables);
  docker_container_free(&container);
  return said;
}

static json_t *exec(const struct drive *drive) {
  struct docker_exec_result result;
  auto_free char *error = NULL;
  const char *variable = unless_dash(drive->words[6]);
  const char *const environment[] = {variable, NULL};
  double began = loop_monotonic();
  int r = docker_exec(drive->words[1], drive->words[3], (const char *const *)(drive->words + 7), environment, unless_dash(drive->words[5]),
                      strtod(drive->words[4], NULL), &result, &error);
  auto_text struct text shown = {0};
  text_add_printable(&shown, text_get(&result.output), result.output.length, 2000);
  json_t *said =
      json_pack("{s:i,s:s?,s:i,s:s,s:i,s:b,s:f}", "result", r, "error", error, "status", result.exit_status, "output", text_get(&shown),
                "bytes", (int)result.output.length, "cut", result.output_cut, "seconds", loop_monotonic() - began);
  docker_exec_result_free(&result);
  return said;
}

static int run(void *argument) {
  struct drive *drive = argument;
  json_auto_t *said = text_equal(drive->words[2], "find") ? find(drive) : exec(drive);
  json_dumpf(said, stdout, 0);
  puts("");
  return 0;
}

int main(int count, char **words) {
  struct drive drive = {.count = count, .words = words};
  if (count < 4 || (text_equal(words[2], "exec") && count < 8)) return 3;
  return task_run_to_end("drive", 60, run, &drive) == 0 ? 0 : 1;
}
