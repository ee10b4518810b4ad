"""One outage after another, with all logs watched: each is paged once and resolved once, though the lines of the former ones stay in the logs.
EJMON_OUTAGES=whole (`make soak`) breaks every part for a minute and a half, twice, in two runs: with the tests' short intervals and with
ejmon's own."""
import os
import time

import pytest
from daemon import PATIENCE
from labkit import health, services, supervision
from labkit.state import Lab, locked

WHOLE = os.environ.get("EJMON_OUTAGES") == "whole"
PARTS = ["web", "nginx", *(["postgres", "mongo", "rocketchat"] if WHOLE else [])]
BROKEN, MENDED = (90, 90) if WHOLE else (10, 12)  # seconds
OWN = '\nsinks:\n  log: {{ kind: log }}\n  pager: {{ kind: command, command: [flock, "{pager}", sh, -c, "cat >>{pager}; echo >>{pager}"] }}\n'


def stop(lab, part):
    with locked(Lab(lab.dir)):
        supervision.stop(Lab(lab.dir).need(), part)


def start_again(lab, part):
    """Only that: what the lab's mend does besides would empty the logs."""
    with locked(Lab(lab.dir)):
        one = Lab(lab.dir).need()
        services.start_again(one, part)
        health.wait(one, part)


def told(daemon, event):
    return [notice["data"]["incident"] for notice in daemon.notices() if notice["type"] == f"incident.{event}" and notice["data"]["subject"] == "stack"]


def waited_for(condition, seconds=PATIENCE):
    limit = time.monotonic() + seconds
    while not condition() and time.monotonic() < limit:
        time.sleep(0.1)
    return condition()


def all_is_well(status):
    return not status["incidents"] and all(check["status"] == "pass" and not check["symptoms"] for check in status["checks"])


def outage(daemon, lab, part, mended):
    """Seconds until it was told; returns when it was mended for so long."""
    before, since = (len(told(daemon, "triggered")), len(told(daemon, "resolved"))), time.monotonic()
    stop(lab, part)
    assert waited_for(lambda: len(told(daemon, "triggered")) > before[0]), (part, daemon.lines)
    seconds = time.monotonic() - since
    time.sleep(max(0, since + BROKEN - time.monotonic()))
    since = time.monotonic()
    start_again(lab, part)
    assert waited_for(lambda: len(told(daemon, "resolved")) > before[1]), (part, daemon.lines)
    daemon.wait_status(all_is_well)
    daemon.look_on()
    time.sleep(max(0, since + mended - time.monotonic()))
    triggered, resolved = told(daemon, "triggered")[before[0]:], told(daemon, "resolved")[before[1]:]
    assert len(triggered) == 1 and resolved == triggered, (part, triggered, resolved, daemon.lines)
    return seconds


@pytest.mark.parametrize("settings", ["short", *(["own"] if WHOLE else [])])
def test_every_outage_is_paged_once_and_resolved_once(start, lab, tmp_path, capsys, settings):
    if settings == "own":
        base = "".join(line for line in (lab.dir / "ejmon.yaml").read_text().splitlines(True) if not line.startswith("state:"))
        (tmp_path / "ejmon.yaml").write_text(base + f"state: {tmp_path}/state\n" + OWN.format(pager=tmp_path / "pager.jsonl"))
    daemon = start(config=tmp_path / "ejmon.yaml" if settings == "own" else None)
    daemon.wait_status(all_is_well)
    parts = [part for part in PARTS if part in lab.status["logs"]]
    try:
        times = {part: [outage(daemon, lab, part, mended) for mended in (MENDED, 0)] for part in parts}
    finally:
        for part in parts:
            start_again(lab, part)
    keys = told(daemon, "triggered")
    assert len(keys) == len(set(keys)) == 2 * len(parts) and keys == told(daemon, "resolved")
    with capsys.disabled():
        print(f"\n{settings} intervals: " + ", ".join(f"{part} told after {first:.1f} and {second:.1f} s" for part, (first, second) in times.items()))
