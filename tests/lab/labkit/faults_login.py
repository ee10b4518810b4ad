"""Faults of the login of Rocket.Chat through EJ: what a proxy does to the call of the login API, cookies, versions of Rocket.Chat, stored
tokens (Rocket.Chat contract 5 and 5.1; EJ contract F72 to F76)."""
import json
import urllib.request

from labkit import container, database, health, rocket, services
from labkit.faults import fault
from labkit.faults_rocket import CHAT, OLD, set_rows
from labkit.nginxconf import upstream

API, PAGE = "/talks/api-login/", "/talks/login/"


def answer_by_nginx(lab, path, directives):
    """A location of nginx for exactly this path."""
    (lab.dir / "nginx/ejmon.d/login.conf").write_text(f"location = {path} {{ {directives} }}\n")
    services.reload_nginx(lab)


def passing(lab, more):
    """Directives that pass on to EJ as the lab's nginx does everywhere, and `more`."""
    return f"proxy_pass {upstream(lab).rstrip('/')}; proxy_set_header Host $http_host; {more}"


def proxy(name, line, path, directives, **more):
    """A fault that is a location of nginx; `directives` gets the lab."""

    @fault(name, line, needs=more.pop("needs", ["on"]), **more)
    def apply(lab):
        answer_by_nginx(lab, path, directives(lab))


ORIGIN = "add_header Access-Control-Allow-Origin {origin}{always}; add_header Access-Control-Allow-Credentials true{always};"
HIDE = "proxy_hide_header Access-Control-Allow-Origin; proxy_hide_header Access-Control-Allow-Credentials;"

proxy("login-api-to-login", "nginx sends the login API's callers to /login/", API, lambda lab: "return 302 /login/?next=$uri;")
proxy("login-api-moved", "nginx sends the login API's callers to another host name of EJ", API,
      lambda lab: f"if ($http_host != 'localhost:{lab.ports['nginx']}') {{ return 301 {lab.url('nginx', 'localhost')}$request_uri; }} "
                  + passing(lab, ""))
proxy("login-api-forbidden", "a rule in nginx refuses the login API", API, lambda lab: "return 403;")
proxy("login-api-cached", "a cache hands one user's login token to everybody", API,
      lambda lab: "default_type application/json; return 200 '{\"loginToken\": \"lab-token-of-somebody-else-0123456789abcdef\"}';")
proxy("login-cors-lost", "nginx sets the CORS headers of the login API without `always`: a 401 has none", API,
      lambda lab: passing(lab, HIDE + ORIGIN.format(origin=lab.url("rocketchat"), always="")))
proxy("login-cors-doubled", "nginx adds Access-Control-Allow-Origin to EJ's own, on the login API alone", API,
      lambda lab: passing(lab, f"add_header Access-Control-Allow-Origin {lab.url('rocketchat')} always;"))
proxy("login-page-plain", "nginx sends the login page as text/plain", PAGE,
      lambda lab: passing(lab, "proxy_hide_header Content-Type; add_header Content-Type text/plain;"))
proxy("login-token-key", "something in EJ's place names the token `token`", API,
      lambda lab: "default_type application/json; if ($cookie_sessionid) { return 200 '{\"token\": \"lab-token-0123456789\"}'; } "
                  + passing(lab, ""))
proxy("login-token-empty", "the login API answers 200 without a token", API,
      lambda lab: "default_type application/json; if ($cookie_sessionid) { return 200 '{\"loginToken\": \"\"}'; } " + passing(lab, ""))
proxy("login-token-plain", "nginx sends the login token as text/plain", API,
      lambda lab: passing(lab, "proxy_hide_header Content-Type; add_header Content-Type text/plain always;"))
proxy("login-api-without-cookies", "nginx takes the visitors' cookies off the call of the login API", API,
      lambda lab: passing(lab, "proxy_set_header Cookie '';"))
proxy("login-form-without-cookies", "nginx takes the visitors' cookies off EJ's login form", "/login/",
      lambda lab: passing(lab, "proxy_set_header Cookie '';"))


def for_whole_server(lab, text):
    (lab.dir / "nginx/ejmon.d/login.conf").write_text(text)
    services.reload_nginx(lab)


@fault("login-cookies-none", "nginx makes EJ's cookies SameSite=None without Secure: browsers drop them", needs=["on"])
def cookies_none(lab):
    for_whole_server(lab, "proxy_cookie_flags ~ samesite=none;\n")


@fault("login-cookies-other-domain", "nginx gives EJ's cookies the domain of another site", needs=["on"])
def cookies_other_domain(lab):
    for_whole_server(lab, 'proxy_cookie_path / "/; Domain=old.example.org";\n')


def live_at_localhost(lab):
    """Rocket.Chat at http://localhost:PORT, as everybody knows by then: to browsers another site than EJ's 127.0.0.1."""
    origin = lab.url("rocketchat", "localhost")
    set_rows(lab, [(origin, True)])
    container.edit_env_file(lab, {"EJ_ROCKETCHAT_URL": origin})
    services.recreate_web(lab)
    health.wait(lab, "web")
    rocket.change(lab, {"Site_Url": origin})
    path = lab.dir / "ejmon.yaml"
    path.write_text(path.read_text().replace(f"rocketchat: {lab.url('rocketchat')}", f"rocketchat: {origin}"))


MOVED = {"needs": ["on", "rocketchat"], "touches": ["postgres", "rocketchat", "config"], "recreates": True}


@fault("login-cross-site", "EJ and Rocket.Chat are two sites, and EJ's cookies are SameSite=Lax", "F75", **MOVED)
def cross_site(lab):
    live_at_localhost(lab)


@fault("login-third-party", "two sites, and a proxy makes EJ's cookies SameSite=None; Secure: many browsers block them", "F75", **MOVED)
def third_party(lab):
    live_at_localhost(lab)
    for_whole_server(lab, "proxy_cookie_flags ~ secure samesite=none;\n")


# --- Rocket.Chat ------------------------------------------------------------------------------------------------------------------------

def version(name, line, number, allow=False):
    """A fault, or none, that is a version of Rocket.Chat; with `allow` nginx answers the preflight in EJ's place."""

    @fault(name, line, needs=["on", "rocketchat"], touches=["rocketchat"])
    def apply(lab):
        rocket.run_with(lab, "--profile", "new", "--version", number, "--knob", "topology=replset")
        if allow:
            answer_by_nginx(lab, API, "if ($request_method = OPTIONS) { " + ORIGIN.format(origin=lab.url("rocketchat"), always="")
                            + " add_header Access-Control-Allow-Headers content-type; return 204; } " + passing(lab, ""))


version("rocket-asks-first", "Rocket.Chat 7.5, whose client sends a preflight that EJ refuses", "7.5.0")
version("rocket-asks-first-allowed", "no fault: Rocket.Chat 7.5, and nginx answers the preflight", "7.5.0", allow=True)
version("rocket-client-broken", "Rocket.Chat 7.8, whose IFrame login is broken", "7.8.2", allow=True)
version("rocket-client-unknown", "Rocket.Chat 7.9.5 tells only 7.9, which may be one whose IFrame login is broken", "7.9.5", allow=True)
version("rocket-8", "no fault: Rocket.Chat 8, whose client does not ask first", "8.0.1")


@fault("rocket-page-policy", "a proxy before Rocket.Chat sets a policy that lets its page load nothing of EJ", needs=["on", "rocketchat"],
       touches=["rocketchat"])
def page_policy(lab):
    knobs = json.dumps({"index_policy": "default-src 'self'; style-src 'self' 'unsafe-inline'"}).encode()
    request = urllib.request.Request(lab.url("rocketchat") + "/__lab__/knobs", knobs, {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=20).close()


@fault("rocket-api-url-no-slash", "Accounts_Iframe_api_url lacks the slash at its end: EJ redirects", "F74", needs=["on", "rocketchat"],
       touches=["rocketchat"])
def api_url_no_slash(lab):
    rocket.change(lab, {"Accounts_Iframe_api_url": lab.url("nginx") + API.rstrip("/")})


@fault("rocket-root-url", "Site_Url is http://https://..., as EJ's compose file makes it of a full URL", "F78", needs=["rocketchat"],
       touches=["rocketchat"])
def root_url(lab):
    rocket.change(lab, {"Site_Url": f"http://{CHAT}:3000"})


@fault("rocket-forces-ssl", "Force_SSL is on, and EJ calls Rocket.Chat by http", needs=["on", "rocketchat"], touches=["rocketchat"])
def forces_ssl(lab):
    rocket.change(lab, {"Force_SSL": True})


# --- what only a signed-in user meets: nobody without an account of EJ sees these -----------------------------------------------------------

def in_database(name, line, ref, statement, **more):
    @fault(name, line, ref, needs=more.pop("needs", ["on"]), touches=["postgres"], **more)
    def apply(lab):
        with database.admin(lab) as cursor:
            cursor.execute(statement)


in_database("login-token-dead", "the token that EJ stores for its user is no longer known to Rocket.Chat", "F73",
            "UPDATE ej_rocketchat_rcaccount SET auth_token = 'lab-token-that-is-dead-0123'", needs=["on", "B"])
in_database("login-password-stale", "the password that EJ stores for its user is no longer right at Rocket.Chat", "F73",
            "UPDATE ej_rocketchat_rcaccount SET password = 'old-fake-password'", needs=["on", "A"])
in_database("login-no-account", "EJ's user has no account of Rocket.Chat", "F76", "DELETE FROM ej_rocketchat_rcaccount")
in_database("login-no-permission", "EJ's user may not use Rocket.Chat", "F76", "DELETE FROM ej_users_user_user_permissions",
            needs=["on", "B"])


@fault("login-rocket-unreachable-from-web", "EJ calls Rocket.Chat at a port where nothing listens", "F72", needs=["on"],
       touches=["postgres"])
def unreachable_from_web(lab):
    with database.admin(lab) as cursor:
        cursor.execute("UPDATE ej_rocketchat_rcconfig SET api_url = 'http://127.0.0.1:9'")


@fault("login-message-elsewhere", "the row is stale, and HTTP_ACCESS_CONTROL_ALLOW_ORIGIN hides it: only the page's message shows it", "F64",
       needs=["on", "B"], touches=["postgres"], recreates=True)
def message_elsewhere(lab):
    set_rows(lab, [(OLD, True)])
    container.edit_env_file(lab, {"HTTP_ACCESS_CONTROL_ALLOW_ORIGIN": lab.url("rocketchat")})
    services.recreate_web(lab)
    health.wait(lab, "web")
