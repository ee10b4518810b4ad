/* Reads cases of the IFrame login from stdin and prints the oracles' verdicts: the browser test compares them with what Chromium did. Knows
 * no HTTP. One word and its argument a line; "-" is none, ARGUMENT in hex where it may hold anything.
 *
 *   cors ID / client A..D / origin R / method M / hop URL / status N / header NAME: VALUE / preflight N (the headers that follow are its) /
 *     body HEX / end       ->  ID seen|refused REASON HOP BODY  METHOD,ORIGIN,json|plain,preflight|direct of each hop up to HOP
 *   cookie ID / line HEX / set URL TOP / ask URL TOP FROM get|post (several) / end
 *                          ->  ID REASON WARNINGS  then for each ask: yes|no,REASON,WARNINGS
 *   message ID / origin R / target HEX / end          ->  ID arrives|other-origin|no-url
 *   visit ID / client, origin, method, hop (twice: without and with a session), body as above / page URL / frame NAME: VALUE / line HEX /
 *     set URL - / target HEX / end                    ->  ID FIRST THEN REASON */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checks/login/login_browser.h"

#define HOP_LIMIT 24
#define HEADER_LIMIT 32

struct answer {
  struct cors_answer answer;
  struct http_header headers[HEADER_LIMIT];
};

static struct answer answers[HOP_LIMIT], preflights[HOP_LIMIT], framing;
static struct cors_hop hops[HOP_LIMIT];
static struct cookie_place asks[HOP_LIMIT];

static struct {
  char kind, *id, *origin, *method, *body, *line, *target, *page;
  enum login_client client;
  size_t hop_count, ask_count, body_length, line_length;
  struct answer *filling;
  struct cookie_place set;
} now;

static char *read_hex(const char *hex, size_t *ret_length) {
  size_t length = strlen(hex) / 2;
  char *bytes = xcalloc(length + 1, 1);
  for (size_t i = 0; i < length; i++) {
    unsigned byte;
    if (sscanf(hex + 2 * i, "%2x", &byte) != 1) exit(2);
    bytes[i] = (char)byte;
  }
  *ret_length = length;
  return bytes;
}

static void add_header(char *line) {
  char *colon = strstr(line, ": ");
  if (!colon || !now.filling || now.filling->answer.header_count == HEADER_LIMIT) exit(2);
  *colon = '\0';
  now.filling->headers[now.filling->answer.header_count++] = (struct http_header){xstrdup(line), xstrdup(colon + 2)};
}

static struct answer *start_answer(struct answer *answer, int status) {
  *answer = (struct answer){.answer.status = status};
  answer->answer.headers = answer->headers;
  return answer;
}

static char *word_or_null(char **rest) {
  char *word = strsep(rest, " ");
  if (!word) exit(2);
  return strcmp(word, "-") == 0 ? NULL : xstrdup(word);
}

static void print_cors(void) {
  for (size_t i = 0; i < now.hop_count; i++) hops[i].answer = answers[i].answer;
  struct cors_case request = {now.origin, now.method, login_client_sends_json(now.client), hops, now.hop_count};
  auto_free char *method = login_client_method(now.client, now.method);
  request.method = method;
  struct cors_verdict verdict = cors_judge(&request);
  const char *type = NULL;
  for (size_t h = 0; h < hops[verdict.hop].answer.header_count; h++)
    if (text_equal_nocase(hops[verdict.hop].answer.headers[h].name, "content-type")) type = hops[verdict.hop].answer.headers[h].value;
  auto_free char *token = NULL;
  enum login_body body = login_body_read(now.client, type, now.body ? now.body : "", now.body_length, &token);
  printf("%s %s %s %zu %s", now.id, verdict.seen ? "seen" : "refused", cors_reason_names[verdict.reason], verdict.hop,
         login_body_names[body]);
  for (size_t i = 0; i <= verdict.hop; i++) {
    struct cors_request plan = cors_request_at(&request, i);
    auto_free char *origin = cors_wanted_origin(&request, i);
    printf(" %s,%s,%s,%s", plan.method, origin ? origin : "-", plan.json ? "json" : "plain", plan.preflight ? "preflight" : "direct");
  }
  puts("");
}

static void print_cookie(void) {
  struct cookie cookie;
  time_t today = time(NULL);
  enum cookie_reason reason = cookie_parse((struct csp_span){now.line, now.line_length}, today, &cookie);
  struct cookie_verdict store = {.reason = reason};
  if (reason == COOKIE_FINE) store = cookie_judge_store(&cookie, &now.set, today);
  printf("%s %s %u", now.id, cookie_reason_names[store.reason], store.warnings);
  for (size_t i = 0; i < now.ask_count; i++) {
    struct cookie_verdict verdict = cookie_judge_send(&cookie, &now.set, &asks[i], today);
    printf(" %s,%s,%u", verdict.yes ? "yes" : "no", cookie_reason_names[verdict.reason], verdict.warnings);
  }
  puts("");
}

static void print_visit(void) {
  for (size_t i = 0; i < now.hop_count; i++) hops[i].answer = answers[i].answer;
  struct frame_hop page = {now.page, framing.headers, framing.answer.header_count};
  struct login_verdict verdict = login_judge(&(struct login_case){.client = now.client,
                                                                  .rocket = now.origin,
                                                                  .enabled = true,
                                                                  .frame_url = now.page,
                                                                  .api_url = hops[0].url,
                                                                  .api_method = now.method,
                                                                  .api = &hops[0],
                                                                  .api_count = 1,
                                                                  .signed_api = &hops[1],
                                                                  .signed_api_count = 1,
                                                                  .signed_body = now.body,
                                                                  .signed_body_length = now.body_length,
                                                                  .frame = &page,
                                                                  .frame_count = 1,
                                                                  .session = now.line,
                                                                  .session_url = now.set.url,
                                                                  .message_target = now.target,
                                                                  .now = time(NULL)});
  printf("%s %s %s %s\n", now.id, login_sight_names[verdict.first], login_sight_names[verdict.then], login_reason_names[verdict.reason]);
}

static void print_message(void) {
  printf("%s %s\n", now.id, login_message_names[login_message_judge(now.target, now.origin)]);
}

static void finish(void) {
  if (now.kind == 'c') print_cors();
  if (now.kind == 'k') print_cookie();
  if (now.kind == 'm') print_message();
  if (now.kind == 'v') print_visit();
  memset(&now, 0, sizeof now); /* a short program: the strings are left to exit() */
  memset(hops, 0, sizeof hops);
}

static void read_case(const char *word, char *rest) {
  if (strcmp(word, "cors") == 0) now.kind = 'c', now.id = xstrdup(rest);
  if (strcmp(word, "cookie") == 0) now.kind = 'k', now.id = xstrdup(rest);
  if (strcmp(word, "message") == 0) now.kind = 'm', now.id = xstrdup(rest);
  if (strcmp(word, "visit") == 0) now.kind = 'v', now.id = xstrdup(rest);
  if (strcmp(word, "page") == 0) {
    now.page = xstrdup(rest);
    now.filling = start_answer(&framing, 200);
  }
  if (strcmp(word, "client") == 0) now.client = (enum login_client)(rest[0] - 'A');
  if (strcmp(word, "origin") == 0) now.origin = xstrdup(rest);
  if (strcmp(word, "method") == 0) now.method = xstrdup(rest);
  if (strcmp(word, "header") == 0 || strcmp(word, "frame") == 0) add_header(rest);
  if (strcmp(word, "body") == 0) now.body = read_hex(rest, &now.body_length);
  if (strcmp(word, "line") == 0) now.line = read_hex(rest, &now.line_length);
  if (strcmp(word, "target") == 0) now.target = read_hex(rest, &(size_t){0});
  if (strcmp(word, "hop") == 0 && now.hop_count < HOP_LIMIT) hops[now.hop_count++].url = xstrdup(rest);
  if (strcmp(word, "status") == 0) now.filling = start_answer(&answers[now.hop_count - 1], atoi(rest));
  if (strcmp(word, "preflight") == 0) {
    now.filling = start_answer(&preflights[now.hop_count - 1], atoi(rest));
    hops[now.hop_count - 1].preflight = &now.filling->answer;
  }
  if (strcmp(word, "set") == 0) {
    now.set.url = word_or_null(&rest);
    now.set.top = word_or_null(&rest);
  }
  if (strcmp(word, "ask") == 0 && now.ask_count < HOP_LIMIT) {
    struct cookie_place *place = &asks[now.ask_count++];
    place->url = word_or_null(&rest);
    place->top = word_or_null(&rest);
    place->from = word_or_null(&rest);
    place->post = strcmp(rest, "post") == 0;
  }
  if (strcmp(word, "end") == 0) finish();
}

int main(void) {
  char *line = NULL;
  size_t size = 0;
  for (ssize_t length; (length = getline(&line, &size, stdin)) > 0;) {
    line[length - 1] = '\0';
    char *rest = line;
    const char *word = strsep(&rest, " ");
    read_case(word, rest ? rest : line + strlen(line));
  }
  free(line);
  return 0;
}
