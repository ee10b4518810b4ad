"""`ejmon run` on a state folder whose disk hangs, is full, read-only, or gone: at its start and later. It watches, tells, and obeys SIGTERM."""
import os
import subprocess
import time

import pytest
from conftest import EJMON
from kill_schedules import preload_library
from test_self import alone, on_disk, paged, target, told, until  # fixtures, too

FAST = 12  # seconds within which SIGTERM is obeyed: its grace time is 8 s

NETWORK_FOLDER = """#!/bin/sh
case " $* " in
*" run "*) export LD_PRELOAD={library} EJMON_DISK_FLAG={flag} ASAN_OPTIONS=verify_asan_link_order=0 ;;
esac
exec {ejmon} "$@"
"""


class NetworkFolder:
    """Every folder here whose name begins with "state" is on a server that can be gone."""

    def __init__(self, folder):
        self.flag = folder / "flag.gone"
        self.ejmon = folder / "ejmon-there"
        self.ejmon.write_text(NETWORK_FOLDER.format(library=preload_library(folder), flag=folder / "flag", ejmon=os.path.abspath(EJMON)))
        self.ejmon.chmod(0o755)

    def go(self):
        self.flag.touch()

    def come_back(self):
        self.flag.unlink()


@pytest.fixture
def network(tmp_path):
    network = NetworkFolder(tmp_path)
    yield network
    network.flag.unlink(missing_ok=True)


def stops_fast(daemon):
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < FAST


def test_a_server_that_is_gone_stops_neither_watch_nor_pager_nor_the_end(alone, target, tmp_path, network):
    env_file = tmp_path / "state-of-ej/config.env"
    env_file.parent.mkdir()
    env_file.write_text("EJ_THEME=cpa\n")
    daemon = alone(sinks=f"stack: {{ env_file: {env_file} }}\n", ejmon=network.ejmon)
    daemon.look_on()
    network.go()
    time.sleep(2)
    target.down()
    until(lambda: told(daemon, "triggered"), 10)
    stops_fast(daemon)


def test_a_server_that_is_gone_at_the_start_delays_it_by_some_seconds(alone, target, tmp_path, network):
    network.go()
    target.down()
    began = time.monotonic()
    daemon = alone(ejmon=network.ejmon)
    paged(daemon)
    assert time.monotonic() - began < 20
    assert daemon.logged("state folder .* does not answer.*only commands of the same user")
    assert daemon.ask("health").returncode == 0
    assert daemon.logged("opened: ejmon's journal does not take what happens")
    network.come_back()
    daemon.wait("the control socket is open")
    daemon.wait("the journal takes what happens again")
    until(lambda: on_disk(tmp_path / "state", "SELECT DISTINCT verdict FROM deliveries WHERE code = 'tcp/unreachable'") == ["delivered"])
    assert len(told(daemon, "triggered")) == 1
    stops_fast(daemon)


def test_an_edit_of_the_env_file_is_seen_within_five_seconds(alone, tmp_path):
    env_file = tmp_path / "config.env"
    env_file.write_text("EJ_THEME=cpa\n")
    daemon = alone(sinks=f"stack: {{ env_file: {env_file} }}\n")
    for text in ("EJ_THEME=default\n", "EJ_THEME=bocadelobo\n"):
        since = len(daemon.lines)
        fresh = tmp_path / "fresh"
        fresh.write_text(text)
        fresh.rename(env_file)
        daemon.wait("config.env has changed", seconds=5, since=since)
        daemon.wait("reload: done", since=since)


# --- disks that take nothing at the start -----------------------------------------------------------------------------------------------

SPOILT = {
    "inodes": ("i=0; while touch {state}/x$i 2>/dev/null; do i=$((i + 1)); done", "rm {state}/x*"),
    "read-only": ("mount -o remount,ro {state}", "mount -o remount,rw {state}"),
}
SPOILT_DISK = """#!/bin/sh
# Runs ejmon where its state folder is a small disk with what was in the folder, and spoilt; or asks the one that runs there.
case " $* " in
*" run "*)
  echo $$ >{pid}
  cp -a {state} {former}
  exec unshare -m sh -c 'mount -t tmpfs -o size=8m,nr_inodes=40 small {state} && cp -a {former}/. {state} && {{ {spoil}; }}; exec {ejmon} "$@"' - "$@" ;;
*) exec nsenter -m -t "$(cat {pid})" {ejmon} "$@" ;;
esac
"""


@pytest.mark.skipif(subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0, reason="may not mount a small disk here")
@pytest.mark.parametrize("how", SPOILT)
def test_where_a_disk_takes_nothing_at_the_start_people_are_told_and_later_all_is_on_it(alone, target, tmp_path, how):
    state = tmp_path / "state"
    former_life = alone()
    former_life.look_on()
    assert former_life.stop() == 0
    spoil, mend = (command.format(state=state) for command in SPOILT[how])
    spoilt = tmp_path / "spoilt"
    spoilt.write_text(SPOILT_DISK.format(state=state, former=tmp_path / "former", pid=tmp_path / "pid", spoil=spoil, ejmon=os.path.abspath(EJMON)))
    spoilt.chmod(0o755)
    target.down()
    daemon = alone(ejmon=spoilt)
    paged(daemon)
    assert daemon.logged("until it can be, only commands of the same user and container find this daemon")
    assert daemon.ask("health").returncode == 0
    assert daemon.logged("opened: ejmon's journal does not take what happens")
    subprocess.run(["nsenter", "-m", "-t", str(daemon.process.pid), "sh", "-c", mend], check=True)
    daemon.wait("the control socket is open")
    daemon.wait("the journal takes what happens again")
    daemon.wait_status(lambda status: not status["trouble"])
    there = f"/proc/{daemon.process.pid}/root{state}"
    until(lambda: on_disk(there, "SELECT DISTINCT verdict FROM deliveries WHERE code = 'tcp/unreachable'") == ["delivered"])
    assert len(told(daemon, "triggered")) == 1
    assert daemon.stop() == 0


def test_a_state_folder_that_cannot_be_one_ends_the_start_with_a_sentence(tmp_path):
    config = tmp_path / "ejmon.yaml"
    for state in ("ejmon.yaml", "ejmon.yaml/state", "nowhere/state"):
        config.write_text(f"state: {tmp_path}/{state}\nstack: {{ site: 'http://127.0.0.1:1' }}\n")
        done = subprocess.run([EJMON, "-c", config, "run"], capture_output=True, text=True, timeout=20)
        assert done.returncode == 3 and f"{tmp_path}/{state}" in done.stderr, done


def test_a_state_folder_that_is_taken_away_is_a_state_of_its_own(alone, tmp_path):
    daemon = alone()
    daemon.look_on()
    (tmp_path / "state").rename(tmp_path / "elsewhere")
    daemon.wait("error: .*journal.db was removed or replaced", seconds=15)
    status = until(lambda: next(filter(lambda text: "ejmon/store-hung" in text, [daemon.ask("status", "--state", tmp_path / "elsewhere").stdout]), None))
    assert "journal.db was removed or replaced" in status, status
    (tmp_path / "elsewhere").rename(tmp_path / "state")
    daemon.wait("the journal's file is back", seconds=15)
    daemon.wait_status(lambda status: not status["trouble"])
    (tmp_path / "state/journal.db").rename(tmp_path / "state/journal.old")
    (tmp_path / "state/journal.db").write_bytes(b"")
    daemon.wait_status(lambda status: any("was removed or replaced" in line for line in status["trouble"]), seconds=15)
