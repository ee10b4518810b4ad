/* Fuzzes what is read of EJ's pages, style sheets, manifests and logos, and whose answer it is. Input: a status in two bytes, headers up to
 * an empty line, then the body. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "checks/ej/theme_oracle.h"
#include "checks/web/web_answer.h"

#define HEADER_LIMIT 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_theme(const char *name) {
  return !name || strcmp(name, "default") == 0 || strcmp(name, "cpa") == 0;
}

/* On an exact copy, so that the sanitizer sees every byte read too far. */
static void check_theme(const char *bytes, size_t length) {
  char *exact = xcalloc(length ? length : 1, 1);
  if (length) memcpy(exact, bytes, length);
  assert(is_theme(theme_of_page(exact, length)));
  assert(is_theme(theme_of_colours(exact, length)));
  assert(is_theme(theme_of_manifest(exact, length)));
  assert(is_theme(theme_of_logo(exact, length)));
  struct theme_file whole = {.presence = THEME_PRESENT, .bytes = exact, .length = length}, part = whole;
  part.length = length / 2;
  assert(theme_file_equal(&whole, &whole) && !theme_file_is_part(&whole, &whole));
  assert(theme_file_is_part(&part, &whole) == (length >= 2));
  bool svg = theme_svg_is_cut(&whole), json = theme_json_is_cut(&whole);
  whole.cut = true; /* of a part nothing is said */
  assert(!theme_svg_is_cut(&whole) && !theme_json_is_cut(&whole));
  (void)svg;
  (void)json;
  free(exact);
}

static void check_name(const char *name) {
  const char *fault = theme_name_fault(name);
  auto_free char *guess = theme_name_guess(name);
  assert(!strpbrk(guess, "\"'/$ \t\r\n") && strlen(guess) <= strlen(name));
  assert(!fault || *fault);
}

static void check_answer(int status, struct http_response *response) {
  response->status = status;
  struct web_answer answer, again;
  web_answer_read(response, &answer);
  assert(answer.status == status && answer.author <= WEB_UNKNOWN);
  assert((answer.author == WEB_NOBODY) == (status == 0));
  const char *generation = web_answer_generation(&answer);
  assert(!generation || (strlen(generation) == 1 && strstr("ABC", generation)));
  free(web_answer_describe(&answer));
  http_header_add(response, "X-Unrelated", 11, "nginx gunicorn DEBUG = True", 27);
  web_answer_read(response, &again);
  assert(memcmp(&answer, &again, sizeof answer) == 0 ||
         (answer.author == again.author && answer.bare == again.bare && answer.debug == again.debug));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  static const int statuses[] = {0, 200, 301, 400, 401, 403, 404, 500, 502, 503};
  int status = statuses[data[0] % countof(statuses)];
  auto_free char *text = xstrndup((const char *)data + 2, size - 2);
  char *rest = text, *line;
  struct http_response response = {0};
  while ((line = strsep(&rest, "\n")) != NULL && *line) {
    char *colon = strstr(line, ": ");
    if (colon && response.header_count < HEADER_LIMIT)
      http_header_add(&response, line, (size_t)(colon - line), colon + 2, strlen(colon + 2));
  }
  const char *body = rest ? (const char *)data + 2 + (rest - text) : (const char *)data + size;
  response.body_length = size - (size_t)((const uint8_t *)body - data);
  response.body = xcalloc(response.body_length + 1, 1);
  memcpy(response.body, body, response.body_length);
  check_theme(response.body, response.body_length);
  check_name(response.body);
  check_answer(status, &response);
  http_response_free(&response);
  return 0;
}
