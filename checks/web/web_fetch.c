/* Runs a probe's fetches side by side and reads who answered; opens no finding. */
#include "checks/web/web_fetch.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"
#include "monitor/base/task.h"

#define SHARE_OF_DEADLINE 0.9

void web_fetch_init(struct web_fetch *fetch, const char *base, const char *path, const char *host, const char *cacert) {
  size_t length = strlen(base);
  while (length > 0 && base[length - 1] == '/') length--;
  *fetch = (struct web_fetch){.path = path, .host = host, .cacert = cacert};
  fetch->url = text_format("%.*s%s", (int)length, base, path);
}

void web_fetch_free(struct web_fetch *fetch) {
  free(fetch->url);
  fetch->url = NULL;
  http_response_free(&fetch->response);
  fetch->response = (struct http_response){0};
}

static double request_timeout(double share) {
  double left = task_time_left();
  if (isinf(left)) left = WEB_TIMEOUT_WITHOUT_DEADLINE;
  return fmax(left * (share > 0 ? share : SHARE_OF_DEADLINE), 0.001); /* 0 would mean none */
}

static int fetch_in_task(void *argument) {
  struct web_fetch *fetch = argument;
  const struct http_request request = {
      .url = fetch->url,
      .method = fetch->method,
      .host = fetch->host,
      .headers = fetch->headers,
      .cacert = fetch->cacert,
      .body_limit = fetch->body_limit ? fetch->body_limit : WEB_PAGE_LIMIT,
      .fresh = fetch->fresh,
      .timeout = request_timeout(fetch->share),
  };
  fetch->result = http_fetch(&request, &fetch->response);
  if (!fetch->unread) web_answer_read(&fetch->response, &fetch->answer);
  return 0;
}

bool web_fetch_is_ours(const struct web_fetch *fetch) {
  switch (fetch->result) {
    case -ECANCELED:
    case -EAGAIN:
    case -ENOMEM:
    case -EMFILE:
    case -EINVAL:
      return true;
    default:
      return fetch->result < 0 && text_equal(fetch->response.layer, "ejmon");
  }
}

int web_fetch_one(struct web_fetch *fetch) {
  (void)fetch_in_task(fetch);
  return web_fetch_is_ours(fetch) ? fetch->result : 0;
}

int web_fetch_all(struct web_fetch *fetches, size_t count) {
  if (count == 1) return web_fetch_one(fetches);
  struct task **tasks = xcalloc(count, sizeof *tasks);
  for (size_t i = 0; i < count; i++) {
    /* The child's own deadline is the parent's: the request gives up before it. */
    tasks[i] = task_start_share(fetches[i].path, 1, fetch_in_task, &fetches[i]);
  }
  int ours = 0;
  for (size_t i = 0; i < count; i++) {
    int r = task_join(tasks[i]);
    if (r == 0 && web_fetch_is_ours(&fetches[i])) r = fetches[i].result;
    if (r < 0 && ours == 0) ours = r;
  }
  free(tasks);
  return ours;
}

bool web_fetch_was_silent(const struct web_fetch *fetch) {
  return fetch->result == -ETIMEDOUT && (fetch->response.kept || fetch->response.times.connected > 0);
}

char *web_fetch_describe(const struct web_fetch *fetch) {
  if (fetch->result < 0) return xstrdup(fetch->response.error ? fetch->response.error : lang_error(-fetch->result));
  struct web_answer answer = fetch->answer;
  if (fetch->unread) web_answer_read(&fetch->response, &answer);
  return web_answer_describe(&answer);
}
