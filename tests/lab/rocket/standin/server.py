"""The HTTP side: reads requests, applies what holds for all of them (latency, Force_SSL, late refusals), sends answers."""
import random
import select
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import pages
from .accounts import Refused
from .reply import Reply, Request
from .store import DatabaseLost, log

MAX_BODY = 1 << 20
HANG_SECONDS = 300.0


class Hang(Exception):
    """This request is never answered."""


class Handler(BaseHTTPRequestHandler):
    """One connection; `self.server.app` is the stand-in."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = HANG_SECONDS

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            return self._send(Reply(413, "Payload Too Large", content_type="text/plain"))
        body = self.rfile.read(length) if length else b""
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body, self.client_address[0])
        began = time.monotonic()
        try:
            reply = self.server.app.answer(request)
        except Hang:
            self._hang()
            return None
        self._send(reply)
        log("%s %s %d %.0f ms" % (self.command, self.path.split("?")[0], reply.status, (time.monotonic() - began) * 1000))
        return None

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_HEAD = do_PATCH = _serve

    def _hang(self):
        """Until the client goes away."""
        limit = time.monotonic() + HANG_SECONDS
        while time.monotonic() < limit and not self.server.app.stopping:
            readable, _, _ = select.select([self.connection], [], [], 0.2)
            if readable:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    break
                time.sleep(0.2)  # the client has more to say; nobody listens
        self.close_connection = True

    def _send(self, reply):
        payload = reply.payload()
        try:
            self.send_response_only(reply.status)  # Meteor names no Server
            self.send_header("Date", self.date_time_string())
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(payload)))
            for name, value in reply.headers.items():
                self.send_header(name, str(value))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(payload)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        import sys
        if not isinstance(sys.exc_info()[1], (ConnectionError, socket.timeout)):
            super().handle_error(request, client_address)


class App:
    """Everything behind the socket. `answer` is called by many threads."""

    def __init__(self, facts, knobs, store, accounts, api, clock, control):
        self.facts, self.knobs, self.store, self.accounts, self.api = facts, knobs, store, accounts, api
        self.clock, self.control = clock, control
        self.stopping = False
        self.counts = {}
        self._lock = threading.Lock()

    def answer(self, request):
        """The Reply of a request; raises Hang."""
        if request.path.startswith("/__lab__/"):
            return self.control.answer(self, request)
        with self._lock:
            key = request.method + " " + request.path
            self.counts[key] = self.counts.get(key, 0) + 1
        if self.knobs.latency_ms:
            time.sleep(self.knobs.latency_ms / 1000.0)
        if self.knobs.hang:
            raise Hang()
        if self.knobs.fail_status:
            return Reply(self.knobs.fail_status, "the lab's knob fail_status\n", content_type="text/plain")
        try:
            self.store.follow()
        except DatabaseLost:
            pass  # the memory stays as it is
        redirect = self._force_ssl(request)
        if redirect:
            return redirect
        reply = self._route(request)
        if request.path == "/api/v1/login" and self.knobs.login_latency_ms:
            time.sleep(self.knobs.login_latency_ms / 1000.0)
        if reply.status in (401, 403):
            self._delay_refusal()
        return reply

    def _route(self, request):
        if request.path.startswith("/api/"):
            try:
                reply = self.api.answer(request)
            except DatabaseLost as lost:
                if self.knobs.mongo_down == "hang":
                    raise Hang()
                reply = self.api.errors.failure(str(lost)) if self.knobs.mongo_down == "400" else self.api.errors.internal()
            except Exception as err:  # pylint: disable=broad-except
                log("internal error on %s: %r" % (request.path, err))
                reply = self.api.errors.internal()
            reply.headers.setdefault("Cache-Control", "no-store")
            if self.facts.api_any_origin:
                reply.headers.setdefault("Access-Control-Allow-Origin", "*")
            return reply
        return pages.answer(self, request)

    def _force_ssl(self, request):
        """302 to https for everything that did not come over it (contract, section 1)."""
        if not self.store.remembered("Force_SSL", False):
            return None
        forwarded = request.headers.get("x-forwarded-for", "")
        local = self.knobs.peer_is_local and all(part.strip() in ("", "127.0.0.1", "::1") for part in forwarded.split(","))
        if local or "https" in request.headers.get("x-forwarded-proto", ""):
            return None
        host = request.headers.get("host", "")
        host = host[:host.rfind(":")] if ":" in host.rpartition("]")[2] else host
        return Reply(302, "", {"Location": "https://" + host + request.target})

    def _delay_refusal(self):
        wait = self.knobs.refusal_ms
        if wait is None:
            wait = random.uniform(500, 1000) if self.facts.slow_refusals else 0
        time.sleep(wait / 1000.0)

    def resume(self, token):
        """A browser's login over DDP, which no REST limiter counts."""
        try:
            user, token = self.accounts.login({"resume": token}, "ddp")
        except Refused as refused:
            return Reply(401, {"error": refused.code, "message": refused.reason})
        return Reply(200, {"userId": user["_id"], "username": user["username"], "token": token})


def listen(address, app):
    """A Server bound to HOST:PORT, loopback only."""
    host, _, port = address.rpartition(":")
    if host not in ("127.0.0.1", "localhost", "[::1]"):
        raise ValueError("the lab listens on loopback only, not on %r" % host)
    Server.address_family = socket.AF_INET6 if host == "[::1]" else socket.AF_INET
    server = Server((host.strip("[]"), int(port)), Handler)
    server.app = app
    return server
