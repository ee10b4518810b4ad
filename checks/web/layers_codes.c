/* The findings of the layers check, each with its explanation. Text only. */
#include "checks/web/layers_codes.h"

#define LOOK                                                                                                                \
  "curl -si https://<ej>/talks/api-login/ | head -30    # as visitors get it\n"                                             \
  "docker-compose exec nginx wget -qSO- --header='Host: <ej>' http://web:8000/talks/api-login/    # as nginx gets it\n"     \
  "docker-compose exec web python -c \"import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000); c.request('GET', " \
  "'/talks/api-login/', headers={'Host': '<ej>'}); print(c.getresponse().getheaders())\"\n"                                 \
  "docker-compose exec nginx nginx -T | grep -n -E 'add_header|proxy_hide_header|more_'"

const struct code LAYERS_HEADER_LOST = {
    .name = "layers/header-lost",
    .severity = SEVERITY_WARNING,
    .layer = "proxy",
    .explain = {
        .title = "A header that EJ sends gets lost on its way",
        .meaning =
            "Browsers judge what arrives: without EJ's frame-ancestors, CORS headers or cookies the login through Rocket.Chat fails, "
            "or any site may frame EJ.",
        .looks = "The same address, asked at several points of its way at the same moment: the inner answer has the header, the outer one "
                 "has not. The evidence names the two points; the layer between them is at fault.",
        .why = "proxy_hide_header or a header filter in nginx, in the TLS proxy before it, or in a CDN.",
        .heals = "Remove the rule in the layer that is named, and reload it.",
        .heals_not = "Settings of EJ: it sends the header already. Re-creating or restarting web.",
        .by_hand = LOOK,
        .refs = REFS("ej section 4", "rocket 8"),
    }};

const struct code LAYERS_HEADER_DOUBLED = {
    .name = "layers/header-doubled",
    .severity = SEVERITY_WARNING,
    .layer = "proxy",
    .explain = {
        .title = "A layer adds a header that EJ sends already",
        .meaning =
            "Two Access-Control-Allow-Origin are as bad as none: the login through Rocket.Chat fails. Two policies must both allow the "
            "frame. Two X-Frame-Options that differ forbid it.",
        .looks = "The outer answer has the header more often than the inner one.",
        .why = "add_header in nginx, in the TLS proxy or a CDN: it adds to what comes from behind, it does not replace it.",
        .heals =
            "Remove the addition in the layer that is named; or hide EJ's own header there (proxy_hide_header) if the other value is the "
            "right one.",
        .heals_not = "Settings of EJ: with them there would still be two.",
        .by_hand = LOOK,
        .refs = REFS("ej section 4", "rocket 5.1/4", "rocket 5.1/9", "Fetch 4.9"),
    }};

const struct code LAYERS_HEADER_ADDED = {
    .name = "layers/header-added",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {
        .title = "A layer adds a header that EJ does not send",
        .meaning = "Nothing by itself: the frame and login checks say whether it hurts. It tells where to look when they do.",
        .looks = "The outer answer has a header that the inner one lacks.",
        .why = "add_header in nginx or in a proxy before it, often copied from a list of recommended headers.",
        .heals = "Nothing need be healed. If the header hurts, remove it in the layer that the evidence names.",
        .by_hand = LOOK,
        .refs = REFS("ej section 4"),
    }};

const struct code LAYERS_HEADER_CHANGED = {
    .name = "layers/header-changed",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {
        .title = "A layer replaces a header of EJ by another value",
        .meaning =
            "Nothing by itself: the frame and login checks say whether it hurts. While it is so, changes in config.env do not reach the "
            "browsers.",
        .looks = "Inner and outer answer have the same header with different values.",
        .why = "A proxy rewrites it: also the include file that ejmon's own remedy `nginx-headers` wrote.",
        .heals = "Nothing need be healed. If the value hurts, correct it in the layer that the evidence names.",
        .by_hand = LOOK,
        .refs = REFS("ej section 4", "ej F66"),
    }};

const struct code LAYERS_ANSWER_DIFFERS = {
    .name = "layers/answer-differs",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {
        .title = "The layers answer with different statuses, so their headers cannot be compared",
        .meaning = "Nothing by itself: a proxy that leads http to https does so. The nginx and django checks say when it is a fault.",
        .looks = "The evidence has the status at each point.",
        .why = "A redirect, an error page or a refused Host header in one of the layers.",
        .heals = "Nothing need be healed. Set `site` to the address where the redirects end, and the headers are compared.",
        .by_hand = LOOK,
        .refs = REFS("ej F79", "ej section 5"),
    }};

const struct code LAYERS_ONE_VIEW = {
    .name = "layers/one-view",
    .severity = SEVERITY_INFO,
    .layer = "ejmon",
    .explain = {
        .title = "Only one point of the way could be asked",
        .meaning = "Nothing is known about what the layers between EJ and its visitors do to its answers.",
        .looks = "The web container's own port does not answer from where ejmon runs, and there is no way into the container.",
        .why = "ejmon is not in the stack's network, `stack.web` is wrong, or web is down (the django check says so).",
        .heals = "Let ejmon join the compose network, or set `stack.docker` or `stack.web_command`.",
        .by_hand = "docker network ls\ndocker-compose ps web",
        .refs = REFS("ej section 1"),
    }};

const struct code LAYERS_UNSEEN = {
    .name = "layers/unseen",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "The way from EJ to its visitors could not be looked at",
        .meaning = "Nothing is known about what the layers between EJ and its visitors do to its answers.",
        .looks = "Neither the site nor web's own port gives a whole answer; or only one of them does, and the way into the web container "
                 "that is set gives none either. The evidence has what each of them said.",
        .why = "nginx or web is down (the nginx and django checks say so), `stack.site` or `stack.web` is wrong, or `stack.docker` or "
               "`stack.web_command` leads nowhere.",
        .heals = "What the nginx and django checks name; else correct the addresses and the way into the container.",
        .by_hand = "ejmon check -v nginx django\ndocker-compose ps web nginx",
        .refs = REFS("ej section 1"),
    }};

const struct code *const layers_codes[] = {
    &LAYERS_HEADER_LOST,    &LAYERS_HEADER_DOUBLED, &LAYERS_HEADER_ADDED, &LAYERS_HEADER_CHANGED,
    &LAYERS_ANSWER_DIFFERS, &LAYERS_ONE_VIEW,       &LAYERS_UNSEEN,       NULL,
};
