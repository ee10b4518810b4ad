#!/usr/bin/python3
"""What 10,000 checks in one ejmon cost, in one run of one daemon, so that windows without and with an incident see the same machine: probes per
second against those wanted, healthy targets called ill, CPU per probe without an incident, with one open and with one check that flaps; how long
the loop is held at most, in quiet, by `status` and by a reload; memory. It measures and judges no build: it fails only when it could not measure.

usage: scale.py [BUILD]   BUILD holds ejmon (build/release)"""
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.dont_write_bytecode = True
from bench import CannotMeasure, free_ports, verdict  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
CHECKS = int(os.environ.get("CHECKS", "10000"))
INTERVAL = 10.0
WINDOW = 5.0                 # seconds of one measurement
ROUNDS = 6                   # of the three kinds of windows
PORTS = 16                   # of the server: a port alone has not enough local addresses for connections that come and go
OFF = ("containers", "disk", "django", "env", "frame", "layers", "layout", "login", "logs", "mongo", "nginx", "postgres", "rocketchat", "theme")
HOLD_GOAL = 50.0             # ms
COST_GOAL = 1.02

NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 8192; }}
worker_rlimit_nofile 16384;
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  server {{
    {listen}
    location = /counted {{ stub_status; }}
    location / {{ return 200 "Participe\\n"; }}
  }}
}}
"""


class Moody:
    """The one target that is not always well: `mood` is well, ill or flapping (each answer unlike the last)."""

    def __init__(self):
        moody, self.mood, self.answers = self, "well", 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                moody.answers += 1
                ill = moody.mood == "ill" or (moody.mood == "flapping" and moody.answers % 2)
                self.send_response(500 if ill else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Targets:
    """A fast server of its own, which counts what it is asked; and the moody one. In a folder that goes with it."""

    def __enter__(self):
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if not program:
            raise CannotMeasure("nginx is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="ejmon-scale-"))
        self.folder.chmod(0o755)
        self.ports = free_ports(PORTS)
        listen = " ".join(f"listen 127.0.0.1:{port};" for port in self.ports)
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, listen=listen))
        self.moody = Moody()
        self.process = subprocess.Popen([program, "-p", self.folder, "-c", self.folder / "nginx.conf"], stderr=subprocess.DEVNULL)
        limit = time.monotonic() + 10
        while True:
            with contextlib.suppress(OSError):
                self.counted()
                return self
            if self.process.poll() is not None or time.monotonic() > limit:
                self.__exit__()
                raise CannotMeasure("nginx does not start")
            time.sleep(0.02)

    def __exit__(self, *_):
        self.moody.stop()
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def counted(self):
        """How many requests the fast server has had."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[0]}/counted", timeout=10) as answer:
            return int(answer.read().split()[9])

    def write_conf(self, count, interval=INTERVAL, changed=()):
        """The configuration of so many checks, of which the last is the moody one and those in `changed` ask for another page; returns the file."""
        rows = [f"  c{i}: {{ kind: http, url: \"http://127.0.0.1:{self.ports[i % PORTS]}/{i}{'/changed' if i in changed else ''}\" }}\n"
                for i in range(count - 1)]
        path = self.folder / "ejmon.yaml"
        fresh = path.with_suffix(".new")
        fresh.write_text(f"state: {self.folder}/state\n"
                         f"defaults: {{ interval: {interval:g}s, suspect: 1s, down: 1s, timeout: 5s, rise: 2, fall: 2 }}\n"
                         "checks:\n" + "".join(f"  {kind}: off\n" for kind in OFF) + "".join(rows) +
                         f"  moody: {{ kind: http, url: \"{self.moody.url}\", interval: 1s }}\n"
                         f"sinks:\n  pager: {{ kind: command, command: [sh, -c, \"cat >>{self.folder}/pager.jsonl; echo >>{self.folder}/pager.jsonl\"] }}\n")
        fresh.rename(path)
        return path


class Watcher:
    """`ejmon run` with its log in the folder of the targets."""

    def __init__(self, ejmon, config):
        self.ejmon, self.config, self.folder = ejmon, config, config.parent
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([ejmon, "-c", config, "run"], stderr=log)
        self.wait_log("watches ", 60)

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def wait_log(self, words, seconds, count=1):
        limit = time.monotonic() + seconds
        while self.log().count(words) < count:
            if self.process.poll() is not None or time.monotonic() > limit:
                raise CannotMeasure(f"not in the log after {seconds} s: {words}\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def ask(self, word):
        """One answer of the control socket, as its text."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(str(self.folder / "state/ejmon.sock"))
            client.sendall(word.encode() + b"\n")
            return b"".join(iter(lambda: client.recv(1 << 20), b""))

    def probes(self):
        """How often each check was made."""
        return {check["name"]: check["probes"] for check in self.status()["checks"]}

    def status(self):
        return json.loads(self.ask("status"))

    def cpu(self, thread=False):
        """CPU seconds so far: of all its threads, or of the one that turns the loop."""
        pid = self.process.pid
        paths = [f"/proc/{pid}/task/{pid}"] if thread else Path(f"/proc/{pid}/task").iterdir()
        return sum(int(Path(path, "schedstat").read_text().split()[0]) for path in paths) / 1e9

    def memory(self):
        """MB resident: now, and at most so far."""
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines())
        return int(lines["VmRSS"].split()[0]) / 1024, int(lines["VmHWM"].split()[0]) / 1024

    def notices(self, event):
        path = self.folder / "pager.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [notice for notice in map(json.loads, filter(None, lines)) if notice["type"] == f"incident.{event}"]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


class Holds(threading.Thread):
    """Asks for `health` all the time: how long the loop answers nobody. On a busy machine others are in that time too; the CPU that the loop's
    thread used between two answers is its own doing."""

    def __init__(self, watcher):
        super().__init__(daemon=True)
        self.watcher, self.ends, self.waits, self.busy = watcher, False, [], []

    def run(self):
        while not self.ends:
            began, used = time.monotonic(), self.watcher.cpu(thread=True)
            self.watcher.ask("health")
            self.waits.append((time.monotonic() - began) * 1e3)
            self.busy.append((self.watcher.cpu(thread=True) - used) * 1e3)
            time.sleep(0.001)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.join()


def healthy_called_ill(status):
    return [check["name"] for check in status["checks"] if check["name"] != "moody" and check["symptoms"]]


def window(targets, watcher, seconds=WINDOW):
    """(probes a second, CPU microseconds per probe) over a while."""
    count, used, began = targets.counted(), watcher.cpu(), time.monotonic()
    time.sleep(seconds)
    probes, used, lasted = targets.counted() - count, watcher.cpu() - used, time.monotonic() - began
    return probes / lasted, used / probes * 1e6


def settle(targets, watcher, mood):
    """Waits until ejmon believes in the mood."""
    targets.moody.mood = mood
    limit = time.monotonic() + 40
    while mood != "flapping":
        incidents = json.loads(watcher.ask("incidents"))["incidents"]
        if bool(incidents) == (mood == "ill"):
            return
        if time.monotonic() > limit:
            raise CannotMeasure(f"the moody target is {mood}, and ejmon says {incidents}")
        time.sleep(0.2)
    time.sleep(2)


def measure_first_round(targets, watcher, began):
    """The busiest second of the first round, and when the last check had its first probe."""
    rates = []
    while time.monotonic() - began < INTERVAL - 1:  # then the second one begins
        rates.append(window(targets, watcher, 1)[0])
    time.sleep(max(0, began + INTERVAL + 1 - time.monotonic()))
    unseen = sum(count == 0 for count in watcher.probes().values())
    print(f"first round: {max(rates):.0f} probes/s in its busiest second, {unseen} checks without a probe after {time.monotonic() - began:.1f} s", flush=True)


def measure_moods(targets, watcher):
    figures = {"well": [], "ill": [], "flapping": []}
    for turn in range(ROUNDS):
        for mood in list(figures) if turn % 2 == 0 else reversed(figures):
            settle(targets, watcher, mood)
            figures[mood].append(window(targets, watcher))
    print(f"\n{'one target is':<26}{'probes/s':>10}{'CPU us':>10}{'ratio':>8}  goal")
    for mood, got in figures.items():  # of neighbours in time
        value = statistics.median(mine[1] / well[1] for mine, well in zip(got, figures["well"]))
        print(f"{mood:<26}{statistics.median(rate for rate, _ in got):>10.0f}{statistics.median(cost for _, cost in got):>10.1f}{value:>8.3f}  "
              f"{verdict(value, COST_GOAL) if mood != 'well' else ''}", flush=True)


def reload(watcher):
    done = watcher.log().count("reload: done")
    watcher.process.send_signal(signal.SIGHUP)
    watcher.wait_log("reload: done", 60, done + 1)


def measure_holds(targets, watcher):
    changes = iter(range(CHECKS - 1))

    def reload_changed():
        targets.write_conf(CHECKS, changed=[next(changes)])
        reload(watcher)

    def reload_all():
        targets.write_conf(CHECKS, changed=range(next(changes), CHECKS))
        reload(watcher)

    acts = {"nothing": lambda: time.sleep(3), "status": watcher.status, "reload, the same": lambda: reload(watcher), "reload, one changed": reload_changed,
            "reload, all changed": reload_all}
    print(f"\n{'the loop is held by':<26}{'wait ms':>10}{'own ms':>10}{'takes s':>8}  goal: own <= {HOLD_GOAL:.0f}")
    for name, act in acts.items():
        waits, busy, took = [], [], []
        for _ in range(1 if name == "nothing" else 3):
            with Holds(watcher) as holds:
                time.sleep(0.1)
                began, count = time.monotonic(), targets.counted()
                act()
                took.append(time.monotonic() - began)
                time.sleep(max(0, 1 - took[-1]))
                rate = (targets.counted() - count) / (time.monotonic() - began)
            waits.append(max(holds.waits))
            busy.append(max(holds.busy))
        goal = f"{'met' if statistics.median(busy) <= HOLD_GOAL else 'NOT met'}" if name.startswith("reload") else ""
        print(f"{name:<26}{statistics.median(waits):>10.1f}{statistics.median(busy):>10.1f}{statistics.median(took):>8.2f}  {goal}, {rate:.0f} probes/s meanwhile",
              flush=True)


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").absolute()
    print(f"{CHECKS} checks every {INTERVAL:.0f} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: compare ratios, not figures\n")
    try:
        with Targets() as targets:
            watcher = Watcher(build / "ejmon", targets.write_conf(CHECKS))
            try:
                measure_first_round(targets, watcher, time.monotonic())
                measure_moods(targets, watcher)
                settle(targets, watcher, "well")
                measure_holds(targets, watcher)
                status = watcher.status()
                now, most = watcher.memory()
                print(f"\nhealthy targets called ill: {len(healthy_called_ill(status))}; lag {status['lag'] * 1e3:.0f} ms; {now:.0f} MB, at most {most:.0f}; "
                      f"incidents {sorted({notice['data']['subject'] for notice in watcher.notices('triggered')})}; load {os.getloadavg()[0]:.1f}")
            finally:
                watcher.stop()
    except (CannotMeasure, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"scale: could not measure: {error}")


if __name__ == "__main__":
    main()
