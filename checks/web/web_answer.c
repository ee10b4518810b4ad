/* Tells who wrote an HTTP answer, and what it says about the layers behind it. Looks at one response only; draws no conclusion over
 * several. */
#include "checks/web/web_answer.h"

#include <stdlib.h>
#include <string.h>

#include "monitor/base/lang.h"

const char *const web_author_names[] = {
    [WEB_NOBODY] = translatable("nobody"), [WEB_NGINX] = "nginx",   [WEB_PROXY] = translatable("another proxy"),
    [WEB_GUNICORN] = "gunicorn",           [WEB_DJANGO] = "Django", [WEB_UNKNOWN] = translatable("an unknown server"),
};

/* Marks are looked for near the start only: a visitor's text further down may quote any of them. */
#define HEAD_BYTES 4096

static bool body_has(const struct http_response *response, const char *needle) {
  return text_find(response->body, response->body_length, needle, false) != NULL;
}

static bool head_has(const struct http_response *response, const char *needle) {
  size_t length = response->body_length < HEAD_BYTES ? response->body_length : HEAD_BYTES;
  return text_find(response->body, length, needle, false) != NULL;
}

static bool any_header_has(const struct http_response *response, const char *name, const char *needle) {
  const char *value;
  for (size_t at = 0; (value = http_header_next(response, name, &at)) != NULL;)
    if (text_find(value, strlen(value), needle, true)) return true;
  return false;
}

static bool is_bare_django(const struct http_response *response) {
  static const char *const bodies[] = {
      "<h1>Not Found</h1>", "<h1>Server Error (500)</h1>", "<h1>Bad Request (400)</h1>", "<h1>403 Forbidden</h1>", NULL,
  };
  /* Balancers centre the same words: "<center><h1>403 Forbidden</h1></center>". */
  if (response->status < 400 || head_has(response, "<center><h1>")) return false;
  for (size_t i = 0; bodies[i]; i++)
    if (head_has(response, bodies[i])) return true;
  return false;
}

/* "DEBUG = True" counts on error pages alone: somebody may discuss it in a conversation. */
static bool is_debug_page(const struct http_response *response) {
  if (response->status < 400) return false;
  return body_has(response, "you have <code>DEBUG = True</code>") ||
         body_has(response, "<code>DEBUG = True</code> in your Django settings") || head_has(response, "<title>DisallowedHost at ");
}

static bool is_nginx_body(const struct http_response *response) {
  if (response->status < 300) return false;
  return body_has(response, "<center>nginx") || body_has(response, "Faithfully yours, nginx.");
}

static bool is_gunicorn_body(const struct http_response *response) {
  return response->status >= 400 && head_has(response, "<h1><p>") && head_has(response, "</p></h1>");
}

static enum web_author find_author(const struct http_response *response, const struct web_answer *answer) {
  if (response->status == 0) return WEB_NOBODY;
  if (is_nginx_body(response) || answer->default_page) return WEB_NGINX;
  if (answer->debug || answer->bare || answer->ej_page) return WEB_DJANGO;
  if (is_gunicorn_body(response)) return WEB_GUNICORN;
  if (response->status > 500) return WEB_PROXY; /* Django sends none of them */
  const char *server = http_header(response, "Server", 0);
  if (server && text_starts(server, "gunicorn")) return WEB_DJANGO;
  /* EJ's nginx adds no header of its own, so these come from Django's middleware. */
  if (answer->frame_ancestors || any_header_has(response, "Vary", "Cookie")) return WEB_DJANGO;
  if (response->status == 403 || response->status == 429) return WEB_PROXY; /* a firewall's: Django's own carry one of these marks */
  /* A CDN puts its name on what it passes on as well, but a page of EJ would have been known by now. */
  if (response->status == 500 && server && (text_starts(server, "cloudflare") || text_starts(server, "awselb"))) return WEB_PROXY;
  return WEB_UNKNOWN;
}

void web_answer_read(const struct http_response *response, struct web_answer *ret_answer) {
  struct web_answer answer = {.status = response->status};
  if (response->status == 0 || !response->body) {
    answer.author = response->status == 0 ? WEB_NOBODY : WEB_UNKNOWN;
    *ret_answer = answer;
    return;
  }
  answer.default_page = response->status == 200 && head_has(response, "<title>Welcome to nginx!</title>");
  answer.debug = is_debug_page(response);
  answer.bare = is_bare_django(response);
  answer.ej_page = body_has(response, "id=\"main-css-link\"") || body_has(response, "data-salt=");
  answer.frame_ancestors = any_header_has(response, "Content-Security-Policy", "frame-ancestors");
  answer.same_origin = any_header_has(response, "X-Frame-Options", "SAMEORIGIN");
  answer.django3 = any_header_has(response, "X-Content-Type-Options", "nosniff") && http_header(response, "Referrer-Policy", 0) != NULL;
  answer.author = find_author(response, &answer);
  /* A CSRF or form error is a 403 or a 200; among anonymous GETs only SuspiciousOperation makes Django's 400, and of those the Host alone
   * comes before the middleware that sets X-Frame-Options. */
  answer.disallowed_host = response->status == 400 && answer.author == WEB_DJANGO &&
                           (http_header(response, "X-Frame-Options", 0) == NULL || head_has(response, "<title>DisallowedHost at "));
  *ret_answer = answer;
}

const char *web_answer_generation(const struct web_answer *answer) {
  if (answer->author != WEB_DJANGO || answer->debug || (answer->status != 404 && answer->status != 500)) return NULL;
  if (answer->bare) return answer->django3 ? NULL : "A";
  if (!answer->ej_page) return NULL;
  return answer->django3 ? "C" : "B";
}

char *web_answer_describe(const struct web_answer *answer) {
  if (answer->author == WEB_NOBODY) return xstrdup(translated("no answer"));
  if (answer->author == WEB_UNKNOWN) return text_format("%d", answer->status);
  const char *how = answer->debug ? translated(" (debug page)") : answer->bare ? translated(" (bare)") : "";
  return text_format(translated("%d by %s%s"), answer->status, translated(web_author_names[answer->author]), how);
}
