/* One request on its way through libcurl: what http.c and http_failure.c share, and nobody else. */
#ifndef EJMON_HTTP_TRANSFER_H
#define EJMON_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "monitor/base/http.h"

struct task;

struct transfer {
  struct task *task;
  CURL *easy;
  struct http_response *response;
  size_t body_limit, header_bytes;
  struct text body;
  bool ended;
  CURLcode code;
  bool connected;                /* a connection is there, new or kept, and the request about to be sent */
  bool opened;                   /* a socket was opened for it */
  struct sockaddr_storage tried; /* the last address that one was opened for */
  int shortage;                  /* errno of a socket that was not to be had for want of something of ejmon's own, or 0 */
};

/* Fills what the response says after a failure; gives `error` back. layer: NULL: by the phase reached. */
int response_fail(struct http_response *response, const struct http_request *request, int error, const char *layer, const char *sentence);
/* What libcurl's result means: 0, or -errno with the response's layer and error. */
int transfer_judge(struct transfer *transfer, const struct http_request *request) must_check;

/* http_name.c: the line of CURLOPT_RESOLVE that spares libcurl a lookup of its own, or NULL where it needs none (a literal address, a unix
 * socket) or knows better (localhost, an international name). Waits for the resolver inside a task, request->timeout at most;
 * *ret_seconds: that it took. 0, or -errno with the response's layer and error. */
int http_addresses(const struct http_request *request, struct http_response *response, struct curl_slist **ret_line,
                   double *ret_seconds) must_check;

#endif
