"""Finds the REST route of a request and runs it in the server's order: token, limiter, permission, second factor, action.

The routes themselves are in routes.py and settings_routes.py.
"""
import hashlib
import re

from . import routes, settings_routes
from .accounts import Refused
from .reply import Errors


class Route:
    """One method of one path pattern."""

    def __init__(self, method, pattern, action, auth=False, permission=None, second_factor=None, since=None, limited=True):
        self.method, self.pattern, self.action = method, pattern, action
        self.auth, self.permission, self.second_factor, self.limited = auth, permission, second_factor, limited
        self.since = since or (lambda facts: True)
        self.regex = re.compile("^" + re.sub(r":\w+", "([^/]+)", pattern.replace(".", r"\.")) + "/?$")


ROUTES = [
    Route("GET", "/api/info", routes.info),
    Route("GET", "/api/v1/info", routes.info, since=lambda f: f.v1_info),
    Route("POST", "/api/v1/login", routes.login),
    Route("POST", "/api/v1/logout", routes.logout, auth=True),
    Route("GET", "/api/v1/logout", routes.logout, auth=True),
    Route("GET", "/api/v1/me", routes.me, auth=True),
    Route("GET", "/api/v1/settings.public", settings_routes.public),
    Route("GET", "/api/v1/settings", settings_routes.listing, auth=True),
    Route("POST", "/api/v1/settings", settings_routes.bulk, auth=True, permission="edit-privileged-setting",
          second_factor="always", since=lambda f: f.bulk_settings),
    Route("GET", "/api/v1/settings/:_id", settings_routes.get_one, auth=True, permission="view-privileged-setting"),
    Route("POST", "/api/v1/settings/:_id", settings_routes.post_one, auth=True, permission="edit-privileged-setting",
          second_factor="settings"),
    Route("POST", "/api/v1/method.callAnon/:method", settings_routes.call_anonymously, since=lambda f: f.method_call),
    Route("POST", "/api/v1/users.generatePersonalAccessToken", routes.new_access_token, auth=True,
          permission="create-personal-access-tokens", second_factor="always", since=lambda f: f.access_tokens),
    Route("POST", "/api/v1/users.create", routes.users_create, auth=True, permission="create-user"),
    Route("POST", "/api/v1/users.update", routes.users_update, auth=True, permission="edit-other-user-info"),
    Route("GET", "/api/v1/users.info", routes.users_info, auth=True),
    Route("GET", "/api/v1/users.list", routes.users_list, auth=True),
]


class Api:
    """All of /api. `answer` may raise store.DatabaseLost."""

    def __init__(self, facts, knobs, store, accounts, limiter):
        self.facts, self.knobs, self.store, self.accounts, self.limiter = facts, knobs, store, accounts, limiter
        self.errors = Errors(facts, knobs)
        self.routes = [route for route in ROUTES if route.since(facts)]
        self.restart = lambda: None
        self.capture()

    def capture(self):
        """The limiter's defaults are read when the routes are registered: a later change needs a restart."""
        self.limit_calls = self.store.remembered("API_Enable_Rate_Limiter_Limit_Calls_Default", 10)
        self.limit_ms = self.store.remembered("API_Enable_Rate_Limiter_Limit_Time_Default", 60000)

    def client_ip(self, request):
        if self.facts.forwarded_for_is_ip and request.headers.get("x-forwarded-for"):
            return request.headers["x-forwarded-for"]  # the raw header, a list and all
        return request.headers.get("x-real-ip") or request.peer

    def caller(self, request):
        return self.accounts.caller(request.headers.get("x-user-id"), request.headers.get("x-auth-token"))

    def answer(self, request):
        if request.method == "OPTIONS":
            return self._preflight()
        at_path = [(route, found) for route in self.routes for found in [route.regex.match(request.path)] if found]
        chosen = next(((r, f) for r, f in at_path if r.method == request.method or
                       (request.method == "HEAD" and r.method == "GET")), None)
        if chosen is None:
            return self.errors.no_endpoint(405 if at_path else 404)
        route, found = chosen
        caller = self.caller(request)
        if route.auth and caller is None:
            return self.errors.not_logged_in()
        verdict = self._limit(route, request, caller) if route.limited else None
        if verdict is not None and not verdict.allowed:
            reply = self.errors.too_many(verdict)
        else:
            reply = self._act(route, request, caller, found.groups())
        if verdict is not None:
            reply.headers.update({"X-RateLimit-Limit": verdict.limit, "X-RateLimit-Remaining": verdict.remaining,
                                  "X-RateLimit-Reset": verdict.reset_ms})
        return reply

    def _act(self, route, request, caller, arguments):
        try:
            if route.permission and route.permission not in self.accounts.permissions(caller.user):
                return self.errors.forbidden()
            if route.second_factor == "always" or (route.second_factor and self.facts.second_factor_on_settings):
                fingerprint = hashlib.md5((request.headers.get("user-agent", "") + self.client_ip(request)).encode()).hexdigest()
                self.accounts.second_factor(caller, request.headers.get("x-2fa-method"), request.headers.get("x-2fa-code"),
                                            fingerprint, remember=route.pattern != "/api/v1/settings" or route.method != "POST")
            return route.action(self, request, caller, *arguments)
        except Refused as refused:
            return self.errors.refused(refused)
        except ValueError as err:  # a body that is not JSON
            return self.errors.failure("Invalid JSON body: %s" % err)

    def _limit(self, route, request, caller):
        """The limiter's verdict, or None where it does not apply."""
        if self.knobs.limiter is False:
            return None
        if self.facts.limiter_switch and not self.store.remembered("API_Enable_Rate_Limiter", True):
            return None
        if self.facts.limiter_bypass and caller and "api-bypass-rate-limit" in self.accounts.permissions(caller.user):
            return None
        # The pattern is the key: all settings share one bucket.
        key = (self.client_ip(request), route.pattern, route.method)
        return self.limiter.check(key, self.knobs.limiter_calls or self.limit_calls, self.knobs.limiter_ms or self.limit_ms)

    def _preflight(self):
        if not self.store.remembered("API_Enable_CORS", False):
            reply = self.errors.no_endpoint(405)
            reply.body["message"] = 'CORS not enabled. Go to "Admin > General > REST Api" to enable it.'
            return reply
        return routes.Reply(200, "", {"Access-Control-Allow-Origin": self.store.remembered("API_CORS_Origin", "*"),
                                      "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, HEAD, PATCH",
                                      "Access-Control-Allow-Headers":
                                      "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, x-visitor-token, "
                                      "Authorization"})
