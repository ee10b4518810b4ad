/* A notice as JSON by POST to any URL. 2xx is delivered; 429, 5xx and network errors are tried again; other answers are final. */
#include <errno.h>
#include <string.h>

#include "monitor/base/http.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"
#include "monitor/sinks/notice_json.h"

struct webhook_config {
  char *url, *authorization, *cacert;
};

static const char *const schemes[] = {"https", "http", NULL};
static const struct option options[] = {
    {OPTION(struct webhook_config, url, DSN, NULL, "Where to POST to; may hold a secret, so url_file reads it from a file."),
     .choices = schemes, .required = true, .secret_path = true},
    {OPTION(struct webhook_config, authorization, SECRET, NULL, "Value of the Authorization header.")},
    {OPTION(struct webhook_config, cacert, FILE, NULL, "PEM file of trusted authorities instead of the system's.")},
};

static int webhook_send(const void *config_pointer, const struct notice *notice, double *ret_retry_after, char **ret_error) {
  const struct webhook_config *config = config_pointer;
  auto_free char *body = notice_json(notice);
  auto_free char *id = text_format("Webhook-Id: %s", notice->id); /* the same at every retry: the receiver can tell a repetition */
  auto_free char *authorization = config->authorization ? text_format("Authorization: %s", config->authorization) : NULL;
  const char *headers[] = {"Content-Type: application/json", id, authorization, NULL};
  auto_response struct http_response response;
  int r = http_fetch(&(struct http_request){.url = config->url,
                                            .method = "POST",
                                            .headers = headers,
                                            .body = body,
                                            .body_length = strlen(body),
                                            .cacert = config->cacert,
                                            .body_limit = 4096,
                                            .lane = HTTP_FOR_TELLING},
                     &response);
  if (r < 0) {
    *ret_error = redact(response.error);
    return r == -EINVAL ? -EIO : r; /* a URL that parsed at start cannot be refused for good by us */
  }
  if (response.status >= 200 && response.status < 300) return 0;
  const char *after = http_header(&response, "Retry-After", 0);
  long seconds;
  if (after && text_to_long(after, 0, 86400, &seconds) == 0) *ret_retry_after = (double)seconds;
  *ret_error = text_format(translated("the receiver answered %d"), response.status);
  return response.status == 408 || response.status == 429 || response.status >= 500 ? -EAGAIN : -EINVAL;
}

const struct sink_kind sink_webhook = {.name = "webhook",
                                       .summary = translatable("JSON by POST to any URL"),
                                       .options = options,
                                       .option_count = countof(options),
                                       .config_size = sizeof(struct webhook_config),
                                       .send = webhook_send};
