/* Any other URL: its status, headers and body against what the configuration expects, with the phase that took too long. */
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "checks/check.h"
#include "checks/plain/expect.h"
#include "checks/plain/http_codes.h"
#include "checks/web/web_fetch.h"
#include "monitor/base/lang.h"
#include "monitor/base/redact.h"

struct http_config {
  char *url, *host, *method, *body, *cacert;
  char **status, **header;
  double connect_timeout, first_byte_timeout, slow;
};

static const struct option http_options[] = {
    {OPTION(struct http_config, url, URL, NULL, "What to fetch. Redirects are not followed."), .required = true},
    {OPTION(struct http_config, host, STRING, NULL, "A Host header other than the URL's.")},
    {OPTION(struct http_config, method, STRING, "GET", "GET, HEAD, POST..."), .check = expect_method_check},
    {OPTION(struct http_config, status, LIST, NULL, "Codes or ranges that are right: 200, 2xx, 200-299; default 2xx."), .group = "expect",
     .check = expect_status_check},
    {OPTION(struct http_config, header, LIST, NULL,
            "\"Name: pattern\": a header of that name holds the text or matches the extended regular expression."),
     .group = "expect", .check = expect_header_check},
    {OPTION(struct http_config, body, STRING, NULL,
            "Text or extended regular expression that the body holds; only its first 256 kB are looked at."),
     .group = "expect", .check = expect_pattern_check},
    {OPTION(struct http_config, connect_timeout, DURATION, NULL, "The longest that name, TCP and TLS together may take.")},
    {OPTION(struct http_config, first_byte_timeout, DURATION, NULL,
            "The longest that the server may take from the request to its first byte.")},
    {OPTION(struct http_config, slow, DURATION, NULL, "From how long on the whole answer counts as slow.")},
    {OPTION(struct http_config, cacert, FILE, NULL, "PEM file of the authorities that are trusted instead of the system's.")},
};

static double time_to_connect(const struct http_times *times) {
  return fmax(times->connected, times->secured);
}

static void judge_failure(const struct http_config *config, const struct web_fetch *fetch, struct findings *out) {
  const struct code *code = fetch->result == -ENOENT                                                     ? &HTTP_NAME_UNKNOWN
                            : fetch->result == -EKEYREJECTED || text_equal(fetch->response.layer, "tls") ? &HTTP_TLS
                            : fetch->result == -ETIMEDOUT                                                ? &HTTP_TIMEOUT
                                                                                                         : &HTTP_UNREACHABLE;
  const char *error = fetch->response.error ? fetch->response.error : lang_error(-fetch->result);
  struct finding *finding = finding_add(out, code, "%s", error);
  finding_evidence(finding, config->url, "an answer", "%s (%s)", error,
                   fetch->response.layer ? fetch->response.layer : translated("no layer"));
}

/* Is this an answer of the page that was asked for? One of another status, an error page, is one fault: what it holds and how long it took
 * says nothing of the page. */
static bool judge_status(const struct http_config *config, const struct web_fetch *fetch, struct findings *out) {
  const char *bad = NULL;
  int r = expect_status(config->status, fetch->response.status, &bad);
  if (r < 0) {
    finding_evidence(finding_add(out, &HTTP_BAD_OPTION, "status: \"%s\" is neither a code nor a range.", bad), "status",
                     "200, 2xx or 200-299", "%s", bad);
  } else if (r == 0) {
    auto_text struct text want = {0};
    for (size_t i = 0; config->status && config->status[i]; i++) text_printf(&want, "%s%s", i ? ", " : "", config->status[i]);
    auto_free char *saw = web_fetch_describe(fetch);
    finding_evidence(finding_add(out, &HTTP_STATUS, "%s was answered with %s.", config->url, saw), "status",
                     want.length ? text_get(&want) : "2xx", "%s", saw);
  } else {
    finding_pass(out, &HTTP_STATUS);
  }
  return r != 0;
}

static void judge_content(const struct http_config *config, const struct http_response *response, struct findings *out) {
  bool all = true;
  for (size_t i = 0; config->header && config->header[i]; i++) {
    int r = expect_header(response, config->header[i]);
    if (r == 1) continue;
    all = false;
    auto_free char *name = xstrndup(config->header[i], strcspn(config->header[i], ":"));
    if (r < 0) {
      finding_evidence(finding_add(out, &HTTP_BAD_OPTION, "header: \"%s\" has no name.", config->header[i]), translated("header"),
                       "Name: pattern", "%s", config->header[i]);
      continue;
    }
    const char *value = http_header(response, name, 0);
    const char *shown = value && redact_name_is_secret(name) ? translated("another value, which is not shown") : value;
    finding_evidence(
        finding_add(out, &HTTP_HEADER, "The header %s is %s.", name, value ? translated("not as expected") : translated("missing")), name,
        config->header[i], "%s", shown ? shown : translated("(none)"));
  }
  if (all) finding_pass(out, &HTTP_HEADER);

  if (config->body && !expect_text(response->body, response->body_length, config->body)) {
    auto_text struct text saw = {0};
    text_add_printable(&saw, response->body, response->body_length, 120);
    finding_evidence(finding_add(out, &HTTP_BODY, "The body of %s does not hold what it should.", config->url), translated("body"),
                     config->body, "%zu bytes%s: %s", response->body_length, response->body_cut ? translated(" (cut there)") : "",
                     text_get(&saw));
  } else {
    finding_pass(out, &HTTP_BODY);
  }
}

static void judge_times(const struct http_config *config, const struct http_times *times, struct findings *out) {
  const struct {
    const char *phase;
    double limit, took;
    const struct code *code;
  } rows[] = {
      {translatable("the connection"), config->connect_timeout, time_to_connect(times), &HTTP_TIMEOUT},
      {translatable("the first byte"), config->first_byte_timeout, times->first_byte - time_to_connect(times), &HTTP_TIMEOUT},
      {translatable("the whole answer"), config->slow, times->total, &HTTP_SLOW},
  };
  for (size_t i = 0; i < countof(rows); i++) {
    if (rows[i].limit <= 0 || rows[i].took <= rows[i].limit) continue;
    auto_free char *want = text_format(translated("at most %g s"), rows[i].limit);
    if (rows[i].code == &HTTP_SLOW && findings_find(out, HTTP_TIMEOUT.name)) return; /* the same seconds once more */
    finding_evidence(finding_add(out, rows[i].code, "%s took %.2f s.", translated(rows[i].phase), rows[i].took), rows[i].phase, want,
                     "%.3f s", rows[i].took);
  }
  finding_pass(out, &HTTP_TIMEOUT);
  finding_pass(out, &HTTP_SLOW);
}

static void measure(const struct http_times *times, struct findings *out) {
  findings_measure(out, "connect", time_to_connect(times), "s");
  findings_measure(out, "first_byte", times->first_byte, "s");
  findings_measure(out, "total", times->total, "s");
}

static int http_probe(const void *config_, void **state, struct findings *out) {
  (void)state;
  const struct http_config *config = config_;
  struct web_fetch fetch = {.path = config->url,
                            .url = xstrdup(config->url),
                            .method = config->method,
                            .host = config->host,
                            .cacert = config->cacert,
                            .unread = true};
  int r = web_fetch_one(&fetch);
  if (r < 0) goto out;
  if (fetch.result < 0) {
    judge_failure(config, &fetch, out);
    goto out;
  }
  finding_pass(out, &HTTP_UNREACHABLE);
  finding_pass(out, &HTTP_NAME_UNKNOWN);
  finding_pass(out, &HTTP_TLS);
  if (judge_status(config, &fetch, out)) {
    judge_content(config, &fetch.response, out);
    judge_times(config, &fetch.response.times, out);
  }
  measure(&fetch.response.times, out);
out:
  web_fetch_free(&fetch);
  return r;
}

const struct check_kind check_http = {
    .name = "http",
    .summary = translatable("Any URL: status, headers, body and times against what is expected"),
    .options = http_options,
    .option_count = countof(http_options),
    .config_size = sizeof(struct http_config),
    .target = "url",
    .codes = http_codes,
    .probe = http_probe,
};
