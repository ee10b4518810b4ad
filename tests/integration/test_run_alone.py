"""`ejmon run` beside no stack at all: one check of a port where nobody listens."""
import os
import signal
import socket
import sqlite3
import subprocess
import time

import pytest
from conftest import EJMON
from daemon import Daemon

STANDARD_OFF = "".join(f"  {kind}: off\n" for kind in ("containers", "disk", "django", "env", "frame", "layers", "layout", "login", "logs", "mongo", "nginx",
                                                       "postgres", "rocketchat", "theme"))


@pytest.fixture
def port():
    with socket.socket() as taken:  # bound, not listening: a connection is refused
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def alone(tmp_path, port):
    """Starts a daemon that watches the port and tells a file; more, checks: further lines of its configuration, and of its checks."""
    daemons = []

    def start_one(more="", checks=""):
        config = tmp_path / "ejmon.yaml"
        config.write_text(f"state: {tmp_path}/state\n"
                          "defaults: { interval: 1s, suspect: 300ms, down: 1s, timeout: 8s, rise: 2, fall: 2 }\n"
                          f"checks:\n{STANDARD_OFF}  port: {{ kind: tcp, address: \"127.0.0.1:{port}\" }}\n{checks}"
                          f"sinks:\n  log: {{ kind: log }}\n  pager: {{ kind: command, command: [flock, {tmp_path}/pager.jsonl, sh, -c, \"cat >>{tmp_path}/pager.jsonl; echo >>{tmp_path}/pager.jsonl\"] }}\n"
                          f"{more}")
        daemons.append(Daemon(EJMON, config))
        return daemons[-1]

    yield start_one
    for daemon in daemons:
        daemon.stop(signal.SIGKILL)


def in_main(pid):
    """Past the dynamic linker, which nobody can guard: one of the first things that ejmon does is to ignore SIGPIPE."""
    ignored = next(line for line in open(f"/proc/{pid}/status") if line.startswith("SigIgn:"))
    return int(ignored.split()[1], 16) >> (signal.SIGPIPE - 1) & 1


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_a_signal_while_it_starts_is_taken_as_soon_as_it_runs(tmp_path, number):
    """What takes long here is a configuration of many checks."""
    config = tmp_path / "ejmon.yaml"
    config.write_text(f"state: {tmp_path}/state\ndefaults: {{ interval: 1h }}\nchecks:\n{STANDARD_OFF}"
                      + "".join(f"  c{i}: {{ kind: tcp, address: '127.0.0.1:{1000 + i}' }}\n" for i in range(4000)))
    with open(tmp_path / "log", "w") as log:
        daemon = subprocess.Popen([EJMON, "-c", config, "run"], stderr=log)
    try:
        limit = time.monotonic() + 60
        while not in_main(daemon.pid) and time.monotonic() < limit:
            time.sleep(0.001)
        time.sleep(0.02)
        daemon.send_signal(number)
        wanted = "reload: done" if number == signal.SIGHUP else "stopped"
        while wanted not in (tmp_path / "log").read_text() and daemon.poll() is None and time.monotonic() < limit:
            time.sleep(0.05)
        assert daemon.poll() in (None, 0), daemon.returncode
        assert wanted in (tmp_path / "log").read_text()
    finally:
        daemon.kill()
        daemon.wait()


@pytest.mark.parametrize("what", ["empty", "comments", "null", "fifo", "folder", "device", "gone"])
def test_a_reload_keeps_what_is_there_unless_a_file_says_otherwise(alone, what):
    daemon = alone()
    good = daemon.config.read_text()
    daemon.config.unlink()
    if what == "fifo":
        os.mkfifo(daemon.config)
    elif what == "folder":
        daemon.config.mkdir()
    elif what == "device":
        daemon.config.symlink_to("/dev/null")
    elif what != "gone":
        daemon.config.write_text({"empty": "", "comments": "# checks:\n#   port: off\n", "null": "---\n"}[what])
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"error: reload: .*ejmon\.yaml")
    daemon.wait(r"the running one stays in force")
    assert [check["name"] for check in daemon.status()["checks"]] == ["port"]
    if what == "folder":
        daemon.config.rmdir()
    elif what != "gone":
        daemon.config.unlink()
    daemon.config.write_text(good.replace("  port:", "  other:"))  # and that was no end of reloads
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"reload: done, 1 checks")
    assert [check["name"] for check in daemon.status()["checks"]] == ["other"]


def test_an_env_file_that_is_emptied_keeps_the_running_configuration(alone, tmp_path):
    env_file = tmp_path / "config.env"
    env_file.write_text("EJ_THEME=cpa\n")
    daemon = alone(f"stack: {{ env_file: {env_file} }}\n")
    env_file.write_text("")
    daemon.wait(r"error: reload: .*config\.env")
    daemon.wait(r"the running one stays in force")
    since = len(daemon.lines)
    env_file.write_text("EJ_THEME=default\n")
    daemon.wait(r"reload: done", since=since)


def reload(daemon, config):
    since = len(daemon.lines)
    daemon.config.write_text(config)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait("reload: done", since=since)


@pytest.mark.parametrize("how", ["stop", "drop", "drop in flight"])
def test_what_a_kind_keeps_of_a_check_outlives_the_configuration_that_it_began_with(alone, port, how):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = silent.getsockname()[1] if how == "drop in flight" else port
        edge = f"  edge: {{ kind: nginx, url: 'http://127.0.0.1:{target}/', interval: 1h, suspect: 1h, down: 1h }}\n"
        daemon = alone(checks=edge)
        config = daemon.config.read_text()
        if how == "drop in flight":
            silent.accept()[0].recv(1)
        else:
            daemon.wait_status(lambda status: all(check["probes"] for check in status["checks"]))
            reload(daemon, config.replace("interval: 1s", "interval: 2s"))
        if how != "stop":
            reload(daemon, config.replace(edge, ""))
            daemon.wait_status(lambda status: [check["name"] for check in status["checks"]] == ["port"])
        assert daemon.stop() == 0


def test_whom_the_site_lets_in_is_told_to_nobody(alone, tmp_path, port):
    daemon = alone(f"stack: {{ site: 'http://operator:geheim99@127.0.0.1:{port}/ej' }}\n")
    daemon.wait(r"triggered delivered to pager")
    assert {notice["data"]["source"] for notice in daemon.notices()} == {f"http://[hidden]@127.0.0.1:{port}/ej"}
    status = daemon.ask("status", "--format", "json").stdout + daemon.ask("conf", "show").stdout + daemon.ask("check").stdout
    daemon.stop()
    for text in (status, "".join(daemon.lines), (tmp_path / "pager.jsonl").read_text(),
                 *((path.read_bytes().decode(errors="replace")) for path in (tmp_path / "state").glob("journal*"))):
        assert text and "operator" not in text and "geheim99" not in text and "b3BlcmF0b3I6Z2VoZWltOTk" not in text


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_an_open_incident_costs_no_cpu(alone):
    daemon = alone()
    daemon.wait(r"triggered delivered to pager")
    before, since = cpu_seconds(daemon.process.pid), time.monotonic()
    probes = daemon.status()["checks"][0]["probes"]
    daemon.wait_status(lambda status: status["checks"][0]["probes"] >= probes + 3)
    share = (cpu_seconds(daemon.process.pid) - before) / (time.monotonic() - since)
    assert share < 0.05, f"{share:.1%} of a core"


def test_a_journal_that_is_no_database_keeps_nobody_from_being_told(alone, tmp_path):
    (tmp_path / "state").mkdir(mode=0o700)
    (tmp_path / "state/journal.db").write_bytes(b"no database, " * 1000)
    daemon = alone()
    daemon.wait(r"error: the journal in .* does not take what happens .*not a database.*: going on from memory")
    daemon.wait(r"triggered delivered to pager")
    assert daemon.stop() == 0
    assert (tmp_path / "state/journal.db").read_bytes() == b"no database, " * 1000


def test_a_journal_that_opens_and_cannot_be_read_keeps_nobody_from_being_told(alone, tmp_path):
    (tmp_path / "state").mkdir(mode=0o700)
    damaged = sqlite3.connect(tmp_path / "state/journal.db")
    damaged.executescript("CREATE TABLE incidents (id TEXT); PRAGMA user_version = 1")
    daemon = alone()
    daemon.wait(r"error: the journal in .* does not take what happens .*no such table.*: going on from memory")
    daemon.wait(r"triggered delivered to pager")
    assert daemon.stop() == 0
    assert damaged.execute("SELECT name FROM sqlite_master").fetchall() == [("incidents",)]
    damaged.close()
