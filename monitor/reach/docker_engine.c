/* The calls to the Docker Engine that there are, and no others: they find, look, read logs and run commands; none starts, stops or removes
 * a container. Version, errors and their sentences. */
#include "monitor/reach/docker_engine.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>
#include <unistd.h>

#include "monitor/base/lang.h"

#define ANSWER_LIMIT (1u << 20) /* bytes of one JSON answer; inspect of a web container is about 10 KB */
#define STREAM_LIMIT (1u << 20) /* raw bytes of a stream: one-byte writes cost eight bytes of header each */
#define VERSION_MINOR 41        /* 1.41: the newest that every engine from 20.10 to 29 accepts */

/* The allow-list: what is not here cannot be asked. The argument stands between before and after. */
static const struct {
  const char *method, *before, *after;
  bool stream; /* ends with its connection; a kept one that just died must not eat it */
} calls[] = {
    [ENGINE_PING] = {"GET", "/_ping", "", false},
    [ENGINE_LIST] = {"GET", "/containers/json?all=1&filters=", "", false},
    [ENGINE_INSPECT] = {"GET", "/containers/", "/json", false},
    [ENGINE_LOGS] = {"GET", "/containers/", "/logs?stdout=1&stderr=1&timestamps=1&tail=400", true},
    [ENGINE_LOGS_SHORT] = {"GET", "/containers/", "/logs?stdout=1&stderr=1&timestamps=1&tail=40", true},
    [ENGINE_LOGS_LAST] = {"GET", "/containers/", "/logs?stdout=1&stderr=1&timestamps=1&tail=4", true},
    [ENGINE_IMAGE] = {"GET", "/images/", "/json", false},
    [ENGINE_EXEC_CREATE] = {"POST", "/containers/", "/exec", false},
    [ENGINE_EXEC_START] = {"POST", "/exec/", "/start", true},
    [ENGINE_EXEC_INSPECT] = {"GET", "/exec/", "/json", false},
};

int engine_fail(char **ret_error, int error, const char *format, ...) {
  struct text text = {0};
  va_list arguments;
  va_start(arguments, format);
  text_vprintf(&text, translated(format), arguments);
  va_end(arguments);
  if (*ret_error != NULL) free(*ret_error);
  *ret_error = text_steal(&text);
  return error;
}

/* Ids and names go into a URL: what is neither is refused rather than escaped. */
bool engine_id_valid(const char *id) {
  if (id == NULL || !isalnum((unsigned char)id[0]) || strlen(id) > 255) return false;
  for (const char *c = id; *c != '\0'; c++)
    if (!isalnum((unsigned char)*c) && *c != '_' && *c != '.' && *c != '-') return false;
  return true;
}

/* The message of an API error: JSON, or plain text from old engines and from proxies. */
static char *error_message(const struct http_response *response) {
  struct text text = {0};
  json_auto_t *answer = json_loadb(response->body, response->body_length, 0, NULL);
  const char *message = json_string_value(json_object_get(answer, "message"));
  if (message != NULL)
    text_add_printable(&text, message, strlen(message), ENGINE_MESSAGE_LIMIT);
  else
    text_add_printable(&text, response->body, response->body_length, ENGINE_MESSAGE_LIMIT);
  if (text.length == 0) text_add(&text, translated("no reason given"));
  return text_steal(&text);
}

static int call_once(const struct engine *engine, enum engine_call call, const char *argument, const json_t *body, double timeout,
                     struct http_response *ret_response) {
  auto_text struct text url = {0};
  text_add(&url, "http://docker");
  if (call != ENGINE_PING) text_printf(&url, "/v1.%ld", engine->minor);
  text_printf(&url, "%s%s%s", calls[call].before, argument, calls[call].after);
  auto_free char *json = body == NULL ? NULL : json_dumps(body, JSON_COMPACT);
  return http_fetch(
      &(struct http_request){
          .url = text_get(&url),
          .method = calls[call].method,
          .headers = json == NULL ? NULL : (const char *const[]){"Content-Type: application/json", NULL},
          .body = json,
          .body_length = json == NULL ? 0 : strlen(json),
          .unix_socket = engine->socket,
          .body_limit = calls[call].stream ? STREAM_LIMIT : ANSWER_LIMIT,
          .timeout = timeout,
          .fresh = calls[call].stream,
      },
      ret_response);
}

/* One call; answers of 400 and more become errors with the engine's own words. */
int engine_call(struct engine *engine, enum engine_call call, const char *argument, const json_t *body, double timeout,
                struct http_response *ret_response, char **ret_error) {
  int r = call_once(engine, call, argument, body, timeout, ret_response);
  /* An engine that has dropped 1.41 says so, as text or JSON, and did nothing: ask again in its own version. */
  if (r == 0 && ret_response->status == 400 && engine->minor < engine->newest &&
      text_find(ret_response->body, ret_response->body_length, "too old", true) != NULL) {
    http_response_free(ret_response);
    engine->minor = engine->newest;
    r = call_once(engine, call, argument, body, timeout, ret_response);
  }
  if (r == -ECANCELED) return r;
  if (r == -ETIMEDOUT)
    return engine_fail(ret_error, r,
                       "The Docker Engine at %s does not answer %s within %.0f s: is dockerd hung? Look at `systemctl status docker`.",
                       engine->socket, calls[call].before, timeout);
  if (r == -ECONNREFUSED)
    return engine_fail(ret_error, r, "Nothing listens on the Docker socket %s: the Engine is down. Start it: `systemctl start docker`.",
                       engine->socket);
  if (r < 0)
    return engine_fail(ret_error, r, "The Docker Engine at %s: %s", engine->socket,
                       ret_response->error != NULL ? ret_response->error : lang_error(-r));
  if (ret_response->status < 400) return 0;
  auto_free char *message = error_message(ret_response);
  switch (ret_response->status) {
    case 401:
    case 403:
      return engine_fail(
          ret_error, -EACCES,
          "Whatever stands before the Docker Engine at %s refuses %s%s (status %d): a socket proxy must allow CONTAINERS, and for "
          "remedies EXEC and POST too.",
          engine->socket, calls[call].before, calls[call].after, ret_response->status);
    case 404:
      return engine_fail(ret_error, -ENOENT, "The Docker Engine says: %s", message);
    case 409:
      return engine_fail(ret_error, -EBUSY, "The Docker Engine says: %s", message);
    default:
      return engine_fail(ret_error, -EPROTO, "The Docker Engine answers with status %d: %s", ret_response->status, message);
  }
}

/* Decides by looking at the file what libcurl would only call "could not connect". */
static int socket_check(const char *socket, char **ret_error) {
  struct stat status;
  if (stat(socket, &status) < 0) {
    if (errno == EACCES || errno == EPERM)
      return engine_fail(ret_error, -EACCES, "The folder of the Docker socket %s may not be entered by this user.", socket);
    return engine_fail(
        ret_error, -ENOENT,
        "There is no Docker socket at %s. Mount it (`-v /var/run/docker.sock:/var/run/docker.sock`, knowing that who may write to it "
        "is root on the host), or give stack.web_command and stack.nginx_command instead.",
        socket);
  }
  if (!S_ISSOCK(status.st_mode)) return engine_fail(ret_error, -ENOTSOCK, "%s is not a socket.", socket);
  if (faccessat(AT_FDCWD, socket, R_OK | W_OK, AT_EACCESS) < 0)
    return engine_fail(
        ret_error, -EACCES,
        "No permission on the Docker socket %s (group %ld): run ejmon with that group (`--group-add %ld`). The risk: who may write "
        "to this socket is root on the host; a socket proxy that allows only what ejmon needs is safer.",
        socket, (long)status.st_gid, (long)status.st_gid);
  return 0;
}

/* Finds the path in the setting, and agrees on a version. */
int engine_open(const char *socket, struct engine *ret_engine, char **ret_error) {
  if (socket == NULL) return engine_fail(ret_error, -EINVAL, "No Docker socket is configured: set stack.docker.");
  if (text_starts(socket, "unix://")) socket += strlen("unix://");
  if (socket[0] != '/')
    return engine_fail(ret_error, -EINVAL, "stack.docker must be a unix socket such as unix:///var/run/docker.sock, not %s.", socket);
  int r = socket_check(socket, ret_error);
  if (r < 0) return r;
  struct engine engine = {.socket = socket};
  auto_response struct http_response response = {0};
  r = engine_call(&engine, ENGINE_PING, "", NULL, ENGINE_CALL_TIMEOUT, &response, ret_error);
  if (r < 0) return r;
  const char *version = http_header(&response, "Api-Version", 0);
  if (version == NULL || !text_starts(version, "1.") || text_to_long(version + 2, 12, 9999, &engine.newest) < 0)
    return engine_fail(ret_error, -EPROTO, "%s answers /_ping without a known Api-Version: it is not a Docker Engine.", socket);
  engine.minor = engine.newest < VERSION_MINOR ? engine.newest : VERSION_MINOR;
  *ret_engine = engine;
  return 0;
}

json_t *engine_decode(const struct engine *engine, const struct http_response *response, char **ret_error) {
  json_error_t where;
  json_t *answer = response->body_cut ? NULL : json_loadb(response->body, response->body_length, 0, &where);
  if (answer == NULL)
    (void)engine_fail(ret_error, -EPROTO, "The Docker Engine at %s sent %s instead of JSON.", engine->socket,
                      response->body_cut ? translated("more than 1 MiB") : translated("something"));
  return answer;
}

void engine_encode(struct text *text, const char *string) {
  for (const char *c = string; *c != '\0'; c++) {
    if (isalnum((unsigned char)*c) || *c == '-' || *c == '_' || *c == '.')
      text_add_char(text, *c);
    else
      text_printf(text, "%%%02X", (unsigned char)*c);
  }
}

double docker_time(const char *stamp) {
  struct tm parts = {0};
  const char *rest = stamp == NULL ? NULL : strptime(stamp, "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == NULL || parts.tm_year < 70) return 0;
  double fraction = 0;
  if (*rest == '.') {
    double weight = 0.1;
    for (rest++; *rest >= '0' && *rest <= '9'; rest++, weight /= 10) fraction += weight * (*rest - '0');
  }
  return (double)timegm(&parts) + fraction;
}
