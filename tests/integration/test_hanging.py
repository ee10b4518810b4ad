"""Fifty targets that hang must not delay the fifty-first: neither in `ejmon check` nor in the daemon's schedule. Bounds are generous: a monitor that
looks at one target after the other misses them by minutes."""
import json
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import EJMON
from daemon import Daemon

HANGING = 50
STANDARD_OFF = "".join(f"  {kind}: off\n" for kind in ("django", "frame", "mongo", "nginx", "postgres", "rocketchat", "theme"))


@pytest.fixture
def silent():
    """A port whose connections stand at once and never get an answer: the kernel takes them, nobody reads."""
    with socket.create_server(("127.0.0.1", 0), backlog=4 * HANGING) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def full():
    """A port that takes no connection and refuses none: its queue is full, so the kernel drops what else arrives."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port, fillers = listener.getsockname()[1], []
        while True:
            fillers.append(socket.socket())
            fillers[-1].settimeout(0.3)
            try:
                fillers[-1].connect(("127.0.0.1", port))
            except TimeoutError:
                break
        yield port
        for filler in fillers:
            filler.close()


@pytest.fixture
def healthy():
    """A server that answers, and the times at which it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(time.monotonic())
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked = asked
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def config(tmp_path, silent, full, healthy):
    """fifty_one() writes a configuration: hanging targets of both sorts, and the healthy one as the last."""

    def write(timeout, interval):
        hanging = "".join(f"  hanging-{i}: {{ kind: http, url: 'http://127.0.0.1:{(silent, full)[i % 2]}/{i}', timeout: {timeout}s, interval: {timeout}s }}\n"
                          for i in range(HANGING))
        last = f"  healthy: {{ kind: http, url: 'http://127.0.0.1:{healthy.server_port}/', interval: {interval}s, timeout: {timeout}s }}\n"
        path = tmp_path / "ejmon.yaml"
        path.write_text(f"state: {tmp_path}/state\nchecks:\n{STANDARD_OFF}{hanging}{last}")
        return path

    return write


def test_a_check_of_fifty_hanging_targets_answers_for_the_healthy_one_in_its_usual_time(config):
    started = time.monotonic()
    done = subprocess.run([EJMON, "check", "--format", "json", "-c", config(timeout=2, interval=1)], capture_output=True, text=True, timeout=60)
    took = time.monotonic() - started
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["healthy"]["status"] == "pass"
    assert checks["healthy"]["seconds"] < 2
    hanging = [check for name, check in checks.items() if name.startswith("hanging")]
    assert len(hanging) == HANGING
    for check in hanging:
        assert [finding["code"] for finding in check["findings"]] == ["http/timeout"], check
        assert 1.5 < check["seconds"] < 8, check
    assert took < 30, "the hanging ones were waited for one after the other"


def test_the_daemon_asks_the_healthy_one_on_time_beside_fifty_that_hang(config, healthy):
    daemon = Daemon(EJMON, config(timeout=3, interval=0.3))
    try:
        daemon.wait_status(lambda status: sum(check["status"] == "fail" for check in status["checks"]) == HANGING)
        beside = len(healthy.asked)
        limit = time.monotonic() + 30
        while len(healthy.asked) < beside + 10:
            assert time.monotonic() < limit, "the healthy one is not asked any more"
            time.sleep(0.05)
        gaps = [later - earlier for earlier, later in zip(healthy.asked, healthy.asked[1:])]
        assert max(gaps) < 3, f"asked every 0.3 s, but once after {max(gaps):.1f} s"
        status = daemon.status()
        assert {check["name"]: check["status"] for check in status["checks"]}["healthy"] == "pass"
        assert daemon.stop() == 0
    finally:
        daemon.stop(signal.SIGKILL)
