"""Everything outside /api: health endpoints (contract 1) and the single-page application that answers any other GET."""
import html
import os

from .reply import Reply
from .store import DatabaseLost

HERE = os.path.dirname(os.path.abspath(__file__))
NO_CACHE = {"Cache-Control": "no-store, no-cache, must-revalidate"}


def answer(app, request):
    if request.method in ("GET", "HEAD"):
        facts = app.facts
        if request.path == "/health" and facts.health:
            return health(app)
        if request.path == "/livez" and facts.livez_readyz:
            return Reply(200, {"status": "ok"}, NO_CACHE)
        if request.path == "/readyz" and facts.livez_readyz:
            return readyz(app)
        if request.path == "/lab-client.js":
            with open(os.path.join(HERE, "client.js"), encoding="utf-8") as source:
                return Reply(200, source.read(), content_type="application/javascript; charset=utf-8")
        return application(app)
    status = 200 if request.method == "OPTIONS" else 405
    return Reply(status, "", {"Allow": "OPTIONS, GET, HEAD"})


def health(app):
    if app.facts.health_json:
        return Reply(200, {"status": "ok"}, NO_CACHE)
    # Without database watchers (7.7 on) nothing is watched and the answer is always ok.
    if app.knobs.health_stalled and app.facts.memory_follows == "stream":
        return Reply(500, "not healthy", NO_CACHE, "text/plain")
    return Reply(200, "ok", NO_CACHE, "text/plain")


def readyz(app):
    lag = app.knobs.event_loop_lag_ms
    checks = {"memory": {"status": "ok", "percentile": 0.42},
              "eventLoop": {"status": "ok" if lag <= 70 else "degraded", "lagMs": lag},
              "mongo": {"status": "ok"}}
    try:
        app.store.ask(lambda db: db.command("ping"))
    except DatabaseLost as lost:
        checks["mongo"] = {"status": "degraded", "error": str(lost)[:200]}
    good = all(check["status"] == "ok" for check in checks.values())
    return Reply(200 if good else 503, {"status": "ok" if good else "unavailable", "checks": checks}, NO_CACHE)


def application(app):
    """The page of the single-page application; its script plays the browser client of the version's window."""
    remembered = app.store.remembered
    headers = {"Cache-Control": "no-cache"}
    if app.facts.restrict_access and remembered("Iframe_Restrict_Access", True):
        headers["X-Frame-Options"] = remembered("Iframe_X_Frame_Options", "sameorigin")
    if app.facts.csp and remembered("Enable_CSP", True):
        headers["Content-Security-Policy"] = (
            "default-src 'self' ; connect-src *; font-src 'self' data:; frame-src *; img-src * data: blob:; media-src * data:; "
            "script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'")
    if app.knobs.index_policy is not None:
        headers["Content-Security-Policy"] = app.knobs.index_policy
    with open(os.path.join(HERE, "index.html"), encoding="utf-8") as source:
        page = source.read()
    values = {"TITLE": str(remembered("Site_Name", "Rocket.Chat")), "CLIENT": app.knobs.client or app.facts.client,
              "VERSION": app.facts.version, "BLANK": "yes" if app.facts.old else "no"}
    for name, value in values.items():
        page = page.replace("@%s@" % name, html.escape(value, quote=True))
    return Reply(200, page, headers)
