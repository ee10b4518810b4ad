"""The stand-in's knobs: what a test may turn, each with its sentence; it acts on none of them."""

# name: (default, what it does). None means "as the version and its settings say".
KNOBS = {
    "latency_ms": (0, "every answer comes this much later"),
    "login_latency_ms": (0, "every login answer comes this much later (tokens piled up, issue 14349)"),
    "refusal_ms": (None, "delay of 401 and 403; null: 500 to 1000 ms where the version does that"),
    "hang": (False, "accept requests and never answer them"),
    "fail_status": (0, "answer every request with this status and a text body, as a proxy before a dead server"),
    "force_ssl": (None, "the memory value of Force_SSL, whatever Mongo says"),
    "peer_is_local": (False, "loopback peers are exempt from Force_SSL; off, since containers are not on loopback"),
    "blocked": ([], "SETTINGS_BLOCKED; takes effect as a restart of the container does"),
    "hidden": ([], "SETTINGS_HIDDEN; likewise"),
    "pinned": ({}, "OVERWRITE_SETTING_<id>; likewise, and again at every restart"),
    "memory": ({}, "memory values of settings that differ from Mongo's, until a restart"),
    "poll_ms": (10000, "how often the old server looks into Mongo"),
    "memory_follows": (None, "poll, stream or restart"),
    "denied": ([], "permissions that nobody has, e.g. edit-privileged-setting"),
    "inactive": ([], "user names that are deactivated"),
    "admin_password": (None, "changes the administrator's password"),
    "two_factor": (None, "none, password, totp or email, for every user; null: password where the version knows it"),
    "totp_code": ("123456", "the right code for totp"),
    "limiter": (None, "false: the REST limiter is not enforced (some 7.x builds)"),
    "limiter_calls": (None, "calls in a window; null: the setting's value at start"),
    "limiter_ms": (None, "length of the window"),
    "clock_ms": (0, "moves the stand-in's clock forward: limiter, blocks, remembered codes, expiry"),
    "max_tokens": (None, "MAX_RESUME_LOGIN_TOKENS; null: 50, and no cap in old versions"),
    "plan9": (False, "the small error bodies planned for 9.0"),
    "mongo_wait_ms": (2000, "how long a request waits for a lost database"),
    "mongo_down": ("500", "what a request does then: 500, 400 (the handler's own catch) or hang"),
    "health_stalled": (False, "/health of 5.3 to 7.10 says: not healthy"),
    "event_loop_lag_ms": (1, "what /readyz reports; above 70 it is degraded"),
    "client": (None, "the browser window A, B, C or D that the page plays; null: the version's"),
    "index_policy": (None, "Content-Security-Policy of the page, as a proxy before Rocket.Chat would set it"),
    "topology": (None, "standalone or replset; null: what hello says"),
}
NEEDS_RESTART = ("blocked", "hidden", "pinned")


class Knobs:
    """The current values; reading is attribute access."""

    def __init__(self):
        self.values = {name: default for name, (default, _) in KNOBS.items()}

    def __getattr__(self, name):
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name)

    def turn(self, changes):
        """Applies a dict of changes, all or none; returns the names changed. ValueError names what is wrong."""
        for name, value in changes.items():
            if name not in KNOBS:
                raise ValueError("no knob named %s; there are: %s" % (name, ", ".join(sorted(KNOBS))))
            default = KNOBS[name][0]
            if default is not None and value is not None and not isinstance(value, type(default)):
                raise ValueError("knob %s wants %s, not %r" % (name, type(default).__name__, value))
        changed = [name for name, value in changes.items() if self.values[name] != value]
        for name, value in changes.items():
            self.values[name] = KNOBS[name][0] if value is None else value
        return changed


def parse_assignment(text):
    """("latency_ms", 200) of "latency_ms=200". Lists may be written a,b; anything else is JSON or a plain string."""
    import json
    name, sep, value = text.partition("=")
    if not sep:
        raise ValueError("a knob is written name=value, not %r" % text)
    if name in KNOBS and isinstance(KNOBS[name][0], list) and not value.startswith("["):
        return name, [part for part in value.split(",") if part]
    if name in KNOBS and isinstance(KNOBS[name][0], str):
        return name, value
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
