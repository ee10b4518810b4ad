/* What ejmon uses of libmongoc 1.x, declared here: Debian's headers for it would bring 80 MB that nothing else wants. libbson's are its
 * own.
 *
 * The library is opened at run time; its file name, libmongoc-1.0.so.0, stands for these declarations. tests/unit/test_libmongoc.c holds
 * them against the real headers. */
#ifndef EJMON_LIBMONGOC_H
#define EJMON_LIBMONGOC_H

#include <bson/bson.h>

typedef struct _mongoc_uri_t mongoc_uri_t;
typedef struct _mongoc_client_t mongoc_client_t;
typedef struct _mongoc_read_prefs_t mongoc_read_prefs_t;

#define MONGOC_URI_CONNECTTIMEOUTMS "connecttimeoutms"
#define MONGOC_URI_SOCKETTIMEOUTMS "sockettimeoutms"
#define MONGOC_URI_SERVERSELECTIONTIMEOUTMS "serverselectiontimeoutms"
#define MONGOC_URI_SERVERSELECTIONTRYONCE "serverselectiontryonce"
#define MONGOC_URI_RETRYREADS "retryreads"

/* bson_error_t's domain, and the only one of the client's own codes that is asked for. */
#define MONGOC_ERROR_API_VERSION_2 2
#define MONGOC_ERROR_CLIENT 1
#define MONGOC_ERROR_STREAM 2
#define MONGOC_ERROR_PROTOCOL 3
#define MONGOC_ERROR_SCRAM 14
#define MONGOC_ERROR_SERVER_SELECTION 15
#define MONGOC_ERROR_SERVER 17
#define MONGOC_ERROR_CLIENT_AUTHENTICATE 11

void mongoc_init(void);
void mongoc_log_set_handler(void (*handler)(unsigned level, const char *domain, const char *message, void *data), void *data);
mongoc_uri_t *mongoc_uri_new_with_error(const char *url, bson_error_t *error);
bool mongoc_uri_set_option_as_int32(mongoc_uri_t *uri, const char *option, int32_t value);
bool mongoc_uri_set_option_as_bool(mongoc_uri_t *uri, const char *option, bool value);
void mongoc_uri_destroy(mongoc_uri_t *uri);
mongoc_client_t *mongoc_client_new_from_uri_with_error(const mongoc_uri_t *uri, bson_error_t *error);
bool mongoc_client_set_appname(mongoc_client_t *client, const char *name);
bool mongoc_client_set_error_api(mongoc_client_t *client, int32_t version);
bool mongoc_client_command_simple(mongoc_client_t *client, const char *database, const bson_t *command,
                                  const mongoc_read_prefs_t *preferences, bson_t *reply, bson_error_t *error);
void mongoc_client_destroy(mongoc_client_t *client);

#endif
