#!/usr/bin/python3
"""The demonstration: starts the lab, shows it well, runs `ejmon run`, breaks the stack in five ways and shows how each is detected, healed,
verified and told. Ends with status 1 as soon as a step does not happen; leaves nothing running, unless --keep leaves the lab up."""
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / "tests/lab"
EJMON = Path(os.environ.get("EJMON", ROOT / "ejmon")).absolute()
START_SECONDS = 300
STEP_SECONDS = 180  # for one step to happen; they take a few seconds each, unless web is so slow to start that its absence is an incident first
COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
SETTINGS = """
defaults: { interval: 3s, suspect: 2s, down: 2s, timeout: 8s, rise: 2, fall: 3 }
remedies:                     # the demonstration breaks more in a minute than an hour's budget allows for
  collect: { cool_down: 1s, attempts_per_hour: 10 }
  clear-collect: { cool_down: 1s, attempts_per_hour: 10 }
sinks:
  log: { kind: log }
  pager: { kind: webhook, url: "%s" }
"""
# fault of the lab, what is broken, the cause that ejmon must name, the remedy that must be kept (None: nothing may be healed)
STORIES = [
    ("theme-switched", "EJ_THEME is changed and web re-created on the used static volume: new CSS, old images", "theme/stale-volume", "clear-collect"),
    ("css-empty", "a collect fails half-way, then somebody runs plain collectstatic: main.css is served with 200 and 0 bytes",
     "theme/empty-css-collect", "collect"),
    ("static-truncated", "a disk that was full for a moment: js/main.js on the volume is cut short", "theme/partial-copy", "clear-collect"),
    ("origin-not-listed", "EJ_ROCKETCHAT_URL names another host: browsers refuse the login frame inside Rocket.Chat", "frame/", "nginx-headers"),
    ("postgres-stopped", "PostgreSQL stops", "database/down", None),
]


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def headline(text):
    print("\n" + paint("1", text) + "\n" + "-" * len(text), flush=True)


class Failure(Exception):
    """A step that did not happen."""


class Pager(http.server.ThreadingHTTPServer):
    """Stands where a pager would: keeps the notices that it receives."""

    def __init__(self):
        self.notices, server = [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1 << 20))
                server.notices.append(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_port}/page"


class Monitor:
    """`ejmon run`, its log read line by line; the telling lines are printed as they come."""
    TELLING = re.compile(r"suspect -> ill|incident |remedy |reload")

    def __init__(self, config, log):
        self.lines, self.log = [], open(log, "w")
        self.process = subprocess.Popen([EJMON, "-c", config, "run"], stderr=subprocess.PIPE, text=True, errors="replace")
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            self.log.write(line)
            self.log.flush()
            line = line.rstrip()
            self.lines.append(line)
            if self.TELLING.search(line):
                print("  " + paint("36", line[11:23]) + " " + re.sub(r"^\S+ (info|warning|error): ", "", line), flush=True)

    def wait(self, pattern, since=0):
        limit = time.monotonic() + STEP_SECONDS
        while time.monotonic() < limit:
            for line in self.lines[since:]:
                if re.search(pattern, line):
                    return line
            if self.process.poll() is not None:
                raise Failure(f"ejmon run ended with {self.process.returncode}: " + "\n".join(self.lines[-5:]))
            time.sleep(0.05)
        raise Failure(f"not seen within {STEP_SECONDS} s in ejmon's log: {pattern}")

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=30)
        if code != 0:
            raise Failure(f"ejmon run ended with {code} after SIGTERM")


def run(*command, ok=True):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300)
    if ok and done.returncode != 0:
        raise Failure(f"{' '.join(str(word) for word in command)}: {done.stdout}{done.stderr}")
    return done


def await_green(config, statuses=(0,)):
    limit = time.monotonic() + STEP_SECONDS
    while True:
        done = run(EJMON, "-c", config, "check", "--color", "always" if COLOUR else "never", ok=False)
        if done.returncode in statuses:
            return done.stdout
        if time.monotonic() > limit:
            raise Failure("the stack is not well:\n" + done.stdout)
        time.sleep(0.2)


def tell(number, story, monitor, pager, lab, config):
    fault, words, cause, remedy = story
    headline(f"{number}. {words[0].upper()}{words[1:]}")
    since, pages, started = len(monitor.lines), len(pager.notices), time.monotonic()
    run(LAB / "fault", "--dir", lab, fault)
    print(f"  (broken by: tests/lab/fault {fault}; from here on ejmon speaks)", flush=True)
    monitor.wait(rf"incident {cause}\S* opened", since)
    if remedy:
        monitor.wait(rf"remedy {remedy}: kept", since)
        monitor.wait(rf"incident {cause}\S* closed", since)
    else:
        monitor.wait(rf"notice triggered {cause}", since)
        print("  nothing may be healed here: a person was paged. Now that person starts the server again.", flush=True)
        run(LAB / "lab", "--dir", lab, "start", "postgres")
        monitor.wait(rf"notice resolved {cause}", since)
    limit = time.monotonic() + STEP_SECONDS
    while not [n for n in pager.notices[pages:] if n["data"]["code"].startswith(cause)]:
        if time.monotonic() > limit:
            raise Failure("the pager received nothing")
        time.sleep(0.05)
    await_green(config, (0, 1))  # a header mended in nginx leaves a warning: config.env is a person's to correct
    for notice in pager.notices[pages:]:
        print("  " + paint("35", "pager received") + f" {notice['type']} [{notice['data']['severity']}] {notice['data']['summary']}")
    print(f"  {paint('32', 'well again')}, {time.monotonic() - started:.1f} s after it was broken", flush=True)


def start_lab(lab):
    """Its warnings are shown as they come. No MongoDB server is built for this: without a real one, the lab's responder keeps what is asked of it."""
    os.environ.setdefault("EJMON_TEST_MONGOD", shutil.which("mongod") or "responder")
    if subprocess.run([LAB / "lab", "--dir", lab, "up"], timeout=START_SECONDS).returncode != 0:
        raise Failure("the lab does not start")
    status = json.loads(run(LAB / "lab", "--dir", lab, "status", "--json").stdout)
    absent = [name for name in ("mongo", "rocketchat") if not status[name]]
    if absent:
        print(paint("1;33", f"NOT SHOWN HERE: {' and '.join(absent)}, for the reason above. Their checks are off; everything else is as always."))


def demonstrate(lab, keep):
    headline("A small EJ: nginx, Django, PostgreSQL, MongoDB's protocol, a stand-in for Rocket.Chat")
    start_lab(lab)
    pager = Pager()
    config = Path(lab) / "demo.yaml"
    config.write_text((Path(lab) / "ejmon.yaml").read_text() + SETTINGS % pager.url())
    print(f"$ ejmon -c {config} check")
    print(await_green(config), end="")
    monitor = Monitor(config, Path(lab) / "logs/ejmon.log")
    monitor.wait(r"watches \d+ checks")
    try:
        for number, story in enumerate(STORIES, 1):
            tell(number, story, monitor, pager, lab, config)
    finally:
        monitor.stop()
    if keep:
        headline("The lab stays up")
        print(run(LAB / "lab", "--dir", lab, "status").stdout, end="")
        for words in (f"{EJMON} -c {lab}/ejmon.yaml check", f"tests/lab/fault --dir {lab} --list", f"tests/lab/fault --dir {lab} theme-switched",
                      f"{EJMON} -c {lab}/ejmon.yaml plan", f"{EJMON} -c {lab}/ejmon.yaml heal", f"tests/lab/mend --dir {lab}",
                      f"tests/lab/lab --dir {lab} down"):
            print(f"  {words}")


def main():
    keep = "--keep" in sys.argv[1:]
    lab = tempfile.mkdtemp(prefix="ejmon-demo-")
    os.chmod(lab, 0o755)  # the servers run as users of their own
    started, failed = time.monotonic(), None
    try:
        demonstrate(lab, keep)
    except (Failure, subprocess.TimeoutExpired) as failure:
        failed = failure
    finally:
        if failed or not keep:
            subprocess.run([LAB / "lab", "--dir", lab, "down"], capture_output=not failed, timeout=120)
    if failed:
        print(paint("1;31", f"\nthe demonstration failed: {failed}") + f"\nlogs: {lab}/logs", file=sys.stderr)
        return 1
    headline(f"All of it happened, in {time.monotonic() - started:.0f} s")
    if not keep:
        subprocess.run(["rm", "-rf", lab], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
