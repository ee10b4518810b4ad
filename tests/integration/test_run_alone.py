"""`ejmon run` beside no stack at all: one check of a port where nobody listens."""
import os
import signal
import socket
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
    """Starts a daemon that watches the port and tells a file; more: further lines of its configuration."""
    daemons = []

    def start_one(more=""):
        config = tmp_path / "ejmon.yaml"
        config.write_text(f"state: {tmp_path}/state\n"
                          "defaults: { interval: 1s, suspect: 300ms, down: 1s, timeout: 8s, rise: 2, fall: 2 }\n"
                          f"checks:\n{STANDARD_OFF}  port: {{ kind: tcp, address: \"127.0.0.1:{port}\" }}\n"
                          f"sinks:\n  log: {{ kind: log }}\n  pager: {{ kind: command, command: [sh, -c, \"cat >>{tmp_path}/pager.jsonl; echo >>{tmp_path}/pager.jsonl\"] }}\n"
                          f"{more}")
        daemons.append(Daemon(EJMON, config))
        return daemons[-1]

    yield start_one
    for daemon in daemons:
        daemon.stop(signal.SIGKILL)


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
