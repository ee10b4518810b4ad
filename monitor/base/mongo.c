/* Commands over libmongoc on a worker thread; see mongo.h. A client belongs either to its handle, to the job that runs with it, or to the
 * graveyard. */
#include "monitor/base/mongo.h"

#include <dlfcn.h>
#include <errno.h>
#include <mongoc/mongoc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/loop.h"
#include "monitor/base/redact.h"
#include "monitor/base/task.h"
#include "monitor/base/work.h"

#define THREADS 4
#define LEAST_SECONDS 0.2
/* Shares of the time for one command: socket + 2 x connect is 0.75; with a login connect + 4 x socket is 0.87. */
#define CONNECT_SHARE 0.2
#define SOCKET_SHARE 0.35
#define LOGIN_CONNECT_SHARE 0.15
#define LOGIN_SOCKET_SHARE 0.18

/* --- the libraries ----------------------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define MONGO_FUNCTIONS(X) \
  X(mongoc_init) X(mongoc_log_set_handler) X(mongoc_uri_new_with_error) X(mongoc_uri_set_option_as_int32) \
  X(mongoc_uri_set_option_as_bool) X(mongoc_uri_destroy) X(mongoc_client_new_from_uri_with_error) \
  X(mongoc_client_set_appname) X(mongoc_client_set_error_api) X(mongoc_client_command_simple) X(mongoc_client_destroy)
/* clang-format on */
#define BSON_FUNCTIONS(X) X(bson_new_from_json) X(bson_destroy) X(bson_as_relaxed_extended_json) X(bson_free)

#define MEMBER(name) __typeof__(&name) name;
static struct {
  MONGO_FUNCTIONS(MEMBER)
  BSON_FUNCTIONS(MEMBER)
} mc;
#undef MEMBER

static pthread_mutex_t library_mutex = PTHREAD_MUTEX_INITIALIZER;
static bool library_ready; /* guarded by library_mutex */

static char *take(void *library, const char *file, const char *name, void *slot) {
  void *found = library ? dlsym(library, name) : NULL;
  if (found) {
    memcpy(slot, &found, sizeof found); /* ISO C has no cast from an object to a function pointer */
    return NULL;
  }
  if (library) return text_format("the installed %s has no %s: install Debian 12's libmongoc-1.0-0 or a later 1.x", file, name);
  return text_format("MongoDB's client library is missing: install the package libmongoc-1.0-0 (%s)", dlerror());
}

/* On a worker. NULL, or a sentence. */
static char *library_open(void) {
  pthread_mutex_lock(&library_mutex);
  char *complaint = NULL;
  if (!library_ready) {
    void *bson = dlopen("libbson-1.0.so.0", RTLD_LAZY | RTLD_LOCAL),
         *mongoc = bson ? dlopen("libmongoc-1.0.so.0", RTLD_LAZY | RTLD_LOCAL) : NULL;
#define TAKE_MONGO(name) \
  if (!complaint) complaint = take(mongoc, "libmongoc-1.0.so.0", #name, &mc.name);
#define TAKE_BSON(name) \
  if (!complaint) complaint = take(bson, "libbson-1.0.so.0", #name, &mc.name);
    MONGO_FUNCTIONS(TAKE_MONGO)
    BSON_FUNCTIONS(TAKE_BSON)
#undef TAKE_MONGO
#undef TAKE_BSON
    if (!complaint) {
      mc.mongoc_log_set_handler(NULL, NULL); /* it would write on stderr, e.g. when a server does not know endSessions */
      mc.mongoc_init();
      library_ready = true;
    }
  }
  pthread_mutex_unlock(&library_mutex);
  return complaint;
}

/* --- clients nobody wants any more --------------------------------------------------------------------------------------------------- */

static pthread_mutex_t graveyard_mutex = PTHREAD_MUTEX_INITIALIZER;
static mongoc_client_t **graveyard; /* guarded by graveyard_mutex */
static size_t graveyard_count;

/* Destroying says goodbye to the server and may wait for it, so the loop's thread only leaves clients here. */
static void client_bury(mongoc_client_t *client) {
  if (!client) return;
  pthread_mutex_lock(&graveyard_mutex);
  mongoc_client_t **slot = array_push(&graveyard, &graveyard_count, sizeof *graveyard);
  *slot = client;
  pthread_mutex_unlock(&graveyard_mutex);
}

static void graveyard_clear(void) {
  for (;;) {
    pthread_mutex_lock(&graveyard_mutex);
    mongoc_client_t *client = graveyard_count ? graveyard[--graveyard_count] : NULL;
    pthread_mutex_unlock(&graveyard_mutex);
    if (!client) return;
    mc.mongoc_client_destroy(client);
  }
}

/* --- one command on a worker --------------------------------------------------------------------------------------------------------- */

struct mongo {
  char *url;
  int connect_milliseconds, socket_milliseconds;
  mongoc_client_t *client; /* NULL: the next command opens one */
  bool fresh;
};

struct job {
  int references; /* the waiter's and work.c's; touched on the loop's thread only */
  atomic_bool started;
  char *url, *database, *command;
  int connect_milliseconds, socket_milliseconds;
  mongoc_client_t *client; /* in: the handle's or NULL; out: one that works, or NULL */
  bool fresh;
  char *reply; /* JSON, or NULL */
  struct mongo_error error;
};

static void job_drop(void *argument) {
  struct job *job = argument;
  if (--job->references > 0) return;
  client_bury(job->client);
  free(job->url);
  free(job->database);
  free(job->command);
  free(job->reply);
  mongo_error_free(&job->error);
  free(job);
}

void mongo_error_free(struct mongo_error *error) {
  free(error->message);
  *error = (struct mongo_error){0};
}

static mongoc_client_t *client_make(struct job *job, bson_error_t *error) {
  mongoc_uri_t *uri = mc.mongoc_uri_new_with_error(job->url, error);
  if (!uri) return NULL;
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_CONNECTTIMEOUTMS, job->connect_milliseconds);
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SOCKETTIMEOUTMS, job->socket_milliseconds);
  mc.mongoc_uri_set_option_as_int32(uri, MONGOC_URI_SERVERSELECTIONTIMEOUTMS, job->connect_milliseconds);
  mc.mongoc_uri_set_option_as_bool(uri, MONGOC_URI_SERVERSELECTIONTRYONCE, true);
  mc.mongoc_uri_set_option_as_bool(uri, MONGOC_URI_RETRYREADS, false);
  mongoc_client_t *client = mc.mongoc_client_new_from_uri_with_error(uri, error);
  mc.mongoc_uri_destroy(uri);
  if (client) {
    mc.mongoc_client_set_appname(client, "ejmon");
    mc.mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
  }
  return client;
}

/* libmongoc's text without its wrapping: what is inside of "No suitable servers found (...): [...]". */
static char *message_unwrap(const char *message) {
  static const char wrapping[] = "No suitable servers found";
  const char *open = text_starts(message, wrapping) ? strstr(message, ": [") : NULL;
  auto_free char *inner = xstrdup(open ? open + 3 : message);
  size_t length = strlen(inner);
  if (open && length && inner[length - 1] == ']') length--;
  while (length && inner[length - 1] == '.') length--; /* the caller writes the sentence */
  inner[length] = '\0';
  return redact(inner);
}

static void job_fail(struct job *job, enum mongo_fault fault, unsigned code, const char *message) {
  job->error = (struct mongo_error){.fault = fault, .code = code, .message = xstrdup(message)};
}

static void job_reply(struct job *job, const bson_t *reply) {
  char *json = reply->len > MONGO_REPLY_LIMIT ? NULL : mc.bson_as_relaxed_extended_json(reply, NULL);
  if (!json || strlen(json) > MONGO_REPLY_LIMIT) {
    job_fail(job, MONGO_FAULT_PROTOCOL, 0, "the reply is larger than ejmon reads, or is no valid BSON");
  } else {
    job->reply = xstrdup(json);
  }
  if (json) mc.bson_free(json);
}

static void job_run(void *argument) {
  struct job *job = argument;
  atomic_store(&job->started, true);
  char *complaint = library_open();
  if (complaint) {
    job_fail(job, MONGO_FAULT_EJMON, 0, complaint);
    free(complaint);
    return;
  }
  graveyard_clear();
  bson_error_t error = {0};
  job->fresh = job->client == NULL;
  if (!job->client) job->client = client_make(job, &error);
  if (!job->client) {
    job_fail(job, MONGO_FAULT_EJMON, 0,
             "MongoDB's address cannot be used: look for special characters that are not percent-encoded, and for unknown options");
    return;
  }
  bson_t *command = mc.bson_new_from_json((const uint8_t *)job->command, -1, &error);
  if (!command) abort(); /* only our own code writes commands */
  bson_t reply;
  double start = loop_monotonic();
  bool done = mc.mongoc_client_command_simple(job->client, job->database, command, NULL, &reply, &error);
  if (done) {
    job_reply(job, &reply);
  } else {
    bool waited = (loop_monotonic() - start) * 1000 >= 0.9 * job->socket_milliseconds;
    enum mongo_fault fault = mongo_classify(error.domain, error.code, error.message, waited);
    job_fail(job, fault, error.domain == MONGOC_ERROR_SERVER ? error.code : 0, error.message);
  }
  mc.bson_destroy(&reply);
  mc.bson_destroy(command);
  /* A server's own refusal leaves the connection whole; after anything else only a new client answers at once. */
  if (job->error.fault && job->error.fault != MONGO_FAULT_COMMAND && job->error.fault != MONGO_FAULT_PRIVILEGE) {
    mc.mongoc_client_destroy(job->client);
    job->client = NULL;
  }
}

/* --- handles, on the loop's thread -----------------------------------------------------------------------------------------------------
 */

struct mongo *mongo_open(const struct mongo_target *target, double seconds) {
  struct mongo *mongo = xcalloc(1, sizeof *mongo);
  if (!(seconds > LEAST_SECONDS)) seconds = LEAST_SECONDS;
  if (seconds > 3600) seconds = 3600;
  mongo->url = xstrdup(target->url);
  mongo->connect_milliseconds = (int)(seconds * 1000 * (target->login ? LOGIN_CONNECT_SHARE : CONNECT_SHARE));
  mongo->socket_milliseconds = (int)(seconds * 1000 * (target->login ? LOGIN_SOCKET_SHARE : SOCKET_SHARE));
  return mongo;
}

static int ended_early(int r, bool started, struct mongo_error *error) {
  error->fault = r == -ETIMEDOUT && started ? MONGO_FAULT_HUNG : MONGO_FAULT_EJMON;
  error->message =
      xstrdup(started ? "it does not answer" : "it could not be asked in time: all of ejmon's workers were waiting for others");
  return r == -EAGAIN ? -EIO : r;
}

int mongo_command(struct mongo *mongo, const char *database, const char *command, char **ret_reply, struct mongo_error *ret_error) {
  struct job *job = xcalloc(1, sizeof *job);
  *job = (struct job){.references = 2,
                      .url = xstrdup(mongo->url),
                      .database = xstrdup(database),
                      .command = xstrdup(command),
                      .connect_milliseconds = mongo->connect_milliseconds,
                      .socket_milliseconds = mongo->socket_milliseconds,
                      .client = mongo->client};
  mongo->client = NULL;
  int r = work_run(work_pool_get("mongo", THREADS), job_run, job, job_drop);
  if (r < 0) {
    r = ended_early(r, atomic_load(&job->started), ret_error);
    job_drop(job);
    return r;
  }
  mongo->client = job->client;
  mongo->fresh = job->fresh;
  job->client = NULL;
  job->references = 1; /* work.c gives its own back only when the wait ended early */
  if (job->error.fault) {
    ret_error->fault = job->error.fault;
    ret_error->code = job->error.code;
    ret_error->message = message_unwrap(job->error.message);
    r = -EIO;
  } else {
    *ret_reply = job->reply;
    job->reply = NULL;
  }
  job_drop(job);
  return r;
}

bool mongo_is_new(const struct mongo *mongo) {
  return mongo->fresh;
}

void mongo_close(struct mongo *mongo) {
  if (!mongo) return;
  client_bury(mongo->client);
  free(mongo->url);
  free(mongo);
}
