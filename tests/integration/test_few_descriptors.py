"""32 file descriptors and a hundred targets that hang: people are told, and the daemon answers, all the same."""
import json
import resource
import signal
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from conftest import EJMON

DESCRIPTORS = 32
HANGING = 100
STANDARD_OFF = "".join(f"  {kind}: off\n" for kind in ("django", "frame", "mongo", "nginx", "postgres", "rocketchat", "theme"))


@pytest.fixture
def silent():
    with socket.create_server(("127.0.0.1", 0), backlog=4 * HANGING) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


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


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


def test_pages_and_answers_have_their_descriptors(tmp_path, silent, closed, pager):
    hanging = "".join(f"  hanging-{i}: {{ kind: http, url: 'http://127.0.0.1:{silent}/{i}', timeout: 3s, interval: 3s }}\n" for i in range(HANGING))
    config = tmp_path / "ejmon.yaml"
    config.write_text(f"state: {tmp_path}/state\nstack: {{ env_file: off }}\nchecks:\n{STANDARD_OFF}{hanging}"
                      f"  down: {{ kind: tcp, address: '127.0.0.1:{closed}', interval: 1s, suspect: 500ms, fall: 2 }}\n"
                      f"sinks:\n  oncall: {{ kind: webhook, url: 'http://127.0.0.1:{pager.server_port}/' }}\n")
    log = open(tmp_path / "log", "w")
    daemon = subprocess.Popen([EJMON, "-c", config, "run"], stderr=log, preexec_fn=few_descriptors)
    try:
        limit = time.monotonic() + 60
        told = lambda: [notice for notice in pager.got if "tcp/unreachable" in json.dumps(notice)]  # noqa: E731
        answered, asked = 0, 0
        while (not told() or asked < 10) and time.monotonic() < limit and daemon.poll() is None:
            time.sleep(0.3)
            if not (tmp_path / "state/ejmon.sock").exists():
                continue
            asked += 1
            answered += subprocess.run([EJMON, "-c", config, "health"], capture_output=True, timeout=30).returncode == 0
        said = (tmp_path / "log").read_text()
        assert told(), said[-4000:]
        assert answered == asked, f"{answered} of {asked} answers"
        assert "Too many open files" not in said, [line for line in said.splitlines() if "Too many" in line][:3]
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=30) == 0
    finally:
        daemon.kill()
        daemon.wait()
        log.close()
