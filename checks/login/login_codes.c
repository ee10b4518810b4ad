/* What anybody sees of the login of Rocket.Chat through EJ: the explanations of those codes; no logic. */
#include "checks/login/login_codes.h"

#define LOOK "curl -si -X POST -H 'Origin: https://CHAT' https://EJ/talks/api-login/"
#define LOOK_NGINX "docker-compose exec nginx nginx -T | grep -iE 'location|add_header|hide_header|access-control|return|rewrite'"
#define LOOK_COOKIES "curl -si 'https://EJ/talks/login/?next=/talks/' | grep -i set-cookie"
#define LOOP "Rocket.Chat's client never gets EJ's answer: users sign in at EJ, and the login page comes again, for ever."
#define LOOP_OR_FORM                                                                                                           \
  "Rocket.Chat's client never gets EJ's answer: users sign in at EJ, and the login page comes again, for ever; versions from " \
  "6.1 to 7.7 show their own form in its place, which knows no account of EJ."

const struct code login_no_origin = {.name = "login/no-origin",
                                     .severity = SEVERITY_WARNING,
                                     .layer = "ejmon",
                                     .blind = true,
                                     .explain = {.title = "The address of EJ or of Rocket.Chat is no origin",
                                                 .meaning = "ejmon cannot judge the login without knowing where both live.",
                                                 .looks = "`ej` or `rocketchat` of the check is no http or https address.",
                                                 .why = "The scheme is missing, or the value is misspelt.",
                                                 .heals = "Write what the browser's address bar shows, up to the port.",
                                                 .by_hand = "ejmon conf show",
                                                 .refs = REFS("rocket 5.1/2")}};

const struct code login_unreachable = {
    .name = "login/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {.title = "EJ's login API does not answer",
                .meaning = "Nobody is let into Rocket.Chat: its client asks there first.",
                .looks = "No connection, no answer in time, a refused certificate, or 502, 503, 504 of a proxy, at /talks/api-login/.",
                .why = "nginx or web is down; or the API URL in Rocket.Chat leads to a host that is no longer there.",
                .heals = "What the nginx and django findings beside this one say; if they pass, the API URL in Rocket.Chat.",
                .heals_not = "Any header setting.",
                .by_hand = LOOK,
                .refs = REFS("rocket 5.1/4", "ej F28", "ej F31")}};

const struct code login_api_missing = {
    .name = "login/api-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {.title = "EJ has no login API at the address that Rocket.Chat uses",
                .meaning = "Nobody is let into Rocket.Chat through EJ.",
                .looks = "/talks/api-login/ is 404. In health it is 401 to whoever is not signed in.",
                .why = "EJ_ROCKETCHAT_INTEGRATION is off or a word that EJ takes for false, it is generation C, or a proxy sends /talks/ "
                       "elsewhere.",
                .heals = "EJ_ROCKETCHAT_INTEGRATION=true in config.env and a re-created web; or the proxy's routing.",
                .heals_not = "Changing Rocket.Chat's settings, when the address in them is /talks/api-login/. CORS headers on a 404.",
                .by_hand = LOOK,
                .refs = REFS("ej F58", "ej F79", "rocket 5.1/1", "guide \"Configuring Rocket.Chat\"")}};

const struct code login_api_failed = {
    .name = "login/api-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {.title = "EJ's login API fails for everybody",
                .meaning = "Nobody is let into Rocket.Chat.",
                .looks = "5xx where 401 is healthy, to a caller without any cookie.",
                .why = "EJ's header layer fails (its table is missing, two active rows, the database is down), or the view has a bug.",
                .heals = "What the database and django findings beside this one say; else the traceback in web's log.",
                .heals_not = "CORS or frame settings: this comes before them.",
                .by_hand = LOOK "\ndocker-compose logs --tail=100 web | grep -A20 'Internal Server Error'",
                .refs = REFS("ej F51", "ej F65", "rocket 5.1/4")}};

const struct code login_api_status = {
    .name = "login/api-status",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "EJ's login API gives strangers another answer than 401",
                .meaning = "Rocket.Chat's client cannot tell who is signed in; depending on its version it shows a wrong page or loops.",
                .looks = "A status other than 401 for a POST without cookies, that is neither a redirect nor an error of EJ's.",
                .why = "Something before EJ answers: a password prompt, a firewall or limit that refuses POST (403, 405, 429), a page for "
                       "every path (200). 400 is a host name that EJ does not allow.",
                .heals = "Let POST to /talks/api-login/ through to EJ as it is.",
                .heals_not = "Changing EJ or Rocket.Chat.",
                .by_hand = LOOK "\n" LOOK_NGINX,
                .refs = REFS("rocket 5.1/4", "ej section 4", "ej F79")}};

const struct code login_redirected = {
    .name = "login/redirected",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "EJ's login API redirects, and browsers drop the login there",
                .meaning = LOOP_OR_FORM,
                .looks = "3xx at the API URL: to https, to the address with a slash, to another host, to a login page.",
                .why =
                    "The API URL in Rocket.Chat is not the final one (http for https, the slash at the end, www), or a proxy redirects. "
                    "A redirect carries none of EJ's CORS headers; across origins the browser sends `Origin: null`, and POST becomes GET.",
                .heals = "Write the final address into Rocket.Chat's API URL; or take the redirect away for /talks/api-login/.",
                .heals_not = "CORS headers on the final answer: the browser never looks at it.",
                .by_hand = LOOK " | grep -iE '^(HTTP|location)'",
                .refs = REFS("rocket 5.1/3", "Fetch 4.4", "ej section 5")}};

const struct code login_token_for_anybody = {
    .name = "login/token-for-anybody",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "EJ's login API hands a login token to a stranger",
                .meaning = "Whoever opens Rocket.Chat is logged in as somebody else.",
                .looks = "200 with loginToken for a POST without any cookie.",
                .why = "A cache before EJ stored the answer that was meant for one user, and gives it to all. EJ itself answers 401.",
                .heals = "Exclude /talks/ from every cache at once and purge it; then log that user out everywhere in Rocket.Chat.",
                .heals_not = "Restarting EJ or Rocket.Chat: the cache still has it.",
                .by_hand = LOOK " | grep -iE '^(HTTP|age|x-cache|cache-control)'",
                .refs = REFS("rocket 5.1/4", "ej section 4")}};

const struct code login_cors_missing = {
    .name = "login/cors-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "EJ's answer lacks the CORS headers",
                .meaning = LOOP_OR_FORM,
                .looks = "401 at /talks/api-login/ as it should be, but without Access-Control-Allow-Origin.",
                .why = "A proxy removes the headers, or replaces EJ's by `add_header` without `always`, which nginx leaves out of error "
                       "answers: 401 is one. With the integration on, EJ sends them with every answer.",
                .heals = "Let the proxy pass EJ's headers as they are; if it must set them, `add_header ... always`.",
                .heals_not = "EJ_ROCKETCHAT_URL: EJ sends the header already. Testing with a signed-in curl: a 200 may well carry it.",
                .by_hand = LOOK "\n" LOOK_NGINX,
                .refs = REFS("rocket 5.1/4", "rocket 8", "Fetch 4.10")}};

const struct code login_cors_doubled = {
    .name = "login/cors-doubled",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "The CORS header comes twice",
                .meaning = LOOP_OR_FORM,
                .looks = "Two Access-Control-Allow-Origin headers, or two values in one. Browsers refuse that, even if both are right.",
                .why = "EJ sends it, and a proxy adds its own beside it.",
                .heals = "Remove the proxy's, or hide EJ's (`proxy_hide_header Access-Control-Allow-Origin`).",
                .heals_not = "Making both equal.",
                .by_hand = LOOK " | grep -i access-control\n" LOOK_NGINX,
                .refs = REFS("rocket 5.1/4", "rocket 8", "Fetch 4.10")}};

const struct code login_cors_origin = {
    .name = "login/cors-origin",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {.title = "EJ's login API answers to another origin than Rocket.Chat's",
                .meaning = LOOP_OR_FORM,
                .looks = "Access-Control-Allow-Origin is not, byte for byte, the origin in Rocket.Chat's address bar.",
                .why =
                    "The active row of ej_rocketchat_rcconfig (it wins) or EJ_ROCKETCHAT_URL holds another address, or the same one with "
                    "a slash, a path, capitals or a default port.",
                .heals = "Correct url of the row in EJ's admin, or EJ_ROCKETCHAT_URL and re-create web when no row is active.",
                .heals_not = "A header in nginx alone: the login page's script posts to the same address. docker restart.",
                .by_hand = LOOK " | grep -i access-control",
                .refs = REFS("rocket 5.1/2", "rocket 5.1/4", "ej F61", "ej F64", "ej correction 16")}};

const struct code login_cors_credentials = {
    .name = "login/cors-credentials",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {.title = "EJ's CORS headers do not allow cookies",
                .meaning = LOOP_OR_FORM,
                .looks = "Access-Control-Allow-Credentials is absent or not exactly `true`, or Access-Control-Allow-Origin is `*`.",
                .why = "HTTP_ACCESS_CONTROL_ALLOW_* is set (generation B), or a proxy sets its own.",
                .heals = "Remove the overrides, or set the exact origin and `true`.",
                .heals_not = "`*`: it is refused together with cookies.",
                .by_hand = LOOK " | grep -i access-control",
                .refs = REFS("rocket 5.1/4", "ej F67", "Fetch 4.10")}};

const struct code login_preflight_refused = {
    .name = "login/preflight-refused",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "This version of Rocket.Chat asks first (preflight), and EJ refuses",
        .meaning = "Visitors see Rocket.Chat's own login form; EJ's never appears.",
        .looks = "The version is 6.1 to 7.9.3, and OPTIONS on /talks/api-login/ is not answered with 2xx, the origin, credentials, and "
                 "content-type among the allowed headers.",
        .why = "These clients send Content-Type: application/json, so that browsers ask first. EJ answers OPTIONS with 401 and names no "
               "headers; generation C answers 200, and names none either.",
        .heals = "A rule in the proxy before EJ that answers OPTIONS for this path; or a Rocket.Chat before 6.1 or from 7.10 on.",
        .heals_not = "Changing settings of EJ or Rocket.Chat. Access-Control-Allow-Headers: *, which does not count with cookies.",
        .by_hand =
            "curl -si -X OPTIONS -H 'Origin: https://CHAT' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: "
            "content-type' https://EJ/talks/api-login/",
        .refs = REFS("rocket 5.1/5", "rocket 5", "rocket 8", "ej correction 15", "Fetch 4.8")}};

const struct code login_page_type = {.name = "login/page-type",
                                     .severity = SEVERITY_CRITICAL,
                                     .layer = "proxy",
                                     .explain = {.title = "EJ's login page is not sent as HTML",
                                                 .meaning = "Visitors see the page's source, or a download, in the frame.",
                                                 .looks = "Content-Type of the page is not text/html.",
                                                 .why = "A proxy or a file server before EJ sets another type.",
                                                 .heals = "Let EJ's own Content-Type through.",
                                                 .heals_not = "Frame and CORS settings.",
                                                 .by_hand = "curl -sI 'https://EJ/talks/login/?next=/talks/' | grep -i content-type",
                                                 .refs = REFS("rocket 8")}};

const struct code login_cross_site = {
    .name = "login/cross-site",
    .severity = SEVERITY_CRITICAL,
    .layer = "browser",
    .explain = {
        .title = "EJ and Rocket.Chat are different sites, so browsers keep EJ's session cookie away",
        .meaning = LOOP,
        .looks = "All headers are right, curl with the cookie gets its token, every browser gets 401. The cookie is SameSite=Lax (EJ's "
                 "only way), and the two addresses share no registrable domain, or one is http and the other https.",
        .why = "SameSite=Lax cookies are neither set nor sent in a frame of another site. A site is scheme and registrable domain "
               "(public suffix list); ports do not count: ej.example.org and chat.example.org are one, ej.com.br and chat.com.br are two.",
        .heals = "Both below one registrable domain, and both on https. Else a proxy that rewrites EJ's cookies to `SameSite=None; Secure` "
                 "(https only, and browsers that block third-party cookies still refuse).",
        .heals_not = "Any setting of EJ: Django 2.2 cannot send SameSite=None. CORS and frame headers: they are right already.",
        .by_hand = LOOK_COOKIES,
        .refs = REFS("ej F75", "ej F63", "rocket 5.1/7", "guide \"Troubleshooting\"")}};

const struct code login_third_party = {
    .name = "login/third-party-cookies",
    .severity = SEVERITY_WARNING,
    .layer = "browser",
    .explain = {.title = "The login hangs on third-party cookies",
                .meaning = "Users of Safari, Firefox with strict protection, Brave, and of Chrome with that setting cannot log in.",
                .looks = "EJ and Rocket.Chat are different sites, and EJ's cookies are SameSite=None; Secure.",
                .why = "Browsers block cookies of other sites in frames more and more, whatever the cookie says.",
                .heals = "Both below one registrable domain.",
                .heals_not = "More headers: it is the browser's policy.",
                .by_hand = LOOK_COOKIES,
                .refs = REFS("ej F75", "rocket 5.1/7")}};

const struct code login_cookie_dropped = {
    .name = "login/cookie-dropped",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "Browsers drop EJ's cookies as they arrive",
                .meaning = LOOP,
                .looks = "`Secure` on a plain http page, `SameSite=None` without `Secure`, a `Domain` that is not EJ's, or a `__Host-` or "
                         "`__Secure-` name whose conditions do not hold.",
                .why = "A proxy rewrites Set-Cookie (proxy_cookie_flags, proxy_cookie_domain), or TLS was taken away.",
                .heals = "Correct the proxy's rewriting; EJ's own cookies need none when EJ and Rocket.Chat are one site.",
                .heals_not = "Any setting of EJ.",
                .by_hand = LOOK_COOKIES "\ndocker-compose exec nginx nginx -T | grep -i cookie",
                .refs = REFS("rocket 5.1/7", "RFC6265bis 5.7", "rocket 8")}};

const struct code login_mixed_content = {
    .name = "login/mixed-content",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "Rocket.Chat is https, but calls EJ's login API over http",
                .meaning = LOOP_OR_FORM,
                .looks = "The API URL is http://, Rocket.Chat is https://; the browser's console says \"Mixed Content\".",
                .why = "EJ has no TLS, or http:// was written into Rocket.Chat's settings.",
                .heals = "EJ on https, and https:// in Rocket.Chat's API URL and Iframe URL.",
                .heals_not = "Any header.",
                .by_hand = "curl -s 'https://CHAT/api/v1/settings.public?count=0' | grep -o '\"_id\":\"Accounts_Iframe_api_url[^}]*'",
                .refs = REFS("rocket 5.1/8", "ej F63", "Mixed Content 4.4")}};

const struct code login_internal_name = {
    .name = "login/internal-name",
    .severity = SEVERITY_WARNING,
    .layer = "settings",
    .explain = {.title = "An address of the login is one that only containers know",
                .meaning = "Visitors' browsers cannot resolve it; what ejmon judges with it says nothing about them.",
                .looks = "EJ's or Rocket.Chat's address is a bare name such as http://rocketchat:3000.",
                .why = "The docker-internal address (EJ_ROCKETCHAT_API_URL's) was written where the public one belongs.",
                .heals = "Write what the address bar shows: EJ_ROCKETCHAT_URL and stack.rocketchat; stack.site for EJ.",
                .heals_not = "Adding the internal name to EJ's lists.",
                .by_hand = "ejmon conf show | grep -E 'site|rocketchat'",
                .refs = REFS("rocket 5.1/2", "ej section 4")}};

const struct code login_rocket_policy = {
    .name = "login/rocket-policy",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {.title = "Rocket.Chat's own page may not load EJ",
                .meaning = "The browser blocks EJ's frame or the call to its login API inside of Rocket.Chat.",
                .looks = "Content-Security-Policy of Rocket.Chat's page has frame-src, child-src, connect-src or default-src without EJ.",
                .why = "A proxy before Rocket.Chat sets a stricter policy. Rocket.Chat's own says `frame-src *; connect-src *`.",
                .heals = "Add EJ's origin to frame-src and connect-src of that policy.",
                .heals_not = "EJ's headers.",
                .by_hand = "curl -sI https://CHAT/ | grep -i content-security-policy",
                .refs = REFS("rocket 5.1/10", "CSP3 6.1.4", "CSP3 6.1.2")}};

const struct code login_forced_ssl = {
    .name = "login/forced-ssl",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {.title = "EJ calls Rocket.Chat by an http address, and Rocket.Chat forces https",
                .meaning = "EJ cannot log its users in: each call ends in a redirect, which turns POST into GET.",
                .looks = "Force_SSL is true, and EJ_ROCKETCHAT_API_URL (or EJ_ROCKETCHAT_URL, when that is unset) is http://.",
                .why = "Force_SSL answers 302 to whatever does not carry X-Forwarded-Proto: https, and EJ does not send that.",
                .heals = "The https address in EJ_ROCKETCHAT_API_URL; or Force_SSL off, when a proxy does that already.",
                .heals_not = "Changing only the port.",
                .by_hand = "docker-compose exec web curl -si http://rocketchat:3000/api/info | grep -i location",
                .refs = REFS("rocket 5.1/12", "rocket 1", "ej F72")}};

const struct code login_no_tls = {
    .name = "login/no-tls",
    .severity = SEVERITY_WARNING,
    .layer = "proxy",
    .explain = {.title = "Passwords travel in clear",
                .meaning = "Whoever stands between a visitor and EJ reads passwords and takes sessions over.",
                .looks = "EJ's public address is http://.",
                .why = "EJ's own nginx has no TLS; a proxy before it has to end it.",
                .heals = "A certificate at a proxy before nginx, https:// in all addresses, and a redirect from http.",
                .heals_not = "Settings of EJ: it has none for this.",
                .by_hand = "curl -sI http://EJ/ | grep -iE '^(HTTP|location)'",
                .refs = REFS("ej D9")}};

const struct code login_cookie_open = {
    .name = "login/cookie-not-secure",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {.title = "EJ's cookies lack Secure",
                .meaning = "One visit by plain http sends the session in clear, unless the browser already knows better (HSTS).",
                .looks = "EJ is https, and Set-Cookie of its login page has no Secure.",
                .why = "EJ sets SESSION_COOKIE_SECURE nowhere, and no variable does.",
                .heals = "The proxy: `proxy_cookie_flags ~ secure;` (nginx 1.19.3 and later).",
                .by_hand = LOOK_COOKIES,
                .refs = REFS("ej D9", "ej section 2")}};

const struct code login_no_hsts = {
    .name = "login/no-hsts",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {.title = "EJ's https sends no Strict-Transport-Security",
                .meaning = "A visitor's first request may go by plain http, and be caught there.",
                .looks = "No Strict-Transport-Security header.",
                .why = "Neither EJ nor its nginx sends it.",
                .heals = "`add_header Strict-Transport-Security \"max-age=31536000\" always;` at the proxy that ends TLS.",
                .by_hand = "curl -sI https://EJ/ | grep -i strict-transport",
                .refs = REFS("ej D9")}};

const struct code *const login_codes[] = {
    &login_no_origin,     &login_unreachable,    &login_api_missing,       &login_api_failed,
    &login_api_status,    &login_redirected,     &login_token_for_anybody, &login_cors_missing,
    &login_cors_doubled,  &login_cors_origin,    &login_cors_credentials,  &login_preflight_refused,
    &login_page_type,     &login_cross_site,     &login_third_party,       &login_cookie_dropped,
    &login_mixed_content, &login_internal_name,  &login_rocket_policy,     &login_forced_ssl,
    &login_no_tls,        &login_cookie_open,    &login_no_hsts,           &login_refused,
    &login_form_unknown,  &login_form_failed,    &login_session_lost,      &login_no_permission,
    &login_api_error,     &login_no_token,       &login_token_key,         &login_token_type,
    &login_token_refused, &login_message_target, &login_rocket_busy,       NULL,
};
