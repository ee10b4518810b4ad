/* EJ's settings on their way from config.env to the process: reads the file and the container's environment, and lets env_judge.c say what
 * is lost, unsafe or ends the start. Changes nothing, and shows no secret. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/env/env_codes.h"
#include "checks/env/env_judge.h"
#include "checks/inside/env_look.h"
#include "checks/option_sets.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/base/task.h"

struct env_config {
  struct place_options place;
  char *file, *app_root, *generation, *host, *site, *rocketchat;
};

static const struct option env_options[] = {
    {OPTION(struct env_config, file, FILE, "{env_file}", "EJ's config.env.")},
    PLACE_OPTIONS(struct env_config, "web", "web_command",
                  "The Docker Engine's socket: then the environment that web was created with is read too."),
    {OPTION(struct env_config, app_root, PATH, "{app_root}", "EJ's folder in the container: its files tell the generation.")},
    {OPTION(struct env_config, generation, CHOICE, "{generation}",
            "EJ's generation, which decides on the names that it reads; auto: as the files in the container tell, else as A and B read."),
     .choices = generation_choices},
    {OPTION(struct env_config, host, STRING, "{host}", "The Host that the site is reached by: EJ must allow it.")},
    {OPTION(struct env_config, site, STRING, "{site}", "The site's address: its scheme is what Rocket.Chat's is compared with.")},
    {OPTION(struct env_config, rocketchat, ORIGIN, "{rocketchat}", "Rocket.Chat's public origin, which EJ's lists must name.")},
};

#define SHARE_FOR_CONTAINER 0.8 /* of the deadline, so that there is time left to say that it ran out */

/* An image is not changed under a running container; but it may be another container by now. */
#define GENERATION_KEEP_SECONDS 600.

struct state {
  char generation; /* as the container's files told, or 0 */
  bool later;
  double since;
};

struct container_look {
  const struct env_config *config;
  struct state *state;
  struct place place;
  char **environment;
  char *error;
  double created;
  int result;
};

static int look_at_container(void *argument) {
  struct container_look *look = argument;
  double left = task_time_left();
  look->result =
      env_look_container(&look->place, isinf(left) ? 10 : fmax(left * 0.9, 0.001), &look->environment, &look->created, &look->error);
  return look->result;
}

static bool is_auto(const char *generation) {
  return !generation || strlen(generation) != 1;
}

/* One that does not run, or has no shell, keeps what was known of it. */
static int look_at_files(void *argument) {
  struct container_look *look = argument;
  struct state *state = look->state;
  if (!is_auto(look->config->generation) || (state->generation && loop_monotonic() - state->since < GENERATION_KEEP_SECONDS)) return 0;
  double left = task_time_left();
  char generation = 0;
  bool later = false;
  int r = env_look_generation(&look->place, look->config->app_root, isinf(left) ? 10 : fmax(left * 0.9, 0.001), &generation, &later);
  if (r == 0 && generation) *state = (struct state){.generation = generation, .later = later, .since = loop_monotonic()};
  return r;
}

/* What could not be looked at. True when there is nothing to judge. */
static bool report_unseen(const struct env_config *config, const struct env_sight *sight, const char *file_error, struct findings *out) {
  if (!sight->view.file && !sight->view.container_looked) {
    struct finding *finding = finding_add(out, &ENV_UNSEEN, "EJ's settings could not be looked at.");
    if (config->file)
      finding_evidence(finding, translated("file"), "a readable file", "%s", file_error ? file_error : translated("(not read)"));
    if (sight->container_unseen) finding_evidence(finding, "web container", "its environment", "%s", sight->container_unseen);
    if (!config->file && !sight->container_unseen)
      finding_evidence(finding, translated("keys"), "file, docker or web_command", "none of them is set");
    return true;
  }
  if (config->file && !sight->view.file) {
    finding_evidence(finding_add(out, &ENV_UNSEEN, "config.env could not be read: %s.", file_error ? file_error : translated("no answer")),
                     translated("file"), "a readable file", "%s", file_error ? file_error : translated("(not read)"));
  } else {
    finding_pass(out, &ENV_UNSEEN);
  }
  if (sight->container_unseen) {
    finding_evidence(finding_add(out, &ENV_CONTAINER_UNSEEN, "Only config.env was judged: the container's environment could not be read."),
                     "web container", "its environment", "%s", sight->container_unseen);
  } else if (sight->view.container_looked) {
    finding_pass(out, &ENV_CONTAINER_UNSEEN);
  }
  return false;
}

static int env_probe(const void *config_, void **state, struct findings *out) {
  const struct env_config *config = config_;
  if (!*state) *state = xcalloc(1, sizeof(struct state));
  struct state *kept = *state;
  struct container_look look = {.config = config, .state = kept, .place = place_of(&config->place, "web")};
  struct env_file_look file = {0};
  struct env_sight sight = {.host = config->host, .site = config->site, .rocketchat = config->rocketchat};
  char *file_error = NULL;
  bool asked = place_exists(&look.place);
  struct task *task = asked ? task_start_share("environment of web", SHARE_FOR_CONTAINER, look_at_container, &look) : NULL;
  struct task *files = asked ? task_start_share("generation of web", SHARE_FOR_CONTAINER, look_at_files, &look) : NULL;
  int r = config->file ? env_look_file(config->file, &file, &file_error) : 0;
  if (r == 0 && config->file) {
    sight.view.file = &file.file;
    sight.view.file_name = config->file;
    sight.mode_known = file.mode_known;
    sight.world_readable = file.world_readable;
    sight.git = file.git;
  }
  if (task) (void)task_join(task);   /* look.result says it */
  if (files) (void)task_join(files); /* what could not be told is not known */
  if (asked && look.result == 0) {
    sight.view.container = look.environment;
    sight.view.container_looked = true;
    sight.younger = look.created > 0 && file.modified > 0 && look.created > file.modified;
  } else if (asked) {
    sight.container_unseen = look.error ? look.error : lang_error(-look.result);
  }
  bool ours = look.result == -ECANCELED || (r < 0 && !file_error);
  if (!ours && !report_unseen(config, &sight, file_error, out)) {
    sight.view.generation = !is_auto(config->generation) ? *config->generation
                            : kept->generation           ? kept->generation
                                                         : env_view_generation(&sight.view);
    sight.view.later = is_auto(config->generation) && kept->later;
    env_judge(&sight, out);
    if (sight.view.file) findings_measure(out, "env_file_variables", (double)file.file.entry_count, "");
  }
  r = !ours ? 0 : look.result == -ECANCELED ? -ECANCELED : r;
  strings_free(look.environment);
  free(look.error);
  free(file_error);
  env_file_look_free(&file);
  return r;
}

const struct check_kind check_env = {
    .name = "env",
    .summary = translatable("EJ's settings on their way from config.env to the process: lost, dead, unsafe, or the end of the start"),
    .needs = "env_file|docker|web_command",
    .options = env_options,
    .option_count = countof(env_options),
    .config_size = sizeof(struct env_config),
    .target = "file",
    .scope = CHECK_SCOPE_STACK,
    .codes = env_codes,
    .probe = env_probe,
    .forget = free,
};
