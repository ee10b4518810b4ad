"""A name server that hangs: only the checks whose names it does not answer suffer; pages go out, and the daemon ends when it is told to."""
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import EJMON
from daemon import Daemon

STANDARD_OFF = "".join(f"  {kind}: off\n" for kind in ("django", "frame", "mongo", "nginx", "postgres", "rocketchat", "theme"))
HANGING = 12


@pytest.fixture(scope="module")
def hanging_names(tmp_path_factory):
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if not compiler:
        pytest.skip("no compiler for what is preloaded")
    library = tmp_path_factory.mktemp("preload") / "hanging_names.so"
    subprocess.run([compiler, "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("hanging_names.c"), "-ldl"], check=True)
    return library


@pytest.fixture
def environment(hanging_names, monkeypatch):
    monkeypatch.setenv("LD_PRELOAD", str(hanging_names))
    monkeypatch.setenv("ASAN_OPTIONS", "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def pager():
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.got = got
    yield server
    server.shutdown()
    server.server_close()


def configure(tmp_path, port, more=""):
    hanging = "".join(f"  name-{i}: {{ kind: tcp, address: 'hang-{i}.test:80', timeout: 2s, interval: 2s, suspect: 1s }}\n" for i in range(HANGING))
    path = tmp_path / "ejmon.yaml"
    path.write_text(f"state: {tmp_path}/state\nstack: {{ env_file: off }}\nchecks:\n{STANDARD_OFF}{hanging}"
                    f"  literal: {{ kind: tcp, address: '127.0.0.1:{port}', timeout: 2s, interval: 2s, suspect: 1s }}\n{more}")
    return path


def test_a_literal_address_is_seen_well_and_the_end_is_not_waited_for(environment, tmp_path, port):
    config = configure(tmp_path, port)
    start = time.monotonic()
    done = subprocess.run([EJMON, "-c", config, "check", "--format", "json"], capture_output=True, text=True, timeout=90)
    took = time.monotonic() - start
    checks = {check["name"]: check["status"] for check in json.loads(done.stdout)["checks"] if check["status"] != "skip"}
    assert checks["literal"] == "pass", checks
    assert [checks[f"name-{i}"] for i in range(HANGING)] == ["fail"] * HANGING
    assert took < 15, "the program waited for names that hang"
    assert "Sanitizer" not in done.stderr, done.stderr


def test_pages_go_out_and_sigterm_is_obeyed(environment, tmp_path, port, pager):
    config = configure(tmp_path, port, f"sinks:\n  oncall: {{ kind: webhook, url: 'http://pager.test:{pager.server_port}/' }}\n")
    daemon = Daemon(EJMON, config)
    try:
        limit = time.monotonic() + 60
        while not pager.got and time.monotonic() < limit:
            time.sleep(0.05)
        assert pager.got, "nobody was told: " + "\n".join(daemon.lines)
        assert not daemon.logged(r"literal"), "a literal address is ill"
        start = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(timeout=90) == 0
        assert time.monotonic() - start < 10, "SIGTERM was not obeyed within the grace"
        assert not daemon.logged("Sanitizer")
    finally:
        daemon.process.kill()
        daemon.process.wait()
