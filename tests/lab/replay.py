#!/usr/bin/python3
"""Answers as the real EJ was recorded to answer (tests/lab/observed): `replay.py STATE` listens on two ports of 127.0.0.1, one as the
nginx, one as web:8000, until it is interrupted; `replay.py --list` names the states.

Status, headers and their order are the recorded ones; the Date is today's, Content-Length the body's. Waits of 25 s and more (a worker
that gunicorn kills) are shortened to LONG_WAIT, shorter ones are left out: the machine of the recording was loaded.

The recorded EJ stood at http://localhost and Rocket.Chat at https://chat.example.org, which are two sites to a browser, so the login could
never work there. A replay renames both (NAMES), as a fidelity test of the lab does too: Rocket.Chat's scheme and domain are EJ's.

The recordings hold no bodies. Those of nginx and of Django itself are known to the byte (their hashes are recorded, and compared by a
test); EJ's pages are made from the recorded markers, title and length; static files are the stand-in's, which have EJ's sizes and marks
but artwork of their own. So a hash of EJ's own logo, as the theme oracle knows some, is not in these bodies."""
import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from labkit import assets, probing  # noqa: E402
from verdicts import observed  # noqa: E402

OBSERVED = Path(__file__).resolve().parent / "observed"
TIMEOUT = "4s"  # ejmon's in a replay, and beyond it what stands for EJ's 30 s, which are beyond ejmon's default as well
LONG_WAIT = 6.0
EJ, ROCKETCHAT = "ej.example.localhost", "http://chat.example.localhost"  # libcurl itself resolves localhost's names, to the loopback address
NAMES = (("https://chat.example.org", ROCKETCHAT), ("chat.example.org", ROCKETCHAT.partition("://")[2]))
CRLF = "\r\n"
EXACT = {"bare-404": "<h1>Not Found</h1><p>The requested resource was not found on this server.</p>",
         "bare-500": "<h1>Server Error (500)</h1>", "bare-400": "<h1>Bad Request (400)</h1>"}
IN_PAGE = {"main-css-link": '<link id="main-css-link" rel="stylesheet">', "landing-page": '<div class="landing-page"></div>', "how-it-works": '<div id="how-it-works" class="landing-page__cover"></div>',
           "body-data-salt": '<body class="body" data-salt="replay">', "main.js": '<script src="/static/js/main.js" defer></script>',
           "debug-page": "You're seeing this error because you have <code>DEBUG = True</code> in your Django settings file.",
           "forbidden": "<h1>Forbidden</h1>", "sourceMappingURL": "/*# sourceMappingURL=x */"}


def load(name):
    return json.loads((OBSERVED / name).read_text())


def states():
    """{name: [generation, recorded state or None for health]}"""
    found = {f"{letter}-healthy": (letter.upper(), None) for letter in "abc"}
    for name in ("a-process.json", "a-rocket.json", "a-theme.json"):
        found.update({state["state"]: ("A", state) for state in load(name)})
    return found


class Recording:
    """What one state answers to each probe."""

    def __init__(self, state):
        self.generation, record = states()[state]
        self.healthy = load(f"{self.generation.lower()}-healthy.json")["probes"]
        self.changes = {probe: change for names, change in (record or {}).get("differs", []) for probe in names}
        self.seconds = (record or {}).get("seconds", {})
        self.stopped = "stopped" in (record or {})
        self.direct_was_asked = {probe for one in states().values() if one[1] for names, _ in one[1]["differs"] for probe in names if probe.startswith("direct")}

    def answer(self, probe):
        """{"status", "reason", "headers", "markers", "title", "length", "wait"} of a probe's name, or of the one that stands for it."""
        probe = self.stand_in(probe)
        if probe.startswith("direct") and self.changes and probe not in self.changes and probe not in self.direct_was_asked:
            return self.derived(probe)
        if self.stopped and probe not in self.changes and " /static" not in probe and " /media" not in probe:  # the recording ended there: every path was hit alike (ej-corrections 3)
            via = probe.partition(" ")[0]
            change = next(change for name, change in self.changes.items() if name.startswith(via))
            return self.changed(probe, change, max(self.seconds.values()))
        return self.changed(probe, self.changes.get(probe, {}), self.seconds.get(probe, 0))

    def changed(self, probe, change, seconds):
        answer = {"markers": [], "title": None, **self.healthy[probe], "wait": LONG_WAIT if seconds >= 25 else 0}
        new, gone = dict(change.get("headers", {})), set(change.get("gone", []))
        headers = [[key, new.pop(key.lower(), value)] for key, value in answer["headers"] if key.lower() not in gone]
        headers += [["-".join(part.capitalize() for part in key.split("-")), value] for key, value in new.items()]
        return {**answer, **{key: change[key] for key in ("status", "reason", "markers", "title", "length") if key in change}, "headers": headers}

    def derived(self, probe):
        """web was asked directly for few paths in the fault states; for the others what nginx passed on tells: its own error means that
        web did not answer, anything else came from there."""
        passed_on = self.answer("nginx" + probe[len("direct"):])
        near = self.changed(probe, {}, 0)
        if " /static" in probe or " /media" in probe:
            return near
        if "nginx-body" in passed_on["markers"]:
            return {**near, "status": 0, "wait": passed_on["wait"]}
        own = [pair for pair in near["headers"] if pair[0].lower() in ("server", "date", "connection")]
        return {**passed_on, "headers": own + [pair for pair in passed_on["headers"] if pair[0].lower() not in ("server", "date", "connection")]}

    def stand_in(self, probe):
        """The recorded probe that answers for this one: an unknown page, an unknown static file, a wrong Host."""
        via, method, path, variant = probing.parse(probe)
        if variant == "Host:127.0.0.1":  # asked for one page only; where it was refused there, Django refuses it everywhere
            refused = self.changes.get(f"nginx GET /start/ {variant}", {}).get("status") == 400 and not path.startswith(("/static", "/media"))
            return f"{via} GET /start/ {variant}" if refused else self.stand_in(f"{via} {method} {path}")
        if probe in self.healthy:
            return probe
        if variant.startswith("Host:"):
            return f"{via} GET /start/ Host:wrong.example"
        plain = f"{via} {method} {path}"
        for same in (plain, f"{plain} (no token)"):
            if same in self.healthy:
                return same
        bare = path.partition("?")[0]
        if f"{via} {method} {bare}" in self.healthy:
            return f"{via} {method} {bare}"
        if f"{via} GET {bare}" in self.healthy:
            return f"{via} GET {bare}"
        if path.startswith("/static/"):
            return f"{via} GET /static/nope.css"
        return f"{via} GET /nope/a/" if bare.strip("/").count("/") else f"{via} GET /nope/" if bare.endswith("/") else f"{via} GET /nope"


def nginx_body(title):
    return (f"<html>{CRLF}<head><title>{title}</title></head>{CRLF}<body>{CRLF}<center><h1>{title}</h1></center>{CRLF}"
            f"<hr><center>nginx/1.22.1</center>{CRLF}</body>{CRLF}</html>{CRLF}")


def static_file(path, answer, generation):
    """The stand-in's file of the recorded markers: which theme it is of stands in them."""
    name = path.rpartition("/")[2]
    markers = answer["markers"]
    theme = "cpa" if {"css-cpa", "css-cpa2", "manifest-CPA"} & {*markers} or "-cpa." in name or answer["length"] in (10450, 93040) else "default"
    if name == "manifest.json":
        return assets.manifest(theme)
    if name == "main.js":
        return assets.script("main.js", answer["length"])[: answer["length"]]
    if name.endswith(".css"):
        kind = re.split(r"[-.]", name)[0]
        return of_length(assets.stylesheet(theme, kind, generation) if kind in assets.SIZES[generation] else "", answer["length"])
    return assets.picture(path, theme, answer["length"]).decode("latin-1")


def of_length(css, length):
    """A stylesheet ended after an earlier rule, or filled up, so that it has the recorded length."""
    if len(css) == length:
        return css
    css = css[: length - 4].rpartition("}")[0] + "}" if len(css) > length - 4 else css
    return css + "/*" + "." * (length - len(css) - 4) + "*/"


def page(answer):
    """HTML with the recorded markers and title, as long as the recorded page."""
    cpa = "CPA" in (answer["title"] or "")
    texts = {**probing.MARKERS, **IN_PAGE, "nao-faz": "Não faz parte da Plataforma CPA?" if cpa else "Não faz parte da EJ ainda?"}
    inside = "\n".join(texts[marker] for marker in answer["markers"])
    text = f"<!DOCTYPE html>\n<html><head><title>{answer['title'] or ''}</title></head>\n{inside}\n</html>\n"
    return text + " " * max(0, answer["length"] - len(text.encode()))


def body(probe, answer, generation):
    """(bytes, whether they are the recorded ones)"""
    _, method, path, _ = probing.parse(probe)
    kind = dict((key.lower(), value) for key, value in answer["headers"]).get("content-type", "").partition(";")[0]
    for marker in answer["markers"]:
        if marker in EXACT and answer["length"] == len(EXACT[marker]):
            return EXACT[marker].encode(), True
    if "nginx-body" in answer["markers"]:
        return nginx_body(answer["title"]).encode(), True
    if answer["length"] == 0:
        return b"", True
    if path.startswith("/static/") and answer["status"] == 200:
        return static_file(path, answer, generation).encode("utf-8" if path.endswith((".css", ".js", ".json")) else "latin-1"), False
    if kind == "application/json":
        return b"{}".ljust(answer["length"]), False
    if kind.endswith("javascript"):
        return b"self.addEventListener('install', function () {});\n".ljust(answer["length"]), False
    return page(answer).encode(), False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    recording = via = None
    renamed = NAMES

    def probe(self):
        name = f"{self.via} {self.command} {self.path}"
        host = self.headers.get("Host")
        if host is None:
            return f"{name} HTTP/1.0 no Host"
        host = re.sub(r":\d+$", "", host)
        if host not in ("localhost", EJ):
            return f"{name} Host:{host}"
        if self.headers.get("Access-Control-Request-Method"):
            return f"{name} preflight"
        if "hicontrast=y" in self.headers.get("Cookie", ""):
            return f"{name} cookie hicontrast"
        return f"{name} Origin:R" if self.headers.get("Origin") else name

    def serve(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        probe = self.recording.stand_in(self.probe())
        answer = self.recording.answer(probe)
        time.sleep(answer["wait"])
        if not answer["status"]:
            self.close_connection = True
            return
        content, _ = body(probe, answer, self.recording.generation)
        lines = [f"HTTP/1.1 {answer['status']} {answer['reason']}"]
        for key, value in answer["headers"]:
            value = {"date": formatdate(usegmt=True), "content-length": str(len(content))}.get(key.lower(), value)
            for old, new in self.renamed:
                value = value.replace(old, new)
            lines.append(f"{key}: " + re.sub(r"//localhost:\d+/", f"//{self.headers.get('Host')}/", value))
        keys = {key.lower() for key, _ in answer["headers"]}
        if "transfer-encoding" in keys:
            content = f"{len(content):x}{CRLF}".encode() + content + f"{CRLF}0{CRLF * 2}".encode()
        elif "content-length" not in keys:
            lines.append(f"Content-Length: {len(content)}")
        self.close_connection = "close" in [value for key, value in answer["headers"] if key.lower() == "connection"]
        self.wfile.write((CRLF.join(lines) + CRLF * 2).encode("latin-1") + (b"" if self.command == "HEAD" else content))

    do_GET = do_HEAD = do_POST = do_OPTIONS = serve

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # the usual 5 are too few for ejmon's probes, which come all at once

    def handle_error(self, request, client_address):  # a client that went away while it waited is no news
        pass


class Replay:
    """A state, answering until it is closed. `site` and `web` are its two addresses; web's refuses when the recorded one did."""

    def __init__(self, state, renamed=NAMES):
        self.recording, self.renamed = Recording(state), renamed
        self.servers = []
        self.site = self.listen("nginx")
        refused = "refused" in self.recording.changes.get("direct GET /", {}).get("reason", "")
        self.web = self.closed_port() if refused else self.listen("direct")

    def listen(self, via):
        server = Server(("127.0.0.1", 0), type("StateHandler", (Handler,), {"recording": self.recording, "via": via, "renamed": self.renamed}))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.servers.append(server)
        return f"http://{EJ if self.renamed else 'localhost'}:{server.server_port}"

    def closed_port(self):
        """Bound and not listening: it refuses, and nobody else gets it."""
        self.bound = socket.socket()
        self.bound.bind(("127.0.0.1", 0))
        return f"http://{EJ if self.renamed else 'localhost'}:{self.bound.getsockname()[1]}"

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()


def configuration(replay, state, directory):
    """ejmon's configuration for a replay: addresses, what is wanted, and nothing that looks behind the answers."""
    keys = {"site": replay.site, "web": replay.web, **observed.stack(state)}
    if replay.renamed and "rocketchat" in keys:
        keys["rocketchat"] = ROCKETCHAT
    off = ["rocketchat"] if "rocketchat" in keys else []  # the origin that embeds EJ; nobody answers there
    return "\n".join(["stack:", *(f"  {key}: {value}" for key, value in keys.items()), f"defaults: {{ timeout: {TIMEOUT} }}",
                      "checks: { %s }" % ", ".join(f"{name}: off" for name in off), f"state: {directory}/state", ""])


def check(state, ejmon, renamed=NAMES):
    """The report of `ejmon check` on a recorded state."""
    replay = Replay(state, renamed)
    try:
        with tempfile.TemporaryDirectory(prefix="ejmon-replay-") as directory:
            path = Path(directory) / "ejmon.yaml"
            path.write_text(configuration(replay, state, directory))
            done = subprocess.run([ejmon, "check", "--format", "json", "-c", path], capture_output=True, text=True, timeout=120, cwd=directory,
                                  env={key: value for key, value in os.environ.items() if not key.startswith(("EJ_", "DJANGO_", "EJMON_"))})
            return json.loads(done.stdout)
    finally:
        replay.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("state", nargs="?")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list or options.state not in states():
        print("\n".join(states()))
        return 0 if options.list else 2
    replay = Replay(options.state)
    print(f"site: {replay.site}\nweb:  {replay.web}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        replay.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
