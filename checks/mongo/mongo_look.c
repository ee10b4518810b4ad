/* Asks MongoDB for what bears on Rocket.Chat's settings and version; see mongo_look.h. */
#include "checks/mongo/mongo_look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/mongo/mongo_codes.h"
#include "monitor/base/lang.h"

#define SCRIPT_DATABASE "test" /* where the mongo shell works when no database is named */
#define FIND_ONE "{\"find\":\"rocketchat_settings\",\"limit\":1,\"singleBatch\":true,\"projection\":{\"_id\":1}}"
/* Rocket.Chat writes a row of statistics at its start and every hour. */
#define FIND_VERSION \
  "{\"find\":\"rocketchat_statistics\",\"sort\":{\"createdAt\":-1},\"limit\":1,\"singleBatch\":true,\"projection\":{\"version\":1}}"
#define FIND_SETTINGS                                                                                                                  \
  "{\"find\":\"rocketchat_settings\",\"filter\":{\"_id\":{\"$in\":[\"Accounts_iframe_enabled\",\"Accounts_iframe_url\","               \
  "\"Accounts_Iframe_api_url\",\"Accounts_Iframe_api_method\",\"Accounts_AllowUsernameChange\",\"Accounts_AllowEmailChange\","         \
  "\"Accounts_AllowPasswordChange\"]}},\"limit\":20,\"singleBatch\":true,\"projection\":{\"value\":1,\"valueSource\":1,\"blocked\":1," \
  "\"hidden\":1}}"

/* The documents of a find, a new reference; NULL when it may not be asked here, or fails: none of these looks is worth more than that. */
static int find(const struct mongo_look *look, const char *database, const char *command, json_t **ret_documents,
                struct mongo_error *error) {
  json_t *reply = NULL;
  int r = mongo_command(look->mongo, database, command, &reply, error);
  *ret_documents = NULL;
  if (r == -EIO && (error->fault == MONGO_FAULT_PRIVILEGE || error->fault == MONGO_FAULT_COMMAND)) {
    mongo_error_free(error);
    return 0;
  }
  if (r < 0) return r;
  *ret_documents = json_incref(json_object_get(json_object_get(reply, "cursor"), "firstBatch"));
  json_decref(reply);
  return 0;
}

int mongo_look_at_fit(const struct mongo_look *look, const char *version, struct mongo_error *error) {
  json_t *documents = NULL;
  const char *rocketchat = look->rocketchat;
  int r = rocketchat ? 0 : find(look, look->database, FIND_VERSION, &documents, error);
  if (r < 0) return r;
  if (!rocketchat) rocketchat = json_string_value(json_object_get(json_array_get(documents, 0), "version"));
  mongo_judge_fit(rocketchat, version, look->alone, look->findings);
  json_decref(documents);
  return 0;
}

int mongo_look_at_pins(const struct mongo_look *look, struct mongo_error *error) {
  json_t *documents = NULL;
  int r = find(look, look->database, FIND_SETTINGS, &documents, error);
  if (r == 0 && documents) mongo_judge_pins(documents, look->findings);
  json_decref(documents);
  return r;
}

/* Settings beside the real ones, where the guide's script works when it is run as written. */
int mongo_look_at_test(const struct mongo_look *look, struct mongo_error *error) {
  if (strcmp(look->database, SCRIPT_DATABASE) == 0) return 0;
  json_t *documents = NULL;
  int r = find(look, SCRIPT_DATABASE, FIND_ONE, &documents, error);
  if (r < 0 || !documents) return r;
  if (json_array_size(documents) > 0) {
    const char *id = json_string_value(json_object_get(json_array_get(documents, 0), "_id"));
    struct finding *finding =
        finding_add(look->findings, &MONGO_STRAY_SETTINGS, "The database %s holds settings of Rocket.Chat, which works on %s.",
                    SCRIPT_DATABASE, look->database);
    finding_evidence(finding, SCRIPT_DATABASE ".rocketchat_settings", "no documents", "%s, ...", id ? id : translated("a document"));
  } else {
    finding_pass(look->findings, &MONGO_STRAY_SETTINGS);
  }
  json_decref(documents);
  return 0;
}

/* listDatabases needs a privilege wherever authentication is on. */
int mongo_look_at_lock(const struct mongo_look *look, struct mongo_error *error) {
  if (look->target->login) return 0; /* whether the door is also open without is not asked */
  json_t *reply = NULL;
  int r = mongo_command(look->mongo, "admin", "{\"listDatabases\":1,\"nameOnly\":true}", &reply, error);
  if (r == -EIO && (error->fault == MONGO_FAULT_PRIVILEGE || error->fault == MONGO_FAULT_COMMAND)) {
    if (error->fault == MONGO_FAULT_PRIVILEGE) finding_pass(look->findings, &MONGO_NO_AUTH);
    mongo_error_free(error);
    return 0;
  }
  if (r < 0) return r;
  size_t count = json_array_size(json_object_get(reply, "databases"));
  json_decref(reply);
  if (mongo_is_loopback(look->target->address)) {
    finding_pass(look->findings, &MONGO_NO_AUTH);
    return 0;
  }
  struct finding *finding = finding_add(look->findings, &MONGO_NO_AUTH, "MongoDB at %s asks nobody for a password.", look->target->address);
  /* Whether the port is also published cannot be seen from inside of the compose network. */
  if (mongo_is_service_name(look->target->address)) finding->severity = SEVERITY_INFO;
  finding_evidence(finding, "listDatabases without a login", translated("refused"), "allowed, %zu databases", count);
  return 0;
}
