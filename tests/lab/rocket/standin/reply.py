"""Requests and answers as plain objects, and the error bodies of each version (contract 2.4 and 3.4); it decides nothing."""
import json
from urllib.parse import parse_qsl, unquote, urlsplit

LOGIN_FIRST = "You must be logged in to do this."


class Request:
    """One HTTP request; header names are lower-case."""

    def __init__(self, method, target, headers, body, peer):
        parts = urlsplit(target)
        self.method, self.target, self.peer, self.raw = method, target, peer, body
        self.path = unquote(parts.path) or "/"
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = headers

    def body(self):
        """The body as an object: JSON or urlencoded; {} if there is none, ValueError if it is broken."""
        if not self.raw:
            return {}
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(self.raw.decode("utf-8", "replace"), keep_blank_values=True))
        return json.loads(self.raw.decode("utf-8"))


class Reply:
    """What goes back; a dict is sent as JSON."""

    def __init__(self, status, body, headers=None, content_type=None):
        self.status, self.body, self.headers = status, body, dict(headers or {})
        self.content_type = content_type or ("application/json" if isinstance(body, (dict, list)) else "text/html; charset=utf-8")

    def payload(self):
        return (json.dumps(self.body) if isinstance(self.body, (dict, list)) else self.body).encode("utf-8")


class Errors:
    """The version's way of saying no."""

    def __init__(self, facts, knobs):
        self.facts, self.knobs = facts, knobs

    @property
    def bare(self):
        return self.facts.bare_errors or self.knobs.plan9

    def not_logged_in(self):
        if self.bare:
            return Reply(401, {"success": False, "error": LOGIN_FIRST})
        body = {"status": "error", "message": LOGIN_FIRST}
        if self.facts.hono:
            body.update(success=False, error=LOGIN_FIRST)
        return Reply(401, body)

    def login_refused(self, refused):
        if self.bare:
            return Reply(401, {"success": False, "error": "unauthorized"})
        if refused.reason == "User not found":
            body = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
        else:
            body = {"status": "error", "error": refused.code, "message": refused.reason}
            if refused.details is not None:
                body["details"] = refused.details
        if self.facts.hono:
            body["success"] = False
        return Reply(401, body)

    def forbidden(self):
        if self.bare:
            return Reply(403, {"success": False, "error":
                               "User does not have the permissions required for this action [error-forbidden]"})
        return Reply(403, {"success": False, "error": self.facts.forbidden_text})

    def failure(self, text=None, error_type=None, details=None):
        body = {"success": False}
        if text is not None:
            body["error"] = text
        if error_type is not None:
            body["errorType"] = error_type
        if details is not None:
            body["details"] = details
        return Reply(400, body)

    def refused(self, refused):
        return self.failure(refused.message, refused.code, refused.details)

    def too_many(self, verdict):
        text = ("Error, too many requests. Please slow down. You must wait %d seconds before trying this endpoint again. "
                "[error-too-many-requests]" % verdict.wait_seconds)
        body = {"success": False, "error": text}
        if self.facts.limiter_error_type:
            body["errorType"] = "error-too-many-requests"
        return Reply(self.facts.limiter_status, body)

    def no_endpoint(self, status=404):
        return Reply(status, {"status": "error", "message": "API endpoint does not exist"})

    def internal(self):
        return Reply(500, {"success": False, "error": "Internal server error"})
