"""Faults of the Rocket.Chat integration: framing, the RCConfig row, Rocket.Chat's settings and Mongo (EJ contract F51, F58 to F78)."""
from labkit import container, database, health, rocket, services, supervision
from labkit.faults import fault

CHAT, OLD = "https://chat.example.org", "https://old.example.org"


def host(url):
    return url.partition("://")[2]


def framing(name, line, environment, rows, wait=True, **more):
    """A fault that is a change of config.env and of the RCConfig rows. `environment` gets Rocket.Chat's origin and returns the changes;
    `rows` gets it and returns a list of (url, active)."""

    @fault(name, line, needs=more.pop("needs", ["on"]), touches=["postgres"], recreates=bool(environment(CHAT)), **more)
    def apply(lab):
        origin = lab.url("rocketchat")
        set_rows(lab, rows(origin))
        changes = environment(origin)
        if changes:
            container.edit_env_file(lab, changes)
            services.recreate_web(lab)
            health.wait(lab, "web") if wait else health.wait_answers(lab, "web")


def set_rows(lab, rows):
    with database.admin(lab) as cursor:
        cursor.execute("SELECT to_regclass('ej_rocketchat_rcconfig') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("DELETE FROM ej_rocketchat_rcconfig RETURNING admin_username, admin_id, admin_token, admin_password")
            before = cursor.fetchone()
            known = dict(zip(("username", "id", "token", "password"), before)) if before else None
            for address, active in rows:
                database.insert_row(cursor, address, known, active)


def right(origin):
    return [(origin, True)]


def none(origin):
    return []


def url(value):
    """Changes that set EJ_ROCKETCHAT_URL; the value may be computed from the origin."""
    return lambda origin: {"EJ_ROCKETCHAT_URL": value(origin) if callable(value) else value}


framing("rc-two-active", "two active rows in ej_rocketchat_rcconfig: every page 500 without a CSP", lambda origin: {},
        lambda origin: [(origin, True), (OLD, True)], ref="F65", states=["on:rc-two-rows"])
framing("rocket-unconfigured", "the integration on and nothing else (B: /talks/login/ is 500)", url(None), none, wait=False,
        ref="F70", states=["on:rc-unconfigured"])
framing("rocket-env-only", "EJ_ROCKETCHAT_URL only, no row", url(lambda o: o), none, states=["on:rc-url"])
framing("rocket-env-dead-names", "the EJ_ROCKETCHAT_* names that config.env offers, which the code does not read", lambda origin: {
    "EJ_ROCKETCHAT_URL": origin, "EJ_ROCKETCHAT_USER_ID": "uid", "EJ_ROCKETCHAT_USERNAME": "rocket-admin",
    "EJ_ROCKETCHAT_PASSWORD": "secret"}, none, ref="F71", states=["on:rc-env-documented"])
framing("rocket-url-unset", "the row is right, EJ_ROCKETCHAT_URL is not set: the CSP says localhost:3000", url(None), right,
        ref="F59", states=["on:rc-row"])
framing("rocket-url-empty", "EJ_ROCKETCHAT_URL= (empty), no row", url(""), none, ref="F59", states=["on:rc-url-empty"])
framing("rocket-url-no-scheme", "EJ_ROCKETCHAT_URL without a scheme: its host is missing in the CSP", url(host), none,
        ref="F60", states=["on:rc-no-scheme"])
framing("rocket-url-slash", "EJ_ROCKETCHAT_URL with a trailing slash: it frames, but the CORS origin is invalid", url(lambda o: f"{o}/"), none,
        ref="F61", states=["on:rc-slash"])
framing("rocket-url-path", "EJ_ROCKETCHAT_URL with a path: it neither frames nor passes CORS", url(lambda o: f"{o}/chat"), none, ref="F61")
framing("rocket-url-port", "EJ_ROCKETCHAT_URL with another port, the row is right", url(lambda o: o.rpartition(":")[0] + ":3000"), right, ref="F62")
framing("origin-not-listed", "EJ_ROCKETCHAT_URL names another host, the row is right: Rocket.Chat is missing in frame-ancestors", url(CHAT), right,
        ref="F59")
framing("stale-row", "the active row names an address that Rocket.Chat no longer has", lambda origin: {}, lambda origin: [(OLD, True)],
        ref="F64", states=["on:rc-row-stale"])
framing("row-inactive", "the only row is inactive, EJ_ROCKETCHAT_URL is not set", url(None), lambda origin: [(origin, False)],
        states=["on:rc-row-inactive"])
framing("rocket-api-url", "no fault: EJ_ROCKETCHAT_API_URL beside the URL joins the CSP", lambda origin: {
    "EJ_ROCKETCHAT_API_URL": "http://rocketchat:3000"}, none, states=["on:rc-api-url"])
framing("frame-ancestors-listed", "no fault: URL unset, DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS names the origin", lambda origin: {
    "EJ_ROCKETCHAT_URL": None, "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS": f"{origin},https://b.example.org"}, right,
    states=["on:rc-ancestors"])
framing("frame-ancestors-wrong", "URL unset, the list names other origins, with a blank after the comma", lambda origin: {
    "EJ_ROCKETCHAT_URL": None, "DJANGO_CONTENT_SECURITY_POLICY_FRAME_ANCESTORS": "https://other.example.org, https://b.example.org"}, right,
    states=["on:rc-ancestors-wrong"])
framing("csrf-origins", "no fault: DJANGO_HOSTNAME and DJANGO_CSRF_TRUSTED_ORIGINS join the CSP", lambda origin: {
    "DJANGO_HOSTNAME": "ej.example.org", "DJANGO_ALLOWED_HOSTS": "localhost,127.0.0.1",
    "DJANGO_CSRF_TRUSTED_ORIGINS": "a.example.org,b.example.org"}, right, states=["on:rc-csrf-origins"])
framing("integration-off", "EJ_ROCKETCHAT_INTEGRATION=false: /talks/ is 404, no CSP", lambda origin: {"EJ_ROCKETCHAT_INTEGRATION": "false"}, right,
        wait=False, ref="F58", states=["on:rc-unparsable"])
framing("integration-unparsable", "EJ_ROCKETCHAT_INTEGRATION=enabled, which means false", lambda origin: {"EJ_ROCKETCHAT_INTEGRATION": "enabled"},
        right, wait=False, ref="F58", states=["on:rc-unparsable"])
framing("csp-override", "HTTP_CONTENT_SECURITY_POLICY replaces the whole policy", lambda origin: {
    "HTTP_CONTENT_SECURITY_POLICY": "frame-ancestors 'self'"}, right, ref="F66", needs=["on", "B"])
framing("cors-star", "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN=*: refused with credentials", lambda origin: {
    "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN": "*"}, right, ref="F67", needs=["on", "B"])
framing("cors-other-origin", "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN names where Rocket.Chat was; row and EJ_ROCKETCHAT_URL are right", lambda origin: {
    "HTTP_ACCESS_CONTROL_ALLOW_ORIGIN": OLD}, right, ref="F67", needs=["on", "B"])
framing("cors-credentials-case", "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS=True: browsers want exactly true", lambda origin: {
    "HTTP_ACCESS_CONTROL_ALLOW_CREDENTIALS": "True"}, right, ref="F67", needs=["on", "B"])
framing("xfo-override", "HTTP_X_FRAME_OPTIONS=DENY: old browsers only, the CSP still governs", lambda origin: {
    "HTTP_X_FRAME_OPTIONS": "DENY"}, right, ref="F68", needs=["on", "B"])


@fault("mongo-stopped", "the Mongo server stopped", needs=["mongo"])
def mongo_stopped(lab):
    supervision.stop(lab, "mongo")


@fault("mongo-hung", "the Mongo server accepts and never answers (SIGSTOP)", needs=["mongo"])
def mongo_hung(lab):
    supervision.freeze(lab, "mongo")


@fault("rocket-stopped", "Rocket.Chat stopped", "F72", needs=["rocketchat"])
def rocket_stopped(lab):
    supervision.stop(lab, "rocketchat")


@fault("rocket-hung", "Rocket.Chat accepts and never answers (SIGSTOP)", "F72", needs=["rocketchat"])
def rocket_hung(lab):
    supervision.freeze(lab, "rocketchat")


def setting(name, line, values):
    """A fault that is a change of Rocket.Chat's settings; `values` gets EJ's address."""

    @fault(name, line, "F74", needs=["rocketchat"], touches=["rocketchat"])
    def apply(lab):
        rocket.change(lab, values(lab.url("nginx")))


setting("rocket-iframe-off", "Accounts_iframe_enabled is false", lambda ej: {"Accounts_iframe_enabled": False})
setting("rocket-iframe-wrong-url", "Accounts_iframe_url lacks ?next=/talks/ and names another host",
        lambda ej: {"Accounts_iframe_url": "https://old.example.org/login/"})
setting("rocket-iframe-no-api-url", "Accounts_Iframe_api_url is empty: the login never starts", lambda ej: {"Accounts_Iframe_api_url": ""})
setting("rocket-iframe-get", "Accounts_Iframe_api_method is GET", lambda ej: {"Accounts_Iframe_api_method": "GET"})
setting("rocket-account-changes", "users may change name, e-mail and password in Rocket.Chat", lambda ej: {
    "Accounts_AllowUsernameChange": True, "Accounts_AllowEmailChange": True, "Accounts_AllowPasswordChange": True})
setting("rocket-anonymous-read", "visitors may read without a login", lambda ej: {"Accounts_AllowAnonymousRead": True})
setting("rocket-setup-wizard", "the set-up wizard was left before its end", lambda ej: {"Show_Setup_Wizard": "pending"})
setting("rocket-site-url", "Site_Url is not the address that people use", lambda ej: {"Site_Url": "http://localhost:3000"})
