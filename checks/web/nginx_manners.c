/* Says what is worth knowing about the proxy and changes nobody's status: TLS, uploads, caches. */
#include "checks/web/nginx_manners.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/web/nginx_codes.h"
#include "monitor/base/lang.h"
#include "monitor/base/loop.h"

#define SAID_LIMIT 400 /* bytes of what a failed command said */

bool nginx_dump_is_one(const char *dump, size_t length) {
  return text_find(dump, length, "# configuration file ", false) != NULL;
}

bool nginx_dump_is_unlimited(const char *dump, size_t length) {
  static const char name[] = "client_max_body_size";
  const char *end = dump + length;
  bool comment = false;
  for (const char *at = dump, *from = dump; (at = text_find(at, (size_t)(end - at), name, false)); from = at) {
    const char *newline = memrchr(from, '\n', (size_t)(at - from)), *line = newline ? newline : from;
    comment = (comment && !newline) || memchr(line, '#', (size_t)(at - line)) != NULL;
    for (at += strlen(name); at < end && (*at == ' ' || *at == '\t'); at++) continue;
    if (comment || at >= end || *at != '0') continue;
    const char *unit = at + 1;
    while (unit < end && *unit != ';' && (isspace((unsigned char)*unit) || strchr("kKmMgG", *unit))) unit++;
    if (unit < end && *unit == ';') return true;
  }
  return false;
}

bool nginx_url_is_public(const char *url) {
  struct http_url parts = {0};
  if (http_url_parse(url, false, &parts) < 0) return false;
  const char *host = parts.host;
  bool name = host[0] != '[' && strchr(host, '.') && host[strspn(host, "0123456789.")] != '\0';
  static const char *const inner[] = {".local", ".localhost", ".internal", ".lan", ".test", ".home.arpa"};
  for (size_t i = 0; i < countof(inner); i++) name = name && !text_ends(host, inner[i]);
  http_url_free(&parts);
  return name;
}

/* 503 may be anybody's maintenance page. */
static bool is_gateway_error(const struct web_fetch *fetch) {
  bool proxy = fetch->answer.author == WEB_NGINX || fetch->answer.author == WEB_PROXY;
  return fetch->result == 0 && proxy && fetch->answer.status > 501 && fetch->answer.status != 503;
}

bool nginx_is_cut_off(const struct web_fetch *own, const struct web_fetch *proxied) {
  return is_gateway_error(own) && (proxied->result < 0 || is_gateway_error(proxied));
}

void nginx_judge_tls(const struct web_fetch *page, struct findings *out) {
  if (page->result < 0 || page->answer.status == 0) return;
  if (text_starts(page->url, "https:")) {
    finding_pass(out, &NGINX_NO_TLS);
    if (http_header(&page->response, "Strict-Transport-Security", 0)) {
      finding_pass(out, &NGINX_NO_HSTS);
    } else {
      finding_evidence(finding_add(out, &NGINX_NO_HSTS, "The site sends no Strict-Transport-Security."), page->url,
                       "Strict-Transport-Security", "no such header");
    }
    return;
  }
  const char *location = http_header(&page->response, "Location", 0);
  if (!nginx_url_is_public(page->url) || (location && text_starts(location, "https:"))) return;
  finding_evidence(finding_add(out, &NGINX_NO_TLS, "The site is watched by a public name over plain http."), page->url, "https", "http");
}

void nginx_judge_cache(const struct web_fetch *file, struct findings *out) {
  static const char *const names[] = {"Age", "X-Cache", "X-Cache-Status", "CF-Cache-Status", "X-Varnish", "X-Served-By"};
  if (file->result < 0 || file->answer.status != 200) return;
  struct finding *finding = NULL;
  for (size_t i = 0; i < countof(names); i++) {
    const char *value = http_header(&file->response, names[i], 0);
    if (!value) continue;
    if (!finding) finding = finding_add(out, &NGINX_CACHE_IN_FRONT, "A cache stands before nginx: purge it after each change.");
    finding_evidence(finding, names[i], NULL, "%s", value);
  }
  if (!finding) finding_pass(out, &NGINX_CACHE_IN_FRONT);
}

/* Why a dump that came is no evidence, or NULL. */
static char *dump_fault(struct place_result *dump, bool *ret_unlimited) {
  struct text *output = &dump->output;
  *ret_unlimited = nginx_dump_is_unlimited(text_get(output), output->length);
  if (dump->exit_status == 0 && !nginx_dump_is_one(text_get(output), output->length))
    return xstrdup(translated("It printed no configuration of nginx."));
  if (dump->exit_status == 0 && dump->output_cut && !*ret_unlimited) return xstrdup(translated("It printed more than can be kept."));
  if (dump->exit_status == 0) return NULL;
  while (output->length > 0 && isspace((unsigned char)output->data[output->length - 1])) output->data[--output->length] = '\0';
  size_t from = output->length > SAID_LIMIT ? output->length - SAID_LIMIT : 0; /* the end is what tells */
  return text_format(translated("It ended with exit status %d: %s"), dump->exit_status,
                     output->length > 0 ? output->data + from : translated("(it said nothing)"));
}

void nginx_manners_free(struct nginx_manners *manners) {
  free(manners->unseen);
  free(manners);
}

int nginx_judge_uploads(struct nginx_manners *manners, const struct place *place, double timeout, struct findings *out) {
  double now = loop_monotonic();
  if (place_exists(place) && (manners->next <= 0 || now >= manners->next)) {
    struct place_result result;
    auto_free char *error = NULL;
    int r = place_run(place, (const char *const[]){"nginx", "-T", NULL}, NULL, timeout, &result, &error);
    if (r == -ECANCELED) return r;
    if (r < 0 && !error) error = xstrdup(lang_error(-r));
    free(manners->unseen);
    manners->unseen = error ? error : dump_fault(&result, &manners->unlimited);
    error = NULL;
    manners->known = !manners->unseen;
    manners->next = now + (manners->known ? NGINX_DUMP_SECONDS : NGINX_RETRY_SECONDS);
    place_result_free(&result);
  }
  if (manners->unseen) {
    finding_evidence(finding_add(out, &NGINX_INSIDE_UNSEEN, "nginx serves, but its configuration could not be read."), "nginx -T in nginx",
                     "its configuration", "%s", manners->unseen);
  } else if (manners->known) {
    finding_pass(out, &NGINX_INSIDE_UNSEEN);
  }
  if (!manners->known) return 0;
  if (!manners->unlimited) {
    finding_pass(out, &NGINX_UPLOAD_UNLIMITED);
    return 0;
  }
  finding_evidence(finding_add(out, &NGINX_UPLOAD_UNLIMITED, "nginx takes uploads of any size."), "client_max_body_size", "a limit", "0");
  return 0;
}
