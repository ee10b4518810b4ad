"""When what is told: faults in a row lie as far apart as configured, a notice that is refused holds up no other and is not given up, and a
reload neither forgets what a receiver asked for nor begins anew what is under way."""
import json
import re
import signal
import socket
import threading
import time
from datetime import datetime

from test_subjects import BROKEN, http_check, site, told, wait_told, watch  # noqa: F401

SUSPECT = 1.0
FALL = 3


def moment(line):
    return datetime.fromisoformat(line.split()[0].replace("Z", "+00:00")).timestamp()


def test_faults_in_a_row_lie_as_far_apart_as_configured_whoever_else_is_suspect(watch, site, tmp_path):
    stack = site()
    stack.knobs = BROKEN
    daemon = watch(http_check("own", stack.url, f", suspect: {SUSPECT}s, fall: {FALL}"), more=f"""
stack: {{ site: '{stack.url}' }}
""")
    config = daemon.config
    config.write_text(re.sub(r"(nginx|django|layers): off", rf"\1: {{ suspect: {SUSPECT}s, fall: {FALL} }}", config.read_text()))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait("reload: done")
    for check, code in (("django", "django/server-error"), ("own", "http/status")):
        first = moment(daemon.wait(rf"check {check}: {code} well -> suspect"))
        ill = moment(daemon.wait(rf"check {check}: {code} suspect -> ill"))
        assert ill - first >= (FALL - 1) * SUSPECT * 0.9, daemon.lines  # an interval varies by 5 %


def test_a_notice_that_is_refused_holds_up_no_other_and_is_tried_again(watch, site):
    a, b, receiver = site(), site(), site()
    receiver.knobs = {"judge": lambda notice: 404 if notice["subject"] == "a" else 200}
    daemon = watch(http_check("a", a.url) + http_check("b", b.url), f"  hook: {{ kind: webhook, url: '{receiver.url}' }}\n")
    a.knobs = BROKEN
    daemon.wait("triggered not delivered to hook")
    b.knobs = BROKEN
    daemon.wait("http/status: triggered delivered to hook", seconds=60)  # b's, long before anybody gives a's up
    assert [notice["data"]["subject"] for notice in receiver.got][-1] == "b"
    receiver.knobs = {}
    since = len(daemon.lines)
    daemon.wait("http/status: triggered delivered to hook", since=since, seconds=60)
    assert receiver.got[-1]["data"]["subject"] == "a"


def test_a_reload_forgets_no_retry_after(watch, site):
    a, receiver = site(), site()
    receiver.knobs = {"status": 429, "headers": {"Retry-After": "300"}}
    daemon = watch(http_check("a", a.url), f"  hook: {{ kind: webhook, url: '{receiver.url}' }}\n")
    a.knobs = BROKEN
    daemon.wait("triggered not delivered to hook .*next try in 300 s")
    for _ in range(3):
        since = len(daemon.lines)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait("reload: done", since=since)
    daemon.look_on(6)
    assert len(receiver.got) == 1, receiver.got


def test_a_sink_that_stands_elsewhere_hears_of_what_is_open(watch, site):
    a, first, second, third = site(), site(), site(), site()
    hook = "  hook: {{ kind: webhook, url: '{}', authorization: '{}' }}\n".format
    daemon = watch(http_check("a", a.url), hook(first.url, "one key"))
    a.knobs = BROKEN
    daemon.wait("triggered delivered to hook")
    for url, key, moves in ((first.url, "another key", False), (second.url, "another key", True), (second.url, "another key", False)):
        since = len(daemon.lines)
        daemon.config.write_text(re.sub(r"url: 'http://[^']*', authorization: '[^']*'", f"url: '{url}', authorization: '{key}'", daemon.config.read_text()))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait("triggered delivered to hook" if moves else "reload: done", since=since)
    names = lambda: [sorted(row["told"]) for row in json.loads(daemon.ask("incidents", "--format", "json").stdout)["incidents"]]  # noqa: E731
    assert names() == [["hook", "log", "pager"]]
    daemon.stop()
    assert names() == [["hook", "log", "pager"]]  # by the journal
    daemon = watch(http_check("a", a.url), hook(third.url, "another key"))
    daemon.wait("triggered delivered to hook")
    a.knobs = {}
    daemon.wait("resolved delivered to hook")
    heard = [[(notice["type"], notice["data"]["incident"]) for notice in one.got if notice["data"]["subject"] == "a"] for one in (first, second, third)]
    incident = heard[0][0][1]
    assert heard == [[("incident.triggered", incident)], [("incident.triggered", incident)],
                     [("incident.triggered", incident), ("incident.resolved", incident)]]


def test_a_target_that_hangs_is_found_while_reloads_come(watch, site):
    hanging = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    daemon = watch(http_check("a", f"http://127.0.0.1:{hanging.getsockname()[1]}/", ", timeout: 3s"))
    stop = threading.Event()

    def storm():
        while not stop.is_set():
            daemon.process.send_signal(signal.SIGHUP)
            time.sleep(0.5)

    thread = threading.Thread(target=storm)
    thread.start()
    try:
        wait_told(daemon, ("triggered", "a", "http/timeout"))
    finally:
        stop.set()
        thread.join()
        hanging.close()
    assert daemon.logged("reload: done"), daemon.lines
    assert told(daemon) == [("triggered", "a", "http/timeout")]


def test_an_error_that_changes_is_told_once_each_and_is_over_when_the_page_comes(watch, site):
    """An error page, then a wrong page, then both in turn: none of it is a recovery."""
    a = site()
    daemon = watch(http_check("a", a.url))
    a.knobs = BROKEN
    wait_told(daemon, ("triggered", "a", "http/status"))
    a.knobs = {"body": "Wait."}
    wait_told(daemon, ("triggered", "a", "http/body"))
    for _ in range(3):
        a.knobs = BROKEN if a.knobs != BROKEN else {"body": "Wait."}
        daemon.look_on(1)
    both = [("triggered", "a", "http/status"), ("triggered", "a", "http/body")]
    assert told(daemon) == both, daemon.lines
    a.knobs = {}
    wait_told(daemon, ("resolved", "a", "http/status"), ("resolved", "a", "http/body"))
    assert told(daemon)[:2] == both and len(told(daemon)) == 4
