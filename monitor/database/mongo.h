/* MongoDB for tasks: one command at a time to one server. libmongoc blocks, and Debian 12's ends by SIGSEGV at replies with a wrong BSON
 * length: it lives in a helper process (helper.h), one for each handle, so that no server ends ejmon or disturbs a look at another.
 *
 * libmongoc-1.0.so.0 and libbson-1.0.so.0 are opened there; a missing library is MONGO_FAULT_EJMON and names the package. Every client says
 * directConnection=true and no replica set's name: libmongoc crashes on a malformed host in a server's hello otherwise, and would see
 * nothing of such a server. The state of a set is read by command. After any failure the client is destroyed (an old one would refuse for
 * 5 s), so the next command opens a new one. Time-outs: at worst a command takes socket + 2 x connect time-out, a first one with a login
 * connect + 4 x socket; both sums are below the deadline that mongo_open() saw. At the task's own deadline the helper is killed. */
#ifndef EJMON_MONGO_H
#define EJMON_MONGO_H

#include <jansson.h>

#include "monitor/base/text.h"

#define MONGO_REPLY_LIMIT (1u << 20) /* bytes of one reply's JSON; a longer one fails */
#define MONGO_HOST_LIMIT 7           /* hosts of one URL that are looked at */

struct mongo; /* one client of one host; used by one task at a time */

enum mongo_fault {
  MONGO_FAULT_NONE,
  MONGO_FAULT_EJMON,   /* could not look: no library, unusable URL, no helper process */
  MONGO_FAULT_RESOLVE, /* the name has no address here */
  MONGO_FAULT_CONNECT, /* refused, unreachable, closed before any answer */
  MONGO_FAULT_TLS,
  MONGO_FAULT_HUNG,      /* connected, and no answer in time */
  MONGO_FAULT_CRASHED,   /* what it sent ended libmongoc */
  MONGO_FAULT_PROTOCOL,  /* what answers is not MongoDB, or broke off in the middle of a reply */
  MONGO_FAULT_TOO_OLD,   /* older than what libmongoc speaks */
  MONGO_FAULT_AUTH,      /* the login failed */
  MONGO_FAULT_PRIVILEGE, /* code 13: not allowed to this user, or to nobody without a login */
  MONGO_FAULT_COMMAND,   /* any other error of the server: see code */
  MONGO_FAULT_COUNT
};
extern const char *const mongo_fault_layers[MONGO_FAULT_COUNT];

struct mongo_error {
  enum mongo_fault fault;
  unsigned code; /* the server's, when it is the server's */
  char *message; /* one sentence, without passwords */
};
void mongo_error_free(struct mongo_error *error); /* harmless on a zeroed one; leaves it zeroed */
#define auto_mongo_error __attribute__((cleanup(mongo_error_free)))

/* What a URL says, and the one that libmongoc gets for its host number `index`. Pure. */
struct mongo_target {
  char *url;         /* for libmongoc: direct, without the set's name, without time-outs (they are added later) */
  char *address;     /* "host:port" or a socket's path, for messages */
  char *database;    /* percent-decoded, or NULL */
  char *replica_set; /* the set that the URL names, or NULL */
  bool login;        /* it has a user */
  size_t host_count;
};
/* 0, or -EINVAL with a sentence (without any part of the URL) in ret_complaint. */
int mongo_target_parse(const char *url, size_t index, struct mongo_target *ret_target, char **ret_complaint) must_check;
void mongo_target_free(struct mongo_target *target);

/* Makes a handle; its helper and the connection come with the first command, and are kept between commands. `seconds` is the time that one
 * command may take at most (at least 0.2 are taken). */
struct mongo *mongo_open(const struct mongo_target *target, double seconds) must_check;

/* Runs one command, extended JSON as text, inside a task. 0 and the reply (relaxed extended JSON, an object that the caller owns),
 * -ETIMEDOUT, -ECANCELED, or -EIO with the fault in *ret_error, which must be zeroed before and is filled on every failure. The handle
 * stays usable whatever happened. */
int mongo_command(struct mongo *mongo, const char *database, const char *command, json_t **ret_reply,
                  struct mongo_error *ret_error) must_check;

/* Was the last answer given by a new connection? */
bool mongo_is_new(const struct mongo *mongo);

/* Harmless on NULL, never blocks. */
void mongo_close(struct mongo *mongo);

/* What main() gives to helper_main(). */
extern const struct helper_role mongo_helper;

/* Pure: what kind of fault libmongoc's error means. domain and code are bson_error_t's, `waited` says that the time-out had nearly passed.
 */
enum mongo_fault mongo_classify(unsigned domain, unsigned code, const char *message, bool waited);

#endif
