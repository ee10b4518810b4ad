"""Each check that was added for itself is a subject of its own: its pages, its end, its place in reports; and what is asked of the daemon
about all of them: status, health, incidents."""
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import EJMON
from daemon import PATIENCE, Daemon
from test_run_alone import STANDARD_OFF

BROKEN = {"status": 500}
NO_NAMESPACE = subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0


class Site:
    """A site with one page that can be broken and mended."""

    def __init__(self):
        site, self.knobs, self.got = self, {}, []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = site.knobs.get("body", "Participe").encode()
                self.send_response(site.knobs.get("status", 200))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                site.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                judge = site.knobs.get("judge")
                self.send_response(judge(site.got[-1]["data"]) if judge else site.knobs.get("status", 200))
                for name, value in site.knobs.get("headers", {}).items():
                    self.send_header(name, value)
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


@pytest.fixture
def site():
    sites = []

    def make():
        sites.append(Site())
        return sites[-1]

    yield make
    for one in sites:
        one.stop()


@pytest.fixture
def watch(tmp_path):
    """Starts a daemon that watches these checks and tells a file, and whoever else is named."""
    daemons = []

    def start(checks, sinks="", more=""):
        config = tmp_path / "ejmon.yaml"
        config.write_text(f"state: {tmp_path}/state\n"
                          "defaults: { interval: 1s, suspect: 300ms, down: 500ms, timeout: 8s, rise: 2, fall: 2 }\n"
                          f"checks:\n{STANDARD_OFF}{checks}"
                          f"sinks:\n  log: {{ kind: log }}\n  pager: {{ kind: command, command: [flock, {tmp_path}/pager.jsonl, sh, -c, \"cat >>{tmp_path}/pager.jsonl; echo >>{tmp_path}/pager.jsonl\"] }}\n"
                          f"{sinks}{more}")
        daemons.append(Daemon(EJMON, config))
        return daemons[-1]

    yield start
    for daemon in daemons:
        daemon.stop(signal.SIGKILL)


def http_check(name, url, more=""):
    return f"  {name}: {{ kind: http, url: '{url}', expect: {{ status: 200, body: Participe }}{more} }}\n"


def told(daemon):
    """(event, subject, code) of every page, in their order, without what ejmon tells of itself."""
    return [(notice["type"].partition(".")[2], notice["data"]["subject"], notice["data"]["code"]) for notice in daemon.notices()
            if notice["data"]["subject"] != "ejmon"]


def wait_told(daemon, *wanted, seconds=PATIENCE):
    limit = time.monotonic() + seconds
    while not set(wanted) <= set(told(daemon)):
        assert time.monotonic() < limit, (told(daemon), daemon.lines)
        time.sleep(0.1)


# --- two of a kind ---------------------------------------------------------------------------------------------------------------------

def test_two_sites_are_two_incidents_and_one_s_end_ends_that_one_alone(watch, site):
    a, b = site(), site()
    daemon = watch(http_check("a", a.url) + http_check("b", b.url))
    a.knobs = BROKEN
    wait_told(daemon, ("triggered", "a", "http/status"))
    b.knobs = BROKEN
    wait_told(daemon, ("triggered", "b", "http/status"))
    a.knobs = {}
    wait_told(daemon, ("resolved", "a", "http/status"))
    daemon.look_on()
    assert sorted(told(daemon)) == [("resolved", "a", "http/status"), ("triggered", "a", "http/status"), ("triggered", "b", "http/status")]
    open_now = json.loads(daemon.ask("incidents", "--format", "json").stdout)["incidents"]
    assert [(row["subject"], row["state"], row["paged"], row["told"], row["owed"]) for row in open_now] == [("b", "open", True, ["log", "pager"], [])]
    first, second, end = daemon.notices()
    assert first["data"]["incident"] == end["data"]["incident"] != second["data"]["incident"]
    assert first["data"]["summary"].startswith("a: ") and f"Check: a (http) {a.url}" in first["data"]["text"] and b.url not in first["data"]["text"]
    daemon.wait(r"notice triggered http/status subject=b incident=http/status@b@")
    b.knobs = {}
    wait_told(daemon, ("resolved", "b", "http/status"))
    assert daemon.ask("incidents").stdout == "no open incident\n"


def test_a_command_learns_the_subject(watch, tmp_path):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        daemon = watch(f"  door: {{ kind: tcp, address: '127.0.0.1:{port}' }}\n",
                       sinks=f"  shout: {{ kind: command, command: [sh, -c, 'echo $EJMON_EVENT $EJMON_SUBJECT $EJMON_CODE >>{tmp_path}/shout'] }}\n")
        daemon.wait(r"triggered delivered to shout")
        assert (tmp_path / "shout").read_text() == "triggered door tcp/unreachable\n"


# --- behind the stack ------------------------------------------------------------------------------------------------------------------

def test_behind_nginx_that_is_down_there_is_one_page_and_wrong_content_has_its_own(start, lab):
    site = lab.status["site"]
    pages = "".join(f"  {name}: {{ kind: http, url: '{site}/login/', expect: {{ body: '{body}' }} }}\n"
                    for name, body in (("one", "<html"), ("two", "<html"), ("wrong", "no such words")))
    daemon = start(more="mode: observe\nchecks:\n" + pages)
    wait_told(daemon, ("triggered", "wrong", "http/body"))
    assert told(daemon) == [("triggered", "wrong", "http/body")]
    lab.fault("nginx-stopped")
    wait_told(daemon, ("triggered", "stack", "web/nginx-down"))
    daemon.wait_status(lambda status: all(row["symptoms"] and row["symptoms"][0]["state"] == "ill" for row in status["checks"] if row["name"] in ("one", "two")))
    daemon.look_on(4)
    assert sorted(told(daemon)) == [("triggered", "stack", "web/nginx-down"), ("triggered", "wrong", "http/body")]

    causes = json.loads(daemon.ask("check", "--format", "json").stdout)
    assert [(cause["code"], cause["subject"]) for cause in causes["causes"]] == [("web/nginx-down", "stack")]
    assert {(row["subject"], row["code"], row["behind"]) for row in causes["folded"]} >= {("one", "http/unreachable", "web/nginx-down"), ("two", "http/unreachable", "web/nginx-down")}
    assert "Behind web/nginx-down: http/unreachable of one" in daemon.ask("check").stdout

    lab.mend()
    wait_told(daemon, ("resolved", "stack", "web/nginx-down"))
    daemon.look_on(4)
    assert {row for row in told(daemon) if row[1] != "wrong"} == {("triggered", "stack", "web/nginx-down"), ("resolved", "stack", "web/nginx-down")}


# --- reports ---------------------------------------------------------------------------------------------------------------------------

def run_once(tmp_path, checks, *arguments):
    path = tmp_path / "once.yaml"
    path.write_text(f"state: {tmp_path}/once\nchecks:\n{STANDARD_OFF}{checks}")
    return subprocess.run([EJMON, "-c", path, *arguments], capture_output=True, text=True, timeout=60)


def test_a_report_names_each_subject_and_heals_none_but_the_stack(tmp_path, site):
    a, b = site(), site()
    a.knobs = b.knobs = BROKEN
    checks = http_check("a", a.url) + http_check("b", b.url)
    report = json.loads(run_once(tmp_path, checks, "check", "--format", "json").stdout)
    assert [(cause["code"], cause["subject"]) for cause in report["causes"]] == [("http/status", "a"), ("http/status", "b")]
    assert report["folded"] == [] and {row["name"]: row["subject"] for row in report["checks"]} | {"a": "a", "b": "b"} == {row["name"]: row["subject"] for row in report["checks"]}
    assert all("remedy" not in cause for cause in report["causes"])
    text = run_once(tmp_path, checks, "check").stdout
    assert "Cause: http/status of a (" in text and "Cause: http/status of b (" in text
    assert "http/status of a: " in run_once(tmp_path, checks, "check", "--format", "nagios").stdout.partition("|")[0]
    plan = json.loads(run_once(tmp_path, checks, "plan", "--format", "json").stdout)
    assert [(cause["subject"], cause["remedy"]) for cause in plan["causes"]] == [("a", None), ("b", None)]
    assert "http/status of b: " in run_once(tmp_path, checks, "plan").stdout


# --- incidents -------------------------------------------------------------------------------------------------------------------------

def test_withdrawn_is_told_as_withdrawn_and_what_is_still_seen_comes_back_as_another(watch, site):
    a = site()
    daemon = watch(http_check("a", a.url))
    a.knobs = BROKEN
    wait_told(daemon, ("triggered", "a", "http/status"))
    first = daemon.notices()[0]["data"]["incident"]
    listed = daemon.ask("incidents").stdout
    assert "http/status of a (critical, open since 20" in listed and "told: log, pager" in listed and f"id: {first}" in listed

    for words, said in ((["withdraw"], "wants the id"), (["withdraw", first, "more"], "'more' is one too many"), (["withdrawn", first], "did you mean 'withdraw ID'"),
                        (["list"], "does not know 'list'"), (["withdraw", "http/status@a@20200101T000000Z.1"], "no incident of that id is open"),
                        (["withdraw", "x\nhealth"], "is no id"), (["withdraw", ""], "is no id"), (["withdraw", first, "--format", "json"], "--format")):
        done = daemon.ask("incidents", *words)
        assert done.returncode == 3 and said in done.stderr and done.stdout == "", (words, done)
    assert told(daemon) == [("triggered", "a", "http/status")]

    done = daemon.ask("incidents", "withdraw", first)
    assert done.returncode == 0 and first in done.stdout and done.stderr == ""
    wait_told(daemon, ("withdrawn", "a", "http/status"))
    assert daemon.ask("incidents", "withdraw", first).returncode == 3
    wait_told(daemon, *[("triggered", "a", "http/status")])
    limit = time.monotonic() + PATIENCE
    while len(told(daemon)) < 3 and time.monotonic() < limit:
        time.sleep(0.1)
    events = [(notice["type"], notice["data"]["incident"]) for notice in daemon.notices()]
    assert events[:2] == [("incident.triggered", first), ("incident.withdrawn", first)]
    assert [event for event, _ in events[2:]] == ["incident.triggered"] and events[2][1] != first
    daemon.wait(r"notice withdrawn http/status subject=a ")

    daemon.stop()
    alone = daemon.ask("incidents")
    assert alone.returncode == 0 and "No daemon runs" in alone.stdout and events[2][1] in alone.stdout and first not in alone.stdout
    listed = json.loads(daemon.ask("incidents", "--format", "json").stdout)
    assert listed["schema"] == "ejmon.incidents/1" and listed["running"] is False
    assert [(row["id"], row["subject"], row["told"], row["owed"]) for row in listed["incidents"]] == [(events[2][1], "a", ["log", "pager"], [])]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", listed["incidents"][0]["opened"])
    status = daemon.ask("status").stdout
    assert "http/status of a" in status and "1 incident" in status.replace("incidents", "incident")
    lost = daemon.ask("incidents", "withdraw", events[2][1])
    assert lost.returncode == 3 and "only a running one" in lost.stderr


# --- status and health -----------------------------------------------------------------------------------------------------------------

def test_status_says_why_a_check_cannot_look(watch, site, tmp_path):
    ca = tmp_path / "gone.pem"
    daemon = watch(f"  blind: {{ kind: http, url: '{site().url.replace('http:', 'https:')}', cacert: {ca} }}\n")
    status = daemon.wait_status(lambda status: status["checks"][0]["probes"] >= 1)
    check = status["checks"][0]
    assert check["status"] == "unknown" and str(ca) in check["reason"], check
    assert f"could not look: {check['reason']}" in daemon.ask("status").stdout
    assert daemon.ask("health").returncode == 0 and daemon.ask("health", "--ready").returncode == 0


def test_health_lives_with_a_dead_receiver_and_is_not_ready(watch, site):
    a, team = site(), site()
    team.knobs = {"status": 503}
    daemon = watch(http_check("a", a.url), sinks=f"  team: {{ kind: webhook, url: '{team.url}' }}\n")
    assert daemon.ask("health", "--ready").returncode == 0
    a.knobs = BROKEN
    daemon.wait(r"triggered not delivered to team")
    wait_told(daemon, ("triggered", "a", "http/status"))
    health, ready = daemon.ask("health"), daemon.ask("health", "--ready")
    assert health.returncode == 0 and health.stdout.startswith("alive"), health
    assert ready.returncode == 1 and ready.stdout.startswith("not ready"), ready
    for done in (health, ready, daemon.ask("status")):
        assert "trouble: the sink team takes no notices, 1 owed: the receiver answered 503" in done.stdout, done
    status = daemon.status()
    row = status["incidents"][0]
    assert row["paged"] and row["told"] == ["log", "pager", "team"] and row["owed"] == ["team"]
    sinks = {sink["name"]: sink for sink in status["sinks"]}
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
    assert sinks["team"]["owed"] == 1 and sinks["team"]["refusal"] == "the receiver answered 503" and sinks["team"]["last_success"] is None
    assert re.fullmatch(stamp, sinks["team"]["last_refusal"]) and re.fullmatch(stamp, sinks["pager"]["last_success"])
    text = daemon.ask("status").stdout
    assert re.search(rf"team +no success yet, last refusal {stamp} \(the receiver answered 503\), 1 owed", text), text
    assert re.search(rf"pager +last success {stamp}, 0 owed", text) and "told: log, pager\n" in text and "owed: team\n" in text
    team.knobs = {}
    daemon.wait(r"triggered delivered to team")
    daemon.wait_status(lambda status: not status["trouble"])
    assert daemon.ask("health", "--ready").returncode == 0
    assert team.got[-1]["data"]["subject"] == "a"


def test_what_is_owed_to_a_sink_that_is_gone_is_not_ready(watch, site):
    a, team = site(), site()
    a.knobs, team.knobs = BROKEN, {"status": 503}
    daemon = watch(http_check("a", a.url), sinks=f"  team: {{ kind: webhook, url: '{team.url}' }}\n")
    daemon.wait(r"triggered not delivered to team")
    text = daemon.config.read_text()
    daemon.config.write_text("".join(line for line in text.splitlines(True) if not line.startswith("  team:")))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"reload: done")
    health, ready = daemon.ask("health"), daemon.ask("health", "--ready")
    assert (health.returncode, ready.returncode) == (0, 1)
    assert "trouble: notices are owed to sinks that are not configured any more, 1: team" in ready.stdout, ready
    daemon.config.write_text(text)
    team.knobs = {}
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"triggered delivered to team")
    daemon.wait_status(lambda status: not status["trouble"])
    assert daemon.ask("health", "--ready").returncode == 0


def test_health_lives_with_a_bad_configuration_and_a_locked_journal(watch, site, tmp_path):
    a = site()
    daemon = watch(http_check("a", a.url))
    good = daemon.config.read_text()
    daemon.config.write_text(good.replace("checks:", "chekcs:"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"stays in force")
    health, ready = daemon.ask("health"), daemon.ask("health", "--ready")
    assert health.returncode == 0 and "trouble: the configuration on disk is not the running one" in health.stdout
    assert ready.returncode == 1
    daemon.config.write_text(good)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"reload: done")
    assert daemon.ask("health", "--ready").returncode == 0

    with sqlite3.connect(tmp_path / "state/journal.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        a.knobs = BROKEN
        daemon.wait(r"does not take what happens")
        health, ready = daemon.ask("health"), daemon.ask("health", "--ready")
        assert health.returncode == 0 and health.stdout.startswith("alive") and "trouble: the journal does not take what happens" in health.stdout
        assert ready.returncode == 1
        wait_told(daemon, ("triggered", "a", "http/status"))  # from memory
        assert daemon.status()["incidents"][0]["paged"]
        holder.execute("ROLLBACK")
    daemon.wait(r"takes what happens again")
    assert daemon.ask("health", "--ready").returncode == 0


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here: the disk cannot be filled")
def test_health_lives_on_a_full_disk(site, tmp_path):
    a = site()
    state, config, pager = tmp_path / "s", tmp_path / "ejmon.yaml", tmp_path / "pager"
    state.mkdir()
    config.write_text(f"state: {state}\ndefaults: {{ interval: 1s, suspect: 300ms, down: 500ms, rise: 2, fall: 2 }}\nchecks:\n{STANDARD_OFF}{http_check('a', a.url)}"
                      f"sinks:\n  pager: {{ kind: command, command: [flock, {pager}, sh, -c, 'cat >>{pager}; echo >>{pager}'] }}\n")
    process = subprocess.Popen(["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=1m tmpfs "$1"; exec "$0" -c "$2" run', EJMON, state, config],
                               stderr=subprocess.PIPE, text=True)
    try:
        for line in process.stderr:
            if "watches" in line:
                break
        inside = f"/proc/{process.pid}/root{state}"
        (open(f"{inside}/filler", "wb")).close()
        with open(f"{inside}/filler", "r+b", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass
        a.knobs = BROKEN
        limit = time.monotonic() + PATIENCE
        while not (pager.exists() and pager.read_text()):
            assert time.monotonic() < limit and process.poll() is None
            time.sleep(0.1)
        link = tmp_path / "l"
        link.symlink_to(inside)
        ask = lambda *words: subprocess.run([EJMON, *words, "--state", link], capture_output=True, text=True, timeout=20)  # noqa: E731
        health, ready = ask("health"), ask("health", "--ready")
        assert health.returncode == 0 and health.stdout.startswith("alive") and "trouble: the journal does not take what happens" in health.stdout, health
        assert ready.returncode == 1, ready
        status = json.loads(ask("status", "--format", "json").stdout)
        assert [(row["subject"], row["paged"]) for row in status["incidents"] if row["subject"] == "a"] == [("a", True)]
        assert json.loads(pager.read_text().splitlines()[0])["data"]["subject"] in ("a", "ejmon")
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_health_answers_whoever_comes_when_too_many_ask(watch, site, tmp_path):
    daemon = watch(http_check("a", site().url))
    crowd = []
    try:
        for _ in range(16):
            crowd.append(socket.socket(socket.AF_UNIX))
            crowd[-1].connect(os.fspath(tmp_path / "state/ejmon.sock"))
        health = daemon.ask("health")
        assert health.returncode == 0 and health.stdout.startswith("alive"), health
        busy = daemon.ask("status")
        assert busy.returncode == 3 and "too many ask at once" in busy.stderr, busy
    finally:
        for one in crowd:
            one.close()


def test_one_who_asks_nothing_holds_no_end_up(watch, site, tmp_path):
    daemon = watch(http_check("a", site().url))
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(os.fspath(tmp_path / "state/ejmon.sock"))
        assert daemon.ask("health").returncode == 0  # the silent one has been let in before
        began = time.monotonic()
        assert daemon.stop() == 0
        assert time.monotonic() - began < 6


def answers_while_alive(daemon_process, config, *words):
    """Asks until the daemon has ended, or for two seconds; returns the answers."""
    answers, limit = [], time.monotonic() + 2
    while daemon_process.poll() is None and time.monotonic() < limit:
        answers.append(subprocess.run([EJMON, "-c", config, *words], capture_output=True, text=True, timeout=20))
    return answers


def test_it_answers_while_it_starts_on_a_journal_that_is_locked(watch, site, tmp_path):
    first = watch(http_check("a", site().url))
    assert first.stop() == 0
    with sqlite3.connect(tmp_path / "state/journal.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        process = subprocess.Popen([EJMON, "-c", first.config, "run"], stderr=subprocess.PIPE, text=True)
        try:
            while not (tmp_path / "state/ejmon.sock").exists():
                assert process.poll() is None
                time.sleep(0.01)
            health = answers_while_alive(process, first.config, "health")
            status = answers_while_alive(process, first.config, "status")
            assert process.poll() is None, process.stderr.read()
            assert {done.returncode for done in health} == {done.returncode for done in status} == {0}
            holder.execute("ROLLBACK")
        finally:
            process.terminate()
            said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said


def test_it_answers_while_it_stops(watch, site):
    a = site()
    daemon = watch(http_check("a", a.url), sinks="  slow: { kind: command, command: [sleep, '3'] }\n")
    a.knobs = BROKEN
    wait_told(daemon, ("triggered", "a", "http/status"))
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait(r"info: stopping")
    answers = answers_while_alive(daemon.process, daemon.asking, "health") + answers_while_alive(daemon.process, daemon.asking, "status")
    assert daemon.stop() == 0, daemon.lines
    assert answers and answers[0].returncode == 0, answers[0]


def test_health_fails_when_the_loop_does_not_turn(watch, site):
    daemon = watch(http_check("a", site().url))
    daemon.process.send_signal(signal.SIGSTOP)
    try:
        health = daemon.ask("health")
        assert health.returncode == 1 and health.stdout == "" and "does not answer" in health.stderr
    finally:
        daemon.process.send_signal(signal.SIGCONT)
    assert daemon.ask("health").returncode == 0


def test_status_of_ten_thousand_checks_answers_in_time(watch):
    checks = "".join(f"  c{i}: {{ kind: tcp, address: '127.0.0.1:1', interval: 10m, suspect: 10m }}\n" for i in range(10000))
    daemon = watch(checks)
    limit = time.monotonic() + PATIENCE
    while True:  # it may be slow to answer while it starts
        status = daemon.ask("status", "--format", "json")
        if status.returncode == 0 and all(check["probes"] for check in json.loads(status.stdout)["checks"]):
            break
        assert time.monotonic() < limit, status.stderr
        time.sleep(1)
    assert len(json.loads(status.stdout)["checks"]) == 10000
    text = daemon.ask("status")
    assert text.returncode == 0 and text.stdout.count("tcp/unreachable suspect") == 10000, text.stderr
    assert daemon.ask("health").returncode == 0
