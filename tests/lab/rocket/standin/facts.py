"""What one Rocket.Chat version does, as named facts; it holds no state. Section numbers are those of the Rocket.Chat contract."""
import re

DEFAULT_VERSION = {"old": "0.74.3", "new": "7.11.0"}


def parse_version(text):
    """(7, 9, 1) of "7.9.1", "7.9" or "7.9.1-rc.0"."""
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if not numbers:
        raise ValueError("a version looks like 7.9.1, not like %r" % text)
    return tuple(int(n or 0) for n in numbers.groups())


def client_window(v):
    """The browser client's behaviour: A, B, C or D of section 5. The edges at 6.1 and 7.9.4 are the contract's best reading."""
    if v < (6, 1, 0):
        return "A"
    if v < (7, 8, 0):
        return "B"
    if v < (7, 9, 4):
        return "C"
    return "D"


class Facts:
    """Every difference between versions that the stand-in plays; one attribute is one difference."""

    def __init__(self, profile, version=None):
        self.profile = profile
        self.version = version or DEFAULT_VERSION[profile]
        v = self.parsed = parse_version(self.version)
        old = self.old = v < (1, 0, 0)
        if old != (profile == "old"):
            raise ValueError("version %s does not belong to profile %s" % (self.version, profile))
        self.client = client_window(v)

        # Section 1: health.
        self.info_full_version = old            # {"info":{"version":"0.74.3"}} against {"version":"7.9"}
        self.v1_info = old
        self.health = v >= (5, 3, 0)
        self.health_json = v >= (7, 11, 0)
        self.livez_readyz = v >= (7, 11, 0)
        self.api_any_origin = old               # Access-Control-Allow-Origin: * on /api

        # Section 2: login.
        self.hono = v >= (7, 0, 0)              # "success" on top of a login answer and beside a 401's text
        self.login_tells_me = not old
        self.bare_errors = v >= (9, 0, 0)       # the plan for 9.0; knob plan9 turns it on earlier
        self.slow_refusals = v < (7, 0, 0)      # Restivus: 401 and 403 come 500 to 1000 ms late
        self.limiter_status = 429 if v >= (3, 0, 0) else 400
        self.limiter_error_type = self.limiter_status == 400
        self.limiter_switch = not old           # the setting API_Enable_Rate_Limiter exists
        self.limiter_bypass = not old           # permission api-bypass-rate-limit
        self.login_blocking = v >= (3, 8, 0)    # Block_Multiple_Failed_Logins_*: "new"; the exact release was not seen
        self.token_cap = not old
        self.forwarded_for_is_ip = old
        self.second_factor_on_settings = v >= (3, 6, 0)
        self.second_factor_methods = ("totp", "email", "password") if v >= (3, 0, 0) else ("totp",)
        self.access_tokens = v >= (3, 0, 0)

        # Section 3: settings.
        self.select_by_id = v >= (7, 0, 0)
        # 8.x: the validator of rest-typings 8.8.1 lets `query` pass, and nothing reads it.
        self.query = "any" if old else "clean" if v < (7, 0, 0) else "refused" if v < (8, 0, 0) else "ignored"
        self.forbidden_text = "unauthorized" if old else (
            "User does not have the permissions required for this action [error-unauthorized]")
        self.unknown_get_succeeds = old
        self.blocked_post_lies = (3, 0, 0) <= v < (7, 0, 0)
        self.bulk_settings = v >= (8, 0, 0)
        self.include_defaults = not old
        self.method_call = v >= (3, 0, 0)

        # Section 4 and 6: which settings exist, and how a write to Mongo reaches the server's memory.
        self.restrict_access = v >= (2, 2, 0)
        self.csp = not old
        if old:
            self.memory_follows = "poll"        # a Meteor observe without oplog: about 10 s
        elif v < (7, 7, 0):
            self.memory_follows = "stream"      # oplog or change stream: at once
        else:
            self.memory_follows = "restart"     # watchers off: not before a restart
        self.needs_replica_set = (1, 0, 0) <= v < (7, 7, 0)

    @property
    def short_version(self):
        return "%d.%d" % self.parsed[:2]
