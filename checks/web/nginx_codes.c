/* The findings of the nginx check, each with its explanation. Text only. */
#include "checks/web/nginx_codes.h"

const struct code NGINX_UNREACHABLE = {
    .name = "nginx/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "Nothing answers at the site's address",
        .meaning = "Visitors get a connection error instead of EJ. Nothing behind nginx can be judged from outside.",
        .looks = "Connection refused, no route, or no TCP connection within the time-out.",
        .why =
            "The nginx container is stopped or loops (\"host not found in upstream\" when web was unresolvable at its start), port 80 is "
            "taken by another program, the host is down, or a firewall is in the way.",
        .heals = "Start nginx; if it exits with \"host not found in upstream\", start web first, then nginx.",
        .heals_not = "Restarting web or collecting static files: neither is reached without nginx.",
        .by_hand = "docker-compose ps\ndocker-compose logs --tail=50 nginx\ndocker-compose up -d nginx\nss -ltnp 'sport = :80'",
        .refs = REFS("ej F30", "ej F31"),
    }};

const struct code NGINX_CUT_OFF = {
    .name = "nginx/cut-off",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "The proxy in front of nginx does not reach it",
        .meaning = "Visitors get the proxy's own error page for everything. Nothing behind the proxy can be judged from outside.",
        .looks = "502, 504, or a CDN's 520 and above, for /static/ too: EJ's nginx answers that from its own disk, whatever ails web.",
        .why = "nginx is stopped or loops, its address or port has changed, a firewall stands between the proxy and nginx, or the whole "
               "host is down. Where the proxy passes /static/ on to web, without EJ's nginx, web is down.",
        .heals = "Start nginx; if it runs and answers on its own host, correct the address that the proxy passes requests on to.",
        .heals_not = "Restarting web, or reloading nginx for a stale address: no request comes to either.",
        .by_hand = "docker-compose ps\ncurl -sI http://127.0.0.1/static/    # on EJ's own host: 403 by nginx is right\n"
                   "docker-compose logs --tail=50 nginx\ndocker-compose up -d nginx",
        .refs = REFS("ej F31", "ej section 1", "ej correction 23"),
    }};

const struct code NGINX_NAME_UNKNOWN = {
    .name = "nginx/name-unknown",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {
        .title = "The site's name does not resolve",
        .meaning = "From where ejmon runs the host name has no address. Visitors may or may not have the same problem.",
        .looks = "The resolver says that there is no such host.",
        .why = "An expired domain, a broken DNS zone, a container without DNS, or a misspelt site in the configuration.",
        .heals = "Correct the DNS record, the resolver, or `stack.site`.",
        .heals_not = "Anything on the EJ stack.",
        .by_hand = "getent hosts <host>\ndig +short <host>",
        .refs = REFS("ej F31"),
    }};

const struct code NGINX_CERTIFICATE = {
    .name = "nginx/certificate",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "The site's certificate is not accepted",
        .meaning = "Browsers show a warning page, and Rocket.Chat cannot show EJ's login in its frame.",
        .looks = "The TLS handshake ends at the certificate: expired, for another name, or of an unknown authority.",
        .why = "A renewal failed, the proxy serves the wrong certificate, or the authority is private and not named in `stack.cacert`.",
        .heals = "Renew or install the certificate at the proxy that ends TLS; name a private authority in `stack.cacert`.",
        .heals_not = "Anything in EJ: its own nginx does not speak TLS.",
        .by_hand = "openssl s_client -connect <host>:443 -servername <host> </dev/null | openssl x509 -noout -dates -subject -issuer",
        .refs = REFS("ej section 1", "ej D9"),
    }};

const struct code NGINX_NOT_HTTP = {
    .name = "nginx/not-http",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {
        .title = "What answers at the site's address does not speak HTTP",
        .meaning = "Another program holds the port, or http and https are mixed up.",
        .looks = "The connection stands, but the bytes are no HTTP answer, or the TLS handshake fails before a certificate comes.",
        .why = "Another service on the port, an https URL for a plain http port (EJ's nginx has no TLS), or the reverse.",
        .heals = "Give the port back to nginx, or correct `stack.site`.",
        .by_hand = "curl -v <url>\nss -ltnp",
        .refs = REFS("ej F31", "ej section 1"),
    }};

const struct code NGINX_TIMEOUT = {
    .name = "nginx/timeout",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "nginx takes connections but does not answer, not even from its own disk",
        .meaning = "Visitors wait until their browser gives up.",
        .looks = "The TCP connection stands at once; neither a static path nor a page is answered within the time-out.",
        .why = "nginx is stopped in mid-run (paused container, SIGSTOP), its disk hangs, or the machine has no CPU or memory left.",
        .heals = "Look at the machine first (load, memory, disk); then restart nginx.",
        .heals_not = "Restarting web: /static does not pass through it.",
        .by_hand = "docker-compose ps\ndocker stats --no-stream\ndocker-compose logs --tail=50 nginx\ndocker-compose restart nginx",
        .refs = REFS("ej F31", "ej F35"),
    }};

const struct code NGINX_BAD_GATEWAY = {
    .name = "nginx/bad-gateway",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "nginx cannot reach the web container (502)",
        .meaning = "Every page is \"502 Bad Gateway\"; only files under /static still come.",
        .looks = "502 with nginx's own body (`<center>nginx`), without any of Django's headers.",
        .why = "web is stopped, restarting in a loop (a failed collect, migration or setting), or was re-created with a new address that "
               "nginx "
               "has not learnt: it resolves `web` only once, at its start. A 502 after about 30 s is gunicorn killing a worker that hangs.",
        .heals = "Start web, or mend what stops it (its log says). If web itself answers: reload nginx.",
        .heals_not = "Restarting web once more when nginx has a stale address: it may move again. Collecting: /static is not the problem.",
        .by_hand =
            "docker-compose ps\ndocker-compose logs --tail=100 web\ndocker-compose up -d web\ndocker-compose exec nginx nginx -s reload",
        .refs = REFS("ej F28", "ej F29", "ej F35"),
    }};

const struct code NGINX_GATEWAY_TIMEOUT = {
    .name = "nginx/gateway-timeout",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "nginx waited too long for the web container (504)",
        .meaning = "Visitors wait a minute and then get an error page.",
        .looks = "504 with nginx's own body, usually after 60 s.",
        .why =
            "The workers hang: a dead database under a cold worker, a very slow query, Rocket.Chat not answering, or a frozen container.",
        .heals = "Mend what the workers wait for (database first), then restart web.",
        .heals_not = "A longer time-out in nginx: the visitors wait longer, nothing else.",
        .by_hand =
            "docker-compose logs --tail=100 web | grep -e CRITICAL -e unavailable\ndocker-compose ps postgres\ndocker-compose restart web",
        .refs = REFS("ej F35", "ej F43"),
    }};

const struct code NGINX_UNAVAILABLE = {.name = "nginx/unavailable",
                                       .severity = SEVERITY_CRITICAL,
                                       .layer = "proxy",
                                       .explain = {
                                           .title = "The proxy says that the service is unavailable (503)",
                                           .meaning = "Visitors see an error or a maintenance page.",
                                           .looks = "503; neither EJ's nginx configuration nor Django sends one by itself.",
                                           .why = "A maintenance page, a rate limit, or an outer load balancer without a healthy backend.",
                                           .heals = "End the maintenance, or mend the backend that the outer proxy misses.",
                                           .by_hand = "curl -si <url> | head -20",
                                           .refs = REFS("ej section 5"),
                                       }};

const struct code NGINX_NOT_FOUND = {
    .name = "nginx/not-found",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "nginx itself answers 404 for a page of EJ",
        .meaning = "Pages do not reach Django at all.",
        .looks = "404 with nginx's own body (`<center>nginx`) on a path that Django serves; Django's 404 looks different.",
        .why = "nginx runs without EJ's configuration (`location /` with proxy_pass), or another server block took the request.",
        .heals = "Put the configuration of the EJ nginx image back and reload nginx.",
        .heals_not = "Anything in web.",
        .by_hand = "docker-compose exec nginx nginx -T | grep -A3 location",
        .refs = REFS("ej section 1", "ej section 5"),
    }};

const struct code NGINX_REFUSED = {
    .name = "nginx/refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "The proxy refuses requests by itself",
        .meaning = "Visitors, or at least ejmon, are turned away before EJ is asked.",
        .looks = "400, 401, 403, 405 or 429 with the proxy's own body.",
        .why = "A password or an address filter in the proxy, a rate limit, or plain http sent to an https port.",
        .heals = "Let ejmon's address through, or correct the rule; correct the scheme in `stack.site`.",
        .by_hand = "curl -si <url> | head -20\ndocker-compose exec nginx nginx -T",
        .refs = REFS("ej section 1"),
    }};

const struct code NGINX_SERVER_ERROR = {
    .name = "nginx/server-error",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "nginx itself fails (5xx of its own)",
        .meaning = "Visitors get an error page that EJ did not make.",
        .looks = "500 or another 5xx with nginx's own body.",
        .why = "A redirect loop in its configuration, no permission on its folders, or a full disk for its buffers.",
        .heals = "Correct what nginx's error log names.",
        .heals_not = "Anything in web.",
        .by_hand = "docker-compose logs --tail=50 nginx\ndocker-compose exec nginx nginx -t",
        .refs = REFS("ej section 5"),
    }};

const struct code NGINX_DEFAULT_PAGE = {
    .name = "nginx/default-page",
    .severity = SEVERITY_CRITICAL,
    .layer = "nginx",
    .explain = {
        .title = "nginx shows its welcome page instead of EJ",
        .meaning = "Visitors see \"Welcome to nginx!\".",
        .looks = "200 with nginx's own start page: a 200 is not health.",
        .why = "nginx runs with its default configuration: the plain image instead of EJ's, or an empty conf.d.",
        .heals = "Run the EJ nginx image, or put its default.conf back, and reload.",
        .by_hand = "docker-compose exec nginx ls -l /etc/nginx/conf.d\ndocker-compose exec nginx nginx -T",
        .refs = REFS("ej section 1"),
    }};

const struct code NGINX_REDIRECTED = {.name = "nginx/redirected",
                                      .severity = SEVERITY_WARNING,
                                      .layer = "proxy",
                                      .explain = {
                                          .title = "The site's address redirects to another one",
                                          .meaning = "Visitors arrive, but ejmon does not see the site that they see.",
                                          .looks = "A redirect to another scheme, host or port on a path that EJ serves itself.",
                                          .why = "The configuration names http where a proxy forces https, or an old host name.",
                                          .heals = "Set `stack.site` to the address that people end up at.",
                                          .by_hand = "curl -sI <url>",
                                          .refs = REFS("ej section 1"),
                                      }};

const struct code NGINX_SLOW = {
    .name = "nginx/slow",
    .severity = SEVERITY_WARNING,
    .layer = "nginx",
    .explain = {
        .title = "nginx is slow with its own answers",
        .meaning = "Everything is slow for visitors, also the images.",
        .looks = "An answer that needs neither Django nor the database took longer than `slow`.",
        .why = "The machine or its network is overloaded, or the disk of the static volume is slow.",
        .heals = "Find what takes the machine's CPU, memory or disk.",
        .heals_not = "Restarting web.",
        .by_hand = "docker stats --no-stream\nuptime\ncurl -so /dev/null -w '%{time_connect} %{time_starttransfer} %{time_total}\\n' "
                   "<url>/static/",
        .refs = REFS("ej F35"),
    }};
