/* The helper process of MongoDB: libmongoc, one client of one host, one command at a time. Nothing here runs in ejmon itself.
 *
 * A question is {url, database, command, connectTimeoutMS, socketTimeoutMS}, the same url each time. An answer is {fresh, reply} or
 * {fresh, fault, code, message}: whether the connection is new, and enum mongo_fault as a number. */
#include <stdlib.h>
#include <string.h>

#include "monitor/base/helper.h"
#include "monitor/base/lang.h"
#include "monitor/base/libmongoc.h"
#include "monitor/base/library.h"
#include "monitor/base/loop.h"
#include "monitor/database/mongo.h"

/* --- the libraries ----------------------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define MONGO_FUNCTIONS(X) \
  X(mongoc_init) X(mongoc_log_set_handler) X(mongoc_uri_new_with_error) X(mongoc_uri_set_option_as_int32) \
  X(mongoc_uri_set_option_as_bool) X(mongoc_uri_destroy) X(mongoc_client_new_from_uri_with_error) \
  X(mongoc_client_set_appname) X(mongoc_client_set_error_api) X(mongoc_client_command_simple) X(mongoc_client_destroy)
/* clang-format on */
#define BSON_FUNCTIONS(X) X(bson_new_from_json) X(bson_destroy) X(bson_as_relaxed_extended_json) X(bson_free)

#define MEMBER(name) __typeof__(&name) name;
static struct mongo_library {
  MONGO_FUNCTIONS(MEMBER)
  BSON_FUNCTIONS(MEMBER)
} mc;
#undef MEMBER

#define ROW(name) {#name, offsetof(struct mongo_library, name)},
static const struct library_function mongo_functions[] = {MONGO_FUNCTIONS(ROW)}, bson_functions[] = {BSON_FUNCTIONS(ROW)};
#undef ROW

#define LIBRARY(name, list)                                                                                                   \
  {                                                                                                                           \
    .file = name, .package = "libmongoc-1.0-0", .missing = translatable("MongoDB's client library is missing"), .table = &mc, \
    .functions = list, .count = countof(list)                                                                                 \
  }
static struct library bson = LIBRARY("libbson-1.0.so.0", bson_functions), mongoc = LIBRARY("libmongoc-1.0.so.0", mongo_functions);

static char *library_complaint; /* why there is none, or NULL */
static mongoc_client_t *client; /* NULL: the next command makes one */

static void libraries_open(void) {
  library_complaint = library_open(&bson);
  if (!library_complaint) library_complaint = library_open(&mongoc);
  if (library_complaint) return;
  mc.mongoc_log_set_handler(NULL, NULL); /* it would write on stderr, e.g. when a server does not know endSessions */
  mc.mongoc_init();
}

/* --- one command --------------------------------------------------------------------------------------------------------------------- */

static const char *string_of(const json_t *question, const char *key) {
  return json_string_value(json_object_get(question, key));
}

static int integer_of(const json_t *question, const char *key) {
  return (int)json_integer_value(json_object_get(question, key));
}

static mongoc_client_t *client_make(const json_t *question, bson_error_t *error) {
  mongoc_uri_t *uri = mc.mongoc_uri_new_with_error(string_of(question, "url"), error);
  if (!uri) return NULL;
  int connect = integer_of(question, "connectTimeoutMS");
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, connect);
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, integer_of(question, "socketTimeoutMS"));
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, connect);
  mc.mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, true);
  mc.mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYREADS, false);
  mongoc_client_t *made = mc.mongoc_client_new_from_uri_with_error(uri, error);
  mc.mongoc_uri_destroy(uri);
  if (made) {
    mc.mongoc_client_set_appname(made, "ejmon");
    mc.mongoc_client_set_error_api(made, MONGOC_ERROR_API_VERSION_2);
  }
  return made;
}

/* libmongoc's text without its wrapping: what is inside of "No suitable servers found (...): [...]". */
static char *message_unwrap(const char *message) {
  static const char wrapping[] = "No suitable servers found";
  const char *open = text_starts(message, wrapping) ? strstr(message, ": [") : NULL;
  char *inner = xstrdup(open ? open + 3 : message);
  size_t length = strlen(inner);
  if (open && length && inner[length - 1] == ']') length--;
  while (length && inner[length - 1] == '.') length--; /* the caller writes the sentence */
  inner[length] = '\0';
  return inner;
}

static json_t *fail(bool fresh, enum mongo_fault fault, unsigned code, const char *message) {
  json_t *answer = json_pack("{s:b, s:i, s:I, s:s}", "fresh", fresh, "fault", (int)fault, "code", (json_int_t)code, "message", message);
  return answer ? answer
                : json_pack("{s:b, s:i, s:s}", "fresh", fresh, "fault", (int)fault, "message", translated("the error is no UTF-8"));
}

static json_t *succeed(bool fresh, const bson_t *reply) {
  char *json = reply->len > MONGO_REPLY_LIMIT ? NULL : mc.bson_as_relaxed_extended_json(reply, NULL);
  bool fits = json && strlen(json) <= MONGO_REPLY_LIMIT;
  json_error_t where;
  json_t *parsed = fits ? json_loads(json, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where) : NULL;
  if (json) mc.bson_free(json);
  if (parsed) return json_pack("{s:b, s:o}", "fresh", fresh, "reply", parsed);
  return fail(fresh, MONGO_FAULT_PROTOCOL, 0,
              fits ? translated("the reply makes no sense") : translated("the reply is larger than ejmon reads, or is no valid BSON"));
}

static json_t *command_fail(bool fresh, const bson_error_t *error, bool waited) {
  auto_free char *message = message_unwrap(error->message);
  enum mongo_fault fault = mongo_classify(error->domain, error->code, error->message, waited);
  /* A server's own refusal leaves the connection whole; after anything else only a new client answers at once. */
  if (fault != MONGO_FAULT_COMMAND && fault != MONGO_FAULT_PRIVILEGE) {
    mc.mongoc_client_destroy(client);
    client = NULL;
  }
  return fail(fresh, fault, error->domain == MONGOC_ERROR_SERVER ? error->code : 0, message);
}

static json_t *command_answer(const json_t *question) {
  if (library_complaint) return fail(true, MONGO_FAULT_EJMON, 0, library_complaint);
  bson_error_t error = {0};
  bool fresh = client == NULL;
  if (!client) client = client_make(question, &error);
  if (!client)
    return fail(
        true, MONGO_FAULT_EJMON, 0,
        translated("MongoDB's address cannot be used: look for special characters that are not percent-encoded, and for unknown options"));
  bson_t *command = mc.bson_new_from_json((const uint8_t *)string_of(question, "command"), -1, &error);
  if (!command) abort(); /* only our own code writes commands */
  bson_t reply;
  double start = loop_monotonic();
  bool done = mc.mongoc_client_command_simple(client, string_of(question, "database"), command, NULL, &reply, &error);
  bool waited = (loop_monotonic() - start) * 1000 >= 0.9 * integer_of(question, "socketTimeoutMS");
  json_t *given = done ? succeed(fresh, &reply) : command_fail(fresh, &error, waited);
  mc.bson_destroy(&reply);
  mc.bson_destroy(command);
  return given;
}

const struct helper_role mongo_helper = {.name = "mongo", .prepare = libraries_open, .answer = command_answer};
