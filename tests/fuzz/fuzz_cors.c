/* Fuzzes the judging of requests across origins. The first line of input is "ORIGIN METHOD [json]"; then "> STATUS URL" begins a hop,
 * "< STATUS" its preflight's answer, and any other line is a header "Name: value" of what was begun last. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/browser/cors.h"

#define HOP_LIMIT 4
#define HEADER_LIMIT 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct answer {
  struct http_header headers[HEADER_LIMIT + 1]; /* one more is added to see whether it matters */
  size_t count;
  int status;
};

struct input {
  struct cors_case request;
  struct answer answers[HOP_LIMIT], preflights[HOP_LIMIT];
  struct cors_answer preflight_answers[HOP_LIMIT];
  struct cors_hop hops[HOP_LIMIT];
};

static struct answer *begin_hop(struct input *input, char *line) {
  size_t i = input->request.hop_count++;
  char *status = strsep(&line, " ");
  input->hops[i].url = line ? line : "";
  input->answers[i].status = status[0] ? (status[0] - '0') * 100 + (status[0] && status[1] ? status[strlen(status) - 1] - '0' : 0) : 0;
  return &input->answers[i];
}

static struct answer *begin_preflight(struct input *input, const char *line) {
  size_t i = input->request.hop_count - 1;
  input->preflights[i] = (struct answer){.status = line[0] ? (line[0] - '0') * 100 : 0};
  input->hops[i].preflight = &input->preflight_answers[i];
  return &input->preflights[i];
}

static void read_input(char *text, struct input *input) {
  char *rest = text, *line = strsep(&rest, "\n");
  input->request.origin = strsep(&line, " ");
  input->request.method = strsep(&line, " ");
  input->request.json = line != NULL;
  input->request.hops = input->hops;
  struct answer *answer = NULL;
  while ((line = strsep(&rest, "\n")) != NULL) {
    char *colon = strstr(line, ": ");
    if (text_starts(line, "> ") && input->request.hop_count < HOP_LIMIT) {
      answer = begin_hop(input, line + 2);
    } else if (text_starts(line, "< ") && input->request.hop_count > 0) {
      answer = begin_preflight(input, line + 2);
    } else if (colon && answer && answer->count < HEADER_LIMIT) {
      *colon = '\0';
      answer->headers[answer->count++] = (struct http_header){line, colon + 2};
    }
  }
}

static void fill_answers(struct input *input) {
  for (size_t i = 0; i < input->request.hop_count; i++) {
    input->hops[i].answer = (struct cors_answer){input->answers[i].status, input->answers[i].headers, input->answers[i].count};
    input->preflight_answers[i] =
        (struct cors_answer){input->preflights[i].status, input->preflights[i].headers, input->preflights[i].count};
  }
}

static bool is_within(struct csp_span span, const char *string) {
  return span.length == 0 || (span.data >= string && span.data + span.length <= string + strlen(string));
}

static void check_verdict(const struct input *input, const struct cors_verdict *verdict) {
  assert(verdict->reason < CORS_REASON_COUNT && verdict->hop < input->request.hop_count);
  assert(verdict->seen == (verdict->reason == CORS_ALLOWED || verdict->reason == CORS_SAME_ORIGIN));
  const struct cors_hop *hop = &input->hops[verdict->hop];
  const struct cors_answer *answer = verdict->preflight ? hop->preflight : &hop->answer;
  if (verdict->header == CORS_NOWHERE) {
    assert(verdict->value.length == 0);
  } else {
    assert(answer && verdict->header < answer->header_count && is_within(verdict->value, answer->headers[verdict->header].value));
  }
  if (verdict->reason == CORS_METHOD_FORBIDDEN) return;
  for (size_t i = 0; i <= verdict->hop; i++) {
    struct cors_request plan = cors_request_at(&input->request, i);
    auto_free char *wanted = cors_wanted_origin(&input->request, i);
    assert(!plan.preflight || plan.cross_origin);
    assert(!plan.json || input->request.json);
    assert(!wanted || plan.cross_origin);
    if (verdict->seen && plan.preflight) assert(input->hops[i].preflight);
  }
}

/* A header that no rule names changes nothing. */
static void add_unrelated(struct input *input) {
  static char name[] = "X-Frame-Options", value[] = "*, http://x.test";
  for (size_t i = 0; i < input->request.hop_count; i++) {
    input->answers[i].headers[input->answers[i].count++] = (struct http_header){name, value};
    input->preflights[i].headers[input->preflights[i].count++] = (struct http_header){name, value};
  }
  fill_answers(input);
}

/* Once more Access-Control-Allow-Origin on the last answer, and nothing is seen any more that needed it. */
static void add_second_origin(struct input *input, const struct cors_verdict *before) {
  static char name[] = "Access-Control-Allow-Origin", value[] = "http://x.test";
  struct answer *last = &input->answers[before->hop];
  last->headers[last->count - 1] = (struct http_header){name, value}; /* in the unrelated one's place */
  struct cors_verdict verdict = cors_judge(&input->request);
  if (before->reason == CORS_ALLOWED) assert(!verdict.seen && (verdict.reason == CORS_ORIGIN_SEVERAL || last->count == 1));
  if (before->reason == CORS_SAME_ORIGIN) assert(verdict.reason == CORS_SAME_ORIGIN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = xstrndup((const char *)data, size);
  struct input *input = xcalloc(1, sizeof *input);
  read_input(text, input);
  fill_answers(input);
  if (input->request.hop_count > 0) {
    struct cors_verdict verdict = cors_judge(&input->request);
    check_verdict(input, &verdict);
    add_unrelated(input);
    struct cors_verdict again = cors_judge(&input->request);
    assert(again.reason == verdict.reason && again.hop == verdict.hop && again.header == verdict.header &&
           again.preflight == verdict.preflight);
    add_second_origin(input, &verdict);
  }
  free(input);
  free(text);
  return 0;
}
