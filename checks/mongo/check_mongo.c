/* The check of Rocket.Chat's database: hello, ping, buildInfo, the set's state, one setting readable. Reads only, never a setting's value.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/mongo/mongo_codes.h"
#include "checks/mongo/mongo_look.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"
#include "monitor/database/mongo.h"
#include "monitor/base/task.h"

#define DEFAULT_DATABASE "rocketchat" /* EJ's MONGO_URL */
#define SEARCH_LIMIT 10               /* databases looked into when the settings are not where they should be */
#define COMMAND_NOT_FOUND 59
#define NOT_PRIMARY_NO_SECONDARY_OK 13435
#define NOT_PRIMARY_OR_SECONDARY 13436
#define DEADLINE_SHARE 0.95 /* of the time left: so that a server's silence is seen before our own deadline */

#define FIND_ONE_SETTING "{\"find\":\"rocketchat_settings\",\"limit\":1,\"singleBatch\":true,\"projection\":{\"_id\":1}}"

struct config {
  char *url, *at_least, *rocketchat_version;
  double slow;
};

struct state {
  struct mongo *hosts[MONGO_HOST_LIMIT]; /* of the URL, as far as they were asked; when there is a primary only that one's is kept */
  size_t host;                           /* the one looked at: between probes the one that was primary last time */
  bool known; /* a host was reached under its name once: a name that is gone since is that of a container that is gone */
};

struct probe {
  const struct config *config;
  struct state *state;
  struct findings *findings;
  struct mongo_target target; /* of the host looked at */
  double seconds;             /* for the whole probe */
};

/* --- faults ------------------------------------------------------------------------------------------------------------------------ */

static const struct code *const rungs[] = {&MONGO_NAME_UNKNOWN, &MONGO_UNREACHABLE, &MONGO_HUNG,          &MONGO_CLIENT_CRASHED,
                                           &MONGO_NOT_MONGODB,  &MONGO_AUTH_FAILED, &MONGO_COMMAND_FAILED};

static const struct code *const fault_codes[MONGO_FAULT_COUNT] = {
    [MONGO_FAULT_EJMON] = &MONGO_NO_CLIENT,
    [MONGO_FAULT_RESOLVE] = &MONGO_NAME_UNKNOWN,
    [MONGO_FAULT_CONNECT] = &MONGO_UNREACHABLE,
    [MONGO_FAULT_TLS] = &MONGO_UNREACHABLE,
    [MONGO_FAULT_HUNG] = &MONGO_HUNG,
    [MONGO_FAULT_CRASHED] = &MONGO_CLIENT_CRASHED,
    [MONGO_FAULT_PROTOCOL] = &MONGO_NOT_MONGODB,
    [MONGO_FAULT_TOO_OLD] = &MONGO_TOO_OLD,
    [MONGO_FAULT_AUTH] = &MONGO_AUTH_FAILED,
    [MONGO_FAULT_PRIVILEGE] = &MONGO_NO_PRIVILEGE,
    [MONGO_FAULT_COMMAND] = &MONGO_COMMAND_FAILED,
};

static void pass_rungs_below(struct findings *findings, const struct code *code) {
  bool on_ladder = code == NULL;
  for (size_t i = 0; i < countof(rungs); i++) on_ladder = on_ladder || rungs[i] == code;
  for (size_t i = 0; on_ladder && i < countof(rungs) && rungs[i] != code; i++) finding_pass(findings, rungs[i]);
}

static void report_privilege(struct probe *probe, const char *database, const struct mongo_error *error) {
  struct finding *finding =
      finding_add(probe->findings, &MONGO_NO_PRIVILEGE, "ejmon may not read rocketchat_settings in the database %s.", database);
  auto_free char *grant =
      probe->target.login
          ? text_format("db.grantRolesToUser(\"USER OF THE URL\", [{ role: \"read\", db: \"%s\" }])", database)
          : text_format("db.createUser({ user: \"ejmon\", pwd: passwordPrompt(), roles: [{ role: \"read\", db: \"%s\" }] })", database);
  finding_evidence(finding, "to run in mongosh, database admin", grant, "%s", error->message);
}

/* Turns a fault into its finding. Returns what the probe returns. */
static int report_fault(struct probe *probe, int r, const struct mongo_error *error, const char *command) {
  if (r == -ECANCELED) return r;
  const struct code *code = fault_codes[error->fault];
  if (!code) code = &MONGO_NO_CLIENT;
  if (code == &MONGO_NAME_UNKNOWN && probe->state->known) code = &MONGO_UNREACHABLE;
  pass_rungs_below(probe->findings, code == &MONGO_TOO_OLD ? &MONGO_AUTH_FAILED : code);
  struct finding *finding =
      finding_add(probe->findings, code, "MongoDB at %s: %s.",
                  probe->target.address ? probe->target.address : translated("the address of the configuration"), error->message);
  if (code == &MONGO_TOO_OLD) finding_evidence(finding, "wire version", "3.6 or later for ejmon to look", "an older one");
  finding_evidence(finding, command, "a reply", error->code ? translatable("%s, code %u") : "%s", mongo_fault_layers[error->fault],
                   error->code);
  return 0;
}

/* --- one host ------------------------------------------------------------------------------------------------------------------------ */

static struct mongo *mongo_of(const struct probe *probe) {
  return probe->state->hosts[probe->state->host];
}

static int run(struct probe *probe, const char *database, const char *command, json_t **ret_reply, struct mongo_error *error) {
  return mongo_command(mongo_of(probe), database, command, ret_reply, error);
}

static bool is_true(const json_t *object, const char *key) {
  const json_t *value = json_object_get(object, key);
  return json_is_true(value) || (json_is_number(value) && json_number_value(value) != 0);
}

static const char *string_of(const json_t *object, const char *key) {
  const char *value = json_string_value(json_object_get(object, key));
  return value ? value : "";
}

static bool is_primary(const json_t *hello) {
  return is_true(hello, "isWritablePrimary") || is_true(hello, "ismaster");
}

/* hello, or isMaster on servers before 4.4.2. A kept connection that broke says nothing about the server: asked again on a new one. */
static int say_hello(struct probe *probe, json_t **ret_hello, struct mongo_error *error) {
  bool kept = !mongo_is_new(mongo_of(probe));
  int r = run(probe, "admin", "{\"hello\":1}", ret_hello, error);
  bool broken = r == -EIO && (error->fault == MONGO_FAULT_PROTOCOL || error->fault == MONGO_FAULT_CONNECT);
  if (kept && broken) {
    mongo_error_free(error);
    r = run(probe, "admin", "{\"hello\":1}", ret_hello, error);
  }
  if (r == -EIO && error->fault == MONGO_FAULT_COMMAND && error->code == COMMAND_NOT_FOUND) {
    mongo_error_free(error);
    r = run(probe, "admin", "{\"isMaster\":1}", ret_hello, error);
  }
  return r;
}

/* How many hosts of the URL are looked at. */
static size_t host_count(const struct mongo_target *target) {
  return target->host_count < MONGO_HOST_LIMIT ? target->host_count : MONGO_HOST_LIMIT;
}

/* Makes host `index` the one that is looked at. 0 or -EINVAL after a finding. */
static int choose_host(struct probe *probe, size_t index) {
  struct mongo_target target = {0};
  char *complaint = NULL;
  int r = mongo_target_parse(probe->config->url, index, &target, &complaint);
  mongo_target_free(&probe->target);
  probe->target = target;
  if (r < 0) {
    struct mongo_error error = {.fault = MONGO_FAULT_EJMON, .message = complaint};
    (void)report_fault(probe, -EIO, &error, "the address");
    mongo_error_free(&error);
    return r;
  }
  probe->state->host = index;
  double seconds = probe->seconds * DEADLINE_SHARE / (double)host_count(&target);
  if (!mongo_of(probe)) probe->state->hosts[index] = mongo_open(&target, seconds);
  return 0;
}

static void close_hosts(struct state *state, const struct mongo *but) {
  for (size_t i = 0; i < MONGO_HOST_LIMIT; i++) {
    if (state->hosts[i] == but) continue;
    mongo_close(state->hosts[i]);
    state->hosts[i] = NULL;
  }
}

/* Of two hosts' errors the first is told, but one of the server before one of ours. */
static void error_keep(struct mongo_error *worst, struct mongo_error *error) {
  if (error->fault && (!worst->fault || worst->fault == MONGO_FAULT_EJMON)) {
    mongo_error_free(worst);
    *worst = *error;
  } else {
    mongo_error_free(error);
  }
}

/* Looks for the primary, from the host of last time on, and leaves the best host chosen. *ret_hello stays NULL when no host answered; the
 * finding is made then. */
static int find_primary(struct probe *probe, json_t **ret_hello) {
  size_t first = probe->state->host, index = first, best = first;
  struct mongo_error worst = {0};
  int r = 0;
  do {
    if (choose_host(probe, index) < 0) return 0;
    json_t *hello = NULL;
    struct mongo_error error = {0};
    r = say_hello(probe, &hello, &error);
    if (r == -ECANCELED || r == -ETIMEDOUT) {
      mongo_error_free(&worst);
      worst = error;
      break;
    }
    error_keep(&worst, &error);
    if (hello && (!*ret_hello || is_primary(hello))) {
      json_decref(*ret_hello);
      *ret_hello = hello;
      best = index;
      if (is_primary(hello)) break;
    } else {
      json_decref(hello);
    }
    index = (index + 1) % host_count(&probe->target);
  } while (index != first);
  r = *ret_hello ? choose_host(probe, best) : report_fault(probe, r, &worst, "hello");
  if (*ret_hello && is_primary(*ret_hello)) close_hosts(probe->state, mongo_of(probe));
  mongo_error_free(&worst);
  return r;
}

/* --- what the server says ------------------------------------------------------------------------------------------------------------- */

static void judge_hello(struct probe *probe, const json_t *hello) {
  const char *set = string_of(hello, "setName"), *primary = string_of(hello, "primary");
  findings_fact(probe->findings, "replica-set", *set ? set : "none");
  if (is_primary(hello)) {
    finding_pass(probe->findings, &MONGO_NOT_PRIMARY);
  } else {
    const char *state = is_true(hello, "isreplicaset")  ? translated("a set that was never initialised")
                        : is_true(hello, "arbiterOnly") ? translated("an arbiter")
                        : is_true(hello, "secondary")   ? translated("a secondary")
                                                        : translated("neither primary nor secondary");
    struct finding *finding = finding_add(probe->findings, &MONGO_NOT_PRIMARY, "MongoDB at %s is %s%s%s.", probe->target.address, state,
                                          *primary ? translated("; the primary is ") : translated(", and knows no primary"), primary);
    /* With a primary elsewhere only ejmon's view is narrow; a set without one takes no writes. */
    if (*primary) finding->severity = SEVERITY_WARNING;
    finding_evidence(finding, "hello isWritablePrimary", "true", "false");
    finding_evidence(finding, "hello primary", NULL, "%s", *primary ? primary : "none");
  }
  if (!probe->target.replica_set || strcmp(probe->target.replica_set, set) == 0) {
    finding_pass(probe->findings, &MONGO_WRONG_SET);
    return;
  }
  struct finding *finding = finding_add(probe->findings, &MONGO_WRONG_SET, "The URL asks for the replica set %s, and the server %s%s.",
                                        probe->target.replica_set, *set ? translated("belongs to ") : translated("runs alone"), set);
  finding_evidence(finding, "hello setName", probe->target.replica_set, "%s", *set ? set : "none");
}

static int look_at_ping(struct probe *probe, struct mongo_error *error) {
  json_t *reply = NULL;
  double start = loop_monotonic();
  int r = run(probe, "admin", "{\"ping\":1}", &reply, error);
  double latency = loop_monotonic() - start;
  json_decref(reply);
  if (r < 0) return r;
  findings_measure(probe->findings, "latency", latency, "s");
  if (latency < probe->config->slow) {
    finding_pass(probe->findings, &MONGO_SLOW);
    return 0;
  }
  struct finding *finding = finding_add(probe->findings, &MONGO_SLOW, "MongoDB took %.1f s for ping.", latency);
  auto_free char *want = text_format(translated("below %g s"), probe->config->slow);
  finding_evidence(finding, "ping", want, "%.3f s", latency);
  return 0;
}

static int look_at_version(struct probe *probe, struct mongo_error *error) {
  json_t *reply = NULL;
  int r = run(probe, "admin", "{\"buildInfo\":1}", &reply, error);
  if (r == -EIO && (error->fault == MONGO_FAULT_PRIVILEGE || error->fault == MONGO_FAULT_COMMAND)) {
    mongo_error_free(error); /* hidden behind a login, or unknown to a stand-in: not worth more than not knowing it */
    return 0;
  }
  if (r < 0) return r;
  const char *version = string_of(reply, "version");
  if (*version) findings_fact(probe->findings, "mongo", version);
  if (*version && mongo_version_compare(version, probe->config->at_least) < 0) {
    struct finding *finding =
        finding_add(probe->findings, &MONGO_TOO_OLD, "MongoDB %s is older than %s.", version, probe->config->at_least);
    finding_evidence(finding, "buildInfo version", probe->config->at_least, "%s", version);
  } else if (*version) {
    finding_pass(probe->findings, &MONGO_TOO_OLD);
  }
  json_decref(reply);
  return 0;
}

/* Needs the role clusterMonitor; without it the members are not watched, which is no fault. */
static int look_at_members(struct probe *probe, const json_t *hello, struct mongo_error *error) {
  if (!*string_of(hello, "setName")) return 0;
  json_t *reply = NULL, *member;
  int r = run(probe, "admin", "{\"replSetGetStatus\":1}", &reply, error);
  if (r == -EIO && (error->fault == MONGO_FAULT_PRIVILEGE || error->fault == MONGO_FAULT_COMMAND)) {
    mongo_error_free(error);
    return 0;
  }
  if (r < 0) return r;
  struct finding *finding = NULL;
  size_t index;
  json_array_foreach(json_object_get(reply, "members"), index, member) {
    const char *state = string_of(member, "stateStr");
    bool well =
        is_true(member, "health") && (strcmp(state, "PRIMARY") == 0 || strcmp(state, "SECONDARY") == 0 || strcmp(state, "ARBITER") == 0);
    if (well) continue;
    if (!finding)
      finding = finding_add(probe->findings, &MONGO_MEMBER_DOWN, "The member %s of the replica set is %s.", string_of(member, "name"),
                            *state ? state : translated("ill"));
    finding_evidence(finding, string_of(member, "name"), "PRIMARY, SECONDARY or ARBITER", "%s", *state ? state : translated("no state"));
  }
  if (!finding) finding_pass(probe->findings, &MONGO_MEMBER_DOWN);
  json_decref(reply);
  return 0;
}

/* --- Rocket.Chat's settings ------------------------------------------------------------------------------------------------------------
 */

/* 1: there is a setting; 0: none; or what run() returned. */
static int has_settings(struct probe *probe, const char *database, struct mongo_error *error) {
  json_t *reply = NULL;
  int r = run(probe, database, FIND_ONE_SETTING, &reply, error);
  if (r < 0) return r;
  r = json_array_size(json_object_get(json_object_get(reply, "cursor"), "firstBatch")) > 0;
  json_decref(reply);
  return r;
}

/* The database that has the settings, when it is not the one named; NULL when none is found. Whatever fails here is only not known. */
static char *search_settings(struct probe *probe, const char *named) {
  auto_mongo_error struct mongo_error error = {0};
  json_t *reply = NULL, *database;
  char *found = NULL;
  size_t index;
  if (run(probe, "admin", "{\"listDatabases\":1,\"nameOnly\":true}", &reply, &error) < 0) return NULL;
  json_array_foreach(json_object_get(reply, "databases"), index, database) {
    const char *name = string_of(database, "name");
    if (found || index >= SEARCH_LIMIT || !*name || strcmp(name, named) == 0) continue;
    mongo_error_free(&error);
    int r = has_settings(probe, name, &error);
    if (r == 1) found = xstrdup(name);
    if (r == -ECANCELED || r == -ETIMEDOUT) break;
  }
  json_decref(reply);
  return found;
}

static int look_at_settings(struct probe *probe, bool readable_member, struct mongo_error *error) {
  const char *database = probe->target.database ? probe->target.database : DEFAULT_DATABASE;
  if (!readable_member) return 0; /* recovering, or not initialised: mongo/not-primary says so */
  int r = has_settings(probe, database, error);
  if (r == -EIO && error->fault == MONGO_FAULT_PRIVILEGE) {
    report_privilege(probe, database, error);
    return 0;
  }
  if (r == -EIO && (error->code == NOT_PRIMARY_NO_SECONDARY_OK || error->code == NOT_PRIMARY_OR_SECONDARY)) {
    mongo_error_free(error); /* it lost its rank meanwhile: mongo/not-primary's matter */
    return 0;
  }
  if (r < 0) return r;
  finding_pass(probe->findings, &MONGO_NO_PRIVILEGE);
  if (r == 1) {
    finding_pass(probe->findings, &MONGO_NO_SETTINGS);
    finding_pass(probe->findings, &MONGO_WRONG_DATABASE);
    return 0;
  }
  auto_free char *elsewhere = search_settings(probe, database);
  if (elsewhere) {
    finding_pass(probe->findings, &MONGO_NO_SETTINGS);
    struct finding *finding = finding_add(probe->findings, &MONGO_WRONG_DATABASE,
                                          "Rocket.Chat's settings are in the database %s, not in %s.", elsewhere, database);
    finding_evidence(finding, "rocketchat_settings", database, "%s", elsewhere);
    return 0;
  }
  struct finding *finding = finding_add(probe->findings, &MONGO_NO_SETTINGS, "The database %s has no Rocket.Chat settings.", database);
  finding_evidence(finding, "rocketchat_settings", translated("documents"), "none");
  return 0;
}

/* What else bears on Rocket.Chat, once its settings could be read. */
static int look_further(struct probe *probe, const json_t *hello, struct mongo_error *error) {
  const struct mongo_look look = {
      .mongo = mongo_of(probe),
      .target = &probe->target,
      .findings = probe->findings,
      .database = probe->target.database ? probe->target.database : DEFAULT_DATABASE,
      .rocketchat = probe->config->rocketchat_version,
      .alone = !*string_of(hello, "setName") && !text_equal(string_of(hello, "msg"), "isdbgrid")}; /* mongos names no set */
  int r = mongo_look_at_fit(&look, findings_get_fact(probe->findings, "mongo"), error);
  if (r == 0) r = mongo_look_at_pins(&look, error);
  if (r == 0) r = mongo_look_at_test(&look, error);
  if (r == 0) r = mongo_look_at_lock(&look, error);
  return r;
}

/* --- the probe --------------------------------------------------------------------------------------------------------------------- */

static int look(struct probe *probe, const json_t *hello) {
  auto_mongo_error struct mongo_error error = {0};
  bool readable = is_primary(hello) || is_true(hello, "secondary");
  const char *doing = "ping";
  probe->state->known = true;
  judge_hello(probe, hello);
  int r = look_at_ping(probe, &error);
  if (r == 0) r = look_at_version(probe, &error), doing = "buildInfo";
  if (r == 0) r = look_at_members(probe, hello, &error), doing = "replSetGetStatus";
  if (r == 0) r = look_at_settings(probe, readable, &error), doing = "find rocketchat_settings";
  if (r == 0 && readable) r = look_further(probe, hello, &error), doing = "find";
  if (r < 0) return report_fault(probe, r, &error, doing);
  pass_rungs_below(probe->findings, NULL);
  finding_pass(probe->findings, &MONGO_NO_CLIENT);
  return 0;
}

static int probe_mongo(const void *config, void **state, struct findings *findings) {
  if (!*state) *state = xcalloc(1, sizeof(struct state));
  struct probe probe = {.config = config, .state = *state, .findings = findings, .seconds = task_time_left()};
  if (isinf(probe.seconds)) probe.seconds = 10;
  json_t *hello = NULL;
  int r = find_primary(&probe, &hello);
  if (r == 0 && hello) r = look(&probe, hello);
  json_decref(hello);
  mongo_target_free(&probe.target);
  return r;
}

static void forget_mongo(void *state) {
  struct state *mine = state;
  if (!mine) return;
  close_hosts(mine, NULL);
  free(mine);
}

static const char *const schemes[] = {"mongodb", NULL};
static const struct option options[] = {
    {OPTION(struct config, url, DSN, "{mongo}",
            "MongoDB as Rocket.Chat's MONGO_URL names it, mongodb://mongo:27017/rocketchat; without a database: rocketchat"),
     .choices = schemes, .required = true},
    {OPTION(struct config, at_least, STRING, "3.2", "the oldest MongoDB that your Rocket.Chat accepts; older ones are mongo/too-old")},
    {OPTION(struct config, rocketchat_version, STRING, NULL,
            "the version of Rocket.Chat that uses it, 0.74.3; unset: what Rocket.Chat recorded itself, if anything")},
    {OPTION(struct config, slow, DURATION, "1s", "how long ping may take")},
};

const struct check_kind check_mongo = {
    .name = "mongo",
    .summary = translatable("Rocket.Chat's database: hello, ping, version, replica set, settings readable and pinned, who may in"),
    .needs = "mongo",
    .options = options,
    .option_count = countof(options),
    .config_size = sizeof(struct config),
    .target = "url",
    .codes = mongo_codes,
    .probe = probe_mongo,
    .forget = forget_mongo,
};
