"""The Rocket.Chat stand-in judged by published clients: PyPI's rocketchat_API, npm's @rocket.chat/api-client, and Chromium."""
import importlib
import itertools
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("pymongo", reason="Debian's python3-pymongo is not installed")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab", "rocket"))

from rocketbrowser import browser  # noqa: E402
from rocketlab import ADMIN, CLIENTS, EJ, Rocket, ask_part, mongo as running_mongo, until  # noqa: E402


@pytest.fixture(scope="module")
def database():
    with running_mongo() as server:
        yield server


@pytest.fixture
def start(database, request):
    """Starts a stand-in on a database of its own."""
    started = []

    def of(profile, *options, knobs=()):
        name = "rocketchat_%d_%d" % (abs(hash(request.node.name)) % 10 ** 8, len(started))
        started.append(Rocket(database.uri(name), profile, *options, knobs=("topology=replset",) + knobs))
        return started[-1]
    yield of
    for server in started:
        server.stop()


@pytest.fixture(scope="module")
def api():
    """The module of PyPI's rocketchat_API, out of the cache folder."""
    folder = ask_part(CLIENTS, "python")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("rocketchat_API.rocketchat")
    finally:
        sys.path.remove(folder)


@pytest.fixture(scope="module")
def judge():
    return ask_part(CLIENTS, "node")


def errors_of(api):
    return importlib.import_module("rocketchat_API.APIExceptions.RocketExceptions")


@pytest.mark.parametrize("profile, version", [("old", "0.74.3"), ("new", "7.11.0")])
def test_rocketchat_api_logs_in_reads_and_writes(api, start, profile, version):
    server = start(profile, "--version", version, knobs=("limiter=false", "two_factor=none"))
    rocket = api.RocketChat(ADMIN["user"], ADMIN["password"], server_url=server.base)
    assert rocket.me()["username"] == "admin"
    version_read = rocket.info()
    assert (version_read.get("version") or version_read["info"]["version"]).startswith(version)
    assert rocket.settings_get("Accounts_iframe_url")["value"] == EJ + "/talks/login/?next=/talks/"
    assert rocket.settings_update("Layout_Home_Title", "by rocketchat_API")["success"] is True
    assert rocket.settings_get("Layout_Home_Title")["value"] == "by rocketchat_API"


@pytest.mark.parametrize("profile", ["old", "new"])
def test_rocketchat_api_walks_the_pages_of_the_settings(api, start, profile):
    server = start(profile, knobs=("limiter=false",))
    rocket = api.RocketChat(ADMIN["user"], ADMIN["password"], server_url=server.base)
    public = {item["_id"] for item in rocket.settings_public()}
    everything = {item["_id"] for item in rocket.settings()}
    assert "Accounts_iframe_enabled" in public and public < everything
    assert len(public) == server.get("/api/v1/settings.public?count=1").body["total"]


@pytest.mark.parametrize("profile", ["old", "new"])
def test_rocketchat_api_knows_a_refused_login_from_a_limited_one(api, start, profile):
    server = start(profile, knobs=("refusal_ms=0",))
    with pytest.raises(errors_of(api).RocketAuthenticationException):
        api.RocketChat(ADMIN["user"], "fake-wrong", server_url=server.base)
    server.knobs(limiter_calls=1)
    with pytest.raises(errors_of(api).RocketConnectionException):
        api.RocketChat(ADMIN["user"], ADMIN["password"], server_url=server.base)


def test_rocketchat_api_is_stopped_by_the_second_factor_of_new_servers(api, start):
    rocket = api.RocketChat(ADMIN["user"], ADMIN["password"], server_url=start("new").base)
    with pytest.raises(errors_of(api).RocketApiException) as caught:
        rocket.settings_update("Layout_Home_Title", "x")
    assert "totp-required" in str(caught.value)


@pytest.mark.parametrize("version", ["7.0.0", "7.11.0", "8.0.0"])
def test_the_vendors_client_and_validators_find_no_fault_with_new_servers(judge, start, version):
    server = start("new", "--version", version, knobs=("limiter=false",))
    done = subprocess.run(["node", judge, server.base, ADMIN["user"], ADMIN["password"], "ejuser", "fake-user-password"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    assert len(results) == 15
    assert [(result["check"], result["detail"]) for result in results if not result["ok"]] == []


def test_the_validators_do_find_fault_with_bodies_of_other_versions(judge, start):
    """The judge judges: an old server's 401 has no `success`, and its settings ask for no second factor."""
    server = start("old", knobs=("limiter=false", "refusal_ms=0"))
    done = subprocess.run(["node", judge, server.base, ADMIN["user"], ADMIN["password"], "ejuser", "fake-user-password"],
                          capture_output=True, text=True, timeout=60)
    failed = {result["check"] for result in json.loads(done.stdout) if not result["ok"]}
    assert {"wrong password", "me without a token", "a change without a second factor", "public settings by id"} <= failed
    assert "login by user name" not in failed and "logout ends the token" in failed


# Chromium, as the judge of the page's client model.

class Ej(ThreadingHTTPServer):
    """EJ's two addresses for a browser: answers are set per test; `calls` is what came."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), EjHandler)
        self.base = "http://127.0.0.1:%d" % self.server_address[1]
        self.set()

    def set(self, origin=None, preflight=401, answers=((401, None),), page="<p>EJ login</p>"):
        self.origin, self.preflight, self.answers, self.page, self.calls = origin, preflight, list(answers), page, []


class EjHandler(BaseHTTPRequestHandler):
    def _send(self, status, body, kind):
        ej = self.server
        self.send_response(status)
        if ej.origin:
            self.send_header("Access-Control-Allow-Origin", ej.origin)
            self.send_header("Access-Control-Allow-Credentials", "true")
        if self.command == "OPTIONS" and ej.preflight == 200:
            self.send_header("Access-Control-Allow-Headers", "content-type")
            self.send_header("Access-Control-Max-Age", "0")  # else Chromium keeps the answer for 5 s, into the next test
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self._send(200, self.server.page.encode(), "text/html")

    def do_OPTIONS(self):
        self.server.calls.append("OPTIONS")
        self._send(self.server.preflight, b"", "text/plain")

    def do_POST(self):
        self.server.calls.append("POST")
        status, body = self.server.answers[0] if len(self.server.answers) == 1 else self.server.answers.pop(0)
        self._send(status, json.dumps(body).encode() if body is not None else b"", "application/json")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def page(database):
    """(browser, stand-in, EJ), the same for all tests here."""
    with browser() as chromium:
        ej = Ej()
        threading.Thread(target=ej.serve_forever, daemon=True).start()
        server = Rocket(database.uri("rocketchat_page"), "new", "--ej", ej.base, knobs=("limiter=false",))
        yield chromium, server, ej
        server.stop()
        ej.shutdown()
        ej.server_close()


RUNS = itertools.count(1)


def seen(page, windows="ABCD", shows=None):
    """What the visitors of these windows see, as letters: I iframe, N native form, L logged in, B blank."""
    chromium, server, _ = page
    run = "&run=%d" % next(RUNS)  # tells this run's reports from late ones of tabs closed before
    for window in windows:
        chromium.open(server.base + "/home?fresh=1&client=" + window + run)
    letters = {"iframe": "I", "native-form": "N", "logged-in": "L", "blank": "B"}

    def all_seen():
        got = {window: item for window, item in server.state()["seen"].items() if item["query"].endswith(run)}
        return len(got) == len(windows) and all(not shows or item["shows"] == shows for item in got.values()) and got
    try:
        got = until(all_seen, lambda: "every window has settled: %s, EJ got %s" % (server.state()["seen"], page[2].calls), 30)
        return "".join(letters[got[window]["shows"]] for window in windows)
    finally:
        chromium.close()


# Section 5 of the contract, one row a case: who sees what in the windows A, B, C and D.
@pytest.mark.parametrize("what, origin, preflight, answer, expected", [
    ("EJ as it is, nobody logged in", True, 401, (401, None), "INNI"),
    ("a proxy answers the preflight", True, 200, (401, None), "IINI"),
    ("no CORS headers at all", False, 401, (401, None), "INNI"),
    ("a good token", True, 200, (200, {"loginToken": "good"}), "LLLL"),
    ("a good token, no preflight", True, 401, (200, {"loginToken": "good"}), "LNNL"),
    ("a good token, no CORS", False, 401, (200, {"loginToken": "good"}), "INNI"),
    ("a token that Rocket.Chat refuses", True, 200, (200, {"loginToken": "fake"}), "INNI"),
    ("200 without a token", True, 200, (200, {}), "INNN"),
    ("a server error", True, 200, (500, None), "IINI"),
])
def test_a_browser_sees_what_the_contract_says(page, what, origin, preflight, answer, expected):
    _, server, ej = page
    status, body = answer
    if body and body.get("loginToken") == "good":
        body = {"loginToken": server.login()["X-Auth-Token"]}
    ej.set(server.base if origin else None, preflight, [(status, body)])
    assert seen(page) == expected, what
    assert ej.calls.count("OPTIONS") == 2, "windows B and C ask first"


def test_the_framed_page_makes_the_client_try_again(page):
    _, server, ej = page
    good = {"loginToken": server.login()["X-Auth-Token"]}
    script = "<script>onload = () => parent.postMessage({event: 'try-iframe-login'}, '%s')</script>" % server.base
    ej.set(server.base, 401, [(401, None), (200, good)], script)
    assert seen(page, "A", "logged-in") == "L"
    ej.set(server.base, 401, [(401, None), (200, good)], script)
    assert seen(page, "D", "logged-in") == "L"


@pytest.mark.parametrize("profile, windows, expected", [("new", "AD", "NN"), ("old", "A", "B")])
def test_incomplete_settings_show_the_servers_own_form_or_nothing_at_all(page, database, profile, windows, expected):
    chromium, _, ej = page
    ej.set()
    server = Rocket(database.uri("rocketchat_incomplete_" + profile), profile, "--ej", ej.base, knobs=("two_factor=none",))
    try:
        assert server.post("/api/v1/settings/Accounts_Iframe_api_url", {"value": ""}, server.login()).status == 200
        assert seen((chromium, server, ej), windows) == expected and ej.calls == []
    finally:
        server.stop()
