/* One conversation with a Docker Engine: its socket, its API version, and the calls that may be made at all. Used by docker.c and
 * docker_stack.c only; what may be asked is the table in docker_engine.c, and nothing in it starts, stops, changes or removes anything but
 * an exec.
 *
 * All of it waits inside a task. Errors are -errno with a sentence for people in *ret_error, which must be NULL or a string of the heap
 * before the call, and is the caller's to free. */
#ifndef EJMON_DOCKER_ENGINE_H
#define EJMON_DOCKER_ENGINE_H

#include <jansson.h>

#include "monitor/base/http.h"

#define ENGINE_CALL_TIMEOUT 10.0 /* seconds: a healthy engine answers in milliseconds, one that pulls images in a second or two */
#define ENGINE_MESSAGE_LIMIT 400 /* bytes of the engine's own words in our sentence */

enum engine_call {
  ENGINE_PING,
  ENGINE_LIST,
  ENGINE_INSPECT,
  ENGINE_LOGS,
  ENGINE_LOGS_SHORT, /* when lines are so long that the other does not fit */
  ENGINE_LOGS_LAST,  /* when even those do not: the end is what a full body lacks */
  ENGINE_IMAGE,
  ENGINE_EXEC_CREATE,
  ENGINE_EXEC_START,
  ENGINE_EXEC_INSPECT
};

struct engine {
  const char *socket; /* path; of the caller's string */
  long newest;        /* minor number of the newest API version that it speaks */
  long minor;         /* the one that we use */
};

/* Puts a sentence into *ret_error in place of what is there; returns error. */
int engine_fail(char **ret_error, int error, const char *format, ...) format_like(3, 4);
/* May this stand in a URL as a container's, an exec's or an image's id or name? */
bool engine_id_valid(const char *id);
/* Finds the path in stack.docker's value, and agrees on a version. */
int engine_open(const char *socket, struct engine *ret_engine, char **ret_error) must_check;
/* One call; answers of 400 and more become errors with the engine's own words. argument stands in the middle of the call's path. */
int engine_call(struct engine *engine, enum engine_call call, const char *argument, const json_t *body, double timeout,
                struct http_response *ret_response, char **ret_error) must_check;
json_t *engine_decode(const struct engine *engine, const struct http_response *response, char **ret_error) must_check; /* NULL: no JSON */
void engine_encode(struct text *text, const char *string); /* adds it percent-encoded */

/* Pure: the time of an RFC 3339 stamp such as the engine writes ("2026-11-24T22:50:53.792123456Z"), 0 when it is none or the year 1. */
double docker_time(const char *stamp);

#endif
