"""Whatever a server says in PostgreSQL's place costs ejmon at most the check's time-out, and holds neither its loop nor its end."""
import itertools
import json
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest
from conftest import EJMON
from daemon import Daemon
from foreign import Authority
from hostile_postgres import DONE, READY, Server, columns, login, message, row

OTHERS_OFF = "".join(f"  {kind}: off\n" for kind in ("django", "frame", "mongo", "nginx", "postgres", "rocketchat", "theme"))
HUGE = 2_000_000_000  # 20 minutes of computing and more
LIMIT = 1_000_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "own").issue("IP:127.0.0.1")


def configure(tmp_path, server, timeout):
    path = tmp_path / "ejmon.yaml"
    path.write_text(f"state: {tmp_path}/state\nchecks:\n{OTHERS_OFF}"
                    f"  data: {{ kind: postgres, url: \"{server.url}\", interval: 1s, timeout: {timeout}s }}\n")
    return path


def look(tmp_path, server, timeout=20):
    """The check's findings by code, and how long it took."""
    start = time.monotonic()
    done = subprocess.run([EJMON, "-c", configure(tmp_path, server, timeout), "--format", "json", "check", "data"], capture_output=True, text=True,
                          timeout=90)
    assert done.returncode in (0, 1, 2, 3), done
    check = json.loads(done.stdout)["checks"][0]
    return {finding["code"]: finding["summary"] for finding in check["findings"]}, time.monotonic() - start


@pytest.mark.parametrize("kind", [b"G", b"H", b"W"], ids=["in", "out", "both"])
def test_an_answer_of_copy_ends_the_session(tmp_path, kind):
    with Server(lambda: [message(kind, b"\0\0\0")]) as server:
        found, seconds = look(tmp_path, server)
    assert "COPY" in found["db/unreachable"] and seconds < 15, (found, seconds)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("iterations", [LIMIT + 1, HUGE])
def test_too_many_iterations_are_a_finding_and_are_not_computed(tmp_path, certificate, iterations, tls):
    with Server(welcome=lambda connection: login(connection, iterations), certificate=certificate if tls else None) as server:
        found, seconds = look(tmp_path, server)
    assert str(iterations) in found["db/scram-iterations"] and list(found) == ["db/scram-iterations"], found
    assert server.connections == 1 and server.logins == 0, "a login that was computed would have come through"
    assert seconds < 15, seconds


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("iterations", [4096, LIMIT])
def test_as_many_iterations_as_are_allowed_log_in(tmp_path, certificate, iterations, tls):
    with Server(welcome=lambda connection: login(connection, iterations), certificate=certificate if tls else None) as server:
        found, _ = look(tmp_path, server, timeout=60)
    assert server.logins == 1 and "db/scram-iterations" not in found and "db/auth-failed" not in found, found


def cut_up(request):
    """Under TLS a record each: ejmon sees the first three bytes, libpq then reads on."""
    return [request[:3], request[3:]]


def test_a_request_that_nobody_sees_beforehand_costs_the_time_out_and_no_more(tmp_path, certificate):
    with Server(welcome=lambda connection: login(connection, HUGE, cut_up), certificate=certificate) as server:
        for timeout in (2, 8, 32, 64):  # a busy machine may give too little CPU to be sure that it was spent on the login
            found, seconds = look(tmp_path, server, timeout)
            assert seconds < timeout + 20, seconds
            if "db/no-client" not in found:
                break
    assert "computing" in found["db/scram-iterations"], found


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def computed(pid):
    """Seconds of CPU of a process; 0 of one that has ended, reaped or not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_login_that_computes_holds_neither_the_loop_nor_the_end(tmp_path, certificate):
    with Server(welcome=lambda connection: login(connection, HUGE, cut_up), certificate=certificate) as server:
        daemon = Daemon(EJMON, configure(tmp_path, server, 300))
        try:
            limit = time.monotonic() + 60
            while not any(computed(child) > 0.5 for child in children(daemon.process.pid)):
                assert time.monotonic() < limit, daemon.lines
                time.sleep(0.05)
            helpers, before = children(daemon.process.pid), computed(daemon.process.pid)
            for _ in range(5):
                start = time.monotonic()
                assert daemon.ask("status").stdout
                assert time.monotonic() - start < 5
            assert computed(daemon.process.pid) - before < 2
            start = time.monotonic()
            daemon.stop(signal.SIGTERM)
            assert time.monotonic() - start < 15
            while any(computed(helper) for helper in helpers):
                assert time.monotonic() - start < 30
                time.sleep(0.05)
        finally:
            daemon.stop(signal.SIGKILL)


@pytest.mark.parametrize("values", [[None] * 1000, [b""] * 1000, [b"x" * 1000], []], ids=["nulls", "empty", "large", "no-columns"])
def test_an_endless_result_is_given_up_after_a_megabyte(tmp_path, values):
    block = row(*values) * 250
    with Server(lambda: itertools.chain([columns(len(values))], itertools.repeat(block))) as server:
        found, seconds = look(tmp_path, server)
    assert "larger" in found["db/unreachable"] and seconds < 15, (found, seconds)
    assert server.taken < 32 << 20, "what the sockets hold, and little more"


def test_a_row_of_a_gigabyte_is_not_held(tmp_path):
    def answer():
        yield columns(1) + b"D" + struct.pack("!IHI", (1 << 30) + 10, 1, 1 << 30)
        yield from itertools.repeat(b"x" * (1 << 20), 1 << 10)

    with Server(answer) as server:
        found, seconds = look(tmp_path, server, timeout=10)
    assert found and all(code.startswith("db/") for code in found) and seconds < 40, (found, seconds)
    if b"libasan" not in subprocess.run(["ldd", EJMON], capture_output=True).stdout:  # it lets helpers off the limit
        assert server.taken < 512 << 20


@pytest.mark.parametrize("answer,code,words", [
    ([columns(1), row(b"1"), DONE, columns(3), row(b"1", b"2", b"3"), DONE, READY], "db/unreachable", "two tables"),
    ([message(b"E", b"SERROR\0C" + b"X" * 300 + b"\0Mno\0\0"), READY], "db/query-failed", "no"),
    ([message(b"E", b"SERROR\0CXX000\0M" + b"words " * 200000 + b"\0\0"), READY], "db/query-failed", "words"),
    ([columns(1), row(b"\xff\xfe1"), DONE, READY], "", ""),
], ids=["two-tables", "long-state", "long-message", "no-utf8"])
def test_an_answer_out_of_shape_is_a_finding(tmp_path, answer, code, words):
    with Server(lambda: answer) as server:
        found, seconds = look(tmp_path, server)
    assert seconds < 15 and "db/no-client" not in found, (found, seconds)
    assert not code or words in found[code] and len(found[code]) < 2000, found
