"""Ten thousand checks in one ejmon, of which one flaps: nothing here asks for the time that things take, which `make bench` measures."""
import sys
import time
from pathlib import Path

import pytest
from conftest import EJMON

sys.path.append(str(Path(__file__).resolve().parents[1] / "bench"))
import scale  # noqa: E402

CHECKS, INTERVAL = 10000, 20


@pytest.fixture
def watched():
    with scale.Targets() as targets:
        watcher = scale.Watcher(EJMON, targets.write_conf(CHECKS, INTERVAL))
        try:
            yield targets, watcher
        finally:
            code = watcher.stop()
            assert code == 0, f"{code}\n{watcher.log()[-3000:]}"


def wait(judge, seconds, what):
    limit = time.monotonic() + seconds
    while not judge():
        assert time.monotonic() < limit, what()
        time.sleep(0.5)


def states(watcher, name):
    return [check for check in watcher.status()["checks"] if check["name"] == name]


def test_ten_thousand_checks_are_all_made_and_only_the_flapping_one_is_told(watched):
    targets, watcher = watched
    targets.moody.mood = "ill"
    assert len(watcher.probes()) == CHECKS
    wait(lambda: all(watcher.probes().values()), INTERVAL + 10, lambda: [name for name, count in watcher.probes().items() if not count])
    wait(lambda: watcher.notices("triggered"), 30, lambda: states(watcher, "moody"))
    targets.moody.mood = "flapping"
    before = watcher.status()
    moody = targets.moody.answers
    kept = watcher.probes()
    targets.write_conf(CHECKS, INTERVAL, changed=[17])
    scale.reload(watcher)
    after = {check["name"]: check for check in watcher.status()["checks"]}
    assert [name for name, count in kept.items() if after[name]["probes"] < count] == []  # a reload begins nothing anew
    assert after["moody"]["symptoms"], before
    wait(lambda: targets.moody.answers >= moody + 4, 30, lambda: targets.moody.answers)
    wait(lambda: watcher.probes()["c17"] > kept["c17"], INTERVAL + 10, lambda: states(watcher, "c17"))  # what was changed is looked at
    status = watcher.status()
    assert scale.healthy_called_ill(status) == []
    assert {notice["data"]["subject"] for notice in watcher.notices("triggered")} == {"moody"}
    assert [incident["subject"] for incident in status["incidents"]] == ["moody"]
