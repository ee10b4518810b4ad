/* The findings of the http and tcp checks, each with its explanation. Text only. */
#include "checks/plain/http_codes.h"

#define OWN_REFS REFS("guide \"Deployment\"")

const struct code HTTP_UNREACHABLE = {
    .name = "http/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {.title = "The URL does not answer",
                .meaning = "Whatever stands behind it is down for its users.",
                .looks = "Connection refused, no route, or a connection that is closed without an answer.",
                .why = "The server is down, listens elsewhere, or a firewall is in the way.",
                .heals = "Start the server, or correct the URL.",
                .by_hand = "curl -v <url>",
                .refs = OWN_REFS}};

const struct code HTTP_NAME_UNKNOWN = {.name = "http/name-unknown",
                                       .severity = SEVERITY_CRITICAL,
                                       .layer = "network",
                                       .explain = {.title = "The URL's host name does not resolve",
                                                   .meaning = "From where ejmon runs the name has no address.",
                                                   .looks = "The resolver knows no such host.",
                                                   .why = "A misspelt name, a broken zone, or a container without DNS.",
                                                   .heals = "Correct the name or the resolver.",
                                                   .by_hand = "getent hosts <host>",
                                                   .refs = OWN_REFS}};

const struct code HTTP_TLS = {
    .name = "http/tls",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {.title = "The TLS handshake fails",
                .meaning = "Browsers show a warning, programs give up.",
                .looks = "The certificate is expired, for another name or of an unknown authority; or the port does not speak TLS.",
                .why = "A failed renewal, a wrong certificate, a private authority that `cacert` does not name.",
                .heals = "Renew the certificate, or name its authority.",
                .by_hand = "openssl s_client -connect <host>:443 -servername <host> </dev/null",
                .refs = OWN_REFS}};

const struct code HTTP_TIMEOUT = {
    .name = "http/timeout",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {.title = "The URL takes too long",
                .meaning = "Users wait, or give up.",
                .looks = "No answer within the check's time-out, or a phase longer than `connect_timeout` or `first_byte_timeout`.",
                .why = "An overloaded or hung server; in the connect phase a firewall that drops packets.",
                .heals = "Look at the server's load and log.",
                .by_hand = "curl -so /dev/null -w '%{time_connect} %{time_starttransfer} %{time_total}\\n' <url>",
                .refs = OWN_REFS}};

const struct code HTTP_STATUS = {
    .name = "http/status",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {.title = "The status is not the expected one",
                .meaning = "The page does not do what it should.",
                .looks = "The answer's status is in none of the ranges of `status`. Redirects are not followed.",
                .why = "An error behind the URL, a moved page, or an expectation that is out of date.",
                .heals = "Read the answer's body and the server's log.",
                .by_hand = "curl -si <url> | head -20",
                .refs = OWN_REFS}};

const struct code HTTP_HEADER = {.name = "http/header",
                                 .severity = SEVERITY_CRITICAL,
                                 .layer = "web",
                                 .explain = {.title = "A header is missing or not as expected",
                                             .meaning = "Caches, browsers or clients will treat the answer in another way.",
                                             .looks = "No header of that name matches its pattern in `header`.",
                                             .why = "A changed configuration of the server or of a proxy before it.",
                                             .heals = "Correct the configuration, or the expectation.",
                                             .by_hand = "curl -sI <url>",
                                             .refs = OWN_REFS}};

const struct code HTTP_BODY = {.name = "http/body",
                               .severity = SEVERITY_CRITICAL,
                               .layer = "web",
                               .explain = {.title = "The body does not hold what it should",
                                           .meaning = "The page answers, but with other content: a 200 is not health.",
                                           .looks = "Neither the text nor the pattern of `body` occurs in the first 256 kB.",
                                           .why = "An empty or wrong page, another program behind the URL, a changed text.",
                                           .heals = "Look at the page; correct the server, or the expectation.",
                                           .by_hand = "curl -s <url> | head -50",
                                           .refs = OWN_REFS}};

const struct code HTTP_SLOW = {.name = "http/slow",
                               .severity = SEVERITY_WARNING,
                               .layer = "web",
                               .explain = {.title = "The answer is slow",
                                           .meaning = "Users wait.",
                                           .looks = "The whole answer took longer than `slow`.",
                                           .why = "Load on the server, its database or the network.",
                                           .heals = "Find what the server waits for.",
                                           .by_hand = "curl -so /dev/null -w '%{time_total}\\n' <url>",
                                           .refs = OWN_REFS}};

const struct code HTTP_BAD_OPTION = {.name = "http/bad-option",
                                     .severity = SEVERITY_WARNING,
                                     .layer = "ejmon",
                                     .blind = true,
                                     .explain = {.title = "An expectation of the check cannot be read",
                                                 .meaning = "The check cannot judge.",
                                                 .looks = "`status` holds something that is no code or range, or `header` has no name.",
                                                 .why = "A typing error in the configuration.",
                                                 .heals = "status: 200, 2xx or 200-299; header: \"Name: pattern\".",
                                                 .by_hand = "ejmon explain --kind http",
                                                 .refs = OWN_REFS}};

const struct code TCP_UNREACHABLE = {.name = "tcp/unreachable",
                                     .severity = SEVERITY_CRITICAL,
                                     .layer = "network",
                                     .explain = {.title = "The port takes no connections",
                                                 .meaning = "Whatever listens there is down.",
                                                 .looks = "Connection refused, or no route.",
                                                 .why = "The server is down, listens elsewhere, or a firewall refuses.",
                                                 .heals = "Start the server, or correct the address.",
                                                 .by_hand = "nc -vz <host> <port>",
                                                 .refs = OWN_REFS}};

const struct code TCP_NAME_UNKNOWN = {.name = "tcp/name-unknown",
                                      .severity = SEVERITY_CRITICAL,
                                      .layer = "network",
                                      .explain = {.title = "The host name does not resolve",
                                                  .meaning = "From where ejmon runs the name has no address.",
                                                  .looks = "The resolver knows no such host.",
                                                  .why = "A misspelt name, a broken zone, or a container without DNS.",
                                                  .heals = "Correct the name or the resolver.",
                                                  .by_hand = "getent hosts <host>",
                                                  .refs = OWN_REFS}};

const struct code TCP_TIMEOUT = {.name = "tcp/timeout",
                                 .severity = SEVERITY_CRITICAL,
                                 .layer = "network",
                                 .explain = {.title = "The port does not answer in time",
                                             .meaning = "Its users wait, or give up.",
                                             .looks = "No connection, or not the expected answer, within the check's time-out.",
                                             .why = "A hung server, or a firewall that drops packets.",
                                             .heals = "Look at the server.",
                                             .by_hand = "nc -v <host> <port>",
                                             .refs = OWN_REFS}};

const struct code TCP_CLOSED = {.name = "tcp/closed",
                                .severity = SEVERITY_CRITICAL,
                                .layer = "network",
                                .explain = {.title = "The connection is closed before the expected answer",
                                            .meaning = "The server does not serve.",
                                            .looks = "The connection stands, then ends without what `expect` asks for.",
                                            .why = "The server refuses this client, failed, or speaks another protocol.",
                                            .heals = "Read the server's log.",
                                            .by_hand = "nc -v <host> <port>",
                                            .refs = OWN_REFS}};

const struct code TCP_UNEXPECTED = {
    .name = "tcp/unexpected",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {.title = "The answer is not the expected one",
                .meaning = "Something else may listen on the port.",
                .looks = "More than 64 kB came, and none of it matches `expect`.",
                .why = "Another program on the port, another version of the protocol, or an expectation that is out of date.",
                .heals = "Look at what answers.",
                .by_hand = "nc -v <host> <port>",
                .refs = OWN_REFS}};

const struct code TCP_BAD_ADDRESS = {.name = "tcp/bad-address",
                                     .severity = SEVERITY_WARNING,
                                     .layer = "ejmon",
                                     .blind = true,
                                     .explain = {.title = "The address of the check cannot be read",
                                                 .meaning = "The check cannot look.",
                                                 .looks = "`address` is not host:port.",
                                                 .why = "A typing error in the configuration.",
                                                 .heals = "address: mail.example.org:25, or [::1]:25.",
                                                 .by_hand = "ejmon explain --kind tcp",
                                                 .refs = OWN_REFS}};
