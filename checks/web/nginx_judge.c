/* What nginx's answers mean, and what is told when there are none; see nginx_judge.h. Fetches nothing. */
#include "checks/web/nginx_judge.h"

#include <errno.h>

#include "checks/web/nginx_codes.h"
#include "monitor/base/lang.h"

static void add_fetch_evidence(struct finding *finding, const struct web_fetch *fetch, const char *want) {
  auto_free char *saw = web_fetch_describe(fetch);
  finding_evidence(finding, fetch->url, want, "%s", saw);
}

void nginx_judge_failure(const struct web_fetch *own, const struct web_fetch *proxied, struct findings *out) {
  static const struct {
    int error;
    const struct code *code;
  } causes[] = {
      {-ENOENT, &NGINX_NAME_UNKNOWN},      {-ECONNREFUSED, &NGINX_UNREACHABLE}, {-EHOSTUNREACH, &NGINX_UNREACHABLE},
      {-EKEYREJECTED, &NGINX_CERTIFICATE}, {-EPROTO, &NGINX_NOT_HTTP},
  };
  const struct code *code = NULL;
  for (size_t i = 0; i < countof(causes) && !code; i++)
    if (own->result == causes[i].error) code = causes[i].code;
  if (!code) code = own->result == -ETIMEDOUT && web_fetch_was_silent(own) ? &NGINX_TIMEOUT : &NGINX_UNREACHABLE;
  struct finding *finding = finding_add(out, code, "%s", own->response.error ? own->response.error : lang_error(-own->result));
  add_fetch_evidence(finding, own, "an answer");
  add_fetch_evidence(finding, proxied, "an answer");
}

void nginx_judge_cut_off(const struct web_fetch *own, const struct web_fetch *proxied, struct findings *out) {
  auto_free char *saw = web_fetch_describe(own);
  struct finding *finding = finding_add(out, &NGINX_CUT_OFF, "A proxy answers in nginx's place, %s with %s too.", own->url, saw);
  add_fetch_evidence(finding, own, "an answer of nginx itself");
  add_fetch_evidence(finding, proxied, "200 by Django");
}

void nginx_judge_proxied(const struct web_fetch *fetch, struct findings *out) {
  static const struct code *const upstream[] = {&NGINX_BAD_GATEWAY, &NGINX_GATEWAY_TIMEOUT, &NGINX_UNAVAILABLE,  &NGINX_NOT_FOUND,
                                                &NGINX_REFUSED,     &NGINX_SERVER_ERROR,    &NGINX_DEFAULT_PAGE, &NGINX_REDIRECTED};
  if (fetch->result < 0) return; /* Django's silence is the django check's to tell */
  const struct web_answer *answer = &fetch->answer;
  const struct code *code = NULL;
  bool proxy = answer->author == WEB_NGINX || answer->author == WEB_PROXY;
  const char *location = http_header(&fetch->response, "Location", 0);
  auto_free char *target = location ? http_resolve(fetch->url, location) : NULL;
  auto_free char *there = target ? http_origin(target) : NULL;
  auto_free char *here = http_origin(fetch->url);
  if (answer->default_page) {
    code = &NGINX_DEFAULT_PAGE;
  } else if (answer->status >= 300 && answer->status < 400 && there && !text_equal(there, here)) {
    code = &NGINX_REDIRECTED;
  } else if (proxy) {
    code = answer->status == 502   ? &NGINX_BAD_GATEWAY
           : answer->status == 504 ? &NGINX_GATEWAY_TIMEOUT
           : answer->status == 524 ? &NGINX_GATEWAY_TIMEOUT /* a CDN's */
           : answer->status == 503 ? &NGINX_UNAVAILABLE
           : answer->status == 404 ? &NGINX_NOT_FOUND
           : answer->status >= 500 ? &NGINX_SERVER_ERROR
           : answer->status >= 400 ? &NGINX_REFUSED
                                   : NULL;
  }
  for (size_t i = 0; i < countof(upstream) && !code; i++) finding_pass(out, upstream[i]);
  if (!code) return;
  auto_free char *saw = web_fetch_describe(fetch);
  struct finding *finding;
  if (code == &NGINX_REDIRECTED) {
    finding = finding_add(out, code, "%s redirects to %s; that is the address to watch.", fetch->url, there);
  } else {
    auto_free char *late = fetch->response.times.total >= 1 ? text_format(translated(", after %.1f s"), fetch->response.times.total) : NULL;
    finding = finding_add(out, code, "%s was answered with %s%s.", fetch->url, saw, late ? late : "");
  }
  add_fetch_evidence(finding, fetch, "200 by Django");
}
