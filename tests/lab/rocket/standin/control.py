"""The lab's own endpoints under /__lab__/: knobs, restart, state, and what a browser does over DDP. Not part of Rocket.Chat."""
import os

from .knobs import KNOBS, NEEDS_RESTART
from .reply import Reply
from .settings_routes import public_settings
from .store import DatabaseLost, log


class Control:
    """`restart` is the function that does to the state what a restart of the container does."""

    def __init__(self):
        self.restart = None
        self.seen = {}

    def answer(self, app, request):
        """POST knobs, restart, and resume and seen for the page; GET knobs, state, public-settings."""
        name = request.path[len("/__lab__/"):]
        try:
            if request.method == "POST" and name == "knobs":
                return self._turn(app, request.body())
            if request.method == "POST" and name == "restart":
                self.restart()
                self.seen.clear()
                return Reply(200, {"restarted": True})
            if request.method == "POST" and name == "seen":
                seen = request.body()
                if seen.get("at", 0) >= self.seen.get(seen.get("client"), {}).get("at", 0):
                    self.seen[seen.get("client")] = seen
                return Reply(200, {})
            if request.method == "POST" and name == "resume":
                return app.resume(request.body().get("token"))
            if request.method == "GET" and name == "knobs":
                return Reply(200, {knob: {"value": app.knobs.values[knob], "about": about} for knob, (_, about) in KNOBS.items()})
            if request.method == "GET" and name == "state":
                return Reply(200, self._state(app))
            if request.method == "GET" and name == "public-settings":
                return Reply(200, public_settings(app.api))
        except DatabaseLost as lost:
            return Reply(500, {"error": "MongoDB is lost: %s" % lost})
        except ValueError as err:
            return Reply(400, {"error": str(err)})
        return Reply(404, {"error": "no such lab endpoint: %s %s" % (request.method, name)})

    def _turn(self, app, changes):
        changed = app.knobs.turn(changes)
        if changed:
            log("knobs: %s" % ", ".join("%s=%r" % (name, app.knobs.values[name]) for name in changed))
        if "admin_password" in changed and app.knobs.admin_password:
            app.accounts.set_password(app.accounts.find(username=os.environ.get("ADMIN_USERNAME", "admin")),
                                      app.knobs.admin_password)
        if any(name in NEEDS_RESTART for name in changed):
            self.restart()
        return Reply(200, {"changed": changed})

    def _state(self, app):
        tokens = {}
        codes = {}
        try:
            for user in app.store.ask(lambda db: list(db.users.find({}))):
                tokens[user["username"]] = len(app.accounts.tokens(user))
                codes[user["username"]] = app.accounts.mailed_code(user["username"])
        except DatabaseLost:
            tokens = codes = None
        return {"profile": app.facts.profile, "version": app.facts.version, "client": app.knobs.client or app.facts.client,
                "pid": os.getpid(), "replica_set": app.store.replica_set, "requests": dict(app.counts),
                "mails_sent": app.accounts.mails_sent, "mailed_codes": codes, "tokens": tokens, "memory": app.store.memory,
                "database_lost": app.store.lost_since is not None, "seen": self.seen}
