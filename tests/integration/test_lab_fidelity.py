"""Holds the lab's EJ against what was recorded of the real one (tests/lab/observed): every probe of the healthy generations, and of
every recorded fault state that the lab can set. What differs on purpose stands in ON_PURPOSE, with its reason, and nowhere else.

It is done in full when the lab, the recordings or this file differ from those that held.py stamped, or with EJMON_FIDELITY=full."""
import fnmatch
import json
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import held
import pytest
from labkit import faults, probing

OBSERVED = Path(__file__).resolve().parents[1] / "lab/observed"

# (state pattern, probe pattern, keys that may differ, why)
EVERYTHING = ("status", "markers", *probing.COMPARED)
ON_PURPOSE = [
    # Django's debug page shows source lines of templates and settings, and these are ours.
    ("debug-on", "* GET /start/ Host:wrong.example", ("markers",), "the debug page quotes the stand-in's own settings"),
    # One of the recorded workers was still cold and was killed after 30 s; the same request through nginx was 500.
    ("rc-db-stopped", "direct GET /", EVERYTHING, "a cold worker in the recording"),
]

# Not compared at all, since no answer carries it: gunicorn's worker time-out is 8 s here, 30 s in EJ (EJLAB_WORKER_TIMEOUT), so that a
# cold worker before a dead database ends in 502 after 8 s; Server is `gunicorn` (20.1), not `gunicorn/19.9.0`; lengths, hashes, dates.


def load(name):
    return json.loads((OBSERVED / name).read_text())


def states():
    """The recorded fault states by name: {name: [[probe names], difference]...}."""
    return {state["state"]: state for name in ("a-process.json", "a-rocket.json", "a-theme.json") for state in load(name)}


HEALTHY_A = load("a-healthy.json")["probes"]
STATES = states()
# In fault states web was asked directly for fewer paths.
SHORT_DIRECT = {name for state in STATES.values() for names, _ in state["differs"] for name in names if name.startswith("direct")}


def ports_of(lab):
    status = lab.status
    return {"nginx": int(status["site"].rpartition(":")[2]), "direct": int(status["web"].rpartition(":")[2])}, status["rocketchat_origin"]


def excused(state, probe, key):
    return any(fnmatch.fnmatch(state, s) and fnmatch.fnmatch(probe, p) and key in keys for s, p, keys, _ in ON_PURPOSE)


def differences(state, probe, want, saw):
    return [f"{state}: {probe}: {key}: recorded {want.get(key)!r}, the lab {saw.get(key)!r}"
            for key in sorted({*want, *saw}) if want.get(key) != saw.get(key) and not excused(state, probe, key)]


def compare(lab, state, wanted, with_cookies):
    ports, origin = ports_of(lab)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda probe: probing.observe(probe, ports, origin, with_cookies), wanted))
    found = [line for (probe, want), saw in zip(wanted.items(), answers) for line in differences(state, probe, want, saw)]
    assert not found, "\n".join(found)


def expected(state):
    """What each probe answered in the state: the healthy answer, changed by the recorded difference."""
    record = STATES[state]
    changed = {probe: difference for names, difference in record["differs"] for probe in names}
    probes = changed if "stopped" in record else [p for p in HEALTHY_A if p.startswith("nginx") or p in SHORT_DIRECT]
    return {probe: probing.recorded(probing.apply_difference(HEALTHY_A[probe], changed.get(probe, {})), False) for probe in probes}


def settable():
    """(lab, fault, state) for every recorded state that a fault declares."""
    found = []
    for fault in faults.load().values():
        for text in fault.states:
            mode, _, state = text.rpartition(":")
            integration = "on" if mode == "on" or "on" in fault.needs else "off"
            found.append(pytest.param(f"A:integration={integration},without=mongo", fault.name, state, id=f"{state}-{fault.name}"))
    # Those that leave web as it is come first: a web need not be re-created between two of them.
    return sorted(found, key=lambda one: (one.values[0], faults.lookup(one.values[1]).recreates, one.id))


@pytest.fixture
def lab_as_it_was_left(request, labs):
    """Not mended: `fault --instead` does that, and saves a re-creation of web where the next state re-creates it anyway."""
    return labs(request.param)


@pytest.mark.parametrize("state", ["unchanged-since-it-was" if held.unchanged() else "in-full"])
def test_the_lab_is_held_against_the_recordings(state):
    if state == "in-full":
        warnings.warn(f"the lab or the recordings changed since the lab was held against them; {held.COMMAND} writes the new stamp if all agrees")


class TestInFull:
    __test__ = not held.unchanged()

    @pytest.mark.parametrize("lab, recording", [
        ("A:integration=off,without=mongo", "a-healthy.json"), ("B:integration=off,without=mongo", "b-healthy.json"),
        ("C:without=mongo", "c-healthy.json")], indirect=["lab"])
    def test_a_healthy_lab_answers_as_the_recorded_one(self, lab, recording):
        wanted = {probe: probing.recorded(answer) for probe, answer in load(recording)["probes"].items()}
        compare(lab, recording[0] + "-healthy", wanted, True)

    @pytest.mark.parametrize("lab_as_it_was_left, fault, state", settable(), indirect=["lab_as_it_was_left"])
    def test_a_fault_answers_as_the_recorded_state(self, lab_as_it_was_left, fault, state):
        lab_as_it_was_left.run("fault", "--instead", fault)
        compare(lab_as_it_was_left, state, expected(state), False)

    @pytest.mark.parametrize("lab", ["A:integration=on,without=mongo"], indirect=True)
    def test_the_integration_with_row_and_url_answers_as_recorded(self, lab):
        compare(lab, "rc-row-and-url", expected("rc-row-and-url"), False)

    @pytest.mark.parametrize("lab", ["A:integration=off,without=mongo"], indirect=True)
    def test_emptying_the_volume_and_collecting_heals_a_theme_switch(self, lab, mended):
        lab.fault("theme-switched")
        assert lab.in_web("sh", "-c", "rm -r local/static/*; inv collect").returncode == 0
        compare(lab, "theme-rm-collect", expected("theme-rm-collect"), False)


def test_every_recorded_state_is_set_by_a_fault_or_is_the_healthy_one():
    # rc-row-and-url is the lab as it comes up with the integration on; theme-rm-collect is the remedy of theme-mixed.
    declared = {text.rpartition(":")[2] for fault in faults.load().values() for text in fault.states}
    assert set(STATES) - declared == {"rc-row-and-url", "theme-rm-collect"}


def test_the_on_purpose_list_names_only_recorded_states():
    known = {*STATES, "a-healthy", "b-healthy", "c-healthy"}
    assert all(fnmatch.filter(known, pattern) for pattern, _, _, _ in ON_PURPOSE)


def test_the_stamp_is_of_all_that_decides_what_the_lab_answers(monkeypatch, tmp_path):
    names = {str(path.relative_to(held.LAB.parent)) for path in held.files()}
    assert {"lab/ej/common/tasks.py", "lab/labkit/faults_static.py", "lab/observed/a-theme.json", "lab/fault", "integration/test_lab_fidelity.py"} <= names
    copied = tmp_path / "lab"
    for path in held.files():
        if path != held.TEST:
            place = copied / path.relative_to(held.LAB)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    was = held.stamp()
    monkeypatch.setattr(held, "TEST", tmp_path / "integration/test_lab_fidelity.py")
    held.TEST.parent.mkdir()
    held.TEST.write_bytes(Path(__file__).read_bytes())
    monkeypatch.setattr(held, "LAB", copied)
    assert held.stamp() == was
    for path in (copied / "ej/common/tasks.py", copied / "observed/a-theme.json"):
        path.write_bytes(path.read_bytes() + b"\n")
        assert held.stamp() != was
        was = held.stamp()
