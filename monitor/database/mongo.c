/* Commands for a helper process that has libmongoc; see mongo.h. This side knows no libmongoc and believes nothing that comes back. */
#include "monitor/database/mongo.h"

#include <errno.h>
#include <stdlib.h>

#include "monitor/base/helper.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

#define LEAST_SECONDS 0.2
/* Shares of the time for one command: socket + 2 x connect is 0.75; with a login connect + 4 x socket is 0.87. */
#define CONNECT_SHARE 0.2
#define SOCKET_SHARE 0.35
#define LOGIN_CONNECT_SHARE 0.15
#define LOGIN_SOCKET_SHARE 0.18
#define MESSAGE_LIMIT 1024 /* bytes of an error's text */

struct mongo {
  struct helper *helper;
  char *url;
  int connect_milliseconds, socket_milliseconds;
  bool fresh;
};

void mongo_error_free(struct mongo_error *error) {
  free(error->message);
  *error = (struct mongo_error){0};
}

struct mongo *mongo_open(const struct mongo_target *target, double seconds) {
  struct mongo *mongo = xcalloc(1, sizeof *mongo);
  if (!(seconds > LEAST_SECONDS)) seconds = LEAST_SECONDS;
  if (seconds > 3600) seconds = 3600;
  mongo->helper = helper_new(mongo_helper.name, MONGO_REPLY_LIMIT + 4096);
  mongo->url = xstrdup(target->url);
  mongo->connect_milliseconds = (int)(seconds * 1000 * (target->login ? LOGIN_CONNECT_SHARE : CONNECT_SHARE));
  mongo->socket_milliseconds = (int)(seconds * 1000 * (target->login ? LOGIN_SOCKET_SHARE : SOCKET_SHARE));
  return mongo;
}

/* What became of the helper itself, as a fault. */
static int helper_failed(int r, const char *why, struct mongo_error *error) {
  error->fault = r == -ETIMEDOUT ? MONGO_FAULT_HUNG : r == -ECONNABORTED ? MONGO_FAULT_CRASHED : MONGO_FAULT_EJMON;
  error->message =
      why ? text_format(translated("ejmon's client for it, a process of its own, %s"), why) : xstrdup(translated("it does not answer"));
  return r == -ETIMEDOUT || r == -ECANCELED ? r : -EIO;
}

/* What the helper says of the server. */
static int answer_take(const json_t *answer, json_t **ret_reply, struct mongo_error *error) {
  json_t *reply = json_object_get(answer, "reply");
  if (json_is_object(reply)) {
    *ret_reply = json_incref(reply);
    return 0;
  }
  json_int_t fault = json_integer_value(json_object_get(answer, "fault"));
  const char *message = json_string_value(json_object_get(answer, "message"));
  auto_free char *short_message = xstrndup(message ? message : "", MESSAGE_LIMIT);
  error->fault = fault > MONGO_FAULT_NONE && fault < MONGO_FAULT_COUNT ? (enum mongo_fault)fault : MONGO_FAULT_PROTOCOL;
  error->code = (unsigned)json_integer_value(json_object_get(answer, "code"));
  error->message = redact(short_message);
  return -EIO;
}

int mongo_command(struct mongo *mongo, const char *database, const char *command, json_t **ret_reply, struct mongo_error *ret_error) {
  json_t *question = json_pack("{s:s, s:s, s:s, s:i, s:i}", "url", mongo->url, "database", database, "command", command, "connectTimeoutMS",
                               mongo->connect_milliseconds, "socketTimeoutMS", mongo->socket_milliseconds);
  json_t *answer = NULL;
  auto_free char *why = NULL;
  int r = -EIO;
  if (question) {
    r = helper_ask(mongo->helper, question, &answer, &why);
  } else {
    why = xstrdup(translated("cannot be told an address that is no UTF-8"));
  }
  json_decref(question);
  if (r < 0) return helper_failed(r, why, ret_error);
  mongo->fresh = json_is_true(json_object_get(answer, "fresh"));
  r = answer_take(answer, ret_reply, ret_error);
  json_decref(answer);
  return r;
}

bool mongo_is_new(const struct mongo *mongo) {
  return mongo->fresh;
}

void mongo_close(struct mongo *mongo) {
  if (!mongo) return;
  helper_free(mongo->helper);
  free(mongo->url);
  free(mongo);
}
