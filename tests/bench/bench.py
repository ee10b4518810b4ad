#!/usr/bin/python3
"""What ejmon's probes cost, as ratios to peers in one interleaved run: CPU per http probe against bare_loop.c (libcurl on libev without a monitor
around it), wall time of a one-URL `ejmon probe` against curl and, where installed, check_http. It measures and judges no build: it fails only when it
could not measure.

usage: bench.py [BUILD]   BUILD holds ejmon and the programs of tests/bench (build/release)"""
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONCURRENCY = 32      # transfers in flight, both peers
ROUNDS = 7            # of each pair of loops
ONE_SHOTS = 41        # of each program
SECONDS = 55          # no new round after that: a slow machine gets fewer
CHECK_HTTP = "/usr/lib/nagios/plugins/check_http"
PAGES = {"small.html": 242, "style.css": 30 << 10}
# what, which server of nginx, page, probes a run, goal (None: only shown)
LOADS = [
    ("new connection, 242 B", "closing", "small.html", 5000, 1.10),
    ("kept connection, 242 B", "keeping", "small.html", 15000, 1.25),
    ("kept connection, 30 kB", "keeping", "style.css", 10000, None),
]
WALL_GOAL = 1.0

NGINX = """
daemon off;
worker_processes 1;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  types {{ text/html html; text/css css; }}
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000;
  root {folder}/www;
  server {{ listen 127.0.0.1:{keeping}; }}
  # A new connection for every request: the server says "Connection: close", so both peers do it in the same way.
  server {{ listen 127.0.0.1:{closing}; keepalive_timeout 0; }}
}}
"""


class CannotMeasure(Exception):
    pass


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Nginx:
    """A private nginx with the two pages, in a folder of its own; stopped by its pid at the end."""

    def __enter__(self):
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        if not program:
            raise CannotMeasure("nginx is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="ejmon-bench-"))
        self.folder.chmod(0o755)  # nginx's worker may be another user
        self.ports = dict(zip(("keeping", "closing"), free_ports(2)))
        (self.folder / "www").mkdir()
        for name, size in PAGES.items():
            (self.folder / "www" / name).write_text("ejmon " * (size // 6) + "\n" * (size % 6))
        (self.folder / "nginx.conf").write_text(NGINX.format(folder=self.folder, **self.ports))
        self.process = subprocess.Popen([program, "-p", self.folder, "-c", self.folder / "nginx.conf"], stderr=subprocess.PIPE, text=True)
        limit = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.ports["closing"]), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > limit:
                    said = self.process.stderr.read() if self.process.poll() is not None else ""
                    self.__exit__()
                    raise CannotMeasure(f"nginx does not start: {said}") from None
                time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stderr.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, server, page):
        return f"http://127.0.0.1:{self.ports[server]}/{page}"


def run_loop(program, url, count):
    """Microseconds of CPU per probe of one run."""
    done = subprocess.run([program, url, str(CONCURRENCY), str(count)], capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise CannotMeasure(f"{program.name} ended with {done.returncode}: {done.stderr}")
    cost = json.loads(done.stdout)
    if cost["ended"] != count - CONCURRENCY or cost["wrong"]:
        raise CannotMeasure(f"{program.name}: {cost['ended'] + CONCURRENCY} of {count} ended, {cost['wrong']} wrongly")
    return (cost["user"] + cost["system"]) / cost["ended"] * 1e6


def run_once(command):
    """Milliseconds from the start of a program to its end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, nothing, fd) for fd in (0, 1, 2)]
    started = time.perf_counter()
    pid = os.posix_spawn(command[0], command, {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, file_actions=actions)
    _, status = os.waitpid(pid, 0)
    took = (time.perf_counter() - started) * 1e3
    os.close(nothing)
    if status:
        raise CannotMeasure(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return took


def interleave(runs, rounds, deadline):
    """Runs each of the named functions once per round, in turns first; a list of each one's figures."""
    figures = {name: [] for name in runs}
    for round_ in range(rounds):
        if round_ >= 3 and time.monotonic() > deadline:
            break
        for name in list(runs) if round_ % 2 == 0 else reversed(runs):
            figures[name].append(runs[name]())
    return figures


def ratio(figures, peer):
    """The median of the rounds' ratios: two neighbours in time saw the same machine."""
    return statistics.median(mine / theirs for mine, theirs in zip(figures["ejmon"], figures[peer]))


def verdict(value, goal):
    return "" if goal is None else f"<= {goal:.2f} {'met' if value <= goal else 'NOT met'}"


def measure_cpu(nginx, build, deadline):
    print(f"{'CPU per probe, us':<26}{'bare loop':>10}{'ejmon':>10}{'ratio':>8}  goal")
    for name, server, page, count, goal in LOADS:
        url = nginx.url(server, page)
        runs = {"bare": lambda: run_loop(build / "tests/bench/bare_loop", url, count),
                "ejmon": lambda: run_loop(build / "tests/bench/probe_loop", url, count)}
        figures = interleave(runs, ROUNDS, deadline)
        value = ratio(figures, "bare")
        bare, ejmon = (statistics.median(figures[who]) for who in ("bare", "ejmon"))
        print(f"{name:<26}{bare:>10.1f}{ejmon:>10.1f}{value:>8.2f}  {verdict(value, goal)}", flush=True)


def measure_wall(nginx, build, deadline):
    url = nginx.url("closing", "small.html")
    commands = {"ejmon": [str(build / "ejmon"), "probe", "http", f"url={url}"]}
    if shutil.which("curl"):
        commands["curl"] = [shutil.which("curl"), "-s", "-o", os.devnull, url]
    if os.access(CHECK_HTTP, os.X_OK):
        commands["check_http"] = [CHECK_HTTP, "-I", "127.0.0.1", "-p", str(nginx.ports["closing"]), "-u", "/small.html"]
    figures = interleave({name: lambda command=command: run_once(command) for name, command in commands.items()}, ONE_SHOTS, deadline)
    print(f"\n{'one URL, wall ms':<26}{'peer':>10}{'ejmon':>10}{'ratio':>8}  goal")
    for peer in figures:
        if peer == "ejmon":
            continue
        value = ratio(figures, peer)
        peers, ejmon = (statistics.median(figures[who]) for who in (peer, "ejmon"))
        print(f"{'against ' + peer:<26}{peers:>10.2f}{ejmon:>10.2f}{value:>8.2f}  {verdict(value, WALL_GOAL if peer == 'curl' else None)}", flush=True)


def main():
    build = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release").absolute()
    deadline = time.monotonic() + SECONDS
    print(f"medians of interleaved runs; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}: compare ratios, not figures\n")
    try:
        with Nginx() as nginx:
            measure_cpu(nginx, build, deadline - 10)
            measure_wall(nginx, build, deadline)
    except (CannotMeasure, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"bench: could not measure: {error}")


if __name__ == "__main__":
    main()
