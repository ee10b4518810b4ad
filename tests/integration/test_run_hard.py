"""`ejmon run` under blows: killed at every step of an attempt, stopped in the middle, its folder taken away, its log unread."""
import fcntl
import re
import signal
import sqlite3
import struct
import subprocess
import termios
import time

import pytest
from conftest import EJMON
from daemon import PATIENCE, configure

# Stands before the lab's in-web: tells which step of a remedy has been reached, waits there as long as told, and fails when told. What checks ask of web passes
# by as "other": a remedy's program has its verb right behind it.
GATE = """#!/bin/sh
step=other
case "$4" in look|save|switch|undo|forget) step=$4 ;; esac
for word in "$@"; do case "$word" in *'"$2" inv collect') step=inv ;; esac; done
echo "$step" >>{folder}/steps
while [ -e {folder}/hold-$step ]; do sleep 0.05; done
[ ! -e {folder}/fail-$step ] || exit 1
exec {command} "$@"
"""


def spare(config, *keys):
    """The configuration without these keys of the stack."""
    lines = config.read_text().splitlines(True)
    config.write_text("".join(line for line in lines if not any(line.startswith(f"  {key}:") for key in keys)))
    return config


class Gate:
    """A configuration whose web_command goes through the gate."""

    def __init__(self, lab, folder, more=""):
        self.folder = folder
        script = folder / "in-web"
        script.write_text(GATE.format(folder=folder, command=lab.status["web_command"]))
        script.chmod(0o755)
        self.config = spare(configure(lab, folder, more), "web_command")
        self.config.write_text(self.config.read_text().replace("stack:\n", f"stack:\n  web_command: {script}\n", 1))

    def hold(self, step):
        (self.folder / f"hold-{step}").touch()

    def fail(self, step):
        (self.folder / f"fail-{step}").touch()

    def open(self, step):
        (self.folder / f"hold-{step}").unlink()

    def count(self, step):
        path = self.folder / "steps"
        return path.read_text().split().count(step) if path.exists() else 0

    def reached(self, step, times=1):
        until(lambda: self.count(step) >= times)


def until(condition, seconds=PATIENCE):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "not within %s s" % seconds
        time.sleep(0.02)


def journal(config, sql):
    database = sqlite3.connect(f"file:{config.parent}/state/journal.db?mode=ro", uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def states(config):
    return [row[0] for row in journal(config, "SELECT state FROM attempts ORDER BY started")]


def healed(daemon, since=0):
    daemon.wait(r"remedy clear-collect: kept", since=since)
    daemon.wait(r"incident theme/\S* closed", since=since)


def assert_mended(lab, daemon):
    assert [check["status"] for check in lab.report("theme")["checks"]] == ["pass"]
    assert journal(daemon.config, "SELECT count(*) FROM attempts WHERE ended IS NULL") == [(0,)]
    triggered = [n["data"]["incident"] for n in daemon.notices() if n["type"] == "incident.triggered"]
    assert len(triggered) == len(set(triggered))


@pytest.mark.parametrize("step", ["save", "switch"])
def test_killed_in_the_middle_of_a_step_the_next_life_undoes_it_before_anything_else(start, lab, tmp_path, step):
    gate = Gate(lab, tmp_path)
    gate.hold(step)
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached(step)
    daemon.stop(signal.SIGKILL)
    again = start(config=gate.config)
    again.wait("a command of a former life still runs")  # the step itself was not killed: nothing is undone under its hands
    assert gate.count("undo") == 0
    gate.open(step)
    again.wait(r"attempt clear-collect@\S+ was left half-way by a former life: undone")
    healed(again)
    assert states(gate.config) == ["undone", "kept"]
    assert_mended(lab, again)


def test_an_undo_that_fails_is_told_at_once_though_its_fault_is_over(start, lab, tmp_path):
    gate = Gate(lab, tmp_path)
    gate.fail("switch")
    gate.fail("undo")
    gate.hold("undo")
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached("undo")
    lab.mend()  # somebody else
    assert not daemon.notices()
    gate.open("undo")
    daemon.wait(r"remedy clear-collect: undo-failed")
    told = lambda event, code: [n for n in daemon.notices() if n["type"] == f"incident.{event}" and n["data"]["code"] == code]  # noqa: E731
    until(lambda: told("triggered", "ejmon/undo-failed"), 20)
    assert states(gate.config) == ["undo-failed"]
    assert "clear-collect" in told("triggered", "ejmon/undo-failed")[0]["data"]["summary"]


def test_killed_while_undoing_what_a_former_life_left_the_third_life_undoes_it(start, lab, tmp_path):
    gate = Gate(lab, tmp_path)
    gate.hold("switch")
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached("switch")
    daemon.stop(signal.SIGKILL)
    gate.open("switch")
    gate.hold("undo")
    second = start(config=gate.config)
    gate.reached("undo")
    assert states(gate.config) == ["undoing"]
    second.stop(signal.SIGKILL)
    gate.open("undo")
    third = start(config=gate.config)
    third.wait(r"left half-way by a former life: undone")
    healed(third)
    assert states(gate.config) == ["undone", "kept"]
    assert_mended(lab, third)


def test_heal_undoes_what_a_killed_daemon_left(start, lab, tmp_path):
    gate = Gate(lab, tmp_path)
    gate.hold("switch")
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached("switch")
    daemon.stop(signal.SIGKILL)
    busy = daemon.ask("heal", "--yes")
    assert "another ejmon is acting" in busy.stdout + busy.stderr
    gate.open("switch")
    said = []

    def undone():
        said.append(daemon.ask("heal", "--yes").stdout)
        return re.search("left half-way.*: undone", said[-1])

    until(undone)
    assert states(gate.config)[0] == "undone"
    assert_mended(lab, daemon)


def test_two_heals_at_once_do_it_once(start, lab, tmp_path):
    gate = Gate(lab, tmp_path)
    daemon = start(config=gate.config)
    daemon.stop()
    lab.fault("static-truncated")
    gate.hold("save")
    first = subprocess.Popen([EJMON, "-c", gate.config, "heal", "--yes"], stdout=subprocess.PIPE, text=True)
    gate.reached("save")
    second = daemon.ask("heal", "--yes")
    assert second.returncode == 2 and "another ejmon is acting" in second.stdout
    first.send_signal(signal.SIGINT)  # in the middle of a transaction: it goes on
    first.send_signal(signal.SIGHUP)
    gate.open("save")
    assert "clear-collect: kept" in first.communicate(timeout=60)[0]
    assert first.returncode == 0
    assert states(gate.config) == ["kept"]


def test_stopped_in_an_attempt_it_leaves_within_its_grace_and_the_next_life_undoes(start, lab, tmp_path):
    gate = Gate(lab, tmp_path, "grace: 1s\n")
    gate.hold("inv")
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached("inv")
    before = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - before < 15
    assert daemon.logged("did not end within 1 s of grace")
    gate.open("inv")
    again = start(config=gate.config)
    again.wait(r"left half-way by a former life: undone")
    healed(again)
    assert_mended(lab, again)


def test_what_cannot_be_undone_at_once_is_tried_again_before_anybody_is_called(start, lab, tmp_path):
    gate = Gate(lab, tmp_path)
    gate.hold("inv")
    daemon = start(config=gate.config)
    lab.fault("static-truncated")
    gate.reached("inv")
    daemon.stop(signal.SIGKILL)
    gate.open("inv")
    with open(tmp_path / "state/acting.lock", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits for the end of the command that was under way
    with sqlite3.connect(tmp_path / "state/journal.db") as database:  # a remedy that this configuration does not have
        database.execute("UPDATE attempts SET remedy = 'gone'")
    again = start(config=gate.config)
    again.wait("cannot be undone yet")
    again.wait_status(lambda status: any(i["code"] == "theme/partial-copy" and i["state"] == "open" for i in status["incidents"]))
    again.look_on()
    assert states(gate.config) == ["applying"]  # no other attempt begins before
    assert not [n for n in again.notices() if "half-way" in n["data"]["summary"]]


def test_a_reload_that_drops_a_check_withdraws_what_it_saw(start, lab):
    daemon = start("mode: observe\n")
    lab.fault("static-truncated")
    daemon.wait(r"alert theme/partial-copy: triggered delivered to pager")
    good = daemon.config.read_text()
    daemon.config.write_text(good + "checks:\n  theme: off\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"alert theme/partial-copy: withdrawn delivered to pager")
    daemon.look_on(3)
    assert daemon.logged(r"resolved") == []  # nobody saw it well
    daemon.config.write_text(good)
    since = len(daemon.lines)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"alert theme/partial-copy: triggered delivered to pager", since=since)  # seen again, it is another one
    lab.mend()
    daemon.wait(r"alert theme/partial-copy: resolved delivered to pager")
    told = [(n["type"].partition(".")[2], n["data"]["incident"]) for n in daemon.notices() if n["data"]["code"] == "theme/partial-copy"]
    assert [event for event, _ in told] == ["triggered", "withdrawn", "triggered", "resolved"]
    assert told[0][1] == told[1][1] != told[2][1] == told[3][1]


def test_a_storm_of_sighups_starves_neither_probes_nor_pager(start, lab, tmp_path):
    daemon = start()
    text = daemon.config.read_text().replace(f"cat >>{tmp_path}/pager.jsonl", f"sleep 2; cat >>{tmp_path}/pager.jsonl")
    daemon.config.write_text(text)
    lab.fault("nginx-stopped")
    limit = time.monotonic() + 90
    while not [n for n in daemon.notices() if n["type"] == "incident.triggered"]:
        assert time.monotonic() < limit, "\n".join(daemon.lines)
        daemon.process.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    lab.mend()
    daemon.wait(r"resolved delivered to pager")
    told = [n["type"] for n in daemon.notices()]
    assert told == ["incident.triggered", "incident.resolved"]


PIPE_BYTES = 8192


def unread(pipe):
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"1234"))[0]


def test_a_log_that_nobody_reads_stops_nothing(lab, mended, tmp_path):
    config = configure(lab, tmp_path)
    asking = tmp_path / "asking.yaml"
    asking.write_text(config.read_text())
    daemon = subprocess.Popen([EJMON, "-c", config, "run"], stderr=subprocess.PIPE)
    fcntl.fcntl(daemon.stderr, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    try:
        until((tmp_path / "state/ejmon.sock").exists)
        config.write_text("".join(f"wrong{i}: 1\n" for i in range(3000)))  # a reload says one line for each: more than this pipe holds
        daemon.send_signal(signal.SIGHUP)
        until(lambda: unread(daemon.stderr) > PIPE_BYTES / 2)  # its last page has a line: poll calls it full
        for _ in range(3):
            assert subprocess.run([EJMON, "-c", asking, "health"], capture_output=True, timeout=30).returncode == 0
    finally:
        daemon.kill()
        daemon.wait()
        daemon.stderr.close()


def test_killed_every_few_seconds_it_pages_in_its_time_though_a_remedy_seems_to_be_at_work(start, lab, tmp_path):
    """The remedy has a minute, in all lives together."""
    gate = Gate(lab, tmp_path, "checks: { postgres: off, mongo: off, rocketchat: off, login: off, frame: off, layers: off, logs: off }")
    gate.hold("look")
    lab.fault("static-truncated")
    daemon, lives, since = start(config=gate.config), 1, time.monotonic()
    while not daemon.notices():
        assert time.monotonic() < since + 110, f"nobody was told in {lives} lives"
        time.sleep(6)
        daemon.stop(signal.SIGKILL)
        daemon, lives = start(config=gate.config), lives + 1
    told = time.monotonic() - since
    assert told > 30, "whoever pages at once gives no remedy its time"
    assert {notice["data"]["code"] for notice in daemon.notices()} == {"theme/partial-copy"}
    assert lives > 5
