"""Starts the lab's MongoDB and Rocket.Chat parts for a test, and speaks plain HTTP to the latter; it judges nothing."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import warnings
from http.client import HTTPConnection

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from labkit.state import free_ports  # noqa: E402

PARTS = os.path.join(HERE, "..", "parts")
MONGOD = os.path.join(PARTS, "mongod")
RESPONDER = os.path.join(PARTS, "mongo-responder")
REPLIES = os.path.join(PARTS, "replies")
ROCKETCHAT = os.path.join(HERE, "rocketchat")
CLIENTS = os.path.join(HERE, "clients", "clients")
ADMIN = {"user": "admin", "password": "fake-admin-password"}
EJ = "http://ej.invalid:8000"


def skip_loudly(reason):
    """Skips the test, and says so in the warnings of the run, where it is not overlooked."""
    warnings.warn("SKIPPED: " + reason)
    pytest.skip(reason)


def until(condition, what, seconds=20.0):
    """The first true value of condition(); `what` names it, or is a function that tells. The machine may be busy: a long limit."""
    limit = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < limit, "not within %.0f s: %s" % (seconds, what() if callable(what) else what)
        time.sleep(0.02)


def free_port():
    return free_ports(["one"])["one"]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop(process, how=signal.SIGKILL):
    if process.poll() is None:
        process.send_signal(how)
    process.wait(20)
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def ask_part(*arguments):
    """One line of a part's output, or a loud skip if it exits 77."""
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600)
    if done.returncode == 77:
        skip_loudly(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Mongo:
    """A MongoDB server on a folder and port that stay the same over stop() and start()."""

    def __init__(self, folder, *options):
        self.folder, self.options, self.port, self.process = folder, options, free_port(), None
        self.kind = ask_part(MONGOD, "which").split()[-1]
        self.start()

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen([MONGOD, "run", "--dir", os.path.join(self.folder, "data"), "--port", str(self.port),
                                             *self.options], stdout=log, stderr=log)
        until(lambda: listens(self.port) or self.process.poll() is not None, "mongod listens")
        assert self.process.poll() is None, open(os.path.join(self.folder, "log"), encoding="utf-8").read()[-2000:]

    def stop(self):
        stop(self.process)  # SIGTERM would wait 3 s for open connections; the data survive SIGKILL

    def uri(self, database, options=""):
        return "mongodb://127.0.0.1:%d/%s%s" % (self.port, database, options)


@contextlib.contextmanager
def mongo(*options):
    with tempfile.TemporaryDirectory(prefix="ejmon-mongo-") as folder:
        server = Mongo(folder, *options)
        try:
            yield server
        finally:
            server.stop()


class Answer:
    """Status, headers (by lower-case name), and the body as an object or as text."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        text = response.read().decode("utf-8")
        self.body = json.loads(text) if self.headers.get("content-type") == "application/json" else text

    def __repr__(self):
        return "%d %r" % (self.status, self.body)


class Rocket:
    """A running stand-in."""

    def __init__(self, uri, profile, *options, knobs=(), environment=()):
        arguments = [ROCKETCHAT, "--listen", "127.0.0.1:0", "--mongo", uri, "--profile", profile, "--root-url",
                     "http://chat.invalid:3000", "--ej", EJ, *options]
        for knob in knobs:
            arguments += ["--knob", knob]
        self.log = []
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dict(os.environ, **dict(environment)))
        threading.Thread(target=self._drain, daemon=True).start()
        line = self.process.stdout.readline().strip()
        if not line:
            self.process.wait(20)
        self.address = line
        self.base = "http://" + line
        self.exit_status = self.process.poll()

    def _drain(self):
        with contextlib.suppress(ValueError):
            for line in self.process.stderr:
                self.log.append(line.rstrip())

    def call(self, method, path, body=None, headers=None, form=False, timeout=20):
        connection = HTTPConnection(self.address, timeout=timeout)
        sent = dict(headers or {})
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
            body = urllib.parse.urlencode(body) if form else json.dumps(body)
        try:
            connection.request(method, path, body, sent)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, headers=None, **more):
        return self.call("GET", path, headers=headers, **more)

    def post(self, path, body=None, headers=None, **more):
        return self.call("POST", path, body, headers, **more)

    def login(self, body=None, **more):
        """The two headers of a fresh login."""
        answer = self.post("/api/v1/login", body or ADMIN, **more)
        assert answer.status == 200, answer
        return {"X-Auth-Token": answer.body["data"]["authToken"], "X-User-Id": answer.body["data"]["userId"],
                "User-Agent": "ejmon-test"}

    def knobs(self, **changes):
        answer = self.post("/__lab__/knobs", changes)
        assert answer.status == 200, answer

    def state(self):
        return self.get("/__lab__/state").body

    def restart(self):
        assert self.post("/__lab__/restart").status == 200

    def reset(self):
        """All knobs back to their defaults, but for no limiter and prompt refusals, which most tests want."""
        defaults = {name: None for name in self.get("/__lab__/knobs").body}
        self.knobs(**dict(defaults, limiter=False, refusal_ms=0, topology="replset"))
        self.restart()

    def stop(self):
        stop(self.process)


VERSIONS = {"old": ("old", "0.74.3"), "v6": ("new", "6.4.0"), "new": ("new", "7.9.4"), "v711": ("new", "7.11.0"), "v8": ("new", "8.0.0")}


@contextlib.contextmanager
def fleet(database):
    """A function that gives the running stand-in of a name in VERSIONS, reset; each is started at its first use."""
    started = {}

    def of(name):
        if name not in started:
            profile, version = VERSIONS[name]
            started[name] = Rocket(database.uri("rocketchat_" + name), profile, "--version", version, knobs=("topology=replset",))
            started[name].name = name
        started[name].reset()
        return started[name]
    try:
        yield of
    finally:
        for server in started.values():
            server.stop()


@contextlib.contextmanager
def responder(script):
    """The port of a scripted responder; `script` names a file in parts/replies or is one given as a path."""
    path = script if os.path.isabs(script) else os.path.join(REPLIES, script + ".json")
    process = subprocess.Popen([RESPONDER, "--listen", "127.0.0.1:0", "--script", path], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        stop(process)
