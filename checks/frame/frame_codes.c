/* The findings of the frame check, each with its explanation. Text only. */
#include "checks/frame/frame_codes.h"

#define LOOK "curl -sI 'https://<ej>/talks/login/?next=/talks/'"
#define RECREATE "docker-compose up -d web"
#define INERT \
  "DJANGO_X_FRAME_OPTIONS: it has no effect while the integration is on, and browsers ignore X-Frame-Options beside frame-ancestors. "
#define NO_RESTART "`docker restart`: it never re-reads config.env. "

const struct code FRAME_UNREACHABLE = {
    .name = "frame/unreachable",
    .severity = SEVERITY_CRITICAL,
    .layer = "network",
    .explain = {
        .title = "The login page does not answer",
        .meaning = "Rocket.Chat's users see an empty or broken frame instead of EJ's login.",
        .looks = "No connection, no answer in time, a refused certificate, or nginx's own 502, 503 or 504 in place of the page.",
        .why = "nginx or the web container is down, a redirect leads to an address that does not work, or a certificate has expired.",
        .heals = "What the nginx and django findings beside this one say; this one only tells that the login page is hit too.",
        .heals_not = "Any header setting.",
        .by_hand = "curl -svo /dev/null 'https://<ej>/talks/login/?next=/talks/'\ndocker-compose ps",
        .refs = REFS("ej F28", "ej F29", "ej F31", "ej F35"),
    }};

const struct code FRAME_REDIRECT_LOOP = {
    .name = "frame/redirect-loop",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "The login page redirects in a circle",
        .meaning = "The browser gives up (\"redirected you too many times\"); nobody can log in through the frame.",
        .looks = "The same address comes twice, or there is no end after 10 redirects.",
        .why = "Two proxies undo each other's work (http to https and back), or EJ is told another scheme or host than the visitor uses.",
        .heals = "Let one place decide on https: the outermost proxy redirects, those behind it do not.",
        .heals_not = "Restarting anything; header settings: no page is ever reached.",
        .by_hand = "curl -sIL --max-redirs 10 'https://<ej>/talks/login/?next=/talks/' | grep -iE '^(HTTP|location)'",
        .refs = REFS("ej F79", "ej section 5"),
    }};

const struct code FRAME_PAGE_MISSING = {
    .name = "frame/page-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "There is no page at the address that should be framed",
        .meaning = "The frame shows an error page. Its headers say nothing about EJ: error pages often carry none.",
        .looks = "404 or 410 at an address outside of /talks/, or nginx's own 404.",
        .why = "`url` of the check, or Rocket.Chat's IFrame URL, is misspelt; or nginx sends the path elsewhere.",
        .heals = "Correct the address; EJ's login for Rocket.Chat is /talks/login/?next=/talks/.",
        .heals_not = "Header settings: a 404 without headers is normal.",
        .by_hand = LOOK,
        .refs = REFS("ej F79"),
    }};

const struct code FRAME_PAGE_FAILED = {
    .name = "frame/page-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "web",
    .explain = {
        .title = "The login page answers with an error",
        .meaning = "Whether or not it may be framed: the frame holds an error page, and nobody can log in.",
        .looks = "A 4xx or 5xx status. With frame-ancestors the header layer works and the view itself failed; 400 without any of the "
                 "headers is a refused Host.",
        .why = "500 with the headers in generation B: Rocket.Chat is not configured in EJ (no active row and the environment incomplete), "
               "or its server does not answer. 400: DJANGO_HOSTNAME and DJANGO_ALLOWED_HOSTS lack the name that people type.",
        .heals =
            "Unconfigured: the wizard at /talks/ as superuser, or EJ_ROCKETCHAT_URL with all of EJ_ROCKETCHAT_ADMIN_USERNAME, _ADMIN_ID, "
            "_ADMIN_PASSWORD and EJ_ROCKETCHAT_AUTH_TOKEN, then re-create web. 400: correct the host names, then re-create web.",
        .heals_not = "Restarting web; names such as EJ_ROCKETCHAT_USER_ID, which generation B does not read.",
        .by_hand = LOOK "\ndocker-compose logs --tail=100 web",
        .refs = REFS("ej F70", "ej F71", "ej F72", "ej F32", "ej F42"),
    }};

const struct code FRAME_INTEGRATION_OFF = {
    .name = "frame/integration-off",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .inferred = true,
    .explain = {
        .title = "EJ's Rocket.Chat integration is off",
        .meaning = "EJ has no /talks/ pages; the frame in Rocket.Chat shows \"not found\" or nothing.",
        .looks = "/talks/login/ is 404 by Django, X-Frame-Options is SAMEORIGIN, there is no Content-Security-Policy.",
        .why = "EJ_ROCKETCHAT_INTEGRATION is unset, false, or a word that EJ does not know: only true, on, ok, y, yes and 1 mean true; "
               "`enabled` is silently false. Generation C has no integration any more.",
        .heals =
            "EJ_ROCKETCHAT_INTEGRATION=true in config.env, `" RECREATE "` (its start migrates the new tables), then the other settings.",
        .heals_not = NO_RESTART "Framing headers in nginx: the page itself is missing.",
        .by_hand =
            "docker-compose exec web printenv EJ_ROCKETCHAT_INTEGRATION\ncurl -s -o /dev/null -w '%{http_code}\\n' https://<ej>/talks/api-login/",
        .refs = REFS("ej F58", "ej F69", "ej section 4", "guide \"Rocket.Chat integration\""),
    }};

const struct code FRAME_HEADER_LAYER_FAILED = {
    .name = "frame/header-layer-failed",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .explain = {
        .title = "EJ's header layer fails, and every page with it",
        .meaning = "The whole site answers 500, not only the login: each answer needs the Rocket.Chat row from the database.",
        .looks = "500 without Content-Security-Policy, whatever X-Frame-Options says. (With one, only the view failed.)",
        .why = "The table ej_rocketchat_rcconfig is missing (integration switched on without migrating), it has two active rows, or the "
               "database is down.",
        .heals =
            "Missing table: `docker-compose exec web python manage.py migrate --noinput`. Two active rows: deactivate all but the right "
            "one. Database down: start it.",
        .heals_not = "Frame settings of any kind. Migrating does not cure two active rows.",
        .by_hand =
            "docker-compose logs --tail=100 web\ndocker-compose exec postgres psql -U <user> <db> -c \"SELECT id, url, is_active FROM "
            "ej_rocketchat_rcconfig\"",
        .refs = REFS("ej F51", "ej F65", "ej F43"),
    }};

const struct code FRAME_NO_EMBEDDER = {
    .name = "frame/no-embedder",
    .severity = SEVERITY_WARNING,
    .layer = "ejmon",
    .blind = true,
    .explain = {
        .title = "The embedder is not an origin",
        .meaning = "ejmon cannot judge framing without knowing who frames.",
        .looks = "`embedder` (or `stack.rocketchat`) is no http or https address.",
        .why = "The scheme is missing (`chat.example.org` for `https://chat.example.org`) or the value is misspelt.",
        .heals = "Write what the browser's address bar shows for Rocket.Chat, up to the port.",
        .by_hand = "ejmon conf show",
        .refs = REFS("ej section 4"),
    }};

const struct code FRAME_MIXED = {
    .name = "frame/mixed-content",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "Rocket.Chat is https, but EJ's login page is plain http",
        .meaning = "Browsers never load an http page into a frame of an https page, whatever the headers say. The frame stays empty.",
        .looks = "The login page, or one redirect on the way to it, has an http:// address; the browser's console says \"Mixed Content\".",
        .why =
            "EJ's own nginx has no TLS; without a proxy that ends TLS before it, EJ is http. Or Rocket.Chat's IFrame URL says http://. Or a "
            "redirect goes through http, because EJ believes that it is on plain http and the proxy does not rewrite.",
        .heals = "Serve EJ over https with a proxy before nginx, and write https:// in Rocket.Chat's Accounts_iframe_url and "
                 "Accounts_Iframe_api_url.",
        .heals_not =
            "Any header, any list, any setting of EJ. Moving Rocket.Chat to http works, but everybody's passwords then travel in clear.",
        .by_hand = "curl -sIL 'https://<ej>/talks/login/?next=/talks/' | grep -iE '^(HTTP|location)'",
        .refs = REFS("ej F63", "Mixed Content 4.4"),
    }};

const struct code FRAME_URL_UNSET = {
    .name = "frame/url-unset",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .inferred = true,
    .explain = {
        .title = "EJ_ROCKETCHAT_URL is not set, so EJ allows localhost:3000 only",
        .meaning = "Browsers refuse EJ's login inside Rocket.Chat: \"refused to frame ... frame-ancestors\".",
        .looks =
            "frame-ancestors holds `localhost:3000`, the default, and not Rocket.Chat's host. Access-Control-Allow-Origin may be right: "
            "it comes from the database row, the list only from the environment.",
        .why =
            "The wizard at /talks/ writes only the database; frame-ancestors is built from the environment alone. Or the variable stands in "
            "config.env and web was not re-created since, or its value is empty.",
        .heals =
            "EJ_ROCKETCHAT_URL=https://<chat> (scheme and port as in the address bar, no slash at the end) in config.env, then `" RECREATE
            "`. Or add the origin to DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS.",
        .heals_not = INERT NO_RESTART "The wizard again: it does not write the environment.",
        .by_hand = LOOK " | grep -iE 'content-security|access-control|x-frame'\ndocker-compose exec web printenv EJ_ROCKETCHAT_URL",
        .refs = REFS("ej F59", "ej F68", "ej F04", "guide \"Troubleshooting\"", "CSP3 6.4.2"),
    }};

const struct code FRAME_NO_SCHEME = {
    .name = "frame/no-scheme",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "EJ_ROCKETCHAT_URL has no scheme",
        .meaning = "EJ cuts the address at `://`, finds none and lists no host: browsers refuse the login frame.",
        .looks = "Rocket.Chat's host is missing from frame-ancestors, and Access-Control-Allow-Origin or X-Frame-Options has a bare host.",
        .why = "EJ_ROCKETCHAT_URL=chat.example.org. The compose file of Rocket.Chat wants a bare host under the same name; EJ wants a URL.",
        .heals = "EJ_ROCKETCHAT_URL=https://chat.example.org in config.env, then `" RECREATE "`.",
        .heals_not = INERT NO_RESTART,
        .by_hand = "docker-compose exec web printenv EJ_ROCKETCHAT_URL\n" LOOK " | grep -iE 'content-security|access-control'",
        .refs = REFS("ej F60"),
    }};

const struct code FRAME_ORIGIN_NOT_LISTED = {
    .name = "frame/origin-not-listed",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "Rocket.Chat is missing from EJ's frame-ancestors",
        .meaning = "Browsers refuse EJ's login inside Rocket.Chat: \"refused to frame ... frame-ancestors\".",
        .looks = "The Content-Security-Policy has a list, and no entry of it is Rocket.Chat's host.",
        .why =
            "EJ_ROCKETCHAT_URL names another address than people use (an old one, the docker-internal one), or Rocket.Chat has moved, or "
            "config.env was edited and web not re-created. EJ_ROCKETCHAT_API_URL is not the address of the frame.",
        .heals = "EJ_ROCKETCHAT_URL=<origin in the address bar of Rocket.Chat>, or add that origin to "
                 "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS, in config.env, then `" RECREATE "`. `nginx-headers` mends it meanwhile.",
        .heals_not =
            INERT NO_RESTART "The names without DJANGO_ (CSRF_TRUSTED_ORIGINS, CONTENT_SECURITY_POLICY_FRAME_ANCESTORS) are not read.",
        .by_hand = LOOK " | grep -i content-security\ndocker-compose exec web env | grep -E 'ROCKETCHAT_URL|FRAME_ANCESTORS'",
        .refs = REFS("ej F59", "ej F68", "ej section 4", "guide \"Troubleshooting\"", "CSP3 6.4.2"),
    }};

const struct code FRAME_PORT_MISSING = {
    .name = "frame/port-missing",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The list has Rocket.Chat's host, but not its port",
        .meaning = "Browsers refuse the login frame: an entry without a port means the scheme's own port, 80 or 443, and nothing else.",
        .looks = "frame-ancestors has `chat.example.org` or another port; Rocket.Chat's address bar shows a port.",
        .why = "EJ_ROCKETCHAT_URL was written without the port (:3000), or the port changed.",
        .heals = "EJ_ROCKETCHAT_URL with exactly the port of the address bar in config.env, then `" RECREATE "`.",
        .heals_not = INERT NO_RESTART,
        .by_hand = LOOK " | grep -i content-security\ndocker-compose exec web printenv EJ_ROCKETCHAT_URL",
        .refs = REFS("ej F62", "CSP3 6.7.2.9"),
    }};

const struct code FRAME_PATH_IN_SOURCE = {
    .name = "frame/path-in-source",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The list has Rocket.Chat's host with a path",
        .meaning = "Browsers refuse the login frame: they compare with an origin, whose path is `/`, so a longer path never matches.",
        .looks =
            "frame-ancestors has `chat.example.org/home`. (A single `/` still frames, but then the login fails: frame/origin-not-exact.)",
        .why = "EJ_ROCKETCHAT_URL was copied from the address bar with its path.",
        .heals = "EJ_ROCKETCHAT_URL=https://chat.example.org, origin only, in config.env, then `" RECREATE "`.",
        .heals_not = INERT NO_RESTART,
        .by_hand = LOOK " | grep -i content-security\ndocker-compose exec web printenv EJ_ROCKETCHAT_URL",
        .refs = REFS("ej F61", "CSP3 6.7.2.10"),
    }};

const struct code FRAME_SCHEME_MISMATCH = {
    .name = "frame/scheme-mismatch",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The list has Rocket.Chat's host, but for another scheme",
        .meaning =
            "Browsers refuse the login frame: an entry without a scheme takes the scheme of EJ's page, and never falls from https to http.",
        .looks = "EJ is https, Rocket.Chat is http, frame-ancestors has the bare host; or an entry says https:// and Rocket.Chat is http.",
        .why = "EJ got a certificate and Rocket.Chat did not. EJ lists hosts without scheme whatever EJ_ROCKETCHAT_URL says.",
        .heals =
            "Serve Rocket.Chat over https, with EJ_ROCKETCHAT_URL=https://<chat>. Until then list `http://<chat>:<port>` with its scheme in "
            "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS, then `" RECREATE "`. Even so, Chrome counts http and https as different "
            "sites and drops the session cookie in the frame.",
        .heals_not = INERT "http:// in EJ_ROCKETCHAT_URL: the scheme is cut off before it gets into the list.",
        .by_hand = LOOK " | grep -i content-security",
        .refs = REFS("ej F63", "ej F75", "CSP3 6.7.2.6"),
    }};

const struct code FRAME_CSP_OVERRIDE = {
    .name = "frame/csp-override",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .inferred = true,
    .explain = {
        .title = "The whole Content-Security-Policy was replaced, and it does not allow Rocket.Chat",
        .meaning = "Browsers refuse the login frame, although EJ's own lists may be right: the replacement hides them all.",
        .looks = "The policy does not look as EJ builds it (one frame-ancestors, beginning with DJANGO_HOSTNAME): it has other directives, "
                 "'self', 'none', or no frame-ancestors at all beside X-Frame-Options: DENY.",
        .why =
            "HTTP_CONTENT_SECURITY_POLICY is set (generation B), or nginx or an outer proxy replaces the header: also the include file that "
            "`nginx-headers` wrote, when Rocket.Chat has moved since.",
        .heals =
            "Remove HTTP_CONTENT_SECURITY_POLICY from config.env, or add `frame-ancestors <origin of Rocket.Chat>` to it, then `" RECREATE
            "`; or correct the proxy.",
        .heals_not = "EJ_ROCKETCHAT_URL and DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS: the replacement hides them. " NO_RESTART,
        .by_hand = "docker-compose exec web printenv HTTP_CONTENT_SECURITY_POLICY\n" LOOK
                   " | grep -i content-security\ndocker-compose exec nginx nginx -T | grep -i content-security",
        .refs = REFS("ej F66", "ej D12"),
    }};

const struct code FRAME_PROXY_POLICY = {
    .name = "frame/proxy-policy",
    .severity = SEVERITY_CRITICAL,
    .layer = "proxy",
    .explain = {
        .title = "A second Content-Security-Policy forbids what EJ's own allows",
        .meaning = "Browsers refuse the login frame: all policies have to allow it, and one does not.",
        .looks =
            "Two policies with frame-ancestors, in two headers or after a comma; one lists Rocket.Chat, the other does not. EJ sends one.",
        .why = "A proxy (nginx, the outer TLS proxy, a CDN) adds a policy of its own.",
        .heals = "Remove the policy there, or add Rocket.Chat's origin to it, at least for /talks/.",
        .heals_not = "Any setting of EJ: its own policy is right already.",
        .by_hand = LOOK
        " | grep -i content-security\ndocker-compose exec web curl -sI http://127.0.0.1:8000/talks/login/ -H 'Host: <ej>' | grep -i "
        "content-security\ndocker-compose exec nginx nginx -T | grep -i content-security",
        .refs = REFS("ej section 4", "CSP3 6.4.2"),
    }};

const struct code FRAME_X_FRAME_OPTIONS = {
    .name = "frame/x-frame-options",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "X-Frame-Options forbids framing, and no frame-ancestors overrules it",
        .meaning = "Browsers refuse to show the page inside Rocket.Chat.",
        .looks = "X-Frame-Options is DENY, SAMEORIGIN or two values that differ, and no Content-Security-Policy has frame-ancestors.",
        .why =
            "The integration is off, so that Django's default SAMEORIGIN stands; or a proxy strips EJ's policy or adds the header; or it is "
            "generation C, which has no integration.",
        .heals = "Generations A and B: EJ_ROCKETCHAT_INTEGRATION=true and EJ_ROCKETCHAT_URL, then `" RECREATE
                 "`. Generation C: DJANGO_X_FRAME_OPTIONS is the only lever of EJ itself and cannot name an origin; let the proxy send "
                 "frame-ancestors. `nginx-headers` does that.",
        .heals_not = "ALLOW-FROM: no browser of today reads it. " NO_RESTART,
        .by_hand = LOOK " | grep -iE 'x-frame|content-security'\ndocker-compose exec web printenv EJ_ROCKETCHAT_INTEGRATION",
        .refs = REFS("ej F69", "ej F68", "HTML 7.7", "guide \"Troubleshooting\""),
    }};

const struct code FRAME_ROW_DIFFERS = {
    .name = "frame/row-differs",
    .severity = SEVERITY_CRITICAL,
    .layer = "database",
    .inferred = true,
    .explain = {
        .title = "EJ answers to another Rocket.Chat than the one that frames it",
        .meaning = "The login page is shown, but Rocket.Chat may not read EJ's answer: users log in and land on the login page again.",
        .looks = "frame-ancestors allows Rocket.Chat; Access-Control-Allow-Origin is another origin. The console shows a CORS error for "
                 "/talks/api-login/ and a postMessage that does not match.",
        .why = "Access-Control-Allow-Origin comes from the active row of ej_rocketchat_rcconfig if there is one, and only else from "
               "EJ_ROCKETCHAT_URL. The row is stale; or there is none, and the variable names another address.",
        .heals =
            "In EJ's admin, Rocket.Chat config: set `url` of the active row to the origin, or deactivate the row so that EJ_ROCKETCHAT_URL "
            "counts. Generation B: HTTP_ACCESS_CONTROL_ALLOW_ORIGIN as a stop-gap.",
        .heals_not = "EJ_ROCKETCHAT_URL alone: the row wins. Headers in nginx: postMessage in the page uses the row, too.",
        .by_hand = LOOK " | grep -i access-control\ndocker-compose exec postgres psql -U <user> <db> -c \"SELECT id, url, is_active FROM "
                        "ej_rocketchat_rcconfig\"",
        .refs = REFS("ej F64", "ej section 4", "rocket issue 10849"),
    }};

const struct code FRAME_ORIGIN_NOT_EXACT = {
    .name = "frame/origin-not-exact",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "Rocket.Chat's address in EJ has a slash, a path, a capital letter or a default port too many",
        .meaning = "The login page is shown, but the browser compares Access-Control-Allow-Origin byte by byte and refuses: a login loop.",
        .looks = "Access-Control-Allow-Origin is `https://chat.example.org/` where `https://chat.example.org` is needed.",
        .why =
            "EJ_ROCKETCHAT_URL, or `url` of the active row of ej_rocketchat_rcconfig, is not a plain origin. The row wins if there is one.",
        .heals =
            "Write the origin exactly as the browser does: lower case, no slash, no path, no :443 or :80. In the row by EJ's admin, or in "
            "config.env and `" RECREATE "`.",
        .heals_not = NO_RESTART "Correcting the variable while a row is active.",
        .by_hand = LOOK " | grep -i access-control-allow-origin",
        .refs = REFS("ej F61"),
    }};

const struct code FRAME_CREDENTIALS_HEADER = {
    .name = "frame/credentials-header",
    .severity = SEVERITY_CRITICAL,
    .layer = "settings",
    .explain = {
        .title = "The CORS headers do not allow a request with cookies",
        .meaning =
            "The login page is shown, but Rocket.Chat's request to /talks/api-login/ goes with cookies and the browser hides its answer.",
        .looks = "Access-Control-Allow-Origin is `*`, comes twice, or is another origin than behind `X-Frame-Options: allow-from`; or "
                 "Access-Control-Allow-Credentials is not exactly `true`.",
        .why =
            "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN or HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS is set (generation B), or a proxy adds CORS headers.",
        .heals =
            "Remove the HTTP_* variables or set them to the exact origin and `true`, then `" RECREATE "`; or remove the proxy's headers.",
        .heals_not = "DJANGO_CORS_ORIGIN_ALLOW_ALL and DJANGO_CORS_ALLOW_CREDENTIALS: EJ does not use them. `*` is refused with cookies.",
        .by_hand = LOOK " | grep -i access-control\ndocker-compose exec web env | grep HTTP_ACCESS",
        .refs = REFS("ej F67"),
    }};

const struct code FRAME_ANY_SITE = {
    .name = "frame/any-site",
    .severity = SEVERITY_INFO,
    .layer = "settings",
    .explain = {
        .title = "Any site may show the login page in a frame",
        .meaning = "Framing works. It would also work for a site that wants to trick people into clicking or typing (clickjacking).",
        .looks = "No frame-ancestors and no X-Frame-Options that browsers know, or a `*` in the list.",
        .why = "A policy override without frame-ancestors or with `*`, a proxy that strips headers, or ALLOW-FROM alone, which is ignored.",
        .heals = "A frame-ancestors list with EJ's and Rocket.Chat's origins; EJ sends one by itself with the integration on.",
        .by_hand = LOOK " | grep -iE 'x-frame|content-security'",
        .refs = REFS("ej D12", "CSP3 6.4.2"),
    }};

const struct code FRAME_REDIRECTED = {
    .name = "frame/redirected",
    .severity = SEVERITY_INFO,
    .layer = "proxy",
    .explain = {
        .title = "The login page redirects to another origin",
        .meaning = "Framing was judged where the redirects end. Cookies and the login request still go to the first address.",
        .looks = "The last address has another scheme, host or port than `url`.",
        .why = "http to https, a canonical host name, or a single sign-on page.",
        .heals = "Use the last address in Rocket.Chat's IFrame URL and in `url`.",
        .by_hand = "curl -sIL 'https://<ej>/talks/login/?next=/talks/' | grep -iE '^(HTTP|location)'",
        .refs = REFS("ej F79"),
    }};

const struct code *const frame_codes[] = {
    &FRAME_UNREACHABLE,
    &FRAME_REDIRECT_LOOP,
    &FRAME_PAGE_MISSING,
    &FRAME_PAGE_FAILED,
    &FRAME_INTEGRATION_OFF,
    &FRAME_HEADER_LAYER_FAILED,
    &FRAME_NO_EMBEDDER,
    &FRAME_MIXED,
    &FRAME_URL_UNSET,
    &FRAME_NO_SCHEME,
    &FRAME_ORIGIN_NOT_LISTED,
    &FRAME_PORT_MISSING,
    &FRAME_PATH_IN_SOURCE,
    &FRAME_SCHEME_MISMATCH,
    &FRAME_CSP_OVERRIDE,
    &FRAME_PROXY_POLICY,
    &FRAME_X_FRAME_OPTIONS,
    &FRAME_ROW_DIFFERS,
    &FRAME_ORIGIN_NOT_EXACT,
    &FRAME_CREDENTIALS_HEADER,
    &FRAME_ANY_SITE,
    &FRAME_REDIRECTED,
    NULL,
};
