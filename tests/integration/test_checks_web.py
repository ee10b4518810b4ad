"""The checks of the web side (nginx, django, theme, http, tcp) against a running lab and servers of our own. The lab's faults one by one are in the
table, tests/lab/verdicts."""
import json
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import EJMON

WEB = ["nginx", "django", "theme"]


def probe(kind, *words, timeout=60):
    """`ejmon probe KIND`, without any configuration; returns the one check of its report."""
    done = subprocess.run([EJMON, "--format", "json", "probe", kind, *words], capture_output=True, text=True, timeout=timeout)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["checks"][0]


def found(check):
    return {finding["code"] for finding in check["findings"]}


@pytest.mark.parametrize("lab", ["A:theme=cpa"], indirect=True)
def test_a_healthy_stack_of_another_theme_passes(lab, mended):
    report = lab.report(*WEB)
    assert [check["status"] for check in report["checks"]] == ["pass"] * 3, report
    assert report["causes"] == []
    theme = next(check for check in report["checks"] if check["name"] == "theme")
    assert {"theme/mixed-assets", "theme/css-empty", "theme/truncated", "theme/js-stale"} <= set(theme["passed"])


@pytest.mark.parametrize("lab", ["B", "A:integration=off"], indirect=True)
def test_a_failing_view_is_told_from_a_failing_header_layer(lab, mended):
    lab.fault("view-bug")
    assert found(probe("django", f"url={lab.status['site']}")) == {"django/server-error"}
    lab.mend()
    lab.fault("postgres-stopped")
    expected = "django/database-pages-failed" if not lab.status["integration"] else "django/header-layer-failed"
    assert found(probe("django", f"url={lab.status['site']}")) == {expected}


def test_static_files_are_judged_while_django_is_down(lab, mended):
    lab.fault("web-stopped")
    check = probe("theme", f"url={lab.status['site']}", "theme=default")
    assert check["status"] == "pass"
    assert "theme/process-differs" not in check["passed"], "no page was seen"
    lab.fault("static-truncated-css")
    assert found(probe("theme", f"url={lab.status['site']}", "theme=default")) == {"theme/truncated"}


def test_the_sign_of_an_outage_that_is_over_is_passed_though_its_lines_stay_in_the_log(lab, mended):
    logs = lab.status["logs"]
    words = [f"url={lab.status['site']}", f"web_log={logs['web']}", f"nginx_log={logs['nginx']}", f"postgres_log={logs['postgres']}"]
    lab.fault("web-stopped")
    assert "logs/upstream-refused" in found(probe("logs", *words))
    with open(logs["nginx"], encoding="utf-8") as file:
        lines = file.read()
    lab.mend("web-stopped")  # which empties the logs
    with open(logs["nginx"], "a", encoding="utf-8") as file:
        file.write(lines)
    time.sleep(1.1)  # a log's line says no more than its second: the site must answer in a later one
    check = probe("logs", *words)
    assert {"logs/upstream-refused", "logs/worker-timeout", "logs/database-wait", "logs/password-refused", "logs/host-refused"} <= set(check["passed"]), check
    assert "connect() failed" in lines


def test_nothing_is_passed_when_nothing_was_seen(lab, mended):
    lab.fault("nginx-stopped")
    for kind in ("django", "theme"):
        check = probe(kind, f"url={lab.status['site']}")
        assert check["status"] == "unknown", check
        assert check["passed"] == [], check


# --- http and tcp, against servers of our own ------------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/slow"):
            time.sleep(0.5)
        body = b"Participe da consulta"
        self.send_response({"/gone": 410, "/slow-gone": 410, "/teapot": 418}.get(self.path, 200))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Served-By", "unit 7")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()


@pytest.mark.parametrize("words,expected", [
    (["/"], set()),
    (["/gone"], {"http/status"}),
    (["/gone", "status=4xx"], set()),
    (["/gone", "status=200", "status=410"], set()),
    (["/", "body=Participe"], set()),
    (["/", "body=^Part[a-z]+ da"], set()),
    (["/", "body=Welcome"], {"http/body"}),
    (["/", "header=X-Served-By: unit [0-9]"], set()),
    (["/", "header=X-Served-By: unit 8"], {"http/header"}),
    (["/", "header=X-Other:"], {"http/header"}),
    (["/slow", "slow=100ms"], {"http/slow"}),
    (["/slow", "first_byte_timeout=100ms"], {"http/timeout"}),
])
def test_http_judges_status_header_body_and_times(server, words, expected):
    check = probe("http", f"url={server}{words[0]}", *words[1:])
    assert found(check) == expected, check


@pytest.mark.parametrize("words", [
    ["/gone", "body=Welcome", "header=X-Other:"],
    ["/gone", "body=Participe", "header=X-Served-By: unit 7"],
    ["/slow-gone", "body=Welcome", "slow=100ms", "first_byte_timeout=100ms"],
])
def test_an_answer_of_another_status_says_nothing_of_the_page_that_was_asked_for(server, words):
    check = probe("http", f"url={server}{words[0]}", *words[1:])
    assert found(check) == {"http/status"}, check
    assert not {"http/body", "http/header", "http/slow", "http/timeout"} & set(check["passed"]), check


def test_one_slow_answer_is_one_finding(server):
    check = probe("http", f"url={server}/slow", "first_byte_timeout=100ms", "slow=100ms")
    assert found(check) == {"http/timeout"} and "http/slow" not in check["passed"], check


@pytest.fixture
def silent():
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_silent_server_is_a_finding_and_not_our_own_time_out(silent):
    for kind, words, code in (("http", [f"url=http://127.0.0.1:{silent}/"], "http/timeout"), ("tcp", [f"address=127.0.0.1:{silent}", "expect=hello"], "tcp/timeout"),
                              ("nginx", [f"url=http://127.0.0.1:{silent}"], "nginx/timeout"), ("django", [f"url=http://127.0.0.1:{silent}"], "django/hung")):
        check = probe(kind, *words, "timeout=2s")
        assert found(check) == {code}, check
        assert check["seconds"] < 2.5, check


def test_tcp_connects_sends_and_expects(server, silent):
    port = server.rpartition(":")[2]
    assert found(probe("tcp", f"address=127.0.0.1:{silent}")) == set()
    assert found(probe("tcp", f"address=127.0.0.1:{port}", r"send=GET / HTTP/1.0\r\n\r\n", "expect=HTTP/1.1 200")) == set()
    assert found(probe("tcp", f"address=127.0.0.1:{port}", r"send=GET /gone HTTP/1.0\r\n\r\n", "expect=HTTP/1.1 200")) == {"tcp/closed"}
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]
    assert found(probe("tcp", f"address=127.0.0.1:{free}")) == {"tcp/unreachable"}
    assert found(probe("tcp", "address=no-such-host.invalid:80")) == {"tcp/name-unknown"}
