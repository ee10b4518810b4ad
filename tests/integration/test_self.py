"""What `ejmon run` does when it is in trouble itself: a journal that is locked or on a full disk, a sink that refuses, checks that see nothing."""
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time

import pytest
from conftest import EJMON
from daemon import Daemon
from test_run_alone import STANDARD_OFF

LOCKED = 12  # seconds, as in the field


class Target:
    """A port that takes connections and says nothing, or takes none."""

    def __init__(self):
        self.socket, self.port = None, 0
        self.up()

    def up(self):
        self.socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.take, args=(self.socket,), daemon=True).start()

    @staticmethod
    def take(listening):
        try:
            while True:
                listening.accept()[0].close()
        except OSError:
            pass  # it went down

    def down(self):
        if self.socket:
            self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
        self.socket = None


@pytest.fixture
def target():
    target = Target()
    yield target
    target.down()


@pytest.fixture
def alone(tmp_path, target):
    """Starts a daemon that watches the target and tells a file; checks, sinks: further lines of its configuration."""
    daemons = []

    def start_one(checks="", sinks="", ejmon=EJMON):
        config = tmp_path / "ejmon.yaml"
        pager = tmp_path / "pager.jsonl"
        config.write_text(f"state: {tmp_path}/state\n"
                          "defaults: { interval: 500ms, suspect: 300ms, down: 500ms, timeout: 8s, rise: 1, fall: 1 }\n"
                          f"checks:\n{STANDARD_OFF}  port: {{ kind: tcp, address: \"127.0.0.1:{target.port}\" }}\n{checks}"
                          f"sinks:\n  pager: {{ kind: command, command: [flock, \"{pager}\", sh, -c, \"cat >>{pager}; echo >>{pager}\"] }}\n{sinks}")
        daemons.append(Daemon(ejmon, config))
        return daemons[-1]

    yield start_one
    for daemon in daemons:
        daemon.stop(signal.SIGKILL)


def told(daemon, event, code="tcp/unreachable"):
    return [n["data"]["summary"] for n in daemon.notices() if n["type"] == f"incident.{event}" and n["data"]["code"] == code]


def until(what, seconds=30):
    limit = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < limit, "did not come to pass"
        time.sleep(0.1)
    return answer


def paged(daemon, event="triggered"):
    return until(lambda: told(daemon, event))


class Lock:
    """Holds the journal, as a person with sqlite3 may."""

    def __init__(self, folder):
        self.database = sqlite3.connect(folder / "state/journal.db", isolation_level=None, timeout=30)
        self.database.execute("BEGIN EXCLUSIVE")

    def release(self):
        self.database.execute("ROLLBACK")
        self.database.close()


def on_disk(folder, query):
    """The rows of a copy: SQLite would not find the way through /proc/PID/root."""
    with tempfile.TemporaryDirectory() as copy:
        for part in ("journal.db", "journal.db-wal"):
            if os.path.exists(f"{folder}/{part}"):
                shutil.copy(f"{folder}/{part}", copy)
        with sqlite3.connect(f"{copy}/journal.db") as database:
            return [row[0] for row in database.execute(query)]


def assert_alive(daemon):
    """Alive, and it says what is wrong: at once, but it looks at itself once a second."""
    health = daemon.ask("health")
    assert health.returncode == 0 and "alive" in health.stdout, health
    daemon.wait_status(lambda status: any("journal" in line for line in status["trouble"]) and "journal" in status.get("doubt", ""), seconds=5)


def test_while_the_journal_is_locked_pages_go_out_and_afterwards_all_is_on_disk(alone, target, tmp_path):
    daemon = alone()
    daemon.look_on()
    lock, since = Lock(tmp_path), time.monotonic()
    target.down()
    paged(daemon)
    assert time.monotonic() - since < LOCKED  # from memory
    assert_alive(daemon)
    time.sleep(max(0, LOCKED - (time.monotonic() - since)))
    lock.release()
    daemon.wait("the journal takes what happens again")
    until(lambda: on_disk(tmp_path / "state", "SELECT paged FROM incidents WHERE code = 'tcp/unreachable' AND state = 'open'") == [1])
    until(lambda: on_disk(tmp_path / "state", "SELECT DISTINCT verdict FROM deliveries WHERE code = 'tcp/unreachable'") == ["delivered"])
    assert not daemon.status()["trouble"]
    target.up()
    paged(daemon, event="resolved")
    assert len(told(daemon, "triggered")) == 1
    assert not told(daemon, "triggered", "ejmon/store-hung")  # it did not last a minute


def test_sigterm_is_obeyed_while_the_journal_is_locked(alone, target, tmp_path):
    daemon = alone()
    daemon.look_on()
    lock = Lock(tmp_path)
    target.down()
    paged(daemon)
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 12  # its grace time is 8 s
    lock.release()


SMALL_DISK = """#!/bin/sh
# Runs ejmon where its state folder is a disk of one megabyte, or asks the one that runs there.
case " $* " in
*" run "*) mkdir -p {state}; echo $$ >{pid}; exec unshare -m sh -c 'mount -t tmpfs -o size=1m small {state} && exec {ejmon} "$@"' - "$@" ;;
*) exec nsenter -m -t "$(cat {pid})" {ejmon} "$@" ;;
esac
"""


@pytest.mark.skipif(subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0,
                    reason="may not mount a small disk here")
def test_while_the_disk_is_full_pages_go_out_and_afterwards_all_is_on_disk(alone, target, tmp_path):
    small = tmp_path / "small"
    small.write_text(SMALL_DISK.format(state=tmp_path / "state", pid=tmp_path / "pid", ejmon=os.path.abspath(EJMON)))
    small.chmod(0o755)
    daemon = alone(ejmon=str(small))
    daemon.look_on()
    state = f"/proc/{daemon.process.pid}/root{tmp_path}/state"
    with open(f"{state}/rubbish", "wb", buffering=0) as rubbish, pytest.raises(OSError, match="No space left"):
        while True:
            rubbish.write(b"\0" * 4096)
    for times in range(1, 60):  # the journal has some room left in what it has already
        target.down()
        until(lambda n=times: len(told(daemon, "triggered")) >= n)
        if daemon.status()["trouble"]:
            break
        target.up()
        until(lambda n=times: len(told(daemon, "resolved")) >= n)
    assert_alive(daemon)
    os.unlink(f"{state}/rubbish")
    daemon.wait("the journal takes what happens again")
    until(lambda: on_disk(state, "SELECT paged FROM incidents WHERE code = 'tcp/unreachable' AND state = 'open'") == [1])
    until(lambda: on_disk(state, "SELECT DISTINCT verdict FROM deliveries WHERE code = 'tcp/unreachable'") == ["delivered"])
    assert len(told(daemon, "triggered")) == times
    assert daemon.stop() == 0


LINK = "ip link add v0 type veth peer name v1 && ip addr add 10.9.0.1/24 dev v0 && ip link set v0 up && ip link set v1 up"
OWN_NETWORK = """#!/bin/sh
case " $* " in
*" run "*) exec unshare -n sh -c 'ip link set lo up && {link} && exec {ejmon} "$@"' - "$@" ;;
*) exec {ejmon} "$@" ;;
esac
"""


@pytest.mark.skipif(subprocess.run(["unshare", "-n", "ip", "link"], capture_output=True, check=False).returncode != 0,
                    reason="may not make a network of its own here")
def test_a_link_that_goes_away_is_doubt_while_it_is_gone(alone, tmp_path):
    own = tmp_path / "own"
    own.write_text(OWN_NETWORK.format(link=LINK, ejmon=os.path.abspath(EJMON)))
    own.chmod(0o755)
    daemon = alone(checks="  lan: { kind: tcp, address: \"10.9.0.1:9\" }\n", ejmon=str(own))
    inside = ["nsenter", "-n", "-t", str(daemon.process.pid), "sh", "-c"]
    daemon.wait_status(lambda status: any(i["subject"] == "lan" and i["paged"] for i in status["incidents"]), seconds=20)
    time.sleep(4)  # a look at its own side takes place every 3 s while something is not well
    assert "doubt" not in daemon.status()
    subprocess.run([*inside, "ip link del v0"], check=True)
    status = daemon.wait_status(lambda status: "doubt" in status, seconds=30)
    assert "no link" in status["doubt"], status
    assert any(i["code"] == "ejmon/network-gone" and not i["paged"] for i in status["incidents"]), status
    subprocess.run([*inside, LINK], check=True)
    daemon.wait_status(lambda status: "doubt" not in status, seconds=30)


def test_what_blinds_a_check_is_in_its_status_and_is_no_fault_at_once(alone, target, tmp_path):
    daemon = alone(checks=f"  page: {{ kind: http, url: \"https://127.0.0.1:{target.port}/\", cacert: {tmp_path}/gone.pem }}\n")
    status = daemon.wait_status(lambda status: any(check.get("reason") for check in status["checks"]), seconds=20)
    [page] = [check for check in status["checks"] if check["name"] == "page"]
    assert page["status"] == "unknown" and "gone.pem" in page["reason"] and "could not look" not in page["reason"], page
    assert not status["incidents"] and not status.get("doubt"), status


# Two minutes, nearly all of them asleep: what a refusal must last until it is told is no setting.
def test_a_sink_that_refuses_is_told_on_the_other_and_is_over_when_it_takes_again(alone, target, tmp_path):
    shut = tmp_path / "shut"
    shut.write_text("")
    daemon = alone(sinks=f"  mail: {{ kind: command, command: [sh, -c, \"cat >/dev/null; test ! -e {shut}\"] }}\n")
    target.down()
    paged(daemon)
    daemon.wait(r"not delivered to mail")
    status = daemon.wait_status(lambda status: any(i["code"] == "ejmon/sink-refuses" for i in status["incidents"]), seconds=30)
    assert any("mail" in line for line in status["trouble"]), status
    [sentence] = until(lambda: told(daemon, "triggered", "ejmon/sink-refuses"), 90)
    assert "mail takes no notices" in sentence
    shut.unlink()
    [sentence] = until(lambda: told(daemon, "resolved", "ejmon/sink-refuses"), 90)
    assert "Over after" in sentence
    daemon.wait_status(lambda status: not status["trouble"])
